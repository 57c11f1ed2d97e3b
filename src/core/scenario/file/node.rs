//! A YAML text as a tree in which every key and value knows its place.
//!
//! The crate `serde-saphyr` reads the text. Limits of size, depth and aliases keep a hostile text from costing time or
//! memory. What a scenario may say is not known here.

use std::fmt;

use serde::Deserialize;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde_saphyr::granit_parser::ErrorKind;
use serde_saphyr::localizer::ExternalMessageSource;
use serde_saphyr::{Error, Location, Spanned};

use super::problem::{Place, Problem, Subject};

/// The longest text. A scenario of a thousand requests has a tenth of it; rows belong into data files.
pub const LONGEST_TEXT: usize = 1 << 20;
/// The most keys, values and lists, those that aliases repeat included.
const MOST_NODES: usize = 200_000;
/// The most fields of one group: each is looked for among the others.
const MOST_FIELDS: usize = 1_000;
/// How deep values may be nested.
const DEEPEST: usize = 60;

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub place: Place,
    pub value: Value,
}

/// A value of YAML. A number keeps the text that was written, so that `1.50` stays `1.50` where a text is wanted.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// The key of a value in a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub place: Place,
    pub name: String,
}

impl Node {
    /// Reads a text.
    pub fn read(text: &str) -> Result<Self, Problem> {
        if text.len() > LONGEST_TEXT {
            let megabytes = text.len() as f64 / f64::from(1 << 20);
            let message = format!(
                "the text has {megabytes:.1} MB, and a scenario has at most 1 MB; put rows into a file under `data`"
            );
            return Err(whole_text(message));
        }
        let budget = serde_saphyr::budget! {
            max_events: MOST_NODES,
            max_nodes: MOST_NODES,
            max_depth: DEEPEST,
            max_aliases: 10_000,
        };
        let mut options = serde_saphyr::options! {
            budget: budget,
            strict_booleans: true,
            with_snippet: false,
        };
        options.alias_limits.max_total_replayed_events = MOST_NODES;
        let read: Spanned<Raw> =
            serde_saphyr::from_str_with_options(text, options).map_err(|error| problem_of(error, text))?;
        let tree = node(read, text);
        if let Some(place) = tree.crowded() {
            let message = format!("a group has over {MOST_FIELDS} fields; use fewer");
            return Err(Problem { place, ..whole_text(message) });
        }
        match tree.value {
            Value::Null => {
                Err(whole_text("the text is empty; a scenario begins with `scenario: NAME`".to_owned()))
            }
            _ => Ok(tree),
        }
    }

    /// The first field beyond the most that a group may have.
    fn crowded(&self) -> Option<Place> {
        match &self.value {
            Value::Map(fields) => {
                let beyond = fields.get(MOST_FIELDS).map(|(key, _)| key.place);
                beyond.or_else(|| fields.iter().find_map(|(_, value)| value.crowded()))
            }
            Value::List(items) => items.iter().find_map(Self::crowded),
            _ => None,
        }
    }

    /// What a value is, for a message.
    pub const fn kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "fields",
        }
    }

    /// The keys and indexes that lead to the key or value at a place, or to the last one before it.
    pub fn path_to(&self, place: Place) -> String {
        let mut last = Place::default();
        self.each_place(&mut |own| {
            if own <= place && own > last {
                last = own;
            }
        });
        self.path_at(last).unwrap_or_default()
    }

    fn each_place(&self, look: &mut dyn FnMut(Place)) {
        look(self.place);
        match &self.value {
            Value::Map(fields) => fields.iter().for_each(|(key, value)| {
                look(key.place);
                value.each_place(look);
            }),
            Value::List(items) => items.iter().for_each(|item| item.each_place(look)),
            _ => {}
        }
    }

    /// A group of fields stands where its first field stands, and then the field is found.
    fn path_at(&self, place: Place) -> Option<String> {
        match &self.value {
            Value::Map(fields) => fields.iter().find_map(|(key, value)| {
                if key.place == place {
                    return Some(key.name.clone());
                }
                let inner = value.path_at(place).or_else(|| (value.place == place).then(String::new))?;
                Some(joined(&key.name, &inner))
            }),
            Value::List(items) => items.iter().enumerate().find_map(|(index, item)| {
                let inner = item.path_at(place).or_else(|| (item.place == place).then(String::new))?;
                Some(joined(&format!("[{index}]"), &inner))
            }),
            _ => None,
        }
    }
}

