//! Each trap and each shape that the pretend store imitates, checked against what the real one answered.
mod auth;
mod captures;
mod coupons;
mod customers;
mod failures;
mod hooks;
mod orders;
mod pages;
mod refunds;

use std::sync::{Arc, Mutex};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, Request, StatusCode},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{TimeZone, Utc};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::*;

pub(super) const KEY: &str = "ck_demo";
pub(super) const SECRET: &str = "cs_demo";

/// A shop at noon in Madrid (11:00 UTC), with one change to its configuration.
pub(super) fn shop_with(change: impl FnOnce(&mut DemoConfig)) -> (DemoShop, Clock) {
    let clock = Clock::fixed(Utc.with_ymd_and_hms(2026, 11, 21, 11, 0, 0).unwrap());
    let http = reqwest::Client::builder()
        .timeout(std::time::Duration::from_secs(5))
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let mut config = DemoConfig::new(Secret::new(KEY), Secret::new(SECRET), clock.clone(), http);
    config.url = "https://tienda.example".to_owned();
    change(&mut config);
    (DemoShop::new(config), clock)
}

/// A shop with the products, Ana (customer 2) and an administrator (1).
fn stocked() -> (DemoShop, Clock) {
    let (shop, clock) = shop_with(|_| ());
    stock(&shop);
    (shop, clock)
}

fn stock(shop: &DemoShop) {
    for (id, name, price) in
        [(483, "1 sesión", "40"), (486, "Pack de 5 sesiones", "180"), (512, "Libro", "18.5")]
    {
        shop.add_product(ProductSpec::new(id, name, price)).unwrap();
    }
    let mut admin = CustomerSpec::new("admin@example.test", "Elvira", "Almendro");
    admin.role = "administrator".to_owned();
    shop.add_customer(admin).unwrap();
    shop.add_customer(CustomerSpec::new("ana@example.test", "Ana", "Peña")).unwrap();
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn ids(&self) -> Vec<u64> {
        let list = self.json();
        let rows = list.as_array().unwrap_or_else(|| panic!("not a list: {list}"));
        rows.iter().map(|row| row["id"].as_u64().unwrap()).collect()
    }

    fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

async fn send(shop: &DemoShop, request: Request<Body>) -> Answer {
    let response = shop.router().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    Answer { status: parts.status, headers: parts.headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
}

fn basic(key: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{key}:{secret}")))
}

/// A request below `wc/v3/`, with the right keys.
async fn call(shop: &DemoShop, method: &str, path: &str, body: Option<Value>) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(format!("/wp-json/wc/v3/{path}"))
        .header("authorization", basic(KEY, SECRET))
        .header("content-type", "application/json");
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    send(shop, request.body(body).unwrap()).await
}

async fn get(shop: &DemoShop, path: &str) -> Answer {
    call(shop, "GET", path, None).await
}

/// Someone who receives webhooks: remembers them, and answers what it is told to.
#[derive(Clone)]
struct Receiver {
    url: String,
    got: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
    says: Arc<Mutex<u16>>,
}

impl Receiver {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let receiver = Self { url, got: Arc::default(), says: Arc::new(Mutex::new(200)) };
        let own = receiver.clone();
        let app = axum::Router::new().fallback(move |headers: HeaderMap, body: Bytes| async move {
            own.got.lock().unwrap().push((headers, body));
            StatusCode::from_u16(*own.says.lock().unwrap()).unwrap()
        });
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        receiver
    }

    fn say(&self, status: u16) {
        *self.says.lock().unwrap() = status;
    }

    async fn listen(&self, shop: &DemoShop, topic: &str) -> u64 {
        let body = json!({"name": topic, "topic": topic, "delivery_url": self.url, "secret": "a&b<c>\"d'e"});
        let made = call(shop, "POST", "webhooks", Some(body)).await;
        assert_eq!(made.status, 201, "{}", made.text);
        made.json()["id"].as_u64().unwrap()
    }
}
