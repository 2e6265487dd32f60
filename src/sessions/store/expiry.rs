//! SQL of what expires: finding what soon will, finding what did, and writing it off.
use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{
    core::ids::{AccountId, GrantId},
    db::{DbError, far, one_row},
    notices::{Ending, Person},
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

/// Grants of these people that expire after `now` and by `until`, and were not told of with that end: how many are left that nobody
/// holds, by person.
pub async fn expiring(
    conn: &mut MySqlConnection,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    people: RangeInclusive<u64>,
    limit: u32,
) -> Result<Vec<Ending<u32>>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT g.id, g.account_id AS "account: AccountId", g.remaining AS "left!", g.expires_at AS "expires_at!", a.name, a.email AS "email!", a.locale
             FROM session_grants g
             JOIN accounts a ON a.id = g.account_id
             LEFT JOIN notices n ON n.source = 'sessions' AND n.subject_id = g.id AND n.ends = g.expires_at
            WHERE g.lapses_at > ? AND g.lapses_at <= ? AND g.remaining > g.held AND g.account_id BETWEEN ? AND ?
              AND n.mail_id IS NULL AND a.email IS NOT NULL
            ORDER BY g.account_id, g.expires_at LIMIT ?"#,
        now,
        far(until),
        people.start(),
        people.end(),
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Ending {
            person: Person { account: row.account, name: row.name, email: row.email, locale: row.locale },
            id: row.id,
            ends: row.expires_at,
            what: row.left,
        })
        .collect())
}
