//! The one list of what repeats by itself, and when.
use std::time::Duration;

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::json;
use sqlx::MySqlConnection;

use super::{NewJob, worker::JobError};
use crate::{
    app::App,
    core::{calendar, ids::JobId},
    db::DbError,
};

/// How often something repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    /// This long after it was last enqueued.
    Interval(Duration),
    /// Once a day at this wall-clock time in the business zone. A night that skips the hour, or has it twice, has one run.
    Day { hour: u32, minute: u32 },
}

/// A repeated job.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// Also the kind of the job it enqueues.
    pub name: &'static str,
    pub every: Every,
}

/// Everything that repeats.
pub const SCHEDULES: &[Schedule] = &[
    Schedule { name: "shops.watch", every: Every::Interval(Duration::from_mins(5)) },
    Schedule { name: "shops.sweep", every: Every::Interval(Duration::from_mins(15)) },
    Schedule { name: "shops.reread", every: Every::Day { hour: 3, minute: 30 } },
    Schedule { name: "sessions.rollup", every: Every::Interval(Duration::from_mins(5)) },
    Schedule { name: "sessions.reservations", every: Every::Interval(Duration::from_mins(1)) },
    Schedule { name: "entitlements.reservations", every: Every::Interval(Duration::from_mins(1)) },
    // Expiries bite at midnight by themselves; written off soon after, the shop's member field and statistics follow.
    Schedule { name: "sessions.expire", every: Every::Day { hour: 0, minute: 5 } },
    Schedule { name: "sessions.notices", every: Every::Day { hour: 9, minute: 0 } },
    Schedule { name: "licences.notices", every: Every::Day { hour: 9, minute: 0 } },
    Schedule { name: "sessions.member_meta", every: Every::Interval(Duration::from_mins(1)) },
    Schedule { name: "sessions.member_meta_check", every: Every::Day { hour: 4, minute: 40 } },
    Schedule { name: "tidy.hourly", every: Every::Interval(Duration::from_hours(1)) },
    Schedule { name: "tidy.daily", every: Every::Day { hour: 4, minute: 10 } },
];

impl Schedule {
    /// The first run after `now`.
    pub fn next_after(&self, now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        match self.every {
            Every::Interval(period) => now + TimeDelta::from_std(period).unwrap_or(TimeDelta::hours(1)),
            Every::Day { hour, minute } => {
                let at = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(NaiveTime::MIN);
                let today = calendar::day_of(now, zone);
                (0..3)
                    .filter_map(|ahead| today.checked_add_days(Days::new(ahead)))
                    .map(|day| calendar::resolve(day.and_time(at), zone))
                    .find(|run| *run > now)
                    .unwrap_or(now + TimeDelta::days(1))
            }
        }
    }
}

/// Enqueues every schedule that is due. Safe from any number of processes: one of them moves `next_at`.
pub async fn enqueue_due(app: &App, now: DateTime<Utc>) -> Result<(), DbError> {
    let mut conn = app.db.conn().await?;
    let rows =
        sqlx::query!(r#"SELECT name, next_at, paused_at IS NOT NULL AS "paused!: bool" FROM schedules"#)
            .fetch_all(&mut *conn)
            .await?;
    drop(conn);
    for schedule in SCHEDULES {
        let row = rows.iter().find(|row| row.name == schedule.name);
        let due = match row {
            None => None,
            Some(row) if row.paused || row.next_at > now => continue,
            Some(row) => Some(row.next_at),
        };
        app.db
            .transact(|mut tx| async move {
                let next = schedule.next_after(now, app.config.timezone);
                let mine = match due {
                    // A new schedule starts at once, so that a fresh installation is watched from its first minute.
                    None => first_time(&mut tx, schedule.name, next, now).await?,
                    Some(due) => move_on(&mut tx, schedule.name, due, next, now).await?,
                };
                if mine {
                    let _new = enqueue(&mut tx, schedule.name, now).await?;
                }
                tx.done(()).await
            })
            .await?;
    }
    Ok(())
}

/// The schedule of a name.
pub fn find(name: &str) -> Option<&'static Schedule> {
    SCHEDULES.iter().find(|schedule| schedule.name == name)
}

