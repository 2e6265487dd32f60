//! One thing of each load: a request to Abono, or the same writes on the bare database.
use std::sync::Arc;

use abono::{
    core::{actor::Actor, clock::Clock, ids::ShopId, secret::Secret},
    crypto,
    inbox::{
        domain::{Headers, Resource, State},
        jobs as inbox_jobs,
        store::{self as inbox, NewDelivery},
    },
    sessions::service,
    shop::signature,
};
use anyhow::ensure;
use serde_json::{Value, json};
use sqlx::{Connection, MySqlConnection, types::Json};

use crate::{
    load::Worker,
    world::{Person, WEBHOOK_SECRET, World},
};

/// Orders of the loads: numbers that nothing else has.
const QUEUED_FROM: u64 = 1_000_000;
const OURS_FROM: u64 = 2_000_000;
const BARE_FROM: u64 = 3_000_000;

/// An order as shops deliver it, about 4 KB.
fn order(id: u64) -> String {
    let address = json!({
        "first_name": "María de los Ángeles", "last_name": "Robles Mantilla", "company": "", "address_1": "Calle del Almendro 12",
        "address_2": "3º izquierda", "city": "Madrid", "state": "M", "postcode": "28005", "country": "ES",
        "email": "maria@example.test", "phone": "+34 600 000 000",
    });
    let line = |n: u64| {
        json!({
            "id": id * 10 + n, "name": "5 sesiones", "product_id": 486, "variation_id": 0, "quantity": 1, "tax_class": "",
            "subtotal": "40.00", "subtotal_tax": "8.40", "total": "40.00", "total_tax": "8.40",
            "taxes": [{"id": 1, "total": "8.40", "subtotal": "8.40"}], "meta_data": [], "sku": "SES-5", "price": 40,
            "image": {"id": "31", "src": "https://almendro.example/wp-content/uploads/2026/01/sesiones.jpg"}, "parent_name": null,
        })
    };
    let meta: Vec<Value> = (0..12)
        .map(|n| json!({"id": id * 100 + n, "key": format!("_wc_order_attribution_{n}"), "value": "organic, https://www.example.test/"}))
        .collect();
    json!({
        "id": id, "parent_id": 0, "status": "completed", "currency": "EUR", "version": "11.0.1", "prices_include_tax": false,
        "date_created": "2026-11-18T12:00:00", "date_modified": "2026-11-18T12:00:05", "discount_total": "0.00",
        "discount_tax": "0.00", "shipping_total": "0.00", "shipping_tax": "0.00", "cart_tax": "25.20", "total": "145.20",
        "total_tax": "25.20", "customer_id": 2187, "order_key": "wc_order_q7AbCdEfGhIjK", "billing": address, "shipping": address,
        "payment_method": "stripe", "payment_method_title": "Tarjeta", "transaction_id": "pi_3AbCdEfGhIjKlMnOp",
        "customer_ip_address": "192.0.2.17", "customer_user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101",
        "created_via": "checkout", "customer_note": "", "date_completed": "2026-11-18T12:00:05", "number": id.to_string(),
        "meta_data": meta, "line_items": [line(1), line(2), line(3)], "tax_lines": [], "shipping_lines": [], "fee_lines": [],
        "coupon_lines": [], "refunds": [], "is_editable": false, "needs_payment": false, "currency_symbol": "€",
    })
    .to_string()
}

fn headers(delivery_id: String) -> Headers {
    Headers {
        topic: "order.updated".to_owned(),
        delivery_id,
        webhook_id: "9".to_owned(),
        signature: String::new(),
    }
}

fn kept_headers(delivery_id: &str) -> Value {
    json!({
        "x-wc-webhook-topic": "order.updated", "x-wc-webhook-delivery-id": delivery_id, "x-wc-webhook-id": "9",
        "x-wc-webhook-source": "https://almendro.example/", "content-type": "application/json",
        "user-agent": "WooCommerce/11.0.1 Hookshot (WordPress/7.0)",
    })
}

