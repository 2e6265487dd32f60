//! What the pages list: licences with their people.
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{MySqlConnection, QueryBuilder};

use super::{
    domain::{Licence, Mode, Plan, Standing},
    store::Row,
};
use crate::{
    accounts::{
        FEW,
        owned::{People, Things, push_beyond, push_beyond_person},
        push_ids,
    },
    core::{
        feature::FeatureCode,
        ids::AccountId,
        page::{Page, Seek},
    },
    db::{Corrupt, DbError},
};

/// What a list of licences is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The beginnings of words of a name, or of an address, or a person's number.
    pub person: Option<String>,
    pub plan: Option<Plan>,
    pub feature: Option<FeatureCode>,
    pub standing: Option<Standing>,
    /// The last day is this one or later.
    pub last_from: Option<NaiveDate>,
    /// The last day is this one or earlier.
    pub last_to: Option<NaiveDate>,
    /// Works today, and its last day is at most so many days away.
    pub within: Option<u32>,
}

/// In which order licences are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// The latest first.
    #[default]
    Recent,
    /// The soonest last day first, then those that lack one, then those by quantity.
    Expiry,
    /// By name.
    Person,
}

impl Sort {
    pub const ALL: [Self; 3] = [Self::Recent, Self::Expiry, Self::Person];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recent => "recent",
            Self::Expiry => "expiry",
            Self::Person => "person",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == text)
    }
}

/// Where a page of licences starts: the sort value and number of the row before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cursor {
    Recent(DateTime<Utc>, u64),
    Dated(NaiveDate, u64),
    Undated(u64),
    Quantity(u64),
    /// Name and number of the person, and of the licence.
    Person(String, u64, u64),
}

/// Rows of a list in an order that an index has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Recent,
    Dated,
    Undated,
    Quantity,
    Person,
}

impl Cursor {
    fn part(&self) -> Part {
        match self {
            Self::Recent(..) => Part::Recent,
            Self::Dated(..) => Part::Dated,
            Self::Undated(_) => Part::Undated,
            Self::Quantity(_) => Part::Quantity,
            Self::Person(..) => Part::Person,
        }
    }
}

/// A licence with the person who has it.
#[derive(Debug, Clone)]
pub struct Listed {
    pub licence: Licence,
    pub name: String,
    pub email: Option<String>,
    pub created_by: String,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    licence: Row,
    name: String,
    email: Option<String>,
    created_by: String,
}

/// What every statement of a page shares.
struct Ask<'a> {
    filter: &'a Filter,
    people: People,
    back: bool,
    now: DateTime<Utc>,
    today: NaiveDate,
}

