//! What only one process should do at a time: held by a row, for a while, renewed by whoever is at it.
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::MySqlConnection;

use crate::{crypto, db::DbError};

/// How long a lease lasts without being renewed.
const LASTS: TimeDelta = TimeDelta::seconds(90);

/// A lease that is ours until it lapses.
#[derive(Debug, Clone)]
pub struct Lease {
    name: String,
    holder: String,
}

/// Takes the lease of this name, if nobody holds it.
pub async fn take(
    conn: &mut MySqlConnection,
    name: &str,
    now: DateTime<Utc>,
) -> Result<Option<Lease>, DbError> {
    let lease =
        Lease { name: name.to_owned(), holder: uuid::Uuid::from_bytes(crypto::random_bytes()).to_string() };
    let inserted = sqlx::query!(
        "INSERT INTO leases (name, holder, held_until) VALUES (?, ?, ?)",
        lease.name,
        lease.holder,
        now + LASTS
    )
    .execute(&mut *conn)
    .await
    .map_err(DbError::from);
    match inserted {
        Ok(_) => return Ok(Some(lease)),
        Err(e) if e.duplicate_key().is_some() => {}
        Err(e) => return Err(e),
    }
    let taken = sqlx::query!(
        "UPDATE leases SET holder = ?, held_until = ? WHERE name = ? AND held_until < ?",
        lease.holder,
        now + LASTS,
        lease.name,
        now
    )
    .execute(conn)
    .await?;
    Ok((taken.rows_affected() == 1).then_some(lease))
}

impl Lease {
    /// Holds it for longer. False: it lapsed and is someone else's now.
    pub async fn renew(&self, conn: &mut MySqlConnection, now: DateTime<Utc>) -> Result<bool, DbError> {
        let done = sqlx::query!(
            "UPDATE leases SET held_until = ? WHERE name = ? AND holder = ?",
            now + LASTS,
            self.name,
            self.holder
        )
        .execute(conn)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Gives it back.
    pub async fn release(self, conn: &mut MySqlConnection) -> Result<(), DbError> {
        sqlx::query!("DELETE FROM leases WHERE name = ? AND holder = ?", self.name, self.holder)
            .execute(conn)
            .await?;
        Ok(())
    }
}
