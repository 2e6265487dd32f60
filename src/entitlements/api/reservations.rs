//! Reservations: something put aside for a use that is about to happen, whatever pays for it.
use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode},
    response::Response,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::MySqlConnection;

use super::{AskBody, LicenceKey, SkipDto, denial, find, moment, one, refused};
use crate::{
    accounts::api::AccountRef,
    app::App,
    auth::{extract::ApiClient, key::Scope},
    core::ids::AccountId,
    db::{DbError, Tx},
    entitlements::{
        domain::{
            Part, SourceKind,
            reservation::{Refusal, Reservation, State as ReservationState, TTL_DEFAULT, TTL_SECONDS},
        },
        service::reservations::{self, Error},
        source::Moment,
        store::{denials, reservations as rows},
    },
    idempotency::Reply,
    web::{
        extract::{Json, Path},
        idempotent::{self, Fault, Write},
        problem::{Kind, Problem},
    },
};

/// What is put aside, for how long.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntitlementReserveBody {
    /// Who will use it. Left out where `licence_key` says it.
    account: Option<AccountRef>,
    /// The key of a licence, as its app was given it: that licence alone may pay.
    #[schema(value_type = Option<String>, example = "abl_…")]
    licence_key: Option<LicenceKey>,
    /// The feature's code.
    #[schema(example = "catalogue")]
    feature: String,
    /// How many, 1 to 1,000,000. All of them or none.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 1_000_000, default = 1)]
    amount: u32,
    /// For how many seconds, 10 to 3600. Unless it is confirmed by then, it returns by itself.
    #[serde(default = "ttl")]
    #[schema(minimum = 10, maximum = 3600, default = 120)]
    ttl_seconds: u32,
    /// What for, for the person's history. At most 255 characters.
    reason: Option<String>,
}

fn ttl() -> u32 {
    TTL_DEFAULT
}

impl EntitlementReserveBody {
    fn asked(&self) -> AskBody {
        AskBody {
            account: self.account.clone(),
            licence_key: self.licence_key.clone(),
            feature: self.feature.clone(),
            amount: self.amount,
        }
    }

    fn check(&self) -> Result<(), Problem> {
        let mut fields = Vec::new();
        if !TTL_SECONDS.contains(&self.ttl_seconds) {
            fields.push(("ttl_seconds", "session-ttl"));
        }
        if self.reason.as_ref().is_some_and(|reason| reason.chars().count() > 255) {
            fields.push(("reason", "form-too-long"));
        }
        match (self.asked().wrong(""), fields.is_empty()) {
            (None, true) => Ok(()),
            (problem, _) => Err(fields
                .into_iter()
                .fold(problem.unwrap_or_else(|| Problem::new(Kind::Invalid)), |p, (f, code)| {
                    p.field(f, code)
                })),
        }
    }
}

/// Something put aside.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EntitlementReservationDto {
    /// For the steps that follow; also the `operation_id` of the use.
    #[schema(example = "0191f3a4-7c1e-4b7a-9a52-3f0c7d1be1aa")]
    id: String,
    account_id: AccountId,
    #[schema(example = "catalogue")]
    feature: String,
    state: ReservationState,
    amount: u32,
    /// How many were used when it was confirmed.
    confirmed: Option<u32>,
    /// What pays.
    source: SourceKind,
    created_at: DateTime<Utc>,
    /// The first instant at which it holds nothing any more, unless it was confirmed.
    expires_at: DateTime<Utc>,
    /// When it was made: from which grants or licences.
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<Vec<Part>>,
    /// When it was made: what can be used beside it; none where there is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining: Option<u32>,
    /// When it was made: what was asked before what pays, and why it did not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    skipped: Vec<SkipDto>,
}

impl EntitlementReservationDto {
    fn of(reservation: Reservation, now: DateTime<Utc>) -> Self {
        Self {
            state: reservation.state_at(now),
            id: reservation.uid,
            account_id: reservation.account,
            feature: reservation.feature.to_string(),
            amount: reservation.amount,
            confirmed: reservation.confirmed,
            source: reservation.source,
            created_at: reservation.created_at,
            expires_at: reservation.expires_at,
            parts: None,
            remaining: None,
            skipped: Vec::new(),
        }
    }
}

