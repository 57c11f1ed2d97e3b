//! What came of one request: its outcome, its moments in time, its size.
//!
//! A failed request is a measurement like any other, so failure is data here, of a closed set of kinds. The
//! adapters fill these in from what their platform tells them; nothing is ever matched by text.

use super::stream::Streamed;
use crate::core::base::connections::Connections;
use crate::core::base::failure::{Failure, Status};
use crate::core::base::timing_source::TimingSource;
use crate::core::base::units::Micros;

/// One request and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// The status of a complete response, or why there is none.
    pub outcome: Result<Status, Failure>,
    /// When what happened.
    pub timing: Timing,
    /// Bytes of the response's body, as they came over the wire where that is known.
    pub received_bytes: u64,
    /// The events of a streamed answer; `None` when the answer was no stream.
    pub streamed: Option<Box<Streamed>>,
    /// What it took of connections, where that is known.
    pub connections: Connections,
    /// Redirects that were followed on the way; its latency is over all of them.
    pub redirects: u32,
}

impl Exchange {
    /// What came of a request on a platform that does not see its connections.
    pub fn new(outcome: Result<Status, Failure>, timing: Timing, received_bytes: u64) -> Self {
        let connections = Connections::default();
        Self { outcome, timing, received_bytes, streamed: None, connections, redirects: 0 }
    }

    /// Why it did not succeed: no complete response, a status of 400 or more, or what its stream said.
    pub fn failure(&self) -> Option<Failure> {
        match &self.outcome {
            Err(failure) => Some(failure.clone()),
            Ok(status) => {
                let in_stream = || self.streamed.as_ref().and_then(|streamed| streamed.failure.clone());
                Failure::of_status(*status).or_else(in_stream)
            }
        }
    }
}

/// The moments of one request, on the run's clock. What a platform hides is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timing {
    /// The user was ready to send.
    pub ready: Micros,
    /// Looking up the host's name, where this request waited for it.
    pub dns: Option<Micros>,
    /// Opening a TCP connection, where this request opened one.
    pub connect: Option<Micros>,
    /// The TLS handshake, where there was one.
    pub tls: Option<Micros>,
    /// The request left; `None` when it never did.
    pub sent: Option<Micros>,
    /// The first byte of the response came.
    pub first_byte: Option<Micros>,
    /// The last byte came, or the failure was known.
    pub finished: Micros,
    /// What a relay in between measured for the host alone.
    pub upstream: Option<Micros>,
    /// Whose clock `sent` and `finished` are from.
    pub source: TimingSource,
}

impl Timing {
    /// Request sent → last byte. Of a request that never left, the time until that was known.
    pub fn latency(&self) -> Micros {
        self.finished.saturating_sub(self.sent.unwrap_or(self.ready))
    }

    /// Scheduled start → last byte: wrk2's meaning, free of coordinated omission.
    pub fn corrected_latency(&self, scheduled: Micros) -> Micros {
        self.finished.saturating_sub(scheduled)
    }

    /// Request sent → first byte of the response.
    pub fn ttfb(&self) -> Option<Micros> {
        Some(self.first_byte?.saturating_sub(self.sent?))
    }

    /// First byte → last byte of the response.
    pub fn download(&self) -> Option<Micros> {
        Some(self.finished.saturating_sub(self.first_byte?))
    }

    /// Ready → sent, less the time for connecting: what the generator itself lost. The page's clock does not know when
    /// a request left.
    pub fn queue(&self) -> Option<Micros> {
        if self.source == TimingSource::PageClock {
            return None;
        }
        let connecting = [self.dns, self.connect, self.tls].into_iter().flatten();
        let spans = connecting.fold(self.ready, |moment, span| moment + span);
        Some(self.sent?.saturating_sub(spans))
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
    fn a_request_that_never_left_has_only_the_time_until_that_was_known() {
        let timing = Timing { ready: Micros(10), finished: Micros(60), ..Timing::default() };
        assert_eq!((timing.latency(), timing.ttfb(), timing.queue()), (Micros(50), None, None));
    }
}
