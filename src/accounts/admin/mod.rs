//! Back-office pages of accounts: finding people, everything about one, and what may be changed by hand.
mod change;
mod show;

use askama::Template;
use axum::{extract::State, response::Response};
use serde::Deserialize;

use super::{
    domain::{Account, Role},
    store::{self, Filter},
};
use crate::{
    app::App,
    auth::{Role as StaffRole, extract::Manager},
    core::page::Page,
    web::{
        cx::Cx,
        extract::Query,
        form::Opt,
        list::{Chips, Cursor, Pager, ROWS},
        page::page,
        problem::Problem,
        routes::{Access, Routes},
    },
};

pub fn routes() -> Routes {
    let manager = Access::Staff(StaffRole::Manager);
    Routes::new()
        .get("/admin/accounts", manager, index)
        .get("/admin/accounts/{id}", manager, show::show)
        .get("/admin/accounts/{id}/merge", manager, change::merge_form)
        .post("/admin/accounts/{id}/merge", manager, change::merge)
        .get("/admin/accounts/{id}/edit", manager, change::edit_form)
        .post("/admin/accounts/{id}/edit", manager, change::edit)
        .post("/admin/accounts/{id}/check-orders", manager, change::check_orders)
        .post("/admin/accounts/{id}/shortfalls/{shortfall}", manager, change::close_shortfall)
}

/// The text key of a role.
pub fn role_key(role: &Role) -> &'static str {
    match role {
        Role::Customer => "account-role-customer",
        Role::Partner => "account-role-partner",
        Role::InstitutionManager => "account-role-institution-manager",
        Role::Distributor => "account-role-distributor",
        Role::Technician => "account-role-technician",
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct ListForm {
    q: String,
    role: String,
    test: String,
}

#[derive(Debug, Template)]
#[template(path = "accounts/admin_index.html")]
struct IndexPage {
    cx: Cx,
    form: ListForm,
    roles: Vec<Opt>,
    chips: Chips,
    rows: Vec<Account>,
    pager: Pager,
    is_filtered: bool,
}

async fn index(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Query(form): Query<ListForm>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let filter = Filter {
        text: Some(form.q.trim().to_owned()).filter(|q| !q.is_empty()),
        role: Role::parse(&form.role),
        test: match form.test.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        },
    };
    let mut conn = app.db.conn().await?;
    let Page { items: rows, next, prev } = store::list(&mut conn, &filter, &cursor.seek(ROWS)?).await?;
    let mut chips = Chips::new(&cx, "");
    if let Some(text) = &filter.text {
        chips.add(&cx, "q", format!("«{text}»"));
    }
    if let Some(role) = filter.role {
        chips.add(&cx, "role", cx.t(role_key(&role)));
    }
    if let Some(test) = filter.test {
        chips.add(&cx, "test", cx.t(if test { "accounts-test-yes" } else { "accounts-test-no" }));
    }
    let note = cx.na("list-note", i64::from(ROWS), &[("order", &cx.t("accounts-order"))]);
    let pager = Pager::new(&cx, &Page { items: Vec::<()>::new(), next, prev }, note);
    let roles = Role::ALL.iter().map(|role| Opt::new(role.as_str(), cx.t(role_key(role)))).collect();
    let is_filtered = !chips.is_empty();
    Ok(page(&IndexPage { cx, form, roles, chips, rows, pager, is_filtered }))
}
