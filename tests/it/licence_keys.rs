//! Keys of licences: shown once, kept as a hash, ended at once; and what asking with one is answered. Issue 4, Licences 6.
use abono::{
    auth::{Role, key::Scope},
    core::{
        actor::Actor,
        feature::FeatureCode,
        ids::{AccountId, LicenceId},
    },
    licences::{
        domain::{New, Plan},
        keys::{domain::MOST_LIVING, store as keys},
        service::{self, Context, Wish},
    },
};
use axum::http::StatusCode;
use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};

use crate::support::{Browser, World};

const TESTER: Actor = Actor::System { name: "test" };
const CHECK: &str = "/api/v1/licence-keys/check";

/// Gives a licence for catalogues.
pub(crate) async fn give(
    world: &World,
    account: AccountId,
    plan: Plan,
    credits: u32,
    until: Option<&str>,
) -> LicenceId {
    let expires_on: Option<NaiveDate> = until.map(|day| day.parse().unwrap());
    let (now, zone) = (world.now(), world.app.config.timezone);
    let given: Result<_, service::Error> = world
        .app
        .db
        .transact(|mut tx| async move {
            let feature = FeatureCode::parse("catalogue").unwrap();
            let new = New { account, feature, plan, credits, expires_on, note: String::new() };
            let cx = Context { actor: &TESTER, now, zone, request_id: None };
            let licence = service::give(&mut tx, new, "Contrato", &cx).await?;
            Ok(tx.done(licence.id).await?)
        })
        .await;
    given.unwrap()
}

/// Changes a licence.
pub(crate) async fn change(world: &World, id: LicenceId, wish: Wish) {
    let (now, zone, wish) = (world.now(), world.app.config.timezone, &wish);
    let changed: Result<_, service::Error> = world
        .app
        .db
        .transact(|mut tx| async move {
            let cx = Context { actor: &TESTER, now, zone, request_id: None };
            service::change(&mut tx, id, None, wish, "Porque sí", &cx).await?;
            Ok(tx.done(()).await?)
        })
        .await;
    changed.unwrap();
}

/// What is left of every licence is the sum of its ledger, and its last day is what its last row says.
pub(crate) async fn assert_ledger(world: &World) {
    let wrong = world
        .number(
            "SELECT COUNT(*) FROM licences l WHERE CAST(l.granted AS SIGNED) - CAST(l.used AS SIGNED) <>
                 COALESCE((SELECT SUM(e.delta) FROM licence_entries e WHERE e.licence_id = l.id), 0)
              OR NOT (l.expires_on <=> (SELECT e.expires_on FROM licence_entries e WHERE e.licence_id = l.id ORDER BY e.id DESC LIMIT 1))",
        )
        .await;
    assert_eq!(wrong, 0, "a licence does not equal the sum of its ledger");
}

fn page(licence: LicenceId) -> String {
    format!("/admin/licences/{licence}/keys")
}

/// The key that a page shows.
fn shown(body: &str) -> String {
    let at = body.find("id=\"the-key\"").expect("a key is shown");
    let text = &body[at..];
    text[text.find("abl_").unwrap()..].chars().take(56).collect()
}

/// Makes a key on the page.
async fn make(staff: &mut Browser, licence: LicenceId, note: &str) -> String {
    let seen = staff.submit(&page(licence), &page(licence), &[("note", note)]).await;
    assert_eq!(seen.status, StatusCode::CREATED, "{}", seen.text());
    assert_eq!(seen.headers["cache-control"], "no-store");
    shown(&seen.body)
}

/// The number of the key with these characters.
async fn number_of(world: &World, licence: LicenceId, key: &str) -> u64 {
    let all = keys::list(&mut world.app.db.conn().await.unwrap(), licence).await.unwrap();
    all.into_iter().find(|k| k.prefix == key[4..12]).unwrap().id.0
}

