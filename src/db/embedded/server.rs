//! One run of the server: from the fork to its end.
use std::{
    fs::{File, TryLockError},
    path::Path,
    process::Stdio,
    time::Duration,
};

use sqlx::{ConnectOptions, Connection, MySqlConnection};
use tokio::{
    process::{Child, ChildStdin},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use super::{
    EmbeddedError,
    install::{Program, command, joined},
    place::{Place, io},
};
use crate::db::Family;

/// Name of the database, and of nothing else on the server.
pub(super) const DATABASE: &str = "abono";

/// Longest wait for a predecessor's server, or ours, to stop.
const STOP: Duration = Duration::from_mins(1);
/// Longest wait for the first connection: recovery after a crash reads the whole redo log.
const START: Duration = Duration::from_mins(5);
const POLL: Duration = Duration::from_millis(3);

/// Runs the server and stops it when the pipe on our side closes, so that it cannot outlive us.
///
/// Standard output is the locked file: server and shell keep it open, and with it the lock, for as long as they live.
/// The shell itself takes no signal (a service manager may send one to everybody at once); it waits for the server.
const SUPERVISOR: &str = r#"
trap : HUP INT TERM
exec 3<&0 4>&1 </dev/null >/dev/null
"$@" 3<&- &
server=$!
(
    trap '' HUP INT TERM
    exec 4>&-
    read -r line
    kill -TERM "$server"
) <&3 2>/dev/null &
reader=$!
wait "$server"
status=$?
while kill -0 "$server" 2>/dev/null; do
    wait "$server"
    status=$?
done
kill -KILL "$reader" 2>/dev/null
exit "$status"
"#;

/// A running server that takes SQL.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) shell: Child,
    /// While this is open, the server runs.
    pipe: ChildStdin,
}

/// Why a server no longer runs.
#[derive(Debug)]
pub(super) enum Ended {
    Stopped,
    /// With the exit status, in words.
    Died(String),
}

/// Waits until no server runs on the place, and keeps it so while the file is open.
pub(super) async fn wait_for_lock(place: &Place) -> Result<File, EmbeddedError> {
    let lock = place.server_lock()?;
    let began = Instant::now();
    let mut told = false;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::Error(e)) => return Err(io("lock", place.dir(), e)),
            Err(TryLockError::WouldBlock) if began.elapsed() > STOP => {
                return Err(EmbeddedError::StillStopping(STOP));
            }
            Err(TryLockError::WouldBlock) => {
                if !told {
                    tracing::info!("waiting for the server of an earlier abono to stop");
                    told = true;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}

impl Server {
    /// Starts the program on the place's tables and waits until it takes SQL.
    pub(super) async fn launch(place: &Place, program: &Program, lock: File) -> Result<Self, EmbeddedError> {
        let mut command = command(Path::new("/bin/sh"));
        command
            .args(["-c", SUPERVISOR, "abono-database"])
            .arg(&program.path)
            .args(flags(place, program))
            .env("TMPDIR", place.tmp()?)
            .stdin(Stdio::piped())
            .stdout(lock)
            .stderr(place.open_log()?)
            .current_dir(place.dir())
            // A group of its own: Ctrl-C is for us, who then stop the server in good order.
            .process_group(0);
        let mut shell = command.spawn().map_err(|e| io("run", Path::new("/bin/sh"), e))?;
        // The command holds the lock too, and would keep it when the server is gone.
        drop(command);
        let pipe = shell
            .stdin
            .take()
            .ok_or_else(|| io("reach", &program.path, std::io::ErrorKind::BrokenPipe.into()))?;
        let mut server = Self { shell, pipe };
        let conn = server.first_connection(place).await?;
        make_database(conn).await?;
        Ok(server)
    }

    async fn first_connection(&mut self, place: &Place) -> Result<MySqlConnection, EmbeddedError> {
        let options = place.options().database("mysql");
        let began = Instant::now();
        let mut told = false;
        loop {
            if let Some(status) = self.shell.try_wait().map_err(|e| io("watch", place.dir(), e))? {
                return Err(EmbeddedError::Died { status: status.to_string(), words: place.last_words() });
            }
            if let Ok(conn) = options.connect().await {
                return Ok(conn);
            }
            if began.elapsed() > START {
                return Err(EmbeddedError::Deaf { after: START, words: place.last_words() });
            }
            if !told && began.elapsed() > Duration::from_secs(5) {
                tracing::info!(log = %place.log().display(), "the embedded database takes its time (recovery?)");
                told = true;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Waits for the server's end, and brings it about when `stop` is cancelled.
    pub(super) async fn run_until(mut self, stop: &CancellationToken) -> Result<Ended, EmbeddedError> {
        tokio::select! {
            ended = self.shell.wait() => {
                return Ok(Ended::Died(ended.map_or_else(|e| e.to_string(), |status| status.to_string())));
            }
            () = stop.cancelled() => {}
        }
        drop(self.pipe);
        match tokio::time::timeout(STOP, self.shell.wait()).await {
            Ok(_) => Ok(Ended::Stopped),
            Err(_) => Err(EmbeddedError::NotStopped(STOP)),
        }
    }
}

async fn make_database(mut conn: MySqlConnection) -> Result<(), EmbeddedError> {
    sqlx::query("CREATE DATABASE IF NOT EXISTS abono CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
        .execute(&mut conn)
        .await?;
    conn.close().await?;
    Ok(())
}

/// How the server runs: private, durable, small, quick to start. `loose` flags are those that not every version knows.
fn flags(place: &Place, program: &Program) -> Vec<std::ffi::OsString> {
    let mut flags: Vec<std::ffi::OsString> = [
        "--no-defaults",
        "--skip-networking",
        "--skip-name-resolve",
        "--skip-log-bin",
        "--character-set-server=utf8mb4",
        "--collation-server=utf8mb4_unicode_ci",
        "--innodb-flush-log-at-trx-commit=1",
        "--innodb-doublewrite=ON",
        "--innodb-buffer-pool-size=128M",
        "--innodb-buffer-pool-load-at-startup=OFF",
        "--innodb-buffer-pool-dump-at-shutdown=OFF",
        "--max-connections=600",
        "--max-allowed-packet=64M",
        "--local-infile=OFF",
        "--performance-schema=OFF",
    ]
    .map(Into::into)
    .to_vec();
    flags.extend(match program.family {
        Family::MariaDb => ["--loose-skip-ssl", "--loose-aria-pagecache-buffer-size=8M"].map(Into::into),
        Family::MySql => ["--loose-mysqlx=OFF", "--loose-tls-version="].map(Into::into),
    });
    flags.push(joined("--datadir=", &place.tables(program.family)));
    flags.push(joined("--socket=", place.socket()));
    flags.push(joined("--pid-file=", &place.pid_file()));
    if place.is_root() {
        flags.push("--user=root".into());
    }
    flags
}
