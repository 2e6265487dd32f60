//! The page of the report on sessions. Whoever may only see statistics sees it too.
use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use sqlx::MySqlConnection;

use super::{
    Counts, Figures, Part, Report, Scope, Step,
    export::{self, Sheet},
    form::{LABELS, ReportForm},
    period::{Grain, Preset},
    share, store,
};
use crate::{
    app::App,
    auth::{Role, extract::StatsStaff},
    core::calendar,
    db::DbError,
    reports::chart,
    sessions::{Kind, admin::kind_key, domain::Category, store::categories},
    web::{
        cx::Cx,
        extract::Query,
        form::{FormErrors, Opt},
        list::Chips,
        page::{page, page_with},
        problem::Problem,
        routes::{Access, Routes},
    },
    words,
};

pub const PATH: &str = "/admin/sessions/report";
/// Labels under the chart.
const TICKS: usize = 5;

pub fn routes() -> Routes {
    let stats = Access::Staff(Role::Stats);
    Routes::new().get(PATH, stats, show).get("/admin/sessions/report.csv", stats, csv).get(
        "/admin/sessions/report.xlsx",
        stats,
        xlsx,
    )
}

/// A choice among a few, as a link.
#[derive(Debug)]
struct Segment {
    label: String,
    href: String,
    is_current: bool,
}

/// The trend as a drawing.
#[derive(Debug)]
struct Trend {
    scale: Vec<u64>,
    given: String,
    used: String,
    ticks: Vec<String>,
}

#[derive(Debug, Template)]
#[template(path = "reports/sessions.html")]
struct ReportPage {
    cx: Cx,
    form: ReportForm,
    errors: FormErrors,
    presets: Vec<Segment>,
    kinds: Vec<Opt>,
    categories: Vec<Opt>,
    chips: Chips,
    is_manager: bool,
    /// `None` while the days make no sense.
    shown: Option<Shown>,
}

#[derive(Debug)]
struct Shown {
    report: Report,
    trend: Trend,
    grains: Vec<Segment>,
    comparison: Vec<export::Row>,
}

