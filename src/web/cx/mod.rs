//! What a template may know about the request: who reads, in which language, when, and where they are.
//!
//! Every page's template has a field `cx: Cx`. As a handler's argument it is an extractor; [`layer`] makes it once per
//! request and sees to the cookies it needs.
mod say;

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, Uri, header, request::Parts},
    middleware::Next,
    response::Response,
};
use axum_extra::extract::cookie::{Cookie, CookieJar};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::{csrf, flash::Flash, lang::Lang, layers::RequestId, nav::Nav, preferences, problem::Problem};
use crate::{
    app::App,
    auth::{CustomerLogin, Logins, StaffLogin, Theme},
    core::calendar,
};

/// The shop whose «Mi Cuenta» this is. A layer puts it into the request's extensions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Storefront {
    pub name: String,
    pub url: String,
}

/// The context of a page.
#[derive(Clone)]
pub struct Cx {
    pub lang: Lang,
    pub theme: Theme,
    /// Path of this page, without the query.
    pub path: String,
    /// The query as it came, without `?`.
    pub query: String,
    pub now: DateTime<Utc>,
    /// Business time zone: days are counted in it.
    pub zone: Tz,
    pub staff: Option<StaffLogin>,
    pub customer: Option<CustomerLogin>,
    /// Value of the hidden field of every form.
    pub csrf: String,
    pub request_id: String,
    pub nav: Nav,
    pub storefront: Option<Storefront>,
    /// How the outside reaches us, without a slash at the end.
    pub public_url: String,
    flash: Option<Flash>,
    flash_shown: Arc<AtomicBool>,
    /// The browser's random value, when it has to be given one.
    new_secret: Option<String>,
}

/// Without names, tokens and what was searched for: those have no place in a log.
impl std::fmt::Debug for Cx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cx")
            .field("path", &self.path)
            .field("lang", &self.lang)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

impl Cx {
    /// The context of a request as it stands: with the logins, counts and shop that outer layers put into its extensions.
    pub fn read(app: &App, parts: &Parts) -> Self {
        let logins = parts.extensions.get::<Logins>().cloned().unwrap_or_default();
        let mut cx = Self::of(app, &parts.headers, &parts.uri, logins);
        cx.nav = parts.extensions.get::<Nav>().cloned().unwrap_or_default();
        cx.storefront = parts.extensions.get::<Storefront>().cloned();
        if let Some(RequestId(id)) = parts.extensions.get() {
            cx.request_id.clone_from(id);
        }
        cx
    }

    pub(super) fn of(app: &App, headers: &HeaderMap, uri: &Uri, logins: Logins) -> Self {
        let jar = CookieJar::from_headers(headers);
        let known = csrf::secret(&app.config, &jar);
        let new_secret = known.is_none().then(csrf::new_secret);
        let secret = known.or_else(|| new_secret.clone()).unwrap_or_default();
        let locale = logins.staff.as_ref().and_then(|staff| staff.locale.as_deref());
        let locale =
            locale.or_else(|| logins.customer.as_ref().and_then(|customer| customer.locale.as_deref()));
        // A choice made on this browser is the latest word; then what the login keeps, then what the browser asks for.
        let lang = preferences::lang(&app.config, &jar)
            .or_else(|| locale.and_then(Lang::parse))
            .or_else(|| {
                let accept = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
                Lang::from_accept(accept)
            })
            .or_else(|| Lang::parse(&app.config.locale))
            .unwrap_or_default();
        let theme = preferences::theme(&app.config, &jar)
            .or_else(|| logins.staff.as_ref().map(|staff| staff.theme))
            .unwrap_or_default();
        Self {
            lang,
            theme,
            path: uri.path().to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
            now: app.clock.now(),
            zone: app.config.timezone,
            staff: logins.staff,
            customer: logins.customer,
            csrf: csrf::token(&app.keys, &secret),
            request_id: String::new(),
            nav: Nav::default(),
            storefront: None,
            public_url: app.config.public_url(),
            flash: Flash::read(&app.config, &app.keys, &jar),
            flash_shown: Arc::default(),
            new_secret,
        }
    }

    pub fn is_signed_in(&self) -> bool {
        self.staff.is_some() || self.customer.is_some()
    }

    /// What the page before wants said. Asking is showing: the next page will not say it again.
    pub fn flash(&self) -> Option<&Flash> {
        if self.flash.is_some() {
            self.flash_shown.store(true, Ordering::Relaxed);
        }
        self.flash.as_ref()
    }

    /// Says a sentence on this very page, without a redirect.
    #[must_use]
    pub fn with_flash(mut self, flash: Flash) -> Self {
        self.flash = Some(flash);
        self
    }

    /// Today, in the business time zone.
    pub fn today(&self) -> NaiveDate {
        calendar::day_of(self.now, self.zone)
    }

    /// The cookies an answer rendered with this context must carry.
    pub(super) fn set_cookies(&self, app: &App, response: &mut Response) {
        let for_machines = self.path.starts_with("/api/") || self.path.starts_with("/hooks/");
        let will_be_a_page = !for_machines && response.extensions().get::<Problem>().is_some();
        let is_page = is_html(response) || will_be_a_page;
        if response.extensions().get::<csrf::Rotate>().is_some() {
            set_cookie(response, &csrf::secret_cookie(&app.config, &csrf::new_secret()));
        } else if let Some(secret) = self.new_secret.as_ref().filter(|_| is_page) {
            set_cookie(response, &csrf::secret_cookie(&app.config, secret));
        }
        if let Some(flash) = response.extensions().get::<Flash>() {
            let cookie = flash.cookie(&app.config, &app.keys);
            set_cookie(response, &cookie);
        } else if self.flash_shown.load(Ordering::Relaxed) {
            set_cookie(response, &Flash::removal(&app.config));
        }
    }
}

fn is_html(response: &Response) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

fn set_cookie(response: &mut Response, cookie: &Cookie<'_>) {
    if let Ok(value) = HeaderValue::from_str(&cookie.encoded().to_string()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

impl FromRequestParts<App> for Cx {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(match parts.extensions.get::<Self>() {
            Some(cx) => cx.clone(),
            None => Self::read(app, parts),
        })
    }
}

/// Makes the context, hands it to the handler, and sets its cookies. Runs inside of whoever finds out who is signed in.
pub async fn layer(State(app): State<App>, req: Request, next: Next) -> Response {
    let (mut parts, body) = req.into_parts();
    let cx = Cx::read(&app, &parts);
    parts.extensions.insert(cx.clone());
    let mut response = next.run(Request::from_parts(parts, body)).await;
    cx.set_cookies(&app, &mut response);
    if is_html(&response) {
        let headers = response.headers_mut();
        let caching = if cx.is_signed_in() { "no-store" } else { "private, no-cache" };
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(caching));
        headers.append(header::VARY, HeaderValue::from_static("cookie, accept-language"));
    }
    response.extensions_mut().insert(cx);
    response
}
