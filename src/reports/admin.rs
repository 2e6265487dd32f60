//! The overview: what there is, what needs someone, how the last weeks went.
use askama::Template;
use axum::{extract::State, response::Response};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rust_decimal::{Decimal, RoundingStrategy};

use super::{
    chart::{self, Chart, Week},
    sessions::{
        period::{Grain, Period},
        store::{Ask, sums},
    },
    store::{self, Balances, Move, Sales},
    todo::{self, Todo},
};
use crate::{
    app::App,
    auth::{Role, extract::StatsStaff},
    core::calendar,
    db::DbError,
    sessions::{Kind, store::EntryKind, words as session_words},
    shop::{
        admin::Standing,
        store::{self as shops, Shop},
    },
    web::{
        cx::Cx,
        page::page,
        problem::Problem,
        routes::{Access, Routes},
    },
    words,
};

/// Movements shown.
const MOVES: u32 = 8;

pub fn routes() -> Routes {
    Routes::new().get("/admin", Access::Staff(Role::Stats), show)
}

#[derive(Debug, Template)]
#[template(path = "reports/admin.html")]
struct OverviewPage {
    cx: Cx,
    /// Whether the reader may see people and open what is listed.
    is_manager: bool,
    balances: Balances,
    /// How many people have any sessions.
    people: u64,
    used: u64,
    used_before: u64,
    sales: Vec<Sales>,
    shops: Vec<Shop>,
    todos: Vec<Todo>,
    chart: Chart,
    weeks: Vec<Week>,
    moves: Vec<Move>,
}

impl OverviewPage {
    /// `Miércoles 18 de noviembre · 2 tiendas · hora de Madrid`.
    fn lead(&self) -> String {
        let day = capital(&self.cx.date_long(&self.cx.now));
        let zone = self.cx.zone.name().rsplit('/').next().unwrap_or_default().replace('_', " ");
        let shops = self.cx.n("reports-shops", self.shops.len());
        self.cx.ta("reports-lead", &[("day", &day), ("shops", &shops), ("zone", &zone)])
    }
    fn orders(&self) -> u64 {
        self.sales.iter().map(|sales| sales.orders).sum()
    }
    fn net(&self) -> String {
        let sums: Vec<String> = self.sales.iter().map(|s| self.cx.money(&s.net, &s.currency)).collect();
        sums.join(" · ")
    }
    fn mean(&self) -> String {
        let mean = Decimal::from(self.balances.available)
            .checked_div(Decimal::from(self.people))
            .unwrap_or_default();
        let mean = words::decimal(self.cx.lang, mean, 1);
        self.cx.ta("reports-fig-people-mean", &[("mean", &mean)])
    }
    /// How the last seven days compare with the seven before.
    fn compared(&self) -> String {
        match change(self.used, self.used_before) {
            None if self.used == 0 => self.cx.t("reports-used-none"),
            None => self.cx.t("reports-used-none-before"),
            Some(share) if share.is_zero() => self.cx.t("reports-used-same"),
            Some(share) => {
                let text = self.cx.percent(&share.abs());
                let key = if share.is_sign_negative() { "reports-used-less" } else { "reports-used-more" };
                self.cx.ta(key, &[("share", &text)])
            }
        }
    }
    fn standing(&self, standing: Standing) -> usize {
        self.shops.iter().filter(|shop| Standing::of(shop) == standing).count()
    }
    fn shops_note(&self) -> String {
        let (failing, paused) = (self.standing(Standing::Failing), self.standing(Standing::Paused));
        match (self.shops.is_empty(), failing, paused) {
            (true, ..) => self.cx.t("reports-fig-shops-none"),
            (_, 0, 0) => self.cx.n("reports-fig-shops-well", self.shops.len()),
            (_, 0, paused) => self.cx.n("reports-fig-shops-paused", paused),
            (_, failing, _) => self.cx.n("reports-fig-shops-failing", failing),
        }
    }
    /// `21 oct`.
    fn tick(&self, day: NaiveDate) -> String {
        words::day_short(self.cx.lang, day, self.cx.today())
    }
    fn week(&self, week: &Week) -> String {
        if week.to == self.cx.today() && week.from == week.to {
            return self.cx.ta("reports-today", &[("day", &self.tick(week.to))]);
        }
        format!("{} – {}", self.tick(week.from), self.tick(week.to))
    }
    fn chart_label(&self) -> String {
        let days = (self.chart.days.first(), self.chart.days.last());
        let (Some(first), Some(last)) = days else {
            return String::new();
        };
        let args = [
            ("from", self.tick(first.day)),
            ("to", self.tick(last.day)),
            ("purchased", self.cx.count(self.chart.total_purchased())),
            ("free", self.cx.count(self.chart.total_free())),
        ];
        self.cx.ta("reports-chart-label", &args.each_ref().map(|(name, value)| (*name, value.as_str())))
    }
    fn person(&self, row: &Move) -> String {
        todo::person(&self.cx, &row.name, row.email.as_deref())
    }
    fn what(&self, row: &Move) -> String {
        self.cx.n(move_key(row.kind, row.grant_kind), row.delta.unsigned_abs())
    }
    fn detail(&self, row: &Move) -> String {
        match (row.kind, &row.expert) {
            (EntryKind::Consume, Some(expert)) => self.cx.ta("reports-move-with", &[("expert", expert)]),
            (EntryKind::Consume, None) => row.reason.clone(),
            _ if row.reason.is_empty() => String::new(),
            // Only what a shop did has an order's number for its reason; what people gave has their words.
            _ if row.actor_kind == "shop" => self.cx.ta("session-order", &[("number", &row.reason)]),
            _ => row.reason.clone(),
        }
    }
    fn when(&self, at: &DateTime<Utc>) -> String {
        if self.cx.day(at) == self.cx.today() { self.cx.time(at) } else { self.cx.moment(at) }
    }
    fn who(&self, row: &Move) -> String {
        self.cx.t(session_words::actor_key(&row.actor_kind))
    }
}

