//! Giving free sessions and taking them back.
use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode},
    response::Response,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sqlx::MySqlConnection;

use super::{Stop, Wrong, about, read::GrantDto};
use crate::{
    accounts::api::AccountRef,
    app::App,
    auth::{extract::ApiClient, key::Scope},
    core::ids::GrantId,
    entitlements::api::noes::{self, About},
    sessions::{
        domain::Expiry,
        service::gifts::{self, Gift, MOST_PER_GRANT, NOTE_MOST, REASON_MOST},
        settings::SessionSettings,
        store::{self, categories},
    },
    settings,
    web::{
        extract::{Json, Path},
        idempotent::{self, Write},
        problem::{Kind, Problem},
    },
};

/// Free sessions to be given.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiveBody {
    account: AccountRef,
    /// How many, 1 to 1000.
    #[schema(minimum = 1, maximum = 1000, example = 3)]
    quantity: u32,
    /// The code of a category. Left out: the default one of the settings.
    #[schema(example = "promo")]
    category: Option<String>,
    /// The last day on which they can be used, to its last second in the business zone. Excludes the two below.
    #[schema(example = "2026-12-31")]
    expires_on: Option<NaiveDate>,
    /// They last so many days after today, 1 to 3650.
    #[schema(minimum = 1, maximum = 3650)]
    expires_in_days: Option<u32>,
    /// They never expire. With none of the three they last as long as the category says.
    #[serde(default)]
    never_expires: bool,
    /// For the staff. At most 500 characters.
    note: Option<String>,
}

impl GiveBody {
    fn check(&self) -> Result<Option<Expiry>, Problem> {
        let mut wrong = Wrong::default();
        wrong.unless((1..=MOST_PER_GRANT).contains(&self.quantity), "quantity", "session-quantity");
        wrong.most("note", self.note.as_ref(), NOTE_MOST);
        let expiry = match (self.expires_on, self.expires_in_days, self.never_expires) {
            (None, None, false) => None,
            (Some(day), None, false) => Some(Expiry::On(day)),
            (None, Some(days), false) => Some(Expiry::Days(days)),
            (None, None, true) => Some(Expiry::Never),
            _ => {
                wrong.unless(false, "expires_on", "session-one-expiry");
                None
            }
        };
        wrong.check().map(|()| expiry)
    }
}

/// Give someone free sessions.
///
/// An expiry date is inclusive to its last second in the business zone; days count from today, which is day 0. What the person owes
/// from refunds of spent sessions is paid out of them first.
#[utoipa::path(post, path = "/api/v1/sessions/grants", tag = "sessions", operation_id = "giveSessions",
    params(("Idempotency-Key" = String, Header, description = "Yours, at most 255 visible ASCII characters, one for each intent")),
    request_body = GiveBody, security(("bearer" = ["grants:write"])),
    responses((status = 201, description = "Given (now, or when this key was first used)", body = GrantDto),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, description = "Nobody, or nobody this key may speak of", body = Problem),
        (status = 409, description = "`in-flight`", body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn give_sessions(
    State(app): State<App>,
    client: ApiClient,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    client.need(Scope::GrantsWrite)?;
    let write = Write::read(&client, &headers, &Method::POST, "/api/v1/sessions/grants", &body)?;
    let wish: GiveBody = idempotent::parse(&body)?;
    let expiry = wish.check()?;
    let (app, wish, client) = (&app, &wish, &client);
    let now = app.clock.now();
    idempotent::write(app, &write, StatusCode::CREATED, |mut tx| async move {
        let given = give(&mut tx, app, wish, expiry, client, now).await;
        (tx, given)
    })
    .await
}

async fn give(
    conn: &mut MySqlConnection,
    app: &App,
    wish: &GiveBody,
    expiry: Option<Expiry>,
    client: &ApiClient,
    now: DateTime<Utc>,
) -> Result<GrantDto, Stop> {
    let account = wish.account.find(conn, client).await?;
    let code = match &wish.category {
        Some(code) => code.clone(),
        None => settings::get::<SessionSettings>(conn).await.map_err(Stop::Broken)?.default_category,
    };
    let known = categories::list(conn).await.map_err(Stop::Broken)?;
    let category = known
        .iter()
        .find(|c| c.code == code)
        .ok_or_else(|| Problem::new(Kind::Invalid).field("category", "session-category-unknown"))?;
    let gift = Gift {
        account: account.id,
        quantity: wish.quantity,
        category: category.id,
        expiry,
        note: wish.note.clone().unwrap_or_default(),
    };
    let grant = gifts::give(conn, &gift, &client.actor(), now, app.config.timezone).await?;
    Ok(GrantDto::of(grant, &known, now))
}

/// Why a grant is taken back.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoidBody {
    /// For the ledger, 1 to 255 characters.
    #[schema(example = "Asignada por error")]
    reason: String,
}

