//! Buttons of a shop's page: each does one thing and comes back.
use askama::Template;
use axum::{extract::State, response::Response};
use serde::Deserialize;

use super::{Nothing, path};
use crate::{
    app::App,
    auth::extract::{Admin, Manager},
    core::ids::ShopId,
    inbox::{connect as connecting, sync::Mode},
    shop::{service, store::Shop},
    web::{
        cx::Cx,
        extract::Path,
        flash::{Flash, redirect},
        form::Form,
        page::page,
        problem::Problem,
    },
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReadForm {
    mode: String,
}

/// Reads what changed, or (mode `full`) everything.
pub(super) async fn read(
    State(app): State<App>,
    Manager(staff): Manager,
    Path(id): Path<ShopId>,
    Form(form): Form<ReadForm>,
) -> Result<Response, Problem> {
    if service::load(&app, id).await?.paused_at.is_some() {
        return Ok(redirect(&path(id), Some(Flash::bad("shop-paused-first"))));
    }
    let (mode, said) = match Mode::parse(&form.mode) {
        Some(Mode::Full) => (Mode::Full, Flash::info("shop-reading-full")),
        _ => (Mode::Delta, Flash::info("shop-reading-changes")),
    };
    connecting::sync_now(&app, id, mode, &staff.actor()).await?;
    Ok(redirect(&path(id), Some(said)))
}

/// Wakes the webhooks.
pub(super) async fn webhooks(
    State(app): State<App>,
    Manager(staff): Manager,
    Path(id): Path<ShopId>,
    Form(_): Form<Nothing>,
) -> Result<Response, Problem> {
    if service::load(&app, id).await?.paused_at.is_some() {
        return Ok(redirect(&path(id), Some(Flash::bad("shop-paused-first"))));
    }
    connecting::watch_now(&app, id, &staff.actor()).await?;
    Ok(redirect(&path(id), Some(Flash::info("shop-watching"))))
}

pub(super) async fn pause(
    State(app): State<App>,
    Admin(staff): Admin,
    Path(id): Path<ShopId>,
    Form(_): Form<Nothing>,
) -> Result<Response, Problem> {
    service::pause(&app, id, &staff.actor()).await?;
    Ok(redirect(&path(id), Some(Flash::ok("shop-paused"))))
}

pub(super) async fn resume(
    State(app): State<App>,
    Admin(staff): Admin,
    Path(id): Path<ShopId>,
    Form(_): Form<Nothing>,
) -> Result<Response, Problem> {
    connecting::resume(&app, id, &staff.actor()).await?;
    Ok(redirect(&path(id), Some(Flash::ok("shop-resumed"))))
}

pub(super) async fn webhook_secret(
    State(app): State<App>,
    Admin(staff): Admin,
    Path(id): Path<ShopId>,
    Form(_): Form<Nothing>,
) -> Result<Response, Problem> {
    connecting::rotate_webhook_secret(&app, id, &staff.actor()).await?;
    Ok(redirect(&path(id), Some(Flash::ok("shop-webhook-secret-changed"))))
}

/// Asks first, then shows the new secret.
#[derive(Debug, Template)]
#[template(path = "shop/admin_handoff.html")]
struct HandoffPage {
    cx: Cx,
    shop: Shop,
    /// The new secret, once it was made. It is in no other answer and in no cookie.
    secret: Option<String>,
}

pub(super) async fn handoff_form(
    State(app): State<App>,
    _staff: Admin,
    cx: Cx,
    Path(id): Path<ShopId>,
) -> Result<Response, Problem> {
    let shop = service::load(&app, id).await?;
    Ok(page(&HandoffPage { cx, shop, secret: None }))
}

pub(super) async fn handoff(
    State(app): State<App>,
    Admin(staff): Admin,
    cx: Cx,
    Path(id): Path<ShopId>,
    Form(_): Form<Nothing>,
) -> Result<Response, Problem> {
    let shop = service::load(&app, id).await?;
    let secret = service::rotate_handoff_secret(&app, id, &staff.actor()).await?;
    Ok(page(&HandoffPage { cx, shop, secret: Some(secret.reveal().to_owned()) }))
}
