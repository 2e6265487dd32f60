//! Categories of free sessions: created, renamed, coloured, retired.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;

use crate::{
    app::App,
    auth::extract::Manager,
    core::ids::CategoryId,
    sessions::{
        domain::{Category, Tone, category::NAME_MOST, expiry::DAYS},
        service::{
            self,
            categories::{self, Wanted},
        },
        settings::SessionSettings,
        store::categories as rows,
    },
    settings,
    web::{
        cx::Cx,
        extract::Path,
        flash::{Flash, redirect},
        form::{Form, FormErrors, Opt},
        page::{page, page_with},
        problem::{Kind as ProblemKind, Problem},
    },
};

const HERE: &str = "/admin/sessions/categories";

/// The text key of a tint.
pub fn tone_key(tone: &Tone) -> &'static str {
    match tone {
        Tone::Blue => "session-tone-blue",
        Tone::Plum => "session-tone-plum",
        Tone::Rose => "session-tone-rose",
        Tone::Plain => "session-tone-plain",
    }
}

#[derive(Debug, Template)]
#[template(path = "sessions/admin_categories.html")]
struct IndexPage {
    cx: Cx,
    /// With how many grants each has.
    rows: Vec<(Category, u64)>,
    default: String,
}

pub(super) async fn index(State(app): State<App>, _staff: Manager, cx: Cx) -> Result<Response, Problem> {
    let mut conn = app.db.conn().await?;
    let counts = rows::counts(&mut conn).await?;
    let rows = rows::list(&mut conn).await?.into_iter().map(|category| {
        let n = counts.iter().find(|(id, _)| *id == category.id).map_or(0, |(_, n)| *n);
        (category, n)
    });
    let rows = rows.collect();
    let default = settings::get::<SessionSettings>(&mut conn).await?.default_category;
    Ok(page(&IndexPage { cx, rows, default }))
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct CategoryForm {
    label: String,
    tone: String,
    days: String,
}

const LABELS: &[(&str, &str)] = &[
    ("label", "session-category-name"),
    ("tone", "session-category-tone"),
    ("days", "session-category-days"),
];

impl CategoryForm {
    fn check(&self) -> Result<Wanted, FormErrors> {
        let mut errors = FormErrors::of(LABELS);
        let name = self.label.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() {
            errors.add("label", "form-required");
        } else if name.chars().count() > NAME_MOST {
            errors.add_with("label", "form-too-long", &[("max", &NAME_MOST.to_string())]);
        }
        let tone = Tone::parse(&self.tone);
        if tone.is_none() {
            errors.add("tone", "form-choose");
        }
        let default_days = match self.days.trim() {
            "" => None,
            text => {
                let days = text.parse().ok().filter(|days| DAYS.contains(days));
                if days.is_none() {
                    let (min, max) = (DAYS.start().to_string(), DAYS.end().to_string());
                    errors.add_with("days", "form-range", &[("min", &min), ("max", &max)]);
                }
                days
            }
        };
        errors.or(|| Wanted { name, tone: tone.unwrap_or(Tone::Plain), default_days })
    }
}

#[derive(Debug, Template)]
#[template(path = "sessions/admin_category.html")]
struct CategoryPage {
    cx: Cx,
    category: Option<Category>,
    form: CategoryForm,
    tones: Vec<Opt>,
    errors: FormErrors,
}

impl CategoryPage {
    fn new(cx: Cx, category: Option<Category>, form: CategoryForm, errors: FormErrors) -> Self {
        let tones = Tone::ALL.iter().map(|tone| Opt::new(tone.as_str(), cx.t(tone_key(tone)))).collect();
        Self { cx, category, form, tones, errors }
    }
    fn action(&self) -> String {
        self.category.as_ref().map_or_else(|| format!("{HERE}/new"), |c| format!("{HERE}/{}", c.id))
    }
}

async fn load(app: &App, id: CategoryId) -> Result<Category, Problem> {
    let found = rows::find(&mut *app.db.conn().await?, id).await?;
    found.ok_or_else(|| Problem::new(ProblemKind::NotFound))
}

pub(super) async fn new_form(_staff: Manager, cx: Cx) -> Response {
    let form = CategoryForm { tone: "plain".to_owned(), days: "30".to_owned(), ..CategoryForm::default() };
    page(&CategoryPage::new(cx, None, form, FormErrors::of(LABELS)))
}

pub(super) async fn edit_form(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(id): Path<CategoryId>,
) -> Result<Response, Problem> {
    let category = load(&app, id).await?;
    let form = CategoryForm {
        label: category.name.clone(),
        tone: category.tone.as_str().to_owned(),
        days: category.default_days.map(|days| days.to_string()).unwrap_or_default(),
    };
    Ok(page(&CategoryPage::new(cx, Some(category), form, FormErrors::of(LABELS))))
}

/// Shows the form again with what is wrong.
fn again(cx: Cx, category: Option<Category>, form: CategoryForm, errors: FormErrors) -> Response {
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &CategoryPage::new(cx, category, form, errors))
}

fn taken() -> FormErrors {
    let mut errors = FormErrors::of(LABELS);
    errors.add("label", "session-category-taken");
    errors
}

pub(super) async fn create(
    State(app): State<App>,
    Manager(staff): Manager,
    cx: Cx,
    Form(form): Form<CategoryForm>,
) -> Result<Response, Problem> {
    let wanted = match form.check() {
        Ok(wanted) => wanted,
        Err(errors) => return Ok(again(cx, None, form, errors)),
    };
    match categories::create(&app, &wanted, &staff.actor()).await {
        Ok(_) => Ok(redirect(HERE, Some(Flash::ok("session-category-created").arg("name", wanted.name)))),
        Err(service::Error::NameTaken) => Ok(again(cx, None, form, taken())),
        Err(e) => Err(e.into()),
    }
}

pub(super) async fn change(
    State(app): State<App>,
    Manager(staff): Manager,
    cx: Cx,
    Path(id): Path<CategoryId>,
    Form(form): Form<CategoryForm>,
) -> Result<Response, Problem> {
    let category = load(&app, id).await?;
    let wanted = match form.check() {
        Ok(wanted) => wanted,
        Err(errors) => return Ok(again(cx, Some(category), form, errors)),
    };
    match categories::change(&app, id, &wanted, &staff.actor()).await {
        Ok(true) => Ok(redirect(HERE, Some(Flash::ok("session-category-saved").arg("name", wanted.name)))),
        Ok(false) => Ok(redirect(HERE, Some(Flash::info("settings-same")))),
        Err(service::Error::NameTaken) => Ok(again(cx, Some(category), form, taken())),
        Err(e) => Err(e.into()),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RetireForm {
    /// Empty: back into use.
    retire: String,
}

pub(super) async fn retire(
    State(app): State<App>,
    Manager(staff): Manager,
    Path(id): Path<CategoryId>,
    Form(form): Form<RetireForm>,
) -> Result<Response, Problem> {
    let is_retired = !form.retire.is_empty();
    let default = settings::get::<SessionSettings>(&mut *app.db.conn().await?).await?.default_category;
    if is_retired && load(&app, id).await?.code == default {
        return Ok(redirect(HERE, Some(Flash::bad("session-category-is-default"))));
    }
    let category = categories::retire(&app, id, is_retired, &staff.actor()).await?;
    let key = if is_retired { "session-category-retired" } else { "session-category-restored" };
    Ok(redirect(HERE, Some(Flash::ok(key).arg("name", category.name))))
}
