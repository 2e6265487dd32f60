//! Lists and filters, dates, pages, and the life of an order.
use chrono::TimeDelta;

use super::*;

fn ana(shop: &DemoShop) -> u64 {
    shop.place_order(OrderSpec::by(2).line(483, 1)).unwrap()
}

fn guest(shop: &DemoShop, email: &str) -> u64 {
    shop.place_order(OrderSpec::guest("Rocío", "Vega", email).line(486, 1)).unwrap()
}

#[tokio::test]
async fn an_unknown_parameter_filters_nothing() {
    let (shop, _) = stocked();
    let (ana, guest) = (ana(&shop), guest(&shop, "x@y.test"));
    let all = get(&shop, "orders?customer_email=ana@example.test&orderby=id").await;
    assert_eq!(all.ids(), [guest, ana]);
}

#[tokio::test]
async fn the_real_filters_filter() {
    let (shop, _) = stocked();
    let (ana, guest) = (ana(&shop), guest(&shop, "Rocio@Y.test"));
    shop.set_order_status(guest, OrderStatus::Completed).unwrap();
    for (query, wanted) in [
        ("customer=2", vec![ana]),
        ("customer=0", vec![guest]),
        ("search=ROCIO@y", vec![guest]),
        ("search=pack%20de", vec![guest]),
        ("status=completed", vec![guest]),
        ("status[]=completed&status[]=pending&orderby=id&order=asc", vec![ana, guest]),
        ("product=483", vec![ana]),
        (&format!("include={ana},{guest}&orderby=include"), vec![ana, guest]),
        (&format!("exclude[]={ana}"), vec![guest]),
        ("orderby=id&offset=1", vec![ana]),
        ("orderby=id&offset=1&page=7", vec![ana]),
    ] {
        assert_eq!(get(&shop, &format!("orders?{query}")).await.ids(), wanted, "{query}");
    }
}

#[tokio::test]
async fn a_guest_is_no_customer_and_keeps_the_spelling_of_the_address() {
    let (shop, _) = stocked();
    let id = guest(&shop, "Ana@Example.test");
    let order = get(&shop, &format!("orders/{id}")).await.json();
    assert_eq!(order["customer_id"], 0);
    assert_eq!(order["billing"]["email"], "Ana@Example.test");
    assert!(order["_links"].get("customer").is_none());
}

#[tokio::test]
async fn dates_compare_in_the_sites_time_unless_told_otherwise() {
    let (shop, clock) = stocked();
    let early = ana(&shop);
    clock.advance(TimeDelta::minutes(30));
    let late = ana(&shop);
    // Noon in Madrid is 11:00 UTC. All bounds are exclusive.
    for (query, wanted) in [
        ("after=2026-11-21T12:00:00", vec![late]),
        ("after=2026-11-21T11:59:59", vec![late, early]),
        ("after=2026-11-21T11:00:00", vec![late, early]),
        ("after=2026-11-21T11:00:00&dates_are_gmt=true", vec![late]),
        ("after=2026-11-21T11:00:00Z", vec![late]),
        ("after=2026-11-21T12:00:00%2B01:00", vec![late]),
        ("modified_after=2026-11-21T11:30:00&dates_are_gmt=1", vec![]),
        ("modified_before=2026-11-21T12:30:00", vec![early]),
        ("before=2026-11-21T12:00:00", vec![]),
    ] {
        assert_eq!(get(&shop, &format!("orders?{query}")).await.ids(), wanted, "{query}");
    }
    let bare = get(&shop, "orders?after=2026-11-21").await;
    assert_eq!(bare.json()["data"]["params"]["after"], "Invalid date.");
    let order = get(&shop, &format!("orders/{late}")).await.json();
    assert_eq!(order["date_created"], "2026-11-21T12:30:00");
    assert_eq!(order["date_created_gmt"], "2026-11-21T11:30:00");
}

#[tokio::test]
async fn wrong_parameters_are_refused_in_the_stores_words() {
    let (shop, _) = stocked();
    for (query, message) in [
        ("per_page=0", "per_page must be between 1 (inclusive) and 100 (inclusive)"),
        ("page=0", "page must be greater than or equal to 1"),
        ("customer=abc", "customer is not of type integer."),
        ("order=up", "order is not one of asc and desc."),
        ("orderby=foo", "orderby is not one of date, id, include, title, slug, and modified."),
        (
            "status=foo",
            "status[0] is not one of any, trash, auto-draft, pending, processing, on-hold, completed, cancelled, refunded, failed, and checkout-draft.",
        ),
    ] {
        let refused = get(&shop, &format!("orders?{query}")).await;
        let name = query.split('=').next().unwrap();
        assert_eq!(refused.status, 400);
        assert_eq!(refused.json()["data"]["params"][name], message);
    }
}

#[tokio::test]
async fn past_the_end_there_are_suddenly_no_orders() {
    let (shop, _) = stocked();
    ana(&shop);
    let beyond = get(&shop, "orders?page=7").await;
    assert_eq!(beyond.ids(), [0; 0]);
    assert_eq!(beyond.header("x-wp-total"), "0");
    assert_eq!(
        beyond.header("link"),
        "<https://tienda.example/wp-json/wc/v3/orders?page=0&status%5B0%5D=any>; rel=\"prev\""
    );
    let products = get(&shop, "products?page=7").await;
    assert_eq!((products.ids(), products.header("x-wp-total")), (vec![], "3"));
}

