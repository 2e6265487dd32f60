//! SQL of what the last day of a licence is made of.
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::MySqlConnection;

use crate::{
    core::ids::{LicenceId, ShopId, WcId},
    db::{Corrupt, DbError, one_row},
    licences::domain::terms::{Span, Term},
};

/// One unit of an order line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderUnit {
    pub shop: ShopId,
    pub order: WcId,
    pub line: WcId,
    /// 1 for the first unit of the line.
    pub unit: u32,
}

/// A term as it stands in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    pub id: u64,
    pub licence: LicenceId,
    pub term: Term,
    pub unit: Option<OrderUnit>,
}

struct Row {
    id: u64,
    licence_id: u64,
    kind: String,
    day: Option<NaiveDate>,
    months: u32,
    days: u32,
    shop_id: Option<u64>,
    order_id: Option<u64>,
    line_id: Option<u64>,
    unit: Option<u32>,
    is_reversed: bool,
}

impl TryFrom<Row> for Written {
    type Error = Corrupt;
    fn try_from(row: Row) -> Result<Self, Corrupt> {
        let corrupt = |column| Corrupt { table: "licence_terms", id: row.id, column };
        let span = Span { months: row.months, days: row.days };
        let term = match (row.kind.as_str(), row.day) {
            ("set", Some(day)) => Term::Set(day),
            ("span", begins) => Term::Span { begins, span, is_reversed: row.is_reversed },
            ("clear", _) => Term::Clear,
            _ => return Err(corrupt("kind")),
        };
        let unit = match (row.shop_id, row.order_id, row.line_id, row.unit) {
            (Some(shop), Some(order), Some(line), Some(unit)) => {
                Some(OrderUnit { shop: ShopId(shop), order: WcId(order), line: WcId(line), unit })
            }
            (None, None, None, None) => None,
            _ => return Err(corrupt("unit")),
        };
        Ok(Self { id: row.id, licence: LicenceId(row.licence_id), term, unit })
    }
}

/// Adds what happened last.
pub async fn add(
    conn: &mut MySqlConnection,
    licence: LicenceId,
    term: Term,
    unit: Option<OrderUnit>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let (kind, day, span) = match term {
        Term::Set(day) => ("set", Some(day), Span::default()),
        Term::Span { begins, span, .. } => ("span", begins, span),
        Term::Clear => ("clear", None, Span::default()),
    };
    sqlx::query!(
        "INSERT INTO licence_terms (licence_id, kind, day, months, days, shop_id, order_id, line_id, unit, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        licence,
        kind,
        day,
        span.months,
        span.days,
        unit.map(|u| u.shop),
        unit.map(|u| u.order),
        unit.map(|u| u.line),
        unit.map(|u| u.unit),
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// All terms of a licence, in the order in which they happened.
pub async fn of_licence(conn: &mut MySqlConnection, licence: LicenceId) -> Result<Vec<Written>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id, licence_id, kind, day, months, days, shop_id, order_id, line_id, unit, reversed_at IS NOT NULL AS "is_reversed!: bool"
             FROM licence_terms WHERE licence_id = ? ORDER BY id"#,
        licence
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Written::try_from).collect::<Result<_, _>>()?)
}

/// The spans that an order line bought, by unit.
pub async fn of_line(
    conn: &mut MySqlConnection,
    shop: ShopId,
    order: WcId,
    line: WcId,
) -> Result<Vec<Written>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id, licence_id, kind, day, months, days, shop_id, order_id, line_id, unit, reversed_at IS NOT NULL AS "is_reversed!: bool"
             FROM licence_terms WHERE shop_id = ? AND order_id = ? AND line_id = ? ORDER BY unit"#,
        shop,
        order,
        line
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Written::try_from).collect::<Result<_, _>>()?)
}

/// Takes a span back (`Some`), or lets it count again (`None`).
pub async fn reverse(conn: &mut MySqlConnection, id: u64, at: Option<DateTime<Utc>>) -> Result<(), DbError> {
    let done =
        sqlx::query!("UPDATE licence_terms SET reversed_at = ? WHERE id = ?", at, id).execute(conn).await?;
    one_row(&done)
}

/// Lets a span that began anew continue what is before it.
pub async fn join(conn: &mut MySqlConnection, id: u64) -> Result<(), DbError> {
    let done = sqlx::query!("UPDATE licence_terms SET day = NULL WHERE id = ? AND kind = 'span'", id)
        .execute(conn)
        .await?;
    one_row(&done)
}
