//! Opens what commands work on: the database (embedded or by URL), the secret keys, the [`App`]; and closes it again.
use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, bail};
use sqlx::{Connection, MySqlConnection};

use crate::{
    app::{App, Desk},
    config::Config,
    core::{clock::Clock, secret::Secret},
    crypto::{self, Keys},
    db::{
        self, Db, DbError,
        embedded::{Embedded, EmbeddedError},
    },
    shop::client::Http,
};

/// Whether a command needs an embedded database for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It lives long and others lean on it: two on one data directory are an error.
    Own,
    /// It may use the server of an abono that is already running.
    Shared,
}

/// What a command expects of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// Bring it up to date.
    Migrate,
    /// It must be up to date. Our own embedded database is brought there; anyone else's is left alone.
    Current,
}

/// Where the database runs.
#[derive(Debug)]
pub enum Home {
    /// Named by URL.
    External,
    /// Our own child.
    Embedded(Box<Embedded>),
    /// The child of an abono in another process.
    Borrowed,
}

/// An open database, whatever its schema.
#[derive(Debug)]
pub struct Database {
    pub db: Db,
    pub home: Home,
}

/// Everything a command works on.
#[derive(Debug)]
pub struct Opened {
    pub app: App,
    home: Home,
}

/// Longest wait for connections to come home when the pool is closed.
const CLOSE: Duration = Duration::from_secs(5);

/// Opens the whole application with the machine's clock.
pub async fn open(config: Config, access: Access, schema: Schema) -> anyhow::Result<Opened> {
    let database = database(&config, access).await?;
    let opened = async {
        prepare(&database, schema).await?;
        anyhow::Ok((
            secret_keys(&config)?,
            Http::new(config.allow_private_shops).context("cannot prepare the HTTP client")?,
        ))
    };
    match opened.await {
        Ok((keys, http)) => Ok(Opened {
            app: App {
                db: database.db,
                clock: Clock::System,
                keys,
                config: Arc::new(config),
                http,
                desk: Desk::default(),
            },
            home: database.home,
        }),
        Err(error) => {
            database.close().await?;
            Err(error)
        }
    }
}

impl Opened {
    /// Closes the pool, then stops the embedded server. Server and workers must have ended.
    pub async fn close(self) -> anyhow::Result<()> {
        let Self { app, home } = self;
        close(app.db, home).await
    }
}

impl Database {
    /// Closes the pool, then stops the embedded server.
    pub async fn close(self) -> anyhow::Result<()> {
        close(self.db, self.home).await
    }
}

async fn close(db: Db, home: Home) -> anyhow::Result<()> {
    if tokio::time::timeout(CLOSE, db.0.close()).await.is_err() {
        tracing::warn!("connections were still in use when the pool was closed");
    }
    match home {
        Home::Embedded(embedded) => embedded.stop().await.context("cannot stop the embedded database"),
        Home::External | Home::Borrowed => Ok(()),
    }
}

/// Opens the configured database, or the embedded one where none is configured.
pub async fn database(config: &Config, access: Access) -> anyhow::Result<Database> {
    let connections = config.database_connections;
    if let Some(url) = config.external_database() {
        let db = external(url, connections)
            .await
            .context("cannot connect to the database of ABONO_DATABASE_URL")?;
        return Ok(Database { db, home: Home::External });
    }
    if access == Access::Shared
        && let Some(options) = Embedded::attach(&config.data_dir).await
    {
        let db = db::connect_with(options, connections)
            .await
            .context("cannot connect to the embedded database of the running abono")?;
        return Ok(Database { db, home: Home::Borrowed });
    }
    let embedded = Embedded::start(&config.data_dir).await.map_err(explained)?;
    match db::connect_with(embedded.options(), connections).await {
        Ok(db) => Ok(Database { db, home: Home::Embedded(Box::new(embedded)) }),
        Err(error) => {
            embedded.stop().await?;
            Err(error).context("cannot connect to the embedded database")
        }
    }
}

/// Drops everything an embedded database holds: for the demo, which starts afresh each time.
pub async fn forget(config: &Config) -> anyhow::Result<()> {
    if !config.data_dir.exists() {
        return Ok(());
    }
    let database = database(config, Access::Own).await?;
    let dropped = sqlx::query("DROP DATABASE IF EXISTS abono").execute(&database.db.0).await;
    database.close().await?;
    dropped.map(|_| ()).context("cannot empty the embedded database")
}

async fn external(url: &Secret, connections: u32) -> Result<Db, DbError> {
    match db::connect(url, connections).await {
        // All that the pool says is that it has tried for long enough. One more try says why.
        Err(DbError::Sqlx(sqlx::Error::PoolTimedOut)) => {
            MySqlConnection::connect(url.reveal()).await?.close().await?;
            db::connect(url, connections).await
        }
        outcome => outcome,
    }
}

fn explained(error: EmbeddedError) -> anyhow::Error {
    match error {
        // These say all there is to say.
        EmbeddedError::NoServer | EmbeddedError::InUse(_) | EmbeddedError::NotPrivate(_) => error.into(),
        error => anyhow::Error::from(error).context("cannot start the embedded database"),
    }
}

/// Brings the schema to where the command expects it, or refuses.
pub async fn prepare(database: &Database, schema: Schema) -> anyhow::Result<()> {
    let migrate = schema == Schema::Migrate || matches!(database.home, Home::Embedded(_));
    if migrate {
        return db::migrate::run(&database.db).await.context("cannot bring the schema up to date");
    }
    let pending = db::migrate::pending(&database.db).await.context("cannot read the schema's version")?;
    if pending == 0 {
        return Ok(());
    }
    match database.home {
        Home::Borrowed => bail!(
            "the abono that is running on this data directory has an older schema ({pending} migrations behind): restart it first"
        ),
        _ => bail!(
            "the database lacks {pending} migrations: run `abono migrate` (once, from one place), or start with `--migrate`"
        ),
    }
}

