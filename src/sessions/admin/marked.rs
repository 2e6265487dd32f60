//! Changing several grants at once: look (GET), then apply. The review says of each row what will change, or why it cannot.
use askama::Template;
use axum::{extract::State, response::Response};
use chrono::NaiveDate;
use serde::Deserialize;

use super::act::refusal_key;
use crate::{
    accounts,
    app::App,
    auth::extract::Manager,
    core::{actor::Actor, ids::GrantId},
    sessions::{
        domain::{Category, Expiry, Grant, Refusal, expiry::Wrong},
        service::{self, gifts},
        store::{self, categories},
        words::badge,
    },
    web::{
        cx::Cx,
        extract::Query,
        flash::{Flash, redirect},
        form::Form,
        page::page,
        problem::{Kind as ProblemKind, Problem},
    },
};

/// Most rows changed at once: a page of the list.
const MOST: usize = 100;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct MarkedForm {
    id: Vec<u64>,
    /// `expiry`, `category` or `void`.
    action: String,
    date: String,
    /// The code of a category.
    target: String,
    reason: String,
}

/// What is to be done to each.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Act {
    Expiry(NaiveDate),
    Category(Category),
    Void,
}

/// One marked grant.
#[derive(Debug)]
struct Row {
    grant: Grant,
    person: String,
    before: String,
    after: String,
    /// The text key of why not.
    refusal: Option<&'static str>,
}

#[derive(Debug, Template)]
#[template(path = "sessions/admin_review.html")]
struct ReviewPage {
    cx: Cx,
    form: MarkedForm,
    act: Option<Act>,
    rows: Vec<Row>,
    /// What is wrong with the choice itself.
    wrong: Option<&'static str>,
}

impl ReviewPage {
    fn possible(&self) -> usize {
        self.rows.iter().filter(|row| row.refusal.is_none()).count()
    }
    fn title(&self) -> String {
        let key = match &self.act {
            Some(Act::Expiry(_)) => "sessions-review-expiry",
            Some(Act::Category(_)) => "sessions-review-category",
            Some(Act::Void) => "sessions-review-void",
            None => "sessions-review-nothing",
        };
        self.cx.n(key, self.possible())
    }
    fn impossible(&self) -> usize {
        self.rows.len() - self.possible()
    }
    fn is_void(&self) -> bool {
        self.act == Some(Act::Void)
    }
}

/// Reads what is to be done; the key says what is wrong with it.
fn act(form: &MarkedForm, known: &[Category], today: NaiveDate) -> Result<Act, &'static str> {
    match form.action.as_str() {
        "expiry" => match form.date.parse::<NaiveDate>() {
            Ok(day) if day < today => Err("session-day-past"),
            Ok(day) => Ok(Act::Expiry(day)),
            Err(_) => Err("form-date"),
        },
        "category" => known
            .iter()
            .find(|c| c.code == form.target && !c.is_retired)
            .cloned()
            .map(Act::Category)
            .ok_or("session-category-unknown"),
        "void" => Ok(Act::Void),
        _ => Err("sessions-review-choose"),
    }
}

/// Why a grant cannot be changed so, before anyone tries.
fn verdict(grant: &Grant, act: &Act) -> Option<&'static str> {
    match act {
        Act::Void => grant.void().err().as_ref().map(refusal_key),
        Act::Expiry(_) if grant.source.is_some() => Some(refusal_key(&Refusal::NeverExpires)),
        Act::Expiry(_) if grant.remaining + grant.written_off == 0 => Some("sessions-no-used-up"),
        Act::Category(_) if grant.source.is_some() => Some("sessions-no-category"),
        Act::Expiry(_) | Act::Category(_) => None,
    }
}

