//! Brings the schema to the version this binary was built for.
use sqlx::{Connection, migrate::Migrator};

use super::{Db, DbError};

/// Every migration, embedded.
pub static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("another process has been migrating this database for more than a minute")]
    Busy,
    #[error(transparent)]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

/// Runs what is missing, one process at a time.
///
/// sqlx's own lock waits with `GET_LOCK(…, -1)`, which `MariaDB` answers with NULL and no lock: we take ours.
/// Locks of a Galera cluster are per node, so migrate a cluster from one place.
pub async fn run(db: &Db) -> Result<(), MigrateError> {
    let mut conn = db.conn().await?.detach();
    let name: Option<String> = sqlx::query_scalar("SELECT CONCAT('abono_migrate_', DATABASE())")
        .fetch_one(&mut conn)
        .await
        .map_err(DbError::from)?;
    let name = name.unwrap_or_else(|| "abono_migrate".to_owned());
    let name: String = name.chars().take(64).collect();
    let got: Option<i64> = sqlx::query_scalar("SELECT GET_LOCK(?, 60)")
        .bind(&name)
        .fetch_one(&mut conn)
        .await
        .map_err(DbError::from)?;
    if got != Some(1) {
        return Err(MigrateError::Busy);
    }
    // A migration of a large table may take longer than a request ever should.
    let unlimited = match super::family_of(&mut conn).await? {
        super::Family::MariaDb => "SET SESSION max_statement_time = 0",
        super::Family::MySql => "SET SESSION max_execution_time = 0",
    };
    sqlx::query(unlimited).execute(&mut conn).await.map_err(DbError::from)?;
    let mut migrator = Migrator::with_migrations(MIGRATIONS.iter().cloned().collect());
    migrator.set_locking(false);
    let outcome = migrator.run_direct(None, &mut conn, false).await;
    sqlx::query("DO RELEASE_LOCK(?)").bind(&name).execute(&mut conn).await.map_err(DbError::from)?;
    conn.close().await.map_err(DbError::from)?;
    Ok(outcome?)
}

/// How many migrations this binary knows and the database lacks.
pub async fn pending(db: &Db) -> Result<usize, DbError> {
    let exists: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '_sqlx_migrations'",
    )
    .fetch_one(&db.0)
    .await?;
    if exists == 0 {
        return Ok(MIGRATIONS.iter().count());
    }
    let applied: Vec<i64> = sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success = TRUE")
        .fetch_all(&db.0)
        .await?;
    Ok(MIGRATIONS.iter().filter(|m| !applied.contains(&m.version)).count())
}
