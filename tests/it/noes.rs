//! Noes: each can be opened by the id of its request (acceptance 62), says the same before and after what expired was written off,
//! and knows when waiting helps.
use abono::{
    auth::{Role, key::Scope},
    core::{actor::Actor, ids::LicenceId},
    licences::{Plan, keys::service as keys, service::Wish},
    sessions::{domain::Expiry, service::expiry},
};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Browser, World};

const CHECK: &str = "/api/v1/entitlements/check";
const CONSUME: &str = "/api/v1/entitlements/consume";
const RESERVE: &str = "/api/v1/entitlements/reservations";
const CHECK_KEY: &str = "/api/v1/licence-keys/check";
const ACTOR: Actor = Actor::System { name: "tests" };
const ANA: &str = "ana@example.test";

/// Sends a write with the idempotency key `request` and the request id `request-…`.
async fn send(world: &World, key: &str, path: &str, request: &str, body: &Value) -> (StatusCode, Value) {
    let sent = Request::post(path)
        .header("authorization", format!("Bearer {key}"))
        .header("idempotency-key", request)
        .header("x-request-id", format!("request-{request}"))
        .body(Body::from(body.to_string()))
        .unwrap();
    let (status, _, body) = world.send(sent).await;
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

fn ask(feature: &str, amount: u32) -> Value {
    json!({"account": {"email": ANA}, "feature": feature, "amount": amount})
}

async fn reserved(world: &World, key: &str, request: &str, feature: &str, amount: u32) -> String {
    let (status, made) = send(world, key, RESERVE, request, &ask(feature, amount)).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    made["id"].as_str().unwrap().to_owned()
}

/// The page of a request's no says all of this.
async fn assert_opens(staff: &mut Browser, request: &str, said: &[&str]) {
    let page = staff.get(&format!("/admin/denials/request-{request}")).await;
    let text = page.text();
    assert_eq!(page.status, StatusCode::OK, "{request}: {text}");
    for said in said {
        assert!(text.contains(said), "{request} does not say «{said}»: {text}");
    }
}

async fn kept(world: &World) -> i64 {
    world.number("SELECT COUNT(*) FROM denials").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_to_a_step_on_a_reservation_opens_by_its_request_in_both_apis() {
    let world = World::new().await;
    world.licence(ANA, Plan::FREE_QUANTITY, 5, None).await;
    world.give(ANA, 5, Expiry::Never).await;
    let key = world.any_key().await;
    let mut staff = world.staff(Role::Manager).await;
    let step = async |api: &str, id: &str, step: &str, request: &str| {
        let path = format!("/api/v1/{api}/reservations/{id}/{step}");
        let (status, answer) = send(&world, &key, &path, request, &json!({})).await;
        (status.as_u16(), answer["code"].as_str().unwrap_or_default().to_owned())
    };
    let no = |code: &str| (409, code.to_owned());
    // Used, then let go; let go, then used; used too late.
    let used = reserved(&world, &key, "r1", "catalogue", 2).await;
    assert_eq!(step("entitlements", &used, "confirm", "c1").await.0, 200);
    assert_eq!(step("entitlements", &used, "release", "no-release").await, no("reservation_state"));
    let freed = reserved(&world, &key, "r2", "catalogue", 2).await;
    assert_eq!(step("entitlements", &freed, "release", "c2").await.0, 200);
    assert_eq!(step("entitlements", &freed, "confirm", "no-confirm").await, no("reservation_state"));
    let late = reserved(&world, &key, "r3", "session", 3).await;
    world.advance(TimeDelta::minutes(3));
    assert_eq!(step("entitlements", &late, "confirm", "no-late").await, no("reservation_expired"));
    let own = json!({"account": {"email": ANA}, "amount": 4});
    let (_, made) = send(&world, &key, "/api/v1/sessions/reservations", "r4", &own).await;
    let own = made["id"].as_str().unwrap();
    world.advance(TimeDelta::minutes(3));
    assert_eq!(step("sessions", own, "start", "no-start").await, no("reservation_expired"));
    assert_eq!(kept(&world).await, 4);
    // Asked wrongly is no no.
    assert_eq!(step("entitlements", "nothing", "confirm", "wrong").await.0, 404);
    let open = reserved(&world, &key, "r5", "catalogue", 1).await;
    let path = format!("{RESERVE}/{open}/confirm");
    assert_eq!(send(&world, &key, &path, "much", &json!({"amount": 9})).await.0.as_u16(), 422);
    assert_eq!(kept(&world).await, 4);
    let closed = [
        "ana@example.test no pudo usar Catálogos. La reserva ya no guardaba nada.",
        "2 catálogos · Catálogos",
        "18 nov 2026",
        "Licencias",
    ];
    assert_opens(&mut staff, "no-release", &closed).await;
    assert_opens(
        &mut staff,
        "no-release",
        &["La aplicación recibió: «the reservation is confirmed already»", "releaseEntitlement"],
    )
    .await;
    assert_opens(&mut staff, "no-confirm", &closed).await;
    assert_opens(&mut staff, "no-confirm", &["the reservation is released already", "confirmEntitlement"])
        .await;
    let expired = ["ana@example.test no pudo usar Consultas. La reserva ya había vencido.", "Sesiones"];
    assert_opens(&mut staff, "no-late", &expired).await;
    assert_opens(&mut staff, "no-late", &["3 sesiones · Consultas", "confirmEntitlement"]).await;
    assert_opens(&mut staff, "no-start", &expired).await;
    assert_opens(&mut staff, "no-start", &["4 sesiones · Consultas", "startReservation"]).await;
    // A repeated request gets the answer it got, and is one no.
    assert_eq!(step("sessions", own, "start", "no-start").await, no("reservation_expired"));
    assert_eq!(kept(&world).await, 4);
}

async fn key_of(world: &World, licence: LicenceId) -> (String, abono::core::ids::LicenceKeyId) {
    let made = keys::make(&world.app, licence, "tests", &ACTOR).await.unwrap();
    (made.text.reveal().to_owned(), made.key.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_to_a_licence_key_opens_by_its_request_unless_nobody_may_hear_of_it() {
    let world = World::new().await;
    let licence = world.licence(ANA, Plan::FREE_QUANTITY, 1, None).await;
    let luz = world.person("luz@example.test").await;
    let (text, id) = key_of(&world, licence).await;
    let key = world.any_key().await;
    let of_luz = world.key(&Scope::ALL, Some(luz)).await;
    let mut staff = world.staff(Role::Manager).await;
    let check = async |api: &str, request: &str, text: &str| {
        send(&world, api, CHECK_KEY, request, &json!({"licence_key": text})).await.1["code"].clone()
    };
    assert_eq!(check(&key, "yes", &text).await, "valid");
    assert_eq!(check(&key, "unknown", "abl_deadbeef_nonsense").await, "unknown");
    assert_eq!(kept(&world).await, 0, "a yes is no no, and a key that nobody made is nobody's");
    world.change_licence(licence, Wish::Block, "Pago devuelto").await.unwrap();
    assert_eq!(check(&key, "k-blocked", &text).await, "blocked");
    assert_eq!(check(&of_luz, "k-hers", &text).await, "unknown");
    world.change_licence(licence, Wish::Unblock, "Pagado").await.unwrap();
    send(&world, &key, CONSUME, "use", &json!({"licence_key": text, "feature": "catalogue"})).await;
    assert_eq!(check(&key, "k-used-up", &text).await, "used_up");
    keys::revoke(&world.app, id, &ACTOR).await.unwrap();
    assert_eq!(check(&key, "k-revoked", &text).await, "revoked");
    assert_eq!(check(&of_luz, "k-revoked-hers", &text).await, "unknown");
    for (path, request) in [(CHECK, "e-check"), (CONSUME, "e-consume"), (RESERVE, "e-reserve")] {
        let body = json!({"licence_key": text, "feature": "catalogue", "amount": 2});
        let (status, answer) = send(&world, &key, path, request, &body).await;
        assert_eq!((status, &answer["code"]), (StatusCode::NOT_FOUND, &json!("account_not_found")), "{path}");
        send(&world, &of_luz, path, &format!("{request}-hers"), &body).await;
    }
    assert_eq!(kept(&world).await, 6, "of a key that who asks may not hear of, nothing is kept");
    let blocked =
        ["ana@example.test no pudo usar Catálogos. Estaba bloqueado.", "checkLicenceKey", "18 nov 2026"];
    assert_opens(&mut staff, "k-blocked", &blocked).await;
    let used_up = ["No le quedaba bastante", "pedidos: 1", "disponibles: 0"];
    assert_opens(&mut staff, "k-used-up", &used_up).await;
    let shown = format!("clave {}_…", &text[..12]);
    for request in ["k-revoked", "e-check", "e-consume", "e-reserve"] {
        assert_opens(&mut staff, request, &["La clave de la licencia estaba retirada", &shown]).await;
        let page = staff.get(&format!("/admin/denials/request-{request}")).await;
        assert!(!page.body.contains(&text[13..]), "the secret of a key is nowhere");
        assert_eq!(page.count(&format!("a[href='/admin/licences/{licence}']")), 1);
    }
    assert_opens(&mut staff, "e-consume", &["2 catálogos · Catálogos"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_to_changing_what_someone_has_opens_by_its_request() {
    let world = World::new().await;
    let licence = world.licence(ANA, Plan::FREE_QUANTITY, 1, None).await;
    let grant = world.give(ANA, 1, Expiry::Never).await;
    let key = world.any_key().await;
    let mut staff = world.staff(Role::Manager).await;
    let licences = format!("/api/v1/licences/{licence}");
    let act = async |path: &str, request: &str, body: Value| {
        let (status, answer) = send(&world, &key, path, request, &body).await;
        (status.as_u16(), answer["code"].as_str().unwrap_or_default().to_owned())
    };
    let no = |code: &str| (409, code.to_owned());
    let reason = json!({"reason": "Pagado"});
    assert_eq!(act(&format!("{licences}/unblock"), "l-state", reason.clone()).await, no("licence_state"));
    let stale = json!({"credits": 1, "version": 99});
    assert_eq!(act(&format!("{licences}/credits"), "l-version", stale).await, no("conflict"));
    let void = format!("/api/v1/sessions/grants/{grant}/void");
    assert_eq!(act(&void, "void", reason.clone()).await.0, 200);
    assert_eq!(act(&void, "l-fixed", reason).await, no("grant_fixed"));
    assert_eq!(act(&format!("{licences}/block"), "wrong", json!({"reason": " "})).await.0, 422);
    assert_eq!(kept(&world).await, 3);
    let unchanged = "No se cambió lo que ana@example.test tiene de";
    assert_opens(&mut staff, "l-state", &[unchanged, "Tal como estaba", "it is not blocked"]).await;
    assert_opens(&mut staff, "l-version", &[unchanged, "Alguien lo cambió antes", "addLicenceCredits"]).await;
    assert_opens(&mut staff, "l-fixed", &[unchanged, "Consultas", "voidSessionGrant"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_helps_where_all_licences_together_would_pay_and_not_beyond() {
    let world = World::new().await;
    world.licence(ANA, Plan::FREE_QUANTITY, 2, None).await;
    world.licence(ANA, Plan::PAID_QUANTITY, 3, None).await;
    let key = world.any_key().await;
    // Holds all of the first and one of the second.
    reserved(&world, &key, "r", "catalogue", 3).await;
    let action = async |amount: u32| {
        let (_, answer) = send(&world, &key, CHECK, "ask", &ask("catalogue", amount)).await;
        answer["call_to_action"]["action"].clone()
    };
    assert_eq!(action(2).await, Value::Null, "two are there");
    assert_eq!((action(3).await, action(5).await), (json!("wait"), json!("wait")));
    assert_eq!(action(6).await, "buy", "more than there will ever be");
    world.advance(TimeDelta::minutes(3));
    assert_eq!(action(5).await, Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn writing_off_what_expired_changes_no_answer() {
    let world = World::new().await;
    world.give(ANA, 3, Expiry::Days(1)).await;
    world.give(ANA, 2, Expiry::Days(2)).await;
    let key = world.any_key().await;
    world.advance(TimeDelta::days(3));
    let answer = async |amount: u32| send(&world, &key, CHECK, "ask", &ask("session", amount)).await.1;
    let refused = async |request: &str, amount: u32| {
        let body = json!({"account": {"email": ANA}, "amount": amount});
        let (_, spent) = send(&world, &key, "/api/v1/sessions/consume", request, &body).await;
        let reserve = "/api/v1/sessions/reservations";
        let (_, held) = send(&world, &key, reserve, &format!("{request}-r"), &body).await;
        assert_eq!(spent["code"], held["code"]);
        spent["code"].clone()
    };
    let before = (answer(5).await, answer(6).await, refused("a5", 5).await, refused("a6", 6).await);
    assert_eq!(before.0["reason"], "expired");
    // To the last second of the 20th in Madrid.
    assert_eq!(before.0["skipped"][0]["since"], "2026-11-20T23:00:00Z");
    assert_eq!(before.0["call_to_action"]["action"], "renew");
    assert_eq!(before.1["reason"], "insufficient_credits");
    assert_eq!((&before.2, &before.3), (&json!("sessions_expired"), &json!("insufficient_credits")));
    assert_eq!(expiry::write_off(&world.app).await.unwrap(), 2);
    let after = (answer(5).await, answer(6).await, refused("b5", 5).await, refused("b6", 6).await);
    assert_eq!(after, before);
    let (status, problem) = send(&world, &key, CONSUME, "c", &ask("session", 5)).await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("entitlement_expired")));
    // What they had last is what counts: now they used it.
    world.give(ANA, 1, Expiry::Never).await;
    assert_eq!(answer(2).await["reason"], "insufficient_credits", "one can still be used");
    assert_eq!(send(&world, &key, CONSUME, "d", &ask("session", 1)).await.0, StatusCode::OK);
    assert_eq!(answer(1).await["reason"], "insufficient_credits");
    assert_eq!(refused("e1", 1).await, "insufficient_credits");
    // And then another one ran out.
    world.give(ANA, 1, Expiry::Days(1)).await;
    world.advance(TimeDelta::days(2));
    let before = (answer(1).await, answer(2).await);
    assert_eq!(before.0["skipped"][0]["since"], "2026-11-22T23:00:00Z");
    assert_eq!(before.1["reason"], "insufficient_credits");
    expiry::write_off(&world.app).await.unwrap();
    assert_eq!((answer(1).await, answer(2).await), before);
    world.assert_ledger().await;
}

/// A use that was reserved in time may come after the end; what nobody used ran out all the same.
#[tokio::test(flavor = "multi_thread")]
async fn what_ran_out_beside_a_reserved_use_ran_out() {
    let world = World::new().await;
    world.give(ANA, 3, Expiry::On("2026-11-18".parse().unwrap())).await;
    let key = world.any_key().await;
    world.advance(TimeDelta::hours(12) - TimeDelta::seconds(30));
    let held = reserved(&world, &key, "r", "session", 1).await;
    world.advance(TimeDelta::seconds(60));
    let path = format!("{RESERVE}/{held}/confirm");
    assert_eq!(send(&world, &key, &path, "c", &json!({})).await.0, StatusCode::OK);
    let answer = async || send(&world, &key, CHECK, "ask", &ask("session", 1)).await.1;
    let before = answer().await;
    assert_eq!(
        (&before["reason"], &before["skipped"][0]["since"]),
        (&json!("expired"), &json!("2026-11-18T23:00:00Z"))
    );
    assert_eq!(expiry::write_off(&world.app).await.unwrap(), 1);
    assert_eq!(answer().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_use_of_a_licence_key_is_noted_at_most_once_a_minute() {
    let world = World::new().await;
    let licence = world.licence(ANA, Plan::FREE_QUANTITY, 100, None).await;
    let luz = world.person("luz@example.test").await;
    let (text, _) = key_of(&world, licence).await;
    let key = world.any_key().await;
    let of_luz = world.key(&Scope::ALL, Some(luz)).await;
    let body = json!({"licence_key": text, "feature": "catalogue"});
    let used = async || -> Option<chrono::DateTime<chrono::Utc>> {
        sqlx::query_scalar("SELECT last_used_at FROM licence_keys").fetch_one(&world.app.db.0).await.unwrap()
    };
    assert_eq!(send(&world, &of_luz, CONSUME, "hers", &body).await.0, StatusCode::NOT_FOUND);
    assert_eq!(
        send(&world, &key, CHECK, "other", &json!({"licence_key": text, "feature": "Moon!"})).await.0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(used().await, None, "what may not be heard of, or is no question, is no use");
    for (n, path) in [CHECK, CONSUME, RESERVE].into_iter().enumerate() {
        let (first, request) = (world.now(), format!("first-{n}"));
        assert!(send(&world, &key, path, &request, &body).await.0.is_success());
        assert_eq!(used().await, Some(first), "{path}");
        world.advance(TimeDelta::seconds(59));
        for path in [CHECK, CONSUME, RESERVE] {
            assert!(send(&world, &key, path, &format!("again-{n}-{path}"), &body).await.0.is_success());
        }
        assert_eq!(used().await, Some(first), "{path}: a minute is not over");
        world.advance(TimeDelta::seconds(1));
    }
    // A no is a use of the key, too.
    let much = json!({"licence_key": text, "feature": "catalogue", "amount": 1000});
    assert_eq!(send(&world, &key, RESERVE, "much", &much).await.0, StatusCode::CONFLICT);
    assert_eq!(used().await, Some(world.now()));
    let batch = json!({"items": [body, body]});
    world.advance(TimeDelta::minutes(1));
    send(&world, &key, &format!("{CONSUME}/batch"), "batch", &batch).await;
    assert_eq!(used().await, Some(world.now()));
    world.assert_licence_ledger().await;
}

/// Keys of many people are used, asked about and revoked at once: nobody waits in a circle, and nobody is refused for it.
#[tokio::test(flavor = "multi_thread")]
async fn noting_uses_of_many_keys_at_once_stops_nobody() {
    let world = std::sync::Arc::new(World::new().await);
    let mut texts = Vec::new();
    for n in 0..8 {
        let licence = world.licence(&format!("p{n}@example.test"), Plan::FREE_QUANTITY, 100, None).await;
        texts.push(key_of(&world, licence).await);
    }
    let key = world.any_key().await;
    for round in 0..5 {
        world.advance(TimeDelta::minutes(1));
        let mut racers = JoinSet::new();
        for racer in 0..24_usize {
            let (world, key) = (world.clone(), key.clone());
            // Each in an order of its own.
            let mut items: Vec<Value> =
                texts.iter().map(|(text, _)| json!({"licence_key": text, "feature": "catalogue"})).collect();
            items.rotate_left(racer % 8);
            if racer % 2 == 0 {
                items.reverse();
            }
            racers.spawn(async move {
                let request = format!("{round}-{racer}");
                let (path, body) = match racer % 3 {
                    0 => (format!("{CHECK}/batch"), json!({"items": items})),
                    1 => (format!("{CONSUME}/batch"), json!({"items": items})),
                    _ => (RESERVE.to_owned(), items[0].clone()),
                };
                send(&world, &key, &path, &request, &body).await
            });
        }
        for (status, answer) in racers.join_all().await {
            assert!(status.is_success(), "{answer}");
            for item in answer["items"].as_array().into_iter().flatten() {
                assert_eq!(item["allowed"], true, "{item}");
            }
        }
        let noted = "SELECT COUNT(last_used_at) * 100 + COUNT(DISTINCT last_used_at) FROM licence_keys";
        assert_eq!(world.number(noted).await, 801, "all eight were used in this minute");
    }
    // Revoked while they are used: whatever comes first, nobody stands in the other's way.
    world.advance(TimeDelta::minutes(1));
    let mut racers = JoinSet::new();
    for (racer, (text, id)) in texts.iter().enumerate() {
        let (world, key, text, id) = (world.clone(), key.clone(), text.clone(), *id);
        let (asking, asked) =
            (world.clone(), json!({"items": [{"licence_key": text, "feature": "catalogue"}]}));
        racers.spawn(async move {
            let path = format!("{CONSUME}/batch");
            send(&asking, &key, &path, &format!("last-{racer}"), &asked).await.0.is_success()
        });
        racers.spawn(async move { keys::revoke(&world.app, id, &ACTOR).await.is_ok() });
    }
    assert!(racers.join_all().await.into_iter().all(|is_well| is_well));
    world.assert_licence_ledger().await;
}
