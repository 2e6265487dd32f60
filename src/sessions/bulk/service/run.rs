//! Giving: the list is made once, then worked off in stretches, each of them one transaction.
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::json;
use sqlx::MySqlConnection;

use super::{Error, asked};
use crate::{
    accounts,
    app::App,
    audit::{self, Record},
    core::{actor::Actor, calendar, ids::BulkRunId},
    db::DbError,
    sessions::{
        bulk::{
            domain::{Reason, Run, Source, State},
            people,
            store::{
                self,
                giving::{self, Stretch},
                items,
            },
        },
        service::debts,
        store as sessions,
    },
};

/// People of one stretch.
pub const STRETCH: u32 = 2000;
/// Who begins and ends it.
const ITSELF: Actor = Actor::System { name: "bulk" };

/// Does everything that is left to do. It may be called any number of times, in any number of processes.
pub async fn work(app: &App, id: BulkRunId) -> Result<(), Error> {
    if begin(app, id).await? {
        while step(app, id, STRETCH).await? {}
    }
    Ok(())
}

/// Begins a run whose time has come, and makes its list. False: there is nothing to do.
pub async fn begin(app: &App, id: BulkRunId) -> Result<bool, Error> {
    let (now, zone) = (app.clock.now(), app.config.timezone);
    app.db
        .transact(|mut tx| async move {
            // Forgotten, called off, stopped or done: there is no work.
            let Some(run) = store::lock(&mut tx, id).await? else {
                return Ok(tx.undone(false).await?);
            };
            match run.state {
                State::Scheduled if run.wish.run_at.is_none_or(|at| at <= now) => {
                    store::TABLES.start(&mut tx, id.0, run.state.as_str(), now).await?;
                    let record = Record::new(now, &ITSELF, "session_bulk.started", "bulk_run", id);
                    audit::record(&mut tx, record).await?;
                }
                State::Running if run.started_at.is_none() => {
                    store::TABLES.start(&mut tx, id.0, run.state.as_str(), now).await?;
                }
                State::Running => {}
                _ => return Ok(tx.undone(false).await?),
            }
            if run.listed_at.is_none() {
                make_list(&mut tx, &run, now, zone).await?;
            }
            Ok(tx.done(true).await?)
        })
        .await
}

async fn make_list(
    conn: &mut MySqlConnection,
    run: &Run,
    now: DateTime<Utc>,
    zone: Tz,
) -> Result<(), DbError> {
    let chosen = match &run.source {
        Source::Filter(criteria) => {
            let listed = people::write_list(conn, run.id, criteria, asked(run, now, zone)).await?;
            u32::try_from(listed).unwrap_or(u32::MAX)
        }
        Source::List { .. } => items::counts(conn, run.id, run.wish.category, now).await?.chosen,
    };
    store::listed(conn, run.id, chosen, now).await
}

/// One stretch of at most `most` people, in one transaction. False: that was all, or it was told to stop.
pub async fn step(app: &App, id: BulkRunId, most: u32) -> Result<bool, Error> {
    let (now, zone) = (app.clock.now(), app.config.timezone);
    app.db
        .transact(|mut tx| async move {
            let run = match store::lock(&mut tx, id).await? {
                Some(run) if run.state == State::Running && run.listed_at.is_some() => run,
                _ => return Ok(tx.undone(false).await?),
            };
            let people = giving::pending(&mut tx, id, most).await?;
            let (Some(first), Some(last)) = (people.first(), people.last()) else {
                let ended = (run.state.as_str(), State::Done.as_str());
                store::TABLES.finish(&mut tx, id.0, ended, now).await?;
                let detail = json!({"given": run.given, "skipped": run.skipped, "failed": run.failed});
                let record =
                    Record::new(now, &ITSELF, "session_bulk.finished", "bulk_run", id).detail(detail);
                audit::record(&mut tx, record).await?;
                return Ok(tx.done(false).await?);
            };
            let stretch = Stretch { run: id, first: *first, last: *last };
            accounts::many::lock(&mut tx, &people).await?;
            give(&mut tx, stretch, &run, now, zone).await?;
            Ok(tx.done(true).await?)
        })
        .await
}

/// Decides and gives, for a stretch whose people are locked.
async fn give(
    conn: &mut MySqlConnection,
    stretch: Stretch,
    run: &Run,
    now: DateTime<Utc>,
    zone: Tz,
) -> Result<(), DbError> {
    let mut failed = giving::fail_merged(conn, stretch, now).await?;
    let category = sessions::categories::find(conn, run.wish.category).await?;
    let expires_at = run.wish.expiry.ends_at(calendar::day_of(now, zone), zone);
    let obstacle = match (category, expires_at) {
        (Some(category), _) if category.is_retired => Err(Reason::CategoryRetired),
        (None, _) => Err(Reason::CategoryRetired),
        (_, Err(_)) => Err(Reason::ExpiryPast),
        (_, Ok(expires_at)) => Ok(expires_at),
    };
    let (mut given, mut skipped) = (0, 0);
    match obstacle {
        Err(reason) => failed += giving::fail(conn, stretch, reason, now).await?,
        Ok(expires_at) => {
            if !run.wish.gives_again {
                skipped = giving::skip_active(conn, stretch, run, now).await?;
            }
            given = giving::give(conn, stretch, run, expires_at, now).await?;
            for (grant, row) in giving::with_debts(conn, stretch).await? {
                let grant = sessions::find(conn, grant).await?.ok_or(DbError::Stale)?;
                debts::settle(conn, &grant, &format!("bulk:{}:{row}", run.id), &run.by, now).await?;
            }
        }
    }
    store::add_outcomes(conn, run.id, given, skipped, failed).await
}
