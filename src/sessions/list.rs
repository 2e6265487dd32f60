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
    accounts::{
        owned::{People, Things, push_beyond, push_beyond_person},
        push_ids,
    },
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
    fn part(&self) -> Part {
        match self {
            Self::Recent(..) => Part::Recent,
            Self::Expiry(Some(_), _) => Part::Dated,
            Self::Expiry(None, _) => Part::Undated,
            Self::Left(..) => Part::Left,
            Self::Person(..) => Part::Person,
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

/// Rows of a list in an order that an index has: those with a last day and those without are two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Recent,
    Dated,
    Undated,
    Left,
    Person,
}

/// What every statement of a page shares.
struct Ask<'a> {
    filter: &'a Filter,
    people: People,
    back: bool,
    now: DateTime<Utc>,
}

/// Grants with their people.
pub async fn grants(
    conn: &mut MySqlConnection,
    filter: &Filter,
    sort: Sort,
    seek: &Seek<Cursor>,
    now: DateTime<Utc>,
) -> Result<Page<Listed>, DbError> {
    let parts: &[Part] = match sort {
        Sort::Recent => &[Part::Recent],
        Sort::Left => &[Part::Left],
        Sort::Person => &[Part::Person],
        Sort::Expiry => &[Part::Dated, Part::Undated],
    };
    let (parts, from) = seek.parts(parts, Cursor::part);
    let people = People::of(&mut *conn, filter.person.as_deref()).await?;
    let ask = Ask { filter, people, back: seek.is_backward(), now };
    let mut rows: Vec<Listed> = Vec::new();
    for (at, part) in parts.into_iter().enumerate() {
        let wanted = seek.missing(rows.len());
        if wanted == 0 {
            break;
        }
        rows.extend(read(&mut *conn, &ask, part, from.filter(|_| at == 0), wanted).await?);
    }
    Ok(seek.page(rows, |row| cursor_of(row, sort)))
}

async fn read(
    conn: &mut MySqlConnection,
    ask: &Ask<'_>,
    part: Part,
    from: Option<&Cursor>,
    wanted: u32,
) -> Result<Vec<Listed>, DbError> {
    let Ask { filter, people, back, now } = ask;
    // By name, the people come first.
    let named = match (part, people) {
        (Part::Person, People::Any | People::Many(_)) => {
            let from = match from {
                Some(Cursor::Person(name, account, _)) => Some((name.as_str(), *account)),
                _ => None,
            };
            Some(things(filter, people, *now).next_people(conn, from, *back, wanted).await?)
        }
        _ => None,
    };
    let is_usual = named.is_none() && people.is_usual();
    // Grants in the order of their index, the rest looked up for each: never the other way round.
    let mut query = QueryBuilder::new(
        "SELECT g.id, g.account_id, g.kind, g.category_id, g.per_unit, g.quantity, g.remaining, g.held, g.voided, g.shortfall,
                g.written_off, g.expires_at, g.shop_id, g.order_id, g.line_id, g.bulk_run_id, g.created_at, g.created_by, a.name, a.email, o.number AS order_number
           FROM session_grants g
           STRAIGHT_JOIN accounts a ON a.id = g.account_id
           LEFT JOIN wc_orders o ON o.shop_id = g.shop_id AND o.wc_id = g.order_id
          WHERE TRUE",
    );
    narrow(&mut query, filter, *now);
    match &named {
        Some(ids) => push_ids(&mut query, "g.account_id", ids),
        None => people.narrow(&mut query, "g.account_id"),
    }
    match part {
        Part::Dated => query.push(" AND g.expires_at IS NOT NULL"),
        Part::Undated => query.push(" AND g.expires_at IS NULL"),
        Part::Recent | Part::Left | Part::Person => &mut query,
    };
    let (less, more) = if *back { (">", "<") } else { ("<", ">") };
    match from {
        None => {}
        Some(Cursor::Recent(at, id)) => push_beyond(&mut query, less, ("g.created_at", at), ("g.id", *id)),
        Some(Cursor::Expiry(Some(at), id)) => {
            push_beyond(&mut query, more, ("g.expires_at", &far(*at)), ("g.id", *id));
        }
        Some(Cursor::Expiry(None, id)) => {
            query.push(format!(" AND g.id {more} ")).push_bind(*id);
        }
        Some(Cursor::Left(left, id)) => push_beyond(&mut query, less, ("g.remaining", left), ("g.id", *id)),
        Some(Cursor::Person(name, account, id)) => {
            push_beyond_person(&mut query, more, (name, *account), ("g.id", *id));
        }
    }
    query.push(match (part, *back) {
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
    let people = People::of(&mut *conn, filter.person.as_deref()).await?;
    things(filter, &people, now).count(conn, most).await
}

fn things<'a>(
    filter: &'a Filter,
    people: &'a People,
    now: DateTime<Utc>,
) -> Things<'a, impl Fn(&mut QueryBuilder<sqlx::MySql>) + 'a> {
    Things {
        table: "session_grants",
        alias: "g",
        narrow: move |query: &mut QueryBuilder<sqlx::MySql>| narrow(query, filter, now),
        people,
    }
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
