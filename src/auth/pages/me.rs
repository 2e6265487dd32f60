//! `/admin/me`: one's own name, password, language, theme and logins.
use askama::Template;
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde::Deserialize;

use super::{
    logins::{self, Choice, Line},
    minutes, too_many,
};
use crate::{
    app::App,
    auth::{
        StaffLogin, Theme,
        extract::StatsStaff,
        login::Owner,
        staff::{self, OwnPassword, Refusal, StaffError},
    },
    core::secret::Secret,
    web::{
        csrf,
        cx::Cx,
        flash::{Flash, redirect},
        form::{Form, FormErrors},
        lang::Lang,
        page::page_with,
        problem::Problem,
    },
};

const HERE: &str = "/admin/me";

#[derive(Template)]
#[template(path = "auth/me.html")]
struct MePage {
    cx: Cx,
    me: StaffLogin,
    full_name: String,
    locale: String,
    theme: String,
    errors: FormErrors,
    password_errors: FormErrors,
    logins: Vec<Line>,
    logins_action: &'static str,
}

impl MePage {
    async fn of(app: &App, cx: Cx, me: StaffLogin) -> Result<Self, Problem> {
        Ok(Self {
            full_name: me.name.clone(),
            locale: me.locale.clone().unwrap_or_default(),
            theme: me.theme.as_str().to_owned(),
            errors: FormErrors::of(&[("name", "auth-name")]),
            password_errors: FormErrors::of(&[
                ("current", "auth-password-current"),
                ("new", "auth-password-new"),
                ("again", "auth-password-again"),
            ]),
            logins: logins::lines(app, Owner::Staff(me.staff), me.login, cx.now).await?,
            logins_action: "/admin/me/logins",
            cx,
            me,
        })
    }
}

pub(super) async fn show(
    StatsStaff(me): StatsStaff,
    State(app): State<App>,
    cx: Cx,
) -> Result<Response, Problem> {
    Ok(page_with(StatusCode::OK, &MePage::of(&app, cx, me).await?))
}

#[derive(Debug, Deserialize)]
pub(super) struct Profile {
    #[serde(default)]
    name: String,
    #[serde(default)]
    locale: String,
    #[serde(default)]
    theme: String,
}

pub(super) async fn save(
    StatsStaff(me): StatsStaff,
    State(app): State<App>,
    cx: Cx,
    Form(form): Form<Profile>,
) -> Result<Response, Problem> {
    let locale = Lang::parse(&form.locale).map(Lang::as_str);
    let theme = Theme::parse(&form.theme).unwrap_or_default();
    let (name, actor, now) = (&form.name, me.actor(), app.clock.now());
    match staff::set_profile(&app.db, me.staff, name, locale, theme, &actor, now).await {
        Ok(()) => {
            let mut response = redirect(HERE, Some(Flash::ok("auth-me-saved")));
            // A choice made before on this browser alone would hide this one.
            for name in ["abono_lang", "abono_theme"] {
                let cookie = csrf::cookie(&app.config, name, String::new());
                if let Ok(value) = HeaderValue::from_str(&format!("{cookie}; Max-Age=0")) {
                    response.headers_mut().append(header::SET_COOKIE, value);
                }
            }
            Ok(response)
        }
        Err(StaffError::Refused(Refusal::BadName)) => {
            let mut template = MePage::of(&app, cx, me).await?;
            template.errors.add("name", "auth-name-bad");
            template.full_name = form.name;
            template.locale = form.locale;
            template.theme = form.theme;
            Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &template))
        }
        Err(other) => Err(other.into()),
    }
}

#[derive(Deserialize)]
pub(super) struct Passwords {
    #[serde(default)]
    current: String,
    #[serde(default)]
    new: String,
    #[serde(default)]
    again: String,
}

pub(super) async fn change_password(
    StatsStaff(me): StatsStaff,
    State(app): State<App>,
    cx: Cx,
    Form(form): Form<Passwords>,
) -> Result<Response, Problem> {
    let now = app.clock.now();
    let mut template = MePage::of(&app, cx, me).await?;
    let me = &template.me;
    let errors = &mut template.password_errors;
    if form.current.is_empty() {
        errors.add("current", "auth-password-missing");
    }
    if form.new != form.again {
        errors.add("again", "auth-password-differs");
    }
    if !errors.is_empty() {
        return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &template));
    }
    let change = OwnPassword {
        current: &Secret::new(form.current.as_str()),
        new: &Secret::new(form.new.as_str()),
        keep: me.login,
    };
    match staff::change_password(&app.db, &app.keys, me.staff, change, &me.actor(), now).await {
        Ok(()) => Ok(redirect(HERE, Some(Flash::ok("auth-password-changed")))),
        Err(StaffError::Refused(Refusal::WrongPassword)) => {
            errors.add("current", "auth-password-wrong");
            Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &template))
        }
        Err(StaffError::Blocked(blocked)) => {
            errors.add_with("", "auth-blocked", &[("minutes", &minutes(blocked, now))]);
            let response = page_with(StatusCode::TOO_MANY_REQUESTS, &template);
            Ok(too_many(response, blocked, now))
        }
        Err(StaffError::Refused(Refusal::WeakPassword(flaw))) => {
            errors.add("new", super::staff::flaw_key(flaw));
            Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &template))
        }
        Err(other) => Err(other.into()),
    }
}

pub(super) async fn revoke(
    StatsStaff(me): StatsStaff,
    State(app): State<App>,
    Form(choice): Form<Choice>,
) -> Result<Response, Problem> {
    let flash = logins::end(&app, Owner::Staff(me.staff), me.login, &choice, &me.actor()).await?;
    Ok(redirect(HERE, Some(flash)))
}
