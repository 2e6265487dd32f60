//! SQL of the job queue.
use chrono::{DateTime, Utc};
use sqlx::{MySqlConnection, types::Json};

use super::NewJob;
use crate::{core::ids::JobId, db::DbError};

pub async fn insert(conn: &mut MySqlConnection, job: &NewJob, now: DateTime<Utc>) -> Result<JobId, DbError> {
    let done = sqlx::query!(
        "INSERT INTO jobs (kind, payload, dedupe, state, priority, run_at, max_attempts, created_at)
         VALUES (?, ?, ?, 'ready', ?, ?, ?, ?)",
        job.kind,
        Json(&job.payload),
        job.dedupe,
        job.priority,
        job.run_at,
        job.max_attempts,
        now,
    )
    .execute(conn)
    .await?;
    Ok(JobId(done.last_insert_id()))
}