async fn deliver(client: &reqwest::Client, url: &str, delivery_id: &str, body: String) -> anyhow::Result<()> {
    let answer = client
        .post(format!("{url}/hooks/woocommerce/almendro"))
        .header("content-type", "application/json")
        .header("user-agent", "WooCommerce/11.0.1 Hookshot (WordPress/7.0)")
        .header("x-wc-webhook-topic", "order.updated")
        .header("x-wc-webhook-source", "https://almendro.example/")
        .header("x-wc-webhook-id", "9")
        .header("x-wc-webhook-delivery-id", delivery_id)
        .header("x-wc-webhook-signature", signature::sign(body.as_bytes(), &Secret::new(WEBHOOK_SECRET)))
        .body(body)
        .send()
        .await?;
    good(answer).await
}

/// A good answer, read to its end so that the connection can be used again.
async fn good(answer: reqwest::Response) -> anyhow::Result<()> {
    let (status, url) = (answer.status(), answer.url().path().to_owned());
    let body = answer.bytes().await?;
    ensure!(status.is_success(), "{url} answers {status}: {}", String::from_utf8_lossy(&body));
    Ok(())
}

impl World {
    /// Puts deliveries in line, as the inbox does.
    pub async fn queue(&self, count: u64) -> anyhow::Result<()> {
        let (now, shop) = (Clock::System.now(), self.shop);
        let mut tx = self.db.0.begin().await?;
        for id in QUEUED_FROM..QUEUED_FROM + count {
            let (headers, kept_headers, body) =
                (headers(format!("queued-{id}")), kept_headers(""), order(id));
            let delivery = NewDelivery {
                shop,
                headers: &headers,
                resource: Some((Resource::Order, id)),
                body: body.as_bytes(),
                body_hash: crypto::sha256(body.as_bytes()),
                kept_headers: &kept_headers,
                state: State::Pending,
                outcome: None,
                received_at: now,
            };
            inbox::insert(&mut tx, &delivery).await?;
            inbox_jobs::enqueue_refresh(&mut tx, shop, Resource::Order, id, now).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// What a service meets on a day, in equal parts: a page, a health check, a delivery, a question of an app.
#[derive(Debug)]
pub struct Mixed {
    client: reqwest::Client,
    url: String,
    key: String,
    orders: Arc<[u64]>,
    people: Arc<[Person]>,
}

impl Mixed {
    pub fn new(world: &World, url: &str, client: &reqwest::Client) -> Self {
        Self {
            client: client.clone(),
            url: url.to_owned(),
            key: world.key.clone(),
            orders: world.orders.as_slice().into(),
            people: world.people.as_slice().into(),
        }
    }
}

impl Worker for Mixed {
    async fn act(&mut self, n: u64) -> anyhow::Result<()> {
        let Self { client, url, .. } = self;
        match n % 4 {
            0 => good(client.get(format!("{url}/admin/login")).send().await?).await,
            1 => good(client.get(format!("{url}/healthz")).send().await?).await,
            2 => {
                let order_id = self.orders[usize::try_from(n / 4)? % self.orders.len()];
                deliver(client, url, &format!("mixed-{n}"), order(order_id)).await
            }
            _ => {
                let person = World::person(&self.people, n)?;
                let question = format!("{url}/api/v1/sessions/balance?email={}", person.email);
                good(client.get(question).bearer_auth(&self.key).send().await?).await
            }
        }
    }
}

/// A signed delivery.
#[derive(Debug)]
pub struct Ingest {
    client: reqwest::Client,
    url: String,
}

impl Ingest {
    pub fn new(url: &str, client: &reqwest::Client) -> Self {
        Self { client: client.clone(), url: url.to_owned() }
    }
}

impl Worker for Ingest {
    async fn act(&mut self, n: u64) -> anyhow::Result<()> {
        deliver(&self.client, &self.url, &format!("ours-{n}"), order(OURS_FROM + n)).await
    }
}

/// The two rows of a delivery, straight into the database.
#[derive(Debug)]
pub struct BareIngest {
    conn: MySqlConnection,
    shop: ShopId,
}

impl BareIngest {
    pub fn new(world: &World, conn: MySqlConnection) -> Self {
        Self { conn, shop: world.shop }
    }
}

impl Worker for BareIngest {
    async fn act(&mut self, n: u64) -> anyhow::Result<()> {
        let (id, now, shop) = (BARE_FROM + n, Clock::System.now(), self.shop);
        let (delivery_id, body) = (format!("bare-{n}"), order(id));
        let mut tx = self.conn.begin().await?;
        sqlx::query(
            "INSERT INTO inbox_deliveries
               (shop_id, topic, resource, resource_id, delivery_id, webhook_id, body_hash, body, headers, state, received_at)
             VALUES (?, 'order.updated', 'order', ?, ?, '9', ?, ?, ?, 'pending', ?)",
        )
        .bind(shop.0)
        .bind(id)
        .bind(&delivery_id)
        .bind(&crypto::sha256(body.as_bytes())[..])
        .bind(body.as_bytes())
        .bind(Json(kept_headers(&delivery_id)))
        .bind(now)
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "INSERT INTO jobs (kind, payload, dedupe, state, priority, run_at, max_attempts, created_at)
             VALUES ('shop.refresh', ?, ?, 'ready', 3, ?, 8, ?)",
        )
        .bind(Json(json!({"shop": shop, "resource": "order", "id": id})))
        .bind(format!("refresh:{shop}:order:{id}"))
        .bind(now)
        .bind(now)
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }
}

/// One session spent through the API.
#[derive(Debug)]
pub struct Consume {
    client: reqwest::Client,
    url: String,
    key: String,
    people: Arc<[Person]>,
}

impl Consume {
    pub fn new(world: &World, url: &str, client: &reqwest::Client) -> Self {
        Self {
            client: client.clone(),
            url: format!("{url}/api/v1/entitlements/consume"),
            key: world.key.clone(),
            people: world.people.as_slice().into(),
        }
    }
}

impl Worker for Consume {
    async fn act(&mut self, n: u64) -> anyhow::Result<()> {
        let person = World::person(&self.people, n)?;
        let wish = json!({"account": {"email": person.email}, "feature": "session", "reason": "Consulta"});
        let request = self
            .client
            .post(&self.url)
            .bearer_auth(&self.key)
            .header("idempotency-key", format!("bench-{n}"))
            .header("content-type", "application/json")
            .body(wish.to_string());
        good(request.send().await?).await
    }
}

/// The least that spending can be: the guarded UPDATE and its row in the ledger.
#[derive(Debug)]
pub struct BareConsume {
    conn: MySqlConnection,
    people: Arc<[Person]>,
}

impl BareConsume {
    pub fn new(world: &World, conn: MySqlConnection) -> Self {
        Self { conn, people: world.people.as_slice().into() }
    }
}

impl Worker for BareConsume {
    async fn act(&mut self, n: u64) -> anyhow::Result<()> {
        let person = World::person(&self.people, n)?;
        let actor = Actor::System { name: "bare" };
        let mut tx = self.conn.begin().await?;
        let done = sqlx::query(
            "UPDATE session_grants SET remaining = remaining - 1 WHERE id = ? AND remaining >= 1",
        )
        .bind(person.grant.0)
        .execute(&mut *tx)
        .await?;
        ensure!(done.rows_affected() == 1, "nothing is left");
        sqlx::query(
            "INSERT INTO session_entries
               (account_id, grant_id, operation_id, kind, delta, at, actor_kind, actor_id, reason, expert_id)
             VALUES (?, ?, ?, 'consume', -1, ?, ?, ?, 'Consulta', 'expert-42')",
        )
        .bind(person.account.0)
        .bind(person.grant.0)
        .bind(service::operation())
        .bind(Clock::System.now())
        .bind(actor.kind())
        .bind(actor.id())
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }
}
