//! Units of time and numbers, and the texts in which people type and read them.
//!
//! The program counts time in whole microseconds. This file converts them to and from milliseconds and texts such as
//! "1h20m", which are only for people who type and read. It reads no clock.

use std::fmt;
use std::ops::{Add, AddAssign};

use serde::{Deserialize, Serialize};

/// A span of time, or a moment since the run's origin, in whole microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Micros(pub u64);

impl Micros {
    /// A span of zero; as a moment it is the run's origin.
    pub const ZERO: Self = Self(0);
    pub const SECOND: Self = Self(1_000_000);

    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1_000_000))
    }

    /// Converts fractional seconds; negative, infinite and NaN values become zero.
    pub fn from_secs_f64(secs: f64) -> Self {
        if secs.is_finite() { Self((secs * 1e6).round() as u64) } else { Self::ZERO }
    }

    /// Converts fractional milliseconds; negative, infinite and NaN values become zero.
    pub fn from_millis_f64(millis: f64) -> Self {
        Self::from_secs_f64(millis / 1e3)
    }

    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }

    pub fn as_millis_f64(self) -> f64 {
        self.0 as f64 / 1e3
    }

    /// The second that contains this moment, counted from the origin (0 is the first).
    pub const fn second(self) -> u64 {
        self.0 / 1_000_000
    }

    /// `self - earlier`, or zero when `earlier` is later.
    pub const fn saturating_sub(self, earlier: Self) -> Self {
        Self(self.0.saturating_sub(earlier.0))
    }
}

impl Add for Micros {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Micros {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl From<std::time::Duration> for Micros {
    fn from(duration: std::time::Duration) -> Self {
        Self(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX))
    }
}

impl From<Micros> for std::time::Duration {
    fn from(micros: Micros) -> Self {
        Self::from_micros(micros.0)
    }
}

/// Writes a duration as people do: `250ms`, `45s`, `1m 30s`, `1h 20m`, `1.5s`; [`parse_duration`] reads it back.
impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.0;
        if micros < 1_000_000 {
            return write!(f, "{}ms", micros as f64 / 1e3);
        }
        let secs = micros / 1_000_000;
        let rest = (micros % 60_000_000) as f64 / 1e6;
        let parts = [((secs / 3600) as f64, "h"), ((secs / 60 % 60) as f64, "m"), (rest, "s")];
        let texts: Vec<String> =
            parts.iter().filter(|(n, _)| *n > 0.0).map(|(n, unit)| format!("{n}{unit}")).collect();
        f.write_str(&texts.join(" "))
    }
}

/// Reads a number of 0 or more, such as `1`, `0.5`, `.5` or `1e3`.
pub fn parse_number(text: &str) -> Option<f64> {
    let text = text.trim();
    // The standard library also reads signs, "inf" and "nan".
    let starts_right = text.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    text.parse().ok().filter(|number: &f64| starts_right && number.is_finite())
}

/// The longest duration that is read: ten years. Longer ones are mistakes, and they would overflow arithmetic elsewhere.
const LONGEST_HOURS: u32 = 87_600;

/// Why [`parse_duration`] refused a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    #[error("`{0}` is not a duration; write seconds, or forms such as 20s, 500ms, 3m, 1h20m")]
    NotADuration(String),
    #[error("`{0}` is too long; write at most {LONGEST_HOURS}h, which are ten years")]
    TooLong(String),
}

/// Reads `20` (seconds), `20s`, `500ms`, `1.5s`, `3m`, `1h20m`, with or without spaces between the parts.
pub fn parse_duration(text: &str) -> Result<Micros, DurationError> {
    let fail = || DurationError::NotADuration(text.to_owned());
    let bounded = |secs: f64| match secs <= f64::from(LONGEST_HOURS) * 3_600.0 {
        true => Ok(Micros::from_secs_f64(secs)),
        false => Err(DurationError::TooLong(text.to_owned())),
    };
    if has_split_number(text) {
        return Err(fail());
    }
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if let Some(secs) = parse_number(&compact) {
        return bounded(secs);
    }
    let mut rest = compact.as_str();
    let mut total = 0.0;
    let mut previous_unit = f64::INFINITY;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(fail)?;
        let (number, tail) = rest.split_at(digits);
        let letters = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        let secs_per_unit = match unit {
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return Err(fail()),
        };
        if secs_per_unit >= previous_unit {
            return Err(fail());
        }
        previous_unit = secs_per_unit;
        total += parse_number(number).ok_or_else(fail)? * secs_per_unit;
        rest = tail;
    }
    if compact.is_empty() { Err(fail()) } else { bounded(total) }
}

/// Whether a space stands within a number, as in `1 2`, which may be meant as 12 or as two durations.
fn has_split_number(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_number = |c: char| c.is_ascii_digit() || c == '.';
    words
        .windows(2)
        .any(|pair| matches!(pair, [one, next] if one.ends_with(is_number) && next.starts_with(is_number)))
}

/// Writes milliseconds for people with about three significant digits (`0.42`, `12.3`, `1 234`). The unit is not
/// included; it stands in the heading of a table.
pub fn format_millis(millis: f64) -> String {
    match millis {
        m if m < 10.0 => format!("{m:.2}"),
        m if m < 100.0 => format!("{m:.1}"),
        m => group_thousands(m.round() as u64),
    }
}

