//! Sends one request of a step, and counts what came of it.

use super::attempt::Attempt;
use super::common::Common;
use super::filler::LastSeen;
use super::judge::{Then, Verdict, judge};
use super::prepare;
use super::user::{Channel, User};
use super::walk::{Flow, Held, Pending, RefreshRight, Walk};
use crate::core::base::failure::Status;
use crate::core::base::units::Micros;
use crate::core::http::exchange::{Exchange, Judged};
use crate::core::http::request::Wanted;
use crate::core::http::stream::Freshness;
use crate::core::run::in_flight::Place;
use crate::core::run::platform::{Lane as _, Platform};
use crate::core::scenario::EntryId;
use crate::core::scenario::model::auth::{Auth, Refresh};
use crate::core::scenario::model::request::{Authorized, OnFailure, RequestStep};

/// A request that is counted as sent and not yet sent.
pub struct Sending<P: Platform> {
    pub channel: Channel<P>,
    place: Place,
    /// Which of the user's tokens it carries.
    generation: u64,
}

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// `None` when there was no complete answer.
    pub status: Option<Status>,
    pub has_failed: bool,
    pub flow: Flow,
}

impl<P: Platform> User<P> {
    /// What of the class's auth a step carries.
    pub fn auth_of(&self, step: &RequestStep) -> Option<&Auth> {
        self.of()?.auth.as_ref().filter(|_| step.authorized == Authorized::Yes)
    }

    /// Fills a step's request on a free lane.
    pub fn prepare(&self, step: &RequestStep, walk: &mut Walk<'_>) -> Channel<P> {
        let mut channel = self.take_channel();
        let auth = self.auth_of(step);
        self.with_filler(walk, |filler| prepare::fill(step, auth, filler, &mut channel.request));
        if let Some(deadline) = walk.deadline {
            let left = deadline.saturating_sub(self.common.platform.now()).max(Micros::from_millis(1));
            channel.request.time_limit = Some(left.min(step.timeout));
            // The next one has another limit, so that it must be filled anew.
            channel.request.filled_from = None;
        }
        if self.common.reader.is_some() {
            channel.request.wanted = Wanted::ALL;
        }
        channel
    }

    /// Waits while no request can reach the host, then counts a request as sent.
    pub async fn begin_when_open(
        &self,
        step: &RequestStep,
        channel: Channel<P>,
        walk: &mut Walk<'_>,
    ) -> Sending<P> {
        if self.common.gate.is_closed() {
            walk.due = self.common.gate.pass(walk.due).await;
        }
        self.begin_request(step, channel)
    }

    /// Counts a request as sent; from now on it is in flight.
    pub fn begin_request(&self, step: &RequestStep, channel: Channel<P>) -> Sending<P> {
        let now = self.common.platform.now();
        self.common.recorder.borrow_mut().sent(step.entry, now);
        self.presence.entered();
        Sending { channel, place: self.common.in_flight.enter(now), generation: self.refreshes.generation() }
    }

    /// Sends a request, waits for its outcome, judges and counts it.
    pub async fn send(
        &self,
        step: &RequestStep,
        sending: Sending<P>,
        attempt: Attempt<'_>,
        walk: &mut Walk<'_>,
    ) -> (Channel<P>, Seen) {
        let Sending { mut channel, place, generation } = sending;
        let due = self.common.recorder.borrow_mut().started(walk.due, self.common.platform.now());
        let mut exchange = channel.lane.exchange(&channel.request).await;
        walk.due = exchange.timing.finished;
        if let Some(refresh) = self.refresh_for(step, &exchange, walk) {
            let refused = Refused { channel, place, generation, due, exchange };
            return Box::pin(self.send_again_refreshed(step, refresh, refused, attempt, walk)).await;
        }
        let verdict = self.judge(step, &mut exchange, attempt, walk);
        self.count(step, &channel, due, exchange, walk);
        self.left(place);
        (channel, verdict)
    }

    /// The request is no longer in flight.
    pub fn left(&self, place: Place) {
        self.presence.left();
        self.common.in_flight.leave(place);
    }

