//! What an answer of a shop is: JSON with its headers, or the error that it means.
use std::{error::Error as _, time::Duration};

use chrono::{DateTime, Utc};
use reqwest::{Response, StatusCode, header};
use serde::Deserialize;
use serde_json::Value;

use super::{
    error::{Hint, ShopError},
    guard::PrivateAddress,
};

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

#[derive(Deserialize)]
struct WpError {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

/// The whole body, if it is not larger than `limit` bytes.
pub(super) async fn read_body(response: &mut Response, limit: usize) -> Result<Vec<u8>, ShopError> {
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
pub(super) fn transport(error: &reqwest::Error) -> ShopError {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<PrivateAddress>() {
            return ShopError::PrivateAddress;
        }
        // rustls hands its errors up inside io errors, without a type we could name.
        if inner.downcast_ref::<std::io::Error>().is_some_and(|io| {
            let text = io.get_ref().map(ToString::to_string).unwrap_or_default();
            ["certificate", "tls", "handshake", "corrupt message"].iter().any(|sign| text.contains(sign))
        }) {
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
pub(super) fn judge(
    response: &Response,
    bytes: &[u8],
    now: DateTime<Utc>,
) -> Result<Answer<Value>, ShopError> {
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
        return Err(ShopError::Server { status: status.as_u16() });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii();
    let body: Value = match serde_json::from_slice(bytes) {
        Ok(body) => body,
        Err(e) if e.is_eof() && !bytes.is_empty() => return Err(ShopError::Truncated),
        Err(_) => {
            return Err(ShopError::NotJson { status: status.as_u16(), hint: hint(response, bytes) });
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
    let WpError { code, message } =
        serde_json::from_value(body).unwrap_or(WpError { code: String::new(), message: String::new() });
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
        _ => ShopError::Refused { status: status.as_u16(), code, message },
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
    DateTime::parse_from_rfc2822(text).ok().map(|at| at.with_timezone(&Utc))
}

fn hint(response: &Response, bytes: &[u8]) -> Hint {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(16_384)]).to_lowercase();
    let html = header_text(response, header::CONTENT_TYPE).is_some_and(|kind| kind.contains("html"));
    let challenged = response.headers().contains_key("cf-mitigated")
        || ["captcha", "just a moment", "challenge-platform", "are you human", "checking your browser"]
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
