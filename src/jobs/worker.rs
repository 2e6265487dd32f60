//! Takes due jobs and runs them, a few at a time, until told to stop.
use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::{sync::Semaphore, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{
    registry, schedule,
    store::{self, Claimed},
};
use crate::{app::App, crypto, db::DbError};

/// How long a worker may be silent before its job is given to another.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// A running job's lease is renewed this often.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How often an idle worker looks for work.
const POLL: Duration = Duration::from_millis(200);
/// How long running jobs may go on after we were told to stop.
const DRAIN: Duration = Duration::from_secs(20);

/// Why a job did not succeed, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobError {
    /// Stable, for people to filter by: `shop_unreachable`.
    pub code: &'static str,
    pub detail: String,
    pub retry: Retry,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Later, longer each time, with jitter.
    Backoff,
    /// Not before this long.
    After(Duration),
    /// Not its turn: after this long, and without counting as an attempt.
    PutOff(Duration),
    /// Trying again cannot help: park it.
    Never,
}

impl JobError {
    pub fn new(code: &'static str, detail: impl ToString) -> Self {
        Self { code, detail: detail.to_string(), retry: Retry::Backoff }
    }
    pub fn fatal(code: &'static str, detail: impl ToString) -> Self {
        Self { code, detail: detail.to_string(), retry: Retry::Never }
    }
    #[must_use]
    pub fn after(mut self, wait: Duration) -> Self {
        self.retry = Retry::After(wait);
        self
    }
}

impl From<DbError> for JobError {
    fn from(e: DbError) -> Self {
        match e {
            DbError::Corrupt(e) => Self::fatal("corrupt_row", e),
            e => Self::new("database", e),
        }
    }
}

impl std::fmt::Display for JobError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl std::error::Error for JobError {}

/// Seconds until the next attempt: 5, 10, 20 … at most an hour, halved or half again at random.
fn backoff(attempts: u32, fraction: f64) -> TimeDelta {
    let base = 5 * 2_i64.pow(attempts.saturating_sub(1).min(12));
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "at most 5 400 000 ms")]
    TimeDelta::milliseconds((base.min(3600) as f64 * 1000.0 * (0.5 + fraction)) as i64)
}

/// When a failed job runs again; `None` parks it.
fn again_at(job: &Claimed, error: &JobError, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if job.attempts >= job.max_attempts {
        return None;
    }
    match error.retry {
        Retry::Never => None,
        Retry::Backoff => Some(now + backoff(job.attempts, crypto::random_fraction())),
        Retry::After(wait) | Retry::PutOff(wait) => {
            Some(now + TimeDelta::from_std(wait).unwrap_or(TimeDelta::hours(1)))
        }
    }
}

/// Runs jobs and schedules until `stop`; then lets running jobs end, and gives back those that do not in time.
pub async fn run(app: App, stop: CancellationToken) {
    let slots = Arc::new(Semaphore::new(usize::from(app.config.workers)));
    let mut running = JoinSet::new();
    let mut last_tick = None;
    while !stop.is_cancelled() {
        let now = app.clock.now();
        if last_tick.is_none_or(|at| now - at >= TimeDelta::seconds(1) || now < at) {
            last_tick = Some(now);
            if let Err(e) = tick(&app, now).await {
                tracing::warn!(error = %e, "schedules could not be read");
            }
        }
        while running.try_join_next().is_some() {}
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
            break;
        };
        match claim(&app).await {
            Ok(Some(job)) => {
                let app = app.clone();
                let stop = stop.clone();
                running.spawn(async move {
                    Box::pin(execute(&app, job, &stop)).await;
                    drop(slot);
                });
            }
            Ok(None) => {
                drop(slot);
                pause(&stop, POLL).await;
            }
            Err(e) => {
                drop(slot);
                tracing::warn!(error = %e, "no job could be claimed");
                pause(&stop, Duration::from_secs(1)).await;
            }
        }
    }
    while running.join_next().await.is_some() {}
}

async fn pause(stop: &CancellationToken, wait: Duration) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(wait) => {}
    }
}

/// Returns lapsed leases and enqueues due schedules.
async fn tick(app: &App, now: DateTime<Utc>) -> Result<(), DbError> {
    let mut conn = app.db.conn().await?;
    let returned = store::return_lapsed(&mut conn, now).await?;
    if returned > 0 {
        tracing::warn!(returned, "jobs of silent workers were returned");
    }
    drop(conn);
    schedule::enqueue_due(app, now).await
}

