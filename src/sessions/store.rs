//! SQL of session grants, their ledger and shortfalls.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use super::domain::{Grant, Kind, OrderLine};
use crate::{
    core::{
        actor::Actor,
        ids::{AccountId, GrantId, ShopId, WcId},
    },
    db::{Corrupt, DbError, one_row},
};

#[derive(Debug, sqlx::FromRow)]
pub(super) struct Row {
    pub id: u64,
    pub account_id: u64,
    pub kind: String,
    pub per_unit: Option<u32>,
    pub quantity: u32,
    pub remaining: u32,
    pub voided: u32,
    pub shortfall: u32,
    pub expires_at: Option<DateTime<Utc>>,
    pub shop_id: Option<u64>,
    pub order_id: Option<u64>,
    pub line_id: Option<u64>,
    pub created_at: DateTime<Utc>,
}

impl TryFrom<Row> for Grant {
    type Error = Corrupt;
    fn try_from(row: Row) -> Result<Self, Corrupt> {
        let corrupt = |column| Corrupt {
            table: "session_grants",
            id: row.id,
            column,
        };
        let source = match (row.shop_id, row.order_id, row.line_id) {
            (Some(shop), Some(order), Some(line)) => Some(OrderLine {
                shop: ShopId(shop),
                order: WcId(order),
                line: WcId(line),
            }),
            (None, None, None) => None,
            _ => return Err(corrupt("order_id")),
        };
        Ok(Self {
            id: GrantId(row.id),
            account: AccountId(row.account_id),
            kind: Kind::parse(&row.kind).ok_or_else(|| corrupt("kind"))?,
            per_unit: row.per_unit,
            quantity: row.quantity,
            remaining: row.remaining,
            voided: row.voided,
            shortfall: row.shortfall,
            expires_at: row.expires_at,
            source,
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
        "SELECT id, account_id, kind, per_unit, quantity, remaining, voided, shortfall, expires_at,
                shop_id, order_id, line_id, created_at
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
        "SELECT id, account_id, kind, per_unit, quantity, remaining, voided, shortfall, expires_at,
                shop_id, order_id, line_id, created_at
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
        "SELECT id, account_id, kind, per_unit, quantity, remaining, voided, shortfall, expires_at,
                shop_id, order_id, line_id, created_at
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
        "SELECT id, account_id, kind, per_unit, quantity, remaining, voided, shortfall, expires_at,
                shop_id, order_id, line_id, created_at
           FROM session_grants WHERE id = ?",
        id
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Grant::try_from).transpose()?)
}

/// A row of the ledger, to be written.
#[derive(Debug)]
pub struct Entry<'a> {
    pub account: AccountId,
    pub grant: GrantId,
    /// Ties together the rows of one operation.
    pub operation: &'a str,
    pub kind: EntryKind,
    pub delta: i64,
    pub at: DateTime<Utc>,
    pub actor: &'a Actor,
    pub reason: &'a str,
    pub expert_id: Option<&'a str>,
    pub expert_name: Option<&'a str>,
    pub duration_seconds: Option<u32>,
    pub request_id: Option<&'a str>,
}

/// What changed a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    Grant,
    Consume,
    Void,
    Restore,
    Settle,
}

impl EntryKind {
    pub const ALL: [Self; 5] = [
        Self::Grant,
        Self::Consume,
        Self::Void,
        Self::Restore,
        Self::Settle,
    ];

