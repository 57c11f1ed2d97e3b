//! Reads small texts: sets of statuses, shares, durations, ranges, weights, patterns.

use crate::core::base::units::{Micros, parse_duration};
use crate::core::scenario::file::limits::{LONGEST_PATTERN, PATTERN_SIZES};
use crate::core::scenario::model::request::{Pattern, Statuses};

/// A set of statuses: `200`, `200..299, 404`, `2xx`.
pub fn statuses(text: &str) -> Result<Statuses, String> {
    let ranges: Option<Vec<_>> = text.split(',').map(|part| status_range(part.trim())).collect();
    ranges.map(|ranges| Statuses { ranges }).ok_or_else(|| {
        format!("`{text}` is no status; write `200`, `200..299`, `2xx` or, for several, `200, 404`")
    })
}

fn status_range(text: &str) -> Option<(u16, u16)> {
    let status = |text: &str| text.trim().parse::<u16>().ok().filter(|status| (100..=999).contains(status));
    if let Some(class) = text.strip_suffix("xx") {
        let class = class.parse::<u16>().ok().filter(|class| (1..=9).contains(class))?;
        return Some((class * 100, class * 100 + 99));
    }
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    let (from, to) = (status(from)?, status(to)?);
    (from <= to).then_some((from, to))
}

/// A share in [0, 1]: `10 %` or `0.1`.
pub fn share(text: &str) -> Option<f64> {
    let text = text.trim();
    let share = match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().ok()? / 100.0,
        None => text.parse().ok()?,
    };
    (0.0..=1.0).contains(&share).then_some(share)
}

/// A duration above zero.
pub fn duration(text: &str) -> Result<Micros, String> {
    let duration = parse_duration(text).map_err(|error| error.to_string())?;
    if duration == Micros::ZERO {
        Err(format!("`{text}` is no time; write 1ms or more"))
    } else {
        Ok(duration)
    }
}

/// A range of whole numbers, both ends included: `3`, `1..5`, `2..` (or more).
pub fn range(text: &str) -> Option<(u64, u64)> {
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    let from = from.trim().parse().ok()?;
    let to = if to.trim().is_empty() { u64::MAX } else { to.trim().parse().ok()? };
    (from <= to).then_some((from, to))
}

/// A regular expression, checked. `take` takes its compiled size from the budget of the text.
pub fn pattern(text: &str, take: impl FnOnce(usize) -> Result<(), String>) -> Result<Pattern, String> {
    compiled(text, take).map(|(pattern, _)| pattern)
}

/// A pattern, and the group of it that is taken: the first where it has one.
pub fn grouped_pattern(
    text: &str,
    take: impl FnOnce(usize) -> Result<(), String>,
) -> Result<(Pattern, usize), String> {
    compiled(text, take).map(|(pattern, regex)| (pattern, usize::from(regex.captures_len() > 1)))
}

fn compiled(
    text: &str,
    take: impl FnOnce(usize) -> Result<(), String>,
) -> Result<(Pattern, regex_lite::Regex), String> {
    if text.chars().count() > LONGEST_PATTERN {
        return Err(format!("the pattern has over {LONGEST_PATTERN} letters; write a shorter one"));
    }
    let [usual, largest] = PATTERN_SIZES;
    let sized = |limit| regex_lite::RegexBuilder::new(text).size_limit(limit).build();
    let (size, regex) = match sized(usual) {
        Ok(regex) => (usual, Ok(regex)),
        Err(_) => (largest, sized(largest)),
    };
    take(size)?;
    let regex = regex.map_err(|error| format!("`{text}` is no pattern: {error}"))?;
    Ok((Pattern(text.to_owned()), regex))
}

/// A text without the quotes around it.
pub fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let within = |quote: char| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    within('"').or_else(|| within('\'')).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_statuses_are_read() {
        assert_eq!(statuses("200").unwrap().ranges, [(200, 200)]);
        assert_eq!(statuses("2xx, 404,500..503").unwrap().ranges, [(200, 299), (404, 404), (500, 503)]);
        for text in ["", "20", "ok", "300..200", "0xx", "200 404", "-1", "200,"] {
            assert!(statuses(text).unwrap_err().contains("is no status; write `200`"), "{text}");
        }
    }

    #[test]
    fn shares_and_ranges_are_read() {
        assert_eq!((share("10 %"), share("0.25"), share("100%")), (Some(0.1), Some(0.25), Some(1.0)));
        assert!(["101 %", "-1", "x", ""].iter().all(|text| share(text).is_none()));
        assert_eq!(
            (range("3"), range("1..5"), range("2..")),
            (Some((3, 3)), Some((1, 5)), Some((2, u64::MAX)))
        );
        assert!(["", "..", "5..1", "a"].iter().all(|text| range(text).is_none()));
    }

    #[test]
    fn a_pattern_gives_its_first_group_where_it_has_one() {
        let free = |_| Ok(());
        assert_eq!(grouped_pattern("id=([0-9]+)", free).unwrap().1, 1);
        assert_eq!(grouped_pattern("[0-9]+", free).unwrap().1, 0);
        assert!(pattern("(", free).unwrap_err().starts_with("`(` is no pattern: "));
    }

    #[test]
    fn a_pattern_that_is_too_long_or_too_large_is_refused() {
        let free = |_| Ok(());
        assert!(pattern(&"a".repeat(1_001), free).unwrap_err().contains("over 1000 letters"));
        assert!(pattern("(((a{60}){60}){60})", free).unwrap_err().contains("is no pattern"));
        assert_eq!(pattern("a", |_| Err("spent".to_owned())).unwrap_err(), "spent");
    }
}
