//! SQL of links sent by e-mail.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{
    core::{email::Email, ids::AccountId},
    db::DbError,
};

/// Whom a mailbox signs in.
#[derive(Debug)]
pub struct Known {
    pub account: AccountId,
    pub locale: Option<String>,
}

/// The living account whose own e-mail this is.
///
/// Only the account's own e-mail counts: a billing e-mail may have been typed by someone else, a former one may have
/// been lost.
pub async fn account_of(conn: &mut MySqlConnection, email: &Email) -> Result<Option<Known>, DbError> {
    let row = sqlx::query!(
        r#"
        SELECT a.id AS "account: AccountId", a.locale
          FROM accounts own
          JOIN accounts a ON a.id = COALESCE(own.merged_into, own.id)
         WHERE own.email = ?
        "#,
        email.as_str(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Known { account: row.account, locale: row.locale }))
}

pub async fn insert(
    conn: &mut MySqlConnection,
    token_hash: &[u8; 32],
    account: AccountId,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "INSERT INTO sign_in_links (token_hash, account_id, created_at, expires_at) VALUES (?, ?, ?, ?)",
        &token_hash[..],
        account,
        now,
        expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A link as it was sent.
#[derive(Debug, Clone, Copy)]
pub struct Sent {
    pub account: AccountId,
    pub expires_at: DateTime<Utc>,
    pub used_at: Option<DateTime<Utc>>,
}

pub async fn find(conn: &mut MySqlConnection, token_hash: &[u8; 32]) -> Result<Option<Sent>, DbError> {
    let row = sqlx::query!(
        r#"
        SELECT COALESCE(a.merged_into, a.id) AS "account!: AccountId", k.expires_at, k.used_at
          FROM sign_in_links k
          JOIN accounts a ON a.id = k.account_id
         WHERE k.token_hash = ?
        "#,
        &token_hash[..],
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Sent { account: row.account, expires_at: row.expires_at, used_at: row.used_at }))
}

/// Uses a link up. `false`: it is unknown, was used, or its time is over.
pub async fn use_up(
    conn: &mut MySqlConnection,
    token_hash: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "UPDATE sign_in_links SET used_at = ? WHERE token_hash = ? AND used_at IS NULL AND expires_at > ?",
        now,
        &token_hash[..],
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Deletes up to `most` links whose time was over before `before`.
pub async fn purge(conn: &mut MySqlConnection, before: DateTime<Utc>, most: u32) -> Result<u64, DbError> {
    let done = sqlx::query!("DELETE FROM sign_in_links WHERE expires_at < ? LIMIT ?", before, most)
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}
