//! JSON bodies, read as Jackson and Bean Validation read them.
//!
//! Pure. Jackson converts numbers and booleans to texts, and numeric texts to numbers. It ignores unknown fields.

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use crate::stub::wallclock::parse_date;

/// Why a body was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadBody {
    /// `Content-Type` is not JSON (Spring: HttpMediaTypeNotSupportedException).
    MediaType,
    /// No JSON object, or a value that cannot become the field's type (HttpMessageNotReadableException).
    Unreadable,
    /// A field failed validation (MethodArgumentNotValidException).
    Invalid {
        field: &'static str,
        /// The message of its annotation.
        message: &'static str,
    },
}

/// The fields of a JSON body.
#[derive(Clone, Debug)]
pub struct JavaBody(Map<String, Value>);

impl JavaBody {
    pub fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Self, BadBody> {
        let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !media_type.to_ascii_lowercase().contains("json") {
            return Err(BadBody::MediaType);
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            _ => Err(BadBody::Unreadable),
        }
    }

    /// The value of a field; `None` when it is missing or null.
    pub fn value(&self, field: &str) -> Option<&Value> {
        self.0.get(field).filter(|value| !value.is_null())
    }

    /// Whether the field is present and null.
    pub fn is_null(&self, field: &str) -> bool {
        self.0.get(field).is_some_and(Value::is_null)
    }

    pub fn text(&self, field: &str) -> Result<Option<String>, BadBody> {
        self.value(field).map(as_text).transpose()
    }

    /// A text that is not blank.
    pub fn required_text(&self, field: &'static str, message: &'static str) -> Result<String, BadBody> {
        let text = self.text(field)?.filter(|text| !text.trim().is_empty());
        text.ok_or(BadBody::Invalid { field, message })
    }

    /// A 32-bit whole number.
    pub fn integer(&self, field: &str) -> Result<Option<i32>, BadBody> {
        let Some(value) = self.value(field) else { return Ok(None) };
        let number = match value {
            Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|n| n as i64)),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.and_then(|n| i32::try_from(n).ok()).map(Some).ok_or(BadBody::Unreadable)
    }

    /// A date in the format `yyyy-MM-dd`, as the client wrote it.
    pub fn date(&self, field: &str) -> Result<Option<String>, BadBody> {
        match self.value(field) {
            None => Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
            Some(Value::String(text)) if parse_date(text).is_some() => Ok(Some(text.clone())),
            Some(_) => Err(BadBody::Unreadable),
        }
    }

    pub fn texts(&self, field: &str) -> Result<Option<Vec<String>>, BadBody> {
        match self.value(field) {
            None => Ok(None),
            Some(Value::Array(values)) => values.iter().map(as_text).collect::<Result<_, _>>().map(Some),
            Some(_) => Err(BadBody::Unreadable),
        }
    }
}

fn as_text(value: &Value) -> Result<String, BadBody> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        _ => Err(BadBody::Unreadable),
    }
}

/// Roughly Hibernate Validator's `@Email`: one `@` with text on both sides, and no spaces.
pub fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    let odd = |c: char| c.is_whitespace() || c == '@';
    let dots = domain.starts_with('.') || domain.ends_with('.') || domain.contains("..");
    !name.is_empty() && !domain.is_empty() && !dots && !name.contains(odd) && !domain.contains(odd)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn parse(body: &str) -> Result<JavaBody, BadBody> {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        JavaBody::parse(&headers, body.as_bytes())
    }

    #[test]
    fn reads_scalars_as_jackson_does() {
        let body = parse(r#"{"title":5,"budget":"300000","day":"2025-12-01","none":null}"#).unwrap();
        assert_eq!(body.text("title"), Ok(Some("5".to_owned())));
        assert_eq!(body.integer("budget"), Ok(Some(300_000)));
        assert_eq!(body.date("day"), Ok(Some("2025-12-01".to_owned())));
        assert_eq!(body.text("none"), Ok(None));
        assert!(body.is_null("none") && !body.is_null("other"));
    }

    #[test]
    fn refuses_what_cannot_be_read_and_what_is_not_json() {
        for body in ["", "[]", "{", "5"] {
            assert_eq!(parse(body).unwrap_err(), BadBody::Unreadable, "{body}");
        }
        assert_eq!(JavaBody::parse(&HeaderMap::new(), b"{}").unwrap_err(), BadBody::MediaType);
        assert_eq!(parse(r#"{"day":"1.12.2025"}"#).unwrap().date("day"), Err(BadBody::Unreadable));
        assert_eq!(parse(r#"{"budget":3000000000}"#).unwrap().integer("budget"), Err(BadBody::Unreadable));
    }

    #[test]
    fn blank_counts_as_missing() {
        let invalid = BadBody::Invalid { field: "title", message: "Title is required" };
        assert_eq!(
            parse(r#"{"title":" "}"#).unwrap().required_text("title", "Title is required"),
            Err(invalid)
        );
    }

    #[test]
    fn tells_addresses_from_other_texts() {
        assert!(is_email("a.b@example.com") && is_email("x@localhost"));
        for text in ["", "a", "@b", "a@", "a b@c", "a@b@c", "a@b..c"] {
            assert!(!is_email(text), "{text}");
        }
    }
}
