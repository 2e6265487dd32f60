//! Work that many ask for at once, done once for all of them.
//!
//! A database commits a hundred rows about as fast as one. So whoever comes while others are being served waits for them to
//! finish, and is then served together with everybody else who came meanwhile (group commit, one level up). Nobody waits when
//! nobody is being served: with little to do this adds nothing.
//!
//! Freshness: work on a batch begins after everything in it was asked for, so an answer is never older than its question.
use std::{
    future::Future,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::FutureExt;
use tokio::{
    sync::oneshot,
    time::{Instant, timeout},
};

/// How long anybody waits while a lane is free, however few they are: the others may be waiting for a lock.
const PATIENCE: Duration = Duration::from_millis(5);

/// The work on a batch ended without an answer: it panicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the work that was shared with others ended without an answer")]
pub struct Lost;

struct Waiting<I, O> {
    since: Instant,
    input: I,
    answer: oneshot::Sender<O>,
}

struct State<I, O> {
    waiting: Vec<Waiting<I, O>>,
    lanes_busy: usize,
}

impl<I, O> State<I, O> {
    /// Whether another batch should begin: nobody is being served, or enough wait to be worth a lane of their own, or somebody has
    /// waited long enough.
    fn is_due(&self, worth: usize, patience: Duration) -> bool {
        let Some(first) = self.waiting.first() else { return false };
        self.lanes_busy == 0 || self.waiting.len() >= worth || first.since.elapsed() >= patience
    }
}

/// Gathers what is asked for at once. Cheap to clone; clones share everything.
pub struct Combiner<I, O> {
    state: Arc<Mutex<State<I, O>>>,
    /// Batches at work at the same time: while one waits for the disk, another may use the processor.
    lanes: usize,
    /// How many must wait for a further lane: fewer are served sooner and cheaper together with those who come next.
    worth: usize,
    /// Most that one batch takes.
    most: usize,
    patience: Duration,
}

impl<I, O> Clone for Combiner<I, O> {
    fn clone(&self) -> Self {
        Self {
            state: Arc::clone(&self.state),
            lanes: self.lanes,
            worth: self.worth,
            most: self.most,
            patience: self.patience,
        }
    }
}

impl<I, O> std::fmt::Debug for Combiner<I, O> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Combiner")
            .field("lanes", &self.lanes)
            .field("worth", &self.worth)
            .field("most", &self.most)
            .finish_non_exhaustive()
    }
}

fn lock<I, O>(state: &Mutex<State<I, O>>) -> MutexGuard<'_, State<I, O>> {
    // Nothing is done under this lock that could leave it half done.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A lane at work. However it ends, it is free afterwards.
struct Lane<I, O> {
    state: Arc<Mutex<State<I, O>>>,
    is_free: bool,
}

impl<I, O> Drop for Lane<I, O> {
    fn drop(&mut self) {
        if !self.is_free {
            lock(&self.state).lanes_busy -= 1;
        }
    }
}

impl<I, O> Lane<I, O> {
    /// The next batch. Where none is due, the lane is given back under the same lock, so that nobody who comes in between is
    /// forgotten: whoever still waits is taken by a lane that is at work.
    fn next(&mut self, worth: usize, patience: Duration, most: usize) -> Option<Vec<Waiting<I, O>>> {
        let mut state = lock(&self.state);
        state.lanes_busy -= 1;
        self.is_free = true;
        if !state.is_due(worth, patience) {
            return None;
        }
        state.lanes_busy += 1;
        self.is_free = false;
        let n = state.waiting.len().min(most);
        Some(state.waiting.drain(..n).collect())
    }
}

