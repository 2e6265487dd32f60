//! SQL of the job queue.
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{MySqlConnection, QueryBuilder, types::Json};

use super::NewJob;
use crate::{
    core::{
        ids::{JobId, ShopId},
        page::{Page, Seek},
    },
    db::{Corrupt, DbError},
};

/// A job as people see it.
#[derive(Debug, Clone)]
pub struct JobRow {
    pub id: JobId,
    pub kind: String,
    pub payload: Value,
    pub state: State,
    pub run_at: DateTime<Utc>,
    pub attempts: u32,
    pub max_attempts: u32,
    pub last_error: Option<String>,
    pub last_error_detail: Option<String>,
    pub created_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    pub lease_until: Option<DateTime<Utc>>,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Waits for its time, or for a free worker.
    Ready,
    /// A worker holds a lease on it.
    Running,
    Done,
    /// Failed too often; waits for a person.
    Dead,
}

impl State {
    pub const ALL: [Self; 4] = [Self::Ready, Self::Running, Self::Done, Self::Dead];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A job that a worker holds, with the token that fences its end.
#[derive(Debug, Clone)]
pub struct Claimed {
    pub id: JobId,
    pub kind: String,
    pub payload: Value,
    /// Counts this attempt: 1 on the first.
    pub attempts: u32,
    pub max_attempts: u32,
    pub token: String,
}

pub async fn insert(conn: &mut MySqlConnection, job: &NewJob, now: DateTime<Utc>) -> Result<JobId, DbError> {
    let done = sqlx::query!(
        "INSERT INTO jobs (kind, payload, dedupe, state, priority, run_at, max_attempts, created_at)
         VALUES (?, ?, ?, 'ready', ?, ?, ?, ?)",
        job.kind,
        Json(&job.payload),
        job.dedupe,
        job.priority,
        job.run_at,
        job.max_attempts,
        now,
    )
    .execute(conn)
    .await?;
    Ok(JobId(done.last_insert_id()))
}

/// Takes the next due job, skipping those that other workers are taking.
pub async fn claim(
    conn: &mut MySqlConnection,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
    token: &str,
) -> Result<Option<Claimed>, DbError> {
    let row = sqlx::query!(
        r#"SELECT id AS "id: JobId", kind, payload AS "payload: Json<Value>", attempts, max_attempts
             FROM jobs
            WHERE state = 'ready' AND run_at <= ?
            ORDER BY priority, run_at, id
            LIMIT 1
              FOR UPDATE SKIP LOCKED"#,
        now,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let done = sqlx::query!(
        "UPDATE jobs
            SET state = 'running', dedupe = NULL, attempts = attempts + 1, lease_token = ?, lease_until = ?, started_at = ?
          WHERE id = ?",
        token,
        lease_until,
        now,
        row.id,
    )
    .execute(conn)
    .await?;
    crate::db::one_row(&done)?;
    Ok(Some(Claimed {
        id: row.id,
        kind: row.kind,
        payload: row.payload.0,
        attempts: row.attempts + 1,
        max_attempts: row.max_attempts,
        token: token.to_owned(),
    }))
}

/// Whether a job of this kind waits or runs for a shop. One that waits for its next try no longer holds its `dedupe`.
pub async fn is_open(conn: &mut MySqlConnection, kind: &str, shop: ShopId) -> Result<bool, DbError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM jobs WHERE kind = ? AND state IN ('ready', 'running')
                             AND CAST(JSON_EXTRACT(payload, '$.shop') AS UNSIGNED) = ?) AS "is_open!: bool""#,
        kind,
        shop
    )
    .fetch_one(conn)
    .await?)
}

/// Keeps a long job's lease alive. False: the lease lapsed and someone else may hold the job.
pub async fn extend(
    conn: &mut MySqlConnection,
    job: &Claimed,
    until: DateTime<Utc>,
) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "UPDATE jobs SET lease_until = ? WHERE id = ? AND state = 'running' AND lease_token = ?",
        until,
        job.id,
        job.token,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Marks a job done. False: the lease lapsed, the result is someone else's to report.
