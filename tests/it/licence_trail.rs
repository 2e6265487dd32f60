//! What is told of licences, and to whom: the audit trail, the plan before, what stays with the team; and batches of any size.
use abono::{
    accounts,
    auth::{Role, key::Scope},
    core::{
        actor::Actor,
        feature::FeatureCode,
        ids::{AccountId, LicenceId},
    },
    db::DbError,
    demo::shop::CustomerSpec,
    entitlements::{
        domain::{Ask, Verdict},
        service as entitlements,
        source::{Moment, Use},
        store::denials::{self, Denial},
    },
    licences::{
        Plan,
        domain::New,
        service::{self, Context, Wish},
    },
    sessions::domain::Expiry,
};
use axum::http::StatusCode;
use chrono_tz::Europe::Madrid;
use serde_json::{Value, json};

use crate::support::World;

const API: &str = "/api/v1/licences";
const ACTOR: Actor = Actor::System { name: "tests" };
const ANA: &str = "ana@example.test";

async fn trail(world: &World) -> Vec<(String, Value)> {
    sqlx::query_as("SELECT action, detail FROM audit_entries WHERE subject_kind = 'licence' ORDER BY id")
        .fetch_all(&world.app.db.0)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_act_by_hand_leaves_what_it_changed_in_the_trail() {
    let world = World::new().await;
    world.person(ANA).await;
    let key = world.any_key().await;
    let post = async |path: &str, idem: &str, body: Value| {
        let (status, body) = world.write(&key, path, idem, &body).await;
        assert!(status.is_success(), "{}", String::from_utf8_lossy(&body));
        serde_json::from_slice::<Value>(&body).unwrap()
    };
    let new = json!({"account": {"email": ANA}, "plan": "free_quantity", "credits": 5, "reason": "Prueba", "note": "Es prima de Luz"});
    let id = post(API, "new", new.clone()).await["id"].clone();
    post(API, "new", new).await;
    let licence = format!("{API}/{id}");
    post(&format!("{licence}/credits"), "credits", json!({"credits": 3})).await;
    let dated = json!({"plan": "paid_date", "expires_on": "2027-02-09", "reason": "Contrato"});
    post(&format!("{licence}/plan"), "plan", dated).await;
    post(&format!("{licence}/last-day"), "day", json!({"expires_on": "2027-03-31"})).await;
    post(&format!("{licence}/block"), "block", json!({"reason": "Pago devuelto"})).await;
    post(&format!("{licence}/unblock"), "unblock", json!({"reason": "Pagado"})).await;
    // Neither a use nor a refusal is an act by hand.
    let consume = json!({"account": {"email": ANA}, "feature": "catalogue"});
    post("/api/v1/entitlements/consume", "use", consume).await;
    world.write(&key, &format!("{licence}/unblock"), "no", &json!({"reason": "Pagado"})).await;
    let facts = |plan: &str, left: Value, until: Value, blocked: Value| json!({"plan": plan, "credits_left": left, "expires_on": until, "blocked_reason": blocked});
    let none = Value::Null;
    let five = facts("free_quantity", json!(5), none.clone(), none.clone());
    let eight = facts("free_quantity", json!(8), none.clone(), none.clone());
    let february = facts("paid_date", none.clone(), json!("2027-02-09"), none.clone());
    let march = facts("paid_date", none.clone(), json!("2027-03-31"), none.clone());
    let blocked = facts("paid_date", none.clone(), json!("2027-03-31"), json!("Pago devuelto"));
    let told = |action: &str, detail: Value| (format!("licence.{action}"), detail);
    assert_eq!(
        trail(&world).await,
        [
            told(
                "given",
                json!({"plan": "free_quantity", "credits_left": 5, "feature": "catalogue", "reason": "Prueba"})
            ),
            told("credited", json!({"from": five, "to": eight})),
            told("plan_changed", json!({"from": eight, "to": february, "reason": "Contrato"})),
            told("extended", json!({"from": february, "to": march})),
            told("blocked", json!({"from": march, "to": blocked})),
            told("unblocked", json!({"from": blocked, "to": march, "reason": "Pagado"})),
        ]
    );
    let whole = "SELECT COUNT(*) FROM audit_entries WHERE subject_kind = 'licence' AND account_id IS NOT NULL AND request_id IS NOT NULL AND actor_kind = 'app'";
    assert_eq!(world.number(whole).await, 6);
    let mut staff = world.staff(Role::Admin).await;
    let list = staff.get("/admin/audit?subject=licence").await.text();
    for said in [
        "Licencia dada",
        "Créditos añadidos a una licencia",
        "Créditos que quedan: 5 → 8",
        "Plan de una licencia cambiado",
        "Plan: Free (Cantidad) → Pagado (Fecha)",
        "Último día: 2027-02-09 → 2027-03-31",
        "Motivo del bloqueo: Ninguno → Pago devuelto",
        "Licencia desbloqueada",
    ] {
        assert!(list.contains(said), "the trail does not say «{said}»: {list}");
    }
    assert!(!list.contains("prima de Luz"), "a note is nobody's act");
    // The history of the person tells each act once.
    let account = world.account(ANA).await;
    let history = staff.get(&format!("/admin/accounts/{account}")).await.text();
    assert!(!history.contains("Licencia bloqueada") && history.contains("Se bloqueó"), "{history}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_plan_tells_the_plan_before_wherever_it_is_told() {
    let world = World::new().await;
    let ana = world.demo.add_customer(CustomerSpec::new(ANA, "Ana", "Li")).unwrap();
    let mut own = world.customer(ana, ANA).await;
    let licence = world.licence(ANA, Plan::FREE_QUANTITY, 5, None).await;
    let to = |plan: Plan, credits: u32, until: Option<&str>| Wish::Plan {
        plan,
        credits,
        expires_on: until.map(|day| day.parse().unwrap()),
        seen: None,
    };
    let key = world.any_key().await;
    // What was reserved is let go with the plan, and is written down before it.
    let two = json!({"account": {"email": ANA}, "feature": "catalogue", "amount": 2});
    let (status, _) = world.write(&key, "/api/v1/entitlements/reservations", "r", &two).await;
    assert_eq!(status, StatusCode::CREATED);
    world.change_licence(licence, to(Plan::PAID_DATE, 0, Some("2027-01-31")), "").await.unwrap();
    world.change_licence(licence, to(Plan::PAID_QUANTITY, 4, None), "").await.unwrap();
    world.change_licence(licence, to(Plan::PAID_QUANTITY, 9, None), "").await.unwrap();
    // Another licence's rows are not this one's.
    world.licence(ANA, Plan::FREE_DATE, 0, None).await;
    let mut staff = world.staff(Role::Manager).await;
    let account = world.account(ANA).await;
    for page in [
        staff.get(&format!("/admin/licences/{licence}")).await,
        staff.get(&format!("/admin/accounts/{account}")).await,
        own.get("/account/licences").await,
    ] {
        let text = page.text().to_lowercase();
        for said in [
            "de free (cantidad) a pagado (fecha)",
            "de pagado (fecha) a pagado (cantidad)",
            "se ajustó el plan pagado (cantidad)",
        ] {
            assert!(text.contains(said), "«{said}» is not in {text}");
        }
    }
    let (_, ledger) = world.get(&key, &format!("{API}/{licence}/entries")).await;
    let before: Vec<&Value> = ledger["items"].as_array().unwrap().iter().map(|e| &e["plan_before"]).collect();
    let none = &Value::Null;
    assert_eq!(
        before,
        [&json!("paid_quantity"), &json!("paid_date"), &json!("free_quantity"), none, none, none]
    );
}

/// What the team writes to itself is neither for the person's page nor for an app that speaks for that person alone.
#[tokio::test(flavor = "multi_thread")]
async fn the_words_of_the_team_stay_with_the_team() {
    let world = World::new().await;
    let customer = world.demo.add_customer(CustomerSpec::new(ANA, "Ana", "Li")).unwrap();
    let mut own = world.customer(customer, ANA).await;
    let ana = world.account(ANA).await;
    let key = world.any_key().await;
    let bound = world.key(&Scope::ALL, Some(ana)).await;
    let post = async |key: &str, path: &str, idem: &str, body: Value| {
        let (status, body) = world.write(key, path, idem, &body).await;
        assert!(status.is_success(), "{}", String::from_utf8_lossy(&body));
        serde_json::from_slice::<Value>(&body).unwrap()
    };
    let new = json!({"account": {"id": ana}, "plan": "free_quantity", "credits": 5, "note": "Paga siempre tarde", "reason": "Por pesada"});
    let made = post(&key, API, "a", new.clone()).await;
    assert_eq!(made["note"], "Paga siempre tarde");
    let licence = format!("{API}/{}", made["id"]);
    let consume = json!({"account": {"id": ana}, "feature": "catalogue", "reason": "Catálogo de otoño"});
    post(&bound, "/api/v1/entitlements/consume", "b", consume).await;
    let hold = json!({"account": {"id": ana}, "feature": "catalogue", "reason": "Catálogo de invierno"});
    post(&bound, "/api/v1/entitlements/reservations", "c", hold).await;
    let blocked = post(&key, &format!("{licence}/block"), "d", json!({"reason": "Sospechosa"})).await;
    assert_eq!(blocked["blocked"]["reason"], "Sospechosa");

    let (status, seen) = world.get(&bound, &licence).await;
    assert_eq!((status, &seen["state"], &seen["note"]), (StatusCode::OK, &json!("blocked"), &Value::Null));
    assert_eq!((&seen["blocked"]["reason"], seen["blocked"]["at"].is_string()), (&Value::Null, true));
    let list = world.get(&bound, API).await.1;
    assert_eq!(list["items"], json!([seen]));
    let reasons = async |key: &str| {
        let (_, ledger) = world.get(key, &format!("{licence}/entries")).await;
        let items = ledger["items"].as_array().unwrap().clone();
        items.iter().map(|e| e["reason"].clone()).collect::<Vec<_>>()
    };
    let (app, later) = (json!("Catálogo de otoño"), json!("Catálogo de invierno"));
    assert_eq!(reasons(&bound).await, [Value::Null, later.clone(), app.clone(), Value::Null]);
    assert_eq!(reasons(&key).await, [json!("Sospechosa"), later, app, json!("Por pesada")]);
    // What such an app writes itself, it does not read either.
    let opened = post(&bound, &format!("{licence}/unblock"), "e", json!({"reason": "Ya pagó"})).await;
    assert_eq!((&opened["note"], &opened["blocked"]), (&Value::Null, &Value::Null));
    assert_eq!(post(&bound, API, "f", new).await["note"], Value::Null);
    post(&key, &format!("{licence}/block"), "g", json!({"reason": "Sospechosa"})).await;

    let page = own.get("/account/licences").await;
    assert!(page.text().contains("Tu licencia está bloqueada") && page.text().contains("Catálogo de otoño"));
    for secret in ["Paga siempre tarde", "Por pesada", "Sospechosa", "Ya pagó"] {
        assert!(!page.body.contains(secret), "the person reads «{secret}»");
    }
}

/// Requests whose uses are paid for together in one transaction, and items of each.
const REQUESTS: usize = 64;
const ITEMS: usize = 100;

fn use_of(account: AccountId, feature: &str, amount: u32) -> (Ask, Use) {
    let feature = FeatureCode::parse(feature).unwrap();
    let what = Use {
        operation: entitlements::operation(),
        reason: "Lote".to_owned(),
        actor: ACTOR,
        request_id: Some("req-lote".to_owned()),
    };
    (Ask { account, feature, amount, licence: None }, what)
}

impl World {
    /// Pays for uses together. What fails fails: nothing falls back.
    async fn together(&self, uses: &[(Ask, Use)]) -> Vec<Option<Verdict>> {
        let mut people: Vec<AccountId> = uses.iter().map(|(ask, _)| ask.account).collect();
        people.sort_unstable();
        people.dedup();
        let (people, moment) = (&people, Moment { now: self.now(), zone: Madrid });
        let paid: Result<_, DbError> = self
            .app
            .db
            .transact(|mut tx| async move {
                accounts::many::lock(&mut tx, people).await?;
                let verdicts = entitlements::spend(&mut tx, uses, moment).await?;
                tx.done(verdicts).await
            })
            .await;
        paid.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_batch_is_paid_for_in_one_go() {
    let world = World::new().await;
    let mut people = Vec::new();
    for n in 0..16 {
        let email = format!("p{n}@example.test");
        world.licence(&email, Plan::FREE_QUANTITY, 500, None).await;
        world.give(&email, 500, Expiry::Never).await;
        people.push(world.account(&email).await);
    }
    for feature in ["catalogue", "session"] {
        let uses: Vec<(Ask, Use)> =
            (0..REQUESTS * ITEMS).map(|n| use_of(people[n % people.len()], feature, 1)).collect();
        let verdicts = world.together(&uses).await;
        let yes = verdicts.iter().filter(|v| matches!(v, Some(Verdict::Yes { .. }))).count();
        assert_eq!(yes, REQUESTS * ITEMS, "{feature}");
    }
    let uses = "SELECT (SELECT COUNT(*) FROM licence_entries WHERE kind = 'consume') * 10000 + (SELECT COUNT(*) FROM session_entries WHERE kind = 'consume')";
    assert_eq!(world.number(uses).await, 64_006_400);
    world.assert_licence_ledger().await;
    world.assert_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_use_is_paid_for_by_as_many_licences_and_grants_as_it_takes() {
    let world = World::new().await;
    let ana = world.person(ANA).await;
    let (cx, count) =
        (&Context { actor: &ACTOR, now: world.now(), zone: Madrid, request_id: None }, 1001_u32);
    let given: Result<(), service::Error> = world
        .app
        .db
        .transact(|mut tx| async move {
            for _ in 0..count {
                let feature = FeatureCode::parse("catalogue").unwrap();
                let new = New {
                    account: ana,
                    feature,
                    plan: Plan::FREE_QUANTITY,
                    credits: 1,
                    expires_on: None,
                    note: String::new(),
                };
                service::give(&mut tx, new, "", cx).await?;
            }
            Ok(tx.done(()).await?)
        })
        .await;
    given.unwrap();
    let first: LicenceId =
        LicenceId(u64::try_from(world.number("SELECT CAST(MIN(id) AS SIGNED) FROM licences").await).unwrap());
    let verdicts = world.together(&[use_of(ana, "catalogue", count)]).await;
    let Some(Some(Verdict::Yes { offer, .. })) = verdicts.first() else { panic!("{verdicts:?}") };
    assert_eq!((offer.parts.len(), offer.remaining), (1001, Some(0)));
    assert_eq!(world.find_licence(first).await.used, 1);
    assert_eq!(world.number("SELECT COUNT(*) FROM licences WHERE used = granted").await, 1001);
    world.assert_licence_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_noes_are_kept_as_are_said() {
    let world = World::new().await;
    let no = Denial {
        request_id: "req-lote",
        at: world.now(),
        operation: "consumeEntitlements",
        actor: &ACTOR,
        account: None,
        feature: Some("catalogue".into()),
        amount: Some(1),
        reason: "no_entitlement".into(),
        detail: json!({}),
    };
    let mut conn = world.app.db.conn().await.unwrap();
    denials::keep(&mut conn, &vec![no; 7000]).await.unwrap();
    denials::keep(&mut conn, &[]).await.unwrap();
    assert_eq!(world.number("SELECT COUNT(*) FROM denials").await, 7000);
}
