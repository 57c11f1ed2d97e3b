//! Reads the events of a response's body: unpacks the body where it is packed, up to a limit.
//!
//! Only event streams are read. All other bodies are counted and dropped in `http1/` and `http2.rs`.

use std::io::{self, Write as _};

use flate2::write::MultiGzDecoder;

use crate::core::base::failure::{Failure, FailureKind, Status};
use crate::core::base::units::Micros;
use crate::core::http::stream::{StreamReader, Streamed};

/// How a body is compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    #[default]
    Identity,
    Gzip,
    /// In a way that was not asked for and that cannot be unpacked here.
    Unknown,
}

impl Encoding {
    /// Reads the value of `Content-Encoding`.
    pub fn read(value: &[u8]) -> Self {
        let is = |name: &str| value.trim_ascii().eq_ignore_ascii_case(name.as_bytes());
        match () {
            () if is("gzip") || is("x-gzip") => Self::Gzip,
            () if is("identity") || is("") => Self::Identity,
            () => Self::Unknown,
        }
    }
}

const DAMAGED: &str = "its gzip is damaged";

/// One event stream that is being read.
pub struct EventBody {
    sink: Sink,
    gunzip: Option<MultiGzDecoder<Sink>>,
    /// What is wrong with the body, so that its events cannot be read.
    fault: Option<&'static str>,
}

/// Receives the unpacked bytes.
#[derive(Default)]
struct Sink {
    reader: StreamReader,
    at: Micros,
    left: u64,
}

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let take = (bytes.len() as u64).min(self.left) as usize;
        self.left -= take as u64;
        self.reader.feed(bytes.get(..take).unwrap_or_default(), self.at);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl EventBody {
    /// Reads at most `max` bytes, counted after unpacking.
    pub fn new(max: u64) -> Box<Self> {
        let sink = Sink { left: max, ..Sink::default() };
        Box::new(Self { sink, gunzip: None, fault: None })
    }

    /// Reads the next bytes of the body, which arrived at the moment `at`.
    pub fn feed(&mut self, bytes: &[u8], encoding: Encoding, at: Micros) {
        // Past the limit nothing is unpacked either: a small bomb would keep everybody waiting.
        if self.fault.is_some() || self.is_full() {
            return;
        }
        let taken = match encoding {
            Encoding::Identity => {
                self.sink.at = at;
                self.sink.write_all(bytes)
            }
            Encoding::Gzip => {
                let sink = &mut self.sink;
                let gunzip = self.gunzip.get_or_insert_with(|| MultiGzDecoder::new(std::mem::take(sink)));
                gunzip.get_mut().at = at;
                // An event must be seen when it arrives, not when the decoder's own buffer is full.
                gunzip.write_all(bytes).and_then(|()| gunzip.flush())
            }
            Encoding::Unknown => return self.fault = Some("it is packed in a way that was not asked for"),
        };
        if taken.is_err() {
            self.fault = Some(DAMAGED);
        }
    }

    fn is_full(&self) -> bool {
        self.gunzip.as_ref().map_or(&self.sink, MultiGzDecoder::get_ref).left == 0
    }

    /// The result of the stream, given the outcome of the request.
    pub fn finish(self, outcome: &Result<Status, Failure>) -> Option<Box<Streamed>> {
        let Self { mut sink, gunzip, mut fault } = self;
        if let Some(mut gunzip) = gunzip {
            // Only the end shows whether the checksum is right and nothing is missing.
            let is_whole = gunzip.get_ref().left == 0 || gunzip.try_finish().is_ok();
            fault = fault.or((!is_whole && outcome.is_ok()).then_some(DAMAGED));
            sink = std::mem::take(gunzip.get_mut());
        }
        let is_seen_whole = sink.left > 0;
        let mut streamed = sink.reader.finish(outcome);
        if !is_seen_whole && let Some(streamed) = &mut streamed {
            // The stream was not read to its end, so nothing can be said to be missing from it.
            streamed.failure =
                streamed.failure.take().filter(|failure| failure.kind != FailureKind::StreamCut);
        }
        if let (Some(fault), Some(streamed)) = (fault, &mut streamed) {
            streamed.failure = Some(Failure::new(FailureKind::StreamError, fault));
        }
        streamed
    }
}

#[cfg(test)]
mod tests {
    use flate2::write::GzEncoder;

    use super::*;

    const EVENT: &str = "data: {\"type\":\"status\"}\n\n";

    #[test]
    fn packed_events_are_seen_when_they_come() {
        let mut packed = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(EVENT.as_bytes()).unwrap();
        packed.flush().unwrap();
        let first = packed.get_ref().len();
        packed.write_all(EVENT.as_bytes()).unwrap();
        let bytes = packed.finish().unwrap();
        let mut body = EventBody::new(1_000);
        body.feed(&bytes[..first], Encoding::Gzip, Micros(10));
        body.feed(&bytes[first..], Encoding::Gzip, Micros(50));
        let streamed = body.finish(&Ok(200)).unwrap();
        assert_eq!((streamed.events, streamed.first_event), (2, Some(Micros(10))));
        assert_eq!(streamed.largest_gap, Some(Micros(40)));
    }

    #[test]
    fn nothing_is_read_past_the_limit() {
        let mut body = EventBody::new(EVENT.len() as u64);
        body.feed(EVENT.repeat(3).as_bytes(), Encoding::Identity, Micros(1));
        let streamed = body.finish(&Ok(200)).unwrap();
        assert_eq!(
            (streamed.events, streamed.failure),
            (1, None),
            "the rest was not read, so it is not missing"
        );
    }

    #[test]
    fn gzip_without_its_end_or_with_a_wrong_checksum_is_a_failure() {
        let mut packed = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(EVENT.as_bytes()).unwrap();
        let whole = packed.finish().unwrap();
        let failure = |bytes: &[u8]| {
            let mut body = EventBody::new(1_000);
            body.feed(bytes, Encoding::Gzip, Micros(1));
            body.finish(&Ok(200)).unwrap().failure.unwrap().detail
        };
        let mut wrong = whole.clone();
        wrong[whole.len() - 8] ^= 1;
        assert_eq!(failure(&whole[..whole.len() - 8]), "its gzip is damaged");
        assert_eq!(failure(&wrong), "its gzip is damaged");
        assert_ne!(failure(&whole), "its gzip is damaged");
    }

    #[test]
    fn a_coding_that_nobody_asked_for_is_named_as_the_fault() {
        for coding in ["br", "zstd", "deflate", "gzip, gzip"] {
            let mut body = EventBody::new(1_000);
            body.feed(b"\x01\x02", Encoding::read(coding.as_bytes()), Micros(1));
            let failure = body.finish(&Ok(200)).unwrap().failure.unwrap();
            assert_eq!(failure.kind, FailureKind::StreamError, "{coding}");
            assert_eq!(failure.detail, "it is packed in a way that was not asked for");
        }
    }

    #[test]
    fn damaged_gzip_is_a_failure() {
        let mut body = EventBody::new(1_000);
        body.feed(b"this is no gzip", Encoding::Gzip, Micros(1));
        let failure = body.finish(&Ok(200)).unwrap().failure.unwrap();
        assert_eq!(
            (failure.kind, failure.detail.as_str()),
            (FailureKind::StreamError, "its gzip is damaged")
        );
    }
}
