//! The report's words and figures, for the page and as files.
use axum::response::Response;
use chrono::Datelike;
use futures::StreamExt;
use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{
    Figures, Part, Report, Scope,
    period::{Grain, Period},
    share,
};
use crate::{
    sessions::{Kind, admin::kind_key},
    web::{
        cx::Cx,
        export::{Line, csv_stream},
        lang::Lang,
        xlsx::{self, Cell, XlsxError},
    },
    words,
};

/// `del 20 de octubre al 18 de noviembre de 2026`, or the one day.
pub fn days(cx: &Cx, period: &Period) -> String {
    if period.from == period.to {
        return cx.on_full(&period.to);
    }
    let from = cx.on_full(&period.from);
    let year = format!(" de {}", period.from.year());
    let english_year = format!(" {}", period.from.year());
    let same_year = period.from.year() == period.to.year();
    // The year is said once.
    let from = match cx.lang {
        Lang::Es if same_year => from.trim_end_matches(&year).to_owned(),
        Lang::En if same_year => from.trim_end_matches(&english_year).to_owned(),
        _ => from,
    };
    cx.ta("sessions-report-days", &[("from", &from), ("to", &cx.on_full(&period.to))])
}

/// The text key of a step's length.
pub fn grain_key(grain: Grain) -> &'static str {
    match grain {
        Grain::Day => "sessions-report-by-day",
        Grain::Week => "sessions-report-by-week",
        Grain::Month => "sessions-report-by-month",
    }
}

/// The text key of the column that names the steps.
pub fn grain_column(grain: Grain) -> &'static str {
    match grain {
        Grain::Day => "sessions-report-day",
        Grain::Week => "sessions-report-week",
        Grain::Month => "sessions-report-of-month",
    }
}

/// What the given sessions of a scope are called.
pub fn given_key(scope: &Scope) -> &'static str {
    match (scope.kind, scope.category) {
        (Some(Kind::Purchased), _) => "sessions-report-bought",
        (Some(Kind::Free), _) | (_, Some(_)) => "sessions-report-given",
        (None, None) => "sessions-report-given-both",
    }
}

/// A step in the table: `21 oct 2026`, `19 oct 2026 – 25 oct 2026`, `oct 2026`.
pub fn step(cx: &Cx, period: &Period, grain: Grain) -> String {
    match grain {
        Grain::Day => cx.on(&period.from),
        Grain::Week if period.from == period.to => cx.on(&period.from),
        Grain::Week => format!("{} – {}", cx.on(&period.from), cx.on(&period.to)),
        Grain::Month => month(cx, *period),
    }
}

/// `oct 2026`.
fn month(cx: &Cx, period: Period) -> String {
    let text = cx.on(&period.from);
    text.split_once(' ').map_or_else(|| text.clone(), |(_, month)| month.to_owned())
}

/// A step under the chart: `21 oct`, `oct 2026`.
pub fn tick(cx: &Cx, period: &Period, grain: Grain) -> String {
    match grain {
        Grain::Day | Grain::Week => words::day_short(cx.lang, period.from, cx.today()),
        Grain::Month => month(cx, *period),
    }
}

/// The name of a part.
pub fn part(cx: &Cx, part: &Part) -> String {
    match &part.category {
        Some(category) => category.name.clone(),
        None => cx.t("sessions-report-bought"),
    }
}

/// What stands in the comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    Count(u64),
    /// Per cent, of nothing if `None`.
    Rate(Option<Decimal>),
    /// Seconds.
    Wait(Option<u64>),
}

impl Value {
    pub fn say(&self, cx: &Cx) -> String {
        match self {
            Self::Count(n) => cx.count(n),
            Self::Rate(Some(rate)) => cx.percent(rate),
            Self::Wait(Some(seconds)) => cx.duration(seconds),
            Self::Rate(None) | Self::Wait(None) => "–".to_owned(),
        }
    }

