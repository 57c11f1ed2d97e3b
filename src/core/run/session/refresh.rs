//! Refreshing a user's token: one refresh at a time, and the user's other requests wait for its outcome.
//!
//! The Oddiya app answers a refused token in this way, except for one fault: a refresh that is itself refused keeps its
//! callers waiting for ever there. Here every refresh has an outcome. What is sent is up to the caller, and so is its
//! time limit.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};

/// How a refresh ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshOutcome {
    /// There is a new token.
    Refreshed,
    /// The host does not accept the refresh token.
    Refused,
    /// No answer came in time.
    Hung,
    /// Anything else: the host failed, or the session ended.
    Failed,
}

/// The refreshes of one user.
#[derive(Debug, Default)]
pub struct Refreshes {
    /// The number of tokens that were fetched. A request remembers it, so that a late refusal of an old token asks for no
    /// further refresh.
    generation: Cell<u64>,
    /// Refreshes that have ended, and how the last one did.
    ended: Cell<(u64, Option<RefreshOutcome>)>,
    /// The requests that wait; `None` while no refresh runs.
    waiting: RefCell<Option<Vec<Waker>>>,
}

/// Ends a refresh when it is dropped, so that no request waits for one that was given up.
struct Running<'a> {
    refreshes: &'a Refreshes,
    outcome: RefreshOutcome,
}

impl Refreshes {
    /// Identifies the token that a request is sent with.
    pub const fn generation(&self) -> u64 {
        self.generation.get()
    }

    /// Gets a new token after the one of `generation` was refused: by `refresh`, or by waiting for the refresh that runs.
    pub async fn after_refusal(
        &self,
        generation: u64,
        refresh: impl Future<Output = RefreshOutcome>,
    ) -> RefreshOutcome {
        if self.generation.get() != generation {
            return RefreshOutcome::Refreshed;
        }
        if self.waiting.borrow().is_some() {
            return self.wait().await;
        }
        *self.waiting.borrow_mut() = Some(Vec::new());
        let mut running = Running { refreshes: self, outcome: RefreshOutcome::Failed };
        running.outcome = refresh.await;
        running.outcome
    }

    async fn wait(&self) -> RefreshOutcome {
        let (before, _) = self.ended.get();
        poll_fn(|context| match (self.ended.get(), &mut *self.waiting.borrow_mut()) {
            ((ended, outcome), _) if ended != before => {
                Poll::Ready(outcome.unwrap_or(RefreshOutcome::Failed))
            }
            (_, Some(waiting)) => {
                waiting.push(context.waker().clone());
                Poll::Pending
            }
            (_, None) => Poll::Ready(RefreshOutcome::Failed),
        })
        .await
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let Self { refreshes, outcome } = self;
        if *outcome == RefreshOutcome::Refreshed {
            refreshes.generation.set(refreshes.generation.get() + 1);
        }
        let (ended, _) = refreshes.ended.get();
        refreshes.ended.set((ended + 1, Some(*outcome)));
        let waiting = refreshes.waiting.borrow_mut().take();
        // Outside the borrow: a waker may run its task at once.
        waiting.into_iter().flatten().for_each(Waker::wake);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use RefreshOutcome::{Failed, Hung, Refreshed, Refused};
    use futures_channel::oneshot;
    use futures_util::FutureExt as _;

    /// Three requests are refused, one after the other; the refresh that they ask for ends with `outcome`.
    fn three(outcome: Option<RefreshOutcome>) -> ([RefreshOutcome; 3], u32) {
        let (refreshes, sent) = (Refreshes::default(), Cell::new(0));
        let (answer, answered) = oneshot::channel();
        let refresh = async {
            sent.set(sent.get() + 1);
            answered.await.unwrap_or(Failed)
        };
        let another = || async {
            sent.set(sent.get() + 1);
            Refreshed
        };
        let mut first = Box::pin(refreshes.after_refusal(0, refresh));
        let mut second = Box::pin(refreshes.after_refusal(0, another()));
        let mut third = Box::pin(refreshes.after_refusal(0, another()));
        assert!((&mut first).now_or_never().is_none());
        assert!((&mut second).now_or_never().is_none() && (&mut third).now_or_never().is_none());
        let first = match outcome {
            Some(outcome) => {
                let _ = answer.send(outcome);
                first.now_or_never().unwrap()
            }
            None => {
                drop(first);
                Failed
            }
        };
        ([first, second.now_or_never().unwrap(), third.now_or_never().unwrap()], sent.get())
    }

    #[test]
    fn one_refresh_serves_all_that_were_refused_meanwhile() {
        assert_eq!(three(Some(Refreshed)), ([Refreshed; 3], 1));
    }

    #[test]
    fn whoever_waits_learns_that_the_refresh_was_refused_or_hung() {
        assert_eq!(three(Some(Refused)), ([Refused; 3], 1));
        assert_eq!(three(Some(Hung)), ([Hung; 3], 1));
    }

    #[test]
    fn nobody_waits_for_a_refresh_that_was_given_up() {
        assert_eq!(three(None), ([Failed; 3], 1));
    }

    #[test]
    fn a_late_refusal_of_an_old_token_asks_for_no_further_refresh() {
        let refreshes = Refreshes::default();
        let by = |outcome| async move { outcome };
        assert_eq!(refreshes.after_refusal(0, by(Refreshed)).now_or_never(), Some(Refreshed));
        assert_eq!(refreshes.after_refusal(0, by(Failed)).now_or_never(), Some(Refreshed), "not sent");
        assert_eq!(refreshes.generation(), 1);
        assert_eq!(refreshes.after_refusal(1, by(Refused)).now_or_never(), Some(Refused));
        assert_eq!(
            refreshes.after_refusal(1, by(Refreshed)).now_or_never(),
            Some(Refreshed),
            "a new attempt"
        );
    }
}
