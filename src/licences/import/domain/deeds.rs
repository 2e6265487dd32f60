//! What a row does to the licences of its person. No I/O.
use chrono::{DateTime, Utc};

use super::{Prospect, Values};
use crate::{
    core::ids::{AccountId, LicenceId},
    licences::domain::{Act, Licence, Refusal, Step, terms::Term},
};

/// What a row does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// The person gets a licence.
    Give,
    /// This licence is set to what the row says.
    Set(LicenceId),
    /// This licence says that already.
    Nothing(LicenceId),
}

impl Deed {
    pub fn prospect(self) -> Prospect {
        match self {
            Self::Give => Prospect::Give,
            Self::Set(_) => Prospect::Change,
            Self::Nothing(_) => Prospect::Same,
        }
    }
}

impl Values {
    /// Whether a licence is one that this row is about.
    fn is_about(&self, licence: &Licence) -> bool {
        licence.feature == self.feature && licence.plan == self.plan
    }

    /// Whether it has the row's credits, or its last day.
    fn limits_hold(&self, licence: &Licence) -> bool {
        if self.plan.is_dated() {
            licence.expires_on == self.expires_on
        } else {
            licence.remaining() == self.credits
        }
    }

    fn holds(&self, licence: &Licence) -> bool {
        self.limits_hold(licence) && self.is_blocked.is_none_or(|is| is == licence.blocked.is_some())
    }

    /// What the row does, where the person has these licences: of several that it is about, one that says what it says, else the
    /// newest.
    pub fn deed(&self, own: &[Licence]) -> Deed {
        let about = || own.iter().filter(|licence| self.is_about(licence));
        if let Some(same) = about().filter(|licence| self.holds(licence)).max_by_key(|l| l.id) {
            return Deed::Nothing(same.id);
        }
        about().max_by_key(|l| l.id).map_or(Deed::Give, |licence| Deed::Set(licence.id))
    }

    /// The licence that the row gives: with its own last day, over or not, where a form would count one.
    pub fn make(&self, account: AccountId, now: DateTime<Utc>) -> Step {
        let after = Licence {
            id: LicenceId(0),
            account,
            feature: self.feature.clone(),
            plan: self.plan,
            granted: self.credits,
            used: 0,
            held: 0,
            owed: 0,
            expires_on: self.expires_on,
            blocked: None,
            note: String::new(),
            created_at: now,
            version: 1,
        };
        let term = self.expires_on.map(Term::Set);
        Step { after, act: Act::Create, amount: self.credits, delta: i64::from(self.credits), term }
    }

    /// Sets a licence to the row's credits, or its last day. `None`: it has them.
    ///
    /// What is owed is given on top and paid at once, so that what the row says is what is left, however often it is said.
    pub fn limit(&self, licence: &Licence) -> Result<Option<Step>, Refusal> {
        let pays = licence.owed > 0 && licence.available() > 0;
        if self.limits_hold(licence) && !pays {
            return Ok(None);
        }
        let mut after = licence.clone();
        if !self.plan.is_dated() {
            if self.credits < licence.held {
                return Err(Refusal::Held { held: licence.held });
            }
            let amount = self.credits.checked_add(licence.owed).ok_or(Refusal::Credits)?;
            after.granted = licence.used.checked_add(amount).ok_or(Refusal::Credits)?;
            let delta = i64::from(amount) - i64::from(licence.remaining());
            return Ok(Some(Step { after, act: Act::Change, amount, delta, term: None }));
        }
        after.expires_on = self.expires_on;
        let term = self.expires_on.map(Term::Set);
        Ok(Some(Step { after, act: Act::Extend, amount: 0, delta: 0, term }))
    }

