//! What people may do to a licence: every act takes the licence as it was and gives it as it is, with the row for the ledger. No I/O.
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use super::{Block, FURTHEST_DAYS, Licence, MOST_CREDITS, Mode, Plan, terms::Term};
use crate::core::{
    feature::FeatureCode,
    ids::{AccountId, LicenceId},
};

/// What an act writes into the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    Create,
    Consume,
    Credit,
    Extend,
    Change,
    Block,
    Unblock,
    /// Bought again: credits or a span were added by an order.
    Renew,
    /// Taken back with its order.
    Revoke,
    /// The order counts again.
    Restore,
    /// Credits that paid at once for what was owed.
    Settle,
    /// Put aside by a reservation.
    Hold,
    /// No longer put aside.
    Release,
}

impl Act {
    pub const ALL: [Self; 13] = [
        Self::Create,
        Self::Consume,
        Self::Credit,
        Self::Extend,
        Self::Change,
        Self::Block,
        Self::Unblock,
        Self::Renew,
        Self::Revoke,
        Self::Restore,
        Self::Settle,
        Self::Hold,
        Self::Release,
    ];

    /// The word in the ledger's `kind` column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Consume => "consume",
            Self::Credit => "credit",
            Self::Extend => "extend",
            Self::Change => "change",
            Self::Block => "block",
            Self::Unblock => "unblock",
            Self::Renew => "renew",
            Self::Revoke => "revoke",
            Self::Restore => "restore",
            Self::Settle => "settle",
            Self::Hold => "hold",
            Self::Release => "release",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.as_str() == text)
    }
}

/// Why an act is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the plan {} needs a last day", .0.as_str())]
    DateMissing(Plan),
    #[error("the last day must be today or later")]
    DatePast,
    #[error("the last day must be within {FURTHEST_DAYS} days")]
    DateTooFar,
    #[error("a licence has 0 to {MOST_CREDITS} credits")]
    Credits,
    #[error("a licence by date has no credits")]
    NotByQuantity,
    #[error("a licence by quantity has no last day")]
    NotByDate,
    #[error("{held} credits are held by reservations")]
    Held { held: u32 },
    #[error("blocking and unblocking need a reason of 1 to 255 characters")]
    ReasonMissing,
    #[error("it is blocked already")]
    AlreadyBlocked,
    #[error("it is not blocked")]
    NotBlocked,
    #[error("nothing would change")]
    NothingChanges,
}

/// What an act did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub after: Licence,
    pub act: Act,
    /// How many credits it was about.
    pub amount: u32,
    /// Change of what is left.
    pub delta: i64,
    /// What it means for the last day.
    pub term: Option<Term>,
}

/// A licence to be made.
#[derive(Debug, Clone)]
pub struct New {
    pub account: AccountId,
    pub feature: FeatureCode,
    pub plan: Plan,
    /// By quantity; ignored by date, as the form does not ask for it.
    pub credits: u32,
    /// By date; ignored by quantity. Of a free one by date it is today and the days that the settings say.
    pub expires_on: Option<NaiveDate>,
    pub note: String,
}

/// What a plan makes of the fields that belong to it.
fn limits(
    plan: Plan,
    credits: u32,
    expires_on: Option<NaiveDate>,
    free_days: u32,
    today: NaiveDate,
) -> Result<(u32, Option<NaiveDate>), Refusal> {
    match (plan.mode, plan) {
        (Mode::Quantity, _) if credits > MOST_CREDITS => Err(Refusal::Credits),
        (Mode::Quantity, _) => Ok((credits, None)),
        // Always so many days from today (requirements 3.6, bug 3).
        (Mode::Date, Plan::FREE_DATE) => Ok((0, today.checked_add_days(Days::new(u64::from(free_days))))),
        (Mode::Date, _) => Ok((0, Some(last_day(plan, expires_on, today)?))),
    }
}

fn last_day(plan: Plan, day: Option<NaiveDate>, today: NaiveDate) -> Result<NaiveDate, Refusal> {
    let day = day.ok_or(Refusal::DateMissing(plan))?;
    if day < today {
        return Err(Refusal::DatePast);
    }
    if day - today > TimeDelta::days(FURTHEST_DAYS) {
        return Err(Refusal::DateTooFar);
    }
    Ok(day)
}

fn difference(after: u32, before: u32) -> i64 {
    i64::from(after) - i64::from(before)
}

