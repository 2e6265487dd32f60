//! What session grants are and what may happen to them. No I/O.
pub mod category;
pub mod expiry;
mod orders;
pub mod reservation;

use chrono::{DateTime, Utc};

pub use category::{Category, Tone};
pub use expiry::Expiry;
pub use orders::{Change, Entitled, reconcile};
pub use reservation::Reservation;

use crate::core::ids::{AccountId, BulkRunId, CategoryId, GrantId, ShopId, WcId};

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
    /// Of free ones: what they were given as.
    pub category: Option<CategoryId>,
    /// Sessions per unit when it was granted; a later change of the product's worth does not reach back.
    pub per_unit: Option<u32>,
    /// All that was ever granted.
    pub quantity: u32,
    /// What is left, whether or not it has expired.
    pub remaining: u32,
    /// Of those left, how many reservations hold.
    pub held: u32,
    /// Taken back unspent, by a refund or by hand.
    pub voided: u32,
    /// Should have been taken back, but was spent.
    pub shortfall: u32,
    /// Expired unspent, and written off since.
    pub written_off: u32,
    /// The first instant at which it is no longer usable; `None`: never.
    pub expires_at: Option<DateTime<Utc>>,
    pub source: Option<OrderLine>,
    /// The bulk assignment it comes from.
    pub bulk_run: Option<BulkRunId>,
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

    /// What can be spent at `now`: what is left and nobody holds.
    pub fn usable(&self, now: DateTime<Utc>) -> u32 {
        if self.is_expired(now) { 0 } else { self.free_of_holds() }
    }

    /// What is left, less what reservations hold.
    pub fn free_of_holds(&self) -> u32 {
        self.remaining.saturating_sub(self.held)
    }

    /// How many were spent, whoever asked for it.
    pub fn spent(&self) -> u32 {
        self.quantity.saturating_sub(self.remaining + self.voided + self.written_off)
    }

    pub fn standing(&self, now: DateTime<Utc>) -> Standing {
        match (self.remaining, self.is_expired(now)) {
            (0, _) if self.written_off > 0 => Standing::Expired,
            (0, _) if self.voided == self.quantity => Standing::Voided,
            (0, _) => Standing::Used,
            (_, true) => Standing::Expired,
            (_, false) => Standing::Active,
        }
    }

    /// What taking it back by hand takes: everything that is left and not held. Bought sessions are taken back by refunding
    /// their order; doing it here would be undone by the next look at that order.
    pub fn void(&self) -> Result<u32, Refusal> {
        match (self.source, self.free_of_holds()) {
            (Some(_), _) => Err(Refusal::BoughtInShop),
            (None, 0) => Err(Refusal::NothingLeft),
            (None, left) => Ok(left),
        }
    }

    /// Whether what is left may be corrected by `change`: up to what was spent rightfully, down to what is held.
    pub fn adjust(&self, change: i32) -> Result<(), Refusal> {
        let most = self.spent().saturating_sub(self.shortfall);
        let fits = match change.signum() {
            1 => change.unsigned_abs() <= most,
            -1 => change.unsigned_abs() <= self.free_of_holds(),
            _ => false,
        };
        if fits {
            Ok(())
        } else {
            Err(Refusal::Correction { most_back: most, most_taken: self.free_of_holds() })
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
    #[error("bought sessions are taken back by refunding their order in the shop")]
    BoughtInShop,
    #[error("nothing is left that could be taken back")]
    NothingLeft,
    #[error("at most {most_back} spent sessions can be given back, and at most {most_taken} taken")]
    Correction { most_back: u32, most_taken: u32 },
    #[error("the expiry of bought sessions does not change")]
    NeverExpires,
    /// The reservation ran out at `at`.
    #[error("the reservation expired")]
    ReservationExpired { at: DateTime<Utc> },
    /// It was started, finished or released before.
    #[error("the reservation is {state} already")]
    ReservationOver { state: &'static str },
    #[error("the reservation was not started")]
    ReservationNotStarted,
    #[error("the reservation holds {held}")]
    MoreThanHeld { held: u32 },
}

/// Decides which grants pay for `amount` sessions at `now`. All or nothing; the order is decision Q7.
pub fn spend(grants: &[Grant], amount: u32, now: DateTime<Utc>) -> Result<Vec<Take>, Refusal> {
    if amount == 0 || amount > MOST_AT_ONCE {
        return Err(Refusal::AmountOutOfRange);
    }
    pay(grants, amount, now)
}

/// [`spend`] without its limit: for whoever has one of their own. `amount` is at least 1.
pub fn pay(grants: &[Grant], amount: u32, now: DateTime<Utc>) -> Result<Vec<Take>, Refusal> {
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
        let amount = grant.usable(now).min(left);
        takes.push(Take { grant: grant.id, kind: grant.kind, amount });
        left -= amount;
        if left == 0 {
            break;
        }
    }
    Ok(takes)
}

/// What ran out by the clock and was written off since, with nothing else used or taken back after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lost {
    pub amount: u32,
    /// When the last of it ran out.
    pub at: DateTime<Utc>,
}

/// What [`pay`] would have refused with before anything was written off: that only tidies, and changes no answer. It is the same
/// where something can still be used.
pub fn remember(refusal: Refusal, grants: &[Grant], lost: Option<Lost>, now: DateTime<Utc>) -> Refusal {
    match (&refusal, lost) {
        (Refusal::InsufficientCredits { wanted, .. }, Some(lost))
            if grants.iter().all(|grant| grant.is_expired(now)) =>
        {
            let lapsed = grants.iter().filter(|grant| grant.remaining > 0);
            let left = lapsed.clone().map(|grant| grant.remaining).fold(lost.amount, u32::saturating_add);
            let at = lapsed.filter_map(|grant| grant.expires_at).max().map_or(lost.at, |at| at.max(lost.at));
            if left >= *wanted { Refusal::Expired { at } } else { refusal }
        }
        _ => refusal,
    }
}

/// Sorts grants into the order in which they are spent.
pub fn burn_key(grant: &Grant) -> impl Ord + use<> {
    let (never, end) = (grant.expires_at.is_none(), grant.expires_at);
    (grant.kind, never, end, grant.created_at, grant.id)
}

#[cfg(test)]
mod tests;
