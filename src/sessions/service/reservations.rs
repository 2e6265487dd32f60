//! Putting sessions aside for a consultation: reserve, start (spend), finish, release. An app that dies in between loses nothing.
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::MySqlConnection;

use super::{Error, debts, decided, operation, spendable};
use crate::{
    accounts,
    core::{actor::Actor, ids::AccountId},
    db::DbError,
    sessions::{
        domain::{
            self, Kind, Refusal, Reservation, Take,
            reservation::{State, Step, spend_held},
        },
        store::{self, Entry, EntryKind, reservations as rows},
    },
};

/// A wish to put sessions aside.
#[derive(Debug, Clone)]
pub struct Wish {
    pub account: AccountId,
    /// 1 to [`domain::MOST_AT_ONCE`].
    pub amount: u32,
    /// [`domain::reservation::TTL_SECONDS`].
    pub ttl_seconds: u32,
    pub reason: String,
    pub expert_id: Option<String>,
    pub expert_name: Option<String>,
}

/// Puts sessions aside, in the order in which they would be spent. All or nothing. Answers what can still be spent beside it.
pub async fn reserve(
    conn: &mut MySqlConnection,
    wish: &Wish,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(Reservation, Vec<Take>, u32), Error> {
    reserve_as(conn, &operation(), wish, actor, now).await
}

/// The same under a number that the caller chose: its own, for a reservation that others know by it.
pub async fn reserve_as(
    conn: &mut MySqlConnection,
    uid: &str,
    wish: &Wish,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(Reservation, Vec<Take>, u32), Error> {
    let grants = spendable(conn, wish.account, now).await?;
    let holds = decided(conn, wish.account, &grants, domain::pay(&grants, wish.amount, now), now).await?;
    let mut reservation = Reservation {
        id: 0,
        uid: uid.to_owned(),
        account: wish.account,
        amount: wish.amount,
        spent: 0,
        state: State::Reserved,
        reason: wish.reason.clone(),
        expert_id: wish.expert_id.clone(),
        expert_name: wish.expert_name.clone(),
        duration_seconds: None,
        created_at: now,
        expires_at: now + TimeDelta::seconds(i64::from(wish.ttl_seconds)),
        started_at: None,
        closed_at: None,
    };
    reservation.id = rows::insert(conn, &reservation, &holds, actor).await?;
    for hold in &holds {
        let entry = entry(&reservation, hold, EntryKind::Hold, actor, now).held(i64::from(hold.amount));
        store::append(conn, &entry).await?;
    }
    let usable: u32 = grants.iter().map(|g| g.usable(now)).sum();
    Ok((reservation, holds, usable - wish.amount))
}

fn entry<'a>(
    reservation: &'a Reservation,
    hold: &Take,
    kind: EntryKind,
    actor: &'a Actor,
    now: DateTime<Utc>,
) -> Entry<'a> {
    Entry {
        account: reservation.account,
        grant: hold.grant,
        operation: &reservation.uid,
        kind,
        delta: 0,
        held: 0,
        at: now,
        actor,
        reason: &reservation.reason,
        expert_id: reservation.expert_id.as_deref(),
        expert_name: reservation.expert_name.as_deref(),
        duration_seconds: None,
        request_id: None,
    }
}

/// A reservation, its person locked. What was merged away since belongs to the account that lives on.
async fn locked(conn: &mut MySqlConnection, uid: &str) -> Result<Reservation, Error> {
    let found = rows::find(conn, uid).await?.ok_or(Error::NotFound)?;
    if !accounts::lock(conn, found.account).await? {
        return Err(DbError::Stale.into());
    }
    let again = rows::find(conn, uid).await?.ok_or(Error::NotFound)?;
    if again.account == found.account { Ok(again) } else { Err(DbError::Stale.into()) }
}

