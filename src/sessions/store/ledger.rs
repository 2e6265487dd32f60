//! SQL of the session ledger: rows are added, never changed.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{
    core::{
        actor::Actor,
        ids::{AccountId, GrantId},
    },
    db::DbError,
};

/// A row of the ledger, to be written.
#[derive(Debug)]
pub struct Entry<'a> {
    pub account: AccountId,
    pub grant: GrantId,
    /// Ties together the rows of one operation.
    pub operation: &'a str,
    pub kind: EntryKind,
    pub delta: i64,
    pub at: DateTime<Utc>,
    pub actor: &'a Actor,
    pub reason: &'a str,
    pub expert_id: Option<&'a str>,
    pub expert_name: Option<&'a str>,
    pub duration_seconds: Option<u32>,
    pub request_id: Option<&'a str>,
}

/// What changed a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    Grant,
    Consume,
    Void,
    Restore,
    Settle,
}

impl EntryKind {
    pub const ALL: [Self; 5] = [Self::Grant, Self::Consume, Self::Void, Self::Restore, Self::Settle];

    /// The word in the `kind` column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Consume => "consume",
            Self::Void => "void",
            Self::Restore => "restore",
            Self::Settle => "settle",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

pub async fn append(conn: &mut MySqlConnection, entry: &Entry<'_>) -> Result<(), DbError> {
    sqlx::query!(
        "INSERT INTO session_entries
           (account_id, grant_id, operation_id, kind, delta, at, actor_kind, actor_id, reason, expert_id, expert_name, duration_seconds, request_id)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        entry.account,
        entry.grant,
        entry.operation,
        entry.kind.as_str(),
        entry.delta,
        entry.at,
        entry.actor.kind(),
        entry.actor.id(),
        entry.reason,
        entry.expert_id,
        entry.expert_name,
        entry.duration_seconds,
        entry.request_id,
    )
    .execute(conn)
    .await?;
    Ok(())
}
