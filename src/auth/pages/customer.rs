//! How customers come in (`/account/login`, `/account/enter`, `/handoff`), go out, and see where they are signed in.
use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::future::BoxFuture;
use serde::Deserialize;

use super::{
    Arrive, Button, CUSTOMER_HOME,
    logins::{self, Choice, Line},
    minutes, too_many,
};
use crate::{
    app::App,
    auth::{
        Visitor,
        cookie::{self, Whose},
        extract::Customer,
        handoff::{self, HandoffError, Refusal},
        link::{self, LinkError},
        login::{self, Owner},
    },
    core::{email::Email, secret::Secret},
    web::{
        CUSTOMER_LOGIN,
        cx::Cx,
        extract::Query,
        flash::{Flash, redirect},
        form::{Form, FormErrors},
        page::page_with,
        problem::Problem,
    },
};

#[derive(Template)]
#[template(path = "auth/customer_login.html")]
struct AskPage<'a> {
    cx: Cx,
    errors: FormErrors,
    email: &'a str,
    sent: bool,
}

fn blank() -> FormErrors {
    FormErrors::of(&[("email", "auth-email")])
}

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    /// Present once a link was asked for.
    sent: Option<String>,
}

pub(super) async fn ask(cx: Cx, Query(asked): Query<Asked>) -> Response {
    if cx.customer.is_some() {
        return redirect(CUSTOMER_HOME, None);
    }
    let template = AskPage { cx, errors: blank(), email: "", sent: asked.sent.is_some() };
    page_with(StatusCode::OK, &template)
}

#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    email: String,
}

/// Says the same whether the mailbox is known or not.
pub(super) async fn send(
    State(app): State<App>,
    cx: Cx,
    visitor: Visitor,
    Form(form): Form<Wanted>,
) -> Result<Response, Problem> {
    let now = app.clock.now();
    let mut errors = blank();
    let Ok(email) = Email::parse(&form.email) else {
        errors.add("email", "auth-email-bad");
        return Ok(again(cx, errors, &form.email));
    };
    match link::request(&app.db, &app.keys, &email, cx.lang.as_str(), &visitor, now).await {
        Ok(()) => Ok(redirect(&format!("{CUSTOMER_LOGIN}?sent=1"), None)),
        Err(LinkError::Blocked(blocked)) => {
            errors.add_with("", "auth-blocked", &[("minutes", &minutes(blocked, now))]);
            Ok(too_many(again(cx, errors, &form.email), blocked, now))
        }
        Err(other) => Err(other.into()),
    }
}

fn again(cx: Cx, errors: FormErrors, email: &str) -> Response {
    let template = AskPage { cx, errors, email, sent: false };
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &template)
}

#[derive(Template)]
#[template(path = "auth/door.html")]
struct DoorPage<'a> {
    cx: Cx,
    token: &'a str,
    works: bool,
}

/// The token must not travel on as the referrer of what this page loads.
fn door_page(cx: Cx, token: &str, works: bool) -> Response {
    let status = if works { StatusCode::OK } else { StatusCode::GONE };
    let mut response = page_with(status, &DoorPage { cx, token, works });
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[derive(Deserialize)]
pub(super) struct Token {
    #[serde(default)]
    token: String,
}

/// Shows a button: programs that scan mails follow every link, and must not use it up.
pub(super) async fn door(
    State(app): State<App>,
    cx: Cx,
    Query(query): Query<Token>,
) -> Result<Response, Problem> {
    let works = link::is_alive(&app.db, &Secret::new(query.token.as_str()), app.clock.now()).await?;
    Ok(door_page(cx, &query.token, works))
}

pub(super) async fn enter(
    State(app): State<App>,
    cx: Cx,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<Token>,
) -> Result<Response, Problem> {
    let had = cookie::token(&app.config, &headers, Whose::Customer);
    let token = Secret::new(form.token);
    match link::enter(&app.db, &token, &visitor, had.as_ref(), app.clock.now()).await {
        Ok(issued) => {
            let mut response = redirect(CUSTOMER_HOME, None);
            cookie::set(&mut response, &app.config, &issued);
            Ok(response)
        }
        Err(LinkError::Dead) => Ok(door_page(cx, "", false)),
        Err(other) => Err(other.into()),
    }
}

/// Signs out whoever this browser is, even if the login has ended already.
pub(super) async fn leave(
    State(app): State<App>,
    headers: HeaderMap,
    Form(Button {}): Form<Button>,
) -> Result<Response, Problem> {
    if let Some(token) = cookie::token(&app.config, &headers, Whose::Customer) {
        login::sign_out(&app.db, &token, app.clock.now()).await?;
    }
    let mut response = redirect(CUSTOMER_LOGIN, Some(Flash::ok("auth-signed-out")));
    cookie::remove(&mut response, &app.config, Whose::Customer);
    Ok(response)
}

#[derive(Template)]
#[template(path = "auth/customer_logins.html")]
struct LoginsPage {
    cx: Cx,
    logins: Vec<Line>,
    logins_action: &'static str,
}

pub(super) async fn logins(
    Customer(me): Customer,
    State(app): State<App>,
    cx: Cx,
) -> Result<Response, Problem> {
    let logins = logins::lines(&app, Owner::Customer(me.account), me.login, cx.now).await?;
    let template = LoginsPage { cx, logins, logins_action: "/account/logins" };
    Ok(page_with(StatusCode::OK, &template))
}

pub(super) async fn revoke(
    Customer(me): Customer,
    State(app): State<App>,
    Form(choice): Form<Choice>,
) -> Result<Response, Problem> {
    let owner = Owner::Customer(me.account);
    let flash = logins::end(&app, owner, me.login, &choice, &me.actor()).await?;
    Ok(redirect("/account/logins", Some(flash)))
}

/// `GET /handoff`. It signs in by GET because `WordPress` can only redirect; see [`handoff`] for why that is safe here.
pub(super) fn handoff(
    arrive: Arrive,
) -> impl Fn(State<App>, Cx, Visitor, HeaderMap, Query<handoff::Query>) -> BoxFuture<'static, Response> + Clone
{
    move |State(app), cx, visitor, headers, Query(query)| {
        Box::pin(async move {
            come_in(&app, arrive, &cx, &visitor, &headers, &query)
                .await
                .unwrap_or_else(IntoResponse::into_response)
        })
    }
}

async fn come_in(
    app: &App,
    arrive: Arrive,
    cx: &Cx,
    visitor: &Visitor,
    headers: &HeaderMap,
    query: &handoff::Query,
) -> Result<Response, Problem> {
    let now = app.clock.now();
    let verified = match handoff::accept(&app.db, &app.keys, query, now).await {
        Ok(verified) => verified,
        // The page was loaded again: whoever is signed in stays where they are, and nobody new comes in.
        Err(HandoffError::Refused(Refusal::Used | Refusal::Expired)) if cx.customer.is_some() => {
            return Ok(redirect(CUSTOMER_HOME, None));
        }
        Err(other) => return Err(other.into()),
    };
    let to = verified.to.clone();
    let account = arrive(app.clone(), verified, now).await?;
    let had = cookie::token(&app.config, headers, Whose::Customer);
    let issued = login::hand_over(&app.db, account, visitor, had.as_ref(), now).await?;
    let mut response = redirect(&to, None);
    cookie::set(&mut response, &app.config, &issued);
    Ok(response)
}
