//! Axes: the conversion of values to shares of an axis and back, and ticks at round numbers.
//!
//! Pixels do not occur here: a share is in [0, 1], from an axis's start to its end.

use crate::core::base::units::group_thousands;

/// Whether an axis is linear or logarithmic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// Equal differences have equal distances. The axis starts at zero.
    #[default]
    Linear,
    /// Equal factors have equal distances.
    Log,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    shape: Shape,
    from: f64,
    to: f64,
}

/// A labelled position on an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// The position, in values or in pixels.
    pub at: f64,
    pub label: String,
}

/// The highest number of steps between the ticks of a linear axis of values. Small charts have room for few labels.
const VALUE_STEPS: usize = 4;

impl Scale {
    /// A linear axis from `from` to `to`, which must be larger.
    pub const fn linear(from: f64, to: f64) -> Self {
        Self { shape: Shape::Linear, from, to }
    }

    /// An axis that holds all `values` and has a tick at each end. Without values it goes from 0 to 1.
    pub fn of_values(values: impl Iterator<Item = f64>, shape: Shape) -> Self {
        let (mut smallest, mut largest) = (f64::INFINITY, 0.0_f64);
        for value in values.filter(|value| value.is_finite()) {
            largest = largest.max(value);
            if value > 0.0 {
                smallest = smallest.min(value);
            }
        }
        if largest <= 0.0 {
            return Self::linear(0.0, 1.0);
        }
        match shape {
            Shape::Linear => {
                let step = nice_step(largest / VALUE_STEPS as f64);
                Self::linear(0.0, (largest / step).ceil() * step)
            }
            Shape::Log => {
                let from = 10f64.powf(smallest.log10().floor());
                let to = 10f64.powf(largest.log10().ceil()).max(from * 10.0);
                Self { shape, from, to }
            }
        }
    }

    /// The share of the axis at which a value stands. A value beyond an end stands at that end, and so does zero on a
    /// logarithmic axis.
    pub fn share(self, value: f64) -> f64 {
        let share = match self.shape {
            Shape::Linear => (value - self.from) / (self.to - self.from),
            Shape::Log => (value.max(self.from) / self.from).ln() / (self.to / self.from).ln(),
        };
        if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }
    }

    /// The value at a share: the inverse of [`Scale::share`].
    pub fn value(self, share: f64) -> f64 {
        match self.shape {
            Shape::Linear => self.from + share * (self.to - self.from),
            Shape::Log => self.from * (self.to / self.from).powf(share),
        }
    }

    /// The ticks of the axis; their `at` is a value.
    pub fn ticks(self) -> Vec<Tick> {
        let tick = |at: f64| Tick { at, label: label(at) };
        match self.shape {
            Shape::Linear => {
                let step = nice_step((self.to - self.from) / VALUE_STEPS as f64 / 1.001);
                let count = ((self.to - self.from) / step).round() as u32;
                (0..=count).map(|i| tick(self.from + f64::from(i) * step)).collect()
            }
            Shape::Log => {
                let decades = (self.to / self.from).log10().round() as i32;
                let within: &[f64] = if decades <= 2 { &[1.0, 2.0, 5.0] } else { &[1.0] };
                let all = (0..=decades).flat_map(|decade| {
                    within.iter().map(move |factor| self.from * 10f64.powi(decade) * factor)
                });
                all.filter(|at| *at <= self.to * 1.001).map(tick).collect()
            }
        }
    }
}

/// The smallest of 1, 2, 2.5, 5, 10 … (times a power of ten) that is not below `least`.
fn nice_step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    // The tolerance makes 0.3 / 3, which is a little more than 0.1 as a float, give 0.1 and not 0.2.
    let nice = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|factor| factor * power >= least * 0.999_999);
    nice.unwrap_or(10.0) * power
}

