//! Connecting a shop and what is asked of it by hand: tried first, saved with its audit row, and the work that follows
//! enqueued in the same transaction.
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use sqlx::MySqlConnection;

use super::{
    domain::Resource,
    jobs::{enqueue_processing, enqueue_refresh, enqueue_sync, enqueue_watch},
    member_meta,
    sync::Mode,
};
use crate::{
    app::App,
    audit,
    core::{
        actor::Actor,
        ids::{ShopId, WcId},
        secret::Secret,
    },
    crypto,
    db::DbError,
    sessions::products::{self, BRIEF_PRODUCTS},
    shop::{
        client::ShopAddress,
        service::{self, Error, load, probe, read_address, record, slug_of},
        store::{self, NewShop, Settings, Shop, member_meta as rows},
    },
};

/// Hours that deliveries signed with the webhook secret before the current one are still believed.
pub const OLD_SECRET_HOURS: i64 = 24;
/// Currency of a shop that does not tell.
const CURRENCY: &str = "EUR";
/// Slugs tried for one name: `almendro`, `almendro-2`, …
const SAME_NAMES: u32 = 99;

/// A shop to be connected, as typed.
#[derive(Debug, Clone)]
pub struct NewConnection {
    pub url: String,
    pub key: Secret,
    pub secret: Secret,
    /// What to call it; empty for what the shop calls itself.
    pub name: String,
    /// Whether the brief's own products are worth sessions from the start.
    pub default_products: bool,
}

/// Tries the keys, then saves the shop and starts its first reading and the registration of its webhooks.
///
/// # Errors
/// Everything of [`Error`]; nothing is saved then.
pub async fn connect(app: &App, form: &NewConnection, actor: &Actor) -> Result<ShopId, Error> {
    let address = read_address(app, &form.url, &form.key, &form.secret)?;
    free(&mut *app.db.conn().await?, &address).await?;
    let facts = probe(app, address.clone()).await?;
    let name = [form.name.trim(), facts.name.trim(), address.url.host_str().unwrap_or_default()]
        .into_iter()
        .find(|name| !name.is_empty())
        .unwrap_or_default()
        .to_owned();
    let new = NewShop {
        slug: slug_of(&name),
        name,
        address,
        webhook_secret: crypto::random_token(),
        handoff_secret: crypto::random_token(),
        timezone: facts.timezone,
        currency: facts.currency.unwrap_or_else(|| CURRENCY.to_owned()),
        wc_version: facts.wc_version.unwrap_or_default(),
    };
    let (new, now) = (&new, app.clock.now());
    app.db
        .transact(|mut tx| async move {
            let id = insert(&mut tx, new, app, now).await?;
            let record = audit::Record::new(now, actor, "shop.connected", "shop", id)
                .shop(id)
                .detail(json!({"url": new.address.url.as_str(), "name": new.name}));
            audit::record(&mut tx, record).await?;
            if form.default_products {
                for (product, sessions) in BRIEF_PRODUCTS {
                    products::put(&mut tx, (id, WcId(product), WcId(0)), sessions, actor, now).await?;
                }
            }
            enqueue_watch(&mut tx, id, false, now).await?;
            enqueue_sync(&mut tx, id, Mode::Full, now).await?;
            Ok(tx.done(id).await?)
        })
        .await
}

/// Refuses an address that is connected already.
async fn free(conn: &mut MySqlConnection, address: &ShopAddress) -> Result<(), Error> {
    match store::list(conn).await?.into_iter().find(|shop| shop.url == address.url) {
        Some(shop) => Err(Error::Taken { id: shop.id, slug: shop.slug }),
        None => Ok(()),
    }
}

/// Saves it under the first slug that is free.
async fn insert(
    conn: &mut MySqlConnection,
    new: &NewShop,
    app: &App,
    now: DateTime<Utc>,
) -> Result<ShopId, Error> {
    let mut tried = new.clone();
    for n in 2..=SAME_NAMES {
        match store::insert(conn, &tried, &app.keys, now).await {
            Err(e) if e.duplicate_key() == Some("uq_shops_slug") => tried.slug = format!("{}-{n}", new.slug),
            Err(e) if e.duplicate_key() == Some("uq_shops_url") => {
                // Someone was quicker, between our look and now.
                free(conn, &new.address).await?;
                return Err(DbError::Stale.into());
            }
            outcome => return Ok(outcome?),
        }
    }
    Err(DbError::Stale.into())
}

