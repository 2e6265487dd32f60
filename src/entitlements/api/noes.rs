//! Noes that are kept for the staff, to be opened by the id of their request (acceptance 62).
//!
//! 1. Every no to a use is kept: a `200` with `allowed: false` or `valid: false`, and a problem with status 409.
//! 2. So is every 409 of an API that changes what people have: why something was not changed is asked as often.
//! 3. So is asking with a licence key that was revoked, which is a 404: it opened something once.
//! 4. What was asked wrongly (400, 404, 422) says so by itself, and `in-flight` is no answer: neither is kept.
use std::borrow::Cow;

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value, json};
use sqlx::MySqlConnection;

use crate::{
    app::App,
    auth::extract::ApiClient,
    core::{
        actor::Actor,
        feature::FeatureCode,
        ids::{AccountId, LicenceId},
    },
    db::{DbError, Tx},
    entitlements::{
        domain::{Ask, Skip, SourceKind, Why},
        store::denials::{self, Denial},
    },
    web::{
        idempotent::{self, Stop, Write},
        problem::Problem,
    },
};

/// The operation, the id of its request, and who asked.
pub type Asking<'a> = (&'static str, &'a str, &'a Actor);

/// What a request was about, as far as it got.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    pub account: Option<AccountId>,
    pub feature: Option<FeatureCode>,
    /// What would have paid, or what was to be changed.
    pub source: Option<SourceKind>,
    /// The licence, where it was about one.
    pub licence: Option<LicenceId>,
    pub amount: Option<u32>,
    /// By which rule it was decided, where it was decided by more than the problem says.
    pub rule: Option<Rule>,
}

/// By which rule a no was decided, with its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// Nothing that was asked pays.
    Sources { why: Why, skipped: Vec<Skip> },
    /// The licence key that asked was revoked. `prefix`: what may be shown of it.
    KeyRevoked { prefix: String },
}

impl From<&Ask> for About {
    fn from(ask: &Ask) -> Self {
        Self {
            account: Some(ask.account),
            feature: Some(ask.feature.clone()),
            amount: Some(ask.amount),
            ..Self::default()
        }
    }
}

impl About {
    /// The row that keeps it. `problem`: what was answered, where that was a problem.
    pub fn denial<'a>(
        &self,
        (operation, request_id, actor): Asking<'a>,
        problem: Option<&Problem>,
        at: DateTime<Utc>,
    ) -> Denial<'a> {
        let mut detail = Map::new();
        let reason = match &self.rule {
            Some(Rule::Sources { why, skipped }) => {
                detail.insert("why".to_owned(), json!(why));
                detail.insert("skipped".to_owned(), json!(skipped));
                why.code().to_owned()
            }
            Some(Rule::KeyRevoked { prefix }) => {
                detail.insert("key".to_owned(), json!(prefix));
                "revoked".to_owned()
            }
            None => {
                detail.insert("detail".to_owned(), json!(problem.and_then(Problem::said)));
                problem.map(|problem| problem.kind().code()).unwrap_or_default()
            }
        };
        detail.insert("source".to_owned(), json!(self.source));
        detail.insert("licence".to_owned(), json!(self.licence));
        Denial {
            request_id,
            at,
            operation,
            actor,
            account: self.account,
            feature: self.feature.as_ref().map(|code| Cow::Owned(code.to_string())),
            amount: self.amount,
            reason: Cow::Owned(reason),
            detail: Value::Object(detail),
        }
    }
}

/// The id of a request. The house gives one to whoever comes without.
pub fn request_id(headers: &HeaderMap) -> String {
    headers.get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned()
}

/// Keeps a problem, if it is a no (see above).
pub async fn keep_no(
    conn: &mut MySqlConnection,
    asking: Asking<'_>,
    about: &About,
    problem: &Problem,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    if problem.status() != StatusCode::CONFLICT && about.rule.is_none() {
        return Ok(());
    }
    denials::keep(conn, &[about.denial(asking, Some(problem), now)]).await
}

/// Runs a write at most once, and answers; a no is kept in the transaction that keeps the answer. `work` does it in the transaction
/// it is given, and gives that back with what it was about and what came of it:
/// `|mut tx| async move { let mut about = About::default(); let made = make(&mut tx, &mut about).await; (tx, about, made) }`.
pub async fn write<T, Fut>(
    app: &App,
    write: &Write,
    (operation, client): (&'static str, &ApiClient),
    status: StatusCode,
    work: impl Fn(Tx) -> Fut,
) -> Result<Response, Problem>
where
    T: Serialize,
    Fut: Future<Output = (Tx, About, Result<T, Stop>)>,
{
    let now = app.clock.now();
    let asking = (operation, write.request_id.as_deref().unwrap_or_default(), &client.actor());
    let work = &work;
    idempotent::write(app, write, status, |tx| async move {
        let (mut tx, about, outcome) = work(tx).await;
        if let Err(Stop::Said(problem)) = &outcome
            && let Err(e) = keep_no(&mut tx, asking, &about, problem, now).await
        {
            return (tx, Err(Stop::Broken(e)));
        }
        (tx, outcome)
    })
    .await
}
