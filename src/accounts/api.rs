//! JSON API: how a client names a person, and looking one up.
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::MySqlConnection;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    domain::{Account, Reference},
    service, store,
};
use crate::{
    app::App,
    auth::{extract::ApiClient, key::Scope},
    core::{
        email::Email,
        ids::{AccountId, WcId},
    },
    shop::{self, store::Shop},
    web::{
        extract::{Json, Path, Query},
        problem::{Kind, Problem},
    },
};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(find_account)).routes(routes!(show_account))
}

/// Names a person: by exactly one of `id`, `email`, or `wp_user_id` (with `shop`, where several shops are connected).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AccountRef {
    /// Abono's own number.
    #[schema(example = 17)]
    pub id: Option<u64>,
    /// Any address the person is known by, in any case.
    #[schema(example = "ana@example.test")]
    pub email: Option<String>,
    /// The number of the WordPress user, which is also WooCommerce's customer number.
    #[schema(example = 2187)]
    pub wp_user_id: Option<u64>,
    /// The shop of `wp_user_id`, by its slug. May be left out where there is one shop.
    #[schema(example = "almendro")]
    pub shop: Option<String>,
}

impl AccountRef {
    /// The person meant, if the client may speak of them. Someone unknown and someone else's are the same 404.
    pub async fn find(&self, conn: &mut MySqlConnection, client: &ApiClient) -> Result<Account, Problem> {
        let reference = self.reference(conn).await?;
        service::resolve(conn, &reference)
            .await?
            .filter(|account| client.may_speak_of(account.id))
            .ok_or_else(|| Problem::new(Kind::AccountNotFound))
    }

    /// Whether the shops must be known to tell whom this means.
    pub fn names_a_user(&self) -> bool {
        self.wp_user_id.is_some()
    }

    async fn reference(&self, conn: &mut MySqlConnection) -> Result<Reference, Problem> {
        let shops = if self.names_a_user() { shop::store::list(conn).await? } else { Vec::new() };
        self.among(&shops)
    }

    /// Whom this means, in a service with these shops.
    pub fn among(&self, shops: &[Shop]) -> Result<Reference, Problem> {
        match (self.id, &self.email, self.wp_user_id) {
            (Some(id), None, None) => Ok(Reference::Id(AccountId(id))),
            (None, Some(email), None) => Email::parse(email)
                .map(Reference::Email)
                .map_err(|_| Problem::new(Kind::Invalid).field("account.email", "form-email")),
            (None, None, Some(user)) => {
                let shop = match (&self.shop, shops) {
                    (Some(slug), _) => shops.iter().find(|shop| shop.slug == *slug).map(|shop| shop.id),
                    (None, [only]) => Some(only.id),
                    (None, _) => {
                        return Err(Problem::new(Kind::Invalid).field("account.shop", "form-required"));
                    }
                };
                let shop = shop.ok_or_else(|| Problem::new(Kind::AccountNotFound))?;
                Ok(Reference::User { shop, user: WcId(user) })
            }
            _ => Err(Problem::new(Kind::Invalid)
                .field("account", "account-reference")
                .detail("Name the account by exactly one of id, email or wp_user_id")),
        }
    }
}

/// A person.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AccountDto {
    #[schema(example = 17)]
    id: AccountId,
    #[schema(example = "Ana Li")]
    name: String,
    /// The address we write to.
    #[schema(example = "ana@example.test")]
    email: Option<String>,
    /// What they are: `customer`, `partner`, `institution_manager`, `distributor`, `technician`.
    roles: Vec<&'static str>,
    is_test: bool,
    created_at: DateTime<Utc>,
}

async fn dto(conn: &mut MySqlConnection, account: Account) -> Result<AccountDto, Problem> {
    let roles = store::roles(conn, account.id).await?;
    Ok(AccountDto {
        id: account.id,
        name: account.name,
        email: account.email.map(|email| email.to_string()),
        roles: roles.into_iter().map(super::Role::as_str).collect(),
        is_test: account.is_test,
        created_at: account.created_at,
    })
}

/// Look a person up by e-mail address, shop user or number.
#[utoipa::path(get, path = "/api/v1/accounts", tag = "accounts", operation_id = "findAccount",
    params(AccountRef), security(("bearer" = ["accounts:read"])),
    responses(
        (status = 200, body = AccountDto), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, description = "Nobody, or nobody this key may speak of", body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn find_account(
    State(app): State<App>,
    client: ApiClient,
    Query(reference): Query<AccountRef>,
) -> Result<Json<AccountDto>, Problem> {
    client.need(Scope::AccountsRead)?;
    let mut conn = app.db.conn().await?;
    let account = reference.find(&mut conn, &client).await?;
    Ok(Json(dto(&mut conn, account).await?))
}

/// A person, by number. A number that was merged away answers with the person it was merged into.
#[utoipa::path(get, path = "/api/v1/accounts/{id}", tag = "accounts", operation_id = "showAccount",
    params(("id" = u64, Path, description = "Abono's number")), security(("bearer" = ["accounts:read"])),
    responses(
        (status = 200, body = AccountDto), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub(crate) async fn show_account(
    State(app): State<App>,
    client: ApiClient,
    Path(id): Path<u64>,
) -> Result<Json<AccountDto>, Problem> {
    client.need(Scope::AccountsRead)?;
    let mut conn = app.db.conn().await?;
    let account = AccountRef { id: Some(id), ..AccountRef::default() }.find(&mut conn, &client).await?;
    Ok(Json(dto(&mut conn, account).await?))
}
