//! A world for a test: a database of its own, Abono in front of it, and a pretend shop that delivers to it.
mod browser;

use std::{sync::Arc, time::Duration};

use abono::{
    app::App,
    auth::{
        Role,
        key::{self, NewKey, Scope},
        staff::{self, NewStaff},
    },
    config::Config,
    core::{
        actor::Actor,
        clock::Clock,
        email::Email,
        ids::{AccountId, ShopId},
        secret::Secret,
    },
    crypto::Keys,
    db::{self, Db},
    demo::shop::{DemoConfig, DemoShop, OrderSpec, OrderStatus, ProductSpec},
    inbox, jobs, sessions,
    shop::{
        client::{Http, ShopAddress},
        store::{self as shops, NewShop},
    },
    site,
    web::routes::RouteInfo,
};
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use chrono::{DateTime, TimeDelta, Utc};
use clap::Parser;
use http_body_util::BodyExt;
use serde_json::Value;
use sqlx::{Connection, MySqlConnection, mysql::MySqlConnectOptions};
use tower::ServiceExt;

pub(crate) use browser::Browser;

/// The secret every test shop signs with: all the characters that once were escaped by someone (FACTS 7).
pub(crate) const WEBHOOK_SECRET: &str = "a&b<c>\"d'e";
pub(crate) const STAFF_PASSWORD: &str = "una frase larga y secreta";
pub(crate) const SECRET_KEY: &str = "0123456789abcdef0123456789abcdef";

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    config: Config,
}

/// Where the server of the tests is.
fn server_address() -> url::Url {
    #[expect(clippy::disallowed_methods, reason = "tests are told of their server by the environment")]
    let text = std::env::var("ABONO_TEST_DATABASE_URL").or_else(|_| std::env::var("DATABASE_URL"));
    let text = text.expect(
        "ABONO_TEST_DATABASE_URL names a server: run `make test`, or tests/with-database.sh cargo test",
    );
    text.parse().unwrap()
}

/// The server the tests use, with another database.
pub(crate) fn server(database: &str) -> MySqlConnectOptions {
    server_address().as_str().parse::<MySqlConnectOptions>().unwrap().database(database)
}

/// The same as a URL, for processes.
pub(crate) fn server_url(database: &str) -> String {
    let mut url = server_address();
    url.set_path(database);
    url.to_string()
}

/// A fresh, migrated database.
pub(crate) async fn database() -> (String, Db) {
    let name = format!("abono_t_{}", hex::encode(abono::crypto::random_bytes::<6>()));
    let mut conn = MySqlConnection::connect_with(&server("")).await.unwrap();
    let create = format!("CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci");
    sqlx::query(sqlx::AssertSqlSafe(create)).execute(&mut conn).await.unwrap();
    let db = db::connect_with(server(&name), 24).await.unwrap();
    db::migrate::run(&db).await.unwrap();
    (name, db)
}

/// What a test stands on. Dropping it drops its database.
pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) table: Vec<RouteInfo>,
    pub(crate) openapi: utoipa::openapi::OpenApi,
    pub(crate) demo: DemoShop,
    pub(crate) shop: ShopId,
    /// Where Abono listens.
    pub(crate) url: String,
    pub(crate) database: String,
}

impl Drop for World {
    fn drop(&mut self) {
        let name = self.database.clone();
        // The runtime of the test is going away: a thread of its own cleans up.
        let cleaning = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                if let Ok(mut conn) = MySqlConnection::connect_with(&server("")).await {
                    let drop = format!("DROP DATABASE IF EXISTS {name}");
                    sqlx::query(sqlx::AssertSqlSafe(drop)).execute(&mut conn).await.ok();
                }
            });
        });
        cleaning.join().ok();
    }
}

/// When tests begin: a Wednesday noon in Madrid.
pub(crate) fn start() -> DateTime<Utc> {
    "2026-11-18T11:00:00Z".parse().unwrap()
}

