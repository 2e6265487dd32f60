//! `/admin/login` and `/admin/logout`.
use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;

use super::{Button, STAFF_HOME, minutes, too_many};
use crate::{
    app::App,
    auth::{
        Visitor,
        cookie::{self, Whose},
        login::{self, Attempt, SignInError},
        path::is_below,
    },
    core::secret::Secret,
    web::{
        STAFF_LOGIN,
        cx::Cx,
        extract::Query,
        flash::{Flash, redirect},
        form::{Form, FormErrors},
        page::page_with,
        problem::Problem,
    },
};

#[derive(Template)]
#[template(path = "auth/login.html")]
struct LoginPage<'a> {
    cx: Cx,
    errors: FormErrors,
    email: &'a str,
    next: &'a str,
}

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    next: String,
}

/// Only pages of the back office are gone back to.
fn target(next: &str) -> &str {
    if is_below(STAFF_HOME, next) { next } else { STAFF_HOME }
}

fn blank() -> FormErrors {
    FormErrors::of(&[("email", "auth-email"), ("password", "auth-password")])
}

pub(super) async fn show(cx: Cx, Query(asked): Query<Asked>) -> Response {
    let next = target(&asked.next);
    if cx.staff.is_some() {
        return redirect(next, None);
    }
    let template = LoginPage { cx, errors: blank(), email: "", next };
    page_with(StatusCode::OK, &template)
}

#[derive(Deserialize)]
pub(super) struct SignIn {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

pub(super) async fn enter(
    State(app): State<App>,
    cx: Cx,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<SignIn>,
) -> Result<Response, Problem> {
    let now = app.clock.now();
    let next = target(&form.next);
    let again = |cx: Cx, errors: FormErrors| {
        let template = LoginPage { cx, errors, email: form.email.trim(), next };
        page_with(StatusCode::UNPROCESSABLE_ENTITY, &template)
    };
    let mut errors = blank();
    if form.email.trim().is_empty() {
        errors.add("email", "auth-email-missing");
    }
    if form.password.is_empty() {
        errors.add("password", "auth-password-missing");
    }
    if !errors.is_empty() {
        return Ok(again(cx, errors));
    }
    let had = cookie::token(&app.config, &headers, Whose::Staff);
    let attempt = Attempt {
        email: &form.email,
        password: &Secret::new(form.password.as_str()),
        from: &visitor,
        had: had.as_ref(),
    };
    match login::sign_in(&app.db, &app.keys, attempt, now).await {
        Ok(issued) => {
            let mut response = redirect(next, None);
            cookie::set(&mut response, &app.config, &issued);
            Ok(response)
        }
        Err(SignInError::Wrong) => {
            errors.add_whole("auth-wrong");
            Ok(again(cx, errors))
        }
        Err(SignInError::Blocked(blocked)) => {
            errors.add_with("", "auth-blocked", &[("minutes", &minutes(blocked, now))]);
            Ok(too_many(again(cx, errors), blocked, now))
        }
        Err(other) => Err(other.into()),
    }
}

/// Signs out whoever this browser is, even if the login has ended already.
pub(super) async fn leave(
    State(app): State<App>,
    headers: HeaderMap,
    Form(Button {}): Form<Button>,
) -> Result<Response, Problem> {
    if let Some(token) = cookie::token(&app.config, &headers, Whose::Staff) {
        login::sign_out(&app.db, &token, app.clock.now()).await?;
    }
    let mut response = redirect(STAFF_LOGIN, Some(Flash::ok("auth-signed-out")));
    cookie::remove(&mut response, &app.config, Whose::Staff);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::target;

    #[test]
    fn signing_in_leads_to_the_back_office_only() {
        assert_eq!(target("/admin/keys?x=1"), "/admin/keys?x=1");
        for bad in ["", "/account", "//evil.example", "https://evil.example/admin", "/administrators"] {
            assert_eq!(target(bad), "/admin", "{bad}");
        }
    }
}
