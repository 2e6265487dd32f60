//! Giving licences and changing them.
use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode},
    response::Response,
};
use chrono::NaiveDate;
use serde::{Deserialize, de::DeserializeOwned};
use sqlx::MySqlConnection;

use super::{LicenceDto, PlanCode, stop, visible};
use crate::{
    accounts::api::AccountRef,
    app::App,
    auth::{extract::ApiClient, key::Scope},
    core::{feature::FeatureCode, ids::LicenceId},
    entitlements::{
        SourceKind,
        api::noes::{self, About},
    },
    licences::{
        domain::{MOST_CREDITS, New, Plan},
        service::{self, Context, Wish},
    },
    web::{
        extract::Path,
        idempotent::{self, Stop, Write, Wrong},
        problem::Problem,
    },
};

/// Longest reason, in characters.
const REASON_MOST: usize = 255;
/// Longest note, in characters.
const NOTE_MOST: usize = 500;
const PATH: &str = "/api/v1/licences";
/// The feature that licences are for unless another one is named.
const FEATURE: &str = "catalogue";

/// A licence to be given.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LicenceBody {
    account: AccountRef,
    /// The code of a feature. Left out: `catalogue`.
    #[schema(example = "catalogue")]
    feature: Option<String>,
    plan: PlanCode,
    /// How many, 0 to 1,000,000: needed by quantity, ignored by date.
    #[schema(minimum = 0, maximum = 1_000_000, example = 5)]
    credits: Option<u32>,
    /// `paid_date`: the last day. Of `free_date` it is always today and the days that the settings say; by quantity there is none.
    #[schema(example = "2027-11-21")]
    expires_on: Option<NaiveDate>,
    /// For the staff: a key that is bound to one person never reads it. At most 500 characters.
    note: Option<String>,
    /// For the ledger. At most 255 characters.
    reason: Option<String>,
}

/// Another plan.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanBody {
    plan: PlanCode,
    /// How many are left after it, 0 to 1,000,000: needed by quantity, ignored by date.
    #[schema(minimum = 0, maximum = 1_000_000, example = 5)]
    credits: Option<u32>,
    /// `paid_date`: the last day.
    #[schema(example = "2027-11-21")]
    expires_on: Option<NaiveDate>,
    /// For the ledger. At most 255 characters.
    reason: Option<String>,
    /// Only if this is still the licence's version; else 409. Uses do not change it.
    version: Option<u32>,
    /// Only if this is still what is left; else 409: `credits` would give uses back that happened meanwhile. Ignored by date.
    #[schema(example = 3)]
    remaining: Option<u32>,
}

/// More credits.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditsBody {
    /// How many more, 1 to 1,000,000.
    #[schema(minimum = 1, maximum = 1_000_000, example = 10)]
    credits: u32,
    /// For the ledger. At most 255 characters.
    reason: Option<String>,
    /// Only if this is still the licence's version; else 409.
    version: Option<u32>,
}

/// Another last day.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LastDayBody {
    /// Today or later.
    #[schema(example = "2027-11-21")]
    expires_on: NaiveDate,
    /// For the ledger. At most 255 characters.
    reason: Option<String>,
    /// Only if this is still the licence's version; else 409.
    version: Option<u32>,
}

/// Why a licence is blocked or unblocked.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockBody {
    /// For the ledger, 1 to 255 characters.
    #[schema(example = "Pago devuelto")]
    reason: String,
    /// Only if this is still the licence's version; else 409.
    version: Option<u32>,
}

/// By quantity the credits have to be said: nobody gets some by accident.
fn check_credits(plan: PlanCode, credits: Option<u32>, wrong: &mut Wrong) {
    wrong.unless(credits.is_none_or(|credits| credits <= MOST_CREDITS), "credits", "licence-api-credits");
    wrong.unless(credits.is_some() || Plan::from(plan).is_dated(), "credits", "form-required");
}

