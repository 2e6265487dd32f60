//! The one question over everything: checked, consumed, reserved. Numbers are those of the acceptance list.
use std::{sync::Arc, time::Duration};

use abono::{
    auth::key::Scope,
    core::{actor::Actor, feature::FeatureCode, ids::LicenceId},
    licences::{
        Plan,
        domain::{Licence, New},
        service::{self, Context, Wish},
        store,
    },
    sessions::domain::Expiry,
};
use axum::http::StatusCode;
use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Europe::Madrid;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::World;

const CHECK: &str = "/api/v1/entitlements/check";
const CONSUME: &str = "/api/v1/entitlements/consume";
const RESERVE: &str = "/api/v1/entitlements/reservations";
const ACTOR: Actor = Actor::System { name: "tests" };
const ANA: &str = "ana@example.test";

fn code(body: &[u8]) -> String {
    let json: Value = serde_json::from_slice(body).unwrap();
    json["code"].as_str().unwrap_or_default().to_owned()
}

fn json_of(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap()
}

fn ask(email: &str, feature: &str, amount: u32) -> Value {
    json!({"account": {"email": email}, "feature": feature, "amount": amount})
}

impl World {
    fn cx(&self) -> Context<'static> {
        Context { actor: &ACTOR, now: self.now(), zone: Madrid, request_id: None }
    }

    /// A licence for catalogues.
    pub(crate) async fn licence(
        &self,
        email: &str,
        plan: Plan,
        credits: u32,
        until: Option<&str>,
    ) -> LicenceId {
        let account = self.person(email).await;
        let expires_on: Option<NaiveDate> = until.map(|day| day.parse().unwrap());
        let feature = FeatureCode::parse("catalogue").unwrap();
        let new = &New { account, feature, plan, credits, expires_on, note: String::new() };
        let cx = &self.cx();
        self.app
            .db
            .transact(|mut tx| async move {
                let licence = service::give(&mut tx, new.clone(), "", cx).await?;
                Ok::<_, service::Error>(tx.done(licence.id).await?)
            })
            .await
            .unwrap()
    }

    pub(crate) async fn change_licence(
        &self,
        id: LicenceId,
        wish: Wish,
        reason: &str,
    ) -> Result<Licence, service::Error> {
        let (wish, cx) = (&wish, &self.cx());
        self.app
            .db
            .transact(|mut tx| async move {
                let licence = service::change(&mut tx, id, None, wish, reason, cx).await?;
                Ok(tx.done(licence).await?)
            })
            .await
    }

    pub(crate) async fn find_licence(&self, id: LicenceId) -> Licence {
        store::find(&mut self.app.db.conn().await.unwrap(), id, self.now()).await.unwrap().unwrap()
    }

    /// What is left of every licence, and what is held, are the sums of its ledger.
    pub(crate) async fn assert_licence_ledger(&self) {
        let wrong = self
            .number(
                "SELECT COUNT(*) FROM licences l JOIN
                   (SELECT licence_id, SUM(delta) AS total, SUM(held) AS held FROM licence_entries GROUP BY licence_id) e ON e.licence_id = l.id
                  WHERE CAST(l.granted - l.used AS SIGNED) <> e.total
                     OR e.held <> (SELECT COALESCE(SUM(h.amount), 0) FROM licence_holds h WHERE h.licence_id = l.id)",
            )
            .await;
        assert_eq!(wrong, 0, "licences that do not equal the sum of their ledger");
    }

    async fn ask(&self, key: &str, body: &Value) -> Value {
        let (status, body) = self.write(key, CHECK, "unused", body).await;
        assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&body));
        json_of(&body)
    }
}

/// Acceptance 1, for licences.
#[tokio::test(flavor = "multi_thread")]
async fn of_64_that_want_the_last_credit_one_gets_it_200_times_over() {
    let world = Arc::new(World::new().await);
    let licence = world.licence(ANA, Plan::FREE_QUANTITY, 1, None).await;
    let key = world.any_key().await;
    for round in 0..200 {
        let mut racers = JoinSet::new();
        for racer in 0..64 {
            let (world, key) = (world.clone(), key.clone());
            racers.spawn(async move {
                world.write(&key, CONSUME, &format!("{round}-{racer}"), &ask(ANA, "catalogue", 1)).await
            });
        }
        let outcomes = racers.join_all().await;
        let won = outcomes.iter().filter(|(status, _)| *status == StatusCode::OK).count();
        let lost = outcomes
            .iter()
            .filter(|(status, body)| *status == StatusCode::CONFLICT && code(body) == "insufficient_credits")
            .count();
        assert_eq!((won, lost), (1, 63), "round {round}");
        let left = world.find_licence(licence).await;
        assert_eq!((left.remaining(), left.used), (0, round + 1));
        world.change_licence(licence, Wish::Credits(1), "motivo").await.unwrap();
    }
    world.assert_licence_ledger().await;
    assert_eq!(world.number("SELECT COUNT(*) FROM licence_entries WHERE kind = 'consume'").await, 200);
    assert_eq!(world.number("SELECT COUNT(*) FROM denials").await, 200 * 63, "every no is kept");
}

