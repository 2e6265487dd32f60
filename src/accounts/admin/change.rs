//! What may be changed by hand about a person: roles, the test flag, a merge, an owed shortfall.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use serde_json::json;

use crate::{
    accounts::{
        domain::{Account, Reference, Refusal, Role},
        service, store,
    },
    app::App,
    auth::extract::Manager,
    core::{email::Email, ids::AccountId},
    jobs::{self, NewJob},
    sessions,
    web::{
        cx::Cx,
        extract::Path,
        flash::{Flash, redirect},
        form::{Form, FormErrors},
        page::{page, page_with},
        problem::{Kind, Problem},
    },
};

/// A form that is one button.
#[derive(Debug, Deserialize)]
pub(super) struct Button {}

async fn load(app: &App, id: AccountId) -> Result<Account, Problem> {
    let mut conn = app.db.conn().await?;
    let account = store::find(&mut conn, id).await?.filter(|account| account.id == id);
    account.ok_or_else(|| Problem::new(Kind::NotFound))
}

fn of(id: AccountId) -> String {
    format!("/admin/accounts/{id}")
}

impl From<service::Error> for Problem {
    fn from(e: service::Error) -> Self {
        match e {
            service::Error::NotFound => Self::new(Kind::AccountNotFound),
            service::Error::Refused(refusal) => Self::new(Kind::Conflict).explain(refusal_key(refusal), &[]),
            service::Error::Db(e) => e.into(),
        }
    }
}

fn refusal_key(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::SameAccount => "account-merge-same",
        Refusal::TwoUsersOfOneShop => "account-merge-two-users",
        Refusal::TestAndReal => "account-merge-test",
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct MergeForm {
    /// An address or a number.
    other: String,
    reason: String,
    /// `yes` on the second page.
    sure: String,
}

const MERGE_LABELS: &[(&str, &str)] = &[("other", "account-merge-other"), ("reason", "account-merge-reason")];

#[derive(Debug, Template)]
#[template(path = "accounts/admin_merge.html")]
struct MergePage {
    cx: Cx,
    account: Account,
    form: MergeForm,
    errors: FormErrors,
    /// The other account, once it was found and may be merged: the page asks whether one is sure.
    other: Option<Account>,
}

pub(super) async fn merge_form(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(id): Path<AccountId>,
) -> Result<Response, Problem> {
    let account = load(&app, id).await?;
    let errors = FormErrors::of(MERGE_LABELS);
    Ok(page(&MergePage { cx, account, form: MergeForm::default(), errors, other: None }))
}

/// First post: looks the other one up and shows what will happen. Second post (`sure`): does it.
pub(super) async fn merge(
    State(app): State<App>,
    Manager(staff): Manager,
    cx: Cx,
    Path(id): Path<AccountId>,
    Form(form): Form<MergeForm>,
) -> Result<Response, Problem> {
    let account = load(&app, id).await?;
    let mut errors = FormErrors::of(MERGE_LABELS);
    let other = find_other(&app, form.other.trim()).await?;
    match &other {
        None if form.other.trim().is_empty() => errors.add("other", "form-required"),
        None => errors.add("other", "account-merge-unknown"),
        Some(other) => {
            if let Err(service::Error::Refused(refusal)) = service::may_merge(&app, other.id, id).await {
                errors.add("other", refusal_key(refusal));
            }
        }
    }
    let reason = form.reason.trim();
    if reason.is_empty() {
        errors.add("reason", "form-required");
    } else if reason.chars().count() > 500 {
        errors.add_with("reason", "form-too-long", &[("max", "500")]);
    }
    let Some(other) = other.filter(|_| errors.is_empty()) else {
        let page = MergePage { cx, account, form, errors, other: None };
        return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    if form.sure != "yes" {
        return Ok(page(&MergePage { cx, account, form, errors, other: Some(other) }));
    }
    service::merge(&app, other.id, id, &staff.actor(), reason).await?;
    let flash = Flash::ok("account-merged").arg("from", other.label()).arg("into", account.label());
    Ok(redirect(&of(id), Some(flash)))
}

async fn find_other(app: &App, text: &str) -> Result<Option<Account>, Problem> {
    let reference = match (text.parse::<u64>(), Email::parse(text)) {
        (Ok(id), _) => Reference::Id(AccountId(id)),
        (_, Ok(email)) => Reference::Email(email),
        _ => return Ok(None),
    };
    let mut conn = app.db.conn().await?;
    Ok(service::resolve(&mut conn, &reference).await?)
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct EditForm {
    roles: Vec<String>,
    test: String,
}

#[derive(Debug, Template)]
#[template(path = "accounts/admin_edit.html")]
struct EditPage {
    cx: Cx,
    account: Account,
    roles: Vec<(Role, bool)>,
}

pub(super) async fn edit_form(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(id): Path<AccountId>,
) -> Result<Response, Problem> {
    let account = load(&app, id).await?;
    let has = store::roles(&mut *app.db.conn().await?, id).await?;
    let roles =
        Role::ALL.into_iter().filter(|r| *r != Role::Customer).map(|r| (r, has.contains(&r))).collect();
    Ok(page(&EditPage { cx, account, roles }))
}

pub(super) async fn edit(
    State(app): State<App>,
    Manager(staff): Manager,
    Path(id): Path<AccountId>,
    Form(form): Form<EditForm>,
) -> Result<Response, Problem> {
    let wanted: Option<Vec<Role>> = form.roles.iter().map(|text| Role::parse(text)).collect();
    let wanted = wanted.ok_or_else(|| Problem::new(Kind::Invalid).field("roles", "form-choose"))?;
    service::set_roles(&app, id, &wanted, &staff.actor()).await?;
    service::set_test(&app, id, form.test == "1", &staff.actor()).await?;
    Ok(redirect(&of(id), Some(Flash::ok("account-saved"))))
}

/// Asks the shops for this person's orders again.
pub(super) async fn check_orders(
    State(app): State<App>,
    _staff: Manager,
    Path(id): Path<AccountId>,
    Form(Button {}): Form<Button>,
) -> Result<Response, Problem> {
    load(&app, id).await?;
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let job = NewJob::new("account.orders", json!({"account": id}), now)
                .dedupe(format!("account.orders:{id}"))
                .priority(2);
            jobs::enqueue(&mut tx, job, now).await?;
            tx.done(()).await
        })
        .await?;
    Ok(redirect(&of(id), Some(Flash::info("account-checking"))))
}

/// Lets someone spend again who was refunded for sessions already used.
pub(super) async fn close_shortfall(
    State(app): State<App>,
    Manager(staff): Manager,
    Path((id, shortfall)): Path<(AccountId, u64)>,
    Form(Button {}): Form<Button>,
) -> Result<Response, Problem> {
    sessions::service::close_shortfall(&app, id, shortfall, &staff.actor()).await?;
    Ok(redirect(&of(id), Some(Flash::ok("account-shortfall-closed"))))
}