#[tokio::test]
async fn equal_timestamps_repeat_and_skip_between_pages_but_ids_do_not() {
    let (shop, clock) = stocked();
    for _ in 0..6 {
        let id = ana(&shop);
        shop.edit_order_at(id, clock.now()).unwrap();
    }
    let mut seen = Vec::new();
    let mut by_id = Vec::new();
    for page in 1..=3 {
        seen.extend(
            get(&shop, &format!("orders?orderby=modified&order=asc&per_page=2&page={page}")).await.ids(),
        );
        by_id.extend(get(&shop, &format!("orders?orderby=id&order=asc&per_page=2&page={page}")).await.ids());
    }
    let distinct = |ids: &[u64]| ids.iter().collect::<std::collections::BTreeSet<_>>().len();
    assert_eq!((seen.len(), distinct(&by_id)), (6, 6));
    assert!(distinct(&seen) < 6 || seen != by_id, "{seen:?}");
}

#[tokio::test]
async fn a_trashed_order_is_hidden_from_lists_but_not_from_its_own_address() {
    let (shop, clock) = stocked();
    let id = ana(&shop);
    clock.advance(TimeDelta::seconds(5));
    let path = format!("orders/{id}");
    let before = call(&shop, "DELETE", &path, None).await;
    assert_eq!(before.json()["status"], "pending");
    for (query, wanted) in [
        ("", vec![]),
        ("?status=any", vec![]),
        ("?status=any,trash", vec![]),
        ("?status=trash", vec![id]),
        ("?modified_after=2026-11-21T12:00:00", vec![]),
    ] {
        assert_eq!(get(&shop, &format!("orders{query}")).await.ids(), wanted, "{query}");
    }
    let order = get(&shop, &path).await.json();
    assert_eq!(order["status"], "trash");
    assert_eq!(order["date_modified"], "2026-11-21T12:00:05");
    assert_eq!(order["meta_data"][0]["key"], "_wp_trash_meta_status");
    assert_eq!(order["meta_data"][0]["value"], "wc-pending");
    assert_eq!(call(&shop, "DELETE", &path, None).await.status, 410);
    assert_eq!(call(&shop, "DELETE", &format!("{path}?force=true"), None).await.status, 200);
    assert_eq!(get(&shop, &path).await.code(), "woocommerce_rest_shop_order_invalid_id");
}

#[tokio::test]
async fn an_order_made_and_paid_by_rest_is_processing() {
    let (shop, _) = stocked();
    let body = json!({
        "customer_id": 2, "billing": {"email": "ana@example.test"}, "line_items": [{"product_id": 486, "quantity": 2}],
        "meta_data": [{"key": "_x", "value": [1, 2]}],
    });
    let made = call(&shop, "POST", "orders", Some(body)).await;
    let order = made.json();
    assert_eq!(
        (made.status.as_u16(), &order["status"], &order["total"]),
        (201, &json!("pending"), &json!("360.00"))
    );
    assert_eq!(order["meta_data"][0]["value"], json!([1, 2]));
    assert_eq!(
        made.header("location"),
        format!("https://tienda.example/wp-json/wc/v3/orders/{}", order["id"])
    );
    let paid = json!({"set_paid": true, "transaction_id": "t1"});
    let paid = call(&shop, "PUT", &format!("orders/{}", order["id"]), Some(paid)).await.json();
    assert_eq!((&paid["status"], &paid["transaction_id"]), (&json!("processing"), &json!("t1")));
    assert_eq!(paid["date_paid"], "2026-11-21T12:00:00");
    assert_eq!(get(&shop, "customers/2").await.json()["is_paying_customer"], true);
}

#[tokio::test]
async fn a_shop_of_downloads_completes_what_is_paid() {
    let (shop, _) = shop_with(|config| config.paying_completes = true);
    stock(&shop);
    let id = ana(&shop);
    shop.pay(id).unwrap();
    assert_eq!(shop.order(id).unwrap().status, OrderStatus::Completed);
}

#[tokio::test]
async fn an_order_may_be_for_a_product_that_is_not_there() {
    let (shop, _) = stocked();
    let body = json!({"line_items": [{"product_id": 99_999, "quantity": 1}]});
    let order = call(&shop, "POST", "orders", Some(body)).await.json();
    let line = &order["line_items"][0];
    assert_eq!(
        (&line["product_id"], &line["sku"], &order["total"]),
        (&json!(0), &json!(null), &json!("0.00"))
    );
}

#[tokio::test]
async fn a_variation_is_bought_under_its_products_number() {
    let (shop, _) = stocked();
    let id = shop
        .add_product(ProductSpec {
            name: "Bono".to_owned(),
            is_virtual: true,
            variations: vec![VariationSpec {
                option: "Mañanas".to_owned(),
                price: "12.5".to_owned(),
                sessions_meta: Some(3),
            }],
            ..ProductSpec::default()
        })
        .unwrap();
    let variation = shop.variations(id)[0];
    let body = json!({"line_items": [{"product_id": id, "variation_id": variation, "quantity": 1}]});
    let line = call(&shop, "POST", "orders", Some(body)).await.json()["line_items"][0].clone();
    assert_eq!((&line["product_id"], &line["variation_id"]), (&json!(id), &json!(variation)));
    assert_eq!((&line["name"], &line["parent_name"]), (&json!("Bono - Mañanas"), &json!("Bono")));
    let listed = get(&shop, &format!("products/{id}/variations")).await.json();
    assert_eq!(listed[0]["meta_data"][0]["key"], "_mhtp_sessions_count");
    assert_eq!(get(&shop, &format!("products/{id}")).await.json()["variations"], json!([variation]));
}

#[tokio::test]
async fn only_the_wanted_fields_are_sent() {
    let (shop, _) = stocked();
    let id = ana(&shop);
    let answer = get(&shop, "orders?_fields=id,status").await;
    assert_eq!(answer.text, format!(r#"[{{"id":{id},"status":"pending"}}]"#));
}
