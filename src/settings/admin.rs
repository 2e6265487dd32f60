//! The back-office page of the installation's settings, with the facts that only its operator can change.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;

use super::general::{self, General, INBOX_DAYS, JOBS_DAYS};
use crate::{
    app::App,
    auth::{Role, extract::Admin},
    core::email::Email,
    db,
    web::{
        cx::Cx,
        flash::{Flash, redirect},
        form::{Form, FormErrors},
        page::{page, page_with},
        problem::Problem,
        routes::{Access, Routes},
    },
};

pub fn routes() -> Routes {
    Routes::new().get("/admin/settings", Access::Staff(Role::Admin), show).post(
        "/admin/settings",
        Access::Staff(Role::Admin),
        save,
    )
}

/// What was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct GeneralForm {
    business_name: String,
    support_email: String,
    support_whatsapp: String,
    inbox_days: String,
    jobs_days: String,
}

const LABELS: &[(&str, &str)] = &[
    ("business_name", "settings-business-name"),
    ("support_email", "settings-support-email"),
    ("support_whatsapp", "settings-support-whatsapp"),
    ("inbox_days", "settings-inbox-days"),
    ("jobs_days", "settings-jobs-days"),
];

/// Longest name of a business, in characters.
const NAME_MOST: usize = 120;

impl From<&General> for GeneralForm {
    fn from(general: &General) -> Self {
        Self {
            business_name: general.business_name.clone(),
            support_email: general.support_email.clone().unwrap_or_default(),
            support_whatsapp: general.support_whatsapp.clone().unwrap_or_default(),
            inbox_days: general.inbox_days.to_string(),
            jobs_days: general.jobs_days.to_string(),
        }
    }
}

/// `+34 600 00 00 00` as `+34600000000`: a plus and 8 to 15 digits (E.164).
fn phone(text: &str) -> Option<String> {
    let bare: String =
        text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.' | '(' | ')')).collect();
    let digits = bare.strip_prefix('+')?;
    let sound = (8..=15).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !digits.starts_with('0');
    sound.then_some(bare)
}

fn days(
    errors: &mut FormErrors,
    field: &'static str,
    text: &str,
    range: &std::ops::RangeInclusive<u16>,
) -> u16 {
    let days = text.trim().parse().ok().filter(|days| range.contains(days));
    if days.is_none() {
        let (min, max) = (range.start().to_string(), range.end().to_string());
        errors.add_with(field, "form-range", &[("min", &min), ("max", &max)]);
    }
    days.unwrap_or_default()
}

impl GeneralForm {
    fn check(&self) -> Result<General, FormErrors> {
        let mut errors = FormErrors::of(LABELS);
        let name = self.business_name.trim();
        if name.is_empty() {
            errors.add("business_name", "form-required");
        } else if name.chars().count() > NAME_MOST {
            errors.add_with("business_name", "form-too-long", &[("max", &NAME_MOST.to_string())]);
        }
        let email = match self.support_email.trim() {
            "" => None,
            text => {
                let email = Email::parse(text).ok();
                if email.is_none() {
                    errors.add("support_email", "form-email");
                }
                email.map(|email| email.to_string())
            }
        };
        let whatsapp = match self.support_whatsapp.trim() {
            "" => None,
            text => {
                let number = phone(text);
                if number.is_none() {
                    errors.add("support_whatsapp", "settings-whatsapp-wrong");
                }
                number
            }
        };
        let inbox_days = days(&mut errors, "inbox_days", &self.inbox_days, &INBOX_DAYS);
        let jobs_days = days(&mut errors, "jobs_days", &self.jobs_days, &JOBS_DAYS);
        errors.or(|| General {
            business_name: name.to_owned(),
            support_email: email,
            support_whatsapp: whatsapp,
            inbox_days,
            jobs_days,
        })
    }
}