async fn ask(world: &World, api: &str, key: &str) -> Value {
    let (status, body) = world.write(api, CHECK, "", &json!({"licence_key": key})).await;
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(status, StatusCode::OK, "{body}");
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_shown_once_and_kept_as_a_hash() {
    let world = World::new().await;
    let ana = world.person("ana@example.test").await;
    let licence = give(&world, ana, Plan::PAID_QUANTITY, 3, None).await;
    let mut staff = world.staff(Role::Manager).await;
    assert!(staff.get(&page(licence)).await.text().contains("todavía no tiene claves"));
    let key = make(&mut staff, licence, "El portátil de la tienda").await;
    assert_eq!((key.len(), &key[..4], &key[12..13]), (56, "abl_", "_"));
    let list = staff.get(&page(licence)).await;
    assert!(list.text().contains(&key[..12]) && list.text().contains("El portátil de la tienda"));
    assert!(!list.body.contains(&key[13..]), "the secret is shown again");
    let stored: Vec<(String, Vec<u8>)> = sqlx::query_as("SELECT prefix, secret_hash FROM licence_keys")
        .fetch_all(&world.app.db.0)
        .await
        .unwrap();
    assert_eq!(stored, [(key[4..12].to_owned(), abono::crypto::sha256(key.as_bytes()).to_vec())]);
    let trail: Vec<String> = sqlx::query_scalar(
        "SELECT CAST(detail AS CHAR) FROM audit_entries WHERE action = 'licence_key.created'",
    )
    .fetch_all(&world.app.db.0)
    .await
    .unwrap();
    assert_eq!(trail.len(), 1);
    assert!(trail[0].contains(&key[4..12]) && !trail[0].contains(&key[13..]), "{trail:?}");
    let log = staff.get("/admin/audit").await;
    assert!(log.text().contains("Se creó una clave de licencia"), "{}", log.text());
    assert!(
        log.body.contains(&format!("href=\"{}\"", page(licence)))
            || log.text().contains("Claves de la licencia")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_ends_at_once_and_a_reissued_one_in_the_moment_the_new_one_is_made() {
    let world = World::new().await;
    let ana = world.person("ana@example.test").await;
    let licence = give(&world, ana, Plan::PAID_QUANTITY, 3, None).await;
    let mut staff = world.staff(Role::Manager).await;
    let api = world.key(&[Scope::EntitlementsRead], None).await;
    let (first, other) = (make(&mut staff, licence, "uno").await, make(&mut staff, licence, "dos").await);
    let path = format!("{}/{}", page(licence), number_of(&world, licence, &first).await);
    let asked = staff.get(&format!("{path}/reissue")).await;
    assert!(asked.text().contains("¿Cambiar la clave") && asked.text().contains("uno"), "{}", asked.text());
    assert_eq!(ask(&world, &api, &first).await["code"], "valid", "asking changes nothing");
    let seen = staff.submit(&format!("{path}/reissue"), &format!("{path}/reissue"), &[]).await;
    assert_eq!(seen.status, StatusCode::CREATED);
    let second = shown(&seen.body);
    assert_ne!(first, second);
    assert_eq!(ask(&world, &api, &first).await["code"], "revoked");
    assert_eq!(ask(&world, &api, &second).await["code"], "valid");
    let path = format!("{}/{}", page(licence), number_of(&world, licence, &second).await);
    assert!(staff.get(&format!("{path}/revoke")).await.text().contains("¿Retirar la clave"));
    let seen = staff.submit(&format!("{path}/revoke"), &format!("{path}/revoke"), &[]).await;
    assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, page(licence).as_str()));
    assert_eq!(ask(&world, &api, &second).await["code"], "revoked");
    assert_eq!(ask(&world, &api, &other).await["code"], "valid");
    // What is over can be neither revoked nor reissued.
    for act in ["revoke", "reissue"] {
        assert_eq!(staff.get(&format!("{path}/{act}")).await.status, StatusCode::NOT_FOUND);
        let seen = staff.submit(&page(licence), &format!("{path}/{act}"), &[]).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{act}");
    }
    let actions: Vec<String> =
        sqlx::query_scalar("SELECT action FROM audit_entries WHERE action LIKE 'licence_key.%' ORDER BY id")
            .fetch_all(&world.app.db.0)
            .await
            .unwrap();
    assert_eq!(
        actions,
        ["licence_key.created", "licence_key.created", "licence_key.reissued", "licence_key.revoked"]
    );
    let text = staff.get("/admin/audit").await.text();
    assert!(text.contains("Se cambió una clave") && text.contains("Se retiró una clave"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_another_licence_is_not_found_on_this_page() {
    let world = World::new().await;
    let ana = world.person("ana@example.test").await;
    let mine = give(&world, ana, Plan::PAID_QUANTITY, 3, None).await;
    let other = give(&world, ana, Plan::FREE_QUANTITY, 3, None).await;
    let mut staff = world.staff(Role::Manager).await;
    let key = make(&mut staff, mine, "").await;
    let number = number_of(&world, mine, &key).await;
    assert_eq!(staff.get(&format!("{}/{number}/revoke", page(other))).await.status, StatusCode::NOT_FOUND);
    let seen = staff.submit(&page(other), &format!("{}/{number}/revoke", page(other)), &[]).await;
    assert_eq!(seen.status, StatusCode::NOT_FOUND);
    assert_eq!(staff.get(&page(LicenceId(987_654))).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_made_is_said_beside_what_was_typed() {
    let world = World::new().await;
    let ana = world.person("ana@example.test").await;
    let licence = give(&world, ana, Plan::PAID_QUANTITY, 3, None).await;
    let mut staff = world.staff(Role::Manager).await;
    let long = "x".repeat(121);
    let seen = staff.submit(&page(licence), &page(licence), &[("note", &long)]).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.text().contains("120 caracteres") && seen.body.contains(&long));
    for n in 0..MOST_LIVING {
        make(&mut staff, licence, &n.to_string()).await;
    }
    let seen = staff.submit(&page(licence), &page(licence), &[("note", "una más")]).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.text().contains("20 claves activas") && seen.body.contains("una más"), "{}", seen.text());
    assert_eq!(world.number("SELECT COUNT(*) FROM licence_keys").await, i64::from(MOST_LIVING));
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_with_a_key_says_how_its_licence_stands() {
    let world = World::new().await;
    let ana = world.person("ana@example.test").await;
    let counted = give(&world, ana, Plan::PAID_QUANTITY, 1, None).await;
    let dated = give(&world, ana, Plan::PAID_DATE, 0, Some("2026-11-19")).await;
    let mut staff = world.staff(Role::Manager).await;
    let api = world.key(&[Scope::EntitlementsRead], None).await;
    let (counted_key, dated_key) = (make(&mut staff, counted, "").await, make(&mut staff, dated, "").await);
    let same = json!({"valid": true, "code": "valid", "licence_id": counted, "account_id": ana, "feature": "catalogue",
        "plan": "paid_quantity", "remaining": 1, "expires_on": null});
    assert_eq!(ask(&world, &api, &counted_key).await, same);
    let answer = ask(&world, &api, &dated_key).await;
    assert_eq!((&answer["remaining"], &answer["expires_on"]), (&Value::Null, &json!("2026-11-19")));
    let code = async |key: &str| ask(&world, &api, key).await["code"].clone();
    change(&world, counted, Wish::Block).await;
    assert_eq!(code(&counted_key).await, "blocked");
    change(&world, counted, Wish::Unblock).await;
    let none = Wish::Plan { plan: Plan::PAID_QUANTITY, credits: 0, expires_on: None, seen: None };
    change(&world, counted, none).await;
    let answer = ask(&world, &api, &counted_key).await;
    assert_eq!(
        (&answer["code"], &answer["valid"], &answer["remaining"]),
        (&json!("used_up"), &json!(false), &json!(0))
    );
    // The last day counts to its last second in Madrid.
    world.advance(TimeDelta::hours(36) - TimeDelta::seconds(1));
    assert_eq!(code(&dated_key).await, "valid");
    world.advance(TimeDelta::seconds(1));
    assert_eq!(code(&dated_key).await, "expired");
    sqlx::query("UPDATE licences SET expires_on = NULL WHERE id = ?")
        .bind(dated.0)
        .execute(&world.app.db.0)
        .await
        .unwrap();
    assert_eq!(code(&dated_key).await, "undated");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_nobody_made_is_answered_in_the_same_shape() {
    let world = World::new().await;
    let (ana, luz) = (world.person("ana@example.test").await, world.person("luz@example.test").await);
    let licence = give(&world, ana, Plan::PAID_QUANTITY, 3, None).await;
    let mut staff = world.staff(Role::Manager).await;
    let key = make(&mut staff, licence, "").await;
    let api = world.key(&[Scope::EntitlementsRead], None).await;
    let real = ask(&world, &api, &key).await;
    let names = |answer: &Value| answer.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let mut wrong = key.clone();
    wrong.replace_range(50..51, if &key[50..51] == "A" { "B" } else { "A" });
    for text in [wrong.as_str(), "abl_deadbeef_nonsense", "x", &key.to_uppercase()] {
        let answer = ask(&world, &api, text).await;
        assert_eq!(names(&answer), names(&real));
        assert_eq!((&answer["code"], &answer["valid"]), (&json!("unknown"), &json!(false)), "{text}");
        assert!(
            answer.as_object().unwrap().values().skip(2).all(|v| v.is_null() || v == "unknown" || v == false)
        );
    }
    // Of other people's keys a bound API key hears no more, and leaves no trace on them.
    let used = "SELECT COUNT(*) FROM licence_keys WHERE last_used_at = '2026-11-18 11:05:00'";
    world.advance(TimeDelta::minutes(5));
    let of_luz = world.key(&[Scope::EntitlementsRead], Some(luz)).await;
    assert_eq!(ask(&world, &of_luz, &key).await["code"], "unknown");
    assert_eq!(world.number(used).await, 0);
    let of_ana = world.key(&[Scope::EntitlementsRead], Some(ana)).await;
    assert_eq!(ask(&world, &of_ana, &key).await["code"], "valid");
    assert_eq!(world.number(used).await, 1);
    // What cannot be a key at all is a wrong field.
    for body in [
        json!({"licence_key": ""}),
        json!({"licence_key": "x".repeat(201)}),
        json!({}),
        json!({"licence_key": 5}),
    ] {
        assert_eq!(world.write(&api, CHECK, "", &body).await.0, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_licence_behind_a_living_key_is_found_and_follows_its_person() {
    let world = World::new().await;
    let (ana, luz) = (world.person("ana@example.test").await, world.person("luz@example.test").await);
    let licence = give(&world, ana, Plan::PAID_QUANTITY, 3, None).await;
    let mut staff = world.staff(Role::Manager).await;
    let key = make(&mut staff, licence, "").await;
    let find = async |text: &str| {
        let mut conn = world.app.db.conn().await.unwrap();
        let found = service::keys::find(&mut conn, &[text]).await.unwrap().pop().flatten();
        found.map(|key| (key.licence, key.account, key.is_revoked))
    };
    assert_eq!(find(&key).await, Some((licence, ana, false)));
    assert_eq!(find("abl_deadbeef_nonsense").await, None);
    abono::accounts::service::merge(&world.app, ana, luz, &TESTER, "La misma persona").await.unwrap();
    assert_eq!(find(&key).await, Some((licence, luz, false)));
    let path = format!("{}/{}/revoke", page(licence), number_of(&world, licence, &key).await);
    staff.submit(&path, &path, &[]).await;
    assert_eq!(find(&key).await, Some((licence, luz, true)));
}
