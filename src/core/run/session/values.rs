//! The values of one user: unset, a text, JSON as it came in an answer, or a list of these.

use crate::core::scenario::model::text::Slot;

/// The most bytes of a text after its blanks are filled, and of a list in all. A value such as `${x}${x}` doubles each
/// time it is set: without a limit it takes all memory in forty tasks.
pub const MOST_BYTES: usize = 16 << 20;
/// The most entries of a list.
const MOST_ENTRIES: usize = 100_000;

/// Whether a text or a list is below the limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Length {
    #[default]
    Right,
    TooLong,
}

impl Length {
    /// `TooLong` if either is.
    pub fn and(self, other: Self) -> Self {
        if self == Self::TooLong { self } else { other }
    }
}

/// A value of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Value {
    #[default]
    Unset,
    Text(String),
    /// JSON that is no string: `7`, `true`, `{…}`.
    Json(String),
    List(List),
}

/// A list of texts and JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    entries: Vec<Value>,
    bytes: usize,
}

impl List {
    /// A list of the values that there is room for.
    pub fn of(values: impl IntoIterator<Item = Value>) -> Self {
        let mut list = Self::default();
        for value in values {
            if list.push(value) == Length::TooLong {
                break;
            }
        }
        list
    }

    /// Adds a value, if there is room for it. A list in a list is JSON.
    fn push(&mut self, value: Value) -> Length {
        let value = match value {
            list @ Value::List(_) => Value::Json(list.into_text()),
            Value::Unset => Value::Text(String::new()),
            other => other,
        };
        let bytes = self.bytes + value.as_text().len();
        if bytes > MOST_BYTES || self.entries.len() >= MOST_ENTRIES {
            return Length::TooLong;
        }
        self.bytes = bytes;
        self.entries.push(value);
        Length::Right
    }

    /// The list as a JSON array.
    pub fn to_json(&self) -> String {
        let entries: Vec<_> = self
            .entries
            .iter()
            .map(|entry| match entry {
                Value::Json(json) => json.clone(),
                other => serde_json::Value::from(other.as_text()).to_string(),
            })
            .collect();
        format!("[{}]", entries.join(","))
    }
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
            Self::List(list) => list.to_json(),
        }
    }

    /// The text of a single value; a list has none.
    pub fn as_text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Json(text) => text,
            Self::Unset | Self::List(_) => "",
        }
    }

    /// Whether there is something in it.
    pub fn is_filled(&self) -> bool {
        match self {
            Self::List(list) => !list.entries.is_empty(),
            other => !other.as_text().is_empty(),
        }
    }

    /// The entries of a list; a single value is a list of one.
    pub fn entries(&self) -> &[Self] {
        match self {
            Self::Unset => &[],
            Self::Text(_) | Self::Json(_) => std::slice::from_ref(self),
            Self::List(list) => &list.entries,
        }
    }

    /// Adds a value to the end of a list; an unset or single value becomes a list. Without room it stays as it is.
    pub fn append(&mut self, value: Self) -> Length {
        let mut list = match std::mem::take(self) {
            Self::Unset => List::default(),
            Self::List(list) => list,
            single => List::of([single]),
        };
        let length = list.push(value);
        *self = Self::List(list);
        length
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

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn a_string_of_json_loses_its_quotes_and_nothing_else_does() {
        assert_eq!(Value::of(&json!("서울")), text("서울"));
        assert_eq!(Value::of(&json!(7)), Value::Json("7".to_owned()));
        assert_eq!(Value::of(&json!({"a": [null]})), Value::Json(r#"{"a":[null]}"#.to_owned()));
    }

    #[test]
    fn what_is_added_to_makes_a_list_whose_entries_stay_what_they_are() {
        let mut value = Value::Unset;
        assert!(!value.is_filled() && value.entries().is_empty());
        assert_eq!((value.append(text("a")), value.append(text("b"))), (Length::Right, Length::Right));
        assert_eq!(value.entries(), [text("a"), text("b")]);
        let mut single = Value::Json("7".to_owned());
        assert_eq!(single.append(text("8")), Length::Right);
        assert_eq!(single.append(Value::List(List::of([text("x")]))), Length::Right);
        assert_eq!(single.into_text(), r#"[7,"8",["x"]]"#);
    }

    #[test]
    fn a_list_has_a_most_of_entries_and_of_bytes() {
        let mut list = Value::List(List::of((0..MOST_ENTRIES).map(|_| text("x"))));
        assert_eq!((list.append(text("x")), list.entries().len()), (Length::TooLong, MOST_ENTRIES));
        let mut list = text(&"x".repeat(MOST_BYTES));
        assert_eq!((list.append(text("x")), list.entries().len()), (Length::TooLong, 1));
    }
}
