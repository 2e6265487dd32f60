//! What an order line is worth, compared with what it gave, and what that does to a licence. No I/O.
use chrono::{DateTime, NaiveDate, Utc};

use super::{
    Act, Licence, MOST_CREDITS, Mode, Plan, Step, Tier,
    terms::{self, MOST_DAYS, MOST_MONTHS, Renewal, Span, Term},
};
use crate::core::{
    feature::FeatureCode,
    ids::{AccountId, LicenceId, ShopId, WcId},
    order::Entitled,
};

/// Most credits that one unit of a product can be worth.
pub const MOST_PER_UNIT: u32 = 100_000;
/// Most credits that all orders together can grant to a licence.
const MOST_GRANTED: u32 = u32::MAX / 2;

/// What one unit gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// So many credits, 1 to [`MOST_PER_UNIT`].
    Credits(u32),
    /// So much time, at most [`MOST_MONTHS`] and [`MOST_DAYS`].
    Span { span: Span, renewal: Renewal },
}

impl Unit {
    pub fn mode(self) -> Mode {
        match self {
            Self::Credits(_) => Mode::Quantity,
            Self::Span { .. } => Mode::Date,
        }
    }

    /// What so many units come to: credits, or spans. One line gives at most [`MOST_CREDITS`], or what fits into [`MOST_MONTHS`] and
    /// [`MOST_DAYS`].
    fn times(self, units: u32) -> u32 {
        match self {
            Self::Credits(credits) => units.saturating_mul(credits).min(MOST_CREDITS),
            Self::Span { span, .. } => {
                let months = MOST_MONTHS.checked_div(span.months).unwrap_or(u32::MAX);
                let days = MOST_DAYS.checked_div(span.days).unwrap_or(u32::MAX);
                units.min(months).min(days)
            }
        }
    }
}

/// What one unit of a product is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worth {
    pub feature: FeatureCode,
    pub tier: Tier,
    pub unit: Unit,
}

impl Worth {
    pub fn plan(&self) -> Plan {
        Plan { tier: self.tier, mode: self.unit.mode() }
    }
}

/// What a line of an order gave, and what was taken back of it: counted in credits by quantity, in spans by date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    pub shop: ShopId,
    pub order: WcId,
    pub line: WcId,
    pub licence: LicenceId,
    /// What a unit was worth when it was bought.
    pub unit: Unit,
    /// The day it was paid, in the business zone.
    pub paid_on: NaiveDate,
    pub granted: u32,
    pub voided: u32,
    /// Should have been taken back, and was used or held.
    pub shortfall: u32,
    /// Of the shortfall, what reservations held then: it is taken back if they let go of it.
    pub held: u32,
    /// Of the shortfall, what the next credits pay, or have paid.
    pub debt: u32,
    /// Its shortfall blocks the licence.
    pub blocks: bool,
    /// The licence got another mode since: what the line gave is gone with the old one.
    pub is_over: bool,
}

/// What has to happen to what a line gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Nothing,
    /// It is paid for the first time.
    First(u32),
    /// Fewer units are paid for: so much is to be taken back.
    Less(u32),
    /// More units are paid for: so much of the shortfall is none after all, so much comes back, so much is new.
    More {
        struck: u32,
        restored: u32,
        added: u32,
    },
}

/// Compares what a line is worth with what it gave. Running it again after the change says [`Change::Nothing`].
pub fn reconcile(entitled: Entitled, unit: Option<Unit>, given: Option<&Given>) -> Change {
    let Some(given) = given else {
        return match (entitled, unit) {
            (Entitled::Units(units), Some(unit)) if unit.times(units) > 0 => Change::First(unit.times(units)),
            _ => Change::Nothing,
        };
    };
    let counts = given.granted - given.voided - given.shortfall;
    let target = match entitled {
        Entitled::Nothing => 0,
        Entitled::Units(units) => given.unit.times(units),
        Entitled::AtMost(units) => given.unit.times(units).min(counts),
    };
    if target <= counts {
        return if target < counts { Change::Less(counts - target) } else { Change::Nothing };
    }
    let more = target - counts;
    let struck = more.min(given.shortfall);
    let restored = (more - struck).min(given.voided);
    Change::More { struck, restored, added: more - struck - restored }
}

/// Why a licence was blocked by a refund; begins with [`BLOCKED_BY_REFUND`]. At most 255 characters.
pub fn block_reason(order: &str, credits: u32) -> String {
    let order: String = order.chars().take(100).collect();
    let used = if credits == 1 {
        "1 crédito ya usado".to_owned()
    } else {
        format!("{credits} créditos ya usados")
    };
    format!("{BLOCKED_BY_REFUND} {order}: {used}")
}

