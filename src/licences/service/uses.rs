//! Uses that are reserved before they happen: credits put aside, used, let go.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use super::{
    refunds::{self, Ended},
    store,
};
use crate::{
    accounts,
    app::App,
    core::actor::Actor,
    db::DbError,
    entitlements::source::{HoldFor, Moment},
    licences::{
        domain::{Act, Licence, Take},
        store::Entry,
    },
};

/// Puts credits aside. By date nothing is held: what was promised is kept by [`confirm`].
pub(in crate::licences) async fn hold(
    conn: &mut MySqlConnection,
    licences: &[Licence],
    takes: &[Take],
    hold: &HoldFor,
    moment: Moment,
) -> Result<(), DbError> {
    store::hold(conn, &hold.reservation, takes, hold.until).await?;
    for take in takes.iter().filter(|take| take.amount > 0) {
        let Some(licence) = licences.iter().find(|l| l.id == take.licence) else { continue };
        let act = (Act::Hold, take.amount, 0);
        let entry = Entry::new(licence, &hold.reservation, act, &hold.actor, moment.now)
            .reason(&hold.reason)
            .held(i64::from(take.amount));
        store::append(conn, &entry).await?;
    }
    Ok(())
}

/// Uses `amount` of what is held, and lets the rest go. What was held in time is used even if the licence was blocked since.
///
/// A licence that is by date now is not charged; one that was, and is by quantity now, is charged what it has. False: what was
/// held is gone, and nothing was done.
pub(in crate::licences) async fn confirm(
    conn: &mut MySqlConnection,
    hold: &HoldFor,
    amount: u32,
    moment: Moment,
) -> Result<bool, DbError> {
    let mut owned = Vec::new();
    for held in store::held_by(conn, &hold.reservation).await? {
        let licence = store::find(conn, held.licence, moment.now).await?.ok_or(DbError::Stale)?;
        owned.push((licence, held.amount, held.refunded));
    }
    let covered = owned.iter().map(|(licence, held, _)| cover(licence, *held)).fold(0, u32::saturating_add);
    if covered < amount {
        return Ok(false);
    }
    // A date serves all of it; only where none does, credits pay.
    owned.sort_by_key(|(licence, ..)| !licence.plan.is_dated());
    let mut left = amount;
    for (mut licence, held, refunded) in owned {
        store::let_go(conn, &hold.reservation, licence.id).await?;
        let spend = cover(&licence, held).min(left);
        left -= spend;
        let charged = if licence.plan.is_dated() { 0 } else { spend };
        if spend > 0 {
            store::take(conn, &charge(&licence, charged)).await?;
            licence.used += charged;
            let act = (Act::Consume, spend, -i64::from(charged));
            let entry = Entry::new(&licence, &hold.reservation, act, &hold.actor, moment.now)
                .reason(&hold.reason)
                .held(-i64::from(charged.min(held)));
            store::append(conn, &entry).await?;
        }
        let back = held - charged.min(held);
        if back > 0 {
            freed(conn, &licence, back, hold, moment.now).await?;
        }
        ended(conn, &licence, back, refunded, hold, moment.now).await?;
    }
    Ok(true)
}

/// How much of a use a held licence covers now.
fn cover(licence: &Licence, held: u32) -> u32 {
    match (licence.plan.is_dated(), held) {
        (true, _) => u32::MAX,
        // It was by date when it was reserved, or its credits were let go when it became so: nothing is held, what there is pays.
        (false, 0) => licence.available(),
        (false, held) => held,
    }
}

fn charge(licence: &Licence, amount: u32) -> Vec<Take> {
    if amount == 0 { Vec::new() } else { vec![Take { licence: licence.id, amount }] }
}

/// Lets everything go that a reservation holds. Doing it again changes nothing.
pub(in crate::licences) async fn release(
    conn: &mut MySqlConnection,
    hold: &HoldFor,
    moment: Moment,
) -> Result<(), DbError> {
    for held in store::held_by(conn, &hold.reservation).await? {
        let licence = store::find(conn, held.licence, moment.now).await?.ok_or(DbError::Stale)?;
        store::let_go(conn, &hold.reservation, held.licence).await?;
        if held.amount > 0 {
            freed(conn, &licence, held.amount, hold, moment.now).await?;
        }
        ended(conn, &licence, held.amount, held.refunded, hold, moment.now).await?;
    }
    Ok(())
}

async fn freed(
    conn: &mut MySqlConnection,
    licence: &Licence,
    amount: u32,
    hold: &HoldFor,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let entry = Entry::new(licence, &hold.reservation, (Act::Release, amount, 0), &hold.actor, now)
        .reason(&hold.reason)
        .held(-i64::from(amount));
    store::append(conn, &entry).await
}

/// Of what a reservation held, `refunded` belonged to orders that do not count any more. What it lets go of (`back`) is theirs first.
async fn ended(
    conn: &mut MySqlConnection,
    licence: &Licence,
    back: u32,
    refunded: u32,
    hold: &HoldFor,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let returned = refunded.min(back);
    let ended = Ended { returned, used: refunded - returned };
    refunds::ended(conn, licence.id, ended, &hold.reservation, now).await
}

/// Writes down what ran out: it held nothing any more by itself. Answers how many holds.
pub async fn tidy(app: &App, most: u32) -> Result<u32, DbError> {
    let now = app.clock.now();
    let zone = app.config.timezone;
    let lapsed = store::lapsed(&mut *app.db.conn().await?, now, most).await?;
    let mut tidied = 0;
    for (account, reservation, _) in lapsed {
        let reservation = &reservation;
        tidied += app
            .db
            .transact(|mut tx| async move {
                // Merged away meanwhile: the next run finds it under its new owner.
                if !accounts::lock(&mut tx, account).await? {
                    return tx.undone(0).await;
                }
                let hold = HoldFor {
                    reservation: reservation.clone(),
                    account,
                    until: now,
                    reason: String::new(),
                    actor: Actor::System { name: "reservations" },
                };
                release(&mut tx, &hold, Moment { now, zone }).await?;
                tx.done(1).await
            })
            .await?;
    }
    Ok(tidied)
}