/// The secret keys: from the settings or, with an embedded database, from a file that is made once.
pub fn secret_keys(config: &Config) -> anyhow::Result<Keys> {
    let given: Vec<Secret> = config.secret_keys.iter().filter(|key| !key.is_empty()).cloned().collect();
    if !given.is_empty() {
        return Keys::new(&given).with_context(|| {
            format!("ABONO_SECRET_KEYS: each key must have {} characters or more", Keys::SHORTEST)
        });
    }
    if config.external_database().is_some() {
        bail!(
            "ABONO_SECRET_KEYS is not set. Make a key with `openssl rand -hex 32` and keep it apart from the database's \
             backups: without it the stored keys of your shops cannot be opened"
        );
    }
    let path = secret_key_file(config);
    let key = read_or_make_key(&path)
        .with_context(|| format!("cannot use the secret key in {}", path.display()))?;
    Keys::new(&[key])
        .with_context(|| format!("{} holds no key of {} characters", path.display(), Keys::SHORTEST))
}

/// Where the key of an installation with an embedded database is kept.
pub fn secret_key_file(config: &Config) -> PathBuf {
    config.data_dir.join("secret.key")
}

fn read_or_make_key(path: &Path) -> std::io::Result<Secret> {
    match fs::read_to_string(path) {
        Ok(text) => return Ok(Secret::new(text.trim())),
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
        Err(_) => {}
    }
    // Written beside its place and linked into it: never half there, and of two that try the first wins.
    let fresh = path.with_extension(format!("key-{}", hex::encode(crypto::random_bytes::<4>())));
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&fresh)
        .and_then(|mut file| {
            writeln!(file, "{}", crypto::random_token().reveal())?;
            file.sync_all()
        })
        .and_then(|()| fs::hard_link(&fresh, path));
    fs::remove_file(&fresh)?;
    match written {
        Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => Err(e),
        _ => fs::read_to_string(path).map(|text| Secret::new(text.trim())),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::{cli::tests::read, db::embedded::tests::Dir};

    fn config(dir: &Dir, more: &[&str]) -> Config {
        let dir = dir.0.to_str().unwrap();
        read(&[&["abono", "doctor", "--data-dir", dir], more].concat()).unwrap().config
    }

    #[tokio::test]
    async fn a_first_start_makes_schema_and_key_and_the_next_one_keeps_them() {
        let dir = Dir::new();
        let first = open(config(&dir, &[]), Access::Own, Schema::Current).await.unwrap();
        let signature = first.app.keys.sign("test", b"value");
        assert_eq!(db::migrate::pending(&first.app.db).await.unwrap(), 0);
        first.close().await.unwrap();
        let mode = fs::metadata(dir.0.join("secret.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);

        let second = open(config(&dir, &[]), Access::Own, Schema::Current).await.unwrap();
        assert!(second.app.keys.verify("test", b"value", &signature));
        second.close().await.unwrap();
    }

    #[tokio::test]
    async fn a_tool_uses_the_server_of_the_running_abono_and_a_second_service_is_refused() {
        let dir = Dir::new();
        let service = open(config(&dir, &[]), Access::Own, Schema::Current).await.unwrap();
        let tool = open(config(&dir, &[]), Access::Shared, Schema::Current).await.unwrap();
        assert!(matches!(tool.home, Home::Borrowed));
        tool.close().await.unwrap();
        let refused = open(config(&dir, &[]), Access::Own, Schema::Current).await.unwrap_err();
        assert!(refused.to_string().contains("another abono is running"), "{refused:#}");
        service.close().await.unwrap();
    }

    #[tokio::test]
    async fn a_database_of_someone_elses_is_migrated_only_when_told_to() {
        let dir = Dir::new();
        let embedded = Embedded::start(&dir.0).await.unwrap();
        let socket = embedded.options().get_socket().unwrap().display().to_string();
        let url = format!("mysql://root@localhost/abono?socket={socket}");
        let key = "0123456789abcdef0123456789abcdef";
        let config = config(&dir, &["--database-url", &url, "--secret-keys", key]);

        let refused = open(config.clone(), Access::Own, Schema::Current).await.unwrap_err();
        assert!(refused.to_string().contains("abono migrate"), "{refused:#}");
        let told = open(config.clone(), Access::Own, Schema::Migrate).await.unwrap();
        told.close().await.unwrap();
        let after = open(config, Access::Own, Schema::Current).await.unwrap();
        after.close().await.unwrap();
        embedded.stop().await.unwrap();
    }

    #[test]
    fn an_external_database_needs_a_key_from_outside() {
        let dir = Dir::new();
        let url = ["--database-url", "mysql://db.example/abono"];
        let refused = secret_keys(&config(&dir, &url)).unwrap_err();
        assert!(refused.to_string().contains("openssl rand -hex 32"), "{refused:#}");
        let short = secret_keys(&config(&dir, &["--secret-keys", "short"])).unwrap_err();
        assert!(short.to_string().contains("32 characters"), "{short:#}");
        assert!(!dir.0.join("secret.key").exists());
    }

    #[test]
    fn an_empty_setting_is_none() {
        let dir = Dir::new();
        let config = config(&dir, &["--database-url", "", "--secret-keys", ""]);
        assert!(config.external_database().is_none());
        assert!(secret_keys(&config).is_ok());
        assert!(dir.0.join("secret.key").exists());
    }
}
