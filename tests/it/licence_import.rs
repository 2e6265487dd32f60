//! Licences from a file: reviewed without a trace, applied once, every row with its outcome. Issue 4, Licences 2 and 3.
use std::fmt::Write;

use abono::{
    auth::Role,
    core::{actor::Actor, ids::LicenceImportId},
    licences::{
        domain::Plan,
        import::{
            domain::{Import, State},
            service::{self, run},
            store,
        },
        service::Wish,
    },
};
use axum::http::StatusCode;

use crate::{
    bulk::add_people,
    licence_keys::{assert_ledger, change, give},
    support::{Browser, World},
};

const PAGE: &str = "/admin/licences/import";
const TESTER: Actor = Actor::System { name: "command line" };
pub(crate) const REASON: &str = "Importación de licencias n.º 1";

/// What every table holds, those of imports left out.
pub(crate) async fn checksums(world: &World) -> Vec<(String, i64)> {
    let mut sums = world.checksums().await;
    sums.retain(|(table, _)| !table.starts_with("licence_import"));
    sums
}

/// Who has what: e-mail, feature, tier, mode, what is left, the last day, blocked.
pub(crate) async fn licences(world: &World) -> Vec<(String, String, i64, Option<String>, bool)> {
    assert_ledger(world).await;
    sqlx::query_as(
        "SELECT a.email, CONCAT(l.tier, '_', l.mode), CAST(l.granted AS SIGNED) - CAST(l.used AS SIGNED), CAST(l.expires_on AS CHAR),
                l.blocked_at IS NOT NULL
           FROM licences l JOIN accounts a ON a.id = l.account_id ORDER BY a.email, l.id",
    )
    .fetch_all(&world.app.db.0)
    .await
    .unwrap()
}

/// The outcome of each row: line, state, reason.
async fn outcomes(world: &World, id: LicenceImportId) -> Vec<(u32, String, String)> {
    sqlx::query_as(
        "SELECT row_no, state, reason FROM licence_import_rows WHERE import_id = ? ORDER BY row_no",
    )
    .bind(id.0)
    .fetch_all(&world.app.db.0)
    .await
    .unwrap()
}

pub(crate) async fn find(world: &World, id: LicenceImportId) -> Import {
    store::find(&mut world.app.db.conn().await.unwrap(), id).await.unwrap().unwrap()
}

async fn draft(world: &World, text: &str) -> Import {
    let rows = service::read(&world.app, text.as_bytes()).await.unwrap().unwrap();
    service::draft(&world.app, "licencias.csv", &rows, Some(world.shop), &TESTER).await.unwrap()
}

/// Drafts, confirms and applies.
pub(crate) async fn import(world: &World, text: &str) -> Import {
    let draft = draft(world, text).await;
    service::confirm(&world.app, draft.id, &TESTER).await.unwrap();
    run::work(&world.app, draft.id, REASON).await.unwrap();
    find(world, draft.id).await
}

fn figures(import: &Import) -> (u32, u32, u32, u32) {
    (import.given, import.changed, import.same, import.failed)
}

