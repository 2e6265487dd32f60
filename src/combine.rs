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
};

use futures::FutureExt;
use tokio::sync::oneshot;

/// The work on a batch ended without an answer: it panicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the work that was shared with others ended without an answer")]
pub struct Lost;

struct Waiting<I, O> {
    input: I,
    answer: oneshot::Sender<O>,
}

struct State<I, O> {
    waiting: Vec<Waiting<I, O>>,
    lanes_busy: usize,
}

impl<I, O> State<I, O> {
    /// Whether another batch should begin: nobody is being served, or enough wait to be worth a lane of their own.
    fn is_due(&self, worth: usize) -> bool {
        let least = if self.lanes_busy == 0 { 1 } else { worth };
        self.waiting.len() >= least
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
}

impl<I, O> Clone for Combiner<I, O> {
    fn clone(&self) -> Self {
        Self { state: Arc::clone(&self.state), lanes: self.lanes, worth: self.worth, most: self.most }
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
    fn next(&mut self, worth: usize, most: usize) -> Option<Vec<Waiting<I, O>>> {
        let mut state = lock(&self.state);
        state.lanes_busy -= 1;
        self.is_free = true;
        if !state.is_due(worth) {
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
        Self { state: Arc::new(Mutex::new(state)), lanes, worth, most }
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
        let (answer, mine) = oneshot::channel();
        let lane = {
            let mut state = lock(&self.state);
            state.waiting.push(Waiting { input, answer });
            (state.lanes_busy < self.lanes && state.is_due(self.worth)).then(|| {
                state.lanes_busy += 1;
                Lane { state: Arc::clone(&self.state), is_free: false }
            })
        };
        if let Some(mut lane) = lane {
            let (worth, most) = (self.worth, self.most);
            tokio::spawn(async move {
                while let Some(batch) = lane.next(worth, most) {
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
        mine.await.map_err(|_| Lost)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

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

    #[tokio::test]
    async fn a_further_lane_opens_when_enough_wait_and_whoever_is_left_is_served_by_the_first() {
        let combiner: Combiner<u32, usize> = Combiner::new(2, 3, 10);
        let ask = |n: u32, millis: u64| {
            let combiner = combiner.clone();
            let work = move |inputs: Vec<u32>| async move {
                tokio::time::sleep(Duration::from_millis(millis)).await;
                vec![inputs.len(); inputs.len()]
            };
            tokio::spawn(async move { combiner.ask(n, work).await.unwrap() })
        };
        let pause = || tokio::time::sleep(Duration::from_millis(10));
        let alone = ask(1, 150);
        pause().await;
        let mut three = Vec::new();
        for n in 2..5 {
            three.push(ask(n, 40));
            pause().await;
        }
        // Two are not worth the second lane when it is free again: they wait for the first.
        let two: Vec<_> = (5..7).map(|n| ask(n, 40)).collect();
        for one in three {
            assert_eq!(one.await.unwrap(), 3, "two waited for the third");
        }
        assert!(!alone.is_finished(), "the first lane is still at work");
        assert_eq!(alone.await.unwrap(), 1);
        for one in two {
            assert_eq!(one.await.unwrap(), 2);
        }
    }

    #[tokio::test]
    async fn work_that_panics_is_told_to_its_askers_and_leaves_the_lane_free() {
        let combiner: Combiner<u32, u32> = Combiner::new(1, 1, 10);
        let work = |inputs: Vec<u32>| async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
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
