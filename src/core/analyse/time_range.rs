//! A part of a run, as whole seconds since its start. Nothing is summed up here.

use std::fmt::{self, Display};
use std::str::FromStr;

/// The seconds from `from` on, up to and without `until`. There is at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimeRange {
    from: u64,
    until: u64,
}

impl TimeRange {
    /// `None` when there is no second in it.
    pub const fn new(from: u64, until: u64) -> Option<Self> {
        if from < until { Some(Self { from, until }) } else { None }
    }

    /// The range between two seconds in any order, both of them in it.
    pub const fn between(one: u64, other: u64) -> Self {
        if one <= other { Self { from: one, until: other + 1 } } else { Self { from: other, until: one + 1 } }
    }

    /// The first second in it.
    pub const fn from(self) -> u64 {
        self.from
    }

    /// The first second after it.
    pub const fn until(self) -> u64 {
        self.until
    }

    /// How many seconds are in it.
    pub const fn seconds(self) -> u64 {
        self.until - self.from
    }

    pub const fn contains(self, second: u64) -> bool {
        self.from <= second && second < self.until
    }

    /// The range as far as stretches of this many seconds can tell: it grows until it begins and ends with a stretch.
    pub const fn widened(self, period_s: u64) -> Self {
        let period_s = if period_s == 0 { 1 } else { period_s };
        Self { from: self.from / period_s * period_s, until: self.until.div_ceil(period_s) * period_s }
    }

    /// What is left of it in a run of this many seconds; `None` when that is nothing.
    pub const fn within(self, seconds: u64) -> Option<Self> {
        Self::new(self.from, if self.until < seconds { self.until } else { seconds })
    }

    /// How many seconds of the time between two moments, in seconds, are in it.
    pub fn overlap_s(self, from_s: f64, until_s: f64) -> f64 {
        (until_s.min(self.until as f64) - from_s.max(self.from as f64)).max(0.0)
    }
}

/// As an address has it: `30-90` is the minute from second 30 on.
impl Display for TimeRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.from, self.until)
    }
}

/// The text is no range of seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a range of time is written as two seconds, the first below the second: 30-90")]
pub struct NoTimeRange;

impl FromStr for TimeRange {
    type Err = NoTimeRange;

    fn from_str(text: &str) -> Result<Self, NoTimeRange> {
        let (from, until) = text.split_once('-').ok_or(NoTimeRange)?;
        let second = |text: &str| text.parse().map_err(|_| NoTimeRange);
        Self::new(second(from)?, second(until)?).ok_or(NoTimeRange)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> TimeRange {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_is_read_as_it_is_written() {
        let half_minute = range("30-60");
        assert_eq!((half_minute.from(), half_minute.until(), half_minute.seconds()), (30, 60, 30));
        assert_eq!(half_minute.to_string(), "30-60");
        for text in ["", "30", "60-30", "30-30", "-1-5", "a-b", "1-2-3"] {
            assert_eq!(text.parse::<TimeRange>(), Err(NoTimeRange), "{text}");
        }
    }

    #[test]
    fn a_range_grows_to_whole_stretches() {
        assert_eq!(range("7-17").widened(8), range("0-24"));
        assert_eq!(range("8-16").widened(8), range("8-16"));
        assert_eq!(range("7-17").widened(1), range("7-17"));
    }

    #[test]
    fn two_seconds_are_a_range_in_any_order() {
        assert_eq!(TimeRange::between(9, 4), range("4-10"));
        assert_eq!(TimeRange::between(4, 4), range("4-5"));
    }

    #[test]
    fn only_the_time_in_which_requests_were_started_counts() {
        assert_eq!(range("10-30").overlap_s(0.0, 25.5), 15.5);
        assert_eq!(range("10-30").overlap_s(0.0, 8.0), 0.0);
        assert_eq!(range("10-30").within(20), Some(range("10-20")));
        assert_eq!(range("10-30").within(10), None);
    }
}
