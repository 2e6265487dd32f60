//! SQL of the reports: reads across slices, never writes.
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::MySqlConnection;

use crate::{
    core::ids::AccountId,
    db::{Corrupt, DbError},
    sessions::{Kind, store::EntryKind},
};

/// What people have at an instant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Balances {
    /// Sessions that can be used.
    pub available: u64,
    /// Of those, the ones that expire before the second instant asked for.
    pub expiring: u64,
}

/// What people have at `now`, and what of it expires by `soon`.
pub async fn balances(
    conn: &mut MySqlConnection,
    now: DateTime<Utc>,
    soon: DateTime<Utc>,
) -> Result<Balances, DbError> {
    let all = sqlx::query_as!(
        Balances,
        r#"SELECT CAST(COALESCE(SUM(remaining), 0) AS UNSIGNED) AS "available!: u64",
                  CAST(COALESCE(SUM(IF(expires_at <= ?, remaining, 0)), 0) AS UNSIGNED) AS "expiring!: u64"
             FROM session_grants FORCE INDEX (ix_session_grants_left)
            WHERE remaining > 0 AND (expires_at IS NULL OR expires_at > ?)"#,
        soon,
        now,
    )
    .fetch_one(&mut *conn)
    .await?;
    // Test accounts are few: taking them off is quicker than looking everybody up.
    let tests = sqlx::query_as!(
        Balances,
        r#"SELECT CAST(COALESCE(SUM(g.remaining), 0) AS UNSIGNED) AS "available!: u64",
                  CAST(COALESCE(SUM(IF(g.expires_at <= ?, g.remaining, 0)), 0) AS UNSIGNED) AS "expiring!: u64"
             FROM accounts a JOIN session_grants g ON g.account_id = a.id
            WHERE a.is_test = TRUE AND g.remaining > 0 AND (g.expires_at IS NULL OR g.expires_at > ?)"#,
        soon,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(Balances {
        available: all.available.saturating_sub(tests.available),
        expiring: all.expiring.saturating_sub(tests.expiring),
    })
}

/// How many people have any sessions that can be used at `now`.
pub async fn people_with_sessions(conn: &mut MySqlConnection, now: DateTime<Utc>) -> Result<u64, DbError> {
    // People are counted as bits, 64 to a number, which takes half the time of telling them apart.
    let all = sqlx::query_scalar!(
        r#"SELECT CAST(COALESCE(SUM(BIT_COUNT(p.people)), 0) AS UNSIGNED) AS "people!: u64"
             FROM (SELECT BIT_OR(1 << (account_id & 63)) AS people
                     FROM session_grants FORCE INDEX (ix_session_grants_left)
                    WHERE remaining > 0 AND (expires_at IS NULL OR expires_at > ?)
                    GROUP BY account_id >> 6) p"#,
        now,
    )
    .fetch_one(&mut *conn)
    .await?;
    let tests = sqlx::query_scalar!(
        r#"SELECT CAST(COUNT(DISTINCT g.account_id) AS UNSIGNED) AS "people!: u64"
             FROM accounts a JOIN session_grants g ON g.account_id = a.id
            WHERE a.is_test = TRUE AND g.remaining > 0 AND (g.expires_at IS NULL OR g.expires_at > ?)"#,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(all.saturating_sub(tests))
}

/// Orders placed in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sales {
    pub currency: String,
    pub orders: u64,
    /// Totals with tax and shipping, less refunds.
    pub net: Decimal,
}

/// Paid orders placed from `from` on, by currency. Trashed and deleted ones do not count.
pub async fn sales(conn: &mut MySqlConnection, from: DateTime<Utc>) -> Result<Vec<Sales>, DbError> {
    Ok(sqlx::query_as!(
        Sales,
        r#"SELECT o.currency, CAST(COUNT(*) AS UNSIGNED) AS "orders!: u64",
                  CAST(SUM(o.total - o.refunded) AS DECIMAL(23,4)) AS "net!: Decimal"
             FROM wc_orders o LEFT JOIN accounts a ON a.id = o.account_id
            WHERE o.created_at >= ? AND o.deleted_at IS NULL AND o.status IN ('processing', 'completed', 'refunded')
              AND COALESCE(a.is_test, FALSE) = FALSE
            GROUP BY o.currency ORDER BY 2 DESC"#,
        from,
    )
    .fetch_all(conn)
    .await?)
}

/// Someone who used sessions that were refunded later, under a policy that does not forgive it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owing {
    pub account: AccountId,
    pub name: String,
    pub email: Option<String>,
    /// Sessions not settled yet.
    pub sessions: u32,
    /// `debt` or `block`.
    pub policy: String,
}

