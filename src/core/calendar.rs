//! Days as people of one time zone count them.
use chrono::{DateTime, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
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

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Madrid;

    use super::*;

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
}
