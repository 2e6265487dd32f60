//! Bulk assignments: drafted, counted, confirmed, stopped, called off, repeated.
pub mod run;
pub mod undo;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::json;
use sqlx::MySqlConnection;

use super::{
    domain::{
        Counts, Criteria, Reason, Refusal, Run, Source, State, Wish,
        csv::{Named, Row},
    },
    people::{self, Asked},
    store::{
        self,
        items::{self, NewItem},
    },
};
use crate::{
    accounts,
    app::App,
    audit::{self, Record},
    core::{
        actor::Actor,
        calendar,
        ids::{AccountId, BulkRunId, ShopId},
    },
    db::{DbError, Transient},
    jobs, runs,
    sessions::{
        service::{Error as SessionError, gifts::MOST_PER_GRANT},
        store::categories,
    },
};

/// The job that gives.
pub const RUN: &str = "sessions.bulk";
/// The job that takes back.
pub const UNDO: &str = "sessions.bulk_undo";

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no such bulk assignment")]
    NotFound,
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What is to be given cannot be.
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Transient for Error {
    fn is_transient(&self) -> bool {
        match self {
            Self::Db(e) => e.is_transient(),
            Self::Session(e) => e.is_transient(),
            Self::NotFound | Self::Refused(_) => false,
        }
    }
}

/// Where the people of a new draft come from.
#[derive(Debug, Clone)]
pub enum From {
    Filter(Criteria),
    /// Rows of a file or of an app; user numbers are those of `shop`.
    List {
        file_name: String,
        rows: Vec<Row>,
        shop: Option<ShopId>,
    },
    /// The same people as another run's: its filter, or its list.
    Run(BulkRunId),
}

fn asked(run: &Run, now: DateTime<Utc>, zone: Tz) -> Asked {
    Asked { now, zone, category: run.wish.category }
}

/// Writes a draft, with its list if it has one, in the caller's transaction.
pub async fn draft_in(
    conn: &mut MySqlConnection,
    from: &From,
    wish: &Wish,
    by: &Actor,
    now: DateTime<Utc>,
    zone: Tz,
) -> Result<Run, Error> {
    let category = categories::find(conn, wish.category).await?.ok_or(SessionError::NotFound)?;
    if category.is_retired {
        return Err(SessionError::Retired.into());
    }
    if !(1..=MOST_PER_GRANT).contains(&wish.quantity) {
        return Err(SessionError::Refused(crate::sessions::domain::Refusal::AmountOutOfRange).into());
    }
    if wish.run_at.is_some_and(|at| at <= now) {
        return Err(Refusal::Late.into());
    }
    let day = calendar::day_of(wish.run_at.unwrap_or(now), zone);
    wish.expiry.ends_at(day, zone).map_err(SessionError::from)?;
    let original = match from {
        From::Run(id) => Some(store::find(conn, *id).await?.ok_or(Error::NotFound)?),
        From::Filter(_) | From::List { .. } => None,
    };
    let source = match (from, &original) {
        (From::Filter(criteria), _) => Source::Filter(criteria.clone()),
        (From::List { file_name, .. }, _) => Source::List { file_name: file_name.clone() },
        (From::Run(_), original) => original.as_ref().map(|run| run.source.clone()).ok_or(Error::NotFound)?,
    };
    let id = store::insert(conn, &source, wish, by, now).await?;
    match (from, &original) {
        (From::List { rows, shop, .. }, _) => write_rows(conn, id, rows, *shop, now).await?,
        (From::Run(_), Some(Run { id: from, source: Source::List { .. }, .. })) => {
            items::copy(conn, *from, id, now).await?;
        }
        _ => {}
    }
    if matches!(source, Source::List { .. }) {
        let counts = items::counts(conn, id, wish.category, now).await?;
        store::set_counts(conn, id, counts).await?;
    }
    Ok(store::find(conn, id).await?.ok_or(DbError::Stale)?)
}

/// The rows of a list with whom they name: the second row of a person is told, not counted twice.
async fn write_rows(
    conn: &mut MySqlConnection,
    run: BulkRunId,
    rows: &[Row],
    shop: Option<ShopId>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let named = |row: &'_ Row| match &row.key {
        Named::One(person) => Some(person.clone()),
        Named::Unreadable | Named::Repeated => None,
    };
    let named: Vec<_> = rows.iter().map(named).collect();
    let named: Vec<_> = named.iter().map(Option::as_ref).collect();
    let found = accounts::named(conn, &named, shop).await?;
    let mut seen = std::collections::HashSet::<AccountId>::new();
    let items: Vec<NewItem<'_>> = rows
        .iter()
        .zip(found)
        .map(|(row, account)| {
            let who = match (&row.key, account) {
                (Named::Unreadable, _) => Err(Reason::Unreadable),
                (Named::One(_), None) => Err(Reason::Unknown),
                (Named::One(_), Some(account)) if seen.insert(account) => Ok(account),
                (Named::Repeated, _) | (Named::One(_), Some(_)) => Err(Reason::Repeated),
            };
            NewItem { row: row.no, label: &row.label, who }
        })
        .collect();
    items::insert(conn, run, &items, now).await
}

/// Writes a draft.
pub async fn draft(app: &App, from: &From, wish: &Wish, by: &Actor) -> Result<Run, Error> {
    let (now, zone) = (app.clock.now(), app.config.timezone);
    app.db
        .transact(|mut tx| async move {
            let run = draft_in(&mut tx, from, wish, by, now, zone).await?;
            Ok(tx.done(run).await?)
        })
        .await
}

