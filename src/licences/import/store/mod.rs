//! SQL of imports of licences.
pub mod rows;

use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use super::domain::{Import, State};
use crate::{
    core::{
        actor::Actor,
        ids::LicenceImportId,
        page::{Page, Seek},
    },
    db::{Corrupt, DbError, one_row},
    runs::store::Tables,
};

pub const TABLES: Tables = Tables { runs: "licence_imports", rows: "licence_import_rows", run: "import_id" };

struct Row {
    id: LicenceImportId,
    state: String,
    file_name: String,
    created_by_kind: String,
    created_by: String,
    created_by_name: String,
    created_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
    total: u32,
    given: u32,
    changed: u32,
    same: u32,
    failed: u32,
}

impl TryFrom<Row> for Import {
    type Error = Corrupt;
    fn try_from(row: Row) -> Result<Self, Corrupt> {
        let corrupt = |column| Corrupt { table: "licence_imports", id: row.id.0, column };
        Ok(Self {
            id: row.id,
            state: State::parse(&row.state).ok_or_else(|| corrupt("state"))?,
            file_name: row.file_name,
            by: Actor::written(&row.created_by_kind, &row.created_by, &row.created_by_name, "command line"),
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
            total: row.total,
            given: row.given,
            changed: row.changed,
            same: row.same,
            failed: row.failed,
        })
    }
}

pub async fn find(conn: &mut MySqlConnection, id: LicenceImportId) -> Result<Option<Import>, DbError> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: LicenceImportId", state, file_name, created_by_kind, created_by, created_by_name, created_at, started_at,
                  finished_at, total, given, changed, same, failed
             FROM licence_imports WHERE id = ?"#,
        id
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Import::try_from).transpose()?)
}

/// Reads an import and locks it: whoever moves one, or applies its rows, starts with this, before any account.
pub async fn lock(conn: &mut MySqlConnection, id: LicenceImportId) -> Result<Option<Import>, DbError> {
    if TABLES.lock(conn, id.0).await?.is_none() { Ok(None) } else { find(conn, id).await }
}

/// Imports, the latest first.
pub async fn list(conn: &mut MySqlConnection, seek: &Seek<u64>) -> Result<Page<Import>, DbError> {
    let (above, below) = seek.bounds();
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: LicenceImportId", state, file_name, created_by_kind, created_by, created_by_name, created_at, started_at,
                  finished_at, total, given, changed, same, failed
             FROM licence_imports WHERE id > ? AND id < ? ORDER BY IF(?, id, 0), id DESC LIMIT ?"#,
        above,
        below,
        seek.is_backward(),
        seek.limit + 1
    )
    .fetch_all(conn)
    .await?;
    let imports = rows.into_iter().map(Import::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(seek.page(imports, |import| import.id.0))
}

/// Writes a draft of so many rows, of which some are unusable.
pub async fn insert(
    conn: &mut MySqlConnection,
    file_name: &str,
    (total, failed): (u32, u32),
    by: &Actor,
    now: DateTime<Utc>,
) -> Result<LicenceImportId, DbError> {
    let done = sqlx::query!(
        "INSERT INTO licence_imports (state, file_name, created_by_kind, created_by, created_by_name, created_at, total, failed)
         VALUES ('draft', ?, ?, ?, ?, ?, ?, ?)",
        file_name,
        by.kind(),
        by.id(),
        by.name(),
        now,
        total,
        failed
    )
    .execute(conn)
    .await?;
    Ok(LicenceImportId(done.last_insert_id()))
}

/// Outcomes of a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub given: u32,
    pub changed: u32,
    pub same: u32,
    pub failed: u32,
}

/// Adds the outcomes of a stretch.
pub async fn add(conn: &mut MySqlConnection, id: LicenceImportId, tally: Tally) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE licence_imports SET given = given + ?, changed = changed + ?, same = same + ?, failed = failed + ?, version = version + 1
          WHERE id = ? AND state = 'running'",
        tally.given,
        tally.changed,
        tally.same,
        tally.failed,
        id
    )
    .execute(conn)
    .await?;
    one_row(&done)
}
