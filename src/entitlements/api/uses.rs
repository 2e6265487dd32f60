//! Asking and using. Uses that come at the same moment are paid for together, in one transaction (see [`crate::combine`]).
use std::{collections::BTreeMap, sync::Arc};

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use sqlx::MySqlConnection;

use super::{AnswerDto, AskBody, MOST_AT_ONCE, denial, moment, one, refused};
use crate::{
    accounts::{self, Reference, api::AccountRef},
    app::App,
    auth::{extract::ApiClient, key::Scope},
    core::{actor::Actor, ids::AccountId},
    db::{DbError, Transient},
    entitlements::{
        domain::{Ask, Verdict},
        service,
        source::{Moment, Use},
        store::denials,
    },
    idempotency::{self, Key, Reply},
    shop,
    web::{
        extract::Json,
        idempotent::{self, Write},
        problem::{Kind, Problem},
    },
};

/// Longest reason, in characters.
const REASON_MOST: usize = 255;

/// Up to 100 questions.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AsksBody {
    #[schema(min_items = 1, max_items = 100)]
    items: Vec<AskBody>,
}

/// The answers, in the order of the questions. A question that cannot be answered has a problem in its place.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AnswersDto {
    items: Vec<ItemDto>,
}

/// An answer, or why there is none.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum ItemDto {
    Answer(Box<AnswerDto>),
    Problem(ProblemItem),
}

/// A problem in the place of an answer: the same members as a problem that is answered by itself.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = Problem)]
pub struct ProblemItem(serde_json::Value);

impl From<Result<AnswerDto, Problem>> for ItemDto {
    fn from(answer: Result<AnswerDto, Problem>) -> Self {
        match answer {
            Ok(answer) => Self::Answer(Box::new(answer)),
            Err(problem) => {
                Self::Problem(ProblemItem(serde_json::from_str(&problem.to_json()).unwrap_or_default()))
            }
        }
    }
}

/// A use to be paid for.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UseBody {
    account: AccountRef,
    /// The feature's code: `session`, `catalogue`, `translation_words`, or one that the shop added.
    #[schema(example = "catalogue")]
    feature: String,
    /// How many, in the feature's unit, 1 to 1,000,000. All of them or none.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 1_000_000, default = 1)]
    amount: u32,
    /// What for, for the person's history. At most 255 characters.
    #[schema(example = "Catálogo de otoño")]
    reason: Option<String>,
}

impl UseBody {
    fn asked(&self) -> AskBody {
        AskBody { account: self.account.clone(), feature: self.feature.clone(), amount: self.amount }
    }

    fn wrong(&self, prefix: &str) -> Option<Problem> {
        let too_long = self.reason.as_ref().is_some_and(|reason| reason.chars().count() > REASON_MOST);
        match (self.asked().wrong(prefix), too_long) {
            (problem, false) => problem,
            (problem, true) => Some(
                problem
                    .unwrap_or_else(|| Problem::new(Kind::Invalid))
                    .field(format!("{prefix}reason"), "form-too-long"),
            ),
        }
    }
}

/// Up to 100 uses.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UsesBody {
    #[schema(min_items = 1, max_items = 100)]
    items: Vec<UseBody>,
}

/// What is wrong with the items of a batch.
fn wrong_items(n: usize, wrongs: impl Iterator<Item = Option<Problem>>) -> Result<(), Problem> {
    if !(1..=MOST_AT_ONCE).contains(&n) {
        return Err(Problem::new(Kind::Invalid).field("items", "entitlement-items"));
    }
    match wrongs.flatten().next() {
        Some(problem) => Err(problem),
        None => Ok(()),
    }
}

