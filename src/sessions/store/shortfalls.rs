//! SQL of shortfalls: sessions that a refund could not take back because they were spent.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use super::outbox;
use crate::{
    core::ids::{AccountId, GrantId},
    db::{DbError, one_row},
};

/// Sessions that a refund could not take back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortfall {
    pub id: u64,
    pub grant: GrantId,
    pub amount: u32,
    pub settled: u32,
    pub policy: String,
    pub created_at: DateTime<Utc>,
}

/// A person's open shortfalls, oldest first. The caller holds the account's lock.
pub async fn open_shortfalls(
    conn: &mut MySqlConnection,
    account: AccountId,
) -> Result<Vec<Shortfall>, DbError> {
    Ok(sqlx::query_as!(
        Shortfall,
        r#"SELECT id, grant_id AS "grant: GrantId", amount, settled, policy, created_at
             FROM session_shortfalls WHERE account_id = ? AND closed_at IS NULL ORDER BY id"#,
        account
    )
    .fetch_all(conn)
    .await?)
}

/// Adds to (or opens) the shortfall of a grant. A forgiven one is closed from the start.
pub async fn add_shortfall(
    conn: &mut MySqlConnection,
    account: AccountId,
    grant: GrantId,
    amount: u32,
    policy: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let closed = (policy == "forgive").then_some(now);
    sqlx::query!(
        "INSERT INTO session_shortfalls (account_id, grant_id, amount, policy, created_at, closed_at, closed_by)
         VALUES (?, ?, ?, ?, ?, ?, IF(? = 'forgive', 'policy', NULL))
         ON DUPLICATE KEY UPDATE amount = amount + VALUES(amount), policy = VALUES(policy), closed_at = VALUES(closed_at)",
        account,
        grant,
        amount,
        policy,
        now,
        closed,
        policy
    )
    .execute(&mut *conn)
    .await?;
    outbox::touch(conn, account).await
}

/// Strikes `amount` off the shortfall of a grant. Answers how much of it had been settled by later grants and is now owed
/// back to the person.
pub async fn strike_shortfall(
    conn: &mut MySqlConnection,
    grant: GrantId,
    amount: u32,
    now: DateTime<Utc>,
) -> Result<u32, DbError> {
    let row = sqlx::query!(
        "SELECT id, amount, settled FROM session_shortfalls WHERE grant_id = ? FOR UPDATE",
        grant
    )
    .fetch_one(&mut *conn)
    .await?;
    let left = row.amount.checked_sub(amount).ok_or(DbError::Stale)?;
    let overpaid = row.settled.saturating_sub(left);
    let settled = row.settled - overpaid;
    let done = sqlx::query!(
        "UPDATE session_shortfalls SET amount = ?, settled = ?, closed_at = IF(? = ?, COALESCE(closed_at, ?), closed_at) WHERE id = ?",
        left,
        settled,
        left,
        settled,
        now,
        row.id
    )
    .execute(&mut *conn)
    .await?;
    one_row(&done)?;
    outbox::touch_owner(conn, grant).await?;
    Ok(overpaid)
}

/// Pays `amount` of an owed shortfall; a fully paid one closes.
pub async fn settle_shortfall(
    conn: &mut MySqlConnection,
    id: u64,
    amount: u32,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE session_shortfalls
            SET closed_at = IF(settled + ? = amount, ?, NULL), closed_by = IF(settled + ? = amount, 'grant', NULL), settled = settled + ?
          WHERE id = ? AND settled + ? <= amount",
        amount,
        now,
        amount,
        amount,
        id,
        amount
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// Closes a person's shortfall by hand. False: it is not theirs, or closed already.
pub async fn close_shortfall(
    conn: &mut MySqlConnection,
    account: AccountId,
    id: u64,
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "UPDATE session_shortfalls SET closed_at = ?, closed_by = ? WHERE id = ? AND account_id = ? AND closed_at IS NULL",
        now,
        by,
        id,
        account
    )
    .execute(&mut *conn)
    .await?;
    outbox::touch(conn, account).await?;
    Ok(done.rows_affected() == 1)
}

/// Sessions that a refund counted as spent came back: strikes up to `back` of them off. Answers how many the refund now takes
/// after all, and how many of those later grants had paid already. What a person closed by hand stays as it is.
pub async fn strike_returned(
    conn: &mut MySqlConnection,
    grant: GrantId,
    back: u32,
    now: DateTime<Utc>,
) -> Result<(u32, u32), DbError> {
    let row = sqlx::query!(
        "SELECT amount, closed_at, closed_by FROM session_shortfalls WHERE grant_id = ? FOR UPDATE",
        grant
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok((0, 0)) };
    // `policy` forgave it, `grant` paid it: neither is a person's word.
    let by_hand = row.closed_at.is_some() && !matches!(row.closed_by.as_deref(), Some("policy" | "grant"));
    let struck = if by_hand { 0 } else { back.min(row.amount) };
    if struck == 0 {
        return Ok((0, 0));
    }
    let overpaid = strike_shortfall(conn, grant, struck, now).await?;
    Ok((struck, overpaid))
}

/// Takes back sessions that a refund had counted as spent.
pub async fn take_returned(conn: &mut MySqlConnection, id: GrantId, amount: u32) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE session_grants SET remaining = remaining - ?, voided = voided + ?, shortfall = shortfall - ?
          WHERE id = ? AND remaining >= held + ? AND shortfall >= ?",
        amount,
        amount,
        amount,
        id,
        amount,
        amount
    )
    .execute(conn)
    .await?;
    one_row(&done)
}
