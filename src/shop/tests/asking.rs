//! What goes out: how requests are signed, who is asked for, and what a shop that ignores a filter gets.
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{method, path, query_param},
};

use super::{at, client, fixture, order_row};
use crate::{
    core::{email::Email, ids::WcId},
    shop::{calls::PersonQuery, error::ShopError},
};

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

/// A shop with these orders whose filters work like the real one's, or not at all.
async fn shop_with(orders: Vec<Value>, filters_work: bool) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(path("/wp-json/wc/v3/orders"))
        .respond_with(move |request: &Request| {
            let asked =
                |name: &str| request.url.query_pairs().find(|(k, _)| k == name).map(|(_, v)| v.into_owned());
            let mut found: Vec<Value> = orders
                .iter()
                .filter(|order| {
                    let customer =
                        asked("customer").is_none_or(|c| order["customer_id"].as_u64() == c.parse().ok());
                    let text = asked("search").is_none_or(|s| order.to_string().to_lowercase().contains(&s));
                    let after = asked("after")
                        .is_none_or(|a| order["date_created_gmt"].as_str().unwrap() > a.as_str());
                    !filters_work || (customer && text && after)
                })
                .cloned()
                .collect();
            let number = |name: &str| asked(name).unwrap().parse::<usize>().unwrap();
            found.sort_by_key(|order| order["id"].as_u64());
            let page: Vec<Value> =
                found.into_iter().skip(number("offset")).take(number("per_page")).collect();
            ResponseTemplate::new(200).set_body_json(page)
        })
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn somebody_elses_order_aborts_the_question() {
    let foreign = (1..=250).map(|id| order_row(id, 9, "otra@example.test", "2026-11-20T00:00:00")).collect();
    let server = shop_with(foreign, false).await;
    let technician = PersonQuery { customer_id: Some(WcId(2)), emails: Vec::new() };
    let answer = client(&server).orders_of(&technician, None).await;
    assert_eq!(answer, Err(ShopError::FilterIgnored { filter: "customer" }));
    let only_mail = PersonQuery { customer_id: None, emails: vec![email("ana@example.test")] };
    assert_eq!(
        client(&server).orders_of(&only_mail, None).await,
        Ok(Vec::new()),
        "nobody's order is not hers"
    );
}

#[tokio::test]
async fn a_person_has_the_orders_of_account_and_address_once_each_and_no_others() {
    let server = shop_with(
        vec![
            order_row(1, 2, "ana@example.test", "2026-11-20T00:00:00"),
            order_row(2, 0, "Ana@Example.test", "2026-11-20T00:00:00"),
            order_row(3, 0, "ana@example.test.evil", "2026-11-20T00:00:00"),
            order_row(4, 0, "mariana@example.test", "2026-11-20T00:00:00"),
            order_row(5, 2, "trabajo@example.test", "2026-11-20T00:00:00"),
            order_row(6, 0, "ana@example.test", "2026-10-01T00:00:00"),
            order_row(7, 9, "otra@example.test", "2026-11-20T00:00:00"),
        ],
        true,
    )
    .await;
    let ana = PersonQuery { customer_id: Some(WcId(2)), emails: vec![email("ana@example.test")] };
    let orders = client(&server).orders_of(&ana, Some(at("2026-11-01T00:00:00Z"))).await.unwrap();
    assert_eq!(orders.iter().map(|order| order.id.0).collect::<Vec<_>>(), [1, 2, 5]);
}

#[tokio::test]
async fn the_first_second_of_the_window_counts_and_the_one_before_does_not() {
    let server = shop_with(
        vec![
            order_row(1, 2, "ana@example.test", "2026-10-31T23:59:59"),
            order_row(2, 2, "ana@example.test", "2026-11-01T00:00:00"),
        ],
        true,
    )
    .await;
    let ana = PersonQuery { customer_id: Some(WcId(2)), emails: Vec::new() };
    let orders = client(&server).orders_of(&ana, Some(at("2026-11-01T00:00:00Z"))).await.unwrap();
    assert_eq!(orders.iter().map(|order| order.id.0).collect::<Vec<_>>(), [2]);
}

