//! SQL of the inbox.
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{MySqlConnection, QueryBuilder, types::Json};

use super::domain::{Headers, Resource, State};
use crate::{
    core::{
        ids::{DeliveryId, ShopId},
        page::{Page, Seek},
    },
    db::{Corrupt, DbError},
};

/// A delivery to be kept.
#[derive(Debug)]
pub struct NewDelivery<'a> {
    pub shop: ShopId,
    pub headers: &'a Headers,
    pub resource: Option<(Resource, u64)>,
    pub body: &'a [u8],
    pub body_hash: [u8; 32],
    /// All headers worth keeping, for the page.
    pub kept_headers: &'a Value,
    pub state: State,
    pub outcome: Option<&'a str>,
    pub received_at: DateTime<Utc>,
}

/// Keeps a delivery. `None`: this body came under this delivery id before, and was counted.
pub async fn insert(
    conn: &mut MySqlConnection,
    new: &NewDelivery<'_>,
) -> Result<Option<DeliveryId>, DbError> {
    let resource = new.resource.map_or_else(
        || new.headers.topic.split('.').next().unwrap_or_default().chars().take(16).collect(),
        |(resource, _)| resource.as_str().to_owned(),
    );
    let inserted = sqlx::query!(
        "INSERT INTO inbox_deliveries
           (shop_id, topic, resource, resource_id, delivery_id, webhook_id, body_hash, body, headers, state, outcome, received_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        new.shop,
        cut(&new.headers.topic, 40),
        resource,
        new.resource.map(|(_, id)| id),
        cut(&new.headers.delivery_id, 64),
        cut(&new.headers.webhook_id, 20),
        &new.body_hash[..],
        new.body,
        Json(new.kept_headers),
        new.state.as_str(),
        new.outcome,
        new.received_at,
    )
    .execute(&mut *conn)
    .await
    .map_err(DbError::from);
    match inserted {
        Ok(done) => Ok(Some(DeliveryId(done.last_insert_id()))),
        Err(e) if e.duplicate_key() == Some("uq_inbox_deliveries_body") => {
            sqlx::query!(
                "UPDATE inbox_deliveries SET copies = copies + 1 WHERE shop_id = ? AND delivery_id = ? AND body_hash = ?",
                new.shop,
                cut(&new.headers.delivery_id, 64),
                &new.body_hash[..],
            )
            .execute(conn)
            .await?;
            Ok(None)
        }
        Err(e) => Err(e),
    }
}

/// Header values are ASCII in the columns; anything else, or longer, is cut.
fn cut(text: &str, most: usize) -> String {
    text.chars().filter(char::is_ascii_graphic).take(most).collect()
}

/// The newest waiting delivery about a thing: a job that starts now answers for it and all before it.
pub async fn newest_pending(
    conn: &mut MySqlConnection,
    shop: ShopId,
    resource: Resource,
    id: u64,
) -> Result<Option<DeliveryId>, DbError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT MAX(id) AS "id: DeliveryId" FROM inbox_deliveries
            WHERE shop_id = ? AND resource = ? AND resource_id = ? AND state IN ('pending', 'failed')"#,
        shop,
        resource.as_str(),
        id
    )
    .fetch_one(conn)
    .await?)
}

