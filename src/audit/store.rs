//! SQL of the audit trail.
use sqlx::MySqlConnection;

use super::Record;
use crate::db::DbError;

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
