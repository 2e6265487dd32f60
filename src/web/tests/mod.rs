//! The house, end to end, with a few rooms of its own and no database.
mod faces;
mod forms;
mod pages;

use askama::Template;
use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header},
    middleware::{Next, from_fn},
    response::Response,
};
use http_body_util::BodyExt;
use serde::Deserialize;
use tower::ServiceExt;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Built, CUSTOMER_LOGIN, STAFF_LOGIN, assemble_with,
    cx::{Cx, Storefront},
    extract::{Json, Path, Query},
    flash::{Flash, redirect},
    form::{Form, FormErrors, Opt},
    list::{Chips, Cursor, Pager, ROWS, Sorting},
    nav::Nav,
    page::{page, page_with},
    problem::{Kind, Problem},
    routes::{Access, Routes},
    testing,
};
use crate::{
    auth::{CustomerLogin, Logins, Role},
    config::Config,
    core::ids::{AccountId, LoginId},
    db::DbError,
};

/// An answer, read to its end.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
    fn cookies(&self) -> Vec<String> {
        self.headers
            .get_all(header::SET_COOKIE)
            .iter()
            .map(|value| value.to_str().unwrap().to_owned())
            .collect()
    }
    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
    fn token(&self) -> String {
        testing::literals_after(&self.body, "name=\"_csrf\" value=").remove(0)
    }
}

/// A browser: keeps cookies, says who is signed in by a header the test's `identify` reads.
struct Browser {
    router: Router,
    cookies: Vec<(String, String)>,
    login: &'static str,
}

fn house() -> Browser {
    house_with(testing::config())
}

fn house_with(config: Config) -> Browser {
    Browser { router: build(config).router, cookies: Vec::new(), login: "" }
}

impl Browser {
    fn signed_in(mut self, login: &'static str) -> Self {
        self.login = login;
        self
    }

    async fn send(&mut self, mut req: axum::http::request::Builder, body: impl Into<Body>) -> Answer {
        if !self.cookies.is_empty() {
            let all: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
            req = req.header("cookie", all.join("; "));
        }
        if !self.login.is_empty() {
            req = req.header("x-test-login", self.login);
        }
        let response = self.router.clone().oneshot(req.body(body.into()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let answer = Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        };
        for cookie in answer.cookies() {
            let (pair, attributes) = cookie.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !attributes.contains("Max-Age=0") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        answer
    }
    async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path), Body::empty()).await
    }
    async fn post(&mut self, path: &str, form: &str) -> Answer {
        let req = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.send(req, form.to_owned()).await
    }
}

