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
            _ => Refusal::InsufficientCredits {
                wanted: amount,
                available,
            },
        });
    }
    let mut order: Vec<&Grant> = grants.iter().filter(|g| g.usable(now) > 0).collect();
    order.sort_by_key(|g| burn_key(g));
    let mut left = amount;
    let mut takes = Vec::new();
    for grant in order {
        let amount = grant.remaining.min(left);
        takes.push(Take {
            grant: grant.id,
            kind: grant.kind,
            amount,
        });
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
    /// Not decided yet (pending, on hold, a status we do not know): nothing new is granted, nothing is taken back.
    Undecided,
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
            (Entitled::Units(units), Some(per_unit)) if units > 0 && per_unit > 0 => Change::Grant {
                quantity: units.saturating_mul(per_unit),
                per_unit,
            },
            _ => Change::Nothing,
        };
    };
    // A grant remembers what a unit was worth when it was bought.
    let per_unit = grant.per_unit.or(per_unit).unwrap_or(0);
    let target = match entitled {
        Entitled::Undecided => return Change::Nothing,
        Entitled::Nothing => 0,
        Entitled::Units(units) => units.saturating_mul(per_unit),
    };
    let taken = grant.voided + grant.shortfall;
    let effective = grant.quantity.saturating_sub(taken);
    match target.cmp(&effective) {
        std::cmp::Ordering::Equal => Change::Nothing,
        std::cmp::Ordering::Less => {
            let back = effective - target;
            let void = back.min(grant.remaining);
            Change::TakeBack {
                void,
                shortfall: back - void,
            }
        }
        std::cmp::Ordering::Greater if taken == 0 => Change::Add {
            quantity: target - effective,
        },
        std::cmp::Ordering::Greater => {
            let more = target - effective;
            let shortfall = more.min(grant.shortfall);
            let restore = (more - shortfall).min(grant.voided);
            Change::GiveBack {
                shortfall,
                restore,
                add: more - shortfall - restore,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    fn grant(id: u64, kind: Kind, remaining: u32, expires_in_days: Option<i64>) -> Grant {
        Grant {
            id: GrantId(id),
            account: AccountId(1),
            kind,
            per_unit: Some(1),
            quantity: remaining.max(1),
            remaining,
            voided: 0,
            shortfall: 0,
            expires_at: expires_in_days.map(|days| now() + TimeDelta::days(days)),
            source: None,
            created_at: now() - TimeDelta::days(100 - i64::try_from(id).unwrap()),
        }
    }

    fn ids(takes: &[Take]) -> Vec<(u64, u32)> {
        takes.iter().map(|t| (t.grant.0, t.amount)).collect()
    }

    #[test]
    fn the_soonest_to_expire_goes_first_and_what_never_expires_last() {
        let grants = [
            grant(1, Kind::Free, 1, None),
            grant(2, Kind::Free, 1, Some(1)),
            grant(3, Kind::Free, 1, Some(7)),
        ];
        assert_eq!(ids(&spend(&grants, 3, now()).unwrap()), [(2, 1), (3, 1), (1, 1)]);
    }

    #[test]
    fn of_two_that_expire_together_the_older_goes_first() {
        let grants = [grant(5, Kind::Free, 1, Some(3)), grant(4, Kind::Free, 1, Some(3))];
        assert_eq!(ids(&spend(&grants, 1, now()).unwrap()), [(4, 1)]);
    }

    #[test]
    fn free_sessions_go_before_bought_ones() {
        let grants = [grant(1, Kind::Purchased, 5, None), grant(2, Kind::Free, 2, None)];
        assert_eq!(ids(&spend(&grants, 4, now()).unwrap()), [(2, 2), (1, 2)]);
    }

    #[test]
    fn a_grant_is_usable_until_its_instant_and_not_at_it() {
        let grants = [grant(1, Kind::Free, 1, Some(1))];
        let end = now() + TimeDelta::days(1);
        assert!(spend(&grants, 1, end - TimeDelta::seconds(1)).is_ok());
        assert_eq!(spend(&grants, 1, end), Err(Refusal::Expired { at: end }));
    }

    #[test]
    fn too_few_is_nothing_at_all() {
        let grants = [grant(1, Kind::Free, 2, None), grant(2, Kind::Purchased, 2, None)];
        assert_eq!(
            spend(&grants, 5, now()),
            Err(Refusal::InsufficientCredits {
                wanted: 5,
                available: 4
            })
        );
        assert_eq!(spend(&grants, 0, now()), Err(Refusal::AmountOutOfRange));
        assert_eq!(
            spend(&grants, MOST_AT_ONCE + 1, now()),
            Err(Refusal::AmountOutOfRange)
        );
    }

    #[test]
    fn a_refund_takes_back_the_unspent_and_owns_up_to_the_rest() {
        let mut bought = grant(1, Kind::Purchased, 6, None);
        (bought.quantity, bought.per_unit) = (10, Some(10));
        assert_eq!(
            reconcile(Entitled::Nothing, Some(10), Some(&bought)),
            Change::TakeBack {
                void: 6,
                shortfall: 4
            }
        );
    }

    #[test]
    fn what_a_unit_is_worth_later_does_not_reach_back() {
        let mut bought = grant(1, Kind::Purchased, 5, None);
        (bought.quantity, bought.per_unit) = (5, Some(5));
        assert_eq!(
            reconcile(Entitled::Units(1), Some(50), Some(&bought)),
            Change::Nothing
        );
    }

    #[test]
    fn an_undecided_order_changes_nothing() {
        let bought = grant(1, Kind::Purchased, 5, None);
        assert_eq!(
            reconcile(Entitled::Undecided, Some(5), Some(&bought)),
            Change::Nothing
        );
        assert_eq!(reconcile(Entitled::Undecided, Some(5), None), Change::Nothing);
    }

    /// Applies a change as the store does, with `spent` sessions spent in between.
    fn apply(grant: Option<Grant>, change: Change) -> Option<Grant> {
        match (grant, change) {
            (grant, Change::Nothing) => grant,
            (None, Change::Grant { quantity, per_unit }) => Some(Grant {
                per_unit: Some(per_unit),
                quantity,
                remaining: quantity,
                ..super::tests::grant(1, Kind::Purchased, 0, None)
            }),
            (Some(g), Change::Add { quantity }) => Some(Grant {
                quantity: g.quantity + quantity,
                remaining: g.remaining + quantity,
                ..g
            }),
            (Some(g), Change::TakeBack { void, shortfall }) => Some(Grant {
                remaining: g.remaining - void,
                voided: g.voided + void,
                shortfall: g.shortfall + shortfall,
                ..g
            }),
            (
                Some(g),
                Change::GiveBack {
                    shortfall,
                    restore,
                    add,
                },
            ) => Some(Grant {
                quantity: g.quantity + add,
                remaining: g.remaining + restore + add,
                voided: g.voided - restore,
                shortfall: g.shortfall - shortfall,
                ..g
            }),
            (grant, change) => panic!("{change:?} on {grant:?}"),
        }
    }

    proptest! {
        #[test]
        fn whatever_happens_to_an_order_the_grant_ends_where_the_order_says(
            steps in prop::collection::vec((0_u32..6, 0_u32..12), 1..30),
        ) {
            let mut held: Option<Grant> = None;
            for (units, spend) in steps {
                if let Some(g) = &mut held {
                    g.remaining -= spend.min(g.remaining);
                }
                let entitled = if units == 0 { Entitled::Nothing } else { Entitled::Units(units) };
                let change = reconcile(entitled, Some(5), held.as_ref());
                held = apply(held, change);
                prop_assert_eq!(reconcile(entitled, Some(5), held.as_ref()), Change::Nothing);
                if let Some(g) = &held {
                    prop_assert_eq!(g.quantity - g.voided - g.shortfall, units * 5);
                    prop_assert!(g.remaining + g.voided <= g.quantity);
                }
            }
        }

        #[test]
        fn a_spending_takes_exactly_what_was_asked_for(
            remaining in prop::collection::vec((0_u32..10, prop::option::of(-3_i64..10), any::<bool>()), 0..8),
            amount in 1_u32..40,
        ) {
            let grants: Vec<Grant> = remaining.iter().enumerate().map(|(i, (n, days, free))| {
                grant(i as u64 + 1, if *free { Kind::Free } else { Kind::Purchased }, *n, *days)
            }).collect();
            let available: u32 = grants.iter().map(|g| g.usable(now())).sum();
            match spend(&grants, amount, now()) {
                Ok(takes) => {
                    prop_assert_eq!(takes.iter().map(|t| t.amount).sum::<u32>(), amount);
                    for take in takes {
                        let from = grants.iter().find(|g| g.id == take.grant).unwrap();
                        prop_assert!(take.amount >= 1 && take.amount <= from.usable(now()));
                    }
                }
                Err(_) => prop_assert!(available < amount),
            }
        }
    }
}
