//! The list of grants as a file: all rows that the filters leave, page by page.
use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use futures::StreamExt;

use super::{kind_key, list::ListForm, standing_key};
use crate::{
    app::App,
    auth::extract::Manager,
    core::page::{Direction, Page, Seek},
    db::DbError,
    sessions::{
        domain::Category,
        list::{self, Cursor, Filter, Listed, Sort},
        store::categories,
    },
    web::{
        cx::Cx,
        export::{Line, batches, csv_stream},
        extract::Query,
        lang::Lang,
        problem::Problem,
        xlsx::{self, Cell},
    },
};

/// Rows read at once.
const BATCH: u32 = 1000;

/// The columns: text key and width.
const COLUMNS: [(&str, u16); 16] = [
    ("sessions-export-id", 11),
    ("sessions-export-account", 9),
    ("sessions-export-person", 30),
    ("sessions-export-email", 34),
    ("sessions-export-kind", 11),
    ("sessions-export-category", 16),
    ("sessions-export-state", 11),
    ("sessions-export-quantity", 10),
    ("sessions-export-left", 9),
    ("sessions-export-held", 11),
    ("sessions-export-voided", 10),
    ("sessions-export-written-off", 10),
    ("sessions-export-last-day", 12),
    ("sessions-export-given-at", 17),
    ("sessions-export-given-by", 16),
    ("sessions-export-order", 12),
];

/// What is exported, and in whose words.
#[derive(Clone)]
struct Export {
    app: App,
    filter: Filter,
    sort: Sort,
    lang: Lang,
    zone: Tz,
    now: DateTime<Utc>,
    categories: Vec<Category>,
}

impl Export {
    async fn new(app: App, cx: &Cx, form: &ListForm) -> Result<Self, DbError> {
        let categories = categories::list(&mut *app.db.conn().await?).await?;
        let (filter, sort) = (form.filter(cx, &categories), form.sort());
        Ok(Self { app, filter, sort, lang: cx.lang, zone: cx.zone, now: cx.now, categories })
    }

    fn header(&self) -> Line {
        COLUMNS.iter().map(|(key, _)| self.lang.t(key)).collect()
    }

    /// A page of rows, and where the next one starts.
    async fn page(&self, from: Option<Cursor>) -> Result<(Vec<Vec<Cell>>, Option<Option<Cursor>>), DbError> {
        let seek = Seek { from, direction: Direction::Forward, limit: BATCH };
        let mut conn = self.app.db.conn().await?;
        let Page { items, next, .. } =
            list::grants(&mut conn, &self.filter, self.sort, &seek, self.now).await?;
        let next = next.is_some().then(|| items.last().map(|row| list::cursor_of(row, self.sort)));
        Ok((items.into_iter().map(|row| self.row(row)).collect(), next))
    }

    fn row(&self, row: Listed) -> Vec<Cell> {
        let Listed { grant, name, email, created_by, order_number } = row;
        let category = self.categories.iter().find(|category| Some(category.id) == grant.category);
        let text = |text: Option<String>| text.map_or(Cell::Empty, Cell::Text);
        // The last day on which it may be used; the expiry is the instant after it.
        let last_day = grant.expires_at.map(|at| at - chrono::TimeDelta::microseconds(1));
        vec![
            Cell::Count(grant.id.0),
            Cell::Count(grant.account.0),
            Cell::Text(name),
            text(email),
            Cell::Text(self.lang.t(kind_key(&grant.kind))),
            text(category.map(|category| category.name.clone())),
            Cell::Text(self.lang.t(standing_key(&grant.standing(self.now)))),
            Cell::Count(grant.quantity.into()),
            Cell::Count(grant.remaining.into()),
            Cell::Count(grant.held.into()),
            Cell::Count(grant.voided.into()),
            Cell::Count(grant.written_off.into()),
            last_day.map_or(Cell::Empty, |at| Cell::Day(at.with_timezone(&self.zone).date_naive())),
            Cell::Moment(grant.created_at.with_timezone(&self.zone).naive_local()),
            Cell::Text(created_by),
            text(order_number.or_else(|| grant.source.map(|source| source.order.to_string()))),
        ]
    }

    fn file_name(&self, ending: &str) -> String {
        let day = self.now.with_timezone(&self.zone).date_naive();
        format!("{}-{day}.{ending}", self.lang.t("sessions-export-file"))
    }
}

/// A cell as the text of a CSV file: days and times as ISO 8601 writes them.
fn plain(cell: Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text,
        Cell::Count(n) => n.to_string(),
        Cell::Number(n) | Cell::Percent(n) => n.to_string(),
        Cell::Day(day) => day.to_string(),
        Cell::Moment(at) => at.format("%Y-%m-%d %H:%M:%S").to_string(),
    }
}

pub(super) async fn csv(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Query(form): Query<ListForm>,
) -> Result<Response, Problem> {
    let export = Export::new(app, &cx, &form).await?;
    let (header, file_name) = (export.header(), export.file_name("csv"));
    let rows = batches(None, move |from| {
        let export = export.clone();
        async move {
            let (rows, next) = export.page(from).await?;
            let lines = rows.into_iter().map(|row| row.into_iter().map(plain).collect()).collect();
            Ok((lines, next))
        }
    });
    Ok(csv_stream(&file_name, cx.lang, header, rows))
}

pub(super) async fn xlsx(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Query(form): Query<ListForm>,
) -> Result<Response, Problem> {
    let export = Export::new(app, &cx, &form).await?;
    let (header, file_name) = (export.header(), export.file_name("xlsx"));
    let widths = COLUMNS.iter().map(|(_, width)| *width).collect();
    let sheet = xlsx::Sheet { title: cx.t("sessions-export-sheet"), header, widths };
    let rows = futures::stream::try_unfold(Some(None), move |from| {
        let export = export.clone();
        async move {
            let Some(from) = from else { return Ok(None) };
            let (rows, next) = export.page(from).await?;
            Ok::<_, DbError>(Some((rows, next)))
        }
    });
    xlsx::xlsx(&file_name, vec![(sheet, rows.boxed())]).await.map_err(|e| Problem::internal(&e))
}
