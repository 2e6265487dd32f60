//! The two faces of a problem. Outside of every handler and layer that may fail, so that nothing answers otherwise.
use askama::Template;
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{Kind, Problem};
use crate::{
    app::App,
    auth::Logins,
    web::{CUSTOMER_LOGIN, STAFF_LOGIN, cx::Cx, layers::RequestId},
};

/// What is kept of a request, in case its answer is a problem.
struct Asked {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    id: String,
}

impl Asked {
    fn of(req: &Request) -> Self {
        let id = req.extensions().get::<RequestId>();
        Self {
            method: req.method().clone(),
            uri: req.uri().clone(),
            headers: req.headers().clone(),
            id: id.map(|RequestId(id)| id.clone()).unwrap_or_default(),
        }
    }

    fn wants_json(&self) -> bool {
        let path = self.uri.path();
        let accept =
            self.headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
        path.starts_with("/api/")
            || path.starts_with("/hooks/")
            || (accept.contains("json") && !accept.contains("text/html"))
    }
}

/// Gives every error answer its face: JSON with the request's id, or a page.
pub async fn finish(State(app): State<App>, req: Request, next: Next) -> Response {
    let asked = Asked::of(&req);
    let mut response = next.run(req).await;
    let Some(problem) = problem_of(&mut response) else {
        return response;
    };
    let problem = problem.instance(&asked.id);
    if asked.wants_json() {
        return replace(&response, problem.into_response());
    }
    let cx = response.extensions_mut().remove::<Cx>().unwrap_or_else(|| {
        // The handler was dropped or failed before its context was made: nobody is known to be signed in.
        let mut cx = Cx::of(&app, &asked.headers, &asked.uri, Logins::default());
        cx.request_id.clone_from(&asked.id);
        cx.set_cookies(&app, &mut response);
        cx
    });
    if problem.kind() == Kind::NotSignedIn {
        return to_login(&asked, response);
    }
    let page = page(&cx, &problem);
    replace(&response, page)
}

/// The problem an answer carries, or the one its bare error status stands for.
fn problem_of(response: &mut Response) -> Option<Problem> {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        return Some(problem);
    }
    let status = response.status();
    let plain = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    ((status.is_client_error() || status.is_server_error()) && plain)
        .then(|| Problem::new(Kind::from_status(status)))
}

/// `face` with the headers that `old` has and it has not (`Allow`, `Retry-After`, cookies).
fn replace(old: &Response, face: Response) -> Response {
    let (mut parts, body) = face.into_parts();
    let mut last: Option<HeaderName> = None;
    let mut kept: Vec<HeaderName> = Vec::new();
    for (name, value) in old.headers() {
        if last.as_ref() != Some(name) && !parts.headers.contains_key(name) {
            kept.push(name.clone());
        }
        last = Some(name.clone());
        if kept.contains(name) && !matches!(*name, header::CONTENT_LENGTH | header::CONTENT_ENCODING) {
            parts.headers.append(name.clone(), value.clone());
        }
    }
    Response::from_parts(parts, body)
}

fn to_login(asked: &Asked, response: Response) -> Response {
    let path = asked.uri.path();
    let login = if path.starts_with("/admin") { STAFF_LOGIN } else { CUSTOMER_LOGIN };
    let mut target = login.to_owned();
    if asked.method == Method::GET {
        let next = asked.uri.path_and_query().map_or(path, axum::http::uri::PathAndQuery::as_str);
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
        target = format!("{login}?{query}");
    }
    let location = HeaderValue::from_str(&target).unwrap_or(HeaderValue::from_static(CUSTOMER_LOGIN));
    // A redirect would be followed inside of the page: htmx is told to leave it instead.
    let face = if asked.headers.contains_key("hx-request") {
        let name = HeaderName::from_static("hx-redirect");
        (StatusCode::UNAUTHORIZED, [(name, location)], Body::empty()).into_response()
    } else {
        (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
    };
    let mut old = response;
    for name in [header::CONTENT_TYPE, header::WWW_AUTHENTICATE, header::RETRY_AFTER] {
        old.headers_mut().remove(name);
    }
    replace(&old, face)
}

#[derive(Debug, Template)]
#[template(path = "errors/admin.html")]
struct AdminPage<'a> {
    cx: &'a Cx,
    problem: &'a Problem,
}

#[derive(Debug, Template)]
#[template(path = "errors/bare.html")]
struct BarePage<'a> {
    cx: &'a Cx,
    problem: &'a Problem,
}

fn page(cx: &Cx, problem: &Problem) -> Response {
    let html = if cx.staff.is_some() && cx.is_at("/admin") {
        AdminPage { cx, problem }.render()
    } else {
        BarePage { cx, problem }.render()
    };
    match html {
        Ok(html) => (
            problem.status(),
            [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")],
            html,
        )
            .into_response(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the error page failed");
            problem.clone().into_response()
        }
    }
}

impl Kind {
    /// The icon of its page.
    pub fn icon(self) -> &'static str {
        match self.status() {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => "lock",
            StatusCode::NOT_FOUND | StatusCode::GONE => "search",
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => "cloud-off",
            StatusCode::TOO_MANY_REQUESTS => "clock",
            _ => "alert-circle",
        }
    }

    /// Whether asking again may help.
    pub fn may_pass(self) -> bool {
        self.status().is_server_error() || self == Self::TooManyRequests
    }
}
