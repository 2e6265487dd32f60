//! Features: what apps may ask about, in which unit, and who pays.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;

use crate::{
    app::App,
    auth::extract::Admin,
    core::feature::FeatureCode,
    entitlements::{
        domain::{Feature, SourceKind},
        service::features::{self, Error, Wanted},
        store,
    },
    web::{
        cx::Cx,
        extract::Path,
        flash::{Flash, redirect},
        form::{Form, FormErrors, Opt},
        page::{page, page_with},
        problem::{Kind, Problem},
    },
};

const HERE: &str = "/admin/features";
const NAME_MOST: usize = 80;
const UNIT_MOST: usize = 40;

/// The text key of a source's name.
pub(super) fn source_key(source: SourceKind) -> &'static str {
    match source {
        SourceKind::Sessions => "entitlement-source-sessions",
        SourceKind::Licence => "entitlement-source-licence",
        SourceKind::Subscription => "entitlement-source-subscription",
        SourceKind::Programme => "entitlement-source-programme",
    }
}

#[derive(Debug, Template)]
#[template(path = "entitlements/admin_features.html")]
struct IndexPage {
    cx: Cx,
    rows: Vec<Feature>,
}

impl IndexPage {
    /// `Licencias, después sesiones`.
    fn payers(&self, feature: &Feature) -> String {
        let names: Vec<String> =
            feature.sources.iter().map(|source| self.cx.t(source_key(*source))).collect();
        if names.is_empty() { self.cx.t("features-nobody-pays") } else { names.join(" → ") }
    }
}

pub(super) async fn index(State(app): State<App>, _staff: Admin, cx: Cx) -> Result<Response, Problem> {
    let rows = store::features(&mut *app.db.conn().await?).await?;
    Ok(page(&IndexPage { cx, rows }))
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct FeatureForm {
    code: String,
    label: String,
    unit_one: String,
    unit_many: String,
    sessions: String,
    licence: String,
    subscription: String,
    programme: String,
    version: String,
}

const LABELS: &[(&str, &str)] = &[
    ("code", "features-code"),
    ("label", "features-name"),
    ("unit_one", "features-unit-one"),
    ("unit_many", "features-unit-many"),
    ("sessions", "entitlement-source-sessions"),
    ("licence", "entitlement-source-licence"),
    ("subscription", "entitlement-source-subscription"),
    ("programme", "entitlement-source-programme"),
];

impl FeatureForm {
    fn of(feature: &Feature) -> Self {
        let place = |kind| {
            let at = feature.sources.iter().position(|source| *source == kind);
            at.map(|at| (at + 1).to_string()).unwrap_or_default()
        };
        Self {
            code: feature.code.to_string(),
            label: feature.name.clone(),
            unit_one: feature.unit_one.clone(),
            unit_many: feature.unit_many.clone(),
            sessions: place(SourceKind::Sessions),
            licence: place(SourceKind::Licence),
            subscription: place(SourceKind::Subscription),
            programme: place(SourceKind::Programme),
            version: feature.version.to_string(),
        }
    }

    fn place(&self, kind: SourceKind) -> &str {
        match kind {
            SourceKind::Sessions => &self.sessions,
            SourceKind::Licence => &self.licence,
            SourceKind::Subscription => &self.subscription,
            SourceKind::Programme => &self.programme,
        }
    }

    fn check(&self) -> Result<Wanted, FormErrors> {
        let mut errors = FormErrors::of(LABELS);
        let mut text = |field: &'static str, value: &str, most: usize| {
            let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
            if value.is_empty() {
                errors.add(field, "form-required");
            } else if value.chars().count() > most {
                errors.add_with(field, "form-too-long", &[("max", &most.to_string())]);
            }
            value
        };
        let name = text("label", &self.label, NAME_MOST);
        let unit_one = text("unit_one", &self.unit_one, UNIT_MOST);
        let unit_many = text("unit_many", &self.unit_many, UNIT_MOST);
        let mut placed: Vec<(u8, SourceKind)> = Vec::new();
        for kind in SourceKind::ALL {
            match self.place(kind).trim() {
                "" => {}
                text => match text.parse().ok().filter(|place| (1..=4).contains(place)) {
                    None => errors.add(kind.as_str(), "form-choose"),
                    Some(place) if placed.iter().any(|(other, _)| *other == place) => {
                        errors.add(kind.as_str(), "features-place-taken");
                    }
                    Some(place) => placed.push((place, kind)),
                },
            }
        }
        placed.sort_unstable();
        let sources = placed.into_iter().map(|(_, kind)| kind).collect();
        errors.or(|| Wanted { name, unit_one, unit_many, sources })
    }
}

#[derive(Debug, Template)]
#[template(path = "entitlements/admin_feature.html")]
struct FeaturePage {
    cx: Cx,
    feature: Option<Feature>,
    form: FeatureForm,
    places: Vec<Opt>,
    errors: FormErrors,
}

