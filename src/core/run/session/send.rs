//! Sends one request of a step.

use super::attempt::Attempt;
use super::filler::LastSeen;
use super::judge::{Then, Verdict, judge, judge_plan};
use super::prepare;
use super::user::{Channel, User};
use super::walk::{Flow, REST, RefreshRight, Walk};
use crate::core::base::failure::{Failure, Status};
use crate::core::base::units::Micros;
use crate::core::http::exchange::{Exchange, Judged, Timing};
use crate::core::http::request::Wanted;
use crate::core::http::stream::Freshness;
use crate::core::run::in_flight::Place;
use crate::core::run::platform::{Lane as _, Platform};
use crate::core::scenario::model::auth::{Auth, Refresh};
use crate::core::scenario::model::request::{Authorized, OnFailure, RequestStep};

/// A request that is counted as sent and not yet sent.
pub struct Sending<P: Platform> {
    pub channel: Channel<P>,
    place: Place,
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
    /// The class's auth, where the step carries it.
    pub fn auth_of(&self, step: &RequestStep) -> Option<&Auth> {
        self.of()?.auth.as_ref().filter(|_| step.authorized == Authorized::Yes)
    }

    /// Fills a step's request on a free lane.
    pub fn prepare(&self, step: &RequestStep, walk: &mut Walk<'_>) -> Channel<P> {
        let mut channel = self.take_channel();
        let auth = self.auth_of(step);
        self.with_filler(walk, |filler| prepare::fill(step, auth, filler, &mut channel.request));
        channel.generation = self.refreshes.generation();
        if self.common.reader.is_some() {
            channel.request.wanted = Wanted::ALL;
        }
        channel
    }

    /// Waits while no request can reach the host, then counts a request as sent.
    pub async fn begin_when_open(
        &self,
        step: &RequestStep,
        mut channel: Channel<P>,
        walk: &mut Walk<'_>,
    ) -> Sending<P> {
        if self.common.gate.is_closed() {
            let closed = self.common.platform.now();
            walk.due = self.common.gate.pass(walk.due).await;
            let waited = self.common.platform.now().saturating_sub(closed);
            // A host that cannot be reached does not use up a refresh's time.
            walk.deadline = walk.deadline.map(|deadline| deadline + waited);
        }
        self.bring_up_to_date(step, &mut channel, walk);
        self.begin_request(step, channel)
    }

    /// Updates what has changed since a request was filled: the user's token, and the time that is left of a refresh.
    fn bring_up_to_date(&self, step: &RequestStep, channel: &mut Channel<P>, walk: &mut Walk<'_>) {
        if channel.generation != self.refreshes.generation() {
            self.authorize_again(step, channel, walk);
        }
        if let Some(deadline) = walk.deadline {
            let left = deadline.saturating_sub(self.common.platform.now()).max(Micros::from_millis(1));
            let usual = channel.request.time_limit.unwrap_or(step.timeout);
            channel.request.time_limit = Some(left.min(usual));
            // The next one has another limit, so that it must be filled anew.
            channel.request.filled_from = None;
        }
    }

    /// Puts the user's present token into a filled request.
    pub fn authorize_again(&self, step: &RequestStep, channel: &mut Channel<P>, walk: &mut Walk<'_>) {
        let auth = self.auth_of(step);
        self.with_filler(walk, |filler| prepare::authorize(step, auth, filler, &mut channel.request));
        channel.generation = self.refreshes.generation();
    }

    /// Counts a request as sent; from now on it is in flight.
    pub fn begin_request(&self, step: &RequestStep, channel: Channel<P>) -> Sending<P> {
        let now = self.common.platform.now();
        self.common.recorder.borrow_mut().sent(step.entry, now);
        self.presence.entered();
        Sending { channel, place: self.common.in_flight.enter(now) }
    }

    /// Sends a request, waits for its outcome, judges and counts it.
    pub async fn send(
        &self,
        step: &RequestStep,
        sending: Sending<P>,
        attempt: Attempt<'_>,
        walk: &mut Walk<'_>,
    ) -> (Channel<P>, Seen) {
        let Sending { mut channel, place } = sending;
        let due = self.common.recorder.borrow_mut().started(walk.due, self.common.platform.now());
        let mut exchange = match channel.request.unsendable.clone() {
            None => channel.lane.exchange(&channel.request).await,
            Some(failure) => self.leave_unsent(*failure).await,
        };
        walk.due = if channel.request.unsendable.is_none() {
            exchange.timing.finished
        } else {
            self.common.platform.now()
        };
        if let Some(refresh) = self.refresh_for(step, &exchange, walk) {
            let refused = Refused { channel, place, due, exchange };
            return Box::pin(self.send_again_refreshed(step, refresh, refused, attempt, walk)).await;
        }
        let verdict = self.judge(step, &mut exchange, attempt, walk);
        self.count(step, &channel, due, exchange, walk);
        self.left(place);
        (channel, verdict)
    }

    /// The exchange of a request that cannot be sent as it was filled. It waits a moment, so that a user with only such
    /// requests leaves processor time to the others.
    async fn leave_unsent(&self, failure: Failure) -> Exchange {
        let now = self.common.platform.now();
        self.common.platform.sleep_until(now + REST).await;
        let timing = Timing { ready: now, finished: now, ..Timing::default() };
        Exchange::new(Err(failure), timing, 0)
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
        judge_plan(step, exchange);
        let has_failed = exchange.failure().is_some();
        walk.last.has_failed = has_failed;
        walk.has_failed |= has_failed;
        let by_failure = if has_failed { flow_after(step.on_failure) } else { Flow::Next };
        let by_values = if then == Then::EndTask { Flow::EndTask } else { Flow::Next };
        let status = exchange.outcome.as_ref().ok().copied();
        Seen { status, has_failed, flow: by_failure.max(by_values) }
    }
}

/// A request whose token had expired.
pub struct Refused<P: Platform> {
    pub channel: Channel<P>,
    pub place: Place,
    pub due: Micros,
    pub exchange: Exchange,
}

fn seen_last(exchange: &Exchange, has_failed: bool) -> LastSeen {
    LastSeen {
        status: exchange.outcome.as_ref().ok().copied(),
        latency: exchange.timing.latency(),
        is_cached: exchange.streamed.as_ref().is_some_and(|seen| seen.freshness == Freshness::Cached),
        has_failed,
    }
}

/// How the steps go on after a failed request.
pub const fn flow_after(on_failure: OnFailure) -> Flow {
    match on_failure {
        OnFailure::Continue => Flow::Next,
        OnFailure::EndTask => Flow::EndTask,
        OnFailure::EndSession => Flow::EndSession,
    }
}
