//! SQL of the categories of free sessions.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{
    core::ids::CategoryId,
    db::{Corrupt, DbError, one_row},
    sessions::domain::{Category, Tone},
};

struct Row {
    id: CategoryId,
    code: String,
    name: String,
    tone: String,
    default_days: Option<u32>,
    is_retired: bool,
    version: u32,
}

impl TryFrom<Row> for Category {
    type Error = Corrupt;
    fn try_from(row: Row) -> Result<Self, Corrupt> {
        let tone = Tone::parse(&row.tone);
        let corrupt = Corrupt { table: "session_categories", id: row.id.0, column: "tone" };
        Ok(Self {
            id: row.id,
            code: row.code,
            name: row.name,
            tone: tone.ok_or(corrupt)?,
            default_days: row.default_days,
            is_retired: row.is_retired,
            version: row.version,
        })
    }
}

/// Every category, those in use first, by name.
pub async fn list(conn: &mut MySqlConnection) -> Result<Vec<Category>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: CategoryId", code, name, tone, default_days, retired_at IS NOT NULL AS "is_retired!: bool", version
             FROM session_categories ORDER BY retired_at IS NOT NULL, name"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Category::try_from).collect::<Result<_, _>>()?)
}

pub async fn find(conn: &mut MySqlConnection, id: CategoryId) -> Result<Option<Category>, DbError> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: CategoryId", code, name, tone, default_days, retired_at IS NOT NULL AS "is_retired!: bool", version
             FROM session_categories WHERE id = ?"#,
        id
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Category::try_from).transpose()?)
}

pub async fn find_by_code(conn: &mut MySqlConnection, code: &str) -> Result<Option<Category>, DbError> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: CategoryId", code, name, tone, default_days, retired_at IS NOT NULL AS "is_retired!: bool", version
             FROM session_categories WHERE code = ?"#,
        code
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Category::try_from).transpose()?)
}

/// Adds a category. A code or a name that is taken is a duplicate key.
pub async fn insert(
    conn: &mut MySqlConnection,
    code: &str,
    name: &str,
    tone: Tone,
    default_days: Option<u32>,
    now: DateTime<Utc>,
) -> Result<CategoryId, DbError> {
    let done = sqlx::query!(
        "INSERT INTO session_categories (code, name, tone, default_days, created_at) VALUES (?, ?, ?, ?, ?)",
        code,
        name,
        tone.as_str(),
        default_days,
        now
    )
    .execute(conn)
    .await?;
    Ok(CategoryId(done.last_insert_id()))
}

/// Writes name, tone, days and retirement of the version that was read.
pub async fn update(
    conn: &mut MySqlConnection,
    category: &Category,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE session_categories
            SET name = ?, tone = ?, default_days = ?, retired_at = IF(?, COALESCE(retired_at, ?), NULL), version = version + 1
          WHERE id = ? AND version = ?",
        category.name,
        category.tone.as_str(),
        category.default_days,
        category.is_retired,
        now,
        category.id,
        category.version
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// How many grants each category has, in all and with something left.
pub async fn counts(conn: &mut MySqlConnection) -> Result<Vec<(CategoryId, u64)>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT category_id AS "id!: CategoryId", CAST(COUNT(*) AS UNSIGNED) AS "n!: u64"
             FROM session_grants WHERE category_id IS NOT NULL GROUP BY category_id"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.n)).collect())
}
