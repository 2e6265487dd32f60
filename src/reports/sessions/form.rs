//! What a report is asked for, as it stands in the address.
use chrono::NaiveDate;
use serde::Deserialize;

use super::{
    Scope,
    admin::PATH,
    period::{Grain, MOST_DAYS, Period, Preset},
};
use crate::{
    core::calendar,
    sessions::{Kind, domain::Category},
    web::form::FormErrors,
};

/// The choices, as they stand in the address. Days win over a period with a name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ReportForm {
    pub period: String,
    pub from: String,
    pub to: String,
    pub grain: String,
    pub kind: String,
    pub category: String,
}

pub const LABELS: &[(&str, &str)] = &[("from", "sessions-report-from"), ("to", "sessions-report-to")];

impl ReportForm {
    pub fn has_days(&self) -> bool {
        !(self.from.trim().is_empty() && self.to.trim().is_empty())
    }

    pub fn preset(&self) -> Option<Preset> {
        (!self.has_days()).then(|| Preset::parse(&self.period).unwrap_or(Preset::ThirtyDays))
    }

    /// The period that was chosen. `first` is the day on which the ledger begins.
    pub fn check(&self, today: NaiveDate, first: NaiveDate) -> Result<Period, FormErrors> {
        if let Some(preset) = self.preset() {
            return Ok(preset.period(today, first));
        }
        let mut errors = FormErrors::of(LABELS);
        let mut day = |field, text: &str| {
            let day = calendar::parse_day(text);
            match day {
                None => errors.add(field, "sessions-report-day-wrong"),
                Some(day) if day > today => errors.add(field, "sessions-report-day-future"),
                Some(_) => {}
            }
            day
        };
        let (from, to) = (day("from", &self.from), day("to", &self.to));
        if let (Some(from), Some(to)) = (from, to) {
            let period = Period { from, to };
            if from > to {
                errors.add("to", "sessions-report-days-turned");
            } else if period.days() > MOST_DAYS {
                errors.add("from", "sessions-report-days-many");
            }
            return errors.or(|| period);
        }
        Err(errors)
    }

    /// The chosen category: its code stands in the address.
    pub fn category<'a>(&self, known: &'a [Category]) -> Option<&'a Category> {
        known.iter().find(|category| category.code == self.category)
    }

    pub fn scope(&self, period: Period, known: &[Category]) -> Scope {
        let grain = Grain::parse(&self.grain).filter(|grain| grain.fits(&period));
        Scope {
            period,
            compares: self.preset() != Some(Preset::All),
            grain: grain.unwrap_or_else(|| Grain::of(&period)),
            kind: Kind::parse(&self.kind),
            category: self.category(known).map(|category| category.id),
        }
    }

    /// The address of `path` with these choices.
    pub fn url(&self, path: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let fields = [
            ("period", &self.period),
            ("from", &self.from),
            ("to", &self.to),
            ("grain", &self.grain),
            ("kind", &self.kind),
            ("category", &self.category),
        ];
        for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        match query.finish() {
            query if query.is_empty() => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }

    pub fn at(&self, preset: Preset) -> String {
        let period = preset.as_str().to_owned();
        Self { period, from: String::new(), to: String::new(), grain: String::new(), ..self.clone() }
            .url(PATH)
    }

    pub fn by(&self, grain: Grain) -> String {
        Self { grain: grain.as_str().to_owned(), ..self.clone() }.url(PATH)
    }
}
