//! Webhooks: greeting, signing, repeating ids, giving up.
use chrono::TimeDelta;

use super::*;

fn topics(sent: &[Delivery]) -> Vec<&str> {
    sent.iter().map(|delivery| delivery.topic.as_deref().unwrap_or("ping")).collect()
}

fn buy(shop: &DemoShop) -> u64 {
    shop.place_order(OrderSpec::by(2).line(483, 1)).unwrap()
}

#[tokio::test]
async fn a_new_webhook_greets_unsigned_and_so_does_a_new_address() {
    let (shop, _) = stocked();
    let (first, second) = (Receiver::start().await, Receiver::start().await);
    let id = first.listen(&shop, "order.updated").await;
    let (headers, body) = first.got.lock().unwrap()[0].clone();
    assert_eq!(body, format!("webhook_id={id}"));
    assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
    assert!(!headers.keys().any(|name| name.as_str().starts_with("x-wc-")));
    call(&shop, "PUT", &format!("webhooks/{id}"), Some(json!({"delivery_url": second.url}))).await;
    assert_eq!(second.got.lock().unwrap()[0].1, format!("webhook_id={id}"));
    assert_eq!(shop.deliveries().iter().filter(|d| d.topic.is_none()).count(), 2);
}

#[tokio::test]
async fn the_secret_signs_raw_and_over_the_raw_body() {
    let (shop, _) = stocked();
    let receiver = Receiver::start().await;
    receiver.listen(&shop, "order.created").await;
    buy(&shop);
    let sent = shop.deliver_pending().await;
    let mac = crypto::hmac_sha256(b"a&b<c>\"d'e", sent[0].body.as_bytes());
    assert_eq!(sent[0].header("x-wc-webhook-signature").unwrap(), STANDARD.encode(mac));
    assert_eq!(receiver.got.lock().unwrap()[1].1, sent[0].body);
    assert_eq!(sent[0].outcome, Delivered::Answered(200));
}

