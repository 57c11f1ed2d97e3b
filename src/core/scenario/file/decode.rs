//! Reads the wire types from the tree of nodes: a `serde` deserializer that knows the place of every value.
//!
//! A wrong value becomes a [`Problem`] at its place. An unknown field does not end the reading, so that all of them are
//! found at once. What the fields mean is in `wire/`.

use std::cell::RefCell;

use serde::Deserialize;
use serde::de::value::{SeqDeserializer, StrDeserializer, U64Deserializer};
use serde::de::{self, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use super::at::AT;
pub use super::at::At;
use super::limits::MOST_PROBLEMS;
use super::node::{Key, Node, Value};
use super::problem::{Place, Problem, Subject};
use super::wrong::{KEYS, Wrong, unknown_field};

/// Reads a value, and the problems found on the way.
pub fn read<'de, T: Deserialize<'de>>(node: &'de Node) -> (Option<T>, Vec<Problem>) {
    let found = RefCell::new(Vec::new());
    let value = T::deserialize(Reader { node, found: &found });
    let mut found = found.into_inner();
    let value = value.map_err(|wrong| found.push(wrong.problem(node.place))).ok();
    (value, found)
}

/// Reads one node of the tree as the type that serde asks for.
#[derive(Clone, Copy)]
struct Reader<'de, 'f> {
    node: &'de Node,
    /// Collects a problem for each unknown field, so that reading goes on.
    found: &'f RefCell<Vec<Problem>>,
}

impl<'de> Reader<'de, '_> {
    fn width(&self) -> usize {
        match &self.node.value {
            Value::Text(text) => text.lines().next().unwrap_or_default().chars().count(),
            Value::Number(text) => text.len(),
            Value::Bool(value) => value.to_string().len(),
            Value::Null | Value::List(_) | Value::Map(_) => 1,
        }
    }

    fn subject(&self) -> Subject {
        match &self.node.value {
            Value::Map(fields) if fields.first().is_some_and(|(key, _)| key.place == self.node.place) => {
                Subject::Group
            }
            _ => Subject::Field,
        }
    }

    fn placed<T>(&self, result: Result<T, Wrong>) -> Result<T, Wrong> {
        result.map_err(|wrong| wrong.at(self.node.place, self.width(), self.subject()))
    }

    /// Where a number is wanted, a text that is one is taken: a setting from the environment is a text.
    fn number<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let result = match &self.node.value {
            Value::Text(text) if text.trim().parse::<f64>().is_ok_and(f64::is_finite) => {
                visit_number(text.trim(), visitor)
            }
            _ => self.visit(visitor),
        };
        self.placed(result)
    }

    fn visit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match &self.node.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(text) => visit_number(text, visitor),
            Value::Text(text) => visitor.visit_borrowed_str(text),
            Value::List(items) => visitor.visit_seq(Items { items: items.iter(), found: self.found }),
            Value::Map(fields) => visitor.visit_map(FieldsOf::new(fields, self.found, None)),
        }
    }
}

fn visit_number<'de, V: Visitor<'de>>(text: &str, visitor: V) -> Result<V::Value, Wrong> {
    if let Ok(number) = text.parse::<u64>() {
        return visitor.visit_u64(number);
    }
    if let Ok(number) = text.parse::<i64>() {
        return visitor.visit_i64(number);
    }
    visitor.visit_f64(text.parse().map_err(|_| de::Error::custom(format!("`{text}` is no number")))?)
}

