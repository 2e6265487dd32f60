//! Days that a report is about, the days it is compared with, and the steps of its trend. No I/O.
use chrono::{Datelike, Days, Months, NaiveDate};

/// Longest period, in days: twenty years.
pub const MOST_DAYS: i64 = 7_306;

/// Days of the business zone, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

impl Period {
    /// How many days.
    pub fn days(&self) -> i64 {
        (self.to - self.from).num_days() + 1
    }

    /// As many days, right before.
    #[must_use]
    pub fn before(&self) -> Self {
        let days = Days::new(self.days().unsigned_abs());
        let back = |day: NaiveDate| day.checked_sub_days(days).unwrap_or(day);
        Self { from: back(self.from), to: back(self.to) }
    }

    pub fn contains(&self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.to
    }
}

/// A period that has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    Week,
    ThirtyDays,
    Month,
    LastMonth,
    Year,
    All,
}

impl Preset {
    pub const ALL: [Self; 6] =
        [Self::Week, Self::ThirtyDays, Self::Month, Self::LastMonth, Self::Year, Self::All];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Week => "7d",
            Self::ThirtyDays => "30d",
            Self::Month => "month",
            Self::LastMonth => "last-month",
            Self::Year => "year",
            Self::All => "all",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.as_str() == text)
    }

    /// Its days on `today`; `first` is the day of the first row of the ledger.
    pub fn period(self, today: NaiveDate, first: NaiveDate) -> Period {
        let ago = |days| today.checked_sub_days(Days::new(days)).unwrap_or(today);
        let month = today.with_day(1).unwrap_or(today);
        match self {
            Self::Week => Period { from: ago(6), to: today },
            Self::ThirtyDays => Period { from: ago(29), to: today },
            Self::Month => Period { from: month, to: today },
            Self::LastMonth => Period {
                from: month.checked_sub_months(Months::new(1)).unwrap_or(month),
                to: month.pred_opt().unwrap_or(month),
            },
            Self::Year => Period { from: today.with_ordinal(1).unwrap_or(today), to: today },
            Self::All => {
                let most = ago(MOST_DAYS.unsigned_abs() - 1);
                Period { from: first.clamp(most, today), to: today }
            }
        }
    }
}

/// How long one step of the trend is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    Day,
    /// From Monday on.
    Week,
    Month,
}

impl Grain {
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grain| grain.as_str() == text)
    }

    /// The one that shows a period best.
    pub fn of(period: &Period) -> Self {
        match period.days() {
            ..=45 => Self::Day,
            46..=182 => Self::Week,
            _ => Self::Month,
        }
    }

    /// Whether a trend of these steps can be read: neither a single point nor a thicket.
    pub fn fits(self, period: &Period) -> bool {
        match self {
            Self::Day => period.days() <= 366,
            Self::Week => (14..=1_830).contains(&period.days()),
            Self::Month => period.days() > 45,
        }
    }

    /// The first day of the step that `day` is in.
    pub fn start(self, day: NaiveDate) -> NaiveDate {
        match self {
            Self::Day => day,
            Self::Week => day
                .checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday())))
                .unwrap_or(day),
            Self::Month => day.with_day(1).unwrap_or(day),
        }
    }

    fn next(self, start: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => start.succ_opt(),
            Self::Week => start.checked_add_days(Days::new(7)),
            Self::Month => start.checked_add_months(Months::new(1)),
        }
    }

    /// The steps of a period, in order and without a gap; the first and the last end where the period does.
    pub fn steps(self, period: &Period) -> Vec<Period> {
        let mut steps = Vec::new();
        let mut start = self.start(period.from);
        while start <= period.to {
            let Some(next) = self.next(start) else { break };
            let end = next.pred_opt().unwrap_or(next);
            steps.push(Period { from: start.max(period.from), to: end.min(period.to) });
            start = next;
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn period(from: &str, to: &str) -> Period {
        Period { from: day(from), to: day(to) }
    }

    #[test]
    fn every_preset_ends_today_but_last_month() {
        let (today, first) = (day("2026-03-31"), day("2024-05-06"));
        let of = |preset: Preset| preset.period(today, first);
        assert_eq!(of(Preset::Week), period("2026-03-25", "2026-03-31"));
        assert_eq!(of(Preset::ThirtyDays), period("2026-03-02", "2026-03-31"));
        assert_eq!(of(Preset::Month), period("2026-03-01", "2026-03-31"));
        assert_eq!(of(Preset::LastMonth), period("2026-02-01", "2026-02-28"));
        assert_eq!(of(Preset::Year), period("2026-01-01", "2026-03-31"));
        assert_eq!(of(Preset::All), period("2024-05-06", "2026-03-31"));
        assert_eq!(Preset::All.period(today, day("1970-01-01")).days(), MOST_DAYS);
        assert_eq!(Preset::All.period(today, day("2026-04-02")), period("2026-03-31", "2026-03-31"));
    }

    #[test]
    fn the_period_before_is_as_long_and_touches() {
        let march = period("2026-03-01", "2026-03-31");
        assert_eq!(march.before(), period("2026-01-29", "2026-02-28"));
        assert_eq!(march.before().days(), march.days());
    }

    #[test]
    fn steps_cover_every_day_once() {
        let whole = period("2026-02-26", "2026-05-03");
        for grain in Grain::ALL {
            let steps = grain.steps(&whole);
            assert_eq!((steps[0].from, steps[steps.len() - 1].to), (whole.from, whole.to), "{grain:?}");
            assert!(steps.windows(2).all(|pair| pair[0].to.succ_opt() == Some(pair[1].from)));
            assert_eq!(steps.iter().map(Period::days).sum::<i64>(), whole.days());
        }
        let weeks = Grain::Week.steps(&whole);
        assert_eq!(
            (weeks[0], weeks[1]),
            (period("2026-02-26", "2026-03-01"), period("2026-03-02", "2026-03-08"))
        );
        assert_eq!(Grain::Month.steps(&whole)[1], period("2026-03-01", "2026-03-31"));
    }

    #[test]
    fn the_length_chooses_the_steps() {
        let of = |days: u64| {
            let from = day("2026-01-01");
            Grain::of(&Period { from, to: from + Days::new(days - 1) })
        };
        assert_eq!(
            [of(1), of(45), of(46), of(182), of(183)],
            [Grain::Day, Grain::Day, Grain::Week, Grain::Week, Grain::Month]
        );
        for days in [1_u64, 45, 46, 182, 183, 7_000] {
            let from = day("2007-01-01");
            let whole = Period { from, to: from + Days::new(days - 1) };
            assert!(Grain::of(&whole).fits(&whole), "{days}");
        }
    }
}
