//! What the shops sell, and how many sessions each thing is worth.
use askama::Template;
use axum::{extract::State, response::Response};
use serde::Deserialize;

use crate::{
    app::App,
    auth::extract::Manager,
    sessions::products,
    shop::{
        mirror::{ProductRow, search_products},
        shelf::key_of,
        store,
    },
    web::{cx::Cx, extract::Query, form::Opt, list::Chips, page::page, problem::Problem},
};

/// Products shown at once: more are found by searching.
const SHOWN: u32 = 200;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListForm {
    q: String,
    shop: String,
}

#[derive(Debug, Template)]
#[template(path = "shop/admin_products.html")]
struct ProductsPage {
    cx: Cx,
    form: ListForm,
    shops: Vec<Opt>,
    currency: String,
    chips: Chips,
    rows: Vec<(ProductRow, Option<u32>)>,
    has_more: bool,
}

/// The text key of a product's kind.
fn kind_key(kind: &str) -> &'static str {
    match kind {
        "simple" => "product-kind-simple",
        "variable" => "product-kind-variable",
        "variation" => "product-kind-variation",
        "subscription" | "variable-subscription" | "subscription_variation" => "product-kind-subscription",
        "grouped" => "product-kind-grouped",
        "external" => "product-kind-external",
        _ => "product-kind-other",
    }
}

/// The text key of the state of a product that is not on sale.
fn status_key(status: &str) -> &'static str {
    match status {
        "draft" | "auto-draft" => "product-status-draft",
        "private" => "product-status-private",
        "pending" => "product-status-pending",
        "future" => "product-status-future",
        _ => "product-status-hidden",
    }
}

pub(super) async fn index(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Query(form): Query<ListForm>,
) -> Result<Response, Problem> {
    let mut conn = app.db.conn().await?;
    let shops = store::list(&mut conn).await?;
    let shop = shops.iter().find(|shop| shop.id.to_string() == form.shop).or(shops.first());
    let mut found = match shop {
        Some(shop) => search_products(&mut conn, shop.id, &form.q, SHOWN + 1).await?,
        None => Vec::new(),
    };
    let has_more = found.len() > SHOWN as usize;
    found.truncate(SHOWN as usize);
    let worths = products::list(&mut conn).await?;
    let total =
        if has_more { cx.n("products-first", found.len()) } else { cx.n("products-count", found.len()) };
    let mut chips = Chips::new(&cx, total);
    if !form.q.trim().is_empty() {
        chips.add(&cx, "q", format!("«{}»", form.q.trim()));
    }
    Ok(page(&ProductsPage {
        form: ListForm { shop: shop.map(|shop| shop.id.to_string()).unwrap_or_default(), ..form },
        currency: shop.map(|shop| shop.currency.clone()).unwrap_or_default(),
        shops: shops.iter().map(|shop| Opt::new(shop.id, &shop.name)).collect(),
        chips,
        rows: found
            .into_iter()
            .map(|row| {
                let sessions = products::said(&worths, key_of(&row)).sessions();
                (row, sessions)
            })
            .collect(),
        has_more,
        cx,
    }))
}
