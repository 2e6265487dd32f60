use super::*;
use Lang::{En, Es};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn counts_are_grouped_by_thousands() {
    for (n, es, en) in [
        (0_i64, "0", "0"),
        (7, "7", "7"),
        (999, "999", "999"),
        (1284, "1.284", "1,284"),
        (250_000, "250.000", "250,000"),
        (1_234_567, "1.234.567", "1,234,567"),
        (-1284, "−1.284", "−1,284"),
        (i64::MIN, "−9.223.372.036.854.775.808", "−9,223,372,036,854,775,808"),
    ] {
        assert_eq!((count(Es, n).as_str(), count(En, n).as_str()), (es, en));
    }
    assert_eq!(count(Es, [12_usize].first().unwrap()), "12");
}

#[test]
fn a_change_carries_its_sign() {
    assert_eq!([10, 0, -7, 1200].map(|n| signed(Es, n)), ["+10", "0", "−7", "+1.200"]);
}

#[test]
fn money_is_rounded_to_its_currency_and_keeps_its_symbol_close() {
    for (amount, currency, es, en) in [
        ("1284.5", "EUR", "1.284,50\u{a0}€", "€1,284.50"),
        ("0", "EUR", "0,00\u{a0}€", "€0.00"),
        ("19.99", "EUR", "19,99\u{a0}€", "€19.99"),
        ("0.005", "EUR", "0,01\u{a0}€", "€0.01"),
        ("-0.004", "EUR", "0,00\u{a0}€", "€0.00"),
        ("-6", "EUR", "−6,00\u{a0}€", "−€6.00"),
        ("1000000", "USD", "1.000.000,00\u{a0}$", "$1,000,000.00"),
        ("1234.5", "CLP", "1.235\u{a0}CLP", "1,235\u{a0}CLP"),
        ("12.3456", "MXN", "12,35\u{a0}MXN", "12.35\u{a0}MXN"),
    ] {
        let amount: Decimal = amount.parse().unwrap();
        assert_eq!(money(Es, amount, currency), es);
        assert_eq!(money(En, amount, currency), en);
    }
}

#[test]
fn a_percentage_has_one_digit_after_the_point_or_none() {
    for (share, es, en) in [
        ("23", "23\u{a0}%", "23%"),
        ("62.44", "62,4\u{a0}%", "62.4%"),
        ("99.96", "100\u{a0}%", "100%"),
        ("0", "0\u{a0}%", "0%"),
    ] {
        let share: Decimal = share.parse().unwrap();
        assert_eq!((percent(Es, share).as_str(), percent(En, share).as_str()), (es, en));
    }
}

#[test]
fn days_read_as_the_guide_says() {
    let (d, today) = (day("2026-11-24"), day("2026-11-21"));
    assert_eq!(date(Es, d), "24 nov 2026");
    assert_eq!(date(En, d), "24 Nov 2026");
    assert_eq!(date_long(Es, d, today), "martes 24 de noviembre");
    assert_eq!(date_long(En, d, today), "Tuesday 24 November");
    assert_eq!(date_long(Es, day("2027-02-09"), today), "martes 9 de febrero de 2027");
    assert_eq!(date_full(Es, d), "24 de noviembre de 2026");
    assert_eq!(date_full(En, d), "24 November 2026");
    assert_eq!(time(NaiveTime::from_hms_opt(9, 5, 59).unwrap()), "09:05");
}

#[test]
fn only_past_days_of_this_year_lose_their_year() {
    let today = day("2026-11-21");
    for (d, short) in [
        ("2026-11-21", "21 nov"),
        ("2026-01-01", "1 ene"),
        ("2026-11-22", "22 nov 2026"),
        ("2025-12-31", "31 dic 2025"),
    ] {
        assert_eq!(day_short(Es, day(d), today), short);
    }
}

#[test]
fn every_month_has_its_three_letters() {
    let months: Vec<String> =
        (1..=12).map(|m| date(Es, NaiveDate::from_ymd_opt(2026, m, 1).unwrap())).collect();
    assert_eq!(months[0], "1 ene 2026");
    assert_eq!(months[8], "1 sep 2026");
    assert_eq!(months[11], "1 dic 2026");
}

#[test]
fn near_days_have_names() {
    let today = day("2026-11-18");
    for (d, es, en) in [
        ("2026-11-18", "hoy", "today"),
        ("2026-11-19", "mañana", "tomorrow"),
        ("2026-11-17", "ayer", "yesterday"),
        ("2026-11-21", "en 3 días", "in 3 days"),
        ("2026-11-01", "hace 17 días", "17 days ago"),
    ] {
        assert_eq!(relative_days(Es, day(d), today), es);
        assert_eq!(relative_days(En, day(d), today), en);
    }
}

#[test]
fn ago_uses_the_largest_unit_that_says_it() {
    for (minutes, es, en) in [
        (-5, "ahora mismo", "just now"),
        (0, "ahora mismo", "just now"),
        (1, "hace 1 minuto", "1 minute ago"),
        (89, "hace 89 minutos", "89 minutes ago"),
        (90, "hace 2 horas", "2 hours ago"),
        (26 * 60, "hace 26 horas", "26 hours ago"),
        (48 * 60, "hace 2 días", "2 days ago"),
    ] {
        assert_eq!((ago(Es, minutes).as_str(), ago(En, minutes).as_str()), (es, en));
    }
}

#[test]
fn a_duration_has_at_most_two_units() {
    for (seconds, text) in [
        (0, "0 s"),
        (51, "51 s"),
        (60, "1 min"),
        (44 * 60 + 51, "44 min 51 s"),
        (3600, "1 h"),
        (2 * 3600 + 5 * 60 + 59, "2 h 5 min"),
        (3 * 86_400 + 4 * 3600, "3 d 4 h"),
    ] {
        assert_eq!(duration(seconds).replace('\u{a0}', " "), text);
    }
}

#[test]
fn an_address_breaks_after_its_at_sign_and_cannot_break_the_page() {
    assert_eq!(email_html("lucia.sanz@correo.example").0, "lucia.sanz@<wbr>correo.example");
    assert_eq!(email_html("<b>\"@'x&y").0, "&lt;b&gt;&quot;@<wbr>&#39;x&amp;y");
    assert_eq!(email_html("sin correo").0, "sin correo");
}

#[test]
fn initials_are_of_the_first_name_and_the_first_surname() {
    for (name, letters) in [
        ("Inés Carvajal", "IC"),
        ("María Fernanda Echeverría de la Torre-Miranda", "ME"),
        ("Noa Piñeiro Castro", "NP"),
        ("Òscar Puigdellívol i Ferrer", "ÒP"),
        ("Ana", "A"),
        ("ana li", "A"),
        ("", "?"),
    ] {
        assert_eq!(initials(name), letters, "{name}");
    }
}