/// Replaces a shop's keys with others that were tried, and asks what was missed meanwhile.
pub async fn change_keys(
    app: &App,
    id: ShopId,
    key: &Secret,
    secret: &Secret,
    actor: &Actor,
) -> Result<(), Error> {
    let shop = load(app, id).await?;
    let address = read_address(app, shop.url.as_str(), key, secret)?;
    let facts = &probe(app, address).await?;
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let shop = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
            store::update_keys(&mut tx, &shop, key, secret, &app.keys).await?;
            store::save_facts(&mut tx, id, facts).await?;
            store::record_ok(&mut tx, id, now).await?;
            let detail = json!({"from": shop.key_last4, "to": key.last4()});
            audit::record(&mut tx, record(&shop, "shop.keys_changed", actor, now).detail(detail)).await?;
            catch_up(&mut tx, &shop, now).await?;
            Ok(tx.done(()).await?)
        })
        .await
}

/// Changes what staff decide about a shop, and starts what follows from it.
pub async fn change_settings(app: &App, id: ShopId, to: &Settings, actor: &Actor) -> Result<(), Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let Some(before) = service::change_settings(&mut tx, id, to, actor, now).await? else {
                return Ok(tx.undone(()).await?);
            };
            // A paused shop is asked when it is resumed.
            if to.grant_on_processing && !before.grant_on_processing && before.paused_at.is_none() {
                enqueue_processing(&mut tx, id, now).await?;
            }
            let has_new_key = to.member_meta_key != before.member_meta_key;
            if has_new_key {
                rows::forget_written(&mut tx, id, now).await?;
            }
            if to.writes_member_meta && (has_new_key || !before.writes_member_meta) {
                member_meta::enqueue_all(&mut tx, id, now).await?;
            }
            Ok(tx.done(()).await?)
        })
        .await
}

/// Looks at the webhooks and reads what changed, unless the shop is paused.
async fn catch_up(conn: &mut MySqlConnection, shop: &Shop, now: DateTime<Utc>) -> Result<(), DbError> {
    if shop.paused_at.is_none() {
        enqueue_watch(conn, shop.id, false, now).await?;
        enqueue_sync(conn, shop.id, Mode::Delta, now).await?;
        if shop.grant_on_processing {
            enqueue_processing(conn, shop.id, now).await?;
        }
    }
    Ok(())
}

/// Signs deliveries with a new secret from now on. What the old one signed is believed for [`OLD_SECRET_HOURS`] more.
pub async fn rotate_webhook_secret(app: &App, id: ShopId, actor: &Actor) -> Result<(), Error> {
    let (now, new) = (app.clock.now(), &crypto::random_token());
    app.db
        .transact(|mut tx| async move {
            let shop = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
            let old_until = now + TimeDelta::hours(OLD_SECRET_HOURS);
            store::rotate_webhook_secret(&mut tx, &shop, new, &app.keys, old_until).await?;
            audit::record(&mut tx, record(&shop, "shop.webhook_secret_rotated", actor, now)).await?;
            enqueue_watch(&mut tx, id, true, now).await?;
            Ok(tx.done(()).await?)
        })
        .await
}

/// Asks a shop again, beginning with what was missed.
pub async fn resume(app: &App, id: ShopId, actor: &Actor) -> Result<(), Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let mut shop = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
            if shop.paused_at.take().is_some() {
                store::set_paused(&mut tx, &shop, None).await?;
                audit::record(&mut tx, record(&shop, "shop.resumed", actor, now)).await?;
                catch_up(&mut tx, &shop, now).await?;
            }
            Ok(tx.done(()).await?)
        })
        .await
}

/// Reads a shop now: what changed, or everything.
pub async fn sync_now(app: &App, id: ShopId, mode: Mode, actor: &Actor) -> Result<(), Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let shop = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
            enqueue_sync(&mut tx, id, mode, now).await?;
            let detail = json!({"mode": mode.as_str()});
            audit::record(&mut tx, record(&shop, "shop.read_asked", actor, now).detail(detail)).await?;
            Ok(tx.done(()).await?)
        })
        .await
}

/// Looks at a shop's webhooks now and wakes those that sleep.
pub async fn watch_now(app: &App, id: ShopId, actor: &Actor) -> Result<(), Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let shop = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
            enqueue_watch(&mut tx, id, false, now).await?;
            audit::record(&mut tx, record(&shop, "shop.watch_asked", actor, now)).await?;
            Ok(tx.done(()).await?)
        })
        .await
}

/// Asks a shop for one order again.
pub async fn refresh_order(app: &App, id: ShopId, order: WcId, actor: &Actor) -> Result<(), Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let shop = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
            enqueue_refresh(&mut tx, id, Resource::Order, order.0, now).await?;
            let record = audit::Record::new(now, actor, "order.read_asked", "order", order).shop(shop.id);
            audit::record(&mut tx, record).await?;
            Ok(tx.done(()).await?)
        })
        .await
}
