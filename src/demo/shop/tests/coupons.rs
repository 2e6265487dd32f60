//! Coupons: spelling, expiry, and counting.
use super::*;

async fn make(shop: &DemoShop, body: Value) -> Value {
    let made = call(shop, "POST", "coupons", Some(body)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()
}

#[tokio::test]
async fn a_code_comes_back_in_lower_case_and_is_found_in_any() {
    let (shop, _) = stocked();
    let coupon = make(&shop, json!({"code": "CANJE-2026", "amount": "25", "discount_type": "percent"})).await;
    assert_eq!((&coupon["code"], &coupon["amount"]), (&json!("canje-2026"), &json!("25.00")));
    assert_eq!(get(&shop, "coupons?code=Canje-2026").await.ids(), [coupon["id"].as_u64().unwrap()]);
    assert_eq!(get(&shop, "coupons?code=canje").await.text, "[]");
    assert_eq!(
        call(&shop, "POST", "coupons", Some(json!({"amount": "1"}))).await.code(),
        "rest_missing_callback_param"
    );
}

#[tokio::test]
async fn an_expiry_in_utc_alone_is_ignored_and_a_bare_date_is_the_start_of_its_day() {
    let (shop, _) = stocked();
    let only_gmt = make(&shop, json!({"code": "a", "date_expires_gmt": "2026-12-21T10:00:00"})).await;
    assert_eq!(only_gmt["date_expires"], Value::Null);
    let bare = make(&shop, json!({"code": "b", "date_expires": "2026-12-21"})).await;
    assert_eq!(bare["date_expires"], "2026-12-21T00:00:00");
    assert_eq!(bare["date_expires_gmt"], "2026-12-20T23:00:00");
    let local = make(&shop, json!({"code": "c", "date_expires": "2026-12-21T23:59:59"})).await;
    assert_eq!(local["date_expires_gmt"], "2026-12-21T22:59:59");
    let zulu = make(&shop, json!({"code": "d", "date_expires": "2026-12-21T22:00:00Z"})).await;
    assert_eq!(zulu["date_expires"], "2026-12-21T23:00:00");
    let nonsense = make(&shop, json!({"code": "e", "date_expires": "garbage"})).await;
    assert_eq!(nonsense["date_expires"], "1970-01-01T00:00:00");
}

#[tokio::test]
async fn coupon_meta_may_be_hidden_and_a_list() {
    let (shop, _) = stocked();
    let coupon = make(
        &shop,
        json!({"code": "m", "meta_data": [{"key": "_n", "value": 7}, {"key": "_l", "value": [1, 2]}, {"key": "y", "value": true}]}),
    )
    .await;
    let values: Vec<&Value> = coupon["meta_data"].as_array().unwrap().iter().map(|m| &m["value"]).collect();
    assert_eq!(values, [&json!("7"), &json!([1, 2]), &json!("1")]);
}

#[tokio::test]
async fn a_used_coupon_says_by_whom_and_is_free_again_after_a_cancellation() {
    let (shop, _) = stocked();
    make(&shop, json!({"code": "uno", "amount": "25", "discount_type": "percent", "usage_limit": 1})).await;
    let body =
        json!({"customer_id": 2, "line_items": [{"product_id": 483}], "coupon_lines": [{"code": "UNO"}]});
    let order = call(&shop, "POST", "orders", Some(body.clone())).await.json();
    assert_eq!((&order["total"], &order["discount_total"]), (&json!("30.00"), &json!("10.00")));
    assert_eq!(order["coupon_lines"][0]["code"], "uno");
    let used = get(&shop, "coupons?code=uno").await.json();
    assert_eq!((&used[0]["usage_count"], &used[0]["used_by"]), (&json!(1), &json!(["2"])));
    let again = call(&shop, "POST", "orders", Some(body)).await;
    assert_eq!(again.code(), "woocommerce_rest_invalid_coupon");
    assert_eq!(again.json()["message"], "Usage limit for coupon &quot;uno&quot; has been reached.");
    let draft = again.json()["data"]["new_draft_order_id"].as_u64().unwrap();
    assert_eq!(shop.order(draft).unwrap().status, OrderStatus::CheckoutDraft);
    assert!(!get(&shop, "orders").await.ids().contains(&draft));
    shop.set_order_status(order["id"].as_u64().unwrap(), OrderStatus::Cancelled).unwrap();
    assert_eq!(shop.coupon_uses("uno"), Some(0));
    let guest = OrderSpec::guest("G", "", "g@example.test").line(483, 1).coupon("uno");
    shop.place_order(guest).unwrap();
    assert_eq!(get(&shop, "coupons?code=uno").await.json()[0]["used_by"], json!(["g@example.test"]));
}

#[tokio::test]
async fn a_coupon_of_another_or_of_yesterday_is_refused() {
    let (shop, clock) = stocked();
    make(&shop, json!({"code": "otra", "amount": "1", "email_restrictions": ["otra@example.test"]})).await;
    make(&shop, json!({"code": "hoy", "amount": "1", "date_expires": "2026-11-22"})).await;
    let order = |code: &str| OrderSpec::by(2).line(483, 1).coupon(code);
    let why = |result: Result<u64, DemoError>| match result {
        Err(DemoError::Coupon { why, .. }) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(why(shop.place_order(order("otra"))), CouponRefusal::NotYours);
    assert_eq!(why(shop.place_order(order("nadie"))), CouponRefusal::Unknown);
    shop.place_order(order("hoy")).unwrap();
    clock.advance(chrono::TimeDelta::hours(13));
    assert_eq!(why(shop.place_order(order("hoy"))), CouponRefusal::Expired);
}

#[tokio::test]
async fn a_fixed_discount_is_spread_to_the_cent_and_stops_at_nothing() {
    let (shop, _) = stocked();
    make(&shop, json!({"code": "diez", "amount": "10"})).await;
    make(&shop, json!({"code": "mil", "amount": "1000"})).await;
    let cost = |code: &str| {
        let id =
            shop.place_order(OrderSpec::by(2).line(483, 1).line(486, 1).line(512, 1).coupon(code)).unwrap();
        shop.order(id).unwrap().total.to_string()
    };
    assert_eq!(cost("diez"), "228.50");
    assert_eq!(cost("mil").parse::<f64>().unwrap().abs().to_string(), "0");
}
