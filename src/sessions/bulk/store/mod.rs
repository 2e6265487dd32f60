//! SQL of bulk assignments and their lists.
pub mod giving;
pub mod items;
pub mod undoing;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{MySqlConnection, types::Json};

use super::domain::{Counts, Criteria, Run, Source, State, Wish};
use crate::{
    core::{
        actor::Actor,
        ids::{BulkRunId, CategoryId},
        page::{Page, Seek},
    },
    db::{Corrupt, DbError, far, one_row},
    runs::store::Tables,
    sessions::domain::Expiry,
};

pub const TABLES: Tables = Tables { runs: "session_bulk_runs", rows: "session_bulk_items", run: "run_id" };

struct Row {
    id: BulkRunId,
    state: String,
    source: String,
    criteria: Json<serde_json::Value>,
    file_name: String,
    quantity: u32,
    category_id: CategoryId,
    expiry_kind: String,
    expiry_days: Option<u32>,
    expires_on: Option<NaiveDate>,
    note: String,
    gives_again: bool,
    run_at: Option<DateTime<Utc>>,
    created_by_kind: String,
    created_by: String,
    created_by_name: String,
    created_at: DateTime<Utc>,
    confirmed_at: Option<DateTime<Utc>>,
    started_at: Option<DateTime<Utc>>,
    listed_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
    undo_started_at: Option<DateTime<Utc>>,
    undone_at: Option<DateTime<Utc>>,
    undone_by_name: Option<String>,
    chosen: u32,
    given: u32,
    skipped: u32,
    failed: u32,
    sessions_taken_back: u32,
    sessions_kept: u32,
}

impl TryFrom<Row> for Run {
    type Error = Corrupt;
    fn try_from(row: Row) -> Result<Self, Corrupt> {
        let corrupt = |column| Corrupt { table: "session_bulk_runs", id: row.id.0, column };
        let source = match row.source.as_str() {
            "filter" => Source::Filter(
                serde_json::from_value::<Criteria>(row.criteria.0).map_err(|_| corrupt("criteria"))?,
            ),
            "csv" => Source::List { file_name: row.file_name },
            _ => return Err(corrupt("source")),
        };
        let expiry = match (row.expiry_kind.as_str(), row.expiry_days, row.expires_on) {
            ("never", None, None) => Expiry::Never,
            ("days", Some(days), None) => Expiry::Days(days),
            ("date", None, Some(day)) => Expiry::On(day),
            _ => return Err(corrupt("expiry_kind")),
        };
        Ok(Self {
            id: row.id,
            state: State::parse(&row.state).ok_or_else(|| corrupt("state"))?,
            source,
            wish: Wish {
                quantity: row.quantity,
                category: row.category_id,
                expiry,
                note: row.note,
                run_at: row.run_at,
                gives_again: row.gives_again,
            },
            by: Actor::written(&row.created_by_kind, &row.created_by, &row.created_by_name, "bulk"),
            created_at: row.created_at,
            confirmed_at: row.confirmed_at,
            started_at: row.started_at,
            listed_at: row.listed_at,
            finished_at: row.finished_at,
            undo_started_at: row.undo_started_at,
            undone_at: row.undone_at,
            undone_by: row.undone_by_name,
            chosen: row.chosen,
            given: row.given,
            skipped: row.skipped,
            failed: row.failed,
            sessions_taken_back: row.sessions_taken_back,
            sessions_kept: row.sessions_kept,
        })
    }
}

pub async fn find(conn: &mut MySqlConnection, id: BulkRunId) -> Result<Option<Run>, DbError> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: BulkRunId", state, source, criteria AS "criteria: Json<serde_json::Value>", file_name, quantity,
                  category_id AS "category_id: CategoryId", expiry_kind, expiry_days, expires_on, note, gives_again AS "gives_again: bool",
                  run_at, created_by_kind, created_by, created_by_name, created_at, confirmed_at, started_at, listed_at, finished_at,
                  undo_started_at, undone_at, undone_by_name, chosen, given, skipped, failed, sessions_taken_back, sessions_kept
             FROM session_bulk_runs WHERE id = ?"#,
        id
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Run::try_from).transpose()?)
}

