//! How templates say things: texts, figures, days, addresses, icons.
use askama::filters::Safe;
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use rust_decimal::Decimal;

use super::Cx;
use crate::{
    auth::Role,
    core::calendar,
    web::{assets, flash::Flash, form::FieldError},
    words::{self, Whole},
};

/// Texts.
impl Cx {
    /// A text.
    pub fn t(&self, key: &str) -> String {
        self.lang.t(key)
    }
    /// A text with arguments: `cx.ta("key", [("name", name.as_str())])`.
    pub fn ta(&self, key: &str, args: &[(&str, &str)]) -> String {
        self.lang.ta(key, args)
    }
    /// A text that depends on a number (`$n`, `$count`).
    pub fn n(&self, key: &str, n: impl Whole) -> String {
        self.lang.n(key, n)
    }
    /// A text that depends on a number, with more arguments.
    pub fn na(&self, key: &str, n: impl Whole, args: &[(&str, &str)]) -> String {
        self.lang.na(key, n, args)
    }
    /// A text that holds markup of ours, such as `<strong>`. Arguments are escaped.
    pub fn html(&self, key: &str, args: &[(&str, &str)]) -> Safe<String> {
        let escaped: Vec<(&str, String)> =
            args.iter().map(|(name, value)| (*name, words::escape(value))).collect();
        let args: Vec<(&str, &str)> = escaped.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Safe(self.lang.ta(key, &args))
    }
    /// The text `{prefix}-{word}` of a word that code made (`shop_timeout`, `account.merged`: hyphens for dots and
    /// underscores); the word itself where there is none, so that a newer word is still readable.
    pub fn word(&self, prefix: &str, word: &str) -> String {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-');
        let key = format!("{prefix}-{}", word.replace(['.', '_'], "-"));
        if !word.is_empty() && word.bytes().all(plain) && self.lang.has(&key) {
            self.lang.t(&key)
        } else {
            word.to_owned()
        }
    }
    /// Why a field is wrong.
    pub fn error(&self, error: &FieldError) -> String {
        error.say(self.lang)
    }
    /// The sentence of a flash, with our markup and its arguments escaped.
    pub fn flash_html(&self, flash: &Flash) -> Safe<String> {
        let escaped: Vec<(&str, String)> =
            flash.args.iter().map(|(name, value)| (name.as_str(), words::escape(value))).collect();
        let args: Vec<(&str, &str)> = escaped.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Safe(match flash.n {
            Some(n) => self.lang.na(&flash.key, n, &args),
            None => self.lang.ta(&flash.key, &args),
        })
    }
}

/// Figures.
impl Cx {
    pub fn count(&self, n: impl Whole) -> String {
        words::count(self.lang, n)
    }
    /// A change: `+10`, `−7`.
    pub fn signed(&self, n: impl Whole) -> String {
        words::signed(self.lang, n)
    }
    pub fn money(&self, amount: &Decimal, currency: &str) -> String {
        words::money(self.lang, *amount, currency)
    }
    pub fn percent(&self, share: &Decimal) -> String {
        words::percent(self.lang, *share)
    }
    /// Seconds as `44 min 51 s`.
    pub fn duration(&self, seconds: impl Whole) -> String {
        words::duration(u64::try_from(seconds.whole()).unwrap_or(0))
    }
}

/// Days and times, in the business zone.
impl Cx {
    fn wall(&self, at: &DateTime<Utc>) -> NaiveDateTime {
        at.with_timezone(&self.zone).naive_local()
    }
    /// The day an instant falls on.
    pub fn day(&self, at: &DateTime<Utc>) -> NaiveDate {
        calendar::day_of(*at, self.zone)
    }
    /// `24 nov 2026`.
    pub fn date(&self, at: &DateTime<Utc>) -> String {
        words::date(self.lang, self.day(at))
    }
    /// `24 nov`, and the year unless it is a past day of this one. Never for an expiry.
    pub fn day_short(&self, at: &DateTime<Utc>) -> String {
        words::day_short(self.lang, self.day(at), self.today())
    }
    /// `martes 24 de noviembre`, for sentences.
    pub fn date_long(&self, at: &DateTime<Utc>) -> String {
        words::date_long(self.lang, self.day(at), self.today())
    }
    /// `24 nov 2026, 11:36`.
    pub fn datetime(&self, at: &DateTime<Utc>) -> String {
        format!("{}, {}", self.date(at), self.time(at))
    }
    /// `12 nov, 11:36`: for logs and lists of what has happened.
    pub fn moment(&self, at: &DateTime<Utc>) -> String {
        format!("{}, {}", self.day_short(at), self.time(at))
    }
    /// `11:36`.
    pub fn time(&self, at: &DateTime<Utc>) -> String {
        words::time(self.wall(at).time())
    }
    /// How many days away: `en 3 días`, `ayer`.
    pub fn until(&self, at: &DateTime<Utc>) -> String {
        words::relative_days(self.lang, self.day(at), self.today())
    }
    /// How long ago: `hace 6 minutos`.
    pub fn ago(&self, at: &DateTime<Utc>) -> String {
        words::ago(self.lang, (self.now - *at).num_minutes())
    }
    /// For `<time datetime="…">` and `title`.
    pub fn iso(&self, at: &DateTime<Utc>) -> String {
        at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    }

