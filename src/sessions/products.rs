//! How many sessions a shop product is worth: the admin's own table first, then what the product itself says in its meta
//! field ([`crate::shop::words::SESSIONS_META`]); a variation before its product.
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::MySqlConnection;

use crate::{
    app::App,
    audit,
    core::{
        actor::Actor,
        ids::{ShopId, WcId},
    },
    db::DbError,
    shop::shelf::Key,
};

/// What the brief's own shop sells: product, sessions per unit.
pub const BRIEF_PRODUCTS: [(u64, u32); 3] = [(483, 1), (486, 5), (487, 10)];
/// Most sessions one unit can be worth.
pub const MOST_PER_UNIT: u32 = 1000;

/// A product that is worth sessions, with where that is said.
#[derive(Debug, Clone)]
pub struct Worth {
    pub shop: ShopId,
    pub product: WcId,
    /// 0 for the whole product.
    pub variation: WcId,
    /// `None` when the product is not mirrored (yet).
    pub name: Option<String>,
    pub price: Option<rust_decimal::Decimal>,
    pub permalink: Option<String>,
    /// Trashed or deleted in the shop.
    pub is_gone: bool,
    /// What the admin's table says.
    pub listed: Option<u32>,
    /// What the product's meta says.
    pub meta: Option<u32>,
}

/// What a unit is worth, and who says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// The admin's table.
    Table(u32),
    /// The product's (or variation's) own meta field.
    Meta(u32),
    /// A variation that says nothing is worth what its product is.
    Product(u32),
    Nobody,
}

impl Said {
    pub fn sessions(self) -> Option<u32> {
        match self {
            Self::Table(n) | Self::Meta(n) | Self::Product(n) => Some(n),
            Self::Nobody => None,
        }
    }
}

/// What a product or variation is worth among all that are worth anything, in the order in which [`worth`] asks.
pub fn said(all: &[Worth], key: Key) -> Said {
    let (shop, product, variation) = key;
    let of = |variation| all.iter().find(|worth| worth.key() == (shop, product, variation));
    let (own, whole) = (of(variation), of(WcId(0)).filter(|_| variation.0 > 0));
    let fits = |n: &u32| (1..=MOST_PER_UNIT).contains(n);
    let listed = |worth: Option<&Worth>| worth.and_then(|worth| worth.listed);
    let meta = |worth: Option<&Worth>| worth.and_then(|worth| worth.meta).filter(fits);
    listed(own)
        .map(Said::Table)
        .or_else(|| listed(whole).map(Said::Product))
        .or_else(|| meta(own).map(Said::Meta))
        .or_else(|| meta(whole).map(Said::Product))
        .unwrap_or(Said::Nobody)
}

impl Worth {
    pub fn key(&self) -> Key {
        (self.shop, self.product, self.variation)
    }

    pub fn sessions(&self) -> u32 {
        self.listed.or(self.meta).unwrap_or(0)
    }
}

/// Sessions per unit of what an order line sold; `None` when it sells none.
pub async fn worth(
    conn: &mut MySqlConnection,
    shop: ShopId,
    product: WcId,
    variation: WcId,
) -> Result<Option<u32>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT variation_id, sessions_per_unit FROM session_products
            WHERE shop_id = ? AND product_id = ? AND variation_id IN (0, ?)"#,
        shop,
        product,
        variation
    )
    .fetch_all(&mut *conn)
    .await?;
    let listed = |id: u64| rows.iter().find(|row| row.variation_id == id).map(|row| row.sessions_per_unit);
    if let Some(n) = listed(variation.0).or_else(|| listed(0)) {
        return Ok(Some(n));
    }
    let metas = sqlx::query!(
        "SELECT wc_id, sessions_meta FROM wc_products WHERE shop_id = ? AND wc_id IN (?, ?) AND sessions_meta IS NOT NULL",
        shop,
        product,
        variation
    )
    .fetch_all(conn)
    .await?;
    let meta =
        |id: u64| metas.iter().find(|row| row.wc_id == id && id != 0).and_then(|row| row.sessions_meta);
    Ok(meta(variation.0).or_else(|| meta(product.0)).filter(|n| *n > 0 && *n <= MOST_PER_UNIT))
}

