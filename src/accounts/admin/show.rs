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
    core::{ids::AccountId, page::Seek},
    licences::{
        self,
        admin::panel::{self, Brief},
        settings::LicenceSettings,
        store::entries,
        words as licence_words,
    },
    sessions::{
        self,
        domain::{Category, Grant, Kind, Standing, burn_key},
        list::{MovementFilter, movements, sums},
        service::Balance,
        store::{EntryKind, Shortfall, categories},
        words::{Badge, badge},
    },
    settings,
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
    burn: Vec<(Grant, Badge, Option<String>)>,
    shortfalls: Vec<Shortfall>,
    /// What can be used comes first.
    licences: Vec<Brief>,
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
    /// What the first licence still gives, and how many more there are.
    fn licence_note(&self) -> String {
        match self.licences.as_slice() {
            [] => self.cx.t("account-fig-licence-none"),
            [first, more @ ..] => {
                self.cx.na("account-fig-licence-more", more.len(), &[("left", &first.left)])
            }
        }
    }
    fn usable(&self, grant: &Grant) -> u32 {
        grant.usable(self.cx.now)
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
    let newest = Seek::forward(None, ORDERS);
    let order_rows = shop::mirror::list_orders(&mut conn, &filter, &newest).await?.items;
    let paid = [OrderStatus::Processing, OrderStatus::Completed, OrderStatus::Refunded];
    let spent =
        shop::mirror::net_purchases(&mut conn, id, &paid, DateTime::UNIX_EPOCH, cx.now + TimeDelta::days(1))
            .await?;
    let number_of = |grant: &Grant| {
        let source = grant.source?;
        order_rows.iter().find(|o| o.shop_id == source.shop && o.id == source.order).map(|o| o.number.clone())
    };
    let known = categories::list(&mut conn).await?;
    let mut burn = sessions::service::live(&mut conn, id, cx.now).await?;
    burn.retain(|grant| grant.usable(cx.now) > 0);
    burn.sort_by_key(burn_key);
    let expiring = burn.iter().find(|grant| grant.expires_at.is_some()).cloned();
    let mut numbers: Vec<String> = grants.iter().rev().filter_map(&number_of).collect();
    numbers.dedup();
    numbers.truncate(4);
    let statement = statement(&cx, &mut conn, id, &grants, &known, &balance, &numbers).await?;
    let history = history(&cx, &mut conn, id, &known).await?;
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
        licences: panel::briefs(&mut conn, &cx, id).await?,
        spent,
        burn: burn
            .into_iter()
            .map(|grant| {
                let badge = badge(&cx, grant.kind, grant.category, &known);
                let number = number_of(&grant);
                (grant, badge, number)
            })
            .collect(),
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

/// The sum behind the balance, with what each line is made of.
async fn statement(
    cx: &Cx,
    conn: &mut sqlx::MySqlConnection,
    id: AccountId,
    grants: &[Grant],
    known: &[Category],
    balance: &Balance,
    numbers: &[String],
) -> Result<Vec<Line>, Problem> {
    let sums = sums(conn, id).await?;
    let sum = |kind: EntryKind, of: Option<Kind>| -> i64 {
        sums.iter().filter(|(k, g, _)| *k == kind && of.is_none_or(|of| of == *g)).map(|(_, _, n)| n).sum()
    };
    let orders = match numbers {
        [] => cx.n("account-sum-orders", grants.iter().filter(|g| g.kind == Kind::Purchased).count()),
        [one] => cx.ta("session-order", &[("number", one)]),
        some => cx.ta("account-sum-order-list", &[("numbers", &some.join(", "))]),
    };
    let last =
        MovementFilter { account: Some(id), kind: Some(EntryKind::Consume), ..MovementFilter::default() };
    let seek = Seek::forward(None, 1);
    let last = movements(conn, &last, &seek).await?.items.pop().map(|m| match m.expert_name {
        Some(expert) => cx.ta("account-sum-last-with", &[("day", &cx.day_short(&m.at)), ("expert", &expert)]),
        None => cx.ta("account-sum-last", &[("day", &cx.day_short(&m.at))]),
    });
    let gone = grants
        .iter()
        .filter(|g| g.standing(cx.now) == Standing::Expired)
        .map(|g| (g, g.free_of_holds() + g.written_off));
    let given = grants.iter().filter(|g| g.kind == Kind::Free).map(|g| (g, g.quantity));
    let mut lines = vec![
        Line {
            key: "account-sum-purchased",
            detail: orders,
            change: sum(EntryKind::Grant, Some(Kind::Purchased)),
        },
        Line {
            key: "account-sum-free",
            detail: by_category(cx, given, known),
            change: sum(EntryKind::Grant, Some(Kind::Free)),
        },
        Line {
            key: "account-sum-used",
            detail: last.unwrap_or_default(),
            change: sum(EntryKind::Consume, None),
        },
        Line { key: "account-sum-voided", detail: String::new(), change: sum(EntryKind::Void, None) },
        Line { key: "account-sum-restored", detail: String::new(), change: sum(EntryKind::Restore, None) },
        Line { key: "account-sum-settled", detail: String::new(), change: sum(EntryKind::Settle, None) },
        Line { key: "account-sum-adjusted", detail: String::new(), change: sum(EntryKind::Adjust, None) },
        // Written off already, or expired and not written off yet: to the reader it is the same.
        Line {
            key: "account-sum-expired",
            detail: by_category(cx, gone, known),
            change: sum(EntryKind::Expire, None) - i64::from(balance.expired),
        },
        Line { key: "account-sum-held", detail: String::new(), change: -i64::from(balance.reserved) },
    ];
    lines.retain(|line| line.change != 0);
    Ok(lines)
}

/// `3 Promocional, 2 Cortesía`.
fn by_category<'a>(cx: &Cx, grants: impl Iterator<Item = (&'a Grant, u32)>, known: &[Category]) -> String {
    let mut sums: Vec<(String, u32)> = Vec::new();
    for (grant, n) in grants {
        let label = sessions::words::badge(cx, grant.kind, grant.category, known).label;
        match sums.iter_mut().find(|(name, _)| *name == label) {
            Some((_, sum)) => *sum += n,
            None => sums.push((label, n)),
        }
    }
    let parts = sums.into_iter().filter(|(_, n)| *n > 0).map(|(name, n)| format!("{} {name}", cx.count(n)));
    parts.collect::<Vec<_>>().join(", ")
}

