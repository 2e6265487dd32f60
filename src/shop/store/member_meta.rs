//! SQL of what should stand, and stands, on the shop's users: see [`crate::shop::member`].
use chrono::{DateTime, Utc};
use sqlx::{MySql, MySqlConnection, QueryBuilder};

use crate::{
    core::ids::{AccountId, ShopId, WcId},
    db::{Corrupt, DbError},
    shop::member::{Member, State},
};

#[derive(sqlx::FromRow)]
struct Row {
    shop_id: ShopId,
    customer_id: WcId,
    account_id: AccountId,
    wanted: u32,
    wanted_at: DateTime<Utc>,
    written: Option<u32>,
    written_at: Option<DateTime<Utc>>,
    seen: Option<String>,
    seen_at: Option<DateTime<Utc>>,
    state: String,
    error: Option<String>,
    attempts: u32,
    next_at: DateTime<Utc>,
}

impl TryFrom<Row> for Member {
    type Error = Corrupt;

    fn try_from(row: Row) -> Result<Self, Corrupt> {
        let corrupt = Corrupt { table: "shop_member_meta", id: row.customer_id.0, column: "state" };
        Ok(Self {
            shop: row.shop_id,
            customer: row.customer_id,
            account: row.account_id,
            wanted: row.wanted,
            wanted_at: row.wanted_at,
            written: row.written,
            written_at: row.written_at,
            seen: row.seen,
            seen_at: row.seen_at,
            state: State::parse(&row.state).ok_or(corrupt)?,
            error: row.error,
            attempts: row.attempts,
            next_at: row.next_at,
        })
    }
}

const COLUMNS: &str = "SELECT shop_id, customer_id, account_id, wanted, wanted_at, written, written_at, seen, seen_at, state, error, \
                       attempts, next_at FROM shop_member_meta WHERE ";

async fn all(conn: &mut MySqlConnection, mut query: QueryBuilder<MySql>) -> Result<Vec<Member>, DbError> {
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    Ok(rows.into_iter().map(Member::try_from).collect::<Result<_, _>>()?)
}

/// What is known of these users, locked, in the order of their numbers.
pub async fn lock_members(
    conn: &mut MySqlConnection,
    shop: ShopId,
    customers: &[WcId],
) -> Result<Vec<Member>, DbError> {
    if customers.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = QueryBuilder::new(COLUMNS);
    query.push("shop_id = ").push_bind(shop).push(" AND customer_id IN (");
    let mut list = query.separated(", ");
    for customer in customers {
        list.push_bind(*customer);
    }
    query.push(") ORDER BY customer_id FOR UPDATE");
    all(conn, query).await
}

