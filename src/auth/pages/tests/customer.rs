//! Customers coming in and going out.
use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};

use super::*;
use crate::crypto::Purpose;

#[sqlx::test(migrations = "./migrations")]
async fn a_link_shows_a_button_and_the_button_signs_in_once(
    _: MySqlPoolOptions,
    options: MySqlConnectOptions,
) {
    let mut browser = Browser::open(options).await;
    let now = browser.app.clock.now();
    sqlx::query("INSERT INTO accounts (id, name, email, created_at, updated_at) VALUES (5, 'Ana', 'ana@abono.example', ?, ?)")
        .bind(now)
        .bind(now)
        .execute(&browser.app.db.0)
        .await
        .unwrap();
    assert_eq!(
        browser.get("/account/logins").await.goes_to(),
        (303, "/account/login?next=%2Faccount%2Flogins")
    );
    browser.get("/account/login").await;
    let bad = browser.post("/account/login", &[("email", "ana@")]).await;
    assert_eq!((bad.status, bad.value("#f-email").as_deref()), (422, Some("ana@")));
    for email in ["ana@abono.example", "nadie@abono.example"] {
        let sent = browser.post("/account/login", &[("email", email)]).await;
        assert_eq!(sent.goes_to(), (303, "/account/login?sent=1"));
    }
    let sent = browser.get("/account/login?sent=1").await;
    assert_eq!(sent.text("h1"), ["Mira tu correo"]);
    let wanted =
        crate::auth::link::Request { email: "ana@abono.example".to_owned(), locale: "es".to_owned() };
    let app = &browser.app;
    crate::auth::link::deliver(&app.db, &app.keys, "http://abono.example", &wanted, now).await.unwrap();
    let sealed: Vec<u8> =
        sqlx::query_scalar("SELECT body_sealed FROM mails").fetch_one(&app.db.0).await.unwrap();
    let body = app.keys.open(Purpose::MailBody, &sealed).unwrap();
    let link = body.reveal().lines().find_map(|l| l.strip_prefix("http://abono.example")).unwrap().to_owned();
    // A scanner looks first: that uses nothing up.
    assert_eq!(browser.another().get(&link).await.status, 200);
    let door = browser.get(&link).await;
    assert_eq!(door.headers.get("referrer-policy").unwrap(), "no-referrer");
    let token = door.value("input[name=token]").unwrap();
    let entered = browser.post("/account/enter", &[("token", &token)]).await;
    assert_eq!(entered.goes_to(), (303, "/account/sessions"));
    let logins = browser.get("/account/logins").await;
    assert_eq!((logins.status, logins.text("h1")), (200, vec!["Mis accesos".to_owned()]));
    let mut other = browser.another();
    let dead = other.get(&link).await;
    assert_eq!((dead.status, dead.text("h1")), (410, vec!["Este enlace ya no funciona".to_owned()]));
    assert_eq!(other.post("/account/enter", &[("token", &token)]).await.status, 410);
    assert_eq!(browser.post("/account/logout", &[]).await.goes_to(), (303, "/account/login"));
    assert_eq!(browser.get("/account/logins").await.status, 303);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_hand_off_signs_in_once_and_replaces_who_was_there(
    _: MySqlPoolOptions,
    options: MySqlConnectOptions,
) {
    let mut browser = Browser::open(options).await;
    let (app, now) = (browser.app.clone(), browser.app.clock.now());
    let secret = Secret::new("the shop's own");
    sqlx::query(
        "INSERT INTO shops (id, slug, name, url, consumer_key_sealed, consumer_secret_sealed, key_last4,
                            webhook_secret_sealed, handoff_secret_sealed, timezone, created_at)
         VALUES (3, 'tienda', 'Tienda', 'https://tienda.example', '', '', '', '', ?, 'Europe/Madrid', ?)",
    )
    .bind(app.keys.seal(Purpose::HandoffSecret, &secret))
    .bind(now)
    .execute(&app.db.0)
    .await
    .unwrap();
    let link = |nonce: &str| {
        let mut query = crate::auth::handoff::Query {
            shop: "tienda".to_owned(),
            user: "7".to_owned(),
            email: "ana@abono.example".to_owned(),
            name: "Ana Ñúñez & Cía".to_owned(),
            exp: (now.timestamp() + 60).to_string(),
            nonce: nonce.to_owned(),
            to: "/account/logins?de=tienda".to_owned(),
            sig: String::new(),
        };
        query.sig = query.signature(&secret);
        let pairs = [
            ("shop", &query.shop),
            ("user", &query.user),
            ("email", &query.email),
            ("name", &query.name),
            ("exp", &query.exp),
            ("nonce", &query.nonce),
            ("to", &query.to),
            ("sig", &query.sig),
        ];
        let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        format!("/handoff?{text}")
    };
    let first = link("0123456789abcdef");
    let entered = browser.get(&first).await;
    assert_eq!(entered.goes_to(), (303, "/account/logins?de=tienda"));
    let had = browser.cookie("abono_login").unwrap().to_owned();
    let page = browser.get("/account/logins").await;
    assert_eq!(page.text(".lines li").len(), 1);
    // Loading it again leads on; a stranger with the same link gets nothing.
    assert_eq!(browser.get(&first).await.goes_to(), (303, "/account/sessions"));
    assert_eq!(browser.cookie("abono_login"), Some(had.as_str()));
    let mut stranger = browser.another();
    let refused = stranger.get(&first).await;
    assert_eq!((refused.status, stranger.cookie("abono_login")), (410, None));
    assert!(refused.text("main p")[0].starts_with("El enlace de la tienda ya no funciona"));
    // The next one ends the login that was there.
    assert_eq!(browser.get(&link("fedcba9876543210")).await.status, 303);
    assert_ne!(browser.cookie("abono_login"), Some(had.as_str()));
    stranger.cookies.push(("abono_login".to_owned(), had));
    assert_eq!(stranger.get("/account/logins").await.status, 303);
    assert_eq!(stranger.get("/handoff").await.status, 410);
}
