//! What Abono costs on this machine, measured and reported: `make bench`. Nothing here fails for being slow.
//!
//! 1. Everything runs on an embedded server of its own with full durability, on loopback, and is thrown away afterwards.
//! 2. The yardstick is the database: each load is run through Abono and as the bare transaction, in turns, on the same
//!    tables, so that a busy machine slows both. The ratio is what can be compared between machines.
//! 3. Processor time is told for each process: the client and the database share the machine with what is measured.
//!
//! The table goes to standard output, all numbers to `target/bench/report.json`.
#![expect(unreachable_pub, reason = "a program of its own: nothing of it is reached from outside")]
mod asking;
mod big;
mod bulk;
mod load;
mod measures;
mod process;
mod work;
mod world;

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::Context;
use clap::Parser;
use serde_json::{Value, json};

/// What to measure, and how long.
#[derive(Debug, Parser)]
pub struct Args {
    /// Seconds of consuming through Abono, and as many of the bare transaction
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(3..=60))]
    seconds: u64,
    /// Connections of the service to the database (the program's own default if unset)
    #[arg(long)]
    database_connections: Option<u32>,
    /// Only the pages of a big shop
    #[arg(long)]
    only_pages: bool,
    /// Only spending through the API
    #[arg(long, conflicts_with = "only_pages")]
    only_consume: bool,
    /// Said by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

/// A line of the table.
#[derive(Debug)]
pub struct Line {
    what: &'static str,
    value: String,
    /// The goal in words, and whether it was reached.
    goal: Option<(String, bool)>,
}

impl Line {
    fn new(what: &'static str, value: impl Into<String>) -> Self {
        Self { what, value: value.into(), goal: None }
    }

    /// With a limit that the number should stay below.
    fn below(what: &'static str, number: f64, limit: f64, unit: &str) -> Self {
        let goal = Some((format!("< {limit} {unit}"), number < limit));
        Self { what, value: format!("{number:.1} {unit}"), goal }
    }
}

/// What one measurement found.
#[derive(Debug)]
pub struct Finding {
    name: &'static str,
    lines: Vec<Line>,
    json: Value,
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let outcome = tokio::select! {
        outcome = report(&args) => outcome,
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// What is going on, for whoever waits.
pub fn say(text: &str) {
    writeln!(std::io::stderr().lock(), "bench: {text}").ok();
}

async fn report(args: &Args) -> anyhow::Result<()> {
    let began = Instant::now();
    let out =
        Path::new(env!("CARGO_TARGET_TMPDIR")).parent().context("cargo's target directory")?.join("bench");
    fs::create_dir_all(&out)?;
    let dir = WorkDir::new(&out)?;

    let mut findings = vec![measures::start(&dir.0).await?];
    let world = world::World::open(&dir.0).await?;
    if args.only_consume {
        findings.push(measures::consume(&world, args).await?);
    } else if !args.only_pages {
        findings.push(measures::start_alone(&world).await?);
        findings.push(measures::memory(&world).await?);
        // Before thousands of deliveries are queued: a worker that is busy with those would be measured too.
        findings.push(bulk::assign(&world).await?);
        findings.push(measures::ingest(&world, args).await?);
        findings.push(measures::consume(&world, args).await?);
    }
    if !args.only_consume {
        findings.extend(big::pages(&world).await?);
    }
    let server = world.version.clone();
    world.close().await?;

    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let machine = format!("{cores} cores shared by client, service and database; {server}");
    let took = began.elapsed().as_secs_f64();
    let mut json: serde_json::Map<String, Value> =
        findings.iter().map(|f| (f.name.to_owned(), f.json.clone())).collect();
    json.insert(
        "machine".to_owned(),
        json!({"cores": cores, "database": server, "os": std::env::consts::OS}),
    );
    json.insert("seconds".to_owned(), json!(took.round()));
    let path = out.join("report.json");
    fs::write(&path, serde_json::to_string_pretty(&json)? + "\n")?;
    print(&findings, &format!("{machine}. {took:.0} s. All numbers: {}", path.display()))?;
    Ok(())
}

fn print(findings: &[Finding], foot: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n{:<12} {:<46} {:>24}  goal", "", "", "measured")?;
    for finding in findings {
        let mut name = finding.name;
        for line in &finding.lines {
            let goal = line.goal.as_ref().map_or_else(String::new, |(goal, is_met)| {
                format!("{goal}  {}", if *is_met { "reached" } else { "MISSED" })
            });
            writeln!(out, "{name:<12} {:<46} {:>24}  {goal}", line.what, line.value)?;
            name = "";
        }
    }
    writeln!(out, "\n{foot}")
}

/// Where the database lies while we measure: beside the report, because `/tmp` may be memory, which is always durable.
#[derive(Debug)]
struct WorkDir(PathBuf);

impl WorkDir {
    fn new(below: &Path) -> anyhow::Result<Self> {
        let dir = below.join(format!("work-{}", hex::encode(abono::crypto::random_bytes::<4>())));
        fs::create_dir(&dir)?;
        Ok(Self(dir.canonicalize()?))
    }
}

impl Drop for WorkDir {
    fn drop(&mut self) {
        // After an error a database server may still be stopping: it holds this lock until it is gone.
        if let Ok(lock) = fs::File::open(self.0.join(world::DATA).join("server.lock")) {
            let began = Instant::now();
            while lock.try_lock().is_err() && began.elapsed() < Duration::from_secs(30) {
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        fs::remove_dir_all(&self.0).ok();
    }
}
