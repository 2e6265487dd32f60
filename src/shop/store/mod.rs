//! The shops table: which shops are connected, by which (sealed) keys, and how the last talk with each went.
pub mod member_meta;
mod shop;
mod syncs;
mod webhooks;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sqlx::MySqlConnection;

use super::{client::ShopAddress, facts::ShopFacts, words::clip};
use crate::{
    core::{ids::ShopId, secret::Secret},
    crypto::{Keys, Purpose},
    db::{DbError, one_row},
};

use shop::Row;
pub use shop::{RefundPolicy, Sealed, Settings, Shop};
pub use syncs::{SyncMode, SyncRow, advance_sync, begin_sync, fail_sync, finish_sync, sync_row, sync_rows};
pub use webhooks::{WebhookRow, WebhookState, record_delivery, save_webhook, webhook_rows};

/// A shop about to be saved.
#[derive(Debug, Clone)]
pub struct NewShop {
    /// At most 40 characters of `a-z0-9-`.
    pub slug: String,
    pub name: String,
    pub address: ShopAddress,
    pub webhook_secret: Secret,
    pub handoff_secret: Secret,
    pub timezone: Tz,
    /// Three letters.
    pub currency: String,
    pub wc_version: String,
}

/// The one list of columns; `$tail` is what follows `FROM shops`.
macro_rules! select_shops {
    ($tail:literal $(, $bind:expr)*) => {
        sqlx::query_as!(
            Row,
            r#"SELECT id AS "id: ShopId", slug, name, url, consumer_key_sealed, consumer_secret_sealed, key_last4,
                      webhook_secret_sealed, webhook_secret_old_sealed, webhook_secret_old_until, handoff_secret_sealed,
                      timezone, currency, wc_version, grant_on_processing AS "grant_on_processing: bool", refund_policy,
                      writes_member_meta AS "writes_member_meta: bool", member_meta_key,
                      last_ok_at, last_error, last_error_detail, last_error_at, paused_at, created_at, version
                 FROM shops "# + $tail
            $(, $bind)*
        )
    };
}

pub async fn find(conn: &mut MySqlConnection, id: ShopId) -> Result<Option<Shop>, DbError> {
    let row = select_shops!("WHERE id = ?", id).fetch_optional(conn).await?;
    Ok(row.map(Shop::try_from).transpose()?)
}

pub async fn find_by_slug(conn: &mut MySqlConnection, slug: &str) -> Result<Option<Shop>, DbError> {
    let row = select_shops!("WHERE slug = ?", slug).fetch_optional(conn).await?;
    Ok(row.map(Shop::try_from).transpose()?)
}

/// Every shop, paused ones too, by name.
pub async fn list(conn: &mut MySqlConnection) -> Result<Vec<Shop>, DbError> {
    let rows = select_shops!("ORDER BY name, id").fetch_all(conn).await?;
    Ok(rows.into_iter().map(Shop::try_from).collect::<Result<_, _>>()?)
}

/// Saves a shop whose keys were tried. A second one of the same name or address runs into `uq_shops_slug` or `uq_shops_url`
/// (see [`DbError::duplicate_key`]).
pub async fn insert(
    conn: &mut MySqlConnection,
    new: &NewShop,
    keys: &Keys,
    now: DateTime<Utc>,
) -> Result<ShopId, DbError> {
    let done = sqlx::query!(
        "INSERT INTO shops (slug, name, url, consumer_key_sealed, consumer_secret_sealed, key_last4, webhook_secret_sealed,
                            handoff_secret_sealed, timezone, currency, wc_version, last_ok_at, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        new.slug,
        clip(&new.name, 120),
        new.address.url.as_str(),
        keys.seal(Purpose::ConsumerKey, &new.address.consumer_key),
        keys.seal(Purpose::ConsumerSecret, &new.address.consumer_secret),
        new.address.consumer_key.last4(),
        keys.seal(Purpose::WebhookSecret, &new.webhook_secret),
        keys.seal(Purpose::HandoffSecret, &new.handoff_secret),
        new.timezone.name(),
        new.currency,
        new.wc_version,
        now,
        now,
    )
    .execute(conn)
    .await?;
    Ok(ShopId(done.last_insert_id()))
}

