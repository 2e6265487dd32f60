//! What is typed into the form, and whether it makes sense.
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::Deserialize;
use sqlx::MySqlConnection;

use crate::{
    core::{
        calendar,
        ids::{BulkRunId, CategoryId, ShopId, WcId},
        money,
    },
    sessions::{
        bulk::{
            domain::{AtLeast, Criteria, Purchases, Run, Source, Wish, csv},
            people,
            service::From,
        },
        domain::{Category, Expiry, expiry},
        service::gifts::{MOST_PER_GRANT, NOTE_MOST},
        store::categories,
    },
    shop::{self, store::Shop},
    web::{cx::Cx, form::FormErrors, problem::Problem, upload::UploadedFile},
};

/// What was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct BulkForm {
    /// `filter` or `csv`.
    pub(super) source: String,
    pub(super) role: String,
    pub(super) registered_from: String,
    pub(super) registered_to: String,
    pub(super) purchases: String,
    /// `shop:product`.
    pub(super) product: String,
    pub(super) bought_from: String,
    pub(super) bought_to: String,
    pub(super) at_least: String,
    pub(super) currency: String,
    /// `yes`, `no` or nothing.
    pub(super) has_sessions: String,
    pub(super) q: String,
    pub(super) shop: String,
    pub(super) quantity: String,
    pub(super) category: String,
    /// `category`, `days`, `date` or `never`.
    pub(super) expiry: String,
    pub(super) days: String,
    pub(super) date: String,
    pub(super) note: String,
    pub(super) run_at: String,
    /// The run whose list is taken where no file is chosen.
    pub(super) from: String,
}

pub(super) const LABELS: &[(&str, &str)] = &[
    ("file", "bulk-file"),
    ("shop", "bulk-file-shop"),
    ("registered_from", "bulk-registered-from"),
    ("registered_to", "bulk-registered-to"),
    ("purchases", "bulk-purchases"),
    ("product", "bulk-product"),
    ("bought_from", "bulk-bought-from"),
    ("bought_to", "bulk-bought-to"),
    ("at_least", "bulk-at-least"),
    ("quantity", "bulk-quantity"),
    ("category", "bulk-category"),
    ("days", "bulk-days"),
    ("date", "bulk-date"),
    ("note", "bulk-note"),
    ("run_at", "bulk-run-at"),
];

/// What there is to choose from.
#[derive(Debug)]
pub(super) struct Choices {
    pub(super) categories: Vec<Category>,
    pub(super) shops: Vec<Shop>,
    pub(super) currencies: Vec<String>,
    pub(super) wp_roles: Vec<String>,
    pub(super) products: Vec<people::Product>,
}

impl Choices {
    pub(super) async fn load(conn: &mut MySqlConnection) -> Result<Self, Problem> {
        let mut categories = categories::list(conn).await?;
        categories.retain(|category| !category.is_retired);
        let shops = shop::store::list(conn).await?;
        let mut currencies: Vec<String> = shops.iter().map(|shop| shop.currency.clone()).collect();
        currencies.sort();
        currencies.dedup();
        let wp_roles = people::wp_roles(conn).await?;
        let products = people::products(conn).await?;
        Ok(Self { categories, shops, currencies, wp_roles, products })
    }
}

/// A date field: nothing, a day, or wrong.
fn day(errors: &mut FormErrors, field: &'static str, text: &str) -> Option<NaiveDate> {
    let day = calendar::parse_day(text);
    if day.is_none() && !text.trim().is_empty() {
        errors.add(field, "form-date");
    }
    day
}

