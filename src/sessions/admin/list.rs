//! The list of grants: filters, sorting, and marking rows to change several at once.
use askama::Template;
use axum::{extract::State, response::Response};
use serde::Deserialize;

use super::{kind_key, standing_class, standing_key};
use crate::{
    app::App,
    auth::{self, extract::Manager},
    core::{calendar, ids::BulkRunId, page::Page},
    sessions::{
        domain::{Category, Kind, Standing},
        list::{self, Filter, Listed, Sort},
        store::categories,
        words::{Badge, badge},
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

/// The smallest step of our clock.
const TICK: chrono::TimeDelta = chrono::TimeDelta::microseconds(1);

/// The filters, as they stand in the address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ListForm {
    q: String,
    kind: String,
    /// The code of a category.
    category: String,
    /// The number of a bulk assignment.
    run: String,
    state: String,
    from: String,
    to: String,
    never: String,
    sort: String,
}

impl ListForm {
    /// What the store is asked for. What makes no sense is left out, as if it had not been chosen.
    pub fn filter(&self, cx: &Cx, known: &[Category]) -> Filter {
        let day = calendar::parse_day;
        Filter {
            person: Some(self.q.trim().to_owned()).filter(|q| !q.is_empty()),
            kind: Kind::parse(&self.kind),
            category: self.category(known).map(|c| c.id),
            bulk_run: self.run.parse().ok().map(BulkRunId),
            standing: Standing::parse(&self.state),
            // An expiry is the first instant *after* the last usable one, so a day's expiries are (start, end].
            expires_from: day(&self.from).map(|d| calendar::start_of_day(d, cx.zone) + TICK),
            expires_to: day(&self.to).map(|d| calendar::end_of_day(d, cx.zone) + TICK),
            or_never: !self.never.is_empty(),
            ..Filter::default()
        }
    }

    fn category<'a>(&self, known: &'a [Category]) -> Option<&'a Category> {
        known.iter().find(|c| c.code == self.category)
    }

    pub fn sort(&self) -> Sort {
        Sort::parse(&self.sort).unwrap_or_default()
    }

    fn chips(&self, cx: &Cx, total: u32, known: &[Category]) -> Chips {
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
        if let Some(category) = self.category(known) {
            chips.add(cx, "category", &category.name);
        }
        if let Ok(run) = self.run.parse::<u64>() {
            chips.add(cx, "run", cx.ta("sessions-from-run", &[("run", &run.to_string())]));
        }
        if let Some(standing) = Standing::parse(&self.state) {
            chips.add(cx, "state", cx.t(standing_key(&standing)));
        }
        if let Some(day) = calendar::parse_day(&self.from) {
            chips.add(cx, "from", cx.ta("sessions-chip-from", &[("day", &cx.on(&day))]));
        }
        if let Some(day) = calendar::parse_day(&self.to) {
            chips.add(cx, "to", cx.ta("sessions-chip-to", &[("day", &cx.on(&day))]));
        }
        if !self.never.is_empty() {
            chips.add(cx, "never", cx.t("sessions-chip-never"));
        }
        chips
    }
}

#[derive(Debug, Template)]
#[template(path = "sessions/admin_index.html")]
struct IndexPage {
    cx: Cx,
    form: ListForm,
    sort: Sort,
    kinds: Vec<Opt>,
    known: Vec<Category>,
    /// Names of the staff, by the text of `created_by`.
    staff: Vec<(String, String)>,
    categories: Vec<Opt>,
    /// Categories that something can be moved to.
    targets: Vec<Opt>,
    standings: Vec<Opt>,
    sorts: Vec<Opt>,
    chips: Chips,
    rows: Vec<Listed>,
    pager: Pager,
    has_any: bool,
}

impl IndexPage {
    fn badge(&self, row: &Listed) -> Badge {
        badge(&self.cx, row.grant.kind, row.grant.category, &self.known)
    }
    /// Who of the staff gave it by hand.
    fn by(&self, row: &Listed) -> Option<&str> {
        let by_hand = row.grant.source.is_none() && row.grant.bulk_run.is_none();
        let found = self.staff.iter().find(|(key, _)| *key == row.created_by && by_hand);
        found.map(|(_, name)| name.as_str())
    }
    /// Where this list is exported, with its filters.
    fn export(&self, ending: &str) -> String {
        let path = format!("/admin/sessions/export.{ending}");
        if self.cx.query.is_empty() { path } else { format!("{path}?{}", self.cx.query) }
    }
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

pub(super) async fn index(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Query(form): Query<ListForm>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let seek = cursor.seek(ROWS)?;
    let mut conn = app.db.conn().await?;
    let known = categories::list(&mut conn).await?;
    let (filter, sort) = (form.filter(&cx, &known), form.sort());
    let Page { items, next, prev } = list::grants(&mut conn, &filter, sort, &seek, cx.now).await?;
    let total = list::count(&mut conn, &filter, COUNTED + 1, cx.now).await?;
    let has_any = total > 0 || list::count(&mut conn, &Filter::default(), 1, cx.now).await? > 0;
    let sorts: Vec<Opt> = Sort::ALL.iter().map(|s| Opt::new(s.as_str(), cx.t(sort_key(*s)))).collect();
    let note = cx.na("list-note", i64::from(ROWS), &[("order", &cx.t(sort_key(sort)).to_lowercase())]);
    let pager = Pager::new(&cx, &Page { items: Vec::<()>::new(), next, prev }, note);
    let chips = form.chips(&cx, total, &known);
    let kinds = Kind::ALL.iter().map(|k| Opt::new(k.as_str(), cx.t(kind_key(k)))).collect();
    let standings = Standing::ALL.iter().map(|s| Opt::new(s.as_str(), cx.t(standing_key(s)))).collect();
    let staff = auth::staff::list(&mut conn).await?;
    let staff = staff.into_iter().map(|s| (format!("staff:{}", s.id), s.name)).collect();
    let options = |only_used: bool| -> Vec<Opt> {
        let shown = known.iter().filter(|c| !(only_used && c.is_retired));
        shown.map(|c| Opt::new(&c.code, &c.name)).collect()
    };
    let (categories, targets) = (options(false), options(true));
    Ok(page(&IndexPage {
        form,
        sort,
        kinds,
        categories,
        targets,
        standings,
        sorts,
        chips,
        rows: items,
        pager,
        has_any,
        known,
        staff,
        cx,
    }))
}

fn sort_key(sort: Sort) -> &'static str {
    match sort {
        Sort::Recent => "sessions-sort-recent",
        Sort::Expiry => "sessions-sort-expiry",
        Sort::Left => "sessions-sort-left",
        Sort::Person => "sessions-sort-person",
    }
}
