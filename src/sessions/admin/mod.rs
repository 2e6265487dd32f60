//! Back-office pages of sessions: who was given what, giving by hand, correcting, categories, and which products are worth sessions.
mod act;
mod assign;
pub mod categories;
mod export;
pub mod fields;
pub mod list;
mod marked;
mod show;
mod tune;

use askama::Template;
use axum::{extract::State, response::Response};
use serde::Deserialize;

use super::{
    domain::{Kind, Standing},
    products::{self, MOST_PER_UNIT, Worth},
};
use crate::{
    app::App,
    auth::{Role, extract::Manager},
    core::ids::{ShopId, WcId},
    shop::{self, store::Shop},
    web::{
        cx::Cx,
        flash::{Flash, redirect},
        form::{Form, FormErrors, Opt},
        page::{page, page_with},
        problem::{Kind as ProblemKind, Problem},
        routes::{Access, Routes},
    },
};

pub fn routes() -> Routes {
    let manager = Access::Staff(Role::Manager);
    let admin = Access::Staff(Role::Admin);
    Routes::new()
        .get("/admin/sessions", manager, list::index)
        .get("/admin/sessions/review", manager, marked::review)
        .post("/admin/sessions/apply", manager, marked::apply)
        .get("/admin/sessions/new", manager, assign::form)
        .post("/admin/sessions/new", manager, assign::save)
        .get("/admin/sessions/categories", manager, categories::index)
        .get("/admin/sessions/categories/new", manager, categories::new_form)
        .post("/admin/sessions/categories/new", manager, categories::create)
        .get("/admin/sessions/categories/{id}", manager, categories::edit_form)
        .post("/admin/sessions/categories/{id}", manager, categories::change)
        .post("/admin/sessions/categories/{id}/retire", manager, categories::retire)
        .get("/admin/sessions/settings", manager, tune::show)
        .post("/admin/sessions/settings", admin, tune::save)
        .get("/admin/sessions/products", manager, product_list)
        .post("/admin/sessions/products", manager, save_product)
        .post("/admin/sessions/products/remove", manager, remove_product)
        .get("/admin/sessions/export.csv", manager, export::csv)
        .get("/admin/sessions/export.xlsx", manager, export::xlsx)
        .get("/admin/sessions/{id}", manager, show::show)
        .get("/admin/sessions/{id}/void", manager, act::void_form)
        .post("/admin/sessions/{id}/void", manager, act::void)
        .get("/admin/sessions/{id}/correct", manager, act::correct_form)
        .post("/admin/sessions/{id}/correct", manager, act::correct)
        .get("/admin/sessions/{id}/expiry", manager, act::expiry_form)
        .post("/admin/sessions/{id}/expiry", manager, act::change_expiry)
        .get("/admin/sessions/{id}/uses/{operation}", manager, act::give_back_form)
        .post("/admin/sessions/{id}/uses/{operation}", manager, act::give_back_use)
}

/// The text key of a kind of session.
pub fn kind_key(kind: &Kind) -> &'static str {
    match kind {
        Kind::Free => "session-kind-free",
        Kind::Purchased => "session-kind-purchased",
    }
}

/// The text key of how a grant stands.
pub fn standing_key(standing: &Standing) -> &'static str {
    match standing {
        Standing::Active => "session-state-active",
        Standing::Used => "session-state-used",
        Standing::Expired => "session-state-expired",
        Standing::Voided => "session-state-voided",
    }
}

/// The mark of how a grant stands.
pub fn standing_class(standing: &Standing) -> &'static str {
    match standing {
        Standing::Active => "is-ok",
        Standing::Used | Standing::Expired | Standing::Voided => "is-over",
    }
}

