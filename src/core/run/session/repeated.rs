//! Sends the same request again: after a failure, or to see that one key has one effect.

use std::cell::{Cell, RefCell};

use futures_util::future::join_all;

use super::attempt::{Attempt, Same};
use super::backoff::delay;
use super::send::Seen;
use super::user::{Channel, User};
use super::walk::{Flow, Walk};
use crate::core::base::rng::Rng;
use crate::core::run::platform::Platform;
use crate::core::scenario::model::again::{Again, AgainHow, Retry, RetryWithoutAnswer};
use crate::core::scenario::model::request::RequestStep;

impl<P: Platform> User<P> {
    /// Sends a request again as long as it fails and may be retried. Every attempt is counted as a request.
    pub async fn send_with_retries(
        &self,
        step: &RequestStep,
        retry: &Retry,
        channel: Channel<P>,
        walk: &mut Walk<'_>,
    ) -> (Channel<P>, Seen) {
        let had_failed = walk.has_failed;
        let mut channel = channel;
        if let Some(budget) = &self.common.retry_budget {
            budget.on_request();
        }
        let mut attempt = 0;
        loop {
            attempt += 1;
            let sending = self.begin_when_open(step, channel, walk).await;
            let (back, seen) = self.send(step, sending, Attempt::Usual, walk).await;
            channel = back;
            if !may_retry(retry, attempt, &seen) || self.must_end(walk) {
                return (channel, seen);
            }
            if self.common.retry_budget.as_ref().is_some_and(|budget| !budget.take()) {
                self.common.recorder.borrow_mut().retry_denied(step.entry);
                return (channel, seen);
            }
            // A request that is retried has not failed its group yet.
            walk.has_failed = had_failed;
            let backoff = &retry.backoff;
            let wait =
                delay(attempt - 1, backoff.first, backoff.factor, backoff.longest, backoff.jitter, walk.rng);
            walk.due += wait;
            let flow = self.pause_until(walk.due, walk).await;
            if flow != Flow::Next {
                walk.has_failed |= seen.has_failed;
                return (channel, Seen { flow: flow.max(seen.flow), ..seen });
            }
            self.common.recorder.borrow_mut().retried(step.entry);
        }
    }

    /// Sends the same request several times and compares the answers.
    pub async fn send_same(
        &self,
        step: &RequestStep,
        again: &Again,
        channel: Channel<P>,
        walk: &mut Walk<'_>,
    ) -> (Channel<P>, Seen) {
        let left = Cell::new(again.times.max(1));
        let all = Same { check: &again.check, first: RefCell::default(), left };
        let same = Attempt::Same(&all);
        match again.how {
            AgainHow::InSequence => self.send_in_sequence(step, again.times, same, channel, walk).await,
            AgainHow::InParallel => self.send_at_once(step, again.times, same, channel, walk).await,
            AgainHow::AfterTimeout { after } => {
                let mut channel = channel;
                let usual = channel.request.time_limit.replace(after);
                let sending = self.begin_when_open(step, channel, walk).await;
                let (back, seen) = self.send(step, sending, Attempt::GivenUpOnPurpose(&all), walk).await;
                channel = back;
                channel.request.time_limit = usual;
                if seen.flow > Flow::EndTask || self.must_end(walk) {
                    return (channel, seen);
                }
                let (channel, others) =
                    self.send_in_sequence(step, again.times.saturating_sub(1), same, channel, walk).await;
                (channel, seen.worse(others))
            }
        }
    }

    async fn send_in_sequence(
        &self,
        step: &RequestStep,
        times: u32,
        same: Attempt<'_>,
        mut channel: Channel<P>,
        walk: &mut Walk<'_>,
    ) -> (Channel<P>, Seen) {
        let mut worst: Option<Seen> = None;
        for _ in 0..times.max(1) {
            let sending = self.begin_when_open(step, channel, walk).await;
            let (back, seen) = self.send(step, sending, same, walk).await;
            channel = back;
            worst = Some(worst.map_or(seen, |worst| worst.worse(seen)));
            if self.must_end(walk) {
                break;
            }
        }
        (channel, worst.unwrap_or(Seen { status: None, has_failed: false, flow: Flow::Next }))
    }

    async fn send_at_once(
        &self,
        step: &RequestStep,
        times: u32,
        same: Attempt<'_>,
        channel: Channel<P>,
        walk: &mut Walk<'_>,
    ) -> (Channel<P>, Seen) {
        let mut channels: Vec<_> = (1..times).map(|_| self.take_channel()).collect();
        for other in &mut channels {
            other.request.clone_from(&channel.request);
            other.generation = channel.generation;
        }
        channels.push(channel);
        let fork = walk.fork();
        let seeds: Vec<_> = channels.iter().map(|_| walk.rng.next_u64()).collect();
        let all = channels.into_iter().zip(seeds).map(|(channel, seed)| async move {
            let mut rng = Rng::new(seed);
            let mut branch = Walk::branch(&mut rng, fork);
            let sending = self.begin_when_open(step, channel, &mut branch).await;
            let (channel, seen) = self.send(step, sending, same, &mut branch).await;
            (channel, seen, branch.last, branch.held)
        });
        let mut worst: Option<Seen> = None;
        let mut own = None;
        for (channel, seen, last, held) in join_all(all).await {
            walk.last = last;
            self.hold_last(held, walk);
            walk.has_failed |= seen.has_failed;
            worst = Some(worst.map_or(seen, |worst| worst.worse(seen)));
            own.replace(channel).into_iter().for_each(|other| self.keep_channel(other));
        }
        walk.due = self.common.platform.now();
        let channel = own.unwrap_or_else(|| self.take_channel());
        (channel, worst.unwrap_or(Seen { status: None, has_failed: false, flow: Flow::Next }))
    }
}

impl Seen {
    /// The worse of two outcomes: a failure rather than a success, with the flow of the one that ends more.
    fn worse(self, other: Self) -> Self {
        let flow = self.flow.max(other.flow);
        let worse = if other.has_failed || !self.has_failed { other } else { self };
        Self { flow, ..worse }
    }
}

fn may_retry(retry: &Retry, attempt: u32, seen: &Seen) -> bool {
    let is_wanted = match seen.status {
        Some(status) => seen.has_failed && retry.statuses.contain(status),
        None => retry.without_answer == RetryWithoutAnswer::Retry,
    };
    is_wanted && attempt < retry.attempts
}