fn joined(first: &str, rest: &str) -> String {
    if rest.is_empty() || rest.starts_with('[') {
        format!("{first}{rest}")
    } else {
        format!("{first}.{rest}")
    }
}

fn whole_text(message: String) -> Problem {
    Problem { place: Place::default(), width: 1, path: String::new(), subject: Subject::Field, message }
}

fn place(location: Location) -> Place {
    Place { line: location.line() as usize, column: location.column() as usize }
}

/// What the YAML reader says, in our words where people will often meet it.
fn problem_of(error: Error, text: &str) -> Problem {
    let at = error.location().map(place).unwrap_or_default();
    let mut message = message_of(error.without_snippet());
    let line = text.lines().nth(at.line.saturating_sub(1)).unwrap_or_default();
    if message.starts_with(NOT_YAML) && has_bare_blank(line) {
        message += ". Inside `{ }` and `[ ]`, a text with `${…}` stands in quotes: `{ id: \"${id}\" }`";
    }
    Problem { place: at, ..whole_text(message) }
}

/// The start of messages about YAML itself.
const NOT_YAML: &str = "this is not YAML";

/// Whether a line has `${` outside of quotes and within braces or brackets, whose signs it has in common with YAML.
fn has_bare_blank(line: &str) -> bool {
    let (mut quote, mut is_within, mut before) = (None, false, ' ');
    for c in line.chars() {
        match (quote, c) {
            (Some(open), _) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '{') if before == '$' && is_within => return true,
            (None, '{' | '[') => is_within = true,
            (None, _) => {}
        }
        before = c;
    }
    false
}

fn message_of(error: &Error) -> String {
    match error {
        Error::AliasError { error, .. } => message_of(error),
        Error::ExternalMessage { source, .. } => match &**source {
            ExternalMessageSource::Parser(error) if *error.kind() == ErrorKind::RecursionLimitExceeded => {
                too_large()
            }
            ExternalMessageSource::Parser(error) => format!("{NOT_YAML}: {}", error.kind()),
            _ => format!("{NOT_YAML}: {error}"),
        },
        Error::DuplicateMappingKey { key: Some(key), .. } => {
            format!("the field `{key}` stands here twice; keep one of them")
        }
        Error::MultipleDocuments { .. } => {
            "the text has several documents; keep one, without `---` between".to_owned()
        }
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => too_large(),
        Error::UnknownAnchor { .. } => {
            "no anchor of that name stands before this alias; write `&name` first".to_owned()
        }
        other => format!("{NOT_YAML}: {}", first_line(&other.to_string())),
    }
}

