use chrono::Days;
use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}
fn now() -> DateTime<Utc> {
    "2026-11-21T12:00:00Z".parse().unwrap()
}
fn today() -> NaiveDate {
    day("2026-11-21")
}
fn new(plan: Plan, credits: u32, expires_on: Option<&str>) -> New {
    New {
        account: AccountId(1),
        feature: FeatureCode::parse("catalogue").unwrap(),
        plan,
        credits,
        expires_on: expires_on.map(day),
        note: String::new(),
    }
}
fn licence(id: u64, plan: Plan, credits: u32, expires_on: Option<&str>) -> Licence {
    let made = new(plan, credits, None).make(30, today(), now()).map(|step| step.after);
    let base = made.unwrap_or_else(|_| new(Plan::FREE_DATE, 0, None).make(30, today(), now()).unwrap().after);
    Licence { id: LicenceId(id), plan, expires_on: expires_on.map(day), ..base }
}

#[test]
fn a_plan_takes_the_fields_that_belong_to_it_and_no_others() {
    let made = |plan, credits, date| {
        new(plan, credits, date).make(30, today(), now()).map(|s| (s.after.granted, s.after.expires_on))
    };
    assert_eq!(made(Plan::FREE_QUANTITY, 5, Some("2027-01-01")), Ok((5, None)));
    assert_eq!(made(Plan::PAID_QUANTITY, 0, None), Ok((0, None)));
    assert_eq!(
        made(Plan::FREE_DATE, 5, Some("2030-01-01")),
        Ok((0, Some(day("2026-12-21")))),
        "30 days, whatever was typed"
    );
    assert_eq!(made(Plan::PAID_DATE, 5, Some("2027-02-09")), Ok((0, Some(day("2027-02-09")))));
    assert_eq!(made(Plan::PAID_DATE, 5, None), Err(Refusal::DateMissing(Plan::PAID_DATE)));
    assert_eq!(made(Plan::PAID_DATE, 5, Some("2026-11-20")), Err(Refusal::DatePast));
    assert_eq!(made(Plan::PAID_DATE, 5, Some("2126-11-23")), Err(Refusal::DateTooFar));
    assert_eq!(made(Plan::FREE_QUANTITY, MOST_CREDITS + 1, None), Err(Refusal::Credits));
}

#[test]
fn it_works_to_the_end_of_its_last_day_and_not_a_day_longer() {
    let licence = licence(1, Plan::PAID_DATE, 0, Some("2026-11-21"));
    assert_eq!(licence.may(1, today()), Ok(()));
    assert_eq!(licence.may(1, day("2026-11-22")), Err(Denial::Expired { on: today() }));
    assert_eq!(
        (licence.standing(today()), licence.standing(day("2026-11-22"))),
        (Standing::Active, Standing::Expired)
    );
}

#[test]
fn a_plan_by_date_without_a_date_opens_nothing() {
    let undated = licence(1, Plan::PAID_DATE, 0, None);
    assert_eq!(undated.may(1, today()), Err(Denial::Undated));
    assert_eq!(undated.standing(today()), Standing::Undated);
    assert_eq!(pay(&[undated], 1, today()), Err(vec![(LicenceId(1), Denial::Undated)]));
}

#[test]
fn the_date_pays_before_the_credits_and_costs_nothing() {
    let dated = licence(1, Plan::PAID_DATE, 0, Some("2026-12-31"));
    let credits = licence(2, Plan::FREE_QUANTITY, 3, None);
    let paid = pay(&[credits.clone(), dated.clone()], 2, today());
    assert_eq!(paid, Ok(Payment::Date { licence: LicenceId(1), until: day("2026-12-31") }));
    let later = day("2027-01-01");
    let takes = vec![Take { licence: LicenceId(2), amount: 2 }];
    assert_eq!(
        pay(&[credits.clone(), dated.clone()], 2, later),
        Ok(Payment::Credits { takes, remaining: 1 })
    );
    let both = vec![
        (LicenceId(1), Denial::Expired { on: day("2026-12-31") }),
        (LicenceId(2), Denial::Insufficient { available: 3 }),
    ];
    assert_eq!(pay(&[credits, dated], 4, later), Err(both));
}

