//! Free sessions: given, expired, reserved, corrected, taken back. Numbers are those of the acceptance list.
use abono::{
    auth::Role,
    core::{
        actor::Actor,
        ids::{AccountId, GrantId},
    },
    sessions::{
        domain::Expiry,
        service::{
            self, expiry,
            gifts::{self, Gift},
        },
        settings::{self, SessionSettings},
        store::{self, categories},
    },
};
use axum::http::StatusCode;
use chrono::TimeDelta;
use chrono_tz::Europe::Madrid;
use serde_json::{Value, json};

use crate::support::World;

const ACTOR: Actor = Actor::System { name: "test" };
const CONSUME: &str = "/api/v1/sessions/consume";
const GRANTS: &str = "/api/v1/sessions/grants";
const RESERVE: &str = "/api/v1/sessions/reservations";

impl World {
    /// Gives free sessions.
    pub(crate) async fn give(&self, email: &str, quantity: u32, expiry: Expiry) -> GrantId {
        let account = self.person(email).await;
        let category =
            categories::find_by_code(&mut self.app.db.conn().await.unwrap(), "promo").await.unwrap().unwrap();
        let gift =
            &Gift { account, quantity, category: category.id, expiry: Some(expiry), note: String::new() };
        let now = self.now();
        let given: Result<GrantId, service::Error> = self
            .app
            .db
            .transact(|mut tx| async move {
                let grant = gifts::give(&mut tx, gift, &ACTOR, now, Madrid).await?;
                Ok(tx.done(grant.id).await?)
            })
            .await;
        given.unwrap()
    }

    async fn left(&self, grant: GrantId) -> u32 {
        store::find(&mut self.app.db.conn().await.unwrap(), grant).await.unwrap().unwrap().remaining
    }
}

fn read(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap()
}

async fn spend(world: &World, key: &str, idem: &str, email: &str, amount: u32) -> (StatusCode, Value) {
    let wish = json!({"account": {"email": email}, "amount": amount});
    let (status, body) = world.write(key, CONSUME, idem, &wish).await;
    (status, read(&body))
}

fn taken(answer: &Value) -> Vec<(u64, u64)> {
    let takes = answer["taken"].as_array().unwrap();
    takes.iter().map(|t| (t["grant_id"].as_u64().unwrap(), t["amount"].as_u64().unwrap())).collect()
}

/// Acceptance 3 (and requirements 1.10, bug 3: MySQL sorts NULL first).
#[tokio::test(flavor = "multi_thread")]
async fn what_expires_tomorrow_is_burnt_before_next_week_and_what_never_expires_last() {
    let world = World::new().await;
    let email = "ana@example.test";
    let never = world.give(email, 1, Expiry::Never).await;
    let tomorrow = world.give(email, 1, Expiry::Days(1)).await;
    let week = world.give(email, 1, Expiry::Days(7)).await;
    let younger = world.give(email, 1, Expiry::Days(7)).await;
    let key = world.any_key().await;
    let mut order = Vec::new();
    for idem in ["1", "2", "3", "4"] {
        let (status, answer) = spend(&world, &key, idem, email, 1).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        order.push(taken(&answer)[0].0);
    }
    assert_eq!(order, [tomorrow.0, week.0, younger.0, never.0]);
}

/// Acceptance 4.
#[tokio::test(flavor = "multi_thread")]
async fn five_over_two_grants_are_two_ledger_rows_of_one_operation_or_nothing() {
    let world = World::new().await;
    let email = "ana@example.test";
    let b = world.give(email, 2, Expiry::Days(1)).await;
    let c = world.give(email, 3, Expiry::Days(7)).await;
    let key = world.any_key().await;
    let (status, refusal) = spend(&world, &key, "six", email, 6).await;
    assert_eq!((status, refusal["code"].as_str()), (StatusCode::CONFLICT, Some("insufficient_credits")));
    assert_eq!(world.number("SELECT COUNT(*) FROM session_entries WHERE kind = 'consume'").await, 0);
    let (_, answer) = spend(&world, &key, "five", email, 5).await;
    assert_eq!(taken(&answer), [(b.0, 2), (c.0, 3)]);
    let operations = "SELECT COUNT(DISTINCT operation_id) FROM session_entries WHERE kind = 'consume'";
    assert_eq!(world.number(operations).await, 1);
    assert_eq!(world.number("SELECT COUNT(*) FROM session_entries WHERE kind = 'consume'").await, 2);
}

