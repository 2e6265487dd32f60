//! Pages of a big shop: 250,000 people, 400,000 grants, 1,000,000 rows of the ledger. Requests go through the router of the
//! service, without a network; the yardstick is the server's answer to `SELECT 1`.
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use abono::{
    app::App,
    auth::{
        Role,
        staff::{self, NewStaff},
    },
    config::Config,
    core::{actor::Actor, clock::Clock, email::Email, secret::Secret},
    crypto::Keys,
    db::{self, Db},
    sessions::{
        list::{self, Filter},
        service::rollup,
    },
    shop::client::{Http, Limits},
    site,
};
use anyhow::{Context, ensure};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use chrono::{DateTime, TimeDelta, Utc};
use clap::Parser;
use futures::StreamExt;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor};
use tower::ServiceExt;

use crate::{
    Finding, Line, asking,
    load::{percentile, round},
    process, say,
    world::{SECRET_KEY, World},
};

/// The statements that make the shop.
const SHOP: &str = include_str!("big.sql");
const WARM: usize = 3;
const TIMES: usize = 20;
/// What a page may take, in milliseconds.
const GOAL: f64 = 100.0;
const PASSWORD: &str = "the password of the benchmark";
const ADDRESS: &str = "bench@abono.example";

/// What is asked for. Those that say so are asked for their next page too.
const PAGES: [(&str, &str, bool); 33] = [
    ("overview", "/admin", false),
    ("report, 7 days", "/admin/sessions/report?period=7d", false),
    ("report, 30 days", "/admin/sessions/report?period=30d", false),
    ("report, this year", "/admin/sessions/report?period=year", false),
    ("report, 365 days", "/admin/sessions/report?from=2025-11-19&to=2026-11-18", false),
    ("report, everything", "/admin/sessions/report?period=all", false),
    ("report, everything of a category", "/admin/sessions/report?period=all&category=promo", false),
    ("grants", "/admin/sessions", true),
    ("grants, free", "/admin/sessions?kind=free", true),
    ("grants, bought", "/admin/sessions?kind=purchased", false),
    ("grants, category", "/admin/sessions?category=promo", true),
    ("grants, a smaller category", "/admin/sessions?category=demo", false),
    ("grants, active", "/admin/sessions?state=active", true),
    ("grants, used", "/admin/sessions?state=used", false),
    ("grants, expired", "/admin/sessions?state=expired", true),
    ("grants, taken back (none)", "/admin/sessions?state=voided", false),
    ("grants, a common surname", "/admin/sessions?q=mu%C3%B1oz", true),
    ("grants, a name and surname", "/admin/sessions?q=luc%C3%ADa+mu%C3%B1oz", true),
    ("grants, beginning of an address", "/admin/sessions?q=lucia.25", false),
    ("grants, nobody's name", "/admin/sessions?q=zzzz", false),
    ("grants, expiring in a week", "/admin/sessions?from=2026-11-18&to=2026-11-25", true),
    ("grants, by expiry", "/admin/sessions?sort=expiry", true),
    ("grants, by what is left", "/admin/sessions?sort=left", true),
    ("grants, by person", "/admin/sessions?sort=person", true),
    ("grants, active by expiry", "/admin/sessions?sort=expiry&state=active", true),
    ("grants, active by what is left", "/admin/sessions?sort=left&state=active", true),
    ("accounts", "/admin/accounts", true),
    ("accounts, a common surname", "/admin/accounts?q=mu%C3%B1oz", true),
    ("accounts, a name and surname", "/admin/accounts?q=luc%C3%ADa+mu%C3%B1oz", true),
    ("accounts, beginning of an address", "/admin/accounts?q=lucia.25", false),
    ("accounts, nobody's name", "/admin/accounts?q=zzzz", false),
    ("accounts, a role", "/admin/accounts?role=partner", true),
    ("accounts, tests", "/admin/accounts?test=yes", false),
];

#[derive(Debug, Parser)]
struct CommandLine {
    #[command(flatten)]
    config: Config,
}

/// Someone of the staff, signed in.
struct Visitor {
    router: Router,
    cookies: String,
}

impl Visitor {
    async fn sign_in(router: Router) -> anyhow::Result<Self> {
        let mut visitor = Self { router, cookies: String::new() };
        let (headers, page) = visitor.ask(Request::get("/admin/login").body(Body::empty())?).await?;
        visitor.keep(&headers);
        let page = String::from_utf8(page)?;
        let token = page.split("name=\"_csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("_csrf", token.context("the form has a token")?)
            .append_pair("email", ADDRESS)
            .append_pair("password", PASSWORD)
            .finish();
        let request = Request::post("/admin/login")
            .header(header::COOKIE, &visitor.cookies)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(form))?;
        let response = visitor.router.clone().oneshot(request).await?;
        ensure!(response.status() == StatusCode::SEE_OTHER, "signing in answers {}", response.status());
        let headers = response.headers().clone();
        visitor.keep(&headers);
        Ok(visitor)
    }

