//! The one HTTP client that talks to shops: how a request is sent, tried again, and its answer judged.
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use reqwest::{Method, header};
use serde_json::Value;
use url::Url;

use super::{
    answer::{Answer, judge, read_body, transport},
    error::ShopError,
    guard::{self, GuardedDns},
    oauth,
};
use crate::{
    core::{clock::Clock, secret::Secret},
    crypto,
};

/// How long and how much we bear, per request.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub connect: Duration,
    /// From the first byte sent to the last received, per attempt.
    pub whole: Duration,
    /// Largest body, unpacked, in bytes.
    pub largest: usize,
    /// Times an idempotent request is tried again.
    pub retries: u32,
    /// About the wait before the first retry; doubles with each.
    pub first_wait: Duration,
    /// Longest `Retry-After` we sit out. A longer one is the caller's to put off.
    pub longest_wait: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            whole: Duration::from_secs(30),
            largest: 32 * 1024 * 1024,
            retries: 3,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_mins(1),
        }
    }
}

/// Connections to shops. Cheap to clone; clones share the pool.
#[derive(Debug, Clone)]
pub struct Http {
    client: reqwest::Client,
    allow_private: bool,
    limits: Limits,
}

impl Http {
    /// `allow_private` takes plain http and private addresses too: for a developer's own shop.
    ///
    /// # Errors
    /// When the machine's TLS setup is unusable.
    pub fn new(allow_private: bool) -> Result<Self, reqwest::Error> {
        Self::with_limits(allow_private, Limits::default())
    }

    /// # Errors
    /// When the machine's TLS setup is unusable.
    pub fn with_limits(allow_private: bool, limits: Limits) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .user_agent(concat!("Abono/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(limits.connect)
            .timeout(limits.whole)
            .redirect(reqwest::redirect::Policy::none())
            // A proxy would resolve names where our check cannot see it.
            .no_proxy()
            .dns_resolver(GuardedDns { allow_private })
            .build()?;
        Ok(Self { client, allow_private, limits })
    }

    pub fn allows_private(&self) -> bool {
        self.allow_private
    }
}

/// Where a shop is and the keys it gave us.
#[derive(Debug, Clone)]
pub struct ShopAddress {
    /// The `WordPress` address, as [`super::connect::parse_url`] leaves it.
    pub url: Url,
    pub consumer_key: Secret,
    pub consumer_secret: Secret,
}

/// A shop that can be asked. The questions are in [`super::calls`]. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ShopClient {
    http: Http,
    clock: Clock,
    address: ShopAddress,
    /// Set once the shop turned out to lose the `Authorization` header on its way: from then on requests are signed.
    signs: Arc<AtomicBool>,
}

/// One request, before it is dressed with keys.
#[derive(Debug, Clone)]
pub(super) struct Call<'a> {
    pub method: Method,
    /// Below the `WordPress` address, e.g. `wp-json/wc/v3/orders`.
    pub path: &'a str,
    pub query: &'a [(&'a str, String)],
    pub body: Option<&'a Value>,
    /// Whether the keys go along.
    pub keyed: bool,
}

impl ShopClient {
    pub fn new(http: &Http, clock: Clock, address: ShopAddress) -> Self {
        Self { http: http.clone(), clock, address, signs: Arc::new(AtomicBool::new(false)) }
    }

    pub fn url(&self) -> &Url {
        &self.address.url
    }

    /// Whether the shop loses the `Authorization` header, so that requests are signed instead. Known after a request.
    pub fn header_is_stripped(&self) -> bool {
        self.signs.load(Ordering::Relaxed) && self.address.url.scheme() == "https"
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Sends, tries again what may be tried again, and says what the answer is.
    pub(super) async fn send(&self, call: Call<'_>) -> Result<Answer<Value>, ShopError> {
        let idempotent = call.method != Method::POST;
        let mut attempt = 0;
        loop {
            let error = match self.send_keyed(&call).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let asked = error.retry_after().unwrap_or_default();
            if !idempotent
                || !error.is_retryable()
                || attempt >= self.http.limits.retries
                || asked > self.http.limits.longest_wait
            {
                metrics::counter!("abono_shop_errors_total", "code" => error.code()).increment(1);
                return Err(error);
            }
            let backoff = self.http.limits.first_wait * 2_u32.saturating_pow(attempt);
            let wait = backoff.mul_f64(0.5 + crypto::random_fraction());
            attempt += 1;
            tokio::time::sleep(wait.max(asked)).await;
        }
    }

    /// Basic over TLS; signed over plain http, and where the shop proves to lose the header.
    async fn send_keyed(&self, call: &Call<'_>) -> Result<Answer<Value>, ShopError> {
        let signs = self.signs.load(Ordering::Relaxed) || self.address.url.scheme() == "http";
        let first = self.send_once(call, signs).await;
        match &first {
            // Wrong keys say `authentication_error`; this is what a request without any keys is told.
            Err(ShopError::Unauthorized { code, .. })
                if !signs && call.keyed && code.starts_with("woocommerce_rest_cannot_") =>
            {
                let Ok(answer) = self.send_once(call, true).await else {
                    return first;
                };
                self.signs.store(true, Ordering::Relaxed);
                Ok(answer)
            }
            _ => first,
        }
    }

    async fn send_once(&self, call: &Call<'_>, signs: bool) -> Result<Answer<Value>, ShopError> {
        guard::check(&self.address.url, self.http.allow_private)?;
        let mut url = below(&self.address.url, call.path);
        let query = if call.keyed && signs {
            let nonce = hex::encode(crypto::random_bytes::<16>());
            let at = self.clock.now().timestamp();
            let (key, secret) = (&self.address.consumer_key, &self.address.consumer_secret);
            oauth::signed_query(call.method.as_str(), &url, call.query, key, secret, at, &nonce)
        } else {
            oauth::query_string(call.query.iter().map(|(k, v)| (*k, v.as_str())))
        };
        url.set_query((!query.is_empty()).then_some(query.as_str()));
        let mut request =
            self.http.client.request(call.method.clone(), url).header(header::ACCEPT, "application/json");
        if call.keyed && !signs {
            request = request
                .basic_auth(self.address.consumer_key.reveal(), Some(self.address.consumer_secret.reveal()));
        }
        if let Some(body) = call.body {
            request = request.json(body);
        }
        let mut response = request.send().await.map_err(|e| transport(&e))?;
        let bytes = read_body(&mut response, self.http.limits.largest).await?;
        judge(&response, &bytes, self.clock.now())
    }
}

/// `path` below a `WordPress` address that may live in a sub-directory.
fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}