    fn cell(self) -> Cell {
        match self {
            Self::Count(n) => Cell::Count(n),
            Self::Rate(Some(rate)) => Cell::Percent(rate.to_f64().unwrap_or_default()),
            Self::Wait(Some(seconds)) => Cell::Number(hours(seconds)),
            Self::Rate(None) | Self::Wait(None) => Cell::Empty,
        }
    }

    fn text(self) -> String {
        match self {
            Self::Count(n) => n.to_string(),
            Self::Rate(Some(rate)) => rate.to_string(),
            Self::Wait(Some(seconds)) => hours(seconds).to_string(),
            Self::Rate(None) | Self::Wait(None) => String::new(),
        }
    }
}

/// With one digit after the point.
#[expect(clippy::cast_precision_loss, reason = "seconds of some years are far below 2^52")]
fn hours(seconds: u64) -> f64 {
    (seconds as f64 / 360.0).round() / 10.0
}

/// A measure, now and before.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub key: &'static str,
    /// What it is called in a file, where its unit is not seen.
    file_key: &'static str,
    pub now: Value,
    pub before: Option<Value>,
}

/// Every measure of the report, with the period before.
pub fn comparison(report: &Report) -> Vec<Row> {
    let row = |key, file_key, of: fn(&Figures) -> Value| Row {
        key,
        file_key,
        now: of(&report.now),
        before: report.before.as_ref().map(of),
    };
    let plain = |key, of| row(key, key, of);
    vec![
        plain("sessions-report-given", |f| Value::Count(f.counts.free)),
        plain("sessions-report-bought", |f| Value::Count(f.counts.bought)),
        plain("sessions-report-used", |f| Value::Count(f.counts.used)),
        plain("sessions-report-expired", |f| Value::Count(f.counts.expired)),
        plain("sessions-report-people", |f| Value::Count(f.people)),
        row("sessions-report-wait", "sessions-report-wait-hours", |f| Value::Wait(f.counts.wait())),
        plain("sessions-report-first-uses", |f| Value::Count(f.conversion.used)),
        plain("sessions-report-bought-after", |f| Value::Count(f.conversion.bought)),
        row("sessions-report-conversion", "sessions-report-conversion-percent", |f| Value::Rate(f.rate())),
    ]
}

/// A table of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    title: String,
    header: Vec<String>,
    rows: Vec<(Vec<Cell>, Line)>,
}

