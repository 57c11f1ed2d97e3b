//! Reads texts with blanks: `/api/plans/${plan_id}`, `${int 1..10}`, `${one of Seoul*3|Busan}`.
//!
//! What a name in a blank stands for is asked of [`Names`].

use super::generators;
use super::names::{Filled, Names};
use super::pieces::{BlankProblem, Piece, split};
use crate::core::scenario::model::text::{Escape, Part, Template};

/// Reads a text. Values are escaped as its place demands.
pub fn read(text: &str, escape: Escape, names: &Names) -> Result<Template, BlankProblem> {
    let mut template = Template::default();
    for piece in split(text)? {
        match piece {
            Piece::Text(text) => push_text(&mut template, &in_place(&text, escape)),
            Piece::Blank(blank) => push(&mut template, source(&blank, names)?, escape),
        }
    }
    Ok(template)
}

/// Adds a value. One that is known already becomes a text.
pub fn push(template: &mut Template, value: Filled, escape: Escape) {
    match value {
        Filled::Source { source, raw } => {
            let escape = if raw { Escape::Plain } else { escape };
            template.parts.push(Part::Blank { source, escape });
        }
        Filled::Known(text) => push_text(template, &in_place_of_value(&text, escape)),
    }
}

/// Adds a text as it is.
pub fn push_text(template: &mut Template, text: &str) {
    match template.parts.last_mut() {
        _ if text.is_empty() => {}
        Some(Part::Text(before)) => before.push_str(text),
        _ => template.parts.push(Part::Text(text.to_owned())),
    }
}

/// The literal text of a file as it is written at its place. Only JSON needs a change.
fn in_place(text: &str, escape: Escape) -> String {
    match escape {
        Escape::JsonString => json_content(text),
        Escape::Query => percent_encoding::utf8_percent_encode(text, VALUE).to_string(),
        Escape::Plain | Escape::JsonValue | Escape::Path => text.to_owned(),
    }
}

/// A known value as it is written at its place.
fn in_place_of_value(text: &str, escape: Escape) -> String {
    match escape {
        Escape::JsonValue => format!("\"{}\"", json_content(text)),
        _ => in_place(text, escape),
    }
}

/// What a value of a query or a form keeps: letters, digits and `-._~`.
const VALUE: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text as the content of a JSON string.
pub fn json_content(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned()
}

/// Reads what stands between `${` and `}`.
pub fn source(blank: &str, names: &Names) -> Result<Filled, BlankProblem> {
    let trimmed = blank.trim();
    let wrong = |message: String| BlankProblem { word: format!("${{{blank}}}"), message };
    if let Some(inner) = trimmed.strip_prefix("raw ") {
        return match source(inner, names)? {
            Filled::Source { source, .. } => Ok(Filled::Source { source, raw: true }),
            known => Ok(known),
        };
    }
    if let Some(generator) = generators::read(trimmed, names, &|text| read(text, Escape::Plain, names)) {
        let generator = generator.map_err(|problem| match problem {
            generators::Wrong::Inner(problem) => problem,
            generators::Wrong::Generator(message) => wrong(message),
        })?;
        return Ok(Filled::Source { source: generator, raw: false });
    }
    names.find(trimmed).map_err(wrong)
}
