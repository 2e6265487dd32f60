//! What may be done to one grant by hand, each with a reason or a review: void, correct, give a use back, another expiry.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;

use super::fields::{self, EXPIRY_LABELS, ExpiryForm};
use crate::{
    accounts,
    app::App,
    auth::extract::Manager,
    core::ids::GrantId,
    sessions::{
        domain::{Grant, Refusal},
        service::{self, gifts},
        store,
    },
    web::{
        cx::Cx,
        extract::Path,
        flash::{Flash, redirect},
        form::{Form, FormErrors, Opt},
        page::{page, page_with},
        problem::{Kind as ProblemKind, Problem},
    },
};

fn of(id: GrantId) -> String {
    format!("/admin/sessions/{id}")
}

/// The grant and what its person is called.
async fn load(app: &App, id: GrantId) -> Result<(Grant, String), Problem> {
    let mut conn = app.db.conn().await?;
    let grant = store::find(&mut conn, id).await?.ok_or_else(|| Problem::new(ProblemKind::NotFound))?;
    let account = accounts::store::find(&mut conn, grant.account).await?;
    Ok((grant, account.map(|a| a.label()).unwrap_or_default()))
}

/// Why something by hand is not possible, as pages say it.
pub(super) fn refusal_key(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::BoughtInShop => "sessions-no-bought",
        Refusal::NeverExpires => "sessions-no-expiry",
        Refusal::NothingLeft => "sessions-no-left",
        _ => "sessions-no-change",
    }
}

/// A problem that says in the reader's words what stands in the way.
fn explained(e: service::Error) -> Problem {
    match e {
        service::Error::Refused(refusal) => {
            Problem::new(ProblemKind::Conflict).explain(refusal_key(&refusal), &[])
        }
        other => other.into(),
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReasonForm {
    reason: String,
    /// Only of a correction: `-2`, `3`.
    change: String,
}

const REASON_LABELS: &[(&str, &str)] =
    &[("change", "sessions-correct-change"), ("reason", "sessions-reason")];

impl ReasonForm {
    fn reason(&self, errors: &mut FormErrors) -> String {
        let reason = self.reason.trim();
        if reason.is_empty() {
            errors.add("reason", "form-required");
        } else if reason.chars().count() > gifts::REASON_MOST {
            errors.add_with("reason", "form-too-long", &[("max", &gifts::REASON_MOST.to_string())]);
        }
        reason.to_owned()
    }
}

/// What a form with a reason is about.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Act {
    Void,
    Correct,
    GiveBack { operation: String, sessions: u32 },
}

#[derive(Debug, Template)]
#[template(path = "sessions/admin_act.html")]
struct ActPage {
    cx: Cx,
    grant: Grant,
    person: String,
    act: Act,
    form: ReasonForm,
    errors: FormErrors,
}

impl ActPage {
    fn new(cx: Cx, (grant, person): (Grant, String), act: Act) -> Self {
        let errors = FormErrors::of(REASON_LABELS);
        Self { cx, grant, person, act, form: ReasonForm::default(), errors }
    }
    fn action(&self) -> String {
        let base = of(self.grant.id);
        match &self.act {
            Act::Void => format!("{base}/void"),
            Act::Correct => format!("{base}/correct"),
            Act::GiveBack { operation, .. } => format!("{base}/uses/{operation}"),
        }
    }
    fn title(&self) -> String {
        match &self.act {
            Act::Void => {
                self.cx.na("sessions-void-title", self.grant.free_of_holds(), &[("person", &self.person)])
            }
            Act::Correct => self.cx.ta("sessions-correct-title", &[("person", &self.person)]),
            Act::GiveBack { sessions, .. } => {
                self.cx.na("sessions-back-title", *sessions, &[("person", &self.person)])
            }
        }
    }
    fn text(&self) -> String {
        match &self.act {
            Act::Void => self.cx.n("sessions-void-text", self.grant.spent()),
            Act::Correct => self.correction(),
            Act::GiveBack { .. } if self.grant.is_expired(self.cx.now) => self.cx.t("sessions-back-expired"),
            Act::GiveBack { .. } => self.cx.t("sessions-back-text"),
        }
    }
    /// What is left and how far it can be corrected: only what was used can come back.
    fn correction(&self) -> String {
        let left = self.cx.n("sessions-correct-left", self.grant.remaining);
        let down = self.cx.n("sessions-correct-down", self.grant.free_of_holds());
        let up = self.cx.n("sessions-correct-up", self.grant.spent().saturating_sub(self.grant.shortfall));
        format!("{left} {down} {up}")
    }
    fn submit(&self) -> String {
        match &self.act {
            Act::Void => self.cx.n("sessions-void-do", self.grant.free_of_holds()),
            Act::Correct => self.cx.t("sessions-correct-do"),
            Act::GiveBack { sessions, .. } => self.cx.n("sessions-back-do", *sessions),
        }
    }
    fn is_correction(&self) -> bool {
        self.act == Act::Correct
    }
    fn is_grave(&self) -> bool {
        self.act == Act::Void
    }
}

pub(super) async fn void_form(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(id): Path<GrantId>,
) -> Result<Response, Problem> {
    let found = load(&app, id).await?;
    found.0.void().map_err(|refusal| explained(refusal.into()))?;
    Ok(page(&ActPage::new(cx, found, Act::Void)))
}

pub(super) async fn void(
    State(app): State<App>,
    Manager(staff): Manager,
    cx: Cx,
    Path(id): Path<GrantId>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Problem> {
    let mut shown = ActPage::new(cx, load(&app, id).await?, Act::Void);
    let reason = form.reason(&mut shown.errors);
    if !shown.errors.is_empty() {
        shown.form = form;
        return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown));
    }
    let (now, actor, reason) = (app.clock.now(), &staff.actor(), &reason);
    let voided = app
        .db
        .transact(|mut tx| async move {
            let (_, voided) = gifts::void(&mut tx, id, reason, actor, now).await?;
            Ok(tx.done(voided).await?)
        })
        .await
        .map_err(explained)?;
    let flash = Flash::ok("sessions-voided-done").arg("person", shown.person).count(i64::from(voided));
    Ok(redirect(&of(id), Some(flash)))
}

