//! Imports of licences: drafted, counted, confirmed, stopped, called off.
pub mod run;

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::MySqlConnection;

use super::{
    domain::{
        Import, Reason, Refusal, State,
        file::{self, Bad, Row, Unusable},
    },
    store::{self, rows::NewRow},
};
use crate::{
    accounts,
    app::App,
    audit::{self, Record},
    core::{
        actor::Actor,
        calendar,
        feature::FeatureCode,
        ids::{AccountId, LicenceImportId, ShopId},
    },
    db::{DbError, Transient},
    entitlements, jobs,
    licences::{self, domain::Plan},
    runs,
};

/// The job that applies.
pub const RUN: &str = "licences.import";

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no such import")]
    NotFound,
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Licence(#[from] licences::service::Error),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Transient for Error {
    fn is_transient(&self) -> bool {
        match self {
            Self::Db(e) => e.is_transient(),
            Self::Licence(e) => e.is_transient(),
            Self::NotFound | Self::Refused(_) => false,
        }
    }
}

/// What each row says, once it is known whom it names and which features there are.
async fn judged<'a>(
    conn: &mut MySqlConnection,
    rows: &'a [Row],
    shop: Option<ShopId>,
) -> Result<Vec<NewRow<'a>>, DbError> {
    let named: Vec<_> = rows.iter().map(|row| row.says.as_ref().ok().map(|(person, _)| person)).collect();
    let people = accounts::named(conn, &named, shop).await?;
    let mut offered: BTreeMap<&FeatureCode, bool> = BTreeMap::new();
    for (_, values) in rows.iter().filter_map(|row| row.says.as_ref().ok()) {
        if !offered.contains_key(&values.feature) {
            let is_offered = entitlements::is_offered(conn, &values.feature).await?;
            offered.insert(&values.feature, is_offered);
        }
    }
    let mut seen: HashSet<(AccountId, &FeatureCode, Plan)> = HashSet::new();
    let judge = |(row, account): (&'a Row, Option<AccountId>)| {
        let bad = |reason, cell: &str| Err(Bad { reason, cell: cell.to_owned() });
        let says = match (&row.says, account) {
            (Err(wrong), _) => Err(wrong.clone()),
            (Ok(_), None) => bad(Reason::Unknown, ""),
            (Ok((_, values)), Some(_)) if offered.get(&values.feature) != Some(&true) => {
                bad(Reason::FeatureUnknown, values.feature.as_str())
            }
            (Ok((_, values)), Some(account)) if seen.insert((account, &values.feature, values.plan)) => {
                Ok((account, values))
            }
            (Ok(_), Some(_)) => bad(Reason::Repeated, ""),
        };
        NewRow { no: row.no, label: &row.label, says }
    };
    Ok(rows.iter().zip(people).map(judge).collect())
}

/// Reads a file, with the names that features have today.
pub async fn read(app: &App, bytes: &[u8]) -> Result<Result<Vec<Row>, Unusable>, DbError> {
    let features = entitlements::store::features(&mut *app.db.conn().await?).await?;
    let names: Vec<_> = features.into_iter().map(|feature| (feature.code, feature.name)).collect();
    let today = calendar::day_of(app.clock.now(), app.config.timezone);
    Ok(file::read(bytes, today, &names))
}

/// Writes a draft of what a file says. `shop`: whose the user numbers are.
pub async fn draft(
    app: &App,
    file_name: &str,
    rows: &[Row],
    shop: Option<ShopId>,
    by: &Actor,
) -> Result<Import, Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let judged = judged(&mut tx, rows, shop).await?;
            let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            let failed = small(judged.iter().filter(|row| row.says.is_err()).count());
            let id = store::insert(&mut tx, file_name, (small(judged.len()), failed), by, now).await?;
            store::rows::insert(&mut tx, id, &judged, now).await?;
            let import = store::find(&mut tx, id).await?.ok_or(DbError::Stale)?;
            Ok(tx.done(import).await?)
        })
        .await
}

