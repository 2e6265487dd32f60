//! What a client sends: JSON, or a form. Numbers may come as text, as PHP does not mind.
use serde_json::{Map, Value};

use crate::{
    core::email::Email,
    demo::shop::{
        json::{Json, object},
        query::Refused,
        state::{Address, Meta, State},
    },
};

/// The fields of a body; none when there is no body.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    pub(super) fn read(content_type: &str, body: &[u8]) -> Result<Self, Refused> {
        if content_type.starts_with("application/x-www-form-urlencoded") {
            let pairs = url::form_urlencoded::parse(body);
            return Ok(Self(
                pairs.map(|(key, value)| (key.into_owned(), Value::String(value.into_owned()))).collect(),
            ));
        }
        if !content_type.starts_with("application/json") || body.is_empty() {
            return Ok(Self::default());
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(_) => Ok(Self::default()),
            Err(_) => Err(Refused::with_data(
                400,
                "rest_invalid_json",
                "Invalid JSON body passed.",
                object! { "status" => 400, "json_error_code" => 4, "json_error_message" => "Syntax error" },
            )),
        }
    }

    pub(super) fn of(value: &Value) -> Self {
        Self(value.as_object().cloned().unwrap_or_default())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| !value.is_null())
    }

    /// A text; a number becomes one.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.text(name)?.trim().parse().ok()
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        match self.0.get(name)? {
            Value::Bool(yes) => Some(*yes),
            Value::String(text) => Some(text == "true" || text == "1"),
            Value::Number(number) => Some(number.as_i64() == Some(1)),
            _ => None,
        }
    }

    /// The objects of a list.
    pub(super) fn items(&self, name: &str) -> Vec<Self> {
        let items = self.0.get(name).and_then(Value::as_array);
        items.map_or_else(Vec::new, |items| items.iter().map(Self::of).collect())
    }

    pub(super) fn texts(&self, name: &str) -> Option<Vec<String>> {
        let items = self.0.get(name)?.as_array()?;
        Some(items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect())
    }

    pub(super) fn value(&self, name: &str) -> Json {
        self.0.get(name).cloned().map_or(Json::Null, Into::into)
    }

    /// `meta_data` as key and value.
    pub(super) fn meta(&self) -> Vec<(String, Json)> {
        let items = self.items("meta_data").into_iter();
        items.filter_map(|item| Some((item.text("key")?, item.value("value")))).collect()
    }

    /// Writes the body's `meta_data`; `hidden` keys (`_…`) are taken or dropped.
    pub(super) fn write_meta(&self, last_id: &mut u64, meta: &mut Vec<Meta>, hidden: bool) {
        for (key, value) in self.meta() {
            State::write_meta(last_id, meta, &key, value, hidden);
        }
    }

    /// Changes the parts of an address that were sent.
    pub(super) fn write_address(&self, name: &str, address: &mut Address) -> Result<(), Refused> {
        let Some(sent) = self.0.get(name) else {
            return Ok(());
        };
        let sent = Self::of(sent);
        if let Some(email) = sent.text("email")
            && !email.is_empty()
            && Email::parse(&email).is_err()
        {
            return Err(Refused::invalid(name, "rest_invalid_email", "Invalid email address."));
        }
        let fields = [
            ("first_name", &mut address.first_name),
            ("last_name", &mut address.last_name),
            ("company", &mut address.company),
            ("address_1", &mut address.address_1),
            ("address_2", &mut address.address_2),
            ("city", &mut address.city),
            ("state", &mut address.state),
            ("postcode", &mut address.postcode),
            ("country", &mut address.country),
            ("email", &mut address.email),
            ("phone", &mut address.phone),
        ];
        for (key, field) in fields {
            if let Some(text) = sent.text(key) {
                *field = text;
            }
        }
        Ok(())
    }
}
