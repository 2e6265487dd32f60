//! What pages and the API list: grants with their people.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{MySqlConnection, QueryBuilder};

pub use super::movements::{Movement, MovementFilter, movements, sums};
use super::{
    domain::{Grant, Kind, Standing},
    store::Row,
};
use crate::{
    core::{
        ids::{AccountId, BulkRunId, CategoryId},
        page::{Page, Seek},
    },
    db::{Corrupt, DbError, far},
};

/// What a list of grants is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub account: Option<AccountId>,
    /// The beginning of a name (or of one of its words) or of an address.
    pub person: Option<String>,
    pub kind: Option<Kind>,
    pub category: Option<CategoryId>,
    pub bulk_run: Option<BulkRunId>,
    pub standing: Option<Standing>,
    /// Expires at or after.
    pub expires_from: Option<DateTime<Utc>>,
    /// Expires before.
    pub expires_to: Option<DateTime<Utc>>,
    /// With an expiry range: also those that never expire.
    pub or_never: bool,
    pub order: Option<u64>,
}

/// In which order grants are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// The latest first.
    #[default]
    Recent,
    /// The soonest to expire first, those that never do last.
    Expiry,
    /// Those with most left first.
    Left,
    /// By name.
    Person,
}

impl Sort {
    pub const ALL: [Self; 4] = [Self::Recent, Self::Expiry, Self::Left, Self::Person];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recent => "recent",
            Self::Expiry => "expiry",
            Self::Left => "left",
            Self::Person => "person",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == text)
    }
}

/// Where a page of grants starts: the sort value and number of the row before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cursor {
    Recent(DateTime<Utc>, u64),
    Expiry(Option<DateTime<Utc>>, u64),
    Left(u32, u64),
    Person(String, u64),
}

impl Cursor {
    fn sort(&self) -> Sort {
        match self {
            Self::Recent(..) => Sort::Recent,
            Self::Expiry(..) => Sort::Expiry,
            Self::Left(..) => Sort::Left,
            Self::Person(..) => Sort::Person,
        }
    }
}

/// A grant with the person who has it.
#[derive(Debug, Clone)]
pub struct Listed {
    pub grant: Grant,
    pub name: String,
    pub email: Option<String>,
    pub created_by: String,
    /// What people call the order, when it is mirrored.
    pub order_number: Option<String>,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    grant: Row,
    name: String,
    email: Option<String>,
    created_by: String,
    order_number: Option<String>,
}

/// Grants with their people.
pub async fn grants(
    conn: &mut MySqlConnection,
    filter: &Filter,
    sort: Sort,
    seek: &Seek<Cursor>,
    now: DateTime<Utc>,
) -> Result<Page<Listed>, DbError> {
    let mut query = QueryBuilder::new(
        "SELECT g.id, g.account_id, g.kind, g.category_id, g.per_unit, g.quantity, g.remaining, g.held, g.voided, g.shortfall,
                g.written_off, g.expires_at, g.shop_id, g.order_id, g.line_id, g.bulk_run_id, g.created_at, g.created_by, a.name, a.email, o.number AS order_number
           FROM session_grants g
           JOIN accounts a ON a.id = g.account_id
           LEFT JOIN wc_orders o ON o.shop_id = g.shop_id AND o.wc_id = g.order_id
          WHERE TRUE",
    );
    narrow(&mut query, filter, now);
    let back = seek.is_backward();
    // A cursor of another order (a hand-made URL) starts from the top.
    if let Some(cursor) = seek.from.as_ref().filter(|cursor| cursor.sort() == sort) {
        let (less, more) = if back { (">", "<") } else { ("<", ">") };
        match cursor {
            Cursor::Recent(at, id) => {
                query.push(format!(" AND (g.created_at {less} ")).push_bind(*at);
                query.push(" OR (g.created_at = ").push_bind(*at);
                query.push(format!(" AND g.id {less} ")).push_bind(*id).push("))");
            }
            Cursor::Expiry(Some(at), id) => {
                let never = if back { "" } else { " OR g.expires_at IS NULL" };
                query.push(format!(" AND (g.expires_at {more} ")).push_bind(far(*at)).push(never);
                query.push(" OR (g.expires_at = ").push_bind(far(*at));
                query.push(format!(" AND g.id {more} ")).push_bind(*id).push("))");
            }
            Cursor::Expiry(None, id) => {
                let dated = if back { "g.expires_at IS NOT NULL OR " } else { "" };
                query
                    .push(format!(" AND ({dated}(g.expires_at IS NULL AND g.id {more} "))
                    .push_bind(*id)
                    .push("))");
            }
            Cursor::Left(left, id) => {
                query.push(format!(" AND (g.remaining {less} ")).push_bind(*left);
                query.push(" OR (g.remaining = ").push_bind(*left);
                query.push(format!(" AND g.id {less} ")).push_bind(*id).push("))");
            }
            Cursor::Person(name, id) => {
                query.push(format!(" AND (a.name {more} ")).push_bind(name.clone());
                query.push(" OR (a.name = ").push_bind(name.clone());
                query.push(format!(" AND g.id {more} ")).push_bind(*id).push("))");
            }
        }
    }
    query.push(match (sort, back) {
        (Sort::Recent, false) => " ORDER BY g.created_at DESC, g.id DESC",
        (Sort::Recent, true) => " ORDER BY g.created_at, g.id",
        (Sort::Expiry, false) => " ORDER BY g.expires_at IS NULL, g.expires_at, g.id",
        (Sort::Expiry, true) => " ORDER BY g.expires_at IS NULL DESC, g.expires_at DESC, g.id DESC",
        (Sort::Left, false) => " ORDER BY g.remaining DESC, g.id DESC",
        (Sort::Left, true) => " ORDER BY g.remaining, g.id",
        (Sort::Person, false) => " ORDER BY a.name, g.id",
        (Sort::Person, true) => " ORDER BY a.name DESC, g.id DESC",
    });
    query.push(" LIMIT ").push_bind(seek.limit + 1);
    let rows: Vec<ListedRow> = query.build_query_as().fetch_all(conn).await?;
    let rows = rows
        .into_iter()
        .map(|row| {
            Ok(Listed {
                grant: row.grant.try_into()?,
                name: row.name,
                email: row.email,
                created_by: row.created_by,
                order_number: row.order_number,
            })
        })
        .collect::<Result<Vec<_>, Corrupt>>()?;
    Ok(seek.page(rows, |row| cursor_of(row, sort)))
}

