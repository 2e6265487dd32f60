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

use super::{
    AskBody, LicenceKey, SkipDto, find, moment,
    noes::{self, About, Rule},
    one, refused,
};
use crate::{
    accounts::api::AccountRef,
    app::App,
    auth::{extract::ApiClient, key::Scope},
    core::ids::AccountId,
    db::DbError,
    entitlements::{
        domain::{
            Part, SourceKind,
            reservation::{Refusal, Reservation, State as ReservationState, TTL_DEFAULT, TTL_SECONDS},
        },
        service::reservations::{self, Error},
        source::Moment,
        store::reservations as rows,
    },
    licences::keys,
    web::{
        extract::{Json, Path},
        idempotent::{self, Stop, Write},
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

const PATH: &str = "/api/v1/entitlements/reservations";

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
fn stop(error: Error) -> Stop {
    match error {
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
        Error::Refused(refusal @ (Refusal::Over { .. } | Refusal::Gone)) => {
            Problem::new(Kind::ReservationState).detail(refusal)
        }
        Error::Refused(refusal @ Refusal::Amount { .. }) => {
            Problem::new(Kind::Invalid).field("amount", "session-more-than-held").detail(refusal)
        }
        Error::Db(e) => return Stop::Broken(e),
    }
    .into()
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
    let write = Write::read(&client, &headers, &Method::POST, PATH, &body)?;
    let wish: EntitlementReserveBody = idempotent::parse(&body)?;
    wish.check()?;
    let (wish, client, moment) = (&wish, &client, moment(&app));
    noes::write(&app, &write, ("reserveEntitlement", client), StatusCode::CREATED, |mut tx| async move {
        let mut about = About::default();
        let made = reserve(&mut tx, wish, client, moment, &mut about).await;
        (tx, about, made)
    })
    .await
}

async fn reserve(
    conn: &mut MySqlConnection,
    wish: &EntitlementReserveBody,
    client: &ApiClient,
    moment: Moment,
    about: &mut About,
) -> Result<EntitlementReservationDto, Stop> {
    let body = wish.asked();
    let mut found = find(conn, std::iter::once((client, &body))).await?;
    let ask = match found.asks.pop().ok_or(DbError::Stale)? {
        Ok(ask) => ask,
        Err(unasked) => {
            *about = unasked.no.unwrap_or_default();
            return Err(unasked.problem.into());
        }
    };
    *about = About::from(&ask);
    let reason = wish.reason.as_deref().unwrap_or_default();
    let made = reservations::reserve(conn, &ask, wish.ttl_seconds, reason, &client.actor(), moment).await;
    if let Err(Error::Denied { why, skipped }) = &made {
        about.rule = Some(Rule::Sources { why: *why, skipped: skipped.clone() });
    }
    // Where nobody was asked, nobody is locked, and nothing was used.
    if matches!(made, Ok(_) | Err(Error::Denied { .. })) {
        keys::note(conn, &found.keys, moment.now).await?;
    }
    let (reservation, offer, skipped) = made.map_err(stop)?;
    Ok(EntitlementReservationDto {
        parts: Some(offer.parts),
        remaining: offer.remaining,
        skipped: skipped.iter().map(SkipDto::from).collect(),
        ..EntitlementReservationDto::of(reservation, moment.now)
    })
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
    step(&app, &client, &uid, (&headers, &body), Step::Confirm(wish.amount)).await
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
    step(&app, &client, &uid, (&headers, &body), Step::Release).await
}

#[derive(Clone, Copy)]
enum Step {
    Confirm(Option<u32>),
    Release,
}

impl Step {
    /// The last part of its address, and its name in the description of the API.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Confirm(_) => ("confirm", "confirmEntitlement"),
            Self::Release => ("release", "releaseEntitlement"),
        }
    }
}

async fn step(
    app: &App,
    client: &ApiClient,
    uid: &str,
    (headers, body): (&HeaderMap, &Bytes),
    step: Step,
) -> Result<Response, Problem> {
    client.need(Scope::EntitlementsWrite)?;
    let ((name, operation), moment) = (step.names(), moment(app));
    let write = Write::read(client, headers, &Method::POST, &format!("{PATH}/{uid}/{name}"), body)?;
    noes::write(app, &write, (operation, client), StatusCode::OK, |mut tx| async move {
        let mut about = About::default();
        let taken = take(&mut tx, uid, client, step, moment, &mut about).await;
        (tx, about, taken)
    })
    .await
}

async fn take(
    conn: &mut MySqlConnection,
    uid: &str,
    client: &ApiClient,
    step: Step,
    moment: Moment,
    about: &mut About,
) -> Result<EntitlementReservationDto, Stop> {
    let Reservation { account, feature, source, amount, .. } = visible(conn, uid, client).await?;
    *about = About {
        account: Some(account),
        feature: Some(feature),
        source: Some(source),
        amount: Some(amount),
        ..About::default()
    };
    let reservation = match step {
        Step::Confirm(amount) => reservations::confirm(conn, uid, amount, &client.actor(), moment).await,
        Step::Release => reservations::release(conn, uid, &client.actor(), moment).await,
    };
    Ok(EntitlementReservationDto::of(reservation.map_err(stop)?, moment.now))
}
