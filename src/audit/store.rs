//! SQL of the audit trail.
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{MySqlConnection, QueryBuilder, types::Json};

use super::Record;
use crate::{
    core::{
        ids::{AccountId, AuditId, ShopId},
        page::{Page, Seek},
    },
    db::DbError,
};

pub async fn insert(conn: &mut MySqlConnection, record: &Record<'_>) -> Result<(), DbError> {
    sqlx::query!(
        "INSERT INTO audit_entries
           (at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, account_id, shop_id, detail, request_id)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        record.at,
        record.actor.kind(),
        record.actor.id(),
        record.actor.name(),
        record.action,
        record.subject_kind,
        record.subject_id,
        record.account,
        record.shop,
        sqlx::types::Json(&record.detail),
        record.request_id,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A row of the trail. Kinds and actions are words: rows outlive the code that wrote them.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: AuditId,
    pub at: DateTime<Utc>,
    pub actor_kind: String,
    pub actor_id: String,
    /// Empty for customers, whose name is not kept here.
    pub actor_name: String,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: String,
    pub account: Option<AccountId>,
    pub shop: Option<ShopId>,
    pub detail: Value,
    pub request_id: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: u64,
    at: DateTime<Utc>,
    actor_kind: String,
    actor_id: String,
    actor_name: String,
    action: String,
    subject_kind: String,
    subject_id: String,
    account_id: Option<u64>,
    shop_id: Option<u64>,
    detail: Json<Value>,
    request_id: Option<String>,
}

impl From<Row> for Entry {
    fn from(row: Row) -> Self {
        Self {
            id: AuditId(row.id),
            at: row.at,
            actor_kind: row.actor_kind,
            actor_id: row.actor_id,
            actor_name: row.actor_name,
            action: row.action,
            subject_kind: row.subject_kind,
            subject_id: row.subject_id,
            account: row.account_id.map(AccountId),
            shop: row.shop_id.map(ShopId),
            detail: row.detail.0,
            request_id: row.request_id,
        }
    }
}

const COLUMNS: &str =
    "SELECT id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, account_id, shop_id,
    detail, request_id FROM audit_entries WHERE TRUE";

/// What a list of the trail is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub action: Option<String>,
    pub actor_kind: Option<String>,
    pub subject_kind: Option<String>,
    pub subject_id: Option<String>,
    pub account: Option<AccountId>,
    /// The first instant that counts.
    pub from: Option<DateTime<Utc>>,
    /// The first instant that no longer counts.
    pub until: Option<DateTime<Utc>>,
}

/// Changes, newest first.
pub async fn list(
    conn: &mut MySqlConnection,
    filter: &Filter,
    seek: &Seek<u64>,
) -> Result<Page<Entry>, DbError> {
    let mut query = QueryBuilder::new(COLUMNS);
    for (column, value) in [
        (" AND action = ", &filter.action),
        (" AND actor_kind = ", &filter.actor_kind),
        (" AND subject_kind = ", &filter.subject_kind),
        (" AND subject_id = ", &filter.subject_id),
    ] {
        if let Some(value) = value {
            query.push(column).push_bind(value);
        }
    }
    if let Some(account) = filter.account {
        query.push(" AND account_id = ").push_bind(account.0);
    }
    if let Some(from) = filter.from {
        query.push(" AND at >= ").push_bind(from);
    }
    if let Some(until) = filter.until {
        query.push(" AND at < ").push_bind(until);
    }
    if let Some(from) = seek.from {
        query.push(if seek.is_backward() { " AND id > " } else { " AND id < " }).push_bind(from);
    }
    query.push(if seek.is_backward() { " ORDER BY id" } else { " ORDER BY id DESC" });
    query.push(" LIMIT ").push_bind(seek.limit + 1);
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    Ok(seek.page(rows.into_iter().map(Entry::from).collect(), |entry: &Entry| entry.id.0))
}

pub async fn find(conn: &mut MySqlConnection, id: AuditId) -> Result<Option<Entry>, DbError> {
    let mut query = QueryBuilder::new(COLUMNS);
    query.push(" AND id = ").push_bind(id.0);
    let row: Option<Row> = query.build_query_as().fetch_optional(conn).await?;
    Ok(row.map(Entry::from))
}

/// The actions that were ever written down.
pub async fn actions(conn: &mut MySqlConnection) -> Result<Vec<String>, DbError> {
    Ok(sqlx::query_scalar!("SELECT DISTINCT action FROM audit_entries").fetch_all(conn).await?)
}

/// The kinds of things that were ever changed.
pub async fn subject_kinds(conn: &mut MySqlConnection) -> Result<Vec<String>, DbError> {
    Ok(sqlx::query_scalar!("SELECT DISTINCT subject_kind FROM audit_entries").fetch_all(conn).await?)
}
