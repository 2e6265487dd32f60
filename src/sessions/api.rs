//! JSON API of sessions: what is left, what was given, what was used, and spending.
use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode},
    response::Response,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    domain::{self, Kind as SessionKind, Refusal, Standing},
    list,
    service::{self, Balance, Spending},
    store::EntryKind,
};
use crate::{
    accounts::api::AccountRef,
    app::App,
    auth::{extract::ApiClient, key::Scope},
    core::{
        ids::{AccountId, EntryId, GrantId},
        page::Seek,
    },
    web::{
        extract::{Json, Query},
        idempotent::{self, Write},
        problem::{Kind, Problem},
    },
};

/// Rows of a page of the API, at most.
const PAGE: u32 = 50;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(consume_sessions))
        .routes(routes!(show_balance))
        .routes(routes!(list_grants))
        .routes(routes!(list_usage))
}

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

fn one() -> u32 {
    1
}

/// From which grant how many were taken.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TakeDto {
    grant_id: GrantId,
    kind: SessionKind,
    amount: u32,
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
        let mut wrong = Vec::new();
        let too_long =
            |text: &Option<String>, most: usize| text.as_ref().is_some_and(|t| t.chars().count() > most);
        if self.amount == 0 || self.amount > domain::MOST_AT_ONCE {
            wrong.push(("amount", "session-amount"));
        }
        for (field, text, most) in [
            ("reason", &self.reason, 255),
            ("expert_id", &self.expert_id, 64),
            ("expert_name", &self.expert_name, 120),
        ] {
            if too_long(text, most) {
                wrong.push((field, "form-too-long"));
            }
        }
        if self.duration_seconds.is_some_and(|s| s > 86_400) {
            wrong.push(("duration_seconds", "session-duration"));
        }
        if wrong.is_empty() {
            return Ok(());
        }
        Err(wrong
            .into_iter()
            .fold(Problem::new(Kind::Invalid), |problem, (field, code)| problem.field(field, code)))
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let kind = match refusal {
            Refusal::InsufficientCredits { .. } => Kind::InsufficientCredits,
            Refusal::Expired { .. } => Kind::SessionsExpired,
            Refusal::Blocked { .. } => Kind::SessionsBlocked,
            Refusal::AmountOutOfRange => return Self::new(Kind::Invalid).field("amount", "session-amount"),
        };
        Self::new(kind).detail(refusal)
    }
}

impl From<service::Error> for Problem {
    fn from(e: service::Error) -> Self {
        match e {
            service::Error::NoAccount => Self::new(Kind::NotFound),
            service::Error::Refused(refusal) => refusal.into(),
            service::Error::Db(e) => e.into(),
        }
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
    idempotent::answer(&app, &write, |mut tx| async move {
        let reply = match wish.account.find(&mut tx, client).await {
            Err(problem) => idempotent::refuse(problem, request_id)?,
            Ok(account) => {
                let spending = Spending {
                    account: account.id,
                    amount: wish.amount,
                    reason: wish.reason.clone().unwrap_or_default(),
                    expert_id: wish.expert_id.clone(),
                    expert_name: wish.expert_name.clone(),
                    duration_seconds: wish.duration_seconds,
                    request_id: request_id.map(str::to_owned),
                };
                match service::consume(&mut tx, &spending, &client.actor(), now).await {
                    Ok(spent) => idempotent::reply(
                        StatusCode::OK,
                        &Consumed {
                            operation_id: spent.operation,
                            account_id: account.id,
                            amount: wish.amount,
                            taken: spent
                                .takes
                                .iter()
                                .map(|t| TakeDto { grant_id: t.grant, kind: t.kind, amount: t.amount })
                                .collect(),
                            remaining: spent.remaining,
                        },
                    ),
                    Err(service::Error::Refused(refusal)) => idempotent::refuse(refusal.into(), request_id)?,
                    Err(service::Error::NoAccount) => {
                        idempotent::refuse(Problem::new(Kind::AccountNotFound), request_id)?
                    }
                    Err(service::Error::Db(e)) => return Err(e.into()),
                }
            }
        };
        Ok((tx, reply))
    })
    .await
}

/// What a person can spend now.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BalanceDto {
    account_id: AccountId,
    /// Sessions that can be spent now: `free` + `purchased`, or 0 while blocked.
    available: u32,
    free: u32,
    purchased: u32,
    /// Left over, too late.
    expired: u32,
    /// Already spent of orders that were refunded since, and not settled.
    owed: u32,
    /// Nothing can be spent until what is owed is settled.
    is_blocked: bool,
}