    fn keep(&mut self, headers: &HeaderMap) {
        for cookie in headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok()) {
            let pair = cookie.split(';').next().unwrap_or_default();
            format!("{}; {pair}", self.cookies).trim_start_matches("; ").clone_into(&mut self.cookies);
        }
    }

    async fn ask(&self, request: Request<Body>) -> anyhow::Result<(HeaderMap, Vec<u8>)> {
        let response = self.router.clone().oneshot(request).await?;
        ensure!(response.status() == StatusCode::OK, "{}", response.status());
        let headers = response.headers().clone();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await?;
        Ok((headers, body.to_vec()))
    }

    async fn get(&self, path: &str) -> anyhow::Result<String> {
        let request = Request::get(path)
            .header(header::COOKIE, &self.cookies)
            .header(header::ACCEPT_LANGUAGE, "es")
            .body(Body::empty())?;
        let (_, body) = self.ask(request).await.with_context(|| path.to_owned())?;
        Ok(String::from_utf8(body)?)
    }

    /// Downloads something without keeping it: bytes, seconds, and how much more memory it took at its worst, in MiB.
    async fn download(&self, path: &str) -> anyhow::Result<(usize, f64, Option<f64>)> {
        let before = process::resident_of(std::process::id());
        let watch = Watch::begin();
        let began = Instant::now();
        let request = Request::get(path).header(header::COOKIE, &self.cookies).body(Body::empty())?;
        let response = self.router.clone().oneshot(request).await?;
        ensure!(response.status() == StatusCode::OK, "{path}: {}", response.status());
        let mut bytes = 0;
        let mut body = response.into_body().into_data_stream();
        while let Some(chunk) = body.next().await {
            bytes += chunk?.len();
        }
        let seconds = began.elapsed().as_secs_f64();
        let grown = watch.end().zip(before).map(|(most, before)| (most - before).max(0.0));
        Ok((bytes, seconds, grown))
    }
}

/// Looks at our own memory again and again, and remembers the most.
struct Watch {
    is_over: Arc<AtomicBool>,
    looking: JoinHandle<Option<f64>>,
}

impl Watch {
    fn begin() -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&is_over);
        let looking = std::thread::spawn(move || {
            let mut most: Option<f64> = None;
            while !stop.load(Ordering::Relaxed) {
                let now = process::resident_of(std::process::id());
                most = now.map(|now| most.map_or(now, |most| most.max(now)));
                std::thread::sleep(Duration::from_millis(20));
            }
            most
        });
        Self { is_over, looking }
    }

    fn end(self) -> Option<f64> {
        self.is_over.store(true, Ordering::Relaxed);
        self.looking.join().ok().flatten()
    }
}

/// Makes the shop in a database of its own, on the server that is measured.
async fn open(world: &World) -> anyhow::Result<(App, f64, f64)> {
    let now: DateTime<Utc> = "2026-11-18T11:00:00Z".parse()?;
    let db: Db = world.another("abono_big").await?;
    db::migrate::run(&db).await?;
    let began = Instant::now();
    let mut conn = db.conn().await?.detach();
    // Statements about a million rows take longer than those of a page may.
    conn.execute("SET SESSION max_statement_time = 0").await?;
    sqlx::query("SET @now = ?").bind(now.naive_utc()).execute(&mut conn).await?;
    for statement in SHOP.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()) {
        conn.execute(AssertSqlSafe(statement.to_owned())).await.with_context(|| statement.to_owned())?;
    }
    let filled = began.elapsed().as_secs_f64();
    let mut config = CommandLine::parse_from(["abono", "--timezone", "Europe/Madrid"]).config;
    "es".clone_into(&mut config.locale);
    let clock = Clock::fixed(now);
    let app = App {
        db,
        clock: clock.clone(),
        keys: Keys::new(&[Secret::new(SECRET_KEY)]).context("the key is long enough")?,
        config: Arc::new(config),
        http: Http::with_limits(true, Limits::default())?,
        desk: abono::app::Desk::default(),
    };
    let began = Instant::now();
    rollup::run(&app).await?;
    clock.advance(TimeDelta::minutes(3));
    rollup::run(&app).await?;
    let summed = began.elapsed().as_secs_f64();
    clock.set(now);
    let new = NewStaff {
        email: Email::parse(ADDRESS)?,
        name: "Bench".to_owned(),
        password: Secret::new(PASSWORD),
        role: Role::Admin,
        locale: None,
    };
    staff::add(&app.db, &new, &Actor::System { name: "bench" }, now).await?;
    Ok((app, filled, summed))
}

