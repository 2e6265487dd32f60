//! What people may do to the queue: try a parked job again, drop it for good, start a schedule before its time.
use serde_json::json;

use super::{
    schedule,
    store::{self, JobRow},
};
use crate::{
    app::App,
    audit::{self, Record},
    core::{
        actor::Actor,
        ids::{AccountId, JobId, ShopId},
    },
    db::DbError,
};

/// What became of a wish about a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// Its state no longer allows it: someone was faster, or a worker took it.
    TooLate,
    /// There is no such job (any more).
    Gone,
}

/// Puts a parked job, or one that waits after a failure, back in line with all its attempts.
pub async fn retry(app: &App, id: JobId, actor: &Actor) -> Result<Outcome, DbError> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let Some(job) = store::find(&mut tx, id).await? else {
                return tx.undone(Outcome::Gone).await;
            };
            if !store::retry(&mut tx, id, now).await? {
                return tx.undone(Outcome::TooLate).await;
            }
            audit::record(&mut tx, record(Record::new(now, actor, "job.retried", "job", id), &job)).await?;
            tx.done(Outcome::Done).await
        })
        .await
}

/// Drops a parked job. What it was and why it stopped stays in the audit trail.
pub async fn discard(app: &App, id: JobId, actor: &Actor) -> Result<Outcome, DbError> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let Some(job) = store::find(&mut tx, id).await? else {
                return tx.undone(Outcome::Gone).await;
            };
            if !store::discard(&mut tx, id).await? {
                return tx.undone(Outcome::TooLate).await;
            }
            audit::record(&mut tx, record(Record::new(now, actor, "job.discarded", "job", id), &job)).await?;
            tx.done(Outcome::Done).await
        })
        .await
}

/// Starts a schedule now; its next regular run stays as it is. [`Outcome::TooLate`]: a run of it waits already.
pub async fn run_schedule(app: &App, name: &str, actor: &Actor) -> Result<Outcome, DbError> {
    let Some(schedule) = schedule::find(name) else {
        return Ok(Outcome::Gone);
    };
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let Some(job) = schedule::enqueue(&mut tx, schedule.name, now).await? else {
                return tx.undone(Outcome::TooLate).await;
            };
            let record = Record::new(now, actor, "schedule.started", "schedule", schedule.name)
                .detail(json!({"job": job}));
            audit::record(&mut tx, record).await?;
            tx.done(Outcome::Done).await
        })
        .await
}

/// What the trail keeps of a job: never its whole payload, which may hold an address.
fn record<'a>(mut record: Record<'a>, job: &JobRow) -> Record<'a> {
    let number = |key: &str| job.payload.get(key).and_then(serde_json::Value::as_u64);
    record.shop = number("shop").map(ShopId);
    record.account = number("account").map(AccountId);
    record.detail(json!({"kind": job.kind, "attempts": job.attempts, "error": job.last_error}))
}
