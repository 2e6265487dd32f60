//! What people have, and what happened to it.
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{LicenceDto, PAGE, PlanCode, visible};
use crate::{
    accounts::api::AccountRef,
    app::App,
    auth::{extract::ApiClient, key::Scope},
    core::{
        calendar,
        feature::FeatureCode,
        ids::{EntryId, LicenceId},
        page::Seek,
    },
    licences::{
        domain::{Plan, Standing},
        store::{self, seek::Wanted},
    },
    web::{
        extract::{Json, Path, Query},
        idempotent::Wrong,
        problem::Problem,
    },
};

/// Whose licences and which, from where on.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Abono's number of the person. Without this and the next three: everybody this key may speak of.
    id: Option<u64>,
    /// Any address the person is known by.
    email: Option<String>,
    wp_user_id: Option<u64>,
    shop: Option<String>,
    #[param(example = "catalogue")]
    feature: Option<String>,
    /// `free_quantity`, `free_date`, `paid_quantity` or `paid_date`.
    plan: Option<String>,
    /// `active`, `used_up`, `expired`, `blocked` or `undated`.
    state: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
}

/// A filter of a list: nothing, something known, or wrong.
fn known<T>(
    text: Option<&String>,
    parse: impl Fn(&str) -> Option<T>,
    wrong: &mut Wrong,
    (field, code): (&'static str, &'static str),
) -> Option<T> {
    let value = text.and_then(|text| parse(text));
    wrong.unless(text.is_none() || value.is_some(), field, code);
    value
}

impl ListQuery {
    fn wanted(&self) -> Result<Wanted, Problem> {
        let mut wrong = Wrong::default();
        let wanted = Wanted {
            account: None,
            feature: known(
                self.feature.as_ref(),
                FeatureCode::parse,
                &mut wrong,
                ("feature", "licence-api-feature"),
            ),
            plan: known(self.plan.as_ref(), Plan::parse, &mut wrong, ("plan", "licence-api-plan")),
            standing: known(self.state.as_ref(), Standing::parse, &mut wrong, ("state", "licence-api-state")),
        };
        wrong.check().map(|()| wanted)
    }

    /// The person, if one is named.
    fn person(self) -> Option<AccountRef> {
        let person =
            AccountRef { id: self.id, email: self.email, wp_user_id: self.wp_user_id, shop: self.shop };
        let is_named = person.id.is_some()
            || person.email.is_some()
            || person.wp_user_id.is_some()
            || person.shop.is_some();
        is_named.then_some(person)
    }
}

/// A page of licences.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LicencePage {
    items: Vec<LicenceDto>,
    /// For `after`, to get the next page; `null` on the last.
    next: Option<String>,
}