/// `None`: a run of it waits already.
pub(super) async fn enqueue(
    conn: &mut MySqlConnection,
    name: &'static str,
    now: DateTime<Utc>,
) -> Result<Option<JobId>, DbError> {
    super::enqueue(conn, NewJob::new(name, json!({}), now).dedupe(name), now).await
}

async fn first_time(
    conn: &mut MySqlConnection,
    name: &str,
    next: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let inserted = sqlx::query!(
        "INSERT INTO schedules (name, next_at, last_enqueued_at) VALUES (?, ?, ?)",
        name,
        next,
        now
    )
    .execute(conn)
    .await
    .map_err(DbError::from);
    match inserted {
        Ok(_) => Ok(true),
        Err(e) if e.duplicate_key().is_some() => Ok(false),
        Err(e) => Err(e),
    }
}

async fn move_on(
    conn: &mut MySqlConnection,
    name: &str,
    due: DateTime<Utc>,
    next: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "UPDATE schedules SET next_at = ?, last_enqueued_at = ? WHERE name = ? AND next_at = ?",
        next,
        now,
        name,
        due
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Runs a schedule now, whatever its time. False: no such schedule.
pub async fn run_now(app: &App, name: &str, now: DateTime<Utc>) -> Result<bool, DbError> {
    let Some(schedule) = find(name) else {
        return Ok(false);
    };
    app.db
        .transact(|mut tx| async move {
            let _new = enqueue(&mut tx, schedule.name, now).await?;
            tx.done(true).await
        })
        .await
}

/// Remembers how the last run of a schedule went; other jobs are not schedules and leave nothing.
pub async fn note_outcome(
    conn: &mut MySqlConnection,
    kind: &str,
    outcome: &Result<(), JobError>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    if find(kind).is_none() {
        return Ok(());
    }
    let note = outcome.as_ref().err().map(|e| e.to_string().chars().take(500).collect::<String>());
    sqlx::query!(
        "UPDATE schedules SET last_finished_at = ?, last_ok = ?, last_note = ? WHERE name = ?",
        now,
        outcome.is_ok(),
        note,
        kind
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A schedule with what is known of its runs, for the page.
#[derive(Debug, Clone)]
pub struct Known {
    pub name: String,
    pub next_at: DateTime<Utc>,
    pub last_finished_at: Option<DateTime<Utc>>,
    pub last_ok: Option<bool>,
    /// Why the last run failed: code, colon, detail.
    pub last_note: Option<String>,
    pub is_paused: bool,
}

pub async fn list(conn: &mut MySqlConnection) -> Result<Vec<Known>, DbError> {
    Ok(sqlx::query_as!(
        Known,
        r#"SELECT name, next_at, last_finished_at, last_ok AS "last_ok: bool", last_note,
                  paused_at IS NOT NULL AS "is_paused!: bool"
             FROM schedules ORDER BY next_at, name"#
    )
    .fetch_all(conn)
    .await?)
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Madrid;

    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_nightly_job_runs_once_on_the_night_without_its_hour_and_once_on_the_night_with_two() {
        let nightly = Schedule { name: "x", every: Every::Day { hour: 2, minute: 30 } };
        let spring = nightly.next_after(utc("2026-03-28T23:30:00Z"), Madrid);
        assert_eq!(spring, utc("2026-03-29T01:00:00Z"));
        assert_eq!(nightly.next_after(spring, Madrid), utc("2026-03-30T00:30:00Z"));
        let autumn = nightly.next_after(utc("2026-10-24T23:00:00Z"), Madrid);
        assert_eq!(autumn, utc("2026-10-25T00:30:00Z"));
        assert_eq!(nightly.next_after(autumn, Madrid), utc("2026-10-26T01:30:00Z"));
    }
}