pub(super) async fn review(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Query(form): Query<MarkedForm>,
) -> Result<Response, Problem> {
    if form.id.is_empty() {
        return Ok(redirect("/admin/sessions", Some(Flash::bad("sessions-review-none"))));
    }
    let mut conn = app.db.conn().await?;
    let known = categories::list(&mut conn).await?;
    let act = act(&form, &known, cx.today());
    let mut rows = Vec::new();
    for id in form.id.iter().take(MOST) {
        let Some(grant) = store::find(&mut conn, GrantId(*id)).await? else { continue };
        let account = accounts::store::find(&mut conn, grant.account).await?;
        let (before, after) = match act.as_ref() {
            Ok(Act::Expiry(day)) => {
                let now = grant.expires_at.map_or_else(|| cx.t("session-never-expires"), |at| cx.expiry(&at));
                (now, cx.on(day))
            }
            Ok(Act::Category(to)) => (badge(&cx, grant.kind, grant.category, &known).label, to.name.clone()),
            Ok(Act::Void) => (
                cx.n("sessions-n", grant.remaining),
                cx.n("sessions-n", grant.remaining - grant.free_of_holds()),
            ),
            Err(_) => (String::new(), String::new()),
        };
        let refusal = act.as_ref().ok().and_then(|act| verdict(&grant, act));
        let after = if refusal.is_some() { before.clone() } else { after };
        let person = account.map(|a| a.label()).unwrap_or_default();
        rows.push(Row { grant, person, before, after, refusal });
    }
    let (act, wrong) = match act {
        Ok(act) => (Some(act), None),
        Err(key) => (None, Some(key)),
    };
    Ok(page(&ReviewPage { cx, form, act, rows, wrong }))
}

pub(super) async fn apply(
    State(app): State<App>,
    Manager(staff): Manager,
    cx: Cx,
    Form(form): Form<MarkedForm>,
) -> Result<Response, Problem> {
    let known = categories::list(&mut *app.db.conn().await?).await?;
    let act =
        act(&form, &known, cx.today()).map_err(|key| Problem::new(ProblemKind::Invalid).explain(key, &[]))?;
    let reason: String = match form.reason.trim() {
        "" => cx.t("sessions-review-reason"),
        reason => reason.chars().take(gifts::REASON_MOST).collect(),
    };
    let (mut done, mut left) = (0, Vec::new());
    for id in form.id.iter().take(MOST) {
        match apply_one(&app, GrantId(*id), &act, &reason, &staff.actor(), &cx).await {
            Ok(()) => done += 1,
            Err(
                service::Error::Refused(_)
                | service::Error::NotFound
                | service::Error::Retired
                | service::Error::Expiry(Wrong::Past | Wrong::Days),
            ) => left.push(*id),
            Err(e) => return Err(e.into()),
        }
    }
    if left.is_empty() {
        let key = if act == Act::Void { "sessions-marked-voided" } else { "sessions-marked-changed" };
        return Ok(redirect("/admin/sessions", Some(Flash::ok(key).count(done))));
    }
    // Someone was faster with some of them: their rows again, with why.
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for id in &left {
        query.append_pair("id", &id.to_string());
    }
    query
        .append_pair("action", &form.action)
        .append_pair("date", &form.date)
        .append_pair("target", &form.target);
    let flash = Flash::info("sessions-marked-some").arg("left", left.len()).count(done);
    Ok(redirect(&format!("/admin/sessions/review?{}", query.finish()), Some(flash)))
}

async fn apply_one(
    app: &App,
    id: GrantId,
    act: &Act,
    reason: &str,
    actor: &Actor,
    cx: &Cx,
) -> Result<(), service::Error> {
    let (now, zone) = (app.clock.now(), cx.zone);
    app.db
        .transact(|mut tx| async move {
            match act {
                Act::Void => {
                    gifts::void(&mut tx, id, reason, actor, now).await?;
                }
                Act::Expiry(day) => {
                    gifts::change_expiry(&mut tx, id, Expiry::On(*day), actor, now, zone).await?;
                }
                Act::Category(to) => {
                    gifts::change_category(&mut tx, id, to.id, actor, now).await?;
                }
            }
            Ok(tx.done(()).await?)
        })
        .await
}
