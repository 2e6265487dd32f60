//! What lies where in the data directory.
use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{Read, Seek, SeekFrom},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};
use tokio::time::Instant;

use super::EmbeddedError;
use crate::{crypto, db::Family};

/// Longest path of a unix socket that works everywhere, in bytes (Linux takes 107, macOS 103).
const LONGEST_SOCKET: usize = 100;
/// Locked by the abono that owns the directory.
const OWNED: &str = "abono.lock";
/// How long a claim waits for one that is just ending: a lock lingers for as long as a child takes from fork to exec.
const HANDOVER: Duration = Duration::from_millis(300);
/// Holds the process id of the abono that owns the directory, and tells by its owner as whom it runs.
const PID: &str = "abono.pid";
/// How much of the end of the log an error quotes.
const LAST_LINES: usize = 12;
const LAST_BYTES: u64 = 8_192;

/// A data directory, by its absolute path.
#[derive(Debug, Clone)]
pub(super) struct Place {
    dir: PathBuf,
    socket: PathBuf,
    /// The user that the abono runs as which claimed the directory.
    uid: u32,
}

impl Place {
    /// Makes the directory ours, or says why it cannot be. The file is the claim.
    pub(super) async fn claim(data_dir: &Path) -> Result<(Self, File), EmbeddedError> {
        private_dir(data_dir)?;
        let dir = data_dir.canonicalize().map_err(|e| io("find", data_dir, e))?;
        let owned = open_lock(&dir.join(OWNED))?;
        let began = Instant::now();
        while is_held(&owned, &dir)? {
            if began.elapsed() > HANDOVER {
                return Err(EmbeddedError::InUse(dir));
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        write_pid(&dir.join(PID))?;
        let place = Self::at(&dir)?;
        private_dir(place.socket.parent().unwrap_or(&dir))?;
        Ok((place, owned))
    }

    /// The place of a directory that a running abono has claimed.
    pub(super) fn claimed(data_dir: &Path) -> Option<Self> {
        let dir = data_dir.canonicalize().ok()?;
        let lock = File::open(dir.join(OWNED)).ok()?;
        is_held(&lock, &dir).ok()?.then(|| Self::at(&dir).ok()).flatten()
    }

    /// The places of an absolute directory that an abono has claimed at some time.
    fn at(dir: &Path) -> Result<Self, EmbeddedError> {
        let pid = dir.join(PID);
        let uid = fs::metadata(&pid).map_err(|e| io("read", &pid, e))?.uid();
        let near = dir.join("run").join("db.sock");
        let socket = if near.as_os_str().len() <= LONGEST_SOCKET {
            near
        } else {
            let name = hex::encode(&crypto::sha256(dir.as_os_str().as_encoded_bytes())[..6]);
            short_temp_dir().join(format!("abono-{uid}-{name}")).join("db.sock")
        };
        Ok(Self { dir: dir.to_owned(), socket, uid })
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }
    pub(super) fn socket(&self) -> &Path {
        &self.socket
    }
    pub(super) fn pid_file(&self) -> PathBuf {
        self.dir.join("mariadbd.pid")
    }
    pub(super) fn log(&self) -> PathBuf {
        self.dir.join("mariadbd.log")
    }
    /// The server's own folder for temporary files: a starting server removes from it what it takes for its leftovers,
    /// which in a shared one would be other servers' tables.
    pub(super) fn tmp(&self) -> Result<PathBuf, EmbeddedError> {
        let tmp = self.dir.join("tmp");
        private_dir(&tmp).map(|()| tmp)
    }
    pub(super) fn is_root(&self) -> bool {
        self.uid == 0
    }

    /// The tables of a family: the two cannot read each other's.
    pub(super) fn tables(&self, family: Family) -> PathBuf {
        self.dir.join(match family {
            Family::MariaDb => "mariadb",
            Family::MySql => "mysql",
        })
    }

    /// The lock that a running server holds.
    pub(super) fn server_lock(&self) -> Result<File, EmbeddedError> {
        open_lock(&self.dir.join("server.lock"))
    }

    /// The log, to be written at its end.
    pub(super) fn open_log(&self) -> Result<File, EmbeddedError> {
        let path = self.log();
        OpenOptions::new().create(true).append(true).mode(0o600).open(&path).map_err(|e| io("open", &path, e))
    }

    /// The end of the log, for errors.
    pub(super) fn last_words(&self) -> String {
        let read = || -> std::io::Result<String> {
            let mut file = File::open(self.log())?;
            let length = file.metadata()?.len();
            file.seek(SeekFrom::Start(length.saturating_sub(LAST_BYTES)))?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            Ok(last_lines(&String::from_utf8_lossy(&bytes)))
        };
        read().unwrap_or_default()
    }

    pub(super) fn options(&self) -> MySqlConnectOptions {
        MySqlConnectOptions::new()
            .socket(&self.socket)
            .username("root")
            .database(super::server::DATABASE)
            .ssl_mode(MySqlSslMode::Disabled)
    }
}

/// The last lines of a text, indented to stand in an error.
pub(super) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let from = lines.len().saturating_sub(LAST_LINES);
    lines[from..].iter().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

pub(super) fn io(action: &'static str, path: &Path, source: std::io::Error) -> EmbeddedError {
    EmbeddedError::Io { action, path: path.to_owned(), source }
}

/// A short directory for temporary files: macOS gives each user one whose path alone nearly fills a socket's.
fn short_temp_dir() -> PathBuf {
    let usual = std::env::temp_dir();
    if usual.as_os_str().len() <= 40 { usual } else { PathBuf::from("/tmp") }
}

/// Sees to it that `path` is a directory which only we can enter.
///
/// One that exists is closed to others if it is empty or ours already; nobody's `/tmp` is taken from them by a typo.
fn private_dir(path: &Path) -> Result<(), EmbeddedError> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|e| io("make", path, e))?;
    let for_others = fs::metadata(path).map_err(|e| io("read", path, e))?.mode() & 0o077;
    if for_others == 0 {
        return Ok(());
    }
    let ours =
        path.join(OWNED).exists() || fs::read_dir(path).map_err(|e| io("read", path, e))?.next().is_none();
    if !ours {
        return Err(EmbeddedError::NotPrivate(path.to_owned()));
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(|e| io("close to others", path, e))
}

/// Takes a lock; true when someone else has it.
fn is_held(lock: &File, dir: &Path) -> Result<bool, EmbeddedError> {
    match lock.try_lock() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(e)) => Err(io("lock", dir, e)),
    }
}

/// Writes the file anew, so that it belongs to the user that we are.
fn write_pid(path: &Path) -> Result<(), EmbeddedError> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(io("remove", path, e)),
        _ => {}
    }
    fs::write(path, format!("{}\n", std::process::id())).map_err(|e| io("write", path, e))
}

fn open_lock(path: &Path) -> Result<File, EmbeddedError> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .mode(0o600)
        .open(path)
        .map_err(|e| io("open", path, e))
}
