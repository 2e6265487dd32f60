//! SQL of features, of reservations, and of what was refused.
pub mod denials;
pub mod features;
pub mod reservations;

use sqlx::MySqlConnection;

use super::domain::{Feature, SourceKind};
use crate::{
    core::feature::FeatureCode,
    db::{Corrupt, DbError},
};

/// Every feature with its sources, retired ones too, by name.
pub async fn features(conn: &mut MySqlConnection) -> Result<Vec<Feature>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT f.code, f.name, f.unit_one, f.unit_many, f.retired_at IS NOT NULL AS "is_retired!: bool", f.version, s.source AS "source?"
             FROM features f LEFT JOIN feature_sources s ON s.feature = f.code ORDER BY f.name, f.code, s.position"#
    )
    .fetch_all(conn)
    .await?;
    let mut features: Vec<Feature> = Vec::new();
    for row in rows {
        let corrupt = |column| Corrupt { table: "features", id: 0, column };
        let code = FeatureCode::parse(&row.code).ok_or_else(|| corrupt("code"))?;
        if features.last().is_none_or(|last| last.code != code) {
            features.push(Feature {
                code,
                name: row.name,
                unit_one: row.unit_one,
                unit_many: row.unit_many,
                sources: Vec::new(),
                is_retired: row.is_retired,
                version: row.version,
            });
        }
        if let (Some(source), Some(last)) = (row.source, features.last_mut()) {
            last.sources.push(SourceKind::parse(&source).ok_or_else(|| corrupt("source"))?);
        }
    }
    Ok(features)
}

/// Whether there is such a feature, not retired.
pub async fn is_offered(conn: &mut MySqlConnection, code: &FeatureCode) -> Result<bool, DbError> {
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM features WHERE code = ? AND retired_at IS NULL) AS "e!: bool""#,
        code
    )
    .fetch_one(conn)
    .await?;
    Ok(found)
}
