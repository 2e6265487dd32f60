//! SQL of the rows of a list.
use chrono::{DateTime, Utc};
use sqlx::{MySql, MySqlConnection, QueryBuilder};

use crate::{
    core::{
        ids::{AccountId, BulkRunId, CategoryId, GrantId},
        page::{Page, Seek},
    },
    db::{Corrupt, DbError},
    sessions::bulk::domain::{Counts, Item, ItemState, Reason},
};

/// Rows written by one statement.
const BATCH: usize = 1000;

/// A row of a list, to be written.
#[derive(Debug, Clone)]
pub struct NewItem<'a> {
    pub row: u32,
    pub label: &'a str,
    /// Whose it is, or why it is nobody's.
    pub who: Result<AccountId, Reason>,
}

pub async fn insert(
    conn: &mut MySqlConnection,
    run: BulkRunId,
    items: &[NewItem<'_>],
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    for batch in items.chunks(BATCH) {
        let mut query = QueryBuilder::<MySql>::new(
            "INSERT INTO session_bulk_items (run_id, row_no, label, account_id, state, reason, done_at) ",
        );
        query.push_values(batch, |mut row, item| {
            let account = item.who.ok().map(|account| account.0);
            let reason = item.who.err().map_or("", Reason::as_str);
            let state = if account.is_some() { ItemState::Pending } else { ItemState::Failed };
            row.push_bind(run.0).push_bind(item.row).push_bind(item.label).push_bind(account);
            row.push_bind(state.as_str()).push_bind(reason).push_bind(item.who.err().map(|_| now));
        });
        query.build().execute(&mut *conn).await?;
    }
    Ok(())
}

/// Copies a list: everybody on it is to be given something again, rows that name nobody stay as they are.
pub async fn copy(
    conn: &mut MySqlConnection,
    from: BulkRunId,
    to: BulkRunId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "INSERT INTO session_bulk_items (run_id, row_no, label, account_id, state, reason, done_at)
         SELECT ?, row_no, label, account_id, IF(account_id IS NULL, 'failed', 'pending'), IF(account_id IS NULL, reason, ''),
                IF(account_id IS NULL, ?, NULL)
           FROM session_bulk_items WHERE run_id = ?",
        to,
        now,
        from
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How many rows a list has, how many name nobody, and how many of the others have active sessions of the category.
pub async fn counts(
    conn: &mut MySqlConnection,
    run: BulkRunId,
    category: CategoryId,
    now: DateTime<Utc>,
) -> Result<Counts, DbError> {
    let row = sqlx::query!(
        r#"SELECT CAST(COUNT(*) AS UNSIGNED) AS "chosen!: u64",
                  CAST(COALESCE(SUM(state = 'failed'), 0) AS UNSIGNED) AS "failed!: u64",
                  CAST(COALESCE(SUM(state = 'pending' AND EXISTS
                    (SELECT 1 FROM session_grants g WHERE g.account_id = i.account_id AND g.category_id = ? AND g.remaining > 0
                        AND (g.expires_at IS NULL OR g.expires_at > ?))), 0) AS UNSIGNED) AS "active!: u64"
             FROM session_bulk_items i WHERE run_id = ?"#,
        category,
        now,
        run
    )
    .fetch_one(conn)
    .await?;
    let small = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(Counts { chosen: small(row.chosen), have_active: small(row.active), failed: small(row.failed) })
}

/// What a list is narrowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Only {
    #[default]
    All,
    State(ItemState),
    /// Could not be taken back.
    Kept,
    /// Pending, with active sessions of the category at that time.
    Active(CategoryId, DateTime<Utc>),
    /// Pending, without.
    Fresh(CategoryId, DateTime<Utc>),
}

#[derive(sqlx::FromRow)]
struct Row {
    at: u32,
    label: String,
    account_id: Option<u64>,
    name: Option<String>,
    email: Option<String>,
    state: String,
    reason: String,
    grant_id: Option<u64>,
    taken_back: u32,
    kept: u32,
    done_at: Option<DateTime<Utc>>,
}

fn item(run: BulkRunId, row: Row) -> Result<Item, Corrupt> {
    let corrupt = |column| Corrupt { table: "session_bulk_items", id: run.0, column };
    Ok(Item {
        row: row.at,
        label: row.label,
        account: row.account_id.map(AccountId),
        name: row.name.unwrap_or_default(),
        email: row.email,
        state: ItemState::parse(&row.state).ok_or_else(|| corrupt("state"))?,
        // A given row keeps how far its undoing is there: no reason for people.
        reason: Reason::parse(&row.reason),
        grant: row.grant_id.map(GrantId),
        taken_back: row.taken_back,
        kept: row.kept,
        done_at: row.done_at,
    })
}

const COLUMNS: &str = "SELECT i.row_no AS at, i.label, i.account_id, a.name, a.email, i.state, i.reason, i.grant_id, i.taken_back, i.kept, i.done_at
   FROM session_bulk_items i LEFT JOIN accounts a ON a.id = i.account_id WHERE i.run_id = ";

/// Rows of a list in their order.
pub async fn page(
    conn: &mut MySqlConnection,
    run: BulkRunId,
    only: Only,
    seek: &Seek<u32>,
) -> Result<Page<Item>, DbError> {
    let mut query = QueryBuilder::<MySql>::new(COLUMNS);
    query.push_bind(run.0);
    let active = |query: &mut QueryBuilder<MySql>, category: CategoryId, now: DateTime<Utc>| {
        query.push(
            "EXISTS (SELECT 1 FROM session_grants g WHERE g.account_id = i.account_id AND g.category_id = ",
        );
        query.push_bind(category.0).push(" AND g.remaining > 0 AND (g.expires_at IS NULL OR g.expires_at > ");
        query.push_bind(now).push("))");
    };
    match only {
        Only::All => {}
        Only::State(state) => {
            query.push(" AND i.state = ").push_bind(state.as_str());
        }
        Only::Kept => {
            query.push(" AND i.state = 'given' AND i.kept > 0");
        }
        Only::Active(category, now) => {
            query.push(" AND i.state = 'pending' AND ");
            active(&mut query, category, now);
        }
        Only::Fresh(category, now) => {
            query.push(" AND i.state = 'pending' AND NOT ");
            active(&mut query, category, now);
        }
    }
    let backward = seek.is_backward();
    if let Some(from) = seek.from {
        query.push(if backward { " AND i.row_no < " } else { " AND i.row_no > " }).push_bind(from);
    }
    query.push(if backward { " ORDER BY i.row_no DESC LIMIT " } else { " ORDER BY i.row_no LIMIT " });
    query.push_bind(seek.limit + 1);
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    let items = rows.into_iter().map(|row| item(run, row)).collect::<Result<Vec<_>, _>>()?;
    Ok(seek.page(items, |item| item.row))
}

/// The rows that were decided last, the latest first. Rows are decided in the order of their people.
pub async fn latest(conn: &mut MySqlConnection, run: BulkRunId, limit: u32) -> Result<Vec<Item>, DbError> {
    // Each state is read backwards from the end of its index: the whole list is never sorted.
    let mut query = QueryBuilder::<MySql>::new("SELECT * FROM (");
    for (at, state) in ["given", "skipped", "failed"].into_iter().enumerate() {
        query.push(if at == 0 { "(" } else { " UNION ALL (" }).push(COLUMNS).push_bind(run.0);
        query.push(" AND i.state = ").push_bind(state);
        query
            .push(" AND i.account_id IS NOT NULL ORDER BY i.account_id DESC LIMIT ")
            .push_bind(limit)
            .push(")");
    }
    query.push(") latest ORDER BY account_id DESC LIMIT ").push_bind(limit);
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| item(run, row)).collect::<Result<_, _>>()?)
}
