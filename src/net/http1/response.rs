//! Reads a response from the pieces it arrives in: status, framing, size of the body. Knows no socket.
//!
//! The syntax of heads is left to the crate `httparse`.

use std::mem::MaybeUninit;

use super::super::redirect::is_redirect;
use super::super::unpack::Encoding;
use super::framing::{Afterwards, Chunk, Framing, Malformed, State};
use crate::core::base::failure::Status;
use crate::core::scenario::Method;

/// The longest head in bytes. A longer one is refused, as servers and clients commonly do.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// The most headers. Browsers and curl read more than servers send; the head's size is the real bound.
const MAX_HEADERS: usize = 256;

/// Receives a response while it is read.
pub trait Sink {
    /// The head is complete. Interim (1xx) heads are not handed on.
    fn head(&mut self, head: &Head, headers: &[httparse::Header<'_>]);
    /// The next piece of the body, without chunk framing.
    fn body(&mut self, head: &Head, bytes: &[u8]);
}

/// A sink that drops everything: the reader itself counts the bytes.
impl Sink for () {
    fn head(&mut self, _: &Head, _: &[httparse::Header<'_>]) {}
    fn body(&mut self, _: &Head, _: &[u8]) {}
}

/// How far a response has come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Partial,
    Complete,
}

/// One response that is being read.
#[derive(Debug)]
pub struct Response {
    method: Method,
    state: State,
    /// An incomplete head, until the rest of it arrives.
    unread: Vec<u8>,
    head: Head,
    body_bytes: u64,
}

/// The parts of a response's head that the client acts on.
#[derive(Debug)]
pub struct Head {
    /// The status; 0 before the head is complete.
    pub status: Status,
    pub afterwards: Afterwards,
    pub encoding: Encoding,
    /// Where a redirect leads.
    pub location: Option<Box<str>>,
    /// The cookies that it sets, as the host wrote them.
    pub set_cookies: Vec<Box<str>>,
}

impl Response {
    /// A response to a request with that method, before any of it has arrived.
    pub const fn to(method: Method) -> Self {
        Self {
            method,
            state: State::Head,
            unread: Vec::new(),
            head: Head {
                status: 0,
                afterwards: Afterwards::KeepAlive,
                encoding: Encoding::Identity,
                location: None,
                set_cookies: Vec::new(),
            },
            body_bytes: 0,
        }
    }

    pub const fn head(&self) -> &Head {
        &self.head
    }

    /// Moves out where it redirects to.
    pub const fn take_location(&mut self) -> Option<Box<str>> {
        self.head.location.take()
    }

    /// Moves out the cookies that it sets.
    pub fn take_set_cookies(&mut self) -> Vec<Box<str>> {
        std::mem::take(&mut self.head.set_cookies)
    }

    /// Whether any byte of it has arrived. Interim (1xx) heads do not count.
    pub const fn has_begun(&self) -> bool {
        !matches!(self.state, State::Head) || !self.unread.is_empty()
    }

    /// Bytes of the body so far, without chunk framing.
    pub const fn body_bytes(&self) -> u64 {
        self.body_bytes
    }

    /// Reads the next bytes. The body is counted and dropped.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Progress, Malformed> {
        self.feed_to(bytes, &mut ())
    }

    /// Reads the next bytes and hands what they hold to `sink`.
    pub fn feed_to(&mut self, mut bytes: &[u8], sink: &mut impl Sink) -> Result<Progress, Malformed> {
        while !bytes.is_empty() {
            bytes = match self.state {
                State::Head => self.feed_head(bytes, sink)?,
                State::Length { left } => self.feed_length(bytes, left, sink),
                State::Chunk(chunk) => self.feed_chunk(bytes, chunk, sink)?,
                State::UntilClose => {
                    self.body_bytes += bytes.len() as u64;
                    sink.body(&self.head, bytes);
                    &[]
                }
                State::Complete => {
                    // The response stands, as in curl and Node; only the connection cannot be trusted any more. The same
                    // bytes in a later segment close the idle connection, so the verdict does not depend on the cut.
                    self.head.afterwards = Afterwards::Close;
                    &[]
                }
            };
        }
        Ok(if self.state == State::Complete { Progress::Complete } else { Progress::Partial })
    }

    /// The host closed the connection, which completes a response that has no other end.
    pub fn close(&mut self) -> Progress {
        if self.state == State::UntilClose {
            self.state = State::Complete;
        }
        if self.state == State::Complete { Progress::Complete } else { Progress::Partial }
    }

    fn feed_head<'a>(&mut self, bytes: &'a [u8], sink: &mut impl Sink) -> Result<&'a [u8], Malformed> {
        if self.unread.is_empty() {
            if let Some(used) = self.parse_head(bytes, sink)? {
                return Ok(bytes.get(used..).unwrap_or_default());
            }
            self.unread.extend_from_slice(bytes);
            return if bytes.len() > MAX_HEAD_BYTES { Err(Malformed::HeadTooLarge) } else { Ok(&[]) };
        }
        let before = self.unread.len();
        self.unread.extend_from_slice(bytes);
        let unread = std::mem::take(&mut self.unread);
        match self.parse_head(&unread, sink)? {
            Some(used) => Ok(bytes.get(used.saturating_sub(before)..).unwrap_or_default()),
            None if unread.len() > MAX_HEAD_BYTES => Err(Malformed::HeadTooLarge),
            None => {
                self.unread = unread;
                Ok(&[])
            }
        }
    }

