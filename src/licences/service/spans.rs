//! The spans that orders bought: added, taken back, counted again.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{
    core::ids::LicenceId,
    db::DbError,
    licences::{
        domain::{
            orders::{Given, Unit},
            terms::{self, Term},
        },
        store::{self, OrderUnit, Written, lines},
    },
};

/// Everything that the last day of a licence is made of.
pub(super) async fn terms(conn: &mut MySqlConnection, licence: LicenceId) -> Result<Vec<Term>, DbError> {
    Ok(store::terms_of(conn, licence).await?.into_iter().map(|written| written.term).collect())
}

fn counts(term: Term) -> bool {
    matches!(term, Term::Span { is_reversed: false, .. })
}

/// Adds `count` spans, the first of which is unit `from` of its line. What one order buys adds up, whatever the policy.
pub(super) async fn add(
    conn: &mut MySqlConnection,
    given: &Given,
    from: u32,
    count: u32,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let Unit::Span { span, renewal } = given.unit else { return Ok(()) };
    let written = store::terms_of(conn, given.licence).await?;
    let same_order = |unit: OrderUnit| unit.shop == given.shop && unit.order == given.order;
    let mut continues = written.iter().any(|w| counts(w.term) && w.unit.is_some_and(same_order));
    let mut terms: Vec<Term> = written.into_iter().map(|written| written.term).collect();
    for unit in (from..).take(count as usize) {
        // What counts, not the day on show: of a licence that was refunded as a whole nothing is left to continue.
        let end = terms::end_of(&terms);
        let begins = if continues && end.is_some() { None } else { renewal.begins(end, given.paid_on) };
        let term = Term::Span { begins, span, is_reversed: false };
        let unit = OrderUnit { shop: given.shop, order: given.order, line: given.line, unit };
        store::add_term(conn, given.licence, term, Some(unit), now).await.map_err(|e| {
            match e.duplicate_key() {
                Some("uq_licence_terms_unit") => DbError::Stale,
                _ => e,
            }
        })?;
        terms.push(term);
        continues = true;
    }
    Ok(())
}

/// Takes `count` spans of a line back, the last unit first.
pub(super) async fn take_back(
    conn: &mut MySqlConnection,
    given: &Given,
    count: u32,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let units = store::of_line(conn, given.shop, given.order, given.line).await?;
    for written in units.iter().rev().filter(|w| counts(w.term)).take(count as usize) {
        store::reverse(conn, written.id, Some(now)).await?;
    }
    Ok(())
}

/// Lets `count` spans of a line count again, the first unit first.
pub(super) async fn restore(conn: &mut MySqlConnection, given: &Given, count: u32) -> Result<(), DbError> {
    let units = store::of_line(conn, given.shop, given.order, given.line).await?;
    for written in units.iter().filter(|w| !counts(w.term)).take(count as usize) {
        store::reverse(conn, written.id, None).await?;
    }
    rejoin(conn, given.licence).await
}

/// What was bought while a span was taken back may have begun anew only for that reason. Now that the span counts again it continues,
/// as it would have done: else the span that came back would count for nothing.
async fn rejoin(conn: &mut MySqlConnection, licence: LicenceId) -> Result<(), DbError> {
    let written = store::terms_of(conn, licence).await?;
    let bought = lines::of_licence(conn, licence).await?;
    let line_of = |written: &Written| {
        let unit = written.unit?;
        bought.iter().find(|g| (g.shop, g.order, g.line) == (unit.shop, unit.order, unit.line))
    };
    let mut before: Vec<Term> = Vec::with_capacity(written.len());
    for row in &written {
        let mut term = row.term;
        if let (Term::Span { begins: Some(_), span, is_reversed }, Some(given)) = (term, line_of(row))
            && let Unit::Span { renewal, .. } = given.unit
            && renewal.begins(terms::end_of(&before), given.paid_on).is_none()
        {
            store::join(conn, row.id).await?;
            term = Term::Span { begins: None, span, is_reversed };
        }
        before.push(term);
    }
    Ok(())
}
