//! What licences are and what may happen to them. No I/O.
mod acts;
pub mod orders;
mod plan;
pub mod terms;

use chrono::{DateTime, NaiveDate, Utc};

pub use acts::{Act, New, Refusal, Step};
pub use plan::{Mode, Plan, Tier};

use crate::core::{
    feature::FeatureCode,
    ids::{AccountId, LicenceId},
};

/// Most credits a licence may ever have, and the most that can be given or asked for at once.
pub const MOST_CREDITS: u32 = 1_000_000;
/// Credits of a new licence by quantity, unless said otherwise (requirements 3.4).
pub const CREDITS_DEFAULT: u32 = 5;
/// Furthest last day, in days from today.
pub const FURTHEST_DAYS: i64 = 36_525;

/// Blocked by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    pub at: DateTime<Utc>,
    pub reason: String,
}

/// The right to use a feature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Licence {
    pub id: LicenceId,
    pub account: AccountId,
    pub feature: FeatureCode,
    pub plan: Plan,
    /// Credits ever granted under this plan; 0 by date.
    pub granted: u32,
    /// Of those, how many are gone; 0 by date, which charges nothing.
    pub used: u32,
    /// Of what is left, how many reservations hold that still hold.
    pub held: u32,
    /// Credits of refunded orders that were used before: the next ones given pay for them.
    pub owed: u32,
    /// The last day on which it works, to its last second in the business zone.
    pub expires_on: Option<NaiveDate>,
    pub blocked: Option<Block>,
    pub note: String,
    pub created_at: DateTime<Utc>,
    pub version: u32,
}

/// How a licence stands on some day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It can be used.
    Active,
    /// By quantity: no credit is left.
    UsedUp,
    /// By date: the last day is over.
    Expired,
    /// An admin blocked it.
    Blocked,
    /// By date, without a date: it opens nothing until an admin gives it one (requirements 3.6, bug 2).
    Undated,
}

impl Standing {
    pub const ALL: [Self; 5] = [Self::Active, Self::UsedUp, Self::Expired, Self::Blocked, Self::Undated];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::UsedUp => "used_up",
            Self::Expired => "expired",
            Self::Blocked => "blocked",
            Self::Undated => "undated",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.as_str() == text)
    }
}

/// Why a licence does not pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denial {
    Blocked {
        at: DateTime<Utc>,
    },
    /// The last day it worked on.
    Expired {
        on: NaiveDate,
    },
    Undated,
    /// What is left, and not held by reservations.
    Insufficient {
        available: u32,
    },
}

impl Licence {
    /// Credits that are left, held or not; 0 by date.
    pub fn remaining(&self) -> u32 {
        self.granted.saturating_sub(self.used)
    }

    /// Credits that can be used now.
    pub fn available(&self) -> u32 {
        self.remaining().saturating_sub(self.held)
    }

    pub fn standing(&self, today: NaiveDate) -> Standing {
        match (&self.blocked, self.plan.mode, self.expires_on) {
            (Some(_), ..) => Standing::Blocked,
            (None, Mode::Date, None) => Standing::Undated,
            (None, Mode::Date, Some(last)) if last < today => Standing::Expired,
            (None, Mode::Quantity, _) if self.remaining() == 0 => Standing::UsedUp,
            (None, Mode::Date | Mode::Quantity, _) => Standing::Active,
        }
    }

    /// Whether it can pay for `amount` all by itself.
    pub fn may(&self, amount: u32, today: NaiveDate) -> Result<(), Denial> {
        match (&self.blocked, self.plan.mode, self.expires_on) {
            (Some(block), ..) => Err(Denial::Blocked { at: block.at }),
            (None, Mode::Date, None) => Err(Denial::Undated),
            (None, Mode::Date, Some(on)) if on < today => Err(Denial::Expired { on }),
            (None, Mode::Quantity, _) if self.available() < amount => {
                Err(Denial::Insufficient { available: self.available() })
            }
            (None, Mode::Date | Mode::Quantity, _) => Ok(()),
        }
    }

    /// Sorts the licences of a feature into the order in which they are asked: by date before by quantity (the date wins, and
    /// costs nothing), the latest end first; then free before paid, the oldest first.
    fn key(&self) -> impl Ord + use<> {
        let by_quantity = self.plan.mode == Mode::Quantity;
        (by_quantity, std::cmp::Reverse(self.expires_on), self.plan.tier, self.created_at, self.id)
    }
}

/// What pays for a use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payment {
    /// A licence by date: nothing is charged.
    Date { licence: LicenceId, until: NaiveDate },
    /// Credits, from one licence or several. `remaining`: what they all have left afterwards.
    Credits { takes: Vec<Take>, remaining: u32 },
}

/// So many credits of this licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Take {
    pub licence: LicenceId,
    pub amount: u32,
}

/// Decides which of a person's licences of one feature pay for `amount` (at least 1) today; or says of each why it does not.
pub fn pay(licences: &[Licence], amount: u32, today: NaiveDate) -> Result<Payment, Vec<(LicenceId, Denial)>> {
    let mut order: Vec<&Licence> = licences.iter().collect();
    order.sort_by_key(|licence| licence.key());
    let mut dated = order.iter().filter(|l| l.plan.mode == Mode::Date && l.may(amount, today).is_ok());
    if let Some((licence, until)) = dated.find_map(|l| Some((l.id, l.expires_on?))) {
        return Ok(Payment::Date { licence, until });
    }
    let credits: Vec<&Licence> = order
        .iter()
        .copied()
        .filter(|l| l.plan.mode == Mode::Quantity && l.blocked.is_none() && l.available() > 0)
        .collect();
    let available = credits.iter().map(|l| l.available()).fold(0, u32::saturating_add);
    if available < amount {
        let whys = order.iter().filter_map(|l| l.may(amount, today).err().map(|denial| (l.id, denial)));
        return Err(whys.collect());
    }
    let mut left = amount;
    let mut takes = Vec::new();
    for licence in credits {
        let amount = licence.available().min(left);
        if amount == 0 {
            break;
        }
        takes.push(Take { licence: licence.id, amount });
        left -= amount;
    }
    Ok(Payment::Credits { takes, remaining: available - amount })
}

#[cfg(test)]
mod tests;
