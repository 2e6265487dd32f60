//! What a bulk assignment is and how it may move. No I/O.
mod criteria;
pub mod csv;

use chrono::{DateTime, Utc};
use serde::Serialize;

pub use criteria::{AtLeast, Criteria, Purchases, Source};

use crate::{
    core::{
        actor::Actor,
        ids::{AccountId, BulkRunId, CategoryId, GrantId},
    },
    sessions::domain::Expiry,
};

/// Most rows of a list.
pub const MOST_ROWS: usize = 200_000;
/// Most people that one request of the API may name.
pub const MOST_NAMED: usize = 10_000;

/// How a bulk assignment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Being reviewed. Nothing was given and nothing will be, unless it is confirmed.
    Draft,
    /// Confirmed, for a time that is still to come.
    Scheduled,
    /// Sessions are being given.
    Running,
    Done,
    /// Told to stop: whoever was not reached yet has nothing.
    Stopped,
    /// Called off before it began. Final.
    Cancelled,
    /// What is unspent is being taken back.
    Undoing,
    /// Taken back. Final.
    Undone,
}

/// Why a step cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the bulk assignment is {} already", .0.as_str())]
    Over(State),
    #[error("the time it was to begin at is over")]
    Late,
    #[error("nobody is on the list")]
    Nobody,
}

impl State {
    pub const ALL: [Self; 8] = [
        Self::Draft,
        Self::Scheduled,
        Self::Running,
        Self::Done,
        Self::Stopped,
        Self::Cancelled,
        Self::Undoing,
        Self::Undone,
    ];

    /// The word in the `state` column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Running => "running",
            Self::Done => "done",
            Self::Stopped => "stopped",
            Self::Cancelled => "cancelled",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Confirming: begins now, or at the time it is for.
    pub fn confirm(self, run_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match (self, run_at) {
            (Self::Draft, None) => Ok(Self::Running),
            (Self::Draft, Some(at)) if at > now => Ok(Self::Scheduled),
            (Self::Draft, Some(_)) => Err(Refusal::Late),
            (other, _) => Err(Refusal::Over(other)),
        }
    }

    pub fn stop(self) -> Result<Self, Refusal> {
        match self {
            Self::Running => Ok(Self::Stopped),
            other => Err(Refusal::Over(other)),
        }
    }

    /// Going on: after a stop, or where the work behind a page died.
    pub fn resume(self) -> Result<Self, Refusal> {
        match self {
            Self::Stopped | Self::Running => Ok(Self::Running),
            Self::Undoing => Ok(Self::Undoing),
            other => Err(Refusal::Over(other)),
        }
    }

    pub fn cancel(self) -> Result<Self, Refusal> {
        match self {
            Self::Draft | Self::Scheduled => Ok(Self::Cancelled),
            other => Err(Refusal::Over(other)),
        }
    }

    pub fn undo(self) -> Result<Self, Refusal> {
        match self {
            Self::Done | Self::Stopped => Ok(Self::Undoing),
            other => Err(Refusal::Over(other)),
        }
    }
}

/// What everybody gets, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// 1 to [`crate::sessions::service::gifts::MOST_PER_GRANT`].
    pub quantity: u32,
    pub category: CategoryId,
    /// Days count from the day on which each person is given theirs.
    pub expiry: Expiry,
    /// For the staff.
    pub note: String,
    /// `None`: as soon as it is confirmed.
    pub run_at: Option<DateTime<Utc>>,
    /// Also to those who have active sessions of the category.
    pub gives_again: bool,
}

/// A bulk assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub id: BulkRunId,
    pub state: State,
    pub source: Source,
    pub wish: Wish,
    /// Who made it.
    pub by: Actor,
    pub created_at: DateTime<Utc>,
    pub confirmed_at: Option<DateTime<Utc>>,
    pub started_at: Option<DateTime<Utc>>,
    /// When its list was complete.
    pub listed_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    pub undo_started_at: Option<DateTime<Utc>>,
    pub undone_at: Option<DateTime<Utc>>,
    pub undone_by: Option<String>,
    /// Rows of the list, unusable ones too.
    pub chosen: u32,
    pub given: u32,
    pub skipped: u32,
    pub failed: u32,
    pub sessions_taken_back: u32,
    pub sessions_kept: u32,
}

impl Run {
    /// Rows whose outcome is known.
    pub fn settled(&self) -> u32 {
        self.given.saturating_add(self.skipped).saturating_add(self.failed)
    }

    pub fn left(&self) -> u32 {
        self.chosen.saturating_sub(self.settled())
    }

    /// Sessions that were given.
    pub fn sessions_given(&self) -> u64 {
        u64::from(self.given) * u64::from(self.wish.quantity)
    }