/// Acceptance 2.
#[tokio::test(flavor = "multi_thread")]
async fn one_key_sent_64_times_at_once_uses_once_and_answers_the_same_bytes() {
    let world = Arc::new(World::new().await);
    let licence = world.licence(ANA, Plan::FREE_QUANTITY, 5, None).await;
    let key = world.any_key().await;
    let mut racers = JoinSet::new();
    for _ in 0..64 {
        let (world, key) = (world.clone(), key.clone());
        racers.spawn(async move { world.write(&key, CONSUME, "same", &ask(ANA, "catalogue", 1)).await });
    }
    let outcomes = racers.join_all().await;
    for (status, body) in &outcomes {
        assert_eq!((*status, body), (StatusCode::OK, &outcomes[0].1));
    }
    assert_eq!(world.find_licence(licence).await.used, 1);
    let (status, body) = world.write(&key, CONSUME, "same", &ask(ANA, "catalogue", 2)).await;
    assert_eq!(
        (status, code(&body)),
        (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused".to_owned())
    );
    assert_eq!(world.find_licence(licence).await.used, 1);
}

/// Acceptance 2: two requests under one key, at one moment, that are not the same.
#[tokio::test(flavor = "multi_thread")]
async fn of_different_requests_with_one_key_one_is_served_and_the_others_are_mistakes() {
    let world = Arc::new(World::new().await);
    let licence = world.licence(ANA, Plan::FREE_QUANTITY, 100, None).await;
    let key = world.any_key().await;
    let mut racers = JoinSet::new();
    for n in 1..=16 {
        let (world, key) = (world.clone(), key.clone());
        racers.spawn(async move { world.write(&key, CONSUME, "same", &ask(ANA, "catalogue", n)).await });
    }
    let outcomes = racers.join_all().await;
    assert_eq!(outcomes.iter().filter(|(status, _)| *status == StatusCode::OK).count(), 1);
    assert_eq!(outcomes.iter().filter(|(_, body)| code(body) == "idempotency_key_reused").count(), 15);
    assert_eq!(world.number("SELECT COUNT(*) FROM licence_entries WHERE kind = 'consume'").await, 1);
    world.assert_licence_ledger().await;
    assert!(world.find_licence(licence).await.used > 0);
}

/// Acceptance 2: while the first is at work, the second is told to come back; nobody else has to wait for it in vain.
#[tokio::test(flavor = "multi_thread")]
async fn someone_elses_trouble_is_nobody_elses() {
    let world = Arc::new(World::new().await);
    let stuck = world.person("bruno@example.test").await;
    world.licence("bruno@example.test", Plan::FREE_QUANTITY, 5, None).await;
    world.licence(ANA, Plan::FREE_QUANTITY, 50, None).await;
    let key = world.any_key().await;
    let mut holder = world.app.db.0.begin().await.unwrap();
    sqlx::query("SELECT id FROM accounts WHERE id = ? FOR UPDATE")
        .bind(stuck.0)
        .execute(&mut *holder)
        .await
        .unwrap();
    let mut racers = JoinSet::new();
    for n in 0..20 {
        let (world, key) = (world.clone(), key.clone());
        let email = if n == 7 { "bruno@example.test" } else { ANA };
        racers.spawn(async move {
            let (status, _) = world.write(&key, CONSUME, &format!("k{n}"), &ask(email, "catalogue", 1)).await;
            (n, status)
        });
    }
    for (n, status) in racers.join_all().await {
        let expected = if n == 7 { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
        assert_eq!(status, expected, "request {n}");
    }
    holder.rollback().await.unwrap();
    let (status, _) = world.write(&key, CONSUME, "k7", &ask("bruno@example.test", "catalogue", 1)).await;
    assert_eq!(status, StatusCode::OK, "what was not answered was not done, and may be asked again");
    world.assert_licence_ledger().await;
}

/// Acceptance 3 and 4, through the one question.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_pay_in_their_order_and_over_several_grants_all_or_nothing() {
    let world = World::new().await;
    let never = world.give(ANA, 1, Expiry::Never).await;
    let tomorrow = world.give(ANA, 2, Expiry::Days(1)).await;
    let week = world.give(ANA, 2, Expiry::Days(7)).await;
    let key = world.any_key().await;
    let (status, body) = world.write(&key, CONSUME, "a", &ask(ANA, "session", 3)).await;
    let answer = json_of(&body);
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(answer["parts"], json!([{"id": tomorrow, "amount": 2}, {"id": week, "amount": 1}]));
    assert_eq!((answer["remaining"].as_u64(), answer["source"].as_str()), (Some(2), Some("sessions")));
    let operations =
        world.number("SELECT COUNT(DISTINCT operation_id) FROM session_entries WHERE kind = 'consume'").await;
    assert_eq!(
        (operations, world.number("SELECT COUNT(*) FROM session_entries WHERE kind = 'consume'").await),
        (1, 2)
    );
    let (status, body) = world.write(&key, CONSUME, "b", &ask(ANA, "session", 3)).await;
    assert_eq!((status, code(&body)), (StatusCode::CONFLICT, "insufficient_credits".to_owned()));
    assert_eq!(world.balance(ANA).await, 2, "nothing is paid in part");
    let (_, body) = world.write(&key, CONSUME, "c", &ask(ANA, "session", 2)).await;
    assert_eq!(json_of(&body)["parts"], json!([{"id": week, "amount": 1}, {"id": never, "amount": 1}]));
    world.assert_ledger().await;
}

/// Acceptance 5: no job runs in this test.
#[tokio::test(flavor = "multi_thread")]
async fn a_licence_by_date_works_to_the_last_second_of_its_day_in_the_business_zone() {
    let world = World::new().await;
    let today = abono::core::calendar::day_of(world.now(), Madrid);
    world.licence(ANA, Plan::PAID_DATE, 0, Some(&today.to_string())).await;
    let key = world.any_key().await;
    let end = abono::core::calendar::end_of_day(today, Madrid);
    world.advance(end - world.now() - TimeDelta::seconds(1));
    let answer = world.ask(&key, &ask(ANA, "catalogue", 3)).await;
    assert_eq!((answer["allowed"].as_bool(), answer["remaining"].clone()), (Some(true), Value::Null));
    assert_eq!(answer["until"], json!(end));
    world.advance(TimeDelta::seconds(1));
    let answer = world.ask(&key, &ask(ANA, "catalogue", 1)).await;
    assert_eq!((answer["allowed"].as_bool(), answer["reason"].as_str()), (Some(false), Some("expired")));
    assert_eq!(answer["call_to_action"]["action"], "renew");
    let (status, body) = world.write(&key, CONSUME, "late", &ask(ANA, "catalogue", 1)).await;
    assert_eq!((status, code(&body)), (StatusCode::CONFLICT, "entitlement_expired".to_owned()));
}

/// Acceptance 6, of both sources.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_reserved_is_confirmed_in_part_released_or_returns_by_itself() {
    let world = World::new().await;
    world.licence(ANA, Plan::PAID_QUANTITY, 5, None).await;
    world.give(ANA, 5, Expiry::Never).await;
    let key = world.any_key().await;
    for feature in ["catalogue", "session"] {
        let left = async || world.ask(&key, &ask(ANA, feature, 1)).await["remaining"].as_u64().map(|n| n + 1);
        let reserve = async |name: &str| {
            let mut wish = ask(ANA, feature, 3);
            wish["ttl_seconds"] = json!(60);
            let (status, body) = world.write(&key, RESERVE, &format!("{feature}-{name}"), &wish).await;
            assert_eq!(status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&body));
            json_of(&body)["id"].as_str().unwrap().to_owned()
        };
        let step = async |id: &str, step: &str, body: Value| {
            let path = format!("{RESERVE}/{id}/{step}");
            let (status, answer) = world.write(&key, &path, &format!("{id}-{step}"), &body).await;
            (status.as_u16(), json_of(&answer))
        };
        let first = reserve("first").await;
        assert_eq!(left().await, Some(2), "{feature}: three of five are held");
        let (status, body) = world.write(&key, CONSUME, &format!("{feature}-x"), &ask(ANA, feature, 3)).await;
        assert_eq!((status, code(&body)), (StatusCode::CONFLICT, "insufficient_credits".to_owned()));
        let no = world.ask(&key, &ask(ANA, feature, 3)).await;
        assert_eq!(no["call_to_action"]["action"], "wait", "what is held may come back");
        let (status, confirmed) = step(&first, "confirm", json!({"amount": 2})).await;
        assert_eq!((status, confirmed["confirmed"].as_u64()), (200, Some(2)), "{confirmed}");
        assert_eq!(left().await, Some(3), "{feature}: one came back");
        let (status, over) = step(&first, "release", json!({})).await;
        assert_eq!((status, over["code"].as_str()), (409, Some("reservation_state")));
        let second = reserve("second").await;
        let (status, again) = {
            let (_, released) = step(&second, "release", json!({})).await;
            assert_eq!(released["state"], "released");
            let path = format!("{RESERVE}/{second}/release");
            let (status, body) = world.write(&key, &path, &format!("{second}-again"), &json!({})).await;
            (status.as_u16(), json_of(&body))
        };
        assert_eq!(
            (status, again["state"].as_str()),
            (200, Some("released")),
            "releasing again changes nothing"
        );
        assert_eq!(left().await, Some(3));
        let third = reserve("third").await;
        assert_eq!(world.ask(&key, &ask(ANA, feature, 1)).await["allowed"], false);
        world.advance(TimeDelta::seconds(60));
        assert_eq!(left().await, Some(3), "{feature}: no job ran, and it is back");
        let (status, late) = step(&third, "confirm", json!({})).await;
        assert_eq!((status, late["code"].as_str()), (409, Some("reservation_expired")));
        // What ran out on paper stands in nobody's way.
        let (status, _) = world.write(&key, CONSUME, &format!("{feature}-all"), &ask(ANA, feature, 3)).await;
        assert_eq!(status, StatusCode::OK);
    }
    let (status, body) =
        world.write(&key, RESERVE, "nobody", &ask("nueva@example.test", "catalogue", 1)).await;
    assert_eq!((status, code(&body)), (StatusCode::NOT_FOUND, "account_not_found".to_owned()));
    world.person("nueva@example.test").await;
    let (status, body) =
        world.write(&key, RESERVE, "nothing", &ask("nueva@example.test", "catalogue", 1)).await;
    assert_eq!((status, code(&body)), (StatusCode::CONFLICT, "no_entitlement".to_owned()));
    assert_eq!(world.number("SELECT COUNT(*) FROM entitlement_reservations WHERE account_id = (SELECT MAX(id) FROM accounts)").await, 0);
    world.advance(TimeDelta::minutes(2));
    service::uses::tidy(&world.app, 100).await.unwrap();
    abono::entitlements::service::reservations::tidy(&world.app, 100).await.unwrap();
    world.assert_licence_ledger().await;
    world.assert_ledger().await;
    assert_eq!(world.number("SELECT COUNT(*) FROM licence_holds").await, 0, "the job tidied what ran out");
    assert_eq!(
        world.number("SELECT COUNT(*) FROM entitlement_reservations WHERE state = 'reserved'").await,
        0
    );
}

