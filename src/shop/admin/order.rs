//! One order: what was paid and what came of it.
use askama::Template;
use axum::{extract::State, response::Response};
use rust_decimal::Decimal;

use super::Nothing;
use crate::{
    accounts,
    app::App,
    auth::extract::Manager,
    core::{
        ids::{AccountId, ShopId, WcId},
        page::Seek,
    },
    inbox::{
        connect as connecting,
        domain::{Resource, State as DeliveryState},
        store::{self as inbox, Delivery},
    },
    sessions::{
        admin::{standing_class, standing_key},
        list::{self as sessions, Listed, Sort},
    },
    shop::{
        mirror::{self, StoredOrder},
        order::Order,
        store::{self, Shop},
    },
    web::{
        cx::Cx,
        extract::Path,
        flash::{Flash, redirect},
        form::Form,
        page::page,
        problem::{Kind, Problem},
    },
};

/// Grants and deliveries shown.
const SHOWN: u32 = 50;

/// A line of the sum behind an order's total.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    key: &'static str,
    amount: Decimal,
}

/// What an order's total is made of. Fees and whatever a plugin adds are what the known parts do not explain.
fn parts(order: &Order) -> Vec<Part> {
    let products: Decimal = order.lines.iter().map(|line| line.total).sum();
    let known = products + order.shipping_total + order.total_tax;
    let mut parts = vec![
        Part { key: "order-sum-products", amount: products },
        Part { key: "order-sum-shipping", amount: order.shipping_total },
        Part { key: "order-sum-tax", amount: order.total_tax },
        Part { key: "order-sum-other", amount: order.total - known },
    ];
    parts.retain(|part| part.key == "order-sum-products" || !part.amount.is_zero());
    parts
}

#[derive(Debug, Template)]
#[template(path = "shop/admin_order.html")]
struct OrderPage {
    cx: Cx,
    shop: Shop,
    stored: StoredOrder,
    parts: Vec<Part>,
    /// Number and name of whose it is.
    account: Option<(AccountId, String)>,
    grants: Vec<Listed>,
    deliveries: Vec<Delivery>,
}

impl OrderPage {
    fn money(&self, amount: &Decimal) -> String {
        self.cx.money(amount, &self.stored.order.currency)
    }
    fn minus(&self, amount: &Decimal) -> String {
        self.cx.money(&-*amount, &self.stored.order.currency)
    }
    fn name(&self) -> &str {
        let order = &self.stored.order;
        match (order.billing_name.as_str(), &order.billing_email) {
            ("", Some(email)) => email.as_str(),
            (name, _) => name,
        }
    }
    fn net(&self) -> String {
        self.money(&self.stored.order.net())
    }
    fn state(&self, row: &Listed) -> String {
        self.cx.t(standing_key(&row.grant.standing(self.cx.now)))
    }
    fn state_class(&self, row: &Listed) -> &'static str {
        standing_class(&row.grant.standing(self.cx.now))
    }
}

fn delivery_key(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Pending => "order-hook-pending",
        DeliveryState::Processed => "order-hook-processed",
        DeliveryState::Quarantined => "order-hook-quarantined",
        DeliveryState::Failed => "order-hook-failed",
        DeliveryState::Discarded => "order-hook-discarded",
    }
}

fn delivery_class(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Pending => "is-info",
        DeliveryState::Processed => "is-ok",
        DeliveryState::Quarantined => "is-warn",
        DeliveryState::Failed => "is-bad",
        DeliveryState::Discarded => "is-over",
    }
}

