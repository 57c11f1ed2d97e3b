//! Jackson's words for JSON that it cannot read. Pure.

use serde_json::Value;

use super::jackson_syntax;

/// A value of the wrong kind for a type.
pub fn wrong_token(class: &str, value: &Value) -> String {
    let (kind, token) = match value {
        Value::Bool(true) => ("Boolean value", "VALUE_TRUE"),
        Value::Bool(false) => ("Boolean value", "VALUE_FALSE"),
        Value::Array(_) => ("Array value", "START_ARRAY"),
        Value::Object(_) => ("Object value", "START_OBJECT"),
        Value::Number(number) if number.is_f64() => ("Floating-point value", "VALUE_NUMBER_FLOAT"),
        Value::Number(_) => ("Integer value", "VALUE_NUMBER_INT"),
        Value::String(_) => ("String value", "VALUE_STRING"),
        Value::Null => ("Null value", "VALUE_NULL"),
    };
    format!("Cannot deserialize value of type `{class}` from {kind} (token `JsonToken.{token}`)")
}

/// A text where an object of a class is expected.
pub fn no_constructor(class: &str, text: &str) -> String {
    format!(
        "Cannot construct instance of `{class}` (although at least one Creator exists): no String-argument \
         constructor/factory method to deserialize from String value ('{text}')"
    )
}

/// A body that is JSON but no object.
pub fn wrong_root(value: &Value, class: &str) -> String {
    let no_creator = |kind: &str, shown: String| {
        format!(
            "Cannot construct instance of `{class}` (although at least one Creator exists): no {kind}-argument \
             constructor/factory method to deserialize from {shown}"
        )
    };
    match value {
        Value::String(text) => no_constructor(class, text),
        Value::Number(number) if number.is_f64() => {
            no_creator("double/Double", format!("Number value ({number})"))
        }
        Value::Number(number) => no_creator("int/Int", format!("Number value ({number})")),
        Value::Bool(flag) => no_creator("boolean/Boolean", format!("boolean value ({flag})")),
        other => wrong_token(class, other),
    }
}

/// A body that is no JSON.
pub fn syntax(body: &[u8]) -> String {
    match std::str::from_utf8(body) {
        Ok(text) => jackson_syntax::error(text).unwrap_or_else(|| "Invalid numeric value".to_owned()),
        Err(error) => bad_utf8(body, error.valid_up_to()),
    }
}

fn bad_utf8(body: &[u8], at: usize) -> String {
    let first = body.get(at).copied().unwrap_or_default();
    match (first, body.get(at + 1)) {
        (0xc2..=0xf4, Some(second)) => format!("Invalid UTF-8 middle byte 0x{second:x}"),
        _ => format!("Invalid UTF-8 start byte 0x{first:x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_jackson_met() {
        assert_eq!(syntax(b"{\"destination\": "), "Unexpected end-of-input within/between Object entries");
        assert_eq!(syntax(b"{\"a\": \"S\xe9oul\"}"), "Invalid UTF-8 middle byte 0x6f");
        assert!(
            syntax(b"{a:1}").starts_with("Unexpected character ('a' (code 97)): was expecting double-quote")
        );
        assert!(syntax(b"x").starts_with("Unrecognized token 'x'"));
        let root = wrong_root(&Value::from("x"), "Form");
        assert!(root.ends_with(
            "no String-argument constructor/factory method to deserialize from String value ('x')"
        ));
    }
}
