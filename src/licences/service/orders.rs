//! What orders of the shop give to licences and take back: compare, decide, save, in the caller's transaction.
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use sqlx::MySqlConnection;

use super::{operation, spans};
use crate::{
    accounts, audit,
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
            orders::{BLOCKED_BY_REFUND, Change, Given, Unit, Worth, block_reason, reconcile},
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
    // Newest first.
    let own = store::of_account(conn, cx.order.account, cx.now).await?.into_iter().find(|licence| {
        licence.feature == worth.feature && licence.plan == worth.plan() && licence.blocked.is_none()
    });
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
    book(conn, cx, Step { act, ..step }, at).await?;
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
            less_credits(conn, cx, &mut given, licence, amount).await?;
        }
        (Change::More { struck, restored, added }, Unit::Credits(_)) if !is_over => {
            more_credits(conn, cx, &mut given, licence, (struck, restored, added)).await?;
        }
        (Change::Less(amount), unit) => {
            given.voided += amount;
            if let Unit::Span { .. } = unit {
                spans::take_back(conn, &given, amount, cx.now).await?;
            }
            book_end(conn, cx, licence, Act::Revoke, is_over, amount).await?;
        }
        (Change::More { struck, restored, added }, unit) => {
            given.shortfall -= struck;
            given.debt = given.debt.min(given.shortfall);
            given.voided -= restored;
            if let Unit::Span { .. } = unit {
                spans::restore(conn, &given, restored).await?;
                if !is_over {
                    spans::add(conn, &given, given.granted + 1, added, cx.now).await?;
                    given.granted += added;
                }
            }
            let act = if restored > 0 { Act::Restore } else { Act::Renew };
            if !is_over || struck + restored > 0 {
                book_end(conn, cx, licence, act, is_over, struck + restored).await?;
            }
        }
        (Change::Nothing | Change::First(_), _) => {}
    }
    lines::save(conn, &given, cx.now).await
}

/// Takes credits back; what was used of them is forgiven, owed, or blocks, as the shop says.
async fn less_credits(
    conn: &mut MySqlConnection,
    cx: &Applying<'_>,
    given: &mut Given,
    licence: Licence,
    amount: u32,
) -> Result<(), DbError> {
    let (mut step, shortfall) = licence.revoke(amount);
    given.voided += amount - shortfall;
    given.shortfall += shortfall;
    let policy = RefundPolicy::from_word(cx.order.refund_policy).unwrap_or(RefundPolicy::Forgive);
    if policy == RefundPolicy::Debt {
        step.after.owed = step.after.owed.saturating_add(shortfall);
        given.debt += shortfall;
    }
    let licence = book(conn, cx, step, cx.now).await?;
    if shortfall == 0 {
        return Ok(());
    }
    let record = audit::Record::new(cx.now, cx.actor, "licence.shortfall", "licence", licence.id)
        .account(licence.account)
        .shop(cx.order.shop)
        .detail(serde_json::json!({"order": cx.order.id, "used_credits": shortfall, "used_policy": format!("credits_{}", policy.as_str())}));
    audit::record(conn, record).await?;
    if policy == RefundPolicy::Block {
        given.blocks =
            licence.blocked.as_ref().is_none_or(|block| block.reason.starts_with(BLOCKED_BY_REFUND));
        if let Ok(step) = licence.block(&block_reason(cx.order.number, shortfall), cx.now) {
            book(conn, cx, step, cx.now).await?;
        }
    }
    Ok(())
}

/// Credits count again, or there are more of them.
async fn more_credits(
    conn: &mut MySqlConnection,
    cx: &Applying<'_>,
    given: &mut Given,
    mut licence: Licence,
    (struck, restored, added): (u32, u32, u32),
) -> Result<(), DbError> {
    let debt = struck.min(given.debt);
    given.debt -= debt;
    given.shortfall -= struck;
    given.voided -= restored;
    if struck + restored > 0 {
        licence = book(conn, cx, licence.restore(restored, debt), cx.now).await?;
    }
    if added > 0 {
        let step = licence.renew(added);
        given.granted += step.amount;
        licence = book(conn, cx, step, cx.now).await?;
    }
    if given.blocks && given.shortfall == 0 {
        given.blocks = false;
        lines::save(conn, given, cx.now).await?;
        let by_refund = licence.blocked.as_ref().is_some_and(|b| b.reason.starts_with(BLOCKED_BY_REFUND));
        if by_refund
            && !lines::is_blocking(conn, licence.id).await?
            && let Ok(step) = licence.unblock(cx.order.number)
        {
            book(conn, cx, step, cx.now).await?;
        }
    }
    Ok(())
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
    book(conn, cx, licence.ends(act, &terms, cx.today()), cx.now).await?;
    Ok(())
}

/// Writes a step and its ledger row, with the order's number as its reason; then lets what is left pay for what is owed.
async fn book(
    conn: &mut MySqlConnection,
    cx: &Applying<'_>,
    step: Step,
    at: DateTime<Utc>,
) -> Result<Licence, DbError> {
    let mut next = Some(step);
    loop {
        let Some(mut step) = next else { return Err(DbError::Stale) };
        store::save(conn, &step.after, cx.now).await?;
        step.after.version += 1;
        let entry = Entry::new(&step.after, &cx.operation, (step.act, step.amount, step.delta), cx.actor, at)
            .reason(cx.order.number);
        store::append(conn, &entry).await?;
        match step.after.clone().settle() {
            Some(settled) => next = Some(settled),
            None => return Ok(step.after),
        }
    }
}
