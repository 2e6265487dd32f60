//! What imports of licences are called, by text key.
use super::domain::{Import, Item, Prospect, Reason, Refusal, RowState, State, Values, file::Unusable};
use crate::{licences::words::plan, web::cx::Cx};

/// How an import stands: text key and mark.
pub fn state(state: &State) -> (&'static str, &'static str) {
    match state {
        State::Draft => ("licence-import-state-draft", "is-over"),
        State::Running => ("licence-import-state-running", "is-info"),
        State::Done => ("licence-import-state-done", "is-ok"),
        State::Stopped => ("licence-import-state-stopped", "is-warn"),
        State::Cancelled => ("licence-import-state-cancelled", "is-over"),
    }
}

/// Why a row does nothing.
pub fn reason_key(reason: Reason) -> &'static str {
    match reason {
        Reason::Unreadable => "licence-import-reason-unreadable",
        Reason::Unknown => "licence-import-reason-unknown",
        Reason::Repeated => "licence-import-reason-repeated",
        Reason::PlanMissing => "licence-import-reason-plan-missing",
        Reason::PlanUnknown => "licence-import-reason-plan-unknown",
        Reason::DateMissing => "licence-import-reason-date-missing",
        Reason::DateUnreadable => "licence-import-reason-date-unreadable",
        Reason::DateFar => "licence-import-reason-date-far",
        Reason::CreditsMissing => "licence-import-reason-credits-missing",
        Reason::CreditsUnreadable => "licence-import-reason-credits-unreadable",
        Reason::CreditsRange => "licence-import-reason-credits-range",
        Reason::FeatureUnknown => "licence-import-reason-feature-unknown",
        Reason::StatusUnreadable => "licence-import-reason-status-unreadable",
        Reason::Merged => "licence-import-reason-merged",
        Reason::Held => "licence-import-reason-held",
        Reason::Refused => "licence-import-reason-refused",
    }
}

/// Why a file cannot be used.
pub fn unusable_key(unusable: Unusable) -> &'static str {
    match unusable {
        Unusable::Empty => "licence-import-file-empty",
        Unusable::NoPerson => "licence-import-file-no-person",
        Unusable::NoPlan => "licence-import-file-no-plan",
        Unusable::NoRows => "licence-import-file-no-rows",
        Unusable::TooMany => "licence-import-file-too-many",
    }
}

/// Why a step was not taken.
pub fn refusal_key(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Over(_) => "licence-import-refused-over",
        Refusal::Nothing => "licence-import-refused-nothing",
    }
}

/// What a row says the licence is: `Pagado (Cantidad): 5 créditos`. `free_days`: of the settings, as they are part of a plan's name.
pub fn values(cx: &Cx, values: &Values, free_days: u32) -> String {
    let plan = plan(cx, values.plan, free_days);
    match values.expires_on {
        Some(day) => cx.ta("licence-import-by-date", &[("plan", &plan), ("day", &cx.on(&day))]),
        None => cx.na("licence-import-by-credits", values.credits, &[("plan", &plan)]),
    }
}

/// What stands beside it: another feature, blocked or not, a day that is over.
pub fn notes(cx: &Cx, values: &Values) -> String {
    let mut notes = Vec::new();
    if values.feature.as_str() != super::domain::FEATURE {
        notes.push(cx.ta("licence-import-of-feature", &[("feature", values.feature.as_str())]));
    }
    if values.expires_on.is_some_and(|day| day < cx.today()) {
        notes.push(cx.t("licence-import-is-over"));
    }
    match values.is_blocked {
        Some(true) => notes.push(cx.t("licence-import-is-blocked")),
        Some(false) => notes.push(cx.t("licence-import-is-active")),
        None => {}
    }
    notes.join(" · ")
}

/// What became of a row, or would, in words, with its mark.
pub fn outcome(cx: &Cx, item: &Item) -> (String, &'static str) {
    if let Some(reason) = item.reason {
        return (cx.t(reason_key(reason)), "is-bad");
    }
    let (key, class) = match (item.state, item.prospect) {
        (RowState::Given, _) => ("licence-import-outcome-given", "is-ok"),
        (RowState::Changed, _) => ("licence-import-outcome-changed", "is-ok"),
        (RowState::Same, _) => ("licence-import-outcome-same", "is-over"),
        (RowState::Failed, _) => ("licence-import-reason-refused", "is-bad"),
        (RowState::Pending, Some(Prospect::Give)) => ("licence-import-would-give", "is-info"),
        (RowState::Pending, Some(Prospect::Change)) => ("licence-import-would-change", "is-info"),
        (RowState::Pending, Some(Prospect::Same)) => ("licence-import-would-same", "is-over"),
        (RowState::Pending, None) => ("licence-import-outcome-pending", "is-info"),
    };
    (cx.t(key), class)
}

/// Who a row is about: a name, or what stood in the file.
pub fn person(cx: &Cx, item: &Item) -> String {
    match (item.name.as_str(), item.label.as_str()) {
        ("", "") => cx.t("licence-import-row-empty"),
        ("", label) => label.to_owned(),
        (name, _) => name.to_owned(),
    }
}

/// How it ended, in a sentence.
pub fn ended(cx: &Cx, import: &Import) -> String {
    let figures = [
        ("changed", cx.n("licence-import-n-changed", import.changed)),
        ("same", cx.n("licence-import-n-same", import.same)),
        ("left", cx.n("licence-import-n-rows", import.left())),
    ];
    let figures: Vec<(&str, &str)> = figures.iter().map(|(name, text)| (*name, text.as_str())).collect();
    match import.state {
        State::Cancelled => cx.t("licence-import-ended-cancelled"),
        State::Stopped => cx.na("licence-import-ended-stopped", import.given, &figures),
        _ => cx.na("licence-import-ended-done", import.given, &figures),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::{lang, testing};

    #[test]
    fn every_state_reason_and_refusal_has_words() {
        let mut keys: Vec<&str> = State::ALL.iter().map(|s| state(s).0).collect();
        keys.extend(Reason::ALL.map(reason_key));
        keys.extend([Refusal::Nothing, Refusal::Over(State::Done)].map(refusal_key));
        let files =
            [Unusable::Empty, Unusable::NoPerson, Unusable::NoPlan, Unusable::NoRows, Unusable::TooMany];
        keys.extend(files.map(unusable_key));
        keys.retain(|key| !lang::has(key));
        assert!(keys.is_empty(), "{keys:?}");
    }

    #[test]
    fn every_outcome_of_a_row_has_words() {
        let cx = testing::cx();
        let item = |state, prospect, reason| Item {
            row: 2,
            label: String::new(),
            account: None,
            name: String::new(),
            values: None,
            state,
            prospect,
            reason,
            cell: String::new(),
            licence: None,
        };
        let mut said: Vec<String> = Vec::new();
        for state in RowState::ALL {
            said.push(outcome(&cx, &item(state, None, None)).0);
        }
        for prospect in [Prospect::Give, Prospect::Change, Prospect::Same] {
            said.push(outcome(&cx, &item(RowState::Pending, Some(prospect), None)).0);
        }
        let before = said.len();
        said.sort();
        said.dedup();
        assert_eq!(said.len(), before, "{said:?}");
        assert_eq!(person(&cx, &item(RowState::Failed, None, None)), cx.t("licence-import-row-empty"));
    }
}