impl ReportPage {
    fn preset_key(preset: Preset) -> &'static str {
        match preset {
            Preset::Week => "sessions-report-7d",
            Preset::ThirtyDays => "sessions-report-30d",
            Preset::Month => "sessions-report-month",
            Preset::LastMonth => "sessions-report-last-month",
            Preset::Year => "sessions-report-year",
            Preset::All => "sessions-report-all",
        }
    }

    fn new(
        cx: Cx,
        form: ReportForm,
        errors: FormErrors,
        known: &[Category],
        report: Option<Report>,
        is_manager: bool,
    ) -> Self {
        let presets = Preset::ALL
            .into_iter()
            .map(|preset| Segment {
                label: cx.t(Self::preset_key(preset)),
                href: form.at(preset),
                is_current: form.preset() == Some(preset) && errors.is_empty(),
            })
            .collect();
        let mut form = form;
        let title = report.as_ref().map(|report| export::days(&cx, &report.scope.period)).unwrap_or_default();
        let mut chips = Chips::new(&cx, title);
        if let Some(kind) = Kind::parse(&form.kind) {
            chips.add(&cx, "kind", cx.t(kind_key(&kind)));
        }
        if let Some(category) = form.category(known) {
            chips.add(&cx, "category", &category.name);
        }
        let shown = report.map(|report| {
            let grains = Grain::ALL
                .into_iter()
                .filter(|grain| grain.fits(&report.scope.period))
                .map(|grain| Segment {
                    label: cx.t(export::grain_key(grain)),
                    href: form.by(grain),
                    is_current: grain == report.scope.grain,
                })
                .collect();
            // What the fields show is what is looked at, however it was chosen.
            form.from = report.scope.period.from.to_string();
            form.to = report.scope.period.to.to_string();
            let trend = trend(&cx, &report);
            Shown { comparison: export::comparison(&report), trend, grains, report }
        });
        let kinds = Kind::ALL.iter().map(|kind| Opt::new(kind.as_str(), cx.t(kind_key(kind)))).collect();
        let categories = known.iter().map(|category| Opt::new(&category.code, &category.name)).collect();
        Self { cx, form, errors, presets, kinds, categories, chips, is_manager, shown }
    }

    /// `Del 20 de octubre al 18 de noviembre de 2026, hora de Madrid. Se compara con los 30 días anteriores.`
    fn lead(&self) -> String {
        let Some(shown) = &self.shown else {
            return self.cx.t("sessions-report-intro");
        };
        let period = &shown.report.scope.period;
        let days = export::days(&self.cx, period);
        let zone = self.cx.zone.name().rsplit('/').next().unwrap_or_default().replace('_', " ");
        let args = [("days", days.as_str()), ("zone", zone.as_str())];
        if shown.report.before.is_some() {
            self.cx.na("sessions-report-lead", period.days(), &args)
        } else {
            self.cx.ta("sessions-report-lead-all", &args)
        }
    }

    fn export_url(&self, path: &str) -> String {
        self.form.url(path)
    }

    /// How a figure compares: `13 % más`, `igual`, `antes, ninguna`.
    fn compared(&self, report: &Report, of: fn(&Figures) -> u64) -> String {
        let Some(before) = &report.before else {
            return String::new();
        };
        let (now, before) = (of(&report.now), of(before));
        match (now, before) {
            (0, 0) => self.cx.t("sessions-report-none-either"),
            (_, 0) => self.cx.t("sessions-report-none-before"),
            (now, before) if now == before => self.cx.t("sessions-report-same"),
            (now, before) => {
                let text = share(now.abs_diff(before), before)
                    .map(|share| self.cx.percent(&rounded(share)))
                    .unwrap_or_default();
                let key = if now > before { "sessions-report-more" } else { "sessions-report-less" };
                self.cx.ta(key, &[("share", &text)])
            }
        }
    }

    fn compared_free(&self, report: &Report) -> String {
        self.compared(report, |figures| figures.counts.free)
    }
    fn compared_used(&self, report: &Report) -> String {
        self.compared(report, |figures| figures.counts.used)
    }
    fn compared_expired(&self, report: &Report) -> String {
        self.compared(report, |figures| figures.counts.expired)
    }
    fn compared_people(&self, report: &Report) -> String {
        self.compared(report, |figures| figures.people)
    }

    /// How the conversion compares, in points.
    fn compared_rate(&self, report: &Report) -> String {
        let before = report.before.as_ref().and_then(Figures::rate);
        let (Some(now), Some(before)) = (report.now.rate(), before) else {
            return String::new();
        };
        let points = now - before;
        if points.is_zero() {
            return self.cx.t("sessions-report-same");
        }
        let key = if points.is_sign_negative() {
            "sessions-report-points-less"
        } else {
            "sessions-report-points-more"
        };
        let text = words::decimal(self.cx.lang, points.abs(), 1);
        self.cx.ta(key, &[("points", &text)])
    }

    fn given_share(&self, part: &Part, report: &Report) -> String {
        self.say_share(share(part.counts.given(), report.now.counts.given()))
    }
    fn used_share(&self, part: &Part, report: &Report) -> String {
        self.say_share(share(part.counts.used, report.now.counts.used))
    }
    fn say_share(&self, share: Option<Decimal>) -> String {
        share.map(|share| self.cx.percent(&share)).unwrap_or_default()
    }

    fn step(&self, step: &Step) -> String {
        let grain = self.shown.as_ref().map_or(Grain::Day, |shown| shown.report.scope.grain);
        export::step(&self.cx, &step.period, grain)
    }

    fn part(&self, part: &Part) -> String {
        export::part(&self.cx, part)
    }

    fn part_class(part: &Part) -> &'static str {
        part.category.as_ref().map_or("tone-teal", |category| category.tone.class())
    }

    fn step_key(report: &Report) -> &'static str {
        export::grain_column(report.scope.grain)
    }

    /// What the line of what was given is called: with what was bought, unless only one of both is looked at.
    fn given_key(scope: &Scope) -> &'static str {
        export::given_key(scope)
    }

    fn chart_label(&self, report: &Report) -> String {
        let (first, last) = (report.steps.first(), report.steps.last());
        let (Some(first), Some(last)) = (first, last) else {
            return String::new();
        };
        let given = self.cx.t(Self::given_key(&report.scope)).to_lowercase();
        let args = [
            ("from", self.cx.on(&first.period.from)),
            ("to", self.cx.on(&last.period.to)),
            ("given", self.cx.count(report.now.counts.given())),
            ("what", given),
            ("used", self.cx.count(report.now.counts.used)),
        ];
        self.cx
            .ta("sessions-report-chart-label", &args.each_ref().map(|(name, value)| (*name, value.as_str())))
    }

    /// What the trend says in a sentence.
    fn news(&self, report: &Report) -> String {
        let Counts { used, .. } = report.now.counts;
        match self.compared(report, |figures| figures.counts.used) {
            text if text.is_empty() => self.cx.n("sessions-report-news-all", used),
            text => self.cx.na("sessions-report-news", used, &[("compared", &text)]),
        }
    }
}

