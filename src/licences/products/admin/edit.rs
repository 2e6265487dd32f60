//! The form of one product: what a unit of it gives.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use sqlx::MySqlConnection;

use super::{PAGE, Told, href_of, plan_key, renewal_key};
use crate::{
    app::App,
    auth::extract::Manager,
    core::{
        feature::FeatureCode,
        ids::{ShopId, WcId},
    },
    db::DbError,
    entitlements::{self, Feature},
    licences::{
        domain::{
            Mode, Plan,
            orders::{MOST_PER_UNIT, Unit, Worth},
            terms::{MOST_DAYS, MOST_MONTHS, Renewal, Span},
        },
        products,
        store::lines::columns_of,
    },
    shop::shelf::{Key, Search, full_name, mirrored, number_of},
    web::{
        cx::Cx,
        extract::{Path, Query},
        flash::{Flash, redirect},
        form::{Form, FormErrors, Opt},
        page::{page, page_with},
        problem::{Kind as ProblemKind, Problem},
    },
};

/// The form, as posted.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct WorthForm {
    feature: String,
    plan: String,
    credits: String,
    months: String,
    days: String,
    renewal: String,
}

const LABELS: &[(&str, &str)] = &[
    ("feature", "licence-shop-feature"),
    ("plan", "licence-shop-plan"),
    ("credits", "licence-shop-credits"),
    ("months", "licence-shop-months"),
    ("days", "licence-shop-days"),
    ("renewal", "licence-shop-renewal"),
];

/// A whole number; an empty field is 0.
fn number(text: &str, most: u32) -> Option<u32> {
    let text = text.trim();
    if text.is_empty() { Some(0) } else { text.parse().ok().filter(|n| *n <= most) }
}

impl WorthForm {
    /// As the form begins: what the product gives, or what most products will.
    fn of(worth: Option<&Worth>, features: &[Feature]) -> Self {
        let Some(worth) = worth else {
            let catalogue = features.iter().find(|f| f.code.as_str() == "catalogue").or(features.first());
            return Self {
                feature: catalogue.map(|f| f.code.to_string()).unwrap_or_default(),
                plan: Plan::PAID_QUANTITY.as_str().to_owned(),
                renewal: Renewal::FromNowIfExpired.as_str().to_owned(),
                ..Self::default()
            };
        };
        let (credits, months, days, renewal) = columns_of(worth.unit);
        let shown = |n: u32| if n == 0 { String::new() } else { n.to_string() };
        Self {
            feature: worth.feature.to_string(),
            plan: worth.plan().as_str().to_owned(),
            credits: shown(credits),
            months: shown(months),
            days: shown(days),
            renewal: renewal.to_owned(),
        }
    }

    /// What a unit gives. Fields that the plan has no use for are ignored.
    fn check(&self, features: &[Feature]) -> Result<Worth, FormErrors> {
        let mut errors = FormErrors::of(LABELS);
        let feature =
            FeatureCode::parse(&self.feature).filter(|code| features.iter().any(|f| f.code == *code));
        if feature.is_none() {
            errors.add("feature", "form-choose");
        }
        let plan = Plan::parse(&self.plan);
        let unit = match plan.map(|plan| plan.mode) {
            None => {
                errors.add("plan", "form-choose");
                None
            }
            Some(Mode::Quantity) => {
                let credits = number(&self.credits, MOST_PER_UNIT).filter(|n| *n > 0);
                if credits.is_none() {
                    errors.add_with(
                        "credits",
                        "form-range",
                        &[("min", "1"), ("max", &MOST_PER_UNIT.to_string())],
                    );
                }
                credits.map(Unit::Credits)
            }
            Some(Mode::Date) => self.span(&mut errors),
        };
        match (feature, plan, unit) {
            (Some(feature), Some(plan), Some(unit)) if errors.is_empty() => {
                Ok(Worth { feature, tier: plan.tier, unit })
            }
            _ => Err(errors),
        }
    }

    fn span(&self, errors: &mut FormErrors) -> Option<Unit> {
        let (months, days) = (number(&self.months, MOST_MONTHS), number(&self.days, MOST_DAYS));
        for (field, value, most) in [("months", months, MOST_MONTHS), ("days", days, MOST_DAYS)] {
            if value.is_none() {
                errors.add_with(field, "form-range", &[("min", "0"), ("max", &most.to_string())]);
            }
        }
        if (months, days) == (Some(0), Some(0)) {
            errors.add("months", "licence-shop-span-empty");
        }
        let renewal = Renewal::parse(&self.renewal);
        if renewal.is_none() {
            errors.add("renewal", "form-choose");
        }
        Some(Unit::Span { span: Span { months: months?, days: days? }, renewal: renewal? })
    }
}

/// The product that the form is about.
struct About {
    key: Key,
    /// Empty when it is not mirrored.
    name: String,
    /// What it says itself.
    own: Option<Worth>,
    /// What its product says, if it is a variation.
    product: Option<Worth>,
}