/// Uploads on the page and answers where the draft is.
async fn upload(staff: &mut Browser, text: &str) -> String {
    let seen = staff.upload(PAGE, PAGE, &[], ("licencias.csv", text.as_bytes())).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text());
    seen.location().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_reviewed_without_a_trace_and_applied_once_it_is_confirmed() {
    let world = World::new().await;
    for name in ["ana", "luz", "eva", "leo"] {
        world.person(&format!("{name}@example.test")).await;
    }
    let luz = world.account("luz@example.test").await;
    let eva = world.account("eva@example.test").await;
    give(&world, luz, Plan::PAID_QUANTITY, 2, None).await;
    give(&world, eva, Plan::PAID_DATE, 0, Some("2027-03-31")).await;
    let mut staff = world.staff(Role::Manager).await;
    let before = checksums(&world).await;
    let text = "\u{feff}Correo;Plan;Cuota;Vence\r\n\
        ana@example.test;Free;5;\r\n\
        luz@example.test;Premium;7;\r\n\
        eva@example.test;Tiempo;0;31/03/2027\r\n\
        leo@example.test;Pagado (Fecha);;\r\n\
        nadie@example.test;Free;5;\r\n\
        ana@example.test;Oro;5;\r\n";
    let path = upload(&mut staff, text).await;
    let review = staff.get(&path).await;
    let said = review.text();
    for words in [
        "Se pueden usar 3 de 6 filas",
        "Dar o cambiar 2 licencias",
        "3 filas con error",
        "Este plan requiere una fecha de vencimiento",
        "No hay nadie con ese correo o número",
        "No hay ningún plan con ese nombre",
        "Oro",
        "Free (Cantidad): 5 créditos",
        "Pagado (Fecha): hasta el 31 mar 2027",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let failed = staff.get(&format!("{path}/rows?only=failed")).await;
    assert_eq!(failed.count("tbody tr"), 3);
    assert_eq!(staff.get(&format!("{path}/rows?only=give")).await.count("tbody tr"), 1);
    assert_eq!(staff.get(&format!("{path}/rows?only=change")).await.count("tbody tr"), 1);
    assert_eq!(staff.get(&format!("{path}/rows?only=same")).await.count("tbody tr"), 1);
    assert_eq!(checksums(&world).await, before, "reviewing changes nothing but the draft");

    let confirm = format!("{path}/confirm");
    let seen = staff.submit(&path, &confirm, &[]).await;
    assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, path.as_str()));
    let running = staff.get(&path).await;
    assert!(running.text().contains("3 de 6 filas") && running.count("progress") == 1, "{}", running.text());
    world.work().await;
    let ended = staff.get(&path).await.text();
    assert!(ended.contains("Se ha dado 1 licencia; ha cambiado 1 y 1 ya estaba así."), "{ended}");
    assert!(ended.contains("3 filas tenían errores."), "{ended}");
    let has = |email: &str, plan: &str, left: i64, day: Option<&str>| {
        (email.to_owned(), plan.to_owned(), left, day.map(str::to_owned), false)
    };
    assert_eq!(
        licences(&world).await,
        [
            has("ana@example.test", "free_quantity", 5, None),
            has("eva@example.test", "paid_date", 0, Some("2027-03-31")),
            has("luz@example.test", "paid_quantity", 7, None),
        ]
    );
    let id = LicenceImportId(path.rsplit('/').next().unwrap().parse().unwrap());
    let told = outcomes(&world, id).await;
    let row = |no: u32, state: &str, reason: &str| (no, state.to_owned(), reason.to_owned());
    assert_eq!(
        told,
        [
            row(2, "given", ""),
            row(3, "changed", ""),
            row(4, "same", ""),
            row(5, "failed", "date_missing"),
            row(6, "failed", "unknown"),
            row(7, "failed", "plan_unknown"),
        ]
    );
    // The ledger says who and why; the trail says when it began and ended.
    let ledger: Vec<(String, String)> =
        sqlx::query_as("SELECT actor_kind, reason FROM licence_entries ORDER BY id DESC LIMIT 2")
            .fetch_all(&world.app.db.0)
            .await
            .unwrap();
    assert!(
        ledger
            .iter()
            .all(|(kind, reason)| kind == "staff" && reason == &format!("Importación de licencias n.º {id}")),
        "{ledger:?}"
    );
    let trail = staff.get("/admin/audit").await.text();
    assert!(trail.contains("Empezó una importación") && trail.contains("Terminó una importación"), "{trail}");
    assert!(staff.get(PAGE).await.text().contains("licencias.csv"));
    // Nobody was made up.
    assert!(world.find_account("nadie@example.test").await.is_none());
}

