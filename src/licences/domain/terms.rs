//! What the last day of a licence by date is made of: days that were set, and spans that were bought. No I/O.
//!
//! Taking one span back shifts the end by exactly that span, whatever was bought after it (acceptance 9). Months keep the day they
//! began on: 31 January, 28 February, 31 March.
use chrono::{Days, Months, NaiveDate};

/// Longest span, in months; also the most that one order line can buy.
pub const MOST_MONTHS: u32 = 120;
/// Longest span, in days.
pub const MOST_DAYS: u32 = 3650;

/// The last day that calendars and columns know.
const LAST: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// A length of time: months, then days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    pub months: u32,
    pub days: u32,
}

/// From where on a renewal counts (acceptance M11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Renewal {
    /// From the end, even one that is past.
    FromExpiry,
    /// From the day it is paid.
    FromNow,
    /// From the end while the licence lasts, from the day it is paid once it is over: no day is lost, and none is charged twice.
    FromNowIfExpired,
}

impl Renewal {
    pub const ALL: [Self; 3] = [Self::FromNowIfExpired, Self::FromExpiry, Self::FromNow];

    /// The word in columns and forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FromExpiry => "from_expiry",
            Self::FromNow => "from_now",
            Self::FromNowIfExpired => "from_now_if_expired",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|renewal| renewal.as_str() == text)
    }

    /// Where a span that is paid on `day` begins: `None` where it continues.
    pub fn begins(self, end: Option<NaiveDate>, day: NaiveDate) -> Option<NaiveDate> {
        match (self, end) {
            (Self::FromExpiry, Some(_)) => None,
            (Self::FromNowIfExpired, Some(end)) if end >= day => None,
            _ => Some(day),
        }
    }
}

/// One thing that moved the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// An admin said: until this day.
    Set(NaiveDate),
    /// A span that was bought, counted from `begins`, or from the end as it was.
    Span { begins: Option<NaiveDate>, span: Span, is_reversed: bool },
    /// The licence stopped being one by date: what came before no longer counts.
    Clear,
}

/// Spans counted from one day, so that months keep their day.
struct Stretch {
    from: NaiveDate,
    span: Span,
    /// Set by hand: it is an end even with no span in it.
    is_set: bool,
}

/// The last day that all of this makes, in the order in which it happened. `None`: there is none.
pub fn end_of(terms: &[Term]) -> Option<NaiveDate> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for term in terms {
        match *term {
            Term::Clear => stretches.clear(),
            Term::Set(day) => stretches.push(Stretch { from: day, span: Span::default(), is_set: true }),
            Term::Span { begins, span, is_reversed } => {
                if let Some(day) = begins {
                    stretches.push(Stretch { from: day, span: Span::default(), is_set: false });
                }
                if let (false, Some(last)) = (is_reversed, stretches.last_mut()) {
                    last.span.months += span.months;
                    last.span.days += span.days;
                }
            }
        }
    }
    stretches.iter().rev().find(|s| s.is_set || s.span != Span::default()).map(Stretch::end)
}

impl Stretch {
    fn end(&self) -> NaiveDate {
        self.from
            .checked_add_months(Months::new(self.span.months))
            .and_then(|day| day.checked_add_days(Days::new(u64::from(self.span.days))))
            .filter(|day| *day <= LAST)
            .unwrap_or(LAST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }
    fn month(begins: Option<&str>) -> Term {
        Term::Span { begins: begins.map(day), span: Span { months: 1, days: 0 }, is_reversed: false }
    }
    fn reversed(term: Term) -> Term {
        match term {
            Term::Span { begins, span, .. } => Term::Span { begins, span, is_reversed: true },
            other => other,
        }
    }

    #[test]
    fn months_keep_the_day_they_began_on() {
        let begun = month(Some("2026-01-31"));
        assert_eq!(end_of(&[begun]), Some(day("2026-02-28")));
        assert_eq!(end_of(&[begun, month(None)]), Some(day("2026-03-31")));
        assert_eq!(end_of(&[begun, month(None), month(None)]), Some(day("2026-04-30")));
    }

    #[test]
    fn a_renewal_taken_back_shifts_the_end_by_exactly_that_renewal() {
        let terms = [month(Some("2026-01-15")), month(None), month(None)];
        assert_eq!(end_of(&terms), Some(day("2026-04-15")));
        assert_eq!(end_of(&[terms[0], reversed(terms[1]), terms[2]]), Some(day("2026-03-15")));
        assert_eq!(end_of(&[reversed(terms[0]), terms[1], terms[2]]), Some(day("2026-03-15")));
        assert_eq!(end_of(&terms.map(reversed)), None);
    }

    #[test]
    fn what_began_anew_and_was_taken_back_leaves_the_end_before_it() {
        let terms = [month(Some("2026-01-15")), month(Some("2026-06-01")), month(None)];
        assert_eq!(end_of(&terms), Some(day("2026-08-01")));
        assert_eq!(end_of(&[terms[0], reversed(terms[1]), terms[2]]), Some(day("2026-07-01")));
        assert_eq!(end_of(&[terms[0], reversed(terms[1]), reversed(terms[2])]), Some(day("2026-02-15")));
    }

    #[test]
    fn a_day_set_by_hand_stands_whatever_is_taken_back_from_before_it() {
        let terms = [month(Some("2026-01-15")), Term::Set(day("2026-12-31")), month(None)];
        assert_eq!(end_of(&terms), Some(day("2027-01-31")));
        assert_eq!(end_of(&[reversed(terms[0]), terms[1], terms[2]]), Some(day("2027-01-31")));
        assert_eq!(end_of(&[terms[0], terms[1], reversed(terms[2])]), Some(day("2026-12-31")));
        assert_eq!(end_of(&[terms[0], terms[1], Term::Clear]), None);
    }

    #[test]
    fn a_renewal_counts_from_where_the_policy_says() {
        let (today, past, future) = (day("2026-11-21"), Some(day("2026-11-20")), Some(day("2026-11-21")));
        let table = [
            (Renewal::FromExpiry, past, None),
            (Renewal::FromExpiry, None, Some(today)),
            (Renewal::FromNow, future, Some(today)),
            (Renewal::FromNowIfExpired, past, Some(today)),
            (Renewal::FromNowIfExpired, future, None),
            (Renewal::FromNowIfExpired, None, Some(today)),
        ];
        for (renewal, end, begins) in table {
            assert_eq!(renewal.begins(end, today), begins, "{renewal:?} {end:?}");
            assert_eq!(Renewal::parse(renewal.as_str()), Some(renewal));
        }
    }
}
