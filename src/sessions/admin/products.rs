//! Which products are worth sessions, picked from what the shops sell.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use sqlx::MySqlConnection;

use crate::{
    app::App,
    auth::extract::Manager,
    core::ids::{ShopId, WcId},
    db::DbError,
    sessions::products::{self, MOST_PER_UNIT, Said, Worth},
    shop::shelf::{Key, Product, Search, Shelf, full_name, mirrored, number_of},
    web::{
        cx::Cx,
        extract::Query,
        flash::{Flash, redirect},
        form::{FieldError, Form, FormErrors, Opt},
        page::{page, page_with},
        problem::{Kind as ProblemKind, Problem},
    },
};

const PAGE: &str = "/admin/sessions/products";

/// This page with the same search.
fn href(search: &Search) -> String {
    format!("{PAGE}{}", search.query())
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
    product: Product,
    said: Said,
    /// Whether the admin's own table has it.
    is_listed: bool,
    list: &'static str,
    value: String,
    error: Option<FieldError>,
}

impl Row {
    fn new(product: Product, all: &[Worth], list: &'static str) -> Self {
        let listed = all.iter().find(|worth| worth.key() == product.key).and_then(|worth| worth.listed);
        Self {
            said: products::said(all, product.key),
            is_listed: listed.is_some(),
            list,
            value: listed.map(|n| n.to_string()).unwrap_or_default(),
            error: None,
            product,
        }
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

impl ProductsPage {
    async fn load(
        app: &App,
        cx: Cx,
        search: Search,
        typed: Option<(&RowForm, FormErrors)>,
    ) -> Result<Self, Problem> {
        let mut conn = app.db.conn().await?;
        let all = products::list(&mut conn).await?;
        let shelf = Shelf::look(&mut conn, search).await?;
        let mut worth = Vec::with_capacity(all.len());
        for said in &all {
            let name = match &said.name {
                Some(name) => Some(full_name(&mut conn, said.key(), name.clone()).await?),
                None => None,
            };
            let link = said.permalink.as_deref().filter(|_| !said.is_gone);
            worth.push(Row::new(
                shelf.listed(said.key(), name, said.price, link, said.is_gone),
                &all,
                "worth",
            ));
        }
        let mut found: Vec<Row> =
            shelf.found.iter().map(|row| Row::new(shelf.found(row), &all, "found")).collect();
        let errors = match typed {
            None => FormErrors::of(LABELS),
            Some((form, errors)) => {
                let rows = worth.iter_mut().chain(found.iter_mut());
                let at =
                    rows.into_iter().find(|row| row.list == form.list && Some(row.product.key) == form.key());
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
            shops: shelf.shops.iter().map(|shop| Opt::new(shop.id, &shop.name)).collect(),
            has_more: shelf.has_more,
            search: shelf.search,
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
    if mirrored(conn, key).await?.is_some() {
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
            let flash =
                Flash::ok("sessions-product-saved").arg("product", number_of(key)).count(i64::from(sessions));
            Ok(redirect(&href(&form.search), Some(flash)))
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
    Ok(redirect(
        &href(&form.search),
        Some(Flash::ok("sessions-product-removed").arg("product", number_of(key))),
    ))
}