/// The tint of a kind of session.
pub fn kind_tone(kind: &Kind) -> &'static str {
    match kind {
        Kind::Free => "tone-plum",
        Kind::Purchased => "tone-teal",
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct ProductForm {
    shop: String,
    product: String,
    variation: String,
    sessions: String,
}

const LABELS: &[(&str, &str)] = &[
    ("shop", "sessions-product-shop"),
    ("product", "sessions-product-id"),
    ("variation", "sessions-product-variation"),
    ("sessions", "sessions-product-count"),
];

impl ProductForm {
    fn check(&self, shops: &[Shop]) -> Result<((ShopId, WcId, WcId), u32), FormErrors> {
        let mut errors = FormErrors::of(LABELS);
        let shop = shops.iter().find(|s| s.id.0.to_string() == self.shop).map(|s| s.id);
        if shop.is_none() {
            errors.add("shop", "form-choose");
        }
        let product = self.product.trim().parse::<u64>().ok().filter(|n| *n > 0);
        if product.is_none() {
            errors.add("product", "form-number");
        }
        let variation = match self.variation.trim() {
            "" => Some(0),
            text => text.parse::<u64>().ok(),
        };
        if variation.is_none() {
            errors.add("variation", "form-number");
        }
        let sessions = self.sessions.trim().parse::<u32>().ok().filter(|n| (1..=MOST_PER_UNIT).contains(n));
        if sessions.is_none() {
            errors.add("sessions", "sessions-product-count-wrong");
        }
        match (shop, product, variation, sessions) {
            (Some(shop), Some(product), Some(variation), Some(sessions)) => {
                Ok(((shop, WcId(product), WcId(variation)), sessions))
            }
            _ => Err(errors),
        }
    }
}

#[derive(Debug, Template)]
#[template(path = "sessions/admin_products.html")]
struct ProductsPage {
    cx: Cx,
    rows: Vec<(Worth, String)>,
    shops: Vec<Opt>,
    form: ProductForm,
    errors: FormErrors,
}

impl ProductsPage {
    async fn load(app: &App, cx: Cx, form: ProductForm, errors: FormErrors) -> Result<Self, Problem> {
        let mut conn = app.db.conn().await?;
        let shops = shop::store::list(&mut conn).await?;
        let rows = products::list(&mut conn)
            .await?
            .into_iter()
            .map(|worth| {
                let name =
                    shops.iter().find(|s| s.id == worth.shop).map(|s| s.name.clone()).unwrap_or_default();
                (worth, name)
            })
            .collect();
        let shops = shops.iter().map(|s| Opt::new(s.id, &s.name)).collect();
        Ok(Self { cx, rows, shops, form, errors })
    }
}

async fn product_list(State(app): State<App>, _staff: Manager, cx: Cx) -> Result<Response, Problem> {
    Ok(page(&ProductsPage::load(&app, cx, ProductForm::default(), FormErrors::of(LABELS)).await?))
}

async fn save_product(
    State(app): State<App>,
    Manager(staff): Manager,
    cx: Cx,
    Form(form): Form<ProductForm>,
) -> Result<Response, Problem> {
    let shops = shop::store::list(&mut *app.db.conn().await?).await?;
    match form.check(&shops) {
        Ok((key, sessions)) => {
            products::save(&app, key, Some(sessions), &staff.actor()).await?;
            let flash = Flash::ok("sessions-product-saved").arg("product", key.1).count(i64::from(sessions));
            Ok(redirect("/admin/sessions/products", Some(flash)))
        }
        Err(errors) => {
            let page = ProductsPage::load(&app, cx, form, errors).await?;
            Ok(page_with(axum::http::StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
    }
}

async fn remove_product(
    State(app): State<App>,
    Manager(staff): Manager,
    Form(form): Form<ProductForm>,
) -> Result<Response, Problem> {
    let number = |text: &str| text.parse::<u64>().map_err(|_| Problem::new(ProblemKind::NotFound));
    let key = (ShopId(number(&form.shop)?), WcId(number(&form.product)?), WcId(number(&form.variation)?));
    products::save(&app, key, None, &staff.actor()).await?;
    let flash = Flash::ok("sessions-product-removed").arg("product", key.1);
    Ok(redirect("/admin/sessions/products", Some(flash)))
}
