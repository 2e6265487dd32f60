//! SQL of what expired: finding it, and writing it off.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{
    core::ids::{AccountId, GrantId, MailId},
    db::{DbError, far, one_row},
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

/// A grant that expires soon, with whom to tell.
#[derive(Debug, Clone)]
pub struct Expiring {
    pub account: AccountId,
    pub grant: GrantId,
    pub left: u32,
    pub expires_at: DateTime<Utc>,
    pub email: String,
    pub locale: Option<String>,
}

/// Grants that expire after `now` and by `until`, that nobody was told of, of people with an address; by person.
pub async fn expiring(
    conn: &mut MySqlConnection,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<Expiring>, DbError> {
    Ok(sqlx::query_as!(
        Expiring,
        r#"SELECT g.account_id AS "account: AccountId", g.id AS "grant: GrantId", g.remaining AS "left!", g.expires_at AS "expires_at!",
                  a.email AS "email!", a.locale
             FROM session_grants g
             JOIN accounts a ON a.id = g.account_id
             LEFT JOIN session_notices n ON n.grant_id = g.id
            WHERE g.lapses_at > ? AND g.lapses_at <= ? AND g.remaining > g.held AND n.grant_id IS NULL AND a.email IS NOT NULL
            ORDER BY g.account_id, g.expires_at LIMIT ?"#,
        now,
        far(until),
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// What is left of a grant and until when, if it can still be used and nobody was told of it.
pub async fn still_untold(
    conn: &mut MySqlConnection,
    id: GrantId,
    now: DateTime<Utc>,
) -> Result<Option<(u32, DateTime<Utc>)>, DbError> {
    let row = sqlx::query!(
        r#"SELECT remaining, expires_at AS "expires_at!" FROM session_grants
            WHERE id = ? AND remaining > 0 AND expires_at > ?
              AND NOT EXISTS (SELECT 1 FROM session_notices n WHERE n.grant_id = session_grants.id)
              FOR UPDATE"#,
        id,
        now
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.remaining, row.expires_at)))
}

/// Remembers that a grant was told of. A second time is a duplicate key.
pub async fn mark_told(
    conn: &mut MySqlConnection,
    id: GrantId,
    mail: MailId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!("INSERT INTO session_notices (grant_id, mail_id, at) VALUES (?, ?, ?)", id, mail, now)
        .execute(conn)
        .await?;
    Ok(())
}
