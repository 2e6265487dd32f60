//! Session credits: bought by orders, spent by apps, taken back by refunds. Numbers are those of the acceptance list.
use abono::{
    auth::key::Scope,
    demo::shop::{OrderSpec, OrderStatus, RefundSpec},
    shop::store::RefundPolicy,
};
use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::World;

const CONSUME: &str = "/api/v1/sessions/consume";

fn one_for(email: &str) -> Value {
    json!({"account": {"email": email}, "amount": 1})
}

fn code(body: &[u8]) -> String {
    let json: Value = serde_json::from_slice(body).unwrap();
    json["code"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_completed_order_of_five_sessions_gives_five_and_an_app_spends_one() {
    let world = World::new().await;
    world.bought("Ana@Example.test", 1).await;
    let key = world.any_key().await;
    let (status, body) = world.write(&key, CONSUME, "k1", &one_for("ana@example.test")).await;
    assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&body));
    assert_eq!(world.balance("ana@example.test").await, 4);
    let (_, balance) = world.get(&key, "/api/v1/sessions/balance?email=ANA@example.test").await;
    assert_eq!((balance["available"].as_u64(), balance["purchased"].as_u64()), (Some(4), Some(4)));
}

/// Acceptance 1.
#[tokio::test(flavor = "multi_thread")]
async fn of_64_that_want_the_last_session_one_gets_it_200_times_over() {
    let world = std::sync::Arc::new(World::new().await);
    world.bought("ana@example.test", 40).await;
    let key = world.any_key().await;
    let account = world.account("ana@example.test").await;
    for round in 0..200 {
        // The balance before each round is made exactly one.
        sqlx::query("UPDATE session_grants SET remaining = 1, voided = quantity - 1 WHERE account_id = ?")
            .bind(account.0)
            .execute(&world.app.db.0)
            .await
            .unwrap();
        let mut racers = JoinSet::new();
        for racer in 0..64 {
            let (world, key) = (world.clone(), key.clone());
            racers.spawn(async move {
                let idem = format!("{round}-{racer}");
                let (status, body) = world.write(&key, CONSUME, &idem, &one_for("ana@example.test")).await;
                (status, body)
            });
        }
        let outcomes = racers.join_all().await;
        let won = outcomes.iter().filter(|(status, _)| *status == StatusCode::OK).count();
        let lost = outcomes
            .iter()
            .filter(|(status, body)| *status == StatusCode::CONFLICT && code(body) == "insufficient_credits")
            .count();
        assert_eq!((won, lost), (1, 63), "round {round}");
        let left: u32 = sqlx::query_scalar("SELECT remaining FROM session_grants WHERE account_id = ?")
            .bind(account.0)
            .fetch_one(&world.app.db.0)
            .await
            .unwrap();
        assert_eq!(left, 0);
    }
    assert_eq!(world.number("SELECT COUNT(*) FROM session_entries WHERE kind = 'consume'").await, 200);
}