/// Formats a tick's number: up to three decimals without trailing zeros, and thousands in groups.
fn label(value: f64) -> String {
    if value >= 1_000.0 {
        return group_thousands(value.round() as u64);
    }
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The steps between ticks of time, in seconds: round numbers of seconds, minutes and hours.
const TIME_STEPS_S: [u64; 16] =
    [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200];
/// The longest axis, in seconds, that is labelled in seconds.
const LONGEST_IN_SECONDS: f64 = 180.0;
/// The longest axis, in seconds, that is labelled in minutes. A longer one is labelled in hours.
const LONGEST_IN_MINUTES: f64 = 10_800.0;

/// The ticks of an axis of time from 0 to `end` seconds; their `at` is in seconds. There are at most `most` steps
/// between them, but two are always allowed. The last label carries the unit.
pub fn time_ticks(end: f64, most: usize) -> Vec<Tick> {
    let fits = |step: &&u64| end / **step as f64 <= most.max(2) as f64;
    let days = (end / 86_400.0 / most.max(2) as f64).ceil() as u64;
    let step = TIME_STEPS_S.iter().find(fits).copied().unwrap_or(86_400 * days) as f64;
    let (per_unit, unit) = match end {
        end if end <= LONGEST_IN_SECONDS => (1.0, "s"),
        end if end <= LONGEST_IN_MINUTES => (60.0, "min"),
        _ => (3_600.0, "h"),
    };
    let count = (end / step) as u32;
    let tick = |i: u32| {
        let at = f64::from(i) * step;
        let number = label(at / per_unit);
        Tick { at, label: if i == count { format!("{number}\u{202f}{unit}") } else { number } }
    };
    (0..=count).map(tick).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn ticks_stand_at_round_numbers() {
        let ticks = |largest: f64| Scale::of_values([largest].into_iter(), Shape::Linear).ticks();
        assert_eq!(labels(&ticks(31.0)), ["0", "10", "20", "30", "40"]);
        assert_eq!(labels(&ticks(4.0)), ["0", "1", "2", "3", "4"]);
        assert_eq!(labels(&ticks(0.3)), ["0", "0.1", "0.2", "0.3"]);
        assert_eq!(
            labels(&ticks(9_000.0)),
            ["0", "2\u{202f}500", "5\u{202f}000", "7\u{202f}500", "10\u{202f}000"]
        );
    }

    #[test]
    fn every_axis_has_a_handful_of_ticks_and_holds_its_values() {
        for shape in [Shape::Linear, Shape::Log] {
            for exponent in -30..60 {
                let largest = 1.37 * 1.5f64.powi(exponent);
                let scale = Scale::of_values([largest / 3.0, largest].into_iter(), shape);
                let count = scale.ticks().len();
                assert!((2..=8).contains(&count), "{count} ticks up to {largest}");
                assert!(scale.value(1.0) >= largest * 0.999 && scale.share(largest) <= 1.0);
            }
        }
    }

    #[test]
    fn a_logarithmic_axis_runs_over_whole_decades() {
        let scale = Scale::of_values([0.0, 3.0, 45.0].into_iter(), Shape::Log);
        assert_eq!(labels(&scale.ticks()), ["1", "2", "5", "10", "20", "50", "100"]);
        assert!((scale.share(10.0) - 0.5).abs() < 1e-9);
        assert_eq!(scale.share(0.0), 0.0, "zero has no logarithm and stands at the start");
        let wide = Scale::of_values([0.3, 4_500.0].into_iter(), Shape::Log);
        assert_eq!(labels(&wide.ticks()), ["0.1", "1", "10", "100", "1\u{202f}000", "10\u{202f}000"]);
    }

    #[test]
    fn converting_a_value_to_a_share_and_back_gives_the_value() {
        for shape in [Shape::Linear, Shape::Log] {
            let scale = Scale::of_values([2.0, 730.0].into_iter(), shape);
            for value in [2.0, 10.0, 730.0] {
                assert!((scale.value(scale.share(value)) - value).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn without_finite_values_the_axis_goes_from_zero_to_one() {
        for values in [vec![], vec![0.0], vec![f64::NAN, f64::INFINITY]] {
            assert_eq!(Scale::of_values(values.into_iter(), Shape::Log), Scale::linear(0.0, 1.0));
        }
    }

    #[test]
    fn time_is_counted_in_seconds_then_in_minutes_then_in_hours() {
        assert_eq!(labels(&time_ticks(30.0, 4)), ["0", "10", "20", "30\u{202f}s"]);
        assert_eq!(labels(&time_ticks(61.0, 5)), ["0", "15", "30", "45", "60\u{202f}s"]);
        assert_eq!(labels(&time_ticks(300.0, 6)), ["0", "1", "2", "3", "4", "5\u{202f}min"]);
        assert_eq!(labels(&time_ticks(200.0, 8)), ["0", "0.5", "1", "1.5", "2", "2.5", "3\u{202f}min"]);
        assert_eq!(labels(&time_ticks(14_400.0, 4)), ["0", "1", "2", "3", "4\u{202f}h"]);
        assert!(time_ticks(86_400.0 * 3.0, 2).len() <= 4);
        assert!(time_ticks(86_400.0 * 366.0, 5).len() <= 6, "a year has no more ticks than a minute");
    }
}
