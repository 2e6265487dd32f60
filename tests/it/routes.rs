//! Every route against everybody: the anonymous, each role, customers, machines. Acceptance 63.
use abono::{
    auth::{Role, key::Scope},
    web::routes::{Access, RouteInfo},
};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};

use crate::support::{Browser, World};

/// A path with something in its holes that exists nowhere.
fn filled(path: &str) -> String {
    path.split('/')
        .map(|part| {
            if part.starts_with('{') {
                if part.contains('*') { "app.css" } else { "987654321" }
            } else {
                part
            }
        })
        .collect::<Vec<_>>()
        .join("/")
}

async fn visit(browser: &mut Browser, route: &RouteInfo) -> (StatusCode, String) {
    let path = filled(&route.path);
    let seen =
        if route.method == Method::GET { browser.get(&path).await } else { browser.post(&path, &[]).await };
    (seen.status, seen.location().to_owned())
}

fn turned_away(status: StatusCode, location: &str) -> bool {
    matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND)
        || (status == StatusCode::SEE_OTHER && location.contains("/login"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_refuses_who_may_not_and_lets_in_who_may() {
    let world = World::new().await;
    world.bought("ana@example.test", 1).await;
    let mut nobody = world.browser();
    let mut staff = Vec::new();
    for role in Role::ALL {
        staff.push((role, world.staff(role).await));
    }
    let mut customer = world.customer(7, "carla@example.test").await;
    assert!(world.table.len() > 60, "{}", world.table.len());
    for route in &world.table {
        let is_form = route.method != Method::GET;
        match route.access {
            Access::Public => {}
            Access::Staff(needed) => {
                for who in [&mut nobody, &mut customer] {
                    let (status, location) = visit(who, route).await;
                    assert!(turned_away(status, &location), "{} {}: {status}", route.method, route.path);
                }
                for (role, browser) in &mut staff {
                    let (status, location) = visit(browser, route).await;
                    let allowed = *role >= needed;
                    if !allowed || is_form {
                        // Without its token a form is refused to everybody.
                        assert_eq!(
                            status,
                            StatusCode::FORBIDDEN,
                            "{} {} as {role:?}",
                            route.method,
                            route.path
                        );
                    } else {
                        let in_order = status.is_success()
                            || matches!(status, StatusCode::NOT_FOUND | StatusCode::SEE_OTHER);
                        assert!(
                            in_order && !location.contains("/login"),
                            "{} {} as {role:?}: {status}",
                            route.method,
                            route.path
                        );
                    }
                }
            }
            Access::Customer => {
                let (status, location) = visit(&mut nobody, route).await;
                assert!(turned_away(status, &location), "{} {}: {status}", route.method, route.path);
                for (role, browser) in &mut staff {
                    let (status, location) = visit(browser, route).await;
                    assert!(
                        turned_away(status, &location),
                        "{} {} as {role:?}: {status}",
                        route.method,
                        route.path
                    );
                }
                let (status, _) = visit(&mut customer, route).await;
                if is_form {
                    assert_eq!(status, StatusCode::FORBIDDEN, "{} {}", route.method, route.path);
                } else {
                    assert!(
                        status.is_success() || status == StatusCode::SEE_OTHER,
                        "{} {}: {status}",
                        route.method,
                        route.path
                    );
                }
            }
            Access::Machine(scope) => refuses_other_keys(&world, route, scope).await,
            Access::Signed => {
                let request = Request::builder()
                    .method(route.method.clone())
                    .uri("/hooks/woocommerce/almendro")
                    .body(Body::from("{}"))
                    .unwrap();
                assert_eq!(world.send(request).await.0, StatusCode::UNAUTHORIZED);
            }
            Access::Operations => {
                let request = Request::builder()
                    .method(route.method.clone())
                    .uri(&route.path)
                    .body(Body::empty())
                    .unwrap();
                assert_eq!(world.send(request).await.0, StatusCode::OK, "{}", route.path);
            }
        }
    }
}

/// No key, a false one, and one with every scope but the right one.
async fn refuses_other_keys(world: &World, route: &RouteInfo, scope: &str) {
    let mut keys = vec![
        (None, StatusCode::UNAUTHORIZED),
        (Some("abk_deadbeef_nonsense".to_owned()), StatusCode::UNAUTHORIZED),
    ];
    let others: Vec<Scope> = Scope::ALL.into_iter().filter(|s| s.as_str() != scope).collect();
    assert_eq!(others.len(), Scope::ALL.len() - 1, "{scope} is a scope");
    keys.push((Some(world.key(&others, None).await), StatusCode::FORBIDDEN));
    for (key, expected) in keys {
        let mut request = Request::builder()
            .method(route.method.clone())
            .uri(filled(&route.path))
            .header("idempotency-key", "x");
        if let Some(key) = key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        let (status, _, _) = world.send(request.body(Body::from("{}")).unwrap()).await;
        assert_eq!(status, expected, "{} {}", route.method, route.path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_entry_of_the_menu_leads_somewhere() {
    let world = World::new().await;
    let mut admin = world.staff(Role::Admin).await;
    for section in abono::web::nav::SECTIONS {
        for item in section.items {
            let seen = admin.get(item.href).await;
            assert_eq!(seen.status, StatusCode::OK, "{}", item.href);
            assert_eq!(seen.count("h1"), 1, "{}", item.href);
        }
    }
    let mut customer = world.customer(7, "carla@example.test").await;
    for (_, href) in abono::web::nav::ACCOUNT {
        assert_eq!(customer.get(href).await.status, StatusCode::OK, "{href}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_from_another_site_is_refused_even_with_its_token() {
    let world = World::new().await;
    let mut admin = world.staff(Role::Admin).await;
    let page = admin.get("/admin/sessions/products").await;
    let token = scraper::Selector::parse("input[name=_csrf]").unwrap();
    let token = page.html().select(&token).next().unwrap().value().attr("value").unwrap().to_owned();
    let cookies = ["abono_staff", "abono_csrf"]
        .map(|name| format!("{name}={}", admin.cookie(name).unwrap()))
        .join("; ");
    for site in ["cross-site", "same-site"] {
        let request = Request::post("/admin/sessions/products")
            .header("cookie", &cookies)
            .header("sec-fetch-site", site)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(format!("_csrf={token}&shop={}&product=1&sessions=1", world.shop)))
            .unwrap();
        assert_eq!(world.send(request).await.0, StatusCode::FORBIDDEN, "{site}");
    }
    assert_eq!(world.number("SELECT COUNT(*) FROM session_products WHERE product_id = 1").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_gives_a_new_cookie_and_a_planted_one_opens_nothing() {
    let world = World::new().await;
    world.staff(Role::Admin).await;
    let mut browser = world.browser();
    browser.set_cookie("abono_staff", "planted-by-someone-else");
    let fields = [("email", "admin@abono.example"), ("password", crate::support::STAFF_PASSWORD)];
    browser.submit("/admin/login", "/admin/login", &fields).await;
    let cookie = browser.cookie("abono_staff").unwrap().to_owned();
    assert_ne!(cookie, "planted-by-someone-else");
    assert_eq!(browser.get("/admin/me").await.status, StatusCode::OK);
    let mut planted = world.browser();
    planted.set_cookie("abono_staff", "planted-by-someone-else");
    assert_eq!(planted.get("/admin/me").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_a_password_is_slowed_down() {
    let world = World::new().await;
    world.staff(Role::Admin).await;
    let mut statuses = Vec::new();
    for _ in 0..7 {
        let mut browser = world.browser();
        let fields = [("email", "admin@abono.example"), ("password", "no es esta, seguro")];
        statuses.push(browser.submit("/admin/login", "/admin/login", &fields).await.status.as_u16());
    }
    assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
    let mut browser = world.browser();
    let fields = [("email", "admin@abono.example"), ("password", crate::support::STAFF_PASSWORD)];
    let blocked = browser.submit("/admin/login", "/admin/login", &fields).await;
    assert_eq!(blocked.status.as_u16(), 429, "even the right one waits");
    world.advance(chrono::TimeDelta::minutes(20));
    assert_eq!(browser.submit("/admin/login", "/admin/login", &fields).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_carries_the_headers_that_protect_it() {
    let world = World::new().await;
    let mut admin = world.staff(Role::Admin).await;
    for path in ["/admin/accounts", "/admin/login", "/nowhere", "/api/docs"] {
        let seen = admin.get(path).await;
        let header =
            |name: &str| seen.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let csp = header("content-security-policy");
        assert!(csp.contains("default-src 'none'") && !csp.contains("unsafe"), "{path}: {csp}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert!(!header("x-request-id").is_empty(), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_of_the_api_is_as_agreed() {
    let world = World::new().await;
    let text = serde_json::to_string_pretty(&world.openapi).unwrap();
    insta::assert_snapshot!("openapi", text);
    let (status, served) = world.get("", "/api/openapi.json").await;
    assert_eq!((status, served), (StatusCode::OK, serde_json::from_str(&text).unwrap()));
}
