//! SQL of the audit trail.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use super::Record;
use crate::{core::ids::AccountId, db::DbError};

pub async fn insert(conn: &mut MySqlConnection, record: &Record<'_>) -> Result<(), DbError> {
    sqlx::query!(
        "INSERT INTO audit_entries
           (at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, account_id, shop_id, detail, request_id)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        record.at,
        record.actor.kind(),
        record.actor.id(),
        record.actor.name(),
        record.action,
        record.subject_kind,
        record.subject_id,
        record.account,
        record.shop,
        sqlx::types::Json(&record.detail),
        record.request_id,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A row of the trail, as an account's history shows it.
#[derive(Debug, Clone)]
pub struct Brief {
    pub at: DateTime<Utc>,
    pub action: String,
    pub actor_name: String,
}

/// What was changed about an account lately, the latest first.
pub async fn of_account(conn: &mut MySqlConnection, account: AccountId, limit: u32) -> Result<Vec<Brief>, DbError> {
    Ok(sqlx::query_as!(
        Brief,
        "SELECT at, action, actor_name FROM audit_entries WHERE account_id = ? ORDER BY id DESC LIMIT ?",
        account,
        limit
    )
    .fetch_all(conn)
    .await?)
}