/// Every product that is worth sessions, of all shops.
///
/// The casts keep the numbers numbers: a union of an unsigned column with a literal is a DECIMAL on the wire, whose digits
/// would be read as bytes.
pub async fn list(conn: &mut MySqlConnection) -> Result<Vec<Worth>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT s.shop_id AS "shop: ShopId", CAST(s.product_id AS UNSIGNED) AS "product!: WcId",
                  CAST(s.variation_id AS UNSIGNED) AS "variation!: WcId", p.name, p.price, p.permalink,
                  CAST(p.deleted_at IS NOT NULL AS SIGNED) AS "is_gone!: bool",
                  CAST(s.sessions_per_unit AS UNSIGNED) AS "listed?: u32", CAST(p.sessions_meta AS UNSIGNED) AS "meta?: u32"
             FROM session_products s
             LEFT JOIN wc_products p ON p.shop_id = s.shop_id AND p.wc_id = IF(s.variation_id = 0, s.product_id, s.variation_id)
            UNION ALL
           SELECT p.shop_id, CAST(IF(p.parent_id = 0, p.wc_id, p.parent_id) AS UNSIGNED),
                  CAST(IF(p.parent_id = 0, 0, p.wc_id) AS UNSIGNED), p.name, p.price, p.permalink,
                  CAST(0 AS SIGNED), CAST(NULL AS UNSIGNED), CAST(p.sessions_meta AS UNSIGNED)
             FROM wc_products p
             LEFT JOIN session_products s ON s.shop_id = p.shop_id AND s.product_id = IF(p.parent_id = 0, p.wc_id, p.parent_id)
                                         AND s.variation_id = IF(p.parent_id = 0, 0, p.wc_id)
            WHERE p.sessions_meta > 0 AND p.deleted_at IS NULL AND s.shop_id IS NULL
            ORDER BY 1, 2, 3"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Worth {
            shop: row.shop,
            product: row.product,
            variation: row.variation,
            name: row.name,
            price: row.price,
            permalink: row.permalink,
            is_gone: row.is_gone,
            listed: row.listed,
            meta: row.meta,
        })
        .collect())
}

/// Puts a product (or one variation) into the table.
pub async fn put(
    conn: &mut MySqlConnection,
    (shop, product, variation): Key,
    sessions_per_unit: u32,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "INSERT INTO session_products (shop_id, product_id, variation_id, sessions_per_unit, updated_at, updated_by)
         VALUES (?, ?, ?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE sessions_per_unit = VALUES(sessions_per_unit), updated_at = VALUES(updated_at), updated_by = VALUES(updated_by)",
        shop,
        product,
        variation,
        sessions_per_unit,
        now,
        actor.id()
    )
    .execute(&mut *conn)
    .await?;
    let record = audit::Record::new(now, actor, "session_product.set", "product", product)
        .shop(shop)
        .detail(json!({"variation": variation, "sessions_per_unit": sessions_per_unit}));
    audit::record(conn, record).await
}

/// Saves one product's worth, or (with `None`) takes it out of the table.
pub async fn save(app: &App, key: Key, sessions_per_unit: Option<u32>, actor: &Actor) -> Result<(), DbError> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            match sessions_per_unit {
                Some(n) => put(&mut tx, key, n, actor, now).await?,
                None => remove(&mut tx, key, actor, now).await?,
            }
            tx.done(()).await
        })
        .await
}

async fn remove(
    conn: &mut MySqlConnection,
    (shop, product, variation): Key,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "DELETE FROM session_products WHERE shop_id = ? AND product_id = ? AND variation_id = ?",
        shop,
        product,
        variation
    )
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(());
    }
    let record = audit::Record::new(now, actor, "session_product.removed", "product", product)
        .shop(shop)
        .detail(json!({"variation": variation}));
    audit::record(conn, record).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worth(product: u64, variation: u64, listed: Option<u32>, meta: Option<u32>) -> Worth {
        Worth {
            shop: ShopId(1),
            product: WcId(product),
            variation: WcId(variation),
            name: None,
            price: None,
            permalink: None,
            is_gone: false,
            listed,
            meta,
        }
    }

    #[test]
    fn the_table_is_believed_before_the_meta_and_the_variation_before_its_product() {
        let all = [
            worth(483, 0, Some(1), Some(9)),
            worth(500, 0, Some(5), None),
            worth(500, 502, Some(10), None),
            worth(500, 503, None, Some(7)),
            worth(600, 0, None, Some(3)),
            worth(600, 601, None, Some(4)),
            worth(700, 0, None, Some(2000)),
        ];
        let says = |product, variation| said(&all, (ShopId(1), WcId(product), WcId(variation)));
        assert_eq!(says(483, 0), Said::Table(1));
        assert_eq!(says(500, 501), Said::Product(5));
        assert_eq!(says(500, 502), Said::Table(10));
        assert_eq!(says(500, 503), Said::Product(5), "the table speaks for the whole product");
        assert_eq!((says(600, 601), says(600, 602)), (Said::Meta(4), Said::Product(3)));
        assert_eq!((says(700, 0), says(8, 0)), (Said::Nobody, Said::Nobody));
        assert_eq!(said(&all, (ShopId(2), WcId(483), WcId(0))), Said::Nobody);
    }
}
