//! `/admin/licences/{id}/keys`: the keys of a licence. A new one is shown once.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;

use super::{
    domain::{Key, MOST_LIVING, NOTE_MOST, Refusal},
    service::{self, Error, Made},
    store,
};
use crate::{
    accounts,
    app::App,
    auth::{Role, extract::Manager},
    core::ids::{LicenceId, LicenceKeyId},
    licences::{self, domain::Licence, settings::LicenceSettings, words},
    settings,
    web::{
        cx::Cx,
        extract::Path,
        flash::{Flash, redirect},
        form::{Form, FormErrors},
        page::{page, page_with},
        problem::{Kind, Problem},
        routes::{Access, Routes},
    },
};

const ACCESS: Access = Access::Staff(Role::Manager);
const LABELS: &[(&str, &str)] = &[("note", "licence-key-note")];

pub fn routes() -> Routes {
    Routes::new()
        .get("/admin/licences/{id}/keys", ACCESS, index)
        .post("/admin/licences/{id}/keys", ACCESS, create)
        .get("/admin/licences/{id}/keys/{key}/revoke", ACCESS, ask_revoke)
        .post("/admin/licences/{id}/keys/{key}/revoke", ACCESS, revoke)
        .get("/admin/licences/{id}/keys/{key}/reissue", ACCESS, ask_reissue)
        .post("/admin/licences/{id}/keys/{key}/reissue", ACCESS, reissue)
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::new(Kind::NotFound),
            Error::Refused(Refusal::Full) => Self::new(Kind::Conflict).explain("licence-key-full", &[]),
            Error::Refused(Refusal::Note) => Self::new(Kind::Invalid).field("note", "form-too-long"),
            Error::Db(error) => error.into(),
        }
    }
}

/// The licence whose keys these are, with the name of its person.
#[derive(Debug)]
struct Whose {
    licence: Licence,
    person: String,
    free_days: u32,
}

impl Whose {
    async fn load(app: &App, cx: &Cx, id: LicenceId) -> Result<Self, Problem> {
        let mut conn = app.db.conn().await?;
        let licence = licences::store::find(&mut conn, id, cx.now)
            .await?
            .ok_or_else(|| Problem::new(Kind::NotFound))?;
        let account = accounts::store::find(&mut conn, licence.account).await?;
        let free_days = settings::get::<LicenceSettings>(&mut conn).await?.free_days;
        Ok(Self { person: account.map(|a| a.label()).unwrap_or_default(), licence, free_days })
    }

    fn path(&self) -> String {
        format!("/admin/licences/{}/keys", self.licence.id)
    }

    fn plan(&self, cx: &Cx) -> String {
        words::plan(cx, self.licence.plan, self.free_days)
    }
}

#[derive(Debug, Template)]
#[template(path = "licences/keys.html")]
struct IndexPage {
    cx: Cx,
    whose: Whose,
    keys: Vec<Key>,
    errors: FormErrors,
    note: String,
}

impl IndexPage {
    async fn load(
        app: &App,
        cx: Cx,
        id: LicenceId,
        errors: FormErrors,
        note: String,
    ) -> Result<Self, Problem> {
        let whose = Whose::load(app, &cx, id).await?;
        let keys = store::list(&mut *app.db.conn().await?, id).await?;
        Ok(Self { cx, whose, keys, errors, note })
    }
}

async fn index(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(id): Path<LicenceId>,
) -> Result<Response, Problem> {
    Ok(page(&IndexPage::load(&app, cx, id, FormErrors::of(LABELS), String::new()).await?))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct KeyForm {
    note: String,
}

#[derive(Template)]
#[template(path = "licences/key_made.html")]
struct MadePage<'a> {
    cx: Cx,
    whose: Whose,
    key: &'a Key,
    text: &'a str,
    /// In the place of another one.
    is_reissued: bool,
}

/// No redirect: the answer to this very request is the only place the key is ever shown.
async fn show_once(
    app: &App,
    cx: Cx,
    id: LicenceId,
    made: &Made,
    is_reissued: bool,
) -> Result<Response, Problem> {
    let whose = Whose::load(app, &cx, id).await?;
    let template = MadePage { cx, whose, key: &made.key, text: made.text.reveal(), is_reissued };
    Ok(page_with(StatusCode::CREATED, &template))
}

