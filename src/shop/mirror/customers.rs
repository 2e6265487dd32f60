//! The shop's users.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use super::{Outcome, Stamp};
use crate::{
    core::{
        email::Email,
        ids::{AccountId, ShopId, WcId},
    },
    db::{DbError, one_row},
    shop::words::Customer,
};

/// A user of the shop as last seen. The billing address and extra fields are not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCustomer {
    pub customer: Customer,
    pub account: Option<AccountId>,
    pub seen_at: DateTime<Utc>,
    pub deleted_at: Option<DateTime<Utc>>,
}

/// A user of the shop, gone ones too.
pub async fn customer(
    conn: &mut MySqlConnection,
    shop: ShopId,
    id: WcId,
) -> Result<Option<StoredCustomer>, DbError> {
    let row = sqlx::query!(
        r#"SELECT email, first_name, last_name, username, role, registered_at, modified_at, account_id AS "account_id: AccountId",
                  seen_at, deleted_at
             FROM wc_customers WHERE shop_id = ? AND wc_id = ?"#,
        shop,
        id,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| StoredCustomer {
        customer: Customer {
            id,
            email: Email::parse(&row.email).ok(),
            billing_email: None,
            first_name: row.first_name,
            last_name: row.last_name,
            username: row.username,
            role: row.role,
            registered_at: row.registered_at,
            modified_at: row.modified_at,
            meta: BTreeMap::new(),
        },
        account: row.account_id,
        seen_at: row.seen_at,
        deleted_at: row.deleted_at,
    }))
}

async fn stamp(conn: &mut MySqlConnection, shop: ShopId, id: WcId) -> Result<Option<Stamp>, DbError> {
    Ok(sqlx::query_as!(
        Stamp,
        "SELECT modified_at, seen_at, deleted_at FROM wc_customers WHERE shop_id = ? AND wc_id = ? FOR UPDATE",
        shop,
        id,
    )
    .fetch_optional(conn)
    .await?)
}

/// Writes a look at a user that began at `seen_at`, unless a later one was written. The account is left alone.
pub async fn save_customer(
    conn: &mut MySqlConnection,
    shop: ShopId,
    found: &Customer,
    seen_at: DateTime<Utc>,
) -> Result<Outcome, DbError> {
    let email = found.email.as_ref().map_or("", Email::as_str);
    if stamp(conn, shop, found.id).await?.is_none() {
        let inserted = sqlx::query!(
            "INSERT INTO wc_customers (shop_id, wc_id, email, first_name, last_name, username, role, registered_at, modified_at, seen_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            shop,
            found.id,
            email,
            found.first_name,
            found.last_name,
            found.username,
            found.role,
            found.registered_at,
            found.modified_at,
            seen_at,
        )
        .execute(&mut *conn)
        .await
        .map_err(DbError::from);
        match inserted {
            Ok(_) => return Ok(Outcome::New),
            Err(e) if e.duplicate_key() == Some("PRIMARY") => {}
            Err(e) => return Err(e),
        }
    }
    let stored = stamp(conn, shop, found.id).await?.ok_or(DbError::Stale)?;
    if stored.outdates(found.modified_at, seen_at) {
        return Ok(Outcome::Stale);
    }
    let before = customer(conn, shop, found.id).await?.ok_or(DbError::Stale)?;
    let done = sqlx::query!(
        "UPDATE wc_customers
            SET email = ?, first_name = ?, last_name = ?, username = ?, role = ?, registered_at = ?, modified_at = ?, seen_at = ?,
                deleted_at = NULL
          WHERE shop_id = ? AND wc_id = ?",
        email,
        found.first_name,
        found.last_name,
        found.username,
        found.role,
        found.registered_at,
        found.modified_at,
        seen_at,
        shop,
        found.id,
    )
    .execute(conn)
    .await?;
    one_row(&done)?;
    let same = before.deleted_at.is_none()
        && before.customer == Customer { billing_email: None, meta: BTreeMap::new(), ..found.clone() };
    Ok(if same { Outcome::Same } else { Outcome::Changed })
}

/// Says who a user of the shop is.
pub async fn set_customer_account(
    conn: &mut MySqlConnection,
    shop: ShopId,
    id: WcId,
    account: Option<AccountId>,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE wc_customers SET account_id = ? WHERE shop_id = ? AND wc_id = ?",
        account,
        shop,
        id,
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// Two accounts became one: its users and orders of every shop move along. Returns how many rows.
pub async fn move_account(
    conn: &mut MySqlConnection,
    from: AccountId,
    into: AccountId,
) -> Result<u64, DbError> {
    let customers = sqlx::query!("UPDATE wc_customers SET account_id = ? WHERE account_id = ?", into, from)
        .execute(&mut *conn)
        .await?;
    let orders = sqlx::query!("UPDATE wc_orders SET account_id = ? WHERE account_id = ?", into, from)
        .execute(conn)
        .await?;
    Ok(customers.rows_affected() + orders.rows_affected())
}
