//! The values of one user: unset, a text, a list of texts, or JSON as it came in an answer.

use crate::core::scenario::model::text::Slot;

/// One value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Value {
    #[default]
    Unset,
    Text(String),
    /// JSON that is no string: `7`, `true`, `{…}`.
    Json(String),
    List(Vec<String>),
}

impl Value {
    /// The value as it is found in JSON: a string without its quotes, anything else as JSON.
    pub fn of(json: &serde_json::Value) -> Self {
        match json {
            serde_json::Value::String(text) => Self::Text(text.clone()),
            other => Self::Json(other.to_string()),
        }
    }

    /// The value as a text; a list as a JSON array.
    pub fn into_text(self) -> String {
        match self {
            Self::Unset => String::new(),
            Self::Text(text) | Self::Json(text) => text,
            Self::List(texts) => serde_json::Value::from(texts).to_string(),
        }
    }

    /// Whether there is something in it.
    pub fn is_filled(&self) -> bool {
        match self {
            Self::Unset => false,
            Self::Text(text) | Self::Json(text) => !text.is_empty(),
            Self::List(texts) => !texts.is_empty(),
        }
    }

    /// The texts of a list; a single value is a list of one.
    pub fn texts(&self) -> &[String] {
        match self {
            Self::Unset => &[],
            Self::Text(text) | Self::Json(text) => std::slice::from_ref(text),
            Self::List(texts) => texts,
        }
    }

    /// Adds a text to the end of a list; an unset or single value becomes a list.
    pub fn append(&mut self, text: String) {
        let mut texts = match std::mem::take(self) {
            Self::Unset => Vec::new(),
            Self::Text(text) | Self::Json(text) => vec![text],
            Self::List(texts) => texts,
        };
        texts.push(text);
        *self = Self::List(texts);
    }
}

/// The values of one user, by slot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values(Vec<Value>);

impl Values {
    /// So many values, all unset.
    pub fn unset(count: usize) -> Self {
        Self(vec![Value::Unset; count])
    }

    pub fn get(&self, slot: Slot) -> &Value {
        self.0.get(slot.0).unwrap_or(&Value::Unset)
    }

    pub fn set(&mut self, slot: Slot, value: Value) {
        if let Some(place) = self.0.get_mut(slot.0) {
            *place = value;
        }
    }

    pub fn get_mut(&mut self, slot: Slot) -> Option<&mut Value> {
        self.0.get_mut(slot.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_string_of_json_loses_its_quotes_and_nothing_else_does() {
        assert_eq!(Value::of(&json!("서울")), Value::Text("서울".to_owned()));
        assert_eq!(Value::of(&json!(7)), Value::Json("7".to_owned()));
        assert_eq!(Value::of(&json!({"a": [null]})), Value::Json(r#"{"a":[null]}"#.to_owned()));
    }

    #[test]
    fn what_is_added_to_makes_a_list() {
        let mut value = Value::Unset;
        assert!(!value.is_filled() && value.texts().is_empty());
        value.append("a".to_owned());
        value.append("b".to_owned());
        assert_eq!(value.texts(), ["a", "b"]);
        let mut single = Value::Json("7".to_owned());
        single.append("8".to_owned());
        assert_eq!(single.into_text(), r#"["7","8"]"#);
    }
}
