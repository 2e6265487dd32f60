//! Credits of orders that do not count any more, or count again; also those that a reservation held when their order was refunded.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{
    audit,
    core::{
        actor::Actor,
        ids::{LicenceId, ShopId, WcId},
    },
    db::DbError,
    licences::{
        domain::{
            Act, Licence, Step,
            orders::{BLOCKED_BY_REFUND, Given, block_reason},
        },
        store::{self, Entry, lines},
    },
    shop::store::RefundPolicy,
};

/// Who books, when, and why.
pub(super) struct Booking<'a> {
    pub(super) actor: &'a Actor,
    pub(super) now: DateTime<Utc>,
    pub(super) operation: &'a str,
    /// The order's number.
    pub(super) number: &'a str,
}

/// The order that is refunded, and what its shop wants.
pub(super) struct Refund<'a> {
    pub(super) shop: ShopId,
    pub(super) order: WcId,
    pub(super) policy: RefundPolicy,
    pub(super) booking: &'a Booking<'a>,
}

/// Writes a step and its ledger row, with the order's number as its reason; then lets what is left pay for what is owed.
pub(super) async fn book(
    conn: &mut MySqlConnection,
    booking: &Booking<'_>,
    step: Step,
    at: DateTime<Utc>,
) -> Result<Licence, DbError> {
    let licence = write(conn, booking, step, at).await?;
    settle(conn, booking, licence, at).await
}

async fn write(
    conn: &mut MySqlConnection,
    booking: &Booking<'_>,
    step: Step,
    at: DateTime<Utc>,
) -> Result<Licence, DbError> {
    let Step { after: mut licence, act, amount, delta, .. } = step;
    store::save(conn, &licence, booking.now).await?;
    licence.version += 1;
    let entry = Entry::new(&licence, booking.operation, (act, amount, delta), booking.actor, at)
        .reason(booking.number);
    store::append(conn, &entry).await?;
    Ok(licence)
}

async fn settle(
    conn: &mut MySqlConnection,
    booking: &Booking<'_>,
    licence: Licence,
    at: DateTime<Utc>,
) -> Result<Licence, DbError> {
    match licence.clone().settle() {
        Some(step) => write(conn, booking, step, at).await,
        None => Ok(licence),
    }
}

/// Takes credits back. What was used of them is forgiven, owed, or blocks, as the shop says; so is what reservations hold, until they
/// let go of it.
pub(super) async fn less(
    conn: &mut MySqlConnection,
    refund: &Refund<'_>,
    given: &mut Given,
    licence: Licence,
    amount: u32,
) -> Result<(), DbError> {
    let booking = refund.booking;
    let (mut step, shortfall) = licence.revoke(amount);
    given.voided += amount - shortfall;
    given.shortfall += shortfall;
    given.held += store::refund_held(conn, step.after.id, shortfall, booking.now).await?;
    if refund.policy == RefundPolicy::Debt {
        step.after.owed = step.after.owed.saturating_add(shortfall);
        given.debt += shortfall;
    }
    let licence = book(conn, booking, step, booking.now).await?;
    if shortfall == 0 {
        return Ok(());
    }
    let policy = refund.policy.as_str();
    let record = audit::Record::new(booking.now, booking.actor, "licence.shortfall", "licence", licence.id)
        .account(licence.account)
        .shop(refund.shop)
        .detail(serde_json::json!({"order": refund.order, "used_credits": shortfall, "used_policy": format!("credits_{policy}")}));
    audit::record(conn, record).await?;
    if refund.policy == RefundPolicy::Block {
        given.blocks =
            licence.blocked.as_ref().is_none_or(|block| block.reason.starts_with(BLOCKED_BY_REFUND));
        if let Ok(step) = licence.block(&block_reason(booking.number, shortfall), booking.now) {
            book(conn, booking, step, booking.now).await?;
        }
    }
    Ok(())
}

