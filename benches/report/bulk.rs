//! Sessions for a hundred thousand people at once, by a service with its worker, and the memory that takes.
use std::time::{Duration, Instant};

use abono::core::clock::Clock;
use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::{
    Finding, Line,
    load::round,
    process::{self, Database, Service},
    say,
    world::World,
};

/// People who are given sessions.
const PEOPLE: u32 = 100_000;
/// Rows written by one statement.
const BATCH: u32 = 10_000;
/// Longest it may take to be worth waiting for.
const PATIENCE: Duration = Duration::from_mins(5);

/// From the request until the last of them has theirs.
pub async fn assign(world: &World) -> anyhow::Result<Finding> {
    say("sessions for 100,000 people");
    add_people(world).await?;
    let service = Service::ready(&world.dir, &Database::Url(&world.database_url), &[]).await?;
    let client = process::client()?;
    let runs = format!("{}/api/v1/sessions/bulk-runs", service.url);
    let before = service.resident();
    let began = Instant::now();
    let asked = client
        .post(&runs)
        .bearer_auth(&world.key)
        .header("idempotency-key", "bulk")
        .body(json!({"filter": {"text": "masa"}, "quantity": 2}).to_string())
        .send()
        .await?;
    let confirmed = began.elapsed();
    ensure!(asked.status().is_success(), "the service answers {}", asked.status());
    let plan: Value = serde_json::from_slice(&asked.bytes().await?)?;
    let id = plan["run"]["id"].as_u64().context("a run has a number")?;
    let mut most = before;
    loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        most = most.zip(service.resident()).map(|(most, now)| most.max(now));
        let answer = client.get(format!("{runs}/{id}")).bearer_auth(&world.key).send().await?;
        let run: Value = serde_json::from_slice(&answer.bytes().await?)?;
        if run["state"] == "done" {
            ensure!(run["given"] == PEOPLE, "given to {}", run["given"]);
            break;
        }
        ensure!(began.elapsed() < PATIENCE, "it is still {}", run["state"]);
    }
    let took = began.elapsed().as_secs_f64();
    service.stop().await?;
    let wrong = world
        .number(
            "SELECT COUNT(*) FROM session_grants g WHERE g.bulk_run_id IS NOT NULL AND CAST(g.remaining AS SIGNED) <>
             COALESCE((SELECT SUM(e.delta) FROM session_entries e WHERE e.grant_id = g.id), 0)",
        )
        .await?;
    ensure!(wrong == 0, "{wrong} grants do not equal the sum of their ledger");
    let mut lines = vec![
        Line::below("100,000 people, from the request to the last", took, 30.0, "s"),
        Line::new("of that, until it was confirmed", format!("{:.2} s", confirmed.as_secs_f64())),
    ];
    if let Some(mib) = most {
        lines.push(Line::below("resident at most, meanwhile", mib, 64.0, "MiB"));
    }
    Ok(Finding {
        name: "bulk",
        lines,
        json: json!({
            "people": PEOPLE,
            "seconds": round(took),
            "confirmed_seconds": round(confirmed.as_secs_f64()),
            "resident_before_mib": before.map(round),
            "resident_most_mib": most.map(round),
        }),
    })
}

async fn add_people(world: &World) -> anyhow::Result<()> {
    let now = Clock::System.now();
    for first in (0..PEOPLE).step_by(BATCH as usize) {
        let mut query = sqlx::QueryBuilder::<sqlx::MySql>::new(
            "INSERT INTO accounts (name, email, created_at, updated_at) ",
        );
        query.push_values(first..first + BATCH, |mut row, n| {
            row.push_bind(format!("De la masa {n}")).push_bind(format!("masa{n}@example.test"));
            row.push_bind(now).push_bind(now);
        });
        query.build().persistent(false).execute(&world.db.0).await?;
    }
    Ok(())
}
