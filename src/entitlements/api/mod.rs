//! JSON API of the one question: what is asked, and how it is answered.
pub mod noes;
pub mod reservations;
pub mod together;
pub mod uses;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sqlx::MySqlConnection;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    domain::{self, Ask, MOST_AMOUNT, Part, Skip, SourceKind, Verdict, Why},
    source::Moment,
    store::denials::Denial,
};
use crate::{
    accounts::{self, Reference, api::AccountRef},
    app::App,
    auth::extract::ApiClient,
    core::{
        feature::FeatureCode,
        ids::{AccountId, LicenceId},
    },
    db::DbError,
    licences::keys::{self, Opened},
    shop::store,
    web::problem::{Kind, Problem},
};

/// Questions that one request may ask.
pub const MOST_AT_ONCE: usize = 100;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(uses::check_entitlement))
        .routes(routes!(uses::check_entitlements))
        .routes(routes!(uses::consume_entitlement))
        .routes(routes!(uses::consume_entitlements))
        .routes(routes!(reservations::reserve_entitlement))
        .routes(routes!(reservations::show_entitlement_reservation))
        .routes(routes!(reservations::confirm_entitlement))
        .routes(routes!(reservations::release_entitlement))
}

fn moment(app: &App) -> Moment {
    Moment { now: app.clock.now(), zone: app.config.timezone }
}

fn one() -> u32 {
    1
}

/// May this account use this feature now?
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskBody {
    /// Whom it is about. Left out where `licence_key` says it.
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
}

impl AskBody {
    /// What is wrong with the question as it stands. `prefix`: where it stands in the body.
    fn wrong(&self, prefix: &str) -> Option<Problem> {
        let mut problem = None;
        if !(1..=MOST_AMOUNT).contains(&self.amount) {
            problem =
                Some(Problem::new(Kind::Invalid).field(format!("{prefix}amount"), "entitlement-amount"));
        }
        problem
    }

    /// The question, once its person is known. `None`: no feature has such a code.
    fn ask(&self, account: AccountId, licence: Option<LicenceId>) -> Option<Ask> {
        let feature = FeatureCode::parse(&self.feature)?;
        Some(Ask { account, feature, amount: self.amount, licence })
    }
}

/// The text of a licence's key, on its way to being looked up. Nothing shows it.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct LicenceKey(String);

impl std::fmt::Debug for LicenceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LicenceKey(…)")
    }
}

/// What stands behind what was sent.
struct Found {
    /// The questions in their order, with their people; or why there is none.
    asks: Vec<Result<Ask, Unasked>>,
    /// The licence keys that these questions are asked with.
    keys: Vec<Opened>,
}

/// Why there is no question.
#[derive(Debug, Clone)]
struct Unasked {
    problem: Problem,
    /// It came with a key that opened something once: a no, to be kept.
    no: Option<noes::About>,
}

impl From<Problem> for Unasked {
    fn from(problem: Problem) -> Self {
        Self { problem, no: None }
    }
}

impl Unasked {
    /// A revoked key is told from one that nobody made only where the client may speak of its person, and only to the staff.
    fn revoked(key: &Opened, client: &ApiClient, amount: u32) -> Self {
        let about = noes::About {
            account: Some(key.account),
            feature: Some(key.feature.clone()),
            source: Some(SourceKind::Licence),
            licence: Some(key.licence),
            amount: Some(amount),
            rule: Some(noes::Rule::KeyRevoked { prefix: key.prefix.clone() }),
        };
        let no = client.may_speak_of(key.account).then_some(about);
        Self { problem: Problem::new(Kind::AccountNotFound), no }
    }
}

/// Whom a question names.
enum Named {
    Person(Reference),
    Key(Opened),
}

