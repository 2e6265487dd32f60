//! The rows of an import with what becomes of them.
use askama::Template;
use axum::{extract::State, response::Response};
use serde::Deserialize;

use super::{address, words};
use crate::{
    app::App,
    auth::extract::Manager,
    core::{ids::LicenceImportId, page::Page},
    licences::{
        import::{
            domain::{Import, Item, Prospect, RowState, State as Standing},
            store::{
                self,
                rows::{self as kept, Only},
            },
        },
        settings::LicenceSettings,
    },
    settings,
    web::{
        cx::Cx,
        extract::{Path, Query},
        list::{Chips, Cursor, Pager, ROWS},
        page::page,
        problem::{Kind, Problem},
    },
};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListForm {
    only: String,
}

/// What the list can be narrowed to: the word, its text key, and what it means.
type Narrowing = (&'static str, &'static str, Only);

const BEFORE: &[Narrowing] = &[
    ("give", "licence-import-would-give", Only::Would(Prospect::Give)),
    ("change", "licence-import-would-change", Only::Would(Prospect::Change)),
    ("same", "licence-import-would-same", Only::Would(Prospect::Same)),
    ("failed", "licence-import-only-failed", Only::State(RowState::Failed)),
];
const AFTER: &[Narrowing] = &[
    ("given", "licence-import-outcome-given", Only::State(RowState::Given)),
    ("changed", "licence-import-outcome-changed", Only::State(RowState::Changed)),
    ("same", "licence-import-outcome-same", Only::State(RowState::Same)),
    ("failed", "licence-import-only-failed", Only::State(RowState::Failed)),
    ("pending", "licence-import-outcome-pending", Only::State(RowState::Pending)),
];

#[derive(Debug, Template)]
#[template(path = "licences/import_rows.html")]
struct RowsPage {
    cx: Cx,
    import: Import,
    only: String,
    narrowings: &'static [Narrowing],
    chips: Chips,
    rows: Vec<Item>,
    free_days: u32,
    pager: Pager,
}

impl RowsPage {
    fn is_only(&self, word: &str) -> bool {
        self.only == word
    }
}

pub(super) async fn rows(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(id): Path<LicenceImportId>,
    Query(form): Query<ListForm>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let mut conn = app.db.conn().await?;
    let import = store::find(&mut conn, id).await?.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let narrowings = if import.state == Standing::Draft { BEFORE } else { AFTER };
    let chosen = narrowings.iter().find(|(word, ..)| *word == form.only);
    let only = chosen.map_or(Only::All, |(_, _, only)| *only);
    let Page { items, next, prev } = kept::page(&mut conn, id, only, &cursor.seek(ROWS)?).await?;
    let free_days = settings::get::<LicenceSettings>(&mut conn).await?.free_days;
    let mut chips = Chips::new(&cx, cx.t("licence-import-file-order"));
    if let Some((_, key, _)) = chosen {
        chips.add(&cx, "only", cx.t(key));
    }
    let pager = Pager::new(&cx, &Page { items: Vec::<()>::new(), next, prev }, cx.n("list-per-page", ROWS));
    let only = chosen.map(|(word, ..)| (*word).to_owned()).unwrap_or_default();
    Ok(page(&RowsPage { cx, import, only, narrowings, chips, rows: items, free_days, pager }))
}
