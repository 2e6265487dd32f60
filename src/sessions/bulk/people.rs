//! SQL of who fits a filter, who a list names, and what filters can be made of.
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use sqlx::{MySql, MySqlConnection, QueryBuilder};

use super::domain::{Counts, Criteria, Purchases};
use crate::{
    core::{
        calendar,
        ids::{BulkRunId, CategoryId, ShopId, WcId},
    },
    db::DbError,
};

/// Most products offered to choose from.
const MOST_PRODUCTS: u32 = 500;
/// What marks a role of the shop's users.
pub const WP: &str = "wp:";

/// What a filter is asked with: the day, and the category that «has active sessions» is about.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    pub now: DateTime<Utc>,
    pub zone: Tz,
    pub category: CategoryId,
}

/// Whether `account` (an SQL expression of ours) has active sessions of the category.
fn has_active(query: &mut QueryBuilder<MySql>, account: &'static str, asked: Asked) {
    query
        .push("EXISTS (SELECT 1 FROM session_grants g WHERE g.account_id = ")
        .push(account)
        .push(" AND g.category_id = ")
        .push_bind(asked.category.0)
        .push(" AND g.remaining > 0 AND (g.expires_at IS NULL OR g.expires_at > ")
        .push_bind(asked.now)
        .push("))");
}

fn contains(text: &str) -> String {
    format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

/// The shop's word on when someone registered; for guests, when we first heard of them.
const REGISTERED: &str = " AND COALESCE((SELECT MIN(c.registered_at) FROM wc_customers c WHERE c.account_id = a.id), a.created_at)";

/// ` AND …` for everything that the criteria say about account `a`. Merged accounts never fit.
fn narrow(query: &mut QueryBuilder<MySql>, criteria: &Criteria, asked: Asked) {
    let start = |day: NaiveDate| calendar::start_of_day(day, asked.zone);
    let end = |day: NaiveDate| calendar::end_of_day(day, asked.zone);
    query.push(" AND a.merged_into IS NULL");
    match criteria.role.as_deref().map(|role| (role.strip_prefix(WP), role)) {
        None => {}
        Some((Some(role), _)) => {
            query
                .push(" AND EXISTS (SELECT 1 FROM wc_customers c WHERE c.account_id = a.id AND c.deleted_at IS NULL AND c.role = ")
                .push_bind(role.to_owned())
                .push(")");
        }
        Some((None, role)) => {
            query
                .push(" AND EXISTS (SELECT 1 FROM account_roles r WHERE r.account_id = a.id AND r.role = ")
                .push_bind(role.to_owned())
                .push(")");
        }
    }
    if let Some(day) = criteria.registered_from {
        query.push(REGISTERED).push(" >= ").push_bind(start(day));
    }
    if let Some(day) = criteria.registered_to {
        query.push(REGISTERED).push(" < ").push_bind(end(day));
    }
    match criteria.purchases {
        Purchases::Any => {}
        Purchases::Yes => orders(query, criteria, " AND EXISTS (", start, end),
        Purchases::None => orders(query, criteria, " AND NOT EXISTS (", start, end),
    }
    if let Some(wanted) = criteria.has_sessions {
        query
            .push(if wanted { " AND EXISTS (" } else { " AND NOT EXISTS (" })
            .push("SELECT 1 FROM session_grants g WHERE g.account_id = a.id AND g.remaining > 0 AND (g.expires_at IS NULL OR g.expires_at > ")
            .push_bind(asked.now)
            .push("))");
    }
    let text = criteria.text.trim();
    if !text.is_empty() {
        query.push(" AND (a.name LIKE ").push_bind(contains(text));
        query.push(" OR a.email LIKE ").push_bind(contains(&text.to_lowercase())).push(")");
    }
}

/// Paid orders of account `a`, as the criteria want them.
fn orders(
    query: &mut QueryBuilder<MySql>,
    criteria: &Criteria,
    opening: &str,
    start: impl Fn(NaiveDate) -> DateTime<Utc>,
    end: impl Fn(NaiveDate) -> DateTime<Utc>,
) {
    query.push(opening).push(
        "SELECT 1 FROM wc_orders o WHERE o.account_id = a.id AND o.deleted_at IS NULL AND o.status IN ('processing', 'completed')",
    );
    if let Some(day) = criteria.bought_from {
        query.push(" AND o.created_at >= ").push_bind(start(day));
    }
    if let Some(day) = criteria.bought_to {
        query.push(" AND o.created_at < ").push_bind(end(day));
    }
    if let Some((shop, product)) = criteria.product {
        query
            .push(" AND EXISTS (SELECT 1 FROM wc_order_lines l WHERE l.shop_id = o.shop_id AND l.order_id = o.wc_id")
            .push(" AND l.quantity > l.refunded_quantity AND l.shop_id = ")
            .push_bind(shop.0);
        query.push(" AND (l.product_id = ").push_bind(product.0);
        query.push(" OR l.variation_id = ").push_bind(product.0).push("))");
    }
    if let Some(least) = &criteria.at_least {
        query
            .push(" AND o.currency = ")
            .push_bind(least.currency.clone())
            .push(" GROUP BY o.account_id HAVING SUM(o.total - o.refunded) >= ")
            .push_bind(least.amount);
    }
    query.push(")");
}

/// How many fit, and how many of them have active sessions of the category.
pub async fn count(conn: &mut MySqlConnection, criteria: &Criteria, asked: Asked) -> Result<Counts, DbError> {
    let mut query = QueryBuilder::new(
        "SELECT CAST(COUNT(*) AS UNSIGNED), CAST(COALESCE(SUM(had), 0) AS UNSIGNED) FROM (SELECT ",
    );
    has_active(&mut query, "a.id", asked);
    query.push(" AS had FROM accounts a WHERE TRUE");
    narrow(&mut query, criteria, asked);
    query.push(") fits");
    let (chosen, active): (u64, u64) = query.build_query_as().fetch_one(conn).await?;
    let small = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(Counts { chosen: small(chosen), have_active: small(active), failed: 0 })
}

/// Someone who fits.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Person {
    pub account: u64,
    pub name: String,
    pub email: Option<String>,
    pub has_active: bool,
}