/// Mirrored, or in the table already; everything else names nothing.
async fn load(conn: &mut MySqlConnection, key: Key) -> Result<Option<About>, DbError> {
    let all = products::list(conn).await?;
    let of = |key: Key| all.iter().find(|m| m.key == key);
    let seen = mirrored(conn, key).await?.map(|row| row.name);
    let own = of(key);
    if seen.is_none() && own.is_none() {
        return Ok(None);
    }
    let product = of((key.0, key.1, WcId(0))).filter(|_| key.2.0 > 0).map(|m| m.worth.clone());
    let name = full_name(conn, key, seen.unwrap_or_default()).await?;
    Ok(Some(About { key, name, own: own.map(|m| m.worth.clone()), product }))
}

#[derive(Template)]
#[template(path = "licences/admin_product.html")]
struct ProductPage {
    cx: Cx,
    about: About,
    /// Of a variation: what its product gives, and so does it while it says nothing.
    inherited: Option<Told>,
    form: WorthForm,
    features: Vec<Opt>,
    plans: Vec<Opt>,
    renewals: Vec<Opt>,
    back: String,
    query: String,
    errors: FormErrors,
}

impl ProductPage {
    fn new(
        cx: Cx,
        about: About,
        features: &[Feature],
        search: &Search,
        form: WorthForm,
        errors: FormErrors,
    ) -> Self {
        let hinted = |value: &str, key: &str| Opt::new(value, cx.t(key)).hint(cx.word(key, "hint"));
        let query = search.query();
        Self {
            inherited: about.product.as_ref().map(|worth| Told::of(&cx, worth, features)),
            features: features
                .iter()
                .filter(|f| !f.is_retired || f.code.as_str() == form.feature)
                .map(|f| Opt::new(&f.code, &f.name))
                .collect(),
            plans: [Plan::PAID_QUANTITY, Plan::PAID_DATE, Plan::FREE_QUANTITY, Plan::FREE_DATE]
                .map(|plan| hinted(plan.as_str(), plan_key(plan)))
                .to_vec(),
            renewals: Renewal::ALL.map(|r| hinted(r.as_str(), renewal_key(r))).to_vec(),
            back: format!("{PAGE}{query}"),
            query,
            about,
            form,
            errors,
            cx,
        }
    }

    fn title(&self) -> String {
        if self.about.name.is_empty() { self.cx.t("licence-shop-unknown") } else { self.about.name.clone() }
    }
    fn action(&self) -> String {
        format!("{}{}", href_of(self.about.key), self.query)
    }
    fn remove_action(&self) -> String {
        format!("{}/remove{}", href_of(self.about.key), self.query)
    }
    fn number(&self) -> String {
        number_of(self.about.key).to_string()
    }
}

async fn known(app: &App, key: Key) -> Result<(About, Vec<Feature>), Problem> {
    let mut conn = app.db.conn().await?;
    let about = load(&mut conn, key).await?.ok_or_else(|| Problem::new(ProblemKind::NotFound))?;
    Ok((about, entitlements::store::features(&mut conn).await?))
}

pub(super) async fn form(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(key): Path<(ShopId, WcId, WcId)>,
    Query(search): Query<Search>,
) -> Result<Response, Problem> {
    let (about, features) = known(&app, key).await?;
    let form = WorthForm::of(about.own.as_ref().or(about.product.as_ref()), &features);
    Ok(page(&ProductPage::new(cx, about, &features, &search, form, FormErrors::of(LABELS))))
}

pub(super) async fn save(
    State(app): State<App>,
    Manager(staff): Manager,
    cx: Cx,
    Path(key): Path<(ShopId, WcId, WcId)>,
    Query(search): Query<Search>,
    Form(form): Form<WorthForm>,
) -> Result<Response, Problem> {
    let (about, features) = known(&app, key).await?;
    // A retired feature is not offered; a product that gives it already may keep it.
    let kept = about.own.as_ref().map(|worth| &worth.feature);
    let open: Vec<Feature> =
        features.iter().filter(|f| !f.is_retired || kept == Some(&f.code)).cloned().collect();
    match form.check(&open) {
        Ok(worth) => {
            products::save(&app, key, Some(&worth), &staff.actor()).await?;
            let told = Told::of(&cx, &worth, &features);
            let flash = Flash::ok("licence-shop-saved")
                .arg("product", number_of(key))
                .arg("unit", told.unit)
                .arg("plan", told.plan);
            Ok(redirect(&format!("{PAGE}{}", search.query()), Some(flash)))
        }
        Err(errors) => {
            let again = ProductPage::new(cx, about, &features, &search, form, errors);
            Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &again))
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Button {}

pub(super) async fn remove(
    State(app): State<App>,
    Manager(staff): Manager,
    Path(key): Path<(ShopId, WcId, WcId)>,
    Query(search): Query<Search>,
    Form(_): Form<Button>,
) -> Result<Response, Problem> {
    products::save(&app, key, None, &staff.actor()).await?;
    let flash = Flash::ok("licence-shop-removed").arg("product", number_of(key));
    Ok(redirect(&format!("{PAGE}{}", search.query()), Some(flash)))
}
