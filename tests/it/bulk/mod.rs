//! Bulk assignment: who is chosen, what each gets, and that neither a kill nor a second click changes the end.
mod lists;
mod who;

use std::collections::BTreeMap;

use abono::{
    auth::{Role, key::Scope},
    core::{
        actor::Actor,
        ids::{AccountId, BulkRunId, CategoryId},
    },
    sessions::{
        bulk::{
            domain::{Criteria, State, Wish},
            service::{self, From, run, undo},
            store,
        },
        domain::Expiry,
    },
};
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{Browser, World};

const NEW: &str = "/admin/sessions/bulk/new";
const BULK: &str = "/admin/sessions/bulk";
const API: &str = "/api/v1/sessions/bulk-runs";
const TESTER: Actor = Actor::System { name: "test" };

/// So many people, p1@example.test and on.
pub(crate) async fn add_people(world: &World, people: u32) {
    let now = world.now();
    let numbers: Vec<u32> = (1..=people).collect();
    for batch in numbers.chunks(1000) {
        let mut accounts = sqlx::QueryBuilder::<sqlx::MySql>::new(
            "INSERT INTO accounts (name, email, created_at, updated_at) ",
        );
        accounts.push_values(batch, |mut row, n| {
            row.push_bind(format!("Persona {n}"))
                .push_bind(format!("p{n}@example.test"))
                .push_bind(now)
                .push_bind(now);
        });
        accounts.build().execute(&world.app.db.0).await.unwrap();
    }
    sqlx::query(
        "INSERT INTO account_identities (account_id, kind, shop_id, value, label, source, created_at)
         SELECT id, 'email', 0, email, 'primary', 'test', created_at FROM accounts WHERE email LIKE 'p%@example.test'",
    )
    .execute(&world.app.db.0)
    .await
    .unwrap();
}

pub(crate) async fn category(world: &World, code: &str) -> CategoryId {
    let id: u64 = sqlx::query_scalar("SELECT id FROM session_categories WHERE code = ?")
        .bind(code)
        .fetch_one(&world.app.db.0)
        .await
        .unwrap();
    CategoryId(id)
}

/// Two sessions of `promo` for 30 days, now.
pub(crate) async fn wish(world: &World) -> Wish {
    Wish {
        quantity: 2,
        category: category(world, "promo").await,
        expiry: Expiry::Days(30),
        note: "Campaña de otoño".to_owned(),
        run_at: None,
        gives_again: false,
    }
}

/// A confirmed run for everybody.
pub(crate) async fn confirmed(world: &World) -> BulkRunId {
    let from = From::Filter(Criteria::default());
    let draft = service::draft(&world.app, &from, &wish(world).await, &TESTER).await.unwrap();
    service::confirm(&world.app, draft.id, false, &TESTER).await.unwrap().id
}

async fn state(world: &World, id: BulkRunId) -> State {
    store::find(&mut world.app.db.conn().await.unwrap(), id).await.unwrap().unwrap().state
}

/// The number in the address of a run's page.
fn number(location: &str) -> BulkRunId {
    BulkRunId(location.rsplit('/').next().unwrap().parse().unwrap())
}

/// What every table holds, the lists of bulk assignments left out.
async fn checksums(world: &World) -> BTreeMap<String, Option<i64>> {
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT CAST(table_name AS CHAR) FROM information_schema.tables
          WHERE table_schema = DATABASE() AND table_name NOT LIKE 'session\\_bulk\\_%'",
    )
    .fetch_all(&world.app.db.0)
    .await
    .unwrap();
    let mut sums = BTreeMap::new();
    for table in tables {
        let sql = format!("CHECKSUM TABLE {table}");
        let (_, sum): (String, Option<i64>) =
            sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_one(&world.app.db.0).await.unwrap();
        sums.insert(table, sum);
    }
    assert!(sums.len() > 30, "{sums:?}");
    sums
}

/// Who has which sessions, and what the list says: the same end is the same text.
async fn end_of(world: &World, id: BulkRunId) -> Vec<(u32, String, String, i64, i64)> {
    world.assert_ledger().await;
    sqlx::query_as(
        "SELECT i.row_no, i.state, i.reason, CAST(COALESCE(g.remaining, 0) AS SIGNED), COUNT(e.id)
           FROM session_bulk_items i LEFT JOIN session_grants g ON g.id = i.grant_id
           LEFT JOIN session_entries e ON e.grant_id = g.id
          WHERE i.run_id = ? GROUP BY i.row_no, i.state, i.reason, g.remaining ORDER BY i.row_no",
    )
    .bind(id.0)
    .fetch_all(&world.app.db.0)
    .await
    .unwrap()
}

