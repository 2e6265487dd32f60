//! Reservations: sessions put aside for a consultation, spent when it starts.
use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode},
    response::Response,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::MySqlConnection;

use super::{Stop, TakeDto, Wrong, about, consume::MOST_SECONDS, one, takes};
use crate::{
    accounts::api::AccountRef,
    app::App,
    auth::{extract::ApiClient, key::Scope},
    core::ids::AccountId,
    entitlements::api::noes::{self, About},
    sessions::{
        domain::{
            self, Reservation, Take,
            reservation::{State as ReservationState, TTL_DEFAULT, TTL_SECONDS},
        },
        service::reservations::{self, Wish},
        store::reservations as rows,
    },
    web::{
        extract::{Json, Path},
        idempotent::{self, Write},
        problem::{Kind, Problem},
    },
};

/// Sessions to be put aside.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReserveBody {
    account: AccountRef,
    /// How many, 1 to 100. All of them are put aside, or none.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 100, default = 1)]
    amount: u32,
    /// For how many seconds, 10 to 3600. If the consultation has not started by then, they return by themselves.
    #[serde(default = "ttl")]
    #[schema(minimum = 10, maximum = 3600, default = 120)]
    ttl_seconds: u32,
    /// Why, for the person's history. At most 255 characters.
    reason: Option<String>,
    /// The expert to be consulted, as the app calls them. At most 64 characters.
    #[schema(example = "expert-42")]
    expert_id: Option<String>,
    /// Their name, shown to the customer. At most 120 characters.
    #[schema(example = "Dra. Elena Robles Mantilla")]
    expert_name: Option<String>,
}

const PATH: &str = "/api/v1/sessions/reservations";

fn ttl() -> u32 {
    TTL_DEFAULT
}

impl ReserveBody {
    fn check(&self) -> Result<(), Problem> {
        let mut wrong = Wrong::default();
        wrong.unless((1..=domain::MOST_AT_ONCE).contains(&self.amount), "amount", "session-amount");
        wrong.unless(TTL_SECONDS.contains(&self.ttl_seconds), "ttl_seconds", "session-ttl");
        wrong.most("reason", self.reason.as_ref(), 255);
        wrong.most("expert_id", self.expert_id.as_ref(), 64);
        wrong.most("expert_name", self.expert_name.as_ref(), 120);
        wrong.check()
    }
}

/// Sessions put aside for a consultation.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ReservationDto {
    /// For the steps that follow; also the `operation_id` of the use.
    #[schema(example = "0191f3a4-7c1e-4b7a-9a52-3f0c7d1be1aa")]
    id: String,
    account_id: AccountId,
    state: ReservationState,
    /// How many it was made for.
    amount: u32,
    /// How many were spent when it started.
    spent: u32,
    expert_id: Option<String>,
    expert_name: Option<String>,
    /// How long the consultation took, once it is finished.
    duration_seconds: Option<u32>,
    created_at: DateTime<Utc>,
    /// The first instant at which it holds nothing any more, unless it started.
    expires_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    /// From which grants, in the order in which they are spent.
    holds: Vec<TakeDto>,
}

impl ReservationDto {
    fn of(reservation: Reservation, holds: &[Take], now: DateTime<Utc>) -> Self {
        Self {
            state: reservation.state_at(now),
            id: reservation.uid,
            account_id: reservation.account,
            amount: reservation.amount,
            spent: reservation.spent,
            expert_id: reservation.expert_id,
            expert_name: reservation.expert_name,
            duration_seconds: reservation.duration_seconds,
            created_at: reservation.created_at,
            expires_at: reservation.expires_at,
            started_at: reservation.started_at,
            holds: takes(holds),
        }
    }
}

