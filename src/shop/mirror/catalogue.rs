//! Products and their variations.
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::{FromRow, MySql, MySqlConnection, QueryBuilder};

use super::{Outcome, Stamp, lists::like};
use crate::{
    core::ids::{ShopId, WcId},
    db::{DbError, one_row},
    shop::words::Product,
};

/// A product as last seen, as lists and pickers show it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ProductRow {
    pub shop_id: ShopId,
    #[sqlx(rename = "wc_id")]
    pub id: WcId,
    /// 0 for a product, its product's id for a variation.
    pub parent_id: WcId,
    pub name: String,
    pub sku: String,
    pub kind: String,
    pub status: String,
    pub price: Option<Decimal>,
    pub permalink: String,
    #[sqlx(rename = "sessions_meta")]
    pub sessions: Option<u32>,
    pub modified_at: Option<DateTime<Utc>>,
    pub seen_at: DateTime<Utc>,
    pub deleted_at: Option<DateTime<Utc>>,
}

impl ProductRow {
    fn stamp(&self) -> Stamp {
        Stamp { modified_at: self.modified_at, seen_at: self.seen_at, deleted_at: self.deleted_at }
    }

    fn shows(&self, product: &Product) -> bool {
        self.parent_id == product.parent.unwrap_or(WcId(0))
            && self.name == product.name
            && self.sku == product.sku
            && self.kind == product.kind
            && self.status == product.status
            && self.price == product.price
            && self.permalink == product.permalink
            && self.sessions == product.sessions
            && self.modified_at == product.modified_at
            && self.deleted_at.is_some() == (product.status == "trash")
    }
}

const COLUMNS: &str = "SELECT shop_id, wc_id, parent_id, name, sku, kind, status, price, permalink, sessions_meta, modified_at, seen_at, \
                       deleted_at FROM wc_products WHERE shop_id = ";

async fn locked(conn: &mut MySqlConnection, shop: ShopId, id: WcId) -> Result<Option<ProductRow>, DbError> {
    let mut query = QueryBuilder::<MySql>::new(COLUMNS);
    query.push_bind(shop).push(" AND wc_id = ").push_bind(id).push(" FOR UPDATE");
    Ok(query.build_query_as().fetch_optional(conn).await?)
}

/// Writes a look at a product that began at `seen_at`, unless a later one was written. A trashed one is marked deleted.
pub async fn save_product(
    conn: &mut MySqlConnection,
    shop: ShopId,
    product: &Product,
    seen_at: DateTime<Utc>,
) -> Result<Outcome, DbError> {
    let trashed = product.status == "trash";
    if locked(conn, shop, product.id).await?.is_none() {
        let inserted = sqlx::query!(
            "INSERT INTO wc_products (shop_id, wc_id, parent_id, name, sku, kind, status, price, permalink, sessions_meta, modified_at,
                                      seen_at, deleted_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            shop,
            product.id,
            product.parent.unwrap_or(WcId(0)),
            product.name,
            product.sku,
            product.kind,
            product.status,
            product.price,
            product.permalink,
            product.sessions,
            product.modified_at,
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
    let stored = locked(conn, shop, product.id).await?.ok_or(DbError::Stale)?;
    if stored.stamp().outdates(product.modified_at, seen_at) {
        return Ok(Outcome::Stale);
    }
    let done = sqlx::query!(
        "UPDATE wc_products
            SET parent_id = ?, name = ?, sku = ?, kind = ?, status = ?, price = ?, permalink = ?, sessions_meta = ?, modified_at = ?,
                seen_at = ?, deleted_at = ?
          WHERE shop_id = ? AND wc_id = ?",
        product.parent.unwrap_or(WcId(0)),
        product.name,
        product.sku,
        product.kind,
        product.status,
        product.price,
        product.permalink,
        product.sessions,
        product.modified_at,
        seen_at,
        trashed.then(|| stored.deleted_at.unwrap_or(seen_at)),
        shop,
        product.id,
    )
    .execute(&mut *conn)
    .await?;
    one_row(&done)?;
    if trashed && product.parent.is_none() {
        trash_variations(conn, shop, product.id, seen_at).await?;
    }
    Ok(if stored.shows(product) { Outcome::Same } else { Outcome::Changed })
}

/// Variations go to the trash with their product, and no list shows them there.
async fn trash_variations(
    conn: &mut MySqlConnection,
    shop: ShopId,
    product: WcId,
    seen_at: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "UPDATE wc_products SET deleted_at = ?, seen_at = ? WHERE shop_id = ? AND parent_id = ? AND deleted_at IS NULL AND seen_at <= ?",
        seen_at,
        seen_at,
        shop,
        product,
        seen_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// These products with all their variations, existing or not: by name, each before its variations.
pub async fn families(
    conn: &mut MySqlConnection,
    shop: ShopId,
    products: &std::collections::BTreeSet<WcId>,
) -> Result<Vec<ProductRow>, DbError> {
    if products.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows: Vec<ProductRow> = Vec::new();
    for column in ["wc_id", "parent_id"] {
        let mut query = QueryBuilder::<MySql>::new(COLUMNS);
        query.push_bind(shop).push(format!(" AND {column} IN ("));
        let mut list = query.separated(", ");
        for id in products {
            list.push_bind(*id);
        }
        query.push(") ORDER BY name, wc_id");
        rows.extend(query.build_query_as().fetch_all(&mut *conn).await?);
    }
    Ok(rows)
}

/// Products and variations that exist, by name, whose name, SKU or id is (or contains) `text`. An empty text finds all.
pub async fn search_products(
    conn: &mut MySqlConnection,
    shop: ShopId,
    text: &str,
    limit: u32,
) -> Result<Vec<ProductRow>, DbError> {
    let text = text.trim();
    let mut query = QueryBuilder::<MySql>::new(COLUMNS);
    query.push_bind(shop).push(" AND deleted_at IS NULL");
    if !text.is_empty() {
        query.push(" AND (name LIKE ").push_bind(format!("%{}%", like(text)));
        query.push(" OR sku = ").push_bind(text.to_owned());
        if let Ok(id) = text.parse::<u64>() {
            query.push(" OR wc_id = ").push_bind(id);
        }
        query.push(")");
    }
    query.push(" ORDER BY name, wc_id LIMIT ").push_bind(limit);
    Ok(query.build_query_as().fetch_all(conn).await?)
}

/// Which of these products and variations are mirrored.
pub async fn known_products(
    conn: &mut MySqlConnection,
    shop: ShopId,
    ids: &std::collections::BTreeSet<WcId>,
) -> Result<Vec<WcId>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = QueryBuilder::<MySql>::new("SELECT wc_id FROM wc_products WHERE shop_id = ");
    query.push_bind(shop).push(" AND wc_id IN (");
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(*id);
    }
    query.push(")");
    Ok(query.build_query_scalar().fetch_all(conn).await?)
}