/// How many sessions a person has left.
#[utoipa::path(get, path = "/api/v1/sessions/balance", tag = "sessions", operation_id = "showSessionBalance",
    params(AccountRef), security(("bearer" = ["sessions:read"])),
    responses((status = 200, body = BalanceDto), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn show_balance(
    State(app): State<App>,
    client: ApiClient,
    Query(account): Query<AccountRef>,
) -> Result<Json<BalanceDto>, Problem> {
    client.need(Scope::SessionsRead)?;
    let mut conn = app.db.conn().await?;
    let account = account.find(&mut conn, &client).await?;
    let balance = service::balance(&mut conn, account.id, app.clock.now()).await?;
    let Balance { free, purchased, expired, owed, is_blocked } = balance;
    Ok(Json(BalanceDto {
        account_id: account.id,
        available: balance.available(),
        free,
        purchased,
        expired,
        owed,
        is_blocked,
    }))
}

/// Whose rows, and from where on.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    id: Option<u64>,
    email: Option<String>,
    wp_user_id: Option<u64>,
    shop: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
}

impl ListQuery {
    fn split(self) -> (AccountRef, Option<String>) {
        let account =
            AccountRef { id: self.id, email: self.email, wp_user_id: self.wp_user_id, shop: self.shop };
        (account, self.after)
    }
}

/// Sessions given at once.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct GrantDto {
    id: GrantId,
    kind: SessionKind,
    state: Standing,
    /// All that was ever granted.
    quantity: u32,
    /// What is left of it.
    remaining: u32,
    /// Taken back unspent by refunds.
    voided: u32,
    /// The first instant at which it can no longer be spent; `null`: never.
    expires_at: Option<DateTime<Utc>>,
    /// The shop's number of the order it was bought with.
    order_id: Option<u64>,
    created_at: DateTime<Utc>,
}

/// A page of grants.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct GrantPage {
    items: Vec<GrantDto>,
    /// For `after`, to get the next page; `null` on the last.
    next: Option<String>,
}

/// What a person was given, the latest first.
#[utoipa::path(get, path = "/api/v1/sessions/grants", tag = "sessions", operation_id = "listSessionGrants",
    params(ListQuery), security(("bearer" = ["sessions:read"])),
    responses((status = 200, body = GrantPage), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn list_grants(
    State(app): State<App>,
    client: ApiClient,
    Query(query): Query<ListQuery>,
) -> Result<Json<GrantPage>, Problem> {
    client.need(Scope::SessionsRead)?;
    let (account, after) = query.split();
    let seek = Seek::from_query(after.as_deref(), None, PAGE)?;
    let now = app.clock.now();
    let mut conn = app.db.conn().await?;
    let account = account.find(&mut conn, &client).await?;
    let filter = list::Filter { account: Some(account.id), ..list::Filter::default() };
    let page = list::grants(&mut conn, &filter, list::Sort::Recent, &seek, now).await?;
    let items = page.items.into_iter().map(|row| {
        let grant = row.grant;
        GrantDto {
            id: grant.id,
            kind: grant.kind,
            state: grant.standing(now),
            quantity: grant.quantity,
            remaining: grant.remaining,
            voided: grant.voided,
            expires_at: grant.expires_at,
            order_id: grant.source.map(|s| s.order.0),
            created_at: grant.created_at,
        }
    });
    Ok(Json(GrantPage { items: items.collect(), next: page.next }))
}

/// A use of sessions.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct UsageDto {
    id: EntryId,
    /// The same for all rows of one spending.
    operation_id: String,
    grant_id: GrantId,
    kind: SessionKind,
    amount: u32,
    at: DateTime<Utc>,
    reason: String,
    expert_id: Option<String>,
    expert_name: Option<String>,
    duration_seconds: Option<u32>,
}

/// A page of uses.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct UsagePage {
    items: Vec<UsageDto>,
    next: Option<String>,
}

/// What a person used, the latest first.
#[utoipa::path(get, path = "/api/v1/sessions/usage", tag = "sessions", operation_id = "listSessionUsage",
    params(ListQuery), security(("bearer" = ["sessions:read"])),
    responses((status = 200, body = UsagePage), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn list_usage(
    State(app): State<App>,
    client: ApiClient,
    Query(query): Query<ListQuery>,
) -> Result<Json<UsagePage>, Problem> {
    client.need(Scope::SessionsRead)?;
    let (account, after) = query.split();
    let seek = Seek::from_query(after.as_deref(), None, PAGE)?;
    let mut conn = app.db.conn().await?;
    let account = account.find(&mut conn, &client).await?;
    let filter = list::MovementFilter {
        account: Some(account.id),
        kind: Some(EntryKind::Consume),
        ..Default::default()
    };
    let page = list::movements(&mut conn, &filter, &seek).await?;
    let items = page.items.into_iter().map(|row| UsageDto {
        id: row.id,
        operation_id: row.operation,
        grant_id: row.grant,
        kind: row.grant_kind,
        amount: row.delta.unsigned_abs(),
        at: row.at,
        reason: row.reason,
        expert_id: row.expert_id,
        expert_name: row.expert_name,
        duration_seconds: row.duration_seconds,
    });
    Ok(Json(UsagePage { items: items.collect(), next: page.next }))
}
