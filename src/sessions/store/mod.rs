//! SQL of session grants, their ledger, reservations, categories and shortfalls.
pub mod categories;
pub mod changes;
pub mod days;
pub mod expiry;
mod ledger;
pub mod many;
pub mod outbox;
pub mod people;
pub mod reservations;
mod shortfalls;

use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

pub use ledger::{Entry, EntryKind, append, paid_by, payers};
pub use shortfalls::{
    Shortfall, add_shortfall, close_shortfall, open_shortfalls, settle_shortfall, strike_returned,
    strike_shortfall, take_returned,
};

use super::domain::{Grant, Kind, OrderLine};
use crate::{
    core::{
        actor::Actor,
        ids::{AccountId, BulkRunId, CategoryId, GrantId, ShopId, WcId},
    },
    db::{Corrupt, DbError, far, one_row},
};

#[derive(Debug, sqlx::FromRow)]
pub(super) struct Row {
    pub id: u64,
    pub account_id: u64,
    pub kind: String,
    pub category_id: Option<u64>,
    pub per_unit: Option<u32>,
    pub quantity: u32,
    pub remaining: u32,
    pub held: u32,
    pub voided: u32,
    pub shortfall: u32,
    pub written_off: u32,
    pub expires_at: Option<DateTime<Utc>>,
    pub shop_id: Option<u64>,
    pub order_id: Option<u64>,
    pub line_id: Option<u64>,
    pub bulk_run_id: Option<u64>,
    pub created_at: DateTime<Utc>,
}

impl TryFrom<Row> for Grant {
    type Error = Corrupt;
    fn try_from(row: Row) -> Result<Self, Corrupt> {
        let corrupt = |column| Corrupt { table: "session_grants", id: row.id, column };
        let source = match (row.shop_id, row.order_id, row.line_id) {
            (Some(shop), Some(order), Some(line)) => {
                Some(OrderLine { shop: ShopId(shop), order: WcId(order), line: WcId(line) })
            }
            (None, None, None) => None,
            _ => return Err(corrupt("order_id")),
        };
        Ok(Self {
            id: GrantId(row.id),
            account: AccountId(row.account_id),
            kind: Kind::parse(&row.kind).ok_or_else(|| corrupt("kind"))?,
            category: row.category_id.map(CategoryId),
            per_unit: row.per_unit,
            quantity: row.quantity,
            remaining: row.remaining,
            held: row.held,
            voided: row.voided,
            shortfall: row.shortfall,
            written_off: row.written_off,
            expires_at: row.expires_at,
            source,
            bulk_run: row.bulk_run_id.map(BulkRunId),
            created_at: row.created_at,
        })
    }
}

/// What is left of anything a person was given, spendable or not. The caller holds the account's lock.
pub async fn with_something_left(
    conn: &mut MySqlConnection,
    account: AccountId,
) -> Result<Vec<Grant>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, account_id, kind, category_id, per_unit, quantity, remaining, held, voided, shortfall, written_off, expires_at,
                shop_id, order_id, line_id, bulk_run_id, created_at
           FROM session_grants WHERE account_id = ? AND remaining > 0",
        account
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Grant::try_from).collect::<Result<_, _>>()?)
}

/// Everything a person was ever given, newest first.
pub async fn of_account(conn: &mut MySqlConnection, account: AccountId) -> Result<Vec<Grant>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, account_id, kind, category_id, per_unit, quantity, remaining, held, voided, shortfall, written_off, expires_at,
                shop_id, order_id, line_id, bulk_run_id, created_at
           FROM session_grants WHERE account_id = ? ORDER BY created_at DESC, id DESC LIMIT 500",
        account
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Grant::try_from).collect::<Result<_, _>>()?)
}

/// The grants of an order, locked, by line.
pub async fn of_order(conn: &mut MySqlConnection, shop: ShopId, order: WcId) -> Result<Vec<Grant>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, account_id, kind, category_id, per_unit, quantity, remaining, held, voided, shortfall, written_off, expires_at,
                shop_id, order_id, line_id, bulk_run_id, created_at
           FROM session_grants WHERE shop_id = ? AND order_id = ? ORDER BY id FOR UPDATE",
        shop,
        order
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Grant::try_from).collect::<Result<_, _>>()?)
}

