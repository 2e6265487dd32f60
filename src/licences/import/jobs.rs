//! Background work of imports of licences.
use serde::Deserialize;

use super::service::{self, Error};
use crate::{
    app::App,
    core::ids::LicenceImportId,
    jobs::{store::Claimed, worker::JobError},
    web::lang::Lang,
};

#[derive(Debug, Deserialize)]
struct Applying {
    run: LicenceImportId,
}

impl From<Error> for JobError {
    fn from(e: Error) -> Self {
        match e {
            Error::Db(e) => e.into(),
            other => Self::new("licence_import", other),
        }
    }
}

/// What stands in the ledger of what an import did, in the house's language.
pub fn reason(app: &App, id: LicenceImportId) -> String {
    let lang = Lang::parse(&app.config.locale).unwrap_or_default();
    lang.ta("licence-import-ledger", &[("id", &id.to_string())])
}

/// `licences.import`: applies the rows that wait.
pub async fn apply(app: &App, job: &Claimed) -> Result<(), JobError> {
    let Applying { run } =
        serde_json::from_value(job.payload.clone()).map_err(|e| JobError::fatal("bad_payload", e))?;
    Ok(service::run::work(app, run, &reason(app, run)).await?)
}
