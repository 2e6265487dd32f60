//! SQL of hand-offs from `WordPress`.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{core::ids::ShopId, db::DbError};

/// What checking a shop's hand-offs needs of it.
#[derive(Debug)]
pub struct Signer {
    pub shop: ShopId,
    pub secret_sealed: Vec<u8>,
}

/// The shop with this slug.
pub async fn signer(conn: &mut MySqlConnection, slug: &str) -> Result<Option<Signer>, DbError> {
    Ok(sqlx::query_as!(
        Signer,
        r#"SELECT id AS "shop: ShopId", handoff_secret_sealed AS secret_sealed FROM shops WHERE slug = ?"#,
        slug,
    )
    .fetch_optional(conn)
    .await?)
}

/// Uses a nonce up. `false`: it was used before.
pub async fn use_up(
    conn: &mut MySqlConnection,
    shop: ShopId,
    nonce: &str,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "INSERT INTO handoff_nonces (shop_id, nonce, used_at, expires_at) VALUES (?, ?, ?, ?)",
        shop,
        nonce,
        now,
        expires_at,
    )
    .execute(conn)
    .await
    .map_err(DbError::from);
    match done {
        Ok(_) => Ok(true),
        Err(e) if e.duplicate_key() == Some("PRIMARY") => Ok(false),
        Err(e) => Err(e),
    }
}

/// Deletes up to `most` nonces that no signature can bring back.
pub async fn purge(conn: &mut MySqlConnection, before: DateTime<Utc>, most: u32) -> Result<u64, DbError> {
    let done = sqlx::query!("DELETE FROM handoff_nonces WHERE expires_at < ? LIMIT ?", before, most)
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}
