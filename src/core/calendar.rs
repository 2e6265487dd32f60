//! Days as people of one time zone count them.
use chrono::{
    DateTime, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Timelike,
    Utc,
};
use chrono_tz::Tz;

/// The instant at which `day` begins in `zone`. Where a clock change skips midnight, the first instant after the gap.
pub fn start_of_day(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    resolve(day.and_time(NaiveTime::MIN), zone)
}

/// The first instant that no longer belongs to `day`. An expiry *date* is inclusive to its last second (decision Q10),
/// so this is the (exclusive) instant at which it bites.
pub fn end_of_day(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    start_of_day(day.checked_add_days(Days::new(1)).unwrap_or(day), zone)
}

/// A day as browsers and files write it, `2026-11-21`, of a year that databases know: 1000 to 9999.
pub fn parse_day(text: &str) -> Option<NaiveDate> {
    let day: NaiveDate = text.trim().parse().ok()?;
    (1000..=9999).contains(&chrono::Datelike::year(&day)).then_some(day)
}

/// The day of `at` on a calendar in `zone`.
pub fn day_of(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// The first instant that belongs to the month of `at` in `zone`.
pub fn start_of_month(at: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
    let day = day_of(at, zone);
    start_of_day(chrono::Datelike::with_day(&day, 1).unwrap_or(day), zone)
}

/// A wall-clock time in `zone` as an instant. An ambiguous hour means its first pass, a skipped one the end of the gap.
pub fn resolve(wall: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    match zone.from_local_datetime(&wall) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.with_timezone(&Utc),
        LocalResult::None => (1..=4)
            .map(|quarters| wall + TimeDelta::minutes(30 * quarters))
            .find_map(|later| zone.from_local_datetime(&later).earliest())
            .map_or_else(|| wall.and_utc(), |at| at.with_timezone(&Utc)),
    }
}

/// A stretch of time in which a zone's clocks keep one distance from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    pub since: DateTime<Utc>,
    /// The first instant after it.
    pub until: DateTime<Utc>,
    /// What is added to UTC, in seconds.
    pub shift: i32,
}

/// The stretches that cover every instant from `first` to `last`, in order: what a database without time zones needs to tell
/// on which day of `zone` something happened.
pub fn stretches(first: DateTime<Utc>, last: DateTime<Utc>, zone: Tz) -> Vec<Stretch> {
    let shift = |at: DateTime<Utc>| zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc();
    let mut found = Vec::new();
    let mut since = first;
    let mut at = first;
    while at <= last {
        let next = (at + TimeDelta::days(1)).min(last + TimeDelta::microseconds(1));
        if shift(next) != shift(at) {
            // Clocks change at whole seconds: halve the day until the two sides are one second apart.
            let (mut before, mut after) = (at, next);
            while after - before > TimeDelta::seconds(1) {
                let middle = before + TimeDelta::seconds((after - before).num_seconds() / 2);
                if shift(middle) == shift(at) { before = middle } else { after = middle }
            }
            let until = after.with_nanosecond(0).unwrap_or(after);
            found.push(Stretch { since, until, shift: shift(at) });
            since = until;
        }
        at = next;
        if next > last {
            break;
        }
    }
    found.push(Stretch { since, until: last + TimeDelta::microseconds(1), shift: shift(last) });
    found
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Madrid;

    use super::*;

    #[test]
    fn a_day_of_a_year_that_no_database_knows_is_no_day() {
        assert_eq!(parse_day(" 2026-11-21 "), NaiveDate::from_ymd_opt(2026, 11, 21));
        for text in
            ["", "21/11/2026", "2026-02-30", "-0001-01-01", "+70000-01-01", "0999-12-31", "+10000-01-01"]
        {
            assert_eq!(parse_day(text), None, "{text}");
        }
        assert!(parse_day("1000-01-01").is_some() && parse_day("9999-12-31").is_some());
    }

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn half_past_midnight_in_madrid_is_that_day_although_utc_still_says_yesterday() {
        let at = utc("2026-07-31T22:30:00Z");
        assert_eq!(day_of(at, Madrid), NaiveDate::from_ymd_opt(2026, 8, 1).unwrap());
        assert_eq!(start_of_month(at, Madrid), utc("2026-07-31T22:00:00Z"));
    }

    #[test]
    fn a_day_ends_where_the_next_begins_on_both_clock_changes() {
        for (day, hours) in [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-21", 24)] {
            let day: NaiveDate = day.parse().unwrap();
            assert_eq!(end_of_day(day, Madrid) - start_of_day(day, Madrid), TimeDelta::hours(hours));
        }
    }

    #[test]
    fn a_skipped_hour_is_the_end_of_the_gap() {
        let wall = NaiveDate::from_ymd_opt(2026, 3, 29).unwrap().and_hms_opt(2, 0, 0).unwrap();
        assert_eq!(resolve(wall, Madrid), utc("2026-03-29T01:00:00Z"));
    }

    #[test]
    fn stretches_tell_every_instant_its_day_over_two_years_of_clock_changes() {
        for zone in [Madrid, chrono_tz::America::Santiago, chrono_tz::Australia::Lord_Howe, chrono_tz::UTC] {
            let (first, last) = (utc("2025-01-01T00:00:00.000007Z"), utc("2026-12-31T23:59:59.999999Z"));
            let stretches = stretches(first, last, zone);
            assert_eq!(stretches.len(), if zone == chrono_tz::UTC { 1 } else { 5 }, "{zone}");
            assert_eq!(
                (stretches[0].since, stretches[stretches.len() - 1].until),
                (first, last + TimeDelta::microseconds(1))
            );
            assert!(stretches.windows(2).all(|pair| pair[0].until == pair[1].since));
            let mut at = first;
            while at <= last {
                let stretch = stretches.iter().find(|s| s.since <= at && at < s.until).unwrap();
                let day = (at + TimeDelta::seconds(i64::from(stretch.shift))).date_naive();
                assert_eq!(day, day_of(at, zone), "{at} {zone}");
                at += TimeDelta::minutes(13);
            }
        }
        let at = utc("2026-11-21T10:00:00Z");
        let one = Stretch { since: at, until: at + TimeDelta::microseconds(1), shift: 3600 };
        assert_eq!(stretches(at, at, Madrid), [one]);
        let change = utc("2026-10-25T01:00:00Z");
        let around = stretches(change - TimeDelta::microseconds(1), change, Madrid);
        assert_eq!((around[0].until, around[0].shift, around[1].shift), (change, 7200, 3600));
    }
}
