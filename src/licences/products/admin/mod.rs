//! Back-office pages of what a shop's products give: the list with a search over what the shops sell, and a form for each product.
mod edit;

use std::collections::BTreeSet;

use askama::Template;
use axum::{extract::State, response::Response};
use rust_decimal::Decimal;
use serde::Deserialize;
use sqlx::MySqlConnection;

use super::{Key, Mapped, list, said};
use crate::{
    app::App,
    auth::{Role, extract::Manager},
    core::ids::WcId,
    db::DbError,
    entitlements::{self, Feature},
    licences::domain::{
        Plan,
        orders::{Unit, Worth},
        terms::{Renewal, Span},
    },
    shop::{
        mirror::{ProductRow, families, search_products},
        store::{self as shops, Shop},
    },
    web::{
        cx::Cx,
        extract::Query,
        form::Opt,
        page::page,
        problem::Problem,
        routes::{Access, Routes},
    },
};

/// Products and variations found at once; more are found by narrowing the search.
const FOUND: u32 = 50;
const PAGE: &str = "/admin/licences/products";

pub fn routes() -> Routes {
    let manager = Access::Staff(Role::Manager);
    Routes::new()
        .get(PAGE, manager, index)
        .get("/admin/licences/products/{shop}/{product}/{variation}", manager, edit::form)
        .post("/admin/licences/products/{shop}/{product}/{variation}", manager, edit::save)
        .post("/admin/licences/products/{shop}/{product}/{variation}/remove", manager, edit::remove)
}

/// The text key of a plan that is sold. A span is the product's own, so the free one by date does not name its days.
fn plan_key(plan: Plan) -> &'static str {
    match plan {
        Plan::FREE_QUANTITY => "licence-shop-free-quantity",
        Plan::FREE_DATE => "licence-shop-free-date",
        Plan::PAID_QUANTITY => "licence-shop-paid-quantity",
        Plan::PAID_DATE => "licence-shop-paid-date",
    }
}

/// The text key of a policy of renewal.
fn renewal_key(renewal: Renewal) -> &'static str {
    match renewal {
        Renewal::FromNowIfExpired => "licence-shop-renewal-smart",
        Renewal::FromExpiry => "licence-shop-renewal-expiry",
        Renewal::FromNow => "licence-shop-renewal-now",
    }
}

/// `1 mes y 15 días`.
fn span_words(cx: &Cx, span: Span) -> String {
    let (months, days) = (cx.n("licence-shop-n-months", span.months), cx.n("licence-shop-n-days", span.days));
    match (span.months, span.days) {
        (0, _) => days,
        (_, 0) => months,
        _ => cx.ta("licence-shop-and", &[("months", &months), ("days", &days)]),
    }
}

/// What a unit gives, in words.
struct Told {
    /// `Catálogos · Pagado (Cantidad)`.
    plan: String,
    /// `10 créditos`, `1 mes`.
    unit: String,
    /// From where on it renews; by date only.
    renewal: Option<String>,
}

impl Told {
    fn of(cx: &Cx, worth: &Worth, features: &[Feature]) -> Self {
        let feature = features.iter().find(|f| f.code == worth.feature);
        let feature = feature.map_or_else(|| worth.feature.to_string(), |f| f.name.clone());
        let (unit, renewal) = match worth.unit {
            Unit::Credits(credits) => (cx.n("licence-shop-n-credits", credits), None),
            Unit::Span { span, renewal } => (span_words(cx, span), Some(cx.t(renewal_key(renewal)))),
        };
        Self { plan: format!("{feature} · {}", cx.t(plan_key(worth.plan()))), unit, renewal }
    }
}

/// What is looked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Search {
    shop: String,
    q: String,
}