/// Marks every waiting delivery about a thing, up to `newest`, as processed.
pub async fn mark_processed(
    conn: &mut MySqlConnection,
    (shop, resource, id): (ShopId, Resource, u64),
    newest: DeliveryId,
    outcome: &str,
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    let done = sqlx::query!(
        "UPDATE inbox_deliveries SET state = 'processed', outcome = ?, error = NULL, processed_at = ?, attempts = attempts + 1
          WHERE shop_id = ? AND resource = ? AND resource_id = ? AND state IN ('pending', 'failed') AND id <= ?",
        outcome,
        now,
        shop,
        resource.as_str(),
        id,
        newest
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Notes a failed attempt on every waiting delivery about a thing; the last attempt parks them.
pub async fn mark_attempt(
    conn: &mut MySqlConnection,
    (shop, resource, id): (ShopId, Resource, u64),
    newest: DeliveryId,
    error: &str,
    is_last: bool,
) -> Result<(), DbError> {
    let error: String = error.chars().take(500).collect();
    sqlx::query!(
        "UPDATE inbox_deliveries SET state = IF(?, 'failed', state), error = ?, attempts = attempts + 1
          WHERE shop_id = ? AND resource = ? AND resource_id = ? AND state IN ('pending', 'failed') AND id <= ?",
        is_last,
        error,
        shop,
        resource.as_str(),
        id,
        newest
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Puts one delivery back in line. False: it waits already, or it is of no resource.
pub async fn reopen(conn: &mut MySqlConnection, id: DeliveryId) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "UPDATE inbox_deliveries SET state = 'pending', error = NULL, outcome = NULL, processed_at = NULL
          WHERE id = ? AND state IN ('processed', 'failed') AND resource_id IS NOT NULL",
        id
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Sets a quarantined delivery aside: someone looked at it.
pub async fn set_aside(
    conn: &mut MySqlConnection,
    id: DeliveryId,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "UPDATE inbox_deliveries SET state = 'discarded', processed_at = ? WHERE id = ? AND state = 'quarantined'",
        now,
        id
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A delivery as lists show it.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub id: DeliveryId,
    pub shop: ShopId,
    pub topic: String,
    pub resource: String,
    pub resource_id: Option<u64>,
    pub delivery_id: String,
    pub state: State,
    pub copies: u32,
    pub attempts: u32,
    pub outcome: Option<String>,
    pub error: Option<String>,
    pub received_at: DateTime<Utc>,
    pub processed_at: Option<DateTime<Utc>>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: u64,
    shop_id: u64,
    topic: String,
    resource: String,
    resource_id: Option<u64>,
    delivery_id: String,
    state: String,
    copies: u32,
    attempts: u32,
    outcome: Option<String>,
    error: Option<String>,
    received_at: DateTime<Utc>,
    processed_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Delivery {
    type Error = Corrupt;
    fn try_from(row: Row) -> Result<Self, Corrupt> {
        Ok(Self {
            state: State::parse(&row.state).ok_or(Corrupt {
                table: "inbox_deliveries",
                id: row.id,
                column: "state",
            })?,
            id: DeliveryId(row.id),
            shop: ShopId(row.shop_id),
            topic: row.topic,
            resource: row.resource,
            resource_id: row.resource_id,
            delivery_id: row.delivery_id,
            copies: row.copies,
            attempts: row.attempts,
            outcome: row.outcome,
            error: row.error,
            received_at: row.received_at,
            processed_at: row.processed_at,
        })
    }
}

const COLUMNS: &str =
    "SELECT id, shop_id, topic, resource, resource_id, delivery_id, state, copies, attempts, outcome, error,
    received_at, processed_at FROM inbox_deliveries WHERE TRUE";

/// What a list of deliveries is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub shop: Option<ShopId>,
    pub state: Option<State>,
    pub resource: Option<Resource>,
    pub resource_id: Option<u64>,
}

/// Deliveries, newest first.
pub async fn list(
    conn: &mut MySqlConnection,
    filter: &Filter,
    seek: &Seek<u64>,
) -> Result<Page<Delivery>, DbError> {
    let mut query = QueryBuilder::new(COLUMNS);
    if let Some(shop) = filter.shop {
        query.push(" AND shop_id = ").push_bind(shop.0);
    }
    if let Some(state) = filter.state {
        query.push(" AND state = ").push_bind(state.as_str());
    }
    if let Some(resource) = filter.resource {
        query.push(" AND resource = ").push_bind(resource.as_str());
    }
    if let Some(id) = filter.resource_id {
        query.push(" AND resource_id = ").push_bind(id);
    }
    if let Some(from) = seek.from {
        query.push(if seek.is_backward() { " AND id > " } else { " AND id < " }).push_bind(from);
    }
    query.push(if seek.is_backward() { " ORDER BY id" } else { " ORDER BY id DESC" });
    query.push(" LIMIT ").push_bind(seek.limit + 1);
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    let rows = rows.into_iter().map(Delivery::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(seek.page(rows, |delivery| delivery.id.0))
}

pub async fn find(conn: &mut MySqlConnection, id: DeliveryId) -> Result<Option<Delivery>, DbError> {
    let mut query = QueryBuilder::new(COLUMNS);
    query.push(" AND id = ").push_bind(id.0);
    let row: Option<Row> = query.build_query_as().fetch_optional(conn).await?;
    Ok(row.map(Delivery::try_from).transpose()?)
}

/// The body and the headers of a delivery, as they came.
pub async fn content(
    conn: &mut MySqlConnection,
    id: DeliveryId,
) -> Result<Option<(Vec<u8>, Value)>, DbError> {
    let row = sqlx::query!(
        r#"SELECT body, headers AS "headers: Json<Value>" FROM inbox_deliveries WHERE id = ?"#,
        id
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.body, row.headers.0)))
}

/// How many deliveries need a person.
pub async fn needing_attention(conn: &mut MySqlConnection) -> Result<(u64, u64), DbError> {
    let row = sqlx::query!(
        r#"SELECT (SELECT COUNT(*) FROM inbox_deliveries WHERE state = 'quarantined') AS "quarantined!: i64",
                  (SELECT COUNT(*) FROM inbox_deliveries WHERE state = 'failed') AS "failed!: i64""#
    )
    .fetch_one(conn)
    .await?;
    Ok((row.quarantined.unsigned_abs(), row.failed.unsigned_abs()))
}

/// Forgets what was done with long ago, at most `limit` at once.
pub async fn tidy(conn: &mut MySqlConnection, before: DateTime<Utc>, limit: u32) -> Result<u64, DbError> {
    let done = sqlx::query!(
        "DELETE FROM inbox_deliveries WHERE state IN ('processed', 'discarded') AND received_at < ? LIMIT ?",
        before,
        limit
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
