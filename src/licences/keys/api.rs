//! JSON API: what a licence key opens.
use axum::{body::Bytes, extract::State, http::HeaderMap};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    domain::{Code, Key},
    service,
};
use crate::{
    app::App,
    auth::{extract::ApiClient, key::Scope},
    core::{
        calendar,
        feature::FeatureCode,
        ids::{AccountId, LicenceId},
        secret::Secret,
    },
    entitlements::{
        api::noes::{About, Rule, request_id},
        domain::{Skip, SourceKind},
        source::Moment,
        store::denials,
    },
    licences::{api::PlanCode, domain::Licence, pays},
    web::{
        extract::Json,
        idempotent,
        problem::{Kind, Problem},
    },
};

/// Longest text that is looked up, in bytes. A key has 56.
const MOST_BYTES: usize = 200;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(check_licence_key))
}

/// A key to ask with.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckBody {
    /// The whole key, as it was shown once.
    #[schema(example = "abl_1f2e3d4c_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE")]
    licence_key: String,
}

impl std::fmt::Debug for CheckBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CheckBody")
    }
}

/// What the key opens. Of a key that opens nothing by itself (`revoked`, `unknown`) all but the first two are `null`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CheckedDto {
    /// Whether the licence can be used now.
    valid: bool,
    code: Code,
    licence_id: Option<LicenceId>,
    account_id: Option<AccountId>,
    feature: Option<FeatureCode>,
    plan: Option<PlanCode>,
    /// Credits that can be used now; `null` by date.
    #[schema(example = 3)]
    remaining: Option<u32>,
    /// The last day of a licence by date, to its last second in the business zone; `null` by quantity.
    #[schema(example = "2026-12-31")]
    expires_on: Option<NaiveDate>,
}

/// Ask what a licence key opens. Nothing is used up.
///
/// The answer is always 200: `code` says how the licence stands. A key that nobody made is answered like any other, in the same
/// time; so is a key of someone this API key may not speak of. A no to any other key is kept, and the staff can open it by the
/// `X-Request-Id`. The key goes in the body, never in the address, so that no log
/// keeps it. To use the licence up, send `licence_key` to `POST /api/v1/entitlements/consume`.
#[utoipa::path(post, path = "/api/v1/licence-keys/check", tag = "licences", operation_id = "checkLicenceKey",
    request_body = CheckBody, security(("bearer" = ["entitlements:read"])),
    responses((status = 200, body = CheckedDto, example = json!({"valid": true, "code": "valid", "licence_id": 17, "account_id": 4711,
            "feature": "catalogue", "plan": "paid_quantity", "remaining": 3, "expires_on": null})),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn check_licence_key(
    State(app): State<App>,
    client: ApiClient,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<CheckedDto>, Problem> {
    client.need(Scope::EntitlementsRead)?;
    let CheckBody { licence_key } = idempotent::parse(&body)?;
    if licence_key.is_empty() || licence_key.len() > MOST_BYTES {
        return Err(Problem::new(Kind::Invalid).field("licence_key", "licence-key-length"));
    }
    let moment = Moment { now: app.clock.now(), zone: app.config.timezone };
    let may_speak = |account| client.may_speak_of(account);
    let text = Secret::new(licence_key);
    let mut conn = app.db.conn().await?;
    let checked = service::check(&mut conn, &text, may_speak, moment.now, moment.zone).await?;
    let is_valid = checked.code == Code::Valid;
    if let Some((key, licence)) = checked.behind.as_ref().filter(|_| !is_valid) {
        let (request_id, actor) = (request_id(&headers), client.actor());
        let asking = ("checkLicenceKey", request_id.as_str(), &actor);
        let no = about(key, licence, moment).denial(asking, None, moment.now);
        denials::keep(&mut conn, &[no]).await?;
    }
    // A revoked key tells nothing of what it opened.
    let opens = checked.behind.as_ref().filter(|(key, _)| key.revoked_at.is_none());
    let licence = opens.map(|(_, licence)| licence);
    Ok(Json(CheckedDto {
        valid: is_valid,
        code: checked.code,
        licence_id: licence.map(|l| l.id),
        account_id: licence.map(|l| l.account),
        feature: licence.map(|l| l.feature.clone()),
        plan: licence.map(|l| l.plan.into()),
        remaining: licence.filter(|l| !l.plan.is_dated()).map(Licence::available),
        expires_on: licence.and_then(|l| l.expires_on),
    }))
}

/// What the staff is told of a key that does not open its licence.
fn about(key: &Key, licence: &Licence, moment: Moment) -> About {
    let today = calendar::day_of(moment.now, moment.zone);
    let rule = match licence.may(1, today) {
        Err(denial) if key.revoked_at.is_none() => {
            let why = pays::why(denial, licence.held, 1, moment);
            let skip = Skip { source: SourceKind::Licence, id: Some(licence.id.0), why };
            Rule::Sources { why, skipped: vec![skip] }
        }
        _ => Rule::KeyRevoked { prefix: key.prefix.clone() },
    };
    About {
        account: Some(licence.account),
        feature: Some(licence.feature.clone()),
        source: Some(SourceKind::Licence),
        licence: Some(licence.id),
        amount: Some(1),
        rule: Some(rule),
    }
}