async fn create(
    State(app): State<App>,
    Manager(staff): Manager,
    cx: Cx,
    Path(id): Path<LicenceId>,
    Form(form): Form<KeyForm>,
) -> Result<Response, Problem> {
    let mut errors = FormErrors::of(LABELS);
    match service::make(&app, id, &form.note, &staff.actor()).await {
        Ok(made) => return show_once(&app, cx, id, &made, false).await,
        Err(Error::Refused(Refusal::Note)) => {
            errors.add_with("note", "form-too-long", &[("max", &NOTE_MOST.to_string())]);
        }
        Err(Error::Refused(Refusal::Full)) => {
            errors.add_with("", "licence-key-full-of", &[("most", &MOST_LIVING.to_string())]);
        }
        Err(error) => return Err(error.into()),
    }
    let shown = IndexPage::load(&app, cx, id, errors, form.note).await?;
    Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown))
}

/// Only keys of this licence that still open it can be acted on.
async fn living(app: &App, id: LicenceId, key: LicenceKeyId) -> Result<Key, Problem> {
    let key = store::find(&mut *app.db.conn().await?, key).await?;
    key.filter(|key| key.licence == id && key.revoked_at.is_none())
        .ok_or_else(|| Problem::new(Kind::NotFound))
}

#[derive(Debug, Template)]
#[template(path = "licences/key_ask.html")]
struct AskPage {
    cx: Cx,
    whose: Whose,
    key: Key,
    /// To make another one in its place, not only to end it.
    reissues: bool,
}

impl AskPage {
    fn title(&self) -> String {
        let key = if self.reissues { "licence-key-reissue-title" } else { "licence-key-revoke-title" };
        self.cx.ta(key, &[("prefix", &self.key.prefix)])
    }
    fn text(&self) -> String {
        self.cx.t(if self.reissues { "licence-key-reissue-text" } else { "licence-key-revoke-text" })
    }
    fn act(&self) -> String {
        self.cx.t(if self.reissues { "licence-key-reissue-act" } else { "licence-key-revoke-act" })
    }
    fn action(&self) -> String {
        let act = if self.reissues { "reissue" } else { "revoke" };
        format!("{}/{}/{act}", self.whose.path(), self.key.id)
    }
}

async fn ask(
    app: &App,
    cx: Cx,
    (id, key): (LicenceId, LicenceKeyId),
    reissues: bool,
) -> Result<Response, Problem> {
    let key = living(app, id, key).await?;
    let whose = Whose::load(app, &cx, id).await?;
    Ok(page(&AskPage { cx, whose, key, reissues }))
}

async fn ask_revoke(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(ids): Path<(LicenceId, LicenceKeyId)>,
) -> Result<Response, Problem> {
    ask(&app, cx, ids, false).await
}

async fn ask_reissue(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(ids): Path<(LicenceId, LicenceKeyId)>,
) -> Result<Response, Problem> {
    ask(&app, cx, ids, true).await
}

/// A form that is one button.
#[derive(Debug, Deserialize)]
struct Button {}

async fn revoke(
    State(app): State<App>,
    Manager(staff): Manager,
    Path((id, key)): Path<(LicenceId, LicenceKeyId)>,
    Form(Button {}): Form<Button>,
) -> Result<Response, Problem> {
    living(&app, id, key).await?;
    let key = service::revoke(&app, key, &staff.actor()).await?;
    let flash = Flash::ok("licence-key-was-revoked").arg("prefix", key.prefix);
    Ok(redirect(&format!("/admin/licences/{id}/keys"), Some(flash)))
}

async fn reissue(
    State(app): State<App>,
    Manager(staff): Manager,
    cx: Cx,
    Path((id, key)): Path<(LicenceId, LicenceKeyId)>,
    Form(Button {}): Form<Button>,
) -> Result<Response, Problem> {
    living(&app, id, key).await?;
    let made = service::reissue(&app, key, &staff.actor()).await?;
    show_once(&app, cx, id, &made, true).await
}