fn too_large() -> String {
    format!(
        "the text is too large or too deep once its aliases are replaced: at most {MOST_NODES} values and {DEEPEST} levels"
    )
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// A value as the YAML reader hands it over.
enum Raw {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

fn node(raw: Spanned<Raw>, text: &str) -> Node {
    let written = written(&raw.defined, text);
    let value = match raw.value {
        Raw::Null => Value::Null,
        Raw::Bool(value) => Value::Bool(value),
        Raw::Number(number) => Value::Number(match written {
            Some(written) if serde_json::from_str::<serde_json::Number>(written).is_ok() => {
                written.to_owned()
            }
            _ => number,
        }),
        Raw::Text(text) => Value::Text(text),
        Raw::List(items) => Value::List(items.into_iter().map(|item| node(item, text)).collect()),
        Raw::Map(fields) => {
            let key = |key: Spanned<String>| Key { place: place(key.referenced), name: key.value };
            Value::Map(fields.into_iter().map(|(name, value)| (key(name), node(value, text))).collect())
        }
    };
    Node { place: place(raw.referenced), value }
}

/// The characters of a value as they stand in the text.
fn written<'a>(location: &Location, text: &'a str) -> Option<&'a str> {
    let start = usize::try_from(location.span().byte_offset()?).ok()?;
    let length = usize::try_from(location.span().byte_len()?).ok()?;
    text.get(start..start.checked_add(length)?)
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(if value.is_finite() { Raw::Number(value.to_string()) } else { Raw::Text(value.to_string()) })
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Raw, E> {
        Ok(Raw::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(field) = fields.next_entry()? {
            map.push(field);
        }
        Ok(Raw::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> Problem {
        Node::read(text).unwrap_err()
    }

    fn at(line: usize, column: usize) -> Place {
        Place { line, column }
    }

    #[test]
    fn every_key_and_value_knows_its_place() {
        let tree = Node::read("a: 1\nb:\n  - 두: x\n    c: [true, 1.50]\n").unwrap();
        assert_eq!(tree.path_to(at(1, 1)), "a");
        assert_eq!(tree.path_to(at(3, 8)), "b[0].두");
        assert_eq!(tree.path_to(at(4, 15)), "b[0].c[1]");
        assert_eq!(tree.path_to(at(3, 9)), "b[0].두", "within a value");
        let Value::Map(fields) = &tree.value else { panic!("{tree:?}") };
        assert_eq!((fields[1].0.place, fields[1].1.place), (at(2, 1), at(3, 3)));
    }

    #[test]
    fn a_number_keeps_what_was_written() {
        let values = Node::read("[1.50, 007, 1e3, 0x10, '7', no, ~, true]").unwrap();
        let Value::List(items) = values.value else { panic!("no list") };
        let values: Vec<_> = items.into_iter().map(|item| item.value).collect();
        assert_eq!(values[0], Value::Number("1.50".into()));
        assert_eq!(values[2], Value::Number("1e3".into()));
        assert_eq!(values[3], Value::Number("16".into()));
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(values[4..], [text("7"), text("no"), Value::Null, Value::Bool(true)]);
    }

    #[test]
    fn an_alias_stands_where_it_is_used() {
        let tree = Node::read("a: &x { y: 1 }\nb: *x\n").unwrap();
        let Value::Map(fields) = &tree.value else { panic!("{tree:?}") };
        assert_eq!(fields[1].1.place, at(2, 4));
    }

    #[test]
    fn a_text_that_is_not_yaml_is_refused_at_its_place() {
        assert_eq!(problem("a: [1, 2\n").message.split(':').next(), Some("this is not YAML"));
        let twice = problem("a: 1\nb: 2\na: 3\n");
        assert_eq!(
            (twice.place, twice.message.as_str()),
            (at(3, 1), "the field `a` stands here twice; keep one of them")
        );
        assert!(problem("").message.starts_with("the text is empty"), "{:?}", problem(""));
        assert!(problem("a: 1\n---\nb: 1\n").message.starts_with("the text has several documents"));
        assert_eq!(
            problem("a: *nobody").message,
            "no anchor of that name stands before this alias; write `&name` first"
        );
    }

    #[test]
    fn a_hostile_text_is_refused_at_once() {
        let mut bomb = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n".to_owned();
        for level in 1..12 {
            let below = format!("*a{}", level - 1);
            bomb += &format!("a{level}: &a{level} [{}]\n", vec![below; 10].join(","));
        }
        assert!(
            problem(&bomb).message.starts_with("the text is too large or too deep"),
            "{:?}",
            problem(&bomb)
        );
        let crowd: String = (0..=1_000).map(|n| format!("a{n}: 1\n")).collect();
        let crowded = problem(&crowd);
        assert_eq!(
            (crowded.place, crowded.message.as_str()),
            (at(1_001, 1), "a group has over 1000 fields; use fewer")
        );
        let deep = "[".repeat(10_000);
        assert!(
            problem(&deep).message.starts_with("the text is too large or too deep"),
            "{:?}",
            problem(&deep)
        );
        let long = "a".repeat(10 << 20);
        assert!(problem(&long).message.starts_with("the text has 10.0 MB, and a scenario has at most 1 MB"));
    }
}
