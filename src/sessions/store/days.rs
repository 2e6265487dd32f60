//! SQL of the ledger summed by day: what statistics read instead of a million rows.
//!
//! `session_days` and `session_day_people` hold the ledger up to the mark's `done_id`. Whoever changes what is below it (a grant's
//! category, an account's being a test) changes the sums in the same transaction, under the mark's lock.
use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::json;
use sqlx::{AssertSqlSafe, MySqlConnection, QueryBuilder};

use crate::{
    core::{
        calendar::{self, Stretch},
        ids::{AccountId, CategoryId, GrantId},
    },
    db::{Corrupt, DbError, one_row},
};

/// The name of the mark.
const MARK: &str = "days";

/// The ledger as statistics count it: `SELECT` and columns of [`FROM`].
///
/// What a reservation does is no movement. Sessions expire on their last day, which ends where the instant of their expiry
/// begins. Those that were written off and, with another expiry, are left again did not expire: they are taken off that day.
pub const COLUMNS: &str = "
    e.id, e.account_id, e.grant_id, a.is_test, g.kind, COALESCE(g.category_id, 0) AS category_id,
    IF(e.kind = 'restore' AND g.kind = 'free', 'expire', e.kind) AS entry,
    IF(e.kind = 'restore' AND g.kind = 'free', -1, 1) AS entries, e.delta AS sessions,
    IF(e.kind = 'consume', TIMESTAMPDIFF(SECOND, g.created_at, e.at), 0) AS wait_seconds,
    CASE WHEN e.kind = 'expire' THEN DATE_SUB(e.at, INTERVAL 1 MICROSECOND)
         WHEN e.kind = 'restore' AND g.kind = 'free'
         THEN DATE_SUB((SELECT MAX(x.at) FROM session_entries x WHERE x.grant_id = e.grant_id AND x.id < e.id AND x.kind = 'expire'), INTERVAL 1 MICROSECOND)
         ELSE e.at END AS at";
/// What [`COLUMNS`] are read from; `session_entries e` comes before it.
pub const FROM: &str = "
    STRAIGHT_JOIN session_grants g ON g.id = e.grant_id
    STRAIGHT_JOIN accounts a ON a.id = e.account_id
    WHERE e.kind NOT IN ('hold', 'release')";
/// Stretches of a zone as a table, from JSON made by [`zone_table`].
/// The parameter stands between the two.
pub const ZONE: (&str, &str) = (
    "JSON_TABLE(",
    ", '$[*]' COLUMNS (since DATETIME(6) PATH '$.since', until DATETIME(6) PATH '$.until', shift INT PATH '$.shift')) z",
);

fn zone_sql() -> String {
    format!("{}?{}", ZONE.0, ZONE.1)
}

/// The parameter of [`ZONE`].
pub fn zone_table(stretches: &[Stretch]) -> String {
    let text = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M:%S%.6f").to_string();
    let rows: Vec<_> = stretches
        .iter()
        .map(|s| json!({"since": text(s.since), "until": text(s.until), "shift": s.shift}))
        .collect();
    serde_json::Value::Array(rows).to_string()
}

/// How far the sums have come.
#[derive(Debug, Clone)]
pub struct Mark {
    /// Whose days they are; `None` before the first row.
    pub zone: Option<Tz>,
    /// The last row of the ledger that is in the sums.
    pub done: u64,
    /// A row that was the last one when it was looked for,
    pub seen: u64,
    /// and when that was.
    pub seen_at: DateTime<Utc>,
}

/// Reads the mark and locks it: everything that changes the sums starts with this.
pub async fn lock(conn: &mut MySqlConnection) -> Result<Mark, DbError> {
    let row = sqlx::query!(
        "SELECT zone, done_id, seen_id, seen_at FROM session_marks WHERE name = ? FOR UPDATE",
        MARK
    )
    .fetch_one(conn)
    .await?;
    let zone = match row.zone.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|_| Corrupt { table: "session_marks", id: 0, column: "zone" })?),
    };
    Ok(Mark { zone, done: row.done_id, seen: row.seen_id, seen_at: row.seen_at })
}

