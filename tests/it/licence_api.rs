//! The API of licences: reading, giving, changing; once however often it is asked, and never someone else's.
use abono::{auth::key::Scope, licences::domain::Plan};
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    licence_keys::{assert_ledger, give},
    support::World,
};

const API: &str = "/api/v1/licences";

async fn post(world: &World, key: &str, path: &str, idem: &str, body: &Value) -> (StatusCode, Value) {
    let (status, body) = world.write(key, path, idem, body).await;
    (status, serde_json::from_slice(&body).unwrap())
}

/// The fields that are wrong, with their codes.
fn errors(problem: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = problem["errors"].as_array().cloned().unwrap_or_default();
    all.iter().map(|e| (text(&e["field"]), text(&e["code"]))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_licence_is_given_once_however_often_the_request_is_repeated() {
    let world = World::new().await;
    let ana = world.person("ana@example.test").await;
    let key = world.key(&[Scope::LicencesWrite, Scope::LicencesRead], None).await;
    let body = json!({"account": {"email": "ANA@example.test"}, "plan": "paid_quantity", "credits": 5, "reason": "Contrato 118"});
    let (status, first) = post(&world, &key, API, "a", &body).await;
    assert_eq!(status, StatusCode::CREATED, "{first}");
    for (field, value) in [
        ("account_id", json!(ana)),
        ("feature", json!("catalogue")),
        ("plan", json!("paid_quantity")),
        ("tier", json!("paid")),
        ("mode", json!("quantity")),
        ("state", json!("active")),
        ("granted", json!(5)),
        ("remaining", json!(5)),
        ("expires_on", Value::Null),
        ("blocked", Value::Null),
    ] {
        assert_eq!(first[field], value, "{field}");
    }
    assert_eq!(post(&world, &key, API, "a", &body).await, (StatusCode::CREATED, first.clone()));
    assert_eq!(world.number("SELECT COUNT(*) FROM licences").await, 1);
    let other = json!({"account": {"id": ana}, "plan": "free_date"});
    assert_eq!(post(&world, &key, API, "a", &other).await.1["code"], "idempotency_key_reused");
    // 30 days from today, which is day 0, whatever is asked.
    let (_, free) = post(
        &world,
        &key,
        API,
        "b",
        &json!({"account": {"id": ana}, "plan": "free_date", "expires_on": "2030-01-01"}),
    )
    .await;
    assert_eq!(
        (&free["expires_on"], &free["remaining"], &free["granted"]),
        (&json!("2026-12-18"), &Value::Null, &json!(0))
    );
    let (status, shown) = world.get(&key, &format!("{API}/{}", first["id"])).await;
    assert_eq!((status, shown), (StatusCode::OK, first));
    assert_ledger(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_field_is_named_and_nothing_is_written() {
    let world = World::new().await;
    let ana = world.person("ana@example.test").await;
    let key = world.key(&[Scope::LicencesWrite], None).await;
    let before = world.checksums().await;
    let field = |field: &str, code: &str| vec![(field.to_owned(), code.to_owned())];
    for (n, (body, wrong)) in [
        (json!({"plan": "paid_date"}), field("expires_on", "licence-api-date-missing")),
        (
            json!({"plan": "paid_date", "expires_on": "2026-11-17"}),
            field("expires_on", "licence-api-date-past"),
        ),
        (
            json!({"plan": "paid_date", "expires_on": "2999-01-01"}),
            field("expires_on", "licence-api-date-far"),
        ),
        (json!({"plan": "paid_date", "expires_on": "mañana"}), field("expires_on", "form-unreadable")),
        (json!({"plan": "paid_quantity"}), field("credits", "form-required")),
        (json!({"plan": "paid_quantity", "credits": 1_000_001}), field("credits", "licence-api-credits")),
        (
            json!({"plan": "free_quantity", "credits": 1, "feature": "moon"}),
            field("feature", "licence-api-feature"),
        ),
        (
            json!({"plan": "free_quantity", "credits": 1, "feature": "Moon!"}),
            field("feature", "licence-api-feature"),
        ),
        (json!({"plan": "Premium", "credits": 1}), field("plan", "form-unreadable")),
        (
            json!({"plan": "free_quantity", "credits": 1, "note": "x".repeat(501)}),
            field("note", "form-too-long"),
        ),
        (
            json!({"plan": "free_quantity", "credits": 1, "reason": "x".repeat(256)}),
            field("reason", "form-too-long"),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let mut body = body;
        body["account"] = json!({"id": ana});
        let (status, problem) = post(&world, &key, API, &format!("w{n}"), &body).await;
        assert_eq!((status, errors(&problem)), (StatusCode::UNPROCESSABLE_ENTITY, wrong), "{body} {problem}");
    }
    let nobody = json!({"account": {"email": "nadie@example.test"}, "plan": "free_date"});
    assert_eq!(post(&world, &key, API, "n", &nobody).await.1["code"], "account_not_found");
    let after = world.checksums().await;
    // Refusals are kept for whoever repeats them; nothing else is.
    let kept = |sums: &[(String, i64)]| {
        sums.iter().filter(|(table, _)| !table.starts_with("idempotency")).cloned().collect::<Vec<_>>()
    };
    assert_eq!(kept(&before), kept(&after));
    assert_eq!(world.write(&key, API, "", &nobody).await.0, StatusCode::BAD_REQUEST, "a write needs its key");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_licence_is_changed_at_once_and_its_ledger_tells_how() {
    let world = World::new().await;
    let ana = world.person("ana@example.test").await;
    let id = give(&world, ana, Plan::PAID_QUANTITY, 5, None).await;
    let key = world.key(&[Scope::LicencesWrite, Scope::LicencesRead], None).await;
    let act = async |step: &str, idem: &str, body: Value| {
        post(&world, &key, &format!("{API}/{id}/{step}"), idem, &body).await
    };
    let (status, licence) = act("credits", "c", json!({"credits": 10, "reason": "Ampliación"})).await;
    assert_eq!((status, &licence["remaining"]), (StatusCode::OK, &json!(15)));
    assert_eq!(act("credits", "c", json!({"credits": 10, "reason": "Ampliación"})).await.1, licence);
    // Who decided it of what was left an hour ago would give back what was used since.
    let stale = json!({"plan": "paid_quantity", "credits": 20, "remaining": 16});
    let (status, problem) = act("plan", "stale", stale).await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("conflict")));
    let (_, problem) = act("last-day", "d", json!({"expires_on": "2027-01-01"})).await;
    assert_eq!(
        (&problem["code"], &problem["detail"]),
        (&json!("licence_state"), &json!("a licence by quantity has no last day"))
    );
    let (status, dated) = act(
        "plan",
        "p",
        json!({"plan": "paid_date", "expires_on": "2027-02-09", "version": licence["version"]}),
    )
    .await;
    assert_eq!(
        (status, &dated["expires_on"], &dated["granted"]),
        (StatusCode::OK, &json!("2027-02-09"), &json!(0)),
        "{dated}"
    );
    // Who saw an older version changes nothing.
    let (status, problem) =
        act("plan", "q", json!({"plan": "free_date", "version": licence["version"]})).await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("conflict")));
    let (_, later) = act("last-day", "e", json!({"expires_on": "2027-03-31"})).await;
    assert_eq!(later["expires_on"], "2027-03-31");
    assert_eq!(act("last-day", "f", json!({"expires_on": "2027-03-31"})).await.1["code"], "licence_state");
    assert_eq!(act("credits", "g", json!({"credits": 1})).await.1["code"], "licence_state");
    assert_eq!(
        errors(&act("block", "h", json!({"reason": "  "})).await.1),
        [("reason".to_owned(), "form-required".to_owned())]
    );
    let (_, blocked) = act("block", "i", json!({"reason": "Pago devuelto"})).await;
    assert_eq!(
        (&blocked["state"], &blocked["blocked"]["reason"]),
        (&json!("blocked"), &json!("Pago devuelto"))
    );
    assert_eq!(act("block", "j", json!({"reason": "Otra vez"})).await.1["code"], "licence_state");
    let (_, open) = act("unblock", "k", json!({"reason": "Pagado"})).await;
    assert_eq!((&open["state"], &open["blocked"]), (&json!("active"), &Value::Null));
    assert_eq!(act("unblock", "l", json!({"reason": "Pagado"})).await.1["code"], "licence_state");

    let (_, ledger) = world.get(&key, &format!("{API}/{id}/entries")).await;
    let told: Vec<(String, i64, Value)> = ledger["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| {
            (e["action"].as_str().unwrap().to_owned(), e["delta"].as_i64().unwrap(), e["balance"].clone())
        })
        .collect();
    let entry = |action: &str, delta: i64, balance: Value| (action.to_owned(), delta, balance);
    assert_eq!(
        told,
        [
            entry("unblock", 0, Value::Null),
            entry("block", 0, Value::Null),
            entry("extend", 0, Value::Null),
            entry("change", -15, Value::Null),
            entry("credit", 10, json!(15)),
            entry("create", 5, json!(5)),
        ]
    );
    assert_eq!(
        (&ledger["items"][4]["actor"], &ledger["items"][4]["reason"]),
        (&json!("app"), &json!("Ampliación"))
    );
    assert_ledger(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn licences_are_listed_page_by_page_and_narrowed() {
    let world = World::new().await;
    let (ana, luz) = (world.person("ana@example.test").await, world.person("luz@example.test").await);
    let mut all = Vec::new();
    for n in 0..60 {
        let person = if n % 2 == 0 { ana } else { luz };
        all.push(give(&world, person, Plan::FREE_QUANTITY, n % 3, None).await.0);
    }
    let dated = give(&world, ana, Plan::PAID_DATE, 0, Some("2026-11-18")).await.0;
    let key = world.key(&[Scope::LicencesRead], None).await;
    let ids = async |query: &str| -> Vec<u64> {
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let (status, page) = world.get(&key, &format!("{API}?{query}{after}")).await;
            assert_eq!(status, StatusCode::OK, "{page}");
            found.extend(page["items"].as_array().unwrap().iter().map(|l| l["id"].as_u64().unwrap()));
            let Some(next) = page["next"].as_str() else { return found };
            assert!(found.len() % 50 == 0);
            after = format!("&after={next}");
        }
    };
    let newest_first: Vec<u64> = std::iter::once(dated).chain(all.iter().rev().copied()).collect();
    assert_eq!(ids("").await, newest_first);
    assert_eq!(ids("email=luz@example.test").await.len(), 30);
    assert_eq!(ids("plan=paid_date").await, [dated]);
    assert_eq!(ids("state=used_up").await.len(), 20);
    assert_eq!(ids("state=active").await.len(), 41);
    assert_eq!(ids("feature=session").await.len(), 0);
    world.advance(chrono::TimeDelta::days(1));
    assert_eq!(ids(&format!("id={ana}&state=expired")).await, [dated]);
    for (query, code) in [
        ("plan=gold", "licence-api-plan"),
        ("state=new", "licence-api-state"),
        ("feature=A!", "licence-api-feature"),
    ] {
        let (status, problem) = world.get(&key, &format!("{API}?{query}")).await;
        assert_eq!((status, errors(&problem)[0].1.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, code));
    }
    assert_eq!(world.get(&key, &format!("{API}?after=!")).await.1["code"], "bad_cursor");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_bound_to_one_person_neither_sees_nor_touches_the_licences_of_others() {
    let world = World::new().await;
    let (ana, luz) = (world.person("ana@example.test").await, world.person("luz@example.test").await);
    let (mine, hers) = (
        give(&world, ana, Plan::PAID_QUANTITY, 5, None).await,
        give(&world, luz, Plan::PAID_QUANTITY, 5, None).await,
    );
    let key = world.key(&Scope::ALL, Some(ana)).await;
    let before = world.number("SELECT COUNT(*) FROM licence_entries").await;
    let (_, list) = world.get(&key, API).await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(list["items"][0]["id"], json!(mine));
    for path in
        [format!("{API}?email=luz@example.test"), format!("{API}/{hers}"), format!("{API}/{hers}/entries")]
    {
        assert_eq!(world.get(&key, &path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    let give = json!({"account": {"id": luz}, "plan": "free_date"});
    assert_eq!(world.write(&key, API, "a", &give).await.0, StatusCode::NOT_FOUND);
    for (step, body) in [
        ("credits", json!({"credits": 1})),
        ("plan", json!({"plan": "free_date"})),
        ("last-day", json!({"expires_on": "2027-01-01"})),
        ("block", json!({"reason": "x"})),
        ("unblock", json!({"reason": "x"})),
    ] {
        let (status, _) = world.write(&key, &format!("{API}/{hers}/{step}"), step, &body).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{step}");
    }
    assert_eq!(world.number("SELECT COUNT(*) FROM licence_entries").await, before);
}