/// Acceptance 5, and requirements 1.10 bug 1: 7 days are 7 days, to the last second of the day in Madrid.
#[tokio::test(flavor = "multi_thread")]
async fn a_grant_works_until_the_last_second_of_its_day_and_is_written_off_once() {
    let world = World::new().await;
    let email = "ana@example.test";
    let grant = world.give(email, 2, Expiry::Days(7)).await;
    let key = world.any_key().await;
    let (_, page) = world.get(&key, "/api/v1/sessions/grants?email=ana@example.test").await;
    // Given on Wednesday 18 November; Madrid is an hour ahead of UTC.
    assert_eq!(page["items"][0]["expires_at"], "2026-11-25T23:00:00Z");
    let end: chrono::DateTime<chrono::Utc> = "2026-11-25T23:00:00Z".parse().unwrap();
    world.advance(end - world.now() - TimeDelta::seconds(1));
    let (status, _) = spend(&world, &key, "in-time", email, 1).await;
    assert_eq!(status, StatusCode::OK);
    world.advance(TimeDelta::seconds(1));
    let (status, refusal) = spend(&world, &key, "late", email, 1).await;
    assert_eq!((status, refusal["code"].as_str()), (StatusCode::CONFLICT, Some("sessions_expired")));
    assert_eq!(world.balance(email).await, 0);
    for _ in 0..10 {
        expiry::write_off(&world.app).await.unwrap();
    }
    assert_eq!(world.left(grant).await, 0);
    assert_eq!(world.number("SELECT COUNT(*) FROM session_entries WHERE kind = 'expire'").await, 1);
    let (_, page) = world.get(&key, "/api/v1/sessions/grants?email=ana@example.test").await;
    assert_eq!(page["items"][0]["state"], "expired", "written off or not, it is expired");
    world.assert_ledger().await;
}

/// TIMESTAMP ends on 19 January 2038, and what is bound as one becomes NULL beyond: an expiry must not become "never".
#[tokio::test(flavor = "multi_thread")]
async fn an_expiry_in_2045_stays_in_2045() {
    let world = World::new().await;
    let last: chrono::NaiveDate = "2045-12-31".parse().unwrap();
    let grant = world.give("ana@example.test", 1, Expiry::On(last)).await;
    let found = store::find(&mut world.app.db.conn().await.unwrap(), grant).await.unwrap().unwrap();
    assert_eq!(found.expires_at.unwrap().to_rfc3339(), "2045-12-31T23:00:00+00:00");
    let mut ines = world.staff(Role::Manager).await;
    let shown = ines.get("/admin/sessions?from=2045-12-31&to=2045-12-31").await;
    assert!(shown.text().contains("31 dic 2045"), "{}", shown.text());
    let page = format!("/admin/sessions/{grant}/expiry");
    ines.submit(&page, &page, &[("expiry", "date"), ("date", "2046-06-30")]).await;
    let shown = ines.get("/admin/sessions?from=2046-06-30&to=2046-06-30&sort=expiry").await;
    assert!(shown.text().contains("30 jun 2046"), "{}", shown.text());
}

