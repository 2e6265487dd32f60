//! Every way an answer can be wrong (acceptance 51) has its own error, and none of them looks like an empty list.
use std::time::Duration;

use serde_json::json;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

use super::{client, client_of, order_row};
use crate::{
    core::ids::WcId,
    shop::{
        calls::PersonQuery,
        client::{Http, ShopAddress, ShopClient},
        error::{Hint, ShopError},
    },
};

async fn answering(template: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(template).mount(&server).await;
    server
}

/// What asking for an order runs into, and how often the shop was asked.
async fn outcome(template: ResponseTemplate) -> (ShopError, usize) {
    let server = answering(template).await;
    let error = client(&server).order(WcId(7)).await.unwrap_err();
    (error, server.received_requests().await.unwrap().len())
}

fn html(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body.as_bytes().to_vec(), "text/html; charset=UTF-8")
}

#[tokio::test]
async fn html_is_a_failure_whatever_its_status_says() {
    for status in [200, 202, 403, 404] {
        let (error, _) = outcome(html(status, "<!doctype html><title>Mantenimiento</title>")).await;
        assert_eq!(error, ShopError::NotJson { status, hint: Hint::Html });
        assert_eq!(error.code(), "shop_not_json");
    }
    let (error, _) = outcome(html(202, "<html><script src='/.well-known/sgcaptcha/'></script>")).await;
    assert_eq!(error.code(), "shop_challenge");
    let (error, _) = outcome(html(200, "<br />\n<b>Warning</b>: Undefined index in x.php\n[]")).await;
    assert_eq!(error, ShopError::NotJson { status: 200, hint: Hint::PhpNotice });
    let (error, _) = outcome(ResponseTemplate::new(200)).await;
    assert_eq!(error, ShopError::NotJson { status: 200, hint: Hint::Empty });
}

#[tokio::test]
async fn a_404_means_gone_only_in_the_shops_own_words() {
    let gone = json!({"code": "woocommerce_rest_shop_order_invalid_id", "message": "Invalid ID.", "data": {"status": 404}});
    let (error, asked) = outcome(ResponseTemplate::new(404).set_body_json(gone)).await;
    assert_eq!((error, asked), (ShopError::NotFound, 1));
    let no_route = json!({"code": "rest_no_route", "message": "No route was found", "data": {"status": 404}});
    let (error, _) = outcome(ResponseTemplate::new(404).set_body_json(no_route)).await;
    assert_eq!(error.code(), "shop_refused");
}

#[tokio::test]
async fn refused_keys_are_not_tried_again() {
    let wrong = super::fixture("error-bad-key");
    let (error, asked) = outcome(ResponseTemplate::new(401).set_body_json(wrong)).await;
    assert_eq!((error.code(), asked), ("shop_unauthorized", 1));
    let (error, asked) =
        outcome(ResponseTemplate::new(403).set_body_json(json!({"code": "rest_forbidden"}))).await;
    assert_eq!((error.code(), asked), ("shop_forbidden", 1));
}

#[tokio::test]
async fn a_shop_that_asks_for_patience_gets_it_or_is_put_off() {
    let (error, asked) = outcome(ResponseTemplate::new(429).insert_header("Retry-After", "0")).await;
    assert_eq!((error.code(), asked), ("shop_rate_limited", 3));
    let (error, asked) = outcome(ResponseTemplate::new(429).insert_header("Retry-After", "3600")).await;
    assert_eq!((error.retry_after(), asked), (Some(Duration::from_hours(1)), 1), "longer than we sit out");
    let date = "Sat, 21 Nov 2026 06:40:00 GMT";
    let (error, asked) = outcome(ResponseTemplate::new(503).insert_header("Retry-After", date)).await;
    assert_eq!((error.retry_after(), asked), (Some(Duration::from_mins(10)), 1));
}

#[tokio::test]
async fn failures_of_the_moment_are_tried_again_and_then_reported() {
    let (error, asked) = outcome(ResponseTemplate::new(500).set_body_string("Internal Server Error")).await;
    assert_eq!((error, asked), (ShopError::Server { status: 500 }, 3));
    let (error, asked) = outcome(ResponseTemplate::new(200).set_delay(Duration::from_secs(2))).await;
    assert_eq!((error, asked), (ShopError::Timeout, 3));
    let (error, asked) = outcome(
        ResponseTemplate::new(200).set_body_raw(&b"{\"id\":7,\"status\":\"comp"[..], "application/json"),
    )
    .await;
    assert_eq!((error, asked), (ShopError::Truncated, 3));
}

