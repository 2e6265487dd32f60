//! Settings of sessions: the default category, and notices of expiries with a look at what they would say.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;

use crate::{
    app::App,
    auth::extract::{Admin, Manager},
    notices::{self, DAYS, DAYS_DEFAULT, Look, When},
    sessions::{
        notices::Sessions,
        settings::{self as sessions_settings, SessionSettings},
        store::categories,
    },
    settings,
    web::{
        cx::Cx,
        flash::{Flash, redirect},
        form::{Form, FormErrors, Opt},
        page::{page, page_with},
        problem::Problem,
    },
};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SettingsForm {
    default_category: String,
    notices: String,
    notice_days: String,
}

const LABELS: &[(&str, &str)] = &[
    ("default_category", "sessions-set-category"),
    ("notices", "sessions-set-notices"),
    ("notice_days", "notices-days"),
];

#[derive(Debug, Template)]
#[template(path = "sessions/admin_settings.html")]
struct SettingsPage {
    cx: Cx,
    form: SettingsForm,
    categories: Vec<Opt>,
    errors: FormErrors,
    look: Look,
    may_save: bool,
}

impl SettingsPage {
    async fn load(app: &App, cx: Cx, form: SettingsForm, errors: FormErrors) -> Result<Self, Problem> {
        let mut conn = app.db.conn().await?;
        let days = form.notice_days.trim().parse().ok().filter(|d| DAYS.contains(d)).unwrap_or(DAYS_DEFAULT);
        let known = categories::list(&mut conn).await?;
        let categories = known.iter().filter(|c| !c.is_retired).map(|c| Opt::new(&c.code, &c.name)).collect();
        let topic = Sessions::new(&app.config.public_url());
        let when = When { now: cx.now, zone: cx.zone, days };
        let look =
            notices::look(&mut conn, &topic, &when, cx.lang).await.map_err(|e| Problem::internal(&e))?;
        let may_save = cx.staff.as_ref().is_some_and(|staff| staff.role >= crate::auth::Role::Admin);
        Ok(Self { cx, form, categories, errors, look, may_save })
    }
}

pub(super) async fn show(State(app): State<App>, _staff: Manager, cx: Cx) -> Result<Response, Problem> {
    let now: SessionSettings = settings::get(&mut *app.db.conn().await?).await?;
    let form = SettingsForm {
        default_category: now.default_category,
        notices: if now.notices { "true".to_owned() } else { String::new() },
        notice_days: now.notice_days.to_string(),
    };
    Ok(page(&SettingsPage::load(&app, cx, form, FormErrors::of(LABELS)).await?))
}

pub(super) async fn save(
    State(app): State<App>,
    Admin(staff): Admin,
    cx: Cx,
    Form(form): Form<SettingsForm>,
) -> Result<Response, Problem> {
    let mut errors = FormErrors::of(LABELS);
    let known = categories::list(&mut *app.db.conn().await?).await?;
    if !known.iter().any(|c| c.code == form.default_category && !c.is_retired) {
        errors.add("default_category", "form-choose");
    }
    let days = form.notice_days.trim().parse().ok().filter(|days| DAYS.contains(days));
    let Some(notice_days) = days.filter(|_| errors.is_empty()) else {
        if days.is_none() {
            let (min, max) = (DAYS.start().to_string(), DAYS.end().to_string());
            errors.add_with("notice_days", "form-range", &[("min", &min), ("max", &max)]);
        }
        let shown = SettingsPage::load(&app, cx, form, errors).await?;
        return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown));
    };
    let new = SessionSettings {
        default_category: form.default_category,
        notices: !form.notices.is_empty(),
        notice_days,
    };
    let changed = sessions_settings::save(&app, &new, &staff.actor()).await?;
    let flash = if changed { Flash::ok("settings-saved") } else { Flash::info("settings-same") };
    Ok(redirect("/admin/sessions/settings", Some(flash)))
}
