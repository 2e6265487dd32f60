//! SQL of reservations, whatever pays for them.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{
    core::{actor::Actor, feature::FeatureCode, ids::AccountId},
    db::{Corrupt, DbError, one_row},
    entitlements::domain::{
        SourceKind,
        reservation::{Reservation, State},
    },
};

/// Writes a new reservation.
pub async fn insert(
    conn: &mut MySqlConnection,
    reservation: &Reservation,
    actor: &Actor,
) -> Result<(), DbError> {
    sqlx::query!(
        "INSERT INTO entitlement_reservations
           (uid, account_id, feature, source, amount, state, reason, actor_kind, actor_id, created_at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        reservation.uid,
        reservation.account,
        reservation.feature,
        reservation.source.as_str(),
        reservation.amount,
        reservation.state.as_str(),
        reservation.reason,
        actor.kind(),
        actor.id(),
        reservation.created_at,
        reservation.expires_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn find(conn: &mut MySqlConnection, uid: &str) -> Result<Option<Reservation>, DbError> {
    let row = sqlx::query!(
        r#"SELECT id, uid, account_id AS "account: AccountId", feature, source, amount, confirmed, state, reason, created_at, expires_at, closed_at
             FROM entitlement_reservations WHERE uid = ?"#,
        uid
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let corrupt = |column| Corrupt { table: "entitlement_reservations", id: row.id, column };
    Ok(Some(Reservation {
        uid: row.uid,
        account: row.account,
        feature: FeatureCode::parse(&row.feature).ok_or_else(|| corrupt("feature"))?,
        source: SourceKind::parse(&row.source).ok_or_else(|| corrupt("source"))?,
        amount: row.amount,
        confirmed: row.confirmed,
        state: State::parse(&row.state).ok_or_else(|| corrupt("state"))?,
        reason: row.reason,
        created_at: row.created_at,
        expires_at: row.expires_at,
        closed_at: row.closed_at,
    }))
}

/// Closes a reservation that is still open.
pub async fn close(conn: &mut MySqlConnection, reservation: &Reservation) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE entitlement_reservations SET state = ?, confirmed = ?, closed_at = ? WHERE uid = ? AND state = 'reserved'",
        reservation.state.as_str(),
        reservation.confirmed,
        reservation.closed_at,
        reservation.uid
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// Writes down which reservations ran out, at most `limit`. They held nothing any more by themselves.
pub async fn lapse(conn: &mut MySqlConnection, now: DateTime<Utc>, limit: u32) -> Result<u64, DbError> {
    let done = sqlx::query!(
        "UPDATE entitlement_reservations SET state = 'lapsed', closed_at = expires_at WHERE state = 'reserved' AND expires_at <= ? LIMIT ?",
        now,
        limit
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
