//! Coupons.
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::{MySqlConnection, types::Json};

use super::{Outcome, Stamp};
use crate::{
    core::ids::{ShopId, WcId},
    db::{DbError, one_row},
    shop::words::Coupon,
};

/// A coupon as last seen. Who used it is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCoupon {
    pub coupon: Coupon,
    pub seen_at: DateTime<Utc>,
    pub deleted_at: Option<DateTime<Utc>>,
}

/// The one list of columns; `$tail` is what follows `FROM wc_coupons`.
macro_rules! select_coupon {
    ($conn:expr, $tail:literal $(, $bind:expr)*) => {
        sqlx::query!(
            r#"SELECT wc_id AS "wc_id: WcId", code, amount AS "amount: Decimal", discount_type, status, description, expires_at, usage_count,
                      usage_limit, email_restrictions AS "email_restrictions: Json<Vec<String>>", modified_at, seen_at, deleted_at
                 FROM wc_coupons "# + $tail
            $(, $bind)*
        )
        .fetch_optional($conn)
        .await?
        .map(|row| StoredCoupon {
            coupon: Coupon {
                id: row.wc_id,
                code: row.code,
                amount: row.amount,
                discount_type: row.discount_type,
                status: row.status,
                description: row.description,
                expires_at: row.expires_at,
                usage_count: row.usage_count,
                usage_limit: row.usage_limit,
                email_restrictions: row.email_restrictions.0,
                modified_at: row.modified_at,
                used_by: Vec::new(),
            },
            seen_at: row.seen_at,
            deleted_at: row.deleted_at,
        })
    };
}

/// A coupon, deleted ones too.
pub async fn coupon(
    conn: &mut MySqlConnection,
    shop: ShopId,
    id: WcId,
) -> Result<Option<StoredCoupon>, DbError> {
    Ok(select_coupon!(conn, "WHERE shop_id = ? AND wc_id = ?", shop, id))
}

/// The coupon of a code, in any case, that exists.
pub async fn coupon_by_code(
    conn: &mut MySqlConnection,
    shop: ShopId,
    code: &str,
) -> Result<Option<StoredCoupon>, DbError> {
    let code = code.trim().to_lowercase();
    Ok(select_coupon!(
        conn,
        "WHERE shop_id = ? AND code = ? AND deleted_at IS NULL ORDER BY wc_id DESC LIMIT 1",
        shop,
        code
    ))
}

async fn stamp(conn: &mut MySqlConnection, shop: ShopId, id: WcId) -> Result<Option<Stamp>, DbError> {
    Ok(sqlx::query_as!(
        Stamp,
        "SELECT modified_at, seen_at, deleted_at FROM wc_coupons WHERE shop_id = ? AND wc_id = ? FOR UPDATE",
        shop,
        id,
    )
    .fetch_optional(conn)
    .await?)
}

/// Writes a look at a coupon that began at `seen_at`, unless a later one was written. A trashed one is marked deleted.
pub async fn save_coupon(
    conn: &mut MySqlConnection,
    shop: ShopId,
    found: &Coupon,
    seen_at: DateTime<Utc>,
) -> Result<Outcome, DbError> {
    let trashed = found.status == "trash";
    if stamp(conn, shop, found.id).await?.is_none() {
        let inserted = sqlx::query!(
            "INSERT INTO wc_coupons (shop_id, wc_id, code, amount, discount_type, status, description, expires_at, usage_count, usage_limit,
                                     email_restrictions, modified_at, seen_at, deleted_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            shop,
            found.id,
            found.code,
            found.amount,
            found.discount_type,
            found.status,
            found.description,
            found.expires_at,
            found.usage_count,
            found.usage_limit,
            Json(&found.email_restrictions),
            found.modified_at,
            seen_at,
            trashed.then_some(seen_at),
        )
        .execute(&mut *conn)
        .await
        .map_err(DbError::from);
        match inserted {
            Ok(_) => return Ok(Outcome::New),
            Err(e) if e.duplicate_key() == Some("PRIMARY") => {}
            Err(e) => return Err(e),
        }
    }
    let stored = stamp(conn, shop, found.id).await?.ok_or(DbError::Stale)?;
    if stored.outdates(found.modified_at, seen_at) {
        return Ok(Outcome::Stale);
    }
    let before = coupon(conn, shop, found.id).await?.ok_or(DbError::Stale)?;
    let done = sqlx::query!(
        "UPDATE wc_coupons
            SET code = ?, amount = ?, discount_type = ?, status = ?, description = ?, expires_at = ?, usage_count = ?, usage_limit = ?,
                email_restrictions = ?, modified_at = ?, seen_at = ?, deleted_at = ?
          WHERE shop_id = ? AND wc_id = ?",
        found.code,
        found.amount,
        found.discount_type,
        found.status,
        found.description,
        found.expires_at,
        found.usage_count,
        found.usage_limit,
        Json(&found.email_restrictions),
        found.modified_at,
        seen_at,
        trashed.then(|| before.deleted_at.unwrap_or(seen_at)),
        shop,
        found.id,
    )
    .execute(conn)
    .await?;
    one_row(&done)?;
    let same = before.deleted_at.is_some() == trashed
        && before.coupon == Coupon { used_by: Vec::new(), ..found.clone() };
    Ok(if same { Outcome::Same } else { Outcome::Changed })
}
