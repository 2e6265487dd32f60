//! SQL that runs of every kind share. The words in the `state` column are the slice's, `draft` and `running` everybody's.
use chrono::{DateTime, Utc};
use sqlx::{MySql, MySqlConnection, QueryBuilder};

use crate::db::{DbError, one_row};

/// The tables of one kind of run.
#[derive(Debug, Clone, Copy)]
pub struct Tables {
    pub runs: &'static str,
    pub rows: &'static str,
    /// The column of a row that names its run.
    pub run: &'static str,
}

impl Tables {
    fn update(self, set: &str) -> QueryBuilder<MySql> {
        QueryBuilder::new(format!("UPDATE {} SET version = version + 1, {set}", self.runs))
    }

    /// Locks a run, before any account. Answers how it stands; `None`: there is none.
    pub async fn lock(self, conn: &mut MySqlConnection, id: u64) -> Result<Option<String>, DbError> {
        let mut query = QueryBuilder::<MySql>::new(format!("SELECT state FROM {} WHERE id = ", self.runs));
        query.push_bind(id).push(" FOR UPDATE");
        Ok(query.build_query_scalar().fetch_optional(conn).await?)
    }

    /// The work begins, or goes on after a stop.
    pub async fn start(
        self,
        conn: &mut MySqlConnection,
        id: u64,
        from: &str,
        now: DateTime<Utc>,
    ) -> Result<(), DbError> {
        let mut query =
            self.update("state = 'running', finished_at = NULL, confirmed_at = COALESCE(confirmed_at, ");
        query.push_bind(now).push("), started_at = COALESCE(started_at, ").push_bind(now);
        query.push(") WHERE id = ").push_bind(id).push(" AND state = ").push_bind(from.to_owned());
        one_row(&query.build().execute(conn).await?)
    }

    /// It is over: done, stopped or cancelled.
    pub async fn finish(
        self,
        conn: &mut MySqlConnection,
        id: u64,
        (from, to): (&str, &str),
        now: DateTime<Utc>,
    ) -> Result<(), DbError> {
        let mut query = self.update("state = ");
        query.push_bind(to.to_owned()).push(", finished_at = ").push_bind(now);
        query.push(" WHERE id = ").push_bind(id).push(" AND state = ").push_bind(from.to_owned());
        one_row(&query.build().execute(conn).await?)
    }

    /// Drafts that nobody confirmed since `before`, at most `limit`.
    pub async fn old_drafts(
        self,
        conn: &mut MySqlConnection,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<u64>, DbError> {
        let mut query = QueryBuilder::<MySql>::new(format!(
            "SELECT id FROM {} WHERE state = 'draft' AND created_at < ",
            self.runs
        ));
        query.push_bind(before).push(" ORDER BY id LIMIT ").push_bind(limit);
        Ok(query.build_query_scalar().fetch_all(conn).await?)
    }

    /// Forgets a draft with its rows. The caller holds its lock.
    pub async fn delete_draft(self, conn: &mut MySqlConnection, id: u64) -> Result<(), DbError> {
        let mut rows = QueryBuilder::<MySql>::new(format!("DELETE FROM {} WHERE {} = ", self.rows, self.run));
        rows.push_bind(id).build().execute(&mut *conn).await?;
        let mut run =
            QueryBuilder::<MySql>::new(format!("DELETE FROM {} WHERE state = 'draft' AND id = ", self.runs));
        one_row(&run.push_bind(id).build().execute(conn).await?)
    }
}
