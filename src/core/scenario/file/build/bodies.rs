//! Reads the bodies of requests: JSON, text, forms and multipart forms become texts with blanks and their media type.

use serde_json::Value;

use super::blanks::{self, json_content, push_text};
use super::names::Names;
use super::pieces::{BlankProblem, Piece, split};
use super::shop::Shop;
use crate::core::scenario::file::decode::At;
use crate::core::scenario::file::wire::forms::{Fields, Scalar, TextOr};
use crate::core::scenario::file::wire::request::WirePart;
use crate::core::scenario::file::wire::step::WireStep;
use crate::core::scenario::model::data::BlobId;
use crate::core::scenario::model::request::{Body, BodyPiece};
use crate::core::scenario::model::text::{Escape, Part, Template};

/// A body with the media type that its form implies.
pub struct TypedBody {
    pub body: Body,
    pub media_type: Option<String>,
}

/// Reads the body of a step.
pub fn read(step: &WireStep, names: &Names, shop: &Shop) -> Option<TypedBody> {
    let given = [step.json.is_some(), step.text.is_some(), step.form.is_some(), step.multipart.is_some()];
    if given.iter().filter(|given| **given).count() > 1 {
        let place = step.keys.first().map(|key| key.place).unwrap_or_default();
        shop.trouble.add(
            place,
            1,
            "a request has one body; keep one of `json`, `text`, `form` and `multipart`",
        );
        return None;
    }
    let typed = |template: Template, media_type: &str| TypedBody {
        body: Body::Text(template),
        media_type: Some(media_type.to_owned()),
    };
    if let Some(json) = &step.json {
        let template = kept(shop, json.place, json_template(&json.value, names))?;
        return Some(typed(template, "application/json"));
    }
    if let Some(text) = &step.text {
        let template = kept(shop, text.place, blanks::read(&text.value, Escape::Plain, names))?;
        return Some(TypedBody {
            body: Body::Text(template),
            media_type: Some("text/plain; charset=utf-8".to_owned()),
        });
    }
    if let Some(form) = &step.form {
        let template = pairs(&form.value, names, shop)?;
        return Some(typed(template, "application/x-www-form-urlencoded"));
    }
    match &step.multipart {
        Some(parts) => multipart(&parts.value, names, shop),
        None => Some(TypedBody { body: Body::None, media_type: None }),
    }
}

fn kept<T>(
    shop: &Shop,
    place: crate::core::scenario::file::problem::Place,
    result: Result<T, BlankProblem>,
) -> Option<T> {
    result.map_err(|problem| shop.trouble.within(place, &problem.word, problem.message)).ok()
}

/// `a=1&b=${c}`, percent-encoded: a form, or the query of a path.
pub fn pairs(fields: &Fields<At<Scalar>>, names: &Names, shop: &Shop) -> Option<Template> {
    let mut template = Template::default();
    for (index, (name, value)) in fields.0.iter().enumerate() {
        let separator = if index == 0 { "" } else { "&" };
        let name = percent_encoding::utf8_percent_encode(&name.value, percent_encoding::NON_ALPHANUMERIC);
        push_text(
            &mut template,
            &format!("{separator}{}=", name.to_string().replace("%5F", "_").replace("%2D", "-")),
        );
        let value = kept(shop, value.place, blanks::read(&value.value.text, Escape::Query, names))?;
        append(&mut template, value);
    }
    Some(template)
}

/// Adds a template to the end of another.
pub fn append(template: &mut Template, more: Template) {
    for part in more.parts {
        match part {
            Part::Text(text) => push_text(template, &text),
            blank @ Part::Blank { .. } => template.parts.push(blank),
        }
    }
}

/// A JSON value as a text with blanks.
fn json_template(value: &Value, names: &Names) -> Result<Template, BlankProblem> {
    let mut template = Template::default();
    write_json(&mut template, value, names)?;
    Ok(template)
}

