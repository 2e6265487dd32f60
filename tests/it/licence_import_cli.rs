//! `abono import licences`: what it says, and that a kill at any moment changes nothing about the end.
use std::{
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

use abono::{
    core::ids::LicenceImportId,
    licences::import::{domain::State, service::run},
};

use crate::{
    bulk::add_people,
    licence_import::{REASON, checksums, file_for, find, import, licences},
    licence_keys::assert_ledger,
    support::{SECRET_KEY, World, server_url},
};

/// `abono import licences FILE` on the database of a test.
fn command(world: &World, file: &std::path::Path, more: &[&str]) -> Command {
    let mut command = Command::new(PathBuf::from(env!("CARGO_BIN_EXE_abono")));
    command
        .args(["import", "licences"])
        .arg(file)
        .args(more)
        .args([
            "--database-url",
            &server_url(&world.database),
            "--secret-keys",
            SECRET_KEY,
            "--timezone",
            "Europe/Madrid",
        ])
        .args(["--log", "error"]);
    command
}

fn written(world: &World, text: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("{}.csv", world.database));
    std::fs::write(&path, text).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_says_what_will_happen_does_it_and_twice_adds_nothing() {
    let world = World::new().await;
    add_people(&world, 8).await;
    let file = written(&world, &(file_for(8) + "nadie@example.test,Free,5,\np1@example.test,Oro,,\n"));
    let said = |more: &[&str]| {
        let output = command(&world, &file, more).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
        text
    };
    let before = checksums(&world).await;
    let tried = said(&["--dry-run"]);
    assert!(
        tried.contains(
            "10 rows: 8 will get a licence, 0 will be changed, 0 are so already, 2 cannot be used."
        ),
        "{tried}"
    );
    assert!(tried.contains("line 10: nadie@example.test: Nobody has that e-mail or number"), "{tried}");
    assert!(tried.contains("line 11: p1@example.test: There is no plan of that name (Oro)"), "{tried}");
    assert_eq!(checksums(&world).await, before);
    let done = said(&[]);
    assert!(
        done.contains("8 licences given, 0 changed, 0 were so already, 2 rows could not be used."),
        "{done}"
    );
    let again = said(&[]);
    assert!(
        again.contains("0 licences given, 0 changed, 8 were so already, 2 rows could not be used."),
        "{again}"
    );
    assert_eq!(licences(&world).await.len(), 8);
    let missing = command(&world, std::path::Path::new("/nowhere.csv"), &[]).output().unwrap();
    assert!(!missing.status.success());
    std::fs::remove_file(file).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_again_and_again_it_ends_as_if_nothing_had_been() {
    const PEOPLE: u32 = 1500;
    let world = World::new().await;
    add_people(&world, PEOPLE).await;
    let file = written(&world, &file_for(PEOPLE));
    let mut was_halfway = false;
    for pause in [0, 20, 60, 120] {
        let before = world.number("SELECT COUNT(*) FROM licences").await;
        let mut child =
            command(&world, &file, &[]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while world.number("SELECT COUNT(*) FROM licences").await == before
            && child.try_wait().unwrap().is_none()
        {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(pause)).await;
        // kill -9: `Child::kill` sends SIGKILL.
        child.kill().ok();
        child.wait().unwrap();
        let left = world.number("SELECT COUNT(*) FROM licence_import_rows WHERE state = 'pending'").await;
        let given = world.number("SELECT COUNT(*) FROM licences").await;
        was_halfway |= left > 0 && given > 0;
        // Whatever was done was done whole.
        assert_ledger(&world).await;
        let settled = world.number("SELECT COUNT(*) FROM licence_import_rows WHERE state = 'given'").await;
        assert_eq!(settled, given);
    }
    let running: Vec<u64> =
        sqlx::query_scalar("SELECT id FROM licence_imports WHERE state = 'running' ORDER BY id")
            .fetch_all(&world.app.db.0)
            .await
            .unwrap();
    for id in running {
        run::work(&world.app, LicenceImportId(id), REASON).await.unwrap();
        assert_eq!(find(&world, LicenceImportId(id)).await.state, State::Done);
    }
    import(&world, &file_for(PEOPLE)).await;
    assert!(was_halfway, "no kill came halfway");
    let has = licences(&world).await;
    assert_eq!(has.len(), PEOPLE as usize);
    assert_eq!(world.number("SELECT COUNT(*) FROM licence_entries").await, i64::from(PEOPLE));
    let rows = world.number("SELECT COUNT(*) FROM licence_import_rows WHERE state = 'given'").await;
    assert_eq!(rows, i64::from(PEOPLE), "each was given by one row");
    std::fs::remove_file(file).unwrap();
}
