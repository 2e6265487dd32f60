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
    accounts::{FEW, Search, push_ids},
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
    /// The beginnings of words of a name, or of an address, or a person's number.
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
    /// Name and number of the person, and of the grant.
    Person(String, u64, u64),
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

/// Whom a filter's person means.
enum People {
    Any,
    Few(Vec<AccountId>),
    Many(Search),
}

impl People {
    async fn of(conn: &mut MySqlConnection, filter: &Filter) -> Result<Self, DbError> {
        let Some(search) = filter.person.as_deref().and_then(Search::parse) else {
            return Ok(Self::Any);
        };
        Ok(match search.few(conn, FEW).await? {
            Some(ids) => Self::Few(ids),
            None => Self::Many(search),
        })
    }

    fn narrow(&self, query: &mut QueryBuilder<sqlx::MySql>) {
        match self {
            Self::Any => {}
            Self::Few(ids) => push_ids(query, "g.account_id", ids),
            Self::Many(search) => search.push_condition(query, "g.account_id"),
        }
    }
}

/// Rows of a list in an order that an index has: those with a last day and those without are two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Recent,
    Dated,
    Undated,
    Left,
    Person,
}

/// Grants with their people.
pub async fn grants(
    conn: &mut MySqlConnection,
    filter: &Filter,
    sort: Sort,
    seek: &Seek<Cursor>,
    now: DateTime<Utc>,
) -> Result<Page<Listed>, DbError> {
    // A cursor of another order (a hand-made URL) starts from the top.
    let from = seek.from.as_ref().filter(|cursor| cursor.sort() == sort);
    let back = seek.is_backward();
    let parts: &[Part] = match (sort, from) {
        (Sort::Recent, _) => &[Part::Recent],
        (Sort::Left, _) => &[Part::Left],
        (Sort::Person, _) => &[Part::Person],
        (Sort::Expiry, Some(Cursor::Expiry(Some(_), _))) if back => &[Part::Dated],
        (Sort::Expiry, Some(Cursor::Expiry(None, _))) if !back => &[Part::Undated],
        (Sort::Expiry, _) if back => &[Part::Undated, Part::Dated],
        (Sort::Expiry, _) => &[Part::Dated, Part::Undated],
    };
    let people = People::of(&mut *conn, filter).await?;
    let mut rows: Vec<Listed> = Vec::new();
    for (at, part) in (0..).zip(parts) {
        let wanted = seek.limit + 1 - u32::try_from(rows.len()).unwrap_or(u32::MAX).min(seek.limit + 1);
        if wanted == 0 {
            break;
        }
        // The cursor is a place in the first part; the next one begins where it begins.
        let from = from.filter(|_| at == 0);
        rows.extend(read(&mut *conn, filter, &people, *part, from, back, wanted, now).await?);
    }
    Ok(seek.page(rows, |row| cursor_of(row, sort)))
}

#[expect(clippy::too_many_arguments, reason = "a page is asked for by all of them")]
async fn read(
    conn: &mut MySqlConnection,
    filter: &Filter,
    people: &People,
    part: Part,
    from: Option<&Cursor>,
    back: bool,
    wanted: u32,
    now: DateTime<Utc>,
) -> Result<Vec<Listed>, DbError> {
    // By name, the people come first: as many as a page can have grants, each with one at least.
    let named = match (part, people) {
        (Part::Person, People::Any | People::Many(_)) => {
            Some(next_people(conn, filter, people, from, back, wanted, now).await?)
        }
        _ => None,
    };
    let is_usual = named.is_none() && !matches!(people, People::Few(_));
    // Grants in the order of their index, the rest looked up for each: never the other way round.
    let mut query = QueryBuilder::new(
        "SELECT g.id, g.account_id, g.kind, g.category_id, g.per_unit, g.quantity, g.remaining, g.held, g.voided, g.shortfall,
                g.written_off, g.expires_at, g.shop_id, g.order_id, g.line_id, g.bulk_run_id, g.created_at, g.created_by, a.name, a.email, o.number AS order_number
           FROM session_grants g
           STRAIGHT_JOIN accounts a ON a.id = g.account_id
           LEFT JOIN wc_orders o ON o.shop_id = g.shop_id AND o.wc_id = g.order_id
          WHERE TRUE",
    );
    narrow(&mut query, filter, now);
    match &named {
        Some(ids) => push_ids(&mut query, "g.account_id", ids),
        None => people.narrow(&mut query),
    }
    match part {
        Part::Dated => query.push(" AND g.expires_at IS NOT NULL"),
        Part::Undated => query.push(" AND g.expires_at IS NULL"),
        Part::Recent | Part::Left | Part::Person => &mut query,
    };
    let (less, more) = if back { (">", "<") } else { ("<", ">") };
    match from {
        None => {}
        Some(Cursor::Recent(at, id)) => {
            query.push(format!(" AND (g.created_at {less} ")).push_bind(*at);
            query.push(" OR (g.created_at = ").push_bind(*at);
            query.push(format!(" AND g.id {less} ")).push_bind(*id).push("))");
        }
        Some(Cursor::Expiry(Some(at), id)) => {
            query.push(format!(" AND (g.expires_at {more} ")).push_bind(far(*at));
            query.push(" OR (g.expires_at = ").push_bind(far(*at));
            query.push(format!(" AND g.id {more} ")).push_bind(*id).push("))");
        }
        Some(Cursor::Expiry(None, id)) => {
            query.push(format!(" AND g.id {more} ")).push_bind(*id);
        }
        Some(Cursor::Left(left, id)) => {
            query.push(format!(" AND (g.remaining {less} ")).push_bind(*left);
            query.push(" OR (g.remaining = ").push_bind(*left);
            query.push(format!(" AND g.id {less} ")).push_bind(*id).push("))");
        }
        Some(Cursor::Person(name, account, id)) => {
            query.push(format!(" AND (a.name {more} ")).push_bind(name.clone());
            query.push(" OR (a.name = ").push_bind(name.clone());
            query.push(format!(" AND (a.id {more} ")).push_bind(*account);
            query.push(" OR (a.id = ").push_bind(*account);
            query.push(format!(" AND g.id {more} ")).push_bind(*id).push("))))");
        }
    }
    query.push(match (part, back) {
        (Part::Recent, false) => " ORDER BY g.created_at DESC, g.id DESC",
        (Part::Recent, true) => " ORDER BY g.created_at, g.id",
        (Part::Dated, false) => " ORDER BY g.expires_at, g.id",
        (Part::Dated, true) => " ORDER BY g.expires_at DESC, g.id DESC",
        (Part::Undated, false) => " ORDER BY g.id",
        (Part::Undated, true) => " ORDER BY g.id DESC",
        (Part::Left, false) => " ORDER BY g.remaining DESC, g.id DESC",
        (Part::Left, true) => " ORDER BY g.remaining, g.id",
        (Part::Person, false) => " ORDER BY a.name, a.id, g.id",
        (Part::Person, true) => " ORDER BY a.name DESC, a.id DESC, g.id DESC",
    });
    query.push(" LIMIT ").push_bind(wanted);
    let rows: Vec<ListedRow> = query.build_query_as().persistent(is_usual).fetch_all(conn).await?;
    let listed = |row: ListedRow| {
        let (name, email, created_by, order_number) = (row.name, row.email, row.created_by, row.order_number);
        Ok(Listed { grant: row.grant.try_into()?, name, email, created_by, order_number })
    };
    Ok(rows.into_iter().map(listed).collect::<Result<_, Corrupt>>()?)
}

