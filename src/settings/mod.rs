//! What an admin may change while the service runs. Each setting has a typed definition with a default.
pub mod admin;
pub mod general;

use chrono::{DateTime, Utc};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{MySqlConnection, types::Json};

use crate::{core::actor::Actor, db::DbError};

/// A setting: its name in the table and its type.
pub trait Setting: Serialize + DeserializeOwned + Default {
    const NAME: &'static str;
}

/// Reads a setting; a missing row is the default, an unreadable one an error.
pub async fn get<S: Setting>(conn: &mut MySqlConnection) -> Result<S, DbError> {
    let row = sqlx::query_scalar!(
        r#"SELECT value AS "value: Json<serde_json::Value>" FROM settings WHERE name = ?"#,
        S::NAME
    )
    .fetch_optional(conn)
    .await?;
    let Some(Json(value)) = row else {
        return Ok(S::default());
    };
    serde_json::from_value(value)
        .map_err(|_| crate::db::Corrupt { table: "settings", id: 0, column: "value" }.into())
}

/// Writes a setting. The caller leaves the audit row, which knows the old value.
pub async fn put<S: Setting>(
    conn: &mut MySqlConnection,
    setting: &S,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "INSERT INTO settings (name, value, updated_at, updated_by) VALUES (?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE value = VALUES(value), updated_at = VALUES(updated_at), updated_by = VALUES(updated_by)",
        S::NAME,
        Json(serde_json::to_value(setting).unwrap_or_default()),
        now,
        actor.id(),
    )
    .execute(conn)
    .await?;
    Ok(())
}
