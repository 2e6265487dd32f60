//! SQL of reading many people's balances at once.
use chrono::{DateTime, Utc};
use sqlx::{MySql, MySqlConnection, QueryBuilder};

use super::{Entry, Row};
use crate::{
    core::ids::{AccountId, GrantId},
    db::{DbError, ROWS_AT_ONCE},
    sessions::domain::{Grant, Lost},
};

fn of(sql: &str, accounts: &[AccountId]) -> QueryBuilder<MySql> {
    let mut query = QueryBuilder::new(sql);
    let mut list = query.separated(", ");
    for account in accounts {
        list.push_bind(*account);
    }
    query.push(")");
    query
}

/// Which of these people (at least one) were ever given anything.
pub async fn holders(conn: &mut MySqlConnection, accounts: &[AccountId]) -> Result<Vec<AccountId>, DbError> {
    let mut query = of("SELECT DISTINCT account_id FROM session_grants WHERE account_id IN (", accounts);
    Ok(query.build_query_scalar().fetch_all(conn).await?)
}

/// Which of these people (at least one) were ever given anything, and what of it ran out by the clock and was written off since the
/// last time that anything else of theirs was used or taken back.
pub async fn had(
    conn: &mut MySqlConnection,
    accounts: &[AccountId],
) -> Result<Vec<(AccountId, Option<Lost>)>, DbError> {
    // The last other loss is looked for only where something was written off, backwards along the person's ledger: the first row or so.
    // A use of the same grant after its end is one that was reserved before. Left to itself the optimizer may walk the whole ledger.
    let mut query = of(
        "SELECT g.account_id, CAST(COALESCE(SUM(g.written_off), 0) AS UNSIGNED), MAX(g.expires_at) FROM (
           SELECT g.account_id,
                  IF(g.written_off > 0 AND (e.id IS NULL OR e.at <= g.expires_at OR e.grant_id = g.id), g.written_off, NULL) AS written_off,
                  IF(g.written_off > 0 AND (e.id IS NULL OR e.at <= g.expires_at OR e.grant_id = g.id), g.expires_at, NULL) AS expires_at
             FROM session_grants g
             LEFT JOIN session_entries e ON g.written_off > 0 AND e.id =
               (SELECT x.id FROM session_entries x FORCE INDEX (ix_session_entries_account) WHERE x.account_id = g.account_id AND x.delta < 0 AND x.kind <> 'expire'
                 ORDER BY x.id DESC LIMIT 1)
            WHERE g.account_id IN (",
        accounts,
    );
    query.push(") g GROUP BY g.account_id");
    let rows: Vec<(AccountId, u64, Option<DateTime<Utc>>)> = query.build_query_as().fetch_all(conn).await?;
    let lost = |(account, amount, at): (AccountId, u64, Option<DateTime<Utc>>)| {
        (account, at.map(|at| Lost { amount: u32::try_from(amount).unwrap_or(u32::MAX), at }))
    };
    Ok(rows.into_iter().map(lost).collect())
}

/// What is left of anything these people (at least one) were given.
pub async fn with_something_left(
    conn: &mut MySqlConnection,
    accounts: &[AccountId],
) -> Result<Vec<Grant>, DbError> {
    let mut query = of(
        "SELECT id, account_id, kind, category_id, per_unit, quantity, remaining, held, voided, shortfall, written_off, expires_at,
                shop_id, order_id, line_id, bulk_run_id, created_at
           FROM session_grants WHERE account_id IN (",
        accounts,
    );
    query.push(" AND remaining > 0");
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    Ok(rows.into_iter().map(Grant::try_from).collect::<Result<_, _>>()?)
}

/// What reservations of these people (at least one) that ran out still hold on paper, by grant.
pub async fn lapsed_holds(
    conn: &mut MySqlConnection,
    accounts: &[AccountId],
    now: DateTime<Utc>,
) -> Result<Vec<(GrantId, u32)>, DbError> {
    let mut query = of(
        "SELECT h.grant_id, h.amount FROM session_reservations r JOIN session_holds h ON h.reservation_id = r.id
          WHERE r.account_id IN (",
        accounts,
    );
    query.push(" AND r.state = 'reserved' AND r.expires_at <= ").push_bind(now);
    Ok(query.build_query_as().fetch_all(conn).await?)
}

/// What these people (at least one) owe: whose, how much, by which policy.
pub async fn owed(
    conn: &mut MySqlConnection,
    accounts: &[AccountId],
) -> Result<Vec<(AccountId, u32, String)>, DbError> {
    let mut query = of(
        "SELECT account_id, amount - settled, policy FROM session_shortfalls WHERE account_id IN (",
        accounts,
    );
    query.push(" AND closed_at IS NULL");
    Ok(query.build_query_as().fetch_all(conn).await?)
}

/// Takes from each of these grants (at least one, each once), if it is there and nobody holds it.
pub async fn take(conn: &mut MySqlConnection, takes: &[(GrantId, u32)]) -> Result<(), DbError> {
    if let [(grant, amount)] = takes {
        return super::take(conn, *grant, *amount).await;
    }
    for takes in takes.chunks(ROWS_AT_ONCE) {
        let mut query: QueryBuilder<MySql> =
            QueryBuilder::new("UPDATE session_grants SET remaining = remaining - CASE id");
        for (grant, amount) in takes {
            query.push(" WHEN ").push_bind(*grant).push(" THEN ").push_bind(*amount);
        }
        query.push(" END WHERE ");
        for (n, (grant, amount)) in takes.iter().enumerate() {
            query.push(if n > 0 { " OR (id = " } else { "(id = " }).push_bind(*grant);
            query.push(" AND remaining >= held + ").push_bind(*amount).push(")");
        }
        let done = query.build().execute(&mut *conn).await?;
        if done.rows_affected() != u64::try_from(takes.len()).unwrap_or(u64::MAX) {
            return Err(DbError::Stale);
        }
    }
    Ok(())
}

/// Appends rows to the ledger.
pub async fn append(conn: &mut MySqlConnection, entries: &[Entry<'_>]) -> Result<(), DbError> {
    for entries in entries.chunks(ROWS_AT_ONCE) {
        let mut query: QueryBuilder<MySql> = QueryBuilder::new(
            "INSERT INTO session_entries
               (account_id, grant_id, operation_id, kind, delta, held, at, actor_kind, actor_id, reason, expert_id, expert_name, duration_seconds, request_id) ",
        );
        query.push_values(entries, |mut row, entry| {
            row.push_bind(entry.account)
                .push_bind(entry.grant)
                .push_bind(entry.operation)
                .push_bind(entry.kind.as_str())
                .push_bind(entry.delta)
                .push_bind(entry.held)
                .push_bind(entry.at)
                .push_bind(entry.actor.kind())
                .push_bind(entry.actor.id())
                .push_bind(entry.reason)
                .push_bind(entry.expert_id)
                .push_bind(entry.expert_name)
                .push_bind(entry.duration_seconds)
                .push_bind(entry.request_id);
        });
        query.build().execute(&mut *conn).await?;
    }
    Ok(())
}

/// Remembers the first use of a free session of each of these people (at least one). Later uses change nothing.
pub async fn used_free(
    conn: &mut MySqlConnection,
    accounts: &[AccountId],
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    for accounts in accounts.chunks(ROWS_AT_ONCE) {
        let mut query: QueryBuilder<MySql> =
            QueryBuilder::new("INSERT IGNORE INTO session_people (account_id, first_free_use_at) ");
        query.push_values(accounts, |mut row, account| {
            row.push_bind(*account).push_bind(at);
        });
        query.build().execute(&mut *conn).await?;
    }
    Ok(())
}
