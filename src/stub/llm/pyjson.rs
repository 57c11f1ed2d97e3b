//! JSON in the format of Python's `json.dumps`: a space after `,` and `:`, and optionally only ASCII.
//!
//! The event stream uses it, so that byte counts and chunk sizes equal those of the real agent.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

/// Which characters are written without an escape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Characters {
    /// Every character (Python's `ensure_ascii=False`).
    Unicode,
    /// Only ASCII, the rest as `\uXXXX` (Python's default).
    Ascii,
}

/// The JSON text of a value.
pub fn dumps(value: &impl Serialize, characters: Characters) -> String {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, Python { characters });
    // Serialising cannot fail: it writes to memory, and all keys are texts.
    let _ = value.serialize(&mut serializer);
    String::from_utf8(bytes).unwrap_or_default()
}

struct Python {
    characters: Characters,
}

impl Formatter for Python {
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if self.characters == Characters::Unicode || fragment.is_ascii() {
            return writer.write_all(fragment.as_bytes());
        }
        let mut units = [0; 2];
        for character in fragment.chars() {
            if character.is_ascii() {
                write!(writer, "{character}")?;
                continue;
            }
            for unit in character.encode_utf16(&mut units) {
                write!(writer, "\\u{unit:04x}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn spells_as_python_does() {
        let value = json!({"type": "status", "list": [1, true, null], "message": "초안 💾\n"});
        assert_eq!(
            dumps(&value, Characters::Unicode),
            "{\"type\": \"status\", \"list\": [1, true, null], \"message\": \"초안 💾\\n\"}"
        );
        assert_eq!(
            dumps(&json!({"message": "초 💾"}), Characters::Ascii),
            r#"{"message": "\ucd08 \ud83d\udcbe"}"#
        );
    }
}
