//! What jobs say to people: their kind, what they are about, why they failed, how often they repeat.
use serde_json::Value;

use super::{
    schedule::Every,
    store::{JobRow, State},
};
use crate::{core::ids::ShopId, web::cx::Cx};

/// What a job of this kind does.
pub fn kind(cx: &Cx, kind: &str) -> String {
    cx.word("job-kind", kind)
}

/// Why it failed, by the stable code.
pub fn error(cx: &Cx, code: &str) -> String {
    cx.word("job-error", code)
}

/// Where it stands: text key and mark. A job that waits is due, planned, or waits to be tried again.
pub fn state(cx: &Cx, job: &JobRow) -> (&'static str, &'static str) {
    match job.state {
        State::Ready if job.attempts > 0 => ("job-state-again", "is-warn"),
        State::Ready if job.run_at > cx.now => ("job-state-later", "is-over"),
        State::Ready => ("job-state-due", "is-info"),
        State::Running => ("job-state-running", "is-info"),
        State::Done => ("job-state-done", "is-over"),
        State::Dead => ("job-state-dead", "is-bad"),
    }
}

/// How often something repeats.
pub fn every(cx: &Cx, every: Every) -> String {
    match every {
        Every::Interval(period) => {
            let minutes = period.as_secs() / 60;
            if minutes > 0 && minutes.is_multiple_of(60) {
                cx.n("job-every-hours", minutes / 60)
            } else {
                cx.n("job-every-minutes", minutes)
            }
        }
        Every::Day { hour, minute } => cx.ta("job-every-day", &[("time", &format!("{hour:02}:{minute:02}"))]),
    }
}

/// Something a job is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub label: String,
    pub value: String,
    /// Where it can be looked at.
    pub href: Option<String>,
}

/// The names of the shops, for facts that only know a shop's number.
pub type ShopNames = [(ShopId, String)];

/// A shop as people call it; its number when it is gone.
pub fn shop_name(shops: &ShopNames, id: u64) -> String {
    shops.iter().find(|(shop, _)| shop.0 == id).map_or_else(|| id.to_string(), |(_, name)| name.clone())
}

const ORDER: [&str; 6] = ["resource", "id", "account", "mail", "shop", "mode"];

/// What a job is about, readable. E-mail addresses are not shown: the log of the mail itself is the place for them.
pub fn facts(cx: &Cx, payload: &Value, shops: &ShopNames) -> Vec<Fact> {
    let Some(fields) = payload.as_object() else {
        return Vec::new();
    };
    let number = |key: &str| fields.get(key).and_then(Value::as_u64);
    let word = |key: &str| fields.get(key).and_then(Value::as_str);
    // JSON keeps no order: first what people look for, then the rest by name.
    let order = |key: &str| ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len());
    let mut fields: Vec<(&String, &Value)> = fields.iter().collect();
    fields.sort_by_key(|(key, _)| order(key));
    let mut facts = Vec::new();
    for (key, value) in fields {
        let (text, href) = match (key.as_str(), value.as_u64(), value.as_str()) {
            ("shop", Some(id), _) => (shop_name(shops, id), Some(format!("/admin/shops/{id}"))),
            ("account", Some(id), _) => (id.to_string(), Some(format!("/admin/accounts/{id}"))),
            ("id", Some(id), _) => {
                let order = number("shop").filter(|_| word("resource") == Some("order"));
                (id.to_string(), order.map(|shop| format!("/admin/orders/{shop}/{id}")))
            }
            ("resource", _, Some(word)) => (cx.word("job-resource", word), None),
            ("mode", _, Some(word)) => (cx.word("job-mode", word), None),
            ("email", ..) => (cx.t("job-fact-hidden"), None),
            ("locale", _, Some(word)) => (cx.word("job-locale", word), None),
            (_, _, Some(text)) => (text.to_owned(), None),
            _ if value.is_boolean() => {
                (cx.t(if value == &Value::Bool(true) { "list-yes" } else { "list-no" }), None)
            }
            _ => (value.to_string(), None),
        };
        facts.push(Fact { label: cx.word("job-fact", key), value: text, href });
    }
    facts
}

/// The same in one short line: `Pedido 1234 · Almendro`.
pub fn about(cx: &Cx, payload: &Value, shops: &ShopNames) -> String {
    let number = |key: &str| payload.get(key).and_then(Value::as_u64);
    let word = |key: &str| payload.get(key).and_then(Value::as_str);
    let mut parts = Vec::new();
    match (word("resource"), number("id")) {
        (Some(resource), Some(id)) => parts.push(format!("{} {id}", cx.word("job-resource", resource))),
        (Some(resource), None) => parts.push(cx.word("job-resource", resource)),
        _ => {}
    }
    if let Some(id) = number("account") {
        parts.push(cx.ta("job-about-account", &[("id", &id.to_string())]));
    }
    if let Some(id) = number("mail") {
        parts.push(cx.ta("job-about-mail", &[("id", &id.to_string())]));
    }
    if let Some(id) = number("shop") {
        parts.push(shop_name(shops, id));
    }
    if let Some(mode) = word("mode") {
        parts.push(cx.word("job-mode", mode));
    }
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::web::{lang, testing};

    #[test]
    fn a_kind_without_a_text_shows_its_word() {
        let cx = testing::cx();
        assert_eq!(kind(&cx, "shop.refresh"), "Volver a leer una cosa de una tienda");
        assert_eq!(kind(&cx, "moon.land"), "moon.land");
        assert_eq!(kind(&cx, "<script>"), "<script>");
    }

    #[test]
    fn every_schedule_has_a_name_in_both_languages() {
        for schedule in super::super::schedule::SCHEDULES {
            let key = format!("job-kind-{}", schedule.name.replace(['.', '_'], "-"));
            assert!(lang::has(&key), "{key}");
        }
    }

    #[test]
    fn a_payload_reads_as_facts_and_hides_addresses() {
        let cx = testing::cx();
        let shops = [(ShopId(2), "Almendro".to_owned())];
        let payload = json!({"shop": 2, "resource": "order", "id": 1234});
        assert_eq!(about(&cx, &payload, &shops), "Pedido 1234 · Almendro");
        let found = facts(&cx, &payload, &shops);
        let fact = |label: &str| found.iter().find(|f| f.label == label).unwrap();
        assert_eq!(fact("Tienda").value, "Almendro");
        assert_eq!(fact("Número").href.as_deref(), Some("/admin/orders/2/1234"));
        let hidden = facts(&cx, &json!({"email": "ana@correo.example"}), &shops);
        assert!(!hidden[0].value.contains("ana"));
    }

    #[test]
    fn repetitions_are_said_in_hours_when_they_are_whole() {
        let cx = testing::cx();
        let seconds = std::time::Duration::from_secs;
        assert_eq!(every(&cx, Every::Interval(seconds(300))), "Cada 5 minutos");
        assert_eq!(every(&cx, Every::Interval(seconds(3600))), "Cada hora");
        assert_eq!(every(&cx, Every::Day { hour: 3, minute: 5 }), "Cada día a las 03:05");
    }
}
