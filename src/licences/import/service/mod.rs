//! Imports of licences: drafted, counted, confirmed, stopped, called off.
pub mod run;

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use sqlx::MySqlConnection;

use super::{
    domain::{
        DRAFT_DAYS, Import, Reason, Refusal, State,
        file::{self, Bad, Person, Row, Unusable},
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
    entitlements,
    jobs::{self, NewJob},
    licences::{self, domain::Plan},
};

/// The job that applies.
pub const RUN: &str = "licences.import";
/// Attempts: every one of them goes on where the last one ended.
const ATTEMPTS: u32 = 20;
/// Drafts forgotten at once.
const TIDY: u32 = 100;

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

/// The account that each row names, in the order of the rows.
async fn people(
    conn: &mut MySqlConnection,
    rows: &[Row],
    shop: Option<ShopId>,
) -> Result<Vec<Option<AccountId>>, DbError> {
    let (mut emails, mut users) = (Vec::new(), Vec::new());
    for row in rows {
        match &row.says {
            Ok((Person::Email(email), _)) => emails.push(email.as_str().to_owned()),
            Ok((Person::User(id), _)) => users.push(id.to_string()),
            Err(_) => {}
        }
    }
    let emails = accounts::known(conn, &emails, None).await?;
    let users = accounts::known(conn, &users, Some(shop.unwrap_or(ShopId(0)))).await?;
    let of = |row: &Row| match &row.says {
        Ok((Person::Email(email), _)) => emails.get(email.as_str()).copied(),
        Ok((Person::User(id), _)) => users.get(&id.to_string()).copied(),
        Err(_) => None,
    };
    Ok(rows.iter().map(of).collect())
}

/// What each row says, once it is known whom it names and which features there are.
async fn judged<'a>(
    conn: &mut MySqlConnection,
    rows: &'a [Row],
    shop: Option<ShopId>,
) -> Result<Vec<NewRow<'a>>, DbError> {
    let people = people(conn, rows, shop).await?;
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
    // Someone looks at its progress: it does not wait behind a backlog of deliveries (3), and keeps one worker at most busy.
    let job = NewJob { max_attempts: ATTEMPTS, ..NewJob::new(RUN, json!({"run": id}), now) }
        .dedupe(format!("{RUN}:{id}"))
        .priority(2);
    // One that waits already will see this change.
    let _new = jobs::enqueue(conn, job, now).await?;
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
            store::start(&mut tx, id, import.state, now).await?;
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
            store::finish(&mut tx, id, (import.state, to), now).await?;
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
            store::start(&mut tx, id, import.state, now).await?;
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
            store::finish(&mut tx, id, (import.state, to), now).await?;
            audit::record(&mut tx, record(&import, "licence_import.cancelled", by, now)).await?;
            Ok(tx.done(()).await?)
        })
        .await
}

/// Forgets a draft. False: it is none any more.
pub async fn forget(app: &App, id: LicenceImportId) -> Result<bool, DbError> {
    app.db
        .transact(|mut tx| async move {
            match store::lock(&mut tx, id).await? {
                Some(import) if import.state == State::Draft => {
                    store::delete_draft(&mut tx, id).await?;
                    tx.done(true).await
                }
                // Confirmed, or forgotten by another process, just now.
                _ => tx.undone(false).await,
            }
        })
        .await
}

/// Forgets drafts that nobody confirmed for [`DRAFT_DAYS`]. Answers how many.
pub async fn tidy(app: &App) -> Result<u32, DbError> {
    let before = app.clock.now() - TimeDelta::days(DRAFT_DAYS);
    let mut forgotten = 0;
    loop {
        let old = store::old_drafts(&mut *app.db.conn().await?, before, TIDY).await?;
        if old.is_empty() {
            return Ok(forgotten);
        }
        for id in old {
            forgotten += u32::from(forget(app, id).await?);
        }
    }
}
