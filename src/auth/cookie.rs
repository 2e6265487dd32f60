//! The two cookies of a login: one for staff, one for customers. One browser may have both.
//!
//! They are `HttpOnly` and `SameSite=Lax` (a sign-in link in a mail must find them), and over https `Secure` and bound to
//! this very host by their `__Host-` names.
use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use axum_extra::extract::cookie::CookieJar;

use super::login::{self, Issued, Owner};
use crate::{config::Config, core::secret::Secret, web::csrf};

/// Whose cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Staff,
    Customer,
}

impl Whose {
    const fn name(self) -> &'static str {
        match self {
            Self::Staff => "abono_staff",
            Self::Customer => "abono_login",
        }
    }
}

impl From<Owner> for Whose {
    fn from(owner: Owner) -> Self {
        match owner {
            Owner::Staff(_) => Self::Staff,
            Owner::Customer(_) => Self::Customer,
        }
    }
}

/// The token a browser came with, if it could be one of ours.
pub fn token(config: &Config, headers: &HeaderMap, whose: Whose) -> Option<Secret> {
    let jar = CookieJar::from_headers(headers);
    let value = jar.get(&csrf::cookie_name(config, whose.name()))?.value();
    (value.len() == 43).then(|| Secret::new(value))
}

/// Hands the browser the cookie of the login that has just begun, and makes it forget its CSRF token.
pub fn set(response: &mut Response, config: &Config, issued: &Issued) {
    let seconds = login::cookie_seconds(issued.owner);
    write(response, config, issued.owner.into(), issued.token.reveal(), seconds);
    csrf::rotate(response);
}

/// Takes the cookie away, and the CSRF token with it.
pub fn remove(response: &mut Response, config: &Config, whose: Whose) {
    write(response, config, whose, "", 0);
    csrf::rotate(response);
}

fn write(response: &mut Response, config: &Config, whose: Whose, value: &str, seconds: i64) {
    let cookie = csrf::cookie(config, whose.name(), value.to_owned());
    // `Max-Age` by hand: the cookie crate's durations are of another library of time.
    if let Ok(value) = HeaderValue::from_str(&format!("{cookie}; Max-Age={seconds}")) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
