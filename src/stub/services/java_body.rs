//! JSON bodies, read as Jackson reads them, with Jackson's words for what it cannot read. Pure.
//!
//! Jackson converts numbers and booleans to texts, and numeric texts to numbers. It ignores unknown fields and whatever
//! follows the first value.

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};
use time::Date;

use super::jackson_errors;
use super::validation::FieldError;
use crate::stub::accept::is_json;
use crate::stub::dates;

/// Why a body was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadBody {
    /// `Content-Type` is not JSON (Spring: HttpMediaTypeNotSupportedException). As Spring names it.
    MediaType(String),
    /// There is none.
    Missing,
    /// No JSON object, or a value that cannot become the field's type (HttpMessageNotReadableException). Jackson's words.
    Unreadable(String),
    /// Fields that failed validation (MethodArgumentNotValidException).
    Invalid(Vec<FieldError>),
}

/// The fields of a JSON body.
#[derive(Clone, Debug)]
pub struct JavaBody(Map<String, Value>);

impl JavaBody {
    /// Reads a body that becomes an object of this class.
    pub fn parse(headers: &HeaderMap, body: &[u8], class: &str) -> Result<Self, BadBody> {
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        match content_type {
            None if body.is_empty() => return Err(BadBody::Missing),
            None => return Err(BadBody::MediaType("application/octet-stream".to_owned())),
            Some(kind) if !is_json(kind) => return Err(BadBody::MediaType(with_charset(kind))),
            Some(_) => {}
        }
        let mut values = serde_json::Deserializer::from_slice(body).into_iter::<Value>();
        match values.next() {
            None | Some(Ok(Value::Null)) => Err(BadBody::Missing),
            Some(Ok(Value::Object(fields))) => Ok(Self(fields)),
            Some(Ok(other)) => Err(BadBody::Unreadable(jackson_errors::wrong_root(&other, class))),
            Some(Err(_)) => Err(BadBody::Unreadable(jackson_errors::syntax(body))),
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

    /// A 32-bit whole number; a blank text is none.
    pub fn integer(&self, field: &str) -> Result<Option<i32>, BadBody> {
        let Some(value) = self.value(field) else { return Ok(None) };
        match value {
            Value::String(text) if text.trim().is_empty() => Ok(None),
            Value::String(text) => text.trim().parse().map(Some).map_err(|_| {
                BadBody::Unreadable(format!(
                    "Cannot deserialize value of type `java.lang.Integer` from String \"{text}\": not a valid \
                     `java.lang.Integer` value"
                ))
            }),
            Value::Number(number) => {
                let whole = number.as_i64().or_else(|| number.as_f64().map(|number| number as i64));
                whole.and_then(|whole| i32::try_from(whole).ok()).map(Some).ok_or_else(|| {
                    BadBody::Unreadable(format!(
                        "Numeric value ({number}) out of range of int (-2147483648 - 2147483647)"
                    ))
                })
            }
            other => Err(BadBody::Unreadable(jackson_errors::wrong_token("java.lang.Integer", other))),
        }
    }

    pub fn date(&self, field: &str) -> Result<Option<Date>, BadBody> {
        self.value(field).map_or(Ok(None), dates::from_json).map_err(BadBody::Unreadable)
    }

    /// A list of texts, in which null is allowed.
    pub fn texts(&self, field: &str) -> Result<Option<Vec<Option<String>>>, BadBody> {
        let entry = |value: &Value| if value.is_null() { Ok(None) } else { as_text(value).map(Some) };
        match self.value(field) {
            None => Ok(None),
            Some(Value::Array(values)) => values.iter().map(entry).collect::<Result<_, _>>().map(Some),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => {
                Err(BadBody::Unreadable(jackson_errors::no_constructor("java.util.ArrayList", text)))
            }
            Some(other) => Err(BadBody::Unreadable(jackson_errors::wrong_token(
                "java.util.ArrayList<java.lang.String>",
                other,
            ))),
        }
    }
}

fn as_text(value: &Value) -> Result<String, BadBody> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        other => Err(BadBody::Unreadable(jackson_errors::wrong_token("java.lang.String", other))),
    }
}

/// Spring's filter sets UTF-8 where a request names no character set.
fn with_charset(kind: &str) -> String {
    if kind.to_ascii_lowercase().contains("charset") {
        kind.to_owned()
    } else {
        format!("{kind};charset=UTF-8")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn parse(body: &str) -> Result<JavaBody, BadBody> {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        JavaBody::parse(&headers, body.as_bytes(), "com.oddiya.Form")
    }

    #[test]
    fn reads_scalars_as_jackson_does() {
        let body =
            parse(r#"{"title":5,"budget":"300000","part":7.9,"day":"2025-12-01","none":null}xx"#).unwrap();
        assert_eq!(body.text("title"), Ok(Some("5".to_owned())));
        assert_eq!((body.integer("budget"), body.integer("part")), (Ok(Some(300_000)), Ok(Some(7))));
        assert_eq!(body.date("day").unwrap().unwrap().to_string(), "2025-12-01");
        assert_eq!(body.text("none"), Ok(None));
        assert!(body.is_null("none") && !body.is_null("other"));
    }

    #[test]
    fn refuses_what_cannot_be_read_and_what_is_not_json() {
        for body in ["[]", "{", "5", "\"x\""] {
            assert!(matches!(parse(body), Err(BadBody::Unreadable(_))), "{body}");
        }
        for body in ["", "null"] {
            assert_eq!(parse(body).unwrap_err(), BadBody::Missing, "{body}");
        }
        let unnamed = JavaBody::parse(&HeaderMap::new(), b"{}", "").unwrap_err();
        assert_eq!(unnamed, BadBody::MediaType("application/octet-stream".to_owned()));
        assert!(parse(r#"{"day":"1.12.2025"}"#).unwrap().date("day").is_err());
    }

    #[test]
    fn says_in_jacksons_words_why_a_value_is_no_integer() {
        for (value, words) in [
            ("\"medium\"", "from String \"medium\": not a valid `java.lang.Integer` value"),
            ("3000000000", "Numeric value (3000000000) out of range of int (-2147483648 - 2147483647)"),
            ("true", "from Boolean value (token `JsonToken.VALUE_TRUE`)"),
        ] {
            let Err(BadBody::Unreadable(error)) = parse(&format!(r#"{{"n":{value}}}"#)).unwrap().integer("n")
            else {
                panic!("{value} is an integer")
            };
            assert!(error.ends_with(words), "{error}");
        }
    }
}
