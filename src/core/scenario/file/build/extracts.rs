//! Reads what is taken from an answer: `token: $.accessToken`, `etag: header ETag`, …

use super::blanks;
use super::checks::{event_kind, event_path, header_name};
use super::names::Names;
use super::paths;
use super::values::{grouped_pattern, unquoted};
use crate::core::scenario::file::decode::At;
use crate::core::scenario::file::trouble::Trouble;
use crate::core::scenario::file::wire::answer::{WireExtract, WireMissing, WireTake};
use crate::core::scenario::file::wire::forms::{Fields, ScalarKind, TextOr};
use crate::core::scenario::model::answer::{Extraction, Missing, Place, Take};
use crate::core::scenario::model::text::{Escape, Part, Source, Template};

/// Reads the extractions of a request.
pub fn read(wire: &Fields<At<TextOr<WireExtract>>>, names: &Names, trouble: &Trouble) -> Vec<Extraction> {
    wire.0.iter().filter_map(|(name, wire)| one(name, wire, names, trouble)).collect()
}

fn one(
    name: &At<String>,
    wire: &At<TextOr<WireExtract>>,
    names: &Names,
    trouble: &Trouble,
) -> Option<Extraction> {
    let short;
    let full = match &wire.value {
        TextOr::Full(full) => full,
        TextOr::Text(text) => {
            let from = At { place: wire.place, value: text.text.clone() };
            short = WireExtract { from, take: WireTake::First, default: None, missing: None };
            &short
        }
    };
    let from = trouble.keep(&full.from, place(&full.from.value, names))?;
    let take = match full.take {
        WireTake::First => Take::First,
        WireTake::Last => Take::Last,
        WireTake::Random => Take::Random,
        WireTake::All => Take::All,
    };
    Some(Extraction {
        into: names.declare(&name.value),
        from,
        take,
        missing: missing(full, take, names, trouble)?,
        check: format!("extract {}", name.value),
    })
}

fn missing(full: &WireExtract, take: Take, names: &Names, trouble: &Trouble) -> Option<Missing> {
    if let (Some(default), Some(missing)) = (&full.default, &full.missing) {
        let message =
            format!("`missing` and `default` (`{}`) say two things; keep one of them", default.value.text);
        trouble.add(missing.place, 4, message);
        return None;
    }
    if let Some(default) = full.default.as_ref().filter(|default| default.value.kind == ScalarKind::Json) {
        let source = Source::Json(default.value.text.clone());
        return Some(Missing::Default(Template {
            parts: vec![Part::Blank { source, escape: Escape::Plain }],
        }));
    }
    if let Some(default) = &full.default {
        let template = blanks::read(&default.value.text, Escape::Plain, names);
        return template
            .map(Missing::Default)
            .map_err(|problem| trouble.within(default.place, &problem.word, problem.message))
            .ok();
    }
    Some(match full.missing.as_ref().map(|missing| missing.value) {
        Some(WireMissing::Skip) => Missing::Skip,
        Some(WireMissing::Fail) => Missing::Fail,
        None if take == Take::All => Missing::EmptyList,
        None => Missing::Fail,
    })
}

fn place(text: &str, names: &Names) -> Result<Place, String> {
    let text = text.trim();
    if text.starts_with(['$', '/']) {
        return paths::read(text).map(Place::Json);
    }
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim();
    Ok(match word {
        "header" => Place::Header(header_name(rest)?),
        "cookie" if !rest.is_empty() => Place::Cookie(rest.to_owned()),
        "regex" if !rest.is_empty() => {
            let (pattern, group) = grouped_pattern(unquoted(rest), |size| names.take(size))?;
            Place::Regex { group, pattern }
        }
        "event" => {
            let (kind, path) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            Place::Event { kind: event_kind(kind)?, path: event_path(path.trim())? }
        }
        "body" if rest.is_empty() => Place::Body,
        "status" if rest.is_empty() => Place::Status,
        _ => {
            return Err(format!(
                "`{text}` is no place in an answer; write a path such as `$.id`, or `header NAME`, `cookie NAME`, \
                 `regex PATTERN`, `event TYPE PATH`, `body` or `status`"
            ));
        }
    })
}
