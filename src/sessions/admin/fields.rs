//! What forms about grants share: until when sessions last.
use chrono::NaiveDate;
use serde::Deserialize;

use crate::{
    sessions::domain::{
        Category, Expiry,
        expiry::{DAYS, Wrong},
    },
    web::{
        cx::Cx,
        form::{FormErrors, Opt},
    },
};

/// Until when, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ExpiryForm {
    /// `category`, `days`, `date` or `never`.
    pub expiry: String,
    pub days: String,
    pub date: String,
}

/// Labels of its fields.
pub const EXPIRY_LABELS: &[(&str, &str)] =
    &[("expiry", "sessions-expiry"), ("days", "sessions-expiry-days"), ("date", "sessions-expiry-date")];

impl ExpiryForm {
    /// What was chosen; `Some(None)`: as the category says. Marks what is wrong; fields that do not apply are not looked at.
    pub fn check(&self, errors: &mut FormErrors, today: NaiveDate) -> Option<Option<Expiry>> {
        let expiry = match self.expiry.as_str() {
            "category" => return Some(None),
            "never" => Expiry::Never,
            "days" => {
                let days = self.days.trim().parse().unwrap_or(0);
                Expiry::Days(days)
            }
            "date" => {
                if let Ok(day) = self.date.parse() {
                    Expiry::On(day)
                } else {
                    errors.add("date", "form-date");
                    return None;
                }
            }
            _ => {
                errors.add("expiry", "form-choose");
                return None;
            }
        };
        match expiry.last_day(today) {
            Ok(_) => Some(Some(expiry)),
            Err(Wrong::Days) => {
                let (min, max) = (DAYS.start().to_string(), DAYS.end().to_string());
                errors.add_with("days", "form-range", &[("min", &min), ("max", &max)]);
                None
            }
            Err(Wrong::Past) => {
                errors.add("date", "session-day-past");
                None
            }
        }
    }
}

/// The choices; with categories, the first one is what a category says.
pub fn expiry_choices(cx: &Cx, categories: Option<&[Category]>) -> Vec<Opt> {
    let mut choices = Vec::new();
    if let Some(categories) = categories {
        let said: Vec<String> = categories
            .iter()
            .map(|c| match c.default_days {
                Some(days) => format!("{}: {}", c.name, cx.n("sessions-days", days)),
                None => format!("{}: {}", c.name, cx.t("session-never-expires").to_lowercase()),
            })
            .collect();
        choices.push(Opt::new("category", cx.t("sessions-expiry-category")).hint(said.join(" · ")));
    }
    choices
        .push(Opt::new("days", cx.t("sessions-expiry-in-days")).hint(cx.t("sessions-expiry-in-days-hint")));
    choices.push(Opt::new("date", cx.t("sessions-expiry-on")).hint(cx.t("sessions-expiry-on-hint")));
    choices.push(Opt::new("never", cx.t("session-never-expires")));
    choices
}