/// The consultation begins: `amount` of what is held (all of it, when `None`) are spent, the others return.
///
/// What was held in time is spent even if its grant expired meanwhile: the person was there before the end.
pub async fn start(
    conn: &mut MySqlConnection,
    uid: &str,
    amount: Option<u32>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Reservation, Error> {
    let mut reservation = locked(conn, uid).await?;
    let amount = match (amount, reservation.state) {
        (Some(amount), _) => amount,
        (None, State::Started | State::Finished) => reservation.spent,
        (None, _) => reservation.amount,
    };
    if reservation.start(amount, now)? == Step::Already {
        return Ok(reservation);
    }
    let holds = rows::holds(conn, reservation.id).await?;
    let takes = spend_held(&holds, amount);
    for hold in &holds {
        let spend = takes.iter().find(|take| take.grant == hold.grant).map_or(0, |take| take.amount);
        rows::let_go(conn, hold.grant, hold.amount, spend).await?;
        if spend > 0 {
            let used = entry(&reservation, hold, EntryKind::Consume, actor, now).held(-i64::from(spend));
            store::append(conn, &Entry { delta: -i64::from(spend), ..used }).await?;
        }
        let back = hold.amount - spend;
        if back > 0 {
            let freed = entry(&reservation, hold, EntryKind::Release, actor, now).held(-i64::from(back));
            store::append(conn, &freed).await?;
            debts::came_back(conn, hold.grant, back, &reservation.uid, actor, now).await?;
        }
    }
    if takes.iter().any(|take| take.kind == Kind::Free) {
        store::people::used_free(conn, reservation.account, now).await?;
    }
    reservation.state = State::Started;
    reservation.spent = amount;
    reservation.started_at = Some(now);
    rows::update(conn, State::Reserved, &reservation).await?;
    Ok(reservation)
}

/// The consultation is over; `seconds` is how long it took, at most a day.
pub async fn finish(
    conn: &mut MySqlConnection,
    uid: &str,
    seconds: u32,
    now: DateTime<Utc>,
) -> Result<Reservation, Error> {
    let mut reservation = locked(conn, uid).await?;
    if reservation.finish(seconds, now)? == Step::Already {
        return Ok(reservation);
    }
    reservation.state = State::Finished;
    reservation.duration_seconds = Some(seconds);
    reservation.closed_at = Some(now);
    rows::update(conn, State::Started, &reservation).await?;
    Ok(reservation)
}

/// It did not come to a consultation: everything returns. Doing it again changes nothing.
pub async fn release(
    conn: &mut MySqlConnection,
    uid: &str,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Reservation, Error> {
    let mut reservation = locked(conn, uid).await?;
    if reservation.release(now)? == Step::Already {
        reservation.state = reservation.state_at(now);
        return Ok(reservation);
    }
    give_back(conn, &mut reservation, State::Released, actor, now).await?;
    Ok(reservation)
}

async fn give_back(
    conn: &mut MySqlConnection,
    reservation: &mut Reservation,
    to: State,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    for hold in rows::holds(conn, reservation.id).await? {
        rows::let_go(conn, hold.grant, hold.amount, 0).await?;
        let freed = entry(reservation, &hold, EntryKind::Release, actor, now).held(-i64::from(hold.amount));
        store::append(conn, &freed).await?;
        debts::came_back(conn, hold.grant, hold.amount, &reservation.uid, actor, now).await?;
    }
    reservation.state = to;
    reservation.closed_at = Some(now);
    rows::update(conn, State::Reserved, reservation).await
}

/// Writes down that a person's reservations ran out. The caller holds the account's lock. True: there were some.
pub async fn write_lapsed(
    conn: &mut MySqlConnection,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let mut any = false;
    for mut reservation in rows::reserved(conn, account).await? {
        if reservation.state_at(now) == State::Lapsed {
            any = true;
            let actor = Actor::System { name: "reservations" };
            give_back(conn, &mut reservation, State::Lapsed, &actor, now).await?;
        }
    }
    Ok(any)
}

/// Writes down whatever ran out, person by person. Answers how many people it was about.
pub async fn tidy(app: &crate::app::App, limit: u32) -> Result<u32, DbError> {
    let now = app.clock.now();
    let people = {
        let mut people = rows::lapsed(&mut *app.db.conn().await?, now, limit).await?;
        people.dedup();
        people
    };
    let mut tidied = 0;
    for account in people {
        tidied += app
            .db
            .transact(|mut tx| async move {
                // Merged away meanwhile: the next run finds it under its new owner.
                let any =
                    accounts::lock(&mut tx, account).await? && write_lapsed(&mut tx, account, now).await?;
                tx.done(u32::from(any)).await
            })
            .await?;
    }
    Ok(tidied)
}

/// Whether a refusal is about the reservation itself, and not about the person's sessions.
pub fn is_about_reservation(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::ReservationExpired { .. }
            | Refusal::ReservationOver { .. }
            | Refusal::ReservationNotStarted
            | Refusal::MoreThanHeld { .. }
    )
}
