//! A level over time, in stages. The level is a number of users or of arrivals per second; a stage keeps it or changes
//! it steadily.
//!
//! This file has the level as a pure function of time, and its integral. `pace.rs` derives the number of users
//! from it, `arrivals.rs` the moments of arrivals.

use std::fmt;

use crate::core::base::units::{Micros, parse_duration, parse_number};

/// One stage: the level goes from one value to another in a straight line.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Stage {
    pub from: f64,
    pub to: f64,
    pub length: Micros,
}

/// What a level counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Users,
    /// Arrivals per second.
    PerSecond,
}

/// Stages, one after the other. There is at least one; the last level stays after the last stage.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Stages {
    list: Vec<Stage>,
}

const EXAMPLES: &str = "such as 50,1m or 0..50,30s (users), or 10/s,1m (arrivals per second)";

impl Stages {
    /// One level that stays from the start on.
    pub fn held(level: f64) -> Self {
        Self { list: vec![Stage { from: level, to: level, length: Micros::ZERO }] }
    }

    /// Reads stages as they are typed: `0..50,30s; 50,2m; ..0,30s` or `10/s,1m; 10..50/s,5m`.
    ///
    /// A stage is a level or a ramp, a comma, and a duration. A ramp is `0..50`, or `..50`, which starts at the last
    /// level of the stage before it (at 0 in the first stage). A level with `/s` after it is in arrivals per second, a
    /// level without it in users.
    ///
    /// # Errors
    /// The error is a sentence that names the wrong stage and says what to write instead.
    pub fn parse(text: &str) -> Result<(Level, Self), String> {
        let mut list: Vec<Stage> = Vec::new();
        let mut unit = None;
        for written in text.split(';').map(str::trim).filter(|written| !written.is_empty()) {
            let before = list.last().map_or(0.0, |stage| stage.to);
            let (level, stage) = parse_stage(written, before)?;
            if unit.is_some_and(|unit| unit != level) {
                return Err(
                    "mixes users and arrivals per second; write /s behind every level or none".to_owned()
                );
            }
            unit = Some(level);
            list.push(stage);
        }
        let unit = unit.ok_or_else(|| format!("names no stage; write LEVEL,DURATION, {EXAMPLES}"))?;
        Ok((unit, Self { list }))
    }

    pub fn iter(&self) -> impl Iterator<Item = Stage> + '_ {
        self.list.iter().copied()
    }

    /// The sum of the durations; zero for stages from [`Stages::held`].
    pub fn length(&self) -> Micros {
        self.list.iter().fold(Micros::ZERO, |sum, stage| sum + stage.length)
    }

    pub fn peak(&self) -> f64 {
        self.list.iter().fold(0.0, |peak, stage| peak.max(stage.from).max(stage.to))
    }

    /// The moment when the level first is at its peak.
    pub fn peak_at(&self) -> Micros {
        let peak = self.peak();
        let mut start = Micros::ZERO;
        for stage in &self.list {
            if stage.from >= peak {
                break;
            }
            start += stage.length;
            if stage.to >= peak {
                break;
            }
        }
        start
    }

    /// The integral of the level from the start to `now`. For arrivals per second it is the number of arrivals that are
    /// due by `now`.
    pub fn area_by(&self, now: Micros) -> f64 {
        let mut left = now;
        let mut area = 0.0;
        for stage in &self.list {
            area += stage.area_by(left.min(stage.length));
            left = left.saturating_sub(stage.length);
        }
        area + self.last_level() * left.as_secs_f64()
    }

    /// The moment when [`Stages::area_by`] reaches `area`; `None` when it never does.
    pub fn when(&self, area: f64) -> Option<Micros> {
        let mut left = area;
        let mut start = Micros::ZERO;
        for stage in &self.list {
            let whole = stage.area_by(stage.length);
            if left <= whole && whole > 0.0 {
                return Some(start + stage.when(left));
            }
            left -= whole;
            start += stage.length;
        }
        let held = self.last_level();
        (held > 0.0).then(|| start + Micros::from_secs_f64(left.max(0.0) / held))
    }

    fn last_level(&self) -> f64 {
        self.list.last().map_or(0.0, |stage| stage.to)
    }
}

impl Stage {
    /// Level per second.
    fn slope(&self) -> f64 {
        let secs = self.length.as_secs_f64();
        if secs > 0.0 { (self.to - self.from) / secs } else { 0.0 }
    }

    fn area_by(&self, elapsed: Micros) -> f64 {
        let secs = elapsed.as_secs_f64();
        secs * (self.from + self.slope() * secs / 2.0)
    }

    /// The time from the stage's start until the integral reaches `area`: the root of `slope/2·t² + from·t = area`, in
    /// the form that loses no digits when the slope is small (Press et al., "Numerical Recipes", §5.6).
    fn when(&self, area: f64) -> Micros {
        let root = (self.from * self.from + 2.0 * self.slope() * area).max(0.0).sqrt();
        Micros::from_secs_f64(2.0 * area / (self.from + root)).min(self.length)
    }
}