    /// How far it is: done, and of how many. Of an undoing: sessions, those of nobody left out.
    pub fn progress(&self) -> (u64, u64) {
        match self.state {
            State::Undoing | State::Undone => {
                (u64::from(self.sessions_taken_back) + u64::from(self.sessions_kept), self.sessions_given())
            }
            _ => (u64::from(self.settled()), u64::from(self.chosen)),
        }
    }

    /// Seconds that it still needs at the pace it had so far; `None` where there is no pace to tell from.
    pub fn seconds_left(&self, now: DateTime<Utc>) -> Option<u64> {
        let began = if self.state == State::Undoing { self.undo_started_at } else { self.started_at };
        let took = u64::try_from((now - began?).num_milliseconds()).ok().filter(|ms| *ms >= 1000)?;
        let (done, all) = self.progress();
        let left = all.saturating_sub(done);
        (done > 0).then(|| (took.saturating_mul(left) / done).div_ceil(1000))
    }
}

/// How a row of the list stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    Pending,
    Given,
    Skipped,
    Failed,
}

impl ItemState {
    pub const ALL: [Self; 4] = [Self::Pending, Self::Given, Self::Skipped, Self::Failed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Given => "given",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// Why a row got nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Neither an e-mail address nor a number.
    Unreadable,
    /// Nobody has this address or number.
    Unknown,
    /// The same person stands further up.
    Repeated,
    /// They have active sessions of the category.
    HasActive,
    /// The account was joined to another one since the list was made.
    Merged,
    /// The last day was over when it was their turn.
    ExpiryPast,
    /// The category was retired when it was their turn.
    CategoryRetired,
}

impl Reason {
    pub const ALL: [Self; 7] = [
        Self::Unreadable,
        Self::Unknown,
        Self::Repeated,
        Self::HasActive,
        Self::Merged,
        Self::ExpiryPast,
        Self::CategoryRetired,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Unknown => "unknown",
            Self::Repeated => "repeated",
            Self::HasActive => "has_active",
            Self::Merged => "merged",
            Self::ExpiryPast => "expiry_past",
            Self::CategoryRetired => "category_retired",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}

/// A row of a list with its person, as pages show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The line of the file, or the place in the list.
    pub row: u32,
    /// What stood in the file.
    pub label: String,
    pub account: Option<AccountId>,
    pub name: String,
    pub email: Option<String>,
    pub state: ItemState,
    pub reason: Option<Reason>,
    pub grant: Option<GrantId>,
    pub taken_back: u32,
    /// Spent, or put aside by a reservation, when the rest was taken back.
    pub kept: u32,
    pub done_at: Option<DateTime<Utc>>,
}

/// Who would get something now, and who would not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub chosen: u32,
    /// Of those: have active sessions of the category.
    pub have_active: u32,
    /// Of those: rows that name nobody.
    pub failed: u32,
}

impl Counts {
    /// How many get something.
    pub fn receive(self, gives_again: bool) -> u32 {
        let skipped = if gives_again { 0 } else { self.have_active };
        self.chosen.saturating_sub(self.failed).saturating_sub(skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cancelled_and_an_undone_one_never_move_again() {
        for state in [State::Cancelled, State::Undone] {
            let now = DateTime::UNIX_EPOCH;
            let steps =
                [state.confirm(None, now), state.stop(), state.resume(), state.cancel(), state.undo()];
            assert!(steps.iter().all(|step| *step == Err(Refusal::Over(state))), "{state:?}");
        }
    }

    #[test]
    fn a_confirmed_one_waits_for_its_time_and_a_time_that_is_over_is_refused() {
        let now: DateTime<Utc> = "2026-11-18T11:00:00Z".parse().unwrap();
        let minute = chrono::TimeDelta::minutes(1);
        assert_eq!(State::Draft.confirm(Some(now + minute), now), Ok(State::Scheduled));
        assert_eq!(State::Draft.confirm(Some(now), now), Err(Refusal::Late));
        assert_eq!(State::Draft.confirm(None, now), Ok(State::Running));
        assert_eq!(State::Running.confirm(None, now), Err(Refusal::Over(State::Running)));
    }

    #[test]
    fn every_word_of_a_column_is_read_back() {
        assert!(State::ALL.iter().all(|s| State::parse(s.as_str()) == Some(*s) && s.as_str().len() <= 10));
        assert!(ItemState::ALL.iter().all(|s| ItemState::parse(s.as_str()) == Some(*s)));
        assert!(Reason::ALL.iter().all(|r| Reason::parse(r.as_str()) == Some(*r) && r.as_str().len() <= 32));
        assert!(Purchases::ALL.iter().all(|p| Purchases::parse(p.as_str()) == Some(*p)));
    }

    #[test]
    fn those_with_active_sessions_get_more_only_if_that_is_wanted() {
        let counts = Counts { chosen: 418, have_active: 19, failed: 3 };
        assert_eq!((counts.receive(false), counts.receive(true)), (396, 415));
    }
}