/// Who holds the grants of an order, without locking them.
pub async fn owners_of_order(
    conn: &mut MySqlConnection,
    shop: ShopId,
    order: WcId,
) -> Result<Vec<AccountId>, DbError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT DISTINCT account_id AS "id: AccountId" FROM session_grants WHERE shop_id = ? AND order_id = ?"#,
        shop,
        order
    )
    .fetch_all(conn)
    .await?)
}

pub async fn find(conn: &mut MySqlConnection, id: GrantId) -> Result<Option<Grant>, DbError> {
    let row = sqlx::query_as!(
        Row,
        "SELECT id, account_id, kind, category_id, per_unit, quantity, remaining, held, voided, shortfall, written_off, expires_at,
                shop_id, order_id, line_id, bulk_run_id, created_at
           FROM session_grants WHERE id = ?",
        id
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Grant::try_from).transpose()?)
}

/// A grant to be written.
#[derive(Debug)]
pub struct NewGrant<'a> {
    pub account: AccountId,
    pub kind: Kind,
    pub category: Option<CategoryId>,
    pub per_unit: Option<u32>,
    pub quantity: u32,
    pub expires_at: Option<DateTime<Utc>>,
    pub source: Option<OrderLine>,
    /// For the staff; customers do not see it. At most 500 characters.
    pub note: &'a str,
    pub created_by: &'a Actor,
    pub created_at: DateTime<Utc>,
}

pub async fn insert(conn: &mut MySqlConnection, grant: &NewGrant<'_>) -> Result<GrantId, DbError> {
    let done = sqlx::query!(
        "INSERT INTO session_grants
           (account_id, kind, category_id, per_unit, quantity, remaining, expires_at, shop_id, order_id, line_id, note, created_by, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        grant.account,
        grant.kind.as_str(),
        grant.category,
        grant.per_unit,
        grant.quantity,
        grant.quantity,
        grant.expires_at.map(far),
        grant.source.map(|s| s.shop),
        grant.source.map(|s| s.order),
        grant.source.map(|s| s.line),
        grant.note,
        format!("{}:{}", grant.created_by.kind(), grant.created_by.id()),
        grant.created_at,
    )
    .execute(conn)
    .await?;
    Ok(GrantId(done.last_insert_id()))
}

/// Takes `amount` from a grant, if it is there and nobody holds it.
pub async fn take(conn: &mut MySqlConnection, id: GrantId, amount: u32) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE session_grants SET remaining = remaining - ? WHERE id = ? AND remaining >= held + ?",
        amount,
        id,
        amount
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// Adds newly granted sessions to a grant.
pub async fn add(conn: &mut MySqlConnection, id: GrantId, amount: u32) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE session_grants SET quantity = quantity + ?, remaining = remaining + ? WHERE id = ?",
        amount,
        amount,
        id
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// Takes back `void` unspent sessions, and notes the `shortfall` that was spent already.
pub async fn take_back(
    conn: &mut MySqlConnection,
    id: GrantId,
    void: u32,
    shortfall: u32,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE session_grants SET remaining = remaining - ?, voided = voided + ?, shortfall = shortfall + ?
          WHERE id = ? AND remaining >= held + ?",
        void,
        void,
        shortfall,
        id,
        void
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// Undoes part of a [`take_back`].
pub async fn give_back(
    conn: &mut MySqlConnection,
    id: GrantId,
    restore: u32,
    shortfall: u32,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE session_grants SET voided = voided - ?, remaining = remaining + ?, shortfall = shortfall - ?
          WHERE id = ? AND voided >= ? AND shortfall >= ?",
        restore,
        restore,
        shortfall,
        id,
        restore,
        shortfall
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// Moves everything of one account to another. Answers how many grants moved.
pub async fn move_to(conn: &mut MySqlConnection, from: AccountId, into: AccountId) -> Result<u64, DbError> {
    let grants = sqlx::query!("UPDATE session_grants SET account_id = ? WHERE account_id = ?", into, from)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("UPDATE session_entries SET account_id = ? WHERE account_id = ?", into, from)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("UPDATE session_shortfalls SET account_id = ? WHERE account_id = ?", into, from)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("UPDATE session_reservations SET account_id = ? WHERE account_id = ?", into, from)
        .execute(&mut *conn)
        .await?;
    people::merge(conn, from, into).await?;
    Ok(grants.rows_affected())
}
