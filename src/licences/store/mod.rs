//! SQL of licences, their ledger, what their last day is made of, what order lines gave, and what reservations hold of them.
pub mod entries;
mod holds;
mod ledger;
pub mod lines;
pub mod notices;
pub mod seek;
mod terms;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{MySql, MySqlConnection, QueryBuilder};

pub use holds::{Hold, held_by, hold, keep_held, lapsed, let_go, let_go_all, refund_held};
pub use ledger::{Entry, Written as Move, append, append_uses, of_licence as entries_of};
pub use terms::{OrderUnit, Written, add as add_term, join, of_licence as terms_of, of_line, reverse};

use super::domain::{Block, Licence, Mode, Plan, Take, Tier};
use crate::{
    core::{
        actor::Actor,
        feature::FeatureCode,
        ids::{AccountId, LicenceId},
    },
    db::{Corrupt, DbError, ROWS_AT_ONCE, one_row},
};

#[derive(Debug, sqlx::FromRow)]
pub(super) struct Row {
    id: u64,
    account_id: u64,
    feature: String,
    tier: String,
    mode: String,
    granted: u32,
    used: u32,
    /// What reservations hold that still hold; of those that ran out, what was refunded meanwhile.
    held: u32,
    owed: u32,
    expires_on: Option<NaiveDate>,
    blocked_at: Option<DateTime<Utc>>,
    blocked_reason: Option<String>,
    note: String,
    created_at: DateTime<Utc>,
    version: u32,
}

impl TryFrom<Row> for Licence {
    type Error = Corrupt;
    fn try_from(row: Row) -> Result<Self, Corrupt> {
        let corrupt = |column| Corrupt { table: "licences", id: row.id, column };
        let tier = Tier::parse(&row.tier).ok_or_else(|| corrupt("tier"))?;
        let mode = Mode::parse(&row.mode).ok_or_else(|| corrupt("mode"))?;
        let blocked = match (row.blocked_at, row.blocked_reason) {
            (Some(at), Some(reason)) => Some(Block { at, reason }),
            (None, None) => None,
            _ => return Err(corrupt("blocked_reason")),
        };
        Ok(Self {
            id: LicenceId(row.id),
            account: AccountId(row.account_id),
            feature: FeatureCode::parse(&row.feature).ok_or_else(|| corrupt("feature"))?,
            plan: Plan { tier, mode },
            granted: row.granted,
            used: row.used,
            held: row.held,
            owed: row.owed,
            expires_on: row.expires_on,
            blocked,
            note: row.note,
            created_at: row.created_at,
            version: row.version,
        })
    }
}

/// A licence as it stands at `now`.
pub async fn find(
    conn: &mut MySqlConnection,
    id: LicenceId,
    now: DateTime<Utc>,
) -> Result<Option<Licence>, DbError> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id, account_id, feature, tier, mode, granted, used, owed, expires_on, blocked_at, blocked_reason, note, created_at, version,
                  CAST(COALESCE((SELECT SUM(IF(h.expires_at > ?, h.amount, h.refunded)) FROM licence_holds h WHERE h.licence_id = l.id), 0) AS UNSIGNED) AS "held!: u32"
             FROM licences l WHERE id = ?"#,
        now,
        id
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Licence::try_from).transpose()?)
}

/// Who made it, as the ledger writes people: `staff:3`. Empty: there is no such licence.
pub async fn created_by(conn: &mut MySqlConnection, id: LicenceId) -> Result<String, DbError> {
    let by =
        sqlx::query_scalar!("SELECT created_by FROM licences WHERE id = ?", id).fetch_optional(conn).await?;
    Ok(by.unwrap_or_default())
}

/// Everything a person has or had, newest first.
pub async fn of_account(
    conn: &mut MySqlConnection,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<Vec<Licence>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id, account_id, feature, tier, mode, granted, used, owed, expires_on, blocked_at, blocked_reason, note, created_at, version,
                  CAST(COALESCE((SELECT SUM(IF(h.expires_at > ?, h.amount, h.refunded)) FROM licence_holds h WHERE h.licence_id = l.id), 0) AS UNSIGNED) AS "held!: u32"
             FROM licences l WHERE account_id = ? ORDER BY created_at DESC, id DESC LIMIT 500"#,
        now,
        account
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Licence::try_from).collect::<Result<_, _>>()?)
}

