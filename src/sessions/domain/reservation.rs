//! Sessions put aside for a consultation that is about to begin (decision Q8). No I/O.
//!
//! `reserved` → `started` (spent) → `finished` (its length is known); or `reserved` → `released`. Past its time a reserved one
//! holds nothing, whether or not anyone has written `lapsed` into its row.
use chrono::{DateTime, Utc};

use super::{Refusal, Take};
use crate::core::ids::AccountId;

/// How long a reservation may hold, in seconds.
pub const TTL_SECONDS: std::ops::RangeInclusive<u32> = 10..=3600;
/// How long it holds unless asked otherwise: time enough to open a chat.
pub const TTL_DEFAULT: u32 = 120;

/// Where a reservation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Holds sessions, until its time is over.
    Reserved,
    /// The consultation began: they are spent.
    Started,
    /// It is over, and its length is known.
    Finished,
    /// Given back before it began.
    Released,
    /// Its time ran out before it began.
    Lapsed,
}

impl State {
    pub const ALL: [Self; 5] = [Self::Reserved, Self::Started, Self::Finished, Self::Released, Self::Lapsed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Started => "started",
            Self::Finished => "finished",
            Self::Released => "released",
            Self::Lapsed => "lapsed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// Sessions put aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    pub id: u64,
    /// What apps call it; also the operation number of its ledger rows.
    pub uid: String,
    pub account: AccountId,
    /// How many it was made for.
    pub amount: u32,
    /// How many were spent when it started.
    pub spent: u32,
    pub state: State,
    pub reason: String,
    pub expert_id: Option<String>,
    pub expert_name: Option<String>,
    pub duration_seconds: Option<u32>,
    pub created_at: DateTime<Utc>,
    /// The first instant at which it holds nothing any more, unless it started.
    pub expires_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
}

/// What a step leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It has to be written.
    Now,
    /// It was done before, just so: the same answer again.
    Already,
}

impl Reservation {
    /// Where it stands at `now`, decided by the clock and not by a job.
    pub fn state_at(&self, now: DateTime<Utc>) -> State {
        match self.state {
            State::Reserved if self.expires_at <= now => State::Lapsed,
            state => state,
        }
    }

    /// Begins: `amount` of what is held are spent, the others return.
    pub fn start(&self, amount: u32, now: DateTime<Utc>) -> Result<Step, Refusal> {
        match self.state_at(now) {
            State::Reserved if amount == 0 => Err(Refusal::AmountOutOfRange),
            State::Reserved if amount > self.amount => Err(Refusal::MoreThanHeld { held: self.amount }),
            State::Reserved => Ok(Step::Now),
            State::Lapsed => Err(Refusal::ReservationExpired { at: self.expires_at }),
            State::Started if self.spent == amount => Ok(Step::Already),
            state => Err(Refusal::ReservationOver { state: state.as_str() }),
        }
    }

    /// Ends, with its length in seconds.
    pub fn finish(&self, seconds: u32, now: DateTime<Utc>) -> Result<Step, Refusal> {
        match self.state_at(now) {
            State::Started => Ok(Step::Now),
            State::Finished if self.duration_seconds == Some(seconds) => Ok(Step::Already),
            State::Reserved => Err(Refusal::ReservationNotStarted),
            State::Lapsed => Err(Refusal::ReservationExpired { at: self.expires_at }),
            state => Err(Refusal::ReservationOver { state: state.as_str() }),
        }
    }

    /// Gives everything back before it begins. One that lapsed gave it back by itself.
    pub fn release(&self, now: DateTime<Utc>) -> Result<Step, Refusal> {
        match self.state_at(now) {
            State::Reserved => Ok(Step::Now),
            State::Released | State::Lapsed => Ok(Step::Already),
            state => Err(Refusal::ReservationOver { state: state.as_str() }),
        }
    }
}

/// Of what is held, in the order in which it is spent: what pays for `amount`.
pub fn spend_held(holds: &[Take], amount: u32) -> Vec<Take> {
    let mut left = amount;
    holds
        .iter()
        .map(|hold| {
            let amount = hold.amount.min(left);
            left -= amount;
            Take { amount, ..*hold }
        })
        .filter(|take| take.amount > 0)
        .collect()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    fn reservation(state: State) -> Reservation {
        Reservation {
            id: 1,
            uid: "u".to_owned(),
            account: AccountId(1),
            amount: 3,
            spent: if matches!(state, State::Started | State::Finished) { 2 } else { 0 },
            state,
            reason: String::new(),
            expert_id: None,
            expert_name: None,
            duration_seconds: (state == State::Finished).then_some(2400),
            created_at: now(),
            expires_at: now() + TimeDelta::seconds(60),
            started_at: None,
            closed_at: None,
        }
    }

    #[test]
    fn every_step_from_every_state_is_allowed_repeated_or_refused() {
        let over = |state| Err(Refusal::ReservationOver { state });
        let lapsed = Err(Refusal::ReservationExpired { at: now() + TimeDelta::seconds(60) });
        let table = [
            (State::Reserved, Ok(Step::Now), Err(Refusal::ReservationNotStarted), Ok(Step::Now)),
            (State::Started, Ok(Step::Already), Ok(Step::Now), over("started")),
            (State::Finished, over("finished"), Ok(Step::Already), over("finished")),
            (State::Released, over("released"), over("released"), Ok(Step::Already)),
            (State::Lapsed, lapsed, lapsed, Ok(Step::Already)),
        ];
        for (state, start, finish, release) in table {
            let r = reservation(state);
            assert_eq!(r.start(2, now()), start, "start of {state:?}");
            assert_eq!(r.finish(2400, now()), finish, "finish of {state:?}");
            assert_eq!(r.release(now()), release, "release of {state:?}");
        }
    }

    #[test]
    fn time_runs_out_by_itself() {
        let r = reservation(State::Reserved);
        let end = r.expires_at;
        assert_eq!(r.start(3, end - TimeDelta::microseconds(1)), Ok(Step::Now));
        assert_eq!(r.start(3, end), Err(Refusal::ReservationExpired { at: end }));
        assert_eq!(r.state_at(end), State::Lapsed);
        assert_eq!(reservation(State::Started).state_at(end), State::Started);
    }

    #[test]
    fn no_more_than_is_held_is_spent_and_repeating_with_another_amount_is_no_repetition() {
        assert_eq!(reservation(State::Reserved).start(4, now()), Err(Refusal::MoreThanHeld { held: 3 }));
        assert_eq!(reservation(State::Reserved).start(0, now()), Err(Refusal::AmountOutOfRange));
        assert_eq!(
            reservation(State::Started).start(3, now()),
            Err(Refusal::ReservationOver { state: "started" })
        );
    }
}
