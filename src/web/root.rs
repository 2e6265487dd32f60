//! `/`: straight to where one is signed in, else a choice of the two doors.
use askama::Template;
use axum::response::Response;

use super::{
    CUSTOMER_LOGIN, STAFF_LOGIN,
    cx::Cx,
    flash::redirect,
    nav,
    page::page,
    routes::{Access, Routes},
};

pub(super) fn routes() -> Routes {
    Routes::new().get("/", Access::Public, start)
}

#[derive(Debug, Template)]
#[template(path = "landing.html")]
struct LandingPage {
    cx: Cx,
}

impl LandingPage {
    const CUSTOMER: &'static str = CUSTOMER_LOGIN;
    const STAFF: &'static str = STAFF_LOGIN;
}

/// Whoever is both staff and customer works here more often than they buy.
async fn start(cx: Cx) -> Response {
    if cx.staff.is_some() {
        redirect("/admin", None)
    } else if cx.customer.is_some() {
        redirect(nav::ACCOUNT[0].1, None)
    } else {
        page(&LandingPage { cx })
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{StatusCode, header};

    use super::*;
    use crate::{
        auth::{CustomerLogin, Role},
        core::ids::{AccountId, LoginId},
        web::testing,
    };

    fn customer() -> CustomerLogin {
        CustomerLogin {
            login: LoginId(2),
            account: AccountId(7),
            name: "Ana".to_owned(),
            email: None,
            locale: None,
        }
    }

    #[test]
    fn each_goes_where_they_are_signed_in_and_strangers_see_two_doors() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for (is_staff, is_customer, goes) in [
            (true, false, Some("/admin")),
            (true, true, Some("/admin")),
            (false, true, Some(nav::ACCOUNT[0].1)),
            (false, false, None),
        ] {
            let mut cx = testing::cx();
            cx.staff = is_staff.then(|| testing::staff(Role::Stats));
            cx.customer = is_customer.then(customer);
            let response = runtime.block_on(start(cx));
            let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
            assert_eq!(location, goes);
            assert_eq!(response.status() == StatusCode::OK, goes.is_none());
        }
    }

    #[test]
    fn the_two_doors_lead_to_the_two_logins() {
        let html = LandingPage { cx: testing::cx() }.render().unwrap();
        for door in [CUSTOMER_LOGIN, STAFF_LOGIN] {
            assert!(html.contains(&format!("href=\"{door}\"")), "{door}");
        }
    }
}
