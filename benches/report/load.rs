//! Load: so many workers, each doing one thing after the other, and what it took.
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::task::JoinSet;

/// Does one thing at a time, over one connection.
pub trait Worker: Send + 'static {
    /// Does the `n`th thing of the whole run. `n` is different for every call.
    fn act(&mut self, n: u64) -> impl Future<Output = anyhow::Result<()>> + Send;
}

/// When a run ends.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    /// After so many things more.
    Count(u64),
    Elapsed(Duration),
}

/// A load that is run in turns with others. Numbers go on from turn to turn.
#[derive(Debug)]
pub struct Load<W> {
    workers: Vec<W>,
    next: Arc<AtomicU64>,
    pub taken: Taken,
}

/// What things took.
#[derive(Debug, Default, Clone)]
pub struct Taken {
    each: Vec<Duration>,
    pub whole: Duration,
    /// Things per second of each turn.
    pub turns: Vec<f64>,
}

impl<W: Worker> Load<W> {
    pub fn new(workers: Vec<W>) -> Self {
        Self { workers, next: Arc::default(), taken: Taken::default() }
    }

    /// One turn.
    pub async fn run(&mut self, until: Until) -> anyhow::Result<()> {
        let began = Instant::now();
        let last = match until {
            Until::Count(more) => self.next.load(Ordering::Relaxed) + more,
            Until::Elapsed(_) => u64::MAX,
        };
        let mut running = JoinSet::new();
        for mut worker in self.workers.drain(..) {
            let next = Arc::clone(&self.next);
            running.spawn(async move {
                let mut each = Vec::new();
                loop {
                    if matches!(until, Until::Elapsed(limit) if began.elapsed() >= limit) {
                        break;
                    }
                    let Ok(n) = next
                        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| (n < last).then_some(n + 1))
                    else {
                        break;
                    };
                    let started = Instant::now();
                    worker.act(n).await?;
                    each.push(started.elapsed());
                }
                anyhow::Ok((worker, each))
            });
        }
        let mut done = 0;
        while let Some(ended) = running.join_next().await {
            let (worker, each) = ended??;
            done += each.len();
            self.workers.push(worker);
            self.taken.each.extend(each);
        }
        let whole = began.elapsed();
        self.taken.whole += whole;
        self.taken.turns.push(per_second(done, whole));
        Ok(())
    }
}

impl Taken {
    pub fn count(&self) -> usize {
        self.each.len()
    }

    /// Things per second over all turns.
    pub fn rate(&self) -> f64 {
        per_second(self.count(), self.whole)
    }

    /// The time, in milliseconds, that `percent` of the things took at most.
    pub fn percentile(&self, percent: usize) -> f64 {
        percentile(&self.each.iter().map(|d| d.as_secs_f64() * 1000.0).collect::<Vec<_>>(), percent)
    }

    pub fn json(&self) -> Value {
        json!({
            "count": self.count(),
            "per_second": round(self.rate()),
            "p50_ms": round(self.percentile(50)),
            "p99_ms": round(self.percentile(99)),
            "max_ms": round(self.percentile(100)),
            "turns_per_second": self.turns.iter().copied().map(round).collect::<Vec<_>>(),
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn per_second(count: usize, whole: Duration) -> f64 {
    count as f64 / whole.as_secs_f64()
}

/// By nearest rank. 0 of nothing.
pub fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

/// To three decimals, for people who read the JSON.
pub fn round(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}
