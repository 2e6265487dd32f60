//! The one HTTP client that talks to shops: how a request is sent, tried again, and its answer judged.
use std::{
    error::Error as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use reqwest::{Method, Response, StatusCode, header};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{
    error::{Hint, ShopError},
    guard::{self, GuardedDns, PrivateAddress},
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
            longest_wait: Duration::from_secs(60),
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
        Ok(Self {
            client,
            allow_private,
            limits,
        })
    }

    pub fn allows_private(&self) -> bool {
        self.allow_private
    }
}

/// Where a shop is and the keys it gave us.
#[derive(Debug, Clone)]
pub struct ShopAddress {
    /// The WordPress address, as [`super::connect::parse_url`] leaves it.
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

/// What came back, with what the headers say about it.
#[derive(Debug, Clone)]
pub struct Answer<T> {
    pub body: T,
    /// `X-WP-Total`: rows of the whole list.
    pub total: Option<u64>,
    /// `X-WP-TotalPages`.
    pub pages: Option<u64>,
    /// The shop's clock when it answered.
    pub date: Option<DateTime<Utc>>,
}

/// One request, before it is dressed with keys.
#[derive(Debug, Clone)]
pub(super) struct Call<'a> {
    pub method: Method,
    /// Below the WordPress address, e.g. `wp-json/wc/v3/orders`.
    pub path: &'a str,
    pub query: &'a [(&'a str, String)],
    pub body: Option<&'a Value>,
    /// Whether the keys go along.
    pub keyed: bool,
}

#[derive(Deserialize)]
struct WpError {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

impl ShopClient {
    pub fn new(http: &Http, clock: Clock, address: ShopAddress) -> Self {
        Self {
            http: http.clone(),
            clock,
            address,
            signs: Arc::new(AtomicBool::new(false)),
        }
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
        let mut request = self
            .http
            .client
            .request(call.method.clone(), url)
            .header(header::ACCEPT, "application/json");
        if call.keyed && !signs {
            request = request.basic_auth(
                self.address.consumer_key.reveal(),
                Some(self.address.consumer_secret.reveal()),
            );
        }
        if let Some(body) = call.body {
            request = request.json(body);
        }
        let mut response = request.send().await.map_err(|e| transport(&e))?;
        let bytes = read_body(&mut response, self.http.limits.largest).await?;
        judge(&response, &bytes, self.clock.now())
    }
}

/// `path` below a WordPress address that may live in a sub-directory.
fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}

async fn read_body(response: &mut Response, limit: usize) -> Result<Vec<u8>, ShopError> {
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > limit => {
                return Err(ShopError::TooLarge { limit });
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return Ok(bytes),
            Err(e) if e.is_timeout() => return Err(ShopError::Timeout),
            Err(_) => return Err(ShopError::Truncated),
        }
    }
}

/// What a request that got no answer ran into.
fn transport(error: &reqwest::Error) -> ShopError {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<PrivateAddress>() {
            return ShopError::PrivateAddress;
        }
        // rustls hands its errors up as io errors of this kind.
        if inner
            .downcast_ref::<std::io::Error>()
            .is_some_and(|io| io.kind() == std::io::ErrorKind::InvalidData)
        {
            return ShopError::Tls;
        }
        cause = inner.source();
    }
    if error.is_timeout() {
        ShopError::Timeout
    } else if error.is_body() || error.is_decode() {
        ShopError::Truncated
    } else {
        ShopError::Unreachable
    }
}

fn header_text(response: &Response, name: impl header::AsHeaderName) -> Option<&str> {
    response.headers().get(name)?.to_str().ok()
}

/// Turns status, headers and body into an answer or the error they mean.
fn judge(response: &Response, bytes: &[u8], now: DateTime<Utc>) -> Result<Answer<Value>, ShopError> {
    let status = response.status();
    if status.is_redirection() {
        let to = header_text(response, header::LOCATION)
            .and_then(|to| response.url().join(to).ok())
            .map_or_else(String::new, |to| to.origin().ascii_serialization());
        return Err(ShopError::Redirected { to });
    }
    if status == StatusCode::TOO_MANY_REQUESTS || (status == StatusCode::SERVICE_UNAVAILABLE) {
        let retry_after = header_text(response, header::RETRY_AFTER).and_then(|text| retry_after(text, now));
        if status == StatusCode::TOO_MANY_REQUESTS || retry_after.is_some() {
            return Err(ShopError::RateLimited { retry_after });
        }
    }
    if status == StatusCode::REQUEST_TIMEOUT {
        return Err(ShopError::Timeout);
    }
    if status.is_server_error() {
        return Err(ShopError::Server {
            status: status.as_u16(),
        });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii();
    let body: Value = match serde_json::from_slice(bytes) {
        Ok(body) => body,
        Err(e) if e.is_eof() && !bytes.is_empty() => return Err(ShopError::Truncated),
        Err(_) => {
            return Err(ShopError::NotJson {
                status: status.as_u16(),
                hint: hint(response, bytes),
            });
        }
    };
    if !status.is_success() {
        return Err(refusal(status, body));
    }
    let number = |name: &str| header_text(response, name).and_then(|text| text.trim().parse().ok());
    Ok(Answer {
        total: number("x-wp-total"),
        pages: number("x-wp-totalpages"),
        date: header_text(response, header::DATE).and_then(http_date),
        body,
    })
}

/// A 4xx in `WordPress`'s own words.
fn refusal(status: StatusCode, body: Value) -> ShopError {
    let WpError { code, message } = serde_json::from_value(body).unwrap_or(WpError {
        code: String::new(),
        message: String::new(),
    });
    let code: String = code.chars().take(100).collect();
    let message: String = message.chars().take(300).collect();
    match status {
        StatusCode::UNAUTHORIZED => ShopError::Unauthorized { code, message },
        StatusCode::FORBIDDEN => ShopError::Forbidden { code, message },
        // `rest_no_route` is a 404 too, and says nothing about the thing asked for.
        StatusCode::NOT_FOUND | StatusCode::GONE
            if code.ends_with("_invalid_id") || code.ends_with("_invalid_order_id") =>
        {
            ShopError::NotFound
        }
        _ => ShopError::Refused {
            status: status.as_u16(),
            code,
            message,
        },
    }
}

/// `Retry-After` in seconds or as a date.
fn retry_after(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    http_date(text).map(|at| (at - now).to_std().unwrap_or_default())
}

fn http_date(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(text)
        .ok()
        .map(|at| at.with_timezone(&Utc))
}

fn hint(response: &Response, bytes: &[u8]) -> Hint {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(16_384)]).to_lowercase();
    let html = header_text(response, header::CONTENT_TYPE).is_some_and(|kind| kind.contains("html"));
    let challenged = response.headers().contains_key("cf-mitigated")
        || [
            "captcha",
            "just a moment",
            "challenge-platform",
            "are you human",
            "checking your browser",
        ]
        .iter()
        .any(|sign| head.contains(sign));
    if bytes.is_empty() {
        Hint::Empty
    } else if challenged {
        Hint::Challenge
    } else if head.contains("<b>warning</b>")
        || head.contains("<b>notice</b>")
        || head.contains("<b>deprecated</b>")
        || head.contains("<b>fatal error</b>")
    {
        Hint::PhpNotice
    } else if html || head.starts_with('<') {
        Hint::Html
    } else {
        Hint::Other
    }
}
