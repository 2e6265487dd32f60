//! JSON API of bulk assignments.
pub mod body;

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode},
    response::Response,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::MySqlConnection;
use utoipa_axum::{router::OpenApiRouter, routes};

use self::body::RunBody;
use super::{
    domain::{Counts, Item, ItemState, Reason, Refusal, Run, Source, State as RunState, Wish},
    service::{self, Error},
    store::{
        self,
        items::{self, Only},
    },
};
use crate::{
    app::App,
    auth::{extract::ApiClient, key::Scope},
    core::{
        ids::{AccountId, BulkRunId, GrantId},
        page::Seek,
    },
    entitlements::{
        SourceKind,
        api::noes::{self, About},
    },
    sessions::{
        api::Stop,
        domain::{Category, Expiry},
        settings::SessionSettings,
        store::categories,
    },
    settings,
    web::{
        extract::{Json, Path, Query},
        idempotent::{self, Write},
        problem::{Kind, Problem},
    },
};

const PATH: &str = "/api/v1/sessions/bulk-runs";
/// Rows of a page, at most.
const PAGE: u32 = 100;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_run, list_runs))
        .routes(routes!(show_run))
        .routes(routes!(list_items))
}

/// A bulk assignment.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = BulkRun)]
pub struct RunDto {
    id: BulkRunId,
    state: RunState,
    /// `filter` or `list`.
    #[schema(example = "list")]
    source: &'static str,
    quantity: u32,
    #[schema(example = "promo")]
    category: Option<String>,
    note: String,
    give_again: bool,
    /// When it begins; `null`: as soon as it was confirmed.
    run_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
    undone_at: Option<DateTime<Utc>>,
    /// Rows of the list, unusable ones too. 0 until a filter made its list.
    chosen: u32,
    /// People who got their sessions.
    given: u32,
    /// People who have active sessions of the category.
    skipped: u32,
    /// Rows that got nothing, with a reason each.
    failed: u32,
    sessions_taken_back: u32,
    sessions_kept: u32,
}

impl RunDto {
    fn of(run: Run, known: &[Category]) -> Self {
        Self {
            id: run.id,
            state: run.state,
            source: if matches!(run.source, Source::Filter(_)) { "filter" } else { "list" },
            quantity: run.wish.quantity,
            category: known.iter().find(|c| c.id == run.wish.category).map(|c| c.code.clone()),
            note: run.wish.note,
            give_again: run.wish.gives_again,
            run_at: run.wish.run_at,
            created_at: run.created_at,
            started_at: run.started_at,
            finished_at: run.finished_at,
            undone_at: run.undone_at,
            chosen: run.chosen,
            given: run.given,
            skipped: run.skipped,
            failed: run.failed,
            sessions_taken_back: run.sessions_taken_back,
            sessions_kept: run.sessions_kept,
        }
    }
}

/// A row of the list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = BulkItem)]
pub struct ItemDto {
    /// The place in the list.
    row: u32,
    /// What stood there.
    #[schema(example = "ana@example.test")]
    value: String,
    account_id: Option<AccountId>,
    state: ItemState,
    reason: Option<Reason>,
    grant_id: Option<GrantId>,
    taken_back: u32,
    kept: u32,
    done_at: Option<DateTime<Utc>>,
}

impl From<Item> for ItemDto {
    fn from(item: Item) -> Self {
        Self {
            row: item.row,
            value: item.label,
            account_id: item.account,
            state: item.state,
            reason: item.reason,
            grant_id: item.grant,
            taken_back: item.taken_back,
            kept: item.kept,
            done_at: item.done_at,
        }
    }
}

/// What will happen, or what would.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = BulkRunPlan)]
pub struct Plan {
    /// Nothing was stored.
    dry_run: bool,
    /// `null` with `dry_run`.
    run: Option<RunDto>,
    chosen: u32,
    will_receive: u32,
    /// Have active sessions of the category.
    will_skip: u32,
    failed: u32,
    /// The first 100 rows that name nobody.
    errors: Vec<ItemDto>,
}

