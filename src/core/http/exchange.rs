//! The result of one request: its outcome, its moments in time and its size.
//!
//! A failed request is a measurement like any other, so a failure is data of a closed set of kinds. The adapters in the
//! browser and in the runner fill in these types; no code compares a failure's text. Nothing is sent from here.

use super::answer::Answer;
use super::plan::PlanSeen;
use super::request_id::RequestId;
use super::stream::Streamed;
use crate::core::base::connections::Connections;
use crate::core::base::failure::{Failure, FailureKind, Status};
use crate::core::base::timing_source::TimingSource;
use crate::core::base::units::Micros;
use crate::core::scenario::model::request::Statuses;

/// The result of one request.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// The status of a complete response, or why there is no complete response.
    pub outcome: Result<Status, Failure>,
    pub timing: Timing,
    /// The size of the response's body in bytes: the size on the wire where the platform reports it.
    pub received_bytes: u64,
    /// The events of a streamed answer; `None` when the answer was not a stream.
    pub streamed: Option<Box<Streamed>>,
    /// The connections that the request opened or reused; all counts are 0 where the platform hides them.
    pub connections: Connections,
    /// The number of redirects that were followed. The latency includes all of them.
    pub redirects: u32,
    /// The record of the companion that still has to come; until then the timing is what the page saw.
    pub awaits: Option<RequestId>,
    /// What the request wanted of the answer; `None` when it wanted nothing, or no complete answer came.
    pub answer: Option<Box<Answer>>,
    pub judged: Judged,
    /// The plan in the answer, where the scenario looks for one.
    pub plan: Option<PlanSeen>,
}

/// Whether a request counts as a success.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Judged {
    /// Its status and its event stream decide.
    #[default]
    ByAnswer,
    /// It is a success, whatever the answer is: the scenario expected it.
    Success,
    /// The answer was lost or late; if it turns out what the host answered, these statuses are a success.
    IfStatus(Box<Statuses>),
    /// It is a failure, although the answer may look right: a check of the scenario failed.
    Failure(Box<Failure>),
}

impl Exchange {
    /// The result of a request without a stream, without redirects and with all counts of connections at 0.
    pub fn new(outcome: Result<Status, Failure>, timing: Timing, received_bytes: u64) -> Self {
        let connections = Connections::default();
        Self {
            outcome,
            timing,
            received_bytes,
            streamed: None,
            connections,
            redirects: 0,
            awaits: None,
            answer: None,
            judged: Judged::ByAnswer,
            plan: None,
        }
    }

    /// Why the request did not succeed: there was no complete response, the status was 400 or more, the event stream
    /// failed, or the scenario says so. `None` when it succeeded.
    pub fn failure(&self) -> Option<Failure> {
        match (&self.judged, &self.outcome) {
            // What the generator lost or could not send stays that, whatever the scenario expects.
            (_, Err(failure)) if is_own(failure.kind) => Some(failure.clone()),
            (Judged::Success, _) => None,
            (Judged::Failure(failure), _) => Some((**failure).clone()),
            (Judged::ByAnswer | Judged::IfStatus(_), Err(failure)) => Some(failure.clone()),
            (Judged::IfStatus(expected), Ok(status)) => {
                unexpected(expected, *status).or_else(|| self.stream_failure())
            }
            (Judged::ByAnswer, Ok(status)) => Failure::of_status(*status).or_else(|| self.stream_failure()),
        }
    }

    /// Why the event stream failed although the response was complete.
    pub fn stream_failure(&self) -> Option<Failure> {
        self.streamed.as_ref().and_then(|streamed| streamed.failure.clone())
    }
}

/// The failure of a request whose status is not expected.
pub fn unexpected(expected: &Statuses, status: Status) -> Option<Failure> {
    let other = || Failure::new(FailureKind::Status, format!("HTTP {status:03}, which is not expected"));
    (!expected.contain(status)).then(|| Failure::of_status(status).unwrap_or_else(other))
}

/// Whether it is the generator's own failure.
const fn is_own(kind: FailureKind) -> bool {
    matches!(kind, FailureKind::Lost | FailureKind::Exhausted)
}

/// The moments of one request on the run's clock, and the durations of its phases. A value that the platform hides is
/// `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timing {
    /// The moment when the virtual user was ready to send.
    pub ready: Micros,
    /// The duration of the look-up of the host's name, if this request waited for one.
    pub dns: Option<Micros>,
    /// The duration of opening a TCP connection, if this request opened one.
    pub connect: Option<Micros>,
    /// The duration of the TLS handshake, if there was one.
    pub tls: Option<Micros>,
    /// The moment when the request was sent; `None` when it was never sent.
    pub sent: Option<Micros>,
    /// The moment when the first byte of the response arrived.
    pub first_byte: Option<Micros>,
    /// The moment when the last byte arrived, or when the failure was known.
    pub finished: Micros,
    /// The time from sent to the last byte as the page saw it, where the companion measured the latency.
    pub seen_by_page: Option<Micros>,
    /// The clock that measured the time between `sent` and `finished`.
    pub source: TimingSource,
}

impl Timing {
    /// The time from sending the request to the last byte. For a request that was never sent it is the time from
    /// `ready` until the failure was known.
    pub fn latency(&self) -> Micros {
        self.finished.saturating_sub(self.sent.unwrap_or(self.ready))
    }

    /// The time from the scheduled start to the last byte, as wrk2 defines it: it is free of coordinated omission.
    pub fn corrected_latency(&self, scheduled: Micros) -> Micros {
        self.finished.saturating_sub(scheduled)
    }

    /// The time from sending the request to the first byte of the response.
    pub fn ttfb(&self) -> Option<Micros> {
        Some(self.first_byte?.saturating_sub(self.sent?))
    }

    /// The time from the first to the last byte of the response.
    pub fn download(&self) -> Option<Micros> {
        Some(self.finished.saturating_sub(self.first_byte?))
    }

    /// The time from `ready` to `sent` without the time for connecting: the delay by the load generator itself. It is
    /// `None` for the page's clock, which does not know when a request was sent, and for a request that
    /// was never sent.
    pub fn queue(&self) -> Option<Micros> {
        let connecting = match self.source {
            TimingSource::PageClock | TimingSource::Other => return None,
            // The companion connects after the page has sent.
            TimingSource::Companion => [None; 3],
            TimingSource::Wire => [self.dns, self.connect, self.tls],
        };
        let connecting = connecting.into_iter().flatten();
        let connected = connecting.fold(self.ready, |moment, span| moment + span);
        Some(self.sent?.saturating_sub(connected))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latency_starts_when_the_request_is_sent_and_corrected_latency_when_it_was_due() {
        let timing = Timing {
            ready: Micros(1_000),
            dns: Some(Micros(100)),
            connect: Some(Micros(200)),
            sent: Some(Micros(1_500)),
            first_byte: Some(Micros(1_900)),
            finished: Micros(2_000),
            ..Timing::default()
        };
        assert_eq!(timing.latency(), Micros(500));
        assert_eq!(timing.corrected_latency(Micros(400)), Micros(1_600));
        assert_eq!(timing.ttfb(), Some(Micros(400)));
        assert_eq!((timing.queue(), timing.download()), (Some(Micros(200)), Some(Micros(100))));
    }

    #[test]
    fn the_latency_of_a_request_never_sent_ends_when_the_failure_is_known() {
        let timing = Timing { ready: Micros(10), finished: Micros(60), ..Timing::default() };
        assert_eq!((timing.latency(), timing.ttfb(), timing.queue()), (Micros(50), None, None));
    }
}
