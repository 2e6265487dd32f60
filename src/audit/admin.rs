//! Back-office pages of the audit trail: who changed what, when, and from what to what.
use askama::Template;
use axum::{extract::State, response::Response};
use chrono::NaiveDate;
use serde::Deserialize;

use super::{
    store::{self, Entry, Filter},
    words::{self, Change, Fact},
};
use crate::{
    app::App,
    auth::{Role, extract::Manager},
    core::{
        calendar,
        ids::{AccountId, AuditId},
    },
    shop,
    web::{
        cx::Cx,
        extract::{Path, Query},
        form::Opt,
        list::{Chips, Cursor, Pager, ROWS},
        page::page,
        problem::{Kind, Problem},
        routes::{Access, Routes},
    },
};

pub fn routes() -> Routes {
    Routes::new().get("/admin/audit", Access::Staff(Role::Manager), index).get(
        "/admin/audit/{id}",
        Access::Staff(Role::Manager),
        show,
    )
}

/// The kinds of actors there are.
const ACTORS: [&str; 5] = ["staff", "app", "customer", "shop", "system"];

/// The filters, as they stand in the address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct ListForm {
    action: String,
    actor: String,
    subject: String,
    account: String,
    from: String,
    to: String,
}

fn day(text: &str) -> Option<NaiveDate> {
    calendar::parse_day(text)
}

impl ListForm {
    /// What the store is asked for. What makes no sense is left out, as if it had not been chosen.
    fn filter(&self, cx: &Cx) -> Filter {
        let word = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Filter {
            action: word(&self.action),
            actor_kind: word(&self.actor),
            subject_kind: word(&self.subject),
            subject_id: None,
            account: self.account.trim().parse().ok().map(AccountId),
            from: day(&self.from).map(|day| calendar::start_of_day(day, cx.zone)),
            until: day(&self.to).map(|day| calendar::end_of_day(day, cx.zone)),
        }
    }

    fn chips(&self, cx: &Cx) -> Chips {
        let mut chips = Chips::new(cx, cx.t("audit-newest-first"));
        let filter = self.filter(cx);
        if let Some(action) = &filter.action {
            chips.add(cx, "action", words::action(cx, action));
        }
        if let Some(kind) = &filter.actor_kind {
            chips.add(cx, "actor", cx.word("audit-actor", kind));
        }
        if let Some(kind) = &filter.subject_kind {
            chips.add(cx, "subject", cx.word("audit-subject", kind));
        }
        if let Some(account) = filter.account {
            chips.add(cx, "account", cx.ta("audit-account", &[("id", &account.to_string())]));
        }
        if let Some(day) = day(&self.from) {
            chips.add(cx, "from", cx.ta("audit-chip-from", &[("day", &cx.on(&day))]));
        }
        if let Some(day) = day(&self.to) {
            chips.add(cx, "to", cx.ta("audit-chip-to", &[("day", &cx.on(&day))]));
        }
        chips
    }
}

#[derive(Debug, Template)]
#[template(path = "audit/admin_index.html")]
struct IndexPage {
    cx: Cx,
    form: ListForm,
    actions: Vec<Opt>,
    actors: Vec<Opt>,
    subjects: Vec<Opt>,
    chips: Chips,
    rows: Vec<Entry>,
    pager: Pager,
}

fn options(words: impl IntoIterator<Item = String>, label: impl Fn(&str) -> String) -> Vec<Opt> {
    let mut options: Vec<Opt> = words.into_iter().map(|word| Opt::new(&word, label(&word))).collect();
    options.sort_by_key(|option| option.label.to_lowercase());
    options
}

async fn index(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Query(form): Query<ListForm>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let mut conn = app.db.conn().await?;
    let rows = store::list(&mut conn, &form.filter(&cx), &cursor.seek(ROWS)?).await?;
    let actions = store::actions(&mut conn).await?;
    let subjects = store::subject_kinds(&mut conn).await?;
    Ok(page(&IndexPage {
        actions: options(actions, |word| words::action(&cx, word)),
        actors: options(ACTORS.map(str::to_owned), |word| cx.word("audit-actor", word)),
        subjects: options(subjects, |word| cx.word("audit-subject", word)),
        chips: form.chips(&cx),
        pager: Pager::new(&cx, &rows, cx.n("list-per-page", ROWS)),
        rows: rows.items,
        form,
        cx,
    }))
}

#[derive(Debug, Template)]
#[template(path = "audit/admin_show.html")]
struct ShowPage {
    cx: Cx,
    entry: Entry,
    changes: Vec<Change>,
    facts: Vec<Fact>,
    shop: Option<String>,
}

async fn show(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(id): Path<AuditId>,
) -> Result<Response, Problem> {
    let mut conn = app.db.conn().await?;
    let entry = store::find(&mut conn, id).await?.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let shop = match entry.shop {
        None => None,
        Some(id) => {
            let shops = shop::store::list(&mut conn).await?;
            Some(
                shops.into_iter().find(|shop| shop.id == id).map_or_else(|| id.to_string(), |shop| shop.name),
            )
        }
    };
    let (changes, facts) = words::detail(&cx, &entry.detail);
    Ok(page(&ShowPage { cx, entry, changes, facts, shop }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::testing;

    fn entry(detail: serde_json::Value) -> Entry {
        Entry {
            id: AuditId(3),
            at: "2026-07-31T22:30:00Z".parse().unwrap(),
            actor_kind: "staff".to_owned(),
            actor_id: "1".to_owned(),
            actor_name: "Inés <i>".to_owned(),
            action: "staff.role_changed".to_owned(),
            subject_kind: "staff".to_owned(),
            subject_id: "9".to_owned(),
            account: None,
            shop: None,
            detail,
            request_id: Some("8f2c-41d0-77ab".to_owned()),
        }
    }

    #[test]
    fn a_day_in_the_address_is_a_day_of_the_business() {
        let cx = testing::cx();
        let form =
            ListForm { from: "2026-08-01".to_owned(), to: "2026-08-01".to_owned(), ..ListForm::default() };
        let filter = form.filter(&cx);
        assert_eq!(filter.from, "2026-07-31T22:00:00Z".parse().ok());
        assert_eq!(filter.until, "2026-08-01T22:00:00Z".parse().ok());
        assert_eq!(form.chips(&cx).len(), 2);
        let nonsense = ListForm { from: "ayer".to_owned(), account: "x".to_owned(), ..ListForm::default() };
        assert!(nonsense.chips(&cx).is_empty());
    }

    #[test]
    fn a_row_says_from_what_to_what_and_nothing_in_it_is_markup() {
        let cx = testing::cx();
        let entry = entry(serde_json::json!({"from": "manager", "to": "admin", "note": "<script>"}));
        let (changes, facts) = words::detail(&cx, &entry.detail);
        let html = ShowPage { cx, entry, changes, facts, shop: None }.render().unwrap();
        assert!(html.contains("Gestión") && html.contains("Administración"));
        assert!(html.contains("1 ago 2026, 00:30"), "the business's own clock");
        assert!(!html.contains("<script>") && !html.contains("<i>"));
    }
}
