//! What bulk assignments are called, by text key.
use chrono::{DateTime, NaiveDate, Utc};

use super::domain::{Criteria, Item, ItemState, Purchases, Reason, Refusal, Run, Source, State};
use crate::{core::calendar, sessions::domain::Expiry, web::cx::Cx, words};

/// How a run stands.
pub fn state_key(state: &State) -> &'static str {
    match state {
        State::Draft => "bulk-state-draft",
        State::Scheduled => "bulk-state-scheduled",
        State::Running => "bulk-state-running",
        State::Done => "bulk-state-done",
        State::Stopped => "bulk-state-stopped",
        State::Cancelled => "bulk-state-cancelled",
        State::Undoing => "bulk-state-undoing",
        State::Undone => "bulk-state-undone",
    }
}

/// The mark of how a run stands.
pub fn state_class(state: &State) -> &'static str {
    match state {
        State::Draft | State::Cancelled | State::Undone => "is-over",
        State::Scheduled | State::Running | State::Undoing => "is-info",
        State::Done => "is-ok",
        State::Stopped => "is-warn",
    }
}

/// Why a row got nothing.
pub fn reason_key(reason: &Reason) -> &'static str {
    match reason {
        Reason::Unreadable => "bulk-reason-unreadable",
        Reason::Unknown => "bulk-reason-unknown",
        Reason::Repeated => "bulk-reason-repeated",
        Reason::HasActive => "bulk-reason-has-active",
        Reason::Merged => "bulk-reason-merged",
        Reason::ExpiryPast => "bulk-reason-expiry-past",
        Reason::CategoryRetired => "bulk-reason-category-retired",
    }
}

/// Why a step was not taken.
pub fn refusal_key(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Over(_) => "bulk-refused-over",
        Refusal::Late => "bulk-refused-late",
        Refusal::Nobody => "bulk-refused-nobody",
    }
}

pub fn purchases_key(purchases: Purchases) -> &'static str {
    match purchases {
        Purchases::Any => "bulk-purchases-any",
        Purchases::Yes => "bulk-purchases-yes",
        Purchases::None => "bulk-purchases-none",
    }
}

/// What became of a row, in words.
pub fn outcome(cx: &Cx, item: &Item, quantity: u32) -> String {
    match (item.state, item.reason) {
        (ItemState::Given, _) if item.taken_back > 0 && item.kept > 0 => cx.ta(
            "bulk-outcome-partly-back",
            &[("back", &cx.count(item.taken_back)), ("kept", &cx.count(item.kept))],
        ),
        (ItemState::Given, _) if item.taken_back > 0 => cx.n("bulk-outcome-back", item.taken_back),
        (ItemState::Given, _) if item.kept > 0 => cx.n("bulk-outcome-kept", item.kept),
        (ItemState::Given, _) => cx.n("bulk-outcome-given", quantity),
        (_, Some(reason)) => cx.t(reason_key(&reason)),
        (_, None) => cx.t("bulk-outcome-pending"),
    }
}

/// The mark of what became of a row.
pub fn outcome_class(item: &Item) -> &'static str {
    match item.state {
        ItemState::Given if item.taken_back > 0 || item.kept > 0 => "is-warn",
        ItemState::Given => "is-ok",
        ItemState::Failed => "is-bad",
        ItemState::Pending if item.reason.is_none() => "is-info",
        ItemState::Pending | ItemState::Skipped => "is-over",
    }
}

/// Who a row is about: a name, an address, what stood in the file.
pub fn person(cx: &Cx, item: &Item) -> String {
    match (item.name.as_str(), item.account, item.label.as_str()) {
        ("", None, "") => cx.t("bulk-row-empty"),
        ("", None, label) => label.to_owned(),
        ("", Some(_), _) => item.email.clone().unwrap_or_else(|| cx.t("account-nameless")),
        (name, ..) => name.to_owned(),
    }
}

/// The name of a role as it stands in [`Criteria::role`].
pub fn role(cx: &Cx, role: &str) -> String {
    match role.strip_prefix(super::people::WP) {
        Some(role) => cx.ta("bulk-role-wp", &[("role", role)]),
        None => cx.word("account-role", role),
    }
}

