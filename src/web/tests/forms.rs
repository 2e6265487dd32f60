//! Forms, their tokens, what they say afterwards, and preferences.
use super::*;

#[tokio::test]
async fn only_a_form_made_for_this_browser_is_taken() {
    let mut browser = house().signed_in("admin");
    let token = browser.get("/admin/things").await.token();
    let good = format!("_csrf={token}&email=a%40b.es");
    assert_eq!(browser.post("/admin/things", &good).await.status, StatusCode::SEE_OTHER);

    let without = browser.post("/admin/things", "email=a%40b.es").await;
    assert_eq!(without.status, StatusCode::FORBIDDEN);
    assert!(without.body.contains("Ese formulario ya no vale"));
    let wrong = browser.post("/admin/things", &format!("_csrf=x{token}&email=a%40b.es")).await;
    assert_eq!(wrong.status, StatusCode::FORBIDDEN);

    let mut other = house().signed_in("admin");
    other.get("/admin/things").await;
    assert_eq!(
        other.post("/admin/things", &good).await.status,
        StatusCode::FORBIDDEN,
        "another browser's token"
    );
    let mut bare = house().signed_in("admin");
    assert_eq!(bare.post("/admin/things", &good).await.status, StatusCode::FORBIDDEN, "no cookie at all");
}

#[tokio::test]
async fn another_site_may_not_post_even_with_the_token() {
    let mut browser = house().signed_in("admin");
    let token = browser.get("/admin/things").await.token();
    let req = Request::post("/admin/things")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "cross-site");
    let answer = browser.send(req, format!("_csrf={token}&email=a%40b.es")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    // Programs carry no cookies: nobody can be tricked into sending theirs.
    let api = Request::post("/api/v1/counts/1")
        .header("content-type", "application/json")
        .header("origin", "https://app.example");
    assert_eq!(browser.send(api, "1").await.status, StatusCode::OK);
    let hook = Request::post("/hooks/test").header("origin", "https://shop.example");
    assert_eq!(browser.send(hook, "1").await.status, StatusCode::OK);
}

