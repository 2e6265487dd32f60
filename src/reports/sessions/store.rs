//! SQL of the session report: sums by day where they are made, the ledger where they are not yet. Never writes.
use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;
use sqlx::{MySqlConnection, QueryBuilder};

use super::period::{Grain, Period};
use crate::{
    core::{calendar, ids::CategoryId},
    db::{Corrupt, DbError, far},
    sessions::{
        Kind,
        store::{
            EntryKind,
            days::{COLUMNS, FROM, ZONE, zone_table},
        },
    },
};

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    pub period: Period,
    pub before: Option<Period>,
    pub grain: Grain,
    pub kind: Option<Kind>,
    pub category: Option<CategoryId>,
    pub zone: Tz,
    pub now: DateTime<Utc>,
}

impl Ask {
    fn first(&self) -> NaiveDate {
        self.before.map_or(self.period.from, |before| before.from)
    }
    /// The first instant of all that is asked for, and the first after it.
    fn instants(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        (calendar::start_of_day(self.first(), self.zone), calendar::end_of_day(self.period.to, self.zone))
    }
    /// The same, to be bound.
    fn bounds(&self) -> (NaiveDateTime, NaiveDateTime) {
        let (first, end) = self.instants();
        (far(first), far(end))
    }
    fn zone_table(&self) -> String {
        let (first, last) = self.instants();
        zone_table(&calendar::stretches(first, last, self.zone))
    }
    fn narrow(&self, query: &mut QueryBuilder<sqlx::MySql>, kind: &str, category: &str) {
        if let Some(wanted) = self.kind {
            query.push(format!(" AND {kind} = ")).push_bind(wanted.as_str());
        }
        if let Some(wanted) = self.category {
            query.push(format!(" AND {category} = ")).push_bind(wanted.0);
        }
    }
}

/// The ledger after the sums: joins the mark, so that one statement sees both as they belong together.
const MARK: &str = "session_marks m STRAIGHT_JOIN session_entries e ON e.id > IF(m.zone = ";

/// What happened on a day, or within a step of the trend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sum {
    /// A day of the step.
    pub day: NaiveDate,
    pub kind: Kind,
    pub category: Option<CategoryId>,
    pub entry: EntryKind,
    pub entries: i64,
    pub sessions: i64,
    pub wait_seconds: i64,
}

#[derive(sqlx::FromRow)]
struct SumRow {
    day: NaiveDate,
    kind: String,
    category_id: u64,
    entry: String,
    entries: i64,
    sessions: i64,
    wait_seconds: i64,
}

impl TryFrom<SumRow> for Sum {
    type Error = Corrupt;
    fn try_from(row: SumRow) -> Result<Self, Corrupt> {
        let corrupt = |column| Corrupt { table: "session_days", id: 0, column };
        Ok(Self {
            day: row.day,
            kind: Kind::parse(&row.kind).ok_or_else(|| corrupt("kind"))?,
            category: Some(row.category_id).filter(|id| *id > 0).map(CategoryId),
            entry: EntryKind::parse(&row.entry).ok_or_else(|| corrupt("entry"))?,
            entries: row.entries,
            sessions: row.sessions,
            wait_seconds: row.wait_seconds,
        })
    }
}