/// Licences with their people, as they stand at `now`, which is `today`.
pub async fn licences(
    conn: &mut MySqlConnection,
    filter: &Filter,
    sort: Sort,
    seek: &Seek<Cursor>,
    (now, today): (DateTime<Utc>, NaiveDate),
) -> Result<Page<Listed>, DbError> {
    let parts: &[Part] = match sort {
        Sort::Recent => &[Part::Recent],
        Sort::Person => &[Part::Person],
        Sort::Expiry => &[Part::Dated, Part::Undated, Part::Quantity],
    };
    let (parts, from) = seek.parts(parts, Cursor::part);
    let people = People::of(&mut *conn, filter.person.as_deref()).await?;
    let ask = Ask { filter, people, back: seek.is_backward(), now, today };
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
    // By name, the people come first: as many as a page can have licences, each with one at least. Where the filter leaves few
    // licences, whose they are is known at once, and looking for them among everybody would be long.
    let named = match (part, &ask.people) {
        (Part::Person, People::Any | People::Many(_)) => {
            let from = match from {
                Some(Cursor::Person(name, account, _)) => Some((name.as_str(), *account)),
                _ => None,
            };
            let things = things(ask.filter, &ask.people, ask.today);
            Some(if let Some(few) = owners(conn, ask).await? {
                few
            } else {
                things.next_people(conn, from, ask.back, wanted).await?
            })
        }
        _ => None,
    };
    let is_usual = named.is_none() && ask.people.is_usual();
    // Licences in the order of their index, the rest looked up for each: never the other way round.
    let mut query = QueryBuilder::new(
        "SELECT l.id, l.account_id, l.feature, l.tier, l.mode, l.granted, l.used, l.owed, l.expires_on, l.blocked_at, l.blocked_reason, l.note,
                l.created_at, l.version, l.created_by, a.name, a.email,
                CAST(COALESCE((SELECT SUM(IF(h.expires_at > ",
    );
    query.push_bind(ask.now);
    query.push(", h.amount, h.refunded)) FROM licence_holds h WHERE h.licence_id = l.id), 0) AS UNSIGNED) AS held FROM licences l STRAIGHT_JOIN accounts a ON a.id = l.account_id WHERE TRUE");
    narrow(&mut query, ask.filter, ask.today);
    match &named {
        Some(ids) => push_ids(&mut query, "l.account_id", ids),
        None => ask.people.narrow(&mut query, "l.account_id"),
    }
    if let (Some(_), People::Many(search)) = (&named, &ask.people) {
        search.push_condition(&mut query, "l.account_id");
    }
    match part {
        Part::Dated => query.push(" AND l.mode = 'date' AND l.expires_on IS NOT NULL"),
        Part::Undated => query.push(" AND l.mode = 'date' AND l.expires_on IS NULL"),
        Part::Quantity => query.push(" AND l.mode = 'quantity' AND l.expires_on IS NULL"),
        Part::Recent | Part::Person => &mut query,
    };
    let (less, more) = if ask.back { (">", "<") } else { ("<", ">") };
    match from {
        None => {}
        Some(Cursor::Recent(at, id)) => push_beyond(&mut query, less, ("l.created_at", at), ("l.id", *id)),
        Some(Cursor::Dated(day, id)) => push_beyond(&mut query, more, ("l.expires_on", day), ("l.id", *id)),
        Some(Cursor::Undated(id) | Cursor::Quantity(id)) => {
            query.push(format!(" AND l.id {more} ")).push_bind(*id);
        }
        Some(Cursor::Person(name, account, id)) => {
            push_beyond_person(&mut query, more, (name, *account), ("l.id", *id));
        }
    }
    query.push(match (part, ask.back) {
        (Part::Recent, false) => " ORDER BY l.created_at DESC, l.id DESC",
        (Part::Recent, true) => " ORDER BY l.created_at, l.id",
        (Part::Dated, false) => " ORDER BY l.expires_on, l.id",
        (Part::Dated, true) => " ORDER BY l.expires_on DESC, l.id DESC",
        (Part::Undated | Part::Quantity, false) => " ORDER BY l.id",
        (Part::Undated | Part::Quantity, true) => " ORDER BY l.id DESC",
        (Part::Person, false) => " ORDER BY a.name, a.id, l.id",
        (Part::Person, true) => " ORDER BY a.name DESC, a.id DESC, l.id DESC",
    });
    query.push(" LIMIT ").push_bind(wanted);
    let rows: Vec<ListedRow> = query.build_query_as().persistent(is_usual).fetch_all(conn).await?;
    let listed = |row: ListedRow| {
        let (name, email, created_by) = (row.name, row.email, row.created_by);
        Ok(Listed { licence: row.licence.try_into()?, name, email, created_by })
    };
    Ok(rows.into_iter().map(listed).collect::<Result<_, Corrupt>>()?)
}

/// Whose the licences are that the filter leaves, whoever is searched for; `None`: they are more than a few.
async fn owners(conn: &mut MySqlConnection, ask: &Ask<'_>) -> Result<Option<Vec<AccountId>>, DbError> {
    let mut query = QueryBuilder::new("SELECT l.account_id FROM licences l WHERE TRUE");
    narrow(&mut query, ask.filter, ask.today);
    query.push(" LIMIT ").push_bind(FEW + 1);
    let mut ids: Vec<u64> = query.build_query_scalar().fetch_all(conn).await?;
    if ids.len() > FEW as usize {
        return Ok(None);
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(Some(ids.into_iter().map(AccountId).collect()))
}

/// Where a page after this row starts.
pub fn cursor_of(row: &Listed, sort: Sort) -> Cursor {
    let (licence, id) = (&row.licence, row.licence.id.0);
    match (sort, licence.plan.mode, licence.expires_on) {
        (Sort::Recent, ..) => Cursor::Recent(licence.created_at, id),
        (Sort::Person, ..) => Cursor::Person(row.name.clone(), licence.account.0, id),
        (Sort::Expiry, Mode::Date, Some(day)) => Cursor::Dated(day, id),
        (Sort::Expiry, Mode::Date, None) => Cursor::Undated(id),
        (Sort::Expiry, Mode::Quantity, _) => Cursor::Quantity(id),
    }
}

/// How many licences a filter leaves, counted up to `most`: beyond it people only need to know that there are more.
pub async fn count(
    conn: &mut MySqlConnection,
    filter: &Filter,
    most: u32,
    today: NaiveDate,
) -> Result<u32, DbError> {
    let people = People::of(&mut *conn, filter.person.as_deref()).await?;
    things(filter, &people, today).count(conn, most).await
}

fn things<'a>(
    filter: &'a Filter,
    people: &'a People,
    today: NaiveDate,
) -> Things<'a, impl Fn(&mut QueryBuilder<sqlx::MySql>) + 'a> {
    Things {
        table: "licences",
        alias: "l",
        narrow: move |query: &mut QueryBuilder<sqlx::MySql>| narrow(query, filter, today),
        people,
    }
}

fn narrow(query: &mut QueryBuilder<sqlx::MySql>, filter: &Filter, today: NaiveDate) {
    if let Some(plan) = filter.plan {
        query.push(" AND l.tier = ").push_bind(plan.tier.as_str());
        query.push(" AND l.mode = ").push_bind(plan.mode.as_str());
    }
    if let Some(feature) = &filter.feature {
        query.push(" AND l.feature = ").push_bind(feature.as_str().to_owned());
    }
    match filter.standing {
        None => {}
        Some(Standing::Blocked) => {
            query.push(" AND l.blocked_at IS NOT NULL");
        }
        Some(Standing::Active) => {
            query.push(" AND l.blocked_at IS NULL AND ((l.mode = 'quantity' AND l.is_used_up = 0) OR (l.mode = 'date' AND l.expires_on >= ");
            query.push_bind(today).push("))");
        }
        Some(Standing::UsedUp) => {
            query.push(" AND l.blocked_at IS NULL AND l.mode = 'quantity' AND l.is_used_up = 1");
        }
        Some(Standing::Expired) => {
            query.push(" AND l.blocked_at IS NULL AND l.mode = 'date' AND l.expires_on < ").push_bind(today);
        }
        Some(Standing::Undated) => {
            query.push(" AND l.blocked_at IS NULL AND l.mode = 'date' AND l.expires_on IS NULL");
        }
    }
    if let Some(from) = filter.last_from {
        query.push(" AND l.mode = 'date' AND l.expires_on >= ").push_bind(from);
    }
    if let Some(to) = filter.last_to {
        query.push(" AND l.mode = 'date' AND l.expires_on <= ").push_bind(to);
    }
    if let Some(days) = filter.within {
        query
            .push(" AND l.blocked_at IS NULL AND l.mode = 'date' AND l.expires_on BETWEEN ")
            .push_bind(today);
        query.push(" AND ").push_bind(today.checked_add_days(Days::new(days.into())).unwrap_or(today));
    }
}
