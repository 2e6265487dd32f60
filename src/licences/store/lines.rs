//! SQL of what order lines gave to licences.
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::MySqlConnection;

use crate::{
    core::{
        actor::Actor,
        ids::{AccountId, LicenceId, ShopId, WcId},
    },
    db::{Corrupt, DbError, one_row},
    licences::domain::{
        orders::{Given, Unit},
        terms::{Renewal, Span},
    },
};

struct Row {
    shop_id: u64,
    order_id: u64,
    line_id: u64,
    licence_id: u64,
    credits: u32,
    months: u32,
    days: u32,
    renewal: String,
    paid_on: NaiveDate,
    granted: u32,
    voided: u32,
    shortfall: u32,
    held: u32,
    debt: u32,
    blocks: bool,
    is_over: bool,
}

impl TryFrom<Row> for Given {
    type Error = Corrupt;
    fn try_from(row: Row) -> Result<Self, Corrupt> {
        let corrupt = |column| Corrupt { table: "licence_lines", id: row.line_id, column };
        Ok(Self {
            shop: ShopId(row.shop_id),
            order: WcId(row.order_id),
            line: WcId(row.line_id),
            licence: LicenceId(row.licence_id),
            unit: unit_of(row.credits, row.months, row.days, &row.renewal)
                .ok_or_else(|| corrupt("renewal"))?,
            paid_on: row.paid_on,
            granted: row.granted,
            voided: row.voided,
            shortfall: row.shortfall,
            held: row.held,
            debt: row.debt,
            blocks: row.blocks,
            is_over: row.is_over,
        })
    }
}

/// What the columns say that a unit is worth. `None`: they make no sense.
pub fn unit_of(credits: u32, months: u32, days: u32, renewal: &str) -> Option<Unit> {
    match (credits, months, days) {
        (0, 0, 0) => None,
        (0, months, days) => {
            Some(Unit::Span { span: Span { months, days }, renewal: Renewal::parse(renewal)? })
        }
        (credits, 0, 0) => Some(Unit::Credits(credits)),
        _ => None,
    }
}

/// The columns of what a unit is worth: credits, months, days, renewal.
pub fn columns_of(unit: Unit) -> (u32, u32, u32, &'static str) {
    match unit {
        Unit::Credits(credits) => (credits, 0, 0, Renewal::FromNowIfExpired.as_str()),
        Unit::Span { span, renewal } => (0, span.months, span.days, renewal.as_str()),
    }
}

/// What the lines of an order gave.
pub async fn of_order(conn: &mut MySqlConnection, shop: ShopId, order: WcId) -> Result<Vec<Given>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT shop_id, order_id, line_id, licence_id, credits, months, days, renewal, paid_on, granted, voided, shortfall, held, debt,
                  blocks AS "blocks!: bool", ended_at IS NOT NULL AS "is_over!: bool"
             FROM licence_lines WHERE shop_id = ? AND order_id = ? ORDER BY line_id"#,
        shop,
        order
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Given::try_from).collect::<Result<_, _>>()?)
}

/// What lines of whatever order gave to a licence.
pub async fn of_licence(conn: &mut MySqlConnection, licence: LicenceId) -> Result<Vec<Given>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT shop_id, order_id, line_id, licence_id, credits, months, days, renewal, paid_on, granted, voided, shortfall, held, debt,
                  blocks AS "blocks!: bool", ended_at IS NOT NULL AS "is_over!: bool"
             FROM licence_lines WHERE licence_id = ? ORDER BY shop_id, order_id, line_id"#,
        licence
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Given::try_from).collect::<Result<_, _>>()?)
}

/// Whose licences the lines of an order gave to.
pub async fn owners(
    conn: &mut MySqlConnection,
    shop: ShopId,
    order: WcId,
) -> Result<Vec<AccountId>, DbError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT DISTINCT l.account_id AS "account: AccountId"
             FROM licence_lines g JOIN licences l ON l.id = g.licence_id WHERE g.shop_id = ? AND g.order_id = ?"#,
        shop,
        order
    )
    .fetch_all(conn)
    .await?)
}

/// Writes down what a line gave.
pub async fn insert(conn: &mut MySqlConnection, given: &Given, now: DateTime<Utc>) -> Result<(), DbError> {
    let (credits, months, days, renewal) = columns_of(given.unit);
    sqlx::query!(
        "INSERT INTO licence_lines (shop_id, order_id, line_id, licence_id, credits, months, days, renewal, paid_on, granted, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        given.shop,
        given.order,
        given.line,
        given.licence,
        credits,
        months,
        days,
        renewal,
        given.paid_on,
        given.granted,
        now,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes down what was taken back of it, or came back. The caller holds the lock of the licence's owner.
pub async fn save(conn: &mut MySqlConnection, given: &Given, now: DateTime<Utc>) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE licence_lines SET granted = ?, voided = ?, shortfall = ?, held = ?, debt = ?, blocks = ?, updated_at = ?
          WHERE shop_id = ? AND order_id = ? AND line_id = ?",
        given.granted,
        given.voided,
        given.shortfall,
        given.held,
        given.debt,
        given.blocks,
        now,
        given.shop,
        given.order,
        given.line
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// A licence got another mode: what lines gave to it is gone with the old one, and so is what was held or owed of it. Answers how many lines that is.
pub async fn end(conn: &mut MySqlConnection, licence: LicenceId, now: DateTime<Utc>) -> Result<u64, DbError> {
    let done = sqlx::query!(
        "UPDATE licence_lines SET ended_at = ?, held = 0, debt = 0, updated_at = ? WHERE licence_id = ? AND ended_at IS NULL",
        now,
        now,
        licence
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Whether the shortfall of any line blocks a licence.
pub async fn is_blocking(conn: &mut MySqlConnection, licence: LicenceId) -> Result<bool, DbError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM licence_lines WHERE licence_id = ? AND blocks) AS "e!: bool""#,
        licence
    )
    .fetch_one(conn)
    .await?)
}

/// A shop as the ledger names it, and an order's number as people know it: of an order that is no longer mirrored, the shop's own
/// identifier.
pub async fn told_by(
    conn: &mut MySqlConnection,
    shop: ShopId,
    order: WcId,
) -> Result<(Actor, String), DbError> {
    let row = sqlx::query!(
        r#"SELECT s.name, o.number AS "number?" FROM shops s LEFT JOIN wc_orders o ON o.shop_id = s.id AND o.wc_id = ? WHERE s.id = ?"#,
        order,
        shop
    )
    .fetch_one(conn)
    .await?;
    let number = row.number.unwrap_or_else(|| order.to_string());
    Ok((Actor::Shop { id: shop, name: row.name }, number))
}
