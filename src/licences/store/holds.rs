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
    /// Of those, how many were refunded meanwhile.
    pub refunded: u32,
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
        r#"SELECT licence_id AS "licence: LicenceId", amount, refunded, expires_at FROM licence_holds WHERE reservation = ? ORDER BY position"#,
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
    sqlx::query!("UPDATE licence_holds SET amount = 0, refunded = 0 WHERE licence_id = ?", licence)
        .execute(conn)
        .await?;
    Ok(held)
}

struct Part {
    reservation: String,
    amount: u32,
    refunded: u32,
}

/// Notes of at most `amount` credits of a licence that they were refunded while reservations hold them: of those that hold longest
/// first. Answers of how many.
pub async fn refund_held(
    conn: &mut MySqlConnection,
    licence: LicenceId,
    amount: u32,
    now: DateTime<Utc>,
) -> Result<u32, DbError> {
    let holds = sqlx::query_as!(
        Part,
        "SELECT reservation, amount, refunded FROM licence_holds
          WHERE licence_id = ? AND expires_at > ? AND amount > refunded ORDER BY expires_at DESC, reservation",
        licence,
        now
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut left = amount;
    for hold in holds {
        let part = (hold.amount - hold.refunded).min(left);
        left -= part;
        set_refunded(conn, licence, &hold, hold.refunded + part).await?;
    }
    Ok(amount - left)
}

/// The opposite, of `amount` credits: their order counts again. Of those that hold shortest first.
pub async fn keep_held(conn: &mut MySqlConnection, licence: LicenceId, amount: u32) -> Result<(), DbError> {
    let holds = sqlx::query_as!(
        Part,
        "SELECT reservation, amount, refunded FROM licence_holds
          WHERE licence_id = ? AND refunded > 0 ORDER BY expires_at, reservation",
        licence
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut left = amount;
    for hold in holds {
        let part = hold.refunded.min(left);
        left -= part;
        set_refunded(conn, licence, &hold, hold.refunded - part).await?;
    }
    Ok(())
}

async fn set_refunded(
    conn: &mut MySqlConnection,
    licence: LicenceId,
    hold: &Part,
    refunded: u32,
) -> Result<(), DbError> {
    if refunded == hold.refunded {
        return Ok(());
    }
    let done = sqlx::query!(
        "UPDATE licence_holds SET refunded = ? WHERE reservation = ? AND licence_id = ?",
        refunded,
        hold.reservation,
        licence
    )
    .execute(conn)
    .await?;
    one_row(&done)
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
