//! Back-office pages of what a shop's products give: the list with a search over what the shops sell, and a form for each product.
mod edit;

use askama::Template;
use axum::{extract::State, response::Response};

use super::{list, said};
use crate::{
    app::App,
    auth::{Role, extract::Manager},
    entitlements::{self, Feature},
    licences::domain::{
        Plan,
        orders::{Unit, Worth},
        terms::{Renewal, Span},
    },
    shop::shelf::{Key, Product, Search, Shelf, full_name, key_of},
    web::{
        cx::Cx,
        extract::Query,
        form::Opt,
        page::page,
        problem::Problem,
        routes::{Access, Routes},
    },
};

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

/// A product or variation on the page, with what it gives.
struct Row {
    product: Product,
    told: Option<Told>,
    /// It says so itself; else it is a variation that gives what its product gives.
    is_own: bool,
}

impl Row {
    fn href(&self) -> String {
        href_of(self.product.key)
    }
}

fn href_of((shop, product, variation): Key) -> String {
    format!("{PAGE}/{shop}/{product}/{variation}")
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
    let features = entitlements::store::features(&mut conn).await?;
    let all = list(&mut conn).await?;
    let shelf = Shelf::look(&mut conn, search).await?;
    let mut mapped = Vec::with_capacity(all.len());
    for m in &all {
        let name = match &m.name {
            Some(name) => Some(full_name(&mut conn, m.key, name.clone()).await?),
            None => None,
        };
        let product = shelf.listed(m.key, name, m.price, m.permalink.as_deref(), m.is_gone);
        mapped.push(Row { product, told: Some(Told::of(&cx, &m.worth, &features)), is_own: true });
    }
    let found = |row| {
        let (product, said) = (shelf.found(row), said(&all, key_of(row)));
        let told = said.map(|(worth, _)| Told::of(&cx, worth, &features));
        Row { product, told, is_own: said.is_some_and(|(_, own)| own) }
    };
    Ok(page(&ProductsPage {
        mapped,
        found: shelf.found.iter().map(found).collect(),
        shops: shelf.shops.iter().map(|shop| Opt::new(shop.id, &shop.name)).collect(),
        has_more: shelf.has_more,
        search: shelf.search,
        cx,
    }))
}
