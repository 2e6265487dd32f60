//! The audit trail: every change of state that is not already a ledger row leaves one here, in the same transaction; so does what
//! staff and apps do to licences by hand, from what to what, which a ledger row does not tell.
pub mod admin;
pub mod store;
pub mod words;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::MySqlConnection;

use crate::{
    core::{
        actor::Actor,
        ids::{AccountId, ShopId},
    },
    db::DbError,
};

/// One change, to be written down.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    pub at: DateTime<Utc>,
    pub actor: &'a Actor,
    /// What happened, `noun.verb` in the past: `shop.connected`, `account.merged`.
    pub action: &'static str,
    pub subject_kind: &'static str,
    pub subject_id: String,
    pub account: Option<AccountId>,
    pub shop: Option<ShopId>,
    /// From what to what. Never a secret, never more personal data than the subject's own id.
    pub detail: Value,
    pub request_id: Option<String>,
}

impl<'a> Record<'a> {
    pub fn new(
        at: DateTime<Utc>,
        actor: &'a Actor,
        action: &'static str,
        subject_kind: &'static str,
        subject_id: impl ToString,
    ) -> Self {
        Self {
            at,
            actor,
            action,
            subject_kind,
            subject_id: subject_id.to_string(),
            account: None,
            shop: None,
            detail: Value::Object(serde_json::Map::new()),
            request_id: None,
        }
    }
    #[must_use]
    pub fn account(mut self, account: AccountId) -> Self {
        self.account = Some(account);
        self
    }
    #[must_use]
    pub fn shop(mut self, shop: ShopId) -> Self {
        self.shop = Some(shop);
        self
    }
    #[must_use]
    pub fn detail(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }
}

/// Writes it down, in the transaction of the change.
pub async fn record(conn: &mut MySqlConnection, record: Record<'_>) -> Result<(), DbError> {
    store::insert(conn, &record).await
}
