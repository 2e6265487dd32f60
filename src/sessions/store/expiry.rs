//! SQL of what expired: finding it, and writing it off.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{
    core::ids::{AccountId, GrantId},
    db::{DbError, one_row},
};

/// Grants that expired with something left that nobody holds, the oldest first: whose they are, and which.
pub async fn lapsed(
    conn: &mut MySqlConnection,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<(AccountId, GrantId)>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT account_id AS "account: AccountId", id AS "id: GrantId" FROM session_grants
            WHERE lapses_at <= ? AND held < remaining ORDER BY lapses_at, id LIMIT ?"#,
        now,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.account, row.id)).collect())
}

/// Writes off what is left of an expired grant.
pub async fn write_off(conn: &mut MySqlConnection, id: GrantId, amount: u32) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE session_grants SET remaining = remaining - ?, written_off = written_off + ? WHERE id = ? AND remaining >= held + ?",
        amount,
        amount,
        id,
        amount
    )
    .execute(conn)
    .await?;
    one_row(&done)
}
