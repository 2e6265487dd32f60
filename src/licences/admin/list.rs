//! The list of licences, with its filters in the address.
use askama::Template;
use axum::{extract::State, response::Response};
use chrono::NaiveDate;
use serde::Deserialize;

use crate::{
    app::App,
    auth::extract::Manager,
    core::{calendar, feature::FeatureCode, page::Page},
    entitlements,
    licences::{
        domain::{Mode, Plan, Standing},
        list::{self, Filter, Listed, Sort},
        settings::LicenceSettings,
        words::{self, Features, Names},
    },
    settings,
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

/// The filters, as they stand in the address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListForm {
    q: String,
    plan: String,
    feature: String,
    state: String,
    from: String,
    to: String,
    soon: String,
    sort: String,
}

fn day(text: &str) -> Option<NaiveDate> {
    calendar::parse_day(text)
}

impl ListForm {
    /// What the store is asked for. What makes no sense is left out, as if it had not been chosen.
    pub(super) fn filter(&self, soon_days: u32) -> Filter {
        Filter {
            person: Some(self.q.trim().to_owned()).filter(|q| !q.is_empty()),
            plan: Plan::parse(&self.plan),
            feature: FeatureCode::parse(&self.feature),
            standing: Standing::parse(&self.state),
            last_from: day(&self.from),
            last_to: day(&self.to),
            within: (!self.soon.is_empty()).then_some(soon_days),
        }
    }

    pub(super) fn sort(&self) -> Sort {
        Sort::parse(&self.sort).unwrap_or_default()
    }

    fn chips(&self, cx: &Cx, total: u32, chosen: &LicenceSettings, features: &Features) -> Chips {
        let label = if total > COUNTED {
            cx.ta("licences-more-than", &[("count", &cx.count(COUNTED))])
        } else {
            cx.n("licences-n", total)
        };
        let mut chips = Chips::new(cx, label);
        let filter = self.filter(chosen.soon_days);
        if let Some(person) = &filter.person {
            chips.add(cx, "q", format!("«{person}»"));
        }
        if let Some(plan) = filter.plan {
            chips.add(cx, "plan", words::plan(cx, plan, chosen.free_days));
        }
        if let Some(feature) = &filter.feature {
            chips.add(cx, "feature", features.name(feature));
        }
        if let Some(standing) = filter.standing {
            chips.add(cx, "state", cx.t(words::standing_key(&standing)));
        }
        if let Some(day) = filter.last_from {
            chips.add(cx, "from", cx.ta("licences-chip-from", &[("day", &cx.on(&day))]));
        }
        if let Some(day) = filter.last_to {
            chips.add(cx, "to", cx.ta("licences-chip-to", &[("day", &cx.on(&day))]));
        }
        if let Some(days) = filter.within {
            chips.add(cx, "soon", cx.n("licences-chip-soon", days));
        }
        chips
    }
}

#[derive(Debug, Template)]
#[template(path = "licences/admin_index.html")]
struct IndexPage {
    cx: Cx,
    form: ListForm,
    sort: Sort,
    chosen: LicenceSettings,
    features: Features,
    names: Names,
    plans: Vec<Opt>,
    known: Vec<Opt>,
    standings: Vec<Opt>,
    sorts: Vec<Opt>,
    chips: Chips,
    rows: Vec<Listed>,
    pager: Pager,
    has_any: bool,
}

impl IndexPage {
    /// Where this list is exported, with its filters.
    fn export(&self, ending: &str) -> String {
        let path = format!("/admin/licences/export.{ending}");
        if self.cx.query.is_empty() { path } else { format!("{path}?{}", self.cx.query) }
    }
    fn plan(&self, row: &Listed) -> String {
        words::plan(&self.cx, row.licence.plan, self.chosen.free_days)
    }
    fn tone(row: &Listed) -> &'static str {
        words::plan_tone(&row.licence.plan)
    }
    fn standing(&self, row: &Listed) -> Standing {
        row.licence.standing(self.cx.today())
    }
    fn state_class(&self, row: &Listed) -> &'static str {
        words::standing_class(&self.standing(row))
    }
    fn state(&self, row: &Listed) -> String {
        self.cx.t(words::standing_key(&self.standing(row)))
    }
    fn is_dated(row: &Listed) -> bool {
        row.licence.plan.mode == Mode::Date
    }
    fn soon(&self, row: &Listed) -> bool {
        let away = row.licence.expires_on.map(|day| (day - self.cx.today()).num_days());
        away.is_some_and(|days| (0..=i64::from(self.chosen.soon_days)).contains(&days))
    }
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn away(&self, day: &NaiveDate) -> String {
        crate::words::relative_days(self.cx.lang, *day, self.cx.today())
    }
    fn by(&self, row: &Listed) -> String {
        self.names.by(&self.cx, &row.created_by)
    }
    fn aria(&self, sort: Sort) -> Option<&'static str> {
        (self.sort == sort).then_some(match sort {
            Sort::Recent => "descending",
            Sort::Expiry | Sort::Person => "ascending",
        })
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
    let chosen: LicenceSettings = settings::get(&mut conn).await?;
    let features = Features(entitlements::store::features(&mut conn).await?);
    let (filter, sort) = (form.filter(chosen.soon_days), form.sort());
    let today = cx.today();
    let Page { items, next, prev } = list::licences(&mut conn, &filter, sort, &seek, (cx.now, today)).await?;
    let total = list::count(&mut conn, &filter, COUNTED + 1, today).await?;
    let has_any = total > 0 || list::count(&mut conn, &Filter::default(), 1, today).await? > 0;
    let note = cx.na("list-note", i64::from(ROWS), &[("order", &cx.t(sort_key(sort)).to_lowercase())]);
    let pager = Pager::new(&cx, &Page { items: Vec::<()>::new(), next, prev }, note);
    let standing = |s: &Standing| Opt::new(s.as_str(), cx.t(words::standing_key(s)));
    let sorts = Sort::ALL.iter().map(|s| Opt::new(s.as_str(), cx.t(sort_key(*s)))).collect();
    Ok(page(&IndexPage {
        chips: form.chips(&cx, total, &chosen, &features),
        plans: Plan::ALL
            .iter()
            .map(|p| Opt::new(p.as_str(), words::plan(&cx, *p, chosen.free_days)))
            .collect(),
        known: features.0.iter().map(|f| Opt::new(&f.code, &f.name)).collect(),
        standings: Standing::ALL.iter().map(standing).collect(),
        names: Names::load(&mut conn).await?,
        form,
        sort,
        sorts,
        chosen,
        features,
        rows: items,
        pager,
        has_any,
        cx,
    }))
}

fn sort_key(sort: Sort) -> &'static str {
    match sort {
        Sort::Recent => "licences-sort-recent",
        Sort::Expiry => "licences-sort-expiry",
        Sort::Person => "licences-sort-person",
    }
}
