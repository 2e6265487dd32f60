//! The list of orders of all shops.
use askama::Template;
use axum::{extract::State, response::Response};
use chrono::NaiveDate;
use serde::Deserialize;

use crate::{
    app::App,
    auth::extract::Manager,
    core::{calendar, ids::ShopId, page::Page},
    shop::{
        labels::status_key,
        mirror::{OrderFilter, OrderRow, count_orders, list_orders},
        order::OrderStatus,
        store::{self, Shop},
    },
    web::{
        cx::Cx,
        extract::Query,
        form::Opt,
        list::{Chips, Cursor, Pager, ROWS},
        page::page,
        problem::Problem,
    },
};

/// Up to how many rows are counted: beyond it, "more than" is enough.
const COUNTED: u32 = 10_000;
/// The states that can be asked for. Plugins' own are found by looking.
const STATUSES: [OrderStatus; 8] = [
    OrderStatus::Pending,
    OrderStatus::Processing,
    OrderStatus::OnHold,
    OrderStatus::Completed,
    OrderStatus::Refunded,
    OrderStatus::Cancelled,
    OrderStatus::Failed,
    OrderStatus::Trash,
];

/// The filters, as they stand in the address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListForm {
    q: String,
    status: String,
    shop: String,
    from: String,
    to: String,
}

impl ListForm {
    fn status(&self) -> Option<OrderStatus> {
        STATUSES.into_iter().find(|status| status.as_str() == self.status)
    }

    /// What the store is asked for. What makes no sense is left out, as if it had not been chosen.
    fn filter(&self, cx: &Cx, shops: &[Shop]) -> OrderFilter {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        let status = self.status();
        OrderFilter {
            shop: shops.iter().map(|shop| shop.id).find(|id| id.to_string() == self.shop),
            with_deleted: status == Some(OrderStatus::Trash),
            status,
            account: None,
            text: self.q.trim().to_owned(),
            from: day(&self.from).map(|day| calendar::start_of_day(day, cx.zone)),
            to: day(&self.to).map(|day| calendar::end_of_day(day, cx.zone)),
        }
    }

    fn chips(&self, cx: &Cx, shops: &[Shop], total: u32) -> Chips {
        let label = if total > COUNTED {
            cx.ta("orders-more-than", &[("count", &cx.count(COUNTED))])
        } else {
            cx.n("orders-count", total)
        };
        let mut chips = Chips::new(cx, label);
        if !self.q.trim().is_empty() {
            chips.add(cx, "q", format!("«{}»", self.q.trim()));
        }
        if let Some(status) = self.status() {
            chips.add(cx, "status", cx.t(status_key(&status)));
        }
        if let Some(shop) = shops.iter().find(|shop| shop.id.to_string() == self.shop) {
            chips.add(cx, "shop", shop.name.clone());
        }
        if let Ok(day) = self.from.parse::<NaiveDate>() {
            chips.add(cx, "from", cx.ta("orders-chip-from", &[("day", &cx.on(&day))]));
        }
        if let Ok(day) = self.to.parse::<NaiveDate>() {
            chips.add(cx, "to", cx.ta("orders-chip-to", &[("day", &cx.on(&day))]));
        }
        chips
    }
}

#[derive(Debug, Template)]
#[template(path = "shop/admin_orders.html")]
struct OrdersPage {
    cx: Cx,
    form: ListForm,
    statuses: Vec<Opt>,
    shops: Vec<Opt>,
    chips: Chips,
    rows: Vec<OrderRow>,
    pager: Pager,
    has_any: bool,
}

impl OrdersPage {
    fn shop(&self, id: ShopId) -> &str {
        let id = id.to_string();
        self.shops.iter().find(|shop| shop.is(&id)).map_or("", |shop| shop.label.as_str())
    }
    fn net(&self, row: &OrderRow) -> String {
        self.cx.money(&row.net(), &row.currency)
    }
}

pub(super) async fn index(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Query(form): Query<ListForm>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let seek = cursor.seek(ROWS)?;
    let mut conn = app.db.conn().await?;
    let shops = store::list(&mut conn).await?;
    let filter = form.filter(&cx, &shops);
    let Page { items: rows, next, prev } = list_orders(&mut conn, &filter, &seek).await?;
    let total = count_orders(&mut conn, &filter, COUNTED + 1).await?;
    let has_any = total > 0
        || count_orders(&mut conn, &OrderFilter { with_deleted: true, ..OrderFilter::default() }, 1).await?
            > 0;
    let note = cx.na("list-note", ROWS, &[("order", &cx.t("orders-order"))]);
    let pager = Pager::new(&cx, &Page { items: Vec::<()>::new(), next, prev }, note);
    let chips = form.chips(&cx, &shops, total);
    let statuses = STATUSES.iter().map(|s| Opt::new(s, cx.t(status_key(s)))).collect();
    let shops = shops.iter().map(|shop| Opt::new(shop.id, &shop.name)).collect();
    Ok(page(&OrdersPage { cx, form, statuses, shops, chips, rows, pager, has_any }))
}
