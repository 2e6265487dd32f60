//! Back-office pages of the shops: which are connected and how they stand, their orders and their products.
mod change;
mod connect;
mod index;
pub mod member_meta;
mod order;
mod orders;
mod products;
mod show;

use super::{
    connect::BadUrl,
    service,
    store::{Shop, WebhookRow, WebhookState},
};
use crate::{
    auth::Role,
    core::ids::ShopId,
    web::{
        problem::{Kind, Problem},
        routes::{Access, Routes},
    },
};

pub fn routes() -> Routes {
    let (manager, admin) = (Access::Staff(Role::Manager), Access::Staff(Role::Admin));
    Routes::new()
        .get("/admin/shops", manager, index::index)
        .post("/admin/shops", admin, connect::create)
        .get("/admin/shops/new", admin, connect::new)
        .get("/admin/shops/{id}", manager, show::show)
        .post("/admin/shops/{id}", admin, show::save)
        .get("/admin/shops/{id}/keys", admin, connect::keys_form)
        .post("/admin/shops/{id}/keys", admin, connect::save_keys)
        .post("/admin/shops/{id}/read", manager, change::read)
        .post("/admin/shops/{id}/webhooks", manager, change::webhooks)
        .post("/admin/shops/{id}/member-meta", manager, member_meta::again)
        .post("/admin/shops/{id}/pause", admin, change::pause)
        .post("/admin/shops/{id}/resume", admin, change::resume)
        .post("/admin/shops/{id}/webhook-secret", admin, change::webhook_secret)
        .get("/admin/shops/{id}/handoff", admin, change::handoff_form)
        .post("/admin/shops/{id}/handoff", admin, change::handoff)
        .get("/admin/orders", manager, orders::index)
        .get("/admin/orders/{shop}/{id}", manager, order::show)
        .post("/admin/orders/{shop}/{id}/read", manager, order::read)
        .get("/admin/products", manager, products::index)
}

/// A form that is one button: only its token matters.
#[derive(Debug, Default, serde::Deserialize)]
struct Nothing {}

/// The page of a shop.
pub fn path(id: ShopId) -> String {
    format!("/admin/shops/{id}")
}

/// How a shop stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Connected,
    /// The last question failed.
    Failing,
    Paused,
}

impl Standing {
    pub fn of(shop: &Shop) -> Self {
        if shop.paused_at.is_some() {
            Self::Paused
        } else if shop.last_error.is_some() {
            Self::Failing
        } else {
            Self::Connected
        }
    }

    /// The text key of its word.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Connected => "shop-state-connected",
            Self::Failing => "shop-state-failing",
            Self::Paused => "shop-state-paused",
        }
    }

    pub fn class(&self) -> &'static str {
        match self {
            Self::Connected => "is-ok",
            Self::Failing => "is-bad",
            Self::Paused => "is-over",
        }
    }
}

/// How many of a shop's webhooks are awake.
pub fn awake(rows: &[WebhookRow]) -> usize {
    rows.iter().filter(|row| row.state == WebhookState::Active).count()
}

/// The text key of what an error of a shop means and how to get it right, by [`super::error::ShopError::code`].
pub fn error_key(code: &str) -> &'static str {
    match code {
        "shop_unreachable" => "shop-error-unreachable",
        "shop_timeout" => "shop-error-timeout",
        "shop_tls" => "shop-error-tls",
        "shop_private_address" => "shop-error-private-address",
        "shop_plain_http" => "shop-error-plain-http",
        "shop_unauthorized" => "shop-error-unauthorized",
        "shop_forbidden" => "shop-error-forbidden",
        "shop_not_found" => "shop-error-not-found",
        "shop_rate_limited" => "shop-error-rate-limited",
        "shop_server_error" => "shop-error-server",
        "shop_challenge" => "shop-error-challenge",
        "shop_not_json" => "shop-error-not-json",
        "shop_truncated" => "shop-error-truncated",
        "shop_too_large" => "shop-error-too-large",
        "shop_refused" => "shop-error-refused",
        "shop_redirected" => "shop-error-redirected",
        "filter_ignored" => "shop-error-filter-ignored",
        "shop_malformed" => "shop-error-malformed",
        _ => "shop-error-other",
    }
}

/// The text key of what is wrong with an address.
fn url_key(bad: BadUrl) -> &'static str {
    match bad {
        BadUrl::Unreadable => "shop-url-unreadable",
        BadUrl::PlainHttp => "shop-url-plain-http",
        BadUrl::Credentials => "shop-url-credentials",
        BadUrl::TooLong => "shop-url-too-long",
        BadUrl::Private => "shop-url-private",
    }
}

/// What no form can put right.
impl From<service::Error> for Problem {
    fn from(error: service::Error) -> Self {
        match error {
            service::Error::NotFound => Self::new(Kind::NotFound),
            service::Error::Db(error) => error.into(),
            service::Error::Seal(error) => Self::internal(&error),
            service::Error::BadUrl(_)
            | service::Error::BadKeys(_)
            | service::Error::Shop(_)
            | service::Error::ReadOnly
            | service::Error::Taken { .. } => Self::new(Kind::Invalid).detail(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        shop::{
            error::{Hint, Malformed, ShopError},
            watchdog::TOPICS,
        },
        web::lang,
    };

    #[test]
    fn every_error_of_a_shop_has_a_sentence_of_its_own() {
        let (code, message) = (String::new(), String::new());
        let all = [
            ShopError::Unreachable,
            ShopError::Timeout,
            ShopError::Tls,
            ShopError::PrivateAddress,
            ShopError::PlainHttp,
            ShopError::Unauthorized { code: code.clone(), message: message.clone() },
            ShopError::Forbidden { code: code.clone(), message: message.clone() },
            ShopError::NotFound,
            ShopError::RateLimited { retry_after: Some(Duration::ZERO) },
            ShopError::Server { status: 500 },
            ShopError::NotJson { status: 200, hint: Hint::Challenge },
            ShopError::NotJson { status: 200, hint: Hint::Html },
            ShopError::Truncated,
            ShopError::TooLarge { limit: 1 },
            ShopError::Refused { status: 400, code, message },
            ShopError::Redirected { to: String::new() },
            ShopError::FilterIgnored { filter: "role" },
            ShopError::Malformed(Malformed { resource: "order", id: 1, field: "total" }),
        ];
        let keys: std::collections::BTreeSet<_> = all.iter().map(|e| error_key(e.code())).collect();
        assert_eq!(keys.len(), all.len());
        assert!(keys.iter().all(|key| lang::has(key) && *key != "shop-error-other"), "{keys:?}");
        assert!(lang::has(error_key("moon_landed")));
    }

    #[test]
    fn every_bad_address_and_every_webhook_has_words() {
        for bad in
            [BadUrl::Unreadable, BadUrl::PlainHttp, BadUrl::Credentials, BadUrl::TooLong, BadUrl::Private]
        {
            assert!(lang::has(url_key(bad)), "{bad:?}");
        }
        for topic in TOPICS {
            assert!(lang::has(&show::topic_key(topic)), "{topic}");
        }
    }
}
