//! What a look at the shop changes here.
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::MySqlConnection;

use super::{Found, Source, Taken, Whole};
use crate::{
    accounts::{self, ShopUser},
    core::{
        ids::{AccountId, WcId},
        order::{Line, Order as PaidOrder, OrderStanding},
    },
    db::DbError,
    inbox::{domain::Resource, member_meta},
    licences, sessions,
    shop::{
        mirror::{self, Mirrored},
        order::{Order, OrderStatus},
        store::Shop,
        words::Customer,
    },
};

/// Writes what was found, and what follows from it, in the caller's transaction.
pub(super) async fn apply(
    conn: &mut MySqlConnection,
    source: &Source,
    resource: Resource,
    id: WcId,
    found: &Found,
    seen_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Taken, DbError> {
    let shop = source.shop.id;
    match found {
        Found::Order(whole) => apply_order(conn, source, whole, seen_at, now).await,
        Found::Customer(customer) => {
            let outcome = mirror::save_customer(conn, shop, customer, seen_at).await?;
            if outcome != mirror::Outcome::Stale {
                let account = account_of(conn, source, customer, now).await?;
                mirror::set_customer_account(conn, shop, customer.id, Some(account)).await?;
                member_meta::noticed(conn, &source.shop, customer, seen_at).await?;
            }
            Ok(outcome.into())
        }
        Found::Products(products) => {
            let mut taken = Taken::Same;
            for product in products {
                let outcome = mirror::save_product(conn, shop, product, seen_at).await?;
                if product.id == id {
                    taken = outcome.into();
                }
            }
            Ok(taken)
        }
        Found::Coupon(coupon) => Ok(mirror::save_coupon(conn, shop, coupon, seen_at).await?.into()),
        Found::Nothing => gone(conn, source, resource, id, seen_at, now).await,
    }
}

async fn account_of(
    conn: &mut MySqlConnection,
    source: &Source,
    customer: &Customer,
    now: DateTime<Utc>,
) -> Result<AccountId, DbError> {
    let name = customer.name();
    let user =
        ShopUser { shop: source.shop.id, user: customer.id, email: customer.email.as_ref(), name: &name };
    accounts::for_user(conn, &user, &source.actor, now).await
}

async fn apply_order(
    conn: &mut MySqlConnection,
    source: &Source,
    whole: &Whole,
    seen_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Taken, DbError> {
    let (shop, order) = (source.shop.id, &whole.order);
    for product in &whole.products {
        mirror::save_product(conn, shop, product, seen_at).await?;
    }
    let outcome = mirror::save_order(conn, shop, order, seen_at).await?;
    if outcome == mirror::Outcome::Stale {
        return Ok(Taken::Stale);
    }
    let known = match order.customer_id {
        Some(user) => accounts::by_user(conn, shop, user).await?,
        None => None,
    };
    let account = match (known, &whole.customer, &order.billing_email) {
        (Some(account), ..) => Some(account),
        (None, Some(customer), _) => {
            mirror::save_customer(conn, shop, customer, seen_at).await?;
            let account = account_of(conn, source, customer, now).await?;
            mirror::set_customer_account(conn, shop, customer.id, Some(account)).await?;
            Some(account)
        }
        (None, None, Some(email)) => Some(accounts::for_guest(conn, email, &order.billing_name, now).await?),
        // Neither a user nor an address: nobody to give anything to. An address added later comes as an update.
        (None, None, None) => None,
    };
    if let Some(account) = account {
        mirror::set_order_account(conn, shop, order.id, Some(account)).await?;
        settle(conn, source, order, account, standing(&source.shop, &order.status), now).await?;
    }
    Ok(outcome.into())
}

/// What an order's status means for what it gives.
fn standing(shop: &Shop, status: &OrderStatus) -> OrderStanding {
    match status {
        OrderStatus::Completed => OrderStanding::Paid,
        OrderStatus::Processing if shop.grant_on_processing => OrderStanding::Paid,
        OrderStatus::Refunded | OrderStatus::Cancelled | OrderStatus::Failed | OrderStatus::Trash => {
            OrderStanding::Gone
        }
        OrderStatus::Pending
        | OrderStatus::Processing
        | OrderStatus::OnHold
        | OrderStatus::CheckoutDraft
        | OrderStatus::Other(_) => OrderStanding::Undecided,
    }
}

async fn settle(
    conn: &mut MySqlConnection,
    source: &Source,
    order: &Order,
    account: AccountId,
    standing: OrderStanding,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let lines = order
        .lines
        .iter()
        .map(|line| {
            // A refund of the whole amount without a quantity is a refund of the line all the same.
            let all_money_back = line.total > Decimal::ZERO && line.refunded_total >= line.total;
            let units = if all_money_back { 0 } else { line.quantity.saturating_sub(line.refunded_quantity) };
            Line { line: line.line_id, product: line.product_id, variation: line.variation_id, units }
        })
        .collect();
    let order = PaidOrder {
        shop: source.shop.id,
        id: order.id,
        number: &order.number,
        account,
        standing,
        lines,
        paid_at: order.completed_at.or(order.paid_at).unwrap_or(order.created_at),
        refund_policy: source.shop.refund_policy.as_str(),
    };
    sessions::apply_order(conn, &order, &source.actor, now).await?;
    licences::apply_order(conn, &order, source.zone, &source.actor, now).await?;
    Ok(())
}

/// The shop, asked, has no such thing. One `deleted` event names the same number for an order, a product and a coupon
/// (FACTS 4): only what we mirrored under that very kind is touched.
async fn gone(
    conn: &mut MySqlConnection,
    source: &Source,
    resource: Resource,
    id: WcId,
    seen_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Taken, DbError> {
    let shop = source.shop.id;
    let what = match resource {
        Resource::Order => Mirrored::Orders,
        Resource::Product => Mirrored::Products,
        Resource::Customer => Mirrored::Customers,
        Resource::Coupon => Mirrored::Coupons,
    };
    if !mirror::mark_deleted(conn, what, shop, id, seen_at).await? {
        return Ok(Taken::Unknown);
    }
    if resource == Resource::Customer {
        member_meta::gone(conn, shop, id, now).await?;
    }
    if resource == Resource::Order
        && let Some(stored) = mirror::order(conn, shop, id).await?
        && let Some(account) = stored.account
    {
        settle(conn, source, &stored.order, account, OrderStanding::Gone, now).await?;
    }
    Ok(Taken::Gone)
}