    /// The last day on which something may still be used, of the (exclusive) instant at which its expiry bites.
    pub fn last_day(&self, expires_at: &DateTime<Utc>) -> NaiveDate {
        self.day(&(*expires_at - TimeDelta::microseconds(1)))
    }
    /// That day in a table, always with its year: `24 nov 2026`.
    pub fn expiry(&self, expires_at: &DateTime<Utc>) -> String {
        words::date(self.lang, self.last_day(expires_at))
    }
    /// That day in a sentence: `martes 24 de noviembre`.
    pub fn expiry_long(&self, expires_at: &DateTime<Utc>) -> String {
        words::date_long(self.lang, self.last_day(expires_at), self.today())
    }
    /// How many days away that day is: `mañana`, `hace 17 días`.
    pub fn expires_in(&self, expires_at: &DateTime<Utc>) -> String {
        words::relative_days(self.lang, self.last_day(expires_at), self.today())
    }
    /// A calendar day: `24 nov 2026`.
    pub fn on(&self, day: &NaiveDate) -> String {
        words::date(self.lang, *day)
    }
    /// A calendar day with its year in words: `24 de noviembre de 2026`.
    pub fn on_full(&self, day: &NaiveDate) -> String {
        words::date_full(self.lang, *day)
    }
}

/// Addresses.
impl Cx {
    /// This page with one parameter of the query set (all its earlier values go). Paging starts again.
    pub fn url_with(&self, name: &str, value: &str) -> String {
        self.url(&[name], Some((name, value)))
    }
    /// This page without a parameter. Paging starts again.
    pub fn url_without(&self, name: &str) -> String {
        self.url(&[name], None)
    }
    /// This page without one of several values of a parameter.
    pub fn url_without_value(&self, name: &str, value: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (key, val) in self.params() {
            if !(is_cursor(&key) || (key == name && val == value)) {
                query.append_pair(&key, &val);
            }
        }
        self.join(&query.finish())
    }
    /// This page without any parameter.
    pub fn url_bare(&self) -> String {
        self.path.clone()
    }

    /// The decoded parameters of the query.
    pub fn params(&self) -> impl Iterator<Item = (String, String)> + '_ {
        url::form_urlencoded::parse(self.query.as_bytes()).into_owned()
    }

    fn url(&self, drop: &[&str], add: Option<(&str, &str)>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (key, value) in self.params() {
            if !(drop.contains(&key.as_str()) || is_cursor(&key)) {
                query.append_pair(&key, &value);
            }
        }
        if let Some((key, value)) = add {
            query.append_pair(key, value);
        }
        self.join(&query.finish())
    }

    fn join(&self, query: &str) -> String {
        if query.is_empty() { self.path.clone() } else { format!("{}?{query}", self.path) }
    }

    /// This page as it is, for forms that come back to it.
    pub fn here(&self) -> String {
        self.join(&self.query)
    }

    /// Whether we are on this page or below it.
    pub fn is_at(&self, path: &str) -> bool {
        self.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
    /// Whether we are on exactly this page.
    pub fn is_here(&self, path: &str) -> bool {
        self.path == path
    }
}

fn is_cursor(name: &str) -> bool {
    matches!(name, "after" | "before")
}

/// Marks.
impl Cx {
    /// An icon of the sprite, decorative.
    pub fn icon(&self, name: &str) -> Safe<String> {
        icon(name, "icon")
    }
    /// A smaller one, beside meta text.
    pub fn icon_sm(&self, name: &str) -> Safe<String> {
        icon(name, "icon icon-sm")
    }
    /// The address of a file under `static/`, with the hash of what is in it.
    pub fn asset(&self, name: &str) -> String {
        assets::url(name)
    }
    /// An e-mail address that may break after its `@`.
    pub fn email(&self, address: &str) -> Safe<String> {
        words::email_html(address)
    }
    /// The text key of a role.
    pub fn role_key(&self, role: &Role) -> &'static str {
        match role {
            Role::Stats => "role-stats",
            Role::Manager => "role-manager",
            Role::Admin => "role-admin",
        }
    }
    pub fn initials(&self, name: &str) -> String {
        words::initials(name)
    }
}

fn icon(name: &str, class: &str) -> Safe<String> {
    debug_assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "{name:?}");
    Safe(format!(
        r#"<svg class="{class}" aria-hidden="true"><use href="{}#i-{name}"/></svg>"#,
        assets::url("icons.svg")
    ))
}
