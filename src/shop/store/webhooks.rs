//! The webhooks we registered, as last seen in the shop.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{
    core::ids::{ShopId, WcId},
    db::{Corrupt, DbError},
};

/// How a webhook stands in the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookState {
    /// Not registered yet.
    Wanted,
    Active,
    /// Somebody paused it.
    Paused,
    /// The shop gave up on it after failed deliveries, without a word.
    Disabled,
    /// It was there and is gone.
    Missing,
}

impl WebhookState {
    const ALL: [Self; 5] = [Self::Wanted, Self::Active, Self::Paused, Self::Disabled, Self::Missing];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wanted => "wanted",
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Disabled => "disabled",
            Self::Missing => "missing",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookRow {
    pub topic: String,
    pub wc_id: Option<WcId>,
    pub state: WebhookState,
    pub checked_at: Option<DateTime<Utc>>,
    /// When `state` or `wc_id` last changed.
    pub changed_at: DateTime<Utc>,
    /// Times the watchdog had to wake it up.
    pub reenabled_count: u32,
    pub last_delivery_at: Option<DateTime<Utc>>,
}

pub async fn webhook_rows(conn: &mut MySqlConnection, shop: ShopId) -> Result<Vec<WebhookRow>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT topic, wc_id AS "wc_id: WcId", state, checked_at, changed_at, reenabled_count, last_delivery_at
             FROM shop_webhooks WHERE shop_id = ? ORDER BY topic"#,
        shop,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let state = WebhookState::from_word(&row.state).ok_or(Corrupt {
                table: "shop_webhooks",
                id: shop.0,
                column: "state",
            })?;
            Ok(WebhookRow {
                topic: row.topic,
                wc_id: row.wc_id,
                state,
                checked_at: row.checked_at,
                changed_at: row.changed_at,
                reenabled_count: row.reenabled_count,
                last_delivery_at: row.last_delivery_at,
            })
        })
        .collect()
}

/// Writes what was found (or done) at `now`. `reenabled` counts one more awakening.
pub async fn save_webhook(
    conn: &mut MySqlConnection,
    shop: ShopId,
    topic: &str,
    wc_id: Option<WcId>,
    state: WebhookState,
    reenabled: bool,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    // Assignments run left to right, so changed_at compares with the values before.
    sqlx::query!(
        "INSERT INTO shop_webhooks (shop_id, topic, wc_id, state, checked_at, changed_at, reenabled_count)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE
           changed_at = IF(state <> VALUES(state) OR NOT (wc_id <=> VALUES(wc_id)), VALUES(changed_at), changed_at),
           wc_id = VALUES(wc_id), state = VALUES(state), checked_at = VALUES(checked_at),
           reenabled_count = reenabled_count + VALUES(reenabled_count)",
        shop,
        topic,
        wc_id,
        state.as_str(),
        now,
        now,
        u32::from(reenabled),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that a delivery of this topic came. `false` for a topic we never asked for.
pub async fn record_delivery(
    conn: &mut MySqlConnection,
    shop: ShopId,
    topic: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "UPDATE shop_webhooks SET last_delivery_at = ? WHERE shop_id = ? AND topic = ?",
        now,
        shop,
        topic,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}
