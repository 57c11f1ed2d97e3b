//! Reads texts with blanks: `/api/plans/${plan_id}`, `${int 1..10}`, `${one of Seoul*3|Busan}`.
//!
//! [`Names`] says what a name in a blank stands for.

use super::generators;
use super::names::{Filled, Names};
use super::pieces::{BlankProblem, Piece, split};
use crate::core::scenario::file::limits::DEEPEST_BLANKS;
use crate::core::scenario::model::text::{Escape, Generator, Part, Source, Template};

/// Reads a text. Values are escaped as its place demands.
pub fn read(text: &str, escape: Escape, names: &Names) -> Result<Template, BlankProblem> {
    read_at(1, text, escape, names)
}

/// Reads a text at a depth of blanks within each other.
fn read_at(depth: usize, text: &str, escape: Escape, names: &Names) -> Result<Template, BlankProblem> {
    let mut template = Template::default();
    for piece in split(text)? {
        match piece {
            Piece::Text(text) => push_text(&mut template, &in_place(&text, escape)),
            Piece::Blank(blank) => push(&mut template, source_at(depth, &blank, names)?, escape),
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
    source_at(1, blank, names)
}

fn source_at(depth: usize, blank: &str, names: &Names) -> Result<Filled, BlankProblem> {
    let wrong = |message: String| BlankProblem { word: format!("${{{blank}}}"), message };
    if depth > DEEPEST_BLANKS {
        return Err(wrong(format!(
            "at most {DEEPEST_BLANKS} `${{…}}` stand within each other; use `set` before"
        )));
    }
    let mut trimmed = blank.trim();
    let mut raw = false;
    while let Some(inner) = trimmed.strip_prefix("raw ") {
        (trimmed, raw) = (inner.trim(), true);
    }
    let inner = |text: &str| read_at(depth + 1, text, Escape::Plain, names);
    if let Some(generator) = generators::read(trimmed, names, &inner) {
        let source = generator.map_err(|problem| match problem {
            generators::Wrong::Inner(problem) => problem,
            generators::Wrong::Generator(message) => wrong(message),
        })?;
        names.take(size(&source)).map_err(wrong)?;
        return Ok(Filled::Source { source, raw });
    }
    match names.find(trimmed).map_err(wrong)? {
        Filled::Source { source, raw: own } => Ok(Filled::Source { source, raw: raw || own }),
        known => Ok(known),
    }
}

/// The size of a source in bytes, as far as it can be large: that of a choice.
fn size(source: &Source) -> usize {
    match source {
        Source::Generator(Generator::Choice(choice)) => {
            choice.texts.iter().map(|text| text.len() + size_of::<String>() + size_of::<u64>()).sum()
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::scenario::file::trouble::Trouble;

    fn problem(text: &str) -> Option<String> {
        let (settings, trouble) = (Default::default(), Trouble::new(""));
        let names = Names::new(&settings, &[], &trouble);
        read(text, Escape::Plain, &names).err().map(|problem| problem.message)
    }

    #[test]
    fn blanks_within_blanks_are_read_to_a_limit() {
        let nested = |times: usize| format!("{}x{}", "${base64 ".repeat(times), "}".repeat(times));
        assert_eq!(problem(&nested(DEEPEST_BLANKS)), None);
        for times in [DEEPEST_BLANKS + 1, 100_000] {
            assert!(problem(&nested(times)).unwrap().starts_with("at most 4 `${…}` stand within each other"));
        }
        assert_eq!(problem(&format!("${{{}user}}", "raw ".repeat(250_000))), None);
    }

    #[test]
    fn choices_are_read_to_a_limit_together() {
        let ranges = |times: usize| "${zipf of 1..100000}".repeat(times);
        assert_eq!(problem(&ranges(5)), None);
        assert!(problem(&ranges(700)).unwrap().starts_with("the scenario has over 64 MB"));
    }
}
