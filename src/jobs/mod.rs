//! Background work that survives anything: a row per job, claimed under a lease, retried, then parked where people see it.
//!
//! 1. A job is enqueued in the transaction of the change that needs it, so it exists exactly if the change does.
//! 2. A claim is a short transaction (`SKIP LOCKED`); the work runs outside of it; finishing is fenced by the lease's token.
//! 3. A lease that lapses returns the job: work must bear being done twice.
//! 4. `dedupe` is held only while a job waits. A change that arrives while it runs gets a job of its own.
pub mod admin;
pub mod lease;
pub mod registry;
pub mod schedule;
pub mod service;
pub mod store;
pub mod words;
pub mod worker;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::MySqlConnection;

use crate::{core::ids::JobId, db::DbError};

/// Work to be done.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// A name known to `jobs::registry`.
    pub kind: &'static str,
    pub payload: Value,
    /// While a job with the same text waits, another is not added.
    pub dedupe: Option<String>,
    pub run_at: DateTime<Utc>,
    /// 0 runs first, 9 last; 5 is usual.
    pub priority: u8,
    /// After so many failures it is parked as dead.
    pub max_attempts: u32,
}

impl NewJob {
    pub fn new(kind: &'static str, payload: Value, run_at: DateTime<Utc>) -> Self {
        Self { kind, payload, dedupe: None, run_at, priority: 5, max_attempts: 8 }
    }
    #[must_use]
    pub fn dedupe(mut self, text: impl Into<String>) -> Self {
        self.dedupe = Some(text.into());
        self
    }
    #[must_use]
    pub fn priority(mut self, priority: u8) -> Self {
        self.priority = priority;
        self
    }
}

/// Adds a job in the caller's transaction. `None`: one with the same `dedupe` already waits and will see this change.
///
/// The duplicate-key check leaves a lock on the waiting job's key until the caller's transaction ends, so it cannot be
/// claimed, and run too early, in between.
pub async fn enqueue(
    conn: &mut MySqlConnection,
    job: NewJob,
    now: DateTime<Utc>,
) -> Result<Option<JobId>, DbError> {
    match store::insert(conn, &job, now).await {
        Err(e) if e.duplicate_key() == Some("uq_jobs_dedupe") => Ok(None),
        other => other.map(Some),
    }
}