    /// The head's length, or `None` while it is incomplete. Interim (1xx) heads are passed over.
    fn parse_head(&mut self, bytes: &[u8], sink: &mut impl Sink) -> Result<Option<usize>, Malformed> {
        // Left uninitialised, because filling a hundred headers would take longer than reading the few that come.
        let mut headers = [const { MaybeUninit::uninit() }; MAX_HEADERS];
        let mut head = httparse::Response::new(&mut []);
        let mut config = httparse::ParserConfig::default();
        // A folded header is read, as curl and browsers read it (RFC 9112, §5.2).
        config.allow_obsolete_multiline_headers_in_responses(true);
        let used = match config.parse_response_with_uninit_headers(&mut head, bytes, &mut headers) {
            Ok(httparse::Status::Complete(used)) if used > MAX_HEAD_BYTES => {
                return Err(Malformed::HeadTooLarge);
            }
            Ok(httparse::Status::Complete(used)) => used,
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(error) => return Err(Malformed::Head(error)),
        };
        let status = head.code.ok_or(Malformed::Head(httparse::Error::Status))?;
        if status == 101 {
            return Err(Malformed::Switched);
        }
        if !(100..200).contains(&status) {
            let framing = Framing::read(head.version == Some(1), head.headers)?;
            let without_body = self.method == Method::Head || matches!(status, 204 | 304);
            self.state = if without_body { State::Complete } else { framing.body };
            let until_close = self.state == State::UntilClose;
            self.head.status = status;
            self.head.afterwards = if until_close { Afterwards::Close } else { framing.afterwards };
            self.head.encoding = framing.encoding;
            if is_redirect(status) {
                self.head.location = values(head.headers, "location").next();
            }
            self.head.set_cookies = values(head.headers, "set-cookie").collect();
            sink.head(&self.head, head.headers);
        }
        Ok(Some(used))
    }

    fn feed_length<'a>(&mut self, bytes: &'a [u8], left: u64, sink: &mut impl Sink) -> &'a [u8] {
        let (piece, rest) = self.take_body(bytes, left);
        sink.body(&self.head, piece);
        let left = left - piece.len() as u64;
        self.state = if left == 0 { State::Complete } else { State::Length { left } };
        rest
    }

    fn feed_chunk<'a>(
        &mut self,
        bytes: &'a [u8],
        chunk: Chunk,
        sink: &mut impl Sink,
    ) -> Result<&'a [u8], Malformed> {
        if let Chunk::Data { left } = chunk {
            let (piece, rest) = self.take_body(bytes, left);
            sink.body(&self.head, piece);
            let left = left - piece.len() as u64;
            self.state = State::Chunk(if left == 0 { Chunk::DataEnd } else { Chunk::Data { left } });
            return Ok(rest);
        }
        let Some((byte, rest)) = bytes.split_first() else { return Ok(bytes) };
        self.state = chunk.next(*byte)?;
        Ok(rest)
    }

    /// Counts the part of `bytes` that still is body, at most `left`, and returns it and the rest.
    fn take_body<'a>(&mut self, bytes: &'a [u8], left: u64) -> (&'a [u8], &'a [u8]) {
        let take = (bytes.len() as u64).min(left);
        self.body_bytes += take;
        bytes.split_at(take as usize)
    }
}

