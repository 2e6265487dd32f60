//! One sentence that the next page says once: what has just been done.
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::csrf;
use crate::{config::Config, crypto::Keys};

const COOKIE: &str = "abono_flash";
const LABEL: &str = "flash";

/// How a flash looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level {
    #[serde(rename = "o")]
    Ok,
    #[serde(rename = "b")]
    Bad,
    #[serde(rename = "i")]
    Info,
}

impl Level {
    pub fn class(self) -> &'static str {
        match self {
            Self::Ok => "is-ok",
            Self::Bad => "is-bad",
            Self::Info => "is-info",
        }
    }
    pub fn icon(self) -> &'static str {
        match self {
            Self::Ok => "circle-check",
            Self::Bad => "alert-circle",
            Self::Info => "info-circle",
        }
    }
    /// `role` of the notice: bad news interrupts, good news waits.
    pub fn role(self) -> &'static str {
        match self {
            Self::Bad => "alert",
            Self::Ok | Self::Info => "status",
        }
    }
}

/// A sentence by its key, with what it needs. The text may hold markup of ours; arguments are escaped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    #[serde(rename = "l")]
    pub level: Level,
    #[serde(rename = "k")]
    pub key: String,
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<(String, String)>,
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub n: Option<i64>,
    /// A link after it: text key and address.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub action: Option<(String, String)>,
}

impl Flash {
    fn new(level: Level, key: &str) -> Self {
        Self { level, key: key.to_owned(), args: Vec::new(), n: None, action: None }
    }
    /// It is done.
    pub fn ok(key: &str) -> Self {
        Self::new(Level::Ok, key)
    }
    /// It could not be done.
    pub fn bad(key: &str) -> Self {
        Self::new(Level::Bad, key)
    }
    /// Good to know.
    pub fn info(key: &str) -> Self {
        Self::new(Level::Info, key)
    }
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers hand over texts, numbers and references alike"
    )]
    pub fn arg(mut self, name: &str, value: impl ToString) -> Self {
        self.args.push((name.to_owned(), value.to_string()));
        self
    }
    /// The number that the text's plural depends on (`$n`, `$count`).
    #[must_use]
    pub fn count(mut self, n: i64) -> Self {
        self.n = Some(n);
        self
    }
    /// A link after the sentence, by the key of its text.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers hand over texts, numbers and references alike"
    )]
    pub fn action(mut self, key: &str, href: impl ToString) -> Self {
        self.action = Some((key.to_owned(), href.to_string()));
        self
    }

    pub(super) fn cookie(&self, config: &Config, keys: &Keys) -> Cookie<'static> {
        let body = URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default());
        let mac = URL_SAFE_NO_PAD.encode(keys.sign(LABEL, body.as_bytes()));
        csrf::cookie(config, COOKIE, format!("{body}.{mac}"))
    }

    pub(super) fn read(config: &Config, keys: &Keys, jar: &CookieJar) -> Option<Self> {
        let (body, mac) = jar.get(&csrf::cookie_name(config, COOKIE))?.value().split_once('.')?;
        let mac = URL_SAFE_NO_PAD.decode(mac).ok()?;
        if !keys.verify(LABEL, body.as_bytes(), &mac) {
            return None;
        }
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()
    }

    pub(super) fn removal(config: &Config) -> Cookie<'static> {
        let mut cookie = csrf::cookie(config, COOKIE, String::new());
        cookie.make_removal();
        cookie
    }
}

/// 303 to a page of ours, which will say `flash` once.
pub fn redirect(to: &str, flash: Option<Flash>) -> Response {
    let Ok(location) = HeaderValue::from_str(to) else {
        return super::problem::Problem::new(super::problem::Kind::Internal).into_response();
    };
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    if let Some(flash) = flash {
        response.extensions_mut().insert(flash);
    }
    response
}

/// `next` if it is a path of ours, else `otherwise`: an open redirect is a gift to phishers.
pub fn local_path<'a>(next: &'a str, otherwise: &'a str) -> &'a str {
    let mut chars = next.chars();
    let rooted = chars.next() == Some('/') && !matches!(chars.next(), Some('/' | '\\'));
    let clean = next.len() <= 2000 && next.bytes().all(|b| (0x21..0x7f).contains(&b) && b != b'\\');
    if rooted && clean { next } else { otherwise }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::secret::Secret;

    #[test]
    fn a_flash_comes_back_from_its_cookie_and_a_changed_one_does_not() {
        let config = super::super::testing::config();
        let keys = Keys::new(&[Secret::new("0123456789abcdef0123456789abcdef")]).unwrap();
        let flash = Flash::ok("form-saved").arg("name", "Núñez <b>").count(2);
        let cookie = flash.cookie(&config, &keys);
        let jar = CookieJar::new().add(cookie.clone());
        assert_eq!(Flash::read(&config, &keys, &jar), Some(flash));
        let forged = Cookie::new(cookie.name().to_owned(), format!("x{}", cookie.value()));
        assert_eq!(Flash::read(&config, &keys, &CookieJar::new().add(forged)), None);
    }

    #[test]
    fn only_paths_of_ours_are_followed() {
        for (next, followed) in [
            ("/admin/sessions?state=active", true),
            ("/", true),
            ("//evil.example", false),
            ("/\\evil.example", false),
            ("https://evil.example", false),
            ("/a\r\nSet-Cookie: x=y", false),
            ("/a b", false),
            ("", false),
        ] {
            assert_eq!(local_path(next, "-") == next, followed, "{next:?}");
        }
    }
}
