//! SQL of reading many people's balances at once.
use chrono::{DateTime, Utc};
use sqlx::{MySql, MySqlConnection, QueryBuilder};

use super::Row;
use crate::{
    core::ids::{AccountId, GrantId},
    db::DbError,
    sessions::domain::Grant,
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