/// A page with every part of the house on it.
#[derive(Debug, Template)]
#[template(
    ext = "html",
    source = r#"{% extends "layout/admin.html" %}
{% import "parts/form.html" as f %}{% import "parts/list.html" as l %}{% import "parts/mark.html" as m %}
{% block title %}Cosas{% endblock %}
{% block head %}<header class="page-head"><div><h1>Cosas</h1></div></header>{% endblock %}
{% block main %}
<details class="fold">{% call l::filters_summary(cx, chips) %}{% endcall %}</details>
{% call l::chips(cx, chips) %}{% endcall %}
<table><thead><tr>{% call l::th(cx, sorting, "person", "nav-accounts") %}{% endcall %}{% call l::th(cx, sorting, "expires", "list-sort", class="num") %}{% endcall %}</tr></thead></table>
{% call l::pager(cx, pager) %}{% endcall %}
<form method="post" action="/admin/things">{% call f::csrf(cx) %}{% endcall %}
{% call f::summary(cx, errors) %}{% endcall %}
{% call f::input(cx, errors, name="email", label="nav-accounts", value=email, kind="email", hint="form-email", optional="form-optional") %}{% endcall %}
{% call f::choices(cx, errors, name="plan", label="nav-systems", value=plan, options=options) %}{% endcall %}
{% call f::textarea(cx, errors, name="note", label="nav-orders", value=email, maxlength="500") %}{% endcall %}
{% call f::select(cx, errors, name="kind", label="problems-kind", value=plan, options=options, empty="list-all") %}{% endcall %}
{% call f::checkbox(cx, errors, name="agree", label="list-yes", checked=agree, hint="form-choose") %}{% endcall %}
{% call f::foot(cx, "form-save", cancel="/admin") %}{% endcall %}
</form>
{% call f::confirm(cx, title="¿Seguro?", text="Sale ahora mismo.", action="/admin/things", submit="Bloquear", cancel="/admin") %}{% call f::input(cx, errors, name="reason", label="nav-audit", value="") %}{% endcall %}{% endcall %}
{% call l::nothing(cx, icon="ticket", title="No hay nada", text="Aún no.") %}<a href="/admin">Volver</a>{% endcall %}
{% call l::no_match(cx, "nav-orders", chips) %}{% endcall %}
{% call m::notice(cx, "is-info", "info-circle") %}Un hecho.{% endcall %}
{% call m::state("is-ok", "Activa") %}{% endcall %}{% call m::kind("tone-plum", "Promocional") %}{% endcall %}{% call m::expiry(cx, cx.now) %}{% endcall %}
{% call f::button(cx, action="/admin/things", label="form-save", icon="refresh") %}{% endcall %}
{% endblock %}"#
)]
struct ThingsPage {
    cx: Cx,
    errors: FormErrors,
    email: String,
    plan: String,
    agree: bool,
    options: Vec<Opt>,
    chips: Chips,
    sorting: Sorting,
    pager: Pager,
}

#[derive(Debug, Template)]
#[template(
    ext = "html",
    source = r#"{% extends "layout/account.html" %}{% block title %}Mis Sesiones{% endblock %}{% block head %}<h1>Mis Sesiones</h1>{% endblock %}{% block main %}{% endblock %}"#
)]
struct AccountPage {
    cx: Cx,
}

#[derive(Debug, Deserialize)]
struct Thing {
    email: String,
    #[serde(default)]
    plan: String,
    #[serde(default)]
    tags: Vec<String>,
}

fn things(cx: Cx, errors: FormErrors, thing: Thing) -> ThingsPage {
    let mut chips = Chips::new(&cx, "2 cosas");
    chips.add(&cx, "q", "Ana");
    ThingsPage {
        errors,
        email: thing.email,
        plan: thing.plan,
        agree: thing.tags.len() == 2,
        options: vec![Opt::new("a", "Uno").hint("El primero"), Opt::new("b", "Dos")],
        chips,
        sorting: Sorting::parse(None, &["person", "expires"], "-expires"),
        pager: Pager { prev: None, next: Some(cx.url_with("after", "abc")), note: "50".to_owned() },
        cx,
    }
}

async fn show_things(cx: Cx, Query(cursor): Query<Cursor>) -> Result<Response, Problem> {
    cursor.seek::<u64>(ROWS)?;
    let empty = Thing { email: String::new(), plan: "b".to_owned(), tags: Vec::new() };
    Ok(page(&things(cx, FormErrors::default(), empty)))
}

async fn save_thing(cx: Cx, Form(thing): Form<Thing>) -> Response {
    if thing.email.contains('@') {
        let flash = Flash::ok("form-too-long").arg("max", &thing.email).action("form-undo", "/admin/undo");
        return redirect("/admin/things", Some(flash));
    }
    let mut errors = FormErrors::of(&[("email", "nav-accounts"), ("note", "nav-orders")]);
    errors.add("note", "form-required");
    errors.add("email", "form-email");
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &things(cx, errors, thing))
}

/// Count something. The **description** may be long.
#[utoipa::path(post, path = "/api/v1/counts/{id}", tag = "counts", security(("bearer" = ["counts:write"])),
    params(("id" = u64, Path, description = "Which")), responses((status = 200, description = "Counted"), (status = 404, body = Problem)))]
