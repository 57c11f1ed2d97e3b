//! A parser of server-sent events that takes the body in pieces, as they arrive.
//!
//! It follows the WHATWG rules (HTML, §9.2.5–9.2.6) at any cut between pieces: within a line break, a character or the
//! byte order mark. It reads no clock and does not know what an event means. It ignores `id` and `retry`, because they
//! serve reconnecting, which a load test does not do.

/// The largest event in bytes. It limits the memory of a parser; the plan of a thousand days has 0.5 MB.
pub const MAX_EVENT_BYTES: usize = 1024 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// The value of the `event` field; `message` when there is none.
    pub name: &'a str,
    /// The values of the `data` lines, joined by line feeds.
    pub data: &'a str,
}

/// An event is larger than [`MAX_EVENT_BYTES`]. The rest of the stream cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event is over 1 MB")]
pub struct EventTooLarge;

/// Parses the events of one stream.
#[derive(Debug, Default)]
pub struct Parser {
    /// The bytes of the unfinished line.
    line: Vec<u8>,
    /// The data lines of the unfinished event, each with a line feed at its end.
    data: Vec<u8>,
    /// The name of the unfinished event; empty when it has none.
    name: String,
    place: Place,
}

/// The place in the stream of the next byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// The next byte is in the first line, which may start with a byte order mark.
    #[default]
    FirstLine,
    /// The next byte is in a later line.
    Line,
    /// The next byte follows a carriage return. If it is a line feed, it belongs to the same line break.
    AfterReturn,
}