impl New {
    /// The licence as it will be. `free_days`: how long a free licence by date lasts.
    pub fn make(self, free_days: u32, today: NaiveDate, now: DateTime<Utc>) -> Result<Step, Refusal> {
        let (granted, expires_on) = limits(self.plan, self.credits, self.expires_on, free_days, today)?;
        let after = Licence {
            id: LicenceId(0),
            account: self.account,
            feature: self.feature,
            plan: self.plan,
            granted,
            used: 0,
            held: 0,
            owed: 0,
            expires_on,
            blocked: None,
            note: self.note,
            created_at: now,
            version: 1,
        };
        let term = expires_on.map(Term::Set);
        Ok(Step { after, act: Act::Create, amount: granted, delta: i64::from(granted), term })
    }
}

impl Licence {
    pub(super) fn step(self, act: Act, amount: u32, delta: i64) -> Step {
        Step { after: self, act, amount, delta, term: None }
    }

    /// Another plan, at once. By quantity, `credits` are what is left after it; credits that a plan by date has no use for are gone, and
    /// so is what was owed in credits.
    pub fn change(
        mut self,
        plan: Plan,
        credits: u32,
        expires_on: Option<NaiveDate>,
        free_days: u32,
        today: NaiveDate,
    ) -> Result<Step, Refusal> {
        let before = self.remaining();
        let (credits, day) = limits(plan, credits, expires_on, free_days, today)?;
        if plan == self.plan && credits == before && day == self.expires_on {
            return Err(Refusal::NothingChanges);
        }
        if plan.mode == Mode::Quantity && credits < self.held {
            return Err(Refusal::Held { held: self.held });
        }
        let was_dated = self.plan.is_dated();
        self.plan = plan;
        self.expires_on = day;
        if plan.is_dated() {
            (self.granted, self.used, self.held, self.owed) = (0, 0, 0, 0);
        } else {
            self.granted = self.used.checked_add(credits).ok_or(Refusal::Credits)?;
        }
        let term = match (was_dated, day) {
            (_, Some(day)) => Some(Term::Set(day)),
            (true, None) => Some(Term::Clear),
            (false, None) => None,
        };
        let delta = difference(self.remaining(), before);
        Ok(Step { term, ..self.step(Act::Change, credits, delta) })
    }

    /// More credits.
    pub fn credit(mut self, amount: u32) -> Result<Step, Refusal> {
        if self.plan.is_dated() {
            return Err(Refusal::NotByQuantity);
        }
        let granted = self.granted.checked_add(amount).filter(|all| *all <= u32::MAX / 2);
        if amount == 0 || amount > MOST_CREDITS {
            return Err(Refusal::Credits);
        }
        self.granted = granted.ok_or(Refusal::Credits)?;
        Ok(self.step(Act::Credit, amount, i64::from(amount)))
    }

    /// Credits that are left pay for what is owed. `None`: nothing is owed, or nothing is left.
    #[must_use]
    pub fn settle(mut self) -> Option<Step> {
        let amount = self.owed.min(self.available());
        self.owed -= amount;
        self.used += amount;
        (amount > 0).then(|| self.step(Act::Settle, amount, -i64::from(amount)))
    }

    /// Another last day, later or earlier, from today on.
    pub fn until(mut self, day: NaiveDate, today: NaiveDate) -> Result<Step, Refusal> {
        if !self.plan.is_dated() {
            return Err(Refusal::NotByDate);
        }
        let day = last_day(self.plan, Some(day), today)?;
        if self.expires_on == Some(day) {
            return Err(Refusal::NothingChanges);
        }
        self.expires_on = Some(day);
        Ok(Step { term: Some(Term::Set(day)), ..self.step(Act::Extend, 0, 0) })
    }

    /// Stops it, whatever it has left. `reason`: 1 to 255 characters.
    pub fn block(mut self, reason: &str, now: DateTime<Utc>) -> Result<Step, Refusal> {
        if self.blocked.is_some() {
            return Err(Refusal::AlreadyBlocked);
        }
        self.blocked = Some(Block { at: now, reason: sound(reason)? });
        Ok(self.step(Act::Block, 0, 0))
    }

    /// Lets it work again, as far as its plan allows.
    pub fn unblock(mut self, reason: &str) -> Result<Step, Refusal> {
        if self.blocked.is_none() {
            return Err(Refusal::NotBlocked);
        }
        sound(reason)?;
        self.blocked = None;
        Ok(self.step(Act::Unblock, 0, 0))
    }
}

fn sound(reason: &str) -> Result<String, Refusal> {
    let reason = reason.trim();
    let fits = !reason.is_empty() && reason.chars().count() <= 255;
    fits.then(|| reason.to_owned()).ok_or(Refusal::ReasonMissing)
}
