//! A router that remembers what it was told: the table of every route and who may call it.
//!
//! The extractors of a handler enforce the access; the table says what they must enforce, and the tests compare the two.
use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use axum::{
    Router,
    handler::Handler,
    http::Method,
    routing::{MethodFilter, MethodRouter, on},
};
use utoipa::openapi::OpenApi;

use crate::{app::App, auth::Role};

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Staff of this role or a higher one.
    Staff(Role),
    /// A signed-in customer, on their own rows.
    Customer,
    /// An API key with this scope.
    Machine(&'static str),
    /// Whoever can sign the body: webhooks.
    Signed,
    /// Health and metrics.
    Operations,
}

impl Access {
    /// Called by programs that carry no cookies: no CSRF gate, no login, no pages.
    pub fn is_for_machines(self) -> bool {
        matches!(self, Self::Machine(_) | Self::Signed | Self::Operations)
    }
}

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteInfo {
    pub method: Method,
    pub path: String,
    pub access: Access,
}

/// Collects routes. `Routes::new().get("/admin/x", Access::Staff(Role::Manager), list).post(…)`.
#[derive(Debug, Default)]
pub struct Routes(Vec<(RouteInfo, MethodRouter<App>)>);

/// The routers of a [`Routes`], by kind of caller.
pub(super) struct Split {
    pub(super) browsers: Router<App>,
    /// Webhooks, with their own limit on bodies.
    pub(super) signed: Router<App>,
    pub(super) machines: Router<App>,
    pub(super) table: Vec<RouteInfo>,
}

impl Routes {
    pub fn new() -> Self {
        Self::default()
    }

    fn add<H, T>(
        mut self,
        method: Method,
        filter: MethodFilter,
        path: &str,
        access: Access,
        handler: H,
    ) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        let info = RouteInfo { method, path: path.to_owned(), access };
        self.0.push((info, on(filter, handler)));
        self
    }

    #[must_use]
    pub fn get<H: Handler<T, App>, T: 'static>(self, path: &str, access: Access, handler: H) -> Self {
        self.add(Method::GET, MethodFilter::GET, path, access, handler)
    }
    #[must_use]
    pub fn post<H: Handler<T, App>, T: 'static>(self, path: &str, access: Access, handler: H) -> Self {
        self.add(Method::POST, MethodFilter::POST, path, access, handler)
    }
    #[must_use]
    pub fn put<H: Handler<T, App>, T: 'static>(self, path: &str, access: Access, handler: H) -> Self {
        self.add(Method::PUT, MethodFilter::PUT, path, access, handler)
    }
    #[must_use]
    pub fn delete<H: Handler<T, App>, T: 'static>(self, path: &str, access: Access, handler: H) -> Self {
        self.add(Method::DELETE, MethodFilter::DELETE, path, access, handler)
    }

    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The rows of the table so far.
    pub fn table(&self) -> Vec<RouteInfo> {
        self.0.iter().map(|(info, _)| info.clone()).collect()
    }

    /// One router of everything, and its table.
    pub fn into_parts(self) -> (Router<App>, Vec<RouteInfo>) {
        let split = self.split();
        let router = split.browsers.merge(split.signed).merge(split.machines);
        (router, split.table)
    }

    pub(super) fn split(self) -> Split {
        let mut split = Split {
            browsers: Router::new(),
            signed: Router::new(),
            machines: Router::new(),
            table: Vec::with_capacity(self.0.len()),
        };
        for (info, method_router) in self.0 {
            let target = match info.access {
                Access::Signed => &mut split.signed,
                access if access.is_for_machines() => &mut split.machines,
                _ => &mut split.browsers,
            };
            *target = std::mem::take(target).route(&info.path, method_router);
            split.table.push(info);
        }
        split
    }
}

/// The rows of an API, from its description: the first scope of an operation's `bearer` requirement is its access.
pub fn table_of_api(openapi: &OpenApi) -> Vec<RouteInfo> {
    let mut table = Vec::new();
    for (path, item) in &openapi.paths.paths {
        let operations = [
            (Method::GET, &item.get),
            (Method::POST, &item.post),
            (Method::PUT, &item.put),
            (Method::PATCH, &item.patch),
            (Method::DELETE, &item.delete),
        ];
        for (method, operation) in operations {
            let Some(operation) = operation else { continue };
            let access = operation
                .security
                .iter()
                .flatten()
                .next()
                .map_or(Access::Public, |requirement| Access::Machine(scope(requirement)));
            table.push(RouteInfo { method, path: path.clone(), access });
        }
    }
    table
}

/// A security requirement is `{"bearer": ["scope", …]}`; its fields are private, its JSON is not.
fn scope(requirement: &utoipa::openapi::security::SecurityRequirement) -> &'static str {
    let json = serde_json::to_value(requirement).unwrap_or_default();
    let scope = json
        .as_object()
        .and_then(|schemes| schemes.values().next())
        .and_then(|scopes| scopes.get(0))
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default();
    intern(scope)
}

/// Scopes are few and live as long as the process: each is kept once.
fn intern(text: &str) -> &'static str {
    static KEPT: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = kept.get(text) {
        return known;
    }
    let new: &'static str = Box::leak(text.to_owned().into_boxed_str());
    kept.insert(new);
    new
}