/// The report as tables: figures, trend, categories.
pub fn sheets(cx: &Cx, report: &Report) -> Vec<Sheet> {
    let texts = |keys: &[&str]| keys.iter().map(|key| cx.t(key)).collect::<Vec<_>>();
    let scope = &report.scope;
    let mut figures: Vec<(Vec<Cell>, Line)> = Vec::new();
    let mut fact = |key: &str, cell: Cell, text: String| {
        figures.push((vec![Cell::Text(cx.t(key)), cell], vec![cx.t(key), text]));
    };
    let Period { from, to } = scope.period;
    fact("sessions-report-from", Cell::Day(from), from.to_string());
    fact("sessions-report-to", Cell::Day(to), to.to_string());
    if report.before.is_some() {
        let Period { from, to } = scope.period.before();
        fact("sessions-report-before-from", Cell::Day(from), from.to_string());
        fact("sessions-report-before-to", Cell::Day(to), to.to_string());
    }
    let wall = cx.now.with_timezone(&cx.zone).naive_local();
    fact("sessions-report-exported", Cell::Moment(wall), wall.format("%Y-%m-%d %H:%M").to_string());
    fact("sessions-report-zone", Cell::Text(cx.zone.name().to_owned()), cx.zone.name().to_owned());
    if let Some(kind) = scope.kind {
        fact("sessions-report-kind", Cell::Text(cx.t(kind_key(&kind))), cx.t(kind_key(&kind)));
    }
    figures.extend(comparison(report).into_iter().map(|row| {
        let label = cx.t(row.file_key);
        (
            vec![Cell::Text(label.clone()), row.now.cell(), row.before.map_or(Cell::Empty, Value::cell)],
            vec![label, row.now.text(), row.before.map(Value::text).unwrap_or_default()],
        )
    }));

    let steps = report.steps.iter().map(|step| {
        let numbers = [step.counts.free, step.counts.bought, step.counts.used, step.counts.expired];
        let (from, to) = (step.period.from, step.period.to);
        let mut cells = vec![Cell::Day(from), Cell::Day(to)];
        cells.extend(numbers.map(Cell::Count));
        let mut line = vec![from.to_string(), to.to_string()];
        line.extend(numbers.map(|n| n.to_string()));
        (cells, line)
    });
    let all = report.now.counts;
    let parts = report.parts.iter().map(|one| {
        let (given, used, expired) = (one.counts.given(), one.counts.used, one.counts.expired);
        let shares = [share(given, all.given()), share(used, all.used)];
        let name = part(cx, one);
        let [given_share, used_share] = shares;
        let (cell, text) = (|share| Value::Rate(share).cell(), |share| Value::Rate(share).text());
        (
            vec![
                Cell::Text(name.clone()),
                Cell::Count(given),
                cell(given_share),
                Cell::Count(used),
                cell(used_share),
                Cell::Count(expired),
            ],
            vec![
                name,
                given.to_string(),
                text(given_share),
                used.to_string(),
                text(used_share),
                expired.to_string(),
            ],
        )
    });
    vec![
        Sheet {
            title: cx.t("sessions-report-sheet-figures"),
            header: texts(&["sessions-report-measure", "sessions-report-now", "sessions-report-before"]),
            rows: figures,
        },
        Sheet {
            title: cx.t(grain_key(scope.grain)),
            header: texts(&[
                grain_column(scope.grain),
                "sessions-report-to",
                "sessions-report-given",
                "sessions-report-bought",
                "sessions-report-used",
                "sessions-report-expired",
            ]),
            rows: steps.collect(),
        },
        Sheet {
            title: cx.t("sessions-report-categories"),
            header: texts(&[
                "sessions-report-category",
                "sessions-report-assigned",
                "sessions-report-percent",
                "sessions-report-used",
                "sessions-report-percent",
                "sessions-report-expired",
            ]),
            rows: parts.collect(),
        },
    ]
}

/// `informe-sesiones-2026-11-18.csv`.
fn file_name(cx: &Cx, ending: &str) -> String {
    format!("{}-{}.{ending}", cx.t("sessions-report-file"), cx.today())
}

/// The tables one below the other.
pub fn csv(cx: &Cx, sheets: Vec<Sheet>) -> Response {
    let mut lines: Vec<Line> = Vec::new();
    for sheet in sheets {
        lines.push(vec![String::new()]);
        lines.push(sheet.header);
        lines.extend(sheet.rows.into_iter().map(|(_, line)| line));
    }
    let title = vec![cx.t("sessions-report-title")];
    csv_stream(&file_name(cx, "csv"), cx.lang, title, futures::stream::iter([Ok(lines)]))
}

/// A sheet for each table.
pub async fn xlsx(cx: &Cx, sheets: Vec<Sheet>) -> Result<Response, XlsxError> {
    let sheets = sheets
        .into_iter()
        .map(|sheet| {
            let widths = std::iter::once(44).chain(std::iter::repeat_n(18, sheet.header.len() - 1)).collect();
            let rows: Vec<Vec<Cell>> = sheet.rows.into_iter().map(|(cells, _)| cells).collect();
            let about = xlsx::Sheet { title: sheet.title, header: sheet.header, widths };
            (about, futures::stream::iter([Ok(rows)]).boxed())
        })
        .collect();
    xlsx::xlsx(&file_name(cx, "xlsx"), sheets).await
}
