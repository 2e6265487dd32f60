//! Brings the schema to the version this binary was built for.
use sqlx::{Connection, Executor, MySqlConnection, migrate::Migrator};

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
    let outcome = match finish_interrupted(&mut conn).await {
        Ok(()) => migrator.run_direct(None, &mut conn, false).await.map_err(MigrateError::from),
        Err(error) => Err(error.into()),
    };
    sqlx::query("DO RELEASE_LOCK(?)").bind(&name).execute(&mut conn).await.map_err(DbError::from)?;
    conn.close().await.map_err(DbError::from)?;
    outcome
}

/// What a statement says that has been executed before: table, column, key, constraint or check is there already, or
/// what it drops is gone already.
const DONE_BEFORE: [u16; 6] = [1050, 1060, 1061, 1091, 1826, 3822];

/// Finishes a migration in which an earlier process was killed; sqlx would refuse to go on.
///
/// DDL commits by itself, so the kill came before the statement, or between it and the note of its success. A migration
/// of one statement can be told apart by executing it again: statements are atomic on every server we take. One of
/// several statements is left to people.
async fn finish_interrupted(conn: &mut MySqlConnection) -> Result<(), DbError> {
    if !has_been_migrated(conn).await? {
        return Ok(());
    }
    let interrupted: Option<i64> = sqlx::query_scalar(
        "SELECT version FROM _sqlx_migrations WHERE success = FALSE ORDER BY version LIMIT 1",
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(migration) = MIGRATIONS.iter().find(|m| Some(m.version) == interrupted) else {
        return Ok(());
    };
    if !is_one_statement(migration.sql.as_str()) {
        return Ok(());
    }
    tracing::warn!(version = migration.version, "finishing a migration that was interrupted");
    match conn.execute(migration.sql.clone()).await.map_err(DbError::from) {
        Err(error) if !error.number().is_some_and(|n| DONE_BEFORE.contains(&n)) => return Err(error),
        _ => {}
    }
    let done = sqlx::query("UPDATE _sqlx_migrations SET success = TRUE WHERE version = ?")
        .bind(migration.version)
        .execute(conn)
        .await?;
    super::one_row(&done)
}

/// Whether a file holds one statement; a semicolon within a text counts as an end, which errs on the safe side.
fn is_one_statement(sql: &str) -> bool {
    let code: String = sql.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
    !code.trim().trim_end_matches(';').contains(';')
}

async fn has_been_migrated(conn: &mut MySqlConnection) -> Result<bool, DbError> {
    let tables: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '_sqlx_migrations'",
    )
    .fetch_one(conn)
    .await?;
    Ok(tables > 0)
}

/// How many migrations this binary knows and the database lacks.
pub async fn pending(db: &Db) -> Result<usize, DbError> {
    let mut conn = db.conn().await?;
    if !has_been_migrated(&mut conn).await? {
        return Ok(MIGRATIONS.iter().count());
    }
    let applied: Vec<i64> = sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success = TRUE")
        .fetch_all(&mut *conn)
        .await?;
    Ok(MIGRATIONS.iter().filter(|m| !applied.contains(&m.version)).count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{
        connect_with,
        embedded::{Embedded, tests::Dir},
    };

    #[tokio::test]
    async fn a_migration_that_was_killed_before_or_after_its_statement_is_finished() {
        let dir = Dir::new();
        let embedded = Embedded::start(&dir.0).await.unwrap();
        let db = connect_with(embedded.options(), 4).await.unwrap();
        run(&db).await.unwrap();
        let forget = "UPDATE _sqlx_migrations SET success = FALSE WHERE description = 'settings'";

        sqlx::query(forget).execute(&db.0).await.unwrap();
        assert_eq!(pending(&db).await.unwrap(), 1);
        run(&db).await.unwrap();
        assert_eq!(pending(&db).await.unwrap(), 0);

        sqlx::query(forget).execute(&db.0).await.unwrap();
        sqlx::query("DROP TABLE settings").execute(&db.0).await.unwrap();
        run(&db).await.unwrap();
        let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM settings").fetch_one(&db.0).await.unwrap();
        assert_eq!((rows, pending(&db).await.unwrap()), (0, 0));
        db.0.close().await;
        embedded.stop().await.unwrap();
    }

    #[test]
    fn two_statements_are_told_from_one() {
        assert!(is_one_statement("-- a; b\nCREATE TABLE a (\n id INT\n);\n"));
        assert!(!is_one_statement("ALTER TABLE a ADD b INT;\nUPDATE a SET b = 1;"));
    }
}
