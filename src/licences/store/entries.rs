//! SQL of the ledger as pages read it: of a licence or of a person, to and fro.
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{MySqlConnection, QueryBuilder};

use super::ledger::Written;
use crate::{
    core::{
        ids::{AccountId, EntryId, LicenceId},
        page::{Page, Seek},
    },
    db::{Corrupt, DbError},
    licences::domain::{Act, Plan},
};

/// Whose rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    Licence(LicenceId),
    /// Of all of a person's licences.
    Account(AccountId),
    /// The same, without what reservations put aside and let go.
    AccountWithoutHolds(AccountId),
}

#[derive(sqlx::FromRow)]
struct Row {
    id: u64,
    licence_id: u64,
    account_id: u64,
    operation_id: String,
    kind: String,
    amount: u32,
    delta: i32,
    held: i32,
    plan: String,
    plan_before: Option<String>,
    balance: Option<u32>,
    expires_on: Option<NaiveDate>,
    at: DateTime<Utc>,
    actor_kind: String,
    actor_id: String,
    reason: String,
    request_id: Option<String>,
}

impl TryFrom<Row> for Written {
    type Error = Corrupt;
    fn try_from(row: Row) -> Result<Self, Corrupt> {
        let corrupt = |column| Corrupt { table: "licence_entries", id: row.id, column };
        Ok(Self {
            act: Act::parse(&row.kind).ok_or_else(|| corrupt("kind"))?,
            plan: Plan::parse(&row.plan).ok_or_else(|| corrupt("plan"))?,
            plan_before: row.plan_before.as_deref().and_then(Plan::parse),
            id: EntryId(row.id),
            licence: LicenceId(row.licence_id),
            account: AccountId(row.account_id),
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
    }
}

/// Rows of the ledger, the latest first.
pub async fn page(conn: &mut MySqlConnection, of: Of, seek: &Seek<u64>) -> Result<Page<Written>, DbError> {
    let mut query = QueryBuilder::new(
        "SELECT id, licence_id, account_id, operation_id, kind, amount, delta, held, plan, balance, expires_on, at, actor_kind, actor_id, reason,
                request_id,
                IF(kind = 'change', (SELECT b.plan FROM licence_entries b FORCE INDEX (ix_licence_entries_licence) WHERE b.licence_id = e.licence_id AND b.id < e.id ORDER BY b.id DESC LIMIT 1), NULL)
                  AS plan_before
           FROM licence_entries e WHERE ",
    );
    match of {
        Of::Licence(id) => query.push("licence_id = ").push_bind(id.0),
        Of::Account(id) => query.push("account_id = ").push_bind(id.0),
        Of::AccountWithoutHolds(id) => {
            query.push("kind NOT IN ('hold', 'release') AND account_id = ").push_bind(id.0)
        }
    };
    let back = seek.is_backward();
    if let Some(from) = seek.from {
        query.push(if back { " AND id > " } else { " AND id < " }).push_bind(from);
    }
    query
        .push(if back { " ORDER BY id LIMIT " } else { " ORDER BY id DESC LIMIT " })
        .push_bind(seek.limit + 1);
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    let rows: Vec<Written> = rows.into_iter().map(Written::try_from).collect::<Result<_, _>>()?;
    Ok(seek.page(rows, |row| row.id.0))
}
