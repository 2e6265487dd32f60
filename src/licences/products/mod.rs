//! What a shop product gives: credits or a span of time, of which feature and tier. A variation before its product.
pub mod admin;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use sqlx::MySqlConnection;

use super::{
    domain::{
        Tier,
        orders::{Unit, Worth},
    },
    store::lines::{columns_of, unit_of},
};
use crate::{
    app::App,
    audit,
    core::{
        actor::Actor,
        feature::FeatureCode,
        ids::{ShopId, WcId},
    },
    db::{Corrupt, DbError},
    shop::shelf::Key,
};

/// A product that gives a licence.
#[derive(Debug, Clone)]
pub struct Mapped {
    pub key: Key,
    pub worth: Worth,
    /// `None` when the product is not mirrored (yet).
    pub name: Option<String>,
    pub price: Option<Decimal>,
    pub permalink: Option<String>,
    /// Trashed or deleted in the shop.
    pub is_gone: bool,
}

/// What a product or variation gives among all that give anything, and whether it says so itself: a variation that says nothing
/// gives what its product does.
pub fn said(all: &[Mapped], key: Key) -> Option<(&Worth, bool)> {
    let (shop, product, variation) = key;
    let of = |variation| all.iter().find(|m| m.key == (shop, product, variation)).map(|m| &m.worth);
    of(variation).map(|worth| (worth, true)).or_else(|| of(WcId(0)).map(|worth| (worth, false)))
}

struct Row {
    product_id: u64,
    feature: String,
    tier: String,
    credits: u32,
    months: u32,
    days: u32,
    renewal: String,
}

impl TryFrom<Row> for Worth {
    type Error = Corrupt;
    fn try_from(row: Row) -> Result<Self, Corrupt> {
        let corrupt = |column| Corrupt { table: "licence_products", id: row.product_id, column };
        Ok(Self {
            feature: FeatureCode::parse(&row.feature).ok_or_else(|| corrupt("feature"))?,
            tier: Tier::parse(&row.tier).ok_or_else(|| corrupt("tier"))?,
            unit: unit_of(row.credits, row.months, row.days, &row.renewal)
                .ok_or_else(|| corrupt("renewal"))?,
        })
    }
}

/// What a unit of what an order line sold gives; `None` when it gives no licence.
pub async fn worth(
    conn: &mut MySqlConnection,
    shop: ShopId,
    product: WcId,
    variation: WcId,
) -> Result<Option<Worth>, DbError> {
    let row = sqlx::query_as!(
        Row,
        "SELECT product_id, feature, tier, credits, months, days, renewal FROM licence_products
          WHERE shop_id = ? AND product_id = ? AND variation_id IN (0, ?) ORDER BY variation_id DESC LIMIT 1",
        shop,
        product,
        variation
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Worth::try_from).transpose()?)
}

/// Every product that gives a licence, of all shops.
pub async fn list(conn: &mut MySqlConnection) -> Result<Vec<Mapped>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT l.shop_id, l.product_id, l.variation_id, l.feature, l.tier, l.credits, l.months, l.days, l.renewal,
                  p.name AS "name?", p.price AS "price?", p.permalink AS "permalink?", p.deleted_at IS NOT NULL AS "is_gone!: bool"
             FROM licence_products l
             LEFT JOIN wc_products p ON p.shop_id = l.shop_id AND p.wc_id = IF(l.variation_id = 0, l.product_id, l.variation_id)
            ORDER BY l.shop_id, l.product_id, l.variation_id"#
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Mapped {
                key: (ShopId(row.shop_id), WcId(row.product_id), WcId(row.variation_id)),
                worth: Row {
                    product_id: row.product_id,
                    feature: row.feature,
                    tier: row.tier,
                    credits: row.credits,
                    months: row.months,
                    days: row.days,
                    renewal: row.renewal,
                }
                .try_into()?,
                name: row.name,
                price: row.price,
                permalink: row.permalink,
                is_gone: row.is_gone,
            })
        })
        .collect()
}

/// What the table says of exactly this product or variation.
async fn own(conn: &mut MySqlConnection, (shop, product, variation): Key) -> Result<Option<Worth>, DbError> {
    let row = sqlx::query_as!(
        Row,
        "SELECT product_id, feature, tier, credits, months, days, renewal FROM licence_products
          WHERE shop_id = ? AND product_id = ? AND variation_id = ? FOR UPDATE",
        shop,
        product,
        variation
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Worth::try_from).transpose()?)
}

/// What the audit trail says of a worth.
fn told(worth: Option<&Worth>) -> Value {
    let Some(worth) = worth else { return json!({}) };
    let mut told = json!({"unit_feature": worth.feature, "unit_plan": worth.plan().as_str()});
    let (credits, months, days, renewal) = columns_of(worth.unit);
    match worth.unit {
        Unit::Credits(_) => told["unit_credits"] = credits.into(),
        Unit::Span { .. } => {
            told["unit_months"] = months.into();
            told["unit_days"] = days.into();
            told["renewal"] = renewal.into();
        }
    }
    told
}

/// Says what a product (or one variation) gives. False: it said so already, nothing was written.
pub async fn put(
    conn: &mut MySqlConnection,
    key: Key,
    worth: &Worth,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let before = own(conn, key).await?;
    if before.as_ref() == Some(worth) {
        return Ok(false);
    }
    let (shop, product, variation) = key;
    let (credits, months, days, renewal) = columns_of(worth.unit);
    sqlx::query!(
        "INSERT INTO licence_products (shop_id, product_id, variation_id, feature, tier, mode, credits, months, days, renewal, updated_at, updated_by)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE feature = VALUES(feature), tier = VALUES(tier), mode = VALUES(mode), credits = VALUES(credits),
                months = VALUES(months), days = VALUES(days), renewal = VALUES(renewal), updated_at = VALUES(updated_at), updated_by = VALUES(updated_by)",
        shop,
        product,
        variation,
        worth.feature,
        worth.tier.as_str(),
        worth.unit.mode().as_str(),
        credits,
        months,
        days,
        renewal,
        now,
        actor.id()
    )
    .execute(&mut *conn)
    .await?;
    let record = audit::Record::new(now, actor, "licence_product.set", "product", product)
        .shop(shop)
        .detail(json!({"variation": variation, "from": told(before.as_ref()), "to": told(Some(worth))}));
    audit::record(conn, record).await?;
    Ok(true)
}

/// Saves what a product gives, or (with `None`) that it gives no licence. What was bought before keeps what it gave.
pub async fn save(app: &App, key: Key, worth: Option<&Worth>, actor: &Actor) -> Result<bool, DbError> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let changed = match worth {
                Some(worth) => put(&mut tx, key, worth, actor, now).await?,
                None => remove(&mut tx, key, actor, now).await?,
            };
            tx.done(changed).await
        })
        .await
}

async fn remove(
    conn: &mut MySqlConnection,
    key: Key,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let before = own(conn, key).await?;
    let (shop, product, variation) = key;
    let done = sqlx::query!(
        "DELETE FROM licence_products WHERE shop_id = ? AND product_id = ? AND variation_id = ?",
        shop,
        product,
        variation
    )
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    let record = audit::Record::new(now, actor, "licence_product.removed", "product", product)
        .shop(shop)
        .detail(json!({"variation": variation, "from": told(before.as_ref()), "to": {}}));
    audit::record(conn, record).await?;
    Ok(true)
}
