//! Finding the server's program and making a new database.
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Output, Stdio},
};

use tokio::process::Command;

use super::{
    EmbeddedError,
    place::{Place, io, last_lines},
};
use crate::{config::Config, crypto, db::Family};

/// A server's program.
#[derive(Debug, Clone)]
pub(super) struct Program {
    /// A bare name is looked up in `PATH`.
    pub(super) path: PathBuf,
    pub(super) family: Family,
    pub(super) version: String,
}

/// Where package managers put servers, besides `PATH` (which often lacks `/usr/sbin`).
const FOLDERS: [&str; 9] = [
    "/usr/sbin",
    "/usr/libexec",
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/local/libexec",
    "/usr/local/mysql/bin",
    "/opt/homebrew/bin",
    "/opt/homebrew/opt/mariadb/bin",
    "/home/linuxbrew/.linuxbrew/bin",
];

/// The server to use for a place: `MariaDB` before `MySQL`, unless the place holds `MySQL`'s tables.
pub(super) async fn find(place: &Place) -> Result<Program, EmbeddedError> {
    let mut candidates = Vec::new();
    for name in ["mariadbd", "mysqld"] {
        candidates.push(PathBuf::from(name));
        candidates.extend(FOLDERS.iter().map(|folder| Path::new(folder).join(name)));
    }
    find_among(place, &candidates).await
}

/// The first of `candidates` that runs and can read the place's tables.
pub(super) async fn find_among(place: &Place, candidates: &[PathBuf]) -> Result<Program, EmbeddedError> {
    let mut refused = EmbeddedError::NoServer;
    for path in candidates {
        let asked = command(path).arg("--no-defaults").arg("--version").output().await;
        let Ok(Output { status, stdout, .. }) = asked else {
            continue;
        };
        let said = String::from_utf8_lossy(&stdout);
        let Some((family, version)) = status.success().then(|| read_version(&said)).flatten() else {
            continue;
        };
        if !family.is_recent(&version) {
            refused = EmbeddedError::TooOld {
                program: path.display().to_string(),
                version: format!("{} {version}", family.name()),
            };
            continue;
        }
        let other = match family {
            Family::MariaDb => Family::MySql,
            Family::MySql => Family::MariaDb,
        };
        let theirs = place.tables(other);
        if theirs.exists() && !place.tables(family).exists() {
            refused = EmbeddedError::OtherFamily { path: theirs, family: other.name() };
            continue;
        }
        return Ok(Program { path: path.clone(), family, version });
    }
    Err(refused)
}

/// A program of the server's, which is not told our secrets.
pub(super) fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null());
    for name in Config::secret_variables() {
        command.env_remove(name);
    }
    command
}

/// Reads `mariadbd  Ver 10.11.19-MariaDB-… for …` and `mysqld  Ver 8.0.36 for …`.
fn read_version(said: &str) -> Option<(Family, String)> {
    let version = said.split_once("Ver ")?.1.split_whitespace().next()?;
    let number = version.split('-').next()?;
    Some((Family::of_version(said), number.to_owned()))
}

/// Makes the system tables if the place has none. The caller holds the server's lock.
pub(super) async fn install_if_new(place: &Place, program: &Program) -> Result<(), EmbeddedError> {
    let tables = place.tables(program.family);
    remove_leftovers(place);
    if tables.exists() {
        return Ok(());
    }
    // The folder is used once: an installer that outlived a killed abono can only spoil its own.
    let fresh = place.dir().join(format!("{LEFTOVER}{}", hex::encode(crypto::random_bytes::<4>())));
    tracing::info!(version = program.version, "making a new database");
    match program.family {
        Family::MariaDb => install_mariadb(place, program, &fresh).await?,
        Family::MySql => install_mysql(place, program, &fresh).await?,
    }
    fs::rename(&fresh, &tables).map_err(|e| io("rename", &fresh, e))?;
    File::open(place.dir()).and_then(|dir| dir.sync_all()).map_err(|e| io("write", place.dir(), e))
}

const LEFTOVER: &str = "new-";

/// Removes what earlier first starts left when they were killed. What cannot go now goes at the next start.
fn remove_leftovers(place: &Place) {
    let Ok(entries) = fs::read_dir(place.dir()) else {
        return;
    };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(LEFTOVER) {
            tracing::info!(path = %entry.path().display(), "removing a database that was never finished");
            if let Err(error) = fs::remove_dir_all(entry.path()) {
                tracing::warn!(%error, path = %entry.path().display(), "cannot remove it yet");
            }
        }
    }
}

async fn install_mysql(place: &Place, program: &Program, fresh: &Path) -> Result<(), EmbeddedError> {
    let mut command = command(&program.path);
    command
        .args(["--no-defaults", "--initialize-insecure", "--character-set-server=utf8mb4"])
        .arg(joined("--datadir=", fresh));
    run(command, &program.path, place).await
}

async fn install_mariadb(place: &Place, program: &Program, fresh: &Path) -> Result<(), EmbeddedError> {
    for installer in installers(&program.path) {
        let mut command = command(&installer);
        command
            .args([
                "--no-defaults",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--skip-name-resolve",
                "--skip-log-bin",
                "--character-set-server=utf8mb4",
            ])
            .arg(joined("--datadir=", fresh));
        match run(command, &installer, place).await {
            Err(EmbeddedError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {}
            outcome => return outcome,
        }
    }
    Err(EmbeddedError::NoServer)
}

/// Where `mariadb-install-db` may lie: beside the server, in the neighbouring folders, in `PATH`, in the usual folders.
fn installers(server: &Path) -> Vec<PathBuf> {
    const NAME: &str = "mariadb-install-db";
    let mut found = Vec::new();
    if let Some(folder) = server.parent().filter(|f| f.is_absolute()) {
        found.push(folder.join(NAME));
        let base = folder.parent().unwrap_or(folder);
        found.extend(["bin", "scripts"].map(|neighbour| base.join(neighbour).join(NAME)));
    }
    found.push(PathBuf::from(NAME));
    found.push(Path::new("/usr/bin").join(NAME));
    found.extend(FOLDERS.iter().map(|folder| Path::new(folder).join(NAME)));
    found
}

async fn run(mut command: Command, program: &Path, place: &Place) -> Result<(), EmbeddedError> {
    command.env("TMPDIR", place.tmp()?);
    if place.is_root() {
        command.arg("--user=root");
    }
    let Output { status, stdout, stderr } = command.output().await.map_err(|e| io("run", program, e))?;
    if status.success() {
        return Ok(());
    }
    let said = [String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)].join("\n");
    Err(EmbeddedError::Install {
        program: program.display().to_string(),
        status: status.to_string(),
        words: last_lines(&said),
    })
}

/// `--flag=` and a path, which need not be UTF-8.
pub(super) fn joined(flag: &str, path: &Path) -> std::ffi::OsString {
    let mut text = std::ffi::OsString::from(flag);
    text.push(path);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_families_say_their_version_in_their_own_way() {
        let debian = "mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)";
        assert_eq!(read_version(debian), Some((Family::MariaDb, "10.11.19".to_owned())));
        let oracle = "/usr/sbin/mysqld  Ver 8.0.36 for Linux on x86_64 (MySQL Community Server - GPL)";
        assert_eq!(read_version(oracle), Some((Family::MySql, "8.0.36".to_owned())));
        assert_eq!(read_version("hello"), None);
    }
}
