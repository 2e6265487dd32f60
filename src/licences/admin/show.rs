//! One licence, the answer first: what is left of it, or until when it works, or why it does not.
use askama::Template;
use axum::{extract::State, response::Response};
use chrono::NaiveDate;

use super::panel::{Brief, briefs};
use crate::{
    accounts,
    app::App,
    auth::extract::Manager,
    core::{ids::LicenceId, page::Page},
    entitlements,
    licences::{
        domain::{Licence, Standing},
        settings::LicenceSettings,
        store::{
            self, Move,
            entries::{self, Of},
        },
        words::{self, Features, Names},
    },
    settings,
    web::{
        cx::Cx,
        extract::{Path, Query},
        list::{Cursor, Pager, ROWS},
        page::page,
        problem::{Kind as ProblemKind, Problem},
    },
};

#[derive(Debug, Template)]
#[template(path = "licences/admin_show.html")]
struct ShowPage {
    cx: Cx,
    licence: Licence,
    standing: Standing,
    person: String,
    chosen: LicenceSettings,
    features: Features,
    names: Names,
    created_by: String,
    history: Vec<(NaiveDate, Vec<Move>)>,
    pager: Pager,
    others: Vec<Brief>,
}

impl ShowPage {
    fn plan(&self) -> String {
        words::plan(&self.cx, self.licence.plan, self.chosen.free_days)
    }
    /// `Quedan 3 de 5 catálogos`, `Vigente hasta el 21 de diciembre de 2026`.
    fn answer(&self) -> String {
        let cx = &self.cx;
        let unit = self.features.unit(&self.licence.feature, self.licence.granted);
        let total = cx.count(self.licence.granted);
        let day = self.licence.expires_on.map(|day| cx.on_full(&day)).unwrap_or_default();
        match self.standing {
            Standing::Blocked => cx.t("licences-answer-blocked"),
            Standing::Undated => cx.t("licences-answer-undated"),
            Standing::Expired => cx.ta("licences-answer-expired", &[("day", &day)]),
            Standing::UsedUp if self.licence.granted == 0 => cx.t("licences-answer-none"),
            Standing::UsedUp => cx.na("licences-answer-used-up", self.licence.granted, &[("unit", unit)]),
            Standing::Active if self.licence.plan.is_dated() => {
                cx.ta("licences-answer-until", &[("day", &day)])
            }
            Standing::Active => {
                cx.na("licences-answer-left", self.licence.remaining(), &[("total", &total), ("unit", unit)])
            }
        }
    }
    /// What that means, and what helps.
    fn why(&self) -> String {
        let cx = &self.cx;
        match (self.standing, &self.licence.blocked) {
            (Standing::Blocked, Some(block)) => cx.ta(
                "licences-why-blocked",
                &[
                    ("day", &cx.date_long(&block.at)),
                    ("reason", &block.reason),
                    ("left", &words::left(cx, &self.licence, &self.features)),
                ],
            ),
            (Standing::Undated, _) => cx.t("licences-why-undated"),
            (Standing::Expired, _) => cx.t("licences-why-expired"),
            (Standing::UsedUp, _) => cx.t("licences-why-used-up"),
            _ if self.licence.plan.is_dated() => {
                let away =
                    self.licence.expires_on.map(|day| crate::words::relative_days(cx.lang, day, cx.today()));
                cx.ta("licences-why-until", &[("in", &away.unwrap_or_default())])
            }
            _ => cx.t("licences-why-left"),
        }
    }
    fn what(&self, row: &Move) -> String {
        words::act(&self.cx, row, self.chosen.free_days)
    }
    /// Result, balance after, who and why, in this order.
    fn detail(&self, row: &Move) -> String {
        let mut parts = vec![words::after(&self.cx, row)];
        if row.delta == 0 {
            parts.insert(0, words::result(&self.cx, row));
        }
        parts.push(self.names.who(&self.cx, &row.actor_kind, &row.actor_id));
        match words::reason(&self.cx, row) {
            // The number of an order is nobody's words.
            order if row.actor_kind == "shop" => parts.push(order),
            said if said.is_empty() => {}
            said => parts.push(format!("«{said}»")),
        }
        parts.retain(|part| !part.is_empty());
        parts.join(" · ")
    }
    fn by(&self) -> String {
        self.names.by(&self.cx, &self.created_by)
    }
}

pub(super) async fn show(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(id): Path<LicenceId>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let mut conn = app.db.conn().await?;
    let licence =
        store::find(&mut conn, id, cx.now).await?.ok_or_else(|| Problem::new(ProblemKind::NotFound))?;
    let account = accounts::store::find(&mut conn, licence.account).await?;
    let seek = cursor.seek(ROWS)?;
    let Page { items, next, prev } = entries::page(&mut conn, Of::Licence(id), &seek).await?;
    let pager = Pager::new(&cx, &Page { items: Vec::<()>::new(), next, prev }, "");
    let mut history: Vec<(NaiveDate, Vec<Move>)> = Vec::new();
    for row in items {
        let day = cx.day(&row.at);
        match history.last_mut() {
            Some((last, rows)) if *last == day => rows.push(row),
            _ => history.push((day, vec![row])),
        }
    }
    let mut others = briefs(&mut conn, &cx, licence.account).await?;
    others.retain(|brief| brief.id != id);
    Ok(page(&ShowPage {
        standing: licence.standing(cx.today()),
        person: account.map(|a| a.label()).unwrap_or_default(),
        chosen: settings::get(&mut conn).await?,
        features: Features(entitlements::store::features(&mut conn).await?),
        names: Names::load(&mut conn).await?,
        created_by: store::created_by(&mut conn, id).await?,
        licence,
        history,
        pager,
        others,
        cx,
    }))
}
