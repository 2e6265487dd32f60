//! Everything about one person, the answer first: what is left, and why.
use askama::Template;
use axum::{extract::State, response::Response};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::{
    accounts::{
        domain::{Account, Role},
        store::{self, Identity},
    },
    app::App,
    audit,
    auth::extract::Manager,
    core::{
        ids::AccountId,
        page::{Direction, Seek},
    },
    sessions::{
        self,
        domain::{Grant, Kind, Standing, burn_key},
        list::{MovementFilter, movements, sums},
        service::Balance,
        store::{EntryKind, Shortfall},
    },
    shop::{
        self,
        mirror::{CurrencySum, OrderFilter, OrderRow},
        order::OrderStatus,
    },
    web::{
        cx::Cx,
        extract::Path,
        page::page,
        problem::{Kind as ProblemKind, Problem},
    },
};

/// How far back the page reaches by itself.
const RECENT: u32 = 40;
/// Orders shown.
const ORDERS: u32 = 20;

/// A line of the statement.
#[derive(Debug)]
struct Line {
    key: &'static str,
    detail: String,
    change: i64,
}

/// Something that happened to the person.
#[derive(Debug)]
struct Event {
    at: DateTime<Utc>,
    icon: &'static str,
    what: String,
    detail: String,
    change: Option<i64>,
}

#[derive(Debug, Template)]
#[template(path = "accounts/admin_show.html")]
pub(super) struct ShowPage {
    cx: Cx,
    account: Account,
    roles: Vec<Role>,
    balance: Balance,
    expiring: Option<Grant>,
    statement: Vec<Line>,
    burn: Vec<(Grant, Option<String>)>,
    shortfalls: Vec<Shortfall>,
    history: Vec<(NaiveDate, Vec<Event>)>,
    identities: Vec<(Identity, String)>,
    /// What the shops say of the balance.
    members: Vec<(shop::member::Member, String)>,
    orders: Vec<(OrderRow, String)>,
    /// What the shops kept of this person's orders, by currency.
    spent: Vec<CurrencySum>,
}

impl ShowPage {
    fn net(&self, order: &OrderRow) -> String {
        self.cx.money(&order.net(), &order.currency)
    }
    /// `Sessions to be spent later`: the sum line of the statement.
    fn total(&self) -> u32 {
        self.balance.free + self.balance.purchased
    }
    fn role_names(&self) -> String {
        self.roles.iter().map(|role| self.cx.t(super::role_key(role))).collect::<Vec<_>>().join(", ")
    }
}

pub(super) async fn show(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(id): Path<AccountId>,
) -> Result<Response, Problem> {
    let mut conn = app.db.conn().await?;
    let account = store::find(&mut conn, id).await?.ok_or_else(|| Problem::new(ProblemKind::NotFound))?;
    if account.id != id {
        // Merged: the address of the one that lives on is the true one.
        return Ok(crate::web::flash::redirect(&format!("/admin/accounts/{}", account.id), None));
    }
    let shops = shop::store::list(&mut conn).await?;
    let shop_name = |id| shops.iter().find(|s| s.id == id).map(|s| s.name.clone()).unwrap_or_default();
    let balance = sessions::service::balance(&mut conn, id, cx.now).await?;
    let grants = sessions::store::of_account(&mut conn, id).await?;
    let filter = OrderFilter { account: Some(id), with_deleted: true, ..OrderFilter::default() };
    let newest = Seek { from: None, direction: Direction::Forward, limit: ORDERS };
    let order_rows = shop::mirror::list_orders(&mut conn, &filter, &newest).await?.items;
    let paid = [OrderStatus::Processing, OrderStatus::Completed, OrderStatus::Refunded];
    let spent =
        shop::mirror::net_purchases(&mut conn, id, &paid, DateTime::UNIX_EPOCH, cx.now + TimeDelta::days(1))
            .await?;
    let number_of = |grant: &Grant| {
        let source = grant.source?;
        order_rows.iter().find(|o| o.shop_id == source.shop && o.id == source.order).map(|o| o.number.clone())
    };
    let mut burn: Vec<Grant> =
        grants.iter().filter(|grant| grant.standing(cx.now) == Standing::Active).cloned().collect();
    burn.sort_by_key(burn_key);
    let expiring = burn.iter().find(|grant| grant.expires_at.is_some()).cloned();
    let statement = statement(&cx, &sums(&mut conn, id).await?, &grants);
    let history = history(&cx, &mut conn, id).await?;
    let identities = store::identities(&mut conn, id)
        .await?
        .into_iter()
        .map(|identity| {
            let shop = shop_name(identity.shop);
            (identity, shop)
        })
        .collect();
    let members = shop::store::member_meta::members_of(&mut conn, id).await?;
    let page_data = ShowPage {
        members: members.into_iter().map(|m| (m.clone(), shop_name(m.shop))).collect(),
        roles: store::roles(&mut conn, id).await?,
        shortfalls: sessions::store::open_shortfalls(&mut conn, id).await?,
        spent,
        burn: burn.into_iter().map(|grant| (grant.clone(), number_of(&grant))).collect(),
        orders: order_rows.iter().map(|order| (order.clone(), shop_name(order.shop_id))).collect(),
        cx,
        account,
        balance,
        expiring,
        statement,
        history,
        identities,
    };
    Ok(page(&page_data))
}