const FORM: [(&str, &str); 4] = [("source", "filter"), ("quantity", "2"), ("expiry", "days"), ("days", "30")];

/// Fills in the form and answers the page of the draft.
async fn drafted(world: &World, staff: &mut Browser, more: &[(&str, &str)]) -> String {
    let promo = category(world, "promo").await.to_string();
    let mut fields = FORM.to_vec();
    fields.push(("category", promo.as_str()));
    fields.extend_from_slice(more);
    let seen = staff.submit(NEW, BULK, &fields).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text());
    seen.location().to_owned()
}

/// Acceptance 59: the preview, with the original's limit of 100 in mind (requirements 1.10, bug 11).
#[tokio::test(flavor = "multi_thread")]
async fn a_preview_changes_nothing_and_every_row_of_the_run_has_its_outcome() {
    let world = World::new().await;
    add_people(&world, 150).await;
    let key = world.any_key().await;
    let give = json!({"account": {"email": "p7@example.test"}, "quantity": 1, "category": "promo"});
    assert_eq!(world.write(&key, "/api/v1/sessions/grants", "g", &give).await.0, StatusCode::CREATED);
    let mut staff = world.staff(Role::Manager).await;
    assert_eq!(staff.get(NEW).await.status, StatusCode::OK);

    let before = checksums(&world).await;
    let page = drafted(&world, &mut staff, &[("note", "Campaña de otoño")]).await;
    let review = staff.get(&page).await;
    assert!(
        review.text().contains("149 personas recibirán: 2 sesiones Promocional por persona"),
        "{}",
        review.text()
    );
    assert!(review.text().contains("Asignar 298 sesiones a 149 personas"), "{}", review.text());
    assert!(review.text().contains("18 de diciembre de 2026 al terminar el día"), "{}", review.text());
    let again = staff.get(&format!("{page}?again=1")).await;
    assert!(again.text().contains("Asignar 300 sesiones a 150 personas"), "{}", again.text());
    let people = staff.get(&format!("{page}/people?only=active")).await;
    assert!(people.text().contains("Persona 7") && !people.text().contains("Persona 8"), "{}", people.text());
    let csv = staff.get(&format!("{page}/csv")).await;
    assert_eq!(csv.body.lines().count(), 151, "{}", csv.body);
    assert_eq!(checksums(&world).await, before);
    assert_eq!(world.number("SELECT COUNT(*) FROM session_bulk_items").await, 0);

    let confirmed = staff.submit(&page, &format!("{page}/confirm"), &[]).await;
    assert_eq!(confirmed.status, StatusCode::SEE_OTHER);
    let running = staff.get(&page).await;
    assert!(running.body.contains("<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>"));
    assert!(running.text().contains("Puedes cerrar esta página"), "{}", running.text());
    world.work().await;
    let done = staff.get(&page).await;
    assert!(done.text().contains("Se han asignado 298 sesiones a 149 personas"), "{}", done.text());
    let csv = staff.get(&format!("{page}/csv?only=skipped")).await;
    assert!(csv.body.contains("7;p7@example.test;Persona 7;"), "{}", csv.body);
    assert!(csv.body.contains("Ya tiene activas de esta categoría"), "{}", csv.body);
    assert_eq!(
        world
            .number("SELECT COUNT(*) FROM session_bulk_items WHERE state = 'given' AND grant_id IS NOT NULL")
            .await,
        149
    );
    assert_eq!(world.balance("p150@example.test").await, 2);

    // Again: the button, the job, and a new run of the same batch. None of them adds anything.
    let sums = checksums(&world).await;
    staff.submit(&page, &format!("{page}/confirm"), &[]).await;
    run::work(&world.app, number(&page)).await.unwrap();
    assert_eq!(checksums(&world).await, sums);
    let repeated = staff.submit(&page, &format!("{page}/repeat"), &[]).await.location().to_owned();
    assert_ne!(repeated, page);
    let review = staff.get(&repeated).await;
    assert!(review.text().contains("Nadie recibirá sesiones"), "{}", review.text());
    staff.submit(&repeated, &format!("{repeated}/confirm"), &[]).await;
    world.work().await;
    assert_eq!(state(&world, number(&repeated)).await, State::Draft);
    assert_eq!(world.number("SELECT COUNT(*) FROM session_grants WHERE bulk_run_id IS NOT NULL").await, 149);
    let trail = "SELECT COUNT(*) FROM audit_entries WHERE action IN ('session_bulk.started', 'session_bulk.finished')";
    assert_eq!(world.number(trail).await, 2);
}

