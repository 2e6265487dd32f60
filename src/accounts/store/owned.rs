//! What lists of things that people have share: whom a search means, where a page goes on, counting.
//!
//! The thing's table has an alias and an `account_id`; the people are `accounts a`.
use sqlx::{Encode, MySql, MySqlConnection, QueryBuilder, Type};

use super::{FEW, Search, push_ids};
use crate::{core::ids::AccountId, db::DbError};

/// Whom a filter's person means.
#[derive(Debug)]
pub enum People {
    Any,
    Few(Vec<AccountId>),
    Many(Search),
}

impl People {
    /// `person`: what was typed.
    pub async fn of(conn: &mut MySqlConnection, person: Option<&str>) -> Result<Self, DbError> {
        let Some(search) = person.and_then(Search::parse) else {
            return Ok(Self::Any);
        };
        Ok(match search.few(conn, FEW).await? {
            Some(ids) => Self::Few(ids),
            None => Self::Many(search),
        })
    }

    /// Whether the statements are the same for other people, and worth keeping.
    pub fn is_usual(&self) -> bool {
        !matches!(self, Self::Few(_))
    }

    /// ` AND …`, where `column` is whose a thing is.
    pub fn narrow(&self, query: &mut QueryBuilder<MySql>, column: &str) {
        match self {
            Self::Any => {}
            Self::Few(ids) => push_ids(query, column, ids),
            Self::Many(search) => search.push_condition(query, column),
        }
    }
}

/// A table of things that people have: its name, its alias, and what is left of it.
#[derive(Debug)]
pub struct Things<'a, F> {
    pub table: &'static str,
    pub alias: &'static str,
    /// Pushes ` AND …` for everything but the person.
    pub narrow: F,
    pub people: &'a People,
}

impl<F: Fn(&mut QueryBuilder<MySql>)> Things<'_, F> {
    /// The next people by name who have a thing, from name and number on: as many as a page can have things, each with one at least.
    pub async fn next_people(
        &self,
        conn: &mut MySqlConnection,
        from: Option<(&str, u64)>,
        back: bool,
        wanted: u32,
    ) -> Result<Vec<AccountId>, DbError> {
        let Self { table, alias, .. } = self;
        let mut query = QueryBuilder::new(format!(
            "SELECT a.id FROM accounts a WHERE (SELECT 1 FROM {table} {alias} WHERE {alias}.account_id = a.id"
        ));
        (self.narrow)(&mut query);
        // Not EXISTS: a server would make a table of everybody who has any, to find the first fifty.
        query.push(" LIMIT 1) = 1");
        if let People::Many(search) = self.people {
            search.push_condition(&mut query, "a.id");
        }
        if let Some((name, account)) = from {
            let more = if back { "<" } else { ">" };
            query.push(format!(" AND (a.name {more} ")).push_bind(name.to_owned());
            query.push(" OR (a.name = ").push_bind(name.to_owned());
            query.push(format!(" AND a.id {more}= ")).push_bind(account).push("))");
        }
        query.push(if back { " ORDER BY a.name DESC, a.id DESC" } else { " ORDER BY a.name, a.id" });
        // The cursor's own person may have nothing after it.
        query.push(" LIMIT ").push_bind(wanted + 1);
        let ids: Vec<u64> = query.build_query_scalar().fetch_all(conn).await?;
        Ok(ids.into_iter().map(AccountId).collect())
    }

    /// How many there are, counted up to `most`: beyond it people only need to know that there are more.
    pub async fn count(&self, conn: &mut MySqlConnection, most: u32) -> Result<u32, DbError> {
        let Self { table, alias, people, .. } = self;
        let mut query = QueryBuilder::new("SELECT CAST(COUNT(*) AS UNSIGNED) FROM (SELECT 1 FROM ");
        if let People::Many(search) = people {
            query.push("(");
            search.push_accounts(&mut query);
            query.push(format!(
                ") p STRAIGHT_JOIN {table} {alias} ON {alias}.account_id = p.account_id WHERE TRUE"
            ));
        } else {
            query.push(format!("{table} {alias} WHERE TRUE"));
            people.narrow(&mut query, &format!("{alias}.account_id"));
        }
        (self.narrow)(&mut query);
        query.push(" LIMIT ").push_bind(most).push(") counted");
        let n: u64 = query.build_query_scalar().persistent(people.is_usual()).fetch_one(conn).await?;
        Ok(u32::try_from(n).unwrap_or(u32::MAX))
    }
}

/// A value that a list is ordered by.
pub trait Ordered: for<'q> Encode<'q, MySql> + Type<MySql> + Clone + Send + 'static {}
impl<T: for<'q> Encode<'q, MySql> + Type<MySql> + Clone + Send + 'static> Ordered for T {}

/// ` AND (…)`: the rows beyond the one with this value and number, where `more` (`<` or `>`) says which way a list goes.
pub fn push_beyond<T: Ordered>(
    query: &mut QueryBuilder<MySql>,
    more: &str,
    (column, value): (&str, &T),
    (number, id): (&str, u64),
) {
    query.push(format!(" AND ({column} {more} ")).push_bind(value.clone());
    query.push(format!(" OR ({column} = ")).push_bind(value.clone());
    query.push(format!(" AND {number} {more} ")).push_bind(id).push("))");
}

/// The same by name: beyond the thing `id` of this person.
pub fn push_beyond_person(
    query: &mut QueryBuilder<MySql>,
    more: &str,
    (name, account): (&str, u64),
    (number, id): (&str, u64),
) {
    query.push(format!(" AND (a.name {more} ")).push_bind(name.to_owned());
    query.push(" OR (a.name = ").push_bind(name.to_owned());
    query.push(format!(" AND (a.id {more} ")).push_bind(account);
    query.push(" OR (a.id = ").push_bind(account);
    query.push(format!(" AND {number} {more} ")).push_bind(id).push("))))");
}
