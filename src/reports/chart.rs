//! Sessions used per day: filled up with zeros, summed by week, and drawn as lines. No I/O.
use chrono::{Days, NaiveDate};

use super::sessions::store::Sum;
use crate::sessions::{Kind, store::EntryKind};

/// Days before today that are shown: four weeks.
pub const BEFORE: u64 = 28;
/// Height and width of the drawing.
const HEIGHT: u64 = 200;
const WIDTH: u64 = 1000;
/// Lines across it, above the lowest.
const STEPS: u64 = 4;

/// Sessions used on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    pub day: NaiveDate,
    pub purchased: u64,
    pub free: u64,
}

impl Day {
    pub fn all(&self) -> u64 {
        self.purchased + self.free
    }
}

/// Every day from `first` to `last`, whether or not anything was used.
pub fn fill(first: NaiveDate, last: NaiveDate, sums: &[Sum]) -> Vec<Day> {
    let mut days: Vec<Day> = first
        .iter_days()
        .take_while(|day| *day <= last)
        .map(|day| Day { day, purchased: 0, free: 0 })
        .collect();
    for sum in sums.iter().filter(|sum| sum.entry == EntryKind::Consume) {
        if let Some(found) = days.iter_mut().find(|found| found.day == sum.day) {
            match sum.kind {
                Kind::Purchased => found.purchased += sum.sessions.unsigned_abs(),
                Kind::Free => found.free += sum.sessions.unsigned_abs(),
            }
        }
    }
    days
}

/// A week of the table, or what has begun of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub purchased: u64,
    pub free: u64,
}

/// Sums by seven days, from the first on.
pub fn weeks(days: &[Day]) -> Vec<Week> {
    days.chunks(7)
        .filter_map(|week| {
            Some(Week {
                from: week.first()?.day,
                to: week.last()?.day,
                purchased: week.iter().map(|day| day.purchased).sum(),
                free: week.iter().map(|day| day.free).sum(),
            })
        })
        .collect()
}

/// Sessions used on the last seven days, and on the seven before.
pub fn last_weeks(days: &[Day]) -> (u64, u64) {
    let sum = |days: &[Day]| days.iter().map(Day::all).sum();
    let last = days.len().saturating_sub(7);
    let before = last.saturating_sub(7);
    (sum(&days[last..]), sum(&days[before..last]))
}

/// The first day shown on `today`.
pub fn first_day(today: NaiveDate) -> NaiveDate {
    today.checked_sub_days(Days::new(BEFORE)).unwrap_or(today)
}

/// The chart: what its axes say and the points of its lines, in a box of 1000 × 200.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    pub days: Vec<Day>,
    /// From the top down, to 0.
    pub scale: Vec<u64>,
    pub purchased: String,
    pub free: String,
}

impl Chart {
    pub fn new(days: Vec<Day>) -> Self {
        let scale = scale(days.iter().map(|day| day.purchased.max(day.free)).max().unwrap_or(0));
        let top = scale.first().copied().unwrap_or(1);
        let drawn = |of: fn(&Day) -> u64| line(&days.iter().map(of).collect::<Vec<_>>(), top);
        Self { purchased: drawn(|day| day.purchased), free: drawn(|day| day.free), scale, days }
    }

    pub fn total_purchased(&self) -> u64 {
        self.days.iter().map(|day| day.purchased).sum()
    }
    pub fn total_free(&self) -> u64 {
        self.days.iter().map(|day| day.free).sum()
    }
    pub fn is_empty(&self) -> bool {
        self.days.iter().all(|day| day.all() == 0)
    }
    /// The days named under the chart: one a week.
    pub fn ticks(&self) -> Vec<NaiveDate> {
        self.days.iter().step_by(7).map(|day| day.day).collect()
    }
}

/// What the axis says, from the top down to 0, so that `most` fits.
pub fn scale(most: u64) -> Vec<u64> {
    let step = step(most);
    (0..=STEPS).rev().map(|n| n * step).collect()
}