pub(super) async fn show(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path((shop, id)): Path<(ShopId, WcId)>,
) -> Result<Response, Problem> {
    let gone = || Problem::new(Kind::NotFound);
    let mut conn = app.db.conn().await?;
    let shop = store::find(&mut conn, shop).await?.ok_or_else(gone)?;
    let stored = mirror::order(&mut conn, shop.id, id).await?.ok_or_else(gone)?;
    let account = match stored.account {
        Some(account) => {
            accounts::store::find(&mut conn, account).await?.map(|found| (found.id, found.label()))
        }
        None => None,
    };
    let filter = sessions::Filter { order: Some(id.0), ..sessions::Filter::default() };
    let newest = Seek::forward(None, SHOWN);
    let mut grants = sessions::grants(&mut conn, &filter, Sort::Recent, &newest, cx.now).await?.items;
    // Another shop may have an order of the same number.
    grants.retain(|row| row.grant.source.is_some_and(|source| source.shop == shop.id));
    let filter = inbox::Filter {
        shop: Some(shop.id),
        resource: Some(Resource::Order),
        resource_id: Some(id.0),
        ..inbox::Filter::default()
    };
    let newest = Seek::forward(None, SHOWN);
    let deliveries = inbox::list(&mut conn, &filter, &newest).await?.items;
    let parts = parts(&stored.order);
    Ok(page(&OrderPage { cx, shop, stored, parts, account, grants, deliveries }))
}

/// Asks the shop for it again.
pub(super) async fn read(
    State(app): State<App>,
    Manager(staff): Manager,
    Path((shop, id)): Path<(ShopId, WcId)>,
    Form(_): Form<Nothing>,
) -> Result<Response, Problem> {
    let mut conn = app.db.conn().await?;
    if mirror::order(&mut conn, shop, id).await?.is_none() {
        return Err(Problem::new(Kind::NotFound));
    }
    let is_paused = store::find(&mut conn, shop).await?.is_some_and(|shop| shop.paused_at.is_some());
    drop(conn);
    let flash = if is_paused {
        Flash::bad("shop-paused-first")
    } else {
        connecting::refresh_order(&app, shop, id, &staff.actor()).await?;
        Flash::info("order-reading")
    };
    Ok(redirect(&format!("/admin/orders/{shop}/{id}"), Some(flash)))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::shop::order::{Line, OrderStatus};

    fn order(total: &str, tax: &str, shipping: &str, lines: &[&str]) -> Order {
        let amount = |text: &str| text.parse::<Decimal>().unwrap();
        let line = |total: &&str| Line {
            line_id: WcId(1),
            product_id: WcId(486),
            variation_id: WcId(0),
            name: "Pack".to_owned(),
            quantity: 1,
            total: amount(total),
            total_tax: Decimal::ZERO,
            refunded_quantity: 0,
            refunded_total: Decimal::ZERO,
        };
        Order {
            id: WcId(1),
            number: "1".to_owned(),
            status: OrderStatus::Completed,
            currency: "EUR".to_owned(),
            total: amount(total),
            total_tax: amount(tax),
            shipping_total: amount(shipping),
            customer_id: None,
            billing_email: None,
            billing_name: String::new(),
            created_at: DateTime::UNIX_EPOCH,
            paid_at: None,
            completed_at: None,
            modified_at: DateTime::UNIX_EPOCH,
            lines: lines.iter().map(line).collect(),
            refunds: Vec::new(),
            coupons: Vec::new(),
        }
    }

    #[test]
    fn the_parts_of_an_order_add_up_to_its_total_whatever_a_plugin_adds() {
        for order in [
            order("45", "0", "0", &["45"]),
            order("64.40", "9.45", "4.95", &["45", "5"]),
            order("66.40", "9.45", "4.95", &["45", "5"]),
            order("0", "0", "0", &[]),
        ] {
            let sum: Decimal = parts(&order).iter().map(|part| part.amount).sum();
            assert_eq!(sum, order.total);
        }
        let keys = |order: &Order| parts(order).iter().map(|part| part.key).collect::<Vec<_>>();
        assert_eq!(keys(&order("45", "0", "0", &["45"])), ["order-sum-products"]);
        assert!(keys(&order("47", "0", "0", &["45"])).contains(&"order-sum-other"));
    }
}
