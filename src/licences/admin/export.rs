//! The list of licences as a file.
use axum::{extract::State, response::Response};

use super::list::ListForm;
use crate::{
    app::App,
    auth::extract::Manager,
    core::page::{Page, Seek},
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
        download::{self, Batch, Table},
        extract::Query,
        problem::Problem,
        xlsx::Cell,
    },
};

/// What is exported, and in whose words.
#[derive(Clone)]
struct Export {
    app: App,
    cx: Cx,
    filter: Filter,
    sort: Sort,
    free_days: u32,
    features: Features,
}

impl Export {
    async fn new(app: App, cx: Cx, form: &ListForm) -> Result<Self, DbError> {
        let mut conn = app.db.conn().await?;
        let chosen: LicenceSettings = settings::get(&mut conn).await?;
        let features = Features(entitlements::store::features(&mut conn).await?);
        drop(conn);
        let (filter, sort) = (form.filter(chosen.soon_days), form.sort());
        Ok(Self { app, filter, sort, free_days: chosen.free_days, features, cx })
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
            Cell::Text(self.cx.t(words::standing_key(&licence.standing(self.cx.today())))),
            credits(licence.granted),
            credits(licence.used),
            credits(licence.remaining()),
            credits(licence.held),
            licence.expires_on.map_or(Cell::Empty, Cell::Day),
            text(licence.blocked.map(|block| block.reason)),
            Cell::Text(licence.note),
            Cell::Moment(licence.created_at.with_timezone(&self.cx.zone).naive_local()),
            Cell::Text(created_by),
        ]
    }
}

impl Table for Export {
    type Cursor = Cursor;
    const FILE: &str = "licences-export-file";
    const SHEET: &str = "licences-export-sheet";
    const COLUMNS: &[(&str, u16)] = &[
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

    fn cx(&self) -> &Cx {
        &self.cx
    }

    async fn batch(&self, seek: Seek<Cursor>) -> Result<Batch<Cursor>, DbError> {
        let (mut conn, at) = (self.app.db.conn().await?, (self.cx.now, self.cx.today()));
        let Page { items, next, .. } = list::licences(&mut conn, &self.filter, self.sort, &seek, at).await?;
        let next = items.last().filter(|_| next.is_some()).map(|row| list::cursor_of(row, self.sort));
        Ok((items.into_iter().map(|row| self.row(row)).collect(), next))
    }
}

pub(super) async fn csv(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Query(form): Query<ListForm>,
) -> Result<Response, Problem> {
    Ok(download::csv(Export::new(app, cx, &form).await?))
}

pub(super) async fn xlsx(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Query(form): Query<ListForm>,
) -> Result<Response, Problem> {
    download::xlsx(Export::new(app, cx, &form).await?).await
}