/// Put sessions aside for a consultation that is about to begin.
///
/// They are chosen in the order in which they would be spent, and nobody else can spend them until the reservation is started,
/// released, or out of time.
#[utoipa::path(post, path = "/api/v1/sessions/reservations", tag = "sessions", operation_id = "reserveSessions",
    params(("Idempotency-Key" = String, Header, description = "Yours, at most 255 visible ASCII characters, one for each intent")),
    request_body = ReserveBody, security(("bearer" = ["sessions:write"])),
    responses((status = 201, description = "Put aside (now, or when this key was first used)", body = ReservationDto),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, description = "`insufficient-credits`, `sessions-expired`, `sessions-blocked`, or (with `Retry-After`) `in-flight`", body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn reserve_sessions(
    State(app): State<App>,
    client: ApiClient,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    client.need(Scope::SessionsWrite)?;
    let write = Write::read(&client, &headers, &Method::POST, PATH, &body)?;
    let wish: ReserveBody = idempotent::parse(&body)?;
    wish.check()?;
    let (wish, client) = (&wish, &client);
    let now = app.clock.now();
    noes::write(&app, &write, ("reserveSessions", client), StatusCode::CREATED, |mut tx| async move {
        let mut about = about(Some(wish.amount));
        let reserved = reserve(&mut tx, wish, client, now, &mut about).await;
        (tx, about, reserved)
    })
    .await
}

async fn reserve(
    conn: &mut MySqlConnection,
    wish: &ReserveBody,
    client: &ApiClient,
    now: DateTime<Utc>,
    about: &mut About,
) -> Result<ReservationDto, Stop> {
    let account = wish.account.find(conn, client).await?;
    about.account = Some(account.id);
    let wish = Wish {
        account: account.id,
        amount: wish.amount,
        ttl_seconds: wish.ttl_seconds,
        reason: wish.reason.clone().unwrap_or_default(),
        expert_id: wish.expert_id.clone(),
        expert_name: wish.expert_name.clone(),
    };
    let (reservation, holds, _left) = reservations::reserve(conn, &wish, &client.actor(), now).await?;
    Ok(ReservationDto::of(reservation, &holds, now))
}

/// The reservation, if this key may speak of its person.
async fn visible(conn: &mut MySqlConnection, uid: &str, client: &ApiClient) -> Result<Reservation, Problem> {
    let found = if uid.len() <= 36 && uid.is_ascii() { rows::find(conn, uid).await? } else { None };
    found.filter(|r| client.may_speak_of(r.account)).ok_or_else(|| Problem::new(Kind::NotFound))
}

/// A reservation and where it stands now.
#[utoipa::path(get, path = "/api/v1/sessions/reservations/{id}", tag = "sessions", operation_id = "showReservation",
    params(("id" = String, Path, description = "The reservation")), security(("bearer" = ["sessions:read"])),
    responses((status = 200, body = ReservationDto), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub(crate) async fn show_reservation(
    State(app): State<App>,
    client: ApiClient,
    Path(uid): Path<String>,
) -> Result<Json<ReservationDto>, Problem> {
    client.need(Scope::SessionsRead)?;
    let mut conn = app.db.conn().await?;
    let reservation = visible(&mut conn, &uid, &client).await?;
    let holds = rows::holds(&mut conn, reservation.id).await?;
    Ok(Json(ReservationDto::of(reservation, &holds, app.clock.now())))
}

/// The consultation begins.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartBody {
    /// How many of what is held are spent; the others return. Left out: all of them.
    #[schema(minimum = 1)]
    amount: Option<u32>,
}

/// How the consultation ended.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FinishBody {
    /// How long it took, in seconds, at most a day.
    #[schema(maximum = 86400, example = 2691)]
    duration_seconds: u32,
}

/// Nothing to add.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseBody {}

/// What a step on a reservation is.
#[derive(Clone, Copy)]
enum Step {
    Start(Option<u32>),
    Finish(u32),
    Release,
}

impl Step {
    /// The last part of its address, and its name in the description of the API.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Start(_) => ("start", "startReservation"),
            Self::Finish(_) => ("finish", "finishReservation"),
            Self::Release => ("release", "releaseReservation"),
        }
    }
}

/// Reads a body that may be empty.
fn parse_or_empty<T: serde::de::DeserializeOwned + Default>(body: &Bytes) -> Result<T, Problem> {
    if body.is_empty() { Ok(T::default()) } else { idempotent::parse(body) }
}

