use axum::Router;
use super::DemoShop;
pub(super) fn routes() -> Router<DemoShop> { Router::new() }
