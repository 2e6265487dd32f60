//! Until when sessions last (decision Q10: the day of the grant is day 0, and a date is inclusive to its last second). No I/O.
use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::core::calendar;

/// How many days a grant may last.
pub const DAYS: std::ops::RangeInclusive<u32> = 1..=3650;

/// Until when sessions last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    Never,
    /// So many days after the day on which they are given: 7 given on a Monday end with the next Monday.
    Days(u32),
    /// This is the last day.
    On(NaiveDate),
}

/// Why an expiry cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    #[error("between {} and {} days", DAYS.start(), DAYS.end())]
    Days,
    #[error("the last day is over already")]
    Past,
}

impl Expiry {
    /// The last day for what is given on `day`; `None`: there is none.
    ///
    /// # Errors
    /// A number of days outside of [`DAYS`], or a date before `day`.
    pub fn last_day(self, day: NaiveDate) -> Result<Option<NaiveDate>, Wrong> {
        match self {
            Self::Never => Ok(None),
            Self::Days(days) if !DAYS.contains(&days) => Err(Wrong::Days),
            Self::Days(days) => Ok(day.checked_add_days(Days::new(u64::from(days)))),
            Self::On(last) if last < day => Err(Wrong::Past),
            Self::On(last) => Ok(Some(last)),
        }
    }

    /// The first instant at which sessions given on `day` can no longer be used.
    pub fn ends_at(self, day: NaiveDate, zone: Tz) -> Result<Option<DateTime<Utc>>, Wrong> {
        Ok(self.last_day(day)?.map(|last| calendar::end_of_day(last, zone)))
    }

    /// Of a category: so many days, or never.
    pub fn of_days(days: Option<u32>) -> Self {
        days.map_or(Self::Never, Self::Days)
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Madrid;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    // Requirements 1.10, bug 1: a date text was read as a number of days, 2025 of them.
    #[test]
    fn seven_days_are_seven_days() {
        let end = Expiry::Days(7).ends_at(day("2026-11-18"), Madrid).unwrap().unwrap();
        assert_eq!(end.to_rfc3339(), "2026-11-25T23:00:00+00:00");
    }

    #[test]
    fn a_date_lasts_to_its_last_second_in_the_business_zone() {
        let end = Expiry::On(day("2026-03-31")).ends_at(day("2026-03-31"), Madrid).unwrap().unwrap();
        assert_eq!(end.to_rfc3339(), "2026-03-31T22:00:00+00:00");
        assert_eq!(Expiry::On(day("2026-03-30")).ends_at(day("2026-03-31"), Madrid), Err(Wrong::Past));
    }

    #[test]
    fn days_that_cross_a_clock_change_still_end_at_midnight() {
        let end = Expiry::Days(1).ends_at(day("2026-10-24"), Madrid).unwrap().unwrap();
        assert_eq!(end.to_rfc3339(), "2026-10-25T23:00:00+00:00");
    }

    #[test]
    fn no_days_and_ten_years_are_refused() {
        for days in [0, 3651, 20_250_601] {
            assert_eq!(Expiry::Days(days).last_day(day("2026-11-18")), Err(Wrong::Days));
        }
        assert_eq!(Expiry::Never.last_day(day("2026-11-18")), Ok(None));
    }
}