/// What a refusal says to the client; a fault of ours is an error, which a repeated request may not meet again.
fn said(error: Error) -> Result<Problem, DbError> {
    Ok(match error {
        Error::NoAccount => Problem::new(Kind::AccountNotFound),
        Error::NoFeature => Problem::new(Kind::FeatureNotFound),
        Error::NotFound => Problem::new(Kind::NotFound),
        Error::Denied { why, skipped } => {
            let skipped: Vec<SkipDto> = skipped.iter().map(SkipDto::from).collect();
            refused(why, &serde_json::json!({"allowed": false, "reason": why.code(), "skipped": skipped}))
        }
        Error::Refused(refusal @ Refusal::Expired { .. }) => {
            Problem::new(Kind::ReservationExpired).detail(refusal)
        }
        Error::Refused(refusal @ Refusal::Over { .. }) => {
            Problem::new(Kind::ReservationState).detail(refusal)
        }
        Error::Refused(refusal @ Refusal::Amount { .. }) => {
            Problem::new(Kind::Invalid).field("amount", "session-more-than-held").detail(refusal)
        }
        Error::Db(e) => return Err(e),
    })
}

/// Put something aside for a use that is about to happen.
///
/// The first source that can pay for all of it holds it; nobody else can use it until the reservation is confirmed, released, or
/// out of time. A licence by date holds nothing, and serves the use all the same when it is confirmed in time.
#[utoipa::path(post, path = "/api/v1/entitlements/reservations", tag = "entitlements", operation_id = "reserveEntitlement",
    params(("Idempotency-Key" = String, Header, description = "Yours, at most 255 visible ASCII characters, one for each intent")),
    request_body = EntitlementReserveBody, security(("bearer" = ["entitlements:write"])),
    responses((status = 201, description = "Put aside (now, or when this key was first used)", body = EntitlementReservationDto),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, description = "`account-not-found`, `feature-not-found`", body = Problem),
        (status = 409, description = "`insufficient-credits`, `entitlement-expired`, `entitlement-blocked`, `no-entitlement`, `in-flight`", body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn reserve_entitlement(
    State(app): State<App>,
    client: ApiClient,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    client.need(Scope::EntitlementsWrite)?;
    let write = Write::read(&client, &headers, &Method::POST, "/api/v1/entitlements/reservations", &body)?;
    let wish: EntitlementReserveBody = idempotent::parse(&body)?;
    wish.check()?;
    let (wish, client, request_id) = (&wish, &client, write.request_id.as_deref().unwrap_or_default());
    let moment = moment(&app);
    idempotent::answer(&app, &write, |tx| reserve(tx, wish, client, request_id, moment)).await
}

async fn reserve(
    mut tx: Tx,
    wish: &EntitlementReserveBody,
    client: &ApiClient,
    request_id: &str,
    moment: Moment,
) -> Result<(Tx, Reply), Fault> {
    let body = wish.asked();
    let ask = match find(&mut tx, std::iter::once((client, &body))).await?.pop() {
        Some(Ok(ask)) => ask,
        Some(Err(problem)) => return Ok((tx, idempotent::refuse(problem, Some(request_id))?)),
        None => return Err(DbError::Stale.into()),
    };
    let reason = wish.reason.as_deref().unwrap_or_default();
    let actor = client.actor();
    match reservations::reserve(&mut tx, &ask, wish.ttl_seconds, reason, &actor, moment).await {
        Ok((reservation, offer, skipped)) => {
            let dto = EntitlementReservationDto {
                parts: Some(offer.parts),
                remaining: offer.remaining,
                skipped: skipped.iter().map(SkipDto::from).collect(),
                ..EntitlementReservationDto::of(reservation, moment.now)
            };
            Ok((tx, idempotent::reply(StatusCode::CREATED, &dto)))
        }
        Err(error) => {
            if let Error::Denied { why, skipped } = &error {
                let what = ("reserveEntitlement", request_id, &actor);
                let no = denial(what, &ask, *why, skipped, moment.now);
                denials::keep(&mut tx, &[no]).await?;
            }
            Ok((tx, idempotent::refuse(said(error)?, Some(request_id))?))
        }
    }
}

/// The reservation, if this key may speak of its person.
async fn visible(conn: &mut MySqlConnection, uid: &str, client: &ApiClient) -> Result<Reservation, Problem> {
    let found = if uid.len() <= 36 && uid.is_ascii() { rows::find(conn, uid).await? } else { None };
    found.filter(|r| client.may_speak_of(r.account)).ok_or_else(|| Problem::new(Kind::NotFound))
}

/// A reservation and where it stands now.
#[utoipa::path(get, path = "/api/v1/entitlements/reservations/{id}", tag = "entitlements", operation_id = "showEntitlementReservation",
    params(("id" = String, Path, description = "The reservation")), security(("bearer" = ["entitlements:read"])),
    responses((status = 200, body = EntitlementReservationDto), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub(crate) async fn show_entitlement_reservation(
    State(app): State<App>,
    client: ApiClient,
    Path(uid): Path<String>,
) -> Result<Json<EntitlementReservationDto>, Problem> {
    client.need(Scope::EntitlementsRead)?;
    let mut conn = app.db.conn().await?;
    let reservation = visible(&mut conn, &uid, &client).await?;
    Ok(Json(EntitlementReservationDto::of(reservation, app.clock.now())))
}

/// It happened.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmBody {
    /// How many of what is held are used; the others return. Left out: all of them.
    #[schema(minimum = 1)]
    amount: Option<u32>,
}

/// Use what was put aside, or part of it; the rest returns.
#[utoipa::path(post, path = "/api/v1/entitlements/reservations/{id}/confirm", tag = "entitlements", operation_id = "confirmEntitlement",
    params(("id" = String, Path, description = "The reservation"),
        ("Idempotency-Key" = String, Header, description = "Yours, at most 255 visible ASCII characters, one for each intent")),
    request_body = ConfirmBody, security(("bearer" = ["entitlements:write"])),
    responses((status = 200, body = EntitlementReservationDto), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, description = "`reservation-expired`, `reservation-state`, `in-flight`", body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn confirm_entitlement(
    State(app): State<App>,
    client: ApiClient,
    Path(uid): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let wish: ConfirmBody = if body.is_empty() { ConfirmBody::default() } else { idempotent::parse(&body)? };
    step(&app, &client, &uid, "confirm", (&headers, &body), Step::Confirm(wish.amount)).await
}

/// Give back what was put aside. Doing it again changes nothing.
#[utoipa::path(post, path = "/api/v1/entitlements/reservations/{id}/release", tag = "entitlements", operation_id = "releaseEntitlement",
    params(("id" = String, Path, description = "The reservation"),
        ("Idempotency-Key" = String, Header, description = "Yours, at most 255 visible ASCII characters, one for each intent")),
    security(("bearer" = ["entitlements:write"])),
    responses((status = 200, body = EntitlementReservationDto), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, description = "`reservation-state`, `in-flight`", body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn release_entitlement(
    State(app): State<App>,
    client: ApiClient,
    Path(uid): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    step(&app, &client, &uid, "release", (&headers, &body), Step::Release).await
}

#[derive(Clone, Copy)]
enum Step {
    Confirm(Option<u32>),
    Release,
}

async fn step(
    app: &App,
    client: &ApiClient,
    uid: &str,
    name: &str,
    (headers, body): (&HeaderMap, &Bytes),
    step: Step,
) -> Result<Response, Problem> {
    client.need(Scope::EntitlementsWrite)?;
    let path = format!("/api/v1/entitlements/reservations/{uid}/{name}");
    let write = Write::read(client, headers, &Method::POST, &path, body)?;
    visible(&mut *app.db.conn().await?, uid, client).await?;
    let (request_id, moment) = (write.request_id.as_deref().unwrap_or_default(), moment(app));
    idempotent::answer(app, &write, |mut tx| async move {
        let actor = client.actor();
        let outcome = match step {
            Step::Confirm(amount) => reservations::confirm(&mut tx, uid, amount, &actor, moment).await,
            Step::Release => reservations::release(&mut tx, uid, &actor, moment).await,
        };
        let reply = match outcome {
            Ok(reservation) => {
                idempotent::reply(StatusCode::OK, &EntitlementReservationDto::of(reservation, moment.now))
            }
            Err(error) => idempotent::refuse(said(error)?, Some(request_id))?,
        };
        Ok((tx, reply))
    })
    .await
}
