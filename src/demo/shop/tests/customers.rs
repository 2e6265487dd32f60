//! Customers: who is one, and what of their meta survives.
use super::*;

#[tokio::test]
async fn an_administrator_is_found_only_among_all_roles() {
    let (shop, _) = stocked();
    assert_eq!(get(&shop, "customers?email=admin@example.test").await.text, "[]");
    assert_eq!(get(&shop, "customers?email=ADMIN@example.test&role=all").await.ids(), [1]);
    assert_eq!(get(&shop, "customers").await.ids(), [2]);
    assert_eq!(get(&shop, "customers?role=all&orderby=id&order=desc").await.ids(), [2, 1]);
    assert_eq!(get(&shop, "customers?email=nope").await.code(), "rest_invalid_param");
}

#[tokio::test]
async fn hidden_meta_of_a_customer_is_dropped_without_a_word() {
    let (shop, _) = stocked();
    let body = json!({"meta_data": [{"key": "_wpcw_dni_number", "value": "1"}, {"key": "mhtp_available_sessions", "value": 7}]});
    let answer = call(&shop, "PUT", "customers/2", Some(body)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(shop.customer_meta(2, "_wpcw_dni_number"), None);
    assert_eq!(shop.customer_meta(2, "mhtp_available_sessions").as_deref(), Some("7"));
    let body = json!({"meta_data": [{"key": "mhtp_available_sessions", "value": null}]});
    call(&shop, "PUT", "customers/2", Some(body)).await;
    assert_eq!(shop.customer_meta(2, "mhtp_available_sessions"), None);
}

#[tokio::test]
async fn each_row_of_a_batch_answers_for_itself_and_a_hundred_is_the_most() {
    let (shop, _) = stocked();
    let body = json!({"update": [{"id": 2, "first_name": "Anita"}, {"id": 77, "first_name": "?"}]});
    let answer = call(&shop, "POST", "customers/batch", Some(body)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["update"][0]["first_name"], "Anita");
    assert_eq!(answer.json()["update"][1]["error"]["code"], "wc_user_invalid_id");
    let many: Vec<Value> = (0..101).map(|_| json!({"id": 2})).collect();
    let refused = call(&shop, "POST", "customers/batch", Some(json!({"update": many}))).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code().as_str()),
        (413, "woocommerce_rest_request_entity_too_large")
    );
}

#[tokio::test]
async fn the_orders_of_a_deleted_customer_become_a_guests() {
    let (shop, _) = stocked();
    let id = shop.place_order(OrderSpec::by(2).line(483, 1)).unwrap();
    shop.delete_customer(2).unwrap();
    assert_eq!(get(&shop, "customers/2").await.code(), "wc_user_invalid_id");
    assert_eq!(get(&shop, "orders?customer=0").await.ids(), [id]);
}