pub(super) async fn correct_form(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(id): Path<GrantId>,
) -> Result<Response, Problem> {
    Ok(page(&ActPage::new(cx, load(&app, id).await?, Act::Correct)))
}

pub(super) async fn correct(
    State(app): State<App>,
    Manager(staff): Manager,
    cx: Cx,
    Path(id): Path<GrantId>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Problem> {
    let mut shown = ActPage::new(cx, load(&app, id).await?, Act::Correct);
    let change = form.change.trim().replace('−', "-").parse::<i32>().ok().filter(|n| *n != 0);
    if change.is_none() {
        shown.errors.add("change", "sessions-correct-number");
    }
    let reason = form.reason(&mut shown.errors);
    let (now, actor, reason) = (app.clock.now(), &staff.actor(), &reason);
    let outcome = match change.filter(|_| shown.errors.is_empty()) {
        None => None,
        Some(change) => Some(
            app.db
                .transact(|mut tx| async move {
                    let grant = gifts::adjust(&mut tx, id, change, reason, actor, now).await?;
                    Ok(tx.done(grant).await?)
                })
                .await,
        ),
    };
    match outcome {
        Some(Ok(grant)) => {
            let flash = Flash::ok("sessions-corrected").arg("person", shown.person);
            Ok(redirect(&of(id), Some(flash.count(i64::from(grant.remaining)))))
        }
        Some(Err(service::Error::Refused(Refusal::Correction { most_back, most_taken }))) => {
            let (up, down) = (most_back.to_string(), most_taken.to_string());
            shown.errors.add_with("change", "sessions-correct-range", &[("up", &up), ("down", &down)]);
            shown.form = form;
            Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
        Some(Err(e)) => Err(explained(e)),
        None => {
            shown.form = form;
            Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
    }
}

/// A use that this grant paid for and that was not given back yet.
async fn load_use(app: &App, id: GrantId, operation: &str) -> Result<((Grant, String), Act), Problem> {
    let found = load(app, id).await?;
    let paid = store::paid_by(&mut *app.db.conn().await?, found.0.account, operation).await?;
    let sessions: u32 = paid.iter().map(|(_, amount)| amount).sum();
    if sessions == 0 {
        return Err(Problem::new(ProblemKind::Conflict).explain("sessions-back-already", &[]));
    }
    Ok((found, Act::GiveBack { operation: operation.to_owned(), sessions }))
}

pub(super) async fn give_back_form(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path((id, operation)): Path<(GrantId, String)>,
) -> Result<Response, Problem> {
    let (found, act) = load_use(&app, id, &operation).await?;
    Ok(page(&ActPage::new(cx, found, act)))
}

pub(super) async fn give_back_use(
    State(app): State<App>,
    Manager(staff): Manager,
    cx: Cx,
    Path((id, operation)): Path<(GrantId, String)>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Problem> {
    let (found, act) = load_use(&app, id, &operation).await?;
    let mut shown = ActPage::new(cx, found, act);
    let reason = form.reason(&mut shown.errors);
    if !shown.errors.is_empty() {
        shown.form = form;
        return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown));
    }
    let (now, actor, reason, operation) = (app.clock.now(), &staff.actor(), &reason, operation.as_str());
    let account = shown.grant.account;
    let returned = app
        .db
        .transact(|mut tx| async move {
            let n = gifts::give_back_use(&mut tx, account, operation, reason, actor, now).await?;
            Ok(tx.done(n).await?)
        })
        .await
        .map_err(explained)?;
    let flash = Flash::ok("sessions-back-done").arg("person", shown.person).count(i64::from(returned));
    Ok(redirect(&of(id), Some(flash)))
}

#[derive(Debug, Template)]
#[template(path = "sessions/admin_expiry.html")]
struct ExpiryPage {
    cx: Cx,
    grant: Grant,
    person: String,
    form: ExpiryForm,
    choices: Vec<Opt>,
    errors: FormErrors,
}

pub(super) async fn expiry_form(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(id): Path<GrantId>,
) -> Result<Response, Problem> {
    let (grant, person) = load(&app, id).await?;
    if grant.source.is_some() {
        return Err(explained(Refusal::NeverExpires.into()));
    }
    let date = grant.expires_at.map(|at| cx.last_day(&at).to_string()).unwrap_or_default();
    let form = ExpiryForm { expiry: "date".to_owned(), date, ..ExpiryForm::default() };
    let errors = FormErrors::of(EXPIRY_LABELS);
    let choices = fields::expiry_choices(&cx, None);
    Ok(page(&ExpiryPage { cx, grant, person, form, choices, errors }))
}

pub(super) async fn change_expiry(
    State(app): State<App>,
    Manager(staff): Manager,
    cx: Cx,
    Path(id): Path<GrantId>,
    Form(form): Form<ExpiryForm>,
) -> Result<Response, Problem> {
    let (grant, person) = load(&app, id).await?;
    let mut errors = FormErrors::of(EXPIRY_LABELS);
    let wanted = form.check(&mut errors, cx.today());
    let Some(expiry) = wanted.flatten().filter(|_| errors.is_empty()) else {
        if errors.is_empty() {
            errors.add("expiry", "form-choose");
        }
        let choices = fields::expiry_choices(&cx, None);
        let shown = ExpiryPage { cx, grant, person, form, choices, errors };
        return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown));
    };
    let (now, actor, zone) = (app.clock.now(), &staff.actor(), cx.zone);
    let grant = app
        .db
        .transact(|mut tx| async move {
            let grant = gifts::change_expiry(&mut tx, id, expiry, actor, now, zone).await?;
            Ok(tx.done(grant).await?)
        })
        .await
        .map_err(explained)?;
    let flash = match grant.expires_at {
        Some(at) => Flash::ok("sessions-expiry-done").arg("day", cx.expiry(&at)),
        None => Flash::ok("sessions-expiry-never"),
    };
    Ok(redirect(&of(id), Some(flash.arg("person", person))))
}