/// May this account use this feature now? Changes nothing.
///
/// The sources of the feature are asked in its order, and the first that can pay for all of it is named. A no says why, what was
/// asked and why each did not pay, and where to send the person. It is kept, and the staff can open it by the `X-Request-Id`.
#[utoipa::path(post, path = "/api/v1/entitlements/check", tag = "entitlements", operation_id = "checkEntitlement",
    request_body = AskBody, security(("bearer" = ["entitlements:read"])),
    responses((status = 200, description = "A yes or a no", body = AnswerDto), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, description = "`account-not-found`: nobody, or nobody this key may speak of; `feature-not-found`", body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn check_entitlement(
    State(app): State<App>,
    client: ApiClient,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<AnswerDto>, Problem> {
    client.need(Scope::EntitlementsRead)?;
    let ask: AskBody = idempotent::parse(&body)?;
    if let Some(problem) = ask.wrong("") {
        return Err(problem);
    }
    let answers = check(&app, &client, "checkEntitlement", &[ask], &request_id(&headers)).await?;
    answers.into_iter().next().unwrap_or_else(|| Err(Problem::new(Kind::Internal))).map(Json)
}

/// The same for up to 100 questions at once, each answered as if it were the only one.
#[utoipa::path(post, path = "/api/v1/entitlements/check/batch", tag = "entitlements", operation_id = "checkEntitlements",
    request_body = AsksBody, security(("bearer" = ["entitlements:read"])),
    responses((status = 200, description = "The answers, in the order of the questions", body = AnswersDto),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn check_entitlements(
    State(app): State<App>,
    client: ApiClient,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<AnswersDto>, Problem> {
    client.need(Scope::EntitlementsRead)?;
    let AsksBody { items } = idempotent::parse(&body)?;
    wrong_items(items.len(), items.iter().enumerate().map(|(n, item)| item.wrong(&format!("items[{n}]."))))?;
    let answers = check(&app, &client, "checkEntitlements", &items, &request_id(&headers)).await?;
    Ok(Json(AnswersDto { items: answers.into_iter().map(ItemDto::from).collect() }))
}

fn request_id(headers: &HeaderMap) -> String {
    headers.get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned()
}

async fn check(
    app: &App,
    client: &ApiClient,
    operation: &'static str,
    bodies: &[AskBody],
    request_id: &str,
) -> Result<Vec<Result<AnswerDto, Problem>>, Problem> {
    let moment = moment(app);
    let mut conn = app.db.conn().await?;
    let found = find(&mut conn, bodies.iter().map(|body| (client, body))).await?;
    let asks: Vec<Ask> = found.iter().flatten().cloned().collect();
    let mut verdicts = service::look(&mut conn, &asks, moment).await?.into_iter();
    let actor = client.actor();
    let mut denials = Vec::new();
    let mut answers = Vec::with_capacity(bodies.len());
    for ask in &found {
        answers.push(match ask {
            Err(problem) => Err(problem.clone()),
            Ok(ask) => match verdicts.next().flatten() {
                None => Err(Problem::new(Kind::FeatureNotFound)),
                Some(verdict) => {
                    if let Verdict::No { why, skipped } = &verdict {
                        denials.push(denial((operation, request_id, &actor), ask, *why, skipped, moment.now));
                    }
                    Ok(AnswerDto::of(app, ask, &verdict, None))
                }
            },
        });
    }
    denials::keep(&mut conn, &denials).await?;
    Ok(answers)
}

/// The questions behind what was sent, with their people found; or what is wrong with each.
async fn find<'a>(
    conn: &mut MySqlConnection,
    bodies: impl Iterator<Item = (&'a ApiClient, &'a AskBody)> + Clone,
) -> Result<Vec<Result<Ask, Problem>>, DbError> {
    let shops = if bodies.clone().any(|(_, body)| body.account.names_a_user()) {
        shop::store::list(conn).await?
    } else {
        Vec::new()
    };
    let references: Vec<Result<Reference, Problem>> =
        bodies.clone().map(|(_, body)| body.reference(&shops)).collect();
    let sound: Vec<Reference> = references.iter().flatten().cloned().collect();
    let mut people = accounts::many::resolve(conn, &sound).await?.into_iter();
    Ok(bodies
        .zip(references)
        .map(|((client, body), reference)| {
            reference?;
            let account = people
                .next()
                .flatten()
                .filter(|account| client.may_speak_of(*account))
                .ok_or_else(|| Problem::new(Kind::AccountNotFound))?;
            body.ask(account).ok_or_else(|| Problem::new(Kind::FeatureNotFound))
        })
        .collect())
}

/// Use a feature, once however often the request is repeated.
///
/// The first source that can pay for all of it pays, in the transaction that also keeps this answer. A no is a problem whose
/// `code` is the reason and whose further members are those of the answer; nothing is written but the no itself. Repeating the
/// request with the same `Idempotency-Key` gives the same answer to the byte and uses nothing more; answers are kept for 48 hours.
#[utoipa::path(post, path = "/api/v1/entitlements/consume", tag = "entitlements", operation_id = "consumeEntitlement",
    params(("Idempotency-Key" = String, Header, description = "Yours, at most 255 visible ASCII characters, one for each intent")),
    request_body = UseBody, security(("bearer" = ["entitlements:write"])),
    responses((status = 200, description = "Used (now, or when this key was first used)", body = AnswerDto),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, description = "`account-not-found`, `feature-not-found`", body = Problem),
        (status = 409, description = "`insufficient-credits`, `entitlement-expired`, `entitlement-blocked`, `no-entitlement`, or (with `Retry-After`) `in-flight`", body = Problem),
        (status = 422, description = "A field is wrong, or the key was used for another request", body = Problem)))]
