//! The report on sessions: what was given, used and lost in a period, compared with as many days before.
//!
//! 1. *Given* is what was ever given, whatever became of it: using it up does not make it less (requirements 1.10, bug 8).
//! 2. *Used* counts uses at their moment. *Expired* counts what was left on its last day, whether or not anyone wrote it off.
//! 3. *People* were given something in the period. *Conversion*: of those whose first use of a free session lies in the period,
//!    how many bought after it, and were not refunded.
//! 4. The *wait* is the time from the giving to the use, the mean over all uses.
pub mod admin;
pub mod export;
pub mod form;
pub mod period;
pub mod store;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use sqlx::MySqlConnection;

use self::{
    period::{Grain, Period},
    store::{Ask, Conversion, Sum},
};
use crate::{
    core::ids::CategoryId,
    db::DbError,
    sessions::{Kind, domain::Category, store as sessions, store::EntryKind},
};

pub use admin::routes;

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    pub period: Period,
    /// Whether there is anything before to compare with.
    pub compares: bool,
    pub grain: Grain,
    pub kind: Option<Kind>,
    pub category: Option<CategoryId>,
}

/// Counts of a period, or of a part of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Sessions given free of charge.
    pub free: u64,
    pub bought: u64,
    /// Sessions used.
    pub used: u64,
    pub expired: u64,
    /// Rows of the ledger that use something, and the seconds that all of them had waited together.
    pub uses: u64,
    pub waited: u64,
}

impl Counts {
    pub fn given(&self) -> u64 {
        self.free + self.bought
    }

    /// Seconds from the giving to the use, rounded down.
    pub fn wait(&self) -> Option<u64> {
        self.waited.checked_div(self.uses)
    }
}

/// Sums as they come, where single rows may be negative.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    free: i64,
    bought: i64,
    used: i64,
    expired: i64,
    uses: i64,
    waited: i64,
}

impl Tally {
    fn add(&mut self, sum: &Sum) {
        match (sum.entry, sum.kind) {
            (EntryKind::Grant, Kind::Free) => self.free += sum.sessions,
            (EntryKind::Grant, Kind::Purchased) => self.bought += sum.sessions,
            (EntryKind::Consume, _) => {
                self.used -= sum.sessions;
                self.uses += sum.entries;
                self.waited += sum.wait_seconds;
            }
            (EntryKind::Expire, _) => self.expired -= sum.sessions,
            _ => {}
        }
    }

    fn counts(self) -> Counts {
        let n = |n: i64| u64::try_from(n).unwrap_or(0);
        Counts {
            free: n(self.free),
            bought: n(self.bought),
            used: n(self.used),
            expired: n(self.expired),
            uses: n(self.uses),
            waited: n(self.waited),
        }
    }
}

/// Everything that is said of one period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    pub counts: Counts,
    pub people: u64,
    pub conversion: Conversion,
}

impl Figures {
    /// Per cent of those who used their first free session.
    pub fn rate(&self) -> Option<Decimal> {
        share(self.conversion.bought, self.conversion.used)
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Per cent, with one digit after the point. `None` of nothing.
pub fn share(part: u64, whole: u64) -> Option<Decimal> {
    let share = (Decimal::ONE_HUNDRED * Decimal::from(part)).checked_div(Decimal::from(whole))?;
    Some(share.round_dp_with_strategy(1, rust_decimal::RoundingStrategy::MidpointAwayFromZero))
}

/// A step of the trend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    pub period: Period,
    pub counts: Counts,
}

/// What happened under a category; `None`: what was bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub category: Option<Category>,
    pub counts: Counts,
}

/// The report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub scope: Scope,
    pub now: Figures,
    pub before: Option<Figures>,
    pub steps: Vec<Step>,
    /// Those with anything to say, in the order of the categories, what was bought at the end.
    pub parts: Vec<Part>,
}

