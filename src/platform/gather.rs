//! Puts together what many ask for at the same time, and has it answered as one.
//!
//! There is no timer: a question that comes alone is answered at once, and those that come meanwhile make up the next set. No
//! answer is older than its question, for a set begins after the last of its questions.

use super::db::{Seen, watched};
use super::lane;
use futures_util::FutureExt as _;
use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// Where questions `Q` wait for their answers `A`. Clones share everything.
pub struct Gather<Q, A>(Arc<Inner<Q, A>>);

struct Inner<Q, A> {
    state: Mutex<State<Q, A>>,
    /// Most questions of a set.
    most: usize,
    /// As many questions are always taken together.
    whole: usize,
}

/// Who waits for an answer, and for what was seen when it was made.
type Asker<A> = oneshot::Sender<(A, Seen)>;

struct State<Q, A> {
    waiting: VecDeque<(Q, Asker<A>)>,
    is_at_work: bool,
    /// Questions of the set before.
    before: usize,
}

impl<Q, A> Clone for Gather<Q, A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<Q: Send + 'static, A: Send + 'static> Gather<Q, A> {
    /// For sets of at most `most` questions, one after the other.
    pub fn new(most: usize) -> Self {
        Self::in_halves(most, most)
    }

    /// As [`new`](Self::new), but beyond `whole` questions a set takes half of those that are on the way: who waits, and as many as
    /// were in the set before, who are told in these moments and ask again. Else all would be at the same place at the same
    /// time, and nobody would be at work while they wait for the disk.
    pub fn in_halves(most: usize, whole: usize) -> Self {
        let state = State { waiting: VecDeque::new(), is_at_work: false, before: 0 };
        Self(Arc::new(Inner { state: Mutex::new(state), most: most.max(1), whole: whole.max(1) }))
    }

    /// Asks, and waits for the answer. `answer_all` gives the answers of a set in the order of its questions; which of the
    /// askers' it is that is called makes no difference. It runs to its end whoever stops waiting. `None` when it
    /// panicked, or the disk failed.
    pub async fn ask<F>(&self, question: Q, answer_all: impl Fn(Vec<Q>) -> F + Send + Sync + 'static) -> Option<A>
    where
        F: Future<Output = Vec<A>> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        if self.wait(question, tell) {
            // Not in the request that began it, which may be given up: it answers others, too.
            lane::spawn(self.clone().work(answer_all));
        }
        let (answer, seen) = told.await.ok()?;
        seen.pass_on().await.ok()?;
        Some(answer)
    }

    /// Queues a question. Whether nobody is at work.
    fn wait(&self, question: Q, tell: Asker<A>) -> bool {
        let mut state = self.state();
        state.waiting.push_back((question, tell));
        !std::mem::replace(&mut state.is_at_work, true)
    }

    /// Answers set after set, until nobody waits.
    async fn work<F: Future<Output = Vec<A>>>(self, answer_all: impl Fn(Vec<Q>) -> F) {
        while let Some((questions, askers)) = self.next() {
            let answers = AssertUnwindSafe(async { answer_all(questions).await }).catch_unwind();
            let (answers, seen) = watched(answers).await;
            for (asker, answer) in askers.into_iter().zip(answers.unwrap_or_default()) {
                asker.send((answer, seen.clone())).ok(); // nobody listens when the caller is gone
            }
        }
    }

    fn next(&self) -> Option<(Vec<Q>, Vec<Asker<A>>)> {
        let mut state = self.state();
        let half = (state.waiting.len() + state.before).div_ceil(2);
        let count = state.waiting.len().min(half.max(self.0.whole)).min(self.0.most);
        if count == 0 {
            state.is_at_work = false;
            return None;
        }
        state.before = count;
        Some(state.waiting.drain(..count).unzip())
    }

    fn state(&self) -> MutexGuard<'_, State<Q, A>> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;
    use tokio::sync::Semaphore;
    use tokio::task::JoinSet;

    /// Doubles, and notes the sizes of the sets.
    struct Doubler {
        gather: Gather<usize, usize>,
        sizes: Arc<Mutex<Vec<usize>>>,
        gate: Arc<Semaphore>,
    }

    impl Doubler {
        fn new(most: usize) -> Self {
            Self { gather: Gather::new(most), sizes: Arc::default(), gate: Arc::new(Semaphore::new(0)) }
        }

        /// Waits for the first set to begin.
        async fn is_at_work(&self) {
            while self.sizes.lock().unwrap().is_empty() {
                tokio::task::yield_now().await;
            }
        }

        async fn ask(&self, n: usize) -> Option<usize> {
            let (sizes, gate) = (self.sizes.clone(), self.gate.clone());
            let answer_all = move |all: Vec<usize>| {
                let (sizes, gate) = (sizes.clone(), gate.clone());
                async move {
                    sizes.lock().unwrap().push(all.len());
                    gate.acquire().await.unwrap().forget();
                    assert!(!all.contains(&13), "an unlucky number");
                    all.into_iter().map(|n| n * 2).collect()
                }
            };
            self.gather.ask(n, answer_all).await
        }
    }

    #[tokio::test]
    async fn who_comes_meanwhile_is_answered_together() {
        let doubler = Doubler::new(4);
        let others = async {
            doubler.is_at_work().await;
            let (answers, ()) = tokio::join!(join_all((1..10).map(|n| doubler.ask(n))), async { doubler.gate.add_permits(5) });
            answers
        };
        let (first, others) = tokio::join!(doubler.ask(0), others);
        assert_eq!(first, Some(0));
        assert_eq!(others, (1..10).map(|n| Some(n * 2)).collect::<Vec<_>>());
        assert_eq!(*doubler.sizes.lock().unwrap(), [1, 4, 4, 1]);
        assert_eq!(doubler.ask(21).await, Some(42));
    }

    #[tokio::test]
    async fn a_set_ends_whoever_stops_waiting() {
        let doubler = Arc::new(Doubler::new(1));
        let (mut tasks, first) = (JoinSet::new(), doubler.clone());
        tasks.spawn(async move { first.ask(1).await });
        tokio::task::yield_now().await;
        tasks.shutdown().await;
        doubler.gate.add_permits(2);
        assert_eq!(doubler.ask(2).await, Some(4));
        assert_eq!(*doubler.sizes.lock().unwrap(), [1, 1]);
    }

    #[tokio::test]
    async fn a_panic_is_told_to_those_of_its_set_only() {
        let doubler = Doubler::new(1);
        doubler.gate.add_permits(3);
        assert_eq!(join_all([12, 13, 14].map(|n| doubler.ask(n))).await, [Some(24), None, Some(28)]);
    }

    #[tokio::test]
    async fn a_large_set_takes_half_of_those_on_the_way() {
        let doubler = Doubler { gather: Gather::in_halves(100, 4), ..Doubler::new(1) };
        let others = async {
            doubler.is_at_work().await;
            let (answers, ()) =
                tokio::join!(join_all((0..19).map(|n| doubler.ask(n + 20))), async { doubler.gate.add_permits(9) });
            answers
        };
        let (_, others) = tokio::join!(doubler.ask(0), others);
        assert_eq!(others, (0..19).map(|n| Some((n + 20) * 2)).collect::<Vec<_>>());
        assert_eq!(*doubler.sizes.lock().unwrap(), [1, 10, 9]);
    }
}
