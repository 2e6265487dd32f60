//! SQL of the rows of an import.
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{MySql, MySqlConnection, QueryBuilder};

use crate::{
    core::{
        feature::FeatureCode,
        ids::{AccountId, LicenceId, LicenceImportId},
        page::{Page, Seek},
    },
    db::{Corrupt, DbError},
    licences::{
        domain::{Mode, Plan, Tier},
        import::domain::{Counts, Item, Prospect, Reason, RowState, Values, file::Bad},
    },
};

/// Rows written by one statement.
const BATCH: usize = 1000;

/// A row, to be written.
#[derive(Debug, Clone)]
pub struct NewRow<'a> {
    pub no: u32,
    pub label: &'a str,
    pub says: Result<(AccountId, &'a Values), Bad>,
}

pub async fn insert(
    conn: &mut MySqlConnection,
    import: LicenceImportId,
    rows: &[NewRow<'_>],
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    for batch in rows.chunks(BATCH) {
        let mut query = QueryBuilder::<MySql>::new(
            "INSERT INTO licence_import_rows
               (import_id, row_no, label, account_id, feature, tier, mode, credits, expires_on, is_blocked, state, reason, cell, done_at) ",
        );
        query.push_values(batch, |mut out, row| {
            out.push_bind(import.0).push_bind(row.no).push_bind(row.label);
            match &row.says {
                Ok((account, values)) => {
                    out.push_bind(Some(account.0))
                        .push_bind(Some(values.feature.as_str()))
                        .push_bind(Some(values.plan.tier.as_str()))
                        .push_bind(Some(values.plan.mode.as_str()))
                        .push_bind(values.credits)
                        .push_bind(values.expires_on)
                        .push_bind(values.is_blocked);
                }
                Err(_) => {
                    out.push_bind(None::<u64>)
                        .push_bind(None::<&str>)
                        .push_bind(None::<&str>)
                        .push_bind(None::<&str>)
                        .push_bind(0_u32)
                        .push_bind(None::<NaiveDate>)
                        .push_bind(None::<bool>);
                }
            }
            let (state, done_at) = match row.says {
                Ok(_) => (RowState::Pending, None),
                Err(_) => (RowState::Failed, Some(now)),
            };
            let bad = row.says.as_ref().err();
            out.push_bind(state.as_str())
                .push_bind(bad.map_or("", |bad| bad.reason.as_str()))
                .push_bind(bad.map_or("", |bad| bad.cell.as_str()))
                .push_bind(done_at);
        });
        query.build().execute(&mut *conn).await?;
    }
    Ok(())
}

/// Whether licence `l` is one that row `r` is about.
const ABOUT: &str =
    "l.account_id = r.account_id AND l.feature = r.feature AND l.tier = r.tier AND l.mode = r.mode";
/// Whether it says what the row says.
const HOLDS: &str = "((r.mode = 'quantity' AND l.granted - l.used = r.credits) OR (r.mode = 'date' AND l.expires_on = r.expires_on))
    AND (r.is_blocked IS NULL OR r.is_blocked = (l.blocked_at IS NOT NULL))";

/// What a pending row `r` would do now: `same`, `change` or `give`.
///
/// The index is named: with statistics of before a large import the server would read every licence of the plan for each row.
fn push_prospect(query: &mut QueryBuilder<MySql>) {
    query
        .push("CASE WHEN EXISTS (SELECT 1 FROM licences l FORCE INDEX (ix_licences_account) WHERE ")
        .push(ABOUT)
        .push(" AND ")
        .push(HOLDS)
        .push(") THEN 'same' WHEN EXISTS (SELECT 1 FROM licences l FORCE INDEX (ix_licences_account) WHERE ")
        .push(ABOUT)
        .push(") THEN 'change' ELSE 'give' END");
}

/// What would happen if it were confirmed now.
pub async fn counts(conn: &mut MySqlConnection, import: LicenceImportId) -> Result<Counts, DbError> {
    let mut query = QueryBuilder::<MySql>::new(
        "SELECT word, CAST(COUNT(*) AS UNSIGNED) FROM (SELECT CASE WHEN r.state = 'pending' THEN ",
    );
    push_prospect(&mut query);
    query
        .push(" ELSE 'failed' END AS word FROM licence_import_rows r WHERE r.import_id = ")
        .push_bind(import.0);
    query.push(") words GROUP BY word");
    let words: Vec<(String, u64)> = query.build_query_as().fetch_all(conn).await?;
    let of = |word: &str| {
        let n = words.iter().find(|(w, _)| w == word).map_or(0, |(_, n)| *n);
        u32::try_from(n).unwrap_or(u32::MAX)
    };
    let (give, change, same, failed) = (of("give"), of("change"), of("same"), of("failed"));
    Ok(Counts { total: give + change + same + failed, give, change, same, failed })
}

/// What a list is narrowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Only {
    #[default]
    All,
    State(RowState),
    /// Pending rows that would do this.
    Would(Prospect),
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    at: u32,
    label: String,
    account_id: Option<u64>,
    name: Option<String>,
    feature: Option<String>,
    tier: Option<String>,
    mode: Option<String>,
    credits: u32,
    expires_on: Option<NaiveDate>,
    is_blocked: Option<bool>,
    state: String,
    reason: String,
    cell: String,
    licence_id: Option<u64>,
    word: Option<String>,
}

fn values(row: &Row) -> Option<Values> {
    let (feature, tier, mode) = (row.feature.as_ref()?, row.tier.as_ref()?, row.mode.as_ref()?);
    Some(Values {
        feature: FeatureCode::parse(feature)?,
        plan: Plan { tier: Tier::parse(tier)?, mode: Mode::parse(mode)? },
        credits: row.credits,
        expires_on: row.expires_on,
        is_blocked: row.is_blocked,
    })
}

