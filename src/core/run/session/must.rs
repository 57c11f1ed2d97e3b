//! Whether what was found in an answer is what it must be.

use serde_json::Value as Json;

use super::compare::holds;
use super::filler::Filler;
use super::patterns::Patterns;
use crate::core::scenario::model::answer::{JsonType, Must};

/// What was found in an answer.
#[derive(Clone, Copy, Debug)]
pub enum Found<'a> {
    Json(&'a Json),
    Text(&'a str),
}

/// Whether a path could have found several values, so that counting counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finds {
    One,
    Several,
}

/// Whether one of the values found is as it must be.
pub fn is_met(
    must: &Must,
    found: &[Found<'_>],
    finds: Finds,
    filler: &mut Filler<'_>,
    patterns: &Patterns,
) -> bool {
    match must {
        Must::Exist => !found.is_empty(),
        Must::BeAbsent => found.is_empty(),
        Must::Compare(comparison, template) => {
            let right = filler.text(template);
            found.iter().any(|value| holds(&value.text(), *comparison, &right))
        }
        Must::Contain(template) => {
            let part = filler.text(template);
            found.iter().any(|value| value.contains(&part))
        }
        Must::NotContain(template) => {
            let part = filler.text(template);
            !found.iter().any(|value| value.contains(&part))
        }
        Must::Match(pattern) => found.iter().any(|value| patterns.is_match(pattern, &value.text())),
        Must::Count { from, to } => {
            let count = match (finds, found.first()) {
                (Finds::Several, _) => Some(found.len() as u64),
                (Finds::One, value) => value.and_then(Found::count),
            };
            count.is_some_and(|count| (*from..=*to).contains(&count))
        }
        Must::BeOfType(kind) => found.iter().any(|value| value.is_of(*kind)),
    }
}

impl Found<'_> {
    fn text(&self) -> std::borrow::Cow<'_, str> {
        match self {
            Self::Text(text) => (*text).into(),
            Self::Json(Json::String(text)) => text.as_str().into(),
            Self::Json(json) => json.to_string().into(),
        }
    }

    /// Whether a text has the part in it, or a list has it as an element.
    fn contains(&self, part: &str) -> bool {
        match self {
            Self::Json(Json::Array(elements)) => {
                elements.iter().any(|element| Found::Json(element).text() == part)
            }
            _ => self.text().contains(part),
        }
    }

    fn count(&self) -> Option<u64> {
        match self {
            Self::Json(Json::Array(elements)) => Some(elements.len() as u64),
            Self::Json(Json::Object(members)) => Some(members.len() as u64),
            Self::Text(text) => Some(text.chars().count() as u64),
            Self::Json(Json::String(text)) => Some(text.chars().count() as u64),
            Self::Json(Json::Null | Json::Bool(_) | Json::Number(_)) => None,
        }
    }

    const fn is_of(&self, kind: JsonType) -> bool {
        match self {
            Self::Text(_) => matches!(kind, JsonType::String),
            Self::Json(json) => matches!(
                (json, kind),
                (Json::Null, JsonType::Null)
                    | (Json::Bool(_), JsonType::Bool)
                    | (Json::Number(_), JsonType::Number)
                    | (Json::String(_), JsonType::String)
                    | (Json::Array(_), JsonType::Array)
                    | (Json::Object(_), JsonType::Object)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::base::rng::Rng;
    use crate::core::run::session::filler::LastSeen;
    use crate::core::run::session::values::{Length, Values};
    use crate::core::scenario::Scenario;
    use crate::core::scenario::model::condition::Comparison;
    use crate::core::scenario::model::request::Pattern;
    use crate::core::scenario::model::text::Template;
    use serde_json::json;

    fn met(must: &Must, found: &[Found<'_>], finds: Finds) -> bool {
        let mut filler = Filler {
            values: &mut Values::default(),
            scenario: &Scenario::oddiya(),
            rows: &[],
            user: 0,
            iteration: 0,
            last: LastSeen::default(),
            unix_ms: 0,
            rng: &mut Rng::new(1),
            length: Length::Right,
        };
        is_met(must, found, finds, &mut filler, &Patterns::default())
    }

    #[test]
    fn each_test_passes_what_is_right_and_fails_what_is_not() {
        let json = json!(["a", "b"]);
        let list = [Found::Json(&json)];
        let text = [Found::Text("City Center, 서울")];
        let plain = |text: &str| Template::plain(text);
        for (must, found, expected) in [
            (Must::Exist, &list[..], true),
            (Must::Exist, &[], false),
            (Must::BeAbsent, &[], true),
            (Must::BeAbsent, &text[..], false),
            (Must::Compare(Comparison::Equal, plain("City Center, 서울")), &text[..], true),
            (Must::Compare(Comparison::Equal, plain("x")), &[], false),
            (Must::Contain(plain("서울")), &text[..], true),
            (Must::Contain(plain("a")), &list[..], true),
            (Must::Contain(plain("c")), &list[..], false),
            (Must::NotContain(plain("City Center")), &text[..], false),
            (Must::NotContain(plain("x")), &text[..], true),
            (Must::Match(Pattern("^City".to_owned())), &text[..], true),
            (Must::Count { from: 2, to: 2 }, &list[..], true),
            (Must::Count { from: 3, to: 9 }, &list[..], false),
            (Must::Count { from: 0, to: 9 }, &[], false),
            (Must::BeOfType(JsonType::Array), &list[..], true),
            (Must::BeOfType(JsonType::Null), &list[..], false),
        ] {
            assert_eq!(met(&must, found, Finds::One), expected, "{must:?}");
        }
        assert!(met(&Must::Count { from: 0, to: 0 }, &[], Finds::Several), "none of several is a number too");
    }
}
