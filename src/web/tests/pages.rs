//! What every page has: headers, a frame people can find their way in, files that browsers keep.
use std::collections::BTreeSet;

use scraper::{Html, Selector};

use super::*;

#[tokio::test]
async fn every_answer_carries_the_protective_headers() {
    let mut browser = house();
    for path in
        ["/admin/things", "/nothing", "/admin/panic", "/api/v1/nothing", "/static/app.css", "/healthz"]
    {
        let answer = browser.get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none';"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(!answer.header("permissions-policy").is_empty(), "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "{path}: not over http");
    }
}

#[tokio::test]
async fn pages_of_signed_in_people_are_never_stored() {
    for (login, caching) in [("admin", "no-store"), ("customer", "no-store"), ("", "private, no-cache")] {
        let answer = house().signed_in(login).get("/account/sessions").await;
        assert_eq!(answer.header("cache-control"), caching, "{login}");
    }
    let api = house().get("/api/openapi.json").await;
    assert_eq!(api.header("cache-control"), "no-store");
}

/// A frame that readers of every kind can use.
fn assert_sound(body: &str) {
    let doc = Html::parse_document(body);
    let count = |css: &str| doc.select(&Selector::parse(css).unwrap()).count();
    assert_eq!(count("h1"), 1);
    assert_eq!(count("main#contenido"), 1);
    assert_eq!(count("a.skip[href='#contenido']"), 1);
    assert_eq!(count("html[lang]"), 1);
    assert!(
        !doc.select(&Selector::parse("title").unwrap())
            .next()
            .unwrap()
            .text()
            .collect::<String>()
            .starts_with(" ·")
    );
    let mut ids = BTreeSet::new();
    for element in doc.select(&Selector::parse("[id]").unwrap()) {
        let id = element.attr("id").unwrap();
        assert!(ids.insert(id), "id {id} twice");
    }
    for (css, attribute) in [
        ("[aria-describedby]", "aria-describedby"),
        ("[aria-labelledby]", "aria-labelledby"),
        ("label[for]", "for"),
        ("[popovertarget]", "popovertarget"),
    ] {
        for element in doc.select(&Selector::parse(css).unwrap()) {
            for id in element.attr(attribute).unwrap().split_whitespace() {
                assert!(ids.contains(id), "{attribute} names {id}, which is not there");
            }
        }
    }
    for form in doc.select(&Selector::parse("form[method=post]").unwrap()) {
        let token = Selector::parse("input[name=_csrf]").unwrap();
        assert_eq!(form.select(&token).count(), 1, "{}", form.html());
    }
    for button in doc.select(&Selector::parse("button, nav a").unwrap()) {
        let words: String = button.text().collect();
        assert!(!words.trim().is_empty(), "{}", button.html());
    }
}

#[tokio::test]
async fn every_layout_is_a_sound_frame() {
    for (login, path) in [
        ("admin", "/admin/things"),
        ("stats", "/admin/things"),
        ("customer", "/account/sessions"),
        ("", "/account/sessions"),
        ("", "/nothing"),
        ("admin", "/admin/nothing"),
        ("", "/problems"),
        ("", "/problems/conflict"),
        ("", "/api/docs"),
    ] {
        assert_sound(&house().signed_in(login).get(path).await.body);
    }
}

#[tokio::test]
async fn the_menu_shows_what_the_role_may_open_and_where_we_are() {
    let admin = house().signed_in("admin").get("/admin/things").await.body;
    assert!(admin.contains("href=\"/admin/keys\""));
    assert!(admin.contains("<span class=\"count\">3<span class=\"sr\"> detenidas</span></span>"));
    assert!(admin.contains("role=\"search\""));
    assert!(admin.contains("Inés Carvajal"));
    let stats = house().signed_in("stats").get("/admin/things").await.body;
    assert!(!stats.contains("href=\"/admin/keys\""));
    assert!(!stats.contains("href=\"/admin/accounts\""));
    assert!(!stats.contains("role=\"search\""));
    let nobody = house().get("/admin/things").await.body;
    assert!(!nobody.contains("href=\"/admin/keys\""));

    let mut cx = testing::cx();
    cx.path = "/admin/sessions/7".to_owned();
    assert!(cx.is_section("/admin/sessions") && !cx.is_section("/admin"));
    cx.path = "/admin/sessions-old".to_owned();
    assert!(!cx.is_section("/admin/sessions"));
    cx.path = "/admin".to_owned();
    assert!(cx.is_section("/admin"));
}

#[tokio::test]
async fn customers_see_their_shop_and_their_menu() {
    let body = house().signed_in("customer").get("/account/sessions").await.body;
    assert!(body.contains("Almendro &lt;3") || body.contains("Almendro &#60;3"));
    assert!(body.contains("aria-current=\"page\""));
    assert!(body.contains("action=\"/account/logout\""));
}

#[tokio::test]
async fn the_start_leads_everybody_to_their_work_and_shows_strangers_two_doors() {
    for (login, to) in [("admin", "/admin"), ("customer", "/account/sessions")] {
        let answer = house().signed_in(login).get("/").await;
        assert_eq!(answer.header("location"), to);
    }
    let stranger = house().get("/").await.body;
    for door in [CUSTOMER_LOGIN, STAFF_LOGIN] {
        assert!(stranger.contains(&format!("href=\"{door}\"")), "{door}");
    }
}

#[tokio::test]
async fn files_are_kept_for_good_under_their_hash_and_asked_again_without_it() {
    let mut browser = house();
    let url = super::super::assets::url("app.css");
    let hashed = browser.get(&url).await;
    assert_eq!(hashed.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(hashed.header("cache-control"), "public, max-age=31536000, immutable");
    let plain = browser.get("/static/app.css?v=old").await;
    assert_eq!(plain.header("cache-control"), "public, no-cache");
    let known = Request::get("/static/app.css").header("if-none-match", plain.header("etag"));
    let again = browser.send(known, Body::empty()).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert!(again.body.is_empty());
    for (path, kind) in [
        ("/static/vendor/htmx.min.js", "text/javascript; charset=utf-8"),
        ("/static/icons.svg", "image/svg+xml"),
        ("/static/vendor/inter-latin-wght-normal.woff2", "font/woff2"),
    ] {
        assert_eq!(browser.get(path).await.header("content-type"), kind);
    }
    for gone in ["/static/nothing.css", "/static/../Cargo.toml", "/static/%2e%2e/Cargo.toml"] {
        assert_eq!(browser.get(gone).await.status, StatusCode::NOT_FOUND, "{gone}");
    }
}

#[tokio::test]
async fn large_answers_are_packed_for_those_who_can_unpack() {
    let asked = Request::get("/static/app.css").header("accept-encoding", "gzip");
    let answer = house().send(asked, Body::empty()).await;
    assert_eq!(answer.header("content-encoding"), "gzip");
}

#[tokio::test]
async fn the_api_describes_itself_to_programs_and_people() {
    let mut browser = house();
    let spec = browser.get("/api/openapi.json").await.json();
    assert_eq!(spec["info"]["title"], "Abono");
    assert_eq!(spec["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    assert!(spec["components"]["schemas"]["Problem"]["properties"]["type"].is_object());
    let docs = browser.get("/api/docs").await.body;
    assert!(docs.contains("/api/v1/counts/{id}"));
    assert!(docs.contains("counts:write"));
    assert!(docs.contains("Count something."));
}