pub async fn save(conn: &mut MySqlConnection, mark: &Mark) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE session_marks SET zone = ?, done_id = ?, seen_id = ?, seen_at = ? WHERE name = ?",
        mark.zone.map_or("", |zone| zone.name()),
        mark.done,
        mark.seen,
        mark.seen_at,
        MARK
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// Forgets every sum.
pub async fn clear(conn: &mut MySqlConnection) -> Result<(), DbError> {
    sqlx::query!("DELETE FROM session_days").execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM session_day_people").execute(conn).await?;
    Ok(())
}

/// The last row of the ledger that anyone can see.
pub async fn last_id(conn: &mut MySqlConnection) -> Result<u64, DbError> {
    let last = sqlx::query_scalar!("SELECT MAX(id) FROM session_entries").fetch_one(conn).await?;
    Ok(last.unwrap_or(0))
}

/// Where a batch of at most `most` rows after `done` ends, `limit` at the latest.
pub async fn batch_end(conn: &mut MySqlConnection, done: u64, limit: u64, most: u32) -> Result<u64, DbError> {
    let end = sqlx::query_scalar!(
        "SELECT id FROM session_entries WHERE id > ? AND id <= ? ORDER BY id LIMIT 1 OFFSET ?",
        done,
        limit,
        most - 1
    )
    .fetch_optional(conn)
    .await?;
    Ok(end.unwrap_or(limit))
}

/// Rows of the ledger.
#[derive(Debug, Clone, Copy)]
pub enum Of {
    /// After the first, up to the second.
    Rows(u64, u64),
    /// One person's.
    Account(AccountId),
    /// One grant's.
    Grant(GrantId),
}

/// Rows of the ledger that are in the sums or enter them, with the days of their zone.
#[derive(Debug)]
pub struct Rows {
    /// With two parameters, of which `bounds` are the values.
    condition: &'static str,
    bounds: (u64, u64),
    zone: String,
}

/// A moment, if there is one.
type Bound = Option<DateTime<Utc>>;

/// Looks at rows up to the mark. `None`: there are none.
pub async fn rows(conn: &mut MySqlConnection, mark: &Mark, of: Of) -> Result<Option<Rows>, DbError> {
    let (condition, bounds) = match of {
        Of::Rows(after, upto) => (" AND e.id > ? AND e.id <= ?", (after, upto)),
        Of::Account(id) => (" AND e.account_id = ? AND e.id <= ?", (id.0, mark.done)),
        Of::Grant(id) => (" AND e.grant_id = ? AND e.id <= ?", (id.0, mark.done)),
    };
    // What is taken off an earlier day lies no earlier than the grant's first row.
    let sql = format!(
        "SELECT MIN(e.at), MAX(e.at), MIN(IF(e.kind = 'restore', (SELECT MIN(x.at) FROM session_entries x WHERE x.grant_id = e.grant_id), NULL))
           FROM session_entries e WHERE TRUE {condition}"
    );
    let (first, last, earlier): (Bound, Bound, Bound) =
        sqlx::query_as(AssertSqlSafe(sql)).bind(bounds.0).bind(bounds.1).fetch_one(conn).await?;
    let (Some(first), Some(last), Some(zone)) = (first, last, mark.zone) else {
        return Ok(None);
    };
    let first = earlier.map_or(first, |earlier| first.min(earlier)) - TimeDelta::microseconds(1);
    Ok(Some(Rows { condition, bounds, zone: zone_table(&calendar::stretches(first, last, zone)) }))
}

