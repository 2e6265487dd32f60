//! SQL of finding and locking many accounts at once.
use std::collections::BTreeMap;

use sqlx::{MySql, MySqlConnection, QueryBuilder};

use super::find;
use crate::{
    accounts::domain::Reference,
    core::ids::{AccountId, ShopId},
    db::DbError,
};

/// The accounts that references from outside lead to, in their order; `None` where there is nobody.
pub async fn resolve(
    conn: &mut MySqlConnection,
    references: &[Reference],
) -> Result<Vec<Option<AccountId>>, DbError> {
    // One question for addresses, and one for the users of each shop: each is a walk along one index.
    let mut values: BTreeMap<(&'static str, ShopId), Vec<String>> = BTreeMap::new();
    for reference in references {
        match reference {
            Reference::Email(email) => {
                values.entry(("email", ShopId(0))).or_default().push(email.as_str().to_owned());
            }
            Reference::User { shop, user } => {
                values.entry(("wp_user", *shop)).or_default().push(user.to_string());
            }
            Reference::Id(_) => {}
        }
    }
    let mut known: BTreeMap<(&'static str, ShopId, String), AccountId> = BTreeMap::new();
    for ((kind, shop), values) in values {
        let mut query: QueryBuilder<MySql> =
            QueryBuilder::new("SELECT value, account_id FROM account_identities WHERE kind = ");
        query.push_bind(kind).push(" AND shop_id = ").push_bind(shop).push(" AND value IN (");
        let mut list = query.separated(", ");
        for value in &values {
            list.push_bind(value);
        }
        query.push(")");
        let rows: Vec<(String, AccountId)> = query.build_query_as().fetch_all(&mut *conn).await?;
        known.extend(rows.into_iter().map(|(value, account)| ((kind, shop, value), account)));
    }
    let mut found = Vec::with_capacity(references.len());
    for reference in references {
        found.push(match reference {
            Reference::Email(email) => known.get(&("email", ShopId(0), email.as_str().to_owned())).copied(),
            Reference::User { shop, user } => known.get(&("wp_user", *shop, user.to_string())).copied(),
            // A number may have been merged away: the chain is followed.
            Reference::Id(id) => find(conn, *id).await?.map(|account| account.id),
        });
    }
    Ok(found)
}

/// As many people as are served together, at most.
const USUAL: usize = 64;

/// Locks these accounts in the order of their numbers, until the transaction ends. Answers those that live.
pub async fn lock(conn: &mut MySqlConnection, accounts: &[AccountId]) -> Result<Vec<AccountId>, DbError> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    // The index is named: of a small table a server would read, and lock, everything.
    let mut query: QueryBuilder<MySql> =
        QueryBuilder::new("SELECT id FROM accounts FORCE INDEX (PRIMARY) WHERE id IN (");
    let mut list = query.separated(", ");
    for account in accounts {
        list.push_bind(*account);
    }
    query.push(") AND merged_into IS NULL ORDER BY id FOR UPDATE");
    // Spending locks a few again and again: the server knows those statements. Thousands at once are of another length each time.
    let is_usual = accounts.len() <= USUAL;
    Ok(query.build_query_scalar().persistent(is_usual).fetch_all(conn).await?)
}