impl BulkForm {
    /// The same as a run had.
    pub(super) fn of(run: &Run, cx: &Cx) -> Self {
        let text = |day: Option<NaiveDate>| day.map(|d| d.to_string()).unwrap_or_default();
        let wish = &run.wish;
        let local = |at: DateTime<Utc>| at.with_timezone(&cx.zone).format("%Y-%m-%dT%H:%M").to_string();
        let (expiry, days, date) = match wish.expiry {
            Expiry::Never => ("never", String::new(), String::new()),
            Expiry::Days(days) => ("days", days.to_string(), String::new()),
            Expiry::On(day) => ("date", String::new(), day.to_string()),
        };
        let form = Self {
            quantity: wish.quantity.to_string(),
            category: wish.category.to_string(),
            expiry: expiry.to_owned(),
            days,
            date,
            note: wish.note.clone(),
            run_at: wish.run_at.filter(|at| *at > cx.now).map(local).unwrap_or_default(),
            from: run.id.to_string(),
            ..Self::default()
        };
        match &run.source {
            Source::List { .. } => Self { source: "csv".to_owned(), ..form },
            Source::Filter(c) => Self {
                source: "filter".to_owned(),
                role: c.role.clone().unwrap_or_default(),
                registered_from: text(c.registered_from),
                registered_to: text(c.registered_to),
                purchases: c.purchases.as_str().to_owned(),
                product: c.product.map(|(shop, id)| format!("{shop}:{id}")).unwrap_or_default(),
                bought_from: text(c.bought_from),
                bought_to: text(c.bought_to),
                at_least: c.at_least.as_ref().map(|l| l.amount.normalize().to_string()).unwrap_or_default(),
                currency: c.at_least.as_ref().map(|l| l.currency.clone()).unwrap_or_default(),
                has_sessions: c.has_sessions.map_or("", |yes| if yes { "yes" } else { "no" }).to_owned(),
                q: c.text.clone(),
                ..form
            },
        }
    }

    /// Whether the fields about orders have to be seen.
    pub(super) fn has_order_details(&self) -> bool {
        [&self.product, &self.bought_from, &self.bought_to, &self.at_least]
            .iter()
            .any(|text| !text.is_empty())
    }

    fn is_csv(&self) -> bool {
        self.source == "csv"
    }

