//! Faults on demand.
use std::time::Duration;

use super::*;

#[tokio::test]
async fn a_fault_hits_as_often_as_told_and_only_what_it_is_for() {
    let (shop, _) = stocked();
    shop.inject(Fault::Html(503).times(2).on("/orders"));
    assert_eq!(get(&shop, "products").await.status, 200);
    for wanted in [503, 503, 200] {
        let answer = get(&shop, "orders").await;
        assert_eq!(answer.status, wanted);
        assert_eq!(answer.header("content-type").starts_with("text/html"), wanted == 503);
    }
    shop.inject(Fault::Status(500).always().page(2));
    assert_eq!(get(&shop, "orders").await.status, 200);
    assert_eq!(get(&shop, "orders?page=2").await.status, 500);
    shop.clear_faults();
    assert_eq!(get(&shop, "orders?page=2").await.status, 200);
}

#[tokio::test]
async fn too_many_requests_says_when_to_come_back() {
    let (shop, _) = stocked();
    shop.inject(Fault::TooMany { retry_after: 7 });
    let answer = get(&shop, "orders").await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, "7"));
}

#[tokio::test]
async fn an_answer_can_be_cut_empty_or_never_come() {
    let (shop, _) = stocked();
    shop.place_order(OrderSpec::by(2).line(483, 1)).unwrap();
    shop.inject(Fault::TruncatedJson);
    let cut = get(&shop, "orders").await;
    assert_eq!(cut.status, 200);
    assert!(serde_json::from_str::<Value>(&cut.text).is_err());
    shop.inject(Fault::EmptyList);
    assert_eq!(get(&shop, "orders").await.text, "[]");
    shop.inject(Fault::Hang);
    let never = tokio::time::timeout(Duration::from_millis(50), get(&shop, "orders")).await;
    assert!(never.is_err());
}

#[tokio::test]
async fn a_lost_answer_was_carried_out_all_the_same() {
    let (shop, _) = stocked();
    shop.inject(Fault::AnswerLost.once().method("POST"));
    let body = json!({"code": "perdido", "amount": "5"});
    assert_eq!(call(&shop, "POST", "coupons", Some(body.clone())).await.status, 504);
    assert_eq!(
        call(&shop, "POST", "coupons", Some(body)).await.code(),
        "woocommerce_rest_coupon_code_already_exists"
    );
}

#[tokio::test]
async fn some_stores_ignore_even_the_customer_filter() {
    let (shop, _) = stocked();
    shop.place_order(OrderSpec::guest("G", "", "g@example.test").line(483, 1)).unwrap();
    assert_eq!(get(&shop, "orders?customer=2").await.text, "[]");
    shop.inject(Fault::FilterIgnored);
    assert_eq!(get(&shop, "orders?customer=2").await.ids().len(), 1);
}

#[tokio::test]
async fn what_clients_asked_is_remembered() {
    let (shop, _) = stocked();
    get(&shop, "orders?per_page=100&page=1").await;
    let requests = shop.requests();
    assert_eq!(requests[0].method, "GET");
    assert_eq!(requests[0].path_and_query, "/wp-json/wc/v3/orders?per_page=100&page=1");
    shop.clear_requests();
    assert!(shop.requests().is_empty());
}