/// The next people by name who have a grant that the filter leaves, from the one of the cursor on.
async fn next_people(
    conn: &mut MySqlConnection,
    filter: &Filter,
    people: &People,
    from: Option<&Cursor>,
    back: bool,
    wanted: u32,
    now: DateTime<Utc>,
) -> Result<Vec<AccountId>, DbError> {
    let mut query = QueryBuilder::new(
        "SELECT a.id FROM accounts a WHERE (SELECT 1 FROM session_grants g WHERE g.account_id = a.id",
    );
    narrow(&mut query, filter, now);
    // Not EXISTS: a server would make a table of everybody who has grants, to find the first fifty.
    query.push(" LIMIT 1) = 1");
    if let People::Many(search) = people {
        search.push_condition(&mut query, "a.id");
    }
    if let Some(Cursor::Person(name, account, _)) = from {
        let more = if back { "<" } else { ">" };
        query.push(format!(" AND (a.name {more} ")).push_bind(name.clone());
        query.push(" OR (a.name = ").push_bind(name.clone());
        query.push(format!(" AND a.id {more}= ")).push_bind(*account).push("))");
    }
    query.push(if back { " ORDER BY a.name DESC, a.id DESC" } else { " ORDER BY a.name, a.id" });
    // The cursor's own person may have nothing after it.
    query.push(" LIMIT ").push_bind(wanted + 1);
    let ids: Vec<u64> = query.build_query_scalar().fetch_all(conn).await?;
    Ok(ids.into_iter().map(AccountId).collect())
}

/// Where a page after this row starts.
pub fn cursor_of(row: &Listed, sort: Sort) -> Cursor {
    let id = row.grant.id.0;
    match sort {
        Sort::Recent => Cursor::Recent(row.grant.created_at, id),
        Sort::Expiry => Cursor::Expiry(row.grant.expires_at, id),
        Sort::Left => Cursor::Left(row.grant.remaining, id),
        Sort::Person => Cursor::Person(row.name.clone(), row.grant.account.0, id),
    }
}

/// How many grants a filter leaves, counted up to `most`: beyond it people only need to know that there are more.
pub async fn count(
    conn: &mut MySqlConnection,
    filter: &Filter,
    most: u32,
    now: DateTime<Utc>,
) -> Result<u32, DbError> {
    let people = People::of(&mut *conn, filter).await?;
    let mut query = QueryBuilder::new("SELECT CAST(COUNT(*) AS UNSIGNED) FROM (SELECT 1 FROM ");
    if let People::Many(search) = &people {
        query.push("(");
        search.push_accounts(&mut query);
        query.push(") p STRAIGHT_JOIN session_grants g ON g.account_id = p.account_id WHERE TRUE");
    } else {
        query.push("session_grants g WHERE TRUE");
        people.narrow(&mut query);
    }
    narrow(&mut query, filter, now);
    query.push(" LIMIT ").push_bind(most).push(") counted");
    let is_usual = !matches!(people, People::Few(_));
    let n: u64 = query.build_query_scalar().persistent(is_usual).fetch_one(conn).await?;
    Ok(u32::try_from(n).unwrap_or(u32::MAX))
}

fn narrow(query: &mut QueryBuilder<sqlx::MySql>, filter: &Filter, now: DateTime<Utc>) {
    if let Some(account) = filter.account {
        query.push(" AND g.account_id = ").push_bind(account.0);
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
            query.push(" AND g.voided > 0 AND g.remaining = 0 AND g.voided = g.quantity");
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
