//! Giving a person a licence: one of the four plans, and what goes with it.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use chrono::{Days, NaiveDate};
use serde::Deserialize;

use super::{
    explained,
    fields::{self, NOTE_MOST, PlanForm},
};
use crate::{
    accounts::{
        self,
        domain::{Account, Reference},
    },
    app::App,
    auth::extract::Manager,
    core::{email::Email, ids::AccountId},
    entitlements::{self, Feature, SourceKind},
    licences::{
        domain::{New, Plan},
        service::{self, Context},
        settings::LicenceSettings,
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
pub(super) struct GiveForm {
    /// An address or an account's number.
    person: String,
    feature: String,
    plan: String,
    credits: String,
    expires_on: String,
    note: String,
}

const LABELS: &[(&str, &str)] = &[
    ("person", "licences-person"),
    ("feature", "licences-feature"),
    ("plan", "licences-plan"),
    ("credits", "licences-credits"),
    ("expires_on", "licences-last-day-long"),
    ("note", "licences-note"),
];

#[derive(Debug, Template)]
#[template(path = "licences/admin_new.html")]
struct GivePage {
    cx: Cx,
    form: GiveForm,
    /// Whom the page is about, when it was opened from their page.
    account: Option<Account>,
    features: Vec<Opt>,
    plans: Vec<Opt>,
    free_days: u32,
    /// The last day of a free licence by date that is given today.
    free_until: NaiveDate,
    errors: FormErrors,
}

/// Features that a licence can pay for.
async fn payable(app: &App) -> Result<Vec<Feature>, Problem> {
    let known = entitlements::store::features(&mut *app.db.conn().await?).await?;
    Ok(known.into_iter().filter(|f| !f.is_retired && f.sources.contains(&SourceKind::Licence)).collect())
}

impl GivePage {
    async fn load(
        app: &App,
        cx: Cx,
        form: GiveForm,
        account: Option<Account>,
        errors: FormErrors,
    ) -> Result<Self, Problem> {
        let chosen: LicenceSettings = settings::get(&mut *app.db.conn().await?).await?;
        let free_days = chosen.free_days;
        let features = payable(app).await?.iter().map(|f| Opt::new(&f.code, &f.name)).collect();
        let free_until = cx.today().checked_add_days(Days::new(free_days.into())).unwrap_or(cx.today());
        Ok(Self {
            plans: fields::plans(&cx, free_days),
            cx,
            form,
            account,
            features,
            free_days,
            free_until,
            errors,
        })
    }
    /// Where the way out leads.
    fn back(&self) -> String {
        match &self.account {
            Some(account) => format!("/admin/accounts/{}", account.id),
            None => "/admin/licences".to_owned(),
        }
    }
    fn plan(&self, plan: Plan) -> String {
        crate::licences::words::plan(&self.cx, plan, self.free_days)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct About {
    account: String,
}

pub(super) async fn form(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Query(about): Query<About>,
) -> Result<Response, Problem> {
    let mut conn = app.db.conn().await?;
    let account = match about.account.parse() {
        Ok(id) => accounts::resolve(&mut conn, &Reference::Id(AccountId(id))).await?,
        Err(_) => None,
    };
    let chosen: LicenceSettings = settings::get(&mut conn).await?;
    drop(conn);
    let form = GiveForm {
        person: account.as_ref().map(|a| a.id.to_string()).unwrap_or_default(),
        feature: payable(&app).await?.first().map(|f| f.code.to_string()).unwrap_or_default(),
        plan: Plan::FREE_QUANTITY.as_str().to_owned(),
        credits: chosen.credits.to_string(),
        ..GiveForm::default()
    };
    Ok(page(&GivePage::load(&app, cx, form, account, FormErrors::of(LABELS)).await?))
}

/// Whom the form names: someone we know, or an address nobody has yet.
enum Person {
    Known(Box<Account>),
    New(Email),
}

async fn person(app: &App, text: &str, errors: &mut FormErrors) -> Result<Option<Person>, Problem> {
    let (reference, email) = match (text.trim().parse::<u64>(), Email::parse(text)) {
        (Ok(id), _) => (Reference::Id(AccountId(id)), None),
        (_, Ok(email)) => (Reference::Email(email.clone()), Some(email)),
        _ => {
            errors.add("person", if text.trim().is_empty() { "form-required" } else { "licences-nobody" });
            return Ok(None);
        }
    };
    let found = accounts::resolve(&mut *app.db.conn().await?, &reference).await?;
    let person = found.map(|account| Person::Known(Box::new(account))).or(email.map(Person::New));
    if person.is_none() {
        errors.add("person", "licences-nobody");
    }
    Ok(person)
}

pub(super) async fn save(
    State(app): State<App>,
    Manager(staff): Manager,
    cx: Cx,
    Form(form): Form<GiveForm>,
) -> Result<Response, Problem> {
    let mut errors = FormErrors::of(LABELS);
    let chosen: LicenceSettings = settings::get(&mut *app.db.conn().await?).await?;
    let person = person(&app, &form.person, &mut errors).await?;
    let feature = payable(&app).await?.into_iter().find(|f| f.code.as_str() == form.feature).map(|f| f.code);
    if feature.is_none() {
        errors.add("feature", "form-choose");
    }
    let typed = PlanForm { plan: &form.plan, credits: &form.credits, expires_on: &form.expires_on };
    let plan = typed.check(&cx, &mut errors, chosen.free_days);
    let note = fields::remark(&mut errors, "note", &form.note, NOTE_MOST);
    let (Some(person), Some(feature), Some(plan), true) = (&person, &feature, plan, errors.is_empty()) else {
        let account = match person {
            Some(Person::Known(account)) => Some(*account),
            _ => None,
        };
        let shown = GivePage::load(&app, cx, form, account, errors).await?;
        return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown));
    };
    let (now, actor, note) = (app.clock.now(), &staff.actor(), note.as_str());
    let request_id = Some(cx.request_id.as_str());
    let context = &Context { actor, now, zone: cx.zone, request_id };
    let licence = app
        .db
        .transact(|mut tx| async move {
            let account = match person {
                Person::Known(account) => account.id,
                Person::New(email) => accounts::for_guest(&mut tx, email, "", now).await?,
            };
            let new = New {
                account,
                feature: feature.clone(),
                plan: plan.plan,
                credits: plan.credits,
                expires_on: plan.expires_on,
                note: note.to_owned(),
            };
            let licence = service::give(&mut tx, new, "", context).await?;
            Ok::<_, service::Error>(tx.done(licence).await?)
        })
        .await
        .map_err(explained)?;
    let label = match person {
        Person::Known(account) => account.label(),
        Person::New(email) => email.to_string(),
    };
    let flash = match licence.expires_on {
        Some(day) => Flash::ok("licences-given-date").arg("day", cx.on_full(&day)),
        None => Flash::ok("licences-given-credits").count(licence.granted.into()),
    };
    Ok(redirect(&format!("/admin/licences/{}", licence.id), Some(flash.arg("person", label))))
}
