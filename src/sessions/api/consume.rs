//! Plain spending.
use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode},
    response::Response,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::MySqlConnection;

use super::{Stop, TakeDto, Wrong, about, one, takes};
use crate::{
    accounts::api::AccountRef,
    app::App,
    auth::{extract::ApiClient, key::Scope},
    core::ids::AccountId,
    entitlements::api::noes::{self, About},
    sessions::{
        domain,
        service::{self, Spending},
    },
    web::{
        idempotent::{self, Write},
        problem::Problem,
    },
};

/// Longest consultation, in seconds: a day.
pub(super) const MOST_SECONDS: u32 = 86_400;

/// A wish to spend sessions.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsumeBody {
    account: AccountRef,
    /// How many, 1 to 100. All of them are spent, or none.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 100, default = 1)]
    amount: u32,
    /// Why, for the person's history. At most 255 characters.
    #[schema(example = "Consulta con la Dra. Robles")]
    reason: Option<String>,
    /// The expert consulted, as the app calls them. At most 64 characters.
    #[schema(example = "expert-42")]
    expert_id: Option<String>,
    /// Their name, shown to the customer. At most 120 characters.
    #[schema(example = "Dra. Elena Robles Mantilla")]
    expert_name: Option<String>,
    /// How long it took, in seconds, at most a day.
    #[schema(maximum = 86400)]
    duration_seconds: Option<u32>,
}

/// What was spent.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Consumed {
    /// Ties together the ledger rows of this spending.
    operation_id: String,
    account_id: AccountId,
    amount: u32,
    taken: Vec<TakeDto>,
    /// Sessions that can still be spent now.
    remaining: u32,
}

impl ConsumeBody {
    fn check(&self) -> Result<(), Problem> {
        let mut wrong = Wrong::default();
        wrong.unless((1..=domain::MOST_AT_ONCE).contains(&self.amount), "amount", "session-amount");
        wrong.most("reason", self.reason.as_ref(), 255);
        wrong.most("expert_id", self.expert_id.as_ref(), 64);
        wrong.most("expert_name", self.expert_name.as_ref(), 120);
        wrong.unless(
            self.duration_seconds.is_none_or(|s| s <= MOST_SECONDS),
            "duration_seconds",
            "session-duration",
        );
        wrong.check()
    }
}

/// Spend sessions, once however often the request is repeated.
///
/// Free sessions go first, the soonest to expire before the others; then free ones without a date; then bought ones, oldest
/// first. All or nothing. Repeating the request with the same `Idempotency-Key` gives the same answer to the byte and spends
/// nothing more; answers are kept for 48 hours, refusals too.
#[utoipa::path(post, path = "/api/v1/sessions/consume", tag = "sessions", operation_id = "consumeSessions",
    params(("Idempotency-Key" = String, Header, description = "Yours, at most 255 visible ASCII characters, one for each intent")),
    request_body = ConsumeBody, security(("bearer" = ["sessions:write"])),
    responses(
        (status = 200, description = "Spent (now, or when this key was first used)", body = Consumed),
        (status = 400, description = "Unreadable, or no Idempotency-Key", body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, description = "Nobody, or nobody this key may speak of", body = Problem),
        (status = 409, description = "`insufficient-credits`, `sessions-expired`, `sessions-blocked`, or (with `Retry-After`) `in-flight`", body = Problem),
        (status = 422, description = "A field is wrong, or the key was used for another request", body = Problem)))]
pub(crate) async fn consume_sessions(
    State(app): State<App>,
    client: ApiClient,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    client.need(Scope::SessionsWrite)?;
    let write = Write::read(&client, &headers, &Method::POST, "/api/v1/sessions/consume", &body)?;
    let wish: ConsumeBody = idempotent::parse(&body)?;
    wish.check()?;
    let (wish, client, request_id) = (&wish, &client, write.request_id.as_deref());
    let now = app.clock.now();
    noes::write(&app, &write, ("consumeSessions", client), StatusCode::OK, |mut tx| async move {
        let mut about = about(Some(wish.amount));
        let spent = spend(&mut tx, wish, client, (request_id, now), &mut about).await;
        (tx, about, spent)
    })
    .await
}

async fn spend(
    conn: &mut MySqlConnection,
    wish: &ConsumeBody,
    client: &ApiClient,
    (request_id, now): (Option<&str>, DateTime<Utc>),
    about: &mut About,
) -> Result<Consumed, Stop> {
    let account = wish.account.find(conn, client).await?;
    about.account = Some(account.id);
    let spending = Spending {
        account: account.id,
        amount: wish.amount,
        reason: wish.reason.clone().unwrap_or_default(),
        expert_id: wish.expert_id.clone(),
        expert_name: wish.expert_name.clone(),
        duration_seconds: wish.duration_seconds,
        request_id: request_id.map(str::to_owned),
    };
    let spent = service::consume(conn, &spending, &client.actor(), now).await?;
    Ok(Consumed {
        operation_id: spent.operation,
        account_id: account.id,
        amount: wish.amount,
        taken: takes(&spent.takes),
        remaining: spent.remaining,
    })
}
