//! What the admin decides about sessions while the service runs.
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    app::App,
    audit::{self, Record},
    core::actor::Actor,
    db::DbError,
    notices,
    settings::{self, Setting},
};

/// Settings of sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SessionSettings {
    /// The code of the category that forms start with and apps get when they name none.
    pub default_category: String,
    /// Whether people are told by e-mail before sessions expire.
    pub notices: bool,
    /// How many days before, [`notices::DAYS`].
    pub notice_days: u32,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self { default_category: "test".to_owned(), notices: false, notice_days: notices::DAYS_DEFAULT }
    }
}

impl Setting for SessionSettings {
    const NAME: &'static str = "sessions";
}

/// Saves them, with what they were before in the audit trail. False: nothing differs, nothing was written.
pub async fn save(app: &App, new: &SessionSettings, actor: &Actor) -> Result<bool, DbError> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let old: SessionSettings = settings::get(&mut tx).await?;
            if old == *new {
                return tx.undone(false).await;
            }
            settings::put(&mut tx, new, actor, now).await?;
            let record = Record::new(now, actor, "settings.changed", "setting", SessionSettings::NAME)
                .detail(json!({"from": old, "to": new}));
            audit::record(&mut tx, record).await?;
            tx.done(true).await
        })
        .await
}
