//! How a thing of the shop becomes true here: re-read it, mirror it, and let the slices draw their conclusions, in one
//! transaction. Webhooks, replays, sweeps and first imports all come through here.
mod apply;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::domain::Resource;
use crate::{
    accounts,
    app::App,
    core::{
        actor::Actor,
        ids::{DeliveryId, ShopId, WcId},
    },
    crypto::SealError,
    db::{DbError, Transient},
    shop::{
        self,
        client::ShopClient,
        error::ShopError,
        mirror,
        order::Order,
        store::Shop,
        words::{Coupon, Customer, Product},
    },
};

#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    #[error("no such shop")]
    NoShop,
    #[error("the shop is paused")]
    Paused,
    #[error("the shop is being read already")]
    Busy,
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Shop(#[from] ShopError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Transient for IntakeError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Db(e) if e.is_transient())
    }
}

/// A shop that is open for questions.
#[derive(Debug)]
pub struct Source {
    pub shop: Shop,
    pub client: ShopClient,
    pub actor: Actor,
    /// The business zone: in its days what orders give begins and ends.
    pub zone: Tz,
}

impl Source {
    /// Opens a shop that is not paused.
    pub async fn open(app: &App, id: ShopId) -> Result<Self, IntakeError> {
        let shop = shop::store::find(&mut *app.db.conn().await?, id).await?.ok_or(IntakeError::NoShop)?;
        if shop.paused_at.is_some() {
            return Err(IntakeError::Paused);
        }
        let client = shop.client(&app.http, app.clock.clone(), &app.keys)?;
        let actor = Actor::Shop { id, name: shop.name.clone() };
        Ok(Self { shop, client, actor, zone: app.config.timezone })
    }

    /// Remembers how the last question went: pages say since when there are no data, and why.
    pub async fn note<T>(&self, app: &App, outcome: &Result<T, IntakeError>) -> Result<(), DbError> {
        let now = app.clock.now();
        let mut conn = app.db.conn().await?;
        match outcome {
            Err(IntakeError::Shop(e)) if !matches!(e, ShopError::NotFound | ShopError::Malformed(_)) => {
                shop::store::record_error(&mut conn, self.shop.id, e.code(), &e.to_string(), now).await?;
            }
            Err(_) => {}
            Ok(_) => shop::store::record_ok(&mut conn, self.shop.id, now).await?,
        }
        Ok(())
    }
}

/// What came of taking a thing in. The word stands in the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    New,
    Changed,
    Same,
    /// A later look was here first.
    Stale,
    /// The shop no longer has it.
    Gone,
    /// The shop does not have it, and we never did.
    Unknown,
}

impl Taken {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Same => "same",
            Self::Stale => "stale",
            Self::Gone => "gone",
            Self::Unknown => "unknown",
        }
    }
}

impl From<mirror::Outcome> for Taken {
    fn from(outcome: mirror::Outcome) -> Self {
        match outcome {
            mirror::Outcome::New => Self::New,
            mirror::Outcome::Changed => Self::Changed,
            mirror::Outcome::Same => Self::Same,
            mirror::Outcome::Stale => Self::Stale,
        }
    }
}

/// An order with what is needed to understand it and we did not know yet.
#[derive(Debug)]
struct Whole {
    order: Order,
    /// The buyer, if the shop knows them and we do not.
    customer: Option<Customer>,
    products: Vec<Product>,
}

/// A thing as the shop answered it.
#[derive(Debug)]
enum Found {
    Order(Box<Whole>),
    Customer(Box<Customer>),
    Products(Vec<Product>),
    Coupon(Box<Coupon>),
    Nothing,
}

/// Re-reads one thing and applies it, and answers for every waiting delivery about it up to `newest`.
pub async fn refresh(
    app: &App,
    source: &Source,
    resource: Resource,
    id: WcId,
    newest: Option<DeliveryId>,
) -> Result<Taken, IntakeError> {
    let seen_at = app.clock.now();
    let found = fetch(app, source, resource, id).await?;
    let found = &found;
    app.db
        .transact(|mut tx| async move {
            let now = app.clock.now();
            let taken = apply::apply(&mut tx, source, resource, id, found, seen_at, now).await?;
            if let Some(newest) = newest {
                let about = (source.shop.id, resource, id.0);
                super::store::mark_processed(&mut tx, about, newest, taken.as_str(), now).await?;
            }
            Ok(tx.done(taken).await?)
        })
        .await
}