impl FeaturePage {
    fn new(cx: Cx, feature: Option<Feature>, form: FeatureForm, errors: FormErrors) -> Self {
        let places = (1..=4).map(|n: u8| {
            let n = n.to_string();
            Opt::new(&n, cx.ta("features-place", &[("n", &n)]))
        });
        Self { places: places.collect(), cx, feature, form, errors }
    }

    fn action(&self) -> String {
        self.feature.as_ref().map_or_else(|| format!("{HERE}/new"), |f| format!("{HERE}/{}", f.code))
    }
}

async fn load(app: &App, code: &str) -> Result<Feature, Problem> {
    let features = store::features(&mut *app.db.conn().await?).await?;
    features.into_iter().find(|f| f.code.as_str() == code).ok_or_else(|| Problem::new(Kind::NotFound))
}

pub(super) async fn new_form(_staff: Admin, cx: Cx) -> Response {
    let form = FeatureForm { licence: "1".to_owned(), ..FeatureForm::default() };
    page(&FeaturePage::new(cx, None, form, FormErrors::of(LABELS)))
}

pub(super) async fn edit_form(
    State(app): State<App>,
    _staff: Admin,
    cx: Cx,
    Path(code): Path<String>,
) -> Result<Response, Problem> {
    let feature = load(&app, &code).await?;
    let form = FeatureForm::of(&feature);
    Ok(page(&FeaturePage::new(cx, Some(feature), form, FormErrors::of(LABELS))))
}

fn again(cx: Cx, feature: Option<Feature>, form: FeatureForm, errors: FormErrors) -> Response {
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &FeaturePage::new(cx, feature, form, errors))
}

fn wrong(field: &'static str, key: &'static str) -> FormErrors {
    let mut errors = FormErrors::of(LABELS);
    errors.add(field, key);
    errors
}

pub(super) async fn create(
    State(app): State<App>,
    Admin(staff): Admin,
    cx: Cx,
    Form(form): Form<FeatureForm>,
) -> Result<Response, Problem> {
    let code = FeatureCode::parse(form.code.trim());
    let (wanted, code) = match (form.check(), code) {
        (Ok(wanted), Some(code)) => (wanted, code),
        (Ok(_), None) => return Ok(again(cx, None, form, wrong("code", "features-code-wrong"))),
        (Err(mut errors), code) => {
            if code.is_none() {
                errors.add("code", "features-code-wrong");
            }
            return Ok(again(cx, None, form, errors));
        }
    };
    match features::create(&app, &code, &wanted, &staff.actor()).await {
        Ok(()) => Ok(redirect(HERE, Some(Flash::ok("features-created").arg("name", wanted.name)))),
        Err(Error::CodeTaken) => Ok(again(cx, None, form, wrong("code", "features-code-taken"))),
        Err(e) => Err(e.into()),
    }
}

pub(super) async fn change(
    State(app): State<App>,
    Admin(staff): Admin,
    cx: Cx,
    Path(code): Path<String>,
    Form(form): Form<FeatureForm>,
) -> Result<Response, Problem> {
    let feature = load(&app, &code).await?;
    let wanted = match form.check() {
        Ok(wanted) => wanted,
        Err(errors) => return Ok(again(cx, Some(feature), form, errors)),
    };
    let version = form.version.parse().unwrap_or(0);
    match features::change(&app, &feature.code, version, &wanted, &staff.actor()).await {
        Ok(true) => Ok(redirect(HERE, Some(Flash::ok("features-saved").arg("name", wanted.name)))),
        Ok(false) => Ok(redirect(HERE, Some(Flash::info("settings-same")))),
        Err(Error::Changed) => {
            let form = FeatureForm { version: feature.version.to_string(), ..form };
            Ok(again(cx, Some(feature), form, wrong("", "features-changed-meanwhile")))
        }
        Err(e) => Err(e.into()),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RetireForm {
    /// Empty: back into use.
    retire: String,
}

pub(super) async fn retire(
    State(app): State<App>,
    Admin(staff): Admin,
    Path(code): Path<String>,
    Form(form): Form<RetireForm>,
) -> Result<Response, Problem> {
    let feature = load(&app, &code).await?;
    let is_retired = !form.retire.is_empty();
    features::retire(&app, &feature.code, is_retired, &staff.actor()).await?;
    let key = if is_retired { "features-retired" } else { "features-restored" };
    Ok(redirect(HERE, Some(Flash::ok(key).arg("name", feature.name))))
}

impl From<Error> for Problem {
    fn from(e: Error) -> Self {
        match e {
            Error::NotFound => Self::new(Kind::NotFound),
            Error::CodeTaken | Error::Changed => Self::new(Kind::Conflict),
            Error::Db(e) => e.into(),
        }
    }
}
