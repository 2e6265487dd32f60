//! Cross-site requests may read, never write: a same-origin gate for every form, and a token in each.
//!
//! The token is a signature over a random cookie, so a page can only be posted by the browser it was made for. Programs
//! (`/api`, `/hooks`) carry no cookies and pass.
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::problem::{Kind, Problem};
use crate::{
    app::App,
    config::Config,
    crypto::{self, Keys},
};

/// The hidden field every form carries.
pub const FIELD: &str = "_csrf";
const COOKIE: &str = "abono_csrf";
const LABEL: &str = "csrf";
/// Characters of a cookie of ours: 32 random bytes in base64.
const COOKIE_CHARS: usize = 43;
const NONCE_BYTES: usize = 16;

/// A cookie's name: over https it is bound to this very host.
pub fn cookie_name(config: &Config, name: &str) -> String {
    if config.is_https() { format!("__Host-{name}") } else { name.to_owned() }
}

/// A cookie for the whole site that scripts cannot read and other sites cannot send with a form.
pub fn cookie(config: &Config, name: &str, value: String) -> Cookie<'static> {
    Cookie::build((cookie_name(config, name), value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(config.is_https())
        .build()
}

/// Refuses a write that another site caused.
pub async fn same_origin(State(app): State<App>, req: Request, next: Next) -> Response {
    let path = req.uri().path();
    let for_machines = path.starts_with("/api/") || path.starts_with("/hooks/");
    if for_machines || is_safe(req.method()) || comes_from_us(req.headers(), &app.config.public_url()) {
        next.run(req).await
    } else {
        Problem::new(Kind::Csrf).detail("this request came from another site").into_response()
    }
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn comes_from_us(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    match (text("sec-fetch-site"), text(header::ORIGIN.as_str()), text(header::HOST.as_str())) {
        (Some(site), ..) => matches!(site, "same-origin" | "none"),
        // A proxy may change the host: then the address we are known by decides.
        (None, Some(origin), host) => {
            origin == public_url
                || host.is_some_and(|host| origin.split_once("://").is_some_and(|(_, o)| o == host))
        }
        (None, None, _) => true, // not a browser; the token still has to fit
    }
}

/// The browser's random value, if it has one that looks like ours.
pub(super) fn secret(config: &Config, jar: &CookieJar) -> Option<String> {
    let value = jar.get(&cookie_name(config, COOKIE))?.value();
    (value.len() == COOKIE_CHARS).then(|| value.to_owned())
}

pub(super) fn new_secret() -> String {
    crypto::random_token().reveal().to_owned()
}

pub(super) fn secret_cookie(config: &Config, secret: &str) -> Cookie<'static> {
    cookie(config, COOKIE, secret.to_owned())
}

/// A token for the browser with this secret: a nonce and a signature over both.
///
/// It differs on every page, so the size of a packed answer tells nothing about it.
pub(super) fn token(keys: &Keys, secret: &str) -> String {
    let nonce = crypto::random_bytes::<NONCE_BYTES>();
    let mac = keys.sign(LABEL, &[&nonce[..], secret.as_bytes()].concat());
    URL_SAFE_NO_PAD.encode([&nonce[..], &mac[..]].concat())
}

/// Whether `token` was made for the browser that sent these headers.
pub fn fits(app: &App, headers: &HeaderMap, token: &str) -> bool {
    let Some(secret) = secret(&app.config, &CookieJar::from_headers(headers)) else {
        return false;
    };
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(token) else {
        return false;
    };
    bytes
        .split_at_checked(NONCE_BYTES)
        .is_some_and(|(nonce, mac)| app.keys.verify(LABEL, &[nonce, secret.as_bytes()].concat(), mac))
}

/// The answer to a token that does not fit.
pub fn refusal() -> Problem {
    Problem::new(Kind::Csrf).detail("the form's token is missing or not from this browser")
}

/// Asks for a new random value with this answer: whoever was signed in before must not know the token after.
pub fn rotate(response: &mut Response) {
    response.extensions_mut().insert(Rotate);
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Rotate;

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (axum::http::HeaderName::from_static(name), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn only_our_own_pages_may_post() {
        let ours = "https://abono.example";
        for (pairs, passes) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("origin", "https://abono.example")], true),
            (&[("origin", "http://10.0.0.4:8080"), ("host", "10.0.0.4:8080")], true),
            (&[("origin", "https://evil.example"), ("host", "abono.example")], false),
            (&[("origin", "null"), ("host", "abono.example")], false),
            (&[("host", "abono.example")], true),
        ] {
            assert_eq!(comes_from_us(&headers(pairs), ours), passes, "{pairs:?}");
        }
    }
}
