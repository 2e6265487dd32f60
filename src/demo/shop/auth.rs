//! Who asks: HTTP Basic and keys in the query over https, one-legged OAuth 1.0a over anything.
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha1::Sha1;

use super::{
    DemoShop,
    query::{Query, Refused},
    requests::AuthKind,
};
use crate::crypto;

/// Seconds by which a signed request's clock may differ, and for which its nonce is remembered.
const WINDOW: i64 = 15 * 60;

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

const OAUTH: [&str; 5] =
    ["oauth_consumer_key", "oauth_timestamp", "oauth_nonce", "oauth_signature", "oauth_signature_method"];

/// What of a request tells who asks.
#[derive(Debug)]
pub(super) struct Credentials<'a> {
    pub method: &'a str,
    /// The path alone, as it came.
    pub path: &'a str,
    pub query: &'a Query,
    pub authorization: Option<&'a str>,
    pub is_https: bool,
}

fn denied(message: &str) -> Refused {
    Refused::new(401, "woocommerce_rest_authentication_error", message)
}

impl DemoShop {
    /// Whether the request is ours. `Ok(false)`: it does not say, or says what this transport does not allow.
    pub(super) fn authenticate(&self, asks: &Credentials<'_>) -> (AuthKind, Result<bool, Refused>) {
        let basic = asks.authorization.and_then(basic);
        let in_query = asks.query.get("consumer_key").zip(asks.query.get("consumer_secret"));
        let (kind, keys) = match (in_query, &basic) {
            (Some((key, secret)), _) => (AuthKind::Query, Some((key, secret))),
            (None, Some((key, secret))) => (AuthKind::Basic, Some((key.as_str(), secret.as_str()))),
            (None, None) => (AuthKind::None, None),
        };
        if asks.is_https
            && let Some((key, secret)) = keys
        {
            // An unknown key is as good as none; only a known one with a wrong secret is told so.
            if !same(key, self.config.consumer_key.reveal()) {
                return (kind, Ok(false));
            }
            let right = same(secret, self.config.consumer_secret.reveal());
            return (kind, if right { Ok(true) } else { Err(denied("Consumer secret is invalid.")) });
        }
        let params = oauth_params(asks);
        if OAUTH.iter().all(|name| find(&params, name).is_none()) {
            return (kind, Ok(false));
        }
        (AuthKind::OAuth, self.check_oauth(asks, &params).map(|()| true))
    }

    fn check_oauth(&self, asks: &Credentials<'_>, params: &[(String, String)]) -> Result<(), Refused> {
        let missing: Vec<&str> = OAUTH.into_iter().filter(|name| find(params, name).is_none()).collect();
        if !missing.is_empty() {
            let noun = if missing.len() == 1 { "parameter" } else { "parameters" };
            let message = format!("Missing OAuth {noun} {}", missing.join(", "));
            return Err(Refused::new(401, "woocommerce_rest_authentication_missing_parameter", &message));
        }
        let param = |name| find(params, name).unwrap_or_default();
        if !same(param("oauth_consumer_key"), self.config.consumer_key.reveal()) {
            return Err(denied("Consumer key is invalid."));
        }
        let key = format!("{}&", self.config.consumer_secret.reveal());
        let url = self.url();
        let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        let host = rest.split('/').next().unwrap_or_default();
        let scheme = if asks.is_https { "https" } else { "http" };
        let base = format!(
            "{}&{}&{}",
            asks.method,
            encode(&format!("{scheme}://{host}{}", asks.path)),
            normalise(params)
        );
        let expected = match param("oauth_signature_method") {
            "HMAC-SHA1" => STANDARD.encode(hmac_sha1(key.as_bytes(), base.as_bytes())),
            "HMAC-SHA256" => STANDARD.encode(crypto::hmac_sha256(key.as_bytes(), base.as_bytes())),
            _ => return Err(denied("Invalid signature - signature method is invalid.")),
        };
        let given = decode(&param("oauth_signature").replace(' ', "+"));
        if !same(&given, &expected) {
            return Err(denied("Invalid signature - provided signature does not match."));
        }
        self.spend_nonce(param("oauth_nonce"), param("oauth_timestamp"))
    }

    fn spend_nonce(&self, nonce: &str, timestamp: &str) -> Result<(), Refused> {
        let now = self.now().timestamp();
        let at: i64 = timestamp.parse().unwrap_or(0);
        if (now - at).abs() > WINDOW {
            return Err(denied("Invalid timestamp."));
        }
        let nonces = &mut self.lock().nonces;
        nonces.retain(|_, used| now - *used <= WINDOW);
        if nonces.insert(nonce.to_owned(), now).is_some() {
            return Err(denied("Invalid nonce - nonce has already been used."));
        }
        Ok(())
    }
}

fn same(a: &str, b: &str) -> bool {
    crypto::constant_time_eq(a.as_bytes(), b.as_bytes())
}

fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, coded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(coded.trim()).ok()?).ok()?;
    let (key, secret) = text.split_once(':')?;
    Some((key.to_owned(), secret.to_owned()))
}

/// The query and, if the header is an `OAuth` one, what it says. Keys may still be `a[0]`.
fn oauth_params(asks: &Credentials<'_>) -> Vec<(String, String)> {
    let mut params = asks.query.flat();
    let header = asks.authorization.and_then(|text| text.trim().strip_prefix("OAuth "));
    for pair in header.into_iter().flat_map(|text| text.split(',')) {
        if let Some((key, value)) = pair.trim().split_once('=')
            && key != "realm"
            && find(&params, key).is_none()
        {
            params.push((key.to_owned(), decode(value.trim_matches('"'))));
        }
    }
    params
}

fn find<'a>(params: &'a [(String, String)], name: &str) -> Option<&'a str> {
    params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The parameters as they stand in the base string: sorted by name, the members of a list in the order they came
/// (`a[10]` after `a[9]`, where a client that sorts the texts puts it after `a[1]`), each encoded twice.
fn normalise(params: &[(String, String)]) -> String {
    let mut sorted: Vec<_> = params.iter().filter(|(key, _)| key != "oauth_signature").collect();
    sorted.sort_by_key(|(key, _)| key.split('[').next().unwrap_or_default().to_owned());
    // The store decodes what is already decoded: a literal `%20` in a value breaks the signature there, so it does here.
    let pairs = sorted.iter().map(|(key, value)| {
        format!("{}%3D{}", encode(&encode(&decode(key))), encode(&encode(&decode(value))))
    });
    pairs.collect::<Vec<_>>().join("%26")
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn hmac_sha1(key: &[u8], message: &[u8]) -> Vec<u8> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = <Hmac<Sha1> as KeyInit>::new_from_slice(key).expect("any key length");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}
