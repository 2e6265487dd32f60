//! What a slice does to be able to pay.
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use futures::future::BoxFuture;
use sqlx::MySqlConnection;

use super::domain::{Ask, Offer, Skip, SourceKind};
use crate::{
    core::{actor::Actor, ids::AccountId},
    db::DbError,
};

/// When it is, and where days begin and end.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    pub now: DateTime<Utc>,
    pub zone: Tz,
}

/// Whether what is read will be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Nothing will be.
    Look,
    /// The caller holds the accounts' locks, and saves what it takes in this transaction.
    Spend,
}

/// What a use leaves in the ledger of what pays.
#[derive(Debug, Clone)]
pub struct Use {
    /// Ties together the ledger rows of this use.
    pub operation: String,
    /// The app's own words, for the person's history. At most 255 characters.
    pub reason: String,
    pub actor: Actor,
    pub request_id: Option<String>,
}

/// A slice that may pay.
pub trait Source: Send + Sync {
    fn kind(&self) -> SourceKind;

    /// Reads what these people (at least one, each once) have, all of them at once.
    fn load<'c>(
        &'c self,
        conn: &'c mut MySqlConnection,
        accounts: &'c [AccountId],
        moment: Moment,
        purpose: Purpose,
    ) -> BoxFuture<'c, Result<Box<dyn Holdings>, DbError>>;

    /// Puts aside what the person has, for a reservation. The caller holds the account's lock.
    fn reserve<'c>(
        &'c self,
        conn: &'c mut MySqlConnection,
        ask: &'c Ask,
        hold: &'c HoldFor,
        moment: Moment,
    ) -> BoxFuture<'c, Result<Result<Offer, Vec<Skip>>, DbError>>;

    /// Uses `amount` of what a reservation holds, and lets the rest go. It is at most what was reserved, and in time. False: what
    /// was held is gone all the same, and nothing was done.
    fn confirm<'c>(
        &'c self,
        conn: &'c mut MySqlConnection,
        hold: &'c HoldFor,
        amount: u32,
        moment: Moment,
    ) -> BoxFuture<'c, Result<bool, DbError>>;

    /// Lets everything go that a reservation holds.
    fn release<'c>(
        &'c self,
        conn: &'c mut MySqlConnection,
        hold: &'c HoldFor,
        moment: Moment,
    ) -> BoxFuture<'c, Result<(), DbError>>;
}

/// What some people have, as it was read.
pub trait Holdings: Send {
    /// What this would do for a question, or why nothing.
    fn offer(&self, ask: &Ask) -> Result<Offer, Vec<Skip>>;

    /// Notes that an offer is taken: what is asked next finds it gone.
    fn take(&mut self, ask: &Ask, offer: &Offer, what: Use);

    /// Writes everything that was taken, with its ledger rows.
    fn save<'c>(&'c mut self, conn: &'c mut MySqlConnection) -> BoxFuture<'c, Result<(), DbError>>;
}

/// The reservation that something is held for.
#[derive(Debug, Clone)]
pub struct HoldFor {
    /// Its number; also the operation of the ledger rows.
    pub reservation: String,
    pub account: AccountId,
    /// The first instant at which it holds nothing any more.
    pub until: DateTime<Utc>,
    pub reason: String,
    pub actor: Actor,
}

/// Every slice that may pay.
pub fn all() -> [&'static dyn Source; 2] {
    [&crate::sessions::pays::Sessions, &crate::licences::pays::Licences]
}
