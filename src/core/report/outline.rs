//! The outline of a file: what it says it is, and how much memory its rows would take, before anything of it is kept.
//!
//! A row of 50 bytes in a file can become one of 3 KB in memory. So the rows are counted first, which takes no memory
//! whatever the file holds, and a file that no run leaves is refused.

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};

use super::{Entry, FailureRow, IntervalRow, IntervalStreams, Series, TimelineRow};

/// The most memory that a report may take beside its texts, in bytes.
const MAX_BYTES_OF_ROWS: u64 = 96 * 1024 * 1024;
/// The most values in a part that is no list of rows: what was run, and by what.
const MAX_VALUES: u64 = 20_000;
/// What a map from event types to distributions takes, by its first one: room for eleven.
const ROOM_FOR_TYPES: u64 = 11 * (size_of::<super::Distribution>() as u64 + 8);
const ROOM_FOR_TYPES_OF_INTERVAL: u64 = 11 * (size_of::<super::Recorded>() as u64 + 8);
const ROOM_FOR_KINDS: u64 = 11 * 16;
/// The least that a text takes.
const ROOM_FOR_SHORT_TEXT: u64 = 32;
/// What a text takes beside its letters; a label has two, and its place.
const ROOM_FOR_TEXT: u64 = 64;
/// What a status and its count take.
const ROOM_FOR_STATUS: u64 = 32;

/// What a file says it is, and what its parts hold.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Outline {
    pub schema: Option<Word>,
    pub version: Option<Word>,
    run: Part,
    generator: Part,
    total: Part,
    requests: Part,
    groups: Part,
    failures: Part,
    timeline: Part,
    intervals: IntervalsOutline,
    health: Part,
    connections: Part,
    series: Part,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct IntervalsOutline {
    rows: Part,
}

impl Outline {
    /// The part that would take more memory than there is for all, with its rows; `None` when the report fits.
    pub fn too_much(&self) -> Option<(&'static str, u64)> {
        let of_run = [
            ("run", &self.run),
            ("generator", &self.generator),
            ("total", &self.total),
            ("health", &self.health),
            ("connections", &self.connections),
        ];
        if let Some((name, part)) = of_run.into_iter().find(|(_, part)| part.values > MAX_VALUES) {
            return Some((name, part.values));
        }
        let mut lists = self.lists();
        let sum: u64 = lists.iter().map(|(_, _, bytes)| *bytes).fold(0, u64::saturating_add);
        lists.sort_by_key(|(_, _, bytes)| std::cmp::Reverse(*bytes));
        let (name, part, _) = lists.first()?;
        (sum > MAX_BYTES_OF_ROWS).then_some((*name, part.items))
    }

    /// The lists of rows, with the bytes that each would take. Version 1's rows are there twice for a moment.
    fn lists(&self) -> [(&'static str, &Part, u64); 6] {
        let copies = if self.version == Some(Word::Number(1)) { 2 } else { 1 };
        let timeline = self.timeline.items.saturating_mul(copies * size_of::<TimelineRow>() as u64);
        let rows = &self.intervals.rows;
        [
            ("requests", &self.requests, self.requests.bytes(size_of::<Entry>(), ROOM_FOR_TYPES)),
            ("groups", &self.groups, self.groups.bytes(size_of::<Entry>(), ROOM_FOR_TYPES)),
            ("failures", &self.failures, self.failures.bytes(size_of::<FailureRow>(), 0)),
            ("timeline", &self.timeline, timeline),
            ("intervals", rows, rows.bytes(size_of::<IntervalRow>(), ROOM_FOR_TYPES_OF_INTERVAL)),
            ("series", &self.series, self.series.bytes_of_series()),
        ]
    }
}

/// A name or a number. Anything else is only named, so that it takes no memory.
#[derive(Clone, Debug, PartialEq)]
pub enum Word {
    Text(String),
    Number(u64),
    /// What it is instead.
    Other(&'static str),
}

impl std::fmt::Display for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => write!(f, "\"{text}\""),
            Self::Number(number) => write!(f, "{number}"),
            Self::Other(what) => f.write_str(what),
        }
    }
}

/// The letters of a name that are kept.
const KEPT_CHARS: usize = 60;

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordVisitor)
    }
}

struct WordVisitor;

