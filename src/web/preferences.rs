//! Language and theme, as chosen on this browser. Kept in two cookies for a year.
use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::Response,
};
use axum_extra::extract::cookie::CookieJar;
use serde::Deserialize;

use super::{
    csrf,
    flash::{local_path, redirect},
    form::Form,
    lang::Lang,
};
use crate::{app::App, auth::Theme, config::Config};

const LANG: &str = "abono_lang";
const THEME: &str = "abono_theme";
const YEAR_SECONDS: i64 = 365 * 24 * 3600;

pub(super) fn lang(config: &Config, jar: &CookieJar) -> Option<Lang> {
    jar.get(&csrf::cookie_name(config, LANG)).and_then(|cookie| Lang::parse(cookie.value()))
}

pub(super) fn theme(config: &Config, jar: &CookieJar) -> Option<Theme> {
    jar.get(&csrf::cookie_name(config, THEME)).and_then(|cookie| Theme::parse(cookie.value()))
}

#[derive(Debug, Deserialize)]
pub(super) struct Choice {
    lang: Option<String>,
    theme: Option<String>,
    #[serde(default)]
    back: String,
}

/// `POST /preferences`: what is given is kept, the rest stays; back to where the form was.
pub(super) async fn save(State(app): State<App>, Form(choice): Form<Choice>) -> Response {
    let mut response = redirect(local_path(&choice.back, "/"), None);
    let lang = choice.lang.as_deref().and_then(Lang::parse).map(Lang::as_str);
    let theme = choice.theme.as_deref().and_then(Theme::parse).map(Theme::as_str);
    for (name, value) in [(LANG, lang), (THEME, theme)] {
        let Some(value) = value else { continue };
        // `Max-Age` by hand: the cookie crate's durations are of another library of time.
        let cookie = csrf::cookie(&app.config, name, value.to_owned());
        let text = format!("{}; Max-Age={YEAR_SECONDS}", cookie.encoded());
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}