/// Acceptance 59: killed midway and resumed.
#[tokio::test(flavor = "multi_thread")]
async fn broken_off_after_any_stretch_and_gone_on_with_it_ends_the_same() {
    let mut ends = Vec::new();
    for stretch in [1000, 30] {
        let world = World::new().await;
        add_people(&world, 100).await;
        let id = confirmed(&world).await;
        assert!(run::begin(&world.app, id).await.unwrap());
        assert!(run::step(&world.app, id, stretch).await.unwrap());
        if stretch < 100 {
            assert_eq!(world.number("SELECT CAST(given AS SIGNED) FROM session_bulk_runs").await, 30);
            // A stretch whose transaction is cut off leaves nothing.
            let cut =
                tokio::time::timeout(std::time::Duration::from_millis(4), run::step(&world.app, id, stretch))
                    .await;
            let given = world.number("SELECT COUNT(*) FROM session_grants").await;
            assert!(given == 30 || (cut.is_ok() && given == 60), "{given}");
        }
        // The new process does it from the start, twice.
        run::work(&world.app, id).await.unwrap();
        run::work(&world.app, id).await.unwrap();
        assert_eq!(state(&world, id).await, State::Done);
        assert_eq!(world.number("SELECT COUNT(*) FROM session_entries").await, 100);
        ends.push(end_of(&world, id).await);
    }
    assert_eq!(ends[0], ends[1]);
}

