//! Back-office pages of bulk assignments: choose, review, watch, undo.
mod form;
mod list;
mod new;
mod show;

use askama::Template;
use axum::{extract::State, response::Response};
use serde::Deserialize;

use super::{
    domain::Run,
    service::{self, Error},
    store, words,
};
use crate::{
    app::App,
    auth::{Role, extract::Manager},
    core::{ids::BulkRunId, page::Page},
    runs::{self, pages::Button},
    sessions::{domain::Category, store::categories},
    web::{
        cx::Cx,
        extract::{Path, Query},
        flash::{Flash, redirect},
        form::Form,
        list::{Cursor, Pager, ROWS},
        page::page,
        problem::{Kind, Problem},
        routes::{Access, Routes},
    },
};

const ACCESS: Access = Access::Staff(Role::Manager);

pub fn routes() -> Routes {
    Routes::new()
        .get("/admin/sessions/bulk", ACCESS, index)
        .post("/admin/sessions/bulk", ACCESS, new::create)
        .get("/admin/sessions/bulk/new", ACCESS, new::new)
        .get("/admin/sessions/bulk/count", ACCESS, new::count)
        .get("/admin/sessions/bulk/example", ACCESS, new::example)
        .get("/admin/sessions/bulk/{id}", ACCESS, show::show)
        .get("/admin/sessions/bulk/{id}/people", ACCESS, list::people)
        .get("/admin/sessions/bulk/{id}/csv", ACCESS, list::download)
        .get("/admin/sessions/bulk/{id}/undo", ACCESS, show::ask_undo)
        .post("/admin/sessions/bulk/{id}/undo", ACCESS, undo)
        .post("/admin/sessions/bulk/{id}/confirm", ACCESS, confirm)
        .post("/admin/sessions/bulk/{id}/stop", ACCESS, stop)
        .post("/admin/sessions/bulk/{id}/resume", ACCESS, resume)
        .post("/admin/sessions/bulk/{id}/cancel", ACCESS, cancel)
        .post("/admin/sessions/bulk/{id}/repeat", ACCESS, repeat)
}

/// What no form can put right.
impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::new(Kind::NotFound),
            Error::Refused(refusal) => {
                Self::new(Kind::Conflict).explain(words::refusal_key(refusal), &[]).detail(refusal)
            }
            Error::Session(error) => error.into(),
            Error::Db(error) => error.into(),
        }
    }
}

fn address(id: BulkRunId) -> String {
    format!("/admin/sessions/bulk/{id}")
}

/// What a category is called.
fn category_name(known: &[Category], run: &Run) -> String {
    known.iter().find(|c| c.id == run.wish.category).map(|c| c.name.clone()).unwrap_or_default()
}

#[derive(Debug, Template)]
#[template(path = "sessions/bulk_index.html")]
struct IndexPage {
    cx: Cx,
    rows: Vec<(Run, String)>,
    pager: Pager,
}

async fn index(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let mut conn = app.db.conn().await?;
    let Page { items, next, prev } = store::list(&mut conn, &cursor.seek(ROWS)?).await?;
    let known = categories::list(&mut conn).await?;
    let pager = Pager::new(&cx, &Page { items: Vec::<()>::new(), next, prev }, cx.t("bulk-newest-first"));
    let rows = items
        .into_iter()
        .map(|run| {
            let what = cx.na("bulk-each", run.wish.quantity, &[("category", &category_name(&known, &run))]);
            (run, what)
        })
        .collect();
    Ok(page(&IndexPage { cx, rows, pager }))
}

fn back(id: BulkRunId, outcome: Result<Option<Flash>, Error>) -> Result<Response, Problem> {
    runs::pages::back(&address(id), outcome, |error| match error {
        Error::Refused(refusal) => Some(words::refusal_key(*refusal)),
        _ => None,
    })
}

#[derive(Debug, Deserialize)]
#[serde(default)]
#[derive(Default)]
struct ConfirmForm {
    again: String,
}

async fn confirm(
    State(app): State<App>,
    Manager(staff): Manager,
    Path(id): Path<BulkRunId>,
    Form(form): Form<ConfirmForm>,
) -> Result<Response, Problem> {
    let outcome = service::confirm(&app, id, !form.again.is_empty(), &staff.actor()).await;
    back(id, outcome.map(|_| None))
}

async fn stop(
    State(app): State<App>,
    Manager(staff): Manager,
    Path(id): Path<BulkRunId>,
    Form(Button {}): Form<Button>,
) -> Result<Response, Problem> {
    back(id, service::stop(&app, id, &staff.actor()).await.map(|()| None))
}

async fn resume(
    State(app): State<App>,
    Manager(staff): Manager,
    Path(id): Path<BulkRunId>,
    Form(Button {}): Form<Button>,
) -> Result<Response, Problem> {
    back(id, service::resume(&app, id, &staff.actor()).await.map(|()| None))
}

async fn cancel(
    State(app): State<App>,
    Manager(staff): Manager,
    Path(id): Path<BulkRunId>,
    Form(Button {}): Form<Button>,
) -> Result<Response, Problem> {
    back(id, service::cancel(&app, id, &staff.actor()).await.map(|()| Some(Flash::ok("bulk-was-cancelled"))))
}

async fn undo(
    State(app): State<App>,
    Manager(staff): Manager,
    Path(id): Path<BulkRunId>,
    Form(Button {}): Form<Button>,
) -> Result<Response, Problem> {
    back(id, service::undo::undo(&app, id, &staff.actor()).await.map(|()| None))
}

async fn repeat(
    State(app): State<App>,
    Manager(staff): Manager,
    Path(id): Path<BulkRunId>,
    Form(Button {}): Form<Button>,
) -> Result<Response, Problem> {
    match service::repeat(&app, id, &staff.actor()).await {
        Ok(run) => Ok(redirect(&address(run.id), Some(Flash::info("bulk-was-repeated")))),
        // A retired category or a last day that is over: the form says so, with everything else filled in.
        Err(Error::Session(_)) => Ok(redirect(&format!("/admin/sessions/bulk/new?from={id}"), None)),
        Err(error) => back(id, Err(error)),
    }
}
