//! Asking and using at a steady rate, on a ledger of a million rows. A request's time counts from the moment it was due, so that a
//! service that falls behind shows it.
use std::{
    net::Ipv4Addr,
    sync::Arc,
    time::{Duration, Instant},
};

use abono::{
    app::App,
    auth::key::{self, NewKey, Scope},
    core::{actor::Actor, ids::AccountId},
    site,
};
use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet};

use crate::{
    Finding, Line,
    load::{percentile, round},
    process, say,
};

/// Requests a second, and for how many seconds (after one that does not count).
const RATE: u32 = 200;
const SECONDS: u32 = 5;

/// Measures both against the goals of the acceptance list (11).
pub async fn at_a_rate(app: &App) -> anyhow::Result<Finding> {
    say("asking and using 200 times a second");
    let new =
        NewKey { name: "rate".to_owned(), scopes: Scope::ALL.to_vec(), account: None, expires_at: None };
    let made = key::create(&app.db, &new, &Actor::System { name: "bench" }, app.clock.now()).await?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let router = site::build(app).router;
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    // People with something left, and people without.
    let able: Vec<AccountId> = sqlx::query_scalar(
        "SELECT DISTINCT account_id FROM session_grants WHERE kind = 'purchased' AND remaining > 0 AND account_id % 7 = 3 LIMIT 2000",
    )
    .fetch_all(&app.db.0)
    .await?;
    ensure!(able.len() > 500, "only {} people have something left", able.len());
    let anybody: Vec<AccountId> = sqlx::query_scalar("SELECT id FROM accounts WHERE id % 101 = 5 LIMIT 2000")
        .fetch_all(&app.db.0)
        .await?;
    let client = process::client()?;
    let key = made.text.reveal().to_owned();
    let paced = Paced { client, url, key: key.into() };
    let check = paced.run("check", anybody.into(), false).await?;
    let consume = paced.run("consume", able.into(), true).await?;
    server.abort();
    let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM session_entries").fetch_one(&app.db.0).await?;
    let lines = vec![
        Line::new("requests a second; rows of the ledger", format!("{RATE}; {rows}")),
        Line::new("check, p50", format!("{:.1} ms", percentile(&check, 50))),
        Line::below("check, p99", percentile(&check, 99), 20.0, "ms"),
        Line::new("consume, p50", format!("{:.1} ms", percentile(&consume, 50))),
        Line::below("consume, p99", percentile(&consume, 99), 50.0, "ms"),
    ];
    let told = |times: &[f64]| json!({"p50_ms": round(percentile(times, 50)), "p99_ms": round(percentile(times, 99)), "max_ms": round(percentile(times, 100))});
    let json = json!({"rate": RATE, "rows": rows, "check": told(&check), "consume": told(&consume)});
    Ok(Finding { name: "at a rate", lines, json })
}

struct Paced {
    client: reqwest::Client,
    url: String,
    key: Arc<str>,
}

impl Paced {
    /// Milliseconds of each request. Every second one is about another person.
    async fn run(
        &self,
        what: &'static str,
        people: Arc<[AccountId]>,
        must_pay: bool,
    ) -> anyhow::Result<Vec<f64>> {
        let began = Instant::now();
        let gap = Duration::from_secs(1) / RATE;
        let mut running: JoinSet<anyhow::Result<Option<f64>>> = JoinSet::new();
        for n in 0..RATE * (SECONDS + 1) {
            let due = began + gap * n;
            tokio::time::sleep_until(due.into()).await;
            let person = people[usize::try_from(n)? % people.len()];
            let request = self
                .client
                .post(format!("{}/api/v1/entitlements/{what}", self.url))
                .bearer_auth(&self.key)
                .header("idempotency-key", format!("{what}-{n}"))
                .json(&json!({"account": {"id": person}, "feature": "session"}));
            running.spawn(async move {
                let response = request.send().await?;
                let status = response.status();
                let answer: Value = response.json().await?;
                ensure!(status.is_success() || !must_pay, "{status}: {answer}");
                ensure!(answer.get("allowed").is_some(), "{answer}");
                Ok((n >= RATE).then(|| due.elapsed().as_secs_f64() * 1000.0))
            });
        }
        let mut times = Vec::new();
        while let Some(done) = running.join_next().await {
            times.extend(done?.context(what)?);
        }
        Ok(times)
    }
}
