//! Which code runs which kind of job. A kind that is not here cannot be enqueued by accident: it fails at once and is parked.
use super::{store::Claimed, worker::JobError};
use crate::app::App;

/// Runs a claimed job.
pub async fn run(app: &App, job: &Claimed) -> Result<(), JobError> {
    match job.kind.as_str() {
        "tidy.hourly" => tidy_hourly(app).await,
        other => Err(JobError::fatal("unknown_kind", other)),
    }
}

async fn tidy_hourly(_app: &App) -> Result<(), JobError> {
    Ok(())
}
