//! Numbers, money, days and durations as people read them, in both languages. Pure.
//!
//! Spanish: `1.284`, `1.284,50 €`, `23 %`, `24 nov 2026`, `martes 24 de noviembre`. Number and unit are kept together by a
//! no-break space. English: `1,284`, `€1,284.50`, `23%`, `24 Nov 2026`, `Tuesday 24 November`.
use askama::filters::Safe;
use chrono::{Datelike, NaiveDate, NaiveTime, Timelike};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::web::lang::Lang;

/// Keeps a number and its unit on one line.
const NBSP: char = '\u{a0}';
/// A real minus, as wide as the plus.
const MINUS: char = '\u{2212}';

const MONTHS_ES: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS_ES: [&str; 7] = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];
const DAYS_EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A whole number, however it is held: templates pass references.
pub trait Whole {
    fn whole(&self) -> i128;
}
macro_rules! whole {
    ($($t:ty),*) => {$(impl Whole for $t { fn whole(&self) -> i128 { i128::from(*self) } })*};
}
whole!(u8, u16, u32, u64, i8, i16, i32, i64, i128);
impl Whole for usize {
    fn whole(&self) -> i128 {
        i128::try_from(*self).unwrap_or(i128::MAX)
    }
}
impl<T: Whole + ?Sized> Whole for &T {
    fn whole(&self) -> i128 {
        (**self).whole()
    }
}

fn grouped(lang: Lang, digits: &str) -> String {
    let separator = match lang {
        Lang::Es => '.',
        Lang::En => ',',
    };
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

fn point(lang: Lang) -> char {
    match lang {
        Lang::Es => ',',
        Lang::En => '.',
    }
}

/// `1284` → `1.284`.
pub fn count(lang: Lang, n: impl Whole) -> String {
    let n = n.whole();
    let digits = grouped(lang, &n.unsigned_abs().to_string());
    if n < 0 { format!("{MINUS}{digits}") } else { digits }
}

/// A change: `+10`, `−7`, `0`.
pub fn signed(lang: Lang, n: impl Whole) -> String {
    let n = n.whole();
    let digits = grouped(lang, &n.unsigned_abs().to_string());
    match n {
        1.. => format!("+{digits}"),
        0 => digits,
        _ => format!("{MINUS}{digits}"),
    }
}

/// A decimal with exactly `places` digits after the point, rounded half away from zero.
pub fn decimal(lang: Lang, n: Decimal, places: u32) -> String {
    let n = n.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    let text = format!("{:.*}", places as usize, n.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::new();
    if n.is_sign_negative() && !n.is_zero() {
        out.push(MINUS);
    }
    out.push_str(&grouped(lang, whole));
    if !fraction.is_empty() {
        out.push(point(lang));
        out.push_str(fraction);
    }
    out
}

/// An amount with its currency (ISO 4217): `1.284,50 €`, `€1,284.50`, `12,00 MXN`.
pub fn money(lang: Lang, amount: Decimal, currency: &str) -> String {
    let places = match currency {
        "CLP" | "COP" | "JPY" | "KRW" | "PYG" | "VND" | "ISK" => 0,
        "BHD" | "KWD" | "OMR" | "TND" => 3,
        _ => 2,
    };
    let figure = decimal(lang, amount, places);
    let symbol = match currency {
        "EUR" => Some("€"),
        "USD" => Some("$"),
        "GBP" => Some("£"),
        _ => None,
    };
    match (lang, symbol) {
        (Lang::Es, symbol) => format!("{figure}{NBSP}{}", symbol.unwrap_or(currency)),
        (Lang::En, Some(symbol)) => match figure.strip_prefix(MINUS) {
            Some(figure) => format!("{MINUS}{symbol}{figure}"),
            None => format!("{symbol}{figure}"),
        },
        (Lang::En, None) => format!("{figure}{NBSP}{currency}"),
    }
}

/// A share of a hundred, at most one digit after the point: `23 %`, `62,4 %`.
pub fn percent(lang: Lang, share: Decimal) -> String {
    let share = share.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero);
    let figure = decimal(lang, share, u32::from(!share.fract().is_zero()));
    match lang {
        Lang::Es => format!("{figure}{NBSP}%"),
        Lang::En => format!("{figure}%"),
    }
}

fn month(lang: Lang, day: NaiveDate) -> &'static str {
    let at = day.month0() as usize;
    match lang {
        Lang::Es => MONTHS_ES[at],
        Lang::En => MONTHS_EN[at],
    }
}

fn weekday(lang: Lang, day: NaiveDate) -> &'static str {
    let at = day.weekday().num_days_from_monday() as usize;
    match lang {
        Lang::Es => DAYS_ES[at],
        Lang::En => DAYS_EN[at],
    }
}

/// As tables show it: `24 nov 2026`.
pub fn date(lang: Lang, day: NaiveDate) -> String {
    let month: String = month(lang, day).chars().take(3).collect();
    format!("{} {month} {}", day.day(), day.year())
}

/// As tables show past days: the year only when it is another one. Never for an expiry.
pub fn day_short(lang: Lang, day: NaiveDate, today: NaiveDate) -> String {
    let text = date(lang, day);
    if day.year() == today.year() && day <= today {
        text.rsplit_once(' ').map_or_else(|| text.clone(), |(start, _)| start.to_owned())
    } else {
        text
    }
}

