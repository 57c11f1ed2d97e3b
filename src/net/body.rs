//! Reads the events of a response's body: unpacks the body where it is packed, up to a limit.
//!
//! Only event streams are read. All other bodies are counted and dropped in `http1/` and `http2.rs`. The codings themselves
//! are in `unpack.rs`.

use std::cell::RefCell;
use std::io::{self, Write as _};
use std::rc::Rc;

use super::unpack::{Encoding, Unpacker, unpacker};
use crate::core::base::failure::{Failure, FailureKind, Status};
use crate::core::base::units::Micros;
use crate::core::http::answer::Events;
use crate::core::http::stream::{StreamReader, Streamed};

/// One event stream that is being read.
pub struct EventBody {
    sink: Rc<RefCell<Sink>>,
    /// The decoder, made when the first bytes come.
    unpacker: Option<Box<dyn Unpacker>>,
    /// Why the events of the body cannot be read any further.
    fault: Option<String>,
    encoding: Encoding,
}

/// Whether the events themselves are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepEvents {
    Yes,
    No,
}

/// Receives the unpacked bytes.
#[derive(Default)]
struct Sink {
    reader: StreamReader,
    at: Micros,
    left: u64,
}

/// The end of the chain of decoders.
struct Unpacked(Rc<RefCell<Sink>>);

