//! Writes a value where it stands: in a JSON string, as a JSON value, in a path, in a query or form.

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

use super::values::Value;
use crate::core::scenario::model::text::Escape;

/// What cannot stand in a request's path.
const IN_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'#')
    .add(b'|')
    .add(b'\\')
    .add(b'^');
/// Everything but the unreserved characters (RFC 3986, §2.3).
const IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Appends a text.
pub fn write_text(text: &str, escape: Escape, out: &mut String) {
    match escape {
        Escape::Plain => out.push_str(text),
        Escape::JsonString => write_json_string(text, out),
        Escape::JsonValue => {
            out.push('"');
            write_json_string(text, out);
            out.push('"');
        }
        Escape::Path => out.extend(utf8_percent_encode(text, IN_PATH)),
        Escape::Query => out.extend(utf8_percent_encode(text, IN_QUERY)),
    }
}

/// Appends JSON that is no string.
pub fn write_json(json: &str, escape: Escape, out: &mut String) {
    match escape {
        Escape::JsonValue => out.push_str(json),
        _ => write_text(json, escape, out),
    }
}

/// Appends a value. What is unset is nothing, or `null` where a JSON value stands.
pub fn write_value(value: &Value, escape: Escape, out: &mut String) {
    match value {
        Value::Unset if escape == Escape::JsonValue => out.push_str("null"),
        Value::Unset => {}
        Value::Text(text) => write_text(text, escape, out),
        Value::Json(json) => write_json(json, escape, out),
        Value::List(list) => write_json(&list.to_json(), escape, out),
    }
}

/// Appends the content of a JSON string (RFC 8259, §7).
fn write_json_string(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| matches!(c, '"' | '\\') || c < ' ') {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        let mut characters = special.chars();
        match characters.next() {
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some(c @ ('"' | '\\')) => out.extend(['\\', c]),
            Some(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            None => {}
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::run::session::values::List;

    fn written(value: &Value, escape: Escape) -> String {
        let mut out = String::new();
        write_value(value, escape, &mut out);
        out
    }

    #[test]
    fn a_text_is_written_so_that_it_means_itself_where_it_stands() {
        let text = Value::Text("a \"b\"\\\n서울/?&=%\u{1}".to_owned());
        assert_eq!(written(&text, Escape::JsonString), "a \\\"b\\\"\\\\\\n서울/?&=%\\u0001");
        let json: serde_json::Value = serde_json::from_str(&written(&text, Escape::JsonValue)).unwrap();
        assert_eq!(json, "a \"b\"\\\n서울/?&=%\u{1}");
        let path = "a%20%22b%22%5C%0A%EC%84%9C%EC%9A%B8/?&=%%01";
        assert_eq!(written(&text, Escape::Path), path);
        assert_eq!(
            written(&Value::Text("a b&c=d/서".to_owned()), Escape::Query),
            "a%20b%26c%3Dd%2F%EC%84%9C"
        );
        assert_eq!(written(&Value::Text("az-AZ._~09".to_owned()), Escape::Query), "az-AZ._~09");
    }

    #[test]
    fn json_stays_json_and_a_list_is_an_array() {
        assert_eq!(written(&Value::Json("7".to_owned()), Escape::JsonValue), "7");
        assert_eq!(written(&Value::Json(r#"{"a":1}"#.to_owned()), Escape::JsonString), r#"{\"a\":1}"#);
        let entries =
            [Value::Text("a".to_owned()), Value::Text("\"".to_owned()), Value::Json("7".to_owned())];
        let list = Value::List(List::of(entries));
        assert_eq!(written(&list, Escape::JsonValue), r#"["a","\"",7]"#);
        assert_eq!(
            (written(&Value::Unset, Escape::JsonValue), written(&Value::Unset, Escape::Plain)),
            ("null".to_owned(), String::new())
        );
    }
}
