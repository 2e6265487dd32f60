//! Webhooks: who is told, what is queued, and how a delivery is built, signed, sent and forgotten.
use std::{collections::VecDeque, net::IpAddr, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use url::{Host, Url};

use super::{
    DemoError, DemoShop, Receivers, VERSION,
    json::{Json, object},
    shape::Face,
    state::State,
};
use crate::{core::secret::Secret, crypto};

/// Deliveries that are remembered.
const KEPT: usize = 10_000;
/// Failures in a row that a webhook survives.
const PATIENCE: u32 = 6;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookStatus {
    Active,
    Paused,
    Disabled,
}

impl WebhookStatus {
    pub const ALL: [Self; 3] = [Self::Active, Self::Paused, Self::Disabled];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Disabled => "disabled",
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Webhook {
    pub id: u64,
    pub name: String,
    pub status: WebhookStatus,
    pub topic: String,
    pub delivery_url: String,
    pub secret: Secret,
    /// Failed deliveries in a row. Switching the webhook on again does not forget them; a delivery that arrives does.
    pub failures: u32,
    pub owner_gone: bool,
    pub created: DateTime<Utc>,
    pub modified: Option<DateTime<Utc>>,
}

/// A webhook as the store keeps it. REST shows neither secret nor failures.
#[derive(Debug, Clone)]
pub struct WebhookView {
    pub id: u64,
    pub name: String,
    pub topic: String,
    pub status: WebhookStatus,
    pub delivery_url: String,
    pub secret: Secret,
    /// Failed deliveries in a row.
    pub failures: u32,
}

/// Something happened that a webhook wants to know. What it says is decided when it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pending {
    webhook: u64,
    resource: u64,
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered {
    /// The receiver answered with this status.
    Answered(u16),
    /// Nobody answered, or the address is one the store refuses to call.
    Unreachable,
}

impl Delivered {
    /// Whether the store counts it as a success: 2xx, 301 and 302.
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Answered(200..=299 | 301 | 302))
    }
}

/// One sent request, byte for byte.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub webhook_id: u64,
    /// `None` for the ping.
    pub topic: Option<String>,
    /// The order, customer, coupon or product it is about; the webhook itself for the ping.
    pub resource_id: u64,
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
    pub at: DateTime<Utc>,
    pub outcome: Delivered,
}

impl Delivery {
    /// A header's value; names are compared without regard to case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

impl State {
    /// Queues a delivery for every active webhook of the topic, unless one about the same thing still waits.
    pub(super) fn fire(&mut self, topic: &str, resource: u64) {
        let listeners = self.webhooks.values();
        let listening = listeners.filter(|hook| hook.topic == topic && hook.status == WebhookStatus::Active);
        for webhook in listening.map(|hook| hook.id).collect::<Vec<_>>() {
            let pending = Pending { webhook, resource };
            if !self.queue.contains(&pending) {
                self.queue.push_back(pending);
            }
        }
    }
}

impl Face<'_> {
    /// What a webhook says about a thing *now*.
    fn payload(&self, webhook: &Webhook, id: u64) -> Json {
        let (resource, event) = webhook.topic.split_once('.').unwrap_or_default();
        if event == "deleted" {
            return object! { "id" => id };
        }
        let refused = |code: &str, message: &str, status: u16| object! { "code" => code, "message" => message, "data" => object! { "status" => status } };
        if webhook.owner_gone {
            return refused("woocommerce_rest_cannot_view", "Sorry, you cannot view this resource.", 401);
        }
        let state = self.state;
        let found = match resource {
            "order" => state.orders.get(&id).map(|order| self.order(order)),
            "customer" => state.customers.get(&id).map(|customer| self.customer(customer)),
            "coupon" => state.coupons.get(&id).map(|coupon| self.coupon(coupon)),
            _ => state.products.get(&id).map(|product| self.product(product)),
        };
        found.unwrap_or_else(|| match resource {
            "order" => refused("woocommerce_rest_shop_order_invalid_id", "Invalid ID.", 404),
            "customer" => refused("wc_user_invalid_id", "Invalid user ID.", 404),
            "coupon" => refused("woocommerce_rest_shop_coupon_invalid_id", "Invalid ID.", 404),
            _ => refused("woocommerce_rest_product_invalid_id", "Invalid ID.", 404),
        })
    }
}

