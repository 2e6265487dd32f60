//! The page of an import, by how it stands.
use askama::Template;
use axum::{extract::State, response::Response};

use super::{address, words};
use crate::{
    app::App,
    auth::extract::Manager,
    core::{ids::LicenceImportId, page::Seek},
    jobs,
    licences::{
        import::{
            domain::{Counts, Import, Item, RowState, State as Standing},
            service::RUN,
            store::{
                self,
                rows::{self, Only},
            },
        },
        settings::LicenceSettings,
    },
    runs, settings,
    web::{
        cx::Cx,
        extract::Path,
        page::page,
        problem::{Kind, Problem},
    },
};

/// Bad rows shown on the page itself.
const FIRST: u32 = 50;
/// Good rows shown on the review.
const SOME: u32 = 10;

#[derive(Debug, Template)]
#[template(path = "licences/import_review.html")]
struct ReviewPage {
    cx: Cx,
    import: Import,
    counts: Counts,
    bad: Vec<Item>,
    good: Vec<Item>,
    free_days: u32,
}

impl ReviewPage {
    fn has_more_bad(&self) -> bool {
        self.bad.len() < self.counts.failed as usize
    }
    fn usable(&self) -> u32 {
        self.counts.total.saturating_sub(self.counts.failed)
    }
    /// Rows that would do something.
    fn acts(&self) -> u32 {
        self.counts.give.saturating_add(self.counts.change)
    }
    fn has_more_good(&self) -> bool {
        self.good.len() < self.usable() as usize
    }
}

#[derive(Debug, Template)]
#[template(path = "licences/import_progress.html")]
struct ProgressPage {
    cx: Cx,
    import: Import,
    /// Nothing works on it any more: someone has to say that it goes on.
    is_stuck: bool,
}

impl ProgressPage {
    fn percent(&self) -> String {
        runs::pages::percent(&self.cx, self.import.settled().into(), self.import.total.into())
    }
}

#[derive(Debug, Template)]
#[template(path = "licences/import_done.html")]
struct DonePage {
    cx: Cx,
    import: Import,
    bad: Vec<Item>,
    free_days: u32,
}

impl DonePage {
    fn notice(&self) -> (&'static str, &'static str) {
        match self.import.state {
            Standing::Done => ("is-ok", "circle-check"),
            Standing::Stopped => ("is-warn", "player-pause"),
            _ => ("is-info", "info-circle"),
        }
    }
    fn is_stopped(&self) -> bool {
        self.import.state == Standing::Stopped
    }
    fn has_more_bad(&self) -> bool {
        self.bad.len() < self.import.failed as usize
    }
}

async fn first(app: &App, id: LicenceImportId, only: Only, limit: u32) -> Result<Vec<Item>, Problem> {
    let seek = Seek::forward(None, limit);
    Ok(rows::page(&mut *app.db.conn().await?, id, only, &seek).await?.items)
}

pub(super) async fn show(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(id): Path<LicenceImportId>,
) -> Result<Response, Problem> {
    let mut conn = app.db.conn().await?;
    let import = store::find(&mut conn, id).await?.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let free_days = settings::get::<LicenceSettings>(&mut conn).await?.free_days;
    match import.state {
        Standing::Draft => {
            let counts = rows::counts(&mut conn, id).await?;
            drop(conn);
            let bad = first(&app, id, Only::State(RowState::Failed), FIRST).await?;
            let good = first(&app, id, Only::State(RowState::Pending), SOME).await?;
            Ok(page(&ReviewPage { cx, import, counts, bad, good, free_days }))
        }
        Standing::Running => {
            let is_stuck = !jobs::store::is_at_work(&mut conn, RUN, id.0).await?;
            Ok(page(&ProgressPage { cx, import, is_stuck }))
        }
        Standing::Done | Standing::Stopped | Standing::Cancelled => {
            drop(conn);
            let bad = first(&app, id, Only::State(RowState::Failed), FIRST).await?;
            Ok(page(&DonePage { cx, import, bad, free_days }))
        }
    }
}
