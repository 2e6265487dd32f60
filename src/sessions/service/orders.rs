//! What orders of the shop give and take back.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use super::{debts, operation, reservations};
pub use crate::core::order::{Line, Order, OrderStanding};
use crate::{
    accounts, audit,
    core::{actor::Actor, ids::WcId},
    db::DbError,
    sessions::{
        domain::{self, Change, Entitled, Grant, Kind, OrderLine},
        products,
        store::{self, Entry, EntryKind, NewGrant},
    },
};

/// Makes the grants of an order what the order says they should be. Running it again changes nothing.
///
/// Answers how many grants changed.
pub async fn apply_order(
    conn: &mut MySqlConnection,
    order: &Order<'_>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<u32, DbError> {
    // A grant stays with the person it was given to, even if the shop gives the order to someone else later. Everybody
    // concerned is locked, in the order of their numbers.
    let mut people = store::owners_of_order(conn, order.shop, order.id).await?;
    people.push(order.account);
    people.sort_unstable();
    people.dedup();
    for person in &people {
        if !accounts::lock(conn, *person).await? {
            return Err(DbError::Stale);
        }
    }
    let mut grants = store::of_order(conn, order.shop, order.id).await?;
    if grants.iter().any(|grant| grant.held > 0) {
        for person in &people {
            reservations::write_lapsed(conn, *person, now).await?;
        }
        grants = store::of_order(conn, order.shop, order.id).await?;
    }
    let mut changed = 0;
    for line in &order.lines {
        let held = grants.iter().find(|g| g.source.is_some_and(|s| s.line == line.line));
        // A product taken out of the table, or out of the shop, still owns up to the grants it made.
        let per_unit = match held.and_then(|g| g.per_unit) {
            Some(known) => Some(known),
            None => products::worth(conn, order.shop, line.product, line.variation).await?,
        };
        let change = domain::reconcile(order.standing.entitles(line.units), per_unit, held);
        changed += u32::from(change != Change::Nothing);
        write(conn, order, line.line, held, change, actor, now).await?;
    }
    // A line that an admin removed from the order is worth nothing any more.
    for grant in &grants {
        let still_there = grant.source.is_some_and(|s| order.lines.iter().any(|line| line.line == s.line));
        if !still_there {
            let change = domain::reconcile(Entitled::Nothing, grant.per_unit, Some(grant));
            changed += u32::from(change != Change::Nothing);
            let line = grant.source.map_or(WcId(0), |s| s.line);
            write(conn, order, line, Some(grant), change, actor, now).await?;
        }
    }
    if changed > 0 {
        for person in &people {
            store::people::look_again(conn, *person).await?;
        }
    }
    Ok(changed)
}

async fn write(
    conn: &mut MySqlConnection,
    order: &Order<'_>,
    line: WcId,
    held: Option<&Grant>,
    change: Change,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let operation = operation();
    let reason = order.number;
    let entry = |grant: &Grant, kind, delta: i64| {
        Entry::new(grant, &operation, kind, delta, actor, now).reason(reason)
    };
    match (change, held) {
        (Change::Grant { quantity, per_unit }, _) => {
            let grant = NewGrant {
                account: order.account,
                kind: Kind::Purchased,
                category: None,
                per_unit: Some(per_unit),
                quantity,
                expires_at: None,
                source: Some(OrderLine { shop: order.shop, order: order.id, line }),
                note: "",
                created_by: actor,
                created_at: order.paid_at.min(now),
            };
            // Two processes at one order: the second finds the line taken, tries again, and has nothing to do.
            let id = store::insert(conn, &grant).await.map_err(|e| match e.duplicate_key() {
                Some("uq_session_grants_line") => DbError::Stale,
                _ => e,
            })?;
            let grant = store::find(conn, id).await?.ok_or(DbError::Stale)?;
            let granted =
                Entry { at: grant.created_at, ..entry(&grant, EntryKind::Grant, i64::from(quantity)) };
            store::append(conn, &granted).await?;
            debts::settle(conn, &grant, &operation, actor, now).await?;
        }
        (Change::Add { quantity }, Some(grant)) => {
            store::add(conn, grant.id, quantity).await?;
            store::append(conn, &entry(grant, EntryKind::Grant, i64::from(quantity))).await?;
        }
        (Change::TakeBack { void, shortfall }, Some(grant)) => {
            store::take_back(conn, grant.id, void, shortfall).await?;
            if void > 0 {
                store::append(conn, &entry(grant, EntryKind::Void, -i64::from(void))).await?;
            }
            if shortfall > 0 {
                store::add_shortfall(conn, grant.account, grant.id, shortfall, order.refund_policy, now)
                    .await?;
                let record = audit::Record::new(now, actor, "session_grant.shortfall", "grant", grant.id)
                    .account(grant.account)
                    .shop(order.shop)
                    .detail(serde_json::json!({"order": order.id, "shortfall": shortfall, "policy": order.refund_policy}));
                audit::record(conn, record).await?;
            }
        }
        (Change::GiveBack { shortfall, restore, add }, Some(grant)) => {
            store::give_back(conn, grant.id, restore, shortfall).await?;
            if restore > 0 {
                store::append(conn, &entry(grant, EntryKind::Restore, i64::from(restore))).await?;
            }
            if shortfall > 0 {
                let overpaid = store::strike_shortfall(conn, grant.id, shortfall, now).await?;
                debts::repay(conn, grant.account, overpaid, &operation, actor, now).await?;
            }
            if add > 0 {
                store::add(conn, grant.id, add).await?;
                store::append(conn, &entry(grant, EntryKind::Grant, i64::from(add))).await?;
            }
        }
        (Change::Nothing, _) | (_, None) => {}
    }
    Ok(())
}
