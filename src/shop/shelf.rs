//! The shelf: what the shops sell, for whoever says what a product gives. A product is picked from here, never typed.
use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde::Deserialize;
use sqlx::MySqlConnection;

use super::{
    mirror::{ProductRow, families, search_products},
    store::{self as shops, Shop},
};
use crate::{
    core::ids::{ShopId, WcId},
    db::DbError,
};

/// Products and variations found at once; more are found by narrowing the search.
const FOUND: u32 = 50;

/// A product of a shop, or one of its variations (0 for the whole product).
pub type Key = (ShopId, WcId, WcId);

/// The key of a mirrored product or variation.
pub fn key_of(row: &ProductRow) -> Key {
    if row.parent_id.0 == 0 { (row.shop_id, row.id, WcId(0)) } else { (row.shop_id, row.parent_id, row.id) }
}

/// Its own number in the shop.
pub fn number_of((_, product, variation): Key) -> WcId {
    if variation.0 > 0 { variation } else { product }
}

/// What is looked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    pub shop: String,
    pub q: String,
}

impl Search {
    /// The query that comes back to the same search, `?` included; empty when nothing is looked for.
    pub fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("shop", &self.shop), ("q", &self.q)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        match query.finish() {
            query if query.is_empty() => query,
            query => format!("?{query}"),
        }
    }
}

/// What a search finds.
#[derive(Debug)]
pub struct Shelf {
    pub shops: Vec<Shop>,
    /// With the shop that it is in.
    pub search: Search,
    /// Products that fit, each followed by its variations.
    pub found: Vec<ProductRow>,
    pub has_more: bool,
}

impl Shelf {
    /// Looks in the shop that was chosen, or in the first one.
    pub async fn look(conn: &mut MySqlConnection, search: Search) -> Result<Self, DbError> {
        let shops = shops::list(conn).await?;
        let chosen = shops.iter().find(|shop| shop.id.to_string() == search.shop).or(shops.first());
        let (found, has_more) = match chosen {
            Some(shop) => find(conn, shop, &search.q).await?,
            None => (Vec::new(), false),
        };
        let shop = chosen.map(|shop| shop.id.to_string()).unwrap_or_default();
        Ok(Self { search: Search { shop, ..search }, found, has_more, shops })
    }

    fn shop(&self, id: ShopId) -> Option<&Shop> {
        self.shops.iter().find(|shop| shop.id == id)
    }

    /// A product that was found.
    pub fn found(&self, row: &ProductRow) -> Product {
        let priced = self.shop(row.shop_id).and_then(|shop| Some((row.price?, shop.currency.clone())));
        Product {
            key: key_of(row),
            name: row.name.clone(),
            sku: row.sku.clone(),
            price: priced,
            link: web_link(&row.permalink),
            shop: None,
            is_known: true,
            is_gone: row.deleted_at.is_some(),
        }
    }

    /// A product that a table of ours names, of any shop.
    pub fn listed(
        &self,
        key: Key,
        name: Option<String>,
        price: Option<Decimal>,
        permalink: Option<&str>,
        is_gone: bool,
    ) -> Product {
        let shop = self.shop(key.0);
        let currency = shop.map(|shop| shop.currency.clone()).unwrap_or_default();
        Product {
            key,
            is_known: name.is_some(),
            name: name.unwrap_or_default(),
            sku: String::new(),
            price: price.map(|price| (price, currency)),
            link: permalink.and_then(web_link),
            shop: shop.map(|shop| shop.name.clone()),
            is_gone,
        }
    }
}

/// A product or variation, as pages name it.
#[derive(Debug, Clone)]
pub struct Product {
    pub key: Key,
    /// Empty when it is not mirrored.
    pub name: String,
    pub sku: String,
    /// With its currency.
    pub price: Option<(Decimal, String)>,
    pub link: Option<String>,
    /// Named where products of all shops stand together.
    pub shop: Option<String>,
    pub is_known: bool,
    /// Trashed or deleted in the shop.
    pub is_gone: bool,
}

impl Product {
    pub fn is_variation(&self) -> bool {
        self.key.2.0 > 0
    }

    /// Its own number in the shop.
    pub fn number(&self) -> WcId {
        number_of(self.key)
    }
}

/// The shop whose user numbers a file has: the only one, or the one that was chosen.
pub fn shop_of(shops: &[Shop], chosen: &str) -> Option<ShopId> {
    match shops {
        [only] => Some(only.id),
        many => many.iter().find(|shop| shop.id.to_string() == chosen).map(|shop| shop.id),
    }
}

/// The address of a thing in the shop, if it is one.
fn web_link(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| text.starts_with("http"))
}

async fn find(
    conn: &mut MySqlConnection,
    shop: &Shop,
    text: &str,
) -> Result<(Vec<ProductRow>, bool), DbError> {
    let mut hits = search_products(conn, shop.id, text, FOUND + 1).await?;
    let has_more = hits.len() > FOUND as usize;
    hits.truncate(FOUND as usize);
    let products: BTreeSet<WcId> =
        hits.iter().map(|hit| if hit.parent_id.0 == 0 { hit.id } else { hit.parent_id }).collect();
    let mut family = families(conn, shop.id, &products).await?;
    family.retain(|row| row.deleted_at.is_none());
    let (heads, mut variations): (Vec<_>, Vec<_>) = family.into_iter().partition(|row| row.parent_id.0 == 0);
    let mut rows = Vec::new();
    for head in heads {
        let id = head.id;
        rows.push(head);
        rows.extend(variations.extract_if(.., |row| row.parent_id == id));
    }
    // A variation whose product was never seen stands for itself.
    rows.extend(variations);
    Ok((rows, has_more))
}

/// «Tardes» alone says little: a variation is named with its product.
pub async fn full_name(conn: &mut MySqlConnection, key: Key, name: String) -> Result<String, DbError> {
    if key.2.0 == 0 || name.is_empty() {
        return Ok(name);
    }
    let family = families(conn, key.0, &BTreeSet::from([key.1])).await?;
    let product = family.iter().find(|head| head.id == key.1);
    Ok(product.map_or(name.clone(), |product| format!("{}: {name}", product.name)))
}

/// A product or variation as it is mirrored.
pub async fn mirrored(conn: &mut MySqlConnection, key: Key) -> Result<Option<ProductRow>, DbError> {
    let family = families(conn, key.0, &BTreeSet::from([key.1])).await?;
    Ok(family.into_iter().find(|row| key_of(row) == key))
}
