//! `/admin/staff`: who runs the back office, and with which role.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;

use super::Button;
use crate::{
    app::App,
    auth::{
        Role,
        extract::Admin,
        password::Flaw,
        staff::{self, NewStaff, Refusal, Staff, StaffError},
    },
    core::{email::Email, ids::StaffId, secret::Secret},
    web::{
        cx::Cx,
        extract::Path,
        flash::{Flash, redirect},
        form::{Form, FormErrors},
        page::page_with,
        problem::{Kind, Problem},
    },
};

const LIST: &str = "/admin/staff";

/// The text key of what a role may do.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand out references")]
fn role_text_key(role: &Role) -> &'static str {
    match role {
        Role::Stats => "auth-role-stats-text",
        Role::Manager => "auth-role-manager-text",
        Role::Admin => "auth-role-admin-text",
    }
}

/// The text key that says what is wrong with a password.
pub(super) fn flaw_key(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::TooShort => "auth-password-too-short",
        Flaw::TooLong => "auth-password-too-long",
        Flaw::Obvious => "auth-password-obvious",
    }
}

#[derive(Template)]
#[template(path = "auth/staff_list.html")]
struct ListPage {
    cx: Cx,
    staff: Vec<Staff>,
    me: StaffId,
}

pub(super) async fn list(Admin(me): Admin, State(app): State<App>, cx: Cx) -> Result<Response, Problem> {
    let staff = staff::list(&mut *app.db.conn().await?).await?;
    let template = ListPage { cx, staff, me: me.staff };
    Ok(page_with(StatusCode::OK, &template))
}

#[derive(Template)]
#[template(path = "auth/staff_new.html")]
struct NewPage<'a> {
    cx: Cx,
    errors: FormErrors,
    full_name: &'a str,
    email: &'a str,
    role: Role,
}

fn blank() -> FormErrors {
    FormErrors::of(&[
        ("name", "auth-name"),
        ("email", "auth-email"),
        ("role", "auth-role"),
        ("password", "auth-password-first"),
    ])
}

pub(super) async fn new(Admin(_): Admin, cx: Cx) -> Response {
    let template = NewPage { cx, errors: blank(), full_name: "", email: "", role: Role::Manager };
    page_with(StatusCode::OK, &template)
}

#[derive(Deserialize)]
pub(super) struct NewForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    password: String,
}

impl NewForm {
    /// All that can be told without the database.
    fn check(&self) -> Result<NewStaff, FormErrors> {
        let mut errors = blank();
        let name = staff::check_name(&self.name);
        if name.is_err() {
            errors.add("name", "auth-name-bad");
        }
        let email = Email::parse(&self.email);
        if email.is_err() {
            errors.add("email", "auth-email-bad");
        }
        let role = Role::parse(&self.role);
        if role.is_none() {
            errors.add("role", "auth-role-missing");
        }
        let password = Secret::new(self.password.as_str());
        if let Err(flaw) = crate::auth::password::check(&password, self.email.trim(), &self.name) {
            errors.add("password", flaw_key(flaw));
        }
        match (name, email, role) {
            (Ok(name), Ok(email), Some(role)) if errors.is_empty() => {
                Ok(NewStaff { email, name: name.to_owned(), password, role, locale: None })
            }
            _ => Err(errors),
        }
    }
}

pub(super) async fn add(
    Admin(me): Admin,
    State(app): State<App>,
    cx: Cx,
    Form(form): Form<NewForm>,
) -> Result<Response, Problem> {
    let errors = match form.check() {
        Ok(new) => match staff::add(&app.db, &new, &me.actor(), app.clock.now()).await {
            Ok(id) => {
                let flash = Flash::ok("auth-staff-added").arg("name", &new.name);
                return Ok(redirect(&format!("{LIST}/{id}"), Some(flash)));
            }
            Err(StaffError::Refused(Refusal::EmailTaken)) => {
                let mut errors = blank();
                errors.add("email", "auth-email-taken");
                errors
            }
            Err(other) => return Err(other.into()),
        },
        Err(errors) => errors,
    };
    let template = NewPage {
        cx,
        errors,
        full_name: &form.name,
        email: &form.email,
        role: Role::parse(&form.role).unwrap_or(Role::Manager),
    };
    Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &template))
}

#[derive(Template)]
#[template(path = "auth/staff_show.html")]
struct ShowPage {
    cx: Cx,
    person: Staff,
    is_me: bool,
    errors: FormErrors,
}