pub async fn finish(conn: &mut MySqlConnection, job: &Claimed, now: DateTime<Utc>) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "UPDATE jobs
            SET state = 'done', finished_at = ?, lease_token = NULL, lease_until = NULL, last_error = NULL, last_error_detail = NULL
          WHERE id = ? AND state = 'running' AND lease_token = ?",
        now,
        job.id,
        job.token,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Puts a failed job off, or parks it. False: the lease lapsed.
pub async fn fail(
    conn: &mut MySqlConnection,
    job: &Claimed,
    error: (&str, &str),
    again_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let (state, run_at, finished) = match again_at {
        Some(at) => ("ready", at, None),
        None => ("dead", now, Some(now)),
    };
    let detail: String = error.1.chars().take(1000).collect();
    let done = sqlx::query!(
        "UPDATE jobs
            SET state = ?, run_at = ?, finished_at = ?, last_error = ?, last_error_detail = ?, lease_token = NULL, lease_until = NULL
          WHERE id = ? AND state = 'running' AND lease_token = ?",
        state,
        run_at,
        finished,
        error.0,
        detail,
        job.id,
        job.token,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives a claimed job back untouched, to be run at `run_at` (the process is stopping, or it is not its turn): the attempt does
/// not count.
pub async fn release(
    conn: &mut MySqlConnection,
    job: &Claimed,
    run_at: DateTime<Utc>,
) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "UPDATE jobs
            SET state = 'ready', run_at = ?, attempts = attempts - 1, lease_token = NULL, lease_until = NULL
          WHERE id = ? AND state = 'running' AND lease_token = ? AND attempts > 0",
        run_at,
        job.id,
        job.token,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Returns jobs whose worker went silent. Those out of attempts are parked.
pub async fn return_lapsed(conn: &mut MySqlConnection, now: DateTime<Utc>) -> Result<u64, DbError> {
    let done = sqlx::query!(
        "UPDATE jobs
            SET finished_at = IF(attempts >= max_attempts, ?, NULL),
                state = IF(attempts >= max_attempts, 'dead', 'ready'),
                run_at = ?, lease_token = NULL, lease_until = NULL,
                last_error = 'lease_lapsed', last_error_detail = 'The worker that had it stopped answering'
          WHERE state = 'running' AND lease_until < ?",
        now,
        now,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Puts a parked or finished job back in line with all its attempts.
pub async fn retry(conn: &mut MySqlConnection, id: JobId, now: DateTime<Utc>) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "UPDATE jobs SET state = 'ready', run_at = ?, attempts = 0, finished_at = NULL
          WHERE id = ? AND (state = 'dead' OR (state = 'ready' AND attempts > 0))",
        now,
        id,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Drops a parked job for good.
pub async fn discard(conn: &mut MySqlConnection, id: JobId) -> Result<bool, DbError> {
    let done = sqlx::query!("DELETE FROM jobs WHERE id = ? AND state = 'dead'", id).execute(conn).await?;
    Ok(done.rows_affected() == 1)
}

/// Forgets finished jobs, at most `limit` at once so that no lock is held long.
pub async fn tidy(conn: &mut MySqlConnection, before: DateTime<Utc>, limit: u32) -> Result<u64, DbError> {
    let done =
        sqlx::query!("DELETE FROM jobs WHERE state = 'done' AND finished_at < ? LIMIT ?", before, limit)
            .execute(conn)
            .await?;
    Ok(done.rows_affected())
}

/// What a list of jobs is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub state: Option<State>,
    pub kind: Option<String>,
    /// Only those whose time has come, or only those whose time has not.
    pub due: Option<Due>,
}

/// On which side of an instant a job's time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    By(DateTime<Utc>),
    After(DateTime<Utc>),
}

#[derive(sqlx::FromRow)]
struct Row {
    id: u64,
    kind: String,
    payload: Json<Value>,
    state: String,
    run_at: DateTime<Utc>,
    attempts: u32,
    max_attempts: u32,
    last_error: Option<String>,
    last_error_detail: Option<String>,
    created_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
    lease_until: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for JobRow {
    type Error = Corrupt;
    fn try_from(row: Row) -> Result<Self, Corrupt> {
        Ok(Self {
            state: State::parse(&row.state).ok_or(Corrupt { table: "jobs", id: row.id, column: "state" })?,
            id: JobId(row.id),
            kind: row.kind,
            payload: row.payload.0,
            run_at: row.run_at,
            attempts: row.attempts,
            max_attempts: row.max_attempts,
            last_error: row.last_error,
            last_error_detail: row.last_error_detail,
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
            lease_until: row.lease_until,
        })
    }
}

const COLUMNS: &str =
    "SELECT id, kind, payload, state, run_at, attempts, max_attempts, last_error, last_error_detail,
    created_at, started_at, finished_at, lease_until FROM jobs WHERE TRUE";

/// Jobs, newest first.
pub async fn list(
    conn: &mut MySqlConnection,
    filter: &Filter,
    seek: &Seek<u64>,
) -> Result<Page<JobRow>, DbError> {
    let mut query = QueryBuilder::new(COLUMNS);
    if let Some(state) = filter.state {
        query.push(" AND state = ").push_bind(state.as_str());
    }
    if let Some(kind) = &filter.kind {
        query.push(" AND kind = ").push_bind(kind);
    }
    match filter.due {
        None => {}
        Some(Due::By(at)) => {
            query.push(" AND run_at <= ").push_bind(at);
        }
        Some(Due::After(at)) => {
            query.push(" AND run_at > ").push_bind(at);
        }
    }
    if let Some(from) = seek.from {
        query.push(if seek.is_backward() { " AND id > " } else { " AND id < " }).push_bind(from);
    }
    query.push(if seek.is_backward() { " ORDER BY id" } else { " ORDER BY id DESC" });
    query.push(" LIMIT ").push_bind(seek.limit + 1);
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    let rows = rows.into_iter().map(JobRow::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(seek.page(rows, |job| job.id.0))
}

pub async fn find(conn: &mut MySqlConnection, id: JobId) -> Result<Option<JobRow>, DbError> {
    let mut query = QueryBuilder::new(COLUMNS);
    query.push(" AND id = ").push_bind(id.0);
    let row: Option<Row> = query.build_query_as().fetch_optional(conn).await?;
    Ok(row.map(JobRow::try_from).transpose()?)
}

/// The kinds there are jobs of, in the order of the alphabet.
pub async fn kinds(conn: &mut MySqlConnection) -> Result<Vec<String>, DbError> {
    Ok(sqlx::query_scalar!("SELECT DISTINCT kind FROM jobs ORDER BY kind").fetch_all(conn).await?)
}

/// How many jobs wait (due, or for later), run, and are parked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub due: u64,
    pub later: u64,
    pub running: u64,
    pub dead: u64,
}

pub async fn counts(conn: &mut MySqlConnection, now: DateTime<Utc>) -> Result<Counts, DbError> {
    let row = sqlx::query!(
        r#"SELECT (SELECT COUNT(*) FROM jobs WHERE state = 'ready' AND run_at <= ?) AS "due!: i64",
                  (SELECT COUNT(*) FROM jobs WHERE state = 'ready' AND run_at > ?) AS "later!: i64",
                  (SELECT COUNT(*) FROM jobs WHERE state = 'running') AS "running!: i64",
                  (SELECT COUNT(*) FROM jobs WHERE state = 'dead') AS "dead!: i64""#,
        now,
        now
    )
    .fetch_one(conn)
    .await?;
    Ok(Counts {
        due: row.due.unsigned_abs(),
        later: row.later.unsigned_abs(),
        running: row.running.unsigned_abs(),
        dead: row.dead.unsigned_abs(),
    })
}

/// Whether a job of this kind, whose payload names this `run`, waits or works.
pub async fn is_at_work(conn: &mut MySqlConnection, kind: &str, run: u64) -> Result<bool, DbError> {
    let found = sqlx::query_scalar!(
        "SELECT id FROM jobs WHERE kind = ? AND state IN ('ready', 'running') AND JSON_EXTRACT(payload, '$.run') = ? LIMIT 1",
        kind,
        run
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.is_some())
}
