//! Which products are worth sessions, picked from what the shops sell.
use std::collections::BTreeSet;

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use rust_decimal::Decimal;
use serde::Deserialize;
use sqlx::MySqlConnection;

use crate::{
    app::App,
    auth::extract::Manager,
    core::ids::{ShopId, WcId},
    db::DbError,
    sessions::products::{self, Key, MOST_PER_UNIT, Said, Worth},
    shop::{
        mirror::{ProductRow, families, search_products},
        store::{self as shops, Shop},
    },
    web::{
        cx::Cx,
        extract::Query,
        flash::{Flash, redirect},
        form::{FieldError, Form, FormErrors, Opt},
        page::{page, page_with},
        problem::{Kind as ProblemKind, Problem},
    },
};

/// Products and variations found at once; more are found by narrowing the search.
const FOUND: u32 = 50;
const PAGE: &str = "/admin/sessions/products";

/// What is looked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Search {
    shop: String,
    q: String,
}

impl Search {
    /// This page with the same search.
    fn href(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("shop", &self.shop), ("q", &self.q)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        match query.finish() {
            query if query.is_empty() => PAGE.to_owned(),
            query => format!("{PAGE}?{query}"),
        }
    }
}

/// A row's own small form, as posted.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct RowForm {
    product: String,
    variation: String,
    of: String,
    sessions: String,
    /// Which of the two lists it stands in.
    list: String,
    #[serde(flatten)]
    search: Search,
}

const LABELS: &[(&str, &str)] = &[("sessions", "sessions-worth-new")];

impl RowForm {
    fn key(&self) -> Option<Key> {
        let number = |text: &str| text.trim().parse::<u64>().ok();
        let product = number(&self.product).filter(|n| *n > 0)?;
        Some((ShopId(number(&self.of)?), WcId(product), WcId(number(&self.variation)?)))
    }

    fn check(&self) -> Result<u32, FormErrors> {
        let mut errors = FormErrors::of(LABELS);
        let sessions = self.sessions.trim().parse::<u32>().ok().filter(|n| (1..=MOST_PER_UNIT).contains(n));
        if sessions.is_none() {
            errors.add("sessions", "sessions-product-count-wrong");
        }
        sessions.ok_or(errors)
    }
}

/// A product or variation on the page, with what it is worth and what was typed beside it.
#[derive(Debug)]
struct Row {
    key: Key,
    name: String,
    sku: String,
    price: Option<(Decimal, String)>,
    link: Option<String>,
    shop: String,
    is_known: bool,
    is_gone: bool,
    said: Said,
    /// Whether the admin's own table has it.
    is_listed: bool,
    list: &'static str,
    value: String,
    error: Option<FieldError>,
}

impl Row {
    fn is_variation(&self) -> bool {
        self.key.2.0 > 0
    }
    /// Its own number in the shop.
    fn number(&self) -> WcId {
        if self.is_variation() { self.key.2 } else { self.key.1 }
    }
}

#[derive(Debug, Template)]
#[template(path = "sessions/admin_products.html")]
struct ProductsPage {
    cx: Cx,
    worth: Vec<Row>,
    found: Vec<Row>,
    shops: Vec<Opt>,
    search: Search,
    has_more: bool,
    errors: FormErrors,
}

/// The address of a thing in the shop, if it is one.
fn web_link(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| text.starts_with("http"))
}

fn row_of_worth(worth: &Worth, all: &[Worth], shops: &[Shop]) -> Row {
    let shop = shops.iter().find(|shop| shop.id == worth.shop);
    let currency = shop.map(|shop| shop.currency.clone()).unwrap_or_default();
    Row {
        key: worth.key(),
        name: worth.name.clone().unwrap_or_default(),
        sku: String::new(),
        price: worth.price.map(|price| (price, currency)),
        link: worth.permalink.as_deref().filter(|_| !worth.is_gone).and_then(web_link),
        shop: shop.map(|shop| shop.name.clone()).unwrap_or_default(),
        is_known: worth.name.is_some(),
        is_gone: worth.is_gone,
        said: products::said(all, worth.key()),
        is_listed: worth.listed.is_some(),
        list: "worth",
        value: worth.listed.map(|n| n.to_string()).unwrap_or_default(),
        error: None,
    }
}

