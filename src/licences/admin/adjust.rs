//! «Ajustes» of a licence: more credits, another last day, another plan. Each is a form of its own on one page.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use chrono::{Days, Months, NaiveDate};
use serde::Deserialize;

use super::{
    explained,
    fields::{self, PlanForm, REASON_MOST},
};
use crate::{
    accounts,
    app::App,
    auth::{StaffLogin, extract::Manager},
    core::ids::LicenceId,
    entitlements,
    licences::{
        domain::{Licence, Refusal},
        service::{self, Context, Error, Wish},
        settings::LicenceSettings,
        store,
        words::{self, Features},
    },
    settings,
    web::{
        cx::Cx,
        extract::Path,
        flash::{Flash, redirect},
        form::{Form, FormErrors, Opt},
        page::{page, page_with},
        problem::{Kind as ProblemKind, Problem},
    },
};

/// Months that are one press away.
const QUICK: [u32; 3] = [1, 6, 12];

/// What was typed into any of the three forms.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct AdjustForm {
    /// Of the licence, as the page showed it.
    version: String,
    add: String,
    why_add: String,
    /// The last day; `quick` goes first: it is the value of the button that was pressed.
    day: String,
    quick: String,
    why_day: String,
    plan: String,
    /// Credits that were left, as the page showed them.
    left: String,
    credits: String,
    expires_on: String,
    why_plan: String,
}

const LABELS: &[(&str, &str)] = &[
    ("add", "licences-add"),
    ("why_add", "licences-reason"),
    ("day", "licences-last-day-long"),
    ("why_day", "licences-reason"),
    ("plan", "licences-plan"),
    ("credits", "licences-credits-after"),
    ("expires_on", "licences-last-day-long"),
    ("why_plan", "licences-reason"),
];

#[derive(Debug, Template)]
#[template(path = "licences/admin_adjust.html")]
struct AdjustPage {
    cx: Cx,
    licence: Licence,
    person: String,
    features: Features,
    free_days: u32,
    free_until: NaiveDate,
    plans: Vec<Opt>,
    form: AdjustForm,
    errors: FormErrors,
}

impl AdjustPage {
    async fn load(
        app: &App,
        cx: Cx,
        id: LicenceId,
        typed: Option<AdjustForm>,
        errors: FormErrors,
    ) -> Result<Self, Problem> {
        let mut conn = app.db.conn().await?;
        let licence =
            store::find(&mut conn, id, cx.now).await?.ok_or_else(|| Problem::new(ProblemKind::NotFound))?;
        let account = accounts::store::find(&mut conn, licence.account).await?;
        let chosen: LicenceSettings = settings::get(&mut conn).await?;
        let features = Features(entitlements::store::features(&mut conn).await?);
        let today = cx.today();
        let fresh = AdjustForm {
            day: licence
                .expires_on
                .filter(|day| *day >= today)
                .map(|day| day.to_string())
                .unwrap_or_default(),
            plan: licence.plan.as_str().to_owned(),
            credits: if licence.plan.is_dated() { chosen.credits } else { licence.remaining() }.to_string(),
            ..AdjustForm::default()
        };
        // Whichever form was sent, the others show what is.
        let form = match typed {
            None => AdjustForm { expires_on: fresh.day.clone(), ..fresh },
            Some(typed) if !typed.plan.is_empty() => AdjustForm { day: fresh.day, ..typed },
            Some(typed) => {
                let day = if typed.day.is_empty() { fresh.day.clone() } else { typed.day.clone() };
                AdjustForm { plan: fresh.plan, credits: fresh.credits, expires_on: fresh.day, day, ..typed }
            }
        };
        Ok(Self {
            plans: fields::plans(&cx, chosen.free_days),
            person: account.map(|a| a.label()).unwrap_or_default(),
            free_days: chosen.free_days,
            free_until: today.checked_add_days(Days::new(chosen.free_days.into())).unwrap_or(today),
            cx,
            licence,
            features,
            form,
            errors,
        })
    }
    fn now(&self) -> String {
        let plan = words::plan(&self.cx, self.licence.plan, self.free_days);
        format!("{plan} · {}", words::left(&self.cx, &self.licence, &self.features))
    }
    /// The days that the quick buttons set: from the last day while the licence lasts, from today once it is over.
    fn quick(&self) -> Vec<(u32, NaiveDate)> {
        let today = self.cx.today();
        let from = self.licence.expires_on.filter(|day| *day >= today).unwrap_or(today);
        QUICK.iter().filter_map(|n| Some((*n, from.checked_add_months(Months::new(*n))?))).collect()
    }
    /// Whether choosing the free plan by date anew ends the licence earlier than now.
    fn is_shorter(&self) -> bool {
        self.licence.expires_on.is_some_and(|day| day > self.free_until)
    }
}

pub(super) async fn form(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(id): Path<LicenceId>,
) -> Result<Response, Problem> {
    Ok(page(&AdjustPage::load(&app, cx, id, None, FormErrors::of(LABELS)).await?))
}

