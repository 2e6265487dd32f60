//! Blocking a licence and letting it work again, each with a reason.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;

use super::{explained, fields};
use crate::{
    accounts,
    app::App,
    auth::{StaffLogin, extract::Manager},
    core::ids::LicenceId,
    entitlements,
    licences::{
        domain::{Licence, Refusal},
        service::{self, Context, Wish},
        store,
        words::{self, Features},
    },
    web::{
        cx::Cx,
        extract::Path,
        flash::{Flash, redirect},
        form::{Form, FormErrors},
        page::{page, page_with},
        problem::{Kind as ProblemKind, Problem},
    },
};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReasonForm {
    reason: String,
}

const LABELS: &[(&str, &str)] = &[("reason", "licences-reason")];

#[derive(Debug, Template)]
#[template(path = "licences/admin_block.html")]
struct BlockPage {
    cx: Cx,
    licence: Licence,
    person: String,
    features: Features,
    /// False: it is to work again.
    blocks: bool,
    form: ReasonForm,
    errors: FormErrors,
}

impl BlockPage {
    async fn load(app: &App, cx: Cx, id: LicenceId, blocks: bool) -> Result<Self, Problem> {
        let mut conn = app.db.conn().await?;
        let licence =
            store::find(&mut conn, id, cx.now).await?.ok_or_else(|| Problem::new(ProblemKind::NotFound))?;
        if licence.blocked.is_some() == blocks {
            let refusal = if blocks { Refusal::AlreadyBlocked } else { Refusal::NotBlocked };
            return Err(explained(refusal.into()));
        }
        let account = accounts::store::find(&mut conn, licence.account).await?;
        Ok(Self {
            person: account.map(|a| a.label()).unwrap_or_default(),
            features: Features(entitlements::store::features(&mut conn).await?),
            cx,
            licence,
            blocks,
            form: ReasonForm::default(),
            errors: FormErrors::of(LABELS),
        })
    }
    fn title(&self) -> String {
        let key = if self.blocks { "licences-block-title" } else { "licences-unblock-title" };
        self.cx.ta(key, &[("person", &self.person)])
    }
    fn text(&self) -> String {
        let left = words::left(&self.cx, &self.licence, &self.features);
        let key = if self.blocks { "licences-block-text" } else { "licences-unblock-text" };
        self.cx.ta(key, &[("feature", self.features.name(&self.licence.feature)), ("left", &left)])
    }
    fn action(&self) -> String {
        let verb = if self.blocks { "block" } else { "unblock" };
        format!("/admin/licences/{}/{verb}", self.licence.id)
    }
}

pub(super) async fn block_form(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(id): Path<LicenceId>,
) -> Result<Response, Problem> {
    Ok(page(&BlockPage::load(&app, cx, id, true).await?))
}

pub(super) async fn unblock_form(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(id): Path<LicenceId>,
) -> Result<Response, Problem> {
    Ok(page(&BlockPage::load(&app, cx, id, false).await?))
}

async fn save(
    app: &App,
    staff: &StaffLogin,
    cx: Cx,
    id: LicenceId,
    blocks: bool,
    form: ReasonForm,
) -> Result<Response, Problem> {
    let mut shown = BlockPage::load(app, cx, id, blocks).await?;
    let reason = fields::reason(&mut shown.errors, "reason", &form.reason);
    if !shown.errors.is_empty() {
        shown.form = form;
        return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown));
    }
    let (wish, done) = if blocks {
        (&Wish::Block, "licences-blocked-done")
    } else {
        (&Wish::Unblock, "licences-unblocked-done")
    };
    let (actor, now, reason) = (&staff.actor(), app.clock.now(), reason.as_str());
    let request_id = Some(shown.cx.request_id.as_str());
    let context = &Context { actor, now, zone: shown.cx.zone, request_id };
    app.db
        .transact(|mut tx| async move {
            let licence = service::change(&mut tx, id, None, wish, reason, context).await?;
            Ok(tx.done(licence).await?)
        })
        .await
        .map_err(explained)?;
    Ok(redirect(&format!("/admin/licences/{id}"), Some(Flash::ok(done).arg("person", &shown.person))))
}

pub(super) async fn block(
    State(app): State<App>,
    Manager(staff): Manager,
    cx: Cx,
    Path(id): Path<LicenceId>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Problem> {
    save(&app, &staff, cx, id, true, form).await
}

pub(super) async fn unblock(
    State(app): State<App>,
    Manager(staff): Manager,
    cx: Cx,
    Path(id): Path<LicenceId>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Problem> {
    save(&app, &staff, cx, id, false, form).await
}