/// Acceptance 2.
#[tokio::test(flavor = "multi_thread")]
async fn one_key_sent_64_times_at_once_spends_once_and_answers_the_same_bytes() {
    let world = std::sync::Arc::new(World::new().await);
    world.bought("ana@example.test", 2).await;
    let key = world.any_key().await;
    let mut racers = JoinSet::new();
    for _ in 0..64 {
        let (world, key) = (world.clone(), key.clone());
        racers.spawn(async move { world.write(&key, CONSUME, "same", &one_for("ana@example.test")).await });
    }
    let outcomes = racers.join_all().await;
    let answers: Vec<_> = outcomes.iter().filter(|(status, _)| *status != StatusCode::CONFLICT).collect();
    assert!(!answers.is_empty());
    for (status, body) in &answers {
        assert_eq!((*status, body), (StatusCode::OK, &answers[0].1));
    }
    for (_, body) in outcomes.iter().filter(|(status, _)| *status == StatusCode::CONFLICT) {
        assert_eq!(code(body), "in_flight");
    }
    assert_eq!(world.balance("ana@example.test").await, 9);
    let (status, body) = world
        .write(&key, CONSUME, "same", &json!({"account": {"email": "ana@example.test"}, "amount": 2}))
        .await;
    assert_eq!(
        (status, code(&body)),
        (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused".to_owned())
    );
    assert_eq!(world.balance("ana@example.test").await, 9);
}

/// Acceptance 2: while the first is at work, the second is told to come back.
#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_waits_for_the_first_and_then_is_told_when_to_come_back() {
    let world = World::new().await;
    world.bought("ana@example.test", 1).await;
    let key = world.any_key().await;
    let account = world.account("ana@example.test").await;
    // Someone holds the person's row, as a slow first request would.
    let mut first = world.app.db.0.begin().await.unwrap();
    sqlx::query(
        "INSERT INTO idempotency_keys (principal, idem_key, request_hash, status, body, created_at)
         SELECT CONCAT('key:', id), 'slow', REPEAT('x', 32), 0, '', ? FROM api_keys",
    )
    .bind(world.now())
    .execute(&mut *first)
    .await
    .unwrap();
    let request = axum::http::Request::post(CONSUME)
        .header("authorization", format!("Bearer {key}"))
        .header("idempotency-key", "slow")
        .body(axum::body::Body::from(json!({"account": {"id": account}}).to_string()))
        .unwrap();
    let (status, headers, body) = world.send(request).await;
    assert_eq!((status, code(&body)), (StatusCode::CONFLICT, "in_flight".to_owned()));
    assert!(headers.contains_key("retry-after"));
    first.rollback().await.unwrap();
    let (status, _) = world.write(&key, CONSUME, "slow", &json!({"account": {"id": account}})).await;
    assert_eq!(status, StatusCode::OK, "the first was given up, so the second may have the key");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_repeated_too_and_spends_nothing_when_credits_arrive_later() {
    let world = World::new().await;
    world.bought("ana@example.test", 1).await;
    let key = world.any_key().await;
    let six = json!({"account": {"email": "ana@example.test"}, "amount": 6});
    let (status, first) = world.write(&key, CONSUME, "six", &six).await;
    assert_eq!((status, code(&first)), (StatusCode::CONFLICT, "insufficient_credits".to_owned()));
    world.bought("ana@example.test", 1).await;
    let (status, again) = world.write(&key, CONSUME, "six", &six).await;
    assert_eq!((status, again), (StatusCode::CONFLICT, first));
    assert_eq!(world.balance("ana@example.test").await, 10);
    let (status, _) = world.write(&key, CONSUME, "six-again", &six).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(world.balance("ana@example.test").await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_that_makes_no_sense_names_its_fields_and_changes_nothing() {
    let world = World::new().await;
    world.bought("ana@example.test", 1).await;
    let key = world.any_key().await;
    let ana = json!({"email": "ana@example.test"});
    let wrong = [
        (json!({"account": ana, "amount": 0}), 422, "amount"),
        (json!({"account": ana, "amount": 101}), 422, "amount"),
        (json!({"account": ana, "amount": -1}), 422, "amount"),
        (json!({"account": ana, "amount": "1"}), 422, "amount"),
        (json!({"account": ana, "reason": "x".repeat(256)}), 422, "reason"),
        (json!({"account": ana, "expert_id": "x".repeat(65)}), 422, "expert_id"),
        (json!({"account": ana, "duration_seconds": 86_401}), 422, "duration_seconds"),
        (json!({"account": ana, "amout": 1}), 422, "amout"),
        (json!({"account": {}}), 422, "account"),
        (json!({"account": {"email": "ana@example.test", "id": 1}}), 422, "account"),
        (json!({"account": {"email": "not an address"}}), 422, "account.email"),
        (json!({"account": {"email": "nobody@example.test"}}), 404, "account-not-found"),
        (json!({"account": {"wp_user_id": 999_999}}), 404, "account-not-found"),
        (json!({"account": {"wp_user_id": 1, "shop": "nowhere"}}), 404, "account-not-found"),
        (json!([]), 422, "invalid"),
    ];
    for (n, (body, status, what)) in wrong.into_iter().enumerate() {
        let (got, answer) = world.write(&key, CONSUME, &format!("wrong-{n}"), &body).await;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert_eq!(got.as_u16(), status, "{body}: {answer}");
        assert!(answer.contains(what), "{body}: {answer}");
    }
    for (idem, status) in [("", 400), ("ñ", 400), ("with space", 400), (&"x".repeat(256), 400)] {
        let request = axum::http::Request::post(CONSUME).header("authorization", format!("Bearer {key}"));
        let request = match axum::http::HeaderValue::from_bytes(idem.as_bytes()) {
            Ok(value) => request.header("idempotency-key", value),
            Err(_) => request,
        };
        let request = request.body(axum::body::Body::from(one_for("ana@example.test").to_string())).unwrap();
        let (got, _, body) = world.send(request).await;
        assert_eq!((got.as_u16(), code(&body)), (status, "idempotency_key_missing".to_owned()), "{idem:?}");
    }
    let request = axum::http::Request::post(CONSUME)
        .header("authorization", format!("Bearer {key}"))
        .header("idempotency-key", "broken")
        .body(axum::body::Body::from("{\"account\":"))
        .unwrap();
    let (status, _, body) = world.send(request).await;
    assert_eq!((status, code(&body)), (StatusCode::BAD_REQUEST, "unreadable_body".to_owned()));
    assert_eq!(world.balance("ana@example.test").await, 5);
    assert_eq!(world.number("SELECT COUNT(*) FROM session_entries WHERE kind = 'consume'").await, 0);
}

async fn set_policy(world: &World, policy: RefundPolicy) {
    sqlx::query("UPDATE shops SET refund_policy = ?")
        .bind(policy.as_str())
        .execute(&world.app.db.0)
        .await
        .unwrap();
}

async fn spend(world: &World, key: &str, email: &str, amount: u32, idem: &str) -> (StatusCode, String) {
    let body = json!({"account": {"email": email}, "amount": amount});
    let (status, body) = world.write(key, CONSUME, idem, &body).await;
    (status, code(&body))
}

/// Acceptance 8, policy `forgive`.
#[tokio::test(flavor = "multi_thread")]
async fn a_refund_of_ten_with_four_used_takes_back_six_once_however_often_it_is_told() {
    let world = World::new().await;
    world.watch().await;
    let order = world.bought("ana@example.test", 2).await;
    world.settle().await;
    let key = world.any_key().await;
    assert_eq!(spend(&world, &key, "ana@example.test", 4, "four").await.0, StatusCode::OK);
    world.demo.refund(order, &RefundSpec::Full).unwrap();
    let told = world.demo.deliver_pending().await;
    assert!(!told.is_empty());
    for delivery in &told {
        for _ in 0..10 {
            world.demo.replay(delivery).await;
        }
    }
    world.settle().await;
    assert_eq!(world.balance("ana@example.test").await, 0);
    assert_eq!(world.number("SELECT CAST(SUM(voided) AS SIGNED) FROM session_grants").await, 6);
    assert_eq!(world.number("SELECT CAST(SUM(shortfall) AS SIGNED) FROM session_grants").await, 4);
    assert_eq!(world.number("SELECT COUNT(*) FROM session_entries WHERE kind = 'void'").await, 1);
    assert_eq!(
        world.number("SELECT COUNT(*) FROM session_shortfalls WHERE amount = 4 AND policy = 'forgive' AND closed_at IS NOT NULL").await,
        1
    );
    world.bought("ana@example.test", 1).await;
    assert_eq!(world.balance("ana@example.test").await, 5, "what is forgiven is not asked for again");
}

/// Acceptance 8, policy `debt`.
#[tokio::test(flavor = "multi_thread")]
async fn a_debt_is_paid_by_the_next_purchase_and_paid_back_when_the_refund_is_undone() {
    let world = World::new().await;
    set_policy(&world, RefundPolicy::Debt).await;
    let order = world.bought("ana@example.test", 2).await;
    let key = world.any_key().await;
    spend(&world, &key, "ana@example.test", 4, "four").await;
    let refund = world.demo.refund(order, &RefundSpec::Full).unwrap();
    world.read_shop().await;
    assert_eq!(world.balance("ana@example.test").await, 0);
    world.bought("ana@example.test", 2).await;
    assert_eq!(world.balance("ana@example.test").await, 6, "four of the ten new ones pay the debt");
    world.demo.delete_refund(refund);
    world.demo.set_order_status(order, OrderStatus::Completed).unwrap();
    world.read_shop().await;
    assert_eq!(world.balance("ana@example.test").await, 16, "6 restored, 4 paid back");
}

/// Acceptance 8, policy `block`.
#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_person_spends_nothing_until_the_shortfall_is_closed() {
    let world = World::new().await;
    set_policy(&world, RefundPolicy::Block).await;
    let order = world.bought("ana@example.test", 1).await;
    let key = world.any_key().await;
    spend(&world, &key, "ana@example.test", 2, "two").await;
    world.demo.refund(order, &RefundSpec::Full).unwrap();
    world.read_shop().await;
    world.bought("ana@example.test", 1).await;
    let refused = spend(&world, &key, "ana@example.test", 1, "blocked").await;
    assert_eq!(refused, (StatusCode::CONFLICT, "sessions_blocked".to_owned()));
    let account = world.account("ana@example.test").await;
    let mut manager = world.staff(abono::auth::Role::Manager).await;
    let page = format!("/admin/accounts/{account}");
    let shortfall = world.number("SELECT CAST(MAX(id) AS SIGNED) FROM session_shortfalls").await;
    let done = manager.submit(&page, &format!("{page}/shortfalls/{shortfall}"), &[]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert_eq!(spend(&world, &key, "ana@example.test", 1, "free-again").await.0, StatusCode::OK);
    assert_eq!(world.balance("ana@example.test").await, 4);
}

/// Acceptance 8: a partial refund voids only its own line.
#[tokio::test(flavor = "multi_thread")]
async fn a_refund_of_one_of_two_lines_takes_back_that_line_alone() {
    let world = World::new().await;
    let spec = OrderSpec::guest("Ana", "Li", "ana@example.test").line(486, 1).line(487, 1);
    let order = world.demo.place_order(spec).unwrap();
    world.demo.set_order_status(order, OrderStatus::Completed).unwrap();
    world.read_shop().await;
    assert_eq!(world.balance("ana@example.test").await, 15);
    let ten = world.demo.order(order).unwrap().lines.iter().find(|line| line.2 == 487).unwrap().0;
    world.demo.refund(order, &RefundSpec::Lines(vec![(ten, 1)])).unwrap();
    world.read_shop().await;
    assert_eq!(world.balance("ana@example.test").await, 5);
    assert_eq!(world.number("SELECT COUNT(*) FROM session_entries WHERE kind = 'void'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_completed_twice_or_told_of_ten_times_grants_once() {
    let world = World::new().await;
    world.watch().await;
    let order = world.bought("ana@example.test", 1).await;
    for status in
        [OrderStatus::Processing, OrderStatus::Completed, OrderStatus::OnHold, OrderStatus::Completed]
    {
        world.demo.set_order_status(order, status).unwrap();
        world.settle().await;
        assert_eq!(world.balance("ana@example.test").await, 5);
    }
    assert_eq!(world.number("SELECT COUNT(*) FROM session_entries").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_order_takes_its_sessions_back_and_a_completed_one_brings_them_again() {
    let world = World::new().await;
    let order = world.bought("ana@example.test", 1).await;
    world.demo.set_order_status(order, OrderStatus::Cancelled).unwrap();
    world.read_shop().await;
    assert_eq!(world.balance("ana@example.test").await, 0);
    world.demo.set_order_status(order, OrderStatus::Completed).unwrap();
    world.read_shop().await;
    assert_eq!(world.balance("ana@example.test").await, 5);
    assert_eq!(world.number("SELECT COUNT(*) FROM session_grants").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paid_order_counts_when_completed_and_when_processing_only_if_the_shop_says_so() {
    let world = World::new().await;
    let place =
        || world.demo.place_order(OrderSpec::guest("Ana", "Li", "ana@example.test").line(483, 3)).unwrap();
    let first = place();
    world.demo.set_order_status(first, OrderStatus::Processing).unwrap();
    world.read_shop().await;
    assert_eq!(world.balance("ana@example.test").await, 0);
    // Two readings later the first order is no longer among what changed lately.
    for _ in 0..2 {
        world.advance(chrono::TimeDelta::minutes(10));
        world.read_shop().await;
    }
    sqlx::query("UPDATE shops SET grant_on_processing = TRUE").execute(&world.app.db.0).await.unwrap();
    let second = place();
    world.demo.set_order_status(second, OrderStatus::Processing).unwrap();
    world.read_shop().await;
    assert_eq!(world.balance("ana@example.test").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_may_say_itself_how_many_sessions_it_is_worth() {
    let world = World::new().await;
    let mut spec = abono::demo::shop::ProductSpec::new(900, "Bono de 7", "200.00");
    spec.sessions_meta = Some(7);
    world.demo.add_product(spec).unwrap();
    let order =
        world.demo.place_order(OrderSpec::guest("Ana", "Li", "ana@example.test").line(900, 2)).unwrap();
    world.demo.set_order_status(order, OrderStatus::Completed).unwrap();
    world.read_shop().await;
    assert_eq!(world.balance("ana@example.test").await, 14);
}

/// Acceptance 13.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_bound_to_one_person_finds_nobody_else_and_cannot_tell_who_exists() {
    let world = World::new().await;
    world.bought("ana@example.test", 1).await;
    world.bought("berta@example.test", 1).await;
    let (ana, berta) = (world.account("ana@example.test").await, world.account("berta@example.test").await);
    let key = world.key(&Scope::ALL, Some(ana)).await;
    assert_eq!(world.get(&key, &format!("/api/v1/sessions/balance?id={ana}")).await.0, StatusCode::OK);
    for path in ["sessions/balance", "sessions/grants", "sessions/usage", "accounts"] {
        let mut bodies = Vec::new();
        let strangers = [
            format!("id={berta}"),
            "id=999999".to_owned(),
            "email=berta@example.test".to_owned(),
            "email=no@body.test".to_owned(),
        ];
        for query in strangers {
            bodies.push(without_instance(world.get(&key, &format!("/api/v1/{path}?{query}")).await));
        }
        assert!(bodies.iter().all(|body| *body == bodies[0]), "{path}: {bodies:?}");
        assert_eq!(bodies[0]["status"], 404);
    }
    let strangers = [json!({"id": berta}), json!({"id": 999_999}), json!({"email": "berta@example.test"})];
    for (n, account) in strangers.iter().enumerate() {
        let body = json!({"account": account});
        let (status, answer) = world.write(&key, CONSUME, &format!("steal-{n}"), &body).await;
        assert_eq!((status, code(&answer)), (StatusCode::NOT_FOUND, "account_not_found".to_owned()));
    }
    assert_eq!(world.balance("berta@example.test").await, 5);
    assert_eq!(world.get(&key, &format!("/api/v1/accounts/{berta}")).await.0, StatusCode::NOT_FOUND);
}

fn without_instance((_, mut body): (StatusCode, Value)) -> Value {
    body.as_object_mut().unwrap().remove("instance");
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_and_used_can_be_read_page_by_page() {
    let world = World::new().await;
    world.bought("ana@example.test", 30).await;
    let key = world.any_key().await;
    for n in 0..120 {
        spend(&world, &key, "ana@example.test", 1, &format!("use-{n}")).await;
    }
    let mut seen = std::collections::BTreeSet::new();
    let mut after = String::new();
    loop {
        let path = format!("/api/v1/sessions/usage?email=ana@example.test&after={after}");
        let (status, page) = world.get(&key, &path).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        for item in page["items"].as_array().unwrap() {
            assert!(seen.insert(item["id"].as_u64().unwrap()));
        }
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => break,
        }
    }
    assert_eq!(seen.len(), 120);
    let (status, _) = world.get(&key, "/api/v1/sessions/usage?email=ana@example.test&after=nonsense!").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}
