//! Server-sent events out of a body's pieces, as they arrive.
//!
//! Follows the WHATWG rules (HTML, §9.2.5–9.2.6) wherever the pieces are cut: within a line break, a character or
//! the byte order mark. Knows no clock and no meaning of an event; `id` and `retry` serve reconnecting, which a
//! load test does not do, so they are passed over.

/// Largest event that is put together: a thousand-day plan has 0.5 MB. Memory is bounded by it.
pub const MAX_EVENT_BYTES: usize = 1024 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// One event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// The `event` field; `message` without one.
    pub name: &'a str,
    /// The `data` lines, joined by line feeds.
    pub data: &'a str,
}

/// An event is longer than [`MAX_EVENT_BYTES`]; the stream cannot be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event is over 1 MB")]
pub struct EventTooLarge;

/// Puts one stream's events together.
#[derive(Debug, Default)]
pub struct Parser {
    /// The line under way, without its end.
    line: Vec<u8>,
    /// The data lines of the event under way, each with a line feed at its end.
    data: Vec<u8>,
    /// The name of the event under way; empty without one.
    name: String,
    place: Place,
}

/// Where in the stream the next byte is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// In the first line, which may begin with a byte order mark.
    #[default]
    FirstLine,
    /// In a later one.
    Line,
    /// Right after a carriage return: a line feed here belongs to it.
    AfterReturn,
}

impl Parser {
    /// Takes the next bytes, and hands on each event that they complete.
    pub fn feed(
        &mut self,
        mut bytes: &[u8],
        mut hand_on: impl FnMut(Event<'_>),
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
            self.end_line(&mut hand_on);
            self.place = if *line_end == b'\r' { Place::AfterReturn } else { Place::Line };
            bytes = rest;
        }
        Ok(())
    }

    fn end_line(&mut self, hand_on: &mut impl FnMut(Event<'_>)) {
        let mut line = std::mem::take(&mut self.line);
        let marked = self.place == Place::FirstLine && line.starts_with(BYTE_ORDER_MARK);
        let text = line.get(if marked { BYTE_ORDER_MARK.len() } else { 0 }..).unwrap_or_default();
        if text.is_empty() {
            self.dispatch(hand_on);
        } else {
            self.take_field(text);
        }
        // Its memory serves the next line.
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

    /// An empty line ends the event; one without any `data` line is none.
    fn dispatch(&mut self, hand_on: &mut impl FnMut(Event<'_>)) {
        let name = std::mem::take(&mut self.name);
        if let Some(data) = self.data.strip_suffix(b"\n") {
            let name = if name.is_empty() { "message" } else { name.as_str() };
            // Characters are decoded here, where they are whole; what is no UTF-8 becomes U+FFFD, as the rules say.
            hand_on(Event { name, data: &String::from_utf8_lossy(data) });
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

    /// Parses in pieces of every size and in two pieces cut at every byte: the events must be the same.
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
    fn comments_and_unknown_fields_are_passed_over() {
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
    fn what_is_no_utf_8_is_replaced() {
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