/// Give someone a licence.
///
/// A plan by date charges nothing and works to the last second of its last day in the business zone; one by quantity has credits and
/// no last day. A person may have several: one by date that lasts pays before any by quantity.
#[utoipa::path(post, path = "/api/v1/licences", tag = "licences", operation_id = "giveLicence",
    params(("Idempotency-Key" = String, Header, description = "Yours, at most 255 visible ASCII characters, one for each intent")),
    request_body(content = LicenceBody, example = json!({"account": {"email": "ana@example.test"}, "plan": "paid_quantity", "credits": 20,
        "reason": "Contrato 2026-118"})),
    security(("bearer" = ["licences:write"])),
    responses((status = 201, description = "Given (now, or when this key was first used)", body = LicenceDto),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, description = "Nobody, or nobody this key may speak of", body = Problem),
        (status = 409, description = "`in-flight`", body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn give_licence(
    State(app): State<App>,
    client: ApiClient,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    client.need(Scope::LicencesWrite)?;
    let write = Write::read(&client, &headers, &Method::POST, PATH, &body)?;
    let wish: LicenceBody = idempotent::parse(&body)?;
    let feature = FeatureCode::parse(wish.feature.as_deref().unwrap_or(FEATURE));
    let mut wrong = Wrong::default();
    wrong.unless(feature.is_some(), "feature", "licence-api-feature");
    check_credits(wish.plan, wish.credits, &mut wrong);
    wrong.most("note", wish.note.as_ref(), NOTE_MOST);
    wrong.most("reason", wish.reason.as_ref(), REASON_MOST);
    wrong.check()?;
    let (actor, now, zone) = (client.actor(), app.clock.now(), app.config.timezone);
    let cx = Context { actor: &actor, now, zone, request_id: write.request_id.as_deref() };
    let (cx, wish, client, feature) = (&cx, &wish, &client, feature.as_ref());
    noes::write(&app, &write, ("giveLicence", client), StatusCode::CREATED, |mut tx| async move {
        let given = give(&mut tx, wish, feature, client, cx).await;
        (tx, About::default(), given)
    })
    .await
}

async fn give(
    conn: &mut MySqlConnection,
    wish: &LicenceBody,
    feature: Option<&FeatureCode>,
    client: &ApiClient,
    cx: &Context<'_>,
) -> Result<LicenceDto, Stop> {
    let account = wish.account.find(conn, client).await?.id;
    let feature = feature.cloned().ok_or(service::Error::NoFeature).map_err(stop)?;
    let new = New {
        account,
        feature,
        plan: wish.plan.into(),
        credits: wish.credits.unwrap_or(0),
        expires_on: wish.expires_on,
        note: wish.note.clone().unwrap_or_default(),
    };
    let reason = wish.reason.as_deref().unwrap_or_default().trim();
    let licence = service::give(conn, new, reason, cx).await.map_err(stop)?;
    Ok(LicenceDto::of(licence, cx.today(), client))
}

/// What a body asks for.
struct Asked {
    wish: Wish,
    reason: Option<String>,
    version: Option<u32>,
}

/// The handlers below: reads a body, checks it, changes the licence. `step`: the last part of the address, and the operation.
async fn change<B: DeserializeOwned>(
    app: &App,
    client: &ApiClient,
    id: LicenceId,
    (headers, body): (&HeaderMap, &Bytes),
    (step, operation): (&str, &'static str),
    ask: impl FnOnce(B, &mut Wrong) -> Asked,
) -> Result<Response, Problem> {
    client.need(Scope::LicencesWrite)?;
    let write = Write::read(client, headers, &Method::POST, &format!("{PATH}/{id}/{step}"), body)?;
    let mut wrong = Wrong::default();
    let asked = ask(idempotent::parse(body)?, &mut wrong);
    wrong.most("reason", asked.reason.as_ref(), REASON_MOST);
    wrong.check()?;
    let (actor, now, zone) = (client.actor(), app.clock.now(), app.config.timezone);
    let cx = Context { actor: &actor, now, zone, request_id: write.request_id.as_deref() };
    let (cx, asked) = (&cx, &asked);
    noes::write(app, &write, (operation, client), StatusCode::OK, |mut tx| async move {
        let mut about = About::default();
        let changed = make(&mut tx, id, asked, client, cx, &mut about).await;
        (tx, about, changed)
    })
    .await
}

async fn make(
    conn: &mut MySqlConnection,
    id: LicenceId,
    Asked { wish, reason, version }: &Asked,
    client: &ApiClient,
    cx: &Context<'_>,
    about: &mut About,
) -> Result<LicenceDto, Stop> {
    let licence = visible(conn, id, client, cx.now).await?;
    *about = About {
        account: Some(licence.account),
        feature: Some(licence.feature),
        source: Some(SourceKind::Licence),
        licence: Some(id),
        ..About::default()
    };
    let reason = reason.as_deref().unwrap_or_default().trim();
    let licence = service::change(conn, id, *version, wish, reason, cx).await.map_err(stop)?;
    Ok(LicenceDto::of(licence, cx.today(), client))
}

/// Give a licence another plan, at once.
///
/// What belonged to the plan before is gone: by date there are no credits, by quantity there is no last day. `free_date` always begins
/// anew, today and the days that the settings say.
#[utoipa::path(post, path = "/api/v1/licences/{id}/plan", tag = "licences", operation_id = "changeLicencePlan",
    params(("id" = u64, Path, description = "The licence's number"),
        ("Idempotency-Key" = String, Header, description = "Yours, at most 255 visible ASCII characters, one for each intent")),
    request_body = PlanBody, security(("bearer" = ["licences:write"])),
    responses((status = 200, body = LicenceDto), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, description = "`licence-state`, `conflict` (another version), or (with `Retry-After`) `in-flight`", body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn change_licence_plan(
    State(app): State<App>,
    client: ApiClient,
    Path(id): Path<LicenceId>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let names = ("plan", "changeLicencePlan");
    change(&app, &client, id, (&headers, &body), names, |body: PlanBody, wrong| {
        check_credits(body.plan, body.credits, wrong);
        let (plan, credits) = (body.plan.into(), body.credits.unwrap_or(0));
        let wish = Wish::Plan { plan, credits, expires_on: body.expires_on, seen: body.remaining };
        Asked { wish, reason: body.reason, version: body.version }
    })
    .await
}

/// Add credits to a licence by quantity.
#[utoipa::path(post, path = "/api/v1/licences/{id}/credits", tag = "licences", operation_id = "addLicenceCredits",
    params(("id" = u64, Path, description = "The licence's number"),
        ("Idempotency-Key" = String, Header, description = "Yours, at most 255 visible ASCII characters, one for each intent")),
    request_body = CreditsBody, security(("bearer" = ["licences:write"])),
    responses((status = 200, body = LicenceDto), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, description = "`licence-state` (it is by date), `conflict` (another version), or (with `Retry-After`) `in-flight`", body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn add_licence_credits(
    State(app): State<App>,
    client: ApiClient,
    Path(id): Path<LicenceId>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let names = ("credits", "addLicenceCredits");
    change(&app, &client, id, (&headers, &body), names, |body: CreditsBody, _| {
        let wish = Wish::Credits(body.credits);
        Asked { wish, reason: body.reason, version: body.version }
    })
    .await
}

/// Give a licence by date another last day, later or earlier, from today on.
#[utoipa::path(post, path = "/api/v1/licences/{id}/last-day", tag = "licences", operation_id = "setLicenceLastDay",
    params(("id" = u64, Path, description = "The licence's number"),
        ("Idempotency-Key" = String, Header, description = "Yours, at most 255 visible ASCII characters, one for each intent")),
    request_body = LastDayBody, security(("bearer" = ["licences:write"])),
    responses((status = 200, body = LicenceDto), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, description = "`licence-state` (it is by quantity, or has that day), `conflict` (another version), or (with `Retry-After`) `in-flight`", body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn set_licence_last_day(
    State(app): State<App>,
    client: ApiClient,
    Path(id): Path<LicenceId>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let names = ("last-day", "setLicenceLastDay");
    change(&app, &client, id, (&headers, &body), names, |body: LastDayBody, _| {
        let wish = Wish::Until(body.expires_on);
        Asked { wish, reason: body.reason, version: body.version }
    })
    .await
}

/// Block a licence: it opens nothing, whatever it has left.
#[utoipa::path(post, path = "/api/v1/licences/{id}/block", tag = "licences", operation_id = "blockLicence",
    params(("id" = u64, Path, description = "The licence's number"),
        ("Idempotency-Key" = String, Header, description = "Yours, at most 255 visible ASCII characters, one for each intent")),
    request_body = BlockBody, security(("bearer" = ["licences:write"])),
    responses((status = 200, body = LicenceDto), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, description = "`licence-state` (it is blocked), `conflict` (another version), or (with `Retry-After`) `in-flight`", body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn block_licence(
    State(app): State<App>,
    client: ApiClient,
    Path(id): Path<LicenceId>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let names = ("block", "blockLicence");
    change(&app, &client, id, (&headers, &body), names, |body: BlockBody, _| Asked {
        wish: Wish::Block,
        reason: Some(body.reason),
        version: body.version,
    })
    .await
}

/// Unblock a licence: it works again, as far as its plan allows.
#[utoipa::path(post, path = "/api/v1/licences/{id}/unblock", tag = "licences", operation_id = "unblockLicence",
    params(("id" = u64, Path, description = "The licence's number"),
        ("Idempotency-Key" = String, Header, description = "Yours, at most 255 visible ASCII characters, one for each intent")),
    request_body = BlockBody, security(("bearer" = ["licences:write"])),
    responses((status = 200, body = LicenceDto), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, description = "`licence-state` (it is not blocked), `conflict` (another version), or (with `Retry-After`) `in-flight`", body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn unblock_licence(
    State(app): State<App>,
    client: ApiClient,
    Path(id): Path<LicenceId>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let names = ("unblock", "unblockLicence");
    change(&app, &client, id, (&headers, &body), names, |body: BlockBody, _| Asked {
        wish: Wish::Unblock,
        reason: Some(body.reason),
        version: body.version,
    })
    .await
}