/// The questions behind what was sent, with their people found; or what is wrong with each.
async fn find<'a>(
    conn: &mut MySqlConnection,
    bodies: impl Iterator<Item = (&'a ApiClient, &'a AskBody)> + Clone,
) -> Result<Found, DbError> {
    let names_a_user = |body: &AskBody| body.account.as_ref().is_some_and(AccountRef::names_a_user);
    let shops = if bodies.clone().any(|(_, body)| names_a_user(body)) {
        store::list(conn).await?
    } else {
        Vec::new()
    };
    let texts = bodies.clone().filter_map(|(_, body)| body.licence_key.as_ref()).map(|key| key.0.as_str());
    let mut opened = keys::find(conn, &texts.collect::<Vec<_>>()).await?.into_iter();
    let mut named: Vec<Result<Named, Unasked>> = Vec::new();
    for (client, body) in bodies.clone() {
        let key = body.licence_key.is_some().then(|| opened.next().flatten());
        named.push(match (&body.account, key) {
            (Some(account), None) => account.among(&shops).map(Named::Person).map_err(Unasked::from),
            (None, Some(Some(key))) if key.is_revoked => Err(Unasked::revoked(&key, client, body.amount)),
            (None, Some(Some(key))) => Ok(Named::Key(key)),
            (None, Some(None)) => Err(Problem::new(Kind::AccountNotFound).into()),
            (Some(_), Some(_)) | (None, None) => {
                Err(Problem::new(Kind::Invalid).field("account", "entitlement-who").into())
            }
        });
    }
    let people = named.iter().filter_map(|named| match named {
        Ok(Named::Person(reference)) => Some(reference.clone()),
        _ => None,
    });
    let mut people = accounts::many::resolve(conn, &people.collect::<Vec<_>>()).await?.into_iter();
    let mut found = Found { asks: Vec::with_capacity(named.len()), keys: Vec::new() };
    for ((client, body), named) in bodies.zip(named) {
        let (account, key) = match named {
            Err(unasked) => {
                found.asks.push(Err(unasked));
                continue;
            }
            Ok(Named::Person(_)) => (people.next().flatten(), None),
            Ok(Named::Key(key)) => (Some(key.account), Some(key)),
        };
        let ask = account
            .filter(|account| client.may_speak_of(*account))
            .ok_or_else(|| Problem::new(Kind::AccountNotFound))
            .and_then(|account| {
                let licence = key.as_ref().map(|key| key.licence);
                body.ask(account, licence).ok_or_else(|| Problem::new(Kind::FeatureNotFound))
            });
        if ask.is_ok() {
            found.keys.extend(key);
        }
        found.asks.push(ask.map_err(Unasked::from));
    }
    Ok(found)
}

/// What to do about a no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Get some, or more.
    Buy,
    /// Get what is over again.
    Renew,
    /// What is missing is held by reservations, and may come back by itself.
    Wait,
    /// Only the shop can help.
    Contact,
}

/// Where to send the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CallToAction {
    action: Action,
    /// A page of ours where they can do it; none where they cannot do it themselves.
    #[schema(example = "https://abono.example/account/licences")]
    url: Option<String>,
}

/// Something that does not pay, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SkipDto {
    source: SourceKind,
    /// The licence, where the person has several.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u64>,
    /// `no_entitlement`, `insufficient_credits`, `expired`, `blocked`, `undated`, `not_available`.
    #[schema(example = "expired")]
    reason: &'static str,
    /// Of what was too little: how much could be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    available: Option<u32>,
    /// Since when it does not pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<DateTime<Utc>>,
    /// The last day of what is over, where it is sold by days.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_day: Option<NaiveDate>,
}