/// Reads a run and locks it: whoever moves one, or gives what it gives, starts with this, before any account.
pub async fn lock(conn: &mut MySqlConnection, id: BulkRunId) -> Result<Option<Run>, DbError> {
    if TABLES.lock(conn, id.0).await?.is_none() { Ok(None) } else { find(conn, id).await }
}

/// Runs, the latest first.
pub async fn list(conn: &mut MySqlConnection, seek: &Seek<u64>) -> Result<Page<Run>, DbError> {
    let (above, below) = seek.bounds();
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: BulkRunId", state, source, criteria AS "criteria: Json<serde_json::Value>", file_name, quantity,
                  category_id AS "category_id: CategoryId", expiry_kind, expiry_days, expires_on, note, gives_again AS "gives_again: bool",
                  run_at, created_by_kind, created_by, created_by_name, created_at, confirmed_at, started_at, listed_at, finished_at,
                  undo_started_at, undone_at, undone_by_name, chosen, given, skipped, failed, sessions_taken_back, sessions_kept
             FROM session_bulk_runs WHERE id > ? AND id < ? ORDER BY IF(?, id, 0), id DESC LIMIT ?"#,
        above,
        below,
        seek.is_backward(),
        seek.limit + 1
    )
    .fetch_all(conn)
    .await?;
    let runs = rows.into_iter().map(Run::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(seek.page(runs, |run| run.id.0))
}

/// Writes a draft.
pub async fn insert(
    conn: &mut MySqlConnection,
    source: &Source,
    wish: &Wish,
    by: &Actor,
    now: DateTime<Utc>,
) -> Result<BulkRunId, DbError> {
    let (criteria, file_name) = match source {
        Source::Filter(criteria) => (serde_json::to_value(criteria).unwrap_or_default(), ""),
        Source::List { file_name } => (serde_json::json!({}), file_name.as_str()),
    };
    let (kind, days, on) = match wish.expiry {
        Expiry::Never => ("never", None, None),
        Expiry::Days(days) => ("days", Some(days), None),
        Expiry::On(day) => ("date", None, Some(day)),
    };
    let done = sqlx::query!(
        "INSERT INTO session_bulk_runs
           (state, source, criteria, file_name, quantity, category_id, expiry_kind, expiry_days, expires_on, note, gives_again, run_at,
            created_by_kind, created_by, created_by_name, created_at)
         VALUES ('draft', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        source.as_str(),
        Json(criteria),
        file_name,
        wish.quantity,
        wish.category,
        kind,
        days,
        on,
        wish.note,
        wish.gives_again,
        wish.run_at.map(far),
        by.kind(),
        by.id(),
        by.name(),
        now
    )
    .execute(conn)
    .await?;
    Ok(BulkRunId(done.last_insert_id()))
}

/// Writes how many rows a list has, and how many of them name nobody.
pub async fn set_counts(conn: &mut MySqlConnection, id: BulkRunId, counts: Counts) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE session_bulk_runs SET chosen = ?, failed = ?, version = version + 1 WHERE id = ?",
        counts.chosen,
        counts.failed,
        id
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// Confirms a draft: now, or for its time.
pub async fn confirm(
    conn: &mut MySqlConnection,
    id: BulkRunId,
    to: State,
    gives_again: bool,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE session_bulk_runs SET state = ?, gives_again = ?, confirmed_at = ?, version = version + 1 WHERE id = ? AND state = 'draft'",
        to.as_str(),
        gives_again,
        now,
        id
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// The list is complete.
pub async fn listed(
    conn: &mut MySqlConnection,
    id: BulkRunId,
    chosen: u32,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE session_bulk_runs SET chosen = ?, listed_at = ?, version = version + 1 WHERE id = ? AND listed_at IS NULL",
        chosen,
        now,
        id
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// Adds the outcomes of a part of the list.
pub async fn add_outcomes(
    conn: &mut MySqlConnection,
    id: BulkRunId,
    given: u64,
    skipped: u64,
    failed: u64,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE session_bulk_runs SET given = given + ?, skipped = skipped + ?, failed = failed + ?, version = version + 1
          WHERE id = ? AND state = 'running'",
        given,
        skipped,
        failed,
        id
    )
    .execute(conn)
    .await?;
    one_row(&done)
}