impl DemoShop {
    /// The webhooks as stored, oldest first.
    pub fn webhooks(&self) -> Vec<WebhookView> {
        let state = self.lock();
        let hooks = state.webhooks.values();
        hooks
            .map(|hook| WebhookView {
                id: hook.id,
                name: hook.name.clone(),
                topic: hook.topic.clone(),
                status: hook.status,
                delivery_url: hook.delivery_url.clone(),
                secret: hook.secret.clone(),
                failures: hook.failures,
            })
            .collect()
    }

    /// What a shop manager does by hand. What is already queued is still sent.
    pub fn set_webhook_status(&self, id: u64, status: WebhookStatus) -> Result<(), DemoError> {
        self.change_webhook(id, |hook| hook.status = status)
    }

    /// Deletes the user who made the webhook: from now on it sends a validly signed refusal instead of orders.
    pub fn delete_webhook_owner(&self, id: u64) -> Result<(), DemoError> {
        self.change_webhook(id, |hook| hook.owner_gone = true)
    }

    /// Removes the webhook; what waited for it is dropped.
    pub fn delete_webhook(&self, id: u64) -> Result<(), DemoError> {
        let removed = self.lock().webhooks.remove(&id);
        removed.map(|_| ()).ok_or(DemoError::NoSuchWebhook(id))
    }

    fn change_webhook(&self, id: u64, change: impl FnOnce(&mut Webhook)) -> Result<(), DemoError> {
        let now = self.now();
        let mut state = self.lock();
        let hook = state.webhooks.get_mut(&id).ok_or(DemoError::NoSuchWebhook(id))?;
        change(hook);
        hook.modified = Some(now);
        Ok(())
    }

    /// How many deliveries wait to be sent.
    pub fn pending_deliveries(&self) -> usize {
        self.lock().queue.len()
    }

    /// Sends what waits, one by one, oldest first, and tells what became of each. Nothing is ever sent again.
    pub async fn deliver_pending(&self) -> Vec<Delivery> {
        let mut sent = Vec::new();
        while let Some(delivery) = self.prepare_next() {
            sent.push(self.send(delivery).await);
        }
        sent
    }

    /// Delivers in the background, twice a second, until the task is aborted.
    pub fn start_delivering(&self) -> tokio::task::JoinHandle<()> {
        let shop = self.clone();
        tokio::spawn(async move {
            loop {
                shop.deliver_pending().await;
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        })
    }

    /// What was sent so far, oldest first, at most the last 10,000.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.lock().deliveries.iter().cloned().collect()
    }

    /// Sends the very same bytes and headers once more, as a proxy or an attacker might. Changes nothing in the store.
    pub async fn replay(&self, delivery: &Delivery) -> Delivered {
        self.post(delivery).await
    }

    /// The unsigned greeting of a new webhook, or of one with a new address. Whatever the answer, nothing follows from it.
    pub(super) async fn ping(&self, id: u64) {
        let Some(url) = self.lock().webhooks.get(&id).map(|hook| hook.delivery_url.clone()) else {
            return;
        };
        let mut delivery = Delivery {
            webhook_id: id,
            topic: None,
            resource_id: id,
            url,
            headers: vec![
                ("User-Agent", agent()),
                ("Content-Type", "application/x-www-form-urlencoded".to_owned()),
            ],
            body: format!("webhook_id={id}"),
            at: self.now(),
            outcome: Delivered::Unreachable,
        };
        delivery.outcome = self.post(&delivery).await;
        let mut state = self.lock();
        if let Some(hook) = state.webhooks.get_mut(&id) {
            hook.modified = Some(delivery.at);
        }
        remember(&mut state.deliveries, delivery);
    }

