//! Everything that can go wrong between us and a shop, each with a stable code.
use std::time::Duration;

/// What an answer that is not JSON looked like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// A "prove that you are human" page of a firewall in front of the shop.
    Challenge,
    /// PHP wrote a warning or an error into the answer.
    PhpNotice,
    /// Some other HTML page: maintenance, a theme's 404, a login form.
    Html,
    /// No body at all.
    Empty,
    /// Anything else.
    Other,
}

/// A piece of an answer that makes no sense, named by resource and field. Never carries the value: it may be personal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{resource} {id}: {field} makes no sense")]
pub struct Malformed {
    pub resource: &'static str,
    /// 0 where the answer has none.
    pub id: u64,
    pub field: &'static str,
}

/// Why the shop did not answer what we asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShopError {
    #[error("the shop cannot be reached")]
    Unreachable,
    #[error("the shop did not answer in time")]
    Timeout,
    #[error("the shop's certificate is not valid")]
    Tls,
    #[error("the shop's address is private or local")]
    PrivateAddress,
    #[error("the shop's address is plain http")]
    PlainHttp,
    /// The keys are wrong, revoked, or lack the permission. `code` and `message` are the shop's.
    #[error("the shop refused the keys: {message}")]
    Unauthorized { code: String, message: String },
    #[error("the shop forbids this: {message}")]
    Forbidden { code: String, message: String },
    /// The shop says, in its own words, that it has nothing of this id. An HTML 404 is [`ShopError::NotJson`].
    #[error("the shop has no such thing")]
    NotFound,
    /// `retry_after` is what the shop asked for, if it did.
    #[error("the shop asks for fewer requests")]
    RateLimited { retry_after: Option<Duration> },
    #[error("the shop failed with status {status}")]
    Server { status: u16 },
    #[error("the shop answered status {status} with something that is not JSON")]
    NotJson { status: u16, hint: Hint },
    #[error("the shop's answer broke off")]
    Truncated,
    #[error("the shop's answer is larger than {limit} bytes")]
    TooLarge { limit: usize },
    /// Any other refusal, in the shop's words.
    #[error("the shop refused with {status} {code}: {message}")]
    Refused { status: u16, code: String, message: String },
    /// The shop points elsewhere. `to` is the scheme and host only. Never followed: keys belong to one host.
    #[error("the shop redirects to {to}")]
    Redirected { to: String },
    /// The shop returned what the named filter excludes.
    #[error("the shop ignored the filter {filter}")]
    FilterIgnored { filter: &'static str },
    #[error(transparent)]
    Malformed(#[from] Malformed),
}

impl ShopError {
    /// Stable, at most 48 ASCII characters: for columns, logs and the page that explains it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable => "shop_unreachable",
            Self::Timeout => "shop_timeout",
            Self::Tls => "shop_tls",
            Self::PrivateAddress => "shop_private_address",
            Self::PlainHttp => "shop_plain_http",
            Self::Unauthorized { .. } => "shop_unauthorized",
            Self::Forbidden { .. } => "shop_forbidden",
            Self::NotFound => "shop_not_found",
            Self::RateLimited { .. } => "shop_rate_limited",
            Self::Server { .. } => "shop_server_error",
            Self::NotJson { hint: Hint::Challenge, .. } => "shop_challenge",
            Self::NotJson { .. } => "shop_not_json",
            Self::Truncated => "shop_truncated",
            Self::TooLarge { .. } => "shop_too_large",
            Self::Refused { .. } => "shop_refused",
            Self::Redirected { .. } => "shop_redirected",
            Self::FilterIgnored { .. } => "filter_ignored",
            Self::Malformed(_) => "shop_malformed",
        }
    }

    /// Whether the same request may succeed by itself a moment later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Unreachable
            | Self::Timeout
            | Self::Truncated
            | Self::RateLimited { .. }
            | Self::Server { .. } => true,
            Self::NotJson { status, .. } => matches!(status, 200 | 202 | 429 | 500..),
            _ => false,
        }
    }

    /// How long the shop asked us to stay away.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } => *retry_after,
            _ => None,
        }
    }
}
