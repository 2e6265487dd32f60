//! What people owe from refunds of sessions they had already spent: paid by what they are given next, and repaid when it turns out
//! that nothing was owed.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{
    core::{
        actor::Actor,
        ids::{AccountId, GrantId},
    },
    db::DbError,
    sessions::{
        domain::Grant,
        store::{self, Entry, EntryKind, changes},
    },
};

/// A new grant first pays what is owed from refunds of spent sessions.
pub async fn settle(
    conn: &mut MySqlConnection,
    grant: &Grant,
    operation: &str,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let mut left = grant.remaining;
    for debt in store::open_shortfalls(conn, grant.account).await? {
        let amount = (debt.amount - debt.settled).min(left);
        if debt.policy != "debt" || amount == 0 {
            continue;
        }
        store::take(conn, grant.id, amount).await?;
        store::settle_shortfall(conn, debt.id, amount, now).await?;
        let entry = Entry::new(grant, operation, EntryKind::Settle, -i64::from(amount), actor, now);
        store::append(conn, &entry).await?;
        left -= amount;
    }
    Ok(())
}

/// Gives `amount` sessions back to the grants that paid debts, the latest first: what they paid for was not owed after all.
pub async fn repay(
    conn: &mut MySqlConnection,
    account: AccountId,
    amount: u32,
    operation: &str,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let mut repaid = Vec::new();
    let mut left = amount;
    for (payer, paid) in if left > 0 { store::payers(conn, account).await? } else { Vec::new() } {
        let back = paid.min(left);
        if back == 0 {
            break;
        }
        let grant = changes::lock(conn, payer).await?.ok_or(DbError::Stale)?;
        changes::add_back(conn, payer, back).await?;
        let entry = Entry::new(&grant, operation, EntryKind::Settle, i64::from(back), actor, now);
        store::append(conn, &entry).await?;
        repaid.push((payer, back));
        left -= back;
    }
    for (payer, back) in repaid {
        Box::pin(came_back(conn, payer, back, operation, actor, now)).await?;
    }
    Ok(())
}

/// `back` sessions of a grant are there again. If a refund had counted them as spent, it takes them now, and what others paid in
/// their place is repaid. Each round strikes off some shortfall, so it ends.
pub async fn came_back(
    conn: &mut MySqlConnection,
    id: GrantId,
    back: u32,
    operation: &str,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let grant = changes::lock(conn, id).await?.ok_or(DbError::Stale)?;
    if grant.shortfall == 0 {
        return Ok(());
    }
    let (taken, overpaid) = store::strike_returned(conn, id, back, now).await?;
    if taken == 0 {
        return Ok(());
    }
    store::take_returned(conn, id, taken).await?;
    let entry = Entry::new(&grant, operation, EntryKind::Void, -i64::from(taken), actor, now);
    store::append(conn, &entry).await?;
    repay(conn, grant.account, overpaid, operation, actor, now).await
}