impl io::Write for Unpacked {
    /// Fails once the limit is reached, so that no decoder unpacks any further: a small bomb would keep everybody waiting.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut sink = self.0.borrow_mut();
        let take = (bytes.len() as u64).min(sink.left) as usize;
        if take == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::WriteZero.into());
        }
        sink.left -= take as u64;
        let at = sink.at;
        sink.reader.feed(bytes.get(..take).unwrap_or_default(), at);
        Ok(take)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Unpacker for Unpacked {
    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl EventBody {
    /// Reads at most `max` bytes, counted after unpacking.
    pub fn new(max: u64, events: KeepEvents) -> Box<Self> {
        let reader = match events {
            KeepEvents::Yes => StreamReader::keeping(),
            KeepEvents::No => StreamReader::default(),
        };
        let sink = Rc::new(RefCell::new(Sink { reader, left: max, ..Sink::default() }));
        Box::new(Self { sink, unpacker: None, fault: None, encoding: Encoding::Identity })
    }

    /// Reads the next bytes of the body, which arrived at the moment `at`.
    pub fn feed(&mut self, bytes: &[u8], encoding: Encoding, at: Micros) {
        if self.fault.is_some() || self.is_full() {
            return;
        }
        self.sink.borrow_mut().at = at;
        self.encoding = encoding;
        let unpacker = self.unpacker.get_or_insert_with(|| {
            let sink = Box::new(Unpacked(Rc::clone(&self.sink)));
            match encoding {
                Encoding::Packed(codings) => unpacker(codings, sink),
                Encoding::Identity | Encoding::Unknown(_) => sink,
            }
        });
        if let Encoding::Unknown(name) = encoding {
            self.fault = Some(format!("it is packed in a way that was not asked for: {name}"));
            return;
        }
        // An event must be seen when it arrives, not when the decoder's own buffer is full.
        let taken = unpacker.write_all(bytes).and_then(|()| unpacker.flush());
        if taken.is_err() && !self.is_full() {
            self.fault = Some(encoding.damaged().to_owned());
        }
    }

    fn is_full(&self) -> bool {
        self.sink.borrow().left == 0
    }

    /// Moves out the events that were kept.
    pub fn take_events(&self) -> Events {
        self.sink.borrow_mut().reader.take_events()
    }

    /// The result of the stream, given the outcome of the request.
    pub fn finish(self, outcome: &Result<Status, Failure>) -> Option<Box<Streamed>> {
        let is_seen_whole = !self.is_full();
        let Self { sink, unpacker, mut fault, encoding } = self;
        if let Some(mut unpacker) = unpacker
            && is_seen_whole
            && fault.is_none()
            && outcome.is_ok()
        {
            // Only the end shows whether the checksum is right and nothing is missing.
            fault = unpacker.end().err().map(|_| encoding.damaged().to_owned());
        }
        let reader = std::mem::take(&mut sink.borrow_mut().reader);
        let mut streamed = reader.finish(outcome);
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
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::super::unpack::Coding;
    use super::*;

    const GZIP: Encoding = Encoding::Packed([Some(Coding::Gzip), None, None]);

    const EVENT: &str = "data: {\"type\":\"status\"}\n\n";

    #[test]
    fn packed_events_are_seen_when_they_come() {
        let mut packed = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(EVENT.as_bytes()).unwrap();
        packed.flush().unwrap();
        let first = packed.get_ref().len();
        packed.write_all(EVENT.as_bytes()).unwrap();
        let bytes = packed.finish().unwrap();
        let mut body = EventBody::new(1_000, KeepEvents::No);
        body.feed(&bytes[..first], GZIP, Micros(10));
        body.feed(&bytes[first..], GZIP, Micros(50));
        let streamed = body.finish(&Ok(200)).unwrap();
        assert_eq!((streamed.events, streamed.first_event), (2, Some(Micros(10))));
        assert_eq!(streamed.largest_gap, Some(Micros(40)));
    }

    #[test]
    fn nothing_is_read_past_the_limit() {
        let mut body = EventBody::new(EVENT.len() as u64, KeepEvents::No);
        body.feed(EVENT.repeat(3).as_bytes(), Encoding::Identity, Micros(1));
        let streamed = body.finish(&Ok(200)).unwrap();
        assert_eq!(
            (streamed.events, streamed.failure),
            (1, None),
            "the rest was not read, so it is not missing"
        );
    }

    const PLAN: &str = "data: {\"type\":\"complete\",\"plan\":{}}\n\ndata: {\"type\":\"done\"}\n\n";
    /// [`PLAN`] in brotli as Node packs it, flushed after its first event.
    const PLAN_IN_BROTLI: &[u8] =
        b"\x0b\x12\x80data: {\x22type\x22:\x22complete\x22,\x22plan\x22:{}}\x0a\x0a\
        a\x01\x80\xdfH\xa9\xba=J\x05\xb2\xber{KL4Q\xa6\x1e\xa0a\xaa4";
    /// How much of it is the first event.
    const FIRST_IN_BROTLI: usize = 40;

    fn gzip(text: &str) -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(text.as_bytes()).unwrap();
        packed.finish().unwrap()
    }

    fn zlib(text: &str) -> Vec<u8> {
        let mut packed = ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(text.as_bytes()).unwrap();
        packed.finish().unwrap()
    }

    fn deflate(text: &str) -> Vec<u8> {
        let mut packed = DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(text.as_bytes()).unwrap();
        packed.finish().unwrap()
    }

    /// The failure of a body in these codings, which must be the same however it is cut.
    fn failure(bytes: &[u8], codings: &str) -> Option<(FailureKind, String)> {
        let encoding = Encoding::Identity.and(codings.as_bytes());
        let of = |size: usize| {
            let mut body = EventBody::new(1_000, KeepEvents::No);
            bytes.chunks(size).for_each(|piece| body.feed(piece, encoding, Micros(1)));
            let failure = body.finish(&Ok(200)).unwrap().failure;
            failure.map(|failure| (failure.kind, failure.detail))
        };
        let whole = of(bytes.len());
        for size in 1..bytes.len() {
            assert_eq!(of(size), whole, "{codings} in pieces of {size}");
        }
        whole
    }

    #[test]
    fn a_plan_is_read_in_every_common_coding() {
        let members = [gzip(&PLAN[..30]), gzip(&PLAN[30..])].concat();
        let padded = [gzip(PLAN), vec![0; 64]].concat();
        let padded_between = [gzip(&PLAN[..30]), vec![0; 3], gzip(&PLAN[30..])].concat();
        let twice = {
            let mut packed = GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packed.write_all(&gzip(PLAN)).unwrap();
            packed.finish().unwrap()
        };
        for (name, codings, bytes) in [
            ("gzip", "gzip", gzip(PLAN)),
            ("members", "gzip", members),
            ("zeros after gzip", "x-gzip", padded),
            ("zeros between members", "gzip", padded_between),
            ("zlib", "deflate", zlib(PLAN)),
            ("bytes after zlib", "deflate", [zlib(PLAN), vec![0; 9]].concat()),
            ("bare deflate", "deflate", deflate(PLAN)),
            ("brotli", "br", PLAN_IN_BROTLI.to_vec()),
            ("bytes after brotli", "br", [PLAN_IN_BROTLI, &[0; 9]].concat()),
            ("gzip twice", "gzip, gzip", twice),
        ] {
            assert_eq!(failure(&bytes, codings), None, "{name}");
        }
    }

    #[test]
    fn an_event_in_brotli_is_seen_when_it_comes() {
        let (first, rest) = PLAN_IN_BROTLI.split_at(FIRST_IN_BROTLI);
        let mut body = EventBody::new(1_000, KeepEvents::No);
        body.feed(first, Encoding::Identity.and(b"br"), Micros(10));
        body.feed(rest, Encoding::Identity.and(b"br"), Micros(50));
        let streamed = body.finish(&Ok(200)).unwrap();
        assert_eq!((streamed.complete, streamed.done), (Some(Micros(10)), Some(Micros(50))));
    }

    #[test]
    fn a_coding_without_its_end_or_with_a_wrong_checksum_is_a_failure() {
        for (codings, whole, checksum) in [
            ("gzip", gzip(PLAN), Some(8)),
            ("deflate", zlib(PLAN), Some(4)),
            ("deflate", deflate(PLAN), None),
            ("br", PLAN_IN_BROTLI.to_vec(), None),
        ] {
            let damaged = Some((FailureKind::StreamError, format!("its {codings} is damaged")));
            for missing in 1..checksum.unwrap_or(1) + 1 {
                assert_eq!(failure(&whole[..whole.len() - missing], codings), damaged, "{missing} missing");
            }
            if let Some(checksum) = checksum {
                let mut wrong = whole.clone();
                wrong[whole.len() - checksum] ^= 1;
                assert_eq!(failure(&wrong, codings), damaged, "a wrong checksum");
            }
            assert_eq!(failure(b"this is none of them", codings), damaged, "no {codings} at all");
        }
    }

    #[test]
    fn a_coding_that_cannot_be_unpacked_is_named_as_the_fault() {
        for (codings, name) in [("zstd", "zstd"), ("gzip, zstd", "zstd"), ("x-own-7", "an unknown coding")] {
            let detail = format!("it is packed in a way that was not asked for: {name}");
            assert_eq!(failure(b"\x01\x02", codings), Some((FailureKind::StreamError, detail)));
        }
    }

    #[test]
    fn a_bomb_is_unpacked_no_further_than_the_limit() {
        let events = EVENT.repeat(400_000);
        let twice = {
            let mut packed = GzEncoder::new(Vec::new(), flate2::Compression::best());
            packed.write_all(&gzip(&events)).unwrap();
            packed.finish().unwrap()
        };
        for (codings, bytes) in [("gzip", gzip(&events)), ("deflate", zlib(&events)), ("gzip, gzip", twice)] {
            let mut body = EventBody::new(EVENT.len() as u64 * 2, KeepEvents::No);
            body.feed(&bytes, Encoding::Identity.and(codings.as_bytes()), Micros(1));
            let streamed = body.finish(&Ok(200)).unwrap();
            assert_eq!((streamed.events, streamed.failure), (2, None), "{codings}");
        }
    }
}
