//! JSON in the format of Jackson, which the Java services write: characters beyond the first plane, such as 🏝, are
//! escaped as two surrogates. So byte counts equal those of the real host.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

/// The JSON text of a value.
pub fn to_bytes(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Serialising cannot fail: it writes to memory, and all keys are texts.
    let _ = value.serialize(&mut Serializer::with_formatter(&mut bytes, Jackson));
    bytes
}

struct Jackson;

impl Formatter for Jackson {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut plain = fragment;
        while let Some((at, wide)) = plain.char_indices().find(|(_, c)| u32::from(*c) > 0xffff) {
            let (before, rest) = plain.split_at(at);
            writer.write_all(before.as_bytes())?;
            for unit in wide.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04X}")?;
            }
            plain = rest.get(wide.len_utf8()..).unwrap_or_default();
        }
        writer.write_all(plain.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_only_what_needs_two_units() {
        assert_eq!(to_bytes(&"제주 🏝!"), "\"제주 \\uD83C\\uDFDD!\"".as_bytes());
    }
}
