//! Settings of licences: how long a free one lasts, how many credits are proposed, whom customers write to, what "soon" is, and
//! notices of what ends, with a look at what they would say and to whom.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;

use crate::{
    app::App,
    auth::{
        Role,
        extract::{Admin, Manager},
    },
    licences::{
        notices::Licences,
        settings::{self as licence_settings, CREDITS, FREE_DAYS, LicenceSettings, SOON_DAYS, WhatsApp},
    },
    notices::{self, Look, When},
    settings,
    web::{
        cx::Cx,
        flash::{Flash, redirect},
        form::{Form, FormErrors},
        page::{page, page_with},
        problem::Problem,
    },
};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SettingsForm {
    free_days: String,
    credits: String,
    whatsapp: String,
    soon_days: String,
    notices: String,
    notice_days: String,
}

const LABELS: &[(&str, &str)] = &[
    ("free_days", "licences-set-free-days"),
    ("credits", "licences-set-credits"),
    ("whatsapp", "licences-set-whatsapp"),
    ("soon_days", "licences-set-soon-days"),
    ("notices", "licences-set-notices"),
    ("notice_days", "notices-days"),
];

#[derive(Debug, Template)]
#[template(path = "licences/admin_settings.html")]
struct SettingsPage {
    cx: Cx,
    form: SettingsForm,
    errors: FormErrors,
    /// Where the button of customers leads, as it is saved.
    link: Option<String>,
    look: Look,
    may_save: bool,
}

impl SettingsPage {
    async fn load(
        app: &App,
        cx: Cx,
        typed: Option<SettingsForm>,
        errors: FormErrors,
    ) -> Result<Self, Problem> {
        let mut conn = app.db.conn().await?;
        let now: LicenceSettings = settings::get(&mut conn).await?;
        let may_save = cx.staff.as_ref().is_some_and(|staff| staff.role >= Role::Admin);
        let sample = cx.ta("my-licences-whatsapp", &[("email", "ana@ejemplo.es")]);
        let link = now.whatsapp_link(&sample);
        let form = typed.unwrap_or_else(|| SettingsForm {
            free_days: now.free_days.to_string(),
            credits: now.credits.to_string(),
            whatsapp: now.whatsapp,
            soon_days: now.soon_days.to_string(),
            notices: if now.notices { "true".to_owned() } else { String::new() },
            notice_days: now.notice_days.to_string(),
        });
        let days = form.notice_days.trim().parse().ok().filter(|days| notices::DAYS.contains(days));
        let when = When { now: cx.now, zone: cx.zone, days: days.unwrap_or(notices::DAYS_DEFAULT) };
        let topic = Licences::load(&mut conn, &app.config.public_url()).await?;
        let look =
            notices::look(&mut conn, &topic, &when, cx.lang).await.map_err(|e| Problem::internal(&e))?;
        Ok(Self { cx, form, errors, link, look, may_save })
    }
}

fn number(
    errors: &mut FormErrors,
    field: &'static str,
    text: &str,
    range: &std::ops::RangeInclusive<u32>,
) -> u32 {
    let number = text.trim().parse().ok().filter(|n| range.contains(n));
    if number.is_none() {
        let (min, max) = (range.start().to_string(), range.end().to_string());
        errors.add_with(field, "form-range", &[("min", &min), ("max", &max)]);
    }
    number.unwrap_or_default()
}

impl SettingsForm {
    fn check(&self) -> Result<LicenceSettings, FormErrors> {
        let mut errors = FormErrors::of(LABELS);
        let free_days = number(&mut errors, "free_days", &self.free_days, &FREE_DAYS);
        let credits = number(&mut errors, "credits", &self.credits, &CREDITS);
        let whatsapp = WhatsApp::parse(&self.whatsapp);
        if whatsapp.is_none() {
            errors.add("whatsapp", "licences-set-whatsapp-wrong");
        }
        let soon_days = number(&mut errors, "soon_days", &self.soon_days, &SOON_DAYS);
        let whatsapp = whatsapp.map(|number| number.0).unwrap_or_default();
        let notice_days = number(&mut errors, "notice_days", &self.notice_days, &notices::DAYS);
        let notices = !self.notices.is_empty();
        errors.or(|| LicenceSettings { free_days, credits, whatsapp, soon_days, notices, notice_days })
    }
}

pub(super) async fn show(State(app): State<App>, _staff: Manager, cx: Cx) -> Result<Response, Problem> {
    Ok(page(&SettingsPage::load(&app, cx, None, FormErrors::of(LABELS)).await?))
}

pub(super) async fn save(
    State(app): State<App>,
    Admin(staff): Admin,
    cx: Cx,
    Form(form): Form<SettingsForm>,
) -> Result<Response, Problem> {
    match form.check() {
        Ok(new) => {
            let changed = licence_settings::save(&app, &new, &staff.actor()).await?;
            let flash = if changed { Flash::ok("settings-saved") } else { Flash::info("settings-same") };
            Ok(redirect("/admin/licences/settings", Some(flash)))
        }
        Err(errors) => {
            let shown = SettingsPage::load(&app, cx, Some(form), errors).await?;
            Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
    }
}