/// Acceptance 7 (brief 2).
#[tokio::test(flavor = "multi_thread")]
async fn the_date_answers_before_the_credits_and_a_no_lists_both() {
    let world = World::new().await;
    let dated = world.licence(ANA, Plan::FREE_DATE, 0, None).await;
    let credits = world.licence(ANA, Plan::FREE_QUANTITY, 1, None).await;
    let key = world.any_key().await;
    let (_, body) = world.write(&key, CONSUME, "a", &ask(ANA, "catalogue", 4)).await;
    let answer = json_of(&body);
    assert_eq!(answer["parts"], json!([{"id": dated, "amount": 0}]), "{answer}");
    assert_eq!((world.find_licence(dated).await.used, world.find_licence(credits).await.used), (0, 0));
    assert_eq!(
        world.number("SELECT CAST(amount AS SIGNED) FROM licence_entries WHERE kind = 'consume'").await,
        4,
        "written down, not charged"
    );
    world.advance(TimeDelta::days(31));
    let (_, body) = world.write(&key, CONSUME, "b", &ask(ANA, "catalogue", 1)).await;
    assert_eq!(json_of(&body)["parts"], json!([{"id": credits, "amount": 1}]));
    let (status, body) = world.write(&key, CONSUME, "c", &ask(ANA, "catalogue", 1)).await;
    let no = json_of(&body);
    assert_eq!(
        (status, no["code"].as_str(), no["allowed"].as_bool()),
        (StatusCode::CONFLICT, Some("insufficient_credits"), Some(false))
    );
    let reasons: Vec<(Option<u64>, Option<&str>)> = no["skipped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|skip| (skip["id"].as_u64(), skip["reason"].as_str()))
        .collect();
    assert_eq!(reasons, [(Some(dated.0), Some("expired")), (Some(credits.0), Some("insufficient_credits"))]);
    world.assert_licence_ledger().await;
}

/// Requirements 3.6, bug 2: fail closed.
#[tokio::test(flavor = "multi_thread")]
async fn a_plan_by_date_whose_date_was_lost_opens_nothing() {
    let world = World::new().await;
    let licence = world.licence(ANA, Plan::PAID_DATE, 0, Some("2027-12-31")).await;
    sqlx::query("UPDATE licences SET expires_on = NULL").execute(&world.app.db.0).await.unwrap();
    let key = world.any_key().await;
    let answer = world.ask(&key, &ask(ANA, "catalogue", 1)).await;
    assert_eq!((answer["allowed"].as_bool(), answer["reason"].as_str()), (Some(false), Some("undated")));
    let (status, body) = world.write(&key, CONSUME, "a", &ask(ANA, "catalogue", 1)).await;
    assert_eq!((status, code(&body)), (StatusCode::CONFLICT, "entitlement_blocked".to_owned()));
    let error = world
        .change_licence(
            licence,
            Wish::Plan { plan: Plan::PAID_DATE, credits: 0, expires_on: None, seen: None },
            "motivo",
        )
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "the plan paid_date needs a last day");
}