fn row_of_product(row: &ProductRow, all: &[Worth], shop: &Shop) -> Row {
    let key = products::key_of(row);
    let listed = all.iter().find(|worth| worth.key() == key).and_then(|worth| worth.listed);
    Row {
        key,
        name: row.name.clone(),
        sku: row.sku.clone(),
        price: row.price.map(|price| (price, shop.currency.clone())),
        link: web_link(&row.permalink),
        shop: shop.name.clone(),
        is_known: true,
        is_gone: row.deleted_at.is_some(),
        said: products::said(all, key),
        is_listed: listed.is_some(),
        list: "found",
        value: listed.map(|n| n.to_string()).unwrap_or_default(),
        error: None,
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

impl ProductsPage {
    async fn load(
        app: &App,
        cx: Cx,
        search: Search,
        typed: Option<(&RowForm, FormErrors)>,
    ) -> Result<Self, Problem> {
        let mut conn = app.db.conn().await?;
        let shops = shops::list(&mut conn).await?;
        let all = products::list(&mut conn).await?;
        let chosen = shops.iter().find(|shop| shop.id.to_string() == search.shop).or(shops.first());
        let (found, has_more) = match chosen {
            Some(shop) => find(&mut conn, shop, &search.q).await?,
            None => (Vec::new(), false),
        };
        let mut worth: Vec<Row> = all.iter().map(|worth| row_of_worth(worth, &all, &shops)).collect();
        for row in worth.iter_mut().filter(|row| row.is_variation() && row.is_known) {
            // «Tardes» alone says little.
            let family = families(&mut conn, row.key.0, &BTreeSet::from([row.key.1])).await?;
            if let Some(product) = family.iter().find(|head| head.id == row.key.1) {
                row.name = format!("{}: {}", product.name, row.name);
            }
        }
        let mut found: Vec<Row> = chosen
            .map(|shop| found.iter().map(|row| row_of_product(row, &all, shop)).collect())
            .unwrap_or_default();
        let errors = match typed {
            None => FormErrors::of(LABELS),
            Some((form, errors)) => {
                let rows = worth.iter_mut().chain(found.iter_mut());
                let at = rows.into_iter().find(|row| row.list == form.list && Some(row.key) == form.key());
                if let Some(row) = at {
                    row.value.clone_from(&form.sessions);
                    row.error = errors.on("sessions").cloned();
                }
                errors
            }
        };
        Ok(Self {
            worth,
            found,
            search: Search { shop: chosen.map(|shop| shop.id.to_string()).unwrap_or_default(), ..search },
            shops: shops.iter().map(|shop| Opt::new(shop.id, &shop.name)).collect(),
            has_more,
            errors,
            cx,
        })
    }
}

pub(super) async fn index(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Query(search): Query<Search>,
) -> Result<Response, Problem> {
    Ok(page(&ProductsPage::load(&app, cx, search, None).await?))
}

/// Whether a product can be given a worth: it is mirrored, or stands in the table already.
async fn is_known(conn: &mut MySqlConnection, key: Key) -> Result<bool, DbError> {
    let rows = families(conn, key.0, &BTreeSet::from([key.1])).await?;
    if rows.iter().any(|row| products::key_of(row) == key) {
        return Ok(true);
    }
    Ok(products::list(conn).await?.iter().any(|worth| worth.key() == key && worth.listed.is_some()))
}

pub(super) async fn save(
    State(app): State<App>,
    Manager(staff): Manager,
    cx: Cx,
    Form(form): Form<RowForm>,
) -> Result<Response, Problem> {
    let key = form.key().ok_or_else(|| Problem::new(ProblemKind::NotFound))?;
    let mut checked = form.check();
    if checked.is_ok() && !is_known(&mut *app.db.conn().await?, key).await? {
        let mut errors = FormErrors::of(LABELS);
        errors.add_whole("sessions-product-gone");
        checked = Err(errors);
    }
    match checked {
        Ok(sessions) => {
            products::save(&app, key, Some(sessions), &staff.actor()).await?;
            let number = if key.2.0 > 0 { key.2 } else { key.1 };
            let flash = Flash::ok("sessions-product-saved").arg("product", number).count(i64::from(sessions));
            Ok(redirect(&form.search.href(), Some(flash)))
        }
        Err(errors) => {
            let again = ProductsPage::load(&app, cx, form.search.clone(), Some((&form, errors))).await?;
            Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &again))
        }
    }
}

pub(super) async fn remove(
    State(app): State<App>,
    Manager(staff): Manager,
    Form(form): Form<RowForm>,
) -> Result<Response, Problem> {
    let key = form.key().ok_or_else(|| Problem::new(ProblemKind::NotFound))?;
    products::save(&app, key, None, &staff.actor()).await?;
    let number = if key.2.0 > 0 { key.2 } else { key.1 };
    Ok(redirect(&form.search.href(), Some(Flash::ok("sessions-product-removed").arg("product", number))))
}
