//! What went wrong, said the same way everywhere: RFC 9457 JSON for machines, a page in the reader's language for people.
//!
//! Handlers return a [`Problem`]; it answers with JSON. [`face::finish`], outside of everything, adds the request's id and,
//! for a browser, turns the same problem into a page.
pub mod face;
mod kind;
pub mod pages;

use axum::{
    extract::rejection::{
        BytesRejection, ExtensionRejection, FormRejection, JsonRejection, PathRejection, QueryRejection,
    },
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::lang::Lang;
use crate::{core::page::BadCursor, db::DbError};
pub use kind::Kind;

/// Seconds after which a client may ask again when the database was away.
const RETRY_SECONDS: u64 = 5;

/// A problem on its way to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    kind: Kind,
    detail: Option<Box<str>>,
    explanation: Option<Box<Explanation>>,
    fields: Vec<FieldProblem>,
    retry_after: Option<u64>,
    instance: Option<Box<str>>,
    members: Option<Box<serde_json::Map<String, serde_json::Value>>>,
}

/// A text that says more than the kind does, in the reader's language.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Explanation {
    key: &'static str,
    args: Vec<(&'static str, String)>,
}

impl Explanation {
    fn say(&self, lang: Lang) -> String {
        let args: Vec<(&str, &str)> = self.args.iter().map(|(name, value)| (*name, value.as_str())).collect();
        lang.ta(self.key, &args)
    }
}

/// A field that is wrong, and how: the code is the key of the text that people see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FieldProblem {
    #[schema(example = "amount")]
    pub field: String,
    #[schema(example = "form-required")]
    pub code: String,
}

/// The body of every error answer, `application/problem+json` (RFC 9457).
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// Which problem, as a path that also explains it. The list is closed.
    #[serde(rename = "type")]
    #[schema(example = "/problems/not-found")]
    kind: &'static str,
    /// The same as a word for programs.
    #[schema(example = "not_found")]
    code: String,
    #[schema(example = "Not found")]
    title: String,
    #[schema(example = 404)]
    status: u16,
    /// More about this one case.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The fields that are wrong (status 422).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldProblem>,
    /// The request's id, to quote when asking for help.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "8f2c-41d0-77ab")]
    instance: Option<String>,
    /// What the kind of problem adds (RFC 9457, extension members).
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    members: Option<serde_json::Map<String, serde_json::Value>>,
}

impl utoipa::PartialSchema for Problem {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        <ProblemBody as utoipa::PartialSchema>::schema()
    }
}

impl utoipa::ToSchema for Problem {
    fn name() -> std::borrow::Cow<'static, str> {
        "Problem".into()
    }
    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>) {
        <ProblemBody as utoipa::ToSchema>::schemas(schemas);
    }
}