impl ShowPage {
    async fn of(app: &App, cx: Cx, me: StaffId, id: StaffId) -> Result<Self, Problem> {
        let person = find(app, id).await?;
        Ok(Self {
            cx,
            is_me: person.id == me,
            person,
            errors: FormErrors::of(&[("password", "auth-password-first")]),
        })
    }
}

async fn find(app: &App, id: StaffId) -> Result<Staff, Problem> {
    let found = staff::find(&mut *app.db.conn().await?, id).await?;
    found.ok_or_else(|| Problem::new(Kind::NotFound))
}

pub(super) async fn show(
    Admin(me): Admin,
    State(app): State<App>,
    cx: Cx,
    Path(id): Path<StaffId>,
) -> Result<Response, Problem> {
    let template = ShowPage::of(&app, cx, me.staff, id).await?;
    Ok(page_with(StatusCode::OK, &template))
}

/// Back to the person, with what was done or why it was not.
fn back(id: StaffId, outcome: Result<Flash, StaffError>) -> Result<Response, Problem> {
    let flash = match outcome {
        Ok(flash) => flash,
        Err(StaffError::Refused(Refusal::LastAdmin)) => Flash::bad("auth-refused-last-admin"),
        Err(StaffError::Refused(Refusal::Yourself)) => Flash::bad("auth-refused-yourself"),
        Err(other) => return Err(other.into()),
    };
    Ok(redirect(&format!("{LIST}/{id}"), Some(flash)))
}

#[derive(Debug, Deserialize)]
pub(super) struct RoleForm {
    #[serde(default)]
    role: String,
}

pub(super) async fn set_role(
    Admin(me): Admin,
    State(app): State<App>,
    Path(id): Path<StaffId>,
    Form(form): Form<RoleForm>,
) -> Result<Response, Problem> {
    let role = Role::parse(&form.role)
        .ok_or_else(|| Problem::new(Kind::Invalid).field("role", "auth-role-missing"))?;
    let outcome = staff::set_role(&app.db, id, role, &me.actor(), app.clock.now()).await;
    back(id, outcome.map(|()| Flash::ok("auth-staff-role-changed")))
}

#[derive(Deserialize)]
pub(super) struct PasswordForm {
    #[serde(default)]
    password: String,
}

pub(super) async fn reset_password(
    Admin(me): Admin,
    State(app): State<App>,
    cx: Cx,
    Path(id): Path<StaffId>,
    Form(form): Form<PasswordForm>,
) -> Result<Response, Problem> {
    let new = Secret::new(form.password.as_str());
    // One's own is changed where the current one is asked for.
    let outcome = if id == me.staff {
        Err(Refusal::Yourself.into())
    } else {
        staff::reset_password(&app.db, id, &new, &me.actor(), app.clock.now()).await
    };
    if let Err(StaffError::Refused(Refusal::WeakPassword(flaw))) = outcome {
        let mut template = ShowPage::of(&app, cx, me.staff, id).await?;
        template.errors.add("password", flaw_key(flaw));
        return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &template));
    }
    back(id, outcome.map(|()| Flash::ok("auth-staff-password-set")))
}

#[derive(Template)]
#[template(path = "auth/staff_disable.html")]
struct DisablePage {
    cx: Cx,
    person: Staff,
}

pub(super) async fn ask_disable(
    Admin(_): Admin,
    State(app): State<App>,
    cx: Cx,
    Path(id): Path<StaffId>,
) -> Result<Response, Problem> {
    let person = find(&app, id).await?;
    Ok(page_with(StatusCode::OK, &DisablePage { cx, person }))
}

pub(super) async fn disable(
    Admin(me): Admin,
    State(app): State<App>,
    Path(id): Path<StaffId>,
    Form(Button {}): Form<Button>,
) -> Result<Response, Problem> {
    let outcome = staff::disable(&app.db, id, &me.actor(), app.clock.now()).await;
    back(id, outcome.map(|()| Flash::ok("auth-staff-disabled")))
}

pub(super) async fn enable(
    Admin(me): Admin,
    State(app): State<App>,
    Path(id): Path<StaffId>,
    Form(Button {}): Form<Button>,
) -> Result<Response, Problem> {
    let outcome = staff::enable(&app.db, id, &me.actor(), app.clock.now()).await;
    back(id, outcome.map(|()| Flash::ok("auth-staff-enabled")))
}
