//! Asking and using.
use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method},
    response::Response,
};
use serde::{Deserialize, Serialize};

use super::{
    AnswerDto, AskBody, LicenceKey, MOST_AT_ONCE, denial, find, moment,
    noes::request_id,
    one,
    together::{Wanted, given},
};
use crate::{
    accounts::api::AccountRef,
    app::App,
    auth::{extract::ApiClient, key::Scope},
    entitlements::{
        domain::{Ask, Verdict},
        service,
        store::denials,
    },
    licences::keys,
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
    pub(super) items: Vec<ItemDto>,
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
    /// Who uses it. Left out where `licence_key` says it.
    account: Option<AccountRef>,
    /// The key of a licence, as its app was given it: that licence alone may pay.
    #[schema(value_type = Option<String>, example = "abl_…")]
    licence_key: Option<LicenceKey>,
    /// The feature's code: `session`, `catalogue`, `translation_words`, or one that the shop added.
    #[schema(example = "catalogue")]
    feature: String,
    /// How many, in the feature's unit, 1 to 1,000,000. All of them or none.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 1_000_000, default = 1)]
    amount: u32,
    /// What for, for the person's history. At most 255 characters.
    #[schema(example = "Catálogo de otoño")]
    pub(super) reason: Option<String>,
}

impl UseBody {
    /// Whom it names, as it names them.
    pub(super) fn name(&self) -> (Option<&AccountRef>, Option<&str>) {
        (self.account.as_ref(), self.licence_key.as_ref().map(|key| key.0.as_str()))
    }

    pub(super) fn asked(&self) -> AskBody {
        AskBody {
            account: self.account.clone(),
            licence_key: self.licence_key.clone(),
            feature: self.feature.clone(),
            amount: self.amount,
        }
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
    let asks: Vec<Ask> = found.asks.iter().flatten().cloned().collect();
    let mut verdicts = service::look(&mut conn, &asks, moment).await?.into_iter();
    let actor = client.actor();
    let mut denials = Vec::new();
    let mut answers = Vec::with_capacity(bodies.len());
    for ask in &found.asks {
        answers.push(match ask {
            Err(unasked) => {
                let no = unasked.no.as_ref();
                denials
                    .extend(no.map(|about| about.denial((operation, request_id, &actor), None, moment.now)));
                Err(unasked.problem.clone())
            }
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
    keys::note(&mut conn, &found.keys, moment.now).await?;
    Ok(answers)
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