/// Writes a whole number with a narrow no-break space (U+202F) between thousands: `1 234 567`.
pub fn group_thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

/// Writes requests per second for people: one decimal below 100, none above.
pub fn format_rate(per_second: f64) -> String {
    if per_second < 99.95 { format!("{per_second:.1}") } else { group_thousands(per_second.round() as u64) }
}

/// Writes a share in [0, 1] as a percentage with two decimals: `0.25 %`.
pub fn format_share(share: f64) -> String {
    format!("{:.2}\u{202f}%", share * 100.0)
}

/// Writes a size for people, in units of a thousand: `0 B`, `3.4 MB`, `12 GB`.
pub fn format_bytes(bytes: f64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let (mut rest, mut units) = (bytes.max(0.0), UNITS.iter());
    let mut unit = units.next();
    while let (true, Some(next)) = (rest >= 999.5, units.next()) {
        (rest, unit) = (rest / 1_000.0, Some(next));
    }
    let unit = unit.unwrap_or(&"B");
    if rest < 9.95 && *unit != "B" {
        format!("{rest:.1}\u{202f}{unit}")
    } else {
        format!("{rest:.0}\u{202f}{unit}")
    }
}

/// Writes seconds of a run as a clock shows them: `0:42`, `12:05`, `1:02:03`.
pub fn format_clock(secs: f64) -> String {
    let secs = if secs.is_finite() && secs > 0.0 { secs as u64 } else { 0 };
    let (hours, minutes, seconds) = (secs / 3600, secs / 60 % 60, secs % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, number) in [
            ("0", 0.0),
            ("00", 0.0),
            (" 7 ", 7.0),
            ("007", 7.0),
            ("0.5", 0.5),
            (".5", 0.5),
            ("5.", 5.0),
            ("1e3", 1e3),
        ] {
            assert_eq!(parse_number(text), Some(number), "{text:?}");
        }
        for text in ["", " ", ".", "-1", "e5", "1x", "1 2", "inf", "NaN", "1,5", "0x10", "1..2"] {
            assert_eq!(parse_number(text), None, "{text:?}");
        }
    }

    #[test]
    fn reads_every_form_that_locust_reads() {
        for (text, secs) in
            [("20", 20.0), ("20s", 20.0), ("3m", 180.0), ("1h20m", 4800.0), ("1h 20m 5s", 4805.0)]
        {
            assert_eq!(parse_duration(text), Ok(Micros::from_secs_f64(secs)), "{text}");
        }
        assert_eq!(parse_duration("500ms"), Ok(Micros(500_000)));
        assert_eq!(parse_duration("1.5s"), Ok(Micros(1_500_000)));
        assert_eq!(parse_duration("0"), Ok(Micros::ZERO));
    }

    #[test]
    fn refuses_texts_that_are_not_durations() {
        for text in [
            "", "5x", "-1", "s", "m5", "5s3m", "1s1s", "1..3s", "inf", "nan", "1h20", "1 2", "1\n2s", "1. 5s",
        ] {
            assert_eq!(parse_duration(text), Err(DurationError::NotADuration(text.to_owned())));
        }
    }

    #[test]
    fn durations_over_ten_years_are_refused_with_the_longest_that_is_read() {
        assert_eq!(parse_duration("87600h"), Ok(Micros::from_secs(315_360_000)));
        for text in ["87601h", "99999999h", "1e300", "87600h1s"] {
            assert_eq!(parse_duration(text), Err(DurationError::TooLong(text.to_owned())));
        }
        let refused = parse_duration("100000h").unwrap_err().to_string();
        assert_eq!(refused, "`100000h` is too long; write at most 87600h, which are ten years");
    }

    #[test]
    fn writes_durations_so_that_they_read_back() {
        for micros in [500_000, 1_500_000, 45_000_000, 90_250_000, 4_800_000_000, 3_600_000_001] {
            let text = Micros(micros).to_string();
            assert_eq!(parse_duration(&text), Ok(Micros(micros)), "{text}");
        }
    }

    #[test]
    fn clock_texts_leave_out_zero_hours() {
        let clocks: Vec<_> = [0.0, 42.9, 725.0, 3_723.0, f64::NAN].map(format_clock).into();
        assert_eq!(clocks, ["0:00", "0:42", "12:05", "1:02:03", "0:00"]);
    }

    #[test]
    fn formats_sizes_with_the_digits_that_matter() {
        let sizes = [0.0, 999.0, 999.6, 3_400_000.0, 12_345_678_901.0, -1.0].map(format_bytes);
        let expected = ["0 B", "999 B", "1.0 kB", "3.4 MB", "12 GB", "0 B"];
        assert_eq!(sizes, expected.map(|size| size.replace(' ', "\u{202f}")));
    }

    #[test]
    fn formats_milliseconds_with_the_digits_that_matter() {
        assert_eq!(format_millis(0.4242), "0.42");
        assert_eq!(format_millis(12.34), "12.3");
        assert_eq!(format_millis(1234.0), "1\u{202f}234");
    }
}