async fn enqueue(conn: &mut MySqlConnection, id: LicenceImportId, now: DateTime<Utc>) -> Result<(), DbError> {
    // One that waits already will see this change.
    let _new = jobs::enqueue(conn, runs::job(RUN, id, now), now).await?;
    Ok(())
}

fn record<'a>(import: &Import, action: &'static str, by: &'a Actor, now: DateTime<Utc>) -> Record<'a> {
    Record::new(now, by, action, "licence_import", import.id)
}

/// Confirms a draft: its rows are applied. Confirming again changes nothing.
pub async fn confirm(app: &App, id: LicenceImportId, by: &Actor) -> Result<Import, Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let import = store::lock(&mut tx, id).await?.ok_or(Error::NotFound)?;
            match import.state {
                State::Draft => {}
                State::Cancelled => return Err(Refusal::Over(import.state).into()),
                _ => return Ok(tx.undone(import).await?),
            }
            if import.left() == 0 {
                return Err(Refusal::Nothing.into());
            }
            store::TABLES.start(&mut tx, id.0, import.state.as_str(), now).await?;
            enqueue(&mut tx, id, now).await?;
            let detail = json!({"rows": import.total, "bad_rows": import.failed});
            audit::record(&mut tx, record(&import, "licence_import.started", by, now).detail(detail)).await?;
            let import = store::find(&mut tx, id).await?.ok_or(DbError::Stale)?;
            Ok(tx.done(import).await?)
        })
        .await
}

fn so_far(import: &Import) -> serde_json::Value {
    json!({"licences_given": import.given, "licences_changed": import.changed, "rows_left": import.left()})
}

/// Stops a running one after the stretch it is at. The rows that were not reached keep waiting.
pub async fn stop(app: &App, id: LicenceImportId, by: &Actor) -> Result<(), Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let import = store::lock(&mut tx, id).await?.ok_or(Error::NotFound)?;
            let to = import.state.stop()?;
            store::TABLES.finish(&mut tx, id.0, (import.state.as_str(), to.as_str()), now).await?;
            let record = record(&import, "licence_import.stopped", by, now).detail(so_far(&import));
            audit::record(&mut tx, record).await?;
            Ok(tx.done(()).await?)
        })
        .await
}

/// Goes on after a stop, or where its work died.
pub async fn resume(app: &App, id: LicenceImportId, by: &Actor) -> Result<(), Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let import = store::lock(&mut tx, id).await?.ok_or(Error::NotFound)?;
            import.state.resume()?;
            store::TABLES.start(&mut tx, id.0, import.state.as_str(), now).await?;
            enqueue(&mut tx, id, now).await?;
            let record = record(&import, "licence_import.started", by, now).detail(so_far(&import));
            audit::record(&mut tx, record).await?;
            Ok(tx.done(()).await?)
        })
        .await
}

/// Calls off a draft. Final.
pub async fn cancel(app: &App, id: LicenceImportId, by: &Actor) -> Result<(), Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let import = store::lock(&mut tx, id).await?.ok_or(Error::NotFound)?;
            let to = import.state.cancel()?;
            store::TABLES.finish(&mut tx, id.0, (import.state.as_str(), to.as_str()), now).await?;
            audit::record(&mut tx, record(&import, "licence_import.cancelled", by, now)).await?;
            Ok(tx.done(()).await?)
        })
        .await
}

/// Forgets a draft. False: it is none any more.
pub async fn forget(app: &App, id: LicenceImportId) -> Result<bool, DbError> {
    runs::forget(app, store::TABLES, id.0).await
}

/// Forgets drafts that nobody confirmed for [`runs::DRAFT_DAYS`]. Answers how many.
pub async fn tidy(app: &App) -> Result<u32, DbError> {
    runs::tidy(app, store::TABLES).await
}
