//! The form's page: who, what and when.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use sqlx::MySqlConnection;

use super::{
    address,
    form::{BulkForm, Choices, LABELS},
    words,
};
use crate::{
    accounts::Role,
    app::App,
    auth::extract::Manager,
    core::ids::{BulkRunId, CategoryId},
    sessions::{
        bulk::{
            domain::{Purchases, Refusal, Source},
            people::{self, Asked},
            service::{self, Error},
            store,
        },
        domain::Category,
        service::Error as SessionError,
        settings::SessionSettings,
    },
    settings,
    web::{
        cx::Cx,
        export,
        extract::Query,
        flash::redirect,
        form::{FormErrors, Opt},
        page::{page, page_with},
        problem::{Kind, Problem},
        upload::Upload,
    },
};

const EXPIRIES: [(&str, &str); 4] = [
    ("category", "bulk-expires-category"),
    ("days", "bulk-expires-days"),
    ("date", "bulk-expires-date"),
    ("never", "bulk-expires-never"),
];

#[derive(Debug, Template)]
#[template(path = "sessions/bulk_new.html")]
struct NewPage {
    cx: Cx,
    form: BulkForm,
    errors: FormErrors,
    choices: Choices,
    count: Option<u32>,
    /// The list that is kept where no new file is chosen.
    kept: Option<String>,
}

impl NewPage {
    async fn load(
        conn: &mut MySqlConnection,
        cx: Cx,
        form: BulkForm,
        errors: FormErrors,
        choices: Choices,
    ) -> Result<Self, Problem> {
        let kept = match form.from.parse().ok() {
            Some(id) => {
                store::find(conn, BulkRunId(id)).await?.filter(|r| matches!(r.source, Source::List { .. }))
            }
            None => None,
        };
        let count = counted(conn, &form, &choices, &cx).await?;
        let kept = kept.map(|run| words::source(&cx, &run));
        Ok(Self { cx, form, errors, choices, count, kept })
    }

    fn roles(&self) -> Vec<Opt> {
        let ours = Role::ALL.iter().map(|role| role.as_str().to_owned());
        let theirs = self.choices.wp_roles.iter().map(|role| format!("{}{role}", people::WP));
        ours.chain(theirs).map(|role| Opt::new(&role, words::role(&self.cx, &role))).collect()
    }
    fn purchases(&self) -> Vec<Opt> {
        Purchases::ALL.iter().map(|p| Opt::new(p.as_str(), self.cx.t(words::purchases_key(*p)))).collect()
    }
    fn products(&self) -> Vec<Opt> {
        let products = self.choices.products.iter();
        products.map(|p| Opt::new(format!("{}:{}", p.shop, p.id), format!("{} ({})", p.name, p.id))).collect()
    }
    fn left(&self) -> Vec<Opt> {
        [("yes", "list-yes"), ("no", "list-no")].map(|(value, key)| Opt::new(value, self.cx.t(key))).into()
    }
    fn currencies(&self) -> Vec<Opt> {
        self.choices.currencies.iter().map(|c| Opt::new(c, c)).collect()
    }
    fn shops(&self) -> Vec<Opt> {
        self.choices.shops.iter().map(|shop| Opt::new(shop.id, &shop.name)).collect()
    }
    fn categories(&self) -> Vec<Opt> {
        let days = |c: &Category| match c.default_days {
            Some(days) => self.cx.na("bulk-category-days", days, &[("name", &c.name)]),
            None => self.cx.ta("bulk-category-never", &[("name", &c.name)]),
        };
        self.choices.categories.iter().map(|c| Opt::new(c.id, days(c))).collect()
    }
    fn expiries(&self) -> Vec<Opt> {
        EXPIRIES.map(|(value, key)| Opt::new(value, self.cx.t(key))).into()
    }
}

/// How many fit what is typed; `None` where that cannot be told.
async fn counted(
    conn: &mut MySqlConnection,
    form: &BulkForm,
    choices: &Choices,
    cx: &Cx,
) -> Result<Option<u32>, Problem> {
    let mut errors = FormErrors::of(LABELS);
    let criteria = form.criteria(choices, &mut errors);
    if !errors.is_empty() {
        return Ok(None);
    }
    let asked = Asked { now: cx.now, zone: cx.zone, category: CategoryId(0) };
    Ok(Some(people::count(conn, &criteria, asked).await?.chosen))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Prefill {
    from: Option<u64>,
}

pub(super) async fn new(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Query(prefill): Query<Prefill>,
) -> Result<Response, Problem> {
    let mut conn = app.db.conn().await?;
    let choices = Choices::load(&mut conn).await?;
    let form = if let Some(id) = prefill.from {
        let run = store::find(&mut conn, BulkRunId(id)).await?;
        BulkForm::of(&run.ok_or_else(|| Problem::new(Kind::NotFound))?, &cx)
    } else {
        let preset = settings::get::<SessionSettings>(&mut conn).await?.default_category;
        let category = choices.categories.iter().find(|c| c.code == preset);
        BulkForm {
            source: "filter".to_owned(),
            quantity: "1".to_owned(),
            expiry: "category".to_owned(),
            category: category.map(|c| c.id.to_string()).unwrap_or_default(),
            ..BulkForm::default()
        }
    };
    Ok(page(&NewPage::load(&mut conn, cx, form, FormErrors::of(LABELS), choices).await?))
}

#[derive(Debug, Template)]
#[template(path = "sessions/bulk_count.html")]
struct CountPart {
    cx: Cx,
    count: Option<u32>,
}

/// The line that tells how many fit, while the form is filled in.
pub(super) async fn count(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Query(form): Query<BulkForm>,
) -> Result<Response, Problem> {
    let mut conn = app.db.conn().await?;
    let choices = Choices::load(&mut conn).await?;
    let count = counted(&mut conn, &form, &choices, &cx).await?;
    Ok(page(&CountPart { cx, count }))
}

/// A file to start from.
pub(super) async fn example(_staff: Manager, cx: Cx) -> Response {
    let line = |cells: [String; 2]| cells.to_vec();
    let lines = [
        line(["email".to_owned(), cx.t("bulk-example-name")]),
        line(["nombre@ejemplo.es".to_owned(), "Ana".to_owned()]),
    ];
    export::csv_file("ejemplo.csv", cx.lang, &lines)
}

pub(super) async fn create(
    State(app): State<App>,
    Manager(staff): Manager,
    cx: Cx,
    Upload { form, file }: Upload<BulkForm>,
) -> Result<Response, Problem> {
    let mut conn = app.db.conn().await?;
    let choices = Choices::load(&mut conn).await?;
    let mut errors = FormErrors::of(LABELS);
    let from = form.people(file.as_ref(), &choices, &mut errors);
    let wish = form.wish(&choices, &mut errors, &cx);
    if let Some(from) = from.filter(|_| errors.is_empty()) {
        match service::draft(&app, &from, &wish, &staff.actor()).await {
            Ok(run) => return Ok(redirect(&address(run.id), None)),
            // What was true when the form was checked a moment ago is not any more.
            Err(Error::Session(SessionError::Retired)) => {
                errors.add("category", "session-category-is-retired");
            }
            Err(Error::Refused(Refusal::Late)) => errors.add("run_at", "bulk-run-at-past"),
            Err(Error::NotFound) => errors.add("file", "bulk-file-missing"),
            Err(error) => return Err(error.into()),
        }
    }
    let shown = NewPage::load(&mut conn, cx, form, errors, choices).await?;
    Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown))
}
