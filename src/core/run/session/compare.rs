//! Compares what was found with what must be: as numbers where both are numbers, else as texts.

use std::cmp::Ordering;

use crate::core::scenario::model::condition::Comparison;

/// Whether the comparison holds.
pub fn holds(left: &str, comparison: Comparison, right: &str) -> bool {
    let order = match (number(left), number(right)) {
        (Some(left), Some(right)) => left.partial_cmp(&right),
        _ => Some(left.cmp(right)),
    };
    let Some(order) = order else { return false };
    match comparison {
        Comparison::Equal => order == Ordering::Equal,
        Comparison::NotEqual => order != Ordering::Equal,
        Comparison::Less => order == Ordering::Less,
        Comparison::AtMost => order != Ordering::Greater,
        Comparison::Greater => order == Ordering::Greater,
        Comparison::AtLeast => order != Ordering::Less,
    }
}

/// Ids may have more digits than a floating-point number keeps, so whole numbers are compared as such.
fn number(text: &str) -> Option<Number> {
    let text = text.trim();
    let looks_like_one = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    if !looks_like_one {
        return None;
    }
    text.parse().map(Number::Whole).or_else(|_| text.parse().map(Number::Float)).ok()
}

#[derive(Clone, Copy, PartialEq)]
enum Number {
    Whole(i128),
    Float(f64),
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Whole(left), Self::Whole(right)) => Some(left.cmp(right)),
            _ => self.as_float().partial_cmp(&other.as_float()),
        }
    }
}

impl Number {
    const fn as_float(self) -> f64 {
        match self {
            Self::Whole(number) => number as f64,
            Self::Float(number) => number,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Comparison::{AtLeast, AtMost, Equal, Greater, Less, NotEqual};

    #[test]
    fn numbers_compare_as_numbers_and_texts_as_texts() {
        assert!(holds("10", Greater, "9") && holds("1.0", Equal, "1") && holds("-2", Less, "1e1"));
        assert!(holds("b", Greater, "a") && holds("10a", Less, "9a"), "as texts");
        assert!(holds("3", AtMost, "3") && holds("3", AtLeast, "3") && !holds("3", NotEqual, "3"));
        assert!(!holds("9007199254740993", Equal, "9007199254740992"), "ids of many digits differ");
        assert!(holds("inf", Equal, "inf") && holds("", Equal, ""));
    }
}
