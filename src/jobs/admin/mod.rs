//! Back-office pages of background work: what waits, what stopped and why, what repeats.
mod schedules;

use askama::Template;
use axum::{extract::State, response::Response};
use serde::Deserialize;

use super::{
    service::{self, Outcome},
    store::{self, Counts, Due, Filter, JobRow},
    words::{self, Fact},
};
use crate::{
    app::App,
    auth::{Role, extract::Manager},
    core::ids::{JobId, ShopId},
    shop,
    web::{
        cx::Cx,
        extract::{Path, Query},
        flash::{Flash, redirect},
        form::{Form, Opt},
        list::{Chips, Cursor, Pager, ROWS},
        page::page,
        problem::{Kind, Problem},
        routes::{Access, Routes},
    },
};

const ACCESS: Access = Access::Staff(Role::Manager);

pub fn routes() -> Routes {
    Routes::new()
        .get("/admin/jobs", ACCESS, index)
        .get("/admin/jobs/schedules", ACCESS, schedules::index)
        .post("/admin/jobs/schedules/{name}/run", ACCESS, schedules::run)
        .get("/admin/jobs/{id}", ACCESS, show)
        .post("/admin/jobs/{id}/retry", ACCESS, retry)
        .get("/admin/jobs/{id}/discard", ACCESS, ask_discard)
        .post("/admin/jobs/{id}/discard", ACCESS, discard)
}

/// How a job stands, as the list is narrowed to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Due,
    Later,
    Running,
    Dead,
    Done,
}

impl Standing {
    const ALL: [Self; 5] = [Self::Due, Self::Later, Self::Running, Self::Dead, Self::Done];

    fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Later => "later",
            Self::Running => "running",
            Self::Dead => "dead",
            Self::Done => "done",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.as_str() == text)
    }

    fn key(self) -> &'static str {
        match self {
            Self::Due => "job-state-due",
            Self::Later => "job-state-later",
            Self::Running => "job-state-running",
            Self::Dead => "job-state-dead",
            Self::Done => "job-state-done",
        }
    }
}

/// The filters, as they stand in the address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct ListForm {
    state: String,
    kind: String,
}

impl ListForm {
    fn filter(&self, cx: &Cx) -> Filter {
        let standing = Standing::parse(&self.state);
        Filter {
            state: standing.map(|standing| match standing {
                Standing::Due | Standing::Later => store::State::Ready,
                Standing::Running => store::State::Running,
                Standing::Dead => store::State::Dead,
                Standing::Done => store::State::Done,
            }),
            due: match standing {
                Some(Standing::Due) => Some(Due::By(cx.now)),
                Some(Standing::Later) => Some(Due::After(cx.now)),
                _ => None,
            },
            kind: Some(self.kind.clone()).filter(|kind| !kind.is_empty()),
        }
    }

    fn chips(&self, cx: &Cx) -> Chips {
        let mut chips = Chips::new(cx, cx.t("jobs-newest-first"));
        if let Some(standing) = Standing::parse(&self.state) {
            chips.add(cx, "state", cx.t(standing.key()));
        }
        if !self.kind.is_empty() {
            chips.add(cx, "kind", words::kind(cx, &self.kind));
        }
        chips
    }
}

type Names = Vec<(ShopId, String)>;

async fn shop_names(conn: &mut sqlx::MySqlConnection) -> Result<Names, Problem> {
    let shops = shop::store::list(conn).await?;
    Ok(shops.into_iter().map(|shop| (shop.id, shop.name)).collect())
}

#[derive(Debug, Template)]
#[template(path = "jobs/admin_index.html")]
struct IndexPage {
    cx: Cx,
    form: ListForm,
    counts: Counts,
    states: Vec<Opt>,
    kinds: Vec<Opt>,
    chips: Chips,
    rows: Vec<JobRow>,
    shops: Names,
    pager: Pager,
}

impl IndexPage {
    fn about(&self, job: &JobRow) -> String {
        words::about(&self.cx, &job.payload, &self.shops)
    }
}

async fn index(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Query(form): Query<ListForm>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let mut conn = app.db.conn().await?;
    let rows = store::list(&mut conn, &form.filter(&cx), &cursor.seek(ROWS)?).await?;
    let counts = store::counts(&mut conn, cx.now).await?;
    let shops = shop_names(&mut conn).await?;
    let kinds = store::kinds(&mut conn).await?;
    let mut kinds: Vec<Opt> = kinds.iter().map(|kind| Opt::new(kind, words::kind(&cx, kind))).collect();
    kinds.sort_by_key(|option| option.label.to_lowercase());
    Ok(page(&IndexPage {
        states: Standing::ALL.iter().map(|s| Opt::new(s.as_str(), cx.t(s.key()))).collect(),
        chips: form.chips(&cx),
        pager: Pager::new(&cx, &rows, cx.n("list-per-page", ROWS)),
        rows: rows.items,
        form,
        counts,
        kinds,
        shops,
        cx,
    }))
}

#[derive(Debug, Template)]
#[template(path = "jobs/admin_show.html")]
struct ShowPage {
    cx: Cx,
    job: JobRow,
    about: String,
    facts: Vec<Fact>,
}