/// The values of all headers of that name, as the host wrote them. What is not UTF-8 in them is replaced: a value that cannot
/// be read is not the lack of one.
fn values(headers: &[httparse::Header<'_>], name: &str) -> impl Iterator<Item = Box<str>> {
    let named = headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name));
    named.map(|header| String::from_utf8_lossy(header.value).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a response in pieces of every size. The outcome must not depend on the size.
    fn read(bytes: &str) -> Result<(Progress, Status, u64, Afterwards), Malformed> {
        let mut outcomes = (1..=bytes.len()).map(|size| {
            let mut response = Response::to(Method::Get);
            let mut progress = Progress::Partial;
            for piece in bytes.as_bytes().chunks(size) {
                progress = response.feed(piece)?;
            }
            Ok((progress, response.head().status, response.body_bytes(), response.head().afterwards))
        });
        let first = outcomes.next().unwrap();
        outcomes.for_each(|outcome| assert_eq!(outcome, first, "{bytes:?}"));
        first
    }

    #[derive(Default)]
    struct Seen {
        heads: Vec<Vec<(String, String)>>,
        body: Vec<u8>,
    }

    impl Sink for Seen {
        fn head(&mut self, _: &Head, headers: &[httparse::Header<'_>]) {
            let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
            self.heads
                .push(headers.iter().map(|header| (header.name.to_owned(), text(header.value))).collect());
        }

        fn body(&mut self, _: &Head, bytes: &[u8]) {
            self.body.extend_from_slice(bytes);
        }
    }

    #[test]
    fn hands_on_one_head_and_the_body_and_nothing_else() {
        for (framing, body) in [
            ("Content-Length: 5\r\n\r\n", "hello"),
            ("Transfer-Encoding: chunked\r\n\r\n", "3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\nX: y\r\n\r\n"),
            ("\r\n", "hello"),
        ] {
            let bytes = format!("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n{framing}{body}");
            for size in 1..=bytes.len() {
                let (mut response, mut seen) = (Response::to(Method::Get), Seen::default());
                for piece in bytes.as_bytes().chunks(size) {
                    response.feed_to(piece, &mut seen).unwrap();
                }
                assert_eq!(String::from_utf8_lossy(&seen.body), "hello", "{framing:?} in pieces of {size}");
                assert_eq!((seen.heads.len(), &seen.heads[0][0]), (1, &("A".to_owned(), "b".to_owned())));
            }
        }
    }

    use Afterwards::{Close, KeepAlive};
    use Progress::{Complete, Partial};

    #[test]
    fn reads_a_body_of_known_length() {
        assert_eq!(
            read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
            Ok((Complete, 200, 5, KeepAlive))
        );
        assert_eq!(read("HTTP/1.1 500 \r\ncontent-length: 0\r\n\r\n"), Ok((Complete, 500, 0, KeepAlive)));
        assert_eq!(
            read("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello"),
            Ok((Partial, 200, 5, KeepAlive))
        );
    }

    #[test]
    fn reads_chunks_with_extensions_and_trailers() {
        let response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\n";
        assert_eq!(read(response), Ok((Complete, 200, 15, KeepAlive)));
    }

    #[test]
    fn passes_over_interim_responses() {
        let response = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n";
        assert_eq!(read(response), Ok((Complete, 204, 0, KeepAlive)));
    }

    #[test]
    fn closing_ends_a_body_without_a_length_and_cuts_any_other() {
        let mut open_ended = Response::to(Method::Get);
        assert_eq!(open_ended.feed(b"HTTP/1.1 200 OK\r\n\r\nabc"), Ok(Partial));
        assert_eq!(
            (open_ended.close(), open_ended.body_bytes(), open_ended.head().afterwards),
            (Complete, 3, Close)
        );
        let mut cut = Response::to(Method::Get);
        assert_eq!(cut.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), Ok(Partial));
        assert_eq!(cut.close(), Partial);
        assert_eq!(Response::to(Method::Get).close(), Partial);
    }

    #[test]
    fn a_head_response_has_no_body() {
        let mut response = Response::to(Method::Head);
        assert_eq!(response.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"), Ok(Complete));
    }

    #[test]
    fn knows_when_the_connection_is_closed_afterwards() {
        let with = |head: &str| read(&format!("{head}\r\nContent-Length: 0\r\n\r\n")).unwrap().3;
        assert_eq!(with("HTTP/1.1 200 OK\r\nConnection: close"), Close);
        assert_eq!(with("HTTP/1.0 200 OK"), Close);
        assert_eq!(with("HTTP/1.0 200 OK\r\nConnection: Keep-Alive"), KeepAlive);
    }

    #[test]
    fn knows_where_a_redirect_leads_and_how_a_body_is_packed() {
        let mut response = Response::to(Method::Get);
        let bytes =
            b"HTTP/1.1 302 Found\r\nlocation: /x\r\nContent-Encoding: GZIP\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(response.feed(bytes), Ok(Complete));
        assert_eq!(response.head().encoding, Encoding::Identity.and(b"gzip"));
        assert_eq!(response.take_location().as_deref(), Some("/x"));
        let mut created = Response::to(Method::Post);
        created.feed(b"HTTP/1.1 201 Created\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n").unwrap();
        assert_eq!(created.take_location(), None, "a new resource's place is no redirect");
    }

    #[test]
    fn bytes_after_a_complete_response_leave_it_standing_and_close_the_connection() {
        for (response, body_bytes) in [
            ("HTTP/1.1 204 No Content\r\n\r\n0\r\n\r\n", 0),
            ("HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\nabc", 0),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab", 1),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP/1.1 500", 0),
        ] {
            let (progress, _, bytes, afterwards) = read(response).unwrap();
            assert_eq!((progress, bytes, afterwards), (Complete, body_bytes, Close), "{response:?}");
        }
    }

    #[test]
    fn odd_heads_that_browsers_read_are_read() {
        let folded = "HTTP/1.1 200 OK\r\nX-Long: a\r\n b\r\nContent-Length: 1\r\n\r\nx";
        assert_eq!(read(folded), Ok((Complete, 200, 1, KeepAlive)));
        let many: String = (0..200).map(|number| format!("X-{number}: y\r\n")).collect();
        let of_many = |headers: &str| {
            let mut response = Response::to(Method::Get);
            response.feed(format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: 0\r\n\r\n").as_bytes())
        };
        assert_eq!(of_many(&many), Ok(Complete));
        assert_eq!(of_many(&many.repeat(2)), Err(Malformed::Head(httparse::Error::TooManyHeaders)));
    }

    #[test]
    fn refuses_what_is_not_http() {
        assert_eq!(read("SSH-2.0-OpenSSH_9.2\r\n"), Err(Malformed::Head(httparse::Error::Version)));
        let switched = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n";
        assert_eq!(read(switched), Err(Malformed::Switched));
        for length in ["x", "+5", "-1", "1.5", ""] {
            let response = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
            assert_eq!(read(&response), Err(Malformed::Length), "{length:?}");
        }
        assert_eq!(
            read("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"),
            Err(Malformed::Length)
        );
        assert_eq!(
            read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
            Err(Malformed::Chunk)
        );
        let endless = format!("HTTP/1.1 200 OK\r\nX: {}", "y".repeat(MAX_HEAD_BYTES));
        let whole = endless + "\r\n\r\n";
        for piece_bytes in [4096, whole.len()] {
            let mut response = Response::to(Method::Get);
            let outcome =
                whole.as_bytes().chunks(piece_bytes).try_for_each(|piece| response.feed(piece).map(|_| ()));
            assert_eq!(outcome, Err(Malformed::HeadTooLarge), "in pieces of {piece_bytes}");
        }
    }
}
