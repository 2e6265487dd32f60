//! Every no that the API said, and why: by which rule, with which values, when.
use std::collections::BTreeMap;

use askama::Template;
use axum::{extract::State, response::Response};
use serde::Deserialize;

use super::features::source_key;
use crate::{
    accounts,
    app::App,
    auth::{extract::Manager, key},
    core::ids::{AccountId, ApiKeyId},
    entitlements::{
        domain::{Feature, Skip, SourceKind, Why},
        store::{self, denials::Kept},
    },
    web::{
        cx::Cx,
        extract::{Path, Query},
        flash::redirect,
        page::page,
        problem::{Kind, Problem},
    },
};

/// Rows of a page.
const ROWS: u32 = 50;

/// What a no means, in the reader's words.
fn reason_key(code: &str) -> &'static str {
    match code {
        "no_entitlement" => "denial-none",
        "insufficient_credits" => "denial-insufficient",
        "expired" | "sessions_expired" => "denial-expired",
        "blocked" | "sessions_blocked" => "denial-blocked",
        "undated" => "denial-undated",
        "revoked" => "denial-revoked",
        "reservation_expired" => "denial-late",
        "reservation_state" => "denial-over",
        "licence_state" | "grant_fixed" => "denial-fixed",
        "conflict" => "denial-changed",
        _ => "denial-other",
    }
}

/// People, features and keys by what the rows name them.
#[derive(Debug)]
struct Names {
    people: BTreeMap<AccountId, String>,
    features: Vec<Feature>,
    keys: BTreeMap<String, String>,
}

impl Names {
    async fn read(app: &App, rows: &[Kept]) -> Result<Self, Problem> {
        let mut conn = app.db.conn().await?;
        let mut people = BTreeMap::new();
        for account in rows.iter().filter_map(|row| row.account) {
            if let std::collections::btree_map::Entry::Vacant(place) = people.entry(account)
                && let Some(found) = accounts::store::find(&mut conn, account).await?
            {
                let email = found.email.as_ref().map(ToString::to_string).unwrap_or_default();
                place.insert(if found.name.is_empty() { email } else { found.name });
            }
        }
        let mut keys = BTreeMap::new();
        for row in rows.iter().filter(|row| row.actor_kind == "app") {
            if !keys.contains_key(&row.actor_id)
                && let Some(id) = row.actor_id.parse().ok().map(ApiKeyId)
                && let Some(found) = key::find(&mut conn, id).await?
            {
                keys.insert(row.actor_id.clone(), found.name);
            }
        }
        Ok(Self { people, features: store::features(&mut conn).await?, keys })
    }

    fn person(&self, row: &Kept) -> String {
        row.account.and_then(|id| self.people.get(&id).cloned()).unwrap_or_default()
    }

    fn feature(&self, row: &Kept) -> String {
        let code = row.feature.as_deref().unwrap_or("session");
        self.features
            .iter()
            .find(|f| f.code.as_str() == code)
            .map_or_else(|| code.to_owned(), |f| f.name.clone())
    }

    fn app(&self, row: &Kept) -> String {
        self.keys.get(&row.actor_id).cloned().unwrap_or_else(|| row.actor_id.clone())
    }

