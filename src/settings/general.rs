//! What the whole installation shares: how the business calls itself, where people find help, how long traces are kept.
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Setting;
use crate::{
    app::App,
    audit::{self, Record},
    core::actor::Actor,
    db::DbError,
};

/// Settings of the whole installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct General {
    /// Shown to customers where no shop is meant. At most 120 characters.
    pub business_name: String,
    pub support_email: Option<String>,
    /// With its country code: `+34600000000`.
    pub support_whatsapp: Option<String>,
    /// Days that processed webhooks are kept, [`INBOX_DAYS`].
    pub inbox_days: u16,
    /// Days that done jobs are kept, [`JOBS_DAYS`].
    pub jobs_days: u16,
}

/// Shortest and longest time webhooks are kept, in days.
pub const INBOX_DAYS: std::ops::RangeInclusive<u16> = 30..=3650;
/// Shortest and longest time done jobs are kept, in days.
pub const JOBS_DAYS: std::ops::RangeInclusive<u16> = 1..=365;

impl Default for General {
    fn default() -> Self {
        Self {
            business_name: "Abono".to_owned(),
            support_email: None,
            support_whatsapp: None,
            inbox_days: 90,
            jobs_days: 14,
        }
    }
}

impl Setting for General {
    const NAME: &'static str = "general";
}

/// Saves them, with what they were before in the audit trail. False: nothing differs, nothing was written.
pub async fn save(app: &App, new: &General, actor: &Actor) -> Result<bool, DbError> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let old: General = super::get(&mut tx).await?;
            if old == *new {
                return tx.undone(false).await;
            }
            super::put(&mut tx, new, actor, now).await?;
            let record = Record::new(now, actor, "settings.changed", "setting", General::NAME)
                .detail(json!({"from": old, "to": new}));
            audit::record(&mut tx, record).await?;
            tx.done(true).await
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_a_newer_version_added_has_its_default() {
        let old: General = serde_json::from_value(json!({"business_name": "Almendro"})).unwrap();
        assert_eq!(old, General { business_name: "Almendro".to_owned(), ..General::default() });
        assert!(INBOX_DAYS.contains(&old.inbox_days) && JOBS_DAYS.contains(&old.jobs_days));
    }
}
