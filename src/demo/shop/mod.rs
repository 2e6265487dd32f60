//! A pretend `WooCommerce` 11 store: REST v3, webhooks and a small shop front, held in memory.
//!
//! It was measured against a real 11.0.1 and keeps the traps that break naive clients, among them: unknown parameters filter nothing,
//! `/customers` hides administrators, delivery ids repeat within a second, one deletion fires several topics, the ping is unsigned, the
//! 7th failed delivery in a row disables a webhook (and re-enabling it does not forgive: one more failure disables it again), a payload
//! is built when it is sent and not when the thing happened, `date_expires_gmt` alone is ignored, refunds do not lower `total`, `Basic`
//! works over https only, orders with one timestamp swap places between pages, and a page past the end says that there are 0 orders.
//!
//! Time comes from the [`Clock`] of the configuration, ids and keys from counters and hashes: the same calls give the same bytes.
mod auth;
mod catalogue;
mod coupons;
mod faults;
mod hooks;
mod json;
mod lines;
mod meta;
mod orders;
mod pages;
mod query;
mod refunds;
mod requests;
mod rest;
mod shape;
mod shapes_catalogue;
mod state;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, LocalResult, NaiveDateTime, SubsecRound, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use crate::{
    core::{clock::Clock, secret::Secret},
    crypto,
};

pub use catalogue::{CustomerSpec, ProductSpec, VariationSpec};
pub use coupons::{CouponRefusal, CouponSpec};
pub use faults::{Fault, FaultRule};
pub use hooks::{Delivered, Delivery, WebhookStatus, WebhookView};
pub use orders::{LineSpec, OrderSpec, OrderView};
pub use refunds::RefundSpec;
pub use requests::{AuthKind, RecordedRequest};
pub use state::{Address, OrderStatus};

/// Version that the store claims to be.
pub const VERSION: &str = "11.0.1";

/// Where the store keeps its orders: it decides what a trashed order tells the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderStorage {
    /// As posts (or mirrored to posts): trashing an order fires `coupon.deleted`, `product.deleted` and `order.deleted`.
    Posts,
    /// In their own tables: only `order.deleted`.
    Tables,
}

/// To whom webhooks are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receivers {
    /// To any address, as a demo and tests on loopback need.
    Any,
    /// As `WordPress` does: ports 80, 443 and 8080, no loopback or private address unless it is the shop's own. Names are not resolved.
    PublicOnly,
}

/// What a shop is made of. Start from [`DemoConfig::new`] and change what the test is about.
#[derive(Debug, Clone)]
pub struct DemoConfig {
    /// Shown by `GET /wp-json/` and on the pages.
    pub name: String,
    /// Public base address without a slash at the end; set after binding with [`DemoShop::set_url`].
    pub url: String,
    pub timezone: Tz,
    /// ISO 4217. Two decimals, always.
    pub currency: String,
    pub consumer_key: Secret,
    pub consumer_secret: Secret,
    pub clock: Clock,
    /// Sends the webhooks. Its timeout is the shop's patience; it should follow no redirects.
    pub http: reqwest::Client,
    /// Takes plain http for https, as a shop behind a TLS proxy does.
    pub behind_tls: bool,
    /// A paid order is `completed` at once (downloadable goods) instead of `processing`.
    pub paying_completes: bool,
    pub order_storage: OrderStorage,
    pub receivers: Receivers,
    /// Rows with equal timestamps change places from page to page, as a database is free to do.
    pub unstable_ties: bool,
}

impl DemoConfig {
    /// A shop in Madrid that sells in euros, traps set, reachable over plain http with `Basic`.
    pub fn new(consumer_key: Secret, consumer_secret: Secret, clock: Clock, http: reqwest::Client) -> Self {
        Self {
            name: "Almendro Bienestar".to_owned(),
            url: "http://127.0.0.1".to_owned(),
            timezone: chrono_tz::Europe::Madrid,
            currency: "EUR".to_owned(),
            consumer_key,
            consumer_secret,
            clock,
            http,
            behind_tls: true,
            paying_completes: false,
            order_storage: OrderStorage::Posts,
            receivers: Receivers::Any,
            unstable_ties: true,
        }
    }
}

