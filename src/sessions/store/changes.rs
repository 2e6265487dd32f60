//! SQL of changes by hand: corrections, other expiries.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{
    core::ids::{CategoryId, GrantId},
    db::{DbError, far, one_row},
    sessions::domain::Grant,
};

/// Reads a grant and locks it. The caller holds the lock of its account.
pub async fn lock(conn: &mut MySqlConnection, id: GrantId) -> Result<Option<Grant>, DbError> {
    let row = sqlx::query_as!(
        super::Row,
        "SELECT id, account_id, kind, category_id, per_unit, quantity, remaining, held, voided, shortfall, written_off, expires_at,
                shop_id, order_id, line_id, bulk_run_id, created_at
           FROM session_grants WHERE id = ? FOR UPDATE",
        id
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Grant::try_from).transpose()?)
}

/// Gives spent sessions back. They were spent from this grant, so they fit.
pub async fn add_back(conn: &mut MySqlConnection, id: GrantId, amount: u32) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE session_grants SET remaining = remaining + ? WHERE id = ? AND remaining + voided + written_off + ? <= quantity",
        amount,
        id,
        amount
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// Sets another expiry. What had been written off is left again.
pub async fn set_expiry(
    conn: &mut MySqlConnection,
    id: GrantId,
    expires_at: Option<DateTime<Utc>>,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE session_grants SET expires_at = ?, remaining = remaining + written_off, written_off = 0 WHERE id = ?",
        expires_at.map(far),
        id
    )
    .execute(&mut *conn)
    .await?;
    super::outbox::touch_owner(conn, id).await?;
    one_row(&done)
}

/// Puts a grant into another category.
pub async fn set_category(
    conn: &mut MySqlConnection,
    id: GrantId,
    category: CategoryId,
) -> Result<(), DbError> {
    let done = sqlx::query!("UPDATE session_grants SET category_id = ? WHERE id = ?", category, id)
        .execute(conn)
        .await?;
    one_row(&done)
}

/// What the staff wrote about a grant when it was given.
pub async fn note(conn: &mut MySqlConnection, id: GrantId) -> Result<String, DbError> {
    Ok(sqlx::query_scalar!("SELECT note FROM session_grants WHERE id = ?", id)
        .fetch_optional(conn)
        .await?
        .unwrap_or_default())
}
