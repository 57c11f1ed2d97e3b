//! Texts with blanks: `/api/videos/${int 1..10}`, `${user_id}`, `${uuid}`, `${one of Seoul|Busan|Jeju}`.
//!
//! A text is parsed once and filled once per request. Filling allocates nothing when the target string has enough
//! capacity. This file knows nothing of HTTP.

use std::fmt::Write as _;

use crate::core::base::rng::Rng;

/// A parsed text with blanks.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum Part {
    Literal(String),
    Variable(usize),
    Int { from: u64, to: u64 },
    Uuid,
    OneOf(Vec<String>),
}

/// The values of a user's variables, in the order in which the class declares them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values(Vec<String>);

impl Values {
    /// Appends the value of the next variable.
    pub fn push(&mut self, value: String) {
        self.0.push(value);
    }
}

/// Why [`Template::parse`] refuses a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// The text has `${` without `}`.
    #[error("`{0}` has a `${{` without its `}}`")]
    Unclosed(String),
    /// A blank is neither a variable nor a generator such as `uuid`.
    #[error("`${{{name}}}` is neither a variable declared before ({}) nor `int A..B` nor `uuid` nor `one of A|B`", known.join(", "))]
    Unknown {
        /// The text between `${` and `}`.
        name: String,
        /// The names of the variables that may be used.
        known: Vec<String>,
    },
    /// The range after `int` is missing, is empty or does not consist of numbers.
    #[error("`${{{0}}}` is no range; write `${{int 1..10}}`, both ends included")]
    Range(String),
    /// `one of` has no choice, or one of its choices is empty.
    #[error("`${{{0}}}` has an empty choice; write `${{one of Seoul|Busan|Jeju}}`")]
    Choice(String),
}

impl Template {
    /// Parses a text. It may use only the names in `variables`.
    pub fn parse(text: &str, variables: &[String]) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((literal, tail)) = rest.split_once("${") {
            let (blank, tail) =
                tail.split_once('}').ok_or_else(|| TemplateError::Unclosed(text.to_owned()))?;
            if !literal.is_empty() {
                parts.push(Part::Literal(literal.to_owned()));
            }
            parts.push(parse_blank(blank.trim(), variables)?);
            rest = tail;
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        Ok(Self { parts })
    }

    pub fn has_blanks(&self) -> bool {
        self.parts.iter().any(|part| !matches!(part, Part::Literal(_)))
    }

    /// Replaces the content of `out` by the filled text.
    pub fn fill(&self, out: &mut String, values: &Values, rng: &mut Rng) {
        out.clear();
        for part in &self.parts {
            match part {
                Part::Literal(text) => out.push_str(text),
                Part::Variable(index) => out.push_str(values.0.get(*index).map_or("", String::as_str)),
                Part::Int { from, to } => {
                    // Cannot fail: the sink is a String.
                    let _ = write!(out, "{}", from + rng.below(to - from + 1));
                }
                Part::Uuid => rng.write_uuid(out),
                Part::OneOf(choices) => {
                    let drawn = rng.below(choices.len() as u64) as usize;
                    out.push_str(choices.get(drawn).map_or("", String::as_str));
                }
            }
        }
    }
}

fn parse_blank(blank: &str, variables: &[String]) -> Result<Part, TemplateError> {
    if blank == "uuid" {
        return Ok(Part::Uuid);
    }
    if let Some(choices) = blank.strip_prefix("one of") {
        let choices: Vec<String> = choices.split('|').map(|choice| choice.trim().to_owned()).collect();
        let complete = choices.iter().all(|choice| !choice.is_empty());
        return if complete {
            Ok(Part::OneOf(choices))
        } else {
            Err(TemplateError::Choice(blank.to_owned()))
        };
    }
    if let Some(range) = blank.strip_prefix("int ") {
        let bad_range = || TemplateError::Range(blank.to_owned());
        let (from, to) = range.split_once("..").ok_or_else(bad_range)?;
        let from: u64 = from.trim().parse().map_err(|_| bad_range())?;
        let to: u64 = to.trim().parse().map_err(|_| bad_range())?;
        let in_range = from <= to && to < u64::MAX;
        return if in_range { Ok(Part::Int { from, to }) } else { Err(bad_range()) };
    }
    let index = variables.iter().position(|name| name == blank);
    index
        .map(Part::Variable)
        .ok_or_else(|| TemplateError::Unknown { name: blank.to_owned(), known: variables.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(text: &str) -> String {
        let template = Template::parse(text, &["a".to_owned(), "b".to_owned()]).unwrap();
        let mut values = Values::default();
        values.push("1".to_owned());
        values.push("two".to_owned());
        let mut out = "left over".to_owned();
        template.fill(&mut out, &values, &mut Rng::new(9));
        out
    }

    #[test]
    fn fills_variables_and_keeps_other_braces() {
        assert_eq!(fill(r#"{"x":"${b}","y":${a}}"#), r#"{"x":"two","y":1}"#);
        assert_eq!(fill("plain $ text"), "plain $ text");
        assert_eq!(fill(""), "");
    }

    #[test]
    fn draws_whole_numbers_with_both_ends() {
        let drawn: std::collections::BTreeSet<u64> = {
            let template = Template::parse("${int 3..5}", &[]).unwrap();
            let mut rng = Rng::new(1);
            let mut out = String::new();
            (0..100)
                .map(|_| {
                    template.fill(&mut out, &Values::default(), &mut rng);
                    out.parse().unwrap()
                })
                .collect()
        };
        assert_eq!(drawn.into_iter().collect::<Vec<_>>(), [3, 4, 5]);
    }

    #[test]
    fn draws_version_4_uuids() {
        let uuid = fill("${uuid}");
        let bytes = uuid.as_bytes();
        assert_eq!((uuid.len(), bytes[8], bytes[13], bytes[14]), (36, b'-', b'-', b'4'));
        assert!(matches!(bytes[19], b'8' | b'9' | b'a' | b'b'), "{uuid}");
    }

    #[test]
    fn draws_every_choice_and_no_other() {
        let template = Template::parse("a ${one of Seoul | 부산|Jeju do} z", &[]).unwrap();
        let mut rng = Rng::new(1);
        let mut out = String::new();
        let drawn: std::collections::BTreeSet<String> = (0..100)
            .map(|_| {
                template.fill(&mut out, &Values::default(), &mut rng);
                out.clone()
            })
            .collect();
        assert_eq!(drawn.into_iter().collect::<Vec<_>>(), ["a Jeju do z", "a Seoul z", "a 부산 z"]);
    }

    #[test]
    fn says_what_is_wrong_with_a_blank() {
        let error = |text: &str| Template::parse(text, &["user_id".to_owned()]).unwrap_err().to_string();
        assert_eq!(error("x${a"), "`x${a` has a `${` without its `}`");
        assert!(error("${user}").starts_with("`${user}` is neither a variable declared before (user_id)"));
        assert_eq!(
            error("${int 5..1}"),
            "`${int 5..1}` is no range; write `${int 1..10}`, both ends included"
        );
        for text in ["${one of}", "${one of a||b}"] {
            assert!(
                error(text).ends_with("has an empty choice; write `${one of Seoul|Busan|Jeju}`"),
                "{text}"
            );
        }
    }
}
