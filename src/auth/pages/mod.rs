//! Pages of signing in and out, of one's own logins, of staff and of keys.
mod customer;
mod keys;
mod logins;
mod me;
mod sign_in;
mod staff;

use axum::{
    http::{StatusCode, header},
    response::Response,
};
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use serde::Deserialize;

use super::{Role, handoff::VerifiedHandoff, throttle::Blocked};
use crate::{
    app::App,
    core::ids::AccountId,
    web::{
        problem::Problem,
        routes::{Access, Routes},
    },
};

/// Finds or makes the account a hand-off speaks of. Accounts are another slice's business.
pub type Arrive = fn(App, VerifiedHandoff, DateTime<Utc>) -> BoxFuture<'static, Result<AccountId, Problem>>;

/// Where staff land when no page was asked for.
const STAFF_HOME: &str = "/admin";
/// Where customers land when no page was asked for.
const CUSTOMER_HOME: &str = "/account/sessions";

pub fn routes(arrive: Arrive) -> Routes {
    let (public, admin) = (Access::Public, Access::Staff(Role::Admin));
    let (anyone_on_staff, customer) = (Access::Staff(Role::Stats), Access::Customer);
    Routes::new()
        .get("/admin/login", public, sign_in::show)
        .post("/admin/login", public, sign_in::enter)
        .post("/admin/logout", public, sign_in::leave)
        .get("/admin/me", anyone_on_staff, me::show)
        .post("/admin/me", anyone_on_staff, me::save)
        .post("/admin/me/password", anyone_on_staff, me::change_password)
        .post("/admin/me/logins", anyone_on_staff, me::revoke)
        .get("/admin/staff", admin, staff::list)
        .get("/admin/staff/new", admin, staff::new)
        .post("/admin/staff/new", admin, staff::add)
        .get("/admin/staff/{id}", admin, staff::show)
        .post("/admin/staff/{id}/role", admin, staff::set_role)
        .post("/admin/staff/{id}/password", admin, staff::reset_password)
        .get("/admin/staff/{id}/disable", admin, staff::ask_disable)
        .post("/admin/staff/{id}/disable", admin, staff::disable)
        .post("/admin/staff/{id}/enable", admin, staff::enable)
        .get("/admin/keys", admin, keys::list)
        .get("/admin/keys/new", admin, keys::new)
        .post("/admin/keys/new", admin, keys::create)
        .get("/admin/keys/{id}/revoke", admin, keys::ask_revoke)
        .post("/admin/keys/{id}/revoke", admin, keys::revoke)
        .get("/account/login", public, customer::ask)
        .post("/account/login", public, customer::send)
        .get("/account/enter", public, customer::door)
        .post("/account/enter", public, customer::enter)
        .post("/account/logout", public, customer::leave)
        .get("/account/logins", customer, customer::logins)
        .post("/account/logins", customer, customer::revoke)
        .get("/handoff", public, customer::handoff(arrive))
}

/// A form that is one button.
#[derive(Debug, Deserialize)]
struct Button {}

/// Makes the answer to a form say 429 and when to try again.
fn too_many(mut response: Response, blocked: Blocked, now: DateTime<Utc>) -> Response {
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    response.headers_mut().insert(header::RETRY_AFTER, blocked.seconds(now).into());
    response
}

/// Whole minutes to wait, for people.
fn minutes(blocked: Blocked, now: DateTime<Utc>) -> String {
    blocked.seconds(now).div_ceil(60).to_string()
}

#[cfg(test)]
mod tests;
