//! The real program, as processes: two of them at one database, and killed at any moment.
use std::{
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use abono::{
    core::{clock::Clock, secret::Secret},
    demo::shop::{OrderSpec, OrderStatus},
    licences::{Plan, service::Wish},
};
use serde_json::json;
use tokio::task::JoinSet;

use crate::support::{SECRET_KEY, WEBHOOK_SECRET, World, server_url};

/// `abono serve` on a database of a test. Killed when dropped.
struct Process {
    child: Child,
    address: SocketAddr,
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Process {
    fn start(world: &World, address: SocketAddr, args: &[&str]) -> Self {
        let child = Command::new(PathBuf::from(env!("CARGO_BIN_EXE_abono")))
            .args(["serve", "--bind", &address.to_string(), "--public-url", &format!("http://{address}")])
            .args(["--database-url", &server_url(&world.database), "--secret-keys", SECRET_KEY])
            .args(["--allow-private-shops", "--log", "error"])
            .args(args)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { child, address }
    }

    async fn ready(world: &World, args: &[&str]) -> Self {
        let process = Self::start(world, free_address(), args);
        process.wait_until_ready().await;
        process
    }

    async fn wait_until_ready(&self) {
        let began = Instant::now();
        while !client()
            .get(format!("http://{}/readyz", self.address))
            .send()
            .await
            .is_ok_and(|r| r.status().is_success())
        {
            assert!(began.elapsed() < Duration::from_secs(30), "the process does not answer");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn client() -> reqwest::Client {
    #[expect(clippy::disallowed_methods, reason = "a client of ours, not a client of shops")]
    reqwest::Client::new()
}

/// Acceptance 1, from two server processes.
#[tokio::test(flavor = "multi_thread")]
async fn two_processes_spend_the_last_session_once() {
    let world = World::new().await;
    world.bought("ana@example.test", 4).await;
    let key = world.any_key().await;
    let one = Process::ready(&world, &["--no-worker"]).await;
    let two = Process::ready(&world, &["--no-worker"]).await;
    for round in 0..20 {
        sqlx::query("UPDATE session_grants SET remaining = 1, voided = quantity - 1")
            .execute(&world.app.db.0)
            .await
            .unwrap();
        let mut racers = JoinSet::new();
        for racer in 0..32 {
            let address = if racer % 2 == 0 { one.address } else { two.address };
            let request = client()
                .post(format!("http://{address}/api/v1/sessions/consume"))
                .bearer_auth(&key)
                .header("idempotency-key", format!("{round}-{racer}"))
                .body(json!({"account": {"email": "ana@example.test"}}).to_string());
            racers.spawn(async move { request.send().await.unwrap().status().as_u16() });
        }
        let mut statuses = racers.join_all().await;
        statuses.sort_unstable();
        assert_eq!((statuses[0], &statuses[1..]), (200, &[409; 31][..]), "round {round}");
    }
    assert_eq!(world.number("SELECT COUNT(*) FROM session_entries WHERE kind = 'consume'").await, 20);
}

/// Acceptance 1, of a licence, from two server processes.
#[tokio::test(flavor = "multi_thread")]
async fn two_processes_spend_the_last_credit_of_a_licence_once() {
    let world = World::new().await;
    let licence = world.licence("ana@example.test", Plan::PAID_QUANTITY, 1, None).await;
    let key = world.any_key().await;
    let one = Process::ready(&world, &["--no-worker"]).await;
    let two = Process::ready(&world, &["--no-worker"]).await;
    for round in 0..20 {
        let mut racers = JoinSet::new();
        for racer in 0..32 {
            let address = if racer % 2 == 0 { one.address } else { two.address };
            let request = client()
                .post(format!("http://{address}/api/v1/entitlements/consume"))
                .bearer_auth(&key)
                // Every key comes to both processes.
                .header("idempotency-key", format!("{round}-{}", racer / 2))
                .body(json!({"account": {"email": "ana@example.test"}, "feature": "catalogue"}).to_string());
            racers.spawn(async move {
                let response = request.send().await.unwrap();
                (response.status().as_u16(), response.text().await.unwrap(), racer / 2)
            });
        }
        let answers = racers.join_all().await;
        let won: Vec<_> = answers.iter().filter(|(status, ..)| *status == 200).collect();
        assert!(won.len() <= 2, "round {round}: one key won, and may have been sent twice");
        assert!(won.iter().all(|(_, body, key)| (body, key) == (&won[0].1, &won[0].2)), "round {round}");
        assert!(answers.iter().all(|(status, ..)| matches!(status, 200 | 409)), "round {round}");
        assert_eq!(world.find_licence(licence).await.used, round + 1);
        world.change_licence(licence, Wish::Credits(1), "motivo").await.unwrap();
    }
    world.assert_licence_ledger().await;
    assert_eq!(world.number("SELECT COUNT(*) FROM licence_entries WHERE kind = 'consume'").await, 20);
}

/// Acceptance 42: whatever was acknowledged is there after the kill, and grants exactly once.
#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_of_24_moments_it_loses_no_acknowledged_webhook_and_grants_nothing_twice() {
    // The processes live by the machine's clock, so the shop does too.
    let world = World::with(|config| config.clock = Clock::System).await;
    let (mut acknowledged, mut placed) = (Vec::new(), 0_u64);
    for kill in 0..24_u64 {
        let process = Process::ready(&world, &["--workers", "3"]).await;
        let address = process.address;
        let demo = world.demo.clone();
        let mut orders = Vec::new();
        for _ in 0..6 {
            placed += 1;
            let email = format!("p{placed}@example.test");
            let order = demo.place_order(OrderSpec::guest("Ana", "Li", &email).line(486, 1)).unwrap();
            demo.set_order_status(order, OrderStatus::Completed).unwrap();
            orders.push((order, email));
        }
        let secret = Secret::new(WEBHOOK_SECRET);
        let sending = tokio::spawn(async move {
            let mut taken = Vec::new();
            for (n, (order, email)) in orders.into_iter().enumerate() {
                let body = format!("{{\"id\":{order},\"status\":\"completed\"}}");
                let sent = client()
                    .post(format!("http://{address}/hooks/woocommerce/almendro"))
                    .header("x-wc-webhook-topic", "order.updated")
                    .header("x-wc-webhook-delivery-id", format!("kill-{kill}-{n}"))
                    .header("x-wc-webhook-id", "2")
                    .header("x-wc-webhook-signature", abono::shop::signature::sign(body.as_bytes(), &secret))
                    .body(body)
                    .send()
                    .await;
                match sent {
                    Ok(answer) if answer.status().is_success() => taken.push(email),
                    _ => break,
                }
            }
            taken
        });
        tokio::time::sleep(Duration::from_millis(3 + kill * 13)).await;
        // kill -9: `Child::kill` sends SIGKILL.
        drop(process);
        acknowledged.extend(sending.await.unwrap());
    }
    assert!(acknowledged.len() >= 24, "too few were acknowledged to prove anything: {}", acknowledged.len());
    // A last process gets all the time it wants; leases of the dead lapse by its clock.
    sqlx::query("UPDATE jobs SET lease_until = '2000-01-01' WHERE state = 'running'")
        .execute(&world.app.db.0)
        .await
        .unwrap();
    sqlx::query("UPDATE jobs SET run_at = '2000-01-01' WHERE state = 'ready'")
        .execute(&world.app.db.0)
        .await
        .unwrap();
    let last = Process::ready(&world, &[]).await;
    let began = Instant::now();
    while world.number("SELECT COUNT(*) FROM inbox_deliveries WHERE state = 'pending'").await > 0 {
        assert!(began.elapsed() < Duration::from_mins(1), "deliveries are left over");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    drop(last);
    world.assert_ledger().await;
    for email in &acknowledged {
        let account = world.account(email).await;
        let grants: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM session_grants WHERE account_id = ? AND remaining = 5")
                .bind(account.0)
                .fetch_one(&world.app.db.0)
                .await
                .unwrap();
        assert_eq!(grants, 1, "{email}");
    }
    let twice = world
        .number("SELECT COUNT(*) FROM (SELECT grant_id FROM session_entries GROUP BY grant_id HAVING COUNT(*) > 1) doubled")
        .await;
    assert_eq!(twice, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_told_to_stop_ends_in_good_order() {
    let world = World::new().await;
    let mut process = Process::ready(&world, &[]).await;
    let pid = process.child.id().to_string();
    Command::new("kill").args(["-TERM", &pid]).status().unwrap();
    let began = Instant::now();
    let status = loop {
        if let Some(status) = process.child.try_wait().unwrap() {
            break status;
        }
        assert!(began.elapsed() < Duration::from_secs(15), "it does not stop");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(status.success(), "{status}");
    assert_eq!(world.number("SELECT COUNT(*) FROM jobs WHERE state = 'running'").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn health_readiness_and_metrics_answer() {
    let world = World::new().await;
    let (status, body) = world.get("", "/healthz").await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(world.get("", "/readyz").await.0, 200);
    let request = axum::http::Request::get("/metrics").body(axum::body::Body::empty()).unwrap();
    let (status, _, text) = world.send(request).await;
    assert_eq!(status, 200);
    assert!(!text.is_empty());
}

/// Acceptance 59: a bulk assignment, and then its undoing, in a process that is killed again and again.
#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_assignment_killed_again_and_again_gives_everybody_once_and_is_undone_once() {
    const PEOPLE: i64 = 12_000;
    let world = World::with(|config| config.clock = Clock::System).await;
    crate::bulk::add_people(&world, 12_000).await;
    let id = crate::bulk::confirmed(&world).await;
    let given = "SELECT COUNT(*) FROM session_grants WHERE bulk_run_id IS NOT NULL";
    let mut seen = Vec::new();
    for kill in 0..14_u64 {
        let process = Process::ready(&world, &[]).await;
        tokio::time::sleep(Duration::from_millis(250 + 40 * kill)).await;
        drop(process);
        return_jobs(&world).await;
        seen.push(world.number(given).await);
        if seen.last() == Some(&PEOPLE) {
            break;
        }
    }
    let last = Process::ready(&world, &[]).await;
    until(&world, "SELECT COUNT(*) FROM session_bulk_runs WHERE state = 'done'").await;
    drop(last);
    assert!(seen.iter().any(|n| *n > 0 && *n < PEOPLE), "never killed in the middle: {seen:?}");
    let entries = "SELECT COUNT(*) FROM session_entries WHERE kind = 'grant'";
    assert_eq!((world.number(given).await, world.number(entries).await), (PEOPLE, PEOPLE));
    assert_eq!(world.number("SELECT CAST(given AS SIGNED) FROM session_bulk_runs").await, PEOPLE);
    world.assert_ledger().await;

    let actor = abono::core::actor::Actor::System { name: "test" };
    abono::sessions::bulk::service::undo::undo(&world.app, id, &actor).await.unwrap();
    for kill in 0..4_u64 {
        let process = Process::ready(&world, &[]).await;
        tokio::time::sleep(Duration::from_millis(20 + 90 * kill)).await;
        drop(process);
        return_jobs(&world).await;
    }
    let last = Process::ready(&world, &[]).await;
    until(&world, "SELECT COUNT(*) FROM session_bulk_runs WHERE state = 'undone'").await;
    drop(last);
    let taken = "SELECT CAST(sessions_taken_back AS SIGNED) FROM session_bulk_runs";
    assert_eq!(world.number(taken).await, 2 * PEOPLE);
    assert_eq!(world.number("SELECT COUNT(*) FROM session_entries WHERE kind = 'void'").await, PEOPLE);
    assert_eq!(world.number("SELECT CAST(SUM(remaining) AS SIGNED) FROM session_grants").await, 0);
    world.assert_ledger().await;
}

/// What killed processes had taken is anybody's again, and everything is due by any clock.
async fn return_jobs(world: &World) {
    for sql in [
        "UPDATE jobs SET lease_until = '2000-01-01' WHERE state = 'running'",
        "UPDATE jobs SET run_at = '2000-01-01' WHERE state = 'ready'",
    ] {
        sqlx::query(sql).execute(&world.app.db.0).await.unwrap();
    }
}

async fn until(world: &World, sql: &'static str) {
    let began = Instant::now();
    while world.number(sql).await == 0 {
        assert!(began.elapsed() < Duration::from_mins(1), "it does not end");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
