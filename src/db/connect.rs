//! Connections, with the same session on `MySQL` and `MariaDB`.
use std::{str::FromStr, time::Duration};

use sqlx::{
    Executor, MySqlConnection,
    mysql::{MySqlConnectOptions, MySqlPoolOptions},
};

use super::{Db, DbError};
use crate::core::secret::Secret;

/// Which of the two families a server belongs to: they name some session variables differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    MySql,
    MariaDb,
}

/// Longest a statement may run, in seconds: a handler that was dropped leaves its statement running.
const STATEMENT_SECONDS: u32 = 20;
/// Longest wait for a row lock, in seconds.
const LOCK_SECONDS: u32 = 5;

/// Asks the server which family it is.
pub async fn family_of(conn: &mut MySqlConnection) -> Result<Family, DbError> {
    let version: String = sqlx::query_scalar("SELECT VERSION()").fetch_one(conn).await?;
    Ok(if version.to_ascii_lowercase().contains("mariadb") { Family::MariaDb } else { Family::MySql })
}

/// The statement that gives a session our isolation and timeouts.
pub fn session_settings(family: Family) -> String {
    let (isolation, limit) = match family {
        Family::MariaDb => ("tx_isolation", format!("max_statement_time = {STATEMENT_SECONDS}")),
        Family::MySql => {
            ("transaction_isolation", format!("max_execution_time = {}", STATEMENT_SECONDS * 1000))
        }
    };
    format!(
        "SET SESSION {isolation} = 'READ-COMMITTED', SESSION {limit}, SESSION innodb_lock_wait_timeout = {LOCK_SECONDS}, \
         SESSION lock_wait_timeout = 60, \
         SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"
    )
}

/// Opens the pool of a server named by URL.
pub async fn connect(url: &Secret, connections: u32) -> Result<Db, DbError> {
    connect_with(MySqlConnectOptions::from_str(url.reveal())?, connections).await
}

/// Opens the pool of a server given by options.
pub async fn connect_with(options: MySqlConnectOptions, connections: u32) -> Result<Db, DbError> {
    let options = options.charset("utf8mb4").statement_cache_capacity(256);
    let pool = MySqlPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        .idle_timeout(Duration::from_secs(300))
        .after_connect(|conn, _| {
            Box::pin(async move {
                let family = family_of(conn).await.map_err(|e| match e {
                    DbError::Sqlx(e) => e,
                    other => sqlx::Error::Protocol(other.to_string()),
                })?;
                conn.execute(sqlx::AssertSqlSafe(session_settings(family))).await?;
                Ok(())
            })
        })
        .connect_with(options)
        .await?;
    Ok(Db(pool))
}