async fn count_api(Path(id): Path<u64>, Json(n): Json<u64>) -> Result<Json<u64>, Problem> {
    if n == 0 {
        return Err(Problem::new(Kind::Invalid).detail("nothing to count").field("n", "form-number"));
    }
    Ok(Json(id + n))
}

async fn identify(mut req: Request, next: Next) -> Response {
    let login = req.headers().get("x-test-login").cloned();
    let mut logins = Logins::default();
    match login.as_ref().and_then(|value| value.to_str().ok()) {
        Some("admin") => logins.staff = Some(testing::staff(Role::Admin)),
        Some("stats") => logins.staff = Some(testing::staff(Role::Stats)),
        Some("english") => {
            let mut staff = testing::staff(Role::Manager);
            staff.locale = Some("en".to_owned());
            staff.theme = crate::auth::Theme::Dark;
            logins.staff = Some(staff);
        }
        Some("customer") => {
            logins.customer = Some(CustomerLogin {
                login: LoginId(2),
                account: AccountId(3),
                name: "Ana Li".to_owned(),
                email: None,
                locale: None,
            });
        }
        Some("broken") => return Problem::from(DbError::Sqlx(sqlx::Error::PoolTimedOut)).into_response(),
        _ => {}
    }
    let mut nav = Nav::default();
    nav.set("/admin/jobs", 3);
    req.extensions_mut().insert(nav);
    req.extensions_mut().insert(logins);
    req.extensions_mut()
        .insert(Storefront { name: "Almendro <3".to_owned(), url: "https://tienda.example".to_owned() });
    next.run(req).await
}

use axum::response::IntoResponse;

fn build(config: Config) -> Built {
    let pages = Routes::new()
        .get("/admin/things", Access::Staff(Role::Manager), show_things)
        .post("/admin/things", Access::Staff(Role::Manager), save_thing)
        .get("/account/sessions", Access::Customer, async |cx: Cx| page(&AccountPage { cx }))
        .get("/admin/closed", Access::Staff(Role::Stats), async || Problem::new(Kind::NotSignedIn))
        .get("/account/closed", Access::Customer, async || Problem::new(Kind::NotSignedIn))
        .get("/admin/panic", Access::Public, async || -> Response { panic!("secret cause") })
        .get("/admin/slow", Access::Public, async || {
            tokio::time::sleep(std::time::Duration::from_mins(1)).await;
        })
        .get("/admin/bare-status", Access::Public, async || StatusCode::FORBIDDEN)
        .get("/admin/explained", Access::Public, async || {
            Problem::new(Kind::Conflict).explain("form-too-long", &[("max", "<b>")])
        })
        .post("/admin/sign-in", Access::Public, async |Form(_): Form<Vec<(String, String)>>| {
            let mut response = redirect("/admin", None);
            super::csrf::rotate(&mut response);
            response
        })
        .post("/hooks/test", Access::Signed, async |body: axum::body::Bytes| body.len().to_string());
    let api = OpenApiRouter::new().routes(routes!(count_api));
    assemble_with(testing::app_with(config), pages, api, |router| router.layer(from_fn(identify)))
}

#[tokio::test]
async fn the_table_names_every_route_with_its_access() {
    let built = build(testing::config());
    let access = |method: Method, path: &str| {
        built.table.iter().find(|row| row.method == method && row.path == path).map(|row| row.access)
    };
    assert_eq!(access(Method::POST, "/admin/things"), Some(Access::Staff(Role::Manager)));
    assert_eq!(access(Method::POST, "/api/v1/counts/{id}"), Some(Access::Machine("counts:write")));
    assert_eq!(access(Method::GET, "/healthz"), Some(Access::Operations));
    assert_eq!(access(Method::POST, "/preferences"), Some(Access::Public));
    assert_eq!(access(Method::GET, "/nowhere"), None);
}
