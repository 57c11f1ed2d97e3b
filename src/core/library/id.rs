//! The name of a report in addresses. It stays the same over reloads and in other tabs.
//!
//! A kept report is named by the moment at which it was kept and 20 random bits; a report in the companion's folder by
//! its file's name. Both are one number, so that an address can be copied and compared cheaply.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Set in the ids of files. Moments do not reach it before the year 280 000.
const FILE_BIT: u64 = 1 << 63;
const RANDOM_BITS: u32 = 20;
const BASE: u64 = 36;
/// The digits that are written at least, so that the texts of ids sort as the ids do and no word is an id.
const DIGITS: usize = 12;

/// The name of a report in addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ReportId(u64);

/// A text that names no report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not the id of a report")]
pub struct NotAnId;

impl ReportId {
    /// The id of a report that is kept at a moment, in milliseconds since 1970. Two of one moment differ by chance.
    pub const fn kept_at(unix_ms: u64, random: u64) -> Self {
        Self(((unix_ms << RANDOM_BITS) | (random % (1 << RANDOM_BITS))) & !FILE_BIT)
    }

    /// The id of a file in the companion's folder: the 64-bit FNV-1a hash of its name, without one bit.
    pub fn of_file(name: &str) -> Self {
        const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
        const PRIME: u64 = 0x0100_0000_01b3;
        let hash = name.bytes().fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
        Self(hash | FILE_BIT)
    }

    pub const fn is_of_file(self) -> bool {
        self.0 & FILE_BIT != 0
    }

    /// When the report was kept, in milliseconds since 1970; `None` of a file.
    pub const fn kept_ms(self) -> Option<u64> {
        if self.is_of_file() { None } else { Some(self.0 >> RANDOM_BITS) }
    }
}

impl fmt::Display for ReportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut rest, mut digits) = (self.0, Vec::new());
        while rest > 0 || digits.len() < DIGITS {
            digits.push(char::from_digit((rest % BASE) as u32, BASE as u32).unwrap_or('0'));
            rest /= BASE;
        }
        f.write_str(&digits.into_iter().rev().collect::<String>())
    }
}

impl FromStr for ReportId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let is_digit = |c: char| c.is_ascii_digit() || c.is_ascii_lowercase();
        // Addresses of earlier versions had a short number, which names no report any more.
        let is_number = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
        if !is_number && (text.len() < DIGITS || !text.chars().all(is_digit)) {
            return Err(NotAnId);
        }
        u64::from_str_radix(text, BASE as u32).map(Self).map_err(|_| NotAnId)
    }
}

impl From<ReportId> for String {
    fn from(id: ReportId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for ReportId {
    type Error = NotAnId;

    fn try_from(text: String) -> Result<Self, NotAnId> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: u64 = 1_795_700_000_123;

    #[test]
    fn an_id_is_read_back_from_its_text_and_texts_sort_as_ids_do() {
        let ids = [ReportId::kept_at(1, 0), ReportId::kept_at(NOW_MS, 7), ReportId::kept_at(NOW_MS, 8)];
        let texts = ids.map(|id| id.to_string());
        assert_eq!(ids.map(|id| id.to_string().parse()), ids.map(Ok));
        assert!(texts.is_sorted() && texts.iter().all(|text| text.len() == 12), "{texts:?}");
        let file = ReportId::of_file("2026-11-26T12-57-00Z-localhost.json");
        assert_eq!(file.to_string().parse(), Ok(file));
    }

    #[test]
    fn an_id_tells_when_its_report_was_kept_and_files_are_told_from_kept_reports() {
        assert_eq!(ReportId::kept_at(NOW_MS, u64::MAX).kept_ms(), Some(NOW_MS));
        assert!(!ReportId::kept_at(u64::MAX, u64::MAX).is_of_file());
        let file = ReportId::of_file("a.json");
        assert_eq!((file.is_of_file(), file.kept_ms()), (true, None));
        assert_ne!(file, ReportId::of_file("b.json"));
    }

    #[test]
    fn other_texts_are_no_ids() {
        for text in ["", "-1", "+1", "A1", "1 ", "nothing", "zzzzzzzzzzzzzzzz", "ä", "1/2"] {
            assert_eq!(text.parse::<ReportId>(), Err(NotAnId), "{text:?}");
        }
    }
}
