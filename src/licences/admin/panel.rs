//! A person's licences in a few words each, for the pages that are about the person.
use sqlx::MySqlConnection;

use crate::{
    core::ids::{AccountId, LicenceId},
    db::DbError,
    entitlements,
    licences::{
        domain::Standing,
        settings::LicenceSettings,
        store,
        words::{self, Features},
    },
    settings,
    web::cx::Cx,
};

/// A licence in a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    pub id: LicenceId,
    pub plan: String,
    pub tone: &'static str,
    pub feature: String,
    pub state: String,
    pub state_class: &'static str,
    /// `3 de 5 catálogos`, `hasta el 21 dic 2026`.
    pub left: String,
    pub is_active: bool,
}

/// A person's licences: what can be used first, then the others, the latest first.
pub async fn briefs(conn: &mut MySqlConnection, cx: &Cx, account: AccountId) -> Result<Vec<Brief>, DbError> {
    let licences = store::of_account(conn, account, cx.now).await?;
    if licences.is_empty() {
        return Ok(Vec::new());
    }
    let chosen: LicenceSettings = settings::get(conn).await?;
    let features = Features(entitlements::store::features(conn).await?);
    let mut briefs: Vec<Brief> = licences
        .iter()
        .map(|licence| {
            let standing = licence.standing(cx.today());
            Brief {
                id: licence.id,
                plan: words::plan(cx, licence.plan, chosen.free_days),
                tone: words::plan_tone(&licence.plan),
                feature: features.name(&licence.feature).to_owned(),
                state: cx.t(words::standing_key(&standing)),
                state_class: words::standing_class(&standing),
                left: words::left(cx, licence, &features),
                is_active: standing == Standing::Active,
            }
        })
        .collect();
    briefs.sort_by_key(|brief| !brief.is_active);
    Ok(briefs)
}
