//! What a scenario looks at in an answer: status, headers, body, events. A transport hands one back only for a request
//! that asks for it; what it means is decided in `run/session/`.

use std::cell::{Cell, OnceCell};

use serde_json::Value;

use crate::core::base::event_kind::EventKind;
use crate::core::base::failure::Status;

/// How much of a body is handed back. A list of 3,000 plans has 2 MB.
pub const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;
/// How many values are looked for before a whole tree is made of the body.
const LOOKS_WITHOUT_A_TREE: u32 = 2;
/// How many bytes of events are handed back.
const MAX_EVENTS_BYTES: usize = 4 * 1024 * 1024;

/// An answer, as far as its request asked for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    pub status: Status,
    pub headers: HeaderLines,
    /// Unpacked; at most [`MAX_BODY_BYTES`].
    pub body: Vec<u8>,
    pub events: Events,
    json: OnceCell<Option<Value>>,
    looks: Cell<u32>,
}

impl Answer {
    pub fn new(status: Status, headers: HeaderLines, body: Vec<u8>) -> Self {
        Self { status, headers, body, ..Self::default() }
    }

    /// The same answer with the events of its stream.
    pub fn with_events(self, events: Events) -> Self {
        Self { events, ..self }
    }

    /// The body as text; what is not UTF-8 in it is replaced.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The body as JSON, parsed at the first call; `None` where it is no JSON.
    pub fn json(&self) -> Option<&Value> {
        self.json.get_or_init(|| serde_json::from_slice(&self.body).ok()).as_ref()
    }

    /// Counts a look-up in the body, and says whether parsing the whole body pays: one value or two are found sooner
    /// without a tree.
    pub fn is_tree_worth_it(&self) -> bool {
        let looks = self.looks.get() + 1;
        self.looks.set(looks);
        looks > LOOKS_WITHOUT_A_TREE || self.json.get().is_some()
    }

    /// The value of a cookie that the answer sets; the last one of that name counts, as it does for a client.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let pairs = self.headers.all("set-cookie").filter_map(|line| line.split(';').next()?.split_once('='));
        pairs
            .filter(|(known, _)| known.trim() == name)
            .last()
            .map(|(_, value)| value.trim().trim_matches('"'))
    }
}

/// The lines of a head, kept in one text: most answers are looked at for one header or none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderLines(String);

impl HeaderLines {
    /// Adds a header. A line break in a value would begin another header, so it becomes a space.
    pub fn push(&mut self, name: &str, value: &str) {
        self.0.push_str(name);
        self.0.push(':');
        self.0.extend(value.trim().chars().map(|c| if matches!(c, '\r' | '\n') { ' ' } else { c }));
        self.0.push('\n');
    }

    /// Names and values, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.lines().filter_map(|line| line.split_once(':'))
    }

    /// The values of all headers of that name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The value of the first header of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// The data of a stream's events, in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Events {
    kept: Vec<(EventKind, String)>,
    bytes: usize,
}

impl Events {
    /// Keeps an event, as long as there is room.
    pub fn push(&mut self, kind: EventKind, data: &str) {
        if self.bytes + data.len() <= MAX_EVENTS_BYTES {
            self.bytes += data.len();
            self.kept.push((kind, data.to_owned()));
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (EventKind, &str)> {
        self.kept.iter().map(|(kind, data)| (*kind, data.as_str()))
    }

    /// The data of the first event of that kind.
    pub fn first_of(&self, kind: EventKind) -> Option<&str> {
        self.iter().find(|(known, _)| *known == kind).map(|(_, data)| data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(lines: &[(&str, &str)], body: &str) -> Answer {
        let mut headers = HeaderLines::default();
        lines.iter().for_each(|(name, value)| headers.push(name, value));
        Answer::new(200, headers, body.into())
    }

    #[test]
    fn a_header_is_found_by_any_spelling_of_its_name() {
        let seen = answer(&[("X-Id", " 7 "), ("x-id", "8"), ("Date", "Thu, 01 Jan: 00:00")], "");
        assert_eq!(
            (seen.headers.get("x-ID"), seen.headers.get("date")),
            (Some("7"), Some("Thu, 01 Jan: 00:00"))
        );
        assert_eq!(seen.headers.all("X-ID").collect::<Vec<_>>(), ["7", "8"]);
        assert_eq!(seen.headers.get("absent"), None);
    }

    #[test]
    fn the_last_cookie_of_a_name_counts() {
        let seen = answer(
            &[("Set-Cookie", "sid=1; Path=/"), ("Set-Cookie", "sid=\"2\""), ("Set-Cookie", "x=y=z")],
            "",
        );
        assert_eq!((seen.cookie("sid"), seen.cookie("x"), seen.cookie("y")), (Some("2"), Some("y=z"), None));
    }

    #[test]
    fn a_body_that_is_no_json_has_none() {
        assert_eq!(answer(&[], "<html>").json(), None);
        assert_eq!(answer(&[], "[1]").json(), Some(&serde_json::json!([1])));
    }

    #[test]
    fn a_line_break_begins_no_header() {
        let seen = answer(&[("A", "1\nB: 2")], "");
        assert_eq!((seen.headers.get("a"), seen.headers.get("b")), (Some("1 B: 2"), None));
    }
}
