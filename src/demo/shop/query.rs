//! What a client may ask of a list, how a wrong question is refused, and how pages are counted and linked.
use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    from_local,
    json::{Json, object},
};

/// What PHP's `urlencode` leaves as it is (a space it writes as `+`).
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b' ');

/// A refusal in the store's JSON.
#[derive(Debug, Clone)]
pub(super) struct Refused {
    pub status: u16,
    pub body: Json,
}

impl Refused {
    pub(super) fn new(status: u16, code: &str, message: &str) -> Self {
        Self::with_data(status, code, message, object! { "status" => status })
    }

    pub(super) fn with_data(status: u16, code: &str, message: &str, data: Json) -> Self {
        let body = object! { "code" => code, "message" => message, "data" => data };
        Self { status, body }
    }

    /// A required parameter is not there.
    pub(super) fn missing(names: &[&str]) -> Self {
        let all = names.join(", ");
        let params = Json::List(names.iter().map(|name| Json::from(*name)).collect());
        Self::with_data(
            400,
            "rest_missing_callback_param",
            &format!("Missing parameter(s): {all}"),
            object! { "status" => 400, "params" => params },
        )
    }

    /// One parameter is wrong: `code` is the finer code inside `details`.
    pub(super) fn invalid(name: &str, code: &str, message: &str) -> Self {
        let fine = if code == "rest_invalid_type" {
            object! { "param" => name }
        } else {
            Json::Null
        };
        Self::with_data(
            400,
            "rest_invalid_param",
            &format!("Invalid parameter(s): {name}"),
            object! {
                "status" => 400,
                "params" => object! { name => message },
                "details" => object! { name => object! { "code" => code, "message" => message, "data" => fine } },
            },
        )
    }

    pub(super) fn not_one_of(name: &str, shown: &str, known: &[&str]) -> Self {
        let message = format!("{shown} is not one of {}.", and(known));
        Self::invalid(name, "rest_not_in_enum", &message)
    }
}

/// `a`, `a and b`, `a, b, and c`.
fn and(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [one, two] => format!("{one} and {two}"),
        [head @ .., last] => format!("{}, and {last}", head.join(", ")),
    }
}

/// A query string as PHP reads it: the last of equal keys wins, `a[]` makes a list.
#[derive(Debug, Clone, Default)]
pub(super) struct Query(Vec<(String, Value)>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    One(String),
    Many(Vec<String>),
}

impl Query {
    pub(super) fn parse(text: &str) -> Self {
        let mut all: Vec<(String, Value)> = Vec::new();
        for (key, value) in url::form_urlencoded::parse(text.as_bytes()) {
            let (name, is_list) = key.split_once('[').map_or((key.as_ref(), false), |(name, _)| (name, true));
            let value = value.into_owned();
            match (all.iter_mut().find(|(known, _)| known == name), is_list) {
                (Some((_, Value::Many(values))), true) => values.push(value),
                (Some((_, old)), true) => *old = Value::Many(vec![value]),
                (Some((_, old)), false) => *old = Value::One(value),
                (None, true) => all.push((name.to_owned(), Value::Many(vec![value]))),
                (None, false) => all.push((name.to_owned(), Value::One(value))),
            }
        }
        Self(all)
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).and_then(|(_, value)| match value {
            Value::One(text) => Some(text.as_str()),
            Value::Many(_) => None,
        })
    }

    /// As if it had not been asked.
    pub(super) fn forget(&mut self, name: &str) {
        self.0.retain(|(key, _)| key != name);
    }

    /// Pairs with list members as `a[0]`.
    pub(super) fn flat(&self) -> Vec<(String, String)> {
        let mut flat = Vec::new();
        for (key, value) in &self.0 {
            match value {
                Value::One(text) => flat.push((key.clone(), text.clone())),
                Value::Many(texts) => flat.extend(
                    texts.iter().enumerate().map(|(at, text)| (format!("{key}[{at}]"), text.clone())),
                ),
            }
        }
        flat
    }

    /// A list, given as `a[]=1&a[]=2` or `a=1,2`.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        let value = self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value);
        match value {
            None => Vec::new(),
            Some(Value::Many(texts)) => texts.clone(),
            Some(Value::One(text)) => {
                text.split([',', ' ']).filter(|part| !part.is_empty()).map(str::to_owned).collect()
            }
        }
    }

    /// A list of numbers; what is none counts as 0, which no row has.
    pub(super) fn ids(&self, name: &str) -> Vec<u64> {
        self.texts(name).iter().map(|text| text.trim().parse().unwrap_or(0)).collect()
    }

    pub(super) fn integer(&self, name: &str) -> Result<Option<i64>, Refused> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        text.trim().parse().map(Some).map_err(|_| {
            Refused::invalid(name, "rest_invalid_type", &format!("{name} is not of type integer."))
        })
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Some("true" | "1"))
    }

    pub(super) fn one_of(&self, name: &str, known: &[&'static str]) -> Result<Option<&'static str>, Refused> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        let found = known.iter().find(|word| **word == text);
        found.map(|word| Some(*word)).ok_or_else(|| Refused::not_one_of(name, name, known))
    }

    /// An instant. Without an offset it is the site's own time, or UTC with `dates_are_gmt`. A bare date is none.
    pub(super) fn instant(&self, name: &str, zone: Tz) -> Result<Option<DateTime<Utc>>, Refused> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        // A `+` of an offset that was not encoded arrives as a space.
        let text = text.trim().replace(' ', "+");
        if let Ok(at) = DateTime::parse_from_rfc3339(&text) {
            return Ok(Some(at.to_utc()));
        }
        let plain = NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S%.f")
            .map_err(|_| Refused::invalid(name, "rest_invalid_date", "Invalid date."))?;
        Ok(Some(if self.flag("dates_are_gmt") { plain.and_utc() } else { from_local(zone, plain) }))
    }
}

