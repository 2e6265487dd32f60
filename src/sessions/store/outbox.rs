//! SQL of reading the ledger onwards: whose balance changed since a reader last looked, and how far it has come.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{
    core::ids::{AccountId, GrantId},
    db::DbError,
};

/// How far a reader has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Everything up to here was read, for good.
    pub done_id: u64,
    /// The newest there was at `seen_at`.
    pub seen_id: u64,
    pub seen_at: DateTime<Utc>,
}

pub async fn mark(conn: &mut MySqlConnection, name: &str) -> Result<Option<Mark>, DbError> {
    Ok(sqlx::query_as!(Mark, "SELECT done_id, seen_id, seen_at FROM session_marks WHERE name = ?", name)
        .fetch_optional(conn)
        .await?)
}

pub async fn save_mark(conn: &mut MySqlConnection, name: &str, mark: Mark) -> Result<(), DbError> {
    sqlx::query!(
        "INSERT INTO session_marks (name, done_id, seen_id, seen_at) VALUES (?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE done_id = VALUES(done_id), seen_id = VALUES(seen_id), seen_at = VALUES(seen_at)",
        name,
        mark.done_id,
        mark.seen_id,
        mark.seen_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The number of the newest ledger row.
pub async fn newest_entry(conn: &mut MySqlConnection) -> Result<u64, DbError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT CAST(COALESCE(MAX(id), 0) AS UNSIGNED) AS "id!: u64" FROM session_entries"#
    )
    .fetch_one(conn)
    .await?)
}

/// Whose ledger has rows after `after` and up to `upto`.
pub async fn accounts_of_entries(
    conn: &mut MySqlConnection,
    after: u64,
    upto: u64,
) -> Result<Vec<AccountId>, DbError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT DISTINCT account_id AS "id: AccountId" FROM session_entries WHERE id > ? AND id <= ? ORDER BY account_id"#,
        after,
        upto
    )
    .fetch_all(conn)
    .await?)
}

/// The number of the newest change without a ledger row.
pub async fn newest_touch(conn: &mut MySqlConnection) -> Result<u64, DbError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT CAST(COALESCE(MAX(id), 0) AS UNSIGNED) AS "id!: u64" FROM session_touches"#
    )
    .fetch_one(conn)
    .await?)
}

/// Whose balance changed without a ledger row.
pub async fn accounts_of_touches(
    conn: &mut MySqlConnection,
    after: u64,
    upto: u64,
) -> Result<Vec<AccountId>, DbError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT DISTINCT account_id AS "id: AccountId" FROM session_touches WHERE id > ? AND id <= ? ORDER BY account_id"#,
        after,
        upto
    )
    .fetch_all(conn)
    .await?)
}

/// Forgets touches that were read. The newest stays: the numbers must go on behind it.
pub async fn forget_touches(conn: &mut MySqlConnection, upto: u64) -> Result<(), DbError> {
    sqlx::query!("DELETE FROM session_touches WHERE id < ? LIMIT 10000", upto).execute(conn).await?;
    Ok(())
}

/// Notes that the balance of a grant's owner changes without a ledger row.
pub async fn touch_owner(conn: &mut MySqlConnection, grant: GrantId) -> Result<(), DbError> {
    sqlx::query!(
        "INSERT INTO session_touches (account_id) SELECT account_id FROM session_grants WHERE id = ?",
        grant
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that a person's balance changes without a ledger row.
pub async fn touch(conn: &mut MySqlConnection, account: AccountId) -> Result<(), DbError> {
    sqlx::query!("INSERT INTO session_touches (account_id) VALUES (?)", account).execute(conn).await?;
    Ok(())
}

/// Whose grants expired, or whose reservations ran out, after `from` and up to `to`, though nobody may have written it down yet.
pub async fn lapsed_between(
    conn: &mut MySqlConnection,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<AccountId>, DbError> {
    let mut accounts = sqlx::query_scalar!(
        r#"SELECT DISTINCT account_id AS "id: AccountId" FROM session_grants WHERE lapses_at > ? AND lapses_at <= ?"#,
        from,
        to
    )
    .fetch_all(&mut *conn)
    .await?;
    let reserved = sqlx::query_scalar!(
        r#"SELECT DISTINCT account_id AS "id: AccountId" FROM session_reservations
            WHERE state = 'reserved' AND expires_at > ? AND expires_at <= ?"#,
        from,
        to
    )
    .fetch_all(conn)
    .await?;
    accounts.extend(reserved);
    accounts.sort_unstable();
    accounts.dedup();
    Ok(accounts)
}
