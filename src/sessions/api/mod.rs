//! JSON API of sessions: what is left, what was given, what was used; giving, reserving and spending.
pub mod consume;
pub mod grants;
pub mod read;
pub mod reservations;

use serde::{Deserialize, Serialize};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    domain::{self, Kind as SessionKind, Refusal, Take},
    service,
};
use crate::{
    accounts::api::AccountRef,
    app::App,
    core::{feature::FeatureCode, ids::GrantId},
    entitlements::{SourceKind, api::noes::About},
    web::problem::{Kind, Problem},
};

pub(in crate::sessions) use crate::web::idempotent::{Stop, Wrong};

/// Rows of a page of the API, at most.
const PAGE: u32 = 50;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(consume::consume_sessions))
        .routes(routes!(read::show_balance))
        .routes(routes!(read::list_grants, grants::give_sessions))
        .routes(routes!(grants::void_grant))
        .routes(routes!(grants::list_categories))
        .routes(routes!(read::list_usage))
        .routes(routes!(reservations::reserve_sessions))
        .routes(routes!(reservations::show_reservation))
        .routes(routes!(reservations::start_reservation))
        .routes(routes!(reservations::finish_reservation))
        .routes(routes!(reservations::release_reservation))
}

impl From<service::Error> for Stop {
    fn from(e: service::Error) -> Self {
        match e {
            service::Error::Db(e) => Self::Broken(e),
            other => Problem::from(other).into(),
        }
    }
}

/// What a request of this API is about, before its person is found.
fn about(amount: Option<u32>) -> About {
    let feature = FeatureCode::parse("session");
    About { feature, source: Some(SourceKind::Sessions), amount, ..About::default() }
}

fn one() -> u32 {
    1
}

/// From which grant how many.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TakeDto {
    grant_id: GrantId,
    kind: SessionKind,
    amount: u32,
}

fn takes(takes: &[Take]) -> Vec<TakeDto> {
    takes.iter().map(|t| TakeDto { grant_id: t.grant, kind: t.kind, amount: t.amount }).collect()
}

/// Whose rows, and from where on.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    id: Option<u64>,
    email: Option<String>,
    wp_user_id: Option<u64>,
    shop: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
}

impl ListQuery {
    fn split(self) -> (AccountRef, Option<String>) {
        let account =
            AccountRef { id: self.id, email: self.email, wp_user_id: self.wp_user_id, shop: self.shop };
        (account, self.after)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let kind = match refusal {
            Refusal::InsufficientCredits { .. } => Kind::InsufficientCredits,
            Refusal::Expired { .. } => Kind::SessionsExpired,
            Refusal::Blocked { .. } => Kind::SessionsBlocked,
            Refusal::AmountOutOfRange => return Self::new(Kind::Invalid).field("amount", "session-amount"),
            Refusal::MoreThanHeld { .. } => {
                return Self::new(Kind::Invalid).field("amount", "session-more-than-held").detail(refusal);
            }
            Refusal::Correction { .. } => {
                return Self::new(Kind::Invalid).field("change", "session-correction").detail(refusal);
            }
            Refusal::BoughtInShop | Refusal::NothingLeft | Refusal::NeverExpires => Kind::GrantFixed,
            Refusal::ReservationExpired { .. } => Kind::ReservationExpired,
            Refusal::ReservationOver { .. } | Refusal::ReservationNotStarted => Kind::ReservationState,
        };
        Self::new(kind).detail(refusal)
    }
}

impl From<service::Error> for Problem {
    fn from(e: service::Error) -> Self {
        match e {
            service::Error::NoAccount => Self::new(Kind::AccountNotFound),
            service::Error::NotFound => Self::new(Kind::NotFound),
            service::Error::Retired => {
                Self::new(Kind::Invalid).field("category", "session-category-is-retired")
            }
            service::Error::NameTaken => Self::new(Kind::Invalid).field("name", "session-category-taken"),
            service::Error::Expiry(domain::expiry::Wrong::Days) => {
                Self::new(Kind::Invalid).field("expires_in_days", "session-days-range")
            }
            service::Error::Expiry(domain::expiry::Wrong::Past) => {
                Self::new(Kind::Invalid).field("expires_on", "session-day-past")
            }
            service::Error::Refused(refusal) => refusal.into(),
            service::Error::Db(e) => e.into(),
        }
    }
}