/// The oldest open shortfalls, and how many there are in all.
pub async fn owing(conn: &mut MySqlConnection, most: u32) -> Result<(Vec<Owing>, u64), DbError> {
    let rows = sqlx::query_as!(
        Owing,
        r#"SELECT s.account_id AS "account: AccountId", a.name, a.email, s.amount - s.settled AS "sessions!: u32", s.policy
             FROM session_shortfalls s JOIN accounts a ON a.id = s.account_id
            WHERE s.closed_at IS NULL AND s.policy <> 'forgive' ORDER BY s.id LIMIT ?"#,
        most,
    )
    .fetch_all(&mut *conn)
    .await?;
    let all = sqlx::query_scalar!(
        r#"SELECT CAST(COUNT(*) AS UNSIGNED) AS "n!: u64" FROM session_shortfalls
            WHERE closed_at IS NULL AND policy <> 'forgive'"#
    )
    .fetch_one(conn)
    .await?;
    Ok((rows, all))
}

/// A row of the sessions' ledger with the person it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    pub at: DateTime<Utc>,
    pub kind: EntryKind,
    pub grant_kind: Kind,
    pub delta: i32,
    pub account: AccountId,
    pub name: String,
    pub email: Option<String>,
    pub actor_kind: String,
    pub expert: Option<String>,
    /// The app's own words for a use, the order's number for what an order did.
    pub reason: String,
}

/// The latest rows of the ledger.
pub async fn moves(conn: &mut MySqlConnection, most: u32) -> Result<Vec<Move>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT e.id, e.at, e.kind, g.kind AS grant_kind, e.delta, e.account_id AS "account: AccountId", a.name, a.email,
                  e.actor_kind, e.expert_name, e.reason
             FROM (SELECT id FROM session_entries ORDER BY id DESC LIMIT ?) latest
             STRAIGHT_JOIN session_entries e ON e.id = latest.id
             STRAIGHT_JOIN session_grants g ON g.id = e.grant_id
             STRAIGHT_JOIN accounts a ON a.id = e.account_id
            ORDER BY e.id DESC"#,
        most,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let corrupt = |column| Corrupt { table: "session_entries", id: row.id, column };
            Ok(Move {
                at: row.at,
                kind: EntryKind::parse(&row.kind).ok_or_else(|| corrupt("kind"))?,
                grant_kind: Kind::parse(&row.grant_kind).ok_or_else(|| corrupt("grant_id"))?,
                delta: row.delta,
                account: row.account,
                name: row.name,
                email: row.email,
                actor_kind: row.actor_kind,
                expert: row.expert_name,
                reason: row.reason,
            })
        })
        .collect()
}

/// What the badges of the menu count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Problems {
    /// Shops that fail or whose webhooks sleep.
    pub shops: u64,
    /// Deliveries in quarantine or given up.
    pub deliveries: u64,
    /// Jobs given up.
    pub jobs: u64,
}

pub async fn problems(conn: &mut MySqlConnection) -> Result<Problems, DbError> {
    let row = sqlx::query!(
        r#"SELECT (SELECT COUNT(*) FROM shops s
                    WHERE s.paused_at IS NULL
                      AND (s.last_error IS NOT NULL
                           OR EXISTS (SELECT 1 FROM shop_webhooks w
                                       WHERE w.shop_id = s.id AND w.state IN ('paused', 'disabled', 'missing')))) AS "shops!: i64",
                  (SELECT COUNT(*) FROM inbox_deliveries WHERE state IN ('quarantined', 'failed')) AS "deliveries!: i64",
                  (SELECT COUNT(*) FROM jobs WHERE state = 'dead') AS "jobs!: i64""#
    )
    .fetch_one(conn)
    .await?;
    Ok(Problems {
        shops: row.shops.unsigned_abs(),
        deliveries: row.deliveries.unsigned_abs(),
        jobs: row.jobs.unsigned_abs(),
    })
}

/// Name and address of the first shop that was connected.
pub async fn first_shop(conn: &mut MySqlConnection) -> Result<Option<(String, String)>, DbError> {
    let row = sqlx::query!("SELECT name, url FROM shops ORDER BY id LIMIT 1").fetch_optional(conn).await?;
    Ok(row.map(|row| (row.name, row.url)))
}

/// Licences that someone should look at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LicenceWork {
    /// By date, without a date: they open nothing.
    pub undated: u64,
    /// They work today, and their last day is `soon` at the latest.
    pub ending: u64,
}

/// Licences that lack their date, and those that end soon. Blocked ones are nobody's work.
pub async fn licence_work(
    conn: &mut MySqlConnection,
    today: NaiveDate,
    soon: NaiveDate,
) -> Result<LicenceWork, DbError> {
    let row = sqlx::query!(
        r#"SELECT (SELECT COUNT(*) FROM licences WHERE mode = 'date' AND expires_on IS NULL AND blocked_at IS NULL) AS "undated!: i64",
                  (SELECT COUNT(*) FROM licences l JOIN accounts a ON a.id = l.account_id
                    WHERE l.mode = 'date' AND l.expires_on BETWEEN ? AND ? AND l.blocked_at IS NULL AND a.is_test = FALSE) AS "ending!: i64""#,
        today,
        soon,
    )
    .fetch_one(conn)
    .await?;
    Ok(LicenceWork { undated: row.undated.unsigned_abs(), ending: row.ending.unsigned_abs() })
}