fn parse_stage(written: &str, before: f64) -> Result<(Level, Stage), String> {
    let not_a_stage = || format!("`{written}` is no stage; write LEVEL,DURATION, {EXAMPLES}");
    let (level, length) = written.split_once(',').ok_or_else(not_a_stage)?;
    let length = parse_duration(length.trim()).map_err(|error| format!("in `{written}`, {error}"))?;
    if length == Micros::ZERO {
        return Err(format!("`{written}` lasts no time; write a duration above 0"));
    }
    let level = level.trim();
    let (level, unit) = match level.strip_suffix("/s") {
        Some(level) => (level, Level::PerSecond),
        None => (level, Level::Users),
    };
    let bare = |text: &str| match (unit, text.trim().strip_suffix("/s")) {
        (Level::PerSecond, Some(bare)) => bare.to_owned(),
        _ => text.to_owned(),
    };
    let number = |text: &str| parse_number(&bare(text)).ok_or_else(not_a_stage);
    let stage = match level.split_once("..") {
        Some((from, to)) if from.trim().is_empty() => Stage { from: before, to: number(to)?, length },
        Some((from, to)) => Stage { from: number(from)?, to: number(to)?, length },
        None => Stage { from: number(level)?, to: number(level)?, length },
    };
    Ok((unit, stage))
}

/// The level or ramp as a person types it, without the unit and the duration.
impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.from == self.to { self.to.fmt(f) } else { write!(f, "{}..{}", self.from, self.to) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stages(text: &str) -> Stages {
        Stages::parse(text).unwrap().1
    }

    #[test]
    fn stages_are_levels_and_ramps_each_with_its_duration() {
        let (level, stages) = Stages::parse(" 0..50,30s; 50, 2m ;..10,1m30s;").unwrap();
        assert_eq!((level, stages.length(), stages.peak()), (Level::Users, Micros::from_secs(240), 50.0));
        let lines: Vec<_> = stages.iter().map(|stage| (stage.from, stage.to)).collect();
        assert_eq!(lines, [(0.0, 50.0), (50.0, 50.0), (50.0, 10.0)]);
        for text in ["10/s,1m; 10..50/s,5m", "10/s,60; 10/s..50/s,300", "10 /s,1m; 10 .. 50 /s , 5m"] {
            let (level, stages) = Stages::parse(text).unwrap();
            assert_eq!(
                (level, stages.area_by(stages.length())),
                (Level::PerSecond, 600.0 + 9_000.0),
                "{text}"
            );
        }
    }

    #[test]
    fn a_wrong_stage_is_named_with_what_to_write_instead() {
        for (text, problem) in [
            ("", "names no stage; write LEVEL,DURATION, such as 50,1m"),
            (" ; ", "names no stage"),
            ("50", "`50` is no stage; write LEVEL,DURATION, such as 50,1m or 0..50,30s"),
            ("50,1m; x,1m", "`x,1m` is no stage"),
            ("50..,1m", "`50..,1m` is no stage"),
            ("-5,1m", "`-5,1m` is no stage"),
            ("10/s..50,1m", "`10/s..50,1m` is no stage"),
            ("50,1x", "in `50,1x`, `1x` is not a duration"),
            ("50,0s", "`50,0s` lasts no time"),
            ("50,1m; 10/s,1m", "mixes users and arrivals per second; write /s behind every level or none"),
        ] {
            let found = Stages::parse(text).unwrap_err();
            assert!(found.starts_with(problem), "{text:?}: {found}");
        }
    }

    #[test]
    fn the_area_under_a_ramp_is_a_trapezium_and_after_the_last_stage_its_level_stays() {
        let stages = stages("10/s,1m; 10..50/s,20s; 0..0/s,10s; 5/s,10s");
        for (second, area) in [(0, 0.0), (60, 600.0), (70, 800.0), (80, 1200.0), (90, 1200.0), (110, 1300.0)]
        {
            assert_eq!(stages.area_by(Micros::from_secs(second)), area, "at {second} s");
        }
    }

    #[test]
    fn the_peak_is_reached_at_the_end_of_a_ramp_or_at_the_start_of_a_level() {
        for (text, second) in
            [("10/s,1m; 10..50/s,20s; 50/s,1m", 80), ("50/s,1m", 0), ("5/s,1m; 9/s,1m; 9..1/s,1m", 60)]
        {
            assert_eq!(stages(text).peak_at(), Micros::from_secs(second), "{text}");
        }
    }

    #[test]
    fn when_is_the_inverse_of_the_area() {
        let stages = stages("10/s,1m; 10..50/s,20s; 0/s,10s; 40..0/s,10s; 0..7/s,10s");
        let mut before = Micros::ZERO;
        for tenth in 1..=16_000 {
            let area = f64::from(tenth) / 10.0;
            let moment = stages.when(area).unwrap();
            assert!(moment >= before, "{area}");
            before = moment;
            // A microsecond at the rate of 50/s is 5e-5 of an arrival.
            assert!((stages.area_by(moment) - area).abs() < 1e-4, "{area} at {moment:?}");
        }
    }

    #[test]
    fn an_area_that_a_level_of_zero_never_reaches_is_never_due() {
        let stages = stages("10/s,1s; 0/s,1s");
        assert_eq!(stages.when(9.5), Some(Micros::from_millis(950)));
        assert_eq!(stages.when(10.5), None);
        assert_eq!(Stages::held(0.0).when(0.5), None);
        assert_eq!(Stages::held(4.0).when(0.5), Some(Micros::from_millis(125)));
    }
}
