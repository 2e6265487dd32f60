//! Back-office pages of sessions: who was given what, and which products are worth sessions.
mod products;

use askama::Template;
use axum::{extract::State, response::Response};
use chrono::NaiveDate;
use serde::Deserialize;

use super::{
    domain::{Kind, Standing},
    list::{self, Filter, Listed, Movement, MovementFilter, Sort},
    store,
};
use crate::{
    app::App,
    auth::{Role, extract::Manager},
    core::{
        calendar,
        ids::{AccountId, GrantId, ShopId, WcId},
        page::Page,
    },
    shop,
    web::{
        cx::Cx,
        extract::{Path, Query},
        form::Opt,
        list::{Chips, Cursor, Pager, ROWS},
        page::page,
        problem::{Kind as ProblemKind, Problem},
        routes::{Access, Routes},
    },
};

pub fn routes() -> Routes {
    Routes::new()
        .get("/admin/sessions", Access::Staff(Role::Manager), index)
        .get("/admin/sessions/products", Access::Staff(Role::Manager), products::index)
        .post("/admin/sessions/products", Access::Staff(Role::Manager), products::save)
        .post("/admin/sessions/products/remove", Access::Staff(Role::Manager), products::remove)
        .get("/admin/sessions/{id}", Access::Staff(Role::Manager), show)
}

/// Up to how many rows are counted: beyond it, "more than" is enough.
const COUNTED: u32 = 10_000;

/// The smallest step of our clock.
const TICK: chrono::TimeDelta = chrono::TimeDelta::microseconds(1);

/// The filters, as they stand in the address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct ListForm {
    q: String,
    kind: String,
    state: String,
    from: String,
    to: String,
    never: String,
    sort: String,
}

impl ListForm {
    /// What the store is asked for. What makes no sense is left out, as if it had not been chosen.
    fn filter(&self, cx: &Cx) -> Filter {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        Filter {
            person: Some(self.q.trim().to_owned()).filter(|q| !q.is_empty()),
            kind: Kind::parse(&self.kind),
            standing: Standing::parse(&self.state),
            // An expiry is the first instant *after* the last usable one, so a day's expiries are (start, end].
            expires_from: day(&self.from).map(|d| calendar::start_of_day(d, cx.zone) + TICK),
            expires_to: day(&self.to).map(|d| calendar::end_of_day(d, cx.zone) + TICK),
            or_never: !self.never.is_empty(),
            ..Filter::default()
        }
    }

    fn sort(&self) -> Sort {
        Sort::parse(&self.sort).unwrap_or_default()
    }

    fn chips(&self, cx: &Cx, total: u32) -> Chips {
        let label = if total > COUNTED {
            cx.ta("sessions-more-than", &[("count", &cx.count(COUNTED))])
        } else {
            cx.n("sessions-grants", total)
        };
        let mut chips = Chips::new(cx, label);
        if !self.q.trim().is_empty() {
            chips.add(cx, "q", format!("«{}»", self.q.trim()));
        }
        if let Some(kind) = Kind::parse(&self.kind) {
            chips.add(cx, "kind", cx.t(kind_key(&kind)));
        }
        if let Some(standing) = Standing::parse(&self.state) {
            chips.add(cx, "state", cx.t(standing_key(&standing)));
        }
        if let Ok(day) = self.from.parse::<NaiveDate>() {
            chips.add(cx, "from", cx.ta("sessions-chip-from", &[("day", &cx.on(&day))]));
        }
        if let Ok(day) = self.to.parse::<NaiveDate>() {
            chips.add(cx, "to", cx.ta("sessions-chip-to", &[("day", &cx.on(&day))]));
        }
        if !self.never.is_empty() {
            chips.add(cx, "never", cx.t("sessions-chip-never"));
        }
        chips
    }
}

/// The text key of a kind of session.
pub fn kind_key(kind: &Kind) -> &'static str {
    match kind {
        Kind::Free => "session-kind-free",
        Kind::Purchased => "session-kind-purchased",
    }
}

/// The text key of how a grant stands.
pub fn standing_key(standing: &Standing) -> &'static str {
    match standing {
        Standing::Active => "session-state-active",
        Standing::Used => "session-state-used",
        Standing::Expired => "session-state-expired",
        Standing::Voided => "session-state-voided",
    }
}

/// The mark of how a grant stands.
pub fn standing_class(standing: &Standing) -> &'static str {
    match standing {
        Standing::Active => "is-ok",
        Standing::Used | Standing::Expired | Standing::Voided => "is-over",
    }
}

