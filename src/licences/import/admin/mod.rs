//! Back-office pages of imports of licences: upload, review, watch, result.
mod rows;
mod show;

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;

use super::{
    domain::{Import, file},
    service::{self, Error},
    store, words,
};
use crate::{
    app::App,
    auth::{Role, extract::Manager},
    core::{ids::LicenceImportId, page::Page},
    licences::{domain::Plan, settings::LicenceSettings, words::plan as plan_words},
    runs::{self, pages::Button},
    settings,
    shop::{self, store::Shop},
    web::{
        cx::Cx,
        export,
        extract::{Path, Query},
        flash::{Flash, redirect},
        form::{Form, FormErrors, Opt},
        list::{Cursor, Pager, ROWS},
        page::page_with,
        problem::{Kind, Problem},
        routes::{Access, Routes},
        upload::Upload,
    },
};

const ACCESS: Access = Access::Staff(Role::Manager);
const LABELS: &[(&str, &str)] = &[("file", "licence-import-file"), ("shop", "licence-import-shop")];

pub fn routes() -> Routes {
    Routes::new()
        .get("/admin/licences/import", ACCESS, index)
        .post("/admin/licences/import", ACCESS, create)
        .get("/admin/licences/import/example", ACCESS, example)
        .get("/admin/licences/import/{id}", ACCESS, show::show)
        .get("/admin/licences/import/{id}/rows", ACCESS, rows::rows)
        .post("/admin/licences/import/{id}/confirm", ACCESS, confirm)
        .post("/admin/licences/import/{id}/stop", ACCESS, stop)
        .post("/admin/licences/import/{id}/resume", ACCESS, resume)
        .post("/admin/licences/import/{id}/cancel", ACCESS, cancel)
}

/// What no form can put right.
impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::new(Kind::NotFound),
            Error::Refused(refusal) => {
                Self::new(Kind::Conflict).explain(words::refusal_key(refusal), &[]).detail(refusal)
            }
            Error::Licence(error) => Self::new(Kind::Conflict).detail(error),
            Error::Db(error) => error.into(),
        }
    }
}

fn address(id: LicenceImportId) -> String {
    format!("/admin/licences/import/{id}")
}

#[derive(Debug, Template)]
#[template(path = "licences/import_index.html")]
struct IndexPage {
    cx: Cx,
    imports: Vec<Import>,
    pager: Pager,
    shops: Vec<Shop>,
    /// The shop that was chosen.
    shop: String,
    errors: FormErrors,
}

impl IndexPage {
    async fn load(
        app: &App,
        cx: Cx,
        cursor: &Cursor,
        shop: String,
        errors: FormErrors,
    ) -> Result<Self, Problem> {
        let mut conn = app.db.conn().await?;
        let Page { items, next, prev } = store::list(&mut conn, &cursor.seek(ROWS)?).await?;
        let pager = Pager::new(
            &cx,
            &Page { items: Vec::<()>::new(), next, prev },
            cx.t("licence-import-newest-first"),
        );
        let shops = shop::store::list(&mut conn).await?;
        Ok(Self { cx, imports: items, pager, shops, shop, errors })
    }

    fn shops(&self) -> Vec<Opt> {
        self.shops.iter().map(|shop| Opt::new(shop.id, &shop.name)).collect()
    }
}

async fn index(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let shown = IndexPage::load(&app, cx, &cursor, String::new(), FormErrors::of(LABELS)).await?;
    Ok(page_with(StatusCode::OK, &shown))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct UploadForm {
    shop: String,
}

async fn create(
    State(app): State<App>,
    Manager(staff): Manager,
    cx: Cx,
    Upload { form, file }: Upload<UploadForm>,
) -> Result<Response, Problem> {
    let mut errors = FormErrors::of(LABELS);
    let shops = shop::store::list(&mut *app.db.conn().await?).await?;
    let shop = shop::shelf::shop_of(&shops, &form.shop);
    let read = match &file {
        Some(file) => Some((file, service::read(&app, &file.bytes).await?)),
        None => None,
    };
    match read {
        None => errors.add("file", "licence-import-file-missing"),
        Some((_, Err(unusable))) => errors.add("file", words::unusable_key(unusable)),
        Some((_, Ok(rows))) if shop.is_none() && file::names_users(&rows) => {
            errors.add("shop", "form-choose");
        }
        Some((file, Ok(rows))) => {
            let import = service::draft(&app, &file.name, &rows, shop, &staff.actor()).await?;
            return Ok(redirect(&address(import.id), None));
        }
    }
    let shown = IndexPage::load(&app, cx, &Cursor::default(), form.shop, errors).await?;
    Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown))
}

/// A file to start from: a row for each plan.
async fn example(State(app): State<App>, _staff: Manager, cx: Cx) -> Result<Response, Problem> {
    let free_days = settings::get::<LicenceSettings>(&mut *app.db.conn().await?).await?.free_days;
    let year = cx.today().format("%Y").to_string().parse::<i32>().unwrap_or(2026) + 1;
    let mut lines =
        vec![["email", "plan", "credits", "expires_on", "feature", "status"].map(str::to_owned).to_vec()];
    for (at, plan) in Plan::ALL.into_iter().enumerate() {
        let (credits, day) = if plan.is_dated() {
            (String::new(), format!("{year}-03-31"))
        } else {
            ("5".to_owned(), String::new())
        };
        let feature = super::domain::FEATURE.to_owned();
        let email = format!("nombre{}@ejemplo.es", at + 1);
        lines.push(vec![email, plan_words(&cx, plan, free_days), credits, day, feature, "active".to_owned()]);
    }
    Ok(export::csv_file("licencias.csv", cx.lang, &lines))
}

fn back(id: LicenceImportId, outcome: Result<Option<Flash>, Error>) -> Result<Response, Problem> {
    runs::pages::back(&address(id), outcome, |error| match error {
        Error::Refused(refusal) => Some(words::refusal_key(*refusal)),
        _ => None,
    })
}

async fn confirm(
    State(app): State<App>,
    Manager(staff): Manager,
    Path(id): Path<LicenceImportId>,
    Form(Button {}): Form<Button>,
) -> Result<Response, Problem> {
    back(id, service::confirm(&app, id, &staff.actor()).await.map(|_| None))
}

async fn stop(
    State(app): State<App>,
    Manager(staff): Manager,
    Path(id): Path<LicenceImportId>,
    Form(Button {}): Form<Button>,
) -> Result<Response, Problem> {
    back(id, service::stop(&app, id, &staff.actor()).await.map(|()| None))
}

async fn resume(
    State(app): State<App>,
    Manager(staff): Manager,
    Path(id): Path<LicenceImportId>,
    Form(Button {}): Form<Button>,
) -> Result<Response, Problem> {
    back(id, service::resume(&app, id, &staff.actor()).await.map(|()| None))
}

async fn cancel(
    State(app): State<App>,
    Manager(staff): Manager,
    Path(id): Path<LicenceImportId>,
    Form(Button {}): Form<Button>,
) -> Result<Response, Problem> {
    let outcome = service::cancel(&app, id, &staff.actor()).await;
    back(id, outcome.map(|()| Some(Flash::ok("licence-import-was-cancelled"))))
}
