//! The pause between two tasks: what can be written for it. Drawing one belongs to the run.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::core::base::units::{Micros, parse_duration};

/// The pause between two tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ThinkTime {
    /// Every pause in the range is equally likely; a constant pause has equal ends. `constant` and `between` in Locust.
    Between { from: Micros, to: Micros },
    /// Normally distributed, and never below zero.
    Normal { mean: Micros, deviation: Micros },
    /// Exponentially distributed, so that the tasks of one user are a Poisson process as far as they take no time.
    Poisson { mean: Micros },
    /// A task starts every so often, or at once when the one before took longer. `constant_pacing` in Locust.
    Pacing { every: Micros },
}

impl ThinkTime {
    pub const NONE: Self = Self::Between { from: Micros::ZERO, to: Micros::ZERO };
}

/// A text that is no think time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no think time; write a duration (0, 1s, 500ms), a range (1s..3s), `normal 3s 500ms` (mean and \
     deviation), `poisson 2s` (mean) or `pacing 10s`"
)]
pub struct NotAThinkTime(pub String);

impl FromStr for ThinkTime {
    type Err = NotAThinkTime;

    fn from_str(text: &str) -> Result<Self, NotAThinkTime> {
        read(text).ok_or_else(|| NotAThinkTime(text.to_owned()))
    }
}

fn read(text: &str) -> Option<ThinkTime> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let time = |text: &str| parse_duration(text).ok();
    let think_time = match words.as_slice() {
        ["normal", mean, deviation] => ThinkTime::Normal { mean: time(mean)?, deviation: time(deviation)? },
        ["poisson", mean] => ThinkTime::Poisson { mean: time(mean)? },
        ["pacing", every] => ThinkTime::Pacing { every: time(every)? },
        [range] => {
            let (from, to) = range.split_once("..").unwrap_or((range, range));
            ThinkTime::Between { from: time(from)?, to: time(to)? }
        }
        _ => return None,
    };
    let in_order = !matches!(think_time, ThinkTime::Between { from, to } if from > to);
    in_order.then_some(think_time)
}

impl fmt::Display for ThinkTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Between { from, to } if from == to => from.fmt(f),
            Self::Between { from, to } => write!(f, "{from}..{to}"),
            Self::Normal { mean, deviation } => write!(f, "normal {mean} {deviation}"),
            Self::Poisson { mean } => write!(f, "poisson {mean}"),
            Self::Pacing { every } => write!(f, "pacing {every}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn think_times_read_and_write_as_people_write_them() {
        for text in ["0ms", "1s", "500ms", "1s..3s", "normal 3s 500ms", "poisson 2s", "pacing 10s"] {
            assert_eq!(text.parse::<ThinkTime>().unwrap().to_string(), text);
        }
        for text in
            ["", "3s..1s", "1s..", "..", "x", "1s...3s", "-1", "normal 3s", "poisson", "pacing x", "1s 2s"]
        {
            assert!(text.parse::<ThinkTime>().is_err(), "{text}");
        }
    }
}
