//! The list of grants as a file.
use axum::{extract::State, response::Response};

use super::{kind_key, list::ListForm, standing_key};
use crate::{
    app::App,
    auth::extract::Manager,
    core::page::{Page, Seek},
    db::DbError,
    sessions::{
        domain::Category,
        list::{self, Cursor, Filter, Listed, Sort},
        store::categories,
    },
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
    categories: Vec<Category>,
}

impl Export {
    async fn new(app: App, cx: Cx, form: &ListForm) -> Result<Self, DbError> {
        let categories = categories::list(&mut *app.db.conn().await?).await?;
        let (filter, sort) = (form.filter(&cx, &categories), form.sort());
        Ok(Self { app, cx, filter, sort, categories })
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
            Cell::Text(self.cx.t(kind_key(&grant.kind))),
            text(category.map(|category| category.name.clone())),
            Cell::Text(self.cx.t(standing_key(&grant.standing(self.cx.now)))),
            Cell::Count(grant.quantity.into()),
            Cell::Count(grant.remaining.into()),
            Cell::Count(grant.held.into()),
            Cell::Count(grant.voided.into()),
            Cell::Count(grant.written_off.into()),
            last_day.map_or(Cell::Empty, |at| Cell::Day(at.with_timezone(&self.cx.zone).date_naive())),
            Cell::Moment(grant.created_at.with_timezone(&self.cx.zone).naive_local()),
            Cell::Text(created_by),
            text(order_number.or_else(|| grant.source.map(|source| source.order.to_string()))),
        ]
    }
}

impl Table for Export {
    type Cursor = Cursor;
    const FILE: &str = "sessions-export-file";
    const SHEET: &str = "sessions-export-sheet";
    const COLUMNS: &[(&str, u16)] = &[
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

    fn cx(&self) -> &Cx {
        &self.cx
    }

    async fn batch(&self, seek: Seek<Cursor>) -> Result<Batch<Cursor>, DbError> {
        let mut conn = self.app.db.conn().await?;
        let Page { items, next, .. } =
            list::grants(&mut conn, &self.filter, self.sort, &seek, self.cx.now).await?;
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