async fn step(
    app: &App,
    client: &ApiClient,
    uid: &str,
    (headers, body): (&HeaderMap, &Bytes),
    step: Step,
) -> Result<Response, Problem> {
    let ((name, operation), now) = (step.names(), app.clock.now());
    let write = Write::read(client, headers, &Method::POST, &format!("{PATH}/{uid}/{name}"), body)?;
    noes::write(app, &write, (operation, client), StatusCode::OK, |mut tx| async move {
        let mut about = about(None);
        let taken = take(&mut tx, uid, client, step, now, &mut about).await;
        (tx, about, taken)
    })
    .await
}

async fn take(
    conn: &mut MySqlConnection,
    uid: &str,
    client: &ApiClient,
    step: Step,
    now: DateTime<Utc>,
    about: &mut About,
) -> Result<ReservationDto, Stop> {
    let Reservation { account, amount, .. } = visible(conn, uid, client).await?;
    (about.account, about.amount) = (Some(account), Some(amount));
    let actor = client.actor();
    let reservation = match step {
        Step::Start(amount) => reservations::start(conn, uid, amount, &actor, now).await?,
        Step::Finish(seconds) => reservations::finish(conn, uid, seconds, now).await?,
        Step::Release => reservations::release(conn, uid, &actor, now).await?,
    };
    let holds = rows::holds(conn, reservation.id).await?;
    Ok(ReservationDto::of(reservation, &holds, now))
}

/// Start a reserved consultation: what is held is spent.
///
/// After its time it is refused with `reservation-expired`, and nothing is spent. Starting again with the same amount is a success.
#[utoipa::path(post, path = "/api/v1/sessions/reservations/{id}/start", tag = "sessions", operation_id = "startReservation",
    params(("id" = String, Path, description = "The reservation"),
        ("Idempotency-Key" = String, Header, description = "Yours, at most 255 visible ASCII characters, one for each intent")),
    request_body = StartBody, security(("bearer" = ["sessions:write"])),
    responses((status = 200, body = ReservationDto), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, description = "`reservation-expired`, `reservation-state`, or (with `Retry-After`) `in-flight`", body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn start_reservation(
    State(app): State<App>,
    client: ApiClient,
    Path(uid): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    client.need(Scope::SessionsWrite)?;
    let wish: StartBody = parse_or_empty(&body)?;
    step(&app, &client, &uid, (&headers, &body), Step::Start(wish.amount)).await
}

/// Finish a started consultation: its length goes into the person's history.
#[utoipa::path(post, path = "/api/v1/sessions/reservations/{id}/finish", tag = "sessions", operation_id = "finishReservation",
    params(("id" = String, Path, description = "The reservation"),
        ("Idempotency-Key" = String, Header, description = "Yours, at most 255 visible ASCII characters, one for each intent")),
    request_body = FinishBody, security(("bearer" = ["sessions:write"])),
    responses((status = 200, body = ReservationDto), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, description = "`reservation-state`, `reservation-expired`, or (with `Retry-After`) `in-flight`", body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn finish_reservation(
    State(app): State<App>,
    client: ApiClient,
    Path(uid): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    client.need(Scope::SessionsWrite)?;
    let wish: FinishBody = idempotent::parse(&body)?;
    let mut wrong = Wrong::default();
    wrong.unless(wish.duration_seconds <= MOST_SECONDS, "duration_seconds", "session-duration");
    wrong.check()?;
    step(&app, &client, &uid, (&headers, &body), Step::Finish(wish.duration_seconds)).await
}

/// Release a reservation whose consultation did not begin: everything returns. Releasing again is a success.
#[utoipa::path(post, path = "/api/v1/sessions/reservations/{id}/release", tag = "sessions", operation_id = "releaseReservation",
    params(("id" = String, Path, description = "The reservation"),
        ("Idempotency-Key" = String, Header, description = "Yours, at most 255 visible ASCII characters, one for each intent")),
    request_body = ReleaseBody, security(("bearer" = ["sessions:write"])),
    responses((status = 200, body = ReservationDto), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, description = "`reservation-state`, or (with `Retry-After`) `in-flight`", body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn release_reservation(
    State(app): State<App>,
    client: ApiClient,
    Path(uid): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    client.need(Scope::SessionsWrite)?;
    let ReleaseBody {} = parse_or_empty(&body)?;
    step(&app, &client, &uid, (&headers, &body), Step::Release).await
}