/// What waits to be written and is due, the oldest first.
pub async fn due_members(
    conn: &mut MySqlConnection,
    shop: ShopId,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<Member>, DbError> {
    let mut due = Vec::new();
    // One state at a time: each is a walk over the index.
    for state in [State::Pending, State::Failed] {
        let room = limit.saturating_sub(u32::try_from(due.len()).unwrap_or(u32::MAX));
        if room > 0 {
            let mut query = QueryBuilder::new(COLUMNS);
            query.push("shop_id = ").push_bind(shop).push(" AND state = ").push_bind(state.as_str());
            query.push(" AND next_at <= ").push_bind(now).push(" ORDER BY next_at, customer_id LIMIT ");
            query.push_bind(room);
            due.extend(all(conn, query).await?);
        }
    }
    Ok(due)
}

/// What was written to a shop, page by page of its users' numbers.
pub async fn settled_members(
    conn: &mut MySqlConnection,
    shop: ShopId,
    after: WcId,
    limit: u32,
) -> Result<Vec<Member>, DbError> {
    let mut query = QueryBuilder::new(COLUMNS);
    query.push("shop_id = ").push_bind(shop).push(" AND customer_id > ").push_bind(after);
    query
        .push(" AND state IN ('written', 'dropped', 'overwritten') ORDER BY customer_id LIMIT ")
        .push_bind(limit);
    all(conn, query).await
}

/// What a shop dropped, overwrote or refused, the latest first.
pub async fn troubled_members(
    conn: &mut MySqlConnection,
    shop: ShopId,
    limit: u32,
) -> Result<Vec<Member>, DbError> {
    let mut query = QueryBuilder::new(COLUMNS);
    query.push("shop_id = ").push_bind(shop);
    query
        .push(" AND state IN ('dropped', 'overwritten', 'failed') ORDER BY seen_at DESC, customer_id LIMIT ");
    query.push_bind(limit);
    all(conn, query).await
}

/// How a person's balance stands in every shop that knows them.
pub async fn members_of(conn: &mut MySqlConnection, account: AccountId) -> Result<Vec<Member>, DbError> {
    let mut query = QueryBuilder::new(COLUMNS);
    query.push("account_id = ").push_bind(account).push(" ORDER BY shop_id, customer_id");
    all(conn, query).await
}

/// How many users of a shop stand in each of these states.
pub async fn count_members(
    conn: &mut MySqlConnection,
    shop: ShopId,
    states: &[State],
) -> Result<Vec<(State, u64)>, DbError> {
    let mut counts = Vec::with_capacity(states.len());
    for state in states {
        let n = sqlx::query_scalar!(
            r#"SELECT CAST(COUNT(*) AS UNSIGNED) AS "n!: u64" FROM shop_member_meta WHERE shop_id = ? AND state = ?"#,
            shop,
            state.as_str()
        )
        .fetch_one(&mut *conn)
        .await?;
        counts.push((*state, n));
    }
    Ok(counts)
}

/// Writes rows, new ones and known ones alike.
pub async fn save_members(conn: &mut MySqlConnection, members: &[Member]) -> Result<(), DbError> {
    for members in members.chunks(500) {
        let mut query = QueryBuilder::new(
            "INSERT INTO shop_member_meta (shop_id, customer_id, account_id, wanted, wanted_at, written, written_at, seen, seen_at,
                                           state, error, attempts, next_at) ",
        );
        query.push_values(members, |mut row, m| {
            row.push_bind(m.shop).push_bind(m.customer).push_bind(m.account);
            row.push_bind(m.wanted).push_bind(m.wanted_at).push_bind(m.written).push_bind(m.written_at);
            row.push_bind(&m.seen).push_bind(m.seen_at).push_bind(m.state.as_str()).push_bind(&m.error);
            row.push_bind(m.attempts).push_bind(m.next_at);
        });
        query.push(
            " ON DUPLICATE KEY UPDATE account_id = VALUES(account_id), wanted = VALUES(wanted), wanted_at = VALUES(wanted_at),
                written = VALUES(written), written_at = VALUES(written_at), seen = VALUES(seen), seen_at = VALUES(seen_at),
                state = VALUES(state), error = VALUES(error), attempts = VALUES(attempts), next_at = VALUES(next_at)",
        );
        query.build().execute(&mut *conn).await?;
    }
    Ok(())
}

/// Has what the shop dropped, overwrote or refused written again. Answers how many users that are.
pub async fn retry_members(
    conn: &mut MySqlConnection,
    shop: ShopId,
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    let done = sqlx::query!(
        "UPDATE shop_member_meta SET state = 'pending', error = NULL, attempts = 0, next_at = ?
          WHERE shop_id = ? AND state IN ('dropped', 'overwritten', 'failed')",
        now,
        shop
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Another field from now on: nothing is written in it yet.
pub async fn forget_written(
    conn: &mut MySqlConnection,
    shop: ShopId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "UPDATE shop_member_meta
            SET state = 'pending', written = NULL, written_at = NULL, seen = NULL, seen_at = NULL, error = NULL, attempts = 0, next_at = ?
          WHERE shop_id = ?",
        now,
        shop
    )
    .execute(conn)
    .await?;
    Ok(())
}
