//! What is measured: starting, memory, taking in webhooks, spending.
use std::{path::Path, time::Duration};

use anyhow::ensure;
use serde_json::{Value, json};

use crate::{
    Args, Finding, Line,
    load::{Load, Taken, Until, percentile, round},
    process::{self, Database, Service},
    say,
    work::{BareConsume, BareIngest, Consume, Ingest, Mixed},
    world::{self, World},
};

const RESTARTS: usize = 5;
/// Requests after which memory is weighed again.
const MIXED: u64 = 2000;
/// Deliveries that wait before the measured ones come.
const QUEUED: u64 = 10_000;
const DELIVERIES: u64 = 2000;
/// A load and its yardstick take turns, so that both see the same machine.
const TURNS: u64 = 4;

/// From the spawn to the first answers, with the database server being started too.
pub async fn start(dir: &Path) -> anyhow::Result<Finding> {
    say("starting on a new data directory, then five times on an old one");
    let data = dir.join(world::DATA);
    let database = Database::Embedded(&data);
    let mut first = Service::spawn(dir, &database, &[])?;
    let (_, made) = first.first_answers().await?;
    first.stop().await?;
    let mut times = Times::default();
    for _ in 0..RESTARTS {
        let mut service = Service::spawn(dir, &database, &[])?;
        times.add(service.first_answers().await?);
        service.stop().await?;
    }
    let mut finding = times.finding("start", Some(1000.0));
    finding.lines.push(Line::new("first start ever, makes the database", format!("{:.0} ms", ms(made))));
    finding.json["first_ms"] = json!(round(ms(made)));
    Ok(finding)
}

/// The same on a database server that is running: the program's own part.
pub async fn start_alone(world: &World) -> anyhow::Result<Finding> {
    let mut times = Times::default();
    for _ in 0..RESTARTS {
        let mut service = Service::spawn(&world.dir, &Database::Url(&world.database_url), &[])?;
        times.add(service.first_answers().await?);
        service.stop().await?;
    }
    Ok(times.finding("start, alone", None))
}

#[derive(Debug, Default)]
struct Times {
    healthz: Vec<f64>,
    readyz: Vec<f64>,
}

impl Times {
    fn add(&mut self, (healthz, readyz): (Duration, Duration)) {
        self.healthz.push(ms(healthz));
        self.readyz.push(ms(readyz));
    }

