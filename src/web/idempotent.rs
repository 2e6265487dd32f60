//! Writes of the API: each carries an `Idempotency-Key`, and each answer is stored with its effect.
use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};

use super::problem::{Kind, Problem};
use crate::{
    app::App,
    auth::extract::ApiClient,
    db::{DbError, Transient, Tx},
    idempotency::{self, Error, Key, Reply},
};

/// Told by a stored answer: it was given before.
const REPLAYED: &str = "idempotency-replayed";

/// A write of the API, as it came.
#[derive(Debug)]
pub struct Write {
    pub key: Key,
    pub request_id: Option<String>,
}

impl Write {
    /// Demands the header.
    pub fn read(
        client: &ApiClient,
        headers: &HeaderMap,
        method: &Method,
        path: &str,
        body: &Bytes,
    ) -> Result<Self, Problem> {
        let key = headers.get("idempotency-key").and_then(|v| v.to_str().ok()).unwrap_or_default();
        let key = Key::new(client.principal(), key, method.as_str(), path, body)
            .ok_or_else(|| Problem::new(Kind::IdempotencyKeyMissing))?;
        let request_id = headers.get("x-request-id").and_then(|v| v.to_str().ok()).map(str::to_owned);
        Ok(Self { key, request_id })
    }
}

/// A failure inside a write: ours, never the client's (those are replies).
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Fault(#[from] DbError);

impl Transient for Fault {
    fn is_transient(&self) -> bool {
        self.0.is_transient()
    }
}

/// Reads a JSON body. A value that does not fit is named by its path in the body.
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|e| match e.inner().classify() {
        serde_json::error::Category::Data => {
            let problem = Problem::new(Kind::Invalid).detail(e.inner());
            match e.path().to_string() {
                path if path == "." => problem,
                path => problem.field(path, "form-unreadable"),
            }
        }
        _ => Problem::new(Kind::UnreadableBody).detail(e.inner()),
    })?;
    reader.end().map_err(|e| Problem::new(Kind::UnreadableBody).detail(e))?;
    Ok(value)
}

/// Why a write was not done: something to tell the client, or a fault of ours that a repeated request may not meet again.
///
/// What is told is stored with whatever was written before it: a service refuses before it writes.
#[derive(Debug)]
pub enum Stop {
    Said(Box<Problem>),
    Broken(DbError),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Said(Box::new(problem))
    }
}

impl From<DbError> for Stop {
    fn from(e: DbError) -> Self {
        Self::Broken(e)
    }
}

/// What a write answers, ready to be stored with its effect.
pub fn settle<T: Serialize>(
    outcome: Result<T, Stop>,
    status: StatusCode,
    request_id: Option<&str>,
) -> Result<Reply, Fault> {
    match outcome {
        Ok(body) => Ok(reply(status, &body)),
        Err(Stop::Said(problem)) => refuse(*problem, request_id),
        Err(Stop::Broken(e)) => Err(e.into()),
    }
}

/// Runs a write at most once, and answers with what it made, or with why it made nothing. `work` does it in the transaction it is
/// given, and gives that back with the outcome: `|mut tx| async move { let made = make(&mut tx).await; (tx, made) }`.
pub async fn write<T, Fut>(
    app: &App,
    write: &Write,
    status: StatusCode,
    work: impl Fn(Tx) -> Fut,
) -> Result<Response, Problem>
where
    T: Serialize,
    Fut: Future<Output = (Tx, Result<T, Stop>)>,
{
    let request_id = write.request_id.as_deref();
    let work = &work;
    answer(app, write, |tx| async move {
        let (tx, outcome) = work(tx).await;
        Ok((tx, settle(outcome, status, request_id)?))
    })
    .await
}

/// Fields that are wrong, as one problem.
#[derive(Debug, Default)]
pub struct Wrong(Vec<(&'static str, &'static str)>);

impl Wrong {
    pub fn unless(&mut self, fits: bool, field: &'static str, code: &'static str) {
        if !fits {
            self.0.push((field, code));
        }
    }

    pub fn most(&mut self, field: &'static str, text: Option<&String>, most: usize) {
        self.unless(text.is_none_or(|t| t.chars().count() <= most), field, "form-too-long");
    }

    pub fn check(self) -> Result<(), Problem> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(self
            .0
            .into_iter()
            .fold(Problem::new(Kind::Invalid), |problem, (field, code)| problem.field(field, code)))
    }
}

/// A success, ready to be stored.
pub fn reply(status: StatusCode, body: &impl Serialize) -> Reply {
    Reply { status: status.as_u16(), body: serde_json::to_vec(body).unwrap_or_default(), replayed: false }
}

/// A refusal, ready to be stored. A fault of ours is not stored: it becomes an error, and a repeated request tries again.
pub fn refuse(problem: Problem, request_id: Option<&str>) -> Result<Reply, Fault> {
    if problem.status().is_server_error() {
        return Err(Fault(DbError::Stale));
    }
    let problem = match request_id {
        Some(id) => problem.instance(id),
        None => problem,
    };
    Ok(Reply { status: problem.status().as_u16(), body: problem.to_json().into_bytes(), replayed: false })
}

/// Runs a write at most once, and answers.
pub async fn answer<Fut>(app: &App, write: &Write, work: impl Fn(Tx) -> Fut) -> Result<Response, Problem>
where
    Fut: Future<Output = Result<(Tx, Reply), Fault>>,
{
    match idempotency::once(app, &write.key, work).await {
        Ok(reply) => Ok(response(reply)),
        Err(Error::Mismatch) => Err(Problem::new(Kind::IdempotencyKeyReused)),
        Err(Error::InFlight) => Err(Problem::new(Kind::InFlight).retry_after(1)),
        Err(Error::Work(Fault(e))) => Err(e.into()),
    }
}

/// A stored answer, or one that was just stored, as it goes over the wire.
pub fn response(reply: Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = if status.is_success() { "application/json" } else { "application/problem+json" };
    let mut response = (status, [(header::CONTENT_TYPE, kind)], reply.body).into_response();
    if reply.replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}
