//! The people of a bulk assignment with their outcomes, as a page and as a file.
use askama::Template;
use axum::{extract::State, response::Response};
use serde::Deserialize;
use sqlx::MySqlConnection;

use super::{address, words};
use crate::{
    app::App,
    auth::extract::Manager,
    core::{
        ids::{AccountId, BulkRunId},
        page::{Page, Seek},
    },
    db::DbError,
    sessions::bulk::{
        domain::{Item, ItemState, Reason, Run, Source, State as Standing},
        people::{self, Asked},
        store::{
            self,
            items::{self, Only},
        },
    },
    web::{
        cx::Cx,
        export,
        extract::{Path, Query},
        list::{Chips, Cursor, Pager, ROWS},
        page::page,
        problem::{Kind, Problem},
    },
};

/// Lines of a file written at once.
const BATCH: u32 = 2000;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListForm {
    /// `receive`, `active`, `given`, `skipped`, `failed`, `pending`, `kept`.
    only: String,
}

/// The words of `only`, with the text key of each.
fn narrowings(run: &Run) -> &'static [(&'static str, &'static str)] {
    match (run.state, &run.source) {
        (Standing::Draft | Standing::Scheduled, Source::Filter(_)) => {
            &[("receive", "bulk-only-receive"), ("active", "bulk-only-active")]
        }
        (Standing::Draft | Standing::Scheduled, Source::List { .. }) => &[
            ("receive", "bulk-only-receive"),
            ("active", "bulk-only-active"),
            ("failed", "bulk-only-failed"),
        ],
        (Standing::Undone | Standing::Undoing, _) => &[
            ("given", "bulk-only-given"),
            ("skipped", "bulk-only-skipped"),
            ("failed", "bulk-only-failed"),
            ("kept", "bulk-only-kept"),
        ],
        _ => &[
            ("given", "bulk-only-given"),
            ("skipped", "bulk-only-skipped"),
            ("failed", "bulk-only-failed"),
            ("pending", "bulk-only-pending"),
        ],
    }
}

/// Rows of a run: of its list, or, where none is made yet, of those who fit now.
async fn rows(
    conn: &mut MySqlConnection,
    run: &Run,
    only: &str,
    asked: Asked,
    seek: &Seek<u64>,
) -> Result<Page<Item>, DbError> {
    let (category, now) = (run.wish.category, asked.now);
    if let (Source::Filter(criteria), None) = (&run.source, run.listed_at) {
        let active = match only {
            "receive" => Some(false),
            "active" => Some(true),
            _ => None,
        };
        let from = (seek.from, seek.is_backward());
        let found = people::page(conn, criteria, asked, active, from, seek.limit + 1).await?;
        let found = seek.page(found, |person| person.account);
        let items = found.items.into_iter().map(|person| Item {
            row: 0,
            label: String::new(),
            account: Some(AccountId(person.account)),
            name: person.name,
            email: person.email,
            state: ItemState::Pending,
            reason: (person.has_active && !run.wish.gives_again).then_some(Reason::HasActive),
            grant: None,
            taken_back: 0,
            kept: 0,
            done_at: None,
        });
        return Ok(Page { items: items.collect(), next: found.next, prev: found.prev });
    }
    let only = match only {
        "receive" => Only::Fresh(category, now),
        "active" => Only::Active(category, now),
        "kept" => Only::Kept,
        other => ItemState::parse(other).map_or(Only::All, Only::State),
    };
    let from = seek.from.map(|from| u32::try_from(from).unwrap_or(u32::MAX));
    items::page(conn, run.id, only, &Seek { from, direction: seek.direction, limit: seek.limit }).await
}

async fn find(conn: &mut MySqlConnection, id: BulkRunId) -> Result<Run, Problem> {
    store::find(conn, id).await?.ok_or_else(|| Problem::new(Kind::NotFound))
}

#[derive(Debug, Template)]
#[template(path = "sessions/bulk_people.html")]
struct PeoplePage {
    cx: Cx,
    run: Run,
    only: &'static str,
    narrowings: &'static [(&'static str, &'static str)],
    chips: Chips,
    rows: Vec<Item>,
    pager: Pager,
}

impl PeoplePage {
    fn is_only(&self, word: &str) -> bool {
        self.only == word
    }
}

pub(super) async fn people(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(id): Path<BulkRunId>,
    Query(form): Query<ListForm>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let mut conn = app.db.conn().await?;
    let run = find(&mut conn, id).await?;
    let narrowings = narrowings(&run);
    let chosen = narrowings.iter().find(|(word, _)| *word == form.only);
    let only = chosen.map_or("", |(word, _)| *word);
    let asked = Asked { now: cx.now, zone: cx.zone, category: run.wish.category };
    let Page { items, next, prev } = rows(&mut conn, &run, only, asked, &cursor.seek(ROWS)?).await?;
    let mut chips = Chips::new(&cx, cx.t("bulk-list-order"));
    if let Some((_, key)) = chosen {
        chips.add(&cx, "only", cx.t(key));
    }
    let pager = Pager::new(&cx, &Page { items: Vec::<()>::new(), next, prev }, cx.n("list-per-page", ROWS));
    Ok(page(&PeoplePage { cx, run, only, narrowings, chips, rows: items, pager }))
}

/// A row as the columns of [`header`].
fn line(cx: &Cx, run: &Run, item: &Item) -> export::Line {
    let text = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
    vec![
        if item.row == 0 { String::new() } else { item.row.to_string() },
        item.email.clone().unwrap_or_else(|| item.label.clone()),
        item.name.clone(),
        text(item.account.map(|id| id.0)),
        words::outcome(cx, item, run.wish.quantity),
        text(item.grant.map(|id| id.0)),
        item.done_at
            .map(|at| at.with_timezone(&cx.zone).format("%Y-%m-%d %H:%M:%S").to_string())
            .unwrap_or_default(),
        item.taken_back.to_string(),
        item.kept.to_string(),
    ]
}

/// The second column is what an import reads.
const HEADER: [&str; 9] = [
    "bulk-csv-row",
    "bulk-csv-email",
    "bulk-csv-name",
    "bulk-csv-account",
    "bulk-csv-outcome",
    "bulk-csv-grant",
    "bulk-csv-at",
    "bulk-csv-taken-back",
    "bulk-csv-kept",
];

pub(super) async fn download(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(id): Path<BulkRunId>,
    Query(form): Query<ListForm>,
) -> Result<Response, Problem> {
    let run = find(&mut *app.db.conn().await?, id).await?;
    let header = HEADER.iter().map(|key| cx.t(key)).collect();
    let (lang, only) = (cx.lang, form.only);
    let asked = Asked { now: cx.now, zone: cx.zone, category: run.wish.category };
    let lines = export::batches(None, move |from: Option<u64>| {
        let (app, cx, run, only) = (app.clone(), cx.clone(), run.clone(), only.clone());
        async move {
            let seek = Seek::forward(from, BATCH);
            let mut conn = app.db.conn().await?;
            let Page { items, next, .. } = rows(&mut conn, &run, &only, asked, &seek).await?;
            // The list has no more, or the last row says where it goes on.
            let last = items.last().map(|item| match item.row {
                0 => item.account.map_or(0, |account| account.0),
                row => u64::from(row),
            });
            let lines = items.iter().map(|item| line(&cx, &run, item)).collect();
            Ok((lines, next.and(last).map(Some)))
        }
    });
    Ok(export::csv_stream(
        &format!("{}.csv", address(id).replace("/admin/sessions/bulk/", "asignacion-masiva-")),
        lang,
        header,
        lines,
    ))
}