/// Licences, the newest first: of one person, or of everybody this key may speak of.
#[utoipa::path(get, path = "/api/v1/licences", tag = "licences", operation_id = "listLicences",
    params(ListQuery), security(("bearer" = ["licences:read"])),
    responses((status = 200, body = LicencePage), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, description = "Nobody, or nobody this key may speak of", body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn list_licences(
    State(app): State<App>,
    client: ApiClient,
    Query(query): Query<ListQuery>,
) -> Result<Json<LicencePage>, Problem> {
    client.need(Scope::LicencesRead)?;
    let seek = Seek::from_query(query.after.as_deref(), None, PAGE)?;
    let mut wanted = query.wanted()?;
    let now = app.clock.now();
    let today = calendar::day_of(now, app.config.timezone);
    let mut conn = app.db.conn().await?;
    wanted.account = match query.person() {
        Some(person) => Some(person.find(&mut conn, &client).await?.id),
        None => client.bound_to(),
    };
    let page = store::seek::page(&mut conn, &wanted, &seek, now, today).await?;
    let items = page.items.into_iter().map(|licence| LicenceDto::of(licence, today, &client));
    Ok(Json(LicencePage { items: items.collect(), next: page.next }))
}

/// A licence as it stands.
#[utoipa::path(get, path = "/api/v1/licences/{id}", tag = "licences", operation_id = "showLicence",
    params(("id" = u64, Path, description = "The licence's number")), security(("bearer" = ["licences:read"])),
    responses((status = 200, body = LicenceDto), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub(crate) async fn show_licence(
    State(app): State<App>,
    client: ApiClient,
    Path(id): Path<LicenceId>,
) -> Result<Json<LicenceDto>, Problem> {
    client.need(Scope::LicencesRead)?;
    let now = app.clock.now();
    let licence = visible(&mut *app.db.conn().await?, id, &client, now).await?;
    Ok(Json(LicenceDto::of(licence, calendar::day_of(now, app.config.timezone), &client)))
}

/// Something that happened to a licence.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LicenceEntryDto {
    id: EntryId,
    /// The same for all rows of one act.
    operation_id: String,
    /// `create`, `consume`, `credit`, `extend`, `change`, `block`, `unblock`, `renew`, `revoke`, `restore`, `settle`, `hold`, `release`.
    #[schema(example = "consume")]
    action: &'static str,
    /// How many credits, or uses by date, it was about.
    #[schema(example = 1)]
    amount: u32,
    /// Change of what is left: what is left of a licence is the sum of them.
    #[schema(example = -1)]
    delta: i32,
    /// Change of what reservations hold.
    held: i32,
    /// The plan after it.
    plan: PlanCode,
    /// Of `change`: the plan before it.
    plan_before: Option<PlanCode>,
    /// What was left after it; `null` by date.
    #[schema(example = 2)]
    balance: Option<u32>,
    /// The last day after it.
    expires_on: Option<NaiveDate>,
    at: DateTime<Utc>,
    /// Who did it: `staff`, `app`, `customer`, `shop` or `system`.
    #[schema(example = "app")]
    actor: String,
    /// Why: the app's words for a use, the number of an order, or the staff's words. The last are `null` for a key that is bound to
    /// one person.
    reason: Option<String>,
    request_id: Option<String>,
}

/// A page of what happened to a licence.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LicenceEntryPage {
    items: Vec<LicenceEntryDto>,
    next: Option<String>,
}

#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EntryQuery {
    /// The `next` of the page before.
    after: Option<String>,
}

/// Everything that happened to a licence, the latest first.
#[utoipa::path(get, path = "/api/v1/licences/{id}/entries", tag = "licences", operation_id = "listLicenceEntries",
    params(("id" = u64, Path, description = "The licence's number"), EntryQuery), security(("bearer" = ["licences:read"])),
    responses((status = 200, body = LicenceEntryPage), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn list_licence_entries(
    State(app): State<App>,
    client: ApiClient,
    Path(id): Path<LicenceId>,
    Query(query): Query<EntryQuery>,
) -> Result<Json<LicenceEntryPage>, Problem> {
    client.need(Scope::LicencesRead)?;
    let seek = Seek::<u64>::from_query(query.after.as_deref(), None, PAGE)?;
    let mut conn = app.db.conn().await?;
    let licence = visible(&mut conn, id, &client, app.clock.now()).await?;
    let rows = store::entries_of(&mut conn, licence.id, seek.from.map(EntryId), PAGE + 1).await?;
    let page = seek.page(rows, |row| row.id.0);
    let is_of_staff = client.bound_to().is_none();
    let items = page.items.into_iter().map(|row| {
        let is_told = is_of_staff || row.is_for_its_person();
        LicenceEntryDto {
            id: row.id,
            operation_id: row.operation,
            action: row.act.as_str(),
            amount: row.amount,
            delta: row.delta,
            held: row.held,
            plan: row.plan.into(),
            plan_before: row.plan_before.map(PlanCode::from),
            balance: row.balance,
            expires_on: row.expires_on,
            at: row.at,
            reason: is_told.then_some(row.reason),
            actor: row.actor_kind,
            request_id: row.request_id,
        }
    });
    Ok(Json(LicenceEntryPage { items: items.collect(), next: page.next }))
}
