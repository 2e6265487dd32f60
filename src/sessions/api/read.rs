//! What is left, what was given, what was used.
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{ListQuery, PAGE};
use crate::{
    accounts::api::AccountRef,
    app::App,
    auth::{extract::ApiClient, key::Scope},
    core::{
        ids::{AccountId, EntryId, GrantId},
        page::Seek,
    },
    sessions::{
        domain::{Category, Grant, Kind as SessionKind, Standing},
        list,
        service::{self, Balance},
        store::{EntryKind, categories},
    },
    web::{
        extract::{Json, Query},
        problem::Problem,
    },
};

/// What a person can spend now.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BalanceDto {
    account_id: AccountId,
    /// Sessions that can be spent now: `free` + `purchased`, or 0 while blocked.
    available: u32,
    free: u32,
    purchased: u32,
    /// Put aside by reservations; not part of `available`.
    reserved: u32,
    /// Left over, too late, and not written off yet.
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
    let Balance { free, purchased, reserved, expired, owed, is_blocked } = balance;
    Ok(Json(BalanceDto {
        account_id: account.id,
        available: balance.available(),
        free,
        purchased,
        reserved,
        expired,
        owed,
        is_blocked,
    }))
}

/// Sessions given at once.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct GrantDto {
    id: GrantId,
    account_id: AccountId,
    kind: SessionKind,
    /// The code of the category, of free ones.
    #[schema(example = "promo")]
    category: Option<String>,
    state: Standing,
    /// All that was ever granted.
    quantity: u32,
    /// What is left of it.
    remaining: u32,
    /// Of what is left: put aside by reservations.
    held: u32,
    /// Taken back unspent.
    voided: u32,
    /// The first instant at which it can no longer be spent; `null`: never.
    expires_at: Option<DateTime<Utc>>,
    /// The shop's number of the order it was bought with.
    order_id: Option<u64>,
    created_at: DateTime<Utc>,
}

impl GrantDto {
    pub(super) fn of(grant: Grant, categories: &[Category], now: DateTime<Utc>) -> Self {
        Self {
            id: grant.id,
            account_id: grant.account,
            kind: grant.kind,
            category: grant
                .category
                .and_then(|id| categories.iter().find(|c| c.id == id))
                .map(|c| c.code.clone()),
            state: grant.standing(now),
            quantity: grant.quantity,
            remaining: grant.remaining,
            held: grant.held,
            voided: grant.voided,
            expires_at: grant.expires_at,
            order_id: grant.source.map(|s| s.order.0),
            created_at: grant.created_at,
        }
    }
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
    let categories = categories::list(&mut conn).await?;
    let items = page.items.into_iter().map(|row| GrantDto::of(row.grant, &categories, now));
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