    fn prepare_next(&self) -> Option<Delivery> {
        let at = self.now();
        let mut state = self.lock();
        loop {
            let Pending { webhook, resource } = state.queue.pop_front()?;
            let Some(hook) = state.webhooks.get(&webhook) else {
                continue;
            };
            let body = self.face(&state).payload(hook, resource).encode();
            let signature = crypto::hmac_sha256(hook.secret.reveal().as_bytes(), body.as_bytes());
            let (about, event) = hook.topic.split_once('.').unwrap_or_default();
            let headers = vec![
                ("User-Agent", agent()),
                ("Content-Type", "application/json".to_owned()),
                ("X-WC-Webhook-Source", format!("{}/", state.url)),
                ("X-WC-Webhook-Topic", hook.topic.clone()),
                ("X-WC-Webhook-Resource", about.to_owned()),
                ("X-WC-Webhook-Event", event.to_owned()),
                ("X-WC-Webhook-Signature", STANDARD.encode(signature)),
                ("X-WC-Webhook-ID", webhook.to_string()),
                // Webhook and second, nothing else: two orders of one second share it.
                (
                    "X-WC-Webhook-Delivery-ID",
                    self.token(&format!("delivery {webhook} {}", at.timestamp()), 32),
                ),
            ];
            return Some(Delivery {
                webhook_id: webhook,
                topic: Some(hook.topic.clone()),
                resource_id: resource,
                url: hook.delivery_url.clone(),
                headers,
                body,
                at,
                outcome: Delivered::Unreachable,
            });
        }
    }

    async fn send(&self, mut delivery: Delivery) -> Delivery {
        delivery.outcome = self.post(&delivery).await;
        let mut state = self.lock();
        if let Some(hook) = state.webhooks.get_mut(&delivery.webhook_id) {
            if delivery.outcome.is_success() {
                hook.failures = 0;
            } else if hook.failures >= PATIENCE {
                hook.status = WebhookStatus::Disabled;
                hook.modified = Some(delivery.at);
            } else {
                hook.failures += 1;
            }
        }
        remember(&mut state.deliveries, delivery.clone());
        delivery
    }

    async fn post(&self, delivery: &Delivery) -> Delivered {
        if self.config.receivers == Receivers::PublicOnly && !is_public(&delivery.url, &self.url()) {
            return Delivered::Unreachable;
        }
        let mut request = self.config.http.post(&delivery.url).body(delivery.body.clone());
        for (name, value) in &delivery.headers {
            request = request.header(*name, value);
        }
        match request.send().await {
            Ok(answer) => Delivered::Answered(answer.status().as_u16()),
            Err(_) => Delivered::Unreachable,
        }
    }
}

fn agent() -> String {
    format!("WooCommerce/{VERSION} Hookshot (WordPress/7.1)")
}

fn remember(history: &mut VecDeque<Delivery>, delivery: Delivery) {
    if history.len() == KEPT {
        history.pop_front();
    }
    history.push_back(delivery);
}

/// Whether `WordPress` would call this address.
fn is_public(address: &str, own: &str) -> bool {
    let Ok(url) = Url::parse(address) else {
        return false;
    };
    let own = Url::parse(own).ok();
    let own_host = own.as_ref().and_then(Url::host);
    let port = url.port_or_known_default();
    let same_host = url.host() == own_host;
    let port_allowed = matches!(port, Some(80 | 443 | 8080))
        || (same_host && port == own.as_ref().and_then(Url::port_or_known_default));
    let private = match url.host() {
        None => true,
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback() || ip.is_private() || ip.octets()[0] == 0,
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
    };
    port_allowed && (same_host || !private)
}

#[cfg(test)]
mod tests {
    use super::is_public;

    #[test]
    fn wordpress_calls_three_ports_and_no_private_address_but_its_own() {
        let own = "https://tienda.example";
        for allowed in ["https://abono.example/h", "http://abono.example:8080/h", "http://203.0.113.9/h"] {
            assert!(is_public(allowed, own), "{allowed}");
        }
        for refused in [
            "http://abono.example:8081/h",
            "http://127.0.0.1/h",
            "http://192.168.1.2:8080/",
            "http://localhost/",
            "nope",
        ] {
            assert!(!is_public(refused, own), "{refused}");
        }
        assert!(is_public("http://127.0.0.1:9000/h", "http://127.0.0.1:9000"));
    }
}
