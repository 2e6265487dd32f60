//! SQL of the noes that were said: kept with the rule and the values they were decided by.
use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{MySql, MySqlConnection, QueryBuilder, types::Json};

use crate::{
    core::{actor::Actor, ids::AccountId},
    db::{DbError, ROWS_AT_ONCE},
};

/// A no, to be kept.
#[derive(Debug, Clone)]
pub struct Denial<'a> {
    pub request_id: &'a str,
    pub at: DateTime<Utc>,
    /// The operation of the API that was asked for, by its `operationId`.
    pub operation: &'static str,
    pub actor: &'a Actor,
    pub account: Option<AccountId>,
    pub feature: Option<Cow<'a, str>>,
    pub amount: Option<u32>,
    /// The reason's code.
    pub reason: Cow<'a, str>,
    /// What it was decided by.
    pub detail: Value,
}

/// Keeps noes; none is fine.
pub async fn keep(conn: &mut MySqlConnection, denials: &[Denial<'_>]) -> Result<(), DbError> {
    for denials in denials.chunks(ROWS_AT_ONCE) {
        let mut query: QueryBuilder<MySql> = QueryBuilder::new(
            "INSERT INTO denials (request_id, at, operation, actor_kind, actor_id, account_id, feature, amount, reason, detail) ",
        );
        query.push_values(denials, |mut row, denial| {
            row.push_bind(denial.request_id)
                .push_bind(denial.at)
                .push_bind(denial.operation)
                .push_bind(denial.actor.kind())
                .push_bind(denial.actor.id())
                .push_bind(denial.account)
                .push_bind(denial.feature.as_deref())
                .push_bind(denial.amount)
                .push_bind(denial.reason.as_ref())
                .push_bind(Json(&denial.detail));
        });
        query.build().execute(&mut *conn).await?;
    }
    Ok(())
}

/// A no that was kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    pub id: u64,
    pub request_id: String,
    pub at: DateTime<Utc>,
    pub operation: String,
    pub actor_kind: String,
    pub actor_id: String,
    pub account: Option<AccountId>,
    pub feature: Option<String>,
    pub amount: Option<u32>,
    pub reason: String,
    pub detail: Json<Value>,
}

/// Everything that was refused under a request's id, oldest first. Clients choose their ids, so there may be several.
pub async fn of_request(conn: &mut MySqlConnection, request_id: &str) -> Result<Vec<Kept>, DbError> {
    Ok(sqlx::query_as!(
        Kept,
        r#"SELECT id, request_id, at, operation, actor_kind, actor_id, account_id AS "account: AccountId", feature, amount, reason,
                  detail AS "detail: Json<Value>"
             FROM denials WHERE request_id = ? ORDER BY id LIMIT 100"#,
        request_id
    )
    .fetch_all(conn)
    .await?)
}

/// The latest noes, of everybody or of one person; `before`: older than that one.
pub async fn latest(
    conn: &mut MySqlConnection,
    account: Option<AccountId>,
    before: Option<u64>,
    most: u32,
) -> Result<Vec<Kept>, DbError> {
    let before = before.unwrap_or(u64::MAX);
    // Two statements: each walks an index of its own.
    let Some(account) = account else {
        return Ok(sqlx::query_as!(
            Kept,
            r#"SELECT id, request_id, at, operation, actor_kind, actor_id, account_id AS "account: AccountId", feature, amount, reason,
                      detail AS "detail: Json<Value>"
                 FROM denials WHERE id < ? ORDER BY id DESC LIMIT ?"#,
            before,
            most
        )
        .fetch_all(conn)
        .await?);
    };
    Ok(sqlx::query_as!(
        Kept,
        r#"SELECT id, request_id, at, operation, actor_kind, actor_id, account_id AS "account: AccountId", feature, amount, reason,
                  detail AS "detail: Json<Value>"
             FROM denials WHERE account_id = ? AND id < ? ORDER BY id DESC LIMIT ?"#,
        account,
        before,
        most
    )
    .fetch_all(conn)
    .await?)
}

/// Accounts are being merged: what was refused to one was refused to the other.
pub async fn move_to(conn: &mut MySqlConnection, from: AccountId, into: AccountId) -> Result<(), DbError> {
    sqlx::query!("UPDATE denials SET account_id = ? WHERE account_id = ?", into, from)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("UPDATE entitlement_reservations SET account_id = ? WHERE account_id = ?", into, from)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets what was refused before `before`, at most `limit` rows at once.
pub async fn tidy(conn: &mut MySqlConnection, before: DateTime<Utc>, limit: u32) -> Result<u64, DbError> {
    let done = sqlx::query!("DELETE FROM denials WHERE at < ? LIMIT ?", before, limit).execute(conn).await?;
    Ok(done.rows_affected())
}
