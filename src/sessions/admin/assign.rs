//! Giving one person free sessions.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;

use super::fields::{self, ExpiryForm};
use crate::{
    accounts::{self, domain::Account, domain::Reference},
    app::App,
    auth::extract::Manager,
    core::{email::Email, ids::AccountId},
    sessions::{
        domain::Category,
        service::{
            self,
            gifts::{self, Gift, MOST_PER_GRANT, NOTE_MOST},
        },
        settings::SessionSettings,
        store::categories,
    },
    settings,
    web::{
        cx::Cx,
        extract::Query,
        flash::{Flash, redirect},
        form::{Form, FormErrors, Opt},
        page::{page, page_with},
        problem::Problem,
    },
};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct AssignForm {
    /// An address or an account's number.
    person: String,
    quantity: String,
    /// The code of a category.
    category: String,
    expiry: String,
    days: String,
    date: String,
    note: String,
}

const LABELS: &[(&str, &str)] = &[
    ("person", "sessions-assign-person"),
    ("quantity", "sessions-assign-quantity"),
    ("category", "sessions-category"),
    ("expiry", "sessions-expiry"),
    ("days", "sessions-expiry-days"),
    ("date", "sessions-expiry-date"),
    ("note", "sessions-note"),
];

#[derive(Debug, Template)]
#[template(path = "sessions/admin_new.html")]
struct AssignPage {
    cx: Cx,
    form: AssignForm,
    /// Whom the page is about, when it was opened from their page.
    account: Option<Account>,
    categories: Vec<Opt>,
    choices: Vec<Opt>,
    errors: FormErrors,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct About {
    account: String,
}

async fn find(app: &App, text: &str) -> Result<Option<Account>, Problem> {
    let reference = match (text.trim().parse::<u64>(), Email::parse(text)) {
        (Ok(id), _) => Reference::Id(AccountId(id)),
        (_, Ok(email)) => Reference::Email(email),
        _ => return Ok(None),
    };
    Ok(accounts::resolve(&mut *app.db.conn().await?, &reference).await?)
}

impl AssignPage {
    async fn load(
        app: &App,
        cx: Cx,
        form: AssignForm,
        account: Option<Account>,
        errors: FormErrors,
    ) -> Result<Self, Problem> {
        let used = used(app).await?;
        let categories = used.iter().map(|c| Opt::new(&c.code, &c.name)).collect();
        let choices = fields::expiry_choices(&cx, Some(&used));
        Ok(Self { cx, form, account, categories, choices, errors })
    }
}

/// Categories that something can be given under.
async fn used(app: &App) -> Result<Vec<Category>, Problem> {
    let known = categories::list(&mut *app.db.conn().await?).await?;
    Ok(known.into_iter().filter(|c| !c.is_retired).collect())
}

pub(super) async fn form(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Query(about): Query<About>,
) -> Result<Response, Problem> {
    let account = find(&app, &about.account).await?;
    let chosen: SessionSettings = settings::get(&mut *app.db.conn().await?).await?;
    let form = AssignForm {
        person: account.as_ref().map(|a| a.id.to_string()).unwrap_or_default(),
        quantity: "1".to_owned(),
        category: chosen.default_category,
        expiry: "category".to_owned(),
        ..AssignForm::default()
    };
    Ok(page(&AssignPage::load(&app, cx, form, account, FormErrors::of(LABELS)).await?))
}

pub(super) async fn save(
    State(app): State<App>,
    Manager(staff): Manager,
    cx: Cx,
    Form(form): Form<AssignForm>,
) -> Result<Response, Problem> {
    let mut errors = FormErrors::of(LABELS);
    let account = find(&app, &form.person).await?;
    if account.is_none() {
        let key = if form.person.trim().is_empty() { "form-required" } else { "sessions-assign-nobody" };
        errors.add("person", key);
    }
    let quantity = form.quantity.trim().parse().ok().filter(|n| (1..=MOST_PER_GRANT).contains(n));
    if quantity.is_none() {
        errors.add_with("quantity", "form-range", &[("min", "1"), ("max", &MOST_PER_GRANT.to_string())]);
    }
    let category = used(&app).await?.into_iter().find(|c| c.code == form.category).map(|c| c.id);
    if category.is_none() {
        errors.add("category", "form-choose");
    }
    let typed = ExpiryForm { expiry: form.expiry.clone(), days: form.days.clone(), date: form.date.clone() };
    let expiry = typed.check(&mut errors, cx.today());
    if form.note.trim().chars().count() > NOTE_MOST {
        errors.add_with("note", "form-too-long", &[("max", &NOTE_MOST.to_string())]);
    }
    let (Some(account), Some(quantity), Some(category), Some(expiry), true) =
        (account.clone(), quantity, category, expiry, errors.is_empty())
    else {
        let shown = AssignPage::load(&app, cx, form, account, errors).await?;
        return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown));
    };
    let note = form.note.trim().to_owned();
    let gift = &Gift { account: account.id, quantity, category, expiry, note };
    let (now, actor, zone) = (app.clock.now(), &staff.actor(), cx.zone);
    let grant = app
        .db
        .transact(|mut tx| async move {
            let grant = gifts::give(&mut tx, gift, actor, now, zone).await?;
            Ok::<_, service::Error>(tx.done(grant).await?)
        })
        .await?;
    let flash = match grant.expires_at {
        Some(at) => Flash::ok("sessions-assigned").arg("day", cx.expiry(&at)),
        None => Flash::ok("sessions-assigned-never"),
    };
    let flash = flash.arg("person", account.label()).count(i64::from(quantity));
    let undo = format!("/admin/sessions/{}/void", grant.id);
    Ok(redirect(&format!("/admin/accounts/{}", account.id), Some(flash.action("form-undo", &undo))))
}
