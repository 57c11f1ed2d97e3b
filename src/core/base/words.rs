//! Enums that stand in files as one word each: `"run_time"`, `"page_clock"`.
//!
//! What serde derives for such an enum is over a kilobyte of the page; here one function reads all of them.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// The value of the word that comes next.
///
/// # Errors
/// Names the words that would have been right.
pub fn read<'de, D: Deserializer<'de>, T: Copy>(
    deserializer: D,
    words: &'static [&'static str],
    values: &[T],
) -> Result<T, D::Error> {
    let word = String::deserialize(deserializer)?;
    let mut known = words.iter().zip(values);
    let value = known.find_map(|(known, value)| (*known == word).then_some(*value));
    value.ok_or_else(|| D::Error::unknown_variant(&word, words))
}

/// Says which word each variant is, and makes an enum readable and writable so.
macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(match self { $(Self::$variant => $word),+ })
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::core::base::words::read(deserializer, &[$($word),+], &[$(Self::$variant),+])
            }
        }
    };
}
pub(crate) use words;

#[cfg(test)]
mod tests {
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Colour {
        Red,
        PaleBlue,
    }
    super::words!(Colour { Red = "red", PaleBlue = "pale_blue" });

    #[test]
    fn a_word_reads_back_as_it_was_written_and_another_one_is_refused_by_name() {
        for colour in [Colour::Red, Colour::PaleBlue] {
            let text = serde_json::to_string(&colour).unwrap();
            assert_eq!(serde_json::from_str::<Colour>(&text).unwrap(), colour);
        }
        let problem = serde_json::from_str::<Colour>("\"green\"").unwrap_err().to_string();
        assert!(problem.contains("unknown variant `green`, expected `red` or `pale_blue`"), "{problem}");
    }
}