/// Requirements 3.1: every legacy value is accepted and stored as tier and mode.
#[tokio::test(flavor = "multi_thread")]
async fn the_file_of_the_older_system_becomes_the_new_form() {
    let world = World::new().await;
    let rows = [
        ("Free", "5", "", "free_quantity", 5, None),
        ("Free", "5", "2026-12-18", "free_date", 0, Some("2026-12-18")),
        ("Free (Fecha)", "0", "2026-12-01", "free_date", 0, Some("2026-12-01")),
        ("Cantidad", "12", "None", "paid_quantity", 12, None),
        ("Tiempo", "0", "2027-02-09T00:00:00", "paid_date", 0, Some("2027-02-09")),
        ("Premium", "3.0", "", "paid_quantity", 3, None),
        ("Premium", "", "09/02/2027", "paid_date", 0, Some("2027-02-09")),
        ("Premium (Cantidad)", "8", "2024-01-01", "paid_quantity", 8, None),
        ("Premium (Fecha)", "0", "2024-01-01", "paid_date", 0, Some("2024-01-01")),
        ("Free (Fecha 30 días)", "0", "2026-12-18", "free_date", 0, Some("2026-12-18")),
    ];
    let mut text = "email,name,plan_type,quota,expires_at,status\n".to_owned();
    let mut wanted = Vec::new();
    for (n, (plan, quota, day, stored, left, until)) in rows.into_iter().enumerate() {
        let email = format!("p{n}@example.test");
        world.person(&email).await;
        let blocked = n % 2 == 1;
        let status = if blocked { "blocked" } else { "active" };
        writeln!(text, "{email},\"Uno, dos\",{plan},{quota},{day},{status}").unwrap();
        wanted.push((email, stored.to_owned(), left, until.map(str::to_owned), blocked));
    }
    let ended = import(&world, &text).await;
    assert_eq!((ended.state, figures(&ended)), (State::Done, (10, 0, 0, 0)));
    assert_eq!(licences(&world).await, wanted);
    let again = import(&world, &text).await;
    assert_eq!((again.state, figures(&again)), (State::Done, (0, 0, 10, 0)));
    assert_eq!(licences(&world).await, wanted);
    let entries = world.number("SELECT COUNT(*) FROM licence_entries").await;
    assert_eq!(entries, 15, "ten were made, five of them blocked, and the second time nothing was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_licence_of_that_plan_is_set_to_the_row_and_everything_else_is_left_alone() {
    let world = World::new().await;
    let ana = world.person("ana@example.test").await;
    let paid = give(&world, ana, Plan::PAID_QUANTITY, 9, None).await;
    let free = give(&world, ana, Plan::FREE_QUANTITY, 1, None).await;
    let dated = give(&world, ana, Plan::PAID_DATE, 0, Some("2027-01-01")).await;
    change(&world, dated, Wish::Block).await;
    let text = "user_id,email,plan,credits,expires_on,status\n\
        ,ana@example.test,Pagado (Cantidad),4,,\n\
        ,ana@example.test,Pagado (Fecha),,2028-02-29,active\n\
        ,ANA@example.test,Premium (Cantidad),6,,\n";
    let ended = import(&world, text).await;
    assert_eq!(figures(&ended), (0, 2, 0, 1));
    assert_eq!(outcomes(&world, ended.id).await[2].2, "repeated");
    let left: Vec<(u64, i64, Option<String>, bool)> = sqlx::query_as(
        "SELECT id, CAST(granted AS SIGNED) - CAST(used AS SIGNED), CAST(expires_on AS CHAR), blocked_at IS NOT NULL FROM licences ORDER BY id",
    )
    .fetch_all(&world.app.db.0)
    .await
    .unwrap();
    assert_eq!(
        left,
        [
            (paid.0, 4, None, false),
            (free.0, 1, None, false),
            (dated.0, 0, Some("2028-02-29".to_owned()), false)
        ]
    );
    assert_ledger(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_found_by_their_number_and_other_features_have_to_exist() {
    let world = World::new().await;
    world.customer(7, "carla@example.test").await;
    let text = "wp_user_id;plan;credits;feature\n7;Free;5;translation_words\n7;Free;5;moon\n8;Free;5;\n";
    let ended = import(&world, text).await;
    assert_eq!(figures(&ended), (1, 0, 0, 2));
    let told: Vec<String> =
        outcomes(&world, ended.id).await.into_iter().map(|(_, _, reason)| reason).collect();
    assert_eq!(told, ["", "feature_unknown", "unknown"]);
    assert_eq!(world.number("SELECT COUNT(*) FROM licences WHERE feature = 'translation_words'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_refused_whole_and_said_at_the_field() {
    let world = World::new().await;
    let mut staff = world.staff(Role::Manager).await;
    for (text, words) in [
        ("", "El archivo está vacío."),
        ("plan;cuota\nFree;5\n", "Falta una columna «email»"),
        ("email;cuota\na@x.es;5\n", "Falta una columna «plan»"),
        ("email;plan\n;;\n", "solo tiene la primera fila"),
    ] {
        let seen = staff.upload(PAGE, PAGE, &[], ("x.csv", text.as_bytes())).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
        assert!(
            seen.text().contains(words) && seen.count("#f-file.is-invalid") == 1,
            "{words}: {}",
            seen.text()
        );
    }
    let seen = staff.submit(PAGE, PAGE, &[]).await;
    assert!(seen.status == StatusCode::UNPROCESSABLE_ENTITY && seen.text().contains("Elige un archivo."));
    assert_eq!(world.number("SELECT COUNT(*) FROM licence_imports").await, 0);
    // The example it offers can be read, and its rows are good but for the people, who do not exist.
    let example = staff.get(&format!("{PAGE}/example")).await;
    let rows = service::read(&world.app, example.body.as_bytes()).await.unwrap().unwrap();
    assert_eq!(rows.iter().filter(|row| row.says.is_ok()).count(), 4, "{rows:?}");
    // A file of which no row can be used has nothing to confirm.
    let path = upload(&mut staff, "email,plan\nnadie@example.test,Tiempo\n").await;
    assert_eq!(staff.get(&path).await.count(".bulk .btn-primary"), 0);
    staff.submit(&path, &format!("{path}/confirm"), &[]).await;
    assert!(staff.get(&path).await.text().contains("Ninguna fila del archivo se puede usar."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_discarded_for_good_and_a_forgotten_one_goes_away() {
    let world = World::new().await;
    world.person("ana@example.test").await;
    let mut staff = world.staff(Role::Manager).await;
    let path = upload(&mut staff, "email,plan,credits\nana@example.test,Free,5\n").await;
    staff.submit(&path, &format!("{path}/cancel"), &[]).await;
    staff.submit(PAGE, &format!("{path}/confirm"), &[]).await;
    world.work().await;
    assert!(staff.get(&path).await.text().contains("Descartada. No se cambió ninguna licencia."));
    assert_eq!(world.number("SELECT COUNT(*) FROM licences").await, 0);
    let old = draft(&world, "email,plan,credits\nana@example.test,Free,5\n").await;
    world.advance(chrono::TimeDelta::days(8));
    assert_eq!(service::tidy(&world.app).await.unwrap(), 1);
    assert!(store::find(&mut world.app.db.conn().await.unwrap(), old.id).await.unwrap().is_none());
}

/// What is owed for a refunded order is paid on top of the row: what the file says is what is left, however often it is imported.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_file_changes_a_licence_that_owes_credits_once() {
    let world = World::new().await;
    let ana = world.person("ana@example.test").await;
    let luz = world.person("luz@example.test").await;
    for (account, left) in [(ana, 0), (luz, 5)] {
        let id = give(&world, account, Plan::PAID_QUANTITY, left, None).await;
        sqlx::query("UPDATE licences SET owed = 8 WHERE id = ?")
            .bind(id.0)
            .execute(&world.app.db.0)
            .await
            .unwrap();
    }
    let text = "email,plan,credits,status\nana@example.test,Paid (quantity),5,\nluz@example.test,pagado (CANTIDAD),5,blocked\n";
    let ended = import(&world, text).await;
    assert_eq!(figures(&ended), (0, 2, 0, 0));
    let owed = "SELECT CAST(SUM(owed) AS SIGNED) FROM licences";
    let left: Vec<i64> = licences(&world).await.into_iter().map(|(_, _, left, ..)| left).collect();
    assert_eq!((left, world.number(owed).await), (vec![5, 5], 0));
    let before = checksums(&world).await;
    let again = import(&world, text).await;
    assert_eq!(figures(&again), (0, 0, 2, 0));
    let after = checksums(&world).await;
    let changed: Vec<_> = before
        .iter()
        .zip(&after)
        .filter(|(b, a)| b != a && !["audit_entries", "jobs"].contains(&b.0.as_str()))
        .collect();
    assert!(changed.is_empty(), "{changed:?}");
}

/// Acceptance 60: what we export can be imported, in either language, and changes nothing where nothing changed.
#[tokio::test(flavor = "multi_thread")]
async fn our_own_export_is_read_back_in_both_languages() {
    let world = World::new().await;
    let mut wanted = 0;
    for (n, plan) in Plan::ALL.into_iter().enumerate() {
        let account = world.person(&format!("p{n}@example.test")).await;
        give(
            &world,
            account,
            plan,
            if plan.is_dated() { 0 } else { 4 },
            plan.is_dated().then_some("2027-03-31"),
        )
        .await;
        wanted += 1;
    }
    let spent = world.person("spent@example.test").await;
    give(&world, spent, Plan::FREE_QUANTITY, 0, None).await;
    let barred = world.person("barred@example.test").await;
    let id = give(&world, barred, Plan::PAID_QUANTITY, 7, None).await;
    change(&world, id, Wish::Block).await;
    let before = licences(&world).await;
    let mut staff = world.staff(Role::Manager).await;
    for lang in ["es", "en"] {
        staff.set_cookie("abono_lang", lang);
        let file = staff.get("/admin/licences/export.csv").await.body;
        let ended = import(&world, &file).await;
        assert_eq!(figures(&ended), (0, 0, wanted + 2, 0), "{file}");
    }
    assert_eq!(licences(&world).await, before);
}

/// A file for so many people, every plan among them.
pub(crate) fn file_for(people: u32) -> String {
    let mut text = "email,plan,credits,expires_on\n".to_owned();
    for n in 1..=people {
        let plan = match n % 4 {
            0 => "Free,5,",
            1 => "Tiempo,,2027-02-09",
            2 => "Cantidad,7,",
            _ => "Free (Fecha),,2026-12-18",
        };
        writeln!(text, "p{n}@example.test,{plan}").unwrap();
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_and_gone_on_in_two_processes_at_once_it_ends_the_same() {
    let world = World::new().await;
    add_people(&world, 120).await;
    let plain = World::new().await;
    add_people(&plain, 120).await;
    import(&plain, &file_for(120)).await;

    let id = draft(&world, &file_for(120)).await.id;
    service::confirm(&world.app, id, &TESTER).await.unwrap();
    // Confirming again changes nothing.
    service::confirm(&world.app, id, &TESTER).await.unwrap();
    assert!(run::step(&world.app, id, REASON, 7).await.unwrap());
    service::stop(&world.app, id, &TESTER).await.unwrap();
    assert!(!run::step(&world.app, id, REASON, 7).await.unwrap());
    let stopped = find(&world, id).await;
    assert_eq!((stopped.state, stopped.given, stopped.left()), (State::Stopped, 7, 113));
    service::resume(&world.app, id, &TESTER).await.unwrap();
    let (one, other) = tokio::join!(run::work(&world.app, id, REASON), run::work(&world.app, id, REASON));
    one.unwrap();
    other.unwrap();
    let ended = find(&world, id).await;
    assert_eq!((ended.state, figures(&ended)), (State::Done, (120, 0, 0, 0)));
    assert_eq!(licences(&world).await, licences(&plain).await);
    assert_eq!(world.number("SELECT COUNT(*) FROM licence_entries").await, 120);
    // Doing it once more does nothing.
    run::work(&world.app, id, REASON).await.unwrap();
    assert_eq!(world.number("SELECT COUNT(*) FROM licence_entries").await, 120);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_joined_to_another_account_meanwhile_gets_nothing_and_is_told() {
    let world = World::new().await;
    let (ana, luz) = (world.person("ana@example.test").await, world.person("luz@example.test").await);
    let id = draft(&world, "email,plan,credits\nana@example.test,Free,5\nluz@example.test,Free,5\n").await.id;
    abono::accounts::service::merge(&world.app, ana, luz, &TESTER, "La misma persona").await.unwrap();
    service::confirm(&world.app, id, &TESTER).await.unwrap();
    run::work(&world.app, id, REASON).await.unwrap();
    let told: Vec<(String, String)> =
        outcomes(&world, id).await.into_iter().map(|(_, s, r)| (s, r)).collect();
    assert_eq!(told, [("failed".to_owned(), "merged".to_owned()), ("given".to_owned(), String::new())]);
}
