//! What orders of the shop give to licences and take back: compare, decide, save, in the caller's transaction.
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use sqlx::MySqlConnection;

use super::{
    operation,
    refunds::{self, Booking, Refund},
    spans,
};
use crate::{
    accounts,
    core::{
        actor::Actor,
        calendar,
        ids::{AccountId, WcId},
        order::{Entitled, Order},
    },
    db::DbError,
    licences::{
        domain::{
            Act, Licence, Step,
            orders::{Change, Given, Unit, Worth, reconcile},
        },
        products,
        store::{self, Entry, lines},
    },
    shop::store::RefundPolicy,
};

/// An order that is being applied.
struct Applying<'a> {
    order: &'a Order<'a>,
    /// Days are counted in it.
    zone: Tz,
    actor: &'a Actor,
    now: DateTime<Utc>,
    operation: String,
}

impl Applying<'_> {
    fn today(&self) -> NaiveDate {
        calendar::day_of(self.now, self.zone)
    }
    fn booking(&self) -> Booking<'_> {
        Booking { actor: self.actor, now: self.now, operation: &self.operation, number: self.order.number }
    }
    /// When it was paid; an order from the future is paid now.
    fn paid_at(&self) -> DateTime<Utc> {
        self.order.paid_at.min(self.now)
    }
}