fn item(import: LicenceImportId, row: Row) -> Result<Item, Corrupt> {
    let corrupt = |column| Corrupt { table: "licence_import_rows", id: import.0, column };
    let values = values(&row);
    if values.is_none() && row.account_id.is_some() {
        return Err(corrupt("mode"));
    }
    Ok(Item {
        row: row.at,
        label: row.label,
        account: row.account_id.map(AccountId),
        name: row.name.unwrap_or_default(),
        values,
        state: RowState::parse(&row.state).ok_or_else(|| corrupt("state"))?,
        prospect: row.word.as_deref().and_then(|word| match word {
            "give" => Some(Prospect::Give),
            "change" => Some(Prospect::Change),
            "same" => Some(Prospect::Same),
            _ => None,
        }),
        reason: Reason::parse(&row.reason),
        cell: row.cell,
        licence: row.licence_id.map(LicenceId),
    })
}

const COLUMNS: &str = "r.row_no AS at, r.label, r.account_id, a.name, r.feature, r.tier, r.mode, r.credits, r.expires_on, r.is_blocked,
    r.state, r.reason, r.cell, r.licence_id";

/// Rows in the order of the file.
pub async fn page(
    conn: &mut MySqlConnection,
    import: LicenceImportId,
    only: Only,
    seek: &Seek<u32>,
) -> Result<Page<Item>, DbError> {
    let mut query = QueryBuilder::<MySql>::new("SELECT ");
    query.push(COLUMNS).push(", CASE WHEN r.state = 'pending' THEN ");
    push_prospect(&mut query);
    query.push(" END AS word FROM licence_import_rows r LEFT JOIN accounts a ON a.id = r.account_id WHERE r.import_id = ");
    query.push_bind(import.0);
    match only {
        Only::All => {}
        Only::State(state) => {
            query.push(" AND r.state = ").push_bind(state.as_str());
        }
        Only::Would(prospect) => {
            query.push(" AND r.state = 'pending' AND ");
            push_prospect(&mut query);
            query.push(" = ").push_bind(match prospect {
                Prospect::Give => "give",
                Prospect::Change => "change",
                Prospect::Same => "same",
            });
        }
    }
    let backward = seek.is_backward();
    if let Some(from) = seek.from {
        query.push(if backward { " AND r.row_no < " } else { " AND r.row_no > " }).push_bind(from);
    }
    query.push(if backward { " ORDER BY r.row_no DESC LIMIT " } else { " ORDER BY r.row_no LIMIT " });
    query.push_bind(seek.limit + 1);
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    let items = rows.into_iter().map(|row| item(import, row)).collect::<Result<Vec<_>, _>>()?;
    Ok(seek.page(items, |item| item.row))
}

/// The next rows that wait, by account.
pub async fn pending(
    conn: &mut MySqlConnection,
    import: LicenceImportId,
    limit: u32,
) -> Result<Vec<Item>, DbError> {
    let mut query = QueryBuilder::<MySql>::new("SELECT ");
    query.push(COLUMNS);
    query.push(", NULL AS word FROM licence_import_rows r LEFT JOIN accounts a ON a.id = r.account_id WHERE r.import_id = ");
    query.push_bind(import.0);
    query.push(" AND r.state = 'pending' ORDER BY r.account_id, r.row_no LIMIT ").push_bind(limit);
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| item(import, row)).collect::<Result<_, _>>()?)
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Given(LicenceId),
    Changed(LicenceId),
    Same(LicenceId),
    Failed(Reason),
}

impl Outcome {
    pub fn state(self) -> RowState {
        match self {
            Self::Given(_) => RowState::Given,
            Self::Changed(_) => RowState::Changed,
            Self::Same(_) => RowState::Same,
            Self::Failed(_) => RowState::Failed,
        }
    }
}

/// Writes what became of rows (at least one) that waited, by their lines, in one statement.
pub async fn settle(
    conn: &mut MySqlConnection,
    import: LicenceImportId,
    outcomes: &[(u32, Outcome)],
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let mut query = QueryBuilder::<MySql>::new("UPDATE licence_import_rows SET state = CASE row_no");
    for (row, outcome) in outcomes {
        query.push(" WHEN ").push_bind(*row).push(" THEN ").push_bind(outcome.state().as_str());
    }
    query.push(" END, licence_id = CASE row_no");
    for (row, outcome) in outcomes {
        let licence = match outcome {
            Outcome::Given(id) | Outcome::Changed(id) | Outcome::Same(id) => Some(*id),
            Outcome::Failed(_) => None,
        };
        query.push(" WHEN ").push_bind(*row).push(" THEN ").push_bind(licence);
    }
    // No line is 0: a choice of nothing would be no SQL.
    query.push(" END, reason = CASE row_no WHEN 0 THEN ''");
    for (row, outcome) in outcomes {
        if let Outcome::Failed(reason) = outcome {
            query.push(" WHEN ").push_bind(*row).push(" THEN ").push_bind(reason.as_str());
        }
    }
    query.push(" ELSE '' END, done_at = ").push_bind(now);
    query.push(" WHERE import_id = ").push_bind(import).push(" AND state = 'pending' AND row_no IN (");
    let mut list = query.separated(", ");
    for (row, _) in outcomes {
        list.push_bind(*row);
    }
    query.push(")");
    // Their number varies at the end of a file alone, but which of them failed is one of a kind.
    let done = query.build().persistent(false).execute(conn).await?;
    let all = u64::try_from(outcomes.len()).unwrap_or(u64::MAX);
    if done.rows_affected() == all { Ok(()) } else { Err(DbError::Stale) }
}
