//! UUIDs, read and made as the real host does.
//!
//! Reading follows `java.util.UUID.fromString`, which is laxer than the standard: each of the five hexadecimal groups
//! may be shorter than the standard says.

use crate::core::base::rng::Rng;

/// Number of digits in each group.
const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];

/// The canonical form of a UUID; `None` when Java would not accept it.
pub fn parse(text: &str) -> Option<String> {
    let groups: Vec<&str> = text.trim().split('-').collect();
    let accepted = groups.len() == GROUPS.len()
        && groups.iter().zip(GROUPS).all(|(group, width)| {
            !group.is_empty() && group.len() <= width && group.bytes().all(|b| b.is_ascii_hexdigit())
        });
    accepted.then(|| {
        let padded: Vec<String> =
            groups.iter().zip(GROUPS).map(|(group, width)| format!("{group:0>width$}")).collect();
        padded.join("-").to_ascii_lowercase()
    })
}

/// A random (version 4) UUID.
pub fn random(rng: &mut Rng) -> String {
    let mut uuid = String::new();
    rng.write_uuid(&mut uuid);
    uuid
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_what_java_accepts() {
        let whole = "123E4567-e89b-12d3-a456-426614174000";
        assert_eq!(parse(whole).unwrap(), whole.to_lowercase());
        assert_eq!(parse("1-2-3-4-5").unwrap(), "00000001-0002-0003-0004-000000000005");
        for text in ["", "x", "1-2-3-4", "123e4567e89b12d3a456426614174000", "g-1-1-1-1", "123456789-1-1-1-1"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn makes_what_it_reads() {
        let made = random(&mut Rng::new(3));
        assert_eq!(parse(&made).as_deref(), Some(made.as_str()));
    }
}
