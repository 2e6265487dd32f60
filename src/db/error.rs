//! What can go wrong with a database, and what to do about it.
use sqlx::mysql::MySqlDatabaseError;

/// A row that our own rules say cannot exist.
#[derive(Debug, Clone, thiserror::Error)]
#[error("row {id} of {table} makes no sense: column {column}")]
pub struct Corrupt {
    pub table: &'static str,
    pub id: u64,
    pub column: &'static str,
}

#[derive(Debug, thiserror::Error)]
pub enum DbError {
    #[error(transparent)]
    Sqlx(#[from] sqlx::Error),
    #[error(transparent)]
    Corrupt(#[from] Corrupt),
    #[error("someone else changed the row first")]
    Stale,
}

impl DbError {
    pub(super) fn number(&self) -> Option<u16> {
        let Self::Sqlx(e) = self else { return None };
        e.as_database_error()?.try_downcast_ref::<MySqlDatabaseError>().map(MySqlDatabaseError::number)
    }

    /// Deadlock (also Galera's at commit), lock wait, or `MariaDB`'s "record has changed": run the transaction again.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Stale => true,
            Self::Sqlx(_) => matches!(self.number(), Some(1020 | 1205 | 1213)),
            Self::Corrupt(_) => false,
        }
    }

    /// Another transaction held a row for longer than we wait.
    pub fn is_lock_timeout(&self) -> bool {
        self.number() == Some(1205)
    }

    /// The database cannot be reached, is starting, stopping or out of connections.
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Sqlx(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed) => true,
            Self::Sqlx(_) => matches!(self.number(), Some(1040 | 1047 | 1053 | 1077 | 1079 | 1203)),
            _ => false,
        }
    }

    /// The unique key a duplicate ran into. `MySQL` only tells in the message, and may put the table's name before it.
    pub fn duplicate_key(&self) -> Option<&str> {
        let Self::Sqlx(sqlx::Error::Database(e)) = self else {
            return None;
        };
        if !e.is_unique_violation() {
            return None;
        }
        let quoted = e.message().rsplit('\'').nth(1)?;
        Some(quoted.rsplit('.').next().unwrap_or(quoted))
    }
}

/// Errors that say whether running the transaction again may help.
pub trait Transient {
    fn is_transient(&self) -> bool;
}

impl Transient for DbError {
    fn is_transient(&self) -> bool {
        DbError::is_transient(self)
    }
}