/// What happened lately, by day, the latest first: the ledger and the trail of the account together.
async fn history(
    cx: &Cx,
    conn: &mut sqlx::MySqlConnection,
    id: AccountId,
    known: &[Category],
) -> Result<Vec<(NaiveDate, Vec<Event>)>, Problem> {
    let seek = Seek::forward(None, RECENT);
    let filter = MovementFilter { account: Some(id), ..MovementFilter::default() };
    let mut events: Vec<Event> = movements(conn, &filter, &seek)
        .await?
        .items
        .into_iter()
        .map(|m| {
            let mut detail: Vec<String> = m.expert_name.iter().cloned().collect();
            if m.grant_kind == Kind::Free {
                detail.push(badge(cx, m.grant_kind, m.category, known).label);
            }
            if !m.reason.is_empty() {
                detail.push(sessions::words::reason(cx, &m));
            }
            if let Some(seconds) = m.duration_seconds {
                detail.push(cx.duration(seconds));
            }
            Event {
                at: m.at,
                icon: sessions::words::movement_icon(m.kind, m.grant_kind),
                what: cx.n(
                    event_key(m.kind, m.grant_kind),
                    i64::from(if m.delta == 0 { m.held } else { m.delta }.unsigned_abs()),
                ),
                detail: detail.join(" · "),
                change: Some(i64::from(m.delta)).filter(|delta| *delta != 0),
            }
        })
        .collect();
    let chosen: LicenceSettings = settings::get(conn).await?;
    let newest = Seek::forward(None, RECENT);
    for row in entries::page(conn, entries::Of::Account(id), &newest).await?.items {
        let plan = licence_words::plan(cx, row.plan, chosen.free_days);
        let mut detail = vec![plan.clone(), licence_words::after(cx, &row), licence_words::reason(cx, &row)];
        detail.retain(|part| !part.is_empty());
        events.push(Event {
            at: row.at,
            icon: licence_words::act_icon(&row.act),
            what: cx
                .ta("account-event-licence", &[("what", &licence_words::act(cx, &row, chosen.free_days))]),
            detail: detail.join(" · "),
            change: Some(i64::from(row.delta)).filter(|delta| *delta != 0),
        });
    }
    let trail = audit::store::Filter { account: Some(id), ..audit::store::Filter::default() };
    for entry in audit::store::list(conn, &trail, &seek).await?.items {
        // Told already, by the ledger.
        if licences::TRAIL.contains(&entry.action.as_str()) {
            continue;
        }
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