impl World {
    /// Abono and a shop that are connected, with nothing in either but the products of the brief.
    pub(crate) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// The same, with other settings of the pretend shop.
    pub(crate) async fn with(change: impl FnOnce(&mut DemoConfig)) -> Self {
        let (database, db) = database().await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let config = Line::parse_from([
            "abono",
            "--public-url",
            &url,
            "--allow-private-shops",
            "--timezone",
            "Europe/Madrid",
            "--data-dir",
            &std::env::temp_dir().join(&database).display().to_string(),
        ])
        .config;
        let clock = Clock::fixed(start());
        let app = App {
            db,
            clock: clock.clone(),
            keys: Keys::new(&[Secret::new(SECRET_KEY)]).unwrap(),
            config: Arc::new(config),
            http: quick_http(),
            desk: abono::app::Desk::default(),
        };
        let built = site::build(&app);
        let router = built.router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let (demo, shop) = connect(&app, &clock, change).await;
        Self {
            app,
            router: built.router,
            table: built.table,
            openapi: built.openapi,
            demo,
            shop,
            url,
            database,
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }

    pub(crate) fn advance(&self, by: TimeDelta) {
        self.app.clock.advance(by);
    }

    /// Registers the webhooks, as the watchdog does.
    pub(crate) async fn watch(&self) {
        let now = self.now();
        let shop = self.shop;
        self.app
            .db
            .transact(|mut tx| async move {
                inbox::jobs::enqueue_watch(&mut tx, shop, false, now).await?;
                tx.done(()).await
            })
            .await
            .unwrap();
        self.work().await;
    }

    /// Does every job that is due.
    pub(crate) async fn work(&self) -> usize {
        jobs::worker::run_due(&self.app).await.unwrap()
    }

    /// Lets the shop deliver and Abono work, until both are done.
    pub(crate) async fn settle(&self) {
        loop {
            let delivered = self.demo.deliver_pending().await.len();
            if delivered + self.work().await == 0 {
                return;
            }
        }
    }

    /// A completed order of product 486 (5 sessions a unit), by its buyer's address.
    pub(crate) async fn bought(&self, email: &str, units: u32) -> u64 {
        let order = self.demo.place_order(OrderSpec::guest("Ana", "Li", email).line(486, units)).unwrap();
        self.demo.set_order_status(order, OrderStatus::Completed).unwrap();
        self.read_shop().await;
        order
    }

    /// Reads what changed in the shop, as the sweep does.
    pub(crate) async fn read_shop(&self) {
        inbox::sync::run(&self.app, self.shop, inbox::sync::Mode::Delta, &|_, _, _| ()).await.unwrap();
    }

    pub(crate) async fn account(&self, email: &str) -> AccountId {
        self.find_account(email).await.expect("an account with that address")
    }

    pub(crate) async fn find_account(&self, email: &str) -> Option<AccountId> {
        let mut conn = self.app.db.conn().await.unwrap();
        abono::accounts::store::by_email(&mut conn, &Email::parse(email).unwrap()).await.unwrap()
    }

    /// Someone who bought nothing, by their address; the same person each time.
    pub(crate) async fn person(&self, email: &str) -> AccountId {
        let (email, now) = (&Email::parse(email).unwrap(), self.now());
        let found: Result<AccountId, db::DbError> = self
            .app
            .db
            .transact(|mut tx| async move {
                let id = abono::accounts::for_guest(&mut tx, email, "", now).await?;
                tx.done(id).await
            })
            .await;
        found.unwrap()
    }

    /// What every table holds, by table: for tests that say that nothing changed.
    pub(crate) async fn checksums(&self) -> Vec<(String, i64)> {
        let tables: Vec<String> = sqlx::query_scalar(
            "SELECT CAST(table_name AS CHAR) FROM information_schema.tables
              WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND table_name NOT IN ('logins', 'api_keys') ORDER BY 1",
        )
        .fetch_all(&self.app.db.0)
        .await
        .unwrap();
        let mut sums = Vec::new();
        for table in tables {
            let sql = format!("CHECKSUM TABLE {table} EXTENDED");
            let row = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_one(&self.app.db.0).await.unwrap();
            sums.push((table, sqlx::Row::try_get(&row, 1).unwrap_or_default()));
        }
        sums
    }

    /// Sessions that can be spent now; checks on the way that every grant equals the sum of its ledger.
    pub(crate) async fn balance(&self, email: &str) -> u32 {
        self.assert_ledger().await;
        let account = self.account(email).await;
        let mut conn = self.app.db.conn().await.unwrap();
        sessions::service::balance(&mut conn, account, self.now()).await.unwrap().available()
    }

    /// Every grant's `remaining` is the sum of its ledger rows.
    pub(crate) async fn assert_ledger(&self) {
        let wrong: i64 = self
            .number(
                "SELECT COUNT(*) FROM session_grants g WHERE CAST(g.remaining AS SIGNED) <>
                 COALESCE((SELECT SUM(e.delta) FROM session_entries e WHERE e.grant_id = g.id), 0)",
            )
            .await;
        assert_eq!(wrong, 0, "a grant does not equal the sum of its ledger");
    }

    /// The answer of a query that counts.
    pub(crate) async fn number(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.app.db.0).await.unwrap()
    }