pub(crate) async fn consume_entitlement(
    State(app): State<App>,
    client: ApiClient,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    client.need(Scope::EntitlementsWrite)?;
    let write = Write::read(&client, &headers, &Method::POST, "/api/v1/entitlements/consume", &body)?;
    let wish: UseBody = idempotent::parse(&body)?;
    if let Some(problem) = wish.wrong("") {
        return Err(problem);
    }
    let request_id = request_id(&headers);
    given(&app, Wanted { key: write.key, client, uses: vec![wish], is_many: false, request_id }).await
}

/// The same for up to 100 uses at once, paid for one after the other in one transaction, each whole or not at all: a no for one
/// does not stop the others. One `Idempotency-Key` stands for all of them.
#[utoipa::path(post, path = "/api/v1/entitlements/consume/batch", tag = "entitlements", operation_id = "consumeEntitlements",
    params(("Idempotency-Key" = String, Header, description = "Yours, at most 255 visible ASCII characters, one for each intent")),
    request_body = UsesBody, security(("bearer" = ["entitlements:write"])),
    responses((status = 200, description = "What came of each, in their order", body = AnswersDto),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, description = "(with `Retry-After`) `in-flight`", body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn consume_entitlements(
    State(app): State<App>,
    client: ApiClient,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    client.need(Scope::EntitlementsWrite)?;
    let write = Write::read(&client, &headers, &Method::POST, "/api/v1/entitlements/consume/batch", &body)?;
    let UsesBody { items } = idempotent::parse(&body)?;
    wrong_items(items.len(), items.iter().enumerate().map(|(n, item)| item.wrong(&format!("items[{n}]."))))?;
    let request_id = request_id(&headers);
    given(&app, Wanted { key: write.key, client, uses: items, is_many: true, request_id }).await
}

/// A request for uses that waits to be served.
#[derive(Debug, Clone)]
pub struct Wanted {
    key: Key,
    client: ApiClient,
    uses: Vec<UseBody>,
    is_many: bool,
    request_id: String,
}

/// What it is answered.
pub type Given = Result<Reply, Missed>;

/// Why it is not answered.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Missed {
    #[error("the key was used for another request")]
    Reused,
    #[error("the first request with this key is still at work")]
    InFlight,
    #[error(transparent)]
    Db(Arc<DbError>),
}

impl From<DbError> for Missed {
    fn from(e: DbError) -> Self {
        Self::Db(Arc::new(e))
    }
}