    /// How an expired token is renewed, if this answer says that it has expired.
    fn refresh_for(&self, step: &RequestStep, exchange: &Exchange, walk: &Walk<'_>) -> Option<&Refresh> {
        let status = exchange.outcome.as_ref().ok()?;
        let refresh = self.auth_of(step)?.refresh.as_ref()?;
        (walk.refresh == RefreshRight::Yes && refresh.statuses.contain(*status)).then_some(refresh)
    }

    fn judge(
        &self,
        step: &RequestStep,
        exchange: &mut Exchange,
        attempt: Attempt<'_>,
        walk: &mut Walk<'_>,
    ) -> Seen {
        let patterns = &self.common.patterns;
        // The latency and the status of this answer are what a check on the last answer sees.
        walk.last = seen_last(exchange, walk.last.has_failed);
        let is_plain = step.expect.is_none() && step.checks.is_empty() && step.extractions.is_empty();
        let verdict = if is_plain && step.stream.is_none() {
            Verdict { judged: Judged::ByAnswer, then: Then::GoOn }
        } else {
            self.with_filler(walk, |filler| judge(step, exchange, filler, patterns))
        };
        let Verdict { judged, then } = verdict;
        exchange.judged = judged;
        attempt.judge(step, exchange);
        let has_failed = exchange.failure().is_some();
        walk.last.has_failed = has_failed;
        walk.has_failed |= has_failed;
        let by_failure = if has_failed { flow_after(step.on_failure) } else { Flow::Next };
        let by_values = if then == Then::EndTask { Flow::EndTask } else { Flow::Next };
        let status = exchange.outcome.as_ref().ok().copied();
        Seen { status, has_failed, flow: by_failure.max(by_values) }
    }

    /// Counts what came of a request, or holds it back for the poll that decides.
    pub fn count(
        &self,
        step: &RequestStep,
        channel: &Channel<P>,
        due: Micros,
        mut exchange: Exchange,
        walk: &mut Walk<'_>,
    ) {
        if let Some(reader) = &self.common.reader {
            reader.on_exchange(&channel.request, &exchange);
        }
        exchange.answer = None;
        let entry = entry_of(step, &exchange);
        match &mut walk.held {
            Held::No => self.common.count(entry, step.entry, due, &exchange),
            Held::Yes(held) => {
                let pending = Pending { entry, sent_as: step.entry, due, exchange };
                if let Some(before) = held.replace(Box::new(pending)) {
                    self.common.count(before.entry, before.sent_as, before.due, &before.exchange);
                }
            }
        }
    }
}

impl<P: Platform> Common<P> {
    /// Counts a request that was sent under the entry `sent_as`.
    pub fn count(&self, entry: EntryId, sent_as: EntryId, due: Micros, exchange: &Exchange) {
        let mut recorder = self.recorder.borrow_mut();
        if entry != sent_as {
            recorder.moved(sent_as, entry);
        }
        recorder.ended(entry, due, exchange, self.platform.now());
    }
}

/// A request whose token had expired.
pub struct Refused<P: Platform> {
    pub channel: Channel<P>,
    pub place: Place,
    pub generation: u64,
    pub due: Micros,
    pub exchange: Exchange,
}

/// The entry that counts a request: streams that say that they were kept from before have one of their own.
fn entry_of(step: &RequestStep, exchange: &Exchange) -> EntryId {
    let is_cached = exchange.streamed.as_ref().is_some_and(|seen| seen.freshness == Freshness::Cached);
    step.stream.as_ref().filter(|_| is_cached).map_or(step.entry, |stream| stream.cached_entry)
}

fn seen_last(exchange: &Exchange, has_failed: bool) -> LastSeen {
    LastSeen {
        status: exchange.outcome.as_ref().ok().copied(),
        latency: exchange.timing.latency(),
        is_cached: exchange.streamed.as_ref().is_some_and(|seen| seen.freshness == Freshness::Cached),
        has_failed,
    }
}

/// What follows a failed request.
pub const fn flow_after(on_failure: OnFailure) -> Flow {
    match on_failure {
        OnFailure::Continue => Flow::Next,
        OnFailure::EndTask => Flow::EndTask,
        OnFailure::EndSession => Flow::EndSession,
    }
}
