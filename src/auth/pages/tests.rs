//! Whole requests through layer, gate, handler and page, on a database each.
use axum::{
    Router,
    body::Body,
    http::{Request, Response},
    middleware::from_fn_with_state,
};
use http_body_util::BodyExt;
use scraper::{Html, Selector};
use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};
use tower::ServiceExt;
use utoipa_axum::router::OpenApiRouter;

use super::*;
use crate::{
    auth::{
        layer,
        staff::{self, NewStaff},
    },
    core::{actor::Actor, email::Email, ids::StaffId, secret::Secret},
    crypto::Purpose,
    db,
    web::{self, testing},
};

const PASSWORD: &str = "una frase bien larga";
const SYSTEM: Actor = Actor::System { name: "test" };

/// A browser: it keeps its cookies, and posts forms with the token of the page before.
struct Browser {
    app: App,
    router: Router,
    cookies: Vec<(String, String)>,
    token: String,
}

struct Seen {
    status: u16,
    location: String,
    headers: axum::http::HeaderMap,
    html: String,
}

impl Seen {
    fn text(&self, selector: &str) -> Vec<String> {
        let document = Html::parse_document(&self.html);
        document
            .select(&Selector::parse(selector).unwrap())
            .map(|found| {
                found
                    .text()
                    .collect::<String>()
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect()
    }
    fn value(&self, selector: &str) -> Option<String> {
        let document = Html::parse_document(&self.html);
        let found = document.select(&Selector::parse(selector).unwrap()).next()?;
        found.value().attr("value").map(str::to_owned)
    }
    fn goes_to(&self) -> (u16, &str) {
        (self.status, self.location.as_str())
    }
}

impl Browser {
    async fn open(options: MySqlConnectOptions) -> Self {
        let mut app = testing::app();
        app.db = db::connect_with(options, 6).await.unwrap();
        let arrive: Arrive = |app, handoff, now| {
            Box::pin(async move {
                assert_eq!(handoff.wp_user.0, 7);
                sqlx::query(
                    "INSERT IGNORE INTO accounts (id, name, created_at, updated_at) VALUES (40, 'Ana', ?, ?)",
                )
                .bind(now)
                .bind(now)
                .execute(&app.db.0)
                .await
                .unwrap();
                Ok(AccountId(40))
            })
        };
        let state = app.clone();
        let built = web::assemble_with(app.clone(), routes(arrive), OpenApiRouter::new(), |router| {
            router.layer(from_fn_with_state(state, layer::identify))
        });
        Self {
            app,
            router: built.router,
            cookies: vec![],
            token: String::new(),
        }
    }

    /// Another browser on the same house.
    fn another(&self) -> Self {
        Self {
            app: self.app.clone(),
            router: self.router.clone(),
            cookies: vec![],
            token: String::new(),
        }
    }

    fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    async fn send(&mut self, builder: axum::http::request::Builder, body: String) -> Seen {
        let cookies: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let request: Request<Body> = builder
            .header("cookie", cookies.join("; "))
            .header("accept", "text/html")
            .body(Body::from(body))
            .unwrap();
        let response: Response<Body> = self.router.clone().oneshot(request).await.unwrap();
        for header in response.headers().get_all("set-cookie") {
            let (pair, rest) = header.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(n, _)| n != name);
            if !rest.contains("Max-Age=0") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let (parts, body) = response.into_parts();
        let html = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        let location = parts
            .headers
            .get("location")
            .map(|l| l.to_str().unwrap().to_owned())
            .unwrap_or_default();
        let seen = Seen {
            status: parts.status.as_u16(),
            location,
            headers: parts.headers,
            html,
        };
        if let Some(token) = seen.value("input[name=_csrf]") {
            self.token = token;
        }
        seen
    }

    async fn get(&mut self, path: &str) -> Seen {
        self.send(Request::get(path), String::new()).await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("_csrf", &self.token);
        form.extend_pairs(fields);
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request, form.finish()).await
    }

    async fn add(&self, email: &str, role: Role) -> StaffId {
        let new = NewStaff {
            email: Email::parse(email).unwrap(),
            name: "Inés Carvajal".to_owned(),
            password: Secret::new(PASSWORD),
            role,
            locale: None,
        };
        staff::add(&self.app.db, &new, &SYSTEM, self.app.clock.now())
            .await
            .unwrap()
    }

    async fn sign_in(&mut self, email: &str) {
        self.get("/admin/login").await;
        let fields = [("email", email), ("password", PASSWORD)];
        assert_eq!(
            self.post("/admin/login", &fields).await.goes_to(),
            (303, "/admin")
        );
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn staff_sign_in_come_back_to_their_page_and_sign_out(
    _: MySqlPoolOptions,
    options: MySqlConnectOptions,
) {
    let mut browser = Browser::open(options).await;
    browser.add("ines@abono.example", Role::Admin).await;
    let sent_away = browser.get("/admin/keys?x=1").await;
    assert_eq!(
        sent_away.goes_to(),
        (303, "/admin/login?next=%2Fadmin%2Fkeys%3Fx%3D1")
    );
    let page = browser.get(&sent_away.location).await;
    assert_eq!(
        (page.status, page.text("h1")),
        (200, vec!["Entrar en Abono".to_owned()])
    );
    let before = browser.cookie("abono_csrf").unwrap().to_owned();
    let next = page.value("input[name=next]").unwrap();
    let fields = [
        ("email", "ines@abono.example"),
        ("password", PASSWORD),
        ("next", &next),
    ];
    let entered = browser.post("/admin/login", &fields).await;
    assert_eq!(entered.goes_to(), (303, "/admin/keys?x=1"));
    let cookies: Vec<&str> = entered
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|c| c.to_str().unwrap())
        .collect();
    let staff = cookies.iter().find(|c| c.starts_with("abono_staff=")).unwrap();
    assert!(
        staff.contains("HttpOnly") && staff.contains("SameSite=Lax"),
        "{staff}"
    );
    // Whoever knew the form's secret before does not know it after.
    assert_ne!(browser.cookie("abono_csrf"), Some(before.as_str()));
    let keys = browser.get("/admin/keys").await;
    assert_eq!(
        (keys.status, keys.text("h1")),
        (200, vec!["Claves de API".to_owned()])
    );
    let stolen = browser.cookie("abono_staff").unwrap().to_owned();
    assert_eq!(
        browser.post("/admin/logout", &[]).await.goes_to(),
        (303, "/admin/login")
    );
    assert_eq!(browser.cookie("abono_staff"), None);
    browser.cookies.push(("abono_staff".to_owned(), stolen));
    assert_eq!(browser.get("/admin/keys").await.status, 303);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_wrong_password_keeps_the_e_mail_and_then_has_to_wait(
    _: MySqlPoolOptions,
    options: MySqlConnectOptions,
) {
    let mut browser = Browser::open(options).await;
    browser.add("ines@abono.example", Role::Admin).await;
    browser.get("/admin/login").await;
    let fields = [
        ("email", "ines@abono.example"),
        ("password", "no es esta"),
        ("next", "//evil.example"),
    ];
    for _ in 0..6 {
        let page = browser.post("/admin/login", &fields).await;
        assert_eq!(page.status, 422);
        assert_eq!(page.value("#f-email").as_deref(), Some("ines@abono.example"));
        assert_eq!(page.value("#f-password").as_deref(), Some(""));
        assert_eq!(page.value("input[name=next]").as_deref(), Some("/admin"));
        assert_eq!(page.text(".notice li"), ["El correo y la contraseña no encajan."]);
    }
    let page = browser.post("/admin/login", &fields).await;
    assert_eq!(page.status, 429);
    assert_eq!(
        page.text(".notice li"),
        ["Demasiados intentos. Prueba otra vez dentro de 1 min."]
    );
    assert_eq!(page.headers.get("retry-after").unwrap(), "31");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_form_without_its_token_changes_nothing(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let mut browser = Browser::open(options).await;
    browser.add("ines@abono.example", Role::Admin).await;
    browser.sign_in("ines@abono.example").await;
    browser.get("/admin/me").await;
    for token in ["", "x"] {
        browser.token = token.to_owned();
        for path in [
            "/admin/logout",
            "/admin/me",
            "/admin/me/password",
            "/admin/me/logins",
            "/admin/staff/new",
            "/admin/staff/1/role",
            "/admin/staff/1/password",
            "/admin/staff/1/disable",
            "/admin/staff/1/enable",
            "/admin/keys/new",
            "/admin/keys/1/revoke",
            "/account/login",
            "/account/enter",
            "/account/logout",
        ] {
            let page = browser.post(path, &[]).await;
            assert_eq!(page.status, 403, "{path}");
            browser.token = token.to_owned();
        }
    }
    assert_eq!(browser.get("/admin/me").await.status, 200);
}

#[sqlx::test(migrations = "./migrations")]
async fn each_page_opens_for_its_role_and_no_lower_one(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let browser = Browser::open(options).await;
    for role in Role::ALL {
        browser
            .add(&format!("{}@abono.example", role.as_str()), role)
            .await;
    }
    let arrive: Arrive = |_, _, _| Box::pin(async { Ok(AccountId(1)) });
    let table = routes(arrive).table();
    for route in table {
        let path = route.path.replace("{id}", "1");
        let is_get = route.method == axum::http::Method::GET;
        for role in [None, Some(Role::Stats), Some(Role::Manager), Some(Role::Admin)] {
            let mut reader = browser.another();
            if let Some(role) = role {
                reader.sign_in(&format!("{}@abono.example", role.as_str())).await;
                reader.get("/admin/me").await;
            }
            let status = if is_get {
                reader.get(&path).await.status
            } else {
                reader.token = String::from("left out: a refused role must not even be asked for it");
                reader.post(&path, &[]).await.status
            };
            let may = match route.access {
                Access::Staff(least) => role.is_some_and(|role| role >= least),
                Access::Customer => false,
                _ => continue,
            };
            let is_staff_route = matches!(route.access, Access::Staff(_));
            match (may, role.is_some() && is_staff_route) {
                // Past the door: the token (POST) or the row (GET) decides.
                (true, _) => assert!(matches!(status, 200 | 403 | 404), "{role:?} {path}: {status}"),
                (false, true) => assert_eq!(status, 403, "{role:?} {path}"),
                (false, false) => assert_eq!(status, 303, "{role:?} {path}"),
            }
            if may && is_get {
                assert_ne!(status, 403, "{role:?} {path}");
            }
        }
        // Hundreds of sign-ins of three people are one address's: not what this test is about.
        sqlx::query("DELETE FROM auth_throttle")
            .execute(&browser.app.db.0)
            .await
            .unwrap();
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn an_admin_adds_someone_who_then_comes_in(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let mut browser = Browser::open(options).await;
    browser.add("ines@abono.example", Role::Admin).await;
    browser.sign_in("ines@abono.example").await;
    browser.get("/admin/staff/new").await;
    let bad = [
        ("name", "  "),
        ("email", "teo@"),
        ("role", "owner"),
        ("password", "corta"),
    ];
    let page = browser.post("/admin/staff/new", &bad).await;
    assert_eq!(page.status, 422);
    assert_eq!(
        page.text(".notice li"),
        [
            "Nombre: Escribe un nombre de 120 caracteres como mucho.",
            "Correo: Escribe un correo como nombre@ejemplo.es.",
            "Papel: Elige un papel.",
            "Contraseña: Usa 12 caracteres por lo menos.",
        ]
    );
    assert_eq!(page.value("#f-email").as_deref(), Some("teo@"));
    let good = [
        ("name", "Teo <b>"),
        ("email", "teo@abono.example"),
        ("role", "stats"),
        ("password", PASSWORD),
    ];
    let added = browser.post("/admin/staff/new", &good).await;
    assert_eq!(added.goes_to(), (303, "/admin/staff/2"));
    let page = browser.get("/admin/staff/2").await;
    assert_eq!(page.text(".flash"), ["Teo <b> ya puede entrar."]);
    assert_eq!(page.value("input[name=role][checked]").as_deref(), Some("stats"));
    let twice = browser.post("/admin/staff/new", &good).await;
    assert_eq!(
        twice.text(".error"),
        ["Ya hay alguien en el equipo con este correo."]
    );
    assert_eq!(twice.value("#f-name").as_deref(), Some("Teo <b>"));
    let mut teo = browser.another();
    teo.sign_in("teo@abono.example").await;
    assert_eq!(teo.get("/admin/me").await.status, 200);

    let asked = browser.get("/admin/staff/2/disable").await;
    assert_eq!(asked.text(".confirm h2"), ["¿Impedir la entrada a Teo <b>?"]);
    assert_eq!(
        browser.post("/admin/staff/2/disable", &[]).await.goes_to(),
        (303, "/admin/staff/2")
    );
    assert_eq!(teo.get("/admin/me").await.status, 303);
    let list = browser.get("/admin/staff").await;
    assert_eq!(list.text(".state"), ["Puede entrar", "No puede entrar"]);
    // Not even with a form of one's own making.
    assert_eq!(browser.post("/admin/staff/1/disable", &[]).await.status, 303);
    let page = browser.get("/admin/staff/1").await;
    assert!(page.text(".flash")[0].starts_with("Eso no puedes hacértelo a ti."));
}

#[sqlx::test(migrations = "./migrations")]
async fn people_look_after_themselves(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let mut browser = Browser::open(options).await;
    browser.add("ines@abono.example", Role::Stats).await;
    let mut other = browser.another();
    other.sign_in("ines@abono.example").await;
    browser.sign_in("ines@abono.example").await;
    let page = browser.get("/admin/me").await;
    assert_eq!(page.value("#f-name").as_deref(), Some("Inés Carvajal"));
    assert_eq!(page.text(".lines li").len(), 2);
    assert_eq!(page.text(".lines .is-ok"), ["Este navegador"]);
    let ended = browser.post("/admin/me/logins", &[("login", "others")]).await;
    assert_eq!(ended.goes_to(), (303, "/admin/me"));
    assert_eq!(other.get("/admin/me").await.status, 303);
    let page = browser.get("/admin/me").await;
    assert_eq!(
        (page.text(".flash"), page.text(".lines li").len()),
        (vec!["Acceso cerrado.".to_owned()], 1)
    );

    let bad = browser
        .post("/admin/me", &[("name", ""), ("theme", "dark")])
        .await;
    assert_eq!(
        (bad.status, bad.text("#t-profile ~ p, .error")),
        (
            422,
            vec!["Escribe un nombre de 120 caracteres como mucho.".to_owned()]
        )
    );
    let good = [("name", "Inés C."), ("locale", "en"), ("theme", "dark")];
    assert_eq!(browser.post("/admin/me", &good).await.status, 303);
    let page = browser.get("/admin/me").await;
    assert_eq!(page.text("h1"), ["Your profile"]);
    assert!(page.html.contains("data-bs-theme=\"dark\""));

    let differing = [
        ("current", PASSWORD),
        ("new", "otra frase larga"),
        ("again", "otra frase larg"),
    ];
    let page = browser.post("/admin/me/password", &differing).await;
    assert_eq!(
        (page.status, page.text(".error")),
        (422, vec!["The two are not the same.".to_owned()])
    );
    let wrong = [
        ("current", "no es esta"),
        ("new", "otra frase larga"),
        ("again", "otra frase larga"),
    ];
    let page = browser.post("/admin/me/password", &wrong).await;
    assert_eq!(page.text(".error"), ["Your current password is another."]);
    assert!(!page.html.contains("otra frase larga"));
    let right = [
        ("current", PASSWORD),
        ("new", "otra frase larga"),
        ("again", "otra frase larga"),
    ];
    assert_eq!(
        browser.post("/admin/me/password", &right).await.goes_to(),
        (303, "/admin/me")
    );
    assert_eq!(browser.get("/admin/me").await.status, 200);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_key_is_shown_once_and_then_only_its_beginning(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let mut browser = Browser::open(options).await;
    browser.add("ines@abono.example", Role::Admin).await;
    browser.sign_in("ines@abono.example").await;
    let empty = browser.get("/admin/keys").await;
    assert_eq!(empty.text(".nothing h2"), ["Todavía no hay ninguna clave"]);
    browser.get("/admin/keys/new").await;
    let bad = [("name", ""), ("account", "9"), ("expires", "2026-11-17")];
    let page = browser.post("/admin/keys/new", &bad).await;
    assert_eq!((page.status, page.text(".error").len()), (422, 3));
    let unbound = [
        ("name", "La app"),
        ("scope", "sessions:read"),
        ("account", "nadie@abono.example"),
    ];
    let page = browser.post("/admin/keys/new", &unbound).await;
    assert_eq!(
        page.text(".error"),
        ["No hay ninguna cuenta con este número o correo."]
    );
    assert_eq!(
        page.value("input[name=scope][checked]").as_deref(),
        Some("sessions:read")
    );
    let good = [
        ("name", "La app"),
        ("scope", "sessions:read"),
        ("scope", "sessions:write"),
        ("expires", "2026-11-18"),
    ];
    let made = browser.post("/admin/keys/new", &good).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.headers.get("cache-control").unwrap(), "no-store");
    let key = made.text("#the-key").remove(0);
    assert!(crate::auth::key::looks_like_a_key(&key), "{key}");
    let list = browser.get("/admin/keys").await;
    assert!(!list.html.contains(&key[14..]));
    assert!(list.html.contains(&key[..12]));
    assert_eq!(list.text("td .mono"), ["sessions:read", "sessions:write"]);
    assert_eq!(browser.get("/admin/keys/1/revoke").await.status, 200);
    assert_eq!(
        browser.post("/admin/keys/1/revoke", &[]).await.goes_to(),
        (303, "/admin/keys")
    );
    let list = browser.get("/admin/keys").await;
    assert_eq!(
        (list.text(".state"), list.text(".flash")),
        (
            vec!["Quitada".to_owned()],
            vec!["Clave «La app» quitada.".to_owned()]
        )
    );
    assert_eq!(browser.post("/admin/keys/1/revoke", &[]).await.status, 404);
}

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
    assert_eq!(
        (bad.status, bad.value("#f-email").as_deref()),
        (422, Some("ana@"))
    );
    for email in ["ana@abono.example", "nadie@abono.example"] {
        let sent = browser.post("/account/login", &[("email", email)]).await;
        assert_eq!(sent.goes_to(), (303, "/account/login?sent=1"));
    }
    let sent = browser.get("/account/login?sent=1").await;
    assert_eq!(sent.text("h1"), ["Mira tu correo"]);
    let wanted = crate::auth::link::Request {
        email: "ana@abono.example".to_owned(),
        locale: "es".to_owned(),
    };
    let app = &browser.app;
    crate::auth::link::deliver(&app.db, &app.keys, "http://abono.example", &wanted, now)
        .await
        .unwrap();
    let sealed: Vec<u8> = sqlx::query_scalar("SELECT body_sealed FROM mails")
        .fetch_one(&app.db.0)
        .await
        .unwrap();
    let body = app.keys.open(Purpose::MailBody, &sealed).unwrap();
    let link = body
        .reveal()
        .lines()
        .find_map(|l| l.strip_prefix("http://abono.example"))
        .unwrap()
        .to_owned();
    // A scanner looks first: that uses nothing up.
    assert_eq!(browser.another().get(&link).await.status, 200);
    let door = browser.get(&link).await;
    assert_eq!(door.headers.get("referrer-policy").unwrap(), "no-referrer");
    let token = door.value("input[name=token]").unwrap();
    let entered = browser.post("/account/enter", &[("token", &token)]).await;
    assert_eq!(entered.goes_to(), (303, "/account/sessions"));
    let logins = browser.get("/account/logins").await;
    assert_eq!(
        (logins.status, logins.text("h1")),
        (200, vec!["Mis accesos".to_owned()])
    );
    let mut other = browser.another();
    let dead = other.get(&link).await;
    assert_eq!(
        (dead.status, dead.text("h1")),
        (410, vec!["Este enlace ya no funciona".to_owned()])
    );
    assert_eq!(
        other.post("/account/enter", &[("token", &token)]).await.status,
        410
    );
    assert_eq!(
        browser.post("/account/logout", &[]).await.goes_to(),
        (303, "/account/login")
    );
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
        let text = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish();
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