    pub(super) fn criteria(&self, choices: &Choices, errors: &mut FormErrors) -> Criteria {
        let criteria = Criteria {
            role: Some(self.role.clone()).filter(|role| !role.is_empty()),
            registered_from: day(errors, "registered_from", &self.registered_from),
            registered_to: day(errors, "registered_to", &self.registered_to),
            purchases: Purchases::parse(&self.purchases).unwrap_or_default(),
            product: self
                .product
                .split_once(':')
                .and_then(|(shop, id)| Some((ShopId(shop.parse().ok()?), WcId(id.parse().ok()?)))),
            bought_from: day(errors, "bought_from", &self.bought_from),
            bought_to: day(errors, "bought_to", &self.bought_to),
            at_least: self.at_least(choices, errors),
            has_sessions: match self.has_sessions.as_str() {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
            text: self.q.trim().chars().take(200).collect(),
        };
        if criteria.product.is_none() && !self.product.is_empty() {
            errors.add("product", "form-choose");
        }
        for (from, to, field) in [
            (criteria.registered_from, criteria.registered_to, "registered_to"),
            (criteria.bought_from, criteria.bought_to, "bought_to"),
        ] {
            if from.zip(to).is_some_and(|(from, to)| from > to) {
                errors.add(field, "bulk-days-turned");
            }
        }
        match criteria.purchases {
            Purchases::Any if criteria.is_about_orders() => errors.add("purchases", "bulk-purchases-say"),
            Purchases::None if criteria.at_least.is_some() => errors.add("at_least", "bulk-at-least-none"),
            _ => {}
        }
        criteria
    }

    fn at_least(&self, choices: &Choices, errors: &mut FormErrors) -> Option<AtLeast> {
        if self.at_least.trim().is_empty() {
            return None;
        }
        let amount = money::parse(&self.at_least.replace(',', "."))
            .ok()
            .filter(|a| a.is_sign_positive() && !a.is_zero());
        let currency = match choices.currencies.as_slice() {
            [only] => Some(only),
            many => many.iter().find(|c| **c == self.currency),
        };
        let least = amount.zip(currency).map(|(amount, c)| AtLeast { amount, currency: c.clone() });
        if least.is_none() {
            errors.add("at_least", "form-amount");
        }
        least
    }

    pub(super) fn wish(&self, choices: &Choices, errors: &mut FormErrors, cx: &Cx) -> Wish {
        let quantity = self.quantity.trim().parse().ok().filter(|n| (1..=MOST_PER_GRANT).contains(n));
        if quantity.is_none() {
            errors.add("quantity", "bulk-quantity-wrong");
        }
        let category = choices.categories.iter().find(|c| c.id.to_string() == self.category);
        if category.is_none() {
            errors.add("category", "form-choose");
        }
        let run_at = self.run_at(errors, cx);
        let expiry = match self.expiry.as_str() {
            "never" => Some(Expiry::Never),
            "days" => self.days.trim().parse().ok().map(Expiry::Days),
            "date" => calendar::parse_day(&self.date).map(Expiry::On),
            _ => category.map(|c| Expiry::of_days(c.default_days)),
        };
        let first = calendar::day_of(run_at.unwrap_or(cx.now), cx.zone);
        match (self.expiry.as_str(), expiry.map(|e| e.last_day(first))) {
            ("days", None) | (_, Some(Err(expiry::Wrong::Days))) => errors.add("days", "session-days-range"),
            ("date", None) => errors.add("date", "form-date"),
            (_, Some(Err(expiry::Wrong::Past))) => errors.add("date", "session-day-past"),
            _ => {}
        }
        if self.note.chars().count() > NOTE_MOST {
            errors.add_with("note", "form-too-long", &[("max", &NOTE_MOST.to_string())]);
        }
        Wish {
            quantity: quantity.unwrap_or_default(),
            category: category.map_or(CategoryId(0), |c| c.id),
            expiry: expiry.unwrap_or(Expiry::Never),
            note: self.note.trim().to_owned(),
            run_at,
            gives_again: false,
        }
    }

    fn run_at(&self, errors: &mut FormErrors, cx: &Cx) -> Option<DateTime<Utc>> {
        let text = self.run_at.trim();
        if text.is_empty() {
            return None;
        }
        let wall = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M")
            .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S"));
        let Ok(wall) = wall else {
            errors.add("run_at", "bulk-run-at-wrong");
            return None;
        };
        let at = calendar::resolve(wall, cx.zone);
        if at <= cx.now {
            errors.add("run_at", "bulk-run-at-past");
        }
        Some(at)
    }

    /// Where the people come from.
    pub(super) fn people(
        &self,
        file: Option<&UploadedFile>,
        choices: &Choices,
        errors: &mut FormErrors,
    ) -> Option<From> {
        if !self.is_csv() {
            return Some(From::Filter(self.criteria(choices, errors)));
        }
        let Some(file) = file else {
            let from = self.from.parse().ok().map(|id| From::Run(BulkRunId(id)));
            if from.is_none() {
                errors.add("file", "bulk-file-missing");
            }
            return from;
        };
        let (column, rows) = match csv::read(&file.bytes) {
            Ok(read) => read,
            Err(unusable) => {
                errors.add("file", unusable_key(unusable));
                return None;
            }
        };
        let shop = shop::shelf::shop_of(&choices.shops, &self.shop);
        if column == csv::Column::UserId && shop.is_none() {
            errors.add("shop", "form-choose");
        }
        Some(From::List { file_name: file.name.clone(), rows, shop })
    }
}

fn unusable_key(unusable: csv::Unusable) -> &'static str {
    match unusable {
        csv::Unusable::Empty => "bulk-file-empty",
        csv::Unusable::NoColumn => "bulk-file-no-column",
        csv::Unusable::NoRows => "bulk-file-no-rows",
        csv::Unusable::TooMany => "bulk-file-too-many",
    }
}
