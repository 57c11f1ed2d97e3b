//! Looking into a response's body: unpacked where it is packed, and only so far.
//!
//! Only event streams are looked into; all other bodies are counted and dropped by `http1` and `http2`.

use std::io::{self, Write as _};

use flate2::write::MultiGzDecoder;

use crate::core::base::failure::{Failure, FailureKind, Status};
use crate::core::base::units::Micros;
use crate::core::http::stream::{StreamReader, Streamed};

/// How a body is packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Not at all, or in a way that was not asked for.
    #[default]
    Identity,
    /// By gzip.
    Gzip,
}

impl Encoding {
    /// From the value of `Content-Encoding`.
    pub fn read(value: &[u8]) -> Self {
        let value = value.trim_ascii();
        let gzip = value.eq_ignore_ascii_case(b"gzip") || value.eq_ignore_ascii_case(b"x-gzip");
        if gzip { Self::Gzip } else { Self::Identity }
    }
}

/// Reads one event stream.
pub struct EventBody {
    sink: Sink,
    gunzip: Option<MultiGzDecoder<Sink>>,
    is_damaged: bool,
}

/// Where unpacked bytes go.
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
    /// Looks into `max` bytes at most.
    pub fn new(max: u64) -> Box<Self> {
        let sink = Sink { left: max, ..Sink::default() };
        Box::new(Self { sink, gunzip: None, is_damaged: false })
    }

    /// Takes the next bytes of the body, which came at a moment.
    pub fn feed(&mut self, bytes: &[u8], encoding: Encoding, at: Micros) {
        if self.is_damaged {
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
                // What has come must be seen now, not when the decoder's own buffer is full.
                gunzip.write_all(bytes).and_then(|()| gunzip.flush())
            }
        };
        self.is_damaged = taken.is_err();
    }

    /// What came of the stream, given what came of the request.
    pub fn finish(self, outcome: &Result<Status, Failure>) -> Option<Box<Streamed>> {
        let Self { mut sink, gunzip, is_damaged } = self;
        if let Some(mut gunzip) = gunzip {
            sink = std::mem::take(gunzip.get_mut());
        }
        let is_seen_whole = sink.left > 0;
        let mut streamed = sink.reader.finish(outcome);
        if !is_seen_whole && let Some(streamed) = &mut streamed {
            // Of what was not looked at nobody can say that it was missing.
            streamed.failure =
                streamed.failure.take().filter(|failure| failure.kind != FailureKind::StreamCut);
        }
        if is_damaged && let Some(streamed) = &mut streamed {
            streamed.failure = Some(Failure::new(FailureKind::StreamError, "its gzip is damaged"));
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
    fn past_the_limit_nothing_is_looked_into() {
        let mut body = EventBody::new(EVENT.len() as u64);
        body.feed(EVENT.repeat(3).as_bytes(), Encoding::Identity, Micros(1));
        let streamed = body.finish(&Ok(200)).unwrap();
        assert_eq!(
            (streamed.events, streamed.failure),
            (1, None),
            "nobody can say that the rest was missing"
        );
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