/// What was taken back.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Voided {
    grant: GrantDto,
    /// How many sessions were taken back; what was spent stays spent, what a reservation holds stays held.
    taken_back: u32,
}

/// Take back what is left of a free grant.
///
/// Bought sessions are taken back by refunding their order in the shop.
#[utoipa::path(post, path = "/api/v1/sessions/grants/{id}/void", tag = "sessions", operation_id = "voidSessionGrant",
    params(("id" = u64, Path, description = "The grant's number"),
        ("Idempotency-Key" = String, Header, description = "Yours, at most 255 visible ASCII characters, one for each intent")),
    request_body = VoidBody, security(("bearer" = ["grants:write"])),
    responses((status = 200, body = Voided), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, description = "`grant-fixed`: bought, or nothing left; or (with `Retry-After`) `in-flight`", body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn void_grant(
    State(app): State<App>,
    client: ApiClient,
    Path(id): Path<GrantId>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    client.need(Scope::GrantsWrite)?;
    let path = format!("/api/v1/sessions/grants/{id}/void");
    let write = Write::read(&client, &headers, &Method::POST, &path, &body)?;
    let wish: VoidBody = idempotent::parse(&body)?;
    let mut wrong = Wrong::default();
    wrong.unless(!wish.reason.trim().is_empty(), "reason", "form-required");
    wrong.most("reason", Some(&wish.reason), REASON_MOST);
    wrong.check()?;
    let (wish, client) = (&wish, &client);
    let now = app.clock.now();
    noes::write(&app, &write, ("voidSessionGrant", client), StatusCode::OK, |mut tx| async move {
        let mut about = about(None);
        let voided = take_back(&mut tx, id, wish, client, now, &mut about).await;
        (tx, about, voided)
    })
    .await
}

async fn take_back(
    conn: &mut MySqlConnection,
    id: GrantId,
    wish: &VoidBody,
    client: &ApiClient,
    now: DateTime<Utc>,
    about: &mut About,
) -> Result<Voided, Stop> {
    let grant = store::find(conn, id).await?;
    let grant = grant.filter(|grant| client.may_speak_of(grant.account));
    about.account = Some(grant.ok_or_else(|| Problem::new(Kind::NotFound))?.account);
    let (grant, taken_back) = gifts::void(conn, id, wish.reason.trim(), &client.actor(), now).await?;
    let known = categories::list(conn).await.map_err(Stop::Broken)?;
    Ok(Voided { grant: GrantDto::of(grant, &known, now), taken_back })
}

/// A category of free sessions.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CategoryDto {
    /// What never changes.
    #[schema(example = "promo")]
    code: String,
    /// What people read.
    #[schema(example = "Promocional")]
    name: String,
    /// How many days its sessions last unless said otherwise; `null`: they never expire.
    default_days: Option<u32>,
    /// Nothing new can be given under it.
    is_retired: bool,
}

/// Every category of free sessions.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Categories {
    items: Vec<CategoryDto>,
}

/// The categories under which free sessions are given.
#[utoipa::path(get, path = "/api/v1/sessions/categories", tag = "sessions", operation_id = "listSessionCategories",
    security(("bearer" = ["sessions:read"])),
    responses((status = 200, body = Categories), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn list_categories(
    State(app): State<App>,
    client: ApiClient,
) -> Result<Json<Categories>, Problem> {
    client.need(Scope::SessionsRead)?;
    let items = categories::list(&mut *app.db.conn().await?).await?;
    let items = items.into_iter().map(|c| CategoryDto {
        code: c.code,
        name: c.name,
        default_days: c.default_days,
        is_retired: c.is_retired,
    });
    Ok(Json(Categories { items: items.collect() }))
}
