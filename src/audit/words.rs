//! What the trail says to people: actions, who, about what, and from what to what.
use serde_json::{Map, Value};

use super::store::Entry;
use crate::web::cx::Cx;

/// What happened.
pub fn action(cx: &Cx, action: &str) -> String {
    cx.word("audit-action", action)
}

/// Who did it, by name where one is kept.
pub fn actor(cx: &Cx, entry: &Entry) -> String {
    match entry.actor_kind.as_str() {
        "system" => cx.t("audit-actor-system"),
        "customer" => cx.ta("audit-account", &[("id", &entry.actor_id)]),
        _ if entry.actor_name.is_empty() => {
            format!("{} {}", cx.word("audit-actor", &entry.actor_kind), entry.actor_id)
        }
        _ => entry.actor_name.clone(),
    }
}

/// What they are: the team, an app; for Abono itself, which of its jobs or commands.
pub fn actor_note(cx: &Cx, entry: &Entry) -> String {
    if entry.actor_kind == "system" {
        let name = entry.actor_id.replace(' ', "-");
        let said = cx.word("audit-system", &name);
        if said == name { cx.word("job-kind", &entry.actor_id) } else { said }
    } else {
        cx.word("audit-actor", &entry.actor_kind)
    }
}

/// What it was about: `Cuenta 4711`.
pub fn subject(cx: &Cx, entry: &Entry) -> String {
    let kind = cx.word("audit-subject", &entry.subject_kind);
    let id = match entry.subject_kind.as_str() {
        "schedule" => return format!("{kind}: {}", cx.word("job-kind", &entry.subject_id)),
        "setting" => cx.word("audit-setting", &entry.subject_id),
        _ => entry.subject_id.clone(),
    };
    format!("{kind} {id}").trim_end().to_owned()
}

/// Where the thing can be looked at. It may be gone by now: then that page says so.
pub fn subject_href(entry: &Entry) -> Option<String> {
    let id = entry.subject_id.parse::<u64>().ok();
    let page = |page: &str| id.map(|id| format!("/admin/{page}/{id}"));
    match entry.subject_kind.as_str() {
        "account" => page("accounts"),
        "grant" => page("sessions"),
        "licence" => page("licences"),
        "shop" => page("shops"),
        "job" => page("jobs"),
        "delivery" => page("inbox"),
        "staff" => Some("/admin/staff".to_owned()),
        "api_key" => Some("/admin/keys".to_owned()),
        "schedule" => Some("/admin/jobs/schedules".to_owned()),
        "setting" if entry.subject_id == "sessions" => Some("/admin/sessions/settings".to_owned()),
        "setting" if entry.subject_id == "licences" => Some("/admin/licences/settings".to_owned()),
        "setting" => Some("/admin/settings".to_owned()),
        "category" => Some("/admin/sessions/categories".to_owned()),
        "bulk_run" => page("sessions/bulk"),
        "licence_keys" => id.map(|id| format!("/admin/licences/{id}/keys")),
        "licence_import" => page("licences/import"),
        _ => None,
    }
}

/// Something that was one thing and became another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Empty when the subject itself is the value.
    pub what: String,
    pub from: String,
    pub to: String,
}

/// Something worth knowing beside the changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub what: String,
    pub value: String,
}

/// The detail of a row, readable. `{"from": …, "to": …}` is one change, or one for each field that differs;
/// `{"field": {"from": …, "to": …}}` is one for each field; whatever else there is, is a fact.
pub fn detail(cx: &Cx, detail: &Value) -> (Vec<Change>, Vec<Fact>) {
    let (mut changes, mut facts) = (Vec::new(), Vec::new());
    let Some(fields) = detail.as_object() else {
        if !detail.is_null() {
            facts.push(Fact { what: cx.t("audit-detail"), value: value(cx, detail) });
        }
        return (changes, facts);
    };
    let whole = pair(fields);
    if let Some((from, to)) = whole {
        match (from.as_object(), to.as_object()) {
            (Some(from), Some(to)) => changes.extend(differences(cx, from, to)),
            _ => changes.push(Change { what: String::new(), from: value(cx, from), to: value(cx, to) }),
        }
    }
    for (name, field) in fields {
        if whole.is_some() && matches!(name.as_str(), "from" | "to") {
            continue;
        }
        let what = cx.word("audit-field", name);
        match field.as_object().and_then(pair) {
            Some((from, to)) => changes.push(Change { what, from: value(cx, from), to: value(cx, to) }),
            None => facts.push(Fact { what, value: value(cx, field) }),
        }
    }
    (changes, facts)
}