impl Parser {
    /// Takes the next bytes and calls `on_event` for each event that they complete.
    pub fn feed(
        &mut self,
        mut bytes: &[u8],
        mut on_event: impl FnMut(Event<'_>),
    ) -> Result<(), EventTooLarge> {
        while let Some(first) = bytes.first() {
            if self.place == Place::AfterReturn {
                self.place = Place::Line;
                if *first == b'\n' {
                    bytes = bytes.get(1..).unwrap_or_default();
                    continue;
                }
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let (piece, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
            if self.line.len() + self.data.len() + piece.len() > MAX_EVENT_BYTES {
                return Err(EventTooLarge);
            }
            self.line.extend_from_slice(piece);
            let Some((line_end, rest)) = rest.split_first() else { break };
            self.end_line(&mut on_event);
            self.place = if *line_end == b'\r' { Place::AfterReturn } else { Place::Line };
            bytes = rest;
        }
        Ok(())
    }

    fn end_line(&mut self, on_event: &mut impl FnMut(Event<'_>)) {
        let mut line = std::mem::take(&mut self.line);
        let marked = self.place == Place::FirstLine && line.starts_with(BYTE_ORDER_MARK);
        let text = line.get(if marked { BYTE_ORDER_MARK.len() } else { 0 }..).unwrap_or_default();
        if text.is_empty() {
            self.dispatch(on_event);
        } else {
            self.take_field(text);
        }
        // The next line reuses this memory.
        line.clear();
        self.line = line;
    }

    /// A line without a colon is a field without a value; one that starts with a colon is a comment.
    fn take_field(&mut self, line: &[u8]) {
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (name, value) = line.split_at(colon);
        let value = value.strip_prefix(b":").unwrap_or_default();
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            b"data" => {
                self.data.extend_from_slice(value);
                self.data.push(b'\n');
            }
            b"event" => self.name = String::from_utf8_lossy(value).into_owned(),
            _ => {}
        }
    }

    /// Ends the event at an empty line. Without a `data` line there is no event.
    fn dispatch(&mut self, on_event: &mut impl FnMut(Event<'_>)) {
        let name = std::mem::take(&mut self.name);
        if let Some(data) = self.data.strip_suffix(b"\n") {
            let name = if name.is_empty() { "message" } else { name.as_str() };
            // Characters are decoded here, because only here are they complete. Bytes that are not UTF-8 become U+FFFD,
            // as the rules say.
            on_event(Event { name, data: &String::from_utf8_lossy(data) });
        }
        self.data.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<(String, String)> {
        let mut parser = Parser::default();
        let mut events = Vec::new();
        for piece in pieces {
            parser.feed(piece, |event| events.push((event.name.to_owned(), event.data.to_owned()))).unwrap();
        }
        events
    }

    /// Parses the stream in pieces of every size, and in two pieces cut at every byte. The events must always be the
    /// same.
    fn events(stream: &str) -> Vec<(String, String)> {
        let bytes = stream.as_bytes();
        let whole = parse([bytes]);
        for size in 1..=bytes.len() {
            assert_eq!(parse(bytes.chunks(size)), whole, "{stream:?} in pieces of {size}");
            let (first, second) = bytes.split_at(size);
            assert_eq!(parse([first, second]), whole, "{stream:?} cut at {size}");
        }
        whole
    }

    fn data(stream: &str) -> Vec<String> {
        events(stream).into_iter().map(|(_, data)| data).collect()
    }

    #[test]
    fn korean_text_survives_a_cut_at_any_byte() {
        let stream =
            "data: {\"message\": \"여행 계획 생성 완료!\"}\n\ndata: 💾 저장된 계획\r\n\r\ndata:서울\r\r";
        assert_eq!(data(stream), ["{\"message\": \"여행 계획 생성 완료!\"}", "💾 저장된 계획", "서울"]);
    }

    #[test]
    fn lines_end_in_any_of_the_three_ways() {
        assert_eq!(data("data: a\r\ndata: b\r\n\r\n"), ["a\nb"]);
        assert_eq!(data("data: a\rdata: b\r\r"), ["a\nb"]);
        assert_eq!(data("data: a\ndata: b\n\n"), ["a\nb"]);
        assert_eq!(data("data: a\r\n\ndata: b\n\r\n"), ["a", "b"]);
    }

    #[test]
    fn only_an_empty_line_completes_an_event() {
        assert_eq!(data("data: a\n"), [""; 0]);
        assert_eq!(data("data: a\n\ndata: b\n"), ["a"]);
        assert_eq!(data("event: x\n\nid: 1\n\n\n\n"), [""; 0], "without data there is no event");
    }

    #[test]
    fn one_space_after_the_colon_is_not_part_of_the_value() {
        assert_eq!(data("data:a\n\ndata:  b\n\ndata: c: d\n\n"), ["a", " b", "c: d"]);
        assert_eq!(data("data\n\ndata\ndata\n\ndata:\n\n"), ["", "\n", ""], "the rules' own example");
    }

    #[test]
    fn comments_and_unknown_fields_are_ignored() {
        assert_eq!(data(": hello\ndata: a\n:\nretry: 3\nid: 7\nfoo: bar\n\n"), ["a"]);
    }

    #[test]
    fn a_name_holds_for_one_event() {
        let seen =
            events("event: add\ndata: 1\n\ndata: 2\n\nevent: 삭제\ndata: 3\n\nevent: x\n\ndata: 4\n\n");
        let names: Vec<_> = seen.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["add", "message", "삭제", "message"]);
    }

    #[test]
    fn a_byte_order_mark_counts_only_at_the_start() {
        assert_eq!(data("\u{feff}data: a\n\n\u{feff}data: b\n\n"), ["a"]);
        assert_eq!(data("\u{feff}\ndata: a\n\n"), ["a"]);
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_replaced() {
        assert_eq!(parse([b"data: a\xEC\x84\n\n".as_slice()])[0].1, "a\u{fffd}");
    }

    #[test]
    fn an_endless_event_is_refused_with_bounded_memory() {
        let mut line = Parser::default();
        let piece = [b'x'; 4096];
        let refused = (0..1000).find_map(|_| line.feed(&piece, |_| ()).err());
        assert_eq!((refused, line.line.len() <= MAX_EVENT_BYTES), (Some(EventTooLarge), true));
        let mut lines = Parser::default();
        let refused = (0..100_000).find_map(|_| lines.feed(b"data: 0123456789abcdef\n", |_| ()).err());
        assert_eq!((refused, lines.data.len() <= MAX_EVENT_BYTES), (Some(EventTooLarge), true));
        let mut events = Parser::default();
        let long = "data: 0123456789abcdef\n\n".repeat(100_000);
        assert_eq!(events.feed(long.as_bytes(), |_| ()), Ok(()), "many small events are no large one");
    }
}
