//! JSON API of licences: what people have and what happened to it; giving, changing, blocking.
pub mod read;
pub mod write;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sqlx::MySqlConnection;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    domain::{Licence, Mode, Plan, Refusal, Standing, Tier},
    service, store,
};
use crate::{
    app::App,
    auth::extract::ApiClient,
    core::{
        feature::FeatureCode,
        ids::{AccountId, LicenceId},
    },
    web::{
        idempotent::Stop,
        problem::{Kind, Problem},
    },
};

/// Rows of a page of the API, at most.
const PAGE: u32 = 50;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read::list_licences, write::give_licence))
        .routes(routes!(read::show_licence))
        .routes(routes!(read::list_licence_entries))
        .routes(routes!(write::change_licence_plan))
        .routes(routes!(write::add_licence_credits))
        .routes(routes!(write::set_licence_last_day))
        .routes(routes!(write::block_licence))
        .routes(routes!(write::unblock_licence))
}

/// One of the four plans: free or paid, by quantity or by date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanCode {
    /// «Free (Cantidad)»
    FreeQuantity,
    /// «Free (Fecha 30 días)»
    FreeDate,
    /// «Pagado (Cantidad)»
    PaidQuantity,
    /// «Pagado (Fecha)»
    PaidDate,
}

impl From<Plan> for PlanCode {
    fn from(plan: Plan) -> Self {
        match (plan.tier, plan.mode) {
            (Tier::Free, Mode::Quantity) => Self::FreeQuantity,
            (Tier::Free, Mode::Date) => Self::FreeDate,
            (Tier::Paid, Mode::Quantity) => Self::PaidQuantity,
            (Tier::Paid, Mode::Date) => Self::PaidDate,
        }
    }
}

impl From<PlanCode> for Plan {
    fn from(code: PlanCode) -> Self {
        match code {
            PlanCode::FreeQuantity => Self::FREE_QUANTITY,
            PlanCode::FreeDate => Self::FREE_DATE,
            PlanCode::PaidQuantity => Self::PAID_QUANTITY,
            PlanCode::PaidDate => Self::PAID_DATE,
        }
    }
}

/// Since when a licence is blocked, and why.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = LicenceBlock)]
pub struct BlockDto {
    at: DateTime<Utc>,
    /// The staff's words; `null` for a key that is bound to one person.
    #[schema(example = "Pago devuelto")]
    reason: Option<String>,
}

/// The right to use a feature: by credits, or until a day.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Licence)]
pub struct LicenceDto {
    #[schema(example = 17)]
    id: LicenceId,
    #[schema(example = 4711)]
    account_id: AccountId,
    feature: FeatureCode,
    plan: PlanCode,
    tier: Tier,
    mode: Mode,
    /// How it stands now.
    state: Standing,
    /// Credits ever granted under this plan; 0 by date.
    #[schema(example = 5)]
    granted: u32,
    #[schema(example = 2)]
    used: u32,
    /// Credits that are left, put aside or not; `null` by date, which charges nothing.
    #[schema(example = 3)]
    remaining: Option<u32>,
    /// Of what is left: put aside by reservations.
    held: u32,
    /// Used of orders that were refunded since: the next credits pay for them.
    owed: u32,
    /// The last day, to its last second in the business zone; `null` by quantity.
    #[schema(example = "2026-12-31")]
    expires_on: Option<NaiveDate>,
    blocked: Option<BlockDto>,
    /// For the staff; `null` for a key that is bound to one person.
    note: Option<String>,
    created_at: DateTime<Utc>,
    /// Goes up with every change that is no use: send it back to change only what you saw.
    version: u32,
}

