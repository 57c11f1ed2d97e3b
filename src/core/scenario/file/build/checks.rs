//! Reads checks: `$.days count 3`, `header content-type contains json`, `latency <= 500ms`, …

use super::blanks;
use super::conditions;
use super::names::Names;
use super::paths;
use super::pieces::BlankProblem;
use super::values::{duration, pattern, range, statuses, unquoted};
use crate::core::base::event_kind::EventKind;
use crate::core::scenario::file::decode::At;
use crate::core::scenario::file::problem::instead;
use crate::core::scenario::file::settings::Settings;
use crate::core::scenario::file::trouble::Trouble;
use crate::core::scenario::file::wire::answer::WireChecks;
use crate::core::scenario::model::answer::{Check, JsonPath, JsonType, Must, Test};
use crate::core::scenario::model::condition::Comparison;
use crate::core::scenario::model::text::Escape;

const SUBJECTS: &str = "begin with a path such as `$.id`, with `header NAME`, `body`, `status`, `size`, `latency`, \
                        `event TYPE PATH` or with a value such as `${id}`";
const VERBS: &str = "use `exists`, `is missing`, `== VALUE` (or !=, <, <=, >, >=), `contains VALUE`, \
                     `does not contain VALUE`, `matches PATTERN`, `count 3`, `count 1..5` or `is a number` (or text, \
                     list, object, truth value)";

/// Reads the checks of a request.
pub fn read(wire: Option<&WireChecks>, names: &Names, settings: &Settings, trouble: &Trouble) -> Vec<Check> {
    let one = |name: &str, text: &At<String>| {
        let test = test(text, names, trouble)?;
        Some(Check { name: settings.hide(name), test })
    };
    match wire {
        None => Vec::new(),
        Some(WireChecks::List(list)) => list.iter().filter_map(|text| one(text.value.trim(), text)).collect(),
        Some(WireChecks::Named(fields)) => {
            fields.0.iter().filter_map(|(name, text)| one(&name.value, text)).collect()
        }
    }
}

enum Wrong {
    Blank(BlankProblem),
    Form(String),
}

impl From<BlankProblem> for Wrong {
    fn from(problem: BlankProblem) -> Self {
        Self::Blank(problem)
    }
}

impl From<String> for Wrong {
    fn from(message: String) -> Self {
        Self::Form(message)
    }
}

fn test(at: &At<String>, names: &Names, trouble: &Trouble) -> Option<Test> {
    let text = at.value.trim();
    if text.starts_with("${") {
        return conditions::read_text(text, at.place, names, trouble).map(Test::Condition);
    }
    parse(text, names)
        .map_err(|problem| match problem {
            Wrong::Blank(problem) => trouble.within(at.place, &problem.word, problem.message),
            Wrong::Form(message) => trouble.about(at, message),
        })
        .ok()
}

