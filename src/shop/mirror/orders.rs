//! Orders with their lines and refunds.
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::MySqlConnection;

use super::{Outcome, Stamp};
use crate::{
    core::{
        email::Email,
        ids::{AccountId, ShopId, WcId},
    },
    db::{DbError, one_row},
    shop::order::{Line, Order, OrderStatus, Refund},
};

/// An order as last seen. Its `coupons` are empty: the mirror does not keep them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredOrder {
    pub order: Order,
    pub account: Option<AccountId>,
    pub seen_at: DateTime<Utc>,
    /// Trashed or deleted in the shop.
    pub deleted_at: Option<DateTime<Utc>>,
}

async fn stamp(conn: &mut MySqlConnection, shop: ShopId, id: WcId) -> Result<Option<Stamp>, DbError> {
    Ok(sqlx::query_as!(
        Stamp,
        r#"SELECT modified_at AS "modified_at: _", seen_at, deleted_at FROM wc_orders WHERE shop_id = ? AND wc_id = ? FOR UPDATE"#,
        shop,
        id,
    )
    .fetch_optional(conn)
    .await?)
}

/// Writes a look at an order that began at `seen_at`, with lines and refunds, unless a later one was written.
///
/// A trashed order is marked deleted. The account it belongs to is left alone.
pub async fn save_order(
    conn: &mut MySqlConnection,
    shop: ShopId,
    order: &Order,
    seen_at: DateTime<Utc>,
) -> Result<Outcome, DbError> {
    let stored = stamp(conn, shop, order.id).await?;
    if stored.is_none() {
        match insert(conn, shop, order, seen_at).await {
            Ok(()) => {
                write_parts(conn, shop, order).await?;
                return Ok(Outcome::New);
            }
            // Someone else inserted it between our two statements: theirs is the row to compare with.
            Err(e) if e.duplicate_key() == Some("PRIMARY") => {}
            Err(e) => return Err(e),
        }
    }
    let stored = stamp(conn, shop, order.id).await?.ok_or(DbError::Stale)?;
    if stored.outdates(Some(order.modified_at), seen_at) {
        return Ok(Outcome::Stale);
    }
    let trashed = order.status == OrderStatus::Trash;
    let before = self::order(conn, shop, order.id).await?.ok_or(DbError::Stale)?;
    let same = before.deleted_at.is_some() == trashed
        && before.order == Order { coupons: Vec::new(), ..order.clone() };
    let deleted_at = trashed.then(|| before.deleted_at.unwrap_or(seen_at));
    update(conn, shop, order, seen_at, deleted_at).await?;
    if same {
        return Ok(Outcome::Same);
    }
    sqlx::query!("DELETE FROM wc_order_lines WHERE shop_id = ? AND order_id = ?", shop, order.id)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("DELETE FROM wc_refunds WHERE shop_id = ? AND order_id = ?", shop, order.id)
        .execute(&mut *conn)
        .await?;
    write_parts(conn, shop, order).await?;
    Ok(Outcome::Changed)
}