async fn claim(app: &App) -> Result<Option<Claimed>, DbError> {
    let token = uuid::Uuid::from_bytes(crypto::random_bytes()).to_string();
    let now = app.clock.now();
    app.db
        .transact(|mut tx| {
            let token = token.clone();
            async move {
                let job = store::claim(&mut tx, now, now + LEASE, &token).await?;
                tx.done(job).await
            }
        })
        .await
}

/// Runs one claimed job to its end and reports it.
async fn execute(app: &App, job: Claimed, stop: &CancellationToken) {
    let started = std::time::Instant::now();
    let outcome = tokio::select! {
        outcome = registry::run(app, &job) => Some(outcome),
        () = keep_alive(app, &job) => None,
        () = async { stop.cancelled().await; tokio::time::sleep(DRAIN).await; } => Some(Err(JobError {
            code: "stopping", detail: String::new(), retry: Retry::PutOff(Duration::ZERO),
        })),
    };
    let seconds = started.elapsed().as_secs_f64();
    metrics::histogram!("abono_job_seconds", "kind" => job.kind.clone()).record(seconds);
    match outcome {
        None => tracing::warn!(job = job.id.0, kind = job.kind, "lost its lease"),
        Some(outcome) => {
            if let Err(e) = report(app, &job, &outcome).await {
                tracing::warn!(job = job.id.0, kind = job.kind, error = %e, "the end of a job could not be written; its lease will lapse");
            }
            if let Err(e) = outcome
                && !matches!(e.retry, Retry::PutOff(_))
            {
                tracing::warn!(
                    job = job.id.0,
                    kind = job.kind,
                    attempt = job.attempts,
                    code = e.code,
                    detail = e.detail,
                    "job failed"
                );
            }
        }
    }
}

async fn report(app: &App, job: &Claimed, outcome: &Result<(), JobError>) -> Result<(), DbError> {
    let now = app.clock.now();
    let mut conn = app.db.conn().await?;
    match outcome {
        Ok(()) => store::finish(&mut conn, job, now).await?,
        Err(JobError { retry: Retry::PutOff(wait), .. }) => {
            let later = now + TimeDelta::from_std(*wait).unwrap_or(TimeDelta::minutes(1));
            store::release(&mut conn, job, later).await?
        }
        Err(e) => store::fail(&mut conn, job, (e.code, &e.detail), again_at(job, e, now), now).await?,
    };
    metrics::counter!("abono_jobs_total", "kind" => job.kind.clone(), "outcome" => if outcome.is_ok() { "done" } else { "failed" })
        .increment(1);
    schedule::note_outcome(&mut conn, &job.kind, outcome, now).await
}

/// Renews the lease; ends only when it is lost.
async fn keep_alive(app: &App, job: &Claimed) {
    loop {
        tokio::time::sleep(HEARTBEAT).await;
        let until = app.clock.now() + LEASE;
        let alive = match app.db.conn().await {
            Ok(mut conn) => store::extend(&mut conn, job, until).await,
            Err(e) => Err(e),
        };
        if matches!(alive, Ok(false)) {
            return;
        }
    }
}

/// Runs everything that is due, one after the other, and everything that this makes due: for tests and commands.
/// Answers how many jobs ran.
pub async fn run_due(app: &App) -> Result<usize, DbError> {
    let mut ran = 0;
    let never = CancellationToken::new();
    while let Some(job) = claim(app).await? {
        Box::pin(execute(app, job, &never)).await;
        ran += 1;
    }
    Ok(ran)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wait_is_longer_and_none_is_over_ninety_minutes() {
        let waits: Vec<_> = (1..20).map(|n| backoff(n, 0.5)).collect();
        assert!(waits.windows(2).all(|w| w[0] <= w[1]));
        assert_eq!(waits[0], TimeDelta::seconds(5));
        assert!(backoff(40, 0.999) <= TimeDelta::minutes(90));
    }

    #[test]
    fn the_last_attempt_parks_the_job() {
        let now = DateTime::UNIX_EPOCH;
        let mut job = Claimed {
            id: crate::core::ids::JobId(1),
            kind: "x".to_owned(),
            payload: serde_json::Value::Null,
            attempts: 7,
            max_attempts: 8,
            token: String::new(),
        };
        assert!(again_at(&job, &JobError::new("e", ""), now).is_some());
        assert!(again_at(&job, &JobError::fatal("e", ""), now).is_none());
        job.attempts = 8;
        assert!(again_at(&job, &JobError::new("e", "").after(Duration::from_secs(1)), now).is_none());
    }
}