impl Transient for Missed {
    fn is_transient(&self) -> bool {
        // Whoever holds a row for seconds is not waited for again and again: the others of the batch wait too.
        matches!(self, Self::Db(e) if e.is_transient() && !e.is_lock_timeout())
    }
}

async fn given(app: &App, wanted: Wanted) -> Result<Response, Problem> {
    let shared = app.clone();
    let serve = move |batch: Vec<Wanted>| serve(shared.clone(), batch);
    match app.desk.uses.ask(wanted, serve).await.map_err(|e| Problem::internal(&e))? {
        Ok(reply) => Ok(idempotent::response(reply)),
        Err(Missed::Reused) => Err(Problem::new(Kind::IdempotencyKeyReused)),
        Err(Missed::InFlight) => Err(Problem::new(Kind::InFlight).retry_after(1)),
        Err(Missed::Db(e)) => Err(Problem::of_shared(&e)),
    }
}

/// Serves requests that came at the same moment: all in one transaction, or, where that fails, each in its own, so that nobody
/// pays for somebody else's trouble.
async fn serve(app: App, batch: Vec<Wanted>) -> Vec<Given> {
    match together(&app, &batch).await {
        Ok(given) => given,
        Err(e) if batch.len() == 1 => vec![Err(e)],
        Err(_) => {
            let mut given = Vec::with_capacity(batch.len());
            for wanted in &batch {
                let alone = together(&app, std::slice::from_ref(wanted)).await;
                given.push(alone.and_then(|mut one| one.pop().unwrap_or(Err(Missed::InFlight))));
            }
            given
        }
    }
}

async fn together(app: &App, batch: &[Wanted]) -> Result<Vec<Given>, Missed> {
    let moment = moment(app);
    app.db
        .transact(|mut tx| async move {
            let given = in_transaction(app, &mut tx, batch, moment).await?;
            Ok(tx.done(given).await?)
        })
        .await
}

async fn in_transaction(
    app: &App,
    conn: &mut MySqlConnection,
    batch: &[Wanted],
    moment: Moment,
) -> Result<Vec<Given>, Missed> {
    let keys: Vec<&Key> = batch.iter().map(|wanted| &wanted.key).collect();
    let before = idempotency::answered(conn, &keys).await?;
    // Of requests with one key, the first is served; the others get its answer.
    let mut first: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut fresh: Vec<(usize, &Wanted)> = Vec::new();
    for (n, wanted) in batch.iter().enumerate() {
        let name = (wanted.key.principal.as_str(), wanted.key.key.as_str());
        if before[n].is_none() && !first.contains_key(&name) {
            first.insert(name, n);
            fresh.push((n, wanted));
        }
    }
    let replies = pay(app, conn, &fresh, moment).await?;
    if !replies.is_empty() {
        let rows: Vec<(&Key, &Reply)> = fresh.iter().map(|(_, w)| &w.key).zip(&replies).collect();
        idempotency::store_all(conn, &rows, moment.now).await.map_err(|e| {
            // Someone else's row with this key is not committed yet, and was waited for long enough.
            if e.is_lock_timeout() { Missed::InFlight } else { e.into() }
        })?;
    }
    let told = |wanted: &Wanted, n: usize| {
        let origin = *first.get(&(wanted.key.principal.as_str(), wanted.key.key.as_str()))?;
        let at = fresh.iter().position(|(index, _)| *index == origin)?;
        if batch[origin].key.request != wanted.key.request {
            return Some(Err(Missed::Reused));
        }
        Some(Ok(Reply { replayed: origin != n, ..replies[at].clone() }))
    };
    Ok(before
        .into_iter()
        .zip(batch)
        .enumerate()
        .map(|(n, (before, wanted))| match before {
            Some(Ok(reply)) => Ok(reply),
            Some(Err(_)) => Err(Missed::Reused),
            None => told(wanted, n).unwrap_or(Err(Missed::InFlight)),
        })
        .collect())
}

