//! `abono serve` as a process: started, asked, weighed, stopped.
use std::{
    fs::{self, File},
    net::{SocketAddr, TcpListener},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};

use crate::world::SECRET_KEY;

/// Longest wait for a first answer, and for an end.
const PATIENCE: Duration = Duration::from_mins(1);
/// Processor time is counted in these, on every Linux there is.
const TICKS_PER_SECOND: f64 = 100.0;

/// Where the service finds its database.
#[derive(Debug, Clone)]
pub enum Database<'a> {
    /// In this data directory, by a server of the service's own.
    Embedded(&'a Path),
    /// Already running.
    Url(&'a str),
}

/// A running `abono serve`. Told to stop, and waited for, when dropped.
#[derive(Debug)]
pub struct Service {
    child: Child,
    pub spawned: Instant,
    pub url: String,
    log: PathBuf,
}

impl Service {
    /// Starts the program, with its log in `dir`. It may not answer yet.
    pub fn spawn(dir: &Path, database: &Database, args: &[&str]) -> anyhow::Result<Self> {
        let address: SocketAddr = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let url = format!("http://{address}");
        let log = dir.join("service.log");
        let mut command = Command::new(env!("CARGO_BIN_EXE_abono"));
        command.args(["serve", "--bind", &address.to_string(), "--public-url", &url]);
        command.args(["--secret-keys", SECRET_KEY, "--allow-private-shops"]).args(args);
        match database {
            Database::Embedded(dir) => command.arg("--data-dir").arg(dir),
            Database::Url(url) => command.args(["--database-url", url]),
        };
        // What someone set for their own Abono must not reach this one.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("ABONO_"))
        {
            command.env_remove(name);
        }
        // A group of its own: Ctrl-C is for us, who then stop it in good order.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&log)?).process_group(0);
        let spawned = Instant::now();
        let child = command.spawn().context("cannot start abono")?;
        Ok(Self { child, spawned, url, log })
    }

    /// Starts the program and waits until it is ready.
    pub async fn ready(dir: &Path, database: &Database<'_>, args: &[&str]) -> anyhow::Result<Self> {
        let mut service = Self::spawn(dir, database, args)?;
        service.first_answers().await?;
        Ok(service)
    }

    /// Time from the spawn to the first good answers of `/healthz` and `/readyz`.
    pub async fn first_answers(&mut self) -> anyhow::Result<(Duration, Duration)> {
        let client = client()?;
        let (healthz, readyz) = (format!("{}/healthz", self.url), format!("{}/readyz", self.url));
        let spawned = self.spawned;
        let answers = async {
            tokio::try_join!(until_good(&client, &healthz, spawned), until_good(&client, &readyz, spawned))
        };
        let outcome = tokio::select! {
            times = answers => times,
            status = ended(&mut self.child) => status.and_then(|status| bail!("abono ended with {status}")),
        };
        outcome.with_context(|| fs::read_to_string(&self.log).unwrap_or_default())
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Memory that is resident now, in MiB. `None` where there is no `/proc`.
    pub fn resident(&self) -> Option<f64> {
        resident_of(self.pid())
    }

    /// Tells the program to stop and waits until it has.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.tell()?;
        let status =
            tokio::time::timeout(PATIENCE, ended(&mut self.child)).await.context("abono does not stop")??;
        ensure!(status.success(), "abono ended with {status}");
        Ok(())
    }

    fn tell(&self) -> anyhow::Result<()> {
        let told = Command::new("kill").args(["-TERM", &self.pid().to_string()]).status()?;
        ensure!(told.success(), "abono is gone already");
        Ok(())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        self.tell().ok();
        let began = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && began.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(20));
        }
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A client that keeps its connections.
pub fn client() -> anyhow::Result<reqwest::Client> {
    Ok(reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build()?)
}

async fn ended(child: &mut Child) -> anyhow::Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn until_good(client: &reqwest::Client, url: &str, since: Instant) -> anyhow::Result<Duration> {
    loop {
        // The socket listens before the service is there: then this one request waits for its answer.
        if client.get(url).send().await.is_ok_and(|answer| answer.status().is_success()) {
            return Ok(since.elapsed());
        }
        ensure!(since.elapsed() < PATIENCE, "{url} does not answer");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Processor time that a process has used, in seconds. `None` where there is no `/proc`.
pub fn processor_seconds(pid: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name in brackets, which may hold anything.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |n: usize| fields.get(n).and_then(|text| text.parse::<f64>().ok());
    Some((ticks(11)? + ticks(12)?) / TICKS_PER_SECOND)
}

/// Memory of a process that is resident now, in MiB. `None` where there is no `/proc`.
pub fn resident_of(pid: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib / 1024.0)
}