impl ShowPage {
    fn may_retry(&self) -> bool {
        self.is_parked() || (self.job.state == store::State::Ready && self.job.attempts > 0)
    }
    fn is_parked(&self) -> bool {
        self.job.state == store::State::Dead
    }
}

async fn load(app: &App, cx: Cx, id: JobId) -> Result<ShowPage, Problem> {
    let mut conn = app.db.conn().await?;
    let job = store::find(&mut conn, id).await?.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let shops = shop_names(&mut conn).await?;
    Ok(ShowPage {
        about: words::about(&cx, &job.payload, &shops),
        facts: words::facts(&cx, &job.payload, &shops),
        job,
        cx,
    })
}

async fn show(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(id): Path<JobId>,
) -> Result<Response, Problem> {
    Ok(page(&load(&app, cx, id).await?))
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn retry(
    State(app): State<App>,
    Manager(staff): Manager,
    Path(id): Path<JobId>,
    Form(_): Form<Nothing>,
) -> Result<Response, Problem> {
    let here = format!("/admin/jobs/{id}");
    match service::retry(&app, id, &staff.actor()).await? {
        Outcome::Done => Ok(redirect(&here, Some(Flash::ok("jobs-retried")))),
        Outcome::TooLate => Ok(redirect(&here, Some(Flash::info("jobs-too-late")))),
        Outcome::Gone => Err(Problem::new(Kind::NotFound)),
    }
}

#[derive(Debug, Template)]
#[template(path = "jobs/admin_discard.html")]
struct DiscardPage {
    cx: Cx,
    job: JobRow,
    about: String,
}

/// The question on its own page, for browsers that cannot put it on top of the job's.
async fn ask_discard(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(id): Path<JobId>,
) -> Result<Response, Problem> {
    let shown = load(&app, cx, id).await?;
    if !shown.is_parked() {
        return Ok(redirect(&format!("/admin/jobs/{id}"), Some(Flash::info("jobs-too-late"))));
    }
    Ok(page(&DiscardPage { cx: shown.cx, job: shown.job, about: shown.about }))
}

async fn discard(
    State(app): State<App>,
    Manager(staff): Manager,
    Path(id): Path<JobId>,
    Form(_): Form<Nothing>,
) -> Result<Response, Problem> {
    match service::discard(&app, id, &staff.actor()).await? {
        Outcome::Done => {
            let flash = Flash::ok("jobs-discarded").arg("id", id).action("jobs-see-audit", "/admin/audit");
            Ok(redirect("/admin/jobs", Some(flash)))
        }
        Outcome::TooLate => Ok(redirect(&format!("/admin/jobs/{id}"), Some(Flash::info("jobs-too-late")))),
        Outcome::Gone => Err(Problem::new(Kind::NotFound)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::testing;

    fn job(state: store::State, attempts: u32) -> JobRow {
        let now = testing::cx().now;
        JobRow {
            id: JobId(7),
            kind: "shop.refresh".to_owned(),
            payload: serde_json::json!({"shop": 1, "resource": "order", "id": 9, "note": "<b>"}),
            state,
            run_at: now,
            attempts,
            max_attempts: 8,
            last_error: Some("shop_timeout".to_owned()),
            last_error_detail: Some("30 s <script>".to_owned()),
            created_at: now,
            started_at: Some(now),
            finished_at: None,
            lease_until: None,
        }
    }

    fn shown(state: store::State, attempts: u32) -> String {
        let cx = testing::cx();
        let job = job(state, attempts);
        let facts = words::facts(&cx, &job.payload, &[]);
        ShowPage { about: String::new(), facts, job, cx }.render().unwrap()
    }

    #[test]
    fn only_a_stopped_job_can_be_discarded_and_one_that_never_failed_needs_no_retry() {
        use store::State::{Dead, Done, Ready, Running};
        for (state, attempts, retries, discards) in [
            (Dead, 8, true, true),
            (Ready, 2, true, false),
            (Ready, 0, false, false),
            (Running, 1, false, false),
            (Done, 1, false, false),
        ] {
            let html = shown(state, attempts);
            assert_eq!(html.contains("/admin/jobs/7/retry"), retries, "{state:?}");
            assert_eq!(html.contains("/admin/jobs/7/discard"), discards, "{state:?}");
        }
    }

    #[test]
    fn what_a_shop_said_is_shown_as_text() {
        let html = shown(store::State::Dead, 8);
        assert!(!html.contains("<script>") && !html.contains("<b>"), "{html}");
        assert!(html.contains("La tienda no contestó a tiempo"));
    }

    #[test]
    fn a_foreign_state_in_the_address_narrows_nothing() {
        let cx = testing::cx();
        let form = ListForm { state: "'; DROP".to_owned(), kind: String::new() };
        let filter = form.filter(&cx);
        assert!(filter.state.is_none() && filter.due.is_none() && form.chips(&cx).is_empty());
        let due = ListForm { state: "due".to_owned(), kind: String::new() }.filter(&cx);
        assert_eq!((due.state, due.due), (Some(store::State::Ready), Some(Due::By(cx.now))));
    }
}