fn rounded(share: Decimal) -> Decimal {
    share.round_dp_with_strategy(0, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
}

fn trend(cx: &Cx, report: &Report) -> Trend {
    let given: Vec<u64> = report.steps.iter().map(|step| step.counts.given()).collect();
    let used: Vec<u64> = report.steps.iter().map(|step| step.counts.used).collect();
    let scale = chart::scale(given.iter().chain(&used).copied().max().unwrap_or(0));
    let top = scale.first().copied().unwrap_or(1);
    let ticks = chart::ticks(report.steps.len(), TICKS)
        .into_iter()
        .filter_map(|at| report.steps.get(at))
        .map(|step| export::tick(cx, &step.period, report.scope.grain))
        .collect();
    Trend { given: chart::line(&given, top), used: chart::line(&used, top), scale, ticks }
}

/// The day on which the ledger begins; today, before it does.
async fn first_day(conn: &mut MySqlConnection, cx: &Cx) -> Result<NaiveDate, DbError> {
    let first = store::first_entry(conn).await?;
    Ok(first.map_or_else(|| cx.today(), |at| calendar::day_of(at, cx.zone)))
}

async fn show(
    State(app): State<App>,
    StatsStaff(staff): StatsStaff,
    cx: Cx,
    Query(form): Query<ReportForm>,
) -> Result<Response, Problem> {
    let is_manager = staff.role >= Role::Manager;
    let mut conn = app.db.conn().await?;
    let known = categories::list(&mut conn).await?;
    match form.check(cx.today(), first_day(&mut conn, &cx).await?) {
        Ok(period) => {
            let report = Report::load(&mut conn, form.scope(period, &known), cx.zone, cx.now).await?;
            Ok(page(&ReportPage::new(cx, form, FormErrors::of(LABELS), &known, Some(report), is_manager)))
        }
        Err(errors) => {
            let shown = ReportPage::new(cx, form, errors, &known, None, is_manager);
            Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
    }
}

/// The report as sheets, or the page that says why there is none.
async fn sheets(app: &App, cx: &Cx, form: &ReportForm) -> Result<Result<Vec<Sheet>, FormErrors>, Problem> {
    let mut conn = app.db.conn().await?;
    let period = match form.check(cx.today(), first_day(&mut conn, cx).await?) {
        Ok(period) => period,
        Err(errors) => return Ok(Err(errors)),
    };
    let known = categories::list(&mut conn).await?;
    let report = Report::load(&mut conn, form.scope(period, &known), cx.zone, cx.now).await?;
    Ok(Ok(export::sheets(cx, &report)))
}

async fn refused(app: &App, cx: Cx, form: ReportForm, errors: FormErrors) -> Result<Response, Problem> {
    let is_manager = cx.staff.as_ref().is_some_and(|staff| staff.role >= Role::Manager);
    let known = categories::list(&mut *app.db.conn().await?).await?;
    let shown = ReportPage::new(cx, form, errors, &known, None, is_manager);
    Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown))
}

async fn csv(
    State(app): State<App>,
    _staff: StatsStaff,
    cx: Cx,
    Query(form): Query<ReportForm>,
) -> Result<Response, Problem> {
    match sheets(&app, &cx, &form).await? {
        Ok(sheets) => Ok(export::csv(&cx, sheets)),
        Err(errors) => refused(&app, cx, form, errors).await,
    }
}

async fn xlsx(
    State(app): State<App>,
    _staff: StatsStaff,
    cx: Cx,
    Query(form): Query<ReportForm>,
) -> Result<Response, Problem> {
    match sheets(&app, &cx, &form).await? {
        Ok(sheets) => Ok(export::xlsx(&cx, sheets).await.map_err(|e| Problem::internal(&e))?.into_response()),
        Err(errors) => refused(&app, cx, form, errors).await,
    }
}
