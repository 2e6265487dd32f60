//! Pool, transactions, and what database errors mean.
mod connect;
pub mod embedded;
mod error;
pub mod migrate;

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Utc};
use sqlx::{MySqlConnection, MySqlPool, mysql::MySqlQueryResult, pool::PoolConnection};

pub use connect::{Family, connect, connect_with, family_of, session_settings, version_of};
pub use error::{Corrupt, DbError, Transient};

/// Rows that one statement writes: a statement takes 65,535 values, and the longest row of ours has fewer than 60.
pub const ROWS_AT_ONCE: usize = 1000;

/// Demands that exactly one row was written: none means that someone else got there first.
pub fn one_row(done: &MySqlQueryResult) -> Result<(), DbError> {
    if done.rows_affected() == 1 { Ok(()) } else { Err(DbError::Stale) }
}

/// An instant that may lie beyond 19 January 2038, to be bound. sqlx sends a `DateTime<Utc>` as a TIMESTAMP, which `MariaDB`
/// turns into NULL past that day whatever the column is; expiries may be later, and NULL would mean never.
pub fn far(at: DateTime<Utc>) -> NaiveDateTime {
    at.naive_utc()
}

/// The pool. Reads take a connection, writes go through [`Db::transact`].
#[derive(Debug, Clone)]
pub struct Db(pub MySqlPool);

/// An open transaction. Dropping it rolls back.
#[derive(Debug)]
pub struct Tx(sqlx::Transaction<'static, sqlx::MySql>);

/// Proof that a transaction was committed.
#[derive(Debug)]
pub struct Done<T>(T);

impl Tx {
    /// Commits. The only way to make a [`Done`].
    pub async fn done<T>(self, value: T) -> Result<Done<T>, DbError> {
        self.0.commit().await?;
        Ok(Done(value))
    }

    /// Gives everything back and says so: for a decision that must leave no trace.
    pub async fn undone<T>(self, value: T) -> Result<Done<T>, DbError> {
        self.0.rollback().await?;
        Ok(Done(value))
    }
}

impl std::ops::Deref for Tx {
    type Target = MySqlConnection;
    fn deref(&self) -> &MySqlConnection {
        &self.0
    }
}

impl std::ops::DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut MySqlConnection {
        &mut self.0
    }
}

/// Times a transaction is tried again when the database asks for it (deadlock, lock wait, stale version).
const RETRIES: u32 = 6;

impl Db {
    /// A connection for reading.
    pub async fn conn(&self) -> Result<PoolConnection<sqlx::MySql>, DbError> {
        Ok(self.0.acquire().await?)
    }

    /// Runs `work` in a transaction, again (with a fresh one, after a random wait) while the database asks for it.
    pub async fn transact<T, E, Fut>(&self, mut work: impl FnMut(Tx) -> Fut) -> Result<T, E>
    where
        Fut: Future<Output = Result<Done<T>, E>>,
        E: From<DbError> + Transient,
    {
        let mut attempt = 0;
        loop {
            let tx = Tx(self.0.begin().await.map_err(DbError::from)?);
            match work(tx).await {
                Err(e) if e.is_transient() && attempt < RETRIES => {
                    attempt += 1;
                    metrics::counter!("abono_db_retries_total").increment(1);
                    let most = 10.0 * f64::from(1 << attempt);
                    let wait = most * (0.5 + crate::crypto::random_fraction());
                    tokio::time::sleep(Duration::from_secs_f64(wait / 1000.0)).await;
                }
                outcome => return outcome.map(|done| done.0),
            }
        }
    }
}
