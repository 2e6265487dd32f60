//! A private database server that lives and dies with us: a `mariadbd` (or `mysqld`) child on a unix socket.
//!
//! 1. Everything lies in the data directory, which is for us alone (mode 0700). The server listens on a socket only.
//! 2. Two locks: `abono.lock` says that an abono owns the directory, `server.lock` that a server runs on it. The
//!    second is inherited by the server itself, so it outlasts an abono that was killed.
//! 3. A new database is made beside its place and renamed into it, so that a kill leaves nothing half made.
//! 4. The server's life hangs on a pipe that we hold: when we die, however, it closes and the server stops cleanly.
//! 5. A server that dies on its own is started again, at once and then ever more slowly.
//! 6. Full durability: what was committed survives the power cord.
mod install;
mod place;
mod server;
#[cfg(test)]
pub(crate) mod tests;

use std::{
    fs::File,
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{ConnectOptions, mysql::MySqlConnectOptions};
use tokio::{task::JoinHandle, time::Instant};
use tokio_util::sync::{CancellationToken, DropGuard};

use self::{
    install::Program,
    place::Place,
    server::{Ended, Server},
};

#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    #[error(
        "no database server is installed (looked for mariadbd and mysqld). Install MariaDB: \
         `apt-get install mariadb-server-core mariadb-client-core` on Debian and Ubuntu, `dnf install mariadb-server` on Fedora, \
         `brew install mariadb` on macOS. Or name a server with ABONO_DATABASE_URL"
    )]
    NoServer,
    #[error("{program} is {version}, which is too old: MariaDB 10.6 or MySQL 8.0 is the oldest that works")]
    TooOld { program: String, version: String },
    #[error("{} was made by another kind of server: install {family} again, or start with another data directory", .path.display())]
    OtherFamily { path: PathBuf, family: &'static str },
    #[error("another abono is running on {}", .0.display())]
    InUse(PathBuf),
    #[error(
        "{} is not empty, not ours, and open to other users: give Abono a directory of its own, or `chmod 700` it",
        .0.display()
    )]
    NotPrivate(PathBuf),
    #[error("cannot {action} {}", .path.display())]
    Io { action: &'static str, path: PathBuf, source: std::io::Error },
    #[error("a new database could not be made ({status}). The last words of {program}:\n{words}")]
    Install { program: String, status: String, words: String },
    #[error("the server of an earlier abono has not stopped within {} seconds", .0.as_secs())]
    StillStopping(Duration),
    #[error("the database server gave up while starting ({status}). The last words of its log:\n{words}")]
    Died { status: String, words: String },
    #[error("the database server took no connection within {} seconds. The last words of its log:\n{words}", .after.as_secs())]
    Deaf { after: Duration, words: String },
    #[error("the database server has not stopped within {} seconds and is left to finish alone", .0.as_secs())]
    NotStopped(Duration),
    #[error("the database server runs, but does not obey")]
    Sql(#[from] sqlx::Error),
}

/// Our own running server. Dropping it stops the server too, without waiting for it.
#[derive(Debug)]
pub struct Embedded {
    options: MySqlConnectOptions,
    watcher: JoinHandle<Result<(), EmbeddedError>>,
    stop: DropGuard,
    /// Says that this process owns the directory, for as long as it lives.
    _owned: File,
}

/// First wait before a server that died is started again; doubled up to [`SLOWEST_RESTART`].
const FIRST_RESTART: Duration = Duration::from_millis(100);
const SLOWEST_RESTART: Duration = Duration::from_secs(10);
/// A server that lived this long died of something new: the waits begin anew.
const SETTLED: Duration = Duration::from_mins(1);

impl Embedded {
    /// Starts the server of `data_dir`, making directory and database where there is none. Returns once it takes SQL.
    ///
    /// Waits up to a minute for the server of an abono that was killed to finish stopping, and up to five minutes
    /// for recovery after a crash. [`EmbeddedError::InUse`] if another abono owns the directory.
    pub async fn start(data_dir: &Path) -> Result<Self, EmbeddedError> {
        let began = Instant::now();
        let (place, owned) = Place::claim(data_dir).await?;
        let program = install::find(&place).await?;
        let lock = server::wait_for_lock(&place).await?;
        install::install_if_new(&place, &program).await?;
        let server = Server::launch(&place, &program, lock).await?;
        tracing::info!(
            version = program.version,
            ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            "embedded database started"
        );
        let options = place.options();
        let stop = CancellationToken::new();
        let watcher = tokio::spawn(watch(server, place, program, stop.clone()));
        Ok(Self { options, watcher, stop: stop.drop_guard(), _owned: owned })
    }

    /// How to reach the server that an abono in another process runs on `data_dir`. `None` when none answers.
    pub async fn attach(data_dir: &Path) -> Option<MySqlConnectOptions> {
        let options = Place::claimed(data_dir)?.options();
        let conn = options.connect().await.ok()?;
        sqlx::Connection::close(conn).await.ok()?;
        Some(options)
    }

    /// How to reach the database: socket, user and name.
    pub fn options(&self) -> MySqlConnectOptions {
        self.options.clone()
    }

    /// Stops the server cleanly and waits for it. Close the pool first: open transactions are rolled back.
    pub async fn stop(self) -> Result<(), EmbeddedError> {
        drop(self.stop);
        self.watcher.await.unwrap_or(Ok(()))
    }
}

/// Keeps a server running until `stop` is cancelled.
async fn watch(
    first: Server,
    place: Place,
    program: Program,
    stop: CancellationToken,
) -> Result<(), EmbeddedError> {
    let mut server = first;
    let mut wait = FIRST_RESTART;
    loop {
        let started = Instant::now();
        let ended = server.run_until(&stop).await?;
        let Ended::Died(status) = ended else { return Ok(()) };
        tracing::error!(status, words = place.last_words(), "the embedded database died");
        if started.elapsed() > SETTLED {
            wait = FIRST_RESTART;
        }
        server = loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(wait) => {}
            }
            wait = (wait * 2).min(SLOWEST_RESTART);
            let launched = tokio::select! {
                () = stop.cancelled() => return server::wait_for_lock(&place).await.map(drop),
                launched = relaunch(&place, &program) => launched,
            };
            match launched {
                Ok(server) => break server,
                Err(error) => tracing::error!(%error, "the embedded database does not start"),
            }
        };
        tracing::info!("embedded database started again");
    }
}

async fn relaunch(place: &Place, program: &Program) -> Result<Server, EmbeddedError> {
    let lock = server::wait_for_lock(place).await?;
    Server::launch(place, program, lock).await
}
