//! What session grants are and what may happen to them. No I/O.
use chrono::{DateTime, Utc};

use crate::core::ids::{AccountId, GrantId, ShopId, WcId};

/// Most sessions one request may spend.
pub const MOST_AT_ONCE: u32 = 100;

/// What kind of session it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Given away.
    Free,
    /// Paid for in the shop.
    Purchased,
}

impl Kind {
    pub const ALL: [Self; 2] = [Self::Free, Self::Purchased];

    /// The word in the `kind` column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Purchased => "purchased",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// The order line a purchased grant comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderLine {
    pub shop: ShopId,
    pub order: WcId,
    pub line: WcId,
}

/// Sessions given to a person at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub id: GrantId,
    pub account: AccountId,
    pub kind: Kind,
    /// Sessions per unit when it was granted; a later change of the product's worth does not reach back.
    pub per_unit: Option<u32>,
    /// All that was ever granted.
    pub quantity: u32,
    /// What is left, whether or not it has expired.
    pub remaining: u32,
    /// Taken back unspent by refunds.
    pub voided: u32,
    /// Should have been taken back, but was spent.
    pub shortfall: u32,
    /// The first instant at which it is no longer usable; `None`: never.
    pub expires_at: Option<DateTime<Utc>>,
    pub source: Option<OrderLine>,
    pub created_at: DateTime<Utc>,
}

/// How a grant stands at some instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Something is left, and usable.
    Active,
    /// Nothing is left; at least one was spent.
    Used,
    /// Something is left, too late.
    Expired,
    /// All of it was taken back unspent.
    Voided,
}

impl Standing {
    pub const ALL: [Self; 4] = [Self::Active, Self::Used, Self::Expired, Self::Voided];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Used => "used",
            Self::Expired => "expired",
            Self::Voided => "voided",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.as_str() == text)
    }
}

impl Grant {
    pub fn is_expired(&self, now: DateTime<Utc>) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    /// What can be spent at `now`.
    pub fn usable(&self, now: DateTime<Utc>) -> u32 {
        if self.is_expired(now) { 0 } else { self.remaining }
    }

    pub fn standing(&self, now: DateTime<Utc>) -> Standing {
        match (self.remaining, self.is_expired(now)) {
            (0, _) if self.voided == self.quantity => Standing::Voided,
            (0, _) => Standing::Used,
            (_, true) => Standing::Expired,
            (_, false) => Standing::Active,
        }
    }
}

/// Part of a spending: so many from this grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Take {
    pub grant: GrantId,
    pub kind: Kind,
    pub amount: u32,
}

/// Why sessions cannot be spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{wanted} sessions were asked for and {available} are left")]
    InsufficientCredits { wanted: u32, available: u32 },
    /// There were enough, but they expired; `at`: the last of them.
    #[error("the sessions that were left expired")]
    Expired { at: DateTime<Utc> },
    #[error(
        "{shortfall} sessions of a refunded order were already spent, and the shop blocks until that is settled"
    )]
    Blocked { shortfall: u32 },
    #[error("between 1 and {MOST_AT_ONCE} sessions can be spent at once")]
    AmountOutOfRange,
}

/// Decides which grants pay for `amount` sessions at `now`. All or nothing; the order is decision Q7.
pub fn spend(grants: &[Grant], amount: u32, now: DateTime<Utc>) -> Result<Vec<Take>, Refusal> {
    if amount == 0 || amount > MOST_AT_ONCE {
        return Err(Refusal::AmountOutOfRange);
    }
    let available: u32 = grants.iter().map(|g| g.usable(now)).fold(0, u32::saturating_add);
    if available < amount {
        let lapsed = grants.iter().filter(|g| g.remaining > 0 && g.is_expired(now));
        let expired: u32 = lapsed.clone().map(|g| g.remaining).fold(0, u32::saturating_add);
        return Err(match lapsed.filter_map(|g| g.expires_at).max() {
            Some(at) if available.saturating_add(expired) >= amount => Refusal::Expired { at },
            _ => Refusal::InsufficientCredits { wanted: amount, available },
        });
    }
    let mut order: Vec<&Grant> = grants.iter().filter(|g| g.usable(now) > 0).collect();
    order.sort_by_key(|g| burn_key(g));
    let mut left = amount;
    let mut takes = Vec::new();
    for grant in order {
        let amount = grant.remaining.min(left);
        takes.push(Take { grant: grant.id, kind: grant.kind, amount });
        left -= amount;
        if left == 0 {
            break;
        }
    }
    Ok(takes)
}

/// Sorts grants into the order in which they are spent.
pub fn burn_key(grant: &Grant) -> impl Ord + use<> {
    let (never, end) = (grant.expires_at.is_none(), grant.expires_at);
    (grant.kind, never, end, grant.created_at, grant.id)
}

/// What an order line is worth today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entitled {
    /// Paid for: so many units times the sessions each is worth.
    Units(u32),
    /// Not decided (pending, on hold, a status we do not know): nothing new is granted, and what was granted stays, up to
    /// the units that are left.
    AtMost(u32),
    /// The order is gone: refunded, cancelled, failed, or deleted.
    Nothing,
}

/// What has to happen to the grant of an order line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Nothing,
    /// The line's first grant.
    Grant {
        quantity: u32,
        per_unit: u32,
    },
    /// More units than before.
    Add {
        quantity: u32,
    },
    /// Fewer units are paid for: `void` are taken back, `shortfall` were already spent.
    TakeBack {
        void: u32,
        shortfall: u32,
    },
    /// Units are paid for again: `shortfall` is struck off, `restore` given back, `add` granted anew.
    GiveBack {
        shortfall: u32,
        restore: u32,
        add: u32,
    },
}

/// Compares what a line is worth with what was granted for it. Running it again after the change says [`Change::Nothing`].
pub fn reconcile(entitled: Entitled, per_unit: Option<u32>, grant: Option<&Grant>) -> Change {
    let Some(grant) = grant else {
        return match (entitled, per_unit) {
            (Entitled::Units(units), Some(per_unit)) if units > 0 && per_unit > 0 => {
                Change::Grant { quantity: units.saturating_mul(per_unit), per_unit }
            }
            _ => Change::Nothing,
        };
    };
    // A grant remembers what a unit was worth when it was bought.
    let per_unit = grant.per_unit.or(per_unit).unwrap_or(0);
    let target = match entitled {
        Entitled::Nothing => 0,
        Entitled::Units(units) | Entitled::AtMost(units) => units.saturating_mul(per_unit),
    };
    let taken = grant.voided + grant.shortfall;
    let effective = grant.quantity.saturating_sub(taken);
    if matches!(entitled, Entitled::AtMost(_)) && target >= effective {
        return Change::Nothing;
    }
    match target.cmp(&effective) {
        std::cmp::Ordering::Equal => Change::Nothing,
        std::cmp::Ordering::Less => {
            let back = effective - target;
            let void = back.min(grant.remaining);
            Change::TakeBack { void, shortfall: back - void }
        }
        std::cmp::Ordering::Greater if taken == 0 => Change::Add { quantity: target - effective },
        std::cmp::Ordering::Greater => {
            let more = target - effective;
            let shortfall = more.min(grant.shortfall);
            let restore = (more - shortfall).min(grant.voided);
            Change::GiveBack { shortfall, restore, add: more - shortfall - restore }
        }
    }
}

#[cfg(test)]
mod tests;