#[tokio::test]
async fn one_new_order_fires_created_and_updated_and_both_say_how_it_is_now() {
    let (shop, _) = stocked();
    let receiver = Receiver::start().await;
    receiver.listen(&shop, "order.created").await;
    receiver.listen(&shop, "order.updated").await;
    let id = buy(&shop);
    shop.pay(id).unwrap();
    shop.set_order_status(id, OrderStatus::Completed).unwrap();
    let sent = shop.deliver_pending().await;
    assert_eq!(topics(&sent), ["order.created", "order.updated"]);
    assert_eq!(sent[0].body, sent[1].body);
    assert!(sent[0].body.contains(r#""status":"completed""#));
    assert_eq!(shop.deliver_pending().await.len(), 0, "nothing is sent twice");
}

#[tokio::test]
async fn two_orders_of_one_second_share_a_delivery_id() {
    let (shop, clock) = stocked();
    let receiver = Receiver::start().await;
    receiver.listen(&shop, "order.created").await;
    buy(&shop);
    buy(&shop);
    let sent = shop.deliver_pending().await;
    clock.advance(TimeDelta::seconds(1));
    buy(&shop);
    let later = shop.deliver_pending().await;
    let id = |delivery: &Delivery| delivery.header("X-WC-Webhook-Delivery-ID").unwrap().to_owned();
    assert_eq!(id(&sent[0]), id(&sent[1]));
    assert_ne!(sent[0].body, sent[1].body);
    assert_ne!(id(&sent[0]), id(&later[0]));
    assert_eq!(id(&later[0]).len(), 32);
}

#[tokio::test]
async fn one_deletion_fires_three_topics_where_orders_are_posts_and_one_where_not() {
    for (storage, wanted) in [
        (OrderStorage::Posts, &["coupon.deleted", "product.deleted", "order.deleted"][..]),
        (OrderStorage::Tables, &["order.deleted"][..]),
    ] {
        let (shop, _) = shop_with(|config| config.order_storage = storage);
        stock(&shop);
        let receiver = Receiver::start().await;
        for topic in ["order.updated", "order.deleted", "product.deleted", "coupon.deleted"] {
            receiver.listen(&shop, topic).await;
        }
        let id = buy(&shop);
        shop.deliver_pending().await;
        shop.trash_order(id).unwrap();
        let sent = shop.deliver_pending().await;
        assert_eq!(topics(&sent), wanted);
        assert!(sent.iter().all(|delivery| delivery.body == format!(r#"{{"id":{id}}}"#)));
        shop.restore_order(id).unwrap();
        shop.delete_order_for_good(id).unwrap();
        assert_eq!(shop.deliver_pending().await.len(), 0, "for good is silent");
    }
}

#[tokio::test]
async fn the_seventh_failure_in_a_row_disables_and_switching_on_forgives_nothing() {
    let (shop, _) = stocked();
    let receiver = Receiver::start().await;
    let hook = receiver.listen(&shop, "order.created").await;
    receiver.say(500);
    for failures in 1..=6 {
        buy(&shop);
        assert_eq!(shop.deliver_pending().await[0].outcome, Delivered::Answered(500));
        assert_eq!(
            (shop.webhooks()[0].status, shop.webhooks()[0].failures),
            (WebhookStatus::Active, failures)
        );
    }
    buy(&shop);
    shop.deliver_pending().await;
    assert_eq!(shop.webhooks()[0].status, WebhookStatus::Disabled);
    buy(&shop);
    assert_eq!(shop.pending_deliveries(), 0, "nobody listens");
    let on = json!({"status": "active"});
    call(&shop, "PUT", &format!("webhooks/{hook}"), Some(on.clone())).await;
    buy(&shop);
    shop.deliver_pending().await;
    assert_eq!(shop.webhooks()[0].status, WebhookStatus::Disabled, "one more was enough");
    receiver.say(302);
    call(&shop, "PUT", &format!("webhooks/{hook}"), Some(on)).await;
    buy(&shop);
    shop.deliver_pending().await;
    assert_eq!((shop.webhooks()[0].status, shop.webhooks()[0].failures), (WebhookStatus::Active, 0));
}

#[tokio::test]
async fn a_paused_webhook_hears_nothing_and_never_will() {
    let (shop, _) = stocked();
    let receiver = Receiver::start().await;
    let hook = receiver.listen(&shop, "order.created").await;
    shop.set_webhook_status(hook, WebhookStatus::Paused).unwrap();
    buy(&shop);
    shop.set_webhook_status(hook, WebhookStatus::Active).unwrap();
    assert_eq!(shop.deliver_pending().await.len(), 0);
    buy(&shop);
    shop.delete_webhook(hook).unwrap();
    assert_eq!(shop.deliver_pending().await.len(), 0);
    assert_eq!(
        get(&shop, &format!("webhooks/{hook}")).await.code(),
        "woocommerce_rest_shop_webhook_invalid_id"
    );
}

#[tokio::test]
async fn without_its_owner_a_webhook_sends_a_signed_refusal() {
    let (shop, _) = stocked();
    let receiver = Receiver::start().await;
    let hook = receiver.listen(&shop, "order.updated").await;
    shop.delete_webhook_owner(hook).unwrap();
    buy(&shop);
    let sent = shop.deliver_pending().await;
    assert!(sent[0].body.starts_with(r#"{"code":"woocommerce_rest_cannot_view","#));
    let mac = crypto::hmac_sha256(b"a&b<c>\"d'e", sent[0].body.as_bytes());
    assert_eq!(sent[0].header("x-wc-webhook-signature").unwrap(), STANDARD.encode(mac));
}

#[tokio::test]
async fn what_is_gone_before_it_is_told_is_told_as_an_error() {
    let (shop, _) = stocked();
    let receiver = Receiver::start().await;
    receiver.listen(&shop, "customer.created").await;
    receiver.listen(&shop, "customer.deleted").await;
    let id = shop.add_customer(CustomerSpec::new("b@example.test", "B", "")).unwrap();
    shop.delete_customer(id).unwrap();
    let sent = shop.deliver_pending().await;
    assert_eq!(
        sent[0].body,
        r#"{"code":"wc_user_invalid_id","message":"Invalid user ID.","data":{"status":404}}"#
    );
    assert_eq!(sent[1].body, format!(r#"{{"id":{id}}}"#));
}

#[tokio::test]
async fn a_store_like_wordpress_does_not_call_loopback() {
    let (shop, _) = shop_with(|config| config.receivers = Receivers::PublicOnly);
    stock(&shop);
    let receiver = Receiver::start().await;
    receiver.listen(&shop, "order.created").await;
    buy(&shop);
    assert_eq!(shop.deliver_pending().await[0].outcome, Delivered::Unreachable);
    assert!(receiver.got.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_delivery_can_be_replayed_byte_for_byte() {
    let (shop, _) = stocked();
    let receiver = Receiver::start().await;
    receiver.listen(&shop, "order.created").await;
    buy(&shop);
    let sent = shop.deliver_pending().await;
    assert_eq!(shop.replay(&sent[0]).await, Delivered::Answered(200));
    let got = receiver.got.lock().unwrap();
    assert_eq!(
        (&got[1].0["x-wc-webhook-signature"], &got[1].1),
        (&got[2].0["x-wc-webhook-signature"], &got[2].1)
    );
    assert_eq!(shop.deliveries().len(), 2);
}

#[tokio::test]
async fn delivering_in_the_background_empties_the_queue() {
    let (shop, _) = stocked();
    let receiver = Receiver::start().await;
    receiver.listen(&shop, "order.created").await;
    buy(&shop);
    let task = shop.start_delivering();
    for _ in 0..100 {
        if receiver.got.lock().unwrap().len() == 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    task.abort();
    assert_eq!(receiver.got.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn webhooks_are_checked_listed_and_counted_as_the_store_does() {
    let (shop, _) = stocked();
    let post = |body: Value| call(&shop, "POST", "webhooks", Some(body));
    assert_eq!(
        post(json!({"topic": "order.created"})).await.json()["message"],
        "Missing parameter(s): delivery_url"
    );
    let bad = post(json!({"topic": "foo.bar", "delivery_url": "http://127.0.0.1:9"})).await;
    assert_eq!(bad.code(), "woocommerce_rest_shop_webhook_invalid_topic");
    let bad = post(json!({"topic": "order.created", "delivery_url": "nope"})).await;
    assert_eq!(bad.code(), "woocommerce_rest_shop_webhook_invalid_delivery_url");
    let receiver = Receiver::start().await;
    let first = receiver.listen(&shop, "order.created").await;
    let second = receiver.listen(&shop, "order.updated").await;
    assert_eq!(get(&shop, "webhooks").await.ids(), [second, first]);
    let one = get(&shop, "webhooks?per_page=1").await;
    assert_eq!((one.header("x-wp-total"), one.header("x-wp-totalpages")), ("2", "1"));
    let shown = get(&shop, &format!("webhooks/{first}")).await;
    assert!(!shown.text.contains("secret"));
    let path = format!("webhooks/{first}");
    assert_eq!(call(&shop, "DELETE", &path, None).await.status, 501);
    assert_eq!(call(&shop, "DELETE", &format!("{path}?force=true"), None).await.status, 200);
    assert_eq!(get(&shop, "webhooks?status=active").await.ids(), [second]);
}