    /// Blocks or unblocks a licence, where the row says so and it is otherwise.
    pub fn bar(&self, licence: &Licence, reason: &str, now: DateTime<Utc>) -> Result<Option<Step>, Refusal> {
        match (self.is_blocked, licence.blocked.is_some()) {
            (Some(true), false) => licence.clone().block(reason, now).map(Some),
            (Some(false), true) => licence.clone().unblock(reason).map(Some),
            _ => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::{core::feature::FeatureCode, licences::domain::Plan};

    fn now() -> DateTime<Utc> {
        "2026-11-18T11:00:00Z".parse().unwrap()
    }
    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }
    fn values(plan: Plan, credits: u32, until: Option<&str>) -> Values {
        let feature = FeatureCode::parse("catalogue").unwrap();
        Values { feature, plan, credits, expires_on: until.map(day), is_blocked: None }
    }
    fn licence(id: u64, values: &Values) -> Licence {
        Licence { id: LicenceId(id), ..values.make(AccountId(7), now()).after }
    }

    #[test]
    fn the_licence_with_the_same_feature_and_plan_is_set_and_others_are_left_alone() {
        let wanted = values(Plan::PAID_QUANTITY, 5, None);
        let free = licence(1, &values(Plan::FREE_QUANTITY, 5, None));
        let other = Licence { feature: FeatureCode::parse("session").unwrap(), ..licence(2, &wanted) };
        assert_eq!(wanted.deed(&[free.clone(), other.clone()]), Deed::Give);
        let (old, new) = (
            licence(3, &values(Plan::PAID_QUANTITY, 1, None)),
            licence(4, &values(Plan::PAID_QUANTITY, 2, None)),
        );
        assert_eq!(wanted.deed(&[free, old.clone(), new.clone(), other]), Deed::Set(LicenceId(4)));
        assert_eq!(wanted.deed(&[licence(3, &wanted), new]), Deed::Nothing(LicenceId(3)));
    }

    #[test]
    fn what_is_left_becomes_what_the_row_says_and_what_was_used_stays_used() {
        let wanted = values(Plan::PAID_QUANTITY, 5, None);
        let used = Licence { granted: 9, used: 7, ..licence(1, &wanted) };
        let step = wanted.limit(&used).unwrap().unwrap();
        assert_eq!((step.after.remaining(), step.after.used, step.delta), (5, 7, 3));
        assert_eq!(wanted.limit(&step.after), Ok(None));
        let held = Licence { held: 6, granted: 15, used: 7, ..licence(1, &wanted) };
        assert_eq!(wanted.limit(&held), Err(Refusal::Held { held: 6 }));
    }

    #[test]
    fn what_is_owed_is_paid_on_top_so_that_the_same_row_changes_nothing_twice() {
        let wanted = values(Plan::PAID_QUANTITY, 5, None);
        let empty = Licence { granted: 9, used: 9, owed: 8, ..licence(1, &wanted) };
        let step = wanted.limit(&empty).unwrap().unwrap();
        assert_eq!((step.delta, step.amount, step.after.owed), (13, 13, 8));
        let settled = step.after.settle().unwrap();
        assert_eq!((settled.delta, settled.after.remaining(), settled.after.owed), (-8, 5, 0));
        assert_eq!(wanted.deed(std::slice::from_ref(&settled.after)), Deed::Nothing(LicenceId(1)));
        // Whatever is held pays nothing: the rest of the row stands, and the debt with it.
        let held = Licence { granted: 5, used: 0, held: 5, owed: 3, ..licence(1, &wanted) };
        assert_eq!(wanted.limit(&held), Ok(None));
        // A hold was let go since: before anything else is written, which would pay, the debt is paid on top.
        let free = Licence { held: 0, ..held };
        let settled = wanted.limit(&free).unwrap().unwrap().after.settle().unwrap();
        assert_eq!((settled.after.remaining(), settled.after.owed), (5, 0));
    }

    #[test]
    fn a_last_day_is_taken_as_it_stands_even_one_that_is_over_and_of_a_free_licence() {
        for plan in [Plan::FREE_DATE, Plan::PAID_DATE] {
            let wanted = values(plan, 0, Some("2024-02-29"));
            let step = wanted.make(AccountId(7), now());
            assert_eq!(
                (step.after.expires_on, step.term),
                (Some(day("2024-02-29")), Some(Term::Set(day("2024-02-29"))))
            );
            let undated = Licence { expires_on: None, ..step.after };
            let step = wanted.limit(&undated).unwrap().unwrap();
            assert_eq!((step.after.expires_on, step.act), (Some(day("2024-02-29")), Act::Extend));
        }
    }

    #[test]
    fn a_row_blocks_only_if_it_says_so() {
        let mut wanted = values(Plan::FREE_QUANTITY, 5, None);
        let licence = licence(1, &wanted);
        assert_eq!(wanted.bar(&licence, "x", now()), Ok(None));
        wanted.is_blocked = Some(true);
        assert_eq!(wanted.deed(std::slice::from_ref(&licence)), Deed::Set(LicenceId(1)));
        let blocked = wanted.bar(&licence, "x", now()).unwrap().unwrap().after;
        assert!(blocked.blocked.is_some());
        wanted.is_blocked = Some(false);
        assert_eq!(wanted.bar(&blocked, "x", now()).unwrap().unwrap().act, Act::Unblock);
    }
}