/// Where a page after this row starts.
pub fn cursor_of(row: &Listed, sort: Sort) -> Cursor {
    let id = row.grant.id.0;
    match sort {
        Sort::Recent => Cursor::Recent(row.grant.created_at, id),
        Sort::Expiry => Cursor::Expiry(row.grant.expires_at, id),
        Sort::Left => Cursor::Left(row.grant.remaining, id),
        Sort::Person => Cursor::Person(row.name.clone(), id),
    }
}

/// How many grants a filter leaves, counted up to `most`: beyond it people only need to know that there are more.
pub async fn count(
    conn: &mut MySqlConnection,
    filter: &Filter,
    most: u32,
    now: DateTime<Utc>,
) -> Result<u32, DbError> {
    let mut query = QueryBuilder::new(
        "SELECT CAST(COUNT(*) AS UNSIGNED) FROM (SELECT 1 FROM session_grants g JOIN accounts a ON a.id = g.account_id WHERE TRUE",
    );
    narrow(&mut query, filter, now);
    query.push(" LIMIT ").push_bind(most).push(") counted");
    let n: u64 = query.build_query_scalar().fetch_one(conn).await?;
    Ok(u32::try_from(n).unwrap_or(u32::MAX))
}

fn narrow(query: &mut QueryBuilder<sqlx::MySql>, filter: &Filter, now: DateTime<Utc>) {
    if let Some(account) = filter.account {
        query.push(" AND g.account_id = ").push_bind(account.0);
    }
    if let Some(text) = filter.person.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
        let start = format!("{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
        query.push(" AND (a.name LIKE ").push_bind(start.clone());
        query.push(" OR a.name LIKE ").push_bind(format!("% {start}"));
        query.push(" OR a.email LIKE ").push_bind(start.to_lowercase()).push(")");
    }
    if let Some(kind) = filter.kind {
        query.push(" AND g.kind = ").push_bind(kind.as_str());
    }
    if let Some(category) = filter.category {
        query.push(" AND g.category_id = ").push_bind(category.0);
    }
    if let Some(run) = filter.bulk_run {
        query.push(" AND g.bulk_run_id = ").push_bind(run.0);
    }
    match filter.standing {
        None => {}
        Some(Standing::Active) => {
            query
                .push(" AND g.remaining > 0 AND (g.expires_at IS NULL OR g.expires_at > ")
                .push_bind(now)
                .push(")");
        }
        Some(Standing::Expired) => {
            query.push(" AND g.expires_at <= ").push_bind(now);
            query.push(" AND (g.remaining > 0 OR g.written_off > 0)");
        }
        Some(Standing::Used) => {
            query.push(" AND g.remaining = 0 AND g.written_off = 0 AND g.voided < g.quantity");
        }
        Some(Standing::Voided) => {
            query.push(" AND g.remaining = 0 AND g.voided = g.quantity");
        }
    }
    if filter.expires_from.is_some() || filter.expires_to.is_some() {
        query.push(" AND ((g.expires_at IS NOT NULL");
        if let Some(from) = filter.expires_from {
            query.push(" AND g.expires_at >= ").push_bind(far(from));
        }
        if let Some(to) = filter.expires_to {
            query.push(" AND g.expires_at < ").push_bind(far(to));
        }
        query.push(")");
        if filter.or_never {
            query.push(" OR g.expires_at IS NULL");
        }
        query.push(")");
    }
    if let Some(order) = filter.order {
        query.push(" AND g.order_id = ").push_bind(order);
    }
}

/// People with something left, by number.
pub async fn holders(conn: &mut MySqlConnection, limit: u32) -> Result<Vec<AccountId>, DbError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT DISTINCT account_id AS "id: AccountId" FROM session_grants WHERE remaining > 0 ORDER BY account_id LIMIT ?"#,
        limit
    )
    .fetch_all(conn)
    .await?)
}