/// Who would get something if it began now.
pub async fn counts(
    conn: &mut MySqlConnection,
    run: &Run,
    now: DateTime<Utc>,
    zone: Tz,
) -> Result<Counts, DbError> {
    match &run.source {
        Source::Filter(criteria) => people::count(conn, criteria, asked(run, now, zone)).await,
        Source::List { .. } => items::counts(conn, run.id, run.wish.category, now).await,
    }
}

async fn enqueue_run(
    conn: &mut MySqlConnection,
    run: BulkRunId,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    // One that waits already will see this change.
    let _new = jobs::enqueue(conn, runs::job(RUN, run, at), now).await?;
    Ok(())
}

/// Confirms a draft in the caller's transaction. Confirming again changes nothing.
pub async fn confirm_in(
    conn: &mut MySqlConnection,
    id: BulkRunId,
    gives_again: bool,
    by: &Actor,
    now: DateTime<Utc>,
    zone: Tz,
) -> Result<Run, Error> {
    let run = store::lock(conn, id).await?.ok_or(Error::NotFound)?;
    match run.state {
        State::Draft => {}
        State::Cancelled => return Err(Refusal::Over(run.state).into()),
        _ => return Ok(run),
    }
    let to = run.state.confirm(run.wish.run_at, now)?;
    let counts = counts(conn, &run, now, zone).await?;
    let people = counts.receive(gives_again);
    // Who fits a filter may change until its time comes; nobody now and at once is a mistake.
    if people == 0 && to == State::Running {
        return Err(Refusal::Nobody.into());
    }
    store::confirm(conn, id, to, gives_again, now).await?;
    enqueue_run(conn, id, run.wish.run_at.unwrap_or(now), now).await?;
    let action = if to == State::Scheduled {
        Record::new(now, by, "session_bulk.scheduled", "bulk_run", id)
    } else {
        Record::new(now, by, "session_bulk.started", "bulk_run", id)
    };
    let detail = json!({"people": people, "sessions_each": run.wish.quantity, "run_at": run.wish.run_at});
    audit::record(conn, action.detail(detail)).await?;
    Ok(store::find(conn, id).await?.ok_or(DbError::Stale)?)
}

/// Confirms a draft: it begins now, or at its time.
pub async fn confirm(app: &App, id: BulkRunId, gives_again: bool, by: &Actor) -> Result<Run, Error> {
    let (now, zone) = (app.clock.now(), app.config.timezone);
    app.db
        .transact(|mut tx| async move {
            let run = confirm_in(&mut tx, id, gives_again, by, now, zone).await?;
            Ok(tx.done(run).await?)
        })
        .await
}

/// Stops a running one after the stretch it is at. Whoever was not reached keeps waiting.
pub async fn stop(app: &App, id: BulkRunId, by: &Actor) -> Result<(), Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let run = store::lock(&mut tx, id).await?.ok_or(Error::NotFound)?;
            let to = run.state.stop()?;
            store::TABLES.finish(&mut tx, id.0, (run.state.as_str(), to.as_str()), now).await?;
            let detail = json!({"given": run.given, "left": run.left()});
            let record = Record::new(now, by, "session_bulk.stopped", "bulk_run", id).detail(detail);
            audit::record(&mut tx, record).await?;
            Ok(tx.done(()).await?)
        })
        .await
}

/// Goes on after a stop, or where its work died.
pub async fn resume(app: &App, id: BulkRunId, by: &Actor) -> Result<(), Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let run = store::lock(&mut tx, id).await?.ok_or(Error::NotFound)?;
            if run.state.resume()? == State::Undoing {
                undo::enqueue(&mut tx, id, by, now).await?;
            } else {
                store::TABLES.start(&mut tx, id.0, run.state.as_str(), now).await?;
                enqueue_run(&mut tx, id, now, now).await?;
                let detail = json!({"given": run.given, "left": run.left()});
                let record = Record::new(now, by, "session_bulk.started", "bulk_run", id).detail(detail);
                audit::record(&mut tx, record).await?;
            }
            Ok(tx.done(()).await?)
        })
        .await
}

/// Calls off what has not begun. Final.
pub async fn cancel(app: &App, id: BulkRunId, by: &Actor) -> Result<(), Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let run = store::lock(&mut tx, id).await?.ok_or(Error::NotFound)?;
            let to = run.state.cancel()?;
            store::TABLES.finish(&mut tx, id.0, (run.state.as_str(), to.as_str()), now).await?;
            let record = Record::new(now, by, "session_bulk.cancelled", "bulk_run", id)
                .detail(json!({"run_at": run.wish.run_at}));
            audit::record(&mut tx, record).await?;
            Ok(tx.done(()).await?)
        })
        .await
}

/// A new draft with the same people and the same gift, to begin as soon as it is confirmed.
pub async fn repeat(app: &App, id: BulkRunId, by: &Actor) -> Result<Run, Error> {
    let run = store::find(&mut *app.db.conn().await?, id).await?.ok_or(Error::NotFound)?;
    let wish = Wish { run_at: None, gives_again: false, ..run.wish };
    draft(app, &From::Run(id), &wish, by).await
}

/// Forgets drafts that nobody confirmed for [`runs::DRAFT_DAYS`]. Answers how many.
pub async fn tidy(app: &App) -> Result<u32, DbError> {
    runs::tidy(app, store::TABLES).await
}
