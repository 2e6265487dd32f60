//! SQL of the session ledger: rows are added, never changed.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{
    core::{
        actor::Actor,
        ids::{AccountId, GrantId},
    },
    db::DbError,
    sessions::domain::Grant,
};

/// A row of the ledger, to be written.
#[derive(Debug)]
pub struct Entry<'a> {
    pub account: AccountId,
    pub grant: GrantId,
    /// Ties together the rows of one operation.
    pub operation: &'a str,
    pub kind: EntryKind,
    /// Change of what is left.
    pub delta: i64,
    /// Change of what reservations hold.
    pub held: i64,
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
    /// Corrected by hand.
    Adjust,
    /// Expired unspent, and written off.
    Expire,
    /// Put aside by a reservation.
    Hold,
    /// No longer put aside.
    Release,
}

impl EntryKind {
    pub const ALL: [Self; 9] = [
        Self::Grant,
        Self::Consume,
        Self::Void,
        Self::Restore,
        Self::Settle,
        Self::Adjust,
        Self::Expire,
        Self::Hold,
        Self::Release,
    ];

    /// The word in the `kind` column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Consume => "consume",
            Self::Void => "void",
            Self::Restore => "restore",
            Self::Settle => "settle",
            Self::Adjust => "adjust",
            Self::Expire => "expire",
            Self::Hold => "hold",
            Self::Release => "release",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl<'a> Entry<'a> {
    /// A row without the facts that only a use has.
    pub fn new(
        grant: &Grant,
        operation: &'a str,
        kind: EntryKind,
        delta: i64,
        actor: &'a Actor,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            account: grant.account,
            grant: grant.id,
            operation,
            kind,
            delta,
            held: 0,
            at,
            actor,
            reason: "",
            expert_id: None,
            expert_name: None,
            duration_seconds: None,
            request_id: None,
        }
    }

    #[must_use]
    pub fn held(self, held: i64) -> Self {
        Self { held, ..self }
    }

    /// At most 255 characters.
    #[must_use]
    pub fn reason(self, reason: &'a str) -> Self {
        Self { reason, ..self }
    }
}

pub async fn append(conn: &mut MySqlConnection, entry: &Entry<'_>) -> Result<(), DbError> {
    super::many::append(conn, std::slice::from_ref(entry)).await
}

/// What each grant paid for a use, less what was given back of it since. The caller holds the account's lock.
pub async fn paid_by(
    conn: &mut MySqlConnection,
    account: AccountId,
    operation: &str,
) -> Result<Vec<(GrantId, u32)>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT grant_id AS "grant: GrantId", CAST(-SUM(delta) AS SIGNED) AS "paid!: i64" FROM session_entries
            WHERE operation_id = ? AND account_id = ? AND kind IN ('consume', 'adjust')
            GROUP BY grant_id HAVING SUM(delta) < 0 ORDER BY grant_id"#,
        operation,
        account
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.grant, u32::try_from(row.paid).ok()?))).collect())
}

/// Which grants paid debts, and how much of it was not repaid, the latest first. The caller holds the account's lock.
pub async fn payers(conn: &mut MySqlConnection, account: AccountId) -> Result<Vec<(GrantId, u32)>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT grant_id AS "grant: GrantId", CAST(-SUM(delta) AS SIGNED) AS "paid!: i64" FROM session_entries
            WHERE account_id = ? AND kind = 'settle'
            GROUP BY grant_id HAVING SUM(delta) < 0 ORDER BY grant_id DESC"#,
        account
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.grant, u32::try_from(row.paid).ok()?))).collect())
}