/// The sum behind the balance. Expired leftovers are subtracted at the end: nobody wrote them off yet.
fn statement(cx: &Cx, sums: &[(EntryKind, Kind, i64)], grants: &[Grant]) -> Vec<Line> {
    let sum = |kind: EntryKind, of: Option<Kind>| -> i64 {
        sums.iter().filter(|(k, g, _)| *k == kind && of.is_none_or(|of| of == *g)).map(|(_, _, n)| n).sum()
    };
    let orders = grants.iter().filter(|g| g.kind == Kind::Purchased).count();
    // Written off or not, expired is expired.
    let expired: i64 = grants
        .iter()
        .filter(|g| g.standing(cx.now) == Standing::Expired)
        .map(|g| i64::from(g.remaining) + i64::from(g.written_off))
        .sum();
    let mut lines = vec![
        Line {
            key: "account-sum-purchased",
            detail: cx.n("account-sum-orders", orders),
            change: sum(EntryKind::Grant, Some(Kind::Purchased)),
        },
        Line {
            key: "account-sum-free",
            detail: String::new(),
            change: sum(EntryKind::Grant, Some(Kind::Free)),
        },
        Line { key: "account-sum-used", detail: String::new(), change: sum(EntryKind::Consume, None) },
        Line { key: "account-sum-voided", detail: String::new(), change: sum(EntryKind::Void, None) },
        Line { key: "account-sum-restored", detail: String::new(), change: sum(EntryKind::Restore, None) },
        Line { key: "account-sum-settled", detail: String::new(), change: sum(EntryKind::Settle, None) },
        Line { key: "account-sum-adjusted", detail: String::new(), change: sum(EntryKind::Adjust, None) },
        Line { key: "account-sum-expired", detail: String::new(), change: -expired },
    ];
    lines.retain(|line| line.change != 0);
    lines
}

/// What happened lately, by day, the latest first: the ledger and the trail of the account together.
async fn history(
    cx: &Cx,
    conn: &mut sqlx::MySqlConnection,
    id: AccountId,
) -> Result<Vec<(NaiveDate, Vec<Event>)>, Problem> {
    let seek = Seek { from: None, direction: Direction::Forward, limit: RECENT };
    let filter = MovementFilter { account: Some(id), ..MovementFilter::default() };
    let mut events: Vec<Event> = movements(conn, &filter, &seek)
        .await?
        .items
        .into_iter()
        .map(|m| {
            let mut detail: Vec<String> = m.expert_name.iter().cloned().collect();
            if !m.reason.is_empty() {
                detail.push(sessions::words::reason(cx, &m));
            }
            if let Some(seconds) = m.duration_seconds {
                detail.push(cx.duration(seconds));
            }
            Event {
                at: m.at,
                icon: sessions::words::movement_icon(m.kind),
                what: cx.n(event_key(m.kind, m.grant_kind), i64::from(m.delta.unsigned_abs())),
                detail: detail.join(" · "),
                change: Some(i64::from(m.delta)),
            }
        })
        .collect();
    let trail = audit::store::Filter { account: Some(id), ..audit::store::Filter::default() };
    for entry in audit::store::list(conn, &trail, &seek).await?.items {
        events.push(Event {
            at: entry.at,
            icon: "history",
            what: audit::words::action(cx, &entry.action),
            detail: audit::words::actor(cx, &entry),
            change: None,
        });
    }
    events.sort_by_key(|event| std::cmp::Reverse(event.at));
    events.truncate(RECENT as usize);
    let mut days: Vec<(NaiveDate, Vec<Event>)> = Vec::new();
    for event in events {
        let day = cx.day(&event.at);
        match days.last_mut() {
            Some((last, events)) if *last == day => events.push(event),
            _ => days.push((day, vec![event])),
        }
    }
    Ok(days)
}

fn event_key(kind: EntryKind, of: Kind) -> &'static str {
    match kind {
        EntryKind::Grant if of == Kind::Purchased => "account-event-bought",
        EntryKind::Grant => "account-event-grant",
        EntryKind::Consume => "account-event-consume",
        EntryKind::Void => "account-event-void",
        EntryKind::Restore => "account-event-restore",
        EntryKind::Settle => "account-event-settle",
        EntryKind::Adjust => "account-event-adjust",
        EntryKind::Expire => "account-event-expire",
        EntryKind::Hold => "account-event-hold",
        EntryKind::Release => "account-event-release",
    }
}
