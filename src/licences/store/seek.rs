//! SQL of licences page by page, for the API: the newest first.
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{MySql, MySqlConnection, QueryBuilder};

use super::Row;
use crate::{
    core::{
        feature::FeatureCode,
        ids::AccountId,
        page::{Page, Seek},
    },
    db::DbError,
    licences::domain::{Licence, Plan, Standing},
};

/// What is wanted; everything, where nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    pub account: Option<AccountId>,
    pub feature: Option<FeatureCode>,
    pub plan: Option<Plan>,
    pub standing: Option<Standing>,
}

/// A page of licences as they stand at `now`, which is on the day `today`.
pub async fn page(
    conn: &mut MySqlConnection,
    wanted: &Wanted,
    seek: &Seek<u64>,
    now: DateTime<Utc>,
    today: NaiveDate,
) -> Result<Page<Licence>, DbError> {
    let mut query: QueryBuilder<MySql> = QueryBuilder::new(
        "SELECT l.id, l.account_id, l.feature, l.tier, l.mode, l.granted, l.used, l.owed, l.expires_on, l.blocked_at, l.blocked_reason, l.note,
                l.created_at, l.version,
                CAST(COALESCE((SELECT SUM(IF(h.expires_at > ",
    );
    query.push_bind(now).push(", h.amount, h.refunded)) FROM licence_holds h WHERE h.licence_id = l.id), 0) AS UNSIGNED) AS held FROM licences l");
    if wanted.standing != Some(Standing::Blocked) {
        // Nearly every licence is not blocked: by that index, a server would read all of them that are newer than the page.
        query.push(" IGNORE INDEX (ix_licences_blocked)");
    }
    query.push(" WHERE TRUE");
    if let Some(account) = wanted.account {
        query.push(" AND l.account_id = ").push_bind(account);
    }
    if let Some(feature) = &wanted.feature {
        query.push(" AND l.feature = ").push_bind(feature.as_str().to_owned());
    }
    if let Some(plan) = wanted.plan {
        query.push(" AND l.tier = ").push_bind(plan.tier.as_str());
        query.push(" AND l.mode = ").push_bind(plan.mode.as_str());
    }
    match wanted.standing {
        None => {}
        Some(Standing::Blocked) => {
            query.push(" AND l.blocked_at IS NOT NULL");
        }
        Some(Standing::Undated) => {
            query.push(" AND l.blocked_at IS NULL AND l.mode = 'date' AND l.expires_on IS NULL");
        }
        Some(Standing::Expired) => {
            query.push(" AND l.blocked_at IS NULL AND l.mode = 'date' AND l.expires_on < ").push_bind(today);
        }
        Some(Standing::UsedUp) => {
            query.push(" AND l.blocked_at IS NULL AND l.mode = 'quantity' AND l.is_used_up = 1");
        }
        Some(Standing::Active) => {
            query.push(" AND l.blocked_at IS NULL AND ((l.mode = 'quantity' AND l.is_used_up = 0) OR (l.mode = 'date' AND l.expires_on >= ");
            query.push_bind(today).push("))");
        }
    }
    let backward = seek.is_backward();
    if let Some(from) = seek.from {
        query.push(if backward { " AND l.id > " } else { " AND l.id < " }).push_bind(from);
    }
    query.push(if backward { " ORDER BY l.id LIMIT " } else { " ORDER BY l.id DESC LIMIT " });
    query.push_bind(seek.limit + 1);
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    let licences: Vec<Licence> = rows.into_iter().map(Licence::try_from).collect::<Result<_, _>>()?;
    Ok(seek.page(licences, |licence| licence.id.0))
}