    /// The word in the `kind` column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Consume => "consume",
            Self::Void => "void",
            Self::Restore => "restore",
            Self::Settle => "settle",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

pub async fn append(conn: &mut MySqlConnection, entry: &Entry<'_>) -> Result<(), DbError> {
    sqlx::query!(
        "INSERT INTO session_entries
           (account_id, grant_id, operation_id, kind, delta, at, actor_kind, actor_id, reason, expert_id, expert_name, duration_seconds, request_id)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        entry.account,
        entry.grant,
        entry.operation,
        entry.kind.as_str(),
        entry.delta,
        entry.at,
        entry.actor.kind(),
        entry.actor.id(),
        entry.reason,
        entry.expert_id,
        entry.expert_name,
        entry.duration_seconds,
        entry.request_id,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A grant to be written.
#[derive(Debug)]
pub struct NewGrant<'a> {
    pub account: AccountId,
    pub kind: Kind,
    pub per_unit: Option<u32>,
    pub quantity: u32,
    pub expires_at: Option<DateTime<Utc>>,
    pub source: Option<OrderLine>,
    pub created_by: &'a Actor,
    pub created_at: DateTime<Utc>,
}

pub async fn insert(conn: &mut MySqlConnection, grant: &NewGrant<'_>) -> Result<GrantId, DbError> {
    let done = sqlx::query!(
        "INSERT INTO session_grants
           (account_id, kind, per_unit, quantity, remaining, expires_at, shop_id, order_id, line_id, created_by, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        grant.account,
        grant.kind.as_str(),
        grant.per_unit,
        grant.quantity,
        grant.quantity,
        grant.expires_at,
        grant.source.map(|s| s.shop),
        grant.source.map(|s| s.order),
        grant.source.map(|s| s.line),
        format!("{}:{}", grant.created_by.kind(), grant.created_by.id()),
        grant.created_at,
    )
    .execute(conn)
    .await?;
    Ok(GrantId(done.last_insert_id()))
}

/// Takes `amount` from a grant, if it is there.
pub async fn take(conn: &mut MySqlConnection, id: GrantId, amount: u32) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE session_grants SET remaining = remaining - ? WHERE id = ? AND remaining >= ?",
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
          WHERE id = ? AND remaining >= ?",
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

/// Returns sessions that later grants paid for a shortfall that is no more. They were spent from this grant, so they fit.
pub async fn return_settled(conn: &mut MySqlConnection, id: GrantId, amount: u32) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE session_grants SET remaining = remaining + ? WHERE id = ? AND remaining + voided + ? <= quantity",
        amount,
        id,
        amount
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// Sessions that a refund could not take back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortfall {
    pub id: u64,
    pub grant: GrantId,
    pub amount: u32,
    pub settled: u32,
    pub policy: String,
    pub created_at: DateTime<Utc>,
}

/// A person's open shortfalls, oldest first. The caller holds the account's lock.
pub async fn open_shortfalls(
    conn: &mut MySqlConnection,
    account: AccountId,
) -> Result<Vec<Shortfall>, DbError> {
    Ok(sqlx::query_as!(
        Shortfall,
        r#"SELECT id, grant_id AS "grant: GrantId", amount, settled, policy, created_at
             FROM session_shortfalls WHERE account_id = ? AND closed_at IS NULL ORDER BY id"#,
        account
    )
    .fetch_all(conn)
    .await?)
}

/// Adds to (or opens) the shortfall of a grant. A forgiven one is closed from the start.
pub async fn add_shortfall(
    conn: &mut MySqlConnection,
    account: AccountId,
    grant: GrantId,
    amount: u32,
    policy: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let closed = (policy == "forgive").then_some(now);
    sqlx::query!(
        "INSERT INTO session_shortfalls (account_id, grant_id, amount, policy, created_at, closed_at, closed_by)
         VALUES (?, ?, ?, ?, ?, ?, IF(? = 'forgive', 'policy', NULL))
         ON DUPLICATE KEY UPDATE amount = amount + VALUES(amount), policy = VALUES(policy), closed_at = VALUES(closed_at)",
        account,
        grant,
        amount,
        policy,
        now,
        closed,
        policy
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Strikes `amount` off the shortfall of a grant. Answers how much of it had been settled by later grants and is now owed
/// back to the person.
pub async fn strike_shortfall(
    conn: &mut MySqlConnection,
    grant: GrantId,
    amount: u32,
    now: DateTime<Utc>,
) -> Result<u32, DbError> {
    let row = sqlx::query!(
        "SELECT id, amount, settled FROM session_shortfalls WHERE grant_id = ? FOR UPDATE",
        grant
    )
    .fetch_one(&mut *conn)
    .await?;
    let left = row.amount.checked_sub(amount).ok_or(DbError::Stale)?;
    let overpaid = row.settled.saturating_sub(left);
    let settled = row.settled - overpaid;
    let done = sqlx::query!(
        "UPDATE session_shortfalls SET amount = ?, settled = ?, closed_at = IF(? = ?, COALESCE(closed_at, ?), closed_at) WHERE id = ?",
        left,
        settled,
        left,
        settled,
        now,
        row.id
    )
    .execute(conn)
    .await?;
    one_row(&done)?;
    Ok(overpaid)
}

/// Pays `amount` of an owed shortfall; a fully paid one closes.
pub async fn settle_shortfall(
    conn: &mut MySqlConnection,
    id: u64,
    amount: u32,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE session_shortfalls
            SET closed_at = IF(settled + ? = amount, ?, NULL), closed_by = IF(settled + ? = amount, 'grant', NULL), settled = settled + ?
          WHERE id = ? AND settled + ? <= amount",
        amount,
        now,
        amount,
        amount,
        id,
        amount
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// Closes a shortfall by hand: the person may spend again.
pub async fn close_shortfall(
    conn: &mut MySqlConnection,
    id: u64,
    by: &str,
    now: DateTime<Utc>,
) -> Result<Option<AccountId>, DbError> {
    let account = sqlx::query_scalar!(
        r#"SELECT account_id AS "account: AccountId" FROM session_shortfalls WHERE id = ? AND closed_at IS NULL FOR UPDATE"#,
        id
    )
    .fetch_optional(&mut *conn)
    .await?;
    if account.is_some() {
        let done = sqlx::query!(
            "UPDATE session_shortfalls SET closed_at = ?, closed_by = ? WHERE id = ?",
            now,
            by,
            id
        )
        .execute(conn)
        .await?;
        one_row(&done)?;
    }
    Ok(account)
}

/// Moves everything of one account to another. Answers how many grants moved.
pub async fn move_to(conn: &mut MySqlConnection, from: AccountId, into: AccountId) -> Result<u64, DbError> {
    let grants = sqlx::query!(
        "UPDATE session_grants SET account_id = ? WHERE account_id = ?",
        into,
        from
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "UPDATE session_entries SET account_id = ? WHERE account_id = ?",
        into,
        from
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "UPDATE session_shortfalls SET account_id = ? WHERE account_id = ?",
        into,
        from
    )
    .execute(conn)
    .await?;
    Ok(grants.rows_affected())
}
