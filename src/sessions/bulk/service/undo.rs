//! Undoing: what nobody used is taken back, in stretches, each of them one transaction.
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::MySqlConnection;

use super::{Error, UNDO};
use crate::{
    accounts,
    app::App,
    audit::{self, Record},
    core::{
        actor::Actor,
        ids::{AccountId, BulkRunId},
    },
    db::DbError,
    jobs, runs,
    sessions::{
        bulk::{
            domain::State,
            store::{
                self,
                giving::{self, Stretch},
                undoing,
            },
        },
        service::reservations,
    },
};

/// Who asked for it, as the job keeps it.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct By {
    kind: String,
    id: String,
    name: String,
}

impl By {
    fn of(actor: &Actor) -> Self {
        Self { kind: actor.kind().to_owned(), id: actor.id(), name: actor.name() }
    }

    pub fn actor(&self) -> Actor {
        Actor::written(&self.kind, &self.id, &self.name, "bulk")
    }
}

pub(super) async fn enqueue(
    conn: &mut MySqlConnection,
    run: BulkRunId,
    by: &Actor,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let mut job = runs::job(UNDO, run, now);
    job.payload["by"] = json!(By::of(by));
    let _new = jobs::enqueue(conn, job, now).await?;
    Ok(())
}

/// Begins to undo. Asking again changes nothing.
pub async fn undo(app: &App, id: BulkRunId, by: &Actor) -> Result<(), Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let run = store::lock(&mut tx, id).await?.ok_or(Error::NotFound)?;
            if matches!(run.state, State::Undoing | State::Undone) {
                return Ok(tx.undone(()).await?);
            }
            run.state.undo()?;
            giving::start_undo(&mut tx, &run, &by.name(), now).await?;
            enqueue(&mut tx, id, by, now).await?;
            Ok(tx.done(()).await?)
        })
        .await
}

/// Does everything that is left to undo. It may be called any number of times.
pub async fn work(app: &App, id: BulkRunId, by: &Actor, reason: &str) -> Result<(), Error> {
    let mut after = AccountId(0);
    while let Some(last) = step(app, id, (by, reason), after, super::run::STRETCH).await? {
        after = last;
    }
    Ok(())
}

/// One stretch after the account `after`, in one transaction. Answers the last account of it; `None`: that was all.
pub async fn step(
    app: &App,
    id: BulkRunId,
    (by, reason): (&Actor, &str),
    after: AccountId,
    most: u32,
) -> Result<Option<AccountId>, Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let run = match store::lock(&mut tx, id).await? {
                Some(run) if run.state == State::Undoing => run,
                _ => return Ok(tx.undone(None).await?),
            };
            let rows = undoing::next(&mut tx, id, after, most).await?;
            let (Some((first, ..)), Some((last, ..))) = (rows.first(), rows.last()) else {
                undoing::finish(&mut tx, id, now).await?;
                let detail = json!({"taken_back": run.sessions_taken_back, "kept": run.sessions_kept});
                let record = Record::new(now, by, "session_bulk.undone", "bulk_run", id).detail(detail);
                audit::record(&mut tx, record).await?;
                return Ok(tx.done(None).await?);
            };
            let stretch = Stretch { run: id, first: *first, last: *last };
            let owners: BTreeSet<AccountId> = rows.iter().map(|(_, owner, _)| *owner).collect();
            accounts::many::lock(&mut tx, &owners.iter().copied().collect::<Vec<_>>()).await?;
            // Whoever was merged in between is locked in the next try.
            if !undoing::owners(&mut tx, stretch).await?.iter().all(|owner| owners.contains(owner)) {
                return Err(DbError::Stale.into());
            }
            let holders: BTreeSet<AccountId> =
                rows.iter().filter(|(_, _, held)| *held).map(|(_, owner, _)| *owner).collect();
            for holder in holders {
                reservations::write_lapsed(&mut tx, holder, now).await?;
            }
            undoing::take_back(&mut tx, stretch, &run, by, reason, now).await?;
            Ok(tx.done(Some(*last)).await?)
        })
        .await
}