/// What the operator decided outside of this page.
#[derive(Debug)]
struct Facts {
    locale: &'static str,
    database: &'static str,
    is_embedded: bool,
    version: &'static str,
}

#[derive(Debug, Template)]
#[template(path = "settings/admin.html")]
struct SettingsPage {
    cx: Cx,
    form: GeneralForm,
    errors: FormErrors,
    facts: Facts,
    database_version: String,
}

impl SettingsPage {
    async fn load(app: &App, cx: Cx, form: Option<GeneralForm>, errors: FormErrors) -> Result<Self, Problem> {
        let mut conn = app.db.conn().await?;
        let form = match form {
            Some(form) => form,
            None => GeneralForm::from(&super::get::<General>(&mut conn).await?),
        };
        let version = db::version_of(&mut conn).await?;
        let facts = Facts {
            locale: if app.config.locale == "en" { "settings-locale-en" } else { "settings-locale-es" },
            database: db::Family::of_version(&version).name(),
            is_embedded: app.config.external_database().is_none(),
            version: env!("CARGO_PKG_VERSION"),
        };
        Ok(Self { cx, form, errors, facts, database_version: version })
    }
}

async fn show(State(app): State<App>, _staff: Admin, cx: Cx) -> Result<Response, Problem> {
    Ok(page(&SettingsPage::load(&app, cx, None, FormErrors::of(LABELS)).await?))
}

async fn save(
    State(app): State<App>,
    Admin(staff): Admin,
    cx: Cx,
    Form(form): Form<GeneralForm>,
) -> Result<Response, Problem> {
    match form.check() {
        Ok(general) => {
            let changed = general::save(&app, &general, &staff.actor()).await?;
            let flash = if changed { Flash::ok("settings-saved") } else { Flash::info("settings-same") };
            Ok(redirect("/admin/settings", Some(flash)))
        }
        Err(errors) => {
            let shown = SettingsPage::load(&app, cx, Some(form), errors).await?;
            Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::testing;

    fn form() -> GeneralForm {
        GeneralForm::from(&General::default())
    }

    #[test]
    fn the_defaults_pass_their_own_check() {
        assert_eq!(form().check().ok(), Some(General::default()));
    }

    #[test]
    fn every_wrong_field_is_said_at_once() {
        let wrong = GeneralForm {
            business_name: "  ".to_owned(),
            support_email: "nadie".to_owned(),
            support_whatsapp: "600 000 000".to_owned(),
            inbox_days: "29".to_owned(),
            jobs_days: "muchos".to_owned(),
        };
        let errors = wrong.check().unwrap_err();
        let fields: Vec<&str> = errors.iter().map(|error| error.field).collect();
        assert_eq!(fields, ["business_name", "support_email", "support_whatsapp", "inbox_days", "jobs_days"]);
    }

    #[test]
    fn a_number_is_kept_without_its_spaces_and_nothing_is_none() {
        let typed = GeneralForm { support_whatsapp: " +34 600-11.22 (33) ".to_owned(), ..form() };
        assert_eq!(typed.check().unwrap().support_whatsapp.as_deref(), Some("+34600112233"));
        assert_eq!(form().check().unwrap().support_whatsapp, None);
        assert_eq!(phone("+0600112233"), None);
    }

    #[test]
    fn what_was_typed_comes_back_with_why_it_is_wrong() {
        let typed = GeneralForm { support_email: "a\"><b>".to_owned(), ..form() };
        let errors = typed.check().unwrap_err();
        let facts =
            Facts { locale: "settings-locale-es", database: "MariaDB", is_embedded: true, version: "0.1.0" };
        let html = SettingsPage {
            cx: testing::cx(),
            form: typed,
            errors,
            facts,
            database_version: "10.11.19-MariaDB".to_owned(),
        }
        .render()
        .unwrap();
        assert!(html.contains("aria-invalid=\"true\"") && html.contains("nombre@ejemplo.es"));
        assert!(!html.contains("<b>"));
    }
}
