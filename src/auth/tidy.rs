//! Deletes what nobody can use any more: used nonces, old links, forgotten attempts, logins that ended long ago.
//!
//! Nothing depends on it: everything here ends by its own time stamp.
use chrono::{DateTime, TimeDelta, Utc};

use super::store;
use crate::db::{Db, DbError};

/// Rows of one statement, so that no lock is held for long.
const BATCH: u32 = 1000;

/// Deletes it, in small steps. Returns how many rows.
pub async fn tidy(db: &Db, now: DateTime<Utc>) -> Result<u64, DbError> {
    let day_ago = now - TimeDelta::days(1);
    let mut conn = db.conn().await?;
    let mut rows = 0;
    loop {
        let step = store::handoff::purge(&mut conn, day_ago, BATCH).await?
            + store::links::purge(&mut conn, day_ago, BATCH).await?
            + store::throttle::purge(&mut conn, day_ago, BATCH).await?
            // People look back at where they were signed in.
            + store::logins::purge(&mut conn, now - TimeDelta::days(90), BATCH).await?;
        rows += step;
        if step == 0 {
            return Ok(rows);
        }
    }
}