impl LicenceDto {
    /// The licence as this client may see it. A key that is bound to one person is that person's own app: what the staff writes to
    /// itself is not for it, as it is not on the person's page.
    fn of(licence: Licence, today: NaiveDate, client: &ApiClient) -> Self {
        let is_of_staff = client.bound_to().is_none();
        Self {
            state: licence.standing(today),
            remaining: (!licence.plan.is_dated()).then(|| licence.remaining()),
            id: licence.id,
            account_id: licence.account,
            feature: licence.feature,
            plan: licence.plan.into(),
            tier: licence.plan.tier,
            mode: licence.plan.mode,
            granted: licence.granted,
            used: licence.used,
            held: licence.held,
            owed: licence.owed,
            expires_on: licence.expires_on,
            blocked: licence
                .blocked
                .map(|b| BlockDto { at: b.at, reason: Some(b.reason).filter(|_| is_of_staff) }),
            note: Some(licence.note).filter(|_| is_of_staff),
            created_at: licence.created_at,
            version: licence.version,
        }
    }
}

/// The licence, if this key may speak of its person.
async fn visible(
    conn: &mut MySqlConnection,
    id: LicenceId,
    client: &ApiClient,
    now: DateTime<Utc>,
) -> Result<Licence, Problem> {
    let found = store::find(conn, id, now).await?;
    found.filter(|l| client.may_speak_of(l.account)).ok_or_else(|| Problem::new(Kind::NotFound))
}

/// What a client is told when an act is refused.
fn refused(refusal: Refusal) -> Problem {
    let invalid = |field: &str, code: &str| Problem::new(Kind::Invalid).field(field, code);
    match refusal {
        Refusal::DateMissing(_) => invalid("expires_on", "licence-api-date-missing"),
        Refusal::DatePast => invalid("expires_on", "licence-api-date-past"),
        Refusal::DateTooFar => invalid("expires_on", "licence-api-date-far"),
        Refusal::Credits => invalid("credits", "licence-api-credits"),
        Refusal::ReasonMissing => invalid("reason", "form-required"),
        Refusal::NotByQuantity
        | Refusal::NotByDate
        | Refusal::Held { .. }
        | Refusal::AlreadyBlocked
        | Refusal::NotBlocked
        | Refusal::NothingChanges => Problem::new(Kind::LicenceState),
    }
    .detail(refusal)
}

fn stop(error: service::Error) -> Stop {
    match error {
        service::Error::NoAccount => Problem::new(Kind::AccountNotFound).into(),
        service::Error::NotFound => Problem::new(Kind::NotFound).into(),
        service::Error::NoFeature => {
            Problem::new(Kind::Invalid).field("feature", "licence-api-feature").into()
        }
        service::Error::Changed => Problem::new(Kind::Conflict).detail("it was changed meanwhile").into(),
        service::Error::Refused(refusal) => refused(refusal).into(),
        service::Error::Db(e) => Stop::Broken(e),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::lang;

    #[test]
    fn every_refusal_is_told_with_words_or_as_the_state_of_the_licence() {
        let all = [
            Refusal::DateMissing(Plan::PAID_DATE),
            Refusal::DatePast,
            Refusal::DateTooFar,
            Refusal::Credits,
            Refusal::ReasonMissing,
            Refusal::NotByQuantity,
            Refusal::NotByDate,
            Refusal::Held { held: 1 },
            Refusal::AlreadyBlocked,
            Refusal::NotBlocked,
            Refusal::NothingChanges,
        ];
        for refusal in all {
            let problem = refused(refusal);
            let json: serde_json::Value = serde_json::from_str(&problem.to_json()).unwrap();
            assert_eq!(json["detail"], refusal.to_string(), "{json}");
            match problem.kind() {
                Kind::Invalid => assert!(lang::has(json["errors"][0]["code"].as_str().unwrap()), "{json}"),
                kind => assert_eq!(kind, Kind::LicenceState, "{refusal:?}"),
            }
        }
    }

    #[test]
    fn a_plan_has_the_same_word_in_the_api_as_everywhere() {
        for plan in Plan::ALL {
            let code = PlanCode::from(plan);
            assert_eq!(serde_json::to_value(code).unwrap(), plan.as_str());
            assert_eq!(Plan::from(code), plan);
        }
    }
}