    /// `2 catálogos`.
    fn amount(&self, cx: &Cx, row: &Kept) -> String {
        let Some(amount) = row.amount else { return String::new() };
        let code = row.feature.as_deref().unwrap_or("session");
        let unit = self.features.iter().find(|f| f.code.as_str() == code).map_or("", |f| f.unit(amount));
        format!("{}\u{a0}{unit}", cx.count(amount))
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListForm {
    /// The id of a request, from an app's log.
    request: String,
    account: String,
    before: String,
}

#[derive(Debug, Template)]
#[template(path = "entitlements/admin_denials.html")]
struct IndexPage {
    cx: Cx,
    form: ListForm,
    rows: Vec<Kept>,
    names: Names,
    /// Where older ones are.
    older: Option<String>,
}

impl IndexPage {
    fn reason(&self, row: &Kept) -> String {
        self.cx.t(reason_key(&row.reason))
    }
}

pub(super) async fn index(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Query(form): Query<ListForm>,
) -> Result<Response, Problem> {
    let request = form.request.trim();
    if sound(request) && !store::denials::of_request(&mut *app.db.conn().await?, request).await?.is_empty() {
        return Ok(redirect(&format!("/admin/denials/{request}"), None));
    }
    let account = form.account.trim().parse().ok().map(AccountId);
    // What is no number is nobody's: everybody's rows would look like an answer.
    let is_nobody = account.is_none() && !form.account.trim().is_empty();
    let mut rows = Vec::new();
    if request.is_empty() && !is_nobody {
        let before = form.before.parse().ok();
        rows = store::denials::latest(&mut *app.db.conn().await?, account, before, ROWS + 1).await?;
    }
    let has_more = rows.len() > ROWS as usize;
    rows.truncate(ROWS as usize);
    let older = rows.last().filter(|_| has_more).map(|last| {
        let account = account.map(|id| format!("&account={id}")).unwrap_or_default();
        format!("/admin/denials?before={}{account}", last.id)
    });
    let names = Names::read(&app, &rows).await?;
    Ok(page(&IndexPage { cx, form, rows, names, older }))
}

/// What a request's id can look like.
fn sound(request: &str) -> bool {
    (1..=40).contains(&request.len())
        && request.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// One thing that did not pay.
#[derive(Debug)]
struct Row {
    source: String,
    /// The licence, where it was one.
    licence: Option<u64>,
    why: String,
    values: Vec<String>,
}

#[derive(Debug, Template)]
#[template(path = "entitlements/admin_denial.html")]
struct ShowPage {
    cx: Cx,
    request: String,
    rows: Vec<(Kept, Vec<Row>)>,
    names: Names,
}

impl ShowPage {
    fn sentence(&self, row: &Kept) -> String {
        let (person, feature) = (self.names.person(row), self.names.feature(row));
        let reason = reason_key(&row.reason);
        // What was to be changed was not to be used.
        let sentence = match reason {
            "denial-fixed" | "denial-changed" => "denial-sentence-change",
            _ => "denial-sentence",
        };
        let why = self.cx.t(reason);
        self.cx.ta(sentence, &[("person", &person), ("feature", &feature), ("why", &why)])
    }
    /// `2 catálogos · Catálogos`.
    fn asked(&self, row: &Kept) -> String {
        let mut parts = vec![self.names.amount(&self.cx, row), self.names.feature(row)];
        parts.retain(|part| !part.is_empty());
        parts.join(" · ")
    }
    fn rule(&self, row: &Kept) -> String {
        self.cx.t(&format!("{}-rule", reason_key(&row.reason)))
    }
}

/// What was decided by, as it was written down.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Basis {
    skipped: Vec<Skip>,
    /// What was said of it, where no source was asked.
    detail: Option<String>,
    /// What was to pay or to be changed, and which licence.
    source: Option<SourceKind>,
    licence: Option<u64>,
    /// What may be shown of the licence key that asked and was revoked.
    key: Option<String>,
}

impl Basis {
    fn explain(self, cx: &Cx, reason: &str) -> Vec<Row> {
        let mut rows: Vec<Row> = self.skipped.iter().map(|skip| explain(cx, skip)).collect();
        let key = self.key.map(|prefix| cx.ta("denial-key", &[("prefix", &prefix)]));
        // What the app was told: in the language of programs.
        let told = self.detail.map(|text| cx.ta("denial-told", &[("text", &text)]));
        let values: Vec<String> = told.into_iter().chain(key).collect();
        if !values.is_empty() {
            let source = cx.t(source_key(self.source.unwrap_or(SourceKind::Sessions)));
            rows.push(Row { source, licence: self.licence, why: cx.t(reason_key(reason)), values });
        }
        rows
    }
}

fn explain(cx: &Cx, skip: &Skip) -> Row {
    let mut values = Vec::new();
    match skip.why {
        Why::InsufficientCredits { wanted, available, held } => {
            values.push(cx.ta("denial-wanted", &[("n", &cx.count(wanted))]));
            values.push(cx.ta("denial-available", &[("n", &cx.count(available))]));
            if held > 0 {
                values.push(cx.ta("denial-held", &[("n", &cx.count(held))]));
            }
        }
        Why::Expired { at, last_day } => values.push(match last_day {
            Some(day) => cx.ta("denial-last-day", &[("day", &cx.on(&day))]),
            None => cx.ta("denial-since", &[("at", &cx.datetime(&at))]),
        }),
        Why::Blocked { since: Some(at) } => values.push(cx.ta("denial-since", &[("at", &cx.datetime(&at))])),
        Why::Blocked { since: None } | Why::None | Why::Undated | Why::NotAvailable => {}
    }
    let why = match skip.why {
        Why::NotAvailable => cx.t("denial-not-available"),
        other => cx.t(reason_key(other.code())),
    };
    let licence = skip.id.filter(|_| skip.source == SourceKind::Licence);
    Row { source: cx.t(source_key(skip.source)), licence, why, values }
}

pub(super) async fn show(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(request): Path<String>,
) -> Result<Response, Problem> {
    if !sound(&request) {
        return Err(Problem::new(Kind::NotFound));
    }
    let kept = store::denials::of_request(&mut *app.db.conn().await?, &request).await?;
    if kept.is_empty() {
        return Err(Problem::new(Kind::NotFound));
    }
    let names = Names::read(&app, &kept).await?;
    let rows = kept
        .into_iter()
        .map(|row| {
            let basis: Basis = serde_json::from_value(row.detail.0.clone()).unwrap_or_default();
            let lines = basis.explain(&cx, &row.reason);
            (row, lines)
        })
        .collect();
    Ok(page(&ShowPage { cx, request, rows, names }))
}
