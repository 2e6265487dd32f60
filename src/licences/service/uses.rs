//! Uses that are reserved before they happen: credits put aside, used, let go.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use super::store;
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
/// A licence that is by date now, or was when the reservation was made, is not charged.
pub(in crate::licences) async fn confirm(
    conn: &mut MySqlConnection,
    hold: &HoldFor,
    amount: u32,
    moment: Moment,
) -> Result<(), DbError> {
    let mut left = amount;
    for held in store::held_by(conn, &hold.reservation).await? {
        let mut licence = store::find(conn, held.licence, moment.now).await?.ok_or(DbError::Stale)?;
        store::let_go(conn, &hold.reservation, held.licence).await?;
        let dated = licence.plan.is_dated();
        let spend = if dated { left } else { held.amount.min(left) };
        left -= spend;
        let charged = if dated { 0 } else { spend };
        if spend > 0 {
            if charged > 0 {
                store::take(conn, &[Take { licence: licence.id, amount: charged }]).await?;
            }
            licence.used += charged;
            let act = (Act::Consume, spend, -i64::from(charged));
            let entry = Entry::new(&licence, &hold.reservation, act, &hold.actor, moment.now)
                .reason(&hold.reason)
                .held(-i64::from(charged));
            store::append(conn, &entry).await?;
        }
        let back = held.amount - charged.min(held.amount);
        if back > 0 {
            freed(conn, &licence, back, hold, moment.now).await?;
        }
    }
    Ok(())
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