/// Which slice of a list is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub page: usize,
    pub per_page: usize,
    /// Wins over `page`.
    pub offset: Option<usize>,
    pub descending: bool,
}

impl Window {
    pub(super) fn of(query: &Query, descending: bool) -> Result<Self, Refused> {
        let page = query.integer("page")?.unwrap_or(1);
        if page < 1 {
            return Err(Refused::invalid(
                "page",
                "rest_out_of_bounds",
                "page must be greater than or equal to 1",
            ));
        }
        let per_page = query.integer("per_page")?.unwrap_or(10);
        if !(1..=100).contains(&per_page) {
            return Err(Refused::invalid(
                "per_page",
                "rest_out_of_bounds",
                "per_page must be between 1 (inclusive) and 100 (inclusive)",
            ));
        }
        let offset = query.integer("offset")?.and_then(|n| usize::try_from(n).ok());
        let order = query.one_of("order", &["asc", "desc"])?;
        Ok(Self {
            page: usize::try_from(page).unwrap_or(1),
            per_page: usize::try_from(per_page).unwrap_or(10),
            offset,
            descending: order.map_or(descending, |order| order == "desc"),
        })
    }

    /// Where the slice starts.
    pub(super) fn start(&self) -> usize {
        self.offset.unwrap_or((self.page - 1).saturating_mul(self.per_page))
    }
}

/// How many rows there are, and the addresses of the neighbouring pages.
#[derive(Debug, Clone)]
pub(super) struct Paging {
    pub total: usize,
    pub pages: usize,
    pub link: Option<String>,
}

impl Paging {
    /// `base` is the list's own address; `shown` tells whether the page has rows. The links of `orders` and `refunds` carry
    /// parameters nobody sent: the store adds them while it reads the request and prints the rows.
    pub(super) fn of(query: &Query, window: Window, total: usize, shown: bool, base: &str) -> Self {
        let pages = total.div_ceil(window.per_page);
        let is_orders = base.ends_with("/orders");
        let mut extra: Vec<(&str, Value)> = Vec::new();
        let mut pairs: Vec<(String, Value)> = query.0.clone();
        if is_orders {
            let status = query.texts("status");
            pairs.retain(|(key, _)| key != "status");
            let any = || vec!["any".to_owned()];
            extra.push(("status", Value::Many(if status.is_empty() { any() } else { status })));
        }
        if shown && (is_orders || base.ends_with("/refunds")) {
            extra.push(("dp", Value::One("2".to_owned())));
        }
        if shown && is_orders {
            extra.push(("context", Value::One("view".to_owned())));
        }
        for (key, value) in extra {
            if !pairs.iter().any(|(known, _)| known == key) {
                pairs.push((key.to_owned(), value));
            }
        }
        for (key, value) in &mut pairs {
            if matches!(key.as_str(), "include" | "exclude") {
                *value = Value::Many(query.texts(key));
            }
            if key == "dates_are_gmt" {
                *value = Value::One(if query.flag(key) { "1" } else { "" }.to_owned());
            }
        }
        let to = |page: usize| {
            let mut pairs = pairs.clone();
            let number = Value::One(page.to_string());
            match pairs.iter_mut().find(|(key, _)| key == "page") {
                Some((_, value)) => *value = number,
                None => pairs.push(("page".to_owned(), number)),
            }
            let encode = |text: &str| utf8_percent_encode(text, FORM).to_string().replace(' ', "+");
            let flat = Query(pairs).flat();
            let text: Vec<String> =
                flat.iter().map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect();
            format!("{base}?{}", text.join("&"))
        };
        let mut links = Vec::new();
        if window.page > 1 {
            // Past the end it points at the last page there is, be it page 0.
            links.push(format!("<{}>; rel=\"prev\"", to((window.page - 1).min(pages))));
        }
        if window.page < pages {
            links.push(format!("<{}>; rel=\"next\"", to(window.page + 1)));
        }
        let link = (!links.is_empty()).then(|| links.join(", "));
        Self { total, pages, link }
    }
}
