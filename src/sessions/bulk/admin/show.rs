//! The page of a bulk assignment, by how it stands.
use askama::Template;
use axum::{extract::State, response::Response};
use serde::Deserialize;

use super::{address, category_name, words};
use crate::{
    app::App,
    auth::extract::Manager,
    core::{ids::BulkRunId, page::Seek},
    jobs, runs,
    sessions::{
        bulk::{
            domain::{Counts, Item, ItemState, Run, Source, State as Standing},
            people,
            service::{self, RUN, UNDO},
            store::{
                self,
                items::{self, Only},
                undoing::{self, Prospect},
            },
        },
        store::categories,
    },
    web::{
        cx::Cx,
        extract::{Path, Query},
        flash::redirect,
        page::page,
        problem::{Kind, Problem},
    },
};

/// Outcomes shown beside the bar.
const LATEST: u32 = 10;
/// Errors, and people who kept sessions, shown on the page itself.
const FIRST: u32 = 10;

/// What every state's page has.
#[derive(Debug)]
struct Facts {
    run: Run,
    category: String,
    /// Who was chosen, line by line.
    chosen: Vec<String>,
    expiry: String,
}

impl Facts {
    async fn load(app: &App, cx: &Cx, id: BulkRunId) -> Result<Self, Problem> {
        let mut conn = app.db.conn().await?;
        let run = store::find(&mut conn, id).await?.ok_or_else(|| Problem::new(Kind::NotFound))?;
        let known = categories::list(&mut conn).await?;
        let chosen = match &run.source {
            Source::Filter(criteria) => {
                let product = match criteria.product {
                    Some((shop, id)) => people::product_name(&mut conn, shop, id).await?,
                    None => None,
                };
                words::criteria(cx, criteria, product.as_deref())
            }
            Source::List { .. } => vec![words::source(cx, &run)],
        };
        let begins = run.started_at.or(run.wish.run_at).unwrap_or(cx.now);
        let expiry = words::expiry(cx, run.wish.expiry, begins);
        Ok(Self { category: category_name(&known, &run), chosen, expiry, run })
    }

    fn is_list(&self) -> bool {
        matches!(self.run.source, Source::List { .. })
    }

    fn each(&self, cx: &Cx) -> String {
        cx.na("bulk-each", self.run.wish.quantity, &[("category", &self.category)])
    }