impl<I, O> Combiner<I, O>
where
    I: Send + 'static,
    O: Send + 'static,
{
    pub fn new(lanes: usize, worth: usize, most: usize) -> Self {
        let state = State { waiting: Vec::new(), lanes_busy: 0 };
        let (lanes, worth, most) = (lanes.max(1), worth.max(1), most.max(1));
        Self { state: Arc::new(Mutex::new(state)), lanes, worth, most, patience: PATIENCE }
    }

    /// Asks for something, and waits for its answer. `work` answers a batch, in the order in which it was asked; the caller's
    /// own is used only if a lane is free.
    ///
    /// The work goes on if the caller goes away: others may share it.
    pub async fn ask<F, Fut>(&self, input: I, work: F) -> Result<O, Lost>
    where
        F: Fn(Vec<I>) -> Fut + Send + 'static,
        Fut: Future<Output = Vec<O>> + Send,
    {
        let (answer, mut mine) = oneshot::channel();
        let lane = {
            let mut state = lock(&self.state);
            state.waiting.push(Waiting { since: Instant::now(), input, answer });
            self.lane(&mut state)
        };
        if let Some(lane) = lane {
            self.work(lane, work);
        } else if let Ok(answer) = timeout(self.patience, &mut mine).await {
            return answer.map_err(|_| Lost);
        } else {
            let lane = self.lane(&mut lock(&self.state));
            if let Some(lane) = lane {
                self.work(lane, work);
            }
        }
        mine.await.map_err(|_| Lost)
    }

    /// A lane, if one is free and due.
    fn lane(&self, state: &mut State<I, O>) -> Option<Lane<I, O>> {
        (state.lanes_busy < self.lanes && state.is_due(self.worth, self.patience)).then(|| {
            state.lanes_busy += 1;
            Lane { state: Arc::clone(&self.state), is_free: false }
        })
    }

    /// Serves batch after batch, as long as any is due.
    fn work<F, Fut>(&self, mut lane: Lane<I, O>, work: F)
    where
        F: Fn(Vec<I>) -> Fut + Send + 'static,
        Fut: Future<Output = Vec<O>> + Send,
    {
        let (worth, patience, most) = (self.worth, self.patience, self.most);
        tokio::spawn(async move {
            while let Some(batch) = lane.next(worth, patience, most) {
                let (inputs, waiting): (Vec<I>, Vec<oneshot::Sender<O>>) =
                    batch.into_iter().map(|w| (w.input, w.answer)).unzip();
                // Work that panics answers nobody of its batch; those who came meanwhile are served all the same.
                let Ok(outputs) = AssertUnwindSafe(work(inputs)).catch_unwind().await else { continue };
                for (waiting, output) in waiting.into_iter().zip(outputs) {
                    // Whoever went away does not want it any more.
                    let _gone = waiting.send(output);
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::{sync::Semaphore, task::JoinHandle};

    use super::*;

    #[tokio::test]
    async fn whoever_comes_meanwhile_is_served_together() {
        let combiner: Combiner<u32, (u32, usize)> = Combiner::new(1, 1, 10);
        let batches = Arc::new(AtomicUsize::new(0));
        let ask = |n: u32| {
            let (combiner, batches) = (combiner.clone(), Arc::clone(&batches));
            tokio::spawn(async move {
                let work = move |inputs: Vec<u32>| {
                    let batches = Arc::clone(&batches);
                    async move {
                        batches.fetch_add(1, Ordering::SeqCst);
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        let n = inputs.len();
                        inputs.into_iter().map(|i| (i * 2, n)).collect()
                    }
                };
                combiner.ask(n, work).await.unwrap()
            })
        };
        let first = ask(1);
        tokio::time::sleep(Duration::from_millis(10)).await;
        let others: Vec<_> = (2..17).map(ask).collect();
        assert_eq!(first.await.unwrap(), (2, 1), "nobody waits when nobody is being served");
        let mut sizes = Vec::new();
        for (n, other) in (2..17).zip(others) {
            let (doubled, size) = other.await.unwrap();
            assert_eq!(doubled, n * 2, "everybody gets their own answer");
            sizes.push(size);
        }
        sizes.sort_unstable();
        assert_eq!((sizes[0], sizes[14]), (5, 10), "the fifteen came in two batches");
        assert_eq!(batches.load(Ordering::SeqCst), 3);
        assert_eq!(ask(50).await.unwrap(), (100, 1), "the lane is free again");
    }

    /// Asks for work that answers each with the size of their batch, once `gate` is open.
    fn ask(combiner: &Combiner<u32, usize>, gate: &Arc<Semaphore>) -> JoinHandle<usize> {
        let (combiner, gate) = (combiner.clone(), Arc::clone(gate));
        let work = move |inputs: Vec<u32>| {
            let gate = Arc::clone(&gate);
            async move {
                gate.acquire().await.unwrap().forget();
                vec![inputs.len(); inputs.len()]
            }
        };
        tokio::spawn(async move { combiner.ask(0, work).await.unwrap() })
    }

    async fn until(mut is_so: impl FnMut() -> bool) {
        for _ in 0..10_000 {
            if is_so() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        panic!("it never came to that");
    }

    #[tokio::test]
    async fn a_further_lane_opens_as_soon_as_enough_wait() {
        let combiner = Combiner { patience: Duration::from_hours(1), ..Combiner::new(2, 3, 10) };
        let (shut, open) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(9)));
        let first = ask(&combiner, &shut);
        until(|| lock(&combiner.state).lanes_busy == 1).await;
        let two = [ask(&combiner, &open), ask(&combiner, &open)];
        until(|| lock(&combiner.state).waiting.len() == 2).await;
        assert_eq!(lock(&combiner.state).lanes_busy, 1, "two are not worth it");
        assert_eq!(ask(&combiner, &open).await.unwrap(), 3);
        for one in two {
            assert_eq!(one.await.unwrap(), 3, "they waited for the third");
        }
        assert!(!first.is_finished(), "the first lane is still at work");
        let last = ask(&combiner, &open);
        until(|| lock(&combiner.state).waiting.len() == 1).await;
        shut.add_permits(9);
        assert_eq!((first.await.unwrap(), last.await.unwrap()), (1, 1), "it serves who is left");
    }

    #[tokio::test]
    async fn nobody_waits_long_for_a_lane_that_is_stuck_while_another_is_free() {
        let combiner = Combiner::new(2, 8, 10);
        let (shut, open) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(9)));
        let stuck = ask(&combiner, &shut);
        until(|| lock(&combiner.state).lanes_busy == 1).await;
        for one in [ask(&combiner, &open), ask(&combiner, &open)] {
            one.await.unwrap();
        }
        assert!(!stuck.is_finished());
    }

    #[tokio::test]
    async fn work_that_panics_is_told_to_its_askers_and_leaves_the_lane_free() {
        let combiner: Combiner<u32, u32> = Combiner::new(1, 1, 10);
        let work = |inputs: Vec<u32>| async move {
            tokio::time::sleep(Duration::from_millis(5)).await;
            assert!(!inputs.contains(&13), "unlucky");
            inputs
        };
        let unlucky = tokio::spawn({
            let combiner = combiner.clone();
            async move { combiner.ask(13, work).await }
        });
        tokio::time::sleep(Duration::from_millis(5)).await;
        assert_eq!(combiner.ask(8, work).await, Ok(8), "whoever came meanwhile is served");
        assert_eq!(unlucky.await.unwrap(), Err(Lost));
        assert_eq!(combiner.ask(7, work).await, Ok(7));
    }

    #[tokio::test]
    async fn the_work_goes_on_for_the_others_when_the_first_asker_goes_away() {
        let combiner: Combiner<u32, u32> = Combiner::new(1, 1, 10);
        let work = |inputs: Vec<u32>| async move {
            tokio::time::sleep(Duration::from_millis(30)).await;
            inputs
        };
        let impatient = tokio::spawn({
            let combiner = combiner.clone();
            async move { combiner.ask(1, work).await }
        });
        tokio::time::sleep(Duration::from_millis(5)).await;
        let patient = tokio::spawn({
            let combiner = combiner.clone();
            async move { combiner.ask(2, work).await }
        });
        tokio::time::sleep(Duration::from_millis(5)).await;
        impatient.abort();
        assert_eq!(patient.await.unwrap(), Ok(2));
    }
}
