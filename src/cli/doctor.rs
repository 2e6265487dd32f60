//! `abono doctor`: looks at everything that can be wrong around us and says what to do about it.
use std::{os::unix::fs::PermissionsExt, process::ExitCode};

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;

use super::{
    open::{self, Access, Database, Home},
    out, shop,
};
use crate::{
    config::Config,
    core::clock::Clock,
    crypto::{Keys, Purpose},
    db::{Db, Family, migrate},
};

/// What the checks look at.
#[derive(Debug)]
pub struct Patient {
    pub config: Config,
    pub clock: Clock,
    pub database: Database,
    /// Absent when the settings give none; the check of the key says why.
    pub keys: anyhow::Result<Keys>,
}

/// Something that is wrong, and what helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub what: String,
    pub cure: &'static str,
}

impl Trouble {
    pub fn new(what: impl Into<String>, cure: &'static str) -> Self {
        Self { what: what.into(), cure }
    }
}

/// A question the database did not answer.
impl<E: Into<crate::db::DbError>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self::new(error.into().to_string(), "look into the database's log")
    }
}

/// What a check found: what is well, in a few words, or the trouble.
pub type Finding = Result<String, Trouble>;

type Check = for<'a> fn(&'a Patient) -> BoxFuture<'a, Finding>;

/// Every check, in the order of the report. A new one is a line here and a function.
const CHECKS: &[(&str, Check)] = &[
    ("server", |p| Box::pin(server(&p.database))),
    ("character set", |p| Box::pin(character_set(&p.database.db))),
    ("strict mode", |p| Box::pin(strict_mode(&p.database.db))),
    ("isolation", |p| Box::pin(isolation(&p.database.db))),
    ("clock", |p| Box::pin(clock(p))),
    ("schema", |p| Box::pin(schema(&p.database.db))),
    ("secret key", |p| Box::pin(secret_key(p))),
    ("disk", |p| Box::pin(disk(p))),
    ("shops", |p| Box::pin(shop::reachable(p))),
    ("webhooks", |p| Box::pin(shop::webhooks(p))),
];

/// Furthest the database's clock may be from ours, in milliseconds.
const SKEW_MS: i64 = 5_000;
/// Least free room for an embedded database, in MiB.
const ROOM_MIB: u64 = 1_024;

/// Runs every check and prints a line for each. The exit code is 1 if anything is wrong.
pub async fn run(config: Config) -> anyhow::Result<ExitCode> {
    let database = match open::database(&config, Access::Shared).await {
        Ok(database) => database,
        Err(error) => {
            out!("✗ {:14} {error:#}", "database");
            return Ok(ExitCode::FAILURE);
        }
    };
    let patient = Patient { keys: open::secret_keys(&config), config, clock: Clock::System, database };
    let findings = examine(&patient).await;
    for (name, finding) in &findings {
        match finding {
            Ok(well) => out!("✓ {name:14} {well}"),
            Err(trouble) => out!("✗ {name:14} {}\n  {:14} → {}", trouble.what, "", trouble.cure),
        }
    }
    patient.database.close().await?;
    let wrong = findings.iter().filter(|(_, finding)| finding.is_err()).count();
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The findings of every check, in order.
pub async fn examine(patient: &Patient) -> Vec<(&'static str, Finding)> {
    let mut findings = Vec::with_capacity(CHECKS.len());
    for (name, check) in CHECKS {
        findings.push((*name, check(patient).await));
    }
    findings
}

async fn server(database: &Database) -> Finding {
    let version: String = sqlx::query_scalar("SELECT VERSION()").fetch_one(&database.db.0).await?;
    let family = Family::of_version(&version);
    let home = match database.home {
        Home::External => "by ABONO_DATABASE_URL",
        Home::Embedded(_) => "embedded",
        Home::Borrowed => "embedded, run by another abono",
    };
    let name = format!("{} {version}", family.name());
    if family.is_recent(&version) {
        Ok(format!("{name}, {home}"))
    } else {
        Err(Trouble::new(format!("{name} is too old"), "MariaDB 10.6 and MySQL 8.0 are the oldest that work"))
    }
}

async fn character_set(db: &Db) -> Finding {
    let default: String = sqlx::query_scalar(
        "SELECT default_character_set_name FROM information_schema.schemata WHERE schema_name = DATABASE()",
    )
    .fetch_one(&db.0)
    .await?;
    let others: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM information_schema.tables
         WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND table_collation NOT LIKE 'utf8mb4%'
           AND table_name <> '_sqlx_migrations'",
    )
    .fetch_one(&db.0)
    .await?;
    if others > 0 {
        return Err(Trouble::new(
            format!("{others} tables are not utf8mb4"),
            "convert them: ALTER TABLE … CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
        ));
    }
    if default != "utf8mb4" {
        return Err(Trouble::new(
            format!("the database's default is {default}"),
            "ALTER DATABASE … CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
        ));
    }
    Ok(default)
}

