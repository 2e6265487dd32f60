//! Amounts put aside for a use that is about to happen. No I/O.
//!
//! `reserved` → `confirmed` (used) or `released`. Past its time a reserved one holds nothing, whether or not anyone wrote `lapsed`.
use chrono::{DateTime, Utc};

use super::SourceKind;
use crate::core::{feature::FeatureCode, ids::AccountId};

/// How long a reservation may hold, in seconds.
pub const TTL_SECONDS: std::ops::RangeInclusive<u32> = 10..=3600;
/// How long it holds unless asked otherwise.
pub const TTL_DEFAULT: u32 = 120;

/// Where a reservation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EntitlementReservationState)]
pub enum State {
    /// Holds what it found, until its time is over.
    Reserved,
    /// Used.
    Confirmed,
    /// Given back.
    Released,
    /// Its time ran out.
    Lapsed,
}

impl State {
    pub const ALL: [Self; 4] = [Self::Reserved, Self::Confirmed, Self::Released, Self::Lapsed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Confirmed => "confirmed",
            Self::Released => "released",
            Self::Lapsed => "lapsed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// Something put aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// What apps call it; also the operation of its ledger rows.
    pub uid: String,
    pub account: AccountId,
    pub feature: FeatureCode,
    /// What pays.
    pub source: SourceKind,
    pub amount: u32,
    /// How many were used when it was confirmed.
    pub confirmed: Option<u32>,
    pub state: State,
    pub reason: String,
    pub created_at: DateTime<Utc>,
    /// The first instant at which it holds nothing any more, unless it was confirmed.
    pub expires_at: DateTime<Utc>,
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

/// Why a step is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the reservation expired at {at}")]
    Expired { at: DateTime<Utc> },
    #[error("the reservation is {} already", .state.as_str())]
    Over { state: State },
    /// It was used or let go behind its back, or its licence has another plan.
    #[error("what the reservation held is not there any more")]
    Gone,
    #[error("the reservation holds {held}, and at least 1 is confirmed")]
    Amount { held: u32 },
}

impl Reservation {
    /// Where it stands at `now`, decided by the clock and not by a job.
    pub fn state_at(&self, now: DateTime<Utc>) -> State {
        match self.state {
            State::Reserved if self.expires_at <= now => State::Lapsed,
            state => state,
        }
    }

    /// Uses `amount` of what is held; the rest returns.
    pub fn confirm(&self, amount: u32, now: DateTime<Utc>) -> Result<Step, Refusal> {
        match self.state_at(now) {
            State::Reserved if amount == 0 || amount > self.amount => {
                Err(Refusal::Amount { held: self.amount })
            }
            State::Reserved => Ok(Step::Now),
            State::Confirmed if self.confirmed == Some(amount) => Ok(Step::Already),
            State::Lapsed => Err(Refusal::Expired { at: self.expires_at }),
            state => Err(Refusal::Over { state }),
        }
    }

    /// Gives everything back. What ran out gave it back by itself.
    pub fn release(&self, now: DateTime<Utc>) -> Result<Step, Refusal> {
        match self.state_at(now) {
            State::Reserved => Ok(Step::Now),
            State::Released | State::Lapsed => Ok(Step::Already),
            state @ State::Confirmed => Err(Refusal::Over { state }),
        }
    }
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
            uid: "u".to_owned(),
            account: AccountId(1),
            feature: FeatureCode::parse("catalogue").unwrap(),
            source: SourceKind::Licence,
            amount: 3,
            confirmed: (state == State::Confirmed).then_some(2),
            state,
            reason: String::new(),
            created_at: now(),
            expires_at: now() + TimeDelta::seconds(60),
            closed_at: None,
        }
    }

    #[test]
    fn every_step_from_every_state_is_allowed_repeated_or_refused() {
        let over = |state| Err(Refusal::Over { state });
        let expired = Err(Refusal::Expired { at: now() + TimeDelta::seconds(60) });
        let table = [
            (State::Reserved, Ok(Step::Now), Ok(Step::Now)),
            (State::Confirmed, Ok(Step::Already), over(State::Confirmed)),
            (State::Released, over(State::Released), Ok(Step::Already)),
            (State::Lapsed, expired, Ok(Step::Already)),
        ];
        for (state, confirm, release) in table {
            let reservation = reservation(state);
            assert_eq!(reservation.confirm(2, now()), confirm, "{state:?}");
            assert_eq!(reservation.release(now()), release, "{state:?}");
            assert_eq!(State::parse(state.as_str()), Some(state));
        }
    }

    #[test]
    fn past_its_time_it_holds_nothing_whoever_wrote_that_down() {
        let open = reservation(State::Reserved);
        let end = open.expires_at;
        assert_eq!(open.confirm(3, end - TimeDelta::microseconds(1)), Ok(Step::Now));
        assert_eq!(open.confirm(3, end), Err(Refusal::Expired { at: end }));
        assert_eq!((open.state_at(end), open.release(end)), (State::Lapsed, Ok(Step::Already)));
        assert_eq!(reservation(State::Confirmed).state_at(end), State::Confirmed);
    }

    #[test]
    fn between_one_and_what_is_held_is_confirmed_and_another_amount_is_no_repetition() {
        for wrong in [0, 4] {
            assert_eq!(reservation(State::Reserved).confirm(wrong, now()), Err(Refusal::Amount { held: 3 }));
        }
        assert_eq!(
            reservation(State::Confirmed).confirm(3, now()),
            Err(Refusal::Over { state: State::Confirmed })
        );
    }
}
