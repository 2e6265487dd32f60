//! SQL of the ledger of licences: rows are added, never changed.
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{MySql, MySqlConnection, QueryBuilder};

use crate::{
    core::{
        actor::Actor,
        ids::{AccountId, EntryId, LicenceId},
    },
    db::{Corrupt, DbError, ROWS_AT_ONCE},
    licences::domain::{Act, Licence, Plan},
};

/// A row of the ledger, to be written.
#[derive(Debug)]
pub struct Entry<'a> {
    /// The licence after it.
    pub licence: &'a Licence,
    /// Ties together the rows of one operation.
    pub operation: &'a str,
    pub act: Act,
    /// How many credits, or uses by date, it was about.
    pub amount: u32,
    /// Change of what is left.
    pub delta: i64,
    /// Change of what reservations hold.
    pub held: i64,
    pub at: DateTime<Utc>,
    pub actor: &'a Actor,
    /// At most 255 characters.
    pub reason: &'a str,
    pub request_id: Option<&'a str>,
}

impl<'a> Entry<'a> {
    /// A row about `amount` that changes what is left by `delta`.
    pub fn new(
        licence: &'a Licence,
        operation: &'a str,
        (act, amount, delta): (Act, u32, i64),
        actor: &'a Actor,
        at: DateTime<Utc>,
    ) -> Self {
        Self { licence, operation, act, amount, delta, held: 0, at, actor, reason: "", request_id: None }
    }

    #[must_use]
    pub fn reason(mut self, reason: &'a str) -> Self {
        self.reason = reason;
        self
    }

    #[must_use]
    pub fn held(mut self, held: i64) -> Self {
        self.held = held;
        self
    }

    #[must_use]
    pub fn request(mut self, request_id: Option<&'a str>) -> Self {
        self.request_id = request_id;
        self
    }

    fn balance(&self) -> Option<u32> {
        (!self.licence.plan.is_dated()).then(|| self.licence.remaining())
    }
}

pub async fn append(conn: &mut MySqlConnection, entry: &Entry<'_>) -> Result<(), DbError> {
    append_uses(conn, std::slice::from_ref(entry)).await
}

/// Appends rows; none is fine.
pub async fn append_uses(conn: &mut MySqlConnection, entries: &[Entry<'_>]) -> Result<(), DbError> {
    for entries in entries.chunks(ROWS_AT_ONCE) {
        let mut query: QueryBuilder<MySql> = QueryBuilder::new(
            "INSERT INTO licence_entries
               (licence_id, account_id, operation_id, kind, amount, delta, held, plan, balance, expires_on, at, actor_kind, actor_id, reason, request_id) ",
        );
        query.push_values(entries, |mut row, entry| {
            row.push_bind(entry.licence.id)
                .push_bind(entry.licence.account)
                .push_bind(entry.operation)
                .push_bind(entry.act.as_str())
                .push_bind(entry.amount)
                .push_bind(entry.delta)
                .push_bind(entry.held)
                .push_bind(entry.licence.plan.as_str())
                .push_bind(entry.balance())
                .push_bind(entry.licence.expires_on)
                .push_bind(entry.at)
                .push_bind(entry.actor.kind())
                .push_bind(entry.actor.id())
                .push_bind(entry.reason)
                .push_bind(entry.request_id);
        });
        query.build().execute(&mut *conn).await?;
    }
    Ok(())
}

/// A row of the ledger, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub id: EntryId,
    pub licence: LicenceId,
    pub account: AccountId,
    pub operation: String,
    pub act: Act,
    pub amount: u32,
    pub delta: i32,
    pub held: i32,
    /// The plan after it.
    pub plan: Plan,
    /// Of a change of plan: the plan before it, which is that of the row before.
    pub plan_before: Option<Plan>,
    /// What was left after it; `None` by date.
    pub balance: Option<u32>,
    /// The last day after it.
    pub expires_on: Option<NaiveDate>,
    pub at: DateTime<Utc>,
    pub actor_kind: String,
    pub actor_id: String,
    pub reason: String,
    pub request_id: Option<String>,
}

impl Written {
    /// Whether its reason is for whoever has the licence: an app's words for a use, or the number of an order. What the team writes to
    /// itself stays with the team.
    pub fn is_for_its_person(&self) -> bool {
        matches!(self.act, Act::Consume | Act::Hold | Act::Release) || self.actor_kind == "shop"
    }
}

/// The rows of a licence, newest first, at most `most`; `before`: those older than this row.
pub async fn of_licence(
    conn: &mut MySqlConnection,
    licence: LicenceId,
    before: Option<EntryId>,
    most: u32,
) -> Result<Vec<Written>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id: EntryId", licence_id AS "licence: LicenceId", account_id AS "account: AccountId", operation_id, kind, amount,
                  delta, held, plan, balance, expires_on, at, actor_kind, actor_id, reason, request_id,
                  IF(kind = 'change', (SELECT b.plan FROM licence_entries b FORCE INDEX (ix_licence_entries_licence) WHERE b.licence_id = e.licence_id AND b.id < e.id ORDER BY b.id DESC LIMIT 1), NULL)
                    AS "plan_before?: String"
             FROM licence_entries e WHERE licence_id = ? AND id < ? ORDER BY id DESC LIMIT ?"#,
        licence,
        before.map_or(u64::MAX, |id| id.0),
        most
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let corrupt = |column| Corrupt { table: "licence_entries", id: row.id.0, column };
            Ok(Written {
                act: Act::parse(&row.kind).ok_or_else(|| corrupt("kind"))?,
                plan: Plan::parse(&row.plan).ok_or_else(|| corrupt("plan"))?,
                plan_before: row.plan_before.as_deref().and_then(Plan::parse),
                id: row.id,
                licence: row.licence,
                account: row.account,
                operation: row.operation_id,
                amount: row.amount,
                delta: row.delta,
                held: row.held,
                balance: row.balance,
                expires_on: row.expires_on,
                at: row.at,
                actor_kind: row.actor_kind,
                actor_id: row.actor_id,
                reason: row.reason,
                request_id: row.request_id,
            })
        })
        .collect()
}