/// Makes of licences what an order says they should be. Running it again changes nothing.
///
/// Answers how many lines changed something. `zone`: in which days are counted.
pub async fn apply_order(
    conn: &mut MySqlConnection,
    order: &Order<'_>,
    zone: Tz,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<u32, DbError> {
    let known = lines::of_order(conn, order.shop, order.id).await?;
    let mut worths: Vec<Option<Worth>> = Vec::with_capacity(order.lines.len());
    for line in &order.lines {
        worths.push(products::worth(conn, order.shop, line.product, line.variation).await?);
    }
    if known.is_empty() && worths.iter().all(Option::is_none) {
        return Ok(0);
    }
    lock(conn, order).await?;
    // Another process may have been at it until now.
    let known = lines::of_order(conn, order.shop, order.id).await?;
    let cx = &Applying { order, zone, actor, now, operation: operation() };
    let mut changed = 0;
    for (line, worth) in order.lines.iter().zip(&worths) {
        let given = known.iter().find(|given| given.line == line.line);
        let change = reconcile(order.standing.entitles(line.units), worth.as_ref().map(|w| w.unit), given);
        changed += u32::from(change != Change::Nothing);
        match (change, given, worth) {
            (Change::First(amount), None, Some(worth)) => first(conn, cx, line.line, worth, amount).await?,
            (change, Some(given), _) => again(conn, cx, given.clone(), change).await?,
            _ => {}
        }
    }
    // A line that an admin removed from the order gives nothing any more.
    for given in &known {
        if !order.lines.iter().any(|line| line.line == given.line) {
            let change = reconcile(Entitled::Nothing, None, Some(given));
            changed += u32::from(change != Change::Nothing);
            again(conn, cx, given.clone(), change).await?;
        }
    }
    Ok(changed)
}

/// A licence stays with the person it was given to, even if the shop gives the order to someone else later. Everybody concerned is
/// locked, in the order of their numbers.
async fn lock(conn: &mut MySqlConnection, order: &Order<'_>) -> Result<(), DbError> {
    let mut people: Vec<AccountId> = lines::owners(conn, order.shop, order.id).await?;
    people.push(order.account);
    people.sort_unstable();
    people.dedup();
    for person in people {
        if !accounts::lock(conn, person).await? {
            return Err(DbError::Stale);
        }
    }
    Ok(())
}

/// The first time a line is paid: it renews the person's own licence of that plan, or makes one.
async fn first(
    conn: &mut MySqlConnection,
    cx: &Applying<'_>,
    line: WcId,
    worth: &Worth,
    amount: u32,
) -> Result<(), DbError> {
    let at = cx.paid_at();
    // Newest first; one that works before one that is blocked. A blocked one stays blocked: buying again is no way around it.
    let mut own = store::of_account(conn, cx.order.account, cx.now).await?;
    own.retain(|licence| licence.feature == worth.feature && licence.plan == worth.plan());
    own.sort_by_key(|licence| licence.blocked.is_some());
    let own = own.into_iter().next();
    let act = if own.is_some() { Act::Renew } else { Act::Create };
    let mut licence = own.unwrap_or_else(|| Licence::bought(cx.order.account, worth, at));
    if act == Act::Create {
        licence.id = store::insert(conn, &licence, cx.actor).await?;
    }
    let mut given = Given {
        shop: cx.order.shop,
        order: cx.order.id,
        line,
        licence: licence.id,
        unit: worth.unit,
        paid_on: calendar::day_of(at, cx.zone),
        granted: amount,
        voided: 0,
        shortfall: 0,
        held: 0,
        debt: 0,
        blocks: false,
        is_over: false,
    };
    let step = match worth.unit {
        Unit::Credits(_) => licence.renew(amount),
        Unit::Span { .. } => {
            spans::add(conn, &given, 1, amount, cx.now).await?;
            let terms = spans::terms(conn, licence.id).await?;
            licence.ends(Act::Renew, &terms, cx.today())
        }
    };
    if let Unit::Credits(_) = worth.unit {
        given.granted = step.amount;
    }
    // Two processes at one order for two people: the second finds the line taken, tries again, and has nothing to do.
    lines::insert(conn, &given, cx.now).await.map_err(|e| match e.duplicate_key() {
        Some("PRIMARY") => DbError::Stale,
        _ => e,
    })?;
    refunds::book(conn, &cx.booking(), Step { act, ..step }, at).await?;
    Ok(())
}

/// A line that gave something before is worth less now, or more.
async fn again(
    conn: &mut MySqlConnection,
    cx: &Applying<'_>,
    mut given: Given,
    change: Change,
) -> Result<(), DbError> {
    if change == Change::Nothing {
        return Ok(());
    }
    let licence = store::find(conn, given.licence, cx.now).await?.ok_or(DbError::Stale)?;
    let is_over = given.is_over || licence.plan.mode != given.unit.mode();
    match (change, given.unit) {
        (Change::Less(amount), Unit::Credits(_)) if !is_over => {
            let policy = RefundPolicy::from_word(cx.order.refund_policy).unwrap_or(RefundPolicy::Forgive);
            let refund = Refund { shop: cx.order.shop, order: cx.order.id, policy, booking: &cx.booking() };
            refunds::less(conn, &refund, &mut given, licence, amount).await?;
        }
        (Change::More { struck, restored, added }, Unit::Credits(_)) => {
            let more = (struck, restored, added);
            refunds::more(conn, &cx.booking(), &mut given, licence, more, is_over).await?;
        }
        (Change::Less(amount), unit) => {
            given.voided += amount;
            if let Unit::Span { .. } = unit {
                spans::take_back(conn, &given, amount, cx.now).await?;
            }
            book_end(conn, cx, licence, Act::Revoke, is_over, amount).await?;
        }
        (Change::More { restored, added, .. }, Unit::Span { .. }) => {
            given.voided -= restored;
            spans::restore(conn, &given, restored).await?;
            if !is_over {
                spans::add(conn, &given, given.granted + 1, added, cx.now).await?;
                given.granted += added;
            }
            let act = if restored > 0 { Act::Restore } else { Act::Renew };
            if !is_over || restored > 0 {
                book_end(conn, cx, licence, act, is_over, restored).await?;
            }
        }
        (Change::Nothing | Change::First(_), _) => {}
    }
    lines::save(conn, &given, cx.now).await
}

/// Books the last day that the spans make now. A licence that is of another mode by now only gets the row that says so.
async fn book_end(
    conn: &mut MySqlConnection,
    cx: &Applying<'_>,
    licence: Licence,
    act: Act,
    is_over: bool,
    amount: u32,
) -> Result<(), DbError> {
    if is_over {
        let entry =
            Entry::new(&licence, &cx.operation, (act, amount, 0), cx.actor, cx.now).reason(cx.order.number);
        return store::append(conn, &entry).await;
    }
    let terms = spans::terms(conn, licence.id).await?;
    refunds::book(conn, &cx.booking(), licence.ends(act, &terms, cx.today()), cx.now).await?;
    Ok(())
}
