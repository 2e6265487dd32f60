//! Orders as pages list and sum them.
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::{FromRow, MySql, MySqlConnection, QueryBuilder};

use crate::{
    core::{
        ids::{AccountId, ShopId, WcId},
        page::{Page, Seek},
    },
    db::DbError,
    shop::order::OrderStatus,
};

/// Newest first: when, and which of those of one instant.
pub type OrderKey = (DateTime<Utc>, ShopId, WcId);

/// Which orders to list. Empty lists all that were not deleted.
#[derive(Debug, Clone, Default)]
pub struct OrderFilter {
    pub shop: Option<ShopId>,
    pub status: Option<OrderStatus>,
    pub account: Option<AccountId>,
    /// An order's number or id; with an `@`, the beginning of a billing address; else a part of the name.
    pub text: String,
    /// Created at or after.
    pub from: Option<DateTime<Utc>>,
    /// Created before.
    pub to: Option<DateTime<Utc>>,
    /// Trashed and deleted ones too.
    pub with_deleted: bool,
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct OrderRow {
    pub shop_id: ShopId,
    #[sqlx(rename = "wc_id")]
    pub id: WcId,
    pub number: String,
    #[sqlx(try_from = "String")]
    pub status: OrderStatus,
    pub currency: String,
    pub total: Decimal,
    pub refunded: Decimal,
    /// 0 for a guest.
    pub customer_id: WcId,
    pub billing_email: String,
    pub billing_name: String,
    pub account_id: Option<AccountId>,
    pub created_at: DateTime<Utc>,
    pub deleted_at: Option<DateTime<Utc>>,
}

impl OrderRow {
    pub fn net(&self) -> Decimal {
        self.total - self.refunded
    }

    fn key(&self) -> OrderKey {
        (self.created_at, self.shop_id, self.id)
    }
}

/// Text in which `%` and `_` mean themselves inside `LIKE`.
pub(super) fn like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// A page of orders, newest first.
pub async fn list_orders(
    conn: &mut MySqlConnection,
    filter: &OrderFilter,
    seek: &Seek<OrderKey>,
) -> Result<Page<OrderRow>, DbError> {
    let mut query = QueryBuilder::<MySql>::new(
        "SELECT shop_id, wc_id, number, status, currency, total, refunded, customer_id, billing_email, billing_name, account_id,
                created_at, deleted_at
           FROM wc_orders WHERE TRUE",
    );
    narrow(&mut query, filter);
    if let Some((created, shop, id)) = &seek.from {
        let past = if seek.is_backward() { ">" } else { "<" };
        // The first condition is implied by the second; it lets the index on created_at begin there.
        query.push(format!(" AND created_at {past}= ")).push_bind(*created);
        query.push(format!(" AND (created_at, shop_id, wc_id) {past} ("));
        query.push_bind(*created).push(", ").push_bind(*shop).push(", ").push_bind(*id).push(")");
    }
    query.push(if seek.is_backward() {
        " ORDER BY created_at, shop_id, wc_id LIMIT "
    } else {
        " ORDER BY created_at DESC, shop_id DESC, wc_id DESC LIMIT "
    });
    query.push_bind(seek.limit + 1);
    let rows: Vec<OrderRow> = query.build_query_as().fetch_all(conn).await?;
    Ok(seek.page(rows, OrderRow::key))
}

/// How many orders a filter leaves, counted up to `most`: beyond it people only need to know that there are more.
pub async fn count_orders(
    conn: &mut MySqlConnection,
    filter: &OrderFilter,
    most: u32,
) -> Result<u32, DbError> {
    let mut query = QueryBuilder::<MySql>::new(
        "SELECT CAST(COUNT(*) AS UNSIGNED) FROM (SELECT 1 FROM wc_orders WHERE TRUE",
    );
    narrow(&mut query, filter);
    query.push(" LIMIT ").push_bind(most).push(") counted");
    let n: u64 = query.build_query_scalar().fetch_one(conn).await?;
    Ok(u32::try_from(n).unwrap_or(u32::MAX))
}

fn narrow(query: &mut QueryBuilder<MySql>, filter: &OrderFilter) {
    if let Some(shop) = filter.shop {
        query.push(" AND shop_id = ").push_bind(shop);
    }
    if let Some(status) = &filter.status {
        query.push(" AND status = ").push_bind(status.as_str().to_owned());
    }
    if let Some(account) = filter.account {
        query.push(" AND account_id = ").push_bind(account);
    }
    if let Some(from) = filter.from {
        query.push(" AND created_at >= ").push_bind(from);
    }
    if let Some(to) = filter.to {
        query.push(" AND created_at < ").push_bind(to);
    }
    if !filter.with_deleted {
        query.push(" AND deleted_at IS NULL");
    }
    let text = filter.text.trim().trim_start_matches('#');
    if text.contains('@') {
        query.push(" AND billing_email LIKE ").push_bind(format!("{}%", like(&text.to_lowercase())));
    } else if let Ok(id) = text.parse::<u64>() {
        query.push(" AND (number = ").push_bind(text.to_owned());
        query.push(" OR wc_id = ").push_bind(id).push(")");
    } else if !text.is_empty() {
        query.push(" AND (billing_name LIKE ").push_bind(format!("%{}%", like(text)));
        query.push(" OR number = ").push_bind(text.to_owned()).push(")");
    }
}

/// What an account bought in one currency.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct CurrencySum {
    pub currency: String,
    pub orders: i64,
    /// Totals with tax and shipping, less refunds.
    pub net: Decimal,
}

/// What an account bought from `from` on and before `to` (by creation), per currency: currencies are never added up.
///
/// Only orders of `statuses` count; with none given, none does. Trashed and deleted orders never count.
pub async fn net_purchases(
    conn: &mut MySqlConnection,
    account: AccountId,
    statuses: &[OrderStatus],
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<CurrencySum>, DbError> {
    if statuses.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = QueryBuilder::<MySql>::new(
        "SELECT currency, COUNT(*) AS orders, CAST(SUM(total - refunded) AS DECIMAL(23,4)) AS net FROM wc_orders WHERE account_id = ",
    );
    query
        .push_bind(account)
        .push(" AND created_at >= ")
        .push_bind(from)
        .push(" AND created_at < ")
        .push_bind(to);
    query.push(" AND deleted_at IS NULL AND status IN (");
    let mut list = query.separated(", ");
    for status in statuses {
        list.push_bind(status.as_str().to_owned());
    }
    query.push(") GROUP BY currency ORDER BY currency");
    Ok(query.build_query_as().fetch_all(conn).await?)
}
