//! What every request passes through: an id, one line in the log, a deadline, a net for panics, and headers that keep
//! browsers from being used against their owner.
use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use tracing::Instrument;

use super::problem::{Kind, Problem};
use crate::{app::App, crypto};

/// The id of a request: in the log, in the answer, on error pages. In every request's extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub String);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

impl RequestId {
    /// The caller's, if it is one we can print, else a new one: `8f2c-41d0-77ab`.
    fn of(req: &Request) -> Self {
        let given = req.headers().get(&REQUEST_ID).and_then(|value| value.to_str().ok()).filter(|id| {
            (8..=40).contains(&id.len())
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        });
        Self(given.map_or_else(Self::fresh, str::to_owned))
    }

    fn fresh() -> String {
        let digits = hex::encode(crypto::random_bytes::<6>());
        format!("{}-{}-{}", &digits[..4], &digits[4..8], &digits[8..])
    }
}

/// The outermost layer: id, log line, metrics. Never the query, an address of a person or a token.
pub async fn edge(mut req: Request, next: Next) -> Response {
    let id = RequestId::of(&req);
    let method = known(req.method());
    let route = req
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    let span = tracing::info_span!("request", request_id = %id.0);
    req.extensions_mut().insert(id.clone());
    // Whoever reads the header finds the id that the answer carries, never something longer or stranger that a client sent.
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        req.headers_mut().insert(REQUEST_ID, value);
    }
    let started = Instant::now();
    let mut response = next.run(req).instrument(span.clone()).await;
    let took = started.elapsed();
    let status = response.status();
    {
        let _entered = span.enter();
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(method, route, status = status.as_u16(), ms, "answered");
    }
    metrics::counter!("http_requests_total", "method" => method, "route" => route.clone(), "status" => status.as_u16().to_string())
        .increment(1);
    metrics::histogram!("http_request_seconds", "method" => method, "route" => route).record(took);
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// Methods as labels: a client must not be able to invent new ones.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

/// What a page may load and do: only ours, and nothing written into the page itself.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Headers for every answer. A handler that set one of them knows better.
pub async fn security_headers(State(app): State<App>, req: Request, next: Next) -> Response {
    let is_api = req.uri().path().starts_with("/api/");
    let mut response = next.run(req).await;
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        ),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    let https = app.config.is_https().then_some((header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"));
    let api = is_api.then_some((header::CACHE_CONTROL, "no-store"));
    let headers = response.headers_mut();
    for (name, value) in fixed.into_iter().chain(https).chain(api) {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// A deadline for the handler and a net under it. What it streams afterwards is not timed.
pub async fn guard(State(app): State<App>, req: Request, next: Next) -> Response {
    // A workbook is whole before its first byte can be sent: of a big shop it takes its time. A CSV streams.
    let is_workbook = req.uri().path().rsplit('.').next() == Some("xlsx");
    let times = if is_workbook { 20 } else { 1 };
    let limit = Duration::from_secs(app.config.request_timeout) * times;
    let handled = AssertUnwindSafe(next.run(req)).catch_unwind();
    match tokio::time::timeout(limit, handled).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => {
            let cause = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("no message");
            tracing::error!(cause, "a handler panicked");
            Problem::new(Kind::Internal).into_response()
        }
        Err(_) => {
            tracing::error!(seconds = limit.as_secs(), "a request took too long");
            Problem::new(Kind::Timeout).into_response()
        }
    }
}