/// How the reason of every block by a refund begins: kept as written, in the language of the shop's own papers.
pub const BLOCKED_BY_REFUND: &str = "Reembolso del pedido";

impl Licence {
    /// A new licence, before what was bought is in it.
    pub fn bought(account: AccountId, worth: &Worth, at: DateTime<Utc>) -> Self {
        Self {
            id: LicenceId(0),
            account,
            feature: worth.feature.clone(),
            plan: worth.plan(),
            granted: 0,
            used: 0,
            held: 0,
            owed: 0,
            expires_on: None,
            blocked: None,
            note: String::new(),
            created_at: at,
            version: 1,
        }
    }

    /// Credits of a paid order.
    #[must_use]
    pub fn renew(mut self, amount: u32) -> Step {
        let amount = amount.min(MOST_GRANTED.saturating_sub(self.granted));
        self.granted += amount;
        self.step(Act::Renew, amount, i64::from(amount))
    }

    /// Takes back credits that are no longer paid for, as far as they are neither used nor held. Answers how many were.
    #[must_use]
    pub fn revoke(mut self, amount: u32) -> (Step, u32) {
        let void = amount.min(self.available());
        // What an admin took away by hand is missing too, and nobody used it.
        let shortfall = (amount - void).min(self.used.saturating_add(self.held));
        self.granted -= void;
        (self.step(Act::Revoke, amount, -i64::from(void)), shortfall)
    }

    /// The order counts again: `restored` credits come back, and `debt` of what the refund made the person owe was not owed after
    /// all. What later credits have paid of it comes back too.
    #[must_use]
    pub fn restore(mut self, restored: u32, debt: u32) -> Step {
        let restored = restored.min(MOST_GRANTED.saturating_sub(self.granted));
        let owed = debt.min(self.owed);
        let repaid = (debt - owed).min(self.used);
        self.owed -= owed;
        self.used -= repaid;
        self.granted += restored;
        self.step(Act::Restore, restored + repaid, i64::from(restored) + i64::from(repaid))
    }

    /// Takes credits back that were refunded while a reservation held them, and that it let go of now. `debt`: what the refund made
    /// the person owe for them; what later credits have paid of it comes back.
    #[must_use]
    pub fn returned(mut self, amount: u32, debt: u32) -> Step {
        let owed = debt.min(self.owed);
        let repaid = (debt - owed).min(self.used);
        self.owed -= owed;
        self.used -= repaid;
        self.granted = self.granted.saturating_sub(amount);
        self.step(Act::Revoke, amount, i64::from(repaid) - i64::from(amount))
    }

    /// Another last day, because spans were bought or taken back. `terms`: all there are, as they are now. If nothing counts any
    /// more, yesterday was the last day, or whatever came first: a licence whose orders were all refunded does not stay open, and is
    /// no licence without a date either.
    #[must_use]
    pub fn ends(mut self, act: Act, terms: &[Term], today: NaiveDate) -> Step {
        let yesterday = today.pred_opt().unwrap_or(today);
        let closed = || self.expires_on.map_or(yesterday, |end| end.min(yesterday));
        self.expires_on = Some(terms::end_of(terms).unwrap_or_else(closed));
        self.step(act, 0, 0)
    }
}

impl Given {
    /// Of `more` that count again, so much of the shortfall is none after all. Answers what of it reservations still hold, and what
    /// of it was owed.
    pub fn strike(&mut self, struck: u32) -> (u32, u32) {
        let held = struck.min(self.held);
        let debt = struck.min(self.debt);
        self.held -= held;
        self.debt -= debt;
        self.shortfall -= struck;
        (held, debt)
    }

    /// Reservations let go of at most `amount` of what they held when it was refunded: it is taken back. Answers how many that are,
    /// and how many of them were owed.
    pub fn take_returned(&mut self, amount: u32) -> (u32, u32) {
        let amount = amount.min(self.held);
        // What was used of the shortfall stays owed as long as anything does.
        let debt = self.debt.saturating_sub(self.shortfall - amount);
        self.held -= amount;
        self.debt -= debt;
        self.shortfall -= amount;
        self.voided += amount;
        (amount, debt)
    }

    /// Reservations used at most `amount` of what they held when it was refunded. Answers how many that are.
    pub fn use_held(&mut self, amount: u32) -> u32 {
        let amount = amount.min(self.held);
        self.held -= amount;
        amount
    }
}

#[cfg(test)]
mod tests;
