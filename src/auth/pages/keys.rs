//! `/admin/keys`: keys of machines. A new one is shown once.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::Deserialize;

use super::Button;
use crate::{
    app::App,
    auth::{
        extract::Admin,
        key::{self, ApiKey, KeyError, Made, NewKey, Refusal, Scope, Standing},
        staff::check_name,
    },
    core::{actor::Actor, calendar, ids::ApiKeyId},
    web::{
        cx::Cx,
        extract::Path,
        flash::{Flash, redirect},
        form::{Form, FormErrors},
        page::page_with,
        problem::{Kind, Problem},
    },
};

const LIST: &str = "/admin/keys";

/// The text key of what a scope allows.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand out references")]
fn scope_key(scope: &Scope) -> &'static str {
    match scope {
        Scope::AccountsRead => "auth-scope-accounts-read",
        Scope::SessionsRead => "auth-scope-sessions-read",
        Scope::SessionsWrite => "auth-scope-sessions-write",
        Scope::GrantsWrite => "auth-scope-grants-write",
        Scope::ShopsRead => "auth-scope-shops-read",
        Scope::EntitlementsRead => "auth-scope-entitlements-read",
        Scope::EntitlementsWrite => "auth-scope-entitlements-write",
        Scope::LicencesRead => "auth-scope-licences-read",
        Scope::LicencesWrite => "auth-scope-licences-write",
    }
}

#[derive(Template)]
#[template(path = "auth/keys.html")]
struct ListPage {
    cx: Cx,
    keys: Vec<ApiKey>,
}

pub(super) async fn list(Admin(_): Admin, State(app): State<App>, cx: Cx) -> Result<Response, Problem> {
    let keys = key::list(&mut *app.db.conn().await?).await?;
    Ok(page_with(StatusCode::OK, &ListPage { cx, keys }))
}

#[derive(Template)]
#[template(path = "auth/key_new.html")]
struct NewPage<'a> {
    cx: Cx,
    errors: FormErrors,
    form: &'a KeyForm,
}

fn blank() -> FormErrors {
    FormErrors::of(&[
        ("name", "auth-key-name"),
        ("scope", "auth-key-scopes"),
        ("account", "auth-key-account"),
        ("expires", "auth-key-expires"),
    ])
}

pub(super) async fn new(Admin(_): Admin, cx: Cx) -> Response {
    let template = NewPage { cx, errors: blank(), form: &KeyForm::default() };
    page_with(StatusCode::OK, &template)
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct KeyForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    scope: Vec<String>,
    /// Number or e-mail of the account it is bound to.
    #[serde(default)]
    account: String,
    /// Its last day.
    #[serde(default)]
    expires: String,
}

impl KeyForm {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand out references")]
    fn has(&self, scope: &Scope) -> bool {
        self.scope.iter().any(|word| word == scope.as_str())
    }

    /// All that can be told without the database.
    fn check(&self, zone: Tz, now: DateTime<Utc>) -> Result<NewKey, FormErrors> {
        let mut errors = blank();
        let name = check_name(&self.name).unwrap_or_default();
        if name.is_empty() {
            errors.add("name", "auth-key-name-bad");
        }
        let scopes: Option<Vec<Scope>> = self.scope.iter().map(|word| Scope::parse(word)).collect();
        let scopes = scopes.unwrap_or_default();
        if scopes.is_empty() {
            errors.add("scope", "auth-key-scope-missing");
        }
        let expires_at = match self.expires.trim() {
            "" => None,
            text => {
                let at = text.parse::<NaiveDate>().map(|day| calendar::end_of_day(day, zone)).ok();
                if at.is_none_or(|at| at <= now) {
                    errors.add("expires", "auth-key-expires-bad");
                }
                at
            }
        };
        errors.or(|| NewKey { name: name.to_owned(), scopes, account: None, expires_at })
    }
}

#[derive(Template)]
#[template(path = "auth/key_made.html")]
struct MadePage<'a> {
    cx: Cx,
    name: &'a str,
    key: &'a str,
}

/// Finds the account that was named, and makes the key.
async fn make(
    app: &App,
    form: &KeyForm,
    new: &mut NewKey,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Made, KeyError> {
    let wanted = form.account.trim();
    if !wanted.is_empty() {
        let mut conn = app.db.conn().await?;
        let account = key::account_named(&mut conn, wanted).await?;
        new.account = Some(account.ok_or(Refusal::NoSuchAccount)?);
    }
    key::create(&app.db, new, actor, now).await
}

pub(super) async fn create(
    Admin(me): Admin,
    State(app): State<App>,
    cx: Cx,
    Form(form): Form<KeyForm>,
) -> Result<Response, Problem> {
    let now = app.clock.now();
    let errors = match form.check(cx.zone, now) {
        Ok(mut new) => {
            match make(&app, &form, &mut new, &me.actor(), now).await {
                Ok(made) => {
                    // No redirect: the answer to this very request is the only place the key is ever shown.
                    let template = MadePage { cx, name: &new.name, key: made.text.reveal() };
                    return Ok(page_with(StatusCode::CREATED, &template));
                }
                Err(KeyError::Refused(Refusal::NoSuchAccount)) => {
                    let mut errors = blank();
                    errors.add("account", "auth-key-account-bad");
                    errors
                }
                Err(other) => return Err(other.into()),
            }
        }
        Err(errors) => errors,
    };
    let template = NewPage { cx, errors, form: &form };
    Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &template))
}

#[derive(Template)]
#[template(path = "auth/key_revoke.html")]
struct RevokePage {
    cx: Cx,
    key: ApiKey,
}

/// Only keys that still open something can be revoked.
async fn active(app: &App, id: ApiKeyId) -> Result<ApiKey, Problem> {
    let key = key::find(&mut *app.db.conn().await?, id).await?;
    key.filter(|key| key.standing(app.clock.now()) != Standing::Revoked)
        .ok_or_else(|| Problem::new(Kind::NotFound))
}

pub(super) async fn ask_revoke(
    Admin(_): Admin,
    State(app): State<App>,
    cx: Cx,
    Path(id): Path<ApiKeyId>,
) -> Result<Response, Problem> {
    let key = active(&app, id).await?;
    Ok(page_with(StatusCode::OK, &RevokePage { cx, key }))
}

pub(super) async fn revoke(
    Admin(me): Admin,
    State(app): State<App>,
    Path(id): Path<ApiKeyId>,
    Form(Button {}): Form<Button>,
) -> Result<Response, Problem> {
    let key = active(&app, id).await?;
    key::revoke(&app.db, id, &me.actor(), app.clock.now()).await?;
    let flash = Flash::ok("auth-key-revoked").arg("name", &key.name);
    Ok(redirect(LIST, Some(flash)))
}