impl<'de> Visitor<'de> for WordVisitor {
    type Value = Word;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("anything")
    }

    fn visit_str<E>(self, text: &str) -> Result<Word, E> {
        Ok(Word::Text(text.chars().take(KEPT_CHARS).collect()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Word, E> {
        Ok(Word::Number(number))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Word, E> {
        Ok(Word::Other("a negative number"))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Word, E> {
        Ok(Word::Other("a fraction"))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Word, E> {
        Ok(Word::Other("true or false"))
    }

    fn visit_unit<E>(self) -> Result<Word, E> {
        Ok(Word::Other("null"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Word, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Word::Other("a list"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Word, A::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Word::Other("an object"))
    }
}

/// What a part of a file holds, counted.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    /// Elements, where it is a list.
    items: u64,
    /// Values of any kind, also within others.
    values: u64,
    /// Those that are text.
    texts: u64,
    /// Fields named by a number, as statuses are.
    statuses: u64,
    /// Fields of series' labels, and of whatever else has names of its own.
    names: u64,
    /// Fields of that name.
    streams: u64,
    by_type: u64,
    by_kind: u64,
}

impl Part {
    /// What a list takes whose rows have `of_row` bytes; lists grow to the next power of two.
    fn bytes(&self, of_row: usize, of_types: u64) -> u64 {
        let rows = self.items.checked_next_power_of_two().unwrap_or(u64::MAX);
        let streams = size_of::<IntervalStreams>() as u64;
        [
            (rows, of_row as u64),
            (self.statuses, ROOM_FOR_STATUS),
            (self.streams, streams),
            (self.by_type, of_types),
            (self.by_kind, ROOM_FOR_KINDS),
            (self.texts, ROOM_FOR_SHORT_TEXT),
        ]
        .into_iter()
        .map(|(count, bytes)| count.saturating_mul(bytes))
        .fold(0, u64::saturating_add)
    }

    /// Points are pairs of numbers; lists of them grow to up to the double.
    fn bytes_of_series(&self) -> u64 {
        let number = 2 * size_of::<Option<f64>>() as u64;
        let labels = self.names.saturating_mul(ROOM_FOR_TEXT);
        let texts = self.texts.saturating_mul(ROOM_FOR_TEXT);
        let rows = self.items.saturating_mul(2 * size_of::<Series>() as u64);
        self.values
            .saturating_mul(number / 2)
            .saturating_add(labels)
            .saturating_add(texts)
            .saturating_add(rows)
    }

    const fn one() -> Self {
        Self { items: 0, values: 1, texts: 0, statuses: 0, names: 0, streams: 0, by_type: 0, by_kind: 0 }
    }

    /// Adds what is within a part.
    const fn contain(&mut self, inner: &Self) {
        self.values += inner.values;
        self.texts += inner.texts;
        self.statuses += inner.statuses;
        self.names += inner.names;
        self.streams += inner.streams;
        self.by_type += inner.by_type;
        self.by_kind += inner.by_kind;
    }

    const fn note(&mut self, field: Field) {
        self.names += 1;
        match field {
            Field::Status => self.statuses += 1,
            Field::Streams => self.streams += 1,
            Field::ByType => self.by_type += 1,
            Field::ByKind => self.by_kind += 1,
            Field::Other => {}
        }
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PartVisitor)
    }
}

struct PartVisitor;

impl<'de> Visitor<'de> for PartVisitor {
    type Value = Part;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("anything")
    }

    fn visit_str<E>(self, _: &str) -> Result<Part, E> {
        Ok(Part { texts: 1, ..Part::one() })
    }

    fn visit_u64<E>(self, _: u64) -> Result<Part, E> {
        Ok(Part::one())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Part, E> {
        Ok(Part::one())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Part, E> {
        Ok(Part::one())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Part, E> {
        Ok(Part::one())
    }

    fn visit_unit<E>(self) -> Result<Part, E> {
        Ok(Part::one())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Part, A::Error> {
        let mut part = Part::one();
        while let Some(item) = items.next_element::<Part>()? {
            part.items += 1;
            part.contain(&item);
        }
        Ok(part)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Part, A::Error> {
        let mut part = Part::one();
        while let Some((field, value)) = fields.next_entry::<Field, Part>()? {
            part.note(field);
            part.contain(&value);
        }
        Ok(part)
    }
}

/// A field by what it costs.
#[derive(Clone, Copy)]
enum Field {
    Status,
    Streams,
    ByType,
    ByKind,
    Other,
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldVisitor;
        impl Visitor<'_> for FieldVisitor {
            type Value = Field;
            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a name")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<Field, E> {
                Ok(match name {
                    "streams" => Field::Streams,
                    "by_type" => Field::ByType,
                    "failures_by_kind" => Field::ByKind,
                    name if name.starts_with(|c: char| c.is_ascii_digit()) => Field::Status,
                    _ => Field::Other,
                })
            }
        }
        deserializer.deserialize_identifier(FieldVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(text: &str) -> Outline {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn an_ordinary_report_fits() {
        let report = include_str!("../../../tests/fixtures/reports/v2/sim.json");
        assert_eq!(outline(report).too_much(), None);
    }

    #[test]
    fn the_part_with_more_rows_than_any_run_leaves_is_named_with_their_number() {
        let rows = |part: &str, n: usize| format!("{{\"{part}\":[{}0]}}", "0,".repeat(n - 1));
        assert_eq!(outline(&rows("requests", 20_000)).too_much(), None);
        assert_eq!(outline(&rows("requests", 90_000)).too_much(), Some(("requests", 90_000)));
        assert_eq!(outline(&rows("timeline", 200_000)).too_much(), None, "two days");
        let many = format!("{{\"intervals\":{}}}", rows("rows", 600_000));
        assert_eq!(outline(&many).too_much(), Some(("intervals", 600_000)));
        let notes = format!("{{\"generator\":{}}}", rows("notes", 30_000));
        assert_eq!(outline(&notes).too_much().map(|(part, _)| part), Some("generator"));
    }

    #[test]
    fn what_a_file_says_it_is_is_kept_only_where_it_is_a_word() {
        let schema = |text: &str| outline(&format!("{{\"schema\":{text}}}")).schema.unwrap().to_string();
        assert_eq!(schema("\"k6\""), "\"k6\"");
        assert_eq!(
            (schema("[{},{}]"), schema("{\"a\":1}"), schema("7")),
            ("a list".into(), "an object".into(), "7".into())
        );
        assert_eq!(schema(&format!("\"{}\"", "x".repeat(99))).len(), 62);
    }
}