async fn strict_mode(db: &Db) -> Finding {
    let mode: String = sqlx::query_scalar("SELECT @@SESSION.sql_mode").fetch_one(&db.0).await?;
    if mode.split(',').any(|word| word == "STRICT_TRANS_TABLES") {
        Ok("on".to_owned())
    } else {
        Err(Trouble::new(
            format!("sql_mode is '{mode}'"),
            "something between us and the server (a proxy?) drops session settings",
        ))
    }
}

async fn isolation(db: &Db) -> Finding {
    let mut conn = db.conn().await?;
    let question = match crate::db::family_of(&mut conn).await? {
        Family::MariaDb => "SELECT @@SESSION.tx_isolation",
        Family::MySql => "SELECT @@SESSION.transaction_isolation",
    };
    let level: String = sqlx::query_scalar(question).fetch_one(&mut *conn).await?;
    if level == "READ-COMMITTED" {
        Ok(level)
    } else {
        Err(Trouble::new(
            format!("{level} instead of READ-COMMITTED"),
            "something between us and the server (a proxy?) drops session settings",
        ))
    }
}

async fn clock(patient: &Patient) -> Finding {
    let before = patient.clock.now();
    // The one place that asks the database for the time: to compare it with ours.
    let theirs: DateTime<Utc> =
        sqlx::query_scalar("SELECT UTC_TIMESTAMP(6)").fetch_one(&patient.database.db.0).await?;
    let after = patient.clock.now();
    let ours = before + (after - before) / 2;
    let skew = (theirs - ours).num_milliseconds();
    if skew.abs() > SKEW_MS {
        Err(Trouble::new(
            format!("the database's clock is {skew} ms from ours"),
            "set both machines' clocks by NTP",
        ))
    } else {
        Ok(format!("{} ms from the database's", skew.abs()))
    }
}

async fn schema(db: &Db) -> Finding {
    match migrate::pending(db).await? {
        0 => Ok("up to date".to_owned()),
        n => Err(Trouble::new(format!("{n} migrations are missing"), "run `abono migrate`")),
    }
}

async fn secret_key(patient: &Patient) -> Finding {
    let keys = patient
        .keys
        .as_ref()
        .map_err(|error| Trouble::new(format!("{error:#}"), "see ABONO_SECRET_KEYS in .env.example"))?;
    let file = open::secret_key_file(&patient.config);
    if let Ok(found) = std::fs::metadata(&file)
        && found.permissions().mode() & 0o077 != 0
    {
        return Err(Trouble::new(format!("others may read {}", file.display()), "chmod 600 it"));
    }
    if migrate::pending(&patient.database.db).await? > 0 {
        return Ok("set; no secret can be stored yet".to_owned());
    }
    let sealed: Vec<(String, Vec<u8>)> =
        sqlx::query_as("SELECT slug, consumer_secret_sealed FROM shops ORDER BY id")
            .fetch_all(&patient.database.db.0)
            .await?;
    for (slug, secret) in &sealed {
        if let Err(error) = keys.open(Purpose::ConsumerSecret, secret) {
            return Err(Trouble::new(
                format!("the stored secret of shop {slug} does not open: {error}"),
                "add the key that sealed it to ABONO_SECRET_KEYS, or connect the shop again",
            ));
        }
    }
    Ok(match sealed.len() {
        0 => "set; no secret is stored".to_owned(),
        n => format!("opens the stored secrets of {n} shops"),
    })
}