impl Report {
    /// Reads everything that a report says.
    pub async fn load(
        conn: &mut MySqlConnection,
        scope: Scope,
        zone: Tz,
        now: DateTime<Utc>,
    ) -> Result<Self, DbError> {
        let before = scope.compares.then(|| scope.period.before());
        let Scope { period, grain, kind, category, .. } = scope;
        let ask = Ask { period, before, grain, kind, category, zone, now };
        let sums = store::sums(conn, &ask).await?;
        let [people, people_before] = store::people(conn, &ask).await?;
        let conversion = store::conversion(conn, &period, zone).await?;
        let figures_before = match &before {
            Some(before) => {
                let conversion = store::conversion(conn, before, zone).await?;
                let counts = tally(sums.iter().filter(|sum| before.contains(sum.day)));
                Some(Figures { counts, people: people_before, conversion })
            }
            None => None,
        };
        let categories = sessions::categories::list(conn).await?;
        let within: Vec<&Sum> = sums.iter().filter(|sum| period.contains(sum.day)).collect();
        let counts = tally(within.iter().copied());
        Ok(Self {
            scope,
            now: Figures { counts, people, conversion },
            before: figures_before,
            steps: steps(period, grain, &within),
            parts: parts(categories, &within),
        })
    }
}

fn tally<'a>(sums: impl IntoIterator<Item = &'a Sum>) -> Counts {
    let mut tally = Tally::default();
    for sum in sums {
        tally.add(sum);
    }
    tally.counts()
}

/// Every step of the period, whether or not anything happened in it.
fn steps(period: Period, grain: Grain, sums: &[&Sum]) -> Vec<Step> {
    let steps = grain.steps(&period);
    let mut tallies = vec![Tally::default(); steps.len()];
    for sum in sums {
        let at = steps.partition_point(|step| step.to < sum.day);
        if let Some(tally) = tallies.get_mut(at) {
            tally.add(sum);
        }
    }
    steps.into_iter().zip(tallies).map(|(period, tally)| Step { period, counts: tally.counts() }).collect()
}

fn parts(categories: Vec<Category>, sums: &[&Sum]) -> Vec<Part> {
    let of = |kind, id: Option<CategoryId>| {
        tally(sums.iter().copied().filter(move |sum| sum.kind == kind && sum.category == id))
    };
    let bought = Part { category: None, counts: of(Kind::Purchased, None) };
    categories
        .into_iter()
        .map(|category| Part { counts: of(Kind::Free, Some(category.id)), category: Some(category) })
        .chain([bought])
        .filter(|part| part.counts != Counts::default())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(day: &str, kind: Kind, entry: EntryKind, sessions: i64) -> Sum {
        let category = (kind == Kind::Free).then_some(CategoryId(1));
        Sum { day: day.parse().unwrap(), kind, category, entry, entries: 1, sessions, wait_seconds: 60 }
    }

    #[test]
    fn what_was_bought_is_told_apart_from_what_was_free_and_a_later_expiry_takes_the_first_one_off() {
        let sums = [
            sum("2026-11-01", Kind::Free, EntryKind::Grant, 3),
            sum("2026-11-02", Kind::Purchased, EntryKind::Grant, 5),
            sum("2026-11-03", Kind::Free, EntryKind::Consume, -1),
            sum("2026-11-04", Kind::Free, EntryKind::Expire, -2),
            sum("2026-11-04", Kind::Free, EntryKind::Expire, 2),
        ];
        let counts = tally(&sums);
        assert_eq!((counts.free, counts.bought, counts.used, counts.expired), (3, 5, 1, 0));
        assert_eq!((counts.given(), counts.wait()), (8, Some(60)));
        assert_eq!(Counts::default().wait(), None);
    }

    #[test]
    fn a_step_without_anything_is_a_zero_and_not_a_gap() {
        let period = Period { from: "2026-11-01".parse().unwrap(), to: "2026-11-04".parse().unwrap() };
        let one = sum("2026-11-03", Kind::Free, EntryKind::Consume, -1);
        let used: Vec<u64> = steps(period, Grain::Day, &[&one]).iter().map(|step| step.counts.used).collect();
        assert_eq!(used, [0, 0, 1, 0]);
    }

    #[test]
    fn a_share_of_nothing_is_no_share() {
        assert_eq!(share(1, 3), Some(Decimal::new(333, 1)));
        assert_eq!(share(0, 3), Some(Decimal::ZERO));
        assert_eq!(share(0, 0), None);
    }
}