/// Who may: the scope, and no key that is bound to one person.
fn need(client: &ApiClient, scope: Scope) -> Result<(), Problem> {
    client.need(scope)?;
    if client.bound_to().is_some() {
        return Err(Problem::new(Kind::Forbidden).detail("a key of one account may not speak of others"));
    }
    Ok(())
}

fn stop(error: Error) -> Stop {
    match error {
        Error::Db(e) => Stop::Broken(e),
        Error::Session(e) => e.into(),
        Error::Refused(Refusal::Late) => {
            Problem::new(Kind::Invalid).field("run_at", "bulk-run-at-past").into()
        }
        other => Problem::from(other).into(),
    }
}

/// Give sessions to many people at once, now or later.
///
/// It is drafted, counted and confirmed in one step; giving goes on in the background. Whoever has active sessions of the category
/// is left out unless `give_again`. With `dry_run` nothing is stored. Keys that are bound to one account are refused.
#[utoipa::path(post, path = "/api/v1/sessions/bulk-runs", tag = "sessions", operation_id = "createBulkRun",
    params(("Idempotency-Key" = String, Header, description = "Yours, at most 255 visible ASCII characters, one for each intent")),
    request_body = RunBody, security(("bearer" = ["grants:write"])),
    responses((status = 201, description = "Confirmed (now, or when this key was first used)", body = Plan),
        (status = 200, description = "Counted, with `dry_run`", body = Plan),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, description = "Nobody would get anything, or (with `Retry-After`) `in-flight`", body = Problem),
        (status = 413, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn create_run(
    State(app): State<App>,
    client: ApiClient,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    need(&client, Scope::GrantsWrite)?;
    let write = Write::read(&client, &headers, &Method::POST, PATH, &body)?;
    let wish: RunBody = idempotent::parse(&body)?;
    let expiry = wish.check()?;
    let (app, wish, client) = (&app, &wish, &client);
    let status = if wish.dry_run { StatusCode::OK } else { StatusCode::CREATED };
    noes::write(app, &write, ("createBulkRun", client), status, |mut tx| async move {
        let about = About { source: Some(SourceKind::Sessions), ..About::default() };
        let planned = plan(&mut tx, app, wish, expiry, client).await;
        (tx, about, planned)
    })
    .await
}

async fn plan(
    conn: &mut MySqlConnection,
    app: &App,
    body: &RunBody,
    expiry: Option<Expiry>,
    client: &ApiClient,
) -> Result<Plan, Stop> {
    let (now, zone, by) = (app.clock.now(), app.config.timezone, client.actor());
    let code = match &body.category {
        Some(code) => code.clone(),
        None => settings::get::<SessionSettings>(conn).await.map_err(Stop::Broken)?.default_category,
    };
    let known = categories::list(conn).await.map_err(Stop::Broken)?;
    let category = known
        .iter()
        .find(|c| c.code == code)
        .ok_or_else(|| Problem::new(Kind::Invalid).field("category", "session-category-unknown"))?;
    let wish = Wish {
        quantity: body.quantity,
        category: category.id,
        expiry: expiry.unwrap_or(Expiry::of_days(category.default_days)),
        note: body.note.clone().unwrap_or_default(),
        run_at: body.run_at,
        gives_again: body.give_again,
    };
    let people = body.people(conn).await?;
    let draft = service::draft_in(conn, &people, &wish, &by, now, zone).await.map_err(stop)?;
    let counts = service::counts(conn, &draft, now, zone).await.map_err(Stop::Broken)?;
    let seek = Seek::forward(None, PAGE);
    let failed = Only::State(ItemState::Failed);
    let errors = items::page(conn, draft.id, failed, &seek).await.map_err(Stop::Broken)?.items;
    let confirmed = if body.dry_run {
        Ok(None)
    } else {
        service::confirm_in(conn, draft.id, body.give_again, &by, now, zone).await.map(Some)
    };
    // Of what only was counted, or is refused, nothing stays.
    if !matches!(confirmed, Ok(Some(_))) {
        store::TABLES.delete_draft(conn, draft.id.0).await.map_err(Stop::Broken)?;
    }
    let run = confirmed.map_err(stop)?;
    let Counts { chosen, have_active, failed } = counts;
    Ok(Plan {
        dry_run: body.dry_run,
        run: run.map(|run| RunDto::of(run, &known)),
        chosen,
        will_receive: counts.receive(body.give_again),
        will_skip: if body.give_again { 0 } else { have_active },
        failed,
        errors: errors.into_iter().map(ItemDto::from).collect(),
    })
}

/// From where on.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// The `next` of the page before.
    after: Option<String>,
}

