//! The whole service put together: every page, the API, and who is asked who they are.
use axum::middleware::from_fn_with_state;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    accounts::{self, ShopUser},
    app::App,
    audit,
    auth::{self, handoff::VerifiedHandoff},
    core::{actor::Actor, ids::AccountId},
    entitlements, help, inbox, jobs, licences, reports, sessions, settings, shop,
    web::{self, Built, problem::Problem, routes::Routes},
};

/// Every page and webhook.
pub fn pages() -> Routes {
    Routes::new()
        .merge(auth::pages::routes(arrive))
        .merge(accounts::admin::routes())
        .merge(sessions::admin::routes())
        .merge(sessions::account::routes())
        .merge(sessions::bulk::admin::routes())
        .merge(entitlements::admin::routes())
        .merge(licences::products::admin::routes())
        .merge(licences::admin::routes())
        .merge(licences::account::routes())
        .merge(licences::keys::admin::routes())
        .merge(licences::import::admin::routes())
        .merge(shop::admin::routes())
        .merge(inbox::hook::routes())
        .merge(inbox::admin::routes())
        .merge(jobs::admin::routes())
        .merge(audit::admin::routes())
        .merge(settings::admin::routes())
        .merge(help::routes())
        .merge(reports::routes())
}

/// Every operation of the JSON API.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(accounts::api::routes())
        .merge(sessions::api::routes())
        .merge(sessions::bulk::api::routes())
        .merge(entitlements::api::routes())
        .merge(licences::api::routes())
        .merge(licences::keys::api::routes())
}

/// The router of the service, with its table and the description of its API.
pub fn build(app: &App) -> Built {
    web::assemble_with(app.clone(), pages(), api(), |router| {
        router
            .layer(from_fn_with_state(app.clone(), reports::nav::layer))
            .layer(from_fn_with_state(app.clone(), auth::layer::identify))
    })
}

/// The account of someone whom a shop hands over: its registered user, by the same rules as everywhere.
fn arrive(
    app: App,
    guest: VerifiedHandoff,
    now: DateTime<Utc>,
) -> BoxFuture<'static, Result<AccountId, Problem>> {
    Box::pin(async move {
        let (app, guest) = (&app, &guest);
        let actor = &Actor::Shop { id: guest.shop, name: String::new() };
        let account = app
            .db
            .transact(|mut tx| async move {
                let user = ShopUser {
                    shop: guest.shop,
                    user: guest.wp_user,
                    email: Some(&guest.email),
                    name: &guest.name,
                };
                let account = accounts::for_user(&mut tx, &user, actor, now).await?;
                tx.done(account).await
            })
            .await?;
        Ok(account)
    })
}

/// The description of the API, as `/api/openapi.json` serves it.
pub fn describe_api() -> Result<String, serde_json::Error> {
    let (_, mut openapi) = api().split_for_parts();
    web::describe(&mut openapi);
    serde_json::to_string_pretty(&openapi)
}