/// Requirements 3.6, bug 3; the brief's own third test case.
#[tokio::test(flavor = "multi_thread")]
async fn another_plan_takes_effect_at_once_in_both_directions() {
    let world = World::new().await;
    let licence = world.licence(ANA, Plan::FREE_QUANTITY, 3, None).await;
    let key = world.any_key().await;
    for n in 0..3 {
        let (status, _) = world.write(&key, CONSUME, &format!("{n}"), &ask(ANA, "catalogue", 1)).await;
        assert_eq!(status, StatusCode::OK);
    }
    assert_eq!(
        world.ask(&key, &ask(ANA, "catalogue", 1)).await["reason"],
        "insufficient_credits",
        "the fourth"
    );
    let dated = Wish::Plan { plan: Plan::FREE_DATE, credits: 0, expires_on: None, seen: None };
    world.change_licence(licence, dated, "motivo").await.unwrap();
    let answer = world.ask(&key, &ask(ANA, "catalogue", 1000)).await;
    assert_eq!((answer["allowed"].as_bool(), answer["remaining"].clone()), (Some(true), Value::Null));
    let back = Wish::Plan { plan: Plan::PAID_QUANTITY, credits: 2, expires_on: None, seen: None };
    world.change_licence(licence, back, "motivo").await.unwrap();
    assert_eq!(world.ask(&key, &ask(ANA, "catalogue", 3)).await["reason"], "insufficient_credits");
    assert_eq!(world.ask(&key, &ask(ANA, "catalogue", 2)).await["remaining"], 0);
    world.assert_licence_ledger().await;
}