/// Acceptance 6.
#[tokio::test(flavor = "multi_thread")]
async fn reserved_sessions_are_spent_by_starting_returned_by_releasing_and_by_time() {
    let world = World::new().await;
    let email = "ana@example.test";
    world.give(email, 5, Expiry::Days(7)).await;
    let key = world.any_key().await;
    let wish =
        json!({"account": {"email": email}, "amount": 3, "ttl_seconds": 60, "expert_name": "Dra. Robles"});
    let (status, body) = world.write(&key, RESERVE, "r1", &wish).await;
    let first = read(&body);
    assert_eq!((status, first["state"].as_str()), (StatusCode::CREATED, Some("reserved")), "{first}");
    assert_eq!(world.balance(email).await, 2);
    let (status, refusal) = spend(&world, &key, "too-many", email, 3).await;
    assert_eq!((status, refusal["code"].as_str()), (StatusCode::CONFLICT, Some("insufficient_credits")));

    let step = |what: &str, id: &Value| format!("{RESERVE}/{}/{what}", id.as_str().unwrap());
    let (status, body) = world.write(&key, &step("start", &first["id"]), "s1", &json!({"amount": 2})).await;
    assert_eq!((status, read(&body)["spent"].as_u64()), (StatusCode::OK, Some(2)));
    assert_eq!(world.balance(email).await, 3, "one of the three returned");
    let (status, _) = world.write(&key, &step("start", &first["id"]), "s2", &json!({"amount": 2})).await;
    assert_eq!(status, StatusCode::OK, "starting it again, so, is a success");
    assert_eq!(world.balance(email).await, 3);
    let (status, body) = world.write(&key, &step("release", &first["id"]), "x", &json!({})).await;
    assert_eq!(
        (status, read(&body)["code"].as_str().map(str::to_owned)),
        (StatusCode::CONFLICT, Some("reservation_state".to_owned()))
    );
    let finish = json!({"duration_seconds": 2691});
    let (status, _) = world.write(&key, &step("finish", &first["id"]), "f1", &finish).await;
    assert_eq!(status, StatusCode::OK);
    let (_, usage) = world.get(&key, "/api/v1/sessions/usage?email=ana@example.test").await;
    let use_ = &usage["items"][0];
    assert_eq!((use_["amount"].as_u64(), use_["duration_seconds"].as_u64()), (Some(2), Some(2691)));
    assert_eq!(use_["expert_name"], "Dra. Robles");

    let (_, body) = world.write(&key, RESERVE, "r2", &wish).await;
    let second = read(&body);
    assert_eq!(world.balance(email).await, 0);
    for idem in ["rel1", "rel2"] {
        let (status, body) = world.write(&key, &step("release", &second["id"]), idem, &json!({})).await;
        assert_eq!(
            (status, read(&body)["state"].as_str().map(str::to_owned)),
            (StatusCode::OK, Some("released".to_owned()))
        );
        assert_eq!(world.balance(email).await, 3);
    }

    let (_, body) = world.write(&key, RESERVE, "r3", &wish).await;
    let third = read(&body);
    world.advance(TimeDelta::seconds(60));
    assert_eq!(world.balance(email).await, 3, "no job ran");
    let (status, body) = world.write(&key, &step("start", &third["id"]), "s3", &json!({})).await;
    assert_eq!(
        (status, read(&body)["code"].as_str().map(str::to_owned)),
        (StatusCode::CONFLICT, Some("reservation_expired".to_owned()))
    );
    let (status, _) = spend(&world, &key, "all", email, 3).await;
    assert_eq!(status, StatusCode::OK, "what lapsed can be spent, whoever writes that down");
    world.assert_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reserving_without_any_entitlement_is_refused_and_leaves_nothing() {
    let world = World::new().await;
    world.person("ana@example.test").await;
    let key = world.any_key().await;
    let wish = json!({"account": {"email": "ana@example.test"}});
    let (status, body) = world.write(&key, RESERVE, "r", &wish).await;
    assert_eq!(
        (status, read(&body)["code"].as_str().map(str::to_owned)),
        (StatusCode::CONFLICT, Some("insufficient_credits".to_owned()))
    );
    assert_eq!(world.number("SELECT COUNT(*) FROM session_reservations").await, 0);
}

/// Requirements 1.10, bug 4: a chat that fails to open costs nothing, even if the app dies.
#[tokio::test(flavor = "multi_thread")]
async fn the_tidying_job_writes_down_what_lapsed_and_changes_no_balance() {
    let world = World::new().await;
    let email = "ana@example.test";
    world.give(email, 1, Expiry::Never).await;
    let key = world.any_key().await;
    world.write(&key, RESERVE, "r", &json!({"account": {"email": email}})).await;
    assert_eq!(world.balance(email).await, 0);
    world.advance(TimeDelta::seconds(121));
    assert_eq!(world.balance(email).await, 1);
    service::reservations::tidy(&world.app, 10).await.unwrap();
    assert_eq!(world.balance(email).await, 1);
    assert_eq!(world.number("SELECT COUNT(*) FROM session_reservations WHERE state = 'lapsed'").await, 1);
    assert_eq!(world.number("SELECT CAST(SUM(held) AS SIGNED) FROM session_entries").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_during_a_consultation_takes_what_comes_back_when_it_does_not_begin() {
    let world = World::new().await;
    let email = "ana@example.test";
    let order = world.bought(email, 1).await;
    let key = world.any_key().await;
    let (_, body) = world.write(&key, RESERVE, "r", &json!({"account": {"email": email}, "amount": 3})).await;
    let id = read(&body)["id"].as_str().unwrap().to_owned();
    world.demo.set_order_status(order, abono::demo::shop::OrderStatus::Refunded).unwrap();
    world.read_shop().await;
    assert_eq!(
        world.number("SELECT CAST(shortfall AS SIGNED) FROM session_grants").await,
        3,
        "what is held counts as spent"
    );
    let (status, _) = world.write(&key, &format!("{RESERVE}/{id}/release"), "rel", &json!({})).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(world.balance(email).await, 0);
    assert_eq!(world.number("SELECT CAST(shortfall AS SIGNED) FROM session_grants").await, 0);
    assert_eq!(world.number("SELECT CAST(voided AS SIGNED) FROM session_grants").await, 5);
    world.assert_ledger().await;
}

/// A debt that later sessions paid for what a reservation only held: nothing was owed, so it is repaid. Found by random sequences.
#[tokio::test(flavor = "multi_thread")]
async fn a_debt_paid_for_sessions_that_were_only_held_is_repaid_when_they_come_back() {
    let world = World::new().await;
    let email = "ana@example.test";
    sqlx::query("UPDATE shops SET refund_policy = 'debt'").execute(&world.app.db.0).await.unwrap();
    let order = world.bought(email, 1).await;
    let key = world.any_key().await;
    let (_, body) = world.write(&key, RESERVE, "r", &json!({"account": {"email": email}, "amount": 3})).await;
    let id = read(&body)["id"].as_str().unwrap().to_owned();
    world.demo.set_order_status(order, abono::demo::shop::OrderStatus::Refunded).unwrap();
    world.read_shop().await;
    world.give(email, 10, Expiry::Never).await;
    assert_eq!(world.balance(email).await, 7, "three of the ten pay for what is held");
    let (status, _) = world.write(&key, &format!("{RESERVE}/{id}/release"), "rel", &json!({})).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(world.balance(email).await, 10, "all five were refunded, and none was owed");
    world.demo.set_order_status(order, abono::demo::shop::OrderStatus::Completed).unwrap();
    world.read_shop().await;
    assert_eq!(world.balance(email).await, 15);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_gives_sessions_with_one_expiry_and_takes_them_back_with_a_reason() {
    let world = World::new().await;
    world.person("ana@example.test").await;
    let key = world.any_key().await;
    let gift = json!({"account": {"email": "ana@example.test"}, "quantity": 3, "category": "courtesy", "expires_on": "2026-11-30"});
    let (status, body) = world.write(&key, GRANTS, "g1", &gift).await;
    let grant = read(&body);
    assert_eq!((status, grant["category"].as_str()), (StatusCode::CREATED, Some("courtesy")), "{grant}");
    assert_eq!(grant["expires_at"], "2026-11-30T23:00:00Z");
    let (_, again) = world.write(&key, GRANTS, "g1", &gift).await;
    assert_eq!(body, again);
    assert_eq!(world.balance("ana@example.test").await, 3);
    let wrongs = [
        json!({"account": {"email": "ana@example.test"}, "quantity": 0}),
        json!({"account": {"email": "ana@example.test"}, "quantity": 1, "category": "nope"}),
        json!({"account": {"email": "ana@example.test"}, "quantity": 1, "expires_on": "2026-11-17"}),
        json!({"account": {"email": "ana@example.test"}, "quantity": 1, "expires_in_days": 0}),
        json!({"account": {"email": "ana@example.test"}, "quantity": 1, "expires_in_days": 7, "never_expires": true}),
    ];
    for (n, wrong) in wrongs.iter().enumerate() {
        let (status, body) = world.write(&key, GRANTS, &format!("w{n}"), wrong).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}: {}", String::from_utf8_lossy(&body));
    }
    spend(&world, &key, "c", "ana@example.test", 1).await;
    let void = format!("{GRANTS}/{}/void", grant["id"]);
    let (status, body) = world.write(&key, &void, "v1", &json!({"reason": "Por error"})).await;
    assert_eq!((status, read(&body)["taken_back"].as_u64()), (StatusCode::OK, Some(2)));
    assert_eq!(world.balance("ana@example.test").await, 0);
    let (status, body) = world.write(&key, &void, "v2", &json!({"reason": "Por error"})).await;
    assert_eq!(
        (status, read(&body)["code"].as_str().map(str::to_owned)),
        (StatusCode::CONFLICT, Some("grant_fixed".to_owned()))
    );
    world.assert_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bought_sessions_are_not_voided_by_hand() {
    let world = World::new().await;
    world.bought("ana@example.test", 1).await;
    let key = world.any_key().await;
    let (_, page) = world.get(&key, "/api/v1/sessions/grants?email=ana@example.test").await;
    let void = format!("{GRANTS}/{}/void", page["items"][0]["id"]);
    let (status, _) = world.write(&key, &void, "v", &json!({"reason": "x"})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(world.balance("ana@example.test").await, 5);
}

/// Acceptance 13, for what is named by its own number and not by a person.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_one_person_finds_neither_grants_nor_reservations_of_another() {
    let world = World::new().await;
    let ana = world.person("ana@example.test").await;
    let grant = world.give("eva@example.test", 3, Expiry::Never).await;
    let any = world.any_key().await;
    let (_, body) = world.write(&any, RESERVE, "r", &json!({"account": {"email": "eva@example.test"}})).await;
    let uid = read(&body)["id"].as_str().unwrap().to_owned();
    let key = world.key(&abono::auth::key::Scope::ALL, Some(ana)).await;
    let void = |id: u64| format!("{GRANTS}/{id}/void");
    let (status, foreign) = world.write(&key, &void(grant.0), "v1", &json!({"reason": "x"})).await;
    let (_, unknown) = world.write(&key, &void(999_999), "v2", &json!({"reason": "x"})).await;
    assert_eq!((status, without_request(&foreign)), (StatusCode::NOT_FOUND, without_request(&unknown)));
    for step in ["start", "release"] {
        let at = |uid: &str| format!("{RESERVE}/{uid}/{step}");
        let (status, foreign) = world.write(&key, &at(&uid), &format!("a{step}"), &json!({})).await;
        let (_, unknown) = world.write(&key, &at("none"), &format!("b{step}"), &json!({})).await;
        assert_eq!((status, without_request(&foreign)), (StatusCode::NOT_FOUND, without_request(&unknown)));
    }
    let (status, _) = world.get(&key, &format!("{RESERVE}/{uid}")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(world.left(grant).await, 3);
}

fn without_request(body: &[u8]) -> Value {
    let mut body = read(body);
    if let Some(map) = body.as_object_mut() {
        map.remove("instance");
    }
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_gives_corrects_extends_and_voids_and_the_ledger_says_so() {
    let world = World::new().await;
    let account = world.person("ana@example.test").await;
    let mut ines = world.staff(Role::Manager).await;
    let fields = [
        ("person", "ANA@example.test"),
        ("quantity", "4"),
        ("category", "courtesy"),
        ("expiry", "days"),
        ("days", "7"),
        ("date", "not looked at"),
        ("note", "Por la espera"),
    ];
    let seen = ines.submit("/admin/sessions/new", "/admin/sessions/new", &fields).await;
    assert_eq!(seen.location(), format!("/admin/accounts/{account}"), "{}", seen.text());
    let shown = ines.get(seen.location()).await.text();
    assert!(shown.contains("4 sesiones más, hasta el 25 nov 2026"), "{shown}");
    assert!(shown.contains("Cortesía"), "{shown}");
    let key = world.any_key().await;
    spend(&world, &key, "c", "ana@example.test", 2).await;
    let grant = GrantId(
        u64::try_from(world.number("SELECT CAST(MAX(id) AS SIGNED) FROM session_grants").await).unwrap(),
    );
    let page = format!("/admin/sessions/{grant}");

    let correct = format!("{page}/correct");
    let seen = ines.submit(&correct, &correct, &[("change", "3"), ("reason", "No se abrió")]).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.text().contains("Se pueden devolver 2 como mucho, y quitar 2"), "{}", seen.text());
    let seen = ines.submit(&correct, &correct, &[("change", "1"), ("reason", "No se abrió")]).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text());
    assert_eq!(world.balance("ana@example.test").await, 3);

    let expiry = format!("{page}/expiry");
    let seen = ines.submit(&expiry, &expiry, &[("expiry", "date"), ("date", "2026-11-17")]).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    let seen = ines.submit(&expiry, &expiry, &[("expiry", "date"), ("date", "2026-12-31")]).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text());
    let found = store::find(&mut world.app.db.conn().await.unwrap(), grant).await.unwrap().unwrap();
    assert_eq!(found.expires_at.unwrap().to_rfc3339(), "2026-12-31T23:00:00+00:00");

    let void = format!("{page}/void");
    let seen = ines.submit(&void, &void, &[("reason", "")]).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    let seen = ines.submit(&void, &void, &[("reason", "Por error")]).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text());
    assert_eq!(world.balance("ana@example.test").await, 0);
    let ledger = ines.get(&page).await.text();
    for said in ["Por la espera", "No se abrió", "Por error", "Se corrigieron a mano"] {
        assert!(ledger.contains(said), "{said}: {ledger}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_use_is_given_back_once_to_the_grants_that_paid_it() {
    let world = World::new().await;
    let email = "ana@example.test";
    let a = world.give(email, 1, Expiry::Days(1)).await;
    let b = world.give(email, 2, Expiry::Days(9)).await;
    let key = world.any_key().await;
    let (_, answer) = spend(&world, &key, "c", email, 2).await;
    let mut ines = world.staff(Role::Manager).await;
    let page = format!("/admin/sessions/{a}/uses/{}", answer["operation_id"].as_str().unwrap());
    let seen = ines.submit(&page, &page, &[("reason", "La experta no vino")]).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text());
    assert_eq!((world.left(a).await, world.left(b).await), (1, 2));
    let seen = ines.get(&page).await;
    assert_eq!(seen.status, StatusCode::CONFLICT);
    assert!(seen.text().contains("ya se devolvió"), "{}", seen.text());
    world.assert_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_off_counts_again_when_its_expiry_moves_to_the_future() {
    let world = World::new().await;
    let email = "ana@example.test";
    let grant = world.give(email, 2, Expiry::Days(1)).await;
    world.advance(TimeDelta::days(3));
    expiry::write_off(&world.app).await.unwrap();
    assert_eq!(world.left(grant).await, 0);
    let mut ines = world.staff(Role::Manager).await;
    let page = format!("/admin/sessions/{grant}/expiry");
    ines.submit(&page, &page, &[("expiry", "date"), ("date", "2026-11-30")]).await;
    assert_eq!(world.balance(email).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_marked_grants_are_reviewed_and_then_changed_and_what_cannot_be_is_said() {
    let world = World::new().await;
    let a = world.give("ana@example.test", 1, Expiry::Days(1)).await;
    let b = world.give("eva@example.test", 2, Expiry::Never).await;
    world.bought("ivo@example.test", 1).await;
    let bought =
        u64::try_from(world.number("SELECT CAST(MAX(id) AS SIGNED) FROM session_grants").await).unwrap();
    let mut ines = world.staff(Role::Manager).await;
    let before = world.checksums().await;
    let review = format!("/admin/sessions/review?id={a}&id={b}&id={bought}&action=expiry&date=2026-12-15");
    let seen = ines.get(&review).await;
    assert!(seen.text().contains("Vas a cambiar la caducidad de 2 asignaciones"), "{}", seen.text());
    assert!(seen.text().contains("es comprada, no caduca"), "{}", seen.text());
    assert_eq!(world.checksums().await, before, "looking changes nothing");
    let (ida, idb, idc) = (a.to_string(), b.to_string(), bought.to_string());
    let fields =
        [("id", ida.as_str()), ("id", &idb), ("id", &idc), ("action", "expiry"), ("date", "2026-12-15")];
    let seen = ines.submit(&review, "/admin/sessions/apply", &fields).await;
    assert!(seen.location().starts_with("/admin/sessions/review?"), "{}", seen.location());
    assert!(
        seen.location().contains(&format!("id={bought}")) && !seen.location().contains(&format!("id={a}&"))
    );
    assert_eq!(
        world.number("SELECT COUNT(*) FROM session_grants WHERE expires_at = '2026-12-15 23:00:00'").await,
        2
    );
    let fields = [("id", ida.as_str()), ("id", &idb), ("action", "void"), ("reason", "Fin de campaña")];
    let seen = ines.submit(&review, "/admin/sessions/apply", &fields).await;
    assert_eq!(seen.location(), "/admin/sessions");
    assert_eq!((world.left(a).await, world.left(b).await), (0, 0));
    world.assert_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_category_is_created_renamed_and_retired_and_the_list_is_filtered_by_it() {
    let world = World::new().await;
    let mut ines = world.staff(Role::Manager).await;
    let new = "/admin/sessions/categories/new";
    let fields = [("label", "Bienvenida de otoño"), ("tone", "rose"), ("days", "14")];
    let seen = ines.submit(new, new, &fields).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text());
    let seen = ines.submit(new, new, &fields).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "the name is taken");
    let mut conn = world.app.db.conn().await.unwrap();
    let category = categories::find_by_code(&mut conn, "bienvenida-de-otono").await.unwrap().unwrap();
    assert_eq!(category.default_days, Some(14));
    world.person("ana@example.test").await;
    let give = [
        ("person", "ana@example.test"),
        ("quantity", "2"),
        ("category", "bienvenida-de-otono"),
        ("expiry", "category"),
    ];
    let seen = ines.submit("/admin/sessions/new", "/admin/sessions/new", &give).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text());
    world.give("eva@example.test", 1, Expiry::Never).await;
    let list = ines.get("/admin/sessions?category=bienvenida-de-otono").await;
    assert!(list.text().contains("ana@") && !list.text().contains("eva@"), "{}", list.text());
    assert_eq!(list.count("td .kind.tone-rose"), 1);
    let one = format!("/admin/sessions/categories/{}", category.id);
    ines.submit(&one, &one, &[("label", "Bienvenida"), ("tone", "blue"), ("days", "")]).await;
    assert_eq!(ines.get("/admin/sessions?category=bienvenida-de-otono").await.count("td .kind.tone-blue"), 1);
    ines.submit("/admin/sessions/categories", &format!("{one}/retire"), &[("retire", "yes")]).await;
    let seen = ines.submit("/admin/sessions/new", "/admin/sessions/new", &give).await;
    assert_eq!(
        seen.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "nothing new is given under a retired category"
    );
    assert!(ines.get("/admin/sessions?category=bienvenida-de-otono").await.text().contains("Bienvenida"));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_told_once_of_what_expires_soon_and_only_if_the_setting_says_so() {
    let world = World::new().await;
    world.give("ana@example.test", 2, Expiry::Days(3)).await;
    world.give("ana@example.test", 1, Expiry::Days(2)).await;
    world.give("eva@example.test", 1, Expiry::Days(4)).await;
    world.give("ivo@example.test", 1, Expiry::Never).await;
    let notices = "SELECT COUNT(*) FROM mails WHERE kind = 'expiry_notice'";
    abono::sessions::notices::send(&world.app).await.unwrap();
    assert_eq!(world.number(notices).await, 0, "notices are off");
    let on = SessionSettings { notices: true, notice_days: 3, ..SessionSettings::default() };
    settings::save(&world.app, &on, &ACTOR).await.unwrap();
    for _ in 0..3 {
        abono::sessions::notices::send(&world.app).await.unwrap();
    }
    assert_eq!(world.number(notices).await, 1, "one letter for both of Ana's");
    assert_eq!(world.number("SELECT COUNT(*) FROM notices").await, 2);
    world.advance(TimeDelta::days(1));
    abono::sessions::notices::send(&world.app).await.unwrap();
    assert_eq!(world.number(notices).await, 2, "Eva's turn has come");
    let mut ines = world.staff(Role::Admin).await;
    let seen = ines.get("/admin/sessions/settings").await;
    assert!(seen.text().contains("Tienes 2 sesiones que caducan pronto"), "{}", seen.text());
}

/// Acceptance 12, for lists.
#[tokio::test(flavor = "multi_thread")]
async fn someone_who_was_given_sessions_and_used_none_is_in_the_lists() {
    let world = World::new().await;
    world.give("ana@example.test", 3, Expiry::Days(7)).await;
    let mut ines = world.staff(Role::Manager).await;
    let list = ines.get("/admin/sessions?kind=free&state=active&from=2026-11-20&to=2026-11-30&q=ana").await;
    assert!(list.text().contains("ana@") && list.text().contains("1 asignación"), "{}", list.text());
    assert_eq!(ines.get("/admin/sessions?state=used").await.count("tbody tr"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn merging_two_people_moves_grants_reservations_and_the_ledger() {
    let world = World::new().await;
    world.give("ana@example.test", 2, Expiry::Never).await;
    world.give("eva@example.test", 3, Expiry::Never).await;
    let key = world.any_key().await;
    let (_, body) = world
        .write(&key, RESERVE, "r", &json!({"account": {"email": "eva@example.test"}, "amount": 2}))
        .await;
    spend(&world, &key, "c", "eva@example.test", 1).await;
    let (ana, eva): (AccountId, AccountId) =
        (world.account("ana@example.test").await, world.account("eva@example.test").await);
    abono::accounts::service::merge(&world.app, eva, ana, &ACTOR, "misma persona").await.unwrap();
    assert_eq!(world.balance("ana@example.test").await, 2, "two of four are reserved");
    let start = format!("{RESERVE}/{}/start", read(&body)["id"].as_str().unwrap());
    let (status, _) = world.write(&key, &start, "s", &json!({})).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(world.balance("ana@example.test").await, 2);
    assert_eq!(world.number("SELECT COUNT(*) FROM session_people").await, 1);
    world.assert_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_overview_names_an_order_only_where_an_order_did_it() {
    let world = World::new().await;
    let order = world.bought("ana@example.test", 1).await;
    let bruno = world.person("bruno@example.test").await;
    let key = world.any_key().await;
    let given =
        json!({"account": {"id": bruno}, "quantity": 2, "category": "promo", "note": "Por la espera"});
    let (status, body) = world.write(&key, GRANTS, "g", &given).await;
    assert_eq!(status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&body));
    let mut staff = world.staff(abono::auth::Role::Manager).await;
    let text = staff.get("/admin").await.text();
    assert!(text.contains(&format!("Pedido {order}")), "{text}");
    assert!(!text.contains("Pedido Por la espera"), "{text}");
    assert_eq!(text.matches("Por la espera").count(), 1, "{text}");
}