#[test]
fn credits_of_several_licences_pay_together_free_ones_first() {
    let paid = licence(1, Plan::PAID_QUANTITY, 5, None);
    let free = licence(2, Plan::FREE_QUANTITY, 2, None);
    let blocked = licence(3, Plan::FREE_QUANTITY, 9, None).block("impago", now()).unwrap().after;
    let takes = vec![Take { licence: LicenceId(2), amount: 2 }, Take { licence: LicenceId(1), amount: 1 }];
    let all = [paid, free, blocked];
    assert_eq!(pay(&all, 3, today()), Ok(Payment::Credits { takes, remaining: 4 }));
    assert_eq!(pay(&all, 8, today()).unwrap_err().len(), 3, "nothing is paid in part");
}

#[test]
fn another_plan_leaves_nothing_of_the_one_before() {
    let credits = licence(1, Plan::FREE_QUANTITY, 5, None);
    let used = Licence { used: 2, ..credits };
    let dated = used.clone().change(Plan::FREE_DATE, 9, None, 30, today()).unwrap();
    assert_eq!((dated.after.granted, dated.after.used, dated.delta), (0, 0, -3));
    assert_eq!(
        (dated.after.expires_on, dated.term),
        (Some(day("2026-12-21")), Some(terms::Term::Set(day("2026-12-21"))))
    );
    // Back again: the date is gone, and it is not unlimited (requirements 3.6, bug 3).
    let back = dated.after.change(Plan::PAID_QUANTITY, 4, Some(day("2030-01-01")), 30, today()).unwrap();
    assert_eq!((back.after.expires_on, back.after.remaining(), back.delta), (None, 4, 4));
    assert_eq!(back.term, Some(terms::Term::Clear));
    // Another tier alone keeps what was used.
    let promoted = used.clone().change(Plan::PAID_QUANTITY, 3, None, 30, today()).unwrap();
    assert_eq!((promoted.after.granted, promoted.after.used, promoted.delta), (5, 2, 0));
    assert_eq!(used.change(Plan::FREE_QUANTITY, 3, None, 30, today()), Err(Refusal::NothingChanges));
}

#[test]
fn a_free_plan_by_date_chosen_again_lasts_its_days_from_today() {
    let old = licence(1, Plan::FREE_DATE, 0, Some("2026-11-25"));
    let again = old.change(Plan::FREE_DATE, 0, None, 30, today()).unwrap();
    assert_eq!(again.after.expires_on, Some(day("2026-12-21")));
}

#[test]
fn credits_and_days_are_for_the_plans_that_have_them() {
    let credits = licence(1, Plan::FREE_QUANTITY, 5, None);
    let dated = licence(2, Plan::PAID_DATE, 0, Some("2026-11-25"));
    assert_eq!(dated.clone().credit(3), Err(Refusal::NotByQuantity));
    assert_eq!(credits.clone().until(day("2027-01-01"), today()), Err(Refusal::NotByDate));
    assert_eq!(credits.clone().credit(0), Err(Refusal::Credits));
    assert_eq!(credits.credit(3).unwrap().after.remaining(), 8);
    assert_eq!(dated.until(day("2027-01-01"), today()).unwrap().after.expires_on, Some(day("2027-01-01")));
}

#[test]
fn what_is_owed_is_paid_by_what_comes() {
    let owing = Licence { owed: 4, ..licence(1, Plan::PAID_QUANTITY, 3, None) };
    let first = owing.settle().unwrap();
    assert_eq!((first.after.owed, first.after.remaining(), first.delta), (1, 0, -3));
    let second = first.after.credit(5).unwrap().after.settle().unwrap();
    assert_eq!((second.after.owed, second.after.remaining()), (0, 4));
    assert_eq!(second.after.settle(), None);
}