    fn finding(&self, name: &'static str, goal: Option<f64>) -> Finding {
        let line = |what, times: &[f64]| {
            let median = percentile(times, 50);
            let mut line =
                goal.map_or_else(|| Line::new(what, ""), |limit| Line::below(what, median, limit, "ms"));
            line.value = format!("{median:.0} ms (slowest {:.0})", percentile(times, 100));
            line
        };
        let lines = vec![
            line("spawn to /healthz, median of 5", &self.healthz),
            line("spawn to /readyz, median of 5", &self.readyz),
        ];
        let rounded = |times: &[f64]| times.iter().copied().map(round).collect::<Vec<_>>();
        let json = json!({
            "healthz_ms": rounded(&self.healthz),
            "readyz_ms": rounded(&self.readyz),
            "healthz_median_ms": round(percentile(&self.healthz, 50)),
            "readyz_median_ms": round(percentile(&self.readyz, 50)),
        });
        Finding { name, lines, json }
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Resident memory of the service itself, with its worker, after its start and after it has worked.
pub async fn memory(world: &World) -> anyhow::Result<Finding> {
    say("memory");
    let service = Service::ready(&world.dir, &Database::Url(&world.database_url), &[]).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = service.resident();
    let client = process::client()?;
    let workers = (0..8).map(|_| Mixed::new(world, &service.url, &client)).collect();
    let mut load = Load::new(workers);
    load.run(Until::Count(MIXED)).await?;
    // The worker reads the shop again for what came in.
    for _ in 0..100 {
        if world
            .number("SELECT COUNT(*) FROM jobs WHERE state IN ('ready', 'running') AND kind = 'shop.refresh'")
            .await?
            == 0
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let after = service.resident();
    service.stop().await?;
    let read_again = world.number("SELECT COUNT(*) FROM inbox_deliveries WHERE state = 'processed'").await?;
    ensure!(read_again > 0, "the worker did nothing");
    let line = |what, mib: Option<f64>| {
        mib.map_or_else(|| Line::new(what, "not known here"), |mib| Line::below(what, mib, 64.0, "MiB"))
    };
    Ok(Finding {
        name: "memory",
        lines: vec![
            line("resident after the start", before),
            line("resident after 2,000 mixed requests", after),
        ],
        json: json!({"after_start_mib": before.map(round), "after_requests_mib": after.map(round)}),
    })
}

/// Deliveries of the shop, with the worker stopped and a queue that waits.
pub async fn ingest(world: &World, args: &Args) -> anyhow::Result<Finding> {
    say("queueing 10,000 deliveries, then delivering 2,000");
    world.queue(QUEUED).await?;
    let before = world.number("SELECT COUNT(*) FROM inbox_deliveries").await?;
    let service = serve(world, args).await?;
    let client = process::client()?;
    let mut ours = Load::new((0..8).map(|_| Ingest::new(&service.url, &client)).collect());
    let bare = world.connections(8).await?.into_iter().map(|conn| BareIngest::new(world, conn)).collect();
    let mut bare = Load::new(bare);
    let mut processors = Processors::new(&service, world);
    let mut bare_processors = Processors::new(&service, world);
    for _ in 0..TURNS {
        bare_processors.watch(bare.run(Until::Count(DELIVERIES / TURNS))).await?;
        processors.watch(ours.run(Until::Count(DELIVERIES / TURNS))).await?;
    }
    service.stop().await?;
    let stored = world.number("SELECT COUNT(*) FROM inbox_deliveries").await? - before;
    ensure!(stored == i64::try_from(2 * DELIVERIES)?, "{stored} deliveries were stored");
    let ready =
        world.number("SELECT COUNT(*) FROM jobs WHERE state = 'ready' AND kind = 'shop.refresh'").await?;
    ensure!(ready == i64::try_from(QUEUED + 2 * DELIVERIES)?, "{ready} jobs wait");
    let mut lines = vec![
        Line::new("p50, 8 connections, 10,000 queued", format!("{:.1} ms", ours.taken.percentile(50))),
        Line::below("p99", ours.taken.percentile(99), 50.0, "ms"),
    ];
    lines.extend(against(&ours.taken, &bare.taken, "ratio to bare 2 INSERTs, COMMIT"));
    lines.push(processors.line("processor ms each: client, service, database", &ours.taken));
    lines.push(bare_processors.line("the same of the bare database", &bare.taken));
    let json = json!({
        "ours": ours.taken.json(),
        "bare": bare.taken.json(),
        "ratio": round(ours.taken.rate() / bare.taken.rate()),
        "processor_ms_each": processors.json(&ours.taken),
        "bare_processor_ms_each": bare_processors.json(&bare.taken),
    });
    Ok(Finding { name: "ingest", lines, json })
}

/// Spending through the API.
pub async fn consume(world: &World, args: &Args) -> anyhow::Result<Finding> {
    say(&format!("consuming: {0} seconds through Abono, {0} bare", args.seconds));
    let service = serve(world, args).await?;
    let client = process::client()?;
    let mut ours = Load::new((0..32).map(|_| Consume::new(world, &service.url, &client)).collect());
    let bare = world.connections(32).await?.into_iter().map(|conn| BareConsume::new(world, conn)).collect();
    let mut bare = Load::new(bare);
    let one = world.connections(1).await?.into_iter().map(|conn| BareConsume::new(world, conn)).collect();
    let mut one = Load::new(one);
    one.run(Until::Elapsed(Duration::from_secs(1))).await?;
    let turn = Until::Elapsed(Duration::from_millis(args.seconds * 1000 / TURNS));
    let mut processors = Processors::new(&service, world);
    let mut bare_processors = Processors::new(&service, world);
    for _ in 0..TURNS {
        bare_processors.watch(bare.run(turn)).await?;
        processors.watch(ours.run(turn)).await?;
    }
    let resident = service.resident();
    service.stop().await?;
    let spent = world
        .number("SELECT COUNT(*) FROM session_entries WHERE kind = 'consume' AND actor_kind = 'app'")
        .await?;
    ensure!(
        usize::try_from(spent)? == ours.taken.count(),
        "{spent} rows in the ledger for {} answers",
        ours.taken.count()
    );
    let wrong = world
        .number(
            "SELECT COUNT(*) FROM session_grants g JOIN
               (SELECT grant_id, SUM(delta) AS total FROM session_entries GROUP BY grant_id) e ON e.grant_id = g.id
              WHERE CAST(g.remaining AS SIGNED) <> e.total",
        )
        .await?;
    ensure!(wrong == 0, "{wrong} grants do not equal the sum of their ledger");
    let mut lines = vec![
        Line::new("p50, 32 connections, 1,000 people", format!("{:.1} ms", ours.taken.percentile(50))),
        Line::new("p99", format!("{:.1} ms", ours.taken.percentile(99))),
    ];
    lines.extend(against(&ours.taken, &bare.taken, "ratio to bare UPDATE, INSERT, COMMIT"));
    lines.push(Line::new(
        "bare, 1 connection (a commit reaches the disk)",
        format!("{:.2} ms", one.taken.percentile(50)),
    ));
    lines.push(processors.line("processor ms each: client, service, database", &ours.taken));
    lines.push(bare_processors.line("the same of the bare database", &bare.taken));
    lines.push(Line::new(
        "resident afterwards",
        resident.map_or_else(|| "not known here".to_owned(), |mib| format!("{mib:.1} MiB")),
    ));
    let json = json!({
        "ours": round(ours.taken.rate()),
        "bare": round(bare.taken.rate()),
        "ratio": round(ours.taken.rate() / bare.taken.rate()),
        "ours_detail": ours.taken.json(),
        "bare_detail": bare.taken.json(),
        "bare_1": one.taken.json(),
        "processor_ms_each": processors.json(&ours.taken),
        "bare_processor_ms_each": bare_processors.json(&bare.taken),
        "resident_mib": resident.map(round),
    });
    Ok(Finding { name: "consume_32", lines, json })
}

/// A service without a worker.
async fn serve(world: &World, args: &Args) -> anyhow::Result<Service> {
    let connections = args.database_connections.map(|n| n.to_string());
    let mut flags = vec!["--no-worker"];
    if let Some(connections) = &connections {
        flags.extend(["--database-connections", connections]);
    }
    Service::ready(&world.dir, &Database::Url(&world.database_url), &flags).await
}

fn against(ours: &Taken, bare: &Taken, what: &'static str) -> [Line; 2] {
    let ratios: Vec<f64> = ours.turns.iter().zip(&bare.turns).map(|(ours, bare)| ours / bare).collect();
    let spread = format!("({:.2} to {:.2})", percentile(&ratios, 0), percentile(&ratios, 100));
    [
        Line::new("per second; bare database", format!("{:.0}; {:.0}", ours.rate(), bare.rate())),
        Line::new(what, format!("{:.2} {spread}", ours.rate() / bare.rate())),
    ]
}

/// Who used the processors while a load ran through the service.
#[derive(Debug)]
struct Processors {
    /// Client, service, database.
    pids: [Option<u32>; 3],
    used: [Option<f64>; 3],
}

impl Processors {
    fn new(service: &Service, world: &World) -> Self {
        let pids = [Some(std::process::id()), Some(service.pid()), world.server_pid];
        Self { pids, used: [Some(0.0); 3] }
    }

    fn read(&self) -> [Option<f64>; 3] {
        self.pids.map(|pid| pid.and_then(process::processor_seconds))
    }

    async fn watch<T>(&mut self, work: impl Future<Output = T>) -> T {
        let before = self.read();
        let done = work.await;
        let after = self.read();
        for ((used, before), after) in self.used.iter_mut().zip(before).zip(after) {
            *used = used.zip(before.zip(after)).map(|(used, (before, after))| used + after - before);
        }
        done
    }

    /// Milliseconds of each for one thing.
    fn each(&self, taken: &Taken) -> [Option<f64>; 3] {
        // Things = rate × time.
        let things = taken.rate() * taken.whole.as_secs_f64();
        self.used.map(|used| used.map(|seconds| seconds * 1000.0 / things))
    }

    fn line(&self, what: &'static str, taken: &Taken) -> Line {
        let each = self.each(taken).map(|ms| ms.map_or_else(|| "?".to_owned(), |ms| format!("{ms:.2}")));
        Line::new(what, each.join(", "))
    }

    fn json(&self, taken: &Taken) -> Value {
        let [client, service, database] = self.each(taken).map(|ms| ms.map(round));
        json!({"client": client, "service": service, "database": database})
    }
}