    fn address(&self) -> String {
        address(self.run.id)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReviewQuery {
    again: String,
}

#[derive(Debug, Template)]
#[template(path = "sessions/bulk_review.html")]
struct ReviewPage {
    cx: Cx,
    facts: Facts,
    counts: Counts,
    again: bool,
    errors: Vec<Item>,
}

impl ReviewPage {
    fn receive(&self) -> u32 {
        self.counts.receive(self.again)
    }
    fn sessions(&self, people: u32) -> u64 {
        u64::from(people) * u64::from(self.facts.run.wish.quantity)
    }
    fn skipped(&self) -> u32 {
        if self.again { 0 } else { self.counts.have_active }
    }
    fn has_more_errors(&self) -> bool {
        self.errors.len() < self.counts.failed as usize
    }
    fn is_scheduled(&self) -> bool {
        self.facts.run.state == Standing::Scheduled
    }
    /// `792 sesiones a 396 personas`, in the words of a button.
    fn act(&self) -> String {
        let (receive, key) = (
            self.receive(),
            if self.facts.run.wish.run_at.is_some() { "bulk-schedule-act" } else { "bulk-give-act" },
        );
        let people = self.cx.n("bulk-people", receive);
        self.cx.na(key, self.sessions(receive), &[("people", &people)])
    }
    fn title(&self) -> String {
        self.cx.na("bulk-review-title", self.receive(), &[("each", &self.facts.each(&self.cx))])
    }
    /// What the tick gives to: those who have some already.
    fn again_label(&self) -> String {
        let people = self.counts.receive(true);
        self.cx.na("bulk-again", self.sessions(people), &[("people", &self.cx.n("bulk-people", people))])
    }
}

#[derive(Debug, Template)]
#[template(path = "sessions/bulk_progress.html")]
struct ProgressPage {
    cx: Cx,
    facts: Facts,
    latest: Vec<Item>,
    /// Nothing works on it any more: someone has to say that it goes on.
    is_stuck: bool,
}

impl ProgressPage {
    fn is_undoing(&self) -> bool {
        self.facts.run.state == Standing::Undoing
    }
    fn value(&self) -> u64 {
        self.facts.run.progress().0
    }
    fn max(&self) -> u64 {
        self.facts.run.progress().1
    }
    fn title(&self) -> String {
        let (done, all) = self.facts.run.progress();
        let key = match (self.is_undoing(), all) {
            (_, 0) => "bulk-running-lists",
            (true, _) => "bulk-undoing-title",
            (false, _) => "bulk-running-title",
        };
        self.cx.na(key, all, &[("done", &self.cx.count(done))])
    }
    fn percent(&self) -> String {
        let (done, all) = self.facts.run.progress();
        runs::pages::percent(&self.cx, done, all)
    }
    fn left(&self) -> Option<String> {
        let seconds = self.facts.run.seconds_left(self.cx.now)?;
        Some(self.cx.ta("bulk-seconds-left", &[("time", &self.cx.duration(seconds))]))
    }
}

#[derive(Debug, Template)]
#[template(path = "sessions/bulk_done.html")]
struct DonePage {
    cx: Cx,
    facts: Facts,
    prospect: Prospect,
    errors: Vec<Item>,
    keepers: Vec<Item>,
}

impl DonePage {
    fn state(&self) -> Standing {
        self.facts.run.state
    }
    fn took(&self) -> String {
        words::took(&self.facts.run, self.cx.now).unwrap_or_else(|| self.cx.t("list-none"))
    }
    /// The sentence that says how it ended.
    fn ended(&self) -> String {
        let (run, cx) = (&self.facts.run, &self.cx);
        let people = cx.n("bulk-people", run.given);
        match run.state {
            Standing::Undone if run.sessions_kept == 0 => {
                cx.n("bulk-ended-undone-all", run.sessions_taken_back)
            }
            Standing::Undone => cx.na(
                "bulk-ended-undone",
                run.sessions_taken_back,
                &[("kept", &cx.n("bulk-sessions", run.sessions_kept))],
            ),
            Standing::Stopped => cx.na(
                "bulk-ended-stopped",
                run.sessions_given(),
                &[("people", &people), ("left", &cx.n("bulk-people", run.left()))],
            ),
            Standing::Cancelled => cx.t("bulk-ended-cancelled"),
            _ => cx.na("bulk-ended-done", run.sessions_given(), &[("people", &people)]),
        }
    }
    fn notice(&self) -> (&'static str, &'static str) {
        match self.facts.run.state {
            Standing::Done => ("is-ok", "circle-check"),
            Standing::Stopped => ("is-warn", "player-pause"),
            _ => ("is-info", "info-circle"),
        }
    }
}

async fn first(app: &App, run: BulkRunId, only: Only) -> Result<Vec<Item>, Problem> {
    let seek = Seek::forward(None, FIRST);
    Ok(items::page(&mut *app.db.conn().await?, run, only, &seek).await?.items)
}

pub(super) async fn show(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(id): Path<BulkRunId>,
    Query(query): Query<ReviewQuery>,
) -> Result<Response, Problem> {
    let facts = Facts::load(&app, &cx, id).await?;
    let failed = Only::State(ItemState::Failed);
    match facts.run.state {
        Standing::Draft | Standing::Scheduled => {
            let counts = service::counts(&mut *app.db.conn().await?, &facts.run, cx.now, cx.zone).await?;
            let again = facts.run.wish.gives_again || !query.again.is_empty();
            let errors = first(&app, id, failed).await?;
            Ok(page(&ReviewPage { cx, facts, counts, again, errors }))
        }
        Standing::Running | Standing::Undoing => {
            let mut conn = app.db.conn().await?;
            let kind = if facts.run.state == Standing::Running { RUN } else { UNDO };
            let is_stuck = !jobs::store::is_at_work(&mut conn, kind, id.0).await?;
            let latest = items::latest(&mut conn, id, LATEST).await?;
            Ok(page(&ProgressPage { cx, facts, latest, is_stuck }))
        }
        Standing::Done | Standing::Stopped | Standing::Cancelled | Standing::Undone => {
            let prospect = undoing::prospect(&mut *app.db.conn().await?, id, cx.now).await?;
            let errors = first(&app, id, failed).await?;
            let keepers = first(&app, id, Only::Kept).await?;
            Ok(page(&DonePage { cx, facts, prospect, errors, keepers }))
        }
    }
}

#[derive(Debug, Template)]
#[template(path = "sessions/bulk_undo.html")]
struct UndoPage {
    cx: Cx,
    facts: Facts,
    prospect: Prospect,
}

pub(super) async fn ask_undo(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(id): Path<BulkRunId>,
) -> Result<Response, Problem> {
    let facts = Facts::load(&app, &cx, id).await?;
    if facts.run.state.undo().is_err() {
        return Ok(redirect(&address(id), None));
    }
    let prospect = undoing::prospect(&mut *app.db.conn().await?, id, cx.now).await?;
    Ok(page(&UndoPage { cx, facts, prospect }))
}