/// The points of a line through `values`, `top` being the upper edge.
pub fn line(values: &[u64], top: u64) -> String {
    let spaces = u64::try_from(values.len()).unwrap_or(u64::MAX).saturating_sub(1).max(1);
    (0..)
        .zip(values)
        .map(|(at, value): (u64, _)| {
            let x = (at * WIDTH + spaces / 2) / spaces;
            let y = HEIGHT - (value * HEIGHT + top / 2) / top;
            format!("{x},{y}")
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Which of `points` are named under the chart: the first, the last, and those between them at even distances.
pub fn ticks(points: usize, most: usize) -> Vec<usize> {
    let named = points.min(most);
    match named {
        0 => Vec::new(),
        1 => vec![0],
        _ => (0..named).map(|n| (n * (points - 1) + (named - 1) / 2) / (named - 1)).collect(),
    }
}

/// The smallest round step with which four of them reach `most`.
fn step(most: u64) -> u64 {
    const ROUND: [u64; 12] = [10, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90, 100];
    let least = most.div_ceil(STEPS).max(1);
    if least <= 10 {
        return least;
    }
    let mut tens = 1;
    loop {
        if let Some(round) = ROUND.iter().map(|round| round * tens).find(|round| *round >= least) {
            return round;
        }
        tens *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn used(on: &str, kind: Kind, n: i64) -> Sum {
        let entry = EntryKind::Consume;
        Sum { day: day(on), kind, category: None, entry, entries: n, sessions: -n, wait_seconds: 0 }
    }

    #[test]
    fn days_without_use_are_zeros_and_several_sums_of_a_day_are_one() {
        let given = Sum { entry: EntryKind::Grant, ..used("2026-10-24", Kind::Free, -9) };
        let sums = [
            used("2026-10-24", Kind::Purchased, 2),
            used("2026-10-25", Kind::Free, 3),
            used("2026-10-25", Kind::Free, 4),
            used("2026-10-26", Kind::Purchased, 1),
            given,
        ];
        let days = fill(day("2026-10-23"), day("2026-10-27"), &sums);
        let seen: Vec<_> = days.iter().map(|d| (d.purchased, d.free)).collect();
        assert_eq!(seen, [(0, 0), (2, 0), (0, 7), (1, 0), (0, 0)]);
    }

    #[test]
    fn four_weeks_and_today_make_five_rows_that_add_up() {
        let today = day("2026-11-18");
        let mut days = fill(first_day(today), today, &[]);
        assert_eq!((days.len(), days[0].day), (29, day("2026-10-21")));
        for (n, day) in (0..).zip(&mut days) {
            day.purchased = n;
            day.free = 1;
        }
        let weeks = weeks(&days);
        assert_eq!(weeks.len(), 5);
        assert_eq!((weeks[0].from, weeks[0].to), (day("2026-10-21"), day("2026-10-27")));
        assert_eq!((weeks[4].from, weeks[4].to), (today, today));
        assert_eq!((weeks[0].purchased, weeks[0].free, weeks[4].purchased), (21, 7, 28));
        let all: u64 = weeks.iter().map(|week| week.purchased).sum();
        assert_eq!(all, Chart::new(days.clone()).total_purchased());
        assert_eq!(last_weeks(&days), ((22..=28).sum::<u64>() + 7, (15..=21).sum::<u64>() + 7));
        assert_eq!(last_weeks(&days[..3]), (3 + 3, 0));
    }

    #[test]
    fn the_scale_is_round_and_no_line_leaves_the_box() {
        for (most, top) in [(0, 4), (1, 4), (3, 4), (5, 8), (38, 40), (41, 60), (399, 400), (1_001, 1_200)] {
            let days = vec![
                Day { day: day("2026-11-17"), purchased: most, free: 0 },
                Day { day: day("2026-11-18"), purchased: 0, free: most },
            ];
            let chart = Chart::new(days);
            assert_eq!(chart.scale.first(), Some(&top), "{most}");
            assert_eq!((chart.scale.len(), chart.scale.last()), (5, Some(&0)));
            assert!(chart.purchased.ends_with("1000,200"), "{}", chart.purchased);
        }
        let one = Chart::new(vec![Day { day: day("2026-11-18"), purchased: 4, free: 0 }]);
        assert_eq!(one.purchased, "0,0");
        assert!(Chart::new(Vec::new()).is_empty());
    }

    #[test]
    fn the_first_and_the_last_point_are_named() {
        assert_eq!(ticks(30, 5), [0, 7, 15, 22, 29]);
        assert_eq!(ticks(29, 5), [0, 7, 14, 21, 28]);
        assert_eq!((ticks(3, 5), ticks(1, 5), ticks(0, 5)), (vec![0, 1, 2], vec![0], vec![]));
    }
}
