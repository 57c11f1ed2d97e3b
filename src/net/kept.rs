//! Keeps what a scenario looks at in a response: its head, and its body unpacked, up to a limit.
//!
//! Most responses are counted and dropped; nothing here is made for them. The codings themselves are in `unpack.rs`.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use super::unpack::{Encoding, Unpacker, unpacker};
use crate::core::base::failure::Status;
use crate::core::http::answer::{Answer, Events, HeaderLines, MAX_BODY_BYTES};
use crate::core::http::request::Wanted;

/// What is kept of one response.
pub struct Kept {
    wanted: Wanted,
    headers: HeaderLines,
    body: Rc<RefCell<Vec<u8>>>,
    /// Made when the first packed bytes come.
    unpacker: Option<Box<dyn Unpacker>>,
}

/// The end of the chain of decoders.
struct Unpacked(Rc<RefCell<Vec<u8>>>);

impl io::Write for Unpacked {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut body = self.0.borrow_mut();
        let take = bytes.len().min(MAX_BODY_BYTES.saturating_sub(body.len()));
        if take == 0 && !bytes.is_empty() {
            // No decoder unpacks any further: a small bomb would keep everybody waiting.
            return Err(io::ErrorKind::WriteZero.into());
        }
        body.extend_from_slice(bytes.get(..take).unwrap_or_default());
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

impl Kept {
    /// Keeps what is wanted; `None` when that is nothing of head and body.
    pub fn new(wanted: Wanted) -> Option<Box<Self>> {
        let (headers, body, unpacker) = Default::default();
        wanted.is_anything().then(|| Box::new(Self { wanted, headers, body, unpacker }))
    }

    /// Another response has begun: a redirect leads on.
    pub fn begin<'a>(&mut self, headers: impl Iterator<Item = (&'a str, &'a [u8])>) {
        self.headers = HeaderLines::default();
        self.body.borrow_mut().clear();
        self.unpacker = None;
        if self.wanted.head {
            headers.for_each(|(name, value)| self.headers.push(name, &String::from_utf8_lossy(value)));
        }
    }

    /// The next bytes of the body. What cannot be unpacked is kept as far as it could be.
    pub fn feed(&mut self, bytes: &[u8], encoding: Encoding) {
        if !self.wanted.body {
            return;
        }
        let sink = Unpacked(Rc::clone(&self.body));
        let Encoding::Packed(codings) = encoding else {
            // An error means that the limit is reached.
            let _ = io::Write::write_all(&mut { sink }, bytes);
            return;
        };
        let unpacker = self.unpacker.get_or_insert_with(|| unpacker(codings, Box::new(sink)));
        let _ = unpacker.write_all(bytes).and_then(|()| unpacker.flush());
    }

    /// The answer to look at.
    pub fn finish(self, status: Status, events: Events) -> Box<Answer> {
        let Self { headers, body, mut unpacker, .. } = self;
        // Some decoders hold the last bytes back until they learn that it is the end.
        unpacker.iter_mut().for_each(|unpacker| drop(unpacker.end()));
        let body = body.take();
        Box::new(Answer::new(status, headers, body).with_events(events))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn packed(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_body_is_kept_as_it_was_before_it_was_packed() {
        let mut kept = Kept::new(Wanted { body: true, ..Wanted::default() }).unwrap();
        let gzip = Encoding::Identity.and(b"gzip");
        for piece in packed("{\"id\": 7, \"도시\": \"서울\"}").chunks(5) {
            kept.feed(piece, gzip);
        }
        let answer = kept.finish(200, Events::default());
        assert_eq!(answer.json().unwrap()["id"], 7);
        assert_eq!(answer.headers.get("x"), None);
    }

    #[test]
    fn only_the_last_response_of_a_redirect_is_kept() {
        let mut kept = Kept::new(Wanted::ALL).unwrap();
        kept.begin([("Location", b"/b".as_slice())].into_iter());
        kept.feed(b"moved", Encoding::Identity);
        kept.begin([("X-Id", b"8".as_slice())].into_iter());
        kept.feed(b"there", Encoding::Identity);
        let answer = kept.finish(200, Events::default());
        assert_eq!((answer.headers.get("location"), answer.headers.get("x-id")), (None, Some("8")));
        assert_eq!(answer.text(), "there");
    }

    #[test]
    fn a_body_that_unpacks_to_more_than_the_limit_is_cut() {
        let mut kept = Kept::new(Wanted { body: true, ..Wanted::default() }).unwrap();
        kept.feed(&packed(&"a".repeat(MAX_BODY_BYTES + 5_000)), Encoding::Identity.and(b"gzip"));
        assert_eq!(kept.finish(200, Events::default()).body.len(), MAX_BODY_BYTES);
    }

    #[test]
    fn nothing_is_made_where_nothing_is_wanted() {
        assert!(Kept::new(Wanted::default()).is_none());
    }
}
