//! SQL of licences that end soon.
use std::ops::RangeInclusive;

use chrono::{NaiveDate, NaiveTime};
use sqlx::MySqlConnection;

use crate::{
    core::{feature::FeatureCode, ids::AccountId},
    db::{Corrupt, DbError},
    licences::domain::{Mode, Plan, Tier},
    notices::{Ending, Person},
};

/// What a letter says of a licence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Last {
    pub feature: FeatureCode,
    pub plan: Plan,
    pub day: NaiveDate,
}

/// Licences by date with their last day among `days`, of these people, that nobody was told of, are not blocked, open something
/// that is not retired, and are followed by no other of the same feature: one by date, not blocked, that lasts longer. By person.
pub async fn ending(
    conn: &mut MySqlConnection,
    days: RangeInclusive<NaiveDate>,
    people: RangeInclusive<u64>,
    most: u32,
) -> Result<Vec<Ending<Last>>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT l.id, l.account_id, l.feature, l.tier, l.expires_on AS "day!: NaiveDate", a.name, a.email AS "email!", a.locale
             FROM licences l
             JOIN accounts a ON a.id = l.account_id
             JOIN features f ON f.code = l.feature AND f.retired_at IS NULL
             LEFT JOIN notices n ON n.source = 'licences' AND n.subject_id = l.id AND n.ends = CAST(l.expires_on AS DATETIME)
            WHERE l.mode = 'date' AND l.expires_on BETWEEN ? AND ? AND l.blocked_at IS NULL AND l.account_id BETWEEN ? AND ?
              AND a.email IS NOT NULL AND n.mail_id IS NULL
              AND NOT EXISTS (SELECT 1 FROM licences o
                               WHERE o.account_id = l.account_id AND o.feature = l.feature AND o.mode = 'date'
                                 AND o.blocked_at IS NULL AND o.expires_on > l.expires_on)
            ORDER BY l.account_id, l.expires_on, l.id LIMIT ?"#,
        days.start(),
        days.end(),
        people.start(),
        people.end(),
        most
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let corrupt = |column| Corrupt { table: "licences", id: row.id, column };
            let tier = Tier::parse(&row.tier).ok_or_else(|| corrupt("tier"))?;
            let feature = FeatureCode::parse(&row.feature).ok_or_else(|| corrupt("feature"))?;
            Ok(Ending {
                person: Person {
                    account: AccountId(row.account_id),
                    name: row.name,
                    email: row.email,
                    locale: row.locale,
                },
                id: row.id,
                ends: row.day.and_time(NaiveTime::MIN).and_utc(),
                what: Last { feature, plan: Plan { tier, mode: Mode::Date }, day: row.day },
            })
        })
        .collect()
}