/// What something takes, in milliseconds: the median, and what 95 of 100 take at most.
struct Took {
    median: f64,
    p95: f64,
}

impl Took {
    fn of(times: &[f64]) -> Self {
        Self { median: percentile(times, 50), p95: percentile(times, 95) }
    }

    fn line(&self, what: &'static str, bare: &Self) -> Line {
        let ratio = self.median / bare.median;
        let value = format!("{:.1} ms, p95 {:.1}, {ratio:.0}x", self.median, self.p95);
        Line { what, value, goal: Some((format!("< {GOAL} ms"), self.p95 < GOAL)) }
    }

    fn json(&self, bare: &Self) -> Value {
        json!({"median_ms": round(self.median), "p95_ms": round(self.p95), "ratio": round(self.median / bare.median)})
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

async fn asked(visitor: &Visitor, path: &str) -> anyhow::Result<(Took, String)> {
    let mut times = Vec::new();
    let mut page = String::new();
    for n in 0..WARM + TIMES {
        let began = Instant::now();
        page = visitor.get(path).await?;
        if n >= WARM {
            times.push(ms(began.elapsed()));
        }
    }
    Ok((Took::of(&times), page))
}

/// Where «Siguientes» leads.
fn next(page: &str) -> Option<String> {
    let before = page.split(" rel=\"next\"").next().filter(|before| before.len() < page.len())?;
    let href = before.rsplit("href=\"").next()?.split('"').next()?;
    Some(href.replace("&amp;", "&").replace("&#38;", "&"))
}

/// Lists, searches, the overview, the report, and the exports.
pub async fn pages(world: &World) -> anyhow::Result<Vec<Finding>> {
    say("making a shop of 250,000 people and 1,000,000 rows of the ledger");
    let (app, filled, summed) = open(world).await?;
    let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM session_entries").fetch_one(&app.db.0).await?;
    say("asking for its pages");
    let visitor = Visitor::sign_in(site::build(&app).router).await?;
    let mut bare = Vec::new();
    let mut conn = app.db.conn().await?;
    for _ in 0..200 {
        let began = Instant::now();
        let _one: i64 = sqlx::query_scalar("SELECT 1").fetch_one(&mut *conn).await?;
        bare.push(ms(began.elapsed()));
    }
    let bare = Took::of(&bare);
    let mut lines = vec![
        Line::new(
            "rows of the ledger; seconds to make, to sum by day",
            format!("{rows}; {filled:.0}, {summed:.0}"),
        ),
        Line::new("SELECT 1", format!("{:.2} ms, p95 {:.2}", bare.median, bare.p95)),
    ];
    let mut json = serde_json::Map::new();
    json.insert("select_1_ms".to_owned(), json!(round(bare.median)));
    for (what, path, has_next) in PAGES {
        let (took, page) = asked(&visitor, path).await?;
        lines.push(took.line(what, &bare));
        json.insert(path.to_owned(), took.json(&bare));
        if has_next {
            let path = next(&page).with_context(|| format!("{path} has a next page"))?;
            let (took, _) = asked(&visitor, &path).await?;
            lines.push(took.line("  its next page", &bare));
            json.insert(path, took.json(&bare));
        }
    }
    let mut counts = Vec::new();
    for n in 0..WARM + TIMES {
        let began = Instant::now();
        list::count(&mut conn, &Filter::default(), 10_001, app.clock.now()).await?;
        if n >= WARM {
            counts.push(ms(began.elapsed()));
        }
    }
    lines.push(Took::of(&counts).line("the count of all grants, up to 10,001", &bare));
    drop(conn);
    let mut exports = Vec::new();
    for (what, path) in [
        ("all 400,000 grants as CSV", "/admin/sessions/export.csv"),
        ("bought ones by person as CSV", "/admin/sessions/export.csv?kind=purchased&sort=person"),
        ("all 400,000 grants as a workbook", "/admin/sessions/export.xlsx"),
    ] {
        say(what);
        let (bytes, seconds, grown) = visitor.download(path).await?;
        let mib = bytes / (1024 * 1024);
        let grown_text = grown.map_or_else(|| "?".to_owned(), |grown| format!("{grown:.1}"));
        exports.push(Line::new(what, format!("{seconds:.1} s, {mib} MiB, memory +{grown_text} MiB")));
        json.insert(
            path.to_owned(),
            json!({"seconds": round(seconds), "bytes": bytes, "grown_mib": grown.map(round)}),
        );
    }
    let rates = asking::at_a_rate(&app).await?;
    app.db.0.close().await;
    Ok(vec![
        rates,
        Finding { name: "big shop", lines, json: Value::Object(json) },
        Finding { name: "exports", lines: exports, json: Value::Null },
    ])
}
