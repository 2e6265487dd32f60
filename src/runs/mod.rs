//! Runs: work over a list of rows that somebody reviews first, as bulk assignments and imports are.
//!
//! 1. A run begins as a *draft* and is forgotten if nobody confirms it. Which states it has beside that is the slice's own.
//! 2. Confirmed, it is worked off by a job, in stretches, each one transaction that begins with the run's lock: a kill at any
//!    moment and going on later end the same.
//! 3. Each slice has a table of its runs and one of their rows ([`store::Tables`]); what a row means is the slice's.
pub mod pages;
pub mod store;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::json;

use crate::{app::App, db::DbError, jobs::NewJob};
use store::Tables;

/// A draft that nobody confirmed is forgotten after so many days.
pub const DRAFT_DAYS: i64 = 7;
/// Attempts: every one of them goes on where the last one ended.
const ATTEMPTS: u32 = 20;
/// Drafts forgotten at once.
const TIDY: u32 = 100;

/// The job that works a run off: one of a kind waits for each run.
pub fn job(kind: &'static str, run: impl std::fmt::Display + Serialize, at: DateTime<Utc>) -> NewJob {
    let dedupe = format!("{kind}:{run}");
    // Someone looks at its progress: it does not wait behind a backlog of deliveries (3), and keeps one worker at most busy.
    NewJob { max_attempts: ATTEMPTS, ..NewJob::new(kind, json!({"run": run}), at) }.dedupe(dedupe).priority(2)
}

/// Forgets a draft. False: it is none any more.
pub async fn forget(app: &App, tables: Tables, id: u64) -> Result<bool, DbError> {
    app.db
        .transact(|mut tx| async move {
            // Confirmed, or forgotten by another process, just now.
            if tables.lock(&mut tx, id).await?.as_deref() != Some("draft") {
                return tx.undone(false).await;
            }
            tables.delete_draft(&mut tx, id).await?;
            tx.done(true).await
        })
        .await
}

/// Forgets drafts that nobody confirmed for [`DRAFT_DAYS`]. Answers how many.
pub async fn tidy(app: &App, tables: Tables) -> Result<u32, DbError> {
    let before = app.clock.now() - TimeDelta::days(DRAFT_DAYS);
    let mut forgotten = 0;
    loop {
        let old = tables.old_drafts(&mut *app.db.conn().await?, before, TIDY).await?;
        if old.is_empty() {
            return Ok(forgotten);
        }
        for id in old {
            forgotten += u32::from(forget(app, tables, id).await?);
        }
    }
}
