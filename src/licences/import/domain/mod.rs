//! What an import of licences is, how it may move, and what a row of it does. No I/O.
pub mod deeds;
pub mod file;

use chrono::{DateTime, NaiveDate, Utc};

use crate::{
    core::{
        actor::Actor,
        feature::FeatureCode,
        ids::{AccountId, LicenceId, LicenceImportId},
    },
    licences::domain::Plan,
};

/// Most rows of a file.
pub const MOST_ROWS: usize = 200_000;
/// The feature of a row that names none.
pub const FEATURE: &str = "catalogue";

/// How an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Being reviewed. No licence was touched.
    Draft,
    /// Rows are being applied.
    Running,
    Done,
    /// Told to stop: the rows that were not reached yet wait.
    Stopped,
    /// Called off before it began. Final.
    Cancelled,
}

/// Why a step cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the import is {} already", .0.as_str())]
    Over(State),
    #[error("no row of the file can be used")]
    Nothing,
}

impl State {
    pub const ALL: [Self; 5] = [Self::Draft, Self::Running, Self::Done, Self::Stopped, Self::Cancelled];

    /// The word in the `state` column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Running => "running",
            Self::Done => "done",
            Self::Stopped => "stopped",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    pub fn stop(self) -> Result<Self, Refusal> {
        if self == Self::Running { Ok(Self::Stopped) } else { Err(Refusal::Over(self)) }
    }

    /// Going on: after a stop, or where the work behind a page died.
    pub fn resume(self) -> Result<Self, Refusal> {
        match self {
            Self::Stopped | Self::Running => Ok(Self::Running),
            other => Err(Refusal::Over(other)),
        }
    }

    pub fn cancel(self) -> Result<Self, Refusal> {
        if self == Self::Draft { Ok(Self::Cancelled) } else { Err(Refusal::Over(self)) }
    }
}

/// Licences read from a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    pub id: LicenceImportId,
    pub state: State,
    pub file_name: String,
    /// Who uploaded it.
    pub by: Actor,
    pub created_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    /// Rows of the file, unusable ones too.
    pub total: u32,
    pub given: u32,
    pub changed: u32,
    pub same: u32,
    pub failed: u32,
}

impl Import {
    /// Rows whose outcome is known.
    pub fn settled(&self) -> u32 {
        [self.given, self.changed, self.same, self.failed].into_iter().fold(0, u32::saturating_add)
    }

    pub fn left(&self) -> u32 {
        self.total.saturating_sub(self.settled())
    }
}

/// How a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowState {
    Pending,
    /// The person got a licence.
    Given,
    /// A licence they had was set to what the row says.
    Changed,
    /// A licence they had says that already.
    Same,
    Failed,
}

impl RowState {
    pub const ALL: [Self; 5] = [Self::Pending, Self::Given, Self::Changed, Self::Same, Self::Failed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Given => "given",
            Self::Changed => "changed",
            Self::Same => "same",
            Self::Failed => "failed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// Why a row does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Neither an e-mail address nor a number.
    Unreadable,
    /// Nobody has this address or number.
    Unknown,
    /// The same person stands further up with the same plan of the same feature.
    Repeated,
    PlanMissing,
    /// No system ever had a plan of this name.
    PlanUnknown,
    /// A plan by date without a date.
    DateMissing,
    DateUnreadable,
    /// Before the year 2000, or further away than a licence may last.
    DateFar,
    /// A plan by quantity without credits.
    CreditsMissing,
    CreditsUnreadable,
    CreditsRange,
    /// No such feature, or it is retired.
    FeatureUnknown,
    StatusUnreadable,
    /// The account was joined to another one since the file was read.
    Merged,
    /// Reservations hold more than the row would leave.
    Held,
    /// The licence does not allow it.
    Refused,
}

impl Reason {
    pub const ALL: [Self; 16] = [
        Self::Unreadable,
        Self::Unknown,
        Self::Repeated,
        Self::PlanMissing,
        Self::PlanUnknown,
        Self::DateMissing,
        Self::DateUnreadable,
        Self::DateFar,
        Self::CreditsMissing,
        Self::CreditsUnreadable,
        Self::CreditsRange,
        Self::FeatureUnknown,
        Self::StatusUnreadable,
        Self::Merged,
        Self::Held,
        Self::Refused,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Unknown => "unknown",
            Self::Repeated => "repeated",
            Self::PlanMissing => "plan_missing",
            Self::PlanUnknown => "plan_unknown",
            Self::DateMissing => "date_missing",
            Self::DateUnreadable => "date_unreadable",
            Self::DateFar => "date_far",
            Self::CreditsMissing => "credits_missing",
            Self::CreditsUnreadable => "credits_unreadable",
            Self::CreditsRange => "credits_range",
            Self::FeatureUnknown => "feature_unknown",
            Self::StatusUnreadable => "status_unreadable",
            Self::Merged => "merged",
            Self::Held => "held",
            Self::Refused => "refused",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}

/// What a row says a licence is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values {
    pub feature: FeatureCode,
    pub plan: Plan,
    /// By quantity: what is left. 0 by date.
    pub credits: u32,
    /// By date: the last day, in the past too. `None` by quantity.
    pub expires_on: Option<NaiveDate>,
    /// `None`: the row does not say.
    pub is_blocked: Option<bool>,
}

/// What a row that was not applied yet would do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prospect {
    Give,
    Change,
    Same,
}

/// A row with its person, as pages show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The line of the file.
    pub row: u32,
    /// Whom the file names.
    pub label: String,
    pub account: Option<AccountId>,
    pub name: String,
    pub values: Option<Values>,
    pub state: RowState,
    /// Of a pending row.
    pub prospect: Option<Prospect>,
    pub reason: Option<Reason>,
    /// What stood in the cell that is wrong.
    pub cell: String,
    pub licence: Option<LicenceId>,
}

/// What would happen if it were confirmed now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub total: u32,
    pub give: u32,
    pub change: u32,
    pub same: u32,
    pub failed: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_a_column_is_read_back() {
        assert!(State::ALL.iter().all(|s| State::parse(s.as_str()) == Some(*s) && s.as_str().len() <= 9));
        assert!(
            RowState::ALL.iter().all(|s| RowState::parse(s.as_str()) == Some(*s) && s.as_str().len() <= 7)
        );
        assert!(Reason::ALL.iter().all(|r| Reason::parse(r.as_str()) == Some(*r) && r.as_str().len() <= 32));
    }

    #[test]
    fn what_is_over_does_not_move_again() {
        for state in [State::Done, State::Cancelled] {
            let steps = [state.stop(), state.resume(), state.cancel()];
            assert!(steps.iter().all(|step| *step == Err(Refusal::Over(state))), "{state:?}");
        }
        assert_eq!(State::Stopped.resume(), Ok(State::Running));
    }
}
