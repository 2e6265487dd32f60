//! Whole requests through layer, gate, handler and page, on a database each.
mod customer;
mod door;
mod staff_and_keys;

use axum::{
    Router,
    body::Body,
    http::{Request, Response},
    middleware::from_fn_with_state,
};
use http_body_util::BodyExt;
use scraper::{Html, Selector};
use sqlx::mysql::MySqlConnectOptions;
use tower::ServiceExt;
use utoipa_axum::router::OpenApiRouter;

use super::*;
use crate::{
    auth::{
        layer,
        staff::{self, NewStaff},
    },
    core::{actor::Actor, email::Email, ids::StaffId, secret::Secret},
    db,
    web::{self, testing},
};

const PASSWORD: &str = "una frase bien larga";
const SYSTEM: Actor = Actor::System { name: "test" };

/// A browser: it keeps its cookies, and posts forms with the token of the page before.
struct Browser {
    app: App,
    router: Router,
    cookies: Vec<(String, String)>,
    token: String,
}

struct Seen {
    status: u16,
    location: String,
    headers: axum::http::HeaderMap,
    html: String,
}

impl Seen {
    fn text(&self, selector: &str) -> Vec<String> {
        let document = Html::parse_document(&self.html);
        document
            .select(&Selector::parse(selector).unwrap())
            .map(|found| found.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "))
            .collect()
    }
    fn value(&self, selector: &str) -> Option<String> {
        let document = Html::parse_document(&self.html);
        let found = document.select(&Selector::parse(selector).unwrap()).next()?;
        found.value().attr("value").map(str::to_owned)
    }
    fn goes_to(&self) -> (u16, &str) {
        (self.status, self.location.as_str())
    }
}

impl Browser {
    async fn open(options: MySqlConnectOptions) -> Self {
        let mut app = testing::app();
        app.db = db::connect_with(options, 6).await.unwrap();
        let arrive: Arrive = |app, handoff, now| {
            Box::pin(async move {
                assert_eq!(handoff.wp_user.0, 7);
                sqlx::query(
                    "INSERT IGNORE INTO accounts (id, name, created_at, updated_at) VALUES (40, 'Ana', ?, ?)",
                )
                .bind(now)
                .bind(now)
                .execute(&app.db.0)
                .await
                .unwrap();
                Ok(AccountId(40))
            })
        };
        let state = app.clone();
        let built = web::assemble_with(app.clone(), routes(arrive), OpenApiRouter::new(), |router| {
            router.layer(from_fn_with_state(state, layer::identify))
        });
        Self { app, router: built.router, cookies: vec![], token: String::new() }
    }

    /// Another browser on the same house.
    fn another(&self) -> Self {
        Self { app: self.app.clone(), router: self.router.clone(), cookies: vec![], token: String::new() }
    }

    fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    async fn send(&mut self, builder: axum::http::request::Builder, body: String) -> Seen {
        let cookies: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let request: Request<Body> = builder
            .header("cookie", cookies.join("; "))
            .header("accept", "text/html")
            .body(Body::from(body))
            .unwrap();
        let response: Response<Body> = self.router.clone().oneshot(request).await.unwrap();
        for header in response.headers().get_all("set-cookie") {
            let (pair, rest) = header.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(n, _)| n != name);
            if !rest.contains("Max-Age=0") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let (parts, body) = response.into_parts();
        let html = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        let location =
            parts.headers.get("location").map(|l| l.to_str().unwrap().to_owned()).unwrap_or_default();
        let seen = Seen { status: parts.status.as_u16(), location, headers: parts.headers, html };
        if let Some(token) = seen.value("input[name=_csrf]") {
            self.token = token;
        }
        seen
    }

    async fn get(&mut self, path: &str) -> Seen {
        self.send(Request::get(path), String::new()).await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("_csrf", &self.token);
        form.extend_pairs(fields);
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request, form.finish()).await
    }

    async fn add(&self, email: &str, role: Role) -> StaffId {
        let new = NewStaff {
            email: Email::parse(email).unwrap(),
            name: "Inés Carvajal".to_owned(),
            password: Secret::new(PASSWORD),
            role,
            locale: None,
        };
        staff::add(&self.app.db, &new, &SYSTEM, self.app.clock.now()).await.unwrap()
    }

    async fn sign_in(&mut self, email: &str) {
        self.get("/admin/login").await;
        let fields = [("email", email), ("password", PASSWORD)];
        assert_eq!(self.post("/admin/login", &fields).await.goes_to(), (303, "/admin"));
    }
}