/// Credits count again, or there are more of them. What a line gave that `is_over` does not come back, but it does not block any more
/// either.
pub(super) async fn more(
    conn: &mut MySqlConnection,
    booking: &Booking<'_>,
    given: &mut Given,
    mut licence: Licence,
    (struck, restored, added): (u32, u32, u32),
    is_over: bool,
) -> Result<(), DbError> {
    let (held, debt) = given.strike(struck);
    given.voided -= restored;
    if is_over {
        // Told, and nothing else: what was held and what was owed of it went with the old plan, too.
        if struck + restored > 0 {
            let act = (Act::Restore, struck + restored, 0);
            let entry = Entry::new(&licence, booking.operation, act, booking.actor, booking.now);
            store::append(conn, &entry.reason(booking.number)).await?;
        }
        unblock(conn, booking, given, licence).await?;
        return Ok(());
    }
    store::keep_held(conn, licence.id, held).await?;
    if struck + restored > 0 {
        licence = book(conn, booking, licence.restore(restored, debt), booking.now).await?;
    }
    if added > 0 {
        let step = licence.renew(added);
        given.granted += step.amount;
        licence = book(conn, booking, step, booking.now).await?;
    }
    unblock(conn, booking, given, licence).await?;
    Ok(())
}

/// A line without a shortfall does not block. The licence works again when none of its lines blocks.
async fn unblock(
    conn: &mut MySqlConnection,
    booking: &Booking<'_>,
    given: &mut Given,
    licence: Licence,
) -> Result<Licence, DbError> {
    if !given.blocks || given.shortfall > 0 {
        return Ok(licence);
    }
    given.blocks = false;
    lines::save(conn, given, booking.now).await?;
    let by_refund = licence.blocked.as_ref().is_some_and(|b| b.reason.starts_with(BLOCKED_BY_REFUND));
    if !by_refund || lines::is_blocking(conn, licence.id).await? {
        return Ok(licence);
    }
    match licence.clone().unblock(booking.number) {
        Ok(step) => book(conn, booking, step, booking.now).await,
        Err(_) => Ok(licence),
    }
}

/// What a reservation did with credits that were refunded while it held them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ended {
    /// It let go of so many: they are taken back now.
    pub(super) returned: u32,
    /// It used so many: that is what the refund's policy is about.
    pub(super) used: u32,
}

/// A reservation ended that held refunded credits. The latest lines first: what was bought last was held last. It is their shop that
/// takes them back, as it would have done at once.
pub(super) async fn ended(
    conn: &mut MySqlConnection,
    id: LicenceId,
    ended: Ended,
    operation: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let Ended { mut returned, mut used } = ended;
    if returned + used == 0 {
        return Ok(());
    }
    let mut licence = store::find(conn, id, now).await?.ok_or(DbError::Stale)?;
    let mut changed: Vec<(Given, Actor, String)> = Vec::new();
    // Each line takes what is its own, before anything pays for what is owed.
    for mut given in lines::of_licence(conn, id).await?.into_iter().rev() {
        if given.held == 0 || given.is_over {
            continue;
        }
        let (taken, debt) = given.take_returned(returned);
        returned -= taken;
        used -= given.use_held(used);
        lines::save(conn, &given, now).await?;
        if taken > 0 {
            let (actor, number) = lines::told_by(conn, given.shop, given.order).await?;
            let booking = Booking { actor: &actor, now, operation, number: &number };
            licence = write(conn, &booking, licence.returned(taken, debt), now).await?;
            changed.push((given, actor, number));
        }
    }
    for (given, actor, number) in &mut changed {
        let booking = Booking { actor, now, operation, number };
        licence = settle(conn, &booking, licence, now).await?;
        licence = unblock(conn, &booking, given, licence).await?;
    }
    // The lines of a licence have as held what its holds have as refunded.
    if returned + used == 0 { Ok(()) } else { Err(DbError::Stale) }
}