#[tokio::test]
async fn a_shop_that_ignores_the_address_does_not_pass_off_its_first_customer() {
    let server = MockServer::start().await;
    Mock::given(path("/wp-json/wc/v3/customers"))
        .and(query_param("role", "all"))
        .respond_with(ResponseTemplate::new(200).set_body_json(fixture("customers-role-all")))
        .mount(&server)
        .await;
    let answer = client(&server).customer_by_email(&email("ana@example.test")).await;
    assert_eq!(answer, Err(ShopError::FilterIgnored { filter: "email" }));
    let admin = client(&server).customer_by_email(&email("Admin@example.test")).await.unwrap().unwrap();
    assert_eq!((admin.id, admin.role.as_str()), (WcId(1), "administrator"));
}

#[tokio::test]
async fn over_plain_http_requests_are_signed_and_the_secret_stays_here() {
    let server = shop_with(Vec::new(), true).await;
    let ana = PersonQuery { customer_id: Some(WcId(2)), emails: Vec::new() };
    client(&server).orders_of(&ana, None).await.unwrap();
    let request = server.received_requests().await.unwrap().remove(0);
    let query = request.url.query().unwrap();
    assert!(query.contains("oauth_consumer_key=ck_key") && query.contains("oauth_signature="), "{query}");
    assert!(query.contains(&format!("oauth_timestamp={}", at("2026-11-21T06:30:00Z").timestamp())));
    assert!(!request.headers.contains_key("authorization") && !query.contains("cs_secret"));
}

async fn probe_server(may_write: bool) -> MockServer {
    let server = MockServer::start().await;
    let json = |body: Value| ResponseTemplate::new(200).set_body_json(body);
    let base = "/wp-json/wc/v3";
    Mock::given(path("/wp-json/")).respond_with(json(fixture("index"))).mount(&server).await;
    for list in ["orders", "webhooks"] {
        Mock::given(method("GET"))
            .and(path(format!("{base}/{list}")))
            .respond_with(json(json!([])))
            .mount(&server)
            .await;
    }
    let refused = json!({"code": "woocommerce_rest_authentication_error", "message": "no write permissions"});
    let batch = if may_write { json(json!([])) } else { ResponseTemplate::new(401).set_body_json(refused) };
    Mock::given(method("POST"))
        .and(path(format!("{base}/webhooks/batch")))
        .respond_with(batch)
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn probing_tells_what_the_keys_may_and_what_the_shop_is() {
    let server = probe_server(true).await;
    let status = json!({"environment": {"version": "11.0.1"}, "settings": {"currency": "ARS"}});
    Mock::given(path("/wp-json/wc/v3/system_status"))
        .respond_with(ResponseTemplate::new(200).set_body_json(status))
        .mount(&server)
        .await;
    let facts = client(&server).probe().await.unwrap();
    assert_eq!((facts.name.as_str(), facts.timezone), ("Tienda Prueba", chrono_tz::Europe::Madrid));
    assert_eq!((facts.currency.as_deref(), facts.wc_version.as_deref()), (Some("ARS"), Some("11.0.1")));
    assert!(facts.may_write);
}

#[tokio::test]
async fn keys_that_may_only_read_are_told_apart_and_hidden_facts_do_not_stop_the_probe() {
    let server = probe_server(false).await;
    let hidden = json!({"code": "woocommerce_rest_cannot_view", "message": "Sorry"});
    Mock::given(path("/wp-json/wc/v3/system_status"))
        .respond_with(ResponseTemplate::new(403).set_body_json(hidden))
        .mount(&server)
        .await;
    Mock::given(path("/wp-json/wc/v3/data/currencies/current"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"code": "EUR"})))
        .mount(&server)
        .await;
    let facts = client(&server).probe().await.unwrap();
    assert_eq!((facts.may_write, facts.currency.as_deref(), facts.wc_version), (false, Some("EUR"), None));
}
