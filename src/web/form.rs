//! Forms: strings in, every error collected, what was typed kept and shown again.
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
};
use serde::de::DeserializeOwned;

use super::{csrf, lang::Lang, problem::Problem};
use crate::app::App;

/// A posted form whose token fits. Fields the page did not send need `#[serde(default)]`; repeated ones become a `Vec`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Form<T> {
    type Rejection = Problem;

    async fn from_request(req: Request, app: &App) -> Result<Self, Problem> {
        let (parts, body) = req.into_parts();
        let again = parts.clone();
        let bytes = Bytes::from_request(Request::from_parts(parts, body), app).await?;
        let token = url::form_urlencoded::parse(&bytes).find(|(name, _)| name == csrf::FIELD);
        if !token.is_some_and(|(_, token)| csrf::fits(app, &again.headers, &token)) {
            return Err(csrf::refusal());
        }
        let again = Request::from_parts(again, Body::from(bytes));
        let axum_extra::extract::Form(value) = axum_extra::extract::Form::from_request(again, app).await?;
        Ok(Self(value))
    }
}

/// Why a field is wrong: a text key and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's `name`; empty when it is about the form as a whole.
    pub field: &'static str,
    pub key: &'static str,
    args: Vec<(&'static str, String)>,
}

impl FieldError {
    /// The sentence people read.
    pub fn say(&self, lang: Lang) -> String {
        let args: Vec<(&str, &str)> = self.args.iter().map(|(name, value)| (*name, value.as_str())).collect();
        lang.ta(self.key, &args)
    }
}

/// What is wrong with a form, one error per field, in the order of the fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormErrors {
    labels: &'static [(&'static str, &'static str)],
    errors: Vec<FieldError>,
}

impl FormErrors {
    /// For a form whose fields have these labels: `&[("email", "accounts-email")]`, in the order of the page. The summary
    /// names them; without labels it only has the sentences.
    pub fn of(labels: &'static [(&'static str, &'static str)]) -> Self {
        Self { labels, errors: Vec::new() }
    }

    /// Marks a field. The first error of a field stays.
    pub fn add(&mut self, field: &'static str, key: &'static str) {
        self.add_with(field, key, &[]);
    }

    /// Marks a field with a text that has arguments.
    pub fn add_with(&mut self, field: &'static str, key: &'static str, args: &[(&'static str, &str)]) {
        if self.on(field).is_some() {
            return;
        }
        let args = args.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.errors.push(FieldError { field, key, args });
        let place =
            |field: &str| self.labels.iter().position(|(name, _)| *name == field).unwrap_or(usize::MAX);
        self.errors.sort_by_key(|error| place(error.field));
    }

    /// Something about the form as a whole.
    pub fn add_whole(&mut self, key: &'static str) {
        self.add("", key);
    }

    /// What is wrong with a field.
    pub fn on(&self, field: &str) -> Option<&FieldError> {
        self.errors.iter().find(|error| error.field == field)
    }

    pub fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    pub fn len(&self) -> usize {
        self.errors.len()
    }

    pub fn iter(&self) -> std::slice::Iter<'_, FieldError> {
        self.errors.iter()
    }

    /// The label's text key, for the summary.
    pub fn label(&self, field: &str) -> Option<&'static str> {
        self.labels.iter().find(|(name, _)| *name == field).map(|(_, label)| *label)
    }

    /// `value` when nothing is wrong.
    pub fn or<T>(self, value: impl FnOnce() -> T) -> Result<T, Self> {
        if self.is_empty() { Ok(value()) } else { Err(self) }
    }
}

impl<'a> IntoIterator for &'a FormErrors {
    type Item = &'a FieldError;
    type IntoIter = std::slice::Iter<'a, FieldError>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// An option of a `<select>` or a radio group, its label already in the reader's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opt {
    pub value: String,
    pub label: String,
    /// A line of explanation (radio groups only).
    pub hint: String,
}

impl Opt {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers hand over texts, numbers and references alike"
    )]
    pub fn new(value: impl ToString, label: impl ToString) -> Self {
        Self { value: value.to_string(), label: label.to_string(), hint: String::new() }
    }
    /// Whether this is the chosen one.
    pub fn is(&self, value: &str) -> bool {
        self.value == value
    }
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers hand over texts, numbers and references alike"
    )]
    pub fn hint(mut self, hint: impl ToString) -> Self {
        self.hint = hint.to_string();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_error_of_a_field_stays_and_fields_keep_the_order_of_the_page() {
        let mut errors = FormErrors::of(&[("email", "form-email"), ("amount", "form-amount")]);
        errors.add("amount", "form-required");
        errors.add("amount", "form-number");
        errors.add_whole("form-required");
        errors.add_with("email", "form-too-long", &[("max", "254")]);
        let fields: Vec<&str> = errors.iter().map(|e| e.field).collect();
        assert_eq!(fields, ["email", "amount", ""]);
        assert_eq!(errors.on("amount").unwrap().key, "form-required");
        assert_eq!(errors.on("email").unwrap().say(Lang::En), "Use 254 characters at most.");
        assert_eq!(errors.label("email"), Some("form-email"));
        assert!(errors.or(|| ()).is_err());
    }
}
