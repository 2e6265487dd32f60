//! The house that every page and every API call lives in.
//!
//! A request passes, from the outside in: [`layers::edge`] (id, log line, metrics), [`layers::security_headers`],
//! compression, [`problem::face::finish`] (every error gets its face), [`layers::guard`] (deadline, panics). A browser's
//! request then meets whoever finds out who is signed in (`identify`), [`cx::layer`] and [`csrf::same_origin`]; a program's
//! goes straight to its handler.
//!
//! Handlers take [`cx::Cx`], [`form::Form`] and the wrappers of [`extract`], and return `Result<Response, Problem>`.
pub mod assets;
pub mod csrf;
pub mod cx;
pub mod download;
pub mod export;
pub mod extract;
pub mod flash;
pub mod form;
pub mod idempotent;
pub mod lang;
pub mod layers;
pub mod list;
pub mod nav;
mod openapi;
pub use openapi::describe;
pub mod ops;
pub mod page;
mod preferences;
pub mod problem;
mod root;
pub mod routes;
#[cfg(test)]
pub(crate) mod testing;
pub mod upload;
pub mod xlsx;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
};
use tower_http::compression::{CompressionLayer, DefaultPredicate, Predicate, predicate::SizeAbove};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use problem::{Kind, Problem};
use routes::{Access, RouteInfo, Routes};

/// Where staff sign in.
pub const STAFF_LOGIN: &str = "/admin/login";
/// Where customers ask for a link to sign in.
pub const CUSTOMER_LOGIN: &str = "/account/login";

/// Everything that serves requests, with what tests want to know about it.
pub struct Built {
    pub router: Router,
    pub table: Vec<RouteInfo>,
    pub openapi: OpenApi,
}

impl std::fmt::Debug for Built {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Built").field("table", &self.table).finish_non_exhaustive()
    }
}

/// Puts pages and API together, with nobody signed in: for tests of the house itself.
pub fn assemble(app: App, pages: Routes, api: OpenApiRouter<App>) -> Built {
    assemble_with(app, pages, api, |router| router)
}

/// Puts pages and API together. `identify` wraps the browsers' router in the layers that find out who is signed in (and,
/// inside of them, fill [`nav::Nav`] and [`cx::Storefront`]): they put [`crate::auth::Logins`] into the request's extensions.
#[expect(clippy::needless_pass_by_value, reason = "the house keeps the app")]
pub fn assemble_with(
    app: App,
    pages: Routes,
    api: OpenApiRouter<App>,
    identify: impl FnOnce(Router) -> Router,
) -> Built {
    let (api, mut openapi) = api.split_for_parts();
    openapi::describe(&mut openapi);
    let ours = Routes::new()
        .post("/preferences", Access::Public, preferences::save)
        .get("/static/{*name}", Access::Public, assets::serve)
        .merge(root::routes())
        .merge(problem::pages::routes())
        .merge(openapi::routes(&openapi))
        .merge(ops::routes());
    let split = pages.merge(ours).split();
    let mut table = split.table;
    table.extend(routes::table_of_api(&openapi));

    let browsers: Router = split
        .browsers
        .fallback(async || Problem::new(Kind::NotFound))
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(app.clone(), csrf::same_origin))
        .layer(from_fn_with_state(app.clone(), cx::layer))
        .with_state(app.clone());
    let signed = split.signed.layer(DefaultBodyLimit::max(app.config.webhook_max_bytes));
    let machines: Router = split
        .machines
        .merge(signed)
        .merge(api)
        .method_not_allowed_fallback(wrong_method)
        .with_state(app.clone());

    let router = identify(browsers)
        .merge(machines)
        .layer(from_fn_with_state(app.clone(), layers::guard))
        .layer(from_fn_with_state(app.clone(), problem::face::finish))
        .layer(CompressionLayer::new().compress_when(worth_compressing()))
        .layer(from_fn_with_state(app.clone(), layers::security_headers))
        .layer(DefaultBodyLimit::max(app.config.request_max_bytes))
        .layer(from_fn(layers::edge));
    Built { router, table, openapi }
}

/// What fits into one packet arrives no sooner for being smaller: compressing it costs both sides time for nothing.
fn worth_compressing() -> impl Predicate {
    SizeAbove::new(1200).and(DefaultPredicate::new())
}

async fn wrong_method() -> Problem {
    Problem::new(Kind::MethodNotAllowed)
}

#[cfg(test)]
mod tests;