/// Adds rows to the sums (`sign` 1) or takes them off again (−1), those of test accounts only if `tests`. `category` counts
/// them under another category than their grant's.
pub async fn add(
    conn: &mut MySqlConnection,
    rows: &Rows,
    sign: i32,
    tests: bool,
    category: Option<CategoryId>,
) -> Result<(), DbError> {
    let sql = format!(
        "INSERT INTO session_days (day, kind, category_id, entry, entries, sessions, wait_seconds)
         SELECT DATE(DATE_ADD(c.at, INTERVAL z.shift SECOND)), c.kind, COALESCE(?, c.category_id), c.entry,
                ? * SUM(c.entries), ? * SUM(c.sessions), ? * SUM(c.wait_seconds)
           FROM (SELECT {COLUMNS} FROM session_entries e {FROM} {condition}) c
           JOIN {zone} ON c.at >= z.since AND c.at < z.until
          WHERE c.is_test = FALSE OR ?
          GROUP BY 1, 2, 3, 4
         ON DUPLICATE KEY UPDATE entries = session_days.entries + VALUES(entries),
                sessions = session_days.sessions + VALUES(sessions), wait_seconds = session_days.wait_seconds + VALUES(wait_seconds)",
        condition = rows.condition,
        zone = zone_sql()
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(category.map(|category| category.0))
        .bind(sign)
        .bind(sign)
        .bind(sign)
        .bind(rows.bounds.0)
        .bind(rows.bounds.1)
        .bind(&rows.zone)
        .bind(tests)
        .execute(conn)
        .await?;
    Ok(())
}

/// A day, kind and category of which people are remembered.
type Key = (NaiveDate, String, u64);

/// Who was given something in these rows.
async fn given(conn: &mut MySqlConnection, rows: &Rows) -> Result<BTreeMap<Key, Vec<u64>>, DbError> {
    let sql = format!(
        "SELECT DATE(DATE_ADD(e.at, INTERVAL z.shift SECOND)), g.kind, CAST(COALESCE(g.category_id, 0) AS UNSIGNED), e.account_id
           FROM session_entries e
           STRAIGHT_JOIN session_grants g ON g.id = e.grant_id
           STRAIGHT_JOIN {zone} ON e.at >= z.since AND e.at < z.until
          WHERE e.kind = 'grant' {condition}",
        condition = rows.condition,
        zone = zone_sql()
    );
    let rows: Vec<(NaiveDate, String, u64, u64)> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(&rows.zone)
        .bind(rows.bounds.0)
        .bind(rows.bounds.1)
        .fetch_all(conn)
        .await?;
    let mut given: BTreeMap<Key, Vec<u64>> = BTreeMap::new();
    for (day, kind, category, account) in rows {
        given.entry((day, kind, category)).or_default().push(account);
    }
    Ok(given)
}

/// Remembers who was given something in these rows. Test accounts are remembered too: whoever counts leaves them out.
pub async fn add_people(conn: &mut MySqlConnection, rows: &Rows) -> Result<(), DbError> {
    let given = given(&mut *conn, rows).await?;
    append_people(conn, given).await
}

async fn append_people(conn: &mut MySqlConnection, given: BTreeMap<Key, Vec<u64>>) -> Result<(), DbError> {
    let given: Vec<_> = given.into_iter().collect();
    for part in given.chunks(500) {
        let mut query =
            QueryBuilder::new("INSERT INTO session_day_people (day, kind, category_id, accounts) ");
        query.push_values(part, |mut row, ((day, kind, category), accounts)| {
            let bytes: Vec<u8> = accounts.iter().flat_map(|id| id.to_be_bytes()).collect();
            row.push_bind(day).push_bind(kind).push_bind(category).push_bind(bytes);
        });
        query.push(
            " ON DUPLICATE KEY UPDATE accounts = CONCAT(session_day_people.accounts, VALUES(accounts))",
        );
        query.build().execute(&mut *conn).await?;
    }
    Ok(())
}

/// A grant, which is already in its new category, leaves the old one's sums.
pub async fn recategorise(
    conn: &mut MySqlConnection,
    mark: &Mark,
    grant: GrantId,
    from: CategoryId,
) -> Result<(), DbError> {
    let Some(rows) = rows(&mut *conn, mark, Of::Grant(grant)).await? else {
        return Ok(());
    };
    add(conn, &rows, -1, false, Some(from)).await?;
    add(conn, &rows, 1, false, None).await?;
    let given = given(&mut *conn, &rows).await?;
    for ((day, kind, _), accounts) in &given {
        let row = sqlx::query_scalar!(
            "SELECT accounts FROM session_day_people WHERE day = ? AND kind = ? AND category_id = ?",
            day,
            kind,
            from
        )
        .fetch_optional(&mut *conn)
        .await?;
        let mut left: Vec<u8> = row.unwrap_or_default();
        for account in accounts {
            let bytes = account.to_be_bytes();
            if let Some(at) = left.chunks(8).position(|chunk| chunk == bytes) {
                left.drain(at * 8..at * 8 + 8);
            }
        }
        sqlx::query!(
            "UPDATE session_day_people SET accounts = ? WHERE day = ? AND kind = ? AND category_id = ?",
            left,
            day,
            kind,
            from
        )
        .execute(&mut *conn)
        .await?;
    }
    append_people(conn, given).await
}
