//! Background work of bulk assignments.
use serde::Deserialize;

use super::service::{
    self, Error,
    undo::{self, By},
};
use crate::{
    app::App,
    core::ids::BulkRunId,
    jobs::{store::Claimed, worker::JobError},
    web::lang::Lang,
};

#[derive(Debug, Deserialize)]
struct Giving {
    run: BulkRunId,
}

#[derive(Debug, Deserialize)]
struct Undoing {
    run: BulkRunId,
    by: By,
}

impl From<Error> for JobError {
    fn from(e: Error) -> Self {
        match e {
            Error::Db(e) => e.into(),
            other => Self::new("bulk", other),
        }
    }
}

fn bad_payload(e: serde_json::Error) -> JobError {
    JobError::fatal("bad_payload", e)
}

/// `sessions.bulk`: gives.
pub async fn give(app: &App, job: &Claimed) -> Result<(), JobError> {
    let Giving { run } = serde_json::from_value(job.payload.clone()).map_err(bad_payload)?;
    Ok(service::run::work(app, run).await?)
}

/// `sessions.bulk_undo`: takes back.
pub async fn take_back(app: &App, job: &Claimed) -> Result<(), JobError> {
    let Undoing { run, by } = serde_json::from_value(job.payload.clone()).map_err(bad_payload)?;
    let lang = Lang::parse(&app.config.locale).unwrap_or_default();
    let reason = lang.ta("bulk-undo-reason", &[("id", &run.to_string())]);
    Ok(undo::work(app, run, &by.actor(), &reason).await?)
}
