//! Webhooks: verified, stored, answered, and made true by asking the shop. Numbers are those of the acceptance list.
use std::time::{Duration, Instant};

use abono::demo::shop::{Delivered, Fault, OrderSpec, OrderStatus, ProductSpec, WebhookStatus};
use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::Value;

use crate::support::World;

/// Acceptance 38.
#[tokio::test(flavor = "multi_thread")]
async fn the_unsigned_ping_gets_200_and_leaves_nothing_and_anything_else_unsigned_gets_401() {
    let world = World::new().await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(world.deliver(&form, b"webhook_id=5").await, StatusCode::OK);
    for body in [&b"webhook_id=5&x=1"[..], b"webhook_id=x", b"{\"id\":1}", b""] {
        assert_eq!(world.deliver(&form, body).await, StatusCode::UNAUTHORIZED);
    }
    let topic = [("x-wc-webhook-topic", "order.updated"), ("x-wc-webhook-signature", "")];
    assert_eq!(world.deliver(&topic, b"webhook_id=5").await, StatusCode::UNAUTHORIZED);
    assert_eq!(world.number("SELECT COUNT(*) FROM inbox_deliveries").await, 0);
    assert_eq!(world.number("SELECT COUNT(*) FROM jobs").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_flipped_byte_of_body_or_signature_is_401() {
    let world = World::new().await;
    let body = br#"{"id":18,"status":"completed"}"#;
    let signature =
        abono::shop::signature::sign(body, &abono::core::secret::Secret::new(crate::support::WEBHOOK_SECRET));
    let headers = |signature: &str| {
        vec![
            ("x-wc-webhook-topic".to_owned(), "order.updated".to_owned()),
            ("x-wc-webhook-delivery-id".to_owned(), "d".to_owned()),
            ("x-wc-webhook-signature".to_owned(), signature.to_owned()),
        ]
    };
    for at in 0..body.len() {
        let mut broken = body.to_vec();
        broken[at] ^= 1;
        let headers = headers(&signature);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(world.deliver(&headers, &broken).await, StatusCode::UNAUTHORIZED, "byte {at}");
    }
    assert_eq!(world.number("SELECT COUNT(*) FROM inbox_deliveries").await, 0);
}

/// Acceptance 39.
#[tokio::test(flavor = "multi_thread")]
async fn signed_nonsense_is_answered_quarantined_shown_and_starts_a_sweep() {
    let world = World::new().await;
    let order =
        world.demo.place_order(OrderSpec::guest("Ana", "Li", "ana@example.test").line(486, 1)).unwrap();
    world.demo.set_order_status(order, OrderStatus::Completed).unwrap();
    let body = br#"{"code":"woocommerce_rest_cannot_view","message":"Sorry","data":{"status":401}}"#;
    assert_eq!(world.deliver_signed("order.updated", "d1", body).await, StatusCode::OK);
    assert_eq!(world.number("SELECT COUNT(*) FROM inbox_deliveries WHERE state = 'quarantined'").await, 1);
    world.work().await;
    assert_eq!(world.balance("ana@example.test").await, 5, "the sweep found what the delivery could not say");
    let mut manager = world.staff(abono::auth::Role::Manager).await;
    let seen = manager.get("/admin/inbox?state=quarantined").await;
    assert_eq!((seen.status, seen.count("table.data tbody tr")), (StatusCode::OK, 1), "{}", seen.text());
}

/// Acceptance 40 and 67.
#[tokio::test(flavor = "multi_thread")]
async fn two_bodies_under_one_delivery_id_are_two_and_one_body_ten_times_is_one() {
    let world = World::new().await;
    let place = |email: &str| {
        let order = world.demo.place_order(OrderSpec::guest("Ana", "Li", email).line(486, 1)).unwrap();
        world.demo.set_order_status(order, OrderStatus::Completed).unwrap();
        order
    };
    let (first, second) = (place("ana@example.test"), place("berta@example.test"));
    for order in [first, second] {
        let body = format!("{{\"id\":{order},\"status\":\"completed\"}}");
        for _ in 0..10 {
            assert_eq!(
                world.deliver_signed("order.updated", "one-id", body.as_bytes()).await,
                StatusCode::OK
            );
        }
    }
    world.work().await;
    assert_eq!(world.number("SELECT COUNT(*) FROM inbox_deliveries").await, 2);
    assert_eq!(world.number("SELECT CAST(SUM(copies) AS SIGNED) FROM inbox_deliveries").await, 20);
    assert_eq!((world.balance("ana@example.test").await, world.balance("berta@example.test").await), (5, 5));
}

/// Acceptance 41.
#[tokio::test(flavor = "multi_thread")]
async fn during_a_rotation_both_secrets_count_and_after_it_only_the_new_one() {
    let world = World::new().await;
    let body = br#"{"id":18}"#;
    let sign = |secret: &str| abono::shop::signature::sign(body, &abono::core::secret::Secret::new(secret));
    let until = world.now() + TimeDelta::hours(24);
    let (app, shop) = (&world.app, world.shop);
    let new = &abono::core::secret::Secret::new("new <&> \"secret\"'");
    app.db
        .transact(|mut tx| async move {
            let current = abono::shop::store::find(&mut tx, shop).await?.unwrap();
            abono::shop::store::rotate_webhook_secret(&mut tx, &current, new, &app.keys, until).await?;
            tx.done(()).await
        })
        .await
        .unwrap();
    let attempt = async |secret: &str, id: &str| {
        let signature = sign(secret);
        let headers = [
            ("x-wc-webhook-topic", "order.updated"),
            ("x-wc-webhook-delivery-id", id),
            ("x-wc-webhook-signature", signature.as_str()),
        ];
        world.deliver(&headers, body).await
    };
    assert_eq!(attempt("new <&> \"secret\"'", "a").await, StatusCode::OK);
    assert_eq!(attempt(crate::support::WEBHOOK_SECRET, "b").await, StatusCode::OK);
    assert_eq!(attempt("", "c").await, StatusCode::UNAUTHORIZED);
    world.advance(TimeDelta::hours(25));
    assert_eq!(attempt("new <&> \"secret\"'", "d").await, StatusCode::OK);
    assert_eq!(attempt(crate::support::WEBHOOK_SECRET, "e").await, StatusCode::UNAUTHORIZED);
}

/// Acceptance 43: what is applied is what the shop says now, whatever an old delivery said.
#[tokio::test(flavor = "multi_thread")]
async fn a_late_delivery_of_an_old_state_does_not_turn_time_back() {
    let world = World::new().await;
    let order = world.bought("ana@example.test", 1).await;
    let old =
        format!("{{\"id\":{order},\"status\":\"pending\",\"date_modified_gmt\":\"2026-01-01T00:00:00\"}}");
    world.deliver_signed("order.updated", "late", old.as_bytes()).await;
    world.work().await;
    assert_eq!(world.balance("ana@example.test").await, 5);
}

/// Acceptance 43 and 68.
#[tokio::test(flavor = "multi_thread")]
async fn a_trashed_order_takes_its_own_effects_back_and_touches_no_product_or_coupon_of_its_number() {
    let world = World::new().await;
    world.watch().await;
    let order = world.bought("ana@example.test", 1).await;
    world.settle().await;
    // A product of the same shop, on sale, that happens to have the order's number.
    let same = ProductSpec::new(order, "Un producto con el mismo número", "40.00");
    world.demo.add_product_beside(order, same).unwrap();
    world.settle().await;
    let alive =
        "SELECT COUNT(*) FROM wc_products p JOIN wc_orders o ON o.shop_id = p.shop_id AND o.wc_id = p.wc_id
                  WHERE p.deleted_at IS NULL";
    assert_eq!(world.number(alive).await, 1);
    world.demo.trash_order(order).unwrap();
    let sent = world.demo.deliver_pending().await;
    let mut topics: Vec<_> = sent.iter().filter_map(|d| d.topic.clone()).collect();
    topics.sort();
    assert_eq!(topics, ["coupon.deleted", "order.deleted", "product.deleted"]);
    assert!(sent.iter().all(|d| d.outcome == Delivered::Answered(200)));
    world.work().await;
    assert_eq!(world.balance("ana@example.test").await, 0);
    assert_eq!(world.number(alive).await, 1, "the product is still on sale");
    assert_eq!(world.number("SELECT COUNT(*) FROM wc_products WHERE deleted_at IS NOT NULL").await, 0);
    assert_eq!(world.number("SELECT COUNT(*) FROM inbox_deliveries WHERE state <> 'processed'").await, 0);
    world.demo.restore_order(order).unwrap();
    world.settle().await;
    world.read_shop().await;
    assert_eq!(world.balance("ana@example.test").await, 5);
}

/// Acceptance 44.
#[tokio::test(flavor = "multi_thread")]
async fn webhooks_that_fell_asleep_are_noticed_woken_and_what_they_missed_is_read() {
    for what in ["disabled", "paused", "deleted"] {
        let world = World::new().await;
        world.watch().await;
        for hook in world.demo.webhooks() {
            match what {
                "deleted" => world.demo.delete_webhook(hook.id).unwrap(),
                "paused" => world.demo.set_webhook_status(hook.id, WebhookStatus::Paused).unwrap(),
                _ => world.demo.set_webhook_status(hook.id, WebhookStatus::Disabled).unwrap(),
            }
        }
        let order =
            world.demo.place_order(OrderSpec::guest("Ana", "Li", "ana@example.test").line(486, 1)).unwrap();
        world.demo.set_order_status(order, OrderStatus::Completed).unwrap();
        assert!(world.demo.deliver_pending().await.is_empty(), "{what}: nothing is told");
        world.advance(TimeDelta::minutes(6));
        abono::jobs::schedule::enqueue_due(&world.app, world.now()).await.unwrap();
        world.work().await;
        assert_eq!(world.balance("ana@example.test").await, 5, "{what}");
        let active = world.demo.webhooks().iter().filter(|h| h.status == WebhookStatus::Active).count();
        assert_eq!(active, 13, "{what}");
        assert_eq!(world.number("SELECT COUNT(*) FROM session_entries").await, 1);
        let told = world
            .number(
                "SELECT COUNT(*) FROM audit_entries WHERE action IN ('webhook.mended', 'webhook.created')",
            )
            .await;
        assert!(told >= 13, "{what}: {told}");
    }
}

#[test]
fn the_watchdog_looks_at_least_every_fifteen_minutes() {
    let watch = abono::jobs::schedule::SCHEDULES.iter().find(|s| s.name == "shops.watch").unwrap();
    let abono::jobs::schedule::Every::Interval(period) = watch.every else { panic!("a fixed period") };
    assert!(period <= Duration::from_mins(15));
}

/// Acceptance 45: the answer does not wait for the work. (How fast it is stands in the benchmarks.)
#[tokio::test(flavor = "multi_thread")]
async fn deliveries_are_taken_while_no_worker_runs_and_one_poisoned_order_does_not_stop_the_rest() {
    let world = World::new().await;
    let began = Instant::now();
    for n in 0..200 {
        let body = format!("{{\"id\":{}}}", 10_000 + n);
        assert_eq!(
            world.deliver_signed("order.updated", &format!("d{n}"), body.as_bytes()).await,
            StatusCode::OK
        );
    }
    assert!(began.elapsed() < Duration::from_secs(20));
    assert_eq!(world.number("SELECT COUNT(*) FROM jobs WHERE state = 'ready'").await, 200);
    let good =
        world.demo.place_order(OrderSpec::guest("Ana", "Li", "ana@example.test").line(486, 1)).unwrap();
    world.demo.set_order_status(good, OrderStatus::Completed).unwrap();
    let bad =
        world.demo.place_order(OrderSpec::guest("Bea", "Ruz", "bea@example.test").line(486, 1)).unwrap();
    for order in [bad, good] {
        world
            .deliver_signed("order.updated", &format!("o{order}"), format!("{{\"id\":{order}}}").as_bytes())
            .await;
    }
    world.demo.inject(Fault::Status(500).always().on(&format!("/orders/{bad}")));
    for _ in 0..12 {
        world.work().await;
        world.advance(TimeDelta::hours(2));
    }
    assert_eq!(world.balance("ana@example.test").await, 5);
    assert_eq!(world.number("SELECT COUNT(*) FROM jobs WHERE state = 'dead'").await, 1);
    assert_eq!(
        world
            .number("SELECT COUNT(*) FROM inbox_deliveries WHERE state = 'failed' AND error IS NOT NULL")
            .await,
        1
    );
    world.demo.clear_faults();
    world.demo.set_order_status(bad, OrderStatus::Completed).unwrap();
    let mut manager = world.staff(abono::auth::Role::Manager).await;
    let delivery =
        world.number("SELECT CAST(id AS SIGNED) FROM inbox_deliveries WHERE state = 'failed'").await;
    let page = format!("/admin/inbox/{delivery}");
    let seen = manager.submit(&page, &format!("{page}/replay"), &[]).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text());
    world.work().await;
    assert_eq!(world.balance("bea@example.test").await, 5, "replayed by hand");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_larger_than_we_take_is_413_and_leaves_nothing() {
    let world = World::new().await;
    let body = vec![b'x'; world.app.config.webhook_max_bytes + 1];
    assert_eq!(world.deliver_signed("order.updated", "big", &body).await, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(world.number("SELECT COUNT(*) FROM inbox_deliveries").await, 0);
}

/// Every delivery that a real shop sent, byte for byte.
#[tokio::test(flavor = "multi_thread")]
async fn recorded_deliveries_of_a_real_shop_are_all_accepted_and_grant_nothing_twice() {
    let world = World::new().await;
    let text = include_str!("../fixtures/woocommerce/webhook-deliveries.jsonl");
    let deliveries: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let recorded = abono::core::secret::Secret::new("s3cr3t");
    let (app, shop, recorded) = (&world.app, world.shop, &recorded);
    let until = world.now();
    app.db
        .transact(|mut tx| async move {
            let current = abono::shop::store::find(&mut tx, shop).await?.unwrap();
            abono::shop::store::rotate_webhook_secret(&mut tx, &current, recorded, &app.keys, until).await?;
            tx.done(()).await
        })
        .await
        .unwrap();
    let (mut signed, mut pings) = (0, 0);
    for _ in 0..2 {
        for delivery in &deliveries {
            let headers: Vec<(String, String)> = delivery["headers"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, value)| (name.to_lowercase(), value.as_str().unwrap_or_default().to_owned()))
                .filter(|(name, _)| {
                    name.starts_with("x-wc-") || name == "content-type" || name == "user-agent"
                })
                .collect();
            let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            let body = delivery["body"].as_str().unwrap();
            assert_eq!(world.deliver(&headers, body.as_bytes()).await, StatusCode::OK, "{body:.80}");
            if headers.iter().any(|(name, _)| *name == "x-wc-webhook-signature") {
                signed += 1;
            } else {
                pings += 1;
            }
        }
    }
    assert_eq!((signed, pings), (72, 26));
    assert_eq!(world.number("SELECT COUNT(*) FROM inbox_deliveries WHERE state = 'pending'").await, 36);
    world.work().await;
    assert_eq!(world.number("SELECT COUNT(*) FROM inbox_deliveries WHERE state = 'processed'").await, 36);
    assert_eq!(
        world.number("SELECT COUNT(*) FROM session_grants").await,
        0,
        "the shop, asked, has none of these orders"
    );
}