#[test]
fn blocking_needs_a_reason_and_is_done_once() {
    let licence = licence(1, Plan::FREE_QUANTITY, 5, None);
    assert_eq!(licence.clone().block("  ", now()), Err(Refusal::ReasonMissing));
    let blocked = licence.block(" impago ", now()).unwrap().after;
    assert_eq!(blocked.blocked, Some(Block { at: now(), reason: "impago".to_owned() }));
    assert_eq!(blocked.may(1, today()), Err(Denial::Blocked { at: now() }));
    assert_eq!(blocked.clone().block("otra vez", now()), Err(Refusal::AlreadyBlocked));
    let again = blocked.unblock("pagó").unwrap().after;
    assert_eq!(again.clone().unblock("otra vez"), Err(Refusal::NotBlocked));
    assert_eq!(again.may(5, today()), Ok(()));
}

#[derive(Debug, Clone)]
enum Do {
    Use(u32),
    Change(Plan, u32, Option<i64>),
    Credit(u32),
    Until(i64),
    Block,
    Unblock,
    Days(u64),
}

fn any_act() -> impl Strategy<Value = Do> {
    let plan = prop::sample::select(Plan::ALL.to_vec());
    prop_oneof![
        4 => (1..5u32).prop_map(Do::Use),
        2 => (plan, 0..8u32, prop::option::of(-3..60i64)).prop_map(|(p, c, d)| Do::Change(p, c, d)),
        1 => (0..6u32).prop_map(Do::Credit),
        1 => (-3..60i64).prop_map(Do::Until),
        1 => Just(Do::Block),
        1 => Just(Do::Unblock),
        2 => (0..20u64).prop_map(Do::Days),
    ]
}

proptest! {
    /// Issue 3: any sequence of plan changes, uses and expiries keeps used ≤ granted and never charges a plan by date.
    #[test]
    fn whatever_happens_used_never_exceeds_granted_and_a_date_is_never_charged(
        acts in prop::collection::vec(any_act(), 1..60)
    ) {
        let mut licence = licence(1, Plan::FREE_QUANTITY, 5, None);
        let mut today = today();
        let mut sum = 5i64;
        let mut ended: Vec<terms::Term> = Vec::new();
        for act in acts {
            let step = match act {
                Do::Days(n) => { today = today + Days::new(n); continue; }
                Do::Use(n) => {
                    match pay(std::slice::from_ref(&licence), n, today) {
                        Ok(Payment::Date { until, .. }) => {
                            prop_assert!(licence.plan.is_dated() && until >= today);
                            prop_assert_eq!((licence.granted, licence.used), (0, 0));
                        }
                        Ok(Payment::Credits { takes, remaining }) => {
                            prop_assert!(!licence.plan.is_dated());
                            licence.used += takes.iter().map(|t| t.amount).sum::<u32>();
                            sum -= i64::from(n);
                            prop_assert_eq!(licence.remaining(), remaining);
                        }
                        Err(denials) => prop_assert_eq!(denials.len(), 1),
                    }
                    prop_assert!(licence.used <= licence.granted);
                    continue;
                }
                Do::Change(plan, credits, ahead) => {
                    licence.clone().change(plan, credits, ahead.map(|n| today + chrono::TimeDelta::days(n)), 30, today)
                }
                Do::Credit(n) => licence.clone().credit(n),
                Do::Until(ahead) => licence.clone().until(today + chrono::TimeDelta::days(ahead), today),
                Do::Block => licence.clone().block("motivo", now()),
                Do::Unblock => licence.clone().unblock("motivo"),
            };
            if let Ok(step) = step {
                sum += step.delta;
                ended.extend(step.term);
                licence = step.after;
            }
            prop_assert!(licence.used <= licence.granted);
            prop_assert_eq!(i64::from(licence.remaining()), sum);
            prop_assert_eq!(licence.expires_on, terms::end_of(&ended));
            prop_assert_eq!(licence.expires_on.is_some(), licence.plan.is_dated());
            prop_assert!(!licence.plan.is_dated() || licence.granted == 0);
        }
    }
}
