//! The time of one plan generation, as an option of the stub. Pure.

use std::str::FromStr;

use super::super::options::{Model, Speed};
use crate::core::base::units::{Micros, parse_duration};

/// Time of one plan generation, drawn uniformly between two limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LlmLatency {
    pub(super) least: Micros,
    pub(super) most: Micros,
}

/// What the agent's mock mode takes for a plan of three days, measured.
const MOCKED: Micros = Micros(12_100);

impl LlmLatency {
    pub const fn fixed(time: Micros) -> Self {
        Self { least: time, most: time }
    }

    const fn secs(least: u64, most: u64) -> Self {
        Self { least: Micros::from_secs(least), most: Micros::from_secs(most) }
    }

    /// The default. Oddiya's documents speak of 2 to 5 s for a living model.
    pub(super) fn of(speed: Speed, model: Model) -> Self {
        match (speed, model) {
            (Speed::Instant, _) => Self::secs(0, 0),
            (Speed::Laptop, Model::Mock) => Self::fixed(MOCKED),
            (Speed::T2Micro, Model::Mock) => Self::fixed(Micros(4 * MOCKED.0)),
            (Speed::Laptop, Model::Real) => Self::secs(1, 3),
            (Speed::T2Micro, Model::Real) => Self::secs(2, 5),
        }
    }
}

impl FromStr for LlmLatency {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (least, most) = text.split_once("..").unwrap_or((text, text));
        let least = parse_duration(least).map_err(|e| e.to_string())?;
        let most = parse_duration(most).map_err(|e| e.to_string())?;
        if least > most {
            return Err(format!("the range `{text}` runs backwards; write the shorter time first"));
        }
        Ok(Self { least, most })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_one_time_or_a_range() {
        assert_eq!("2s".parse(), Ok(LlmLatency::secs(2, 2)));
        assert_eq!("500ms..2s".parse::<LlmLatency>().unwrap().least, Micros(500_000));
        for text in ["", "5s..2s", "..", "2s..x"] {
            assert!(text.parse::<LlmLatency>().is_err(), "{text}");
        }
    }
}
