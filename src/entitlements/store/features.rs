//! SQL of writing features.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{
    db::{DbError, one_row},
    entitlements::domain::Feature,
};

/// Writes a new feature with its sources.
pub async fn insert(
    conn: &mut MySqlConnection,
    feature: &Feature,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "INSERT INTO features (code, name, unit_one, unit_many, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
        feature.code,
        feature.name,
        feature.unit_one,
        feature.unit_many,
        now,
        now
    )
    .execute(&mut *conn)
    .await?;
    add_sources(conn, feature).await
}

/// Writes the version that was read, with its sources.
pub async fn update(
    conn: &mut MySqlConnection,
    feature: &Feature,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE features
            SET name = ?, unit_one = ?, unit_many = ?, retired_at = IF(?, COALESCE(retired_at, ?), NULL), updated_at = ?, version = version + 1
          WHERE code = ? AND version = ?",
        feature.name,
        feature.unit_one,
        feature.unit_many,
        feature.is_retired,
        now,
        now,
        feature.code,
        feature.version
    )
    .execute(&mut *conn)
    .await?;
    one_row(&done)?;
    sqlx::query!("DELETE FROM feature_sources WHERE feature = ?", feature.code).execute(&mut *conn).await?;
    add_sources(conn, feature).await
}

async fn add_sources(conn: &mut MySqlConnection, feature: &Feature) -> Result<(), DbError> {
    for (position, source) in (1_u8..).zip(&feature.sources) {
        sqlx::query!(
            "INSERT INTO feature_sources (feature, source, position) VALUES (?, ?, ?)",
            feature.code,
            source.as_str(),
            position
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}