#[tokio::test]
async fn signing_in_changes_the_token() {
    let mut browser = house();
    let token = browser.get("/admin/things").await.token();
    let before = browser.cookies.clone();
    let answer = browser.post("/admin/sign-in", &format!("_csrf={token}")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_ne!(browser.cookies, before);
    let old = browser.post("/admin/things", &format!("_csrf={token}&email=a%40b.es")).await;
    assert_eq!(old.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_browser_gets_its_random_value_once() {
    let mut browser = house();
    assert_eq!(browser.get("/admin/things").await.cookies().len(), 1);
    assert!(browser.get("/admin/things").await.cookies().is_empty());
    assert!(house().get("/static/app.css").await.cookies().is_empty());
    assert!(house().get("/api/openapi.json").await.cookies().is_empty());
}

#[tokio::test]
async fn what_was_typed_stays_and_what_is_wrong_is_said_where_it_is() {
    let mut browser = house().signed_in("admin");
    let token = browser.get("/admin/things").await.token();
    let body = format!("_csrf={token}&email=+no%3Cb%3E&plan=a&tags=1&tags=2");
    let answer = browser.post("/admin/things", &body).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let doc = scraper::Html::parse_document(&answer.body);
    let one = |css: &str| {
        let found: Vec<_> = doc.select(&scraper::Selector::parse(css).unwrap()).collect();
        assert_eq!(found.len(), 1, "{css}");
        found[0]
    };
    let email = one("#f-email.is-invalid[aria-invalid=true]");
    assert_eq!(email.attr("value"), Some(" no<b>"));
    assert_eq!(email.attr("aria-describedby"), Some("f-email-e f-email-h"));
    one("textarea#f-note[aria-describedby='f-note-e']");
    one("input[type=radio][value=a][checked]");
    one("select#f-kind option[value=a][selected]");
    one("input#f-agree[checked]");
    let links: Vec<_> = doc
        .select(&scraper::Selector::parse("[role=alert] li a").unwrap())
        .map(|a| a.attr("href").unwrap().to_owned())
        .collect();
    assert_eq!(links, ["#f-email", "#f-note"], "in the order of the page");
    let alert = one("[role=alert]").text().collect::<String>();
    assert!(alert.contains("Revisa 2 campos"), "{alert}");
    assert!(alert.contains("Cuentas: Escribe un correo"), "{alert}");
}

#[tokio::test]
async fn a_flash_is_said_once_and_its_arguments_cannot_break_out() {
    let mut browser = house().signed_in("admin");
    let token = browser.get("/admin/things").await.token();
    let answer = browser.post("/admin/things", &format!("_csrf={token}&email=%3Ci%3E%40")).await;
    assert_eq!(answer.header("location"), "/admin/things");
    let first = browser.get("/admin/things").await.body;
    assert!(first.contains("Usa &lt;i&gt;@ caracteres"), "{first}");
    assert!(first.contains("<a href=\"/admin/undo\">Deshacer</a>"));
    let second = browser.get("/admin/things").await.body;
    assert!(!second.contains("Deshacer"));
}

#[tokio::test]
async fn a_flash_waits_for_the_page_that_shows_it() {
    let mut browser = house().signed_in("admin");
    let token = browser.get("/admin/things").await.token();
    browser.post("/admin/things", &format!("_csrf={token}&email=a%40b")).await;
    browser.get("/static/app.css").await;
    browser.get("/healthz").await;
    let page = browser.get("/admin/things").await.body;
    assert!(page.contains("Deshacer"));
}

#[tokio::test]
async fn a_reader_chooses_language_and_theme_on_this_browser() {
    let mut browser = house();
    let page = browser.get("/admin/things").await;
    assert!(page.body.contains("<html lang=\"es\">"));
    let form = format!("_csrf={}&lang=en&theme=dark&back=%2Fadmin%2Fthings%3Fq%3D1", page.token());
    let answer = browser.post("/preferences", &form).await;
    assert_eq!(answer.header("location"), "/admin/things?q=1");
    let page = browser.get("/admin/things").await.body;
    assert!(page.contains("<html lang=\"en\" data-bs-theme=\"dark\">"));
    let evil = format!("_csrf={}&theme=purple&back=https%3A%2F%2Fevil.example", {
        browser.get("/admin/things").await.token()
    });
    let answer = browser.post("/preferences", &evil).await;
    assert_eq!(answer.header("location"), "/");
    assert!(answer.cookies().is_empty());
}

#[tokio::test]
async fn the_language_is_the_browsers_choice_then_the_logins_then_the_header() {
    let lang = async |browser: &mut Browser, accept: &'static str| {
        let asked = Request::get("/admin/things").header("accept-language", accept);
        let body = browser.send(asked, Body::empty()).await.body;
        body.split("<html lang=\"").nth(1).unwrap()[..2].to_owned()
    };
    assert_eq!(lang(&mut house(), "de").await, "es");
    assert_eq!(lang(&mut house(), "en-GB,es;q=0.3").await, "en");
    assert_eq!(lang(&mut house().signed_in("english"), "es").await, "en");
    let mut browser = house().signed_in("english");
    browser.cookies.push(("abono_lang".to_owned(), "es".to_owned()));
    assert_eq!(lang(&mut browser, "en").await, "es");
}

#[tokio::test]
async fn over_https_cookies_are_bound_to_this_host() {
    let mut config = testing::config();
    config.public_url = Some("https://abono.example/".parse().unwrap());
    let mut browser = house_with(config);
    let page = browser.get("/admin/things").await;
    let cookie = &page.cookies()[0];
    assert!(cookie.starts_with("__Host-abono_csrf="), "{cookie}");
    for part in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(page.header("strict-transport-security").starts_with("max-age="));
    let form = format!("_csrf={}&email=a%40b.es", page.token());
    assert_eq!(browser.post("/admin/things", &form).await.status, StatusCode::SEE_OTHER);
}
