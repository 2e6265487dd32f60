//! The rules of sessions, tried.

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
        category: None,
        per_unit: Some(1),
        quantity: remaining.max(1),
        remaining,
        held: 0,
        voided: 0,
        shortfall: 0,
        written_off: 0,
        expires_at: expires_in_days.map(|days| now() + TimeDelta::days(days)),
        source: None,
        bulk_run: None,
        created_at: now() - TimeDelta::days(100 - i64::try_from(id).unwrap()),
    }
}

fn ids(takes: &[Take]) -> Vec<(u64, u32)> {
    takes.iter().map(|t| (t.grant.0, t.amount)).collect()
}

#[test]
fn the_soonest_to_expire_goes_first_and_what_never_expires_last() {
    let grants =
        [grant(1, Kind::Free, 1, None), grant(2, Kind::Free, 1, Some(1)), grant(3, Kind::Free, 1, Some(7))];
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
    assert_eq!(spend(&grants, 5, now()), Err(Refusal::InsufficientCredits { wanted: 5, available: 4 }));
    assert_eq!(spend(&grants, 0, now()), Err(Refusal::AmountOutOfRange));
    assert_eq!(spend(&grants, MOST_AT_ONCE + 1, now()), Err(Refusal::AmountOutOfRange));
}

#[test]
fn a_refund_takes_back_the_unspent_and_owns_up_to_the_rest() {
    let mut bought = grant(1, Kind::Purchased, 6, None);
    (bought.quantity, bought.per_unit) = (10, Some(10));
    assert_eq!(
        reconcile(Entitled::Nothing, Some(10), Some(&bought)),
        Change::TakeBack { void: 6, shortfall: 4 }
    );
}

#[test]
fn what_a_unit_is_worth_later_does_not_reach_back() {
    let mut bought = grant(1, Kind::Purchased, 5, None);
    (bought.quantity, bought.per_unit) = (5, Some(5));
    assert_eq!(reconcile(Entitled::Units(1), Some(50), Some(&bought)), Change::Nothing);
}

#[test]
fn an_undecided_order_grants_nothing_and_takes_back_only_what_was_refunded() {
    let mut bought = grant(1, Kind::Purchased, 10, None);
    bought.per_unit = Some(5);
    assert_eq!(reconcile(Entitled::AtMost(2), Some(5), None), Change::Nothing);
    assert_eq!(reconcile(Entitled::AtMost(2), Some(5), Some(&bought)), Change::Nothing);
    assert_eq!(reconcile(Entitled::AtMost(3), Some(5), Some(&bought)), Change::Nothing);
    let back = Change::TakeBack { void: 5, shortfall: 0 };
    assert_eq!(reconcile(Entitled::AtMost(1), Some(5), Some(&bought)), back);
}

/// Applies a change as the store does, with `spent` sessions spent in between.
fn apply(held: Option<Grant>, change: Change) -> Option<Grant> {
    match (held, change) {
        (grant, Change::Nothing) => grant,
        (None, Change::Grant { quantity, per_unit }) => Some(Grant {
            per_unit: Some(per_unit),
            quantity,
            remaining: quantity,
            ..grant(1, Kind::Purchased, 0, None)
        }),
        (Some(g), Change::Add { quantity }) => {
            Some(Grant { quantity: g.quantity + quantity, remaining: g.remaining + quantity, ..g })
        }
        (Some(g), Change::TakeBack { void, shortfall }) => Some(Grant {
            remaining: g.remaining - void,
            voided: g.voided + void,
            shortfall: g.shortfall + shortfall,
            ..g
        }),
        (Some(g), Change::GiveBack { shortfall, restore, add }) => Some(Grant {
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