/// Acceptance 13.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_one_person_asks_for_that_person_alone() {
    let world = World::new().await;
    world.licence(ANA, Plan::FREE_QUANTITY, 3, None).await;
    world.licence("bruno@example.test", Plan::FREE_QUANTITY, 3, None).await;
    let ana = world.account(ANA).await;
    let key = world.key(&Scope::ALL, Some(ana)).await;
    let any = world.any_key().await;
    let mut wish = ask("bruno@example.test", "catalogue", 1);
    let (_, body) = world.write(&any, RESERVE, "his", &wish).await;
    let id = json_of(&body)["id"].as_str().unwrap().to_owned();
    for path in [CHECK, CONSUME, RESERVE] {
        let (status, theirs) = world.write(&key, path, path, &wish).await;
        let mut nobody = wish.clone();
        nobody["account"]["email"] = json!("nadie@example.test");
        let (_, unknown) = world.write(&key, path, &format!("{path}2"), &nobody).await;
        let plain = |body: &[u8]| {
            let mut json = json_of(body);
            json.as_object_mut().unwrap().remove("instance");
            json
        };
        assert_eq!((status, plain(&theirs)), (StatusCode::NOT_FOUND, plain(&unknown)), "{path}");
    }
    let (status, _) = world.get(&key, &format!("{RESERVE}/{id}")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    for step in ["confirm", "release"] {
        let (status, _) = world.write(&key, &format!("{RESERVE}/{id}/{step}"), step, &json!({})).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
    wish["account"]["email"] = json!(ANA);
    assert_eq!(world.ask(&key, &wish).await["allowed"], true);
    let reader = world.key(&[Scope::EntitlementsRead], None).await;
    let (status, _) = world.write(&reader, CONSUME, "r", &wish).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn up_to_100_questions_are_answered_at_once_each_for_itself() {
    let world = World::new().await;
    world.licence(ANA, Plan::FREE_QUANTITY, 3, None).await;
    let key = world.any_key().await;
    let items = json!({"items": [
        ask(ANA, "catalogue", 3), ask(ANA, "catalogue", 3), ask(ANA, "catalogue", 4), ask(ANA, "teleport", 1), ask("nadie@example.test", "catalogue", 1)
    ]});
    let (status, body) = world.write(&key, "/api/v1/entitlements/check/batch", "x", &items).await;
    let answer = json_of(&body);
    assert_eq!(status, StatusCode::OK, "{answer}");
    let told: Vec<&str> = answer["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["reason"].as_str().or(item["code"].as_str()).unwrap())
        .collect();
    assert_eq!(told, ["ok", "ok", "insufficient_credits", "feature_not_found", "account_not_found"]);
    // Uses share what there is, in their order, and a no stops nobody.
    let items =
        json!({"items": [ask(ANA, "catalogue", 2), ask(ANA, "catalogue", 2), ask(ANA, "catalogue", 1)]});
    let (status, body) = world.write(&key, "/api/v1/entitlements/consume/batch", "y", &items).await;
    let answer = json_of(&body);
    assert_eq!(status, StatusCode::OK, "{answer}");
    let told: Vec<bool> =
        answer["items"].as_array().unwrap().iter().map(|item| item["allowed"] == true).collect();
    assert_eq!(told, [true, false, true]);
    let (_, again) = world.write(&key, "/api/v1/entitlements/consume/batch", "y", &items).await;
    assert_eq!(again, body);
    world.assert_licence_ledger().await;
    assert_eq!(world.number("SELECT COUNT(*) FROM licence_entries WHERE kind = 'consume'").await, 2);
    for n in [0, 101] {
        let many: Vec<Value> = (0..n).map(|_| ask(ANA, "catalogue", 1)).collect();
        let (status, body) =
            world.write(&key, "/api/v1/entitlements/check/batch", "z", &json!({"items": many})).await;
        assert_eq!((status, code(&body)), (StatusCode::UNPROCESSABLE_ENTITY, "invalid".to_owned()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nothing_here_can_pay_for_is_a_no_and_what_is_wrong_a_problem() {
    let world = World::new().await;
    world.person(ANA).await;
    let key = world.any_key().await;
    let answer = world.ask(&key, &ask(ANA, "translation_words", 300)).await;
    assert_eq!(
        (answer["reason"].as_str(), answer["call_to_action"].clone()),
        (Some("no_entitlement"), Value::Null)
    );
    assert_eq!(answer["skipped"], json!([{"source": "subscription", "reason": "not_available"}]));
    let answer = world.ask(&key, &ask(ANA, "catalogue", 1)).await;
    assert_eq!(answer["call_to_action"]["action"], "buy");
    assert!(answer["call_to_action"]["url"].as_str().unwrap().ends_with("/account/licences"));
    for (body, expected) in [
        (ask(ANA, "Catalogue!", 1), (404, "feature_not_found")),
        (ask(ANA, "catalogue", 0), (422, "invalid")),
        (ask(ANA, "catalogue", 1_000_001), (422, "invalid")),
        (json!({"account": {}, "feature": "catalogue"}), (422, "invalid")),
        (json!({"account": {"email": ANA}, "feature": "catalogue", "amuont": 2}), (422, "invalid")),
        (json!([]), (422, "invalid")),
    ] {
        let (status, answer) = world.write(&key, CHECK, "x", &body).await;
        assert_eq!((status.as_u16(), code(&answer).as_str()), expected, "{body}");
    }
    sqlx::query("UPDATE features SET retired_at = created_at WHERE code = 'catalogue'")
        .execute(&world.app.db.0)
        .await
        .unwrap();
    let (status, _) = world.write(&key, CHECK, "x", &ask(ANA, "catalogue", 1)).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

/// A revoked key opens nothing for whoever comes after, however many look it up at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_revoked_opens_nothing_from_then_on() {
    let world = Arc::new(World::new().await);
    world.licence(ANA, Plan::FREE_DATE, 0, None).await;
    let key = world.any_key().await;
    let hammer = tokio::spawn({
        let (world, key) = (world.clone(), key.clone());
        async move {
            let mut refused = 0;
            while refused < 3 {
                let (status, _) = world.write(&key, CHECK, "x", &ask(ANA, "catalogue", 1)).await;
                refused += u32::from(status == StatusCode::UNAUTHORIZED);
            }
        }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    sqlx::query("UPDATE api_keys SET revoked_at = ?")
        .bind(world.now())
        .execute(&world.app.db.0)
        .await
        .unwrap();
    let (status, _) = world.write(&key, CHECK, "x", &ask(ANA, "catalogue", 1)).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    tokio::time::timeout(Duration::from_secs(10), hammer).await.unwrap().unwrap();
}

/// Whatever a client sends as its request id, what is written down fits.
#[tokio::test(flavor = "multi_thread")]
async fn a_strange_request_id_is_replaced_and_stops_nothing() {
    let world = World::new().await;
    world.licence(ANA, Plan::FREE_QUANTITY, 9, None).await;
    let key = world.any_key().await;
    for id in ["a-sound-id-of-ours", "x", &"long".repeat(30), "con espacios"] {
        let request = axum::http::Request::post(CONSUME)
            .header("authorization", format!("Bearer {key}"))
            .header("idempotency-key", id.replace(' ', "_"))
            .header("x-request-id", id)
            .body(axum::body::Body::from(ask(ANA, "catalogue", 1).to_string()))
            .unwrap();
        let (status, headers, _) = world.send(request).await;
        assert_eq!(status, StatusCode::OK, "{id}");
        let answered = headers["x-request-id"].to_str().unwrap();
        assert_eq!(answered == id, id == "a-sound-id-of-ours");
    }
    let kept = world
        .number("SELECT COUNT(DISTINCT request_id) FROM licence_entries WHERE request_id IS NOT NULL")
        .await;
    assert_eq!(kept, 4);
}

/// Acceptance 62.
#[tokio::test(flavor = "multi_thread")]
async fn every_no_opens_by_the_id_of_its_request_with_rule_values_and_time() {
    let world = World::new().await;
    world.licence(ANA, Plan::PAID_DATE, 0, Some("2026-11-20")).await;
    world.licence(ANA, Plan::FREE_QUANTITY, 2, None).await;
    world.advance(TimeDelta::days(5));
    let key = world.any_key().await;
    let no = async |path: &str, request: &str, body: Value| {
        let request = axum::http::Request::post(path)
            .header("authorization", format!("Bearer {key}"))
            .header("idempotency-key", request)
            .header("x-request-id", request)
            .body(axum::body::Body::from(body.to_string()))
            .unwrap();
        world.send(request).await.0
    };
    assert_eq!(no(CHECK, "req-check-1", ask(ANA, "catalogue", 3)).await, StatusCode::OK);
    assert_eq!(no(CONSUME, "req-consume-1", ask(ANA, "catalogue", 3)).await, StatusCode::CONFLICT);
    assert_eq!(no(RESERVE, "req-reserve-1", ask(ANA, "catalogue", 3)).await, StatusCode::CONFLICT);
    let sessions = json!({"account": {"email": ANA}, "amount": 1});
    for (path, request) in [("consume", "req-sessions-1"), ("reservations", "req-sessions-2")] {
        assert_eq!(
            no(&format!("/api/v1/sessions/{path}"), request, sessions.clone()).await,
            StatusCode::CONFLICT
        );
    }
    let mut staff = world.staff(abono::auth::Role::Manager).await;
    for request in ["req-check-1", "req-consume-1", "req-reserve-1"] {
        let page = staff.get(&format!("/admin/denials/{request}")).await;
        assert_eq!(page.status, StatusCode::OK, "{request}");
        let text = page.text();
        for said in [
            "ana@example.test no pudo usar Catálogos. No le quedaba bastante.",
            "3 catálogos",
            "Se paga todo o nada",
            "Había caducado",
            "último día: 20 nov 2026",
            "pedidos: 3",
            "disponibles: 2",
            "23 nov 2026",
        ] {
            assert!(text.contains(said), "{request} does not say {said}: {text}");
        }
    }
    for request in ["req-sessions-1", "req-sessions-2"] {
        let text = staff.get(&format!("/admin/denials/{request}")).await.text();
        assert!(text.contains("ana@example.test no pudo usar Consultas. No le quedaba bastante."), "{text}");
        assert!(text.contains("1 sessions were asked for and 0 are left"), "{text}");
    }
    let list = staff.get("/admin/denials").await;
    assert_eq!(list.count("a.row-link"), 5);
    let own = format!("/admin/denials?account={}", world.account(ANA).await);
    assert_eq!(staff.get(&own).await.count("a.row-link"), 5);
    for nobody in ["999999", "ana"] {
        let page = staff.get(&format!("/admin/denials?account={nobody}")).await;
        assert_eq!(page.count("a.row-link"), 0, "{nobody}");
    }
    let found = staff.get("/admin/denials?request=req-check-1").await;
    assert_eq!(found.location(), "/admin/denials/req-check-1");
    assert!(
        staff.get("/admin/denials?request=nothing").await.text().contains("No hay ninguna con esos datos")
    );
    assert_eq!(staff.get("/admin/denials/nothing").await.status, StatusCode::NOT_FOUND);
    // Kept for 90 days, and gone after them.
    let mut conn = world.app.db.conn().await.unwrap();
    let before = world.now() + TimeDelta::seconds(1);
    assert_eq!(abono::entitlements::store::denials::tidy(&mut conn, before, 100).await.unwrap(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_adds_a_feature_says_who_pays_and_retires_it() {
    let world = World::new().await;
    let mut staff = world.staff(abono::auth::Role::Admin).await;
    let form = "/admin/features/new";
    let bad = [
        ("code", "Informe PDF"),
        ("label", ""),
        ("unit_one", "informe"),
        ("unit_many", "informes"),
        ("licence", "1"),
        ("sessions", "1"),
    ];
    let wrong = staff.submit(form, form, &bad).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.count(".notice.is-bad li"), 3, "{}", wrong.text());
    assert!(wrong.body.contains("Informe PDF"), "what was typed stays");
    let good = [
        ("code", "report_pdf"),
        ("label", "Informes"),
        ("unit_one", "informe"),
        ("unit_many", "informes"),
        ("licence", "2"),
        ("sessions", "1"),
    ];
    let saved = staff.submit(form, form, &good).await;
    assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, "/admin/features"));
    let taken = staff.submit(form, form, &good).await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    world.give(ANA, 2, Expiry::Never).await;
    let key = world.any_key().await;
    assert_eq!(world.ask(&key, &ask(ANA, "report_pdf", 2)).await["source"], "sessions");
    let text = staff.get("/admin/features").await.text();
    assert!(text.contains("Sesiones → Licencias"), "{text}");
    // Two people at one form: the second is told.
    let edit = "/admin/features/report_pdf";
    let mut fields = good.to_vec();
    fields[1] = ("label", "Informes PDF");
    fields.push(("version", "1"));
    assert_eq!(staff.submit(edit, edit, &fields).await.status, StatusCode::SEE_OTHER);
    fields[1] = ("label", "Informes Excel");
    let late = staff.submit(edit, edit, &fields).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.text().contains("Alguien la cambió"), "{}", late.text());
    let retired = staff.submit(edit, "/admin/features/report_pdf/retire", &[("retire", "true")]).await;
    assert_eq!(retired.status, StatusCode::SEE_OTHER);
    let (status, _) = world.write(&key, CHECK, "x", &ask(ANA, "report_pdf", 2)).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(world.number("SELECT COUNT(*) FROM audit_entries WHERE subject_kind = 'feature'").await, 3);
}

/// A licence's own key asks for that licence alone.
#[tokio::test(flavor = "multi_thread")]
async fn with_the_key_of_a_licence_that_licence_alone_pays() {
    let world = World::new().await;
    let small = world.licence(ANA, Plan::FREE_QUANTITY, 1, None).await;
    let large = world.licence(ANA, Plan::FREE_QUANTITY, 50, None).await;
    let text = {
        let made = abono::licences::keys::service::make(&world.app, small, "tests", &ACTOR).await.unwrap();
        made.text.reveal().to_owned()
    };
    let key = world.any_key().await;
    let with_key = |amount: u32| json!({"licence_key": text, "feature": "catalogue", "amount": amount});
    assert_eq!(
        world.ask(&key, &with_key(2)).await["reason"],
        "insufficient_credits",
        "the other licence is not asked"
    );
    let (status, body) = world.write(&key, CONSUME, "a", &with_key(1)).await;
    assert_eq!(
        (status, json_of(&body)["parts"].clone()),
        (StatusCode::OK, json!([{"id": small, "amount": 1}]))
    );
    let (status, body) = world.write(&key, RESERVE, "b", &with_key(1)).await;
    assert_eq!((status, code(&body)), (StatusCode::CONFLICT, "insufficient_credits".to_owned()));
    assert_eq!(world.find_licence(large).await.used, 0);
    let unknown = json!({"licence_key": text.replace("abl_", "abl_x"), "feature": "catalogue"});
    assert_eq!(world.write(&key, CHECK, "c", &unknown).await.0, StatusCode::NOT_FOUND);
    let mut both = with_key(1);
    both["account"] = json!({"email": ANA});
    assert_eq!(world.write(&key, CHECK, "d", &both).await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

/// A plan changed while something is reserved: what was promised is kept, charged as the plan is now, and never twice.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_reserved_before_another_plan_is_served_and_charged_as_the_plan_is_now() {
    let world = World::new().await;
    let key = world.any_key().await;
    let licence = world.licence(ANA, Plan::PAID_QUANTITY, 5, None).await;
    let reserve = async |name: &str| {
        let (status, body) = world.write(&key, RESERVE, name, &ask(ANA, "catalogue", 3)).await;
        assert_eq!(status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&body));
        json_of(&body)["id"].as_str().unwrap().to_owned()
    };
    let confirm = async |id: &str| {
        let path = format!("{RESERVE}/{id}/confirm");
        let (status, body) = world.write(&key, &path, id, &json!({})).await;
        (status.as_u16(), json_of(&body)["code"].as_str().unwrap_or_default().to_owned())
    };
    let dated = Wish::Plan { plan: Plan::FREE_DATE, credits: 0, expires_on: None, seen: None };
    let credits = |n| Wish::Plan { plan: Plan::PAID_QUANTITY, credits: n, expires_on: None, seen: None };
    let uses = "SELECT CAST(COALESCE(SUM(amount), 0) AS SIGNED) FROM licence_entries WHERE kind = 'consume'";
    // By quantity, then by date: the date serves it, it is written down, nothing is charged.
    let first = reserve("first").await;
    world.change_licence(licence, dated.clone(), "motivo").await.unwrap();
    assert_eq!(confirm(&first).await, (200, String::new()));
    assert_eq!((world.number(uses).await, world.find_licence(licence).await.used), (3, 0));
    // By date, then by quantity: it is charged.
    let second = reserve("second").await;
    world.change_licence(licence, credits(4), "motivo").await.unwrap();
    assert_eq!(confirm(&second).await, (200, String::new()));
    assert_eq!((world.number(uses).await, world.find_licence(licence).await.remaining()), (6, 1));
    // There and back again with too few credits: nothing is held any more, and nothing happens.
    world.change_licence(licence, credits(5), "motivo").await.unwrap();
    let third = reserve("third").await;
    world.change_licence(licence, dated, "motivo").await.unwrap();
    world.change_licence(licence, credits(2), "motivo").await.unwrap();
    assert_eq!(confirm(&third).await, (409, "reservation_state".to_owned()));
    assert_eq!((world.number(uses).await, world.find_licence(licence).await.remaining()), (6, 2));
    world.assert_licence_ledger().await;
}

/// Someone who used their last session ran out; someone who never had one is not entitled. More than 100 at once may be asked for here.
#[tokio::test(flavor = "multi_thread")]
async fn having_had_sessions_and_never_having_had_any_are_two_answers() {
    let world = World::new().await;
    let key = world.any_key().await;
    world.give(ANA, 150, Expiry::Never).await;
    world.person("nueva@example.test").await;
    let (status, body) = world.write(&key, CONSUME, "all", &ask(ANA, "session", 150)).await;
    assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&body));
    assert_eq!(world.ask(&key, &ask(ANA, "session", 1)).await["reason"], "insufficient_credits");
    assert_eq!(world.ask(&key, &ask("nueva@example.test", "session", 1)).await["reason"], "no_entitlement");
    world.assert_ledger().await;
}
