//! What the admin decides about licences while the service runs.
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    app::App,
    audit::{self, Record},
    core::actor::Actor,
    db::DbError,
    settings::{self, Setting},
};

/// Days a free licence by date may last.
pub const FREE_DAYS: std::ops::RangeInclusive<u32> = 1..=365;
/// Credits that the form of a new licence may begin with.
pub const CREDITS: std::ops::RangeInclusive<u32> = 0..=super::domain::MOST_CREDITS;

/// Settings of licences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LicenceSettings {
    /// How long a free licence by date lasts, [`FREE_DAYS`]; the day it is given is day 0.
    pub free_days: u32,
    /// What the form of a new licence by quantity begins with, [`CREDITS`].
    pub credits: u32,
    /// Whom customers write to over WhatsApp to get a larger plan: digits alone, with the country's; empty: the link is not shown.
    pub whatsapp: String,
    /// Days before its end from which on a licence is listed as about to end.
    pub soon_days: u32,
}

impl Default for LicenceSettings {
    fn default() -> Self {
        Self { free_days: 30, credits: super::domain::CREDITS_DEFAULT, whatsapp: String::new(), soon_days: 7 }
    }
}

impl Setting for LicenceSettings {
    const NAME: &'static str = "licences";
}

/// Saves them, with what they were before in the audit trail. False: nothing differs, nothing was written.
pub async fn save(app: &App, new: &LicenceSettings, actor: &Actor) -> Result<bool, DbError> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let old: LicenceSettings = settings::get(&mut tx).await?;
            if old == *new {
                return tx.undone(false).await;
            }
            settings::put(&mut tx, new, actor, now).await?;
            let record = Record::new(now, actor, "settings.changed", "setting", LicenceSettings::NAME)
                .detail(json!({"from": old, "to": new}));
            audit::record(&mut tx, record).await?;
            tx.done(true).await
        })
        .await
}