/// Does what was asked for, or shows the form again with why not.
async fn change(
    app: &App,
    cx: Cx,
    staff: &StaffLogin,
    id: LicenceId,
    form: AdjustForm,
    wish: Option<(Wish, String)>,
    mut errors: FormErrors,
) -> Result<Response, Problem> {
    let Some((wish, reason)) = wish.filter(|_| errors.is_empty()) else {
        let shown = AdjustPage::load(app, cx, id, Some(form), errors).await?;
        return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown));
    };
    // A page without its version is as good as one that is out of date.
    let version = Some(form.version.trim().parse().unwrap_or(0));
    let (actor, now, wish, reason) = (&staff.actor(), app.clock.now(), &wish, reason.as_str());
    let context = &Context { actor, now, zone: cx.zone, request_id: Some(cx.request_id.as_str()) };
    let outcome = app
        .db
        .transact(|mut tx| async move {
            let licence = service::change(&mut tx, id, version, wish, reason, context).await?;
            Ok(tx.done(licence).await?)
        })
        .await;
    match outcome {
        Ok(licence) => {
            Ok(redirect(&format!("/admin/licences/{id}"), Some(done(app, &cx, wish, &licence).await?)))
        }
        Err(Error::Changed) => {
            errors.add_whole("licences-changed-meanwhile");
            let shown = AdjustPage::load(app, cx, id, Some(form), errors).await?;
            Ok(page_with(StatusCode::CONFLICT, &shown))
        }
        Err(Error::Refused(refusal)) => {
            refused(&mut errors, &cx, wish, refusal);
            let shown = AdjustPage::load(app, cx, id, Some(form), errors).await?;
            Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
        Err(other) => Err(explained(other)),
    }
}

/// Marks the field that a refusal is about.
fn refused(errors: &mut FormErrors, cx: &Cx, wish: &Wish, refusal: Refusal) {
    let (amount, plan) = match wish {
        Wish::Credits(_) => ("add", "plan"),
        Wish::Until(_) => ("day", "day"),
        _ => ("credits", "plan"),
    };
    match refusal {
        Refusal::Held { held } => errors.add_with(amount, "licences-held", &[("held", &cx.count(held))]),
        Refusal::NothingChanges => errors.add(plan, "licences-same"),
        Refusal::NotByQuantity => errors.add_whole("licences-not-by-quantity"),
        Refusal::NotByDate => errors.add_whole("licences-not-by-date"),
        Refusal::Credits => errors.add(amount, "licences-too-many"),
        _ => errors.add_whole("licences-not-so"),
    }
}

async fn done(app: &App, cx: &Cx, wish: &Wish, licence: &Licence) -> Result<Flash, Problem> {
    let mut conn = app.db.conn().await?;
    let features = Features(entitlements::store::features(&mut conn).await?);
    let chosen: LicenceSettings = settings::get(&mut conn).await?;
    Ok(match wish {
        Wish::Credits(amount) => Flash::ok("licences-credited").count(i64::from(*amount)),
        Wish::Until(day) => Flash::ok("licences-extended").arg("day", cx.on_full(day)),
        _ => Flash::ok("licences-changed")
            .arg("plan", words::plan(cx, licence.plan, chosen.free_days))
            .arg("left", words::left(cx, licence, &features)),
    })
}

pub(super) async fn credits(
    State(app): State<App>,
    Manager(staff): Manager,
    cx: Cx,
    Path(id): Path<LicenceId>,
    Form(form): Form<AdjustForm>,
) -> Result<Response, Problem> {
    let mut errors = FormErrors::of(LABELS);
    let amount = fields::credits(&mut errors, "add", &form.add, 1);
    let reason = fields::remark(&mut errors, "why_add", &form.why_add, REASON_MOST);
    // Only this form's fields are kept when it comes back.
    let form = AdjustForm { plan: String::new(), day: String::new(), ..form };
    change(&app, cx, &staff, id, form, amount.map(|n| (Wish::Credits(n), reason)), errors).await
}

pub(super) async fn until(
    State(app): State<App>,
    Manager(staff): Manager,
    cx: Cx,
    Path(id): Path<LicenceId>,
    Form(form): Form<AdjustForm>,
) -> Result<Response, Problem> {
    let mut errors = FormErrors::of(LABELS);
    let typed = if form.quick.is_empty() { form.day.as_str() } else { form.quick.as_str() };
    let day = fields::last_day(&cx, &mut errors, "day", typed);
    let reason = fields::remark(&mut errors, "why_day", &form.why_day, REASON_MOST);
    let form = AdjustForm { plan: String::new(), day: typed.to_owned(), ..form };
    change(&app, cx, &staff, id, form, day.map(|day| (Wish::Until(day), reason)), errors).await
}

pub(super) async fn plan(
    State(app): State<App>,
    Manager(staff): Manager,
    cx: Cx,
    Path(id): Path<LicenceId>,
    Form(form): Form<AdjustForm>,
) -> Result<Response, Problem> {
    let mut errors = FormErrors::of(LABELS);
    let chosen: LicenceSettings = settings::get(&mut *app.db.conn().await?).await?;
    let typed = PlanForm { plan: &form.plan, credits: &form.credits, expires_on: &form.expires_on };
    let wish = typed.check(&cx, &mut errors, chosen.free_days).map(|chosen| Wish::Plan {
        plan: chosen.plan,
        credits: chosen.credits,
        expires_on: chosen.expires_on,
        // Uses do not change the version: "what is left" was decided of what the page showed.
        seen: Some(form.left.trim().parse().unwrap_or(u32::MAX)),
    });
    let reason = fields::remark(&mut errors, "why_plan", &form.why_plan, REASON_MOST);
    change(&app, cx, &staff, id, form, wish.map(|wish| (wish, reason)), errors).await
}