impl Search {
    /// The query that comes back here, `?` included; empty when nothing is looked for.
    fn query(&self) -> String {
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

/// A product or variation on the page, with what it gives.
struct Row {
    key: Key,
    name: String,
    sku: String,
    price: Option<(Decimal, String)>,
    link: Option<String>,
    /// Named in the list of what gives something, which is of all shops.
    shop: Option<String>,
    is_known: bool,
    is_gone: bool,
    told: Option<Told>,
    /// It says so itself; else it is a variation that gives what its product gives.
    is_own: bool,
}

impl Row {
    fn is_variation(&self) -> bool {
        self.key.2.0 > 0
    }
    /// Its own number in the shop.
    fn number(&self) -> WcId {
        if self.is_variation() { self.key.2 } else { self.key.1 }
    }
    fn href(&self) -> String {
        href_of(self.key)
    }
}

fn href_of((shop, product, variation): Key) -> String {
    format!("{PAGE}/{shop}/{product}/{variation}")
}

/// The key of a mirrored product or variation.
fn key_of(row: &ProductRow) -> Key {
    if row.parent_id.0 == 0 { (row.shop_id, row.id, WcId(0)) } else { (row.shop_id, row.parent_id, row.id) }
}

/// The address of a thing in the shop, if it is one.
fn web_link(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| text.starts_with("http"))
}

fn row_of_mapped(cx: &Cx, mapped: &Mapped, features: &[Feature], shops: &[Shop]) -> Row {
    let shop = shops.iter().find(|shop| shop.id == mapped.key.0);
    let currency = shop.map(|shop| shop.currency.clone()).unwrap_or_default();
    Row {
        key: mapped.key,
        name: mapped.name.clone().unwrap_or_default(),
        sku: String::new(),
        price: mapped.price.map(|price| (price, currency)),
        link: mapped.permalink.as_deref().and_then(web_link),
        shop: shop.map(|shop| shop.name.clone()),
        is_known: mapped.name.is_some(),
        is_gone: mapped.is_gone,
        told: Some(Told::of(cx, &mapped.worth, features)),
        is_own: true,
    }
}

fn row_of_product(cx: &Cx, row: &ProductRow, all: &[Mapped], features: &[Feature], shop: &Shop) -> Row {
    let key = key_of(row);
    let said = said(all, key);
    Row {
        key,
        name: row.name.clone(),
        sku: row.sku.clone(),
        price: row.price.map(|price| (price, shop.currency.clone())),
        link: web_link(&row.permalink),
        shop: None,
        is_known: true,
        is_gone: row.deleted_at.is_some(),
        told: said.map(|(worth, _)| Told::of(cx, worth, features)),
        is_own: said.is_some_and(|(_, own)| own),
    }
}

/// Products that fit, each followed by its variations.
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
async fn full_name(conn: &mut MySqlConnection, key: Key, name: String) -> Result<String, DbError> {
    if key.2.0 == 0 || name.is_empty() {
        return Ok(name);
    }
    let family = families(conn, key.0, &BTreeSet::from([key.1])).await?;
    let product = family.iter().find(|head| head.id == key.1);
    Ok(product.map_or(name.clone(), |product| format!("{}: {name}", product.name)))
}

#[derive(Template)]
#[template(path = "licences/admin_products.html")]
struct ProductsPage {
    cx: Cx,
    mapped: Vec<Row>,
    found: Vec<Row>,
    shops: Vec<Opt>,
    search: Search,
    has_more: bool,
}

async fn index(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Query(search): Query<Search>,
) -> Result<Response, Problem> {
    let mut conn = app.db.conn().await?;
    let shops = shops::list(&mut conn).await?;
    let features = entitlements::store::features(&mut conn).await?;
    let all = list(&mut conn).await?;
    let chosen = shops.iter().find(|shop| shop.id.to_string() == search.shop).or(shops.first());
    let (found, has_more) = match chosen {
        Some(shop) => find(&mut conn, shop, &search.q).await?,
        None => (Vec::new(), false),
    };
    let mut mapped: Vec<Row> = all.iter().map(|m| row_of_mapped(&cx, m, &features, &shops)).collect();
    for row in &mut mapped {
        row.name = full_name(&mut conn, row.key, std::mem::take(&mut row.name)).await?;
    }
    let found = chosen
        .map(|shop| found.iter().map(|row| row_of_product(&cx, row, &all, &features, shop)).collect())
        .unwrap_or_default();
    Ok(page(&ProductsPage {
        mapped,
        found,
        search: Search { shop: chosen.map(|shop| shop.id.to_string()).unwrap_or_default(), ..search },
        shops: shops.iter().map(|shop| Opt::new(shop.id, &shop.name)).collect(),
        has_more,
        cx,
    }))
}