/// Who was chosen: one line for each thing that must hold.
pub fn criteria(cx: &Cx, criteria: &Criteria, product: Option<&str>) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(role) = &criteria.role {
        said.push(cx.ta("bulk-said-role", &[("role", &self::role(cx, role))]));
    }
    let mut span = |from: Option<NaiveDate>, to: Option<NaiveDate>, keys: [&str; 2]| {
        for (day, key) in [(from, keys[0]), (to, keys[1])] {
            said.extend(day.map(|day| cx.ta(key, &[("day", &cx.on_full(&day))])));
        }
    };
    span(
        criteria.registered_from,
        criteria.registered_to,
        ["bulk-said-registered-from", "bulk-said-registered-to"],
    );
    match criteria.purchases {
        Purchases::Any => {}
        Purchases::Yes => said.push(cx.t("bulk-said-bought")),
        Purchases::None => said.push(cx.t("bulk-said-not-bought")),
    }
    if let Some((_, id)) = criteria.product {
        let name = product.map_or_else(|| id.to_string(), str::to_owned);
        said.push(cx.ta("bulk-said-product", &[("product", &name)]));
    }
    let mut span = |from: Option<NaiveDate>, to: Option<NaiveDate>, keys: [&str; 2]| {
        for (day, key) in [(from, keys[0]), (to, keys[1])] {
            said.extend(day.map(|day| cx.ta(key, &[("day", &cx.on_full(&day))])));
        }
    };
    span(criteria.bought_from, criteria.bought_to, ["bulk-said-bought-from", "bulk-said-bought-to"]);
    if let Some(least) = &criteria.at_least {
        said.push(cx.ta("bulk-said-at-least", &[("amount", &cx.money(&least.amount, &least.currency))]));
    }
    match criteria.has_sessions {
        None => {}
        Some(true) => said.push(cx.t("bulk-said-has-sessions")),
        Some(false) => said.push(cx.t("bulk-said-no-sessions")),
    }
    if !criteria.text.trim().is_empty() {
        said.push(cx.ta("bulk-said-text", &[("text", criteria.text.trim())]));
    }
    if said.is_empty() {
        said.push(cx.t("bulk-said-everybody"));
    }
    said
}

/// Where a run's people come from, in a word or two.
pub fn source(cx: &Cx, run: &Run) -> String {
    match &run.source {
        Source::Filter(_) => cx.t("bulk-source-filter"),
        Source::List { file_name } if file_name.is_empty() => cx.t("bulk-source-app"),
        Source::List { file_name } => file_name.clone(),
    }
}

/// When what is given at `at` expires, as a sentence.
pub fn expiry(cx: &Cx, expiry: Expiry, at: DateTime<Utc>) -> String {
    let day = calendar::day_of(at, cx.zone);
    match expiry.last_day(day) {
        Ok(None) => cx.t("bulk-expiry-never"),
        Ok(Some(last)) => cx.ta("bulk-expiry-on", &[("day", &cx.on_full(&last))]),
        Err(_) => cx.t("bulk-expiry-past"),
    }
}

/// An instant to the second: `12:04:31`.
pub fn time_of_day(cx: &Cx, at: &DateTime<Utc>) -> String {
    at.with_timezone(&cx.zone).format("%H:%M:%S").to_string()
}

/// How long a run took, or has been taking.
pub fn took(run: &Run, now: DateTime<Utc>) -> Option<String> {
    let seconds = (run.finished_at.unwrap_or(now) - run.started_at?).num_seconds();
    Some(words::duration(u64::try_from(seconds).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::lang;

    #[test]
    fn every_state_reason_and_refusal_has_words() {
        let mut keys: Vec<&str> = State::ALL.iter().map(state_key).collect();
        keys.extend(Reason::ALL.iter().map(reason_key));
        keys.extend(Purchases::ALL.map(purchases_key));
        keys.extend([Refusal::Late, Refusal::Nobody, Refusal::Over(State::Done)].map(refusal_key));
        keys.retain(|key| !lang::has(key));
        assert!(keys.is_empty(), "{keys:?}");
    }
}