/// Two workers at the same run: what a lapsed lease may bring about.
#[tokio::test(flavor = "multi_thread")]
async fn two_workers_at_one_run_give_everybody_once() {
    let world = World::new().await;
    add_people(&world, 300).await;
    let id = confirmed(&world).await;
    assert!(run::begin(&world.app, id).await.unwrap());
    let worker = || async { while run::step(&world.app, id, 20).await.unwrap() {} };
    tokio::join!(worker(), worker(), worker());
    assert_eq!(world.number("SELECT COUNT(*) FROM session_grants").await, 300);
    assert_eq!(world.number("SELECT CAST(given AS SIGNED) FROM session_bulk_runs").await, 300);
    world.assert_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_stops_after_the_stretch_it_is_at_and_goes_on_where_it_stopped() {
    let world = World::new().await;
    add_people(&world, 50).await;
    let id = confirmed(&world).await;
    let mut staff = world.staff(Role::Manager).await;
    let page = format!("{BULK}/{id}");
    run::begin(&world.app, id).await.unwrap();
    run::step(&world.app, id, 20).await.unwrap();
    let running = staff.get(&page).await;
    assert!(
        running.text().contains("Asignando: 20 de 50 personas") && running.text().contains("40 %"),
        "{}",
        running.text()
    );
    staff.submit(&page, &format!("{page}/stop"), &[]).await;
    world.work().await;
    let stopped = staff.get(&page).await;
    assert!(stopped.text().contains("Falta por llegar a 30 personas"), "{}", stopped.text());
    assert_eq!(world.number("SELECT COUNT(*) FROM session_grants").await, 20);
    staff.submit(&page, &format!("{page}/resume"), &[]).await;
    world.work().await;
    assert_eq!(state(&world, id).await, State::Done);
    assert_eq!(world.number("SELECT COUNT(*) FROM session_grants").await, 50);
    let late = staff.submit(&page, &format!("{page}/stop"), &[]).await;
    assert_eq!(late.status, StatusCode::SEE_OTHER);
    assert!(staff.get(&page).await.text().contains("ya no está en ese punto"));
}

/// Acceptance 59: undo voids unspent only, and says what it could not undo.
#[tokio::test(flavor = "multi_thread")]
async fn undoing_takes_back_what_nobody_used_and_names_the_others() {
    let world = World::new().await;
    add_people(&world, 40).await;
    let id = confirmed(&world).await;
    world.work().await;
    let key = world.any_key().await;
    let spend = |email: &str, n: u32| json!({"account": {"email": email}, "amount": n});
    world.write(&key, "/api/v1/sessions/consume", "1", &spend("p3@example.test", 1)).await;
    world.write(&key, "/api/v1/sessions/consume", "2", &spend("p4@example.test", 2)).await;
    let hold = json!({"account": {"email": "p5@example.test"}, "amount": 1, "ttl_seconds": 3600});
    world.write(&key, "/api/v1/sessions/reservations", "3", &hold).await;
    // This reservation is over by then, though nobody wrote it down.
    let lapsed = json!({"account": {"email": "p6@example.test"}, "amount": 2, "ttl_seconds": 60});
    world.write(&key, "/api/v1/sessions/reservations", "4", &lapsed).await;
    world.advance(chrono::TimeDelta::minutes(10));
    // Persona 9 was joined to persona 10 since: the grant is found where it is today.
    let (from, into) = (world.account("p9@example.test").await, world.account("p10@example.test").await);
    abono::accounts::service::merge(&world.app, from, into, &TESTER, "la misma").await.unwrap();

    let mut staff = world.staff(Role::Manager).await;
    let page = format!("{BULK}/{id}");
    let ask = staff.get(&format!("{page}/undo")).await;
    assert!(ask.text().contains("Se retirarán 76 sesiones"), "{}", ask.text());
    assert!(ask.text().contains("4 sesiones ya usadas o reservadas, de 3 personas"), "{}", ask.text());
    staff.submit(&page, &format!("{page}/undo"), &[]).await;
    assert!(staff.get(&page).await.text().contains("Deshaciendo: 0 de 80 sesiones"));
    // Broken off after a stretch, and asked for once more.
    let after = undo::step(&world.app, id, (&TESTER, "x"), AccountId(0), 7).await.unwrap();
    assert!(after.is_some());
    staff.submit(&page, &format!("{page}/undo"), &[]).await;
    world.work().await;
    let undone = staff.get(&page).await;
    assert!(
        undone.text().contains("Se han retirado 76 sesiones; no se ha podido retirar: 4 sesiones"),
        "{}",
        undone.text()
    );
    for name in ["Persona 3", "Persona 4", "Persona 5"] {
        assert!(undone.text().contains(name), "{name}: {}", undone.text());
    }
    assert!(!undone.text().contains("Persona 6"), "{}", undone.text());
    world.assert_ledger().await;
    assert_eq!(world.number("SELECT CAST(SUM(remaining) AS SIGNED) FROM session_grants").await, 1);
    assert_eq!(world.number("SELECT CAST(SUM(held) AS SIGNED) FROM session_grants").await, 1);
    assert_eq!(world.number("SELECT CAST(SUM(voided) AS SIGNED) FROM session_grants").await, 76);
    let sums = checksums(&world).await;
    undo::undo(&world.app, id, &TESTER).await.unwrap();
    undo::work(&world.app, id, &TESTER, "x").await.unwrap();
    assert_eq!(checksums(&world).await, sums, "undoing twice is undoing once");
    assert_eq!(
        world.number("SELECT COUNT(*) FROM audit_entries WHERE action = 'session_bulk.undone'").await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_expired_or_was_taken_back_by_hand_is_not_taken_back_again() {
    let world = World::new().await;
    add_people(&world, 3).await;
    let id = confirmed(&world).await;
    world.work().await;
    let key = world.any_key().await;
    let first = world.number("SELECT CAST(MIN(id) AS SIGNED) FROM session_grants").await;
    world
        .write(&key, &format!("/api/v1/sessions/grants/{first}/void"), "v", &json!({"reason": "error"}))
        .await;
    world.advance(chrono::TimeDelta::days(40));
    undo::undo(&world.app, id, &TESTER).await.unwrap();
    world.work().await;
    assert_eq!(state(&world, id).await, State::Undone);
    let run = store::find(&mut world.app.db.conn().await.unwrap(), id).await.unwrap().unwrap();
    assert_eq!((run.sessions_taken_back, run.sessions_kept), (0, 0));
    world.assert_ledger().await;
}

/// Rule 5 of the slice: an open shortfall is settled by a bulk gift as by any other.
#[tokio::test(flavor = "multi_thread")]
async fn what_someone_owes_from_a_refund_is_paid_out_of_it_first() {
    let world = World::new().await;
    add_people(&world, 3).await;
    sqlx::query(
        "INSERT INTO session_grants (account_id, kind, quantity, remaining, voided, shortfall, created_by, created_at)
         SELECT id, 'purchased', 5, 0, 4, 1, 'test', created_at FROM accounts WHERE email = 'p2@example.test'",
    )
    .execute(&world.app.db.0)
    .await
    .unwrap();
    sqlx::query(
        "INSERT INTO session_shortfalls (account_id, grant_id, amount, policy, created_at)
         SELECT account_id, id, 1, 'debt', created_at FROM session_grants",
    )
    .execute(&world.app.db.0)
    .await
    .unwrap();
    confirmed(&world).await;
    world.work().await;
    assert_eq!((world.balance("p1@example.test").await, world.balance("p2@example.test").await), (2, 1));
    assert_eq!(world.number("SELECT COUNT(*) FROM session_shortfalls WHERE closed_at IS NOT NULL").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_counts_confirms_and_reads_every_row_and_a_bound_key_may_not() {
    let world = World::new().await;
    add_people(&world, 3).await;
    let key = world.any_key().await;
    let body = json!({"emails": ["P1@example.test", "p2@example.test", "nadie@example.test", "p1@example.test", "x"],
        "quantity": 2, "category": "promo", "expires_in_days": 7});
    let with = |more: Value| {
        let mut body = body.clone();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let sums = checksums(&world).await;
    let (status, plan) = world.write(&key, API, "dry", &with(json!({"dry_run": true}))).await;
    let plan: Value = serde_json::from_slice(&plan).unwrap();
    assert_eq!(status, StatusCode::OK, "{plan}");
    assert_eq!((&plan["chosen"], &plan["will_receive"], &plan["failed"]), (&json!(5), &json!(2), &json!(3)));
    let reasons: Vec<&str> =
        plan["errors"].as_array().unwrap().iter().map(|e| e["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, ["unknown", "repeated", "unreadable"]);
    let mut after = checksums(&world).await;
    // The answer itself is kept, and the key was seen.
    for table in ["idempotency_keys", "api_keys"] {
        after.insert(table.to_owned(), sums[table]);
    }
    assert_eq!(after, sums);
    assert_eq!(world.number("SELECT COUNT(*) FROM session_bulk_runs").await, 0);

    let (status, first) = world.write(&key, API, "go", &body).await;
    assert_eq!(status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&first));
    assert_eq!(world.write(&key, API, "go", &body).await, (StatusCode::CREATED, first));
    world.work().await;
    assert_eq!(world.balance("p1@example.test").await, 2);
    let (_, list) = world.get(&key, API).await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let id = list["items"][0]["id"].as_u64().unwrap();
    let (_, shown) = world.get(&key, &format!("{API}/{id}")).await;
    assert_eq!((&shown["state"], &shown["given"], &shown["failed"]), (&json!("done"), &json!(2), &json!(3)));
    let (_, items) = world.get(&key, &format!("{API}/{id}/items")).await;
    let outcomes: Vec<&str> =
        items["items"].as_array().unwrap().iter().map(|i| i["state"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["given", "given", "failed", "failed", "failed"]);

    // Nobody is left: nothing is stored.
    let (status, _) = world.write(&key, API, "again", &body).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(world.number("SELECT COUNT(*) FROM session_bulk_runs").await, 1);
    for (idem, wrong) in [
        ("w1", json!({"emails": (0..10_001).map(|n| n.to_string()).collect::<Vec<_>>()})),
        ("w2", json!({"filter": {}})),
        ("w3", json!({"emails": null, "filter": {"purchases": "any", "product_id": 486}})),
        ("w4", json!({"run_at": "2026-11-18T10:59:59Z"})),
        ("w5", json!({"quantity": 1001})),
    ] {
        let (status, body) = world.write(&key, API, idem, &with(wrong)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{idem}: {}", String::from_utf8_lossy(&body));
    }
    let bound = world.key(&Scope::ALL, Some(world.account("p1@example.test").await)).await;
    assert_eq!(world.write(&bound, API, "b", &body).await.0, StatusCode::FORBIDDEN);
    assert_eq!(world.get(&bound, API).await.0, StatusCode::FORBIDDEN);
    assert_eq!(world.get(&bound, &format!("{API}/{id}/items")).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_nobody_confirmed_is_forgotten_after_a_week() {
    let world = World::new().await;
    add_people(&world, 3).await;
    let kept = confirmed(&world).await;
    world.work().await;
    let mut staff = world.staff(Role::Manager).await;
    let page = lists::uploaded(&world, &mut staff, b"email\np1@example.test\n").await;
    world.advance(chrono::TimeDelta::days(6));
    assert_eq!(service::tidy(&world.app).await.unwrap(), 0);
    world.advance(chrono::TimeDelta::days(2));
    assert_eq!(service::tidy(&world.app).await.unwrap(), 1);
    let mut staff = world.staff(Role::Manager).await;
    assert_eq!(staff.get(&page).await.status, StatusCode::NOT_FOUND);
    assert_eq!(state(&world, kept).await, State::Done);
    assert_eq!(world.number("SELECT COUNT(*) FROM session_bulk_items").await, 3);
}
