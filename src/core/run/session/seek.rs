//! Finds one value in the text of a JSON body without keeping the rest: most steps look at one value of an answer, and
//! building a whole tree for it would take longer than the rest of the request.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::json::element_number;
use crate::core::scenario::model::answer::{JsonPath, Segment};

/// Whether the value can be found in one pass.
pub fn is_seekable(path: &JsonPath) -> bool {
    path.0.iter().all(|segment| match segment {
        Segment::Field(_) => true,
        Segment::Index(index) => *index >= 0,
        Segment::All => false,
    })
}

/// The value at a place of a JSON text; `None` when it is not there, or the text is no JSON.
pub fn seek(path: &JsonPath, text: &[u8]) -> Option<Value> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let found = Seek(&path.0).deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    found
}

/// What is left of the path.
struct Seek<'p>(&'p [Segment]);

impl<'de> DeserializeSeed<'de> for Seek<'_> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Value>, D::Error> {
        match self.0.split_first() {
            None => serde::Deserialize::deserialize(deserializer).map(Some),
            Some((segment, rest)) => deserializer.deserialize_any(Within { segment, rest }),
        }
    }
}

/// A value that the path leads into.
struct Within<'p> {
    segment: &'p Segment,
    rest: &'p [Segment],
}

impl<'de> Visitor<'de> for Within<'_> {
    type Value = Option<Value>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Option<Value>, A::Error> {
        let Segment::Field(name) = self.segment else {
            while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(None);
        };
        let mut found = None;
        // As in a tree, the last member of a name counts.
        while let Some(key) = members.next_key_seed(IsName(name))? {
            match key {
                Key::Wanted => found = members.next_value_seed(Seek(self.rest))?,
                Key::Other => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Option<Value>, A::Error> {
        let wanted = match self.segment {
            Segment::Index(index) => usize::try_from(*index).ok(),
            Segment::Field(name) => element_number(name),
            Segment::All => None,
        };
        let mut found = None;
        for number in 0_usize.. {
            if Some(number) == wanted {
                let Some(value) = elements.next_element_seed(Seek(self.rest))? else { break };
                found = value;
            } else if elements.next_element::<IgnoredAny>()?.is_none() {
                break;
            }
        }
        Ok(found)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<Value>, E> {
        Ok(None)
    }
}

/// Whether a member's name is this one.
struct IsName<'p>(&'p str);

enum Key {
    Wanted,
    Other,
}

impl<'de> DeserializeSeed<'de> for IsName<'_> {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for IsName<'_> {
    type Value = Key;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Key, E> {
        Ok(if name == self.0 { Key::Wanted } else { Key::Other })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::run::session::json::select;

    fn field(name: &str) -> Segment {
        Segment::Field(name.to_owned())
    }

    #[test]
    fn one_pass_finds_what_the_whole_tree_has() {
        let text = r#"{"a": 1, "plans": [{"id": 7, "도시": "서울"}, {"id": [null, 2.5]}], "a": {"b": true}, "\u0061b": "x"}"#;
        let tree: Value = serde_json::from_str(text).unwrap();
        for segments in [
            vec![],
            vec![field("a")],
            vec![field("a"), field("b")],
            vec![field("ab")],
            vec![field("plans"), Segment::Index(0), field("도시")],
            vec![field("plans"), field("1"), field("id"), Segment::Index(1)],
            vec![field("plans"), Segment::Index(1), field("id"), Segment::Index(0)],
            vec![field("plans"), Segment::Index(2)],
            vec![field("plans"), field("01")],
            vec![field("a"), field("b"), field("c")],
            vec![Segment::Index(0)],
            vec![field("none")],
        ] {
            let path = JsonPath(segments);
            let expected = select(&path, &tree).first().map(|value| (*value).clone());
            assert_eq!(seek(&path, text.as_bytes()), expected, "{path:?}");
        }
    }

    #[test]
    fn a_text_that_is_no_json_has_no_value_although_it_begins_like_one() {
        let path = JsonPath(vec![field("id")]);
        for text in [r#"{"id": 7"#, r#"{"id": 7} x"#, r#"{"id": 7, }"#, "<html>", ""] {
            assert_eq!(seek(&path, text.as_bytes()), None, "{text}");
        }
    }
}