impl<'de> de::Deserializer<'de> for Reader<'de, '_> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.placed(self.visit(visitor))
    }

    /// Where a text is wanted, a number is taken as it was written.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let result = match &self.node.value {
            Value::Number(text) => visitor.visit_borrowed_str(text),
            Value::Bool(value) => visitor.visit_str(if *value { "true" } else { "false" }),
            _ => self.visit(visitor),
        };
        self.placed(result)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.node.value {
            Value::Null => visitor.visit_none(),
            _ => self.placed(visitor.visit_some(self)),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        if name == AT {
            return self.placed(visitor.visit_seq(PlacedParts {
                next: 0,
                place: self.node.place,
                value: self,
            }));
        }
        self.placed(visitor.visit_newtype_struct(self))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let fields = match &self.node.value {
            // A struct that takes the names of its fields is a step, which must have one.
            Value::Map(fields) if fields.is_empty() && known.contains(&KEYS) => {
                return self.placed(Err(de::Error::invalid_value(Unexpected::Unit, &visitor)));
            }
            Value::Map(fields) => fields,
            // Fields have names, so a list of their values is refused.
            Value::List(_) => return self.placed(Err(de::Error::invalid_type(Unexpected::Seq, &visitor))),
            _ => return self.placed(self.visit(visitor)),
        };
        self.placed(visitor.visit_map(FieldsOf::new(fields, self.found, Some(known))))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let result = match &self.node.value {
            Value::Text(text) => visitor.visit_enum(text.as_str().into_deserializer()),
            _ => Err(de::Error::custom(format!("this is {}; write a word", self.node.kind()))),
        };
        self.placed(result)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let result = match &self.node.value {
            Value::Text(text) if matches!(text.trim(), "true" | "false") => {
                visitor.visit_bool(text.trim() == "true")
            }
            _ => self.visit(visitor),
        };
        self.placed(result)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.number(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.number(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.number(visitor)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u32 u128 f32 char bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

/// The line, the column and the value of an [`At`].
struct PlacedParts<D> {
    next: usize,
    place: Place,
    value: D,
}

impl<'de, D: de::Deserializer<'de, Error = Wrong> + Copy> SeqAccess<'de> for PlacedParts<D> {
    type Error = Wrong;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Wrong> {
        self.next += 1;
        let number = |number: usize| U64Deserializer::new(number as u64);
        match self.next {
            1 => seed.deserialize(number(self.place.line)).map(Some),
            2 => seed.deserialize(number(self.place.column)).map(Some),
            3 => seed.deserialize(self.value).map(Some),
            _ => Ok(None),
        }
    }
}

struct Items<'de, 'f> {
    items: std::slice::Iter<'de, Node>,
    found: &'f RefCell<Vec<Problem>>,
}

impl<'de> SeqAccess<'de> for Items<'de, '_> {
    type Error = Wrong;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Wrong> {
        let Some(node) = self.items.next() else { return Ok(None) };
        seed.deserialize(Reader { node, found: self.found }).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct FieldsOf<'de, 'f> {
    all: &'de [(Key, Node)],
    fields: std::slice::Iter<'de, (Key, Node)>,
    value: FieldValue<'de>,
    found: &'f RefCell<Vec<Problem>>,
    /// The fields of a struct; any other is noted and left out.
    known: Option<&'static [&'static str]>,
}

/// What the next call for a value returns.
enum FieldValue<'de> {
    /// A struct that takes the names of all its fields gets them as its first field.
    KeysFirst,
    Keys,
    Node(&'de Node),
    Taken,
}

impl<'de, 'f> FieldsOf<'de, 'f> {
    fn new(
        all: &'de [(Key, Node)],
        found: &'f RefCell<Vec<Problem>>,
        known: Option<&'static [&'static str]>,
    ) -> Self {
        let takes_keys = known.is_some_and(|known| known.contains(&KEYS));
        let value = if takes_keys { FieldValue::KeysFirst } else { FieldValue::Taken };
        Self { all, fields: all.iter(), value, found, known }
    }

    /// Whether a field is to be read. A name that begins with `x-` is free for anchors.
    fn takes(&self, key: &Key) -> bool {
        let Some(known) = self.known else { return true };
        if known.contains(&key.name.as_str()) && key.name != KEYS {
            return true;
        }
        if !key.name.starts_with("x-") {
            let is_shown = self.found.borrow().len() < MOST_PROBLEMS;
            let message = if is_shown {
                unknown_field(&key.name, known)
            } else {
                format!("unknown field `{}`", key.name)
            };
            let width = key.name.chars().count().max(1);
            let (place, path) = (key.place, String::new());
            let problem = Problem { place, width, path, subject: Subject::Field, message };
            self.found.borrow_mut().push(problem);
        }
        false
    }
}

impl<'de> MapAccess<'de> for FieldsOf<'de, '_> {
    type Error = Wrong;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Wrong> {
        if matches!(self.value, FieldValue::KeysFirst) {
            self.value = FieldValue::Keys;
            return seed.deserialize(StrDeserializer::new(KEYS)).map(Some);
        }
        while let Some((key, node)) = self.fields.next() {
            if self.takes(key) {
                self.value = FieldValue::Node(node);
                let width = key.name.chars().count();
                return seed
                    .deserialize(KeyReader(key))
                    .map(Some)
                    .map_err(|wrong| wrong.at(key.place, width, Subject::Field));
            }
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Wrong> {
        match std::mem::replace(&mut self.value, FieldValue::Taken) {
            FieldValue::Node(node) => seed.deserialize(Reader { node, found: self.found }),
            FieldValue::Keys => {
                seed.deserialize(SeqDeserializer::new(self.all.iter().map(|(key, _)| KeyReader(key))))
            }
            FieldValue::KeysFirst | FieldValue::Taken => Err(de::Error::custom("a value without a key")),
        }
    }
}

impl<'de> IntoDeserializer<'de, Wrong> for KeyReader<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// Reads the key of a field.
#[derive(Clone, Copy)]
struct KeyReader<'de>(&'de Key);

impl<'de> de::Deserializer<'de> for KeyReader<'de> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        StrDeserializer::new(&self.0.name).deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        if name == AT {
            return visitor.visit_seq(PlacedParts { next: 0, place: self.0.place, value: self });
        }
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Task {
        name: At<String>,
        #[serde(default)]
        weight: Option<u32>,
    }

    fn read_tasks(text: &str) -> (Option<Vec<Task>>, Vec<String>) {
        let node = Node::read(text).unwrap();
        let (tasks, found) = read(&node);
        let said = |p: &Problem| format!("{}:{}+{} {}", p.place.line, p.place.column, p.width, p.message);
        (tasks, found.iter().map(said).collect())
    }

    #[test]
    fn a_value_is_read_with_its_place_and_a_number_as_the_text_it_was() {
        let (tasks, found) = read_tasks("- name: 1.50\n  weight: 3\n  x-free: 1\n");
        let name = At { place: Place { line: 1, column: 9 }, value: "1.50".to_owned() };
        assert_eq!((tasks, found), (Some(vec![Task { name, weight: Some(3) }]), vec![]));
    }

    #[test]
    fn all_unknown_fields_are_found_with_the_nearest_word() {
        let (tasks, found) = read_tasks("- name: a\n  wieght: 3\n- name: b\n  colour: red\n");
        assert_eq!(tasks.unwrap().len(), 2);
        let expected = [
            "2:3+6 unknown field `wieght`; did you mean `weight`?",
            "4:3+6 unknown field `colour`; there are name, weight",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_wrong_value_is_found_at_its_place() {
        assert_eq!(
            read_tasks("- name: a\n  weight: many\n").1,
            ["2:11+4 this is the text `many`; write a whole number"]
        );
        assert_eq!(read_tasks("- weight: 1\n").1, ["1:3+1 the field `name` is missing"]);
        assert_eq!(read_tasks("- name: [a]\n").1, ["1:9+1 this is a list; write a text"]);
        assert_eq!(
            read_tasks("name: a\n").1,
            ["1:1+1 this is a group of fields; write a list, each entry after a `-`"]
        );
    }
}
