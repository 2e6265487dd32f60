//! The client against shops that misbehave, and the paging against shops that change while being read.
mod answers;
mod asking;
mod paging;
mod reading;
mod watchdog;

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use wiremock::MockServer;

use super::client::{Http, Limits, ShopAddress, ShopClient};
use crate::core::{clock::Clock, secret::Secret};

/// Patience of milliseconds, so that retries and timeouts are seen without waiting.
fn hurried() -> Limits {
    Limits {
        connect: Duration::from_millis(500),
        whole: Duration::from_millis(300),
        largest: 1024 * 1024,
        retries: 2,
        first_wait: Duration::from_millis(1),
        longest_wait: Duration::from_secs(1),
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn client_of(url: &str) -> ShopClient {
    let address = ShopAddress {
        url: url.parse().unwrap(),
        consumer_key: Secret::new("ck_key"),
        consumer_secret: Secret::new("cs_secret"),
    };
    let clock = Clock::fixed(at("2026-11-21T06:30:00Z"));
    ShopClient::new(&Http::with_limits(true, hurried()).unwrap(), clock, address)
}

fn client(server: &MockServer) -> ShopClient {
    client_of(&server.uri())
}

fn fixture(name: &str) -> Value {
    let path = format!("{}/tests/fixtures/woocommerce/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The least an order may be.
fn order_row(id: u64, customer: u64, email: &str, created: &str) -> Value {
    json!({
        "id": id, "number": id.to_string(), "status": "completed", "currency": "EUR", "total": "10.00", "total_tax": "0.00",
        "shipping_total": "0.00", "shipping_tax": "0.00", "customer_id": customer, "billing": {"email": email},
        "date_created_gmt": created, "date_modified_gmt": created, "line_items": [], "refunds": [],
    })
}
