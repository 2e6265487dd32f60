//! The ledger as pages and the API list it: of one person, of one grant, of one kind.
use chrono::{DateTime, Utc};
use sqlx::{MySqlConnection, QueryBuilder};

use super::{domain::Kind, store::EntryKind};
use crate::{
    core::{
        ids::{AccountId, CategoryId, EntryId, GrantId},
        page::{Page, Seek},
    },
    db::{Corrupt, DbError},
};

/// A row of a person's ledger, with what it touched.
#[derive(Debug, Clone)]
pub struct Movement {
    pub id: EntryId,
    pub grant: GrantId,
    pub grant_kind: Kind,
    pub category: Option<CategoryId>,
    pub operation: String,
    pub kind: EntryKind,
    pub delta: i32,
    /// Change of what reservations hold.
    pub held: i32,
    pub at: DateTime<Utc>,
    pub actor_kind: String,
    pub actor_id: String,
    pub reason: String,
    pub expert_id: Option<String>,
    pub expert_name: Option<String>,
    pub duration_seconds: Option<u32>,
    pub order_id: Option<u64>,
    pub shop_id: Option<u64>,
    /// Of a use: how many of it were given back by hand.
    pub returned: i64,
}

#[derive(sqlx::FromRow)]
struct MovementRow {
    id: u64,
    grant_id: u64,
    grant_kind: String,
    category_id: Option<u64>,
    operation_id: String,
    kind: String,
    delta: i32,
    held: i32,
    at: DateTime<Utc>,
    actor_kind: String,
    actor_id: String,
    reason: String,
    expert_id: Option<String>,
    expert_name: Option<String>,
    duration_seconds: Option<u32>,
    order_id: Option<u64>,
    shop_id: Option<u64>,
    returned: i64,
}

impl TryFrom<MovementRow> for Movement {
    type Error = Corrupt;
    fn try_from(row: MovementRow) -> Result<Self, Corrupt> {
        let corrupt = |column| Corrupt { table: "session_entries", id: row.id, column };
        Ok(Self {
            id: EntryId(row.id),
            grant: GrantId(row.grant_id),
            grant_kind: Kind::parse(&row.grant_kind).ok_or_else(|| corrupt("grant_id"))?,
            kind: EntryKind::parse(&row.kind).ok_or_else(|| corrupt("kind"))?,
            category: row.category_id.map(CategoryId),
            operation: row.operation_id,
            delta: row.delta,
            held: row.held,
            at: row.at,
            actor_kind: row.actor_kind,
            actor_id: row.actor_id,
            reason: row.reason,
            expert_id: row.expert_id,
            expert_name: row.expert_name,
            duration_seconds: row.duration_seconds,
            order_id: row.order_id,
            shop_id: row.shop_id,
            returned: row.returned,
        })
    }
}

/// What a ledger is narrowed to.
#[derive(Debug, Clone, Copy, Default)]
pub struct MovementFilter {
    pub account: Option<AccountId>,
    pub grant: Option<GrantId>,
    pub kind: Option<EntryKind>,
}

/// Ledger rows, newest first.
pub async fn movements(
    conn: &mut MySqlConnection,
    filter: &MovementFilter,
    seek: &Seek<u64>,
) -> Result<Page<Movement>, DbError> {
    let mut query = QueryBuilder::new(
        "SELECT e.id, e.grant_id, g.kind AS grant_kind, g.category_id, e.operation_id, e.kind, e.delta, e.held, e.at, e.actor_kind,
                e.actor_id, e.reason, e.expert_id, e.expert_name, COALESCE(e.duration_seconds, r.duration_seconds) AS duration_seconds,
                g.order_id, g.shop_id,
                CASE WHEN e.kind = 'consume' THEN
                    CAST((SELECT COALESCE(SUM(x.delta), 0) FROM session_entries x
                           WHERE x.operation_id = e.operation_id AND x.grant_id = e.grant_id AND x.kind = 'adjust') AS SIGNED)
                ELSE 0 END AS returned
           FROM session_entries e
           JOIN session_grants g ON g.id = e.grant_id
           LEFT JOIN session_reservations r ON r.uid = e.operation_id
          WHERE TRUE",
    );
    if let Some(account) = filter.account {
        query.push(" AND e.account_id = ").push_bind(account.0);
    }
    if let Some(grant) = filter.grant {
        query.push(" AND e.grant_id = ").push_bind(grant.0);
    }
    if let Some(kind) = filter.kind {
        query.push(" AND e.kind = ").push_bind(kind.as_str());
    }
    if let Some(from) = seek.from {
        query.push(if seek.is_backward() { " AND e.id > " } else { " AND e.id < " }).push_bind(from);
    }
    query.push(if seek.is_backward() { " ORDER BY e.id" } else { " ORDER BY e.id DESC" });
    query.push(" LIMIT ").push_bind(seek.limit + 1);
    let rows: Vec<MovementRow> = query.build_query_as().fetch_all(conn).await?;
    let rows = rows.into_iter().map(Movement::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(seek.page(rows, |row| row.id.0))
}

/// The sum of a person's ledger, by kind of movement: the statement behind "why are there 7 left".
pub async fn sums(
    conn: &mut MySqlConnection,
    account: AccountId,
) -> Result<Vec<(EntryKind, Kind, i64)>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT e.kind, g.kind AS grant_kind, CAST(SUM(e.delta) AS SIGNED) AS "sum!: i64"
             FROM session_entries e JOIN session_grants g ON g.id = e.grant_id
            WHERE e.account_id = ? GROUP BY e.kind, g.kind"#,
        account
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let corrupt =
                || DbError::from(Corrupt { table: "session_entries", id: account.0, column: "kind" });
            let kind = EntryKind::parse(&row.kind).ok_or_else(corrupt)?;
            Ok((kind, Kind::parse(&row.grant_kind).ok_or_else(corrupt)?, row.sum))
        })
        .collect()
}