/// A page of bulk assignments.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = BulkRunPage)]
pub struct RunPage {
    items: Vec<RunDto>,
    /// For `after`, to get the next page; `null` on the last.
    next: Option<String>,
}

/// Bulk assignments, the latest first.
#[utoipa::path(get, path = "/api/v1/sessions/bulk-runs", tag = "sessions", operation_id = "listBulkRuns",
    params(PageQuery), security(("bearer" = ["sessions:read"])),
    responses((status = 200, body = RunPage), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn list_runs(
    State(app): State<App>,
    client: ApiClient,
    Query(query): Query<PageQuery>,
) -> Result<Json<RunPage>, Problem> {
    need(&client, Scope::SessionsRead)?;
    let seek = Seek::from_query(query.after.as_deref(), None, PAGE)?;
    let mut conn = app.db.conn().await?;
    let page = store::list(&mut conn, &seek).await?;
    let known = categories::list(&mut conn).await?;
    let items = page.items.into_iter().map(|run| RunDto::of(run, &known)).collect();
    Ok(Json(RunPage { items, next: page.next }))
}

async fn found(conn: &mut MySqlConnection, id: BulkRunId) -> Result<Run, Problem> {
    store::find(conn, id).await?.ok_or_else(|| Problem::new(Kind::NotFound))
}

/// A bulk assignment and how far it is.
#[utoipa::path(get, path = "/api/v1/sessions/bulk-runs/{id}", tag = "sessions", operation_id = "showBulkRun",
    params(("id" = u64, Path, description = "Its number")), security(("bearer" = ["sessions:read"])),
    responses((status = 200, body = RunDto), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn show_run(
    State(app): State<App>,
    client: ApiClient,
    Path(id): Path<BulkRunId>,
) -> Result<Json<RunDto>, Problem> {
    need(&client, Scope::SessionsRead)?;
    let mut conn = app.db.conn().await?;
    let run = found(&mut conn, id).await?;
    let known = categories::list(&mut conn).await?;
    Ok(Json(RunDto::of(run, &known)))
}

/// A page of rows.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = BulkItemPage)]
pub struct ItemPage {
    items: Vec<ItemDto>,
    /// For `after`, to get the next page; `null` on the last.
    next: Option<String>,
}

/// The rows of a bulk assignment with their outcomes, in order. A filter has none before it begins.
#[utoipa::path(get, path = "/api/v1/sessions/bulk-runs/{id}/items", tag = "sessions", operation_id = "listBulkItems",
    params(("id" = u64, Path, description = "Its number"), PageQuery), security(("bearer" = ["sessions:read"])),
    responses((status = 200, body = ItemPage), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn list_items(
    State(app): State<App>,
    client: ApiClient,
    Path(id): Path<BulkRunId>,
    Query(query): Query<PageQuery>,
) -> Result<Json<ItemPage>, Problem> {
    need(&client, Scope::SessionsRead)?;
    let seek = Seek::from_query(query.after.as_deref(), None, PAGE)?;
    let mut conn = app.db.conn().await?;
    found(&mut conn, id).await?;
    let page = items::page(&mut conn, id, Only::All, &seek).await?;
    Ok(Json(ItemPage { items: page.items.into_iter().map(ItemDto::from).collect(), next: page.next }))
}