impl Problem {
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            detail: None,
            explanation: None,
            fields: Vec::new(),
            retry_after: None,
            instance: None,
            members: None,
        }
    }

    /// More about this case, in English, for the JSON only. Never a cause of ours, never personal data.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers hand over texts, numbers and references alike"
    )]
    pub fn detail(mut self, detail: impl ToString) -> Self {
        self.detail = Some(detail.to_string().into());
        self
    }

    /// What to tell people instead of the kind's general text; English in the JSON.
    #[must_use]
    pub fn explain(mut self, key: &'static str, args: &[(&'static str, &str)]) -> Self {
        let args = args.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.explanation = Some(Box::new(Explanation { key, args }));
        self
    }

    /// Adds a field that is wrong; `code` is the key of its text.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, code: impl Into<String>) -> Self {
        self.fields.push(FieldProblem { field: name.into(), code: code.into() });
        self
    }

    /// Seconds after which asking again makes sense.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Adds what this kind of problem says beyond the common members: an object, whose own names win over none of those.
    #[must_use]
    pub fn members(mut self, object: &impl Serialize) -> Self {
        if let Ok(serde_json::Value::Object(object)) = serde_json::to_value(object) {
            self.members = Some(Box::new(object));
        }
        self
    }

    /// The id of the request that met the problem.
    #[must_use]
    pub fn instance(mut self, request_id: &str) -> Self {
        self.instance = Some(request_id.into());
        self
    }

    /// What was said about this one case, in English.
    pub fn said(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub fn status(&self) -> StatusCode {
        self.kind.status()
    }

    /// A fault of ours: the cause goes to the log, never to the client.
    pub fn internal(cause: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = cause, "request failed");
        Self::new(Kind::Internal)
    }

    /// The text for people: this case's own, or the kind's.
    pub fn text(&self, lang: Lang) -> String {
        self.explanation.as_ref().map_or_else(|| lang.t(self.kind.text_key()), |own| own.say(lang))
    }

    /// The body it is answered with.
    pub fn to_json(&self) -> String {
        serde_json::to_string(&self.body()).unwrap_or_default()
    }

    fn body(&self) -> ProblemBody {
        ProblemBody {
            kind: self.kind.path(),
            code: self.kind.code(),
            title: Lang::En.t(self.kind.title_key()),
            status: self.status().as_u16(),
            detail: self
                .detail
                .as_deref()
                .map(str::to_owned)
                .or_else(|| self.explanation.as_ref().map(|own| own.say(Lang::En))),
            errors: self.fields.clone(),
            instance: self.instance.as_deref().map(str::to_owned),
            members: self.members.as_deref().cloned(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = self.to_json();
        let mut response = (self.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.kind == Kind::NotSignedIn {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"abono\""));
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        Self::of_shared(&error)
    }
}

impl Problem {
    /// What a failure of the database means for one of those who met it together.
    pub fn of_shared(error: &DbError) -> Self {
        if error.is_unavailable() {
            tracing::error!(error = error as &dyn std::error::Error, "the database is away");
            Self::new(Kind::Unavailable).retry_after(RETRY_SECONDS)
        } else if error.is_transient() {
            // Tried again and again in `transact`: others hold these rows just now.
            tracing::warn!(error = error as &dyn std::error::Error, "gave up after retries");
            Self::new(Kind::Unavailable).retry_after(1)
        } else {
            Self::internal(error)
        }
    }
}

impl From<BadCursor> for Problem {
    fn from(_: BadCursor) -> Self {
        Self::new(Kind::BadCursor)
    }
}

/// One of axum's own refusals: its status decides the kind, its text is for developers.
fn refused(status: StatusCode, text: String) -> Problem {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Kind::PayloadTooLarge),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::new(Kind::UnsupportedMediaType).detail(text),
        _ => Problem::new(Kind::UnreadableBody).detail(text),
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        refused(rejection.status(), rejection.body_text())
    }
}
impl From<FormRejection> for Problem {
    fn from(rejection: FormRejection) -> Self {
        refused(rejection.status(), rejection.body_text())
    }
}
impl From<axum_extra::extract::FormRejection> for Problem {
    fn from(rejection: axum_extra::extract::FormRejection) -> Self {
        refused(rejection.status(), rejection.body_text())
    }
}
impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Self {
        refused(rejection.status(), rejection.body_text())
    }
}
impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::new(Kind::UnreadableQuery).detail(rejection.body_text())
    }
}
impl From<axum_extra::extract::QueryRejection> for Problem {
    fn from(rejection: axum_extra::extract::QueryRejection) -> Self {
        Self::new(Kind::UnreadableQuery).detail(rejection.body_text())
    }
}
/// An id that is no number names nothing.
impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        if rejection.status().is_server_error() {
            Self::internal(&rejection)
        } else {
            Self::new(Kind::NotFound)
        }
    }
}
impl From<ExtensionRejection> for Problem {
    fn from(rejection: ExtensionRejection) -> Self {
        Self::internal(&rejection)
    }
}
