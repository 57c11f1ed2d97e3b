//! Why a value could not be read: the errors of the deserializer in `decode`, in the words of a scenario file.

use std::fmt;

use serde::de::{self, Unexpected};

use super::problem::{Place, Problem, Subject, instead};

/// The name of a struct's field that takes the names of all fields in the text, with their places.
pub const KEYS: &str = "$keys";

/// Why a value could not be read.
#[derive(Debug)]
pub struct Wrong {
    place: Option<Place>,
    width: usize,
    subject: Subject,
    message: String,
}

impl Wrong {
    pub fn problem(self, otherwise: Place) -> Problem {
        let (place, width) = (self.place.unwrap_or(otherwise), self.width.max(1));
        Problem { place, width, path: String::new(), subject: self.subject, message: self.message }
    }

    /// The innermost place is the most exact one.
    pub fn at(self, place: Place, width: usize, subject: Subject) -> Self {
        if self.place.is_some() { self } else { Self { place: Some(place), width, subject, ..self } }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { place: None, width: 1, subject: Subject::Field, message: message.to_string() }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::custom(format!("this is {}; write {}", in_words(found), wanted(&expected.to_string())))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::custom(format!("this is {}; write {}", in_words(found), wanted(&expected.to_string())))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::custom(unknown_field(field, expected))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::custom(format!("unknown word `{variant}`; {}", instead(variant, expected.iter().copied())))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::custom(format!("the field `{field}` is missing"))
    }
}

pub fn unknown_field(field: &str, expected: &'static [&'static str]) -> String {
    let expected = expected.iter().copied().filter(|known| *known != KEYS);
    format!("unknown field `{field}`; {}", instead(field, expected))
}

/// What serde wanted, in the words of a scenario file.
fn wanted(expected: &str) -> &str {
    match expected {
        "u16" | "u32" | "u64" | "i64" | "usize" => "a whole number",
        "f64" => "a number",
        "a string" => "a text",
        "a boolean" => "true or false",
        "a sequence" => "a list, each entry after a `-`",
        other => other,
    }
}

fn in_words(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(value) => format!("`{value}`"),
        Unexpected::Unsigned(number) => format!("the number {number}"),
        Unexpected::Signed(number) => format!("the number {number}"),
        Unexpected::Float(number) => format!("the number {number}"),
        Unexpected::Str(text) if text.chars().count() <= 40 => format!("the text `{text}`"),
        Unexpected::Str(_) => "a long text".to_owned(),
        Unexpected::Unit | Unexpected::Option => "empty".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "a group of fields".to_owned(),
        other => other.to_string(),
    }
}
