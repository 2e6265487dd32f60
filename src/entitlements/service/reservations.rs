//! Reserving, confirming and releasing, whatever pays.
use chrono::TimeDelta;
use sqlx::MySqlConnection;

use super::operation;
use crate::{
    accounts,
    app::App,
    core::actor::Actor,
    db::{DbError, Transient},
    entitlements::{
        domain::{
            Ask, Offer, Skip, SourceKind, Verdict, Why,
            reservation::{Refusal, Reservation, State, Step},
            verdict,
        },
        source::{self, HoldFor, Moment, Source},
        store::{self, reservations as rows},
    },
};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no such account")]
    NoAccount,
    #[error("no such feature, or it is retired")]
    NoFeature,
    #[error("no such reservation")]
    NotFound,
    /// Nothing pays for it.
    #[error("not entitled: {}", .why.code())]
    Denied { why: Why, skipped: Vec<Skip> },
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Transient for Error {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Db(e) if e.is_transient())
    }
}

fn source_of(kind: SourceKind) -> Option<&'static dyn Source> {
    source::all().into_iter().find(|source| source.kind() == kind)
}

fn hold_for(reservation: &Reservation, actor: &Actor) -> HoldFor {
    HoldFor {
        reservation: reservation.uid.clone(),
        account: reservation.account,
        until: reservation.expires_at,
        reason: reservation.reason.clone(),
        actor: actor.clone(),
    }
}

/// Puts aside what the first source that can pay all of it has. `ttl`: seconds it holds.
pub async fn reserve(
    conn: &mut MySqlConnection,
    ask: &Ask,
    ttl: u32,
    reason: &str,
    actor: &Actor,
    moment: Moment,
) -> Result<(Reservation, Offer, Vec<Skip>), Error> {
    let features = store::features(conn).await?;
    let feature = features.iter().find(|f| f.code == ask.feature && !f.is_retired).ok_or(Error::NoFeature)?;
    if !accounts::lock(conn, ask.account).await? {
        // Found a moment ago: merged away since. Tried again, it is found under its new number.
        return Err(DbError::Stale.into());
    }
    let mut reservation = Reservation {
        uid: operation(),
        account: ask.account,
        feature: ask.feature.clone(),
        source: SourceKind::Sessions,
        amount: ask.amount,
        confirmed: None,
        state: State::Reserved,
        reason: reason.to_owned(),
        created_at: moment.now,
        expires_at: moment.now + TimeDelta::seconds(i64::from(ttl)),
        closed_at: None,
    };
    let hold = hold_for(&reservation, actor);
    let mut answers = Vec::new();
    for kind in &feature.sources {
        let answer = match source_of(*kind) {
            Some(source) => source.reserve(conn, ask, &hold, moment).await?,
            None => Err(vec![Skip { source: *kind, id: None, why: Why::NotAvailable }]),
        };
        let is_held = answer.is_ok();
        answers.push(answer);
        if is_held {
            break;
        }
    }
    match verdict(answers) {
        Verdict::No { why, skipped } => Err(Error::Denied { why, skipped }),
        Verdict::Yes { offer, skipped } => {
            reservation.source = offer.source;
            rows::insert(conn, &reservation, actor).await?;
            Ok((reservation, offer, skipped))
        }
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

/// Uses `amount` of what is held (all of it, when `None`); the rest returns. Doing it again just so changes nothing.
pub async fn confirm(
    conn: &mut MySqlConnection,
    uid: &str,
    amount: Option<u32>,
    actor: &Actor,
    moment: Moment,
) -> Result<Reservation, Error> {
    let mut reservation = locked(conn, uid).await?;
    let amount = amount.or(reservation.confirmed).unwrap_or(reservation.amount);
    if reservation.confirm(amount, moment.now)? == Step::Already {
        return Ok(reservation);
    }
    let source = source_of(reservation.source).ok_or(DbError::Stale)?;
    if !source.confirm(conn, &hold_for(&reservation, actor), amount, moment).await? {
        return Err(Refusal::Gone.into());
    }
    reservation.state = State::Confirmed;
    reservation.confirmed = Some(amount);
    reservation.closed_at = Some(moment.now);
    rows::close(conn, &reservation).await?;
    Ok(reservation)
}

/// Gives back what is held. Doing it again, or after its time, changes nothing.
pub async fn release(
    conn: &mut MySqlConnection,
    uid: &str,
    actor: &Actor,
    moment: Moment,
) -> Result<Reservation, Error> {
    let mut reservation = locked(conn, uid).await?;
    if reservation.release(moment.now)? == Step::Already {
        reservation.state = reservation.state_at(moment.now);
        return Ok(reservation);
    }
    let source = source_of(reservation.source).ok_or(DbError::Stale)?;
    source.release(conn, &hold_for(&reservation, actor), moment).await?;
    reservation.state = State::Released;
    reservation.closed_at = Some(moment.now);
    rows::close(conn, &reservation).await?;
    Ok(reservation)
}

/// Writes down what ran out. Answers how many.
pub async fn tidy(app: &App, limit: u32) -> Result<u64, DbError> {
    rows::lapse(&mut *app.db.conn().await?, app.clock.now(), limit).await
}
