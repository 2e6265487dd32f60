//! What deliveries say to people.
use serde_json::Value;

use super::{domain::State, store::Delivery};
use crate::web::cx::Cx;

/// Where a delivery stands: text key and mark.
pub fn state(state: State) -> (&'static str, &'static str) {
    match state {
        State::Pending => ("inbox-state-pending", "is-info"),
        State::Processed => ("inbox-state-processed", "is-over"),
        State::Quarantined => ("inbox-state-quarantined", "is-warn"),
        State::Failed => ("inbox-state-failed", "is-bad"),
        State::Discarded => ("inbox-state-discarded", "is-over"),
    }
}

/// The same for a row of a page.
pub fn state_of(delivery: &Delivery) -> (&'static str, &'static str) {
    state(delivery.state)
}

/// What the shop says has happened: `Pedido 1234, cambió`. The raw topic where we have no words for it.
pub fn topic(cx: &Cx, delivery: &Delivery) -> String {
    if delivery.topic.is_empty() {
        return cx.t("inbox-no-topic");
    }
    let resource = cx.word("inbox-resource", &delivery.resource);
    let event = delivery.topic.split_once('.').map_or("", |(_, event)| event);
    let event = cx.word("inbox-event", event);
    match delivery.resource_id {
        Some(id) => format!("{resource} {id}: {event}"),
        None => delivery.topic.clone(),
    }
}

/// Why it was kept back, or what came of it.
pub fn outcome(cx: &Cx, code: &str) -> String {
    cx.word("inbox-outcome", code)
}

/// Why it could not be processed: the code in front of the colon in words, and what follows.
pub fn error(cx: &Cx, error: &str) -> String {
    match error.split_once(": ") {
        Some((code, detail)) => format!("{}: {detail}", cx.word("job-error", code)),
        None => cx.word("job-error", error),
    }
}

/// Where its thing is shown.
pub fn thing_href(delivery: &Delivery) -> Option<String> {
    let id = delivery.resource_id.filter(|_| delivery.resource == "order")?;
    Some(format!("/admin/orders/{}/{id}", delivery.shop))
}

/// Kept headers as pairs, as they came.
pub fn headers(kept: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    kept.as_object()
        .map(|fields| fields.iter().map(|(name, value)| (name.clone(), text(value))).collect())
        .unwrap_or_default()
}

/// Most of a body that a page shows, in characters.
pub const MOST_SHOWN: usize = 64 * 1024;

/// A body for people to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Set out over lines where it is JSON; strange bytes as `�`.
    pub text: String,
    pub is_json: bool,
    /// The end is not shown.
    pub is_cut: bool,
    pub bytes: usize,
}

pub fn body(raw: &[u8]) -> Body {
    let json = serde_json::from_slice::<Value>(raw).ok();
    let text = json
        .as_ref()
        .and_then(|json| serde_json::to_string_pretty(json).ok())
        .unwrap_or_else(|| String::from_utf8_lossy(raw).into_owned());
    let end = text.char_indices().nth(MOST_SHOWN).map(|(at, _)| at);
    Body {
        is_json: json.is_some(),
        is_cut: end.is_some(),
        bytes: raw.len(),
        text: end.map_or(text.clone(), |end| text[..end].to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_said_in_words_and_keeps_its_detail() {
        let cx = crate::web::testing::cx();
        assert_eq!(error(&cx, "shop_timeout: 30 s"), "La tienda no contestó a tiempo: 30 s");
        assert_eq!(error(&cx, "unheard_of"), "unheard_of");
    }

    #[test]
    fn json_is_set_out_and_anything_else_is_shown_as_it_came() {
        let json = body(br#"{"id":1,"a":"\u00e1"}"#);
        assert!(json.is_json && json.text.contains("\"id\": 1") && json.text.lines().count() == 4);
        let other = body(b"<html>\xff");
        assert_eq!((other.text.as_str(), other.is_json, other.is_cut), ("<html>\u{fffd}", false, false));
    }

    #[test]
    fn a_huge_body_is_cut_between_characters() {
        let long = "é".repeat(MOST_SHOWN + 5);
        let shown = body(long.as_bytes());
        assert!(shown.is_cut);
        assert_eq!(shown.text.chars().count(), MOST_SHOWN);
    }
}