/// The tint of a kind of session.
pub fn kind_tone(kind: &Kind) -> &'static str {
    match kind {
        Kind::Free => "tone-plum",
        Kind::Purchased => "tone-teal",
    }
}

#[derive(Debug, Template)]
#[template(path = "sessions/admin_index.html")]
struct IndexPage {
    cx: Cx,
    form: ListForm,
    sort: Sort,
    kinds: Vec<Opt>,
    standings: Vec<Opt>,
    sorts: Vec<Opt>,
    chips: Chips,
    rows: Vec<Listed>,
    pager: Pager,
    has_any: bool,
}

impl IndexPage {
    fn state_class(&self, row: &Listed) -> &'static str {
        standing_class(&row.grant.standing(self.cx.now))
    }
    fn state(&self, row: &Listed) -> String {
        self.cx.t(standing_key(&row.grant.standing(self.cx.now)))
    }
    fn aria(&self, sort: Sort) -> Option<&'static str> {
        (self.sort == sort).then_some(match sort {
            Sort::Recent | Sort::Left => "descending",
            Sort::Expiry | Sort::Person => "ascending",
        })
    }
    fn soon(&self, row: &Listed) -> bool {
        let left = row.grant.expires_at.map(|at| at - self.cx.now);
        left.is_some_and(|left| left > chrono::TimeDelta::zero() && left <= chrono::TimeDelta::days(4))
    }
}

async fn index(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Query(form): Query<ListForm>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let seek = cursor.seek(ROWS)?;
    let (filter, sort) = (form.filter(&cx), form.sort());
    let mut conn = app.db.conn().await?;
    let Page { items, next, prev } = list::grants(&mut conn, &filter, sort, &seek, cx.now).await?;
    let total = list::count(&mut conn, &filter, COUNTED + 1, cx.now).await?;
    let has_any = total > 0 || list::count(&mut conn, &Filter::default(), 1, cx.now).await? > 0;
    let sorts: Vec<Opt> = Sort::ALL.iter().map(|s| Opt::new(s.as_str(), cx.t(sort_key(*s)))).collect();
    let note = cx.na("list-note", i64::from(ROWS), &[("order", &cx.t(sort_key(sort)).to_lowercase())]);
    let pager = Pager::new(&cx, &Page { items: Vec::<()>::new(), next, prev }, note);
    let chips = form.chips(&cx, total);
    let kinds = Kind::ALL.iter().map(|k| Opt::new(k.as_str(), cx.t(kind_key(k)))).collect();
    let standings = Standing::ALL.iter().map(|s| Opt::new(s.as_str(), cx.t(standing_key(s)))).collect();
    Ok(page(&IndexPage { form, sort, kinds, standings, sorts, chips, rows: items, pager, has_any, cx }))
}

fn sort_key(sort: Sort) -> &'static str {
    match sort {
        Sort::Recent => "sessions-sort-recent",
        Sort::Expiry => "sessions-sort-expiry",
        Sort::Left => "sessions-sort-left",
        Sort::Person => "sessions-sort-person",
    }
}

#[derive(Debug, Template)]
#[template(path = "sessions/admin_show.html")]
struct ShowPage {
    cx: Cx,
    grant: super::domain::Grant,
    standing: Standing,
    person: String,
    account: AccountId,
    order: Option<(String, String, ShopId, WcId)>,
    movements: Vec<Movement>,
    pager: Pager,
}

async fn show(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(id): Path<GrantId>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let mut conn = app.db.conn().await?;
    let grant = store::find(&mut conn, id).await?.ok_or_else(|| Problem::new(ProblemKind::NotFound))?;
    let account = crate::accounts::store::find(&mut conn, grant.account).await?;
    let order = match grant.source {
        None => None,
        Some(source) => {
            let shop = shop::store::find(&mut conn, source.shop).await?.map(|s| s.name).unwrap_or_default();
            let number = shop::mirror::order(&mut conn, source.shop, source.order)
                .await?
                .map_or_else(|| source.order.to_string(), |o| o.order.number);
            Some((number, shop, source.shop, source.order))
        }
    };
    let filter = MovementFilter { grant: Some(id), ..MovementFilter::default() };
    let Page { items, next, prev } = list::movements(&mut conn, &filter, &cursor.seek(ROWS)?).await?;
    let pager = Pager::new(&cx, &Page { items: Vec::<()>::new(), next, prev }, "");
    Ok(page(&ShowPage {
        standing: grant.standing(cx.now),
        person: account.map(|a| a.label()).unwrap_or_default(),
        account: grant.account,
        order,
        movements: items,
        pager,
        grant,
        cx,
    }))
}