/// By how much `now` differs from `before`, in whole percent of it. `None` from nothing.
fn change(now: u64, before: u64) -> Option<Decimal> {
    let before = Decimal::from(before);
    let percent = (Decimal::ONE_HUNDRED * (Decimal::from(now) - before)).checked_div(before)?;
    Some(percent.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero))
}

fn move_key(kind: EntryKind, of: Kind) -> &'static str {
    match (kind, of) {
        (EntryKind::Consume, Kind::Purchased) => "reports-move-used-purchased",
        (EntryKind::Consume, Kind::Free) => "reports-move-used-free",
        (EntryKind::Grant, _) => "account-event-grant",
        (EntryKind::Void, _) => "account-event-void",
        (EntryKind::Restore, _) => "account-event-restore",
        (EntryKind::Settle, _) => "account-event-settle",
        (EntryKind::Adjust, _) => "account-event-adjust",
        (EntryKind::Expire, _) => "account-event-expire",
        (EntryKind::Hold, _) => "account-event-hold",
        (EntryKind::Release, _) => "account-event-release",
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

async fn show(State(app): State<App>, StatsStaff(staff): StatsStaff, cx: Cx) -> Result<Response, Problem> {
    let is_manager = staff.role >= Role::Manager;
    // The two long counts run beside each other, each on a connection that it waits for without holding another.
    let people = async { store::people_with_sessions(&mut *app.db.conn().await?, cx.now).await };
    let (people, rest) = tokio::try_join!(people, read(&app, &cx, is_manager))?;
    let (used, used_before) = chart::last_weeks(&rest.days);
    Ok(page(&OverviewPage {
        is_manager,
        balances: rest.balances,
        people,
        used,
        used_before,
        sales: rest.sales,
        shops: rest.shops,
        todos: rest.todos,
        weeks: chart::weeks(&rest.days),
        chart: Chart::new(rest.days),
        moves: rest.moves,
        cx,
    }))
}

/// What the overview shows, but for the count of people.
struct Read {
    balances: Balances,
    days: Vec<chart::Day>,
    sales: Vec<Sales>,
    shops: Vec<Shop>,
    todos: Vec<Todo>,
    moves: Vec<Move>,
}

async fn read(app: &App, cx: &Cx, is_manager: bool) -> Result<Read, DbError> {
    let (now, today) = (cx.now, cx.today());
    let mut conn = app.db.conn().await?;
    let first = chart::first_day(today);
    let ask = Ask {
        period: Period { from: first, to: today },
        before: None,
        grain: Grain::Day,
        kind: None,
        category: None,
        zone: cx.zone,
        now,
    };
    let week_ago = calendar::start_of_day(today - TimeDelta::days(6), cx.zone);
    let shops = shops::list(&mut conn).await?;
    Ok(Read {
        balances: store::balances(&mut conn, now, now + TimeDelta::days(7)).await?,
        days: chart::fill(first, today, &sums(&mut conn, &ask).await?),
        sales: store::sales(&mut conn, week_ago).await?,
        todos: if is_manager { todo::list(&mut conn, cx, &shops).await? } else { Vec::new() },
        moves: if is_manager { store::moves(&mut conn, MOVES).await? } else { Vec::new() },
        shops,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_in_whole_percent_and_from_nothing_not_at_all() {
        assert_eq!(change(248, 220), Some(Decimal::from(13)));
        assert_eq!(change(0, 8), Some(-Decimal::ONE_HUNDRED));
        assert_eq!(change(8, 8), Some(Decimal::ZERO));
        assert_eq!(change(8, 0), None);
    }

    #[test]
    fn a_sentence_begins_with_a_capital() {
        assert_eq!(capital("miércoles 18"), "Miércoles 18");
        assert_eq!(capital(""), "");
    }
}
