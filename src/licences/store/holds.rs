//! SQL of what reservations hold of licences.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{
    core::ids::{AccountId, LicenceId},
    db::{DbError, one_row},
    licences::domain::Take,
};

/// What a reservation holds of one licence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    pub licence: LicenceId,
    pub amount: u32,
    pub expires_at: DateTime<Utc>,
}

/// Puts credits aside, in the order in which they are used. The caller holds the account's lock and saw that they are there.
pub async fn hold(
    conn: &mut MySqlConnection,
    reservation: &str,
    takes: &[Take],
    until: DateTime<Utc>,
) -> Result<(), DbError> {
    for (position, take) in takes.iter().enumerate() {
        sqlx::query!(
            "INSERT INTO licence_holds (reservation, licence_id, position, amount, expires_at) VALUES (?, ?, ?, ?, ?)",
            reservation,
            take.licence,
            u32::try_from(position).unwrap_or(u32::MAX),
            take.amount,
            until
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// What a reservation holds, in the order in which it is used.
pub async fn held_by(conn: &mut MySqlConnection, reservation: &str) -> Result<Vec<Hold>, DbError> {
    Ok(sqlx::query_as!(
        Hold,
        r#"SELECT licence_id AS "licence: LicenceId", amount, expires_at FROM licence_holds WHERE reservation = ? ORDER BY position"#,
        reservation
    )
    .fetch_all(conn)
    .await?)
}

/// A reservation holds nothing of this licence any more.
pub async fn let_go(
    conn: &mut MySqlConnection,
    reservation: &str,
    licence: LicenceId,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "DELETE FROM licence_holds WHERE reservation = ? AND licence_id = ?",
        reservation,
        licence
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// No reservation holds anything of this licence any more. Answers what the ledger must be told: how many were held on paper.
pub async fn let_go_all(conn: &mut MySqlConnection, licence: LicenceId) -> Result<u32, DbError> {
    let held = sqlx::query_scalar!(
        r#"SELECT CAST(COALESCE(SUM(amount), 0) AS UNSIGNED) AS "n!: u32" FROM licence_holds WHERE licence_id = ?"#,
        licence
    )
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query!("UPDATE licence_holds SET amount = 0 WHERE licence_id = ?", licence).execute(conn).await?;
    Ok(held)
}

/// Holds that ran out, with whose they are, oldest first.
pub async fn lapsed(
    conn: &mut MySqlConnection,
    now: DateTime<Utc>,
    most: u32,
) -> Result<Vec<(AccountId, String, LicenceId)>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT l.account_id AS "account: AccountId", h.reservation, h.licence_id AS "licence: LicenceId"
             FROM licence_holds h JOIN licences l ON l.id = h.licence_id
            WHERE h.expires_at <= ? ORDER BY h.expires_at LIMIT ?"#,
        now,
        most
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.account, row.reservation, row.licence)).collect())
}
