//! Many people's balances at once: what [`super::balance`] says of each, in a handful of questions.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use super::Balance;
use crate::{core::ids::AccountId, db::DbError, sessions::store::many};

/// What each of these people can spend at `now`. Who was never given anything is left out.
pub async fn balances(
    conn: &mut MySqlConnection,
    accounts: &[AccountId],
    now: DateTime<Utc>,
) -> Result<BTreeMap<AccountId, Balance>, DbError> {
    if accounts.is_empty() {
        return Ok(BTreeMap::new());
    }
    let holders = many::holders(conn, accounts).await?;
    let mut balances: BTreeMap<AccountId, Balance> =
        holders.into_iter().map(|account| (account, Balance::default())).collect();
    let lapsed = many::lapsed_holds(conn, accounts, now).await?;
    for mut grant in many::with_something_left(conn, accounts).await? {
        for (_, amount) in lapsed.iter().filter(|(id, _)| *id == grant.id) {
            grant.held = grant.held.saturating_sub(*amount);
        }
        balances.entry(grant.account).or_default().add(&grant, now);
    }
    for (account, amount, policy) in many::owed(conn, accounts).await? {
        balances.entry(account).or_default().owe(amount, &policy);
    }
    Ok(balances)
}