/// Everything that these people (at least one) have or had.
pub async fn of_accounts(
    conn: &mut MySqlConnection,
    accounts: &[AccountId],
    now: DateTime<Utc>,
) -> Result<Vec<Licence>, DbError> {
    let mut query: QueryBuilder<MySql> = QueryBuilder::new(
        "SELECT l.id, l.account_id, l.feature, l.tier, l.mode, l.granted, l.used, l.owed, l.expires_on, l.blocked_at, l.blocked_reason, l.note,
                l.created_at, l.version,
                CAST(COALESCE((SELECT SUM(IF(h.expires_at > ",
    );
    query.push_bind(now).push(", h.amount, h.refunded)) FROM licence_holds h WHERE h.licence_id = l.id), 0) AS UNSIGNED) AS held FROM licences l WHERE l.account_id IN (");
    let mut list = query.separated(", ");
    for account in accounts {
        list.push_bind(*account);
    }
    query.push(")");
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    Ok(rows.into_iter().map(Licence::try_from).collect::<Result<_, _>>()?)
}

/// Writes a new licence. Its number and version are the database's.
pub async fn insert(
    conn: &mut MySqlConnection,
    licence: &Licence,
    actor: &Actor,
) -> Result<LicenceId, DbError> {
    let done = sqlx::query!(
        "INSERT INTO licences (account_id, feature, tier, mode, granted, used, owed, expires_on, blocked_at, blocked_reason, note, created_by, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        licence.account,
        licence.feature,
        licence.plan.tier.as_str(),
        licence.plan.mode.as_str(),
        licence.granted,
        licence.used,
        licence.owed,
        licence.expires_on,
        licence.blocked.as_ref().map(|b| b.at),
        licence.blocked.as_ref().map(|b| &b.reason),
        licence.note,
        format!("{}:{}", actor.kind(), actor.id()),
        licence.created_at,
        licence.created_at,
    )
    .execute(conn)
    .await?;
    Ok(LicenceId(done.last_insert_id()))
}

/// Writes what an act made of a licence, if nobody was there since it was read.
pub async fn save(conn: &mut MySqlConnection, licence: &Licence, now: DateTime<Utc>) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE licences SET tier = ?, mode = ?, granted = ?, used = ?, owed = ?, expires_on = ?, blocked_at = ?, blocked_reason = ?, note = ?,
                updated_at = ?, version = version + 1
          WHERE id = ? AND version = ?",
        licence.plan.tier.as_str(),
        licence.plan.mode.as_str(),
        licence.granted,
        licence.used,
        licence.owed,
        licence.expires_on,
        licence.blocked.as_ref().map(|b| b.at),
        licence.blocked.as_ref().map(|b| &b.reason),
        licence.note,
        now,
        licence.id,
        licence.version,
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// Uses credits up, if they are there; none is fine. The version stays: a use is no edit that someone at a form must hear of.
pub async fn take(conn: &mut MySqlConnection, takes: &[Take]) -> Result<(), DbError> {
    for takes in takes.chunks(ROWS_AT_ONCE) {
        let mut query: QueryBuilder<MySql> = QueryBuilder::new("UPDATE licences SET used = used + CASE id");
        for take in takes {
            query.push(" WHEN ").push_bind(take.licence).push(" THEN ").push_bind(take.amount);
        }
        query.push(" END WHERE mode = 'quantity' AND (");
        for (n, take) in takes.iter().enumerate() {
            query.push(if n > 0 { " OR (id = " } else { "(id = " }).push_bind(take.licence);
            query.push(" AND granted - used >= ").push_bind(take.amount).push(")");
        }
        query.push(")");
        let done = query.build().execute(&mut *conn).await?;
        if done.rows_affected() != u64::try_from(takes.len()).unwrap_or(u64::MAX) {
            return Err(DbError::Stale);
        }
    }
    Ok(())
}

/// Moves everything of one account to another. Answers how many licences moved.
pub async fn move_to(conn: &mut MySqlConnection, from: AccountId, into: AccountId) -> Result<u64, DbError> {
    let done = sqlx::query!(
        "UPDATE licences SET account_id = ?, version = version + 1 WHERE account_id = ?",
        into,
        from
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("UPDATE licence_entries SET account_id = ? WHERE account_id = ?", into, from)
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}