/// Why the store could not do what a test or the sample data asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DemoError {
    #[error("there is no order {0}")]
    NoSuchOrder(u64),
    #[error("there is no product {0}")]
    NoSuchProduct(u64),
    #[error("there is no customer {0}")]
    NoSuchCustomer(u64),
    #[error("order line {0} is not there, or less of it")]
    NoSuchLine(u64),
    #[error("there is no webhook {0}")]
    NoSuchWebhook(u64),
    #[error("the id {0} is taken")]
    IdTaken(u64),
    #[error("{0:?} is not an amount the order can give back")]
    BadAmount(String),
    #[error("coupon {code:?} refused: {why:?}")]
    Coupon { code: String, why: CouponRefusal },
}

/// A client that sends webhooks as `WordPress` does: some patience, no redirects.
pub fn sender(patience: std::time::Duration) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .timeout(patience)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
}

/// Where «Mis Sesiones» leads: an Abono, the name it knows this shop by, and the secret hand-offs are signed with.
#[derive(Debug, Clone)]
pub struct AccountLink {
    pub abono: String,
    pub slug: String,
    pub secret: Secret,
}

/// The store. Clones share it.
#[derive(Debug, Clone)]
pub struct DemoShop {
    config: Arc<DemoConfig>,
    state: Arc<Mutex<state::State>>,
}

impl DemoShop {
    /// An empty store: no products, no customers, no webhooks.
    pub fn new(config: DemoConfig) -> Self {
        let state =
            state::State { url: config.url.trim_end_matches('/').to_owned(), ..state::State::default() };
        Self { config: Arc::new(config), state: Arc::new(Mutex::new(state)) }
    }

    /// REST under `/wp-json/`, the shop front under `/`, its stylesheet under `/static/`.
    pub fn router(&self) -> axum::Router {
        axum::Router::new().merge(pages::routes()).merge(rest::routes()).with_state(self.clone())
    }

    /// Where clients reach the shop, without a slash at the end; links and signed requests use it.
    pub fn set_url(&self, url: &str) {
        url.trim_end_matches('/').clone_into(&mut self.lock().url);
    }

    /// Where clients reach the shop.
    pub fn url(&self) -> String {
        self.lock().url.clone()
    }

    /// Offers customers a link to what Abono keeps for them, as the plugin in a real shop does.
    pub fn set_account_link(&self, link: AccountLink) {
        self.lock().account_link = Some(link);
    }

    /// The key and secret that open its REST.
    pub fn keys(&self) -> (Secret, Secret) {
        (self.config.consumer_key.clone(), self.config.consumer_secret.clone())
    }

    /// Takes away (or gives back) the key's right to write.
    pub fn set_read_only(&self, read_only: bool) {
        self.lock().read_only = read_only;
    }

    fn lock(&self) -> MutexGuard<'_, state::State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The store's time: whole seconds, as it keeps them.
    fn now(&self) -> DateTime<Utc> {
        self.config.clock.now().trunc_subsecs(0)
    }

    /// `len` characters that look random and are the same every time for the same `label`.
    fn token(&self, label: &str, len: usize) -> String {
        let hash = crypto::hmac_sha256(self.config.consumer_secret.reveal().as_bytes(), label.as_bytes());
        hex::encode(hash).chars().take(len).collect()
    }
}

/// An empty shop on a clock that stands at noon of 21 November 2026 in Madrid.
#[cfg(test)]
pub(crate) fn test_shop() -> (DemoShop, Clock) {
    tests::shop_with(|_| ())
}

/// Reads a wall-clock time of the shop. In the hour that happens twice it is the first one; an hour that never was counts as
/// the hour after it.
fn from_local(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.to_utc(),
        LocalResult::None => zone
            .from_local_datetime(&(local + TimeDelta::hours(1)))
            .earliest()
            .map_or_else(|| local.and_utc(), |at| at.to_utc()),
    }
}