fn parse(text: &str, names: &Names) -> Result<Test, Wrong> {
    if text.starts_with(['$', '/']) {
        let (path, rest) = split_path(text);
        return Ok(Test::Json { path: paths::read(path)?, must: must(rest, names)? });
    }
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim();
    Ok(match word {
        "header" => {
            let (name, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            Test::Header { name: header_name(name)?, must: must(rest, names)? }
        }
        "body" => Test::Body(must(rest, names)?),
        "status" => Test::Status(statuses(rest.strip_prefix("==").unwrap_or(rest).trim())?),
        "size" => size(rest)?,
        "latency" => {
            let limit = rest.strip_prefix("<=").or_else(|| rest.strip_prefix('<')).map(str::trim);
            let limit = limit.ok_or_else(|| format!("`{text}` is no limit; write `latency <= 500ms`"))?;
            Test::Latency { at_most: duration(limit)? }
        }
        "event" => {
            let (kind, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            let (path, rest) = split_path(rest.trim());
            Test::Event { kind: event_kind(kind)?, path: event_path(path)?, must: must(rest, names)? }
        }
        _ => return Err(Wrong::Form(format!("`{text}` is no check; {SUBJECTS}"))),
    })
}

/// Splits a path from what follows it. A path has blanks only in brackets.
fn split_path(text: &str) -> (&str, &str) {
    let mut quoted = false;
    let end = text.find(|c: char| {
        quoted ^= matches!(c, '\'' | '"');
        c.is_whitespace() && !quoted
    });
    let (path, rest) = text.split_at(end.unwrap_or(text.len()));
    (path, rest.trim())
}

fn must(text: &str, names: &Names) -> Result<Must, Wrong> {
    let text = text.trim();
    let value = |text: &str| blanks::read(unquoted(text), Escape::Plain, names);
    if let Some(wanted) = text.strip_prefix("is a ") {
        return Ok(Must::BeOfType(json_type(wanted)?));
    }
    if let Some(rest) = text.strip_prefix("does not contain ") {
        return Ok(Must::NotContain(value(rest)?));
    }
    if let Some(comparison) =
        Comparison::ALL.into_iter().find(|comparison| text.starts_with(comparison.sign()))
    {
        let right = text.strip_prefix(comparison.sign()).unwrap_or_default();
        return Ok(Must::Compare(comparison, value(right)?));
    }
    let (verb, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim();
    Ok(match (verb, rest) {
        ("exists", "") => Must::Exist,
        ("is", "missing") => Must::BeAbsent,
        ("is", "null") => Must::BeOfType(JsonType::Null),
        ("contains", wanted) if !wanted.is_empty() => Must::Contain(value(wanted)?),
        ("matches", wanted) if !wanted.is_empty() => {
            Must::Match(pattern(unquoted(wanted), |size| names.take(size))?)
        }
        ("count", number) => {
            let (from, to) = range(number).ok_or_else(|| {
                format!("`{number}` is no number; write `count 3`, `count 1..5` or `count 1..`")
            })?;
            Must::Count { from, to }
        }
        ("", _) => return Err(Wrong::Form(format!("this is not a check; {VERBS}"))),
        _ => return Err(Wrong::Form(format!("`{text}` is not a check; {VERBS}"))),
    })
}

fn size(text: &str) -> Result<Test, String> {
    let found = if let Some(limit) = text.strip_prefix("<=") {
        limit.trim().parse().ok().map(|to| (0, to))
    } else if let Some(limit) = text.strip_prefix(">=") {
        limit.trim().parse().ok().map(|from| (from, u64::MAX))
    } else {
        range(text)
    };
    let (from, to) =
        found.ok_or_else(|| format!("`{text}` is no size; write bytes, `size 1..1000` or `size <= 1000`"))?;
    Ok(Test::Size { from, to })
}

fn json_type(word: &str) -> Result<JsonType, String> {
    const WORDS: [(&str, JsonType); 7] = [
        ("number", JsonType::Number),
        ("text", JsonType::String),
        ("string", JsonType::String),
        ("list", JsonType::Array),
        ("object", JsonType::Object),
        ("truth value", JsonType::Bool),
        ("boolean", JsonType::Bool),
    ];
    let found = WORDS.iter().find(|(known, _)| *known == word.trim());
    found.map(|(_, kind)| *kind).ok_or_else(|| {
        format!("`{word}` is no type; {}", instead(word, WORDS.iter().map(|(known, _)| *known)))
    })
}

/// The name of a header, in lower case.
pub fn header_name(name: &str) -> Result<String, String> {
    let name = http::HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| format!("`{name}` is no name of a header; write letters, digits and `-`"))?;
    Ok(name.as_str().to_owned())
}

/// The type of an event.
pub fn event_kind(word: &str) -> Result<EventKind, String> {
    const ALL: [EventKind; 6] = [
        EventKind::Status,
        EventKind::Progress,
        EventKind::Chunk,
        EventKind::Complete,
        EventKind::Error,
        EventKind::Done,
    ];
    let found = ALL.into_iter().find(|kind| kind.label() == word);
    found.ok_or_else(|| {
        format!("no event of the type `{word}`; {}", instead(word, ALL.iter().map(|kind| kind.label())))
    })
}

/// The path into an event's data; all of it when there is none.
pub fn event_path(path: &str) -> Result<JsonPath, String> {
    paths::read(if path.is_empty() { "$" } else { path })
}