impl From<&Skip> for SkipDto {
    fn from(skip: &Skip) -> Self {
        let mut dto = Self {
            source: skip.source,
            id: skip.id,
            reason: skip.why.code(),
            available: None,
            since: None,
            last_day: None,
        };
        match skip.why {
            Why::InsufficientCredits { available, .. } => dto.available = Some(available),
            Why::Expired { at, last_day } => (dto.since, dto.last_day) = (Some(at), last_day),
            Why::Blocked { since } => dto.since = since,
            Why::None | Why::Undated | Why::NotAvailable => {}
        }
        dto
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AnswerDto {
    allowed: bool,
    /// `ok`, or why not: `no_entitlement`, `insufficient_credits`, `expired`, `blocked`, `undated`. Of several reasons the one that
    /// tells most.
    #[schema(example = "ok")]
    reason: &'static str,
    account_id: AccountId,
    #[schema(example = "catalogue")]
    feature: String,
    amount: u32,
    /// What pays.
    source: Option<SourceKind>,
    /// From which grants or licences; an amount of 0 means that a licence by date serves the use and nothing is charged.
    parts: Vec<Part>,
    /// What can be used after this; none where there is no limit, or nothing pays.
    remaining: Option<u32>,
    /// The first instant at which what pays is over.
    until: Option<DateTime<Utc>>,
    /// The first instant at which this answer may change by itself.
    next_change: Option<DateTime<Utc>>,
    /// What was asked before what pays, and why it did not.
    skipped: Vec<SkipDto>,
    call_to_action: Option<CallToAction>,
    /// Ties together the ledger rows of a use; none where nothing was used.
    operation_id: Option<String>,
}

impl AnswerDto {
    fn of(app: &App, ask: &Ask, verdict: &Verdict, operation: Option<String>) -> Self {
        let base = Self {
            allowed: true,
            reason: "ok",
            account_id: ask.account,
            feature: ask.feature.to_string(),
            amount: ask.amount,
            source: None,
            parts: Vec::new(),
            remaining: None,
            until: None,
            next_change: None,
            skipped: Vec::new(),
            call_to_action: None,
            operation_id: None,
        };
        match verdict {
            Verdict::Yes { offer, skipped } => Self {
                source: Some(offer.source),
                parts: offer.parts.clone(),
                remaining: offer.remaining,
                until: offer.until,
                next_change: offer.next_change,
                skipped: skipped.iter().map(SkipDto::from).collect(),
                operation_id: operation,
                ..base
            },
            Verdict::No { why, skipped } => Self {
                allowed: false,
                reason: why.code(),
                skipped: skipped.iter().map(SkipDto::from).collect(),
                call_to_action: call_to_action(app, *why, skipped),
                ..base
            },
        }
    }
}

fn call_to_action(app: &App, why: Why, skipped: &[Skip]) -> Option<CallToAction> {
    let action = match why {
        _ if domain::waiting_helps(skipped) => Action::Wait,
        Why::None if skipped.iter().all(|skip| skip.why == Why::NotAvailable) => return None,
        Why::None | Why::InsufficientCredits { .. } => Action::Buy,
        Why::Expired { .. } => Action::Renew,
        Why::Blocked { .. } | Why::Undated => Action::Contact,
        Why::NotAvailable => return None,
    };
    let page = match skipped.iter().find(|skip| skip.why == why).map(|skip| skip.source) {
        _ if matches!(action, Action::Wait | Action::Contact) => None,
        Some(SourceKind::Sessions) => Some("account/sessions"),
        Some(SourceKind::Licence) => Some("account/licences"),
        _ => None,
    };
    let url = page.map(|page| format!("{}/{page}", app.config.public_url().trim_end_matches('/')));
    Some(CallToAction { action, url })
}

/// The problem of a no: its kind is the reason, its members are the answer.
fn refused(why: Why, answer: &impl Serialize) -> Problem {
    let kind = match why {
        Why::None | Why::NotAvailable => Kind::NoEntitlement,
        Why::InsufficientCredits { .. } => Kind::InsufficientCredits,
        Why::Expired { .. } => Kind::EntitlementExpired,
        Why::Blocked { .. } | Why::Undated => Kind::EntitlementBlocked,
    };
    Problem::new(kind).members(answer)
}

/// A no as it is kept for the staff.
fn denial<'a>(
    asking: noes::Asking<'a>,
    ask: &Ask,
    why: Why,
    skipped: &[Skip],
    now: DateTime<Utc>,
) -> Denial<'a> {
    let rule = noes::Rule::Sources { why, skipped: skipped.to_vec() };
    noes::About { rule: Some(rule), ..noes::About::from(ask) }.denial(asking, None, now)
}
