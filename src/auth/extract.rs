//! Who may call, as an argument of the handler.
//!
//! Pages: [`StatsStaff`], [`Manager`], [`Admin`], [`Customer`]. API: [`Scoped`] with a marker of [`scope`], or
//! [`ApiClient`] where the scope depends on what is asked. What is someone else's row is for the handler: 404.
use std::marker::PhantomData;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};

use super::{
    CustomerLogin, Logins, Role, StaffLogin,
    key::{self, ApiKey, Scope},
};
use crate::{
    app::App,
    core::{actor::Actor, ids::AccountId, secret::Secret},
    web::problem::{Kind, Problem},
};

fn staff_of_at_least(parts: &Parts, role: Role) -> Result<StaffLogin, Problem> {
    let staff = parts
        .extensions
        .get::<Logins>()
        .and_then(|logins| logins.staff.clone())
        .ok_or_else(|| Problem::new(Kind::NotSignedIn))?;
    if staff.role >= role {
        Ok(staff)
    } else {
        let key = match role {
            Role::Stats | Role::Manager => "auth-forbidden-manager",
            Role::Admin => "auth-forbidden-admin",
        };
        Err(Problem::new(Kind::Forbidden).explain(key, &[]))
    }
}

macro_rules! staff {
    ($($(#[$doc:meta])* $name:ident => $role:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name(pub StaffLogin);

        impl FromRequestParts<App> for $name {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
                staff_of_at_least(parts, $role).map(Self)
            }
        }
    )*};
}

staff! {
    /// Anyone on the staff: statistics, and their own settings.
    StatsStaff => Role::Stats;
    /// Staff who run the five systems, and admins.
    Manager => Role::Manager;
    /// Staff who also connect shops, make keys, change settings and staff.
    Admin => Role::Admin;
}

/// A signed-in customer. They see their own rows and nobody else's.
#[derive(Debug, Clone)]
pub struct Customer(pub CustomerLogin);

impl FromRequestParts<App> for Customer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Logins>()
            .and_then(|logins| logins.customer.clone())
            .map(Self)
            .ok_or_else(|| Problem::new(Kind::NotSignedIn))
    }
}

/// A program with a key that is active.
#[derive(Debug, Clone)]
pub struct ApiClient(ApiKey);

impl ApiClient {
    pub fn key(&self) -> &ApiKey {
        &self.0
    }

    /// As it stands in ledgers and in the audit trail.
    pub fn actor(&self) -> Actor {
        self.0.actor()
    }

    /// Whose idempotency keys these are: two programs may use the same one.
    pub fn principal(&self) -> String {
        format!("key:{}", self.0.id)
    }

    /// The only account this key may speak of, if it is bound to one.
    pub fn bound_to(&self) -> Option<AccountId> {
        self.0.account
    }

    /// Whether this key may name `account` at all. Where it may not, the account is not found.
    pub fn may_speak_of(&self, account: AccountId) -> bool {
        self.0.account.is_none_or(|own| own == account)
    }

    /// Refuses with 403 unless the key has this scope.
    pub fn need(&self, scope: Scope) -> Result<(), Problem> {
        if self.0.scopes.contains(&scope) {
            Ok(())
        } else {
            let detail = format!("this key lacks the scope {}", scope.as_str());
            Err(Problem::new(Kind::Forbidden).detail(detail))
        }
    }
}

/// The text after `Authorization: Bearer`.
fn bearer(headers: &HeaderMap) -> Option<Secret> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Secret::new(token.trim()))
}

impl FromRequestParts<App> for ApiClient {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let refusal =
            || Problem::new(Kind::NotSignedIn).detail("send a valid key: Authorization: Bearer abk_…");
        let text = bearer(&parts.headers).ok_or_else(refusal)?;
        let found = key::identify(&mut *app.db.conn().await?, &text, app.clock.now()).await?;
        let client = Self(found.ok_or_else(refusal)?);
        parts.extensions.insert(client.clone());
        Ok(client)
    }
}

/// A scope as a type.
pub trait ScopeMarker: Send + Sync + 'static {
    const SCOPE: Scope;
}

/// The scopes as types, for [`Scoped`].
pub mod scope {
    use super::{Scope, ScopeMarker};

    macro_rules! scopes {
        ($($name:ident),*) => {$(
            #[derive(Debug, Clone, Copy)]
            pub struct $name;
            impl ScopeMarker for $name {
                const SCOPE: Scope = Scope::$name;
            }
        )*};
    }
    scopes!(
        AccountsRead,
        SessionsRead,
        SessionsWrite,
        GrantsWrite,
        ShopsRead,
        EntitlementsRead,
        EntitlementsWrite,
        LicencesRead,
        LicencesWrite
    );
}

/// A program whose key has the scope `S`: `Scoped<scope::SessionsRead>`.
#[derive(Debug, Clone)]
pub struct Scoped<S: ScopeMarker> {
    pub client: ApiClient,
    scope: PhantomData<S>,
}

impl<S: ScopeMarker> std::ops::Deref for Scoped<S> {
    type Target = ApiClient;
    fn deref(&self) -> &ApiClient {
        &self.client
    }
}

impl<S: ScopeMarker> FromRequestParts<App> for Scoped<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let client = ApiClient::from_request_parts(parts, app).await?;
        client.need(S::SCOPE)?;
        Ok(Self { client, scope: PhantomData })
    }
}

#[cfg(test)]
mod tests;
