//! The list of licences as a file: all rows that the filters leave, page by page.
use axum::{extract::State, response::Response};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use futures::StreamExt;

use super::list::ListForm;
use crate::{
    app::App,
    auth::extract::Manager,
    core::page::{Direction, Page, Seek},
    db::DbError,
    entitlements,
    licences::{
        list::{self, Cursor, Filter, Listed, Sort},
        settings::LicenceSettings,
        words::{self, Features},
    },
    settings,
    web::{
        cx::Cx,
        export::{Line, batches, csv_stream},
        extract::Query,
        problem::Problem,
        xlsx::{self, Cell},
    },
};

/// Rows read at once.
const BATCH: u32 = 1000;

/// The columns: text key and width.
const COLUMNS: [(&str, u16); 16] = [
    ("licences-export-id", 9),
    ("licences-export-account", 9),
    ("licences-export-person", 30),
    ("licences-export-email", 34),
    ("licences-export-feature", 16),
    ("licences-export-plan", 22),
    ("licences-export-state", 11),
    ("licences-export-granted", 10),
    ("licences-export-used", 9),
    ("licences-export-left", 9),
    ("licences-export-held", 11),
    ("licences-export-last-day", 12),
    ("licences-export-blocked", 24),
    ("licences-export-note", 24),
    ("licences-export-given-at", 17),
    ("licences-export-given-by", 16),
];

/// What is exported, and in whose words.
#[derive(Clone)]
struct Export {
    app: App,
    cx: Cx,
    filter: Filter,
    sort: Sort,
    zone: Tz,
    now: DateTime<Utc>,
    today: NaiveDate,
    free_days: u32,
    features: Features,
}

impl Export {
    async fn new(app: App, cx: &Cx, form: &ListForm) -> Result<Self, DbError> {
        let mut conn = app.db.conn().await?;
        let chosen: LicenceSettings = settings::get(&mut conn).await?;
        let features = Features(entitlements::store::features(&mut conn).await?);
        drop(conn);
        Ok(Self {
            app,
            filter: form.filter(chosen.soon_days),
            sort: form.sort(),
            zone: cx.zone,
            now: cx.now,
            today: cx.today(),
            free_days: chosen.free_days,
            features,
            cx: cx.clone(),
        })
    }

    fn header(&self) -> Line {
        COLUMNS.iter().map(|(key, _)| self.cx.t(key)).collect()
    }

    /// A page of rows, and where the next one starts.
    async fn page(&self, from: Option<Cursor>) -> Result<(Vec<Vec<Cell>>, Option<Option<Cursor>>), DbError> {
        let seek = Seek { from, direction: Direction::Forward, limit: BATCH };
        let mut conn = self.app.db.conn().await?;
        let Page { items, next, .. } =
            list::licences(&mut conn, &self.filter, self.sort, &seek, (self.now, self.today)).await?;
        let next = next.is_some().then(|| items.last().map(|row| list::cursor_of(row, self.sort)));
        Ok((items.into_iter().map(|row| self.row(row)).collect(), next))
    }

    fn row(&self, row: Listed) -> Vec<Cell> {
        let Listed { licence, name, email, created_by } = row;
        let text = |text: Option<String>| text.map_or(Cell::Empty, Cell::Text);
        // By date there are no credits to count: an empty cell is no zero.
        let credits = |n: u32| if licence.plan.is_dated() { Cell::Empty } else { Cell::Count(n.into()) };
        vec![
            Cell::Count(licence.id.0),
            Cell::Count(licence.account.0),
            Cell::Text(name),
            text(email),
            Cell::Text(self.features.name(&licence.feature).to_owned()),
            Cell::Text(words::plan(&self.cx, licence.plan, self.free_days)),
            Cell::Text(self.cx.t(words::standing_key(&licence.standing(self.today)))),
            credits(licence.granted),
            credits(licence.used),
            credits(licence.remaining()),
            credits(licence.held),
            licence.expires_on.map_or(Cell::Empty, Cell::Day),
            text(licence.blocked.map(|block| block.reason)),
            Cell::Text(licence.note),
            Cell::Moment(licence.created_at.with_timezone(&self.zone).naive_local()),
            Cell::Text(created_by),
        ]
    }

    fn file_name(&self, ending: &str) -> String {
        format!("{}-{}.{ending}", self.cx.t("licences-export-file"), self.today)
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
    let sheet = xlsx::Sheet { title: cx.t("licences-export-sheet"), header, widths };
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
