//! SQL of counted attempts.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{
    auth::throttle::Tries,
    db::{DbError, one_row},
};

/// Reads a bucket and keeps it locked until the transaction ends. A bucket never seen is made, with no attempts.
pub async fn lock(
    conn: &mut MySqlConnection,
    bucket: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<Tries, DbError> {
    sqlx::query!(
        "INSERT INTO auth_throttle (bucket, failures, first_at, blocked_until) VALUES (?, 0, ?, NULL)
         ON DUPLICATE KEY UPDATE bucket = VALUES(bucket)",
        &bucket[..],
        now,
    )
    .execute(&mut *conn)
    .await?;
    let row = sqlx::query!(
        "SELECT failures, first_at, blocked_until FROM auth_throttle WHERE bucket = ? FOR UPDATE",
        &bucket[..],
    )
    .fetch_one(conn)
    .await?;
    Ok(Tries { count: row.failures, first_at: row.first_at, blocked_until: row.blocked_until })
}

pub async fn save(conn: &mut MySqlConnection, bucket: &[u8; 32], tries: Tries) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE auth_throttle SET failures = ?, first_at = ?, blocked_until = ? WHERE bucket = ?",
        tries.count,
        tries.first_at,
        tries.blocked_until,
        &bucket[..],
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// Forgets a bucket. One that was never counted is fine.
pub async fn forget(conn: &mut MySqlConnection, bucket: &[u8; 32]) -> Result<(), DbError> {
    sqlx::query!("DELETE FROM auth_throttle WHERE bucket = ?", &bucket[..]).execute(conn).await?;
    Ok(())
}

/// Takes one attempt back, because it turned out well, and the block it caused. A bucket already forgotten is fine.
pub async fn refund(conn: &mut MySqlConnection, bucket: &[u8; 32], free: u32) -> Result<(), DbError> {
    sqlx::query!(
        "UPDATE auth_throttle
            SET blocked_until = CASE WHEN failures <= ? THEN NULL ELSE blocked_until END,
                failures = failures - 1
          WHERE bucket = ? AND failures > 0",
        free + 1,
        &bucket[..],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Deletes up to `most` buckets that nobody will ask about again.
pub async fn purge(conn: &mut MySqlConnection, before: DateTime<Utc>, most: u32) -> Result<u64, DbError> {
    let done = sqlx::query!(
        "DELETE FROM auth_throttle WHERE first_at < ? AND (blocked_until IS NULL OR blocked_until < ?) LIMIT ?",
        before,
        before,
        most,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