async fn disk(patient: &Patient) -> Finding {
    if matches!(patient.database.home, Home::External) {
        return Ok("the database lives elsewhere".to_owned());
    }
    let dir = &patient.config.data_dir;
    let asked = tokio::process::Command::new("df").arg("-Pk").arg(dir).output().await;
    let free = asked.ok().and_then(|output| free_mib(&String::from_utf8_lossy(&output.stdout)));
    match free {
        Some(free) if free < ROOM_MIB => Err(Trouble::new(
            format!("only {free} MiB are free in {}", dir.display()),
            "make room: a full disk stops the database",
        )),
        Some(free) => Ok(format!("{} GiB are free in {}", free / 1024, dir.display())),
        None => Ok("`df` does not say".to_owned()),
    }
}

/// Reads the free room out of what `df -Pk` prints.
fn free_mib(said: &str) -> Option<u64> {
    let kib: u64 = said.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(kib / 1024)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::{
        cli::{
            open::{Schema, prepare},
            tests::read,
        },
        core::secret::Secret,
        db::embedded::tests::Dir,
    };

    async fn patient(dir: &Dir) -> Patient {
        let words = ["abono", "doctor", "--data-dir", dir.0.to_str().unwrap()];
        let config = read(&words).unwrap().config;
        let database = open::database(&config, Access::Shared).await.unwrap();
        Patient { keys: open::secret_keys(&config), config, clock: Clock::System, database }
    }

    fn wrong(findings: Vec<(&'static str, Finding)>) -> Vec<&'static str> {
        let wrong = findings.into_iter().filter(|(_, finding)| finding.is_err());
        wrong.map(|(name, _)| name).collect()
    }

    async fn execute(patient: &Patient, statement: &'static str) {
        sqlx::query(statement).execute(&patient.database.db.0).await.unwrap();
    }

    #[tokio::test]
    async fn a_fresh_database_lacks_only_its_schema_and_then_nothing() {
        let dir = Dir::new();
        let patient = patient(&dir).await;
        assert_eq!(wrong(examine(&patient).await), ["schema"]);
        prepare(&patient.database, Schema::Migrate).await.unwrap();
        let findings = examine(&patient).await;
        assert_eq!(findings.len(), CHECKS.len());
        assert!(wrong(findings.clone()).is_empty(), "{findings:?}");
        patient.database.close().await.unwrap();
    }

    #[tokio::test]
    async fn each_trouble_is_found_by_its_check() {
        let dir = Dir::new();
        let mut patient = patient(&dir).await;
        prepare(&patient.database, Schema::Migrate).await.unwrap();

        patient.clock = Clock::fixed(Clock::System.now() - TimeDelta::seconds(60));
        assert_eq!(wrong(examine(&patient).await), ["clock"]);
        patient.clock = Clock::System;

        execute(&patient, "ALTER DATABASE abono CHARACTER SET latin1").await;
        assert_eq!(wrong(examine(&patient).await), ["character set"]);
        execute(&patient, "ALTER DATABASE abono CHARACTER SET utf8mb4").await;

        let foreign = Keys::new(&[Secret::new("another key, of 32 characters...")]).unwrap();
        let sealed = foreign.seal(Purpose::ConsumerSecret, &Secret::new("cs_1"));
        sqlx::query(
            "INSERT INTO shops (slug, name, url, consumer_key_sealed, consumer_secret_sealed, key_last4,
                 webhook_secret_sealed, handoff_secret_sealed, timezone, created_at)
             VALUES ('tienda', 'Tienda', 'https://tienda.test', '', ?, '', '', '', 'UTC', '2026-11-21')",
        )
        .bind(&sealed)
        .execute(&patient.database.db.0)
        .await
        .unwrap();
        assert_eq!(wrong(examine(&patient).await), ["secret key"]);
        execute(&patient, "DELETE FROM shops").await;

        execute(&patient, "DELETE FROM _sqlx_migrations ORDER BY version DESC LIMIT 1").await;
        assert_eq!(wrong(examine(&patient).await), ["schema"]);
        patient.database.close().await.unwrap();
    }

    #[test]
    fn free_room_is_read_from_what_df_prints() {
        let said = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 20971520 10485760 2097152 50% /\n";
        assert_eq!(free_mib(said), Some(2_048));
        assert_eq!(free_mib(""), None);
    }
}
