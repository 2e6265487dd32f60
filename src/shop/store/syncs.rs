//! How far each list of a shop was read.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{
    core::ids::{ShopId, WcId},
    db::{Corrupt, DbError, one_row},
    shop::{sync::Position, words::clip},
};

/// Whether a reading is under way, and which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncMode {
    Idle,
    /// Everything.
    Full,
    /// What changed since the last reading began.
    Delta,
}

impl SyncMode {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Full => "full",
            Self::Delta => "delta",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Idle, Self::Full, Self::Delta].into_iter().find(|mode| mode.as_str() == word)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncRow {
    /// [`crate::shop::sync::resource`].
    pub resource: String,
    /// When the last finished reading began, by the earlier of the shop's clock and ours.
    pub modified_cursor: Option<DateTime<Utc>>,
    pub id_cursor: WcId,
    pub mode: SyncMode,
    pub seen: u64,
    pub total: Option<u64>,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    /// When everything was last read to the end.
    pub full_at: Option<DateTime<Utc>>,
    pub last_error: Option<String>,
    pub last_error_detail: Option<String>,
    pub last_error_at: Option<DateTime<Utc>>,
}

impl SyncRow {
    /// Where the reading under way goes on; `None` when none is.
    pub fn position(&self) -> Option<Position> {
        let start = match (self.mode, self.modified_cursor) {
            (SyncMode::Idle, _) => return None,
            (SyncMode::Delta, Some(cursor)) => Position::since(cursor),
            (SyncMode::Full, _) | (SyncMode::Delta, None) => Position::full(),
        };
        Some(Position { started_at: self.started_at, after_id: self.id_cursor, seen: self.seen, ..start })
    }
}

/// The one list of columns; `$tail` is what follows `WHERE shop_id = ?`.
macro_rules! select_syncs {
    ($tail:literal $(, $bind:expr)*) => {
        sqlx::query!(
            r#"SELECT resource, modified_cursor, id_cursor AS "id_cursor: WcId", mode, seen, total, started_at, finished_at,
                      full_at, last_error, last_error_detail, last_error_at
                 FROM shop_syncs WHERE shop_id = ? "# + $tail
            $(, $bind)*
        )
    };
}

macro_rules! read {
    ($row:expr, $shop:expr) => {{
        let row = $row;
        let mode = SyncMode::from_word(&row.mode).ok_or(Corrupt {
            table: "shop_syncs",
            id: $shop.0,
            column: "mode",
        })?;
        Ok::<_, DbError>(SyncRow {
            resource: row.resource,
            modified_cursor: row.modified_cursor,
            id_cursor: row.id_cursor,
            mode,
            seen: row.seen,
            total: row.total,
            started_at: row.started_at,
            finished_at: row.finished_at,
            full_at: row.full_at,
            last_error: row.last_error,
            last_error_detail: row.last_error_detail,
            last_error_at: row.last_error_at,
        })
    }};
}

pub async fn sync_rows(conn: &mut MySqlConnection, shop: ShopId) -> Result<Vec<SyncRow>, DbError> {
    let rows = select_syncs!("ORDER BY resource", shop).fetch_all(conn).await?;
    rows.into_iter().map(|row| read!(row, shop)).collect()
}

pub async fn sync_row(
    conn: &mut MySqlConnection,
    shop: ShopId,
    resource: &str,
) -> Result<Option<SyncRow>, DbError> {
    let row = select_syncs!("AND resource = ?", shop, resource).fetch_optional(conn).await?;
    row.map(|row| read!(row, shop)).transpose()
}

/// Starts a reading from the first row and returns where: everything when `full` is asked for, or when no reading was ever
/// finished; else what changed. Forgets one under way; resume that by [`SyncRow::position`] instead.
pub async fn begin_sync(
    conn: &mut MySqlConnection,
    shop: ShopId,
    resource: &str,
    full: bool,
    now: DateTime<Utc>,
) -> Result<Position, DbError> {
    let cursor = sync_row(conn, shop, resource).await?.and_then(|row| row.modified_cursor);
    let (mode, position) = match cursor {
        Some(cursor) if !full => (SyncMode::Delta, Position::since(cursor)),
        _ => (SyncMode::Full, Position::full()),
    };
    sqlx::query!(
        "INSERT INTO shop_syncs (shop_id, resource, mode, started_at) VALUES (?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE mode = VALUES(mode), started_at = VALUES(started_at), id_cursor = 0, seen = 0, total = NULL",
        shop,
        resource,
        mode.as_str(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(Position { started_at: Some(now), ..position })
}

/// A page was applied, in this transaction.
pub async fn advance_sync(
    conn: &mut MySqlConnection,
    shop: ShopId,
    resource: &str,
    position: &Position,
    total: Option<u64>,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE shop_syncs SET id_cursor = ?, seen = ?, total = ?, started_at = ? WHERE shop_id = ? AND resource = ?",
        position.after_id,
        position.seen,
        total,
        position.started_at,
        shop,
        resource,
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// The last page was applied: the next reading asks for what changed since this one began.
pub async fn finish_sync(
    conn: &mut MySqlConnection,
    shop: ShopId,
    resource: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    // Assignments run left to right: mode is read before it is reset.
    let done = sqlx::query!(
        "UPDATE shop_syncs
            SET full_at = IF(mode = 'full', ?, full_at), modified_cursor = started_at, mode = 'idle', id_cursor = 0,
                finished_at = ?, last_error = NULL, last_error_detail = NULL, last_error_at = NULL
          WHERE shop_id = ? AND resource = ? AND mode <> 'idle'",
        now,
        now,
        shop,
        resource,
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// A page failed. The reading stays under way and goes on from the last applied page.
pub async fn fail_sync(
    conn: &mut MySqlConnection,
    shop: ShopId,
    resource: &str,
    code: &str,
    detail: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE shop_syncs SET last_error = ?, last_error_detail = ?, last_error_at = ? WHERE shop_id = ? AND resource = ?",
        code,
        clip(detail, 500),
        now,
        shop,
        resource,
    )
    .execute(conn)
    .await?;
    one_row(&done)
}
