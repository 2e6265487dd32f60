//! Against a real server: they need `mariadbd` (`make test` installs it).
use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use sqlx::{ConnectOptions, Connection};
use tokio::time::{Instant, sleep, timeout};

use super::*;

/// A directory of its own, gone when the test ends.
pub(crate) struct Dir(pub(crate) PathBuf);

impl Dir {
    pub(crate) fn new() -> Self {
        let name = hex::encode(crate::crypto::random_bytes::<6>());
        let dir = std::env::temp_dir().join(format!("abono-test-{name}"));
        std::fs::create_dir_all(&dir).unwrap();
        Self(dir)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        // A test that failed may have left a server that is still writing.
        for _ in 0..50 {
            if std::fs::remove_dir_all(&self.0).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Opens one connection and writes `text` down.
async fn write_down(options: &MySqlConnectOptions, text: &str) -> sqlx::Result<()> {
    let mut conn = options.connect().await?;
    sqlx::query("CREATE TABLE IF NOT EXISTS notes (text VARCHAR(40))").execute(&mut conn).await?;
    sqlx::query("INSERT INTO notes VALUES (?)").bind(text).execute(&mut conn).await?;
    conn.close().await
}

async fn notes(options: &MySqlConnectOptions) -> sqlx::Result<Vec<String>> {
    let mut conn = options.connect().await?;
    sqlx::query_scalar("SELECT text FROM notes").fetch_all(&mut conn).await
}

fn server_pid(dir: &Path) -> String {
    let text = std::fs::read_to_string(dir.join("mariadbd.pid")).unwrap();
    text.trim().to_owned()
}

/// `kill` is part of every shell, but not a program on every machine.
fn kill(signal: &str, pid: &str) -> bool {
    let sent = Command::new("/bin/sh")
        .args(["-c", r#"kill "$1" "$2""#, "kill", signal, pid])
        .stderr(Stdio::null())
        .status();
    sent.unwrap().success()
}

/// Also true of a process that has ended and whose parent has not been told yet.
fn is_alive(pid: &str) -> bool {
    kill("-0", pid)
}

fn kill_9(pid: &str) {
    assert!(kill("-KILL", pid));
}

#[tokio::test]
async fn what_was_written_is_there_after_a_clean_stop_which_leaves_no_child() {
    let dir = Dir::new();
    let embedded = Embedded::start(&dir.0).await.unwrap();
    write_down(&embedded.options(), "hola").await.unwrap();
    let pid = server_pid(&dir.0);
    assert!(is_alive(&pid));
    embedded.stop().await.unwrap();
    assert!(!is_alive(&pid));

    let again = Instant::now();
    let embedded = Embedded::start(&dir.0).await.unwrap();
    let took = again.elapsed();
    assert_eq!(notes(&embedded.options()).await.unwrap(), ["hola"]);
    embedded.stop().await.unwrap();
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[tokio::test]
async fn nobody_else_can_enter_the_data_directory() {
    let dir = Dir::new();
    std::fs::set_permissions(&dir.0, std::fs::Permissions::from_mode(0o755)).unwrap();
    let embedded = Embedded::start(&dir.0).await.unwrap();
    let mode = std::fs::metadata(&dir.0).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    embedded.stop().await.unwrap();
}

#[tokio::test]
async fn a_directory_full_of_other_peoples_files_is_left_alone() {
    let dir = Dir::new();
    std::fs::write(dir.0.join("letter.txt"), "dear").unwrap();
    std::fs::set_permissions(&dir.0, std::fs::Permissions::from_mode(0o755)).unwrap();
    let refused = Embedded::start(&dir.0).await.unwrap_err();
    assert!(matches!(refused, EmbeddedError::NotPrivate(_)), "{refused}");
    let mode = std::fs::metadata(&dir.0).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o755);
}

#[tokio::test]
async fn a_killed_server_is_started_again_with_all_that_was_committed() {
    let dir = Dir::new();
    let embedded = Embedded::start(&dir.0).await.unwrap();
    let options = embedded.options();
    write_down(&options, "committed").await.unwrap();
    let first = server_pid(&dir.0);
    kill_9(&first);
    let found = timeout(Duration::from_mins(1), async {
        loop {
            match notes(&options).await {
                Ok(found) => break found,
                Err(_) => sleep(Duration::from_millis(50)).await,
            }
        }
    });
    assert_eq!(found.await.unwrap(), ["committed"]);
    assert_ne!(server_pid(&dir.0), first);
    embedded.stop().await.unwrap();
}

#[tokio::test]
async fn a_second_abono_is_refused_but_may_use_the_first_ones_server() {
    let dir = Dir::new();
    assert!(Embedded::attach(&dir.0).await.is_none());
    let embedded = Embedded::start(&dir.0).await.unwrap();
    write_down(&embedded.options(), "shared").await.unwrap();
    let refused = Embedded::start(&dir.0).await.unwrap_err();
    assert!(matches!(refused, EmbeddedError::InUse(_)), "{refused}");
    let joined = Embedded::attach(&dir.0).await.unwrap();
    assert_eq!(notes(&joined).await.unwrap(), ["shared"]);
    embedded.stop().await.unwrap();
    assert!(Embedded::attach(&dir.0).await.is_none());
}

#[tokio::test]
async fn a_first_start_that_was_killed_midway_starts_afresh() {
    let dir = Dir::new();
    let half = dir.0.join("new-0badcafe");
    std::fs::create_dir_all(half.join("mysql")).unwrap();
    std::fs::write(half.join("ibdata1"), "half").unwrap();
    std::fs::set_permissions(&dir.0, std::fs::Permissions::from_mode(0o700)).unwrap();
    let embedded = Embedded::start(&dir.0).await.unwrap();
    write_down(&embedded.options(), "fresh").await.unwrap();
    assert!(!half.exists());
    embedded.stop().await.unwrap();
}

#[tokio::test]
async fn a_start_right_after_a_kill_waits_for_the_server_that_is_still_stopping() {
    let dir = Dir::new();
    let embedded = Embedded::start(&dir.0).await.unwrap();
    write_down(&embedded.options(), "before").await.unwrap();
    let first = server_pid(&dir.0);
    // What the kernel does to a killed abono: locks and pipes are closed, nobody waits.
    embedded.watcher.abort();
    drop(embedded);
    sleep(Duration::from_millis(5)).await;
    let embedded = Embedded::start(&dir.0).await.unwrap();
    assert!(!is_alive(&first));
    assert_eq!(notes(&embedded.options()).await.unwrap(), ["before"]);
    embedded.stop().await.unwrap();
}

#[tokio::test]
async fn a_killed_supervisor_does_not_put_two_servers_on_the_same_tables() {
    let dir = Dir::new();
    let (place, owned) = Place::claim(&dir.0).await.unwrap();
    let program = install::find(&place).await.unwrap();
    let lock = server::wait_for_lock(&place).await.unwrap();
    install::install_if_new(&place, &program).await.unwrap();
    let first = Server::launch(&place, &program, lock).await.unwrap();
    let supervisor = first.shell.id().unwrap().to_string();
    let server = server_pid(&dir.0);
    let (options, place_log) = (place.options(), place.log());
    write_down(&options, "once").await.unwrap();
    let stop = CancellationToken::new();
    let watcher = tokio::spawn(watch(first, place, program, stop.clone()));

    kill_9(&supervisor);
    let replaced = timeout(Duration::from_mins(1), async {
        loop {
            let now = std::fs::read_to_string(dir.0.join("mariadbd.pid")).unwrap_or_default();
            if !now.trim().is_empty() && now.trim() != server && notes(&options).await.is_ok() {
                break;
            }
            sleep(Duration::from_millis(50)).await;
        }
    });
    replaced.await.unwrap();
    assert_eq!(notes(&options).await.unwrap(), ["once"]);
    let log = std::fs::read_to_string(place_log).unwrap();
    assert!(log.contains("Shutdown complete"), "{log}");
    assert!(!log.contains("Unable to lock"), "{log}");
    stop.cancel();
    watcher.await.unwrap().unwrap();
    drop(owned);
}

#[tokio::test]
async fn a_path_too_long_for_a_socket_works_all_the_same() {
    let dir = Dir::new();
    let deep = dir.0.join("a-folder-with-a-rather-long-name/".repeat(4));
    let embedded = Embedded::start(&deep).await.unwrap();
    let options = embedded.options();
    let socket = options.get_socket().unwrap();
    assert!(!socket.starts_with(&dir.0), "{}", socket.display());
    let folder = socket.parent().unwrap().to_owned();
    let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    write_down(&options, "deep").await.unwrap();
    embedded.stop().await.unwrap();
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_server_that_gives_up_is_quoted() {
    let dir = Dir::new();
    Embedded::start(&dir.0).await.unwrap().stop().await.unwrap();
    let tables = ["mariadb", "mysql"].map(|name| dir.0.join(name));
    let tables = tables.iter().find(|tables| tables.exists()).unwrap();
    std::fs::write(tables.join("ibdata1"), "not a tablespace").unwrap();
    let refused = Embedded::start(&dir.0).await.unwrap_err();
    assert!(matches!(refused, EmbeddedError::Died { .. }), "{refused}");
    assert!(refused.to_string().contains("ibdata1"), "{refused}");
}

#[tokio::test]
async fn without_a_server_the_error_names_the_package() {
    let dir = Dir::new();
    let (place, _owned) = Place::claim(&dir.0).await.unwrap();
    let refused =
        install::find_among(&place, &["/nowhere/mariadbd".into(), "/bin/true".into()]).await.unwrap_err();
    assert!(matches!(refused, EmbeddedError::NoServer));
    assert!(refused.to_string().contains("apt-get install mariadb-server-core"));
}

#[tokio::test]
async fn the_tables_of_another_kind_of_server_are_not_replaced_by_empty_ones() {
    let dir = Dir::new();
    let (place, _owned) = Place::claim(&dir.0).await.unwrap();
    std::fs::create_dir_all(dir.0.join("mysql")).unwrap();
    let script = dir.0.join("mariadbd");
    std::fs::write(&script, "#!/bin/sh\necho 'mariadbd  Ver 11.8.3-MariaDB for Linux'\n").unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700)).unwrap();
    let refused = install::find_among(&place, &[script]).await.unwrap_err();
    assert!(matches!(refused, EmbeddedError::OtherFamily { family: "MySQL", .. }), "{refused}");
}