fn pair(fields: &Map<String, Value>) -> Option<(&Value, &Value)> {
    Some((fields.get("from")?, fields.get("to")?))
}

fn differences<'a>(
    cx: &'a Cx,
    from: &'a Map<String, Value>,
    to: &'a Map<String, Value>,
) -> impl Iterator<Item = Change> + 'a {
    let gone = from.keys().filter(|name| !to.contains_key(*name));
    to.keys().chain(gone).filter(|name| from.get(*name) != to.get(*name)).map(|name| Change {
        what: cx.word("audit-field", name),
        from: value(cx, from.get(name).unwrap_or(&Value::Null)),
        to: value(cx, to.get(name).unwrap_or(&Value::Null)),
    })
}

/// A value as people read it.
fn value(cx: &Cx, value: &Value) -> String {
    match value {
        Value::Null => cx.t("list-none"),
        Value::Bool(true) => cx.t("list-yes"),
        Value::Bool(false) => cx.t("list-no"),
        Value::String(text) if text.is_empty() => cx.t("list-none"),
        Value::String(text) => cx.word("audit-value", text),
        Value::Array(items) if items.is_empty() => cx.t("list-none"),
        Value::Array(items) => items.iter().map(|item| self::value(cx, item)).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// The changes in one line, for the list: `Gestión → Administración`.
pub fn summary(cx: &Cx, entry: &Entry) -> String {
    const MOST: usize = 3;
    let (changes, _) = detail(cx, &entry.detail);
    let line = |change: &Change| {
        let what = if change.what.is_empty() { String::new() } else { format!("{}: ", change.what) };
        format!("{what}{} → {}", change.from, change.to)
    };
    let mut text = changes.iter().take(MOST).map(line).collect::<Vec<_>>().join(" · ");
    if changes.len() > MOST {
        text.push_str(" …");
    }
    text
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use serde_json::json;

    use super::*;
    use crate::web::{lang, testing};

    #[test]
    fn a_detail_is_read_as_changes_and_facts() {
        let cx = testing::cx();
        let change = |what: &str, from: &str, to: &str| Change {
            what: what.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
        };
        let (changes, facts) = detail(&cx, &json!({"from": "manager", "to": "admin"}));
        assert_eq!((changes, facts.len()), (vec![change("", "Gestión", "Administración")], 0));
        let (changes, _) =
            detail(&cx, &json!({"from": {"a": 1, "b": true}, "to": {"a": 2, "b": true, "c": []}}));
        assert_eq!(changes, [change("a", "1", "2"), change("c", "Ninguno", "Ninguno")]);
        let (changes, facts) = detail(&cx, &json!({"name": {"from": "A", "to": "B"}, "reason": "x"}));
        assert_eq!(changes, [change("Nombre", "A", "B")]);
        assert_eq!(facts, [Fact { what: "Motivo".to_owned(), value: "x".to_owned() }]);
        let (changes, facts) = detail(&cx, &json!({"from": 7, "orders": 2}));
        assert_eq!((changes.len(), facts.len()), (0, 2), "a lone `from` is a fact");
    }

    /// The first `noun.verb` after every `Record::new(`.
    fn actions_in(text: &str) -> Vec<String> {
        let is_action = |word: &str| {
            word.contains('.') && word.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '.' | '_'))
        };
        text.split("Record::new(")
            .skip(1)
            .filter_map(|rest| {
                let call: String = rest.chars().take(160).collect();
                call.split('"').nth(1).filter(|word| is_action(word)).map(str::to_owned)
            })
            .collect()
    }

    fn walk(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.extend(actions_in(&fs::read_to_string(path).unwrap()));
            }
        }
    }

    #[test]
    fn every_action_that_the_code_writes_down_has_its_words() {
        let mut found = Vec::new();
        walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        assert!(found.iter().any(|action| action == "job.discarded"), "the walk found {found:?}");
        found.retain(|action| !lang::has(&format!("audit-action-{}", action.replace(['.', '_'], "-"))));
        assert!(found.is_empty(), "without words in audit.ftl: {found:?}");
    }
}