/// Pays for what these requests want, and puts their answers into words.
async fn pay(
    app: &App,
    conn: &mut MySqlConnection,
    requests: &[(usize, &Wanted)],
    moment: Moment,
) -> Result<Vec<Reply>, Missed> {
    if requests.is_empty() {
        return Ok(Vec::new());
    }
    let bodies: Vec<(&Wanted, AskBody)> = requests
        .iter()
        .flat_map(|(_, wanted)| wanted.uses.iter().map(|one| (*wanted, one.asked())))
        .collect();
    let found = find(conn, bodies.iter().map(|(wanted, body)| (&wanted.client, body))).await?;
    lock(conn, found.iter().flatten().map(|ask| ask.account)).await?;
    let actors: Vec<Actor> = requests.iter().map(|(_, wanted)| wanted.client.actor()).collect();
    let mut asked = found.into_iter();
    let mut asks: Vec<(Ask, Use)> = Vec::new();
    let mut places: Vec<Vec<Result<usize, Problem>>> = Vec::with_capacity(requests.len());
    for ((_, wanted), actor) in requests.iter().zip(&actors) {
        let places_here = wanted.uses.iter().zip(asked.by_ref()).map(|(one, ask)| {
            let what = Use {
                operation: service::operation(),
                reason: one.reason.clone().unwrap_or_default(),
                actor: actor.clone(),
                request_id: Some(wanted.request_id.clone()),
            };
            asks.push((ask?, what));
            Ok(asks.len() - 1)
        });
        places.push(places_here.collect());
    }
    let verdicts = service::spend(conn, &asks, moment).await?;
    let mut denials = Vec::new();
    let mut replies = Vec::with_capacity(requests.len());
    for (((_, wanted), actor), places) in requests.iter().zip(&actors).zip(places) {
        let operation = if wanted.is_many { "consumeEntitlements" } else { "consumeEntitlement" };
        let answers: Vec<Result<AnswerDto, Problem>> = places
            .into_iter()
            .map(|place| {
                let place = place?;
                let (ask, what) = &asks[place];
                let verdict = verdicts[place].as_ref().ok_or_else(|| Problem::new(Kind::FeatureNotFound))?;
                let answer = AnswerDto::of(app, ask, verdict, Some(what.operation.clone()));
                if let Verdict::No { why, skipped } = verdict {
                    let what = (operation, wanted.request_id.as_str(), actor);
                    denials.push(denial(what, ask, *why, skipped, moment.now));
                    return Err(refused(*why, &answer).instance(&wanted.request_id));
                }
                Ok(answer)
            })
            .collect();
        replies.push(reply(wanted, answers)?);
    }
    denials::keep(conn, &denials).await?;
    Ok(replies)
}

/// Locks everybody concerned. Someone who was merged away since a moment ago makes it all begin again.
async fn lock(conn: &mut MySqlConnection, people: impl Iterator<Item = AccountId>) -> Result<(), DbError> {
    let mut people: Vec<AccountId> = people.collect();
    people.sort_unstable();
    people.dedup();
    if people.is_empty() || accounts::many::lock(conn, &people).await?.len() == people.len() {
        return Ok(());
    }
    Err(DbError::Stale)
}

fn reply(wanted: &Wanted, mut answers: Vec<Result<AnswerDto, Problem>>) -> Result<Reply, DbError> {
    if wanted.is_many {
        let items = AnswersDto { items: answers.into_iter().map(ItemDto::from).collect() };
        return Ok(idempotent::reply(StatusCode::OK, &items));
    }
    match answers.pop() {
        Some(Ok(answer)) => Ok(idempotent::reply(StatusCode::OK, &answer)),
        Some(Err(problem)) => {
            idempotent::refuse(problem, Some(&wanted.request_id)).map_err(|_| DbError::Stale)
        }
        None => Err(DbError::Stale),
    }
}