/// In a sentence, near today: `martes 24 de noviembre`, with the year when it is another one.
pub fn date_long(lang: Lang, day: NaiveDate, today: NaiveDate) -> String {
    let (weekday, number, month) = (weekday(lang, day), day.day(), month(lang, day));
    match (lang, day.year() == today.year()) {
        (Lang::Es, true) => format!("{weekday} {number} de {month}"),
        (Lang::Es, false) => format!("{weekday} {number} de {month} de {}", day.year()),
        (Lang::En, true) => format!("{weekday} {number} {month}"),
        (Lang::En, false) => format!("{weekday} {number} {month} {}", day.year()),
    }
}

/// In a sentence, with the year: `24 de noviembre de 2026`.
pub fn date_full(lang: Lang, day: NaiveDate) -> String {
    let (number, month, year) = (day.day(), month(lang, day), day.year());
    match lang {
        Lang::Es => format!("{number} de {month} de {year}"),
        Lang::En => format!("{number} {month} {year}"),
    }
}

/// `11:36`.
pub fn time(at: NaiveTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

fn plural(n: i64, one: &'static str, many: &'static str) -> &'static str {
    if n == 1 { one } else { many }
}

/// How far a day is: `en 3 días`, `mañana`, `hoy`, `ayer`, `hace 17 días`.
pub fn relative_days(lang: Lang, day: NaiveDate, today: NaiveDate) -> String {
    let days = day.signed_duration_since(today).num_days();
    let figure = count(lang, days.abs());
    match (lang, days) {
        (Lang::Es, 0) => "hoy".to_owned(),
        (Lang::Es, 1) => "mañana".to_owned(),
        (Lang::Es, -1) => "ayer".to_owned(),
        (Lang::Es, 2..) => format!("en {figure} días"),
        (Lang::Es, _) => format!("hace {figure} días"),
        (Lang::En, 0) => "today".to_owned(),
        (Lang::En, 1) => "tomorrow".to_owned(),
        (Lang::En, -1) => "yesterday".to_owned(),
        (Lang::En, 2..) => format!("in {figure} days"),
        (Lang::En, _) => format!("{figure} days ago"),
    }
}

/// How long ago, in the largest unit that says it: minutes up to an hour and a half, hours up to two days, then days.
pub fn ago(lang: Lang, minutes: i64) -> String {
    let minutes = minutes.max(0);
    let (n, es, en) = if minutes < 1 {
        return match lang {
            Lang::Es => "ahora mismo",
            Lang::En => "just now",
        }
        .to_owned();
    } else if minutes < 90 {
        (minutes, plural(minutes, "minuto", "minutos"), plural(minutes, "minute", "minutes"))
    } else if minutes < 48 * 60 {
        let hours = (minutes + 30) / 60;
        (hours, plural(hours, "hora", "horas"), plural(hours, "hour", "hours"))
    } else {
        let days = minutes / (24 * 60);
        (days, plural(days, "día", "días"), plural(days, "day", "days"))
    };
    let figure = count(lang, n);
    match lang {
        Lang::Es => format!("hace {figure} {es}"),
        Lang::En => format!("{figure} {en} ago"),
    }
}

/// A length of time in at most two units: `51 s`, `44 min 51 s`, `2 h 5 min`, `3 d 4 h`. The same in both languages.
pub fn duration(seconds: u64) -> String {
    let (days, hours) = (seconds / 86_400, seconds / 3600 % 24);
    let (minutes, rest) = (seconds / 60 % 60, seconds % 60);
    let pair = |a: u64, unit: &str, b: u64, smaller: &str| {
        if b == 0 { format!("{a}{NBSP}{unit}") } else { format!("{a}{NBSP}{unit} {b}{NBSP}{smaller}") }
    };
    if days > 0 {
        pair(days, "d", hours, "h")
    } else if hours > 0 {
        pair(hours, "h", minutes, "min")
    } else if minutes > 0 {
        pair(minutes, "min", rest, "s")
    } else {
        format!("{rest}{NBSP}s")
    }
}

/// Text as HTML: `&`, `<`, `>` and both quotes become references.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// An e-mail address that may break after its `@`, escaped.
pub fn email_html(address: &str) -> Safe<String> {
    Safe(match address.rsplit_once('@') {
        Some((local, host)) => format!("{}@<wbr>{}", escape(local), escape(host)),
        None => escape(address),
    })
}

/// One or two letters for a person: of the first name and the first surname, `?` for nobody.
///
/// Particles (`de`, `la`) do not count. Four names are read as two given names and two surnames, three as one and two.
pub fn initials(name: &str) -> String {
    let names: Vec<char> = name
        .split_whitespace()
        .filter_map(|word| word.chars().next())
        .filter(|c| c.is_alphanumeric() && !c.is_lowercase())
        .collect();
    match names.as_slice() {
        [] => name.trim().chars().next().map_or_else(|| "?".to_owned(), |c| c.to_uppercase().collect()),
        [one] => one.to_string(),
        many => [many[0], many[many.len() / 2]].iter().collect(),
    }
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;