    /// A key of an app.
    pub(crate) async fn key(&self, scopes: &[Scope], account: Option<AccountId>) -> String {
        let new = NewKey { name: "app".to_owned(), scopes: scopes.to_vec(), account, expires_at: None };
        let made =
            key::create(&self.app.db, &new, &Actor::System { name: "test" }, self.now()).await.unwrap();
        made.text.reveal().to_owned()
    }

    /// A key that may do everything.
    pub(crate) async fn any_key(&self) -> String {
        self.key(&Scope::ALL, None).await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> (StatusCode, axum::http::HeaderMap, Vec<u8>) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts.status, parts.headers, body.collect().await.unwrap().to_bytes().to_vec())
    }

    /// A GET of the API.
    pub(crate) async fn get(&self, key: &str, path: &str) -> (StatusCode, Value) {
        let request =
            Request::get(path).header("authorization", format!("Bearer {key}")).body(Body::empty()).unwrap();
        let (status, _, body) = self.send(request).await;
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    /// A write of the API.
    pub(crate) async fn write(
        &self,
        key: &str,
        path: &str,
        idem: &str,
        body: &Value,
    ) -> (StatusCode, Vec<u8>) {
        let request = Request::post(path)
            .header("authorization", format!("Bearer {key}"))
            .header("content-type", "application/json")
            .header("idempotency-key", idem)
            .body(Body::from(body.to_string()))
            .unwrap();
        let (status, _, body) = self.send(request).await;
        (status, body)
    }

    /// A webhook delivery with these headers, straight to the inbox.
    pub(crate) async fn deliver(&self, headers: &[(&str, &str)], body: &[u8]) -> StatusCode {
        let mut request = Request::post("/hooks/woocommerce/almendro");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_vec())).unwrap()).await.0
    }

    /// A delivery as the shop signs it.
    pub(crate) async fn deliver_signed(&self, topic: &str, delivery_id: &str, body: &[u8]) -> StatusCode {
        let signature = abono::shop::signature::sign(body, &Secret::new(WEBHOOK_SECRET));
        self.deliver(
            &[
                ("x-wc-webhook-topic", topic),
                ("x-wc-webhook-delivery-id", delivery_id),
                ("x-wc-webhook-id", "9"),
                ("x-wc-webhook-signature", &signature),
                ("content-type", "application/json"),
            ],
            body,
        )
        .await
    }

    /// Someone of the staff, signed in.
    pub(crate) async fn staff(&self, role: Role) -> Browser {
        let email = format!("{}@abono.example", role.as_str());
        let new = NewStaff {
            email: Email::parse(&email).unwrap(),
            name: format!("Persona {}", role.as_str()),
            password: Secret::new(STAFF_PASSWORD),
            role,
            locale: None,
        };
        match staff::add(&self.app.db, &new, &Actor::System { name: "test" }, self.now()).await {
            Ok(_) | Err(staff::StaffError::Refused(staff::Refusal::EmailTaken)) => {}
            Err(e) => panic!("{e}"),
        }
        let mut browser = self.browser();
        let seen = browser
            .submit("/admin/login", "/admin/login", &[("email", &email), ("password", STAFF_PASSWORD)])
            .await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text());
        browser
    }

    /// A customer, signed in by the shop's hand-off.
    pub(crate) async fn customer(&self, wp_user: u64, email: &str) -> Browser {
        let shop = shops::find(&mut self.app.db.conn().await.unwrap(), self.shop).await.unwrap().unwrap();
        let mut query = abono::auth::handoff::Query {
            shop: "almendro".to_owned(),
            user: wp_user.to_string(),
            email: email.to_owned(),
            name: "Ana Li".to_owned(),
            exp: (self.now() + TimeDelta::seconds(60)).timestamp().to_string(),
            nonce: hex::encode(abono::crypto::random_bytes::<16>()),
            to: "/account/sessions".to_owned(),
            sig: String::new(),
        };
        query.sig = query.signature(&shop.handoff_secret(&self.app.keys).unwrap());
        let mut browser = self.browser();
        let path = format!("/handoff?{}", serde_urlencode(&query));
        let seen = browser.get(&path).await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text());
        browser
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.router.clone())
    }
}

