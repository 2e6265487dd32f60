//! Summing the ledger by day. It only makes statistics quick: what is not summed yet is added whenever somebody asks.
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sqlx::MySqlConnection;

use crate::{
    app::App,
    core::ids::{AccountId, CategoryId, GrantId},
    db::DbError,
    sessions::store::days::{self, Of},
};

/// Rows of the ledger per transaction.
const BATCH: u32 = 20_000;
/// A row that was the last one so long ago has no smaller ones in open transactions any more.
const SETTLED: TimeDelta = TimeDelta::minutes(2);

/// Brings the sums up to date. The sums of a batch and the mark are written in one transaction, so that a process that
/// dies loses and doubles nothing. Answers how many batches.
pub async fn run(app: &App) -> Result<u32, DbError> {
    let mut batches = 0;
    while step(app, BATCH).await? {
        batches += 1;
    }
    Ok(batches)
}

/// One batch. False: nothing is settled that is not summed.
pub async fn step(app: &App, batch: u32) -> Result<bool, DbError> {
    let (now, zone) = (app.clock.now(), app.config.timezone);
    app.db
        .transact(|mut tx| async move {
            let went_on = one(&mut tx, batch, zone, now).await?;
            tx.done(went_on).await
        })
        .await
}

async fn one(conn: &mut MySqlConnection, batch: u32, zone: Tz, now: DateTime<Utc>) -> Result<bool, DbError> {
    let mut mark = days::lock(conn).await?;
    if mark.zone != Some(zone) {
        // Days of another zone are other days: from the beginning.
        days::clear(conn).await?;
        mark.zone = Some(zone);
        mark.done = 0;
    }
    let went_on = mark.done < mark.seen && mark.seen_at + SETTLED <= now;
    if went_on {
        let end = days::batch_end(conn, mark.done, mark.seen, batch).await?;
        if let Some(rows) = days::rows(conn, &mark, Of::Rows(mark.done, end)).await? {
            days::add(conn, &rows, 1, false, None).await?;
            days::add_people(conn, &rows).await?;
        }
        mark.done = end;
    }
    if mark.done >= mark.seen {
        let last = days::last_id(conn).await?;
        if last > mark.seen {
            mark.seen = last;
            mark.seen_at = now;
        }
    }
    days::save(conn, &mark).await?;
    Ok(went_on)
}

/// An account became a test account (`counts` false) or a real one: what it did leaves the sums, or enters them. Its row says
/// so already.
pub async fn recount(conn: &mut MySqlConnection, account: AccountId, counts: bool) -> Result<(), DbError> {
    let mark = days::lock(conn).await?;
    match days::rows(conn, &mark, Of::Account(account)).await? {
        Some(rows) => days::add(conn, &rows, if counts { 1 } else { -1 }, true, None).await,
        None => Ok(()),
    }
}

/// A grant's category was changed from `from`: what it did counts under the new one. Its row says so already.
pub async fn recategorise(
    conn: &mut MySqlConnection,
    grant: GrantId,
    from: CategoryId,
) -> Result<(), DbError> {
    let mark = days::lock(conn).await?;
    days::recategorise(conn, &mark, grant, from).await
}