fn write_json(out: &mut Template, value: &Value, names: &Names) -> Result<(), BlankProblem> {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => push_text(out, &value.to_string()),
        Value::String(text) => write_json_text(out, text, names)?,
        Value::Array(items) => {
            push_text(out, "[");
            for (index, item) in items.iter().enumerate() {
                push_text(out, if index == 0 { "" } else { "," });
                write_json(out, item, names)?;
            }
            push_text(out, "]");
        }
        Value::Object(fields) => {
            push_text(out, "{");
            for (index, (name, value)) in fields.iter().enumerate() {
                let separator = if index == 0 { "" } else { "," };
                push_text(out, &format!("{separator}\"{}\":", json_content(name)));
                write_json(out, value, names)?;
            }
            push_text(out, "}");
        }
    }
    Ok(())
}

/// A text in JSON. One that is only a blank keeps the type of its value.
fn write_json_text(out: &mut Template, text: &str, names: &Names) -> Result<(), BlankProblem> {
    if let [Piece::Blank(blank)] = split(text)?.as_slice() {
        blanks::push(out, blanks::source(blank, names)?, Escape::JsonValue);
        return Ok(());
    }
    push_text(out, "\"");
    append(out, blanks::read(text, Escape::JsonString, names)?);
    push_text(out, "\"");
    Ok(())
}

/// A multipart form (RFC 7578). The boundary is no part of any file that is sent.
fn multipart(parts: &Fields<At<TextOr<WirePart>>>, names: &Names, shop: &Shop) -> Option<TypedBody> {
    let read: Vec<_> =
        parts.0.iter().map(|(name, part)| one_part(name, part, names, shop)).collect::<Option<_>>()?;
    let files: Vec<BlobId> = read.iter().filter_map(|part| part.file).collect();
    let boundary = (0u32..)
        .map(|number| format!("oddiya-load-{number}"))
        .find(|boundary| !files.iter().any(|file| shop.blob_contains(*file, boundary.as_bytes())))?;
    let mut pieces = Vec::new();
    let mut text = Template::default();
    for part in read {
        push_text(&mut text, &format!("--{boundary}\r\n{}\r\n\r\n", part.head));
        match part.file {
            Some(file) => {
                pieces.push(BodyPiece::Text(std::mem::take(&mut text)));
                pieces.push(BodyPiece::File(file));
            }
            None => append(&mut text, part.text),
        }
        push_text(&mut text, "\r\n");
    }
    push_text(&mut text, &format!("--{boundary}--\r\n"));
    pieces.push(BodyPiece::Text(text));
    let media_type = Some(format!("multipart/form-data; boundary={boundary}"));
    Some(TypedBody { body: Body::Pieces(pieces), media_type })
}

struct ReadPart {
    head: String,
    text: Template,
    file: Option<BlobId>,
}

fn one_part(name: &At<String>, part: &At<TextOr<WirePart>>, names: &Names, shop: &Shop) -> Option<ReadPart> {
    let full = match &part.value {
        TextOr::Full(full) => full.clone(),
        TextOr::Text(text) => WirePart {
            text: Some(At { place: part.place, value: text.clone() }),
            file: None,
            media_type: None,
            filename: None,
        },
    };
    let (text, file) = match (&full.text, &full.file) {
        (Some(text), None) => {
            (kept(shop, text.place, blanks::read(&text.value.text, Escape::Plain, names))?, None)
        }
        (None, Some(file)) => (Template::default(), Some(shop.blob(file)?)),
        _ => {
            shop.trouble.about(name, "a part of a multipart body needs either `file` or `text`");
            return None;
        }
    };
    let own_name = |file: &At<String>| file.value.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let filename = full.filename.map(|name| name.value).or_else(|| full.file.as_ref().map(own_name));
    let quoted = |text: &str| text.replace('"', "%22").replace(['\r', '\n'], "%0A");
    let mut head = format!("Content-Disposition: form-data; name=\"{}\"", quoted(&name.value));
    if let Some(filename) = filename {
        head += &format!("; filename=\"{}\"", quoted(&filename));
    }
    let media_type = full.media_type.map(|media_type| media_type.value.replace(['\r', '\n'], " "));
    let media_type = media_type.or_else(|| file.is_some().then(|| "application/octet-stream".to_owned()));
    if let Some(media_type) = media_type {
        head += &format!("\r\nContent-Type: {media_type}");
    }
    Some(ReadPart { head, text, file })
}