/// Replaces the keys, which were tried.
pub async fn update_keys(
    conn: &mut MySqlConnection,
    shop: &Shop,
    consumer_key: &Secret,
    consumer_secret: &Secret,
    keys: &Keys,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE shops SET consumer_key_sealed = ?, consumer_secret_sealed = ?, key_last4 = ?, version = version + 1
          WHERE id = ? AND version = ?",
        keys.seal(Purpose::ConsumerKey, consumer_key),
        keys.seal(Purpose::ConsumerSecret, consumer_secret),
        consumer_key.last4(),
        shop.id,
        shop.version,
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// What staff decide about a shop.
pub async fn update_settings(conn: &mut MySqlConnection, shop: &Shop, to: &Settings) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE shops SET name = ?, grant_on_processing = ?, refund_policy = ?, writes_member_meta = ?, member_meta_key = ?,
                version = version + 1
          WHERE id = ? AND version = ?",
        clip(&to.name, 120),
        to.grant_on_processing,
        to.refund_policy.as_str(),
        to.writes_member_meta,
        to.member_meta_key,
        shop.id,
        shop.version,
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// What a shop says of itself now. Facts it hides keep their last value. The name is staff's, once saved.
pub async fn save_facts(conn: &mut MySqlConnection, id: ShopId, facts: &ShopFacts) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE shops SET timezone = ?, currency = COALESCE(?, currency), wc_version = COALESCE(?, wc_version) WHERE id = ?",
        facts.timezone.name(),
        facts.currency,
        facts.wc_version,
        id,
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// Takes a new webhook secret into use; the one before stays valid until `old_until`.
pub async fn rotate_webhook_secret(
    conn: &mut MySqlConnection,
    shop: &Shop,
    new: &Secret,
    keys: &Keys,
    old_until: DateTime<Utc>,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE shops SET webhook_secret_old_sealed = ?, webhook_secret_old_until = ?, webhook_secret_sealed = ?, version = version + 1
          WHERE id = ? AND version = ?",
        shop.webhook_secret.0,
        old_until,
        keys.seal(Purpose::WebhookSecret, new),
        shop.id,
        shop.version,
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// Takes a new hand-off secret into use at once: links signed with the one before stop working.
pub async fn rotate_handoff_secret(
    conn: &mut MySqlConnection,
    shop: &Shop,
    new: &Secret,
    keys: &Keys,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE shops SET handoff_secret_sealed = ?, version = version + 1 WHERE id = ? AND version = ?",
        keys.seal(Purpose::HandoffSecret, new),
        shop.id,
        shop.version,
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// The shop answered: whatever was wrong no longer is.
pub async fn record_ok(conn: &mut MySqlConnection, id: ShopId, now: DateTime<Utc>) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE shops SET last_ok_at = ?, last_error = NULL, last_error_detail = NULL, last_error_at = NULL WHERE id = ?",
        now,
        id,
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// The shop failed, by [`super::error::ShopError::code`] and text.
pub async fn record_error(
    conn: &mut MySqlConnection,
    id: ShopId,
    code: &str,
    detail: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE shops SET last_error = ?, last_error_detail = ?, last_error_at = ? WHERE id = ?",
        code,
        clip(detail, 500),
        now,
        id,
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// Stops (or resumes, with `None`) reading a shop. Deliveries are still stored.
pub async fn set_paused(
    conn: &mut MySqlConnection,
    shop: &Shop,
    paused_at: Option<DateTime<Utc>>,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE shops SET paused_at = ?, version = version + 1 WHERE id = ? AND version = ?",
        paused_at,
        shop.id,
        shop.version,
    )
    .execute(conn)
    .await?;
    one_row(&done)
}