/// Those who fit, by number, after (or, going back, before) `from`: at most `limit`, in fetch order. `active` narrows to those
/// who have, or have not, active sessions of the category.
pub async fn page(
    conn: &mut MySqlConnection,
    criteria: &Criteria,
    asked: Asked,
    active: Option<bool>,
    (from, backward): (Option<u64>, bool),
    limit: u32,
) -> Result<Vec<Person>, DbError> {
    let mut query = QueryBuilder::new("SELECT a.id AS account, a.name, a.email, ");
    has_active(&mut query, "a.id", asked);
    query.push(" AS has_active FROM accounts a WHERE TRUE");
    narrow(&mut query, criteria, asked);
    if let Some(wanted) = active {
        query.push(if wanted { " AND " } else { " AND NOT " });
        has_active(&mut query, "a.id", asked);
    }
    if let Some(from) = from {
        query.push(if backward { " AND a.id < " } else { " AND a.id > " }).push_bind(from);
    }
    query
        .push(if backward { " ORDER BY a.id DESC LIMIT " } else { " ORDER BY a.id LIMIT " })
        .push_bind(limit);
    Ok(query.build_query_as().fetch_all(conn).await?)
}

/// Accounts looked at by one statement that writes a list: none of them takes long, however many people there are.
const SLICE: u64 = 50_000;

/// Writes the list of whoever fits into a run. Answers how many.
pub async fn write_list(
    conn: &mut MySqlConnection,
    run: BulkRunId,
    criteria: &Criteria,
    asked: Asked,
) -> Result<u64, DbError> {
    let last = sqlx::query_scalar!("SELECT MAX(id) FROM accounts").fetch_one(&mut *conn).await?.unwrap_or(0);
    let (mut listed, mut above) = (0, 0);
    while above < last {
        let mut query = QueryBuilder::new(
            "INSERT INTO session_bulk_items (run_id, row_no, label, account_id, state) SELECT ",
        );
        query.push_bind(run.0).push(", ").push_bind(listed);
        query.push(" + ROW_NUMBER() OVER (ORDER BY a.id), COALESCE(a.email, ''), a.id, 'pending' FROM accounts a WHERE a.id > ");
        query.push_bind(above).push(" AND a.id <= ").push_bind(above + SLICE);
        narrow(&mut query, criteria, asked);
        listed += query.build().execute(&mut *conn).await?.rows_affected();
        above += SLICE;
    }
    Ok(listed)
}

/// The roles that users of the shops have.
pub async fn wp_roles(conn: &mut MySqlConnection) -> Result<Vec<String>, DbError> {
    Ok(sqlx::query_scalar!(
        "SELECT DISTINCT role FROM wc_customers WHERE role <> '' AND deleted_at IS NULL ORDER BY role"
    )
    .fetch_all(conn)
    .await?)
}

/// A product of a shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    pub shop: ShopId,
    pub id: WcId,
    pub name: String,
}

/// Products to choose from, by name.
pub async fn products(conn: &mut MySqlConnection) -> Result<Vec<Product>, DbError> {
    Ok(sqlx::query_as!(
        Product,
        r#"SELECT shop_id AS "shop: ShopId", wc_id AS "id: WcId", name FROM wc_products
            WHERE deleted_at IS NULL AND parent_id = 0 ORDER BY name, shop_id, wc_id LIMIT ?"#,
        MOST_PRODUCTS
    )
    .fetch_all(conn)
    .await?)
}

/// The name of a product, if it is mirrored.
pub async fn product_name(
    conn: &mut MySqlConnection,
    shop: ShopId,
    product: WcId,
) -> Result<Option<String>, DbError> {
    Ok(sqlx::query_scalar!("SELECT name FROM wc_products WHERE shop_id = ? AND wc_id = ?", shop, product)
        .fetch_optional(conn)
        .await?)
}