async fn insert(
    conn: &mut MySqlConnection,
    shop: ShopId,
    order: &Order,
    seen_at: DateTime<Utc>,
) -> Result<(), DbError> {
    let deleted_at = (order.status == OrderStatus::Trash).then_some(seen_at);
    sqlx::query!(
        "INSERT INTO wc_orders (shop_id, wc_id, number, status, currency, total, total_tax, shipping_total, refunded, customer_id,
                                billing_email, billing_name, created_at, paid_at, completed_at, modified_at, seen_at, deleted_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        shop,
        order.id,
        order.number,
        order.status.as_str(),
        order.currency,
        order.total,
        order.total_tax,
        order.shipping_total,
        order.refunded(),
        order.customer_id.unwrap_or(WcId(0)),
        order.billing_email.as_ref().map_or("", Email::as_str),
        order.billing_name,
        order.created_at,
        order.paid_at,
        order.completed_at,
        order.modified_at,
        seen_at,
        deleted_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn update(
    conn: &mut MySqlConnection,
    shop: ShopId,
    order: &Order,
    seen_at: DateTime<Utc>,
    deleted_at: Option<DateTime<Utc>>,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE wc_orders
            SET number = ?, status = ?, currency = ?, total = ?, total_tax = ?, shipping_total = ?, refunded = ?, customer_id = ?,
                billing_email = ?, billing_name = ?, created_at = ?, paid_at = ?, completed_at = ?, modified_at = ?, seen_at = ?,
                deleted_at = ?
          WHERE shop_id = ? AND wc_id = ?",
        order.number,
        order.status.as_str(),
        order.currency,
        order.total,
        order.total_tax,
        order.shipping_total,
        order.refunded(),
        order.customer_id.unwrap_or(WcId(0)),
        order.billing_email.as_ref().map_or("", Email::as_str),
        order.billing_name,
        order.created_at,
        order.paid_at,
        order.completed_at,
        order.modified_at,
        seen_at,
        deleted_at,
        shop,
        order.id,
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

async fn write_parts(conn: &mut MySqlConnection, shop: ShopId, order: &Order) -> Result<(), DbError> {
    for line in &order.lines {
        sqlx::query!(
            "INSERT INTO wc_order_lines (shop_id, order_id, line_id, product_id, variation_id, name, quantity, total, total_tax,
                                         refunded_quantity, refunded_total)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            shop,
            order.id,
            line.line_id,
            line.product_id,
            line.variation_id,
            line.name,
            line.quantity,
            line.total,
            line.total_tax,
            line.refunded_quantity,
            line.refunded_total,
        )
        .execute(&mut *conn)
        .await?;
    }
    for refund in &order.refunds {
        sqlx::query!(
            "INSERT INTO wc_refunds (shop_id, wc_id, order_id, amount, reason, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            shop,
            refund.id,
            order.id,
            refund.amount,
            refund.reason,
            refund.created_at,
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// An order with lines and refunds.
pub async fn order(
    conn: &mut MySqlConnection,
    shop: ShopId,
    id: WcId,
) -> Result<Option<StoredOrder>, DbError> {
    let Some(row) = sqlx::query!(
        r#"SELECT number, status, currency, total AS "total: Decimal", total_tax AS "total_tax: Decimal",
                  shipping_total AS "shipping_total: Decimal", customer_id AS "customer_id: WcId", billing_email, billing_name,
                  account_id AS "account_id: AccountId", created_at, paid_at, completed_at, modified_at, seen_at, deleted_at
             FROM wc_orders WHERE shop_id = ? AND wc_id = ?"#,
        shop,
        id,
    )
    .fetch_optional(&mut *conn)
    .await?
    else {
        return Ok(None);
    };
    let lines = sqlx::query_as!(
        Line,
        r#"SELECT line_id AS "line_id: WcId", product_id AS "product_id: WcId", variation_id AS "variation_id: WcId", name, quantity,
                  total AS "total: Decimal", total_tax AS "total_tax: Decimal", refunded_quantity,
                  refunded_total AS "refunded_total: Decimal"
             FROM wc_order_lines WHERE shop_id = ? AND order_id = ? ORDER BY line_id"#,
        shop,
        id,
    )
    .fetch_all(&mut *conn)
    .await?;
    let refunds = sqlx::query_as!(
        Refund,
        r#"SELECT wc_id AS "id: WcId", amount AS "amount: Decimal", reason, created_at
             FROM wc_refunds WHERE shop_id = ? AND order_id = ? ORDER BY wc_id"#,
        shop,
        id,
    )
    .fetch_all(conn)
    .await?;
    Ok(Some(StoredOrder {
        order: Order {
            id,
            number: row.number,
            status: OrderStatus::from_word(&row.status),
            currency: row.currency,
            total: row.total,
            total_tax: row.total_tax,
            shipping_total: row.shipping_total,
            customer_id: (row.customer_id.0 != 0).then_some(row.customer_id),
            billing_email: Email::parse(&row.billing_email).ok(),
            billing_name: row.billing_name,
            created_at: row.created_at,
            paid_at: row.paid_at,
            completed_at: row.completed_at,
            modified_at: row.modified_at,
            lines,
            refunds,
            coupons: Vec::new(),
        },
        account: row.account_id,
        seen_at: row.seen_at,
        deleted_at: row.deleted_at,
    }))
}

/// Says whose order it is.
pub async fn set_order_account(
    conn: &mut MySqlConnection,
    shop: ShopId,
    id: WcId,
    account: Option<AccountId>,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE wc_orders SET account_id = ? WHERE shop_id = ? AND wc_id = ?",
        account,
        shop,
        id,
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// Gives an account every order of a user of the shop. Returns how many.
pub async fn assign_orders_of_customer(
    conn: &mut MySqlConnection,
    shop: ShopId,
    customer: WcId,
    account: AccountId,
) -> Result<u64, DbError> {
    let done = sqlx::query!(
        "UPDATE wc_orders SET account_id = ? WHERE shop_id = ? AND customer_id = ? AND customer_id <> 0
            AND (account_id IS NULL OR account_id <> ?)",
        account,
        shop,
        customer,
        account,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Gives an account the guest orders billed to an address that is theirs. Returns how many.
pub async fn assign_guest_orders(
    conn: &mut MySqlConnection,
    shop: ShopId,
    email: &Email,
    account: AccountId,
) -> Result<u64, DbError> {
    let done = sqlx::query!(
        "UPDATE wc_orders SET account_id = ? WHERE shop_id = ? AND billing_email = ? AND customer_id = 0
            AND (account_id IS NULL OR account_id <> ?)",
        account,
        shop,
        email.as_str(),
        account,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