async fn fetch(app: &App, source: &Source, resource: Resource, id: WcId) -> Result<Found, IntakeError> {
    let client = &source.client;
    let found = match resource {
        Resource::Order => match client.order(id).await {
            Ok(order) => return Ok(Found::Order(Box::new(complete(app, source, order).await?))),
            Err(e) => Err(e),
        },
        Resource::Customer => client.customer(id).await.map(|c| Found::Customer(Box::new(c))),
        Resource::Product => match client.product(id).await {
            Ok(product) => with_variations(client, product).await.map(Found::Products),
            Err(e) => Err(e),
        },
        Resource::Coupon => client.coupon(id).await.map(|c| Found::Coupon(Box::new(c))),
    };
    match found {
        Err(ShopError::NotFound) => Ok(Found::Nothing),
        other => Ok(other?),
    }
}

async fn with_variations(client: &ShopClient, product: Product) -> Result<Vec<Product>, ShopError> {
    let mut all = if product.variations.is_empty() {
        Vec::new()
    } else {
        client.product_variations(product.id).await?
    };
    all.push(product);
    Ok(all)
}

/// Asks for the buyer and the products of an order, where we do not know them.
async fn complete(app: &App, source: &Source, order: Order) -> Result<Whole, IntakeError> {
    let (shop, client) = (source.shop.id, &source.client);
    let wanted: BTreeSet<WcId> =
        order.lines.iter().flat_map(|l| [l.product_id, l.variation_id]).filter(|id| id.0 != 0).collect();
    let mut conn = app.db.conn().await?;
    let customer = match order.customer_id {
        Some(id) if accounts::by_user(&mut conn, shop, id).await?.is_none() => Some(id),
        _ => None,
    };
    let known = mirror::known_products(&mut conn, shop, &wanted).await?;
    drop(conn);
    let customer = match customer {
        Some(id) => match client.customer(id).await {
            Ok(customer) => Some(customer),
            // The user was deleted: the order's own billing address is what is left of them.
            Err(ShopError::NotFound) => None,
            Err(e) => return Err(e.into()),
        },
        None => None,
    };
    let mut products = Vec::new();
    for line in &order.lines {
        let missing =
            [line.product_id, line.variation_id].into_iter().any(|id| id.0 != 0 && !known.contains(&id));
        if !missing || products.iter().any(|p: &Product| p.id == line.product_id) {
            continue;
        }
        match client.product(line.product_id).await {
            Ok(product) => products.extend(with_variations(client, product).await?),
            Err(ShopError::NotFound) => {}
            Err(e) => return Err(e.into()),
        }
    }
    Ok(Whole { order, customer, products })
}

/// Takes an order in that a list gave us.
pub async fn take_order(
    app: &App,
    source: &Source,
    order: Order,
    seen_at: DateTime<Utc>,
) -> Result<Taken, IntakeError> {
    let id = order.id;
    let found = Found::Order(Box::new(complete(app, source, order).await?));
    take(app, source, Resource::Order, id, &found, seen_at).await
}

/// Takes a user of the shop in that a list gave us.
pub async fn take_customer(
    app: &App,
    source: &Source,
    customer: Customer,
    seen_at: DateTime<Utc>,
) -> Result<Taken, IntakeError> {
    let id = customer.id;
    take(app, source, Resource::Customer, id, &Found::Customer(Box::new(customer)), seen_at).await
}

/// Takes a product or a variation in that a list gave us.
pub async fn take_product(
    app: &App,
    source: &Source,
    product: Product,
    seen_at: DateTime<Utc>,
) -> Result<Taken, IntakeError> {
    let id = product.id;
    take(app, source, Resource::Product, id, &Found::Products(vec![product]), seen_at).await
}

/// Takes a coupon in that a list gave us.
pub async fn take_coupon(
    app: &App,
    source: &Source,
    coupon: Coupon,
    seen_at: DateTime<Utc>,
) -> Result<Taken, IntakeError> {
    let id = coupon.id;
    take(app, source, Resource::Coupon, id, &Found::Coupon(Box::new(coupon)), seen_at).await
}

async fn take(
    app: &App,
    source: &Source,
    resource: Resource,
    id: WcId,
    found: &Found,
    seen_at: DateTime<Utc>,
) -> Result<Taken, IntakeError> {
    app.db
        .transact(|mut tx| async move {
            let taken = apply::apply(&mut tx, source, resource, id, found, seen_at, app.clock.now()).await?;
            Ok(tx.done(taken).await?)
        })
        .await
}