/// What was given, used and expired in both periods. Sums of one step may come in several rows.
///
/// One statement, so that a batch that enters the sums, or an expiry that is written off meanwhile, counts once.
pub async fn sums(conn: &mut MySqlConnection, ask: &Ask) -> Result<Vec<Sum>, DbError> {
    let (first, end) = ask.bounds();
    let step = match ask.grain {
        Grain::Day => "d.day",
        Grain::Week => "DATE_SUB(d.day, INTERVAL WEEKDAY(d.day) DAY)",
        Grain::Month => "DATE_SUB(d.day, INTERVAL DAYOFMONTH(d.day) - 1 DAY)",
    };
    // 1. The sums.
    let mut query = QueryBuilder::new(
        "SELECT CAST(MIN(d.day) AS DATE) AS day, CAST(d.kind AS CHAR(12)) AS kind, CAST(d.category_id AS UNSIGNED) AS category_id,
                CAST(d.entry AS CHAR(16)) AS entry, CAST(SUM(d.entries) AS SIGNED) AS entries, CAST(SUM(d.sessions) AS SIGNED) AS sessions,
                CAST(SUM(d.wait_seconds) AS SIGNED) AS wait_seconds
           FROM session_marks m STRAIGHT_JOIN session_days d
          WHERE m.name = 'days' AND m.zone = ",
    );
    query.push_bind(ask.zone.name()).push(" AND d.day >= ").push_bind(ask.first());
    query.push(" AND d.day <= ").push_bind(ask.period.to);
    query.push(" AND d.entry IN ('grant', 'consume', 'expire')");
    ask.narrow(&mut query, "d.kind", "d.category_id");
    query.push(" GROUP BY IF(d.day < ").push_bind(ask.period.from);
    query.push(format!(", NULL, {step}), d.kind, d.category_id, d.entry"));
    // 2. What is not in them yet.
    query.push(
        " UNION ALL
         SELECT CAST(DATE(DATE_ADD(c.at, INTERVAL z.shift SECOND)) AS DATE), CAST(c.kind AS CHAR(12)), CAST(c.category_id AS UNSIGNED),
                CAST(c.entry AS CHAR(16)), CAST(SUM(c.entries) AS SIGNED), CAST(SUM(c.sessions) AS SIGNED), CAST(SUM(c.wait_seconds) AS SIGNED)
           FROM (SELECT ",
    );
    query.push(COLUMNS).push(" FROM ").push(MARK).push_bind(ask.zone.name()).push(", m.done_id, 0)");
    query.push(FROM).push(" AND m.name = 'days' AND a.is_test = FALSE) c JOIN ").push(ZONE.0);
    query.push_bind(ask.zone_table()).push(ZONE.1);
    query.push(" ON c.at >= z.since AND c.at < z.until WHERE c.at >= ").push_bind(first);
    query.push(" AND c.at < ").push_bind(end);
    query.push(" AND c.entry IN ('grant', 'consume', 'expire')");
    ask.narrow(&mut query, "c.kind", "c.category_id");
    query.push(" GROUP BY 1, 2, 3, 4");
    // 3. What expired and is not written off: what nobody holds any more. Sessions expire on their last day.
    query.push(
        " UNION ALL
         SELECT CAST(DATE(DATE_ADD(p.at, INTERVAL z.shift SECOND)) AS DATE), CAST(p.kind AS CHAR(12)), CAST(p.category_id AS UNSIGNED),
                'expire', CAST(COUNT(*) AS SIGNED), CAST(-SUM(p.left_over) AS SIGNED), CAST(0 AS SIGNED)
           FROM (SELECT g.kind, COALESCE(g.category_id, 0) AS category_id, DATE_SUB(g.lapses_at, INTERVAL 1 MICROSECOND) AS at,
                        CAST(g.remaining AS SIGNED) - IF(g.held = 0, 0, COALESCE((SELECT SUM(h.amount)
                          FROM session_holds h JOIN session_reservations r ON r.id = h.reservation_id
                         WHERE h.grant_id = g.id AND r.state = 'reserved' AND r.expires_at > ",
    );
    query.push_bind(ask.now);
    query.push("), 0)) AS left_over FROM session_grants g JOIN accounts a ON a.id = g.account_id WHERE a.is_test = FALSE AND g.lapses_at <= ");
    query.push_bind(ask.now).push(" AND g.lapses_at > ").push_bind(first);
    query.push(" AND g.lapses_at <= ").push_bind(end).push(") p JOIN ").push(ZONE.0);
    query.push_bind(ask.zone_table()).push(ZONE.1);
    query.push(" ON p.at >= z.since AND p.at < z.until WHERE p.left_over > 0");
    ask.narrow(&mut query, "p.kind", "p.category_id");
    query.push(" GROUP BY 1, 2, 3");
    let rows: Vec<SumRow> = query.build_query_as().fetch_all(conn).await?;
    Ok(rows.into_iter().map(Sum::try_from).collect::<Result<_, _>>()?)
}

/// How many people were given something, in the period and in the one before.
pub async fn people(conn: &mut MySqlConnection, ask: &Ask) -> Result<[u64; 2], DbError> {
    let (first, end) = ask.bounds();
    let start = far(calendar::start_of_day(ask.period.from, ask.zone));
    let mut query = QueryBuilder::new("SELECT CAST(d.day >= ");
    query.push_bind(ask.period.from);
    query.push(" AS SIGNED), d.accounts FROM session_marks m STRAIGHT_JOIN session_day_people d WHERE m.name = 'days' AND m.zone = ");
    query.push_bind(ask.zone.name()).push(" AND d.day >= ").push_bind(ask.first());
    query.push(" AND d.day <= ").push_bind(ask.period.to);
    ask.narrow(&mut query, "d.kind", "d.category_id");
    query.push(" UNION ALL SELECT CAST(e.at >= ").push_bind(start);
    query.push(" AS SIGNED), UNHEX(LPAD(HEX(e.account_id), 16, '0')) FROM ").push(MARK);
    query
        .push_bind(ask.zone.name())
        .push(", m.done_id, 0) STRAIGHT_JOIN session_grants g ON g.id = e.grant_id");
    query.push(" WHERE m.name = 'days' AND e.kind = 'grant' AND e.at >= ").push_bind(first);
    query.push(" AND e.at < ").push_bind(end);
    ask.narrow(&mut query, "g.kind", "g.category_id");
    let rows: Vec<(i64, Vec<u8>)> = query.build_query_as().fetch_all(&mut *conn).await?;

    // Sums outlive merges, and a test account may have been a real one.
    let merged: HashMap<u64, u64> =
        sqlx::query!(r#"SELECT id, merged_into AS "into!: u64" FROM accounts WHERE merged_into IS NOT NULL"#)
            .fetch_all(&mut *conn)
            .await?
            .into_iter()
            .map(|row| (row.id, row.into))
            .collect();
    let tests: HashSet<u64> = sqlx::query_scalar!("SELECT id FROM accounts WHERE is_test = TRUE")
        .fetch_all(conn)
        .await?
        .into_iter()
        .collect();
    let mut seen = [Vec::new(), Vec::new()];
    for (is_now, accounts) in rows {
        let people = &mut seen[usize::from(is_now == 0)];
        people
            .extend(accounts.chunks_exact(8).filter_map(|id| Some(u64::from_be_bytes(id.try_into().ok()?))));
    }
    Ok(seen.map(|people| {
        let living = people.into_iter().map(|mut id| {
            while let Some(into) = merged.get(&id) {
                id = *into;
            }
            id
        });
        distinct(living.collect(), &tests)
    }))
}

/// Highest number that is told apart by a bit of its own: 16 MiB of them.
const MOST_BITS: u64 = 1 << 27;

/// How many different ones there are, without `tests`.
fn distinct(mut ids: Vec<u64>, tests: &HashSet<u64>) -> u64 {
    let most = ids.iter().copied().max().unwrap_or(0);
    if most >= MOST_BITS {
        ids.sort_unstable();
        ids.dedup();
        let counted = ids.iter().filter(|id| !tests.contains(id)).count();
        return u64::try_from(counted).unwrap_or(u64::MAX);
    }
    // Much quicker than sorting, as long as the numbers are those of a table that is not enormous.
    let word = |id: u64| usize::try_from(id / 64).unwrap_or(usize::MAX);
    let mut bits = vec![0_u64; word(most) + 1];
    for id in ids {
        if let Some(bits) = bits.get_mut(word(id)) {
            *bits |= 1 << (id % 64);
        }
    }
    for id in tests {
        if let Some(bits) = bits.get_mut(word(*id)) {
            *bits &= !(1 << (id % 64));
        }
    }
    bits.iter().map(|bits| u64::from(bits.count_ones())).sum()
}

/// People whose first use of a free session lies in a period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Conversion {
    pub used: u64,
    /// Those of them who bought after it.
    pub bought: u64,
}

pub async fn conversion(
    conn: &mut MySqlConnection,
    period: &Period,
    zone: Tz,
) -> Result<Conversion, DbError> {
    let from = far(calendar::start_of_day(period.from, zone));
    let end = far(calendar::end_of_day(period.to, zone));
    let all = sqlx::query!(
        r#"SELECT CAST(COUNT(*) AS UNSIGNED) AS "used!: u64", CAST(COUNT(bought_after_at) AS UNSIGNED) AS "bought!: u64"
             FROM session_people WHERE first_free_use_at >= ? AND first_free_use_at < ?"#,
        from,
        end
    )
    .fetch_one(&mut *conn)
    .await?;
    // Test accounts are few: taking them off is quicker than looking everybody up.
    let tests = sqlx::query!(
        r#"SELECT CAST(COUNT(*) AS UNSIGNED) AS "used!: u64", CAST(COUNT(p.bought_after_at) AS UNSIGNED) AS "bought!: u64"
             FROM accounts a JOIN session_people p ON p.account_id = a.id
            WHERE a.is_test = TRUE AND p.first_free_use_at >= ? AND p.first_free_use_at < ?"#,
        from,
        end
    )
    .fetch_one(conn)
    .await?;
    Ok(Conversion {
        used: all.used.saturating_sub(tests.used),
        bought: all.bought.saturating_sub(tests.bought),
    })
}

/// When the ledger begins.
pub async fn first_entry(conn: &mut MySqlConnection) -> Result<Option<DateTime<Utc>>, DbError> {
    Ok(sqlx::query_scalar!("SELECT MIN(at) FROM session_entries").fetch_one(conn).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_told_apart_the_same_way_however_high_their_numbers_are() {
        let tests = HashSet::from([64, MOST_BITS + 5, 7]);
        assert_eq!(distinct(vec![1, 63, 64, 64, 65, 1], &tests), 3);
        assert_eq!(distinct(vec![1, 63, 64, 64, 65, 1, MOST_BITS + 5, MOST_BITS + 6], &tests), 4);
        assert_eq!(distinct(Vec::new(), &tests), 0);
    }
}
