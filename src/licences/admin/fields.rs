//! What forms about licences share: the four plans, and the fields that go with each.
use chrono::NaiveDate;

use crate::{
    licences::{
        domain::{FURTHEST_DAYS, MOST_CREDITS, Mode, Plan},
        words,
    },
    web::{
        cx::Cx,
        form::{FormErrors, Opt},
    },
};

/// Longest reason, in characters.
pub(super) const REASON_MOST: usize = 255;
/// Longest note, in characters.
pub(super) const NOTE_MOST: usize = 500;

/// A plan with what belongs to it, as typed. The fields of the other plans are not looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlanForm<'a> {
    pub(super) plan: &'a str,
    pub(super) credits: &'a str,
    pub(super) expires_on: &'a str,
}

/// A plan with what belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) plan: Plan,
    pub(super) credits: u32,
    pub(super) expires_on: Option<NaiveDate>,
}

impl PlanForm<'_> {
    /// What was chosen; marks what is wrong.
    pub(super) fn check(&self, cx: &Cx, errors: &mut FormErrors, free_days: u32) -> Option<Chosen> {
        let Some(plan) = Plan::parse(self.plan) else {
            errors.add("plan", "form-choose");
            return None;
        };
        match (plan.mode, plan) {
            (Mode::Quantity, _) => {
                let credits = credits(errors, "credits", self.credits, 0)?;
                Some(Chosen { plan, credits, expires_on: None })
            }
            (Mode::Date, Plan::FREE_DATE) => Some(Chosen { plan, credits: 0, expires_on: None }),
            (Mode::Date, _) if self.expires_on.trim().is_empty() => {
                let name = words::plan(cx, plan, free_days);
                errors.add_with("expires_on", "licences-day-missing", &[("plan", &name)]);
                None
            }
            (Mode::Date, _) => {
                let day = last_day(cx, errors, "expires_on", self.expires_on)?;
                Some(Chosen { plan, credits: 0, expires_on: Some(day) })
            }
        }
    }
}

/// A number of credits, `least` or more.
pub(super) fn credits(errors: &mut FormErrors, field: &'static str, text: &str, least: u32) -> Option<u32> {
    let credits = text.trim().parse().ok().filter(|n| (least..=MOST_CREDITS).contains(n));
    if credits.is_none() {
        let (min, max) = (least.to_string(), MOST_CREDITS.to_string());
        errors.add_with(field, "form-range", &[("min", &min), ("max", &max)]);
    }
    credits
}

/// A last day: today or later, within a hundred years.
pub(super) fn last_day(
    cx: &Cx,
    errors: &mut FormErrors,
    field: &'static str,
    text: &str,
) -> Option<NaiveDate> {
    let Ok(day) = text.trim().parse::<NaiveDate>() else {
        errors.add(field, "form-date");
        return None;
    };
    let away = (day - cx.today()).num_days();
    if away < 0 {
        errors.add_with(field, "licences-day-past", &[("day", &cx.on_full(&day))]);
    } else if away > FURTHEST_DAYS {
        errors.add(field, "licences-day-far");
    }
    (0..=FURTHEST_DAYS).contains(&away).then_some(day)
}

/// A reason, which has to be given.
pub(super) fn reason(errors: &mut FormErrors, field: &'static str, text: &str) -> String {
    if text.trim().is_empty() {
        errors.add(field, "form-required");
    }
    remark(errors, field, text, REASON_MOST)
}

/// A text that may be empty.
pub(super) fn remark(errors: &mut FormErrors, field: &'static str, text: &str, most: usize) -> String {
    if text.trim().chars().count() > most {
        errors.add_with(field, "form-too-long", &[("max", &most.to_string())]);
    }
    text.trim().to_owned()
}

/// The four plans, each with a line of explanation.
pub(super) fn plans(cx: &Cx, free_days: u32) -> Vec<Opt> {
    let hint = |plan| match plan {
        Plan::FREE_QUANTITY => cx.t("licence-plan-free-quantity-hint"),
        Plan::FREE_DATE => cx.n("licence-plan-free-date-hint", free_days),
        Plan::PAID_QUANTITY => cx.t("licence-plan-paid-quantity-hint"),
        _ => cx.t("licence-plan-paid-date-hint"),
    };
    let option = |plan: Plan| Opt::new(plan.as_str(), words::plan(cx, plan, free_days)).hint(hint(plan));
    Plan::ALL.map(option).to_vec()
}