#[tokio::test]
async fn a_second_try_that_succeeds_is_a_success() {
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(502)).up_to_n_times(1).mount(&server).await;
    let row = order_row(7, 2, "ana@example.test", "2026-11-21T05:00:00");
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(200).set_body_json(row))
        .mount(&server)
        .await;
    assert_eq!(client(&server).order(WcId(7)).await.unwrap().id, WcId(7));
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    // Port 9 (discard) is not served on any machine that runs tests; a refused connection is immediate.
    let error = client_of("http://127.0.0.1:9").order(WcId(7)).await.unwrap_err();
    assert_eq!(error, ShopError::Unreachable);
}

#[tokio::test]
async fn a_broken_handshake_is_not_mistaken_for_a_shop_that_is_down() {
    let server = answering(ResponseTemplate::new(200)).await;
    let error = client_of(&server.uri().replace("http:", "https:")).order(WcId(7)).await.unwrap_err();
    assert_eq!(error, ShopError::Tls);
}

#[tokio::test]
async fn redirects_are_reported_and_never_followed() {
    let elsewhere = MockServer::start().await;
    let to = format!("{}/wp-json/wc/v3/orders/7?x=1", elsewhere.uri());
    let (error, asked) = outcome(ResponseTemplate::new(301).insert_header("Location", to.as_str())).await;
    assert_eq!((error, asked), (ShopError::Redirected { to: elsewhere.uri() }, 1));
    assert!(elsewhere.received_requests().await.unwrap().is_empty(), "the keys went nowhere else");
}

#[tokio::test]
async fn an_endless_body_is_cut_off() {
    let body = format!("[\"{}\"]", "x".repeat(2 * 1024 * 1024));
    let (error, asked) = outcome(ResponseTemplate::new(200).set_body_raw(body, "application/json")).await;
    assert_eq!((error, asked), (ShopError::TooLarge { limit: 1024 * 1024 }, 1));
}

#[tokio::test]
async fn an_order_that_makes_no_sense_is_an_error_that_names_the_field_and_keeps_the_value_out() {
    let mut row = order_row(7, 2, "ana@example.test", "2026-11-21T05:00:00");
    row["currency"] = "euros de Ana".into();
    let (error, _) = outcome(ResponseTemplate::new(200).set_body_json(row)).await;
    assert_eq!(error.to_string(), "order 7: currency makes no sense");
    let (error, _) = outcome(ResponseTemplate::new(200).set_body_json(json!([]))).await;
    assert_eq!(error.code(), "shop_malformed");
}

#[tokio::test]
async fn private_and_plain_addresses_are_refused_before_anything_is_sent() {
    let server = answering(ResponseTemplate::new(200)).await;
    let strict = Http::new(false).unwrap();
    let named = server.uri().replace("127.0.0.1", "localhost");
    for (url, refused) in [
        (server.uri(), ShopError::PlainHttp),
        (server.uri().replace("http:", "https:"), ShopError::PrivateAddress),
        (named.replace("http:", "https:"), ShopError::PrivateAddress),
    ] {
        let template = client_of(&url);
        let address = ShopAddress {
            url: template.url().clone(),
            consumer_key: crate::core::secret::Secret::new("ck"),
            consumer_secret: crate::core::secret::Secret::new("cs"),
        };
        let strict = ShopClient::new(&strict, template.clock().clone(), address);
        assert_eq!(strict.order(WcId(7)).await, Err(refused), "{url}");
    }
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_failing_second_page_fails_the_whole_question() {
    let server = MockServer::start().await;
    let rows: Vec<_> =
        (1..=100).map(|id| order_row(id, 2, "ana@example.test", "2026-11-21T05:00:00")).collect();
    Mock::given(path("/wp-json/wc/v3/orders"))
        .respond_with(ResponseTemplate::new(200).set_body_json(rows))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(path("/wp-json/wc/v3/orders")).respond_with(ResponseTemplate::new(500)).mount(&server).await;
    let ana = PersonQuery { customer_id: Some(WcId(2)), emails: Vec::new() };
    assert_eq!(client(&server).orders_of(&ana, None).await, Err(ShopError::Server { status: 500 }));
}

#[tokio::test]
async fn an_empty_list_is_an_answer() {
    let server = answering(ResponseTemplate::new(200).set_body_json(json!([]))).await;
    let client = client(&server);
    let nobody = PersonQuery { customer_id: Some(WcId(2)), emails: Vec::new() };
    assert_eq!(client.orders_of(&nobody, None).await, Ok(Vec::new()));
    let email = crate::core::email::Email::parse("ana@example.test").unwrap();
    assert_eq!(client.customer_by_email(&email).await, Ok(None));
}
