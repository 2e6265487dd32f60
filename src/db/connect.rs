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

impl Family {
    /// The name on the box.
    pub fn name(self) -> &'static str {
        match self {
            Self::MySql => "MySQL",
            Self::MariaDb => "MariaDB",
        }
    }

    /// The family that a version text belongs to, as `SELECT VERSION()` and `mysqld --version` write it.
    pub fn of_version(text: &str) -> Self {
        if text.to_ascii_lowercase().contains("mariadb") { Self::MariaDb } else { Self::MySql }
    }

    /// Whether `version` ("10.11.19-MariaDB…") is one that we work with: `MariaDB` 10.6 or `MySQL` 8.0, or later.
    pub fn is_recent(self, version: &str) -> bool {
        let mut numbers =
            version.split(|c: char| !c.is_ascii_digit()).map_while(|part| part.parse::<u32>().ok());
        let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        found
            >= match self {
                Self::MariaDb => (10, 6),
                Self::MySql => (8, 0),
            }
    }
}

/// Longest a statement may run, in seconds: a handler that was dropped leaves its statement running.
const STATEMENT_SECONDS: u32 = 20;
/// Longest wait for a row lock, in seconds.
const LOCK_SECONDS: u32 = 5;

/// Asks the server which family it is.
pub async fn family_of(conn: &mut MySqlConnection) -> Result<Family, DbError> {
    Ok(Family::of_version(&version_of(conn).await?))
}

/// The server's own word for its version: `10.11.19-MariaDB-0+deb12u1`.
pub async fn version_of(conn: &mut MySqlConnection) -> Result<String, DbError> {
    Ok(sqlx::query_scalar("SELECT VERSION()").fetch_one(conn).await?)
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
        .idle_timeout(Duration::from_mins(5))
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

#[cfg(test)]
mod tests {
    use super::Family::{self, MariaDb, MySql};

    #[test]
    fn old_servers_are_told_from_recent_ones() {
        for (version, family, recent) in [
            ("10.5.29-MariaDB", MariaDb, false),
            ("10.6.0-MariaDB-log", MariaDb, true),
            ("11.8.3-MariaDB-0+deb13u1", MariaDb, true),
            ("5.7.44", MySql, false),
            ("8.0.11-0ubuntu0.20.04", MySql, true),
            ("9.7.0", MySql, true),
            ("nonsense", MySql, false),
        ] {
            assert_eq!(Family::of_version(version), family, "{version}");
            assert_eq!(family.is_recent(version), recent, "{version}");
        }
    }
}