fn serde_urlencode(query: &abono::auth::handoff::Query) -> String {
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in [
        ("shop", &query.shop),
        ("user", &query.user),
        ("email", &query.email),
        ("name", &query.name),
        ("exp", &query.exp),
        ("nonce", &query.nonce),
        ("to", &query.to),
        ("sig", &query.sig),
    ] {
        out.append_pair(name, value);
    }
    out.finish()
}

/// A client that gives up soon: tests inject failures.
fn quick_http() -> Http {
    Http::with_limits(
        true,
        abono::shop::client::Limits {
            whole: Duration::from_millis(1500),
            longest_wait: Duration::from_secs(2),
            first_wait: Duration::from_millis(5),
            ..abono::shop::client::Limits::default()
        },
    )
    .unwrap()
}

/// A pretend shop on loopback with the products of the brief, known to Abono as "almendro".
pub(crate) async fn connect(
    app: &App,
    clock: &Clock,
    change: impl FnOnce(&mut DemoConfig),
) -> (DemoShop, ShopId) {
    #[expect(clippy::disallowed_methods, reason = "the shop's own client, not ours")]
    let http = reqwest::Client::new();
    let (key, secret) = (Secret::new("ck_test"), Secret::new("cs_test"));
    let mut config = DemoConfig::new(key.clone(), secret.clone(), clock.clone(), http);
    // Plain http, as a developer's own shop: requests are signed (FACTS 14).
    config.behind_tls = false;
    change(&mut config);
    let demo = DemoShop::new(config);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    demo.set_url(&url);
    let router = demo.router();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    for (id, sessions) in sessions::products::BRIEF_PRODUCTS {
        demo.add_product(ProductSpec::new(id, &format!("{sessions} sesiones"), "40.00")).unwrap();
    }
    demo.add_product(ProductSpec::new(512, "Un libro", "18.00")).unwrap();
    let new = NewShop {
        slug: "almendro".to_owned(),
        name: "Almendro".to_owned(),
        address: ShopAddress { url: url.parse().unwrap(), consumer_key: key, consumer_secret: secret },
        webhook_secret: Secret::new(WEBHOOK_SECRET),
        handoff_secret: Secret::new("the hand-off secret of the test shop"),
        timezone: chrono_tz::Europe::Madrid,
        currency: "EUR".to_owned(),
        wc_version: "11.0.1".to_owned(),
    };
    let (new, now) = (&new, app.clock.now());
    let actor = &Actor::System { name: "test" };
    let shop = app
        .db
        .transact(|mut tx| async move {
            let shop = shops::insert(&mut tx, new, &app.keys, now).await?;
            for (product, n) in sessions::products::BRIEF_PRODUCTS {
                let key = (shop, abono::core::ids::WcId(product), abono::core::ids::WcId(0));
                sessions::products::put(&mut tx, key, n, actor, now).await?;
            }
            tx.done(shop).await
        })
        .await
        .unwrap();
    (demo, shop)
}
