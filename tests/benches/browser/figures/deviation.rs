//! How far a measured figure is from the truth, and whether that is near enough.

use std::fmt;

use super::quantiles::Quantiles;

/// Measured less true.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Deviation {
    /// In milliseconds.
    pub millis: f64,
    /// In percent of the truth.
    pub percent: f64,
}

impl Deviation {
    /// Of one figure, both in milliseconds.
    pub fn of(measured: f64, truth: f64) -> Self {
        let millis = measured - truth;
        // A truth of nothing is off by any percentage; then the milliseconds decide.
        let percent = if truth > 0.0 { millis / truth * 100.0 } else { f64::INFINITY };
        Self { millis, percent }
    }

    /// Whichever is further off for this tolerance.
    pub fn worse(self, other: Self, tolerance: Tolerance) -> Self {
        if tolerance.excess(self) >= tolerance.excess(other) { self } else { other }
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Beyond that the percentage only says that the truth is small.
        if self.percent.abs() >= 1_000.0 {
            return f.pad(&format!("{:+.2} ms", self.millis));
        }
        f.pad(&format!("{:+.1} % ({:+.2} ms)", self.percent, self.millis))
    }
}

/// The deviations of the three quantiles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Deviations {
    /// Of the median.
    pub p50: Deviation,
    /// Of the quantile 0.95.
    pub p95: Deviation,
    /// Of the quantile 0.99.
    pub p99: Deviation,
}

impl Deviations {
    /// Of the figures of the same requests.
    pub fn of(measured: &Quantiles, truth: &Quantiles) -> Self {
        Self {
            p50: Deviation::of(measured.p50, truth.p50),
            p95: Deviation::of(measured.p95, truth.p95),
            p99: Deviation::of(measured.p99, truth.p99),
        }
    }
}

/// What is near enough: so many percent, or so many milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// Near enough whatever the milliseconds.
    pub percent: f64,
    /// Near enough whatever the percentage.
    pub millis: f64,
}

impl Tolerance {
    /// For the main cell.
    pub const MAIN: Self = Self { percent: 2.0, millis: 3.0 };
    /// For the whole grid.
    pub const GRID: Self = Self { percent: 3.0, millis: 5.0 };

    /// Whether a deviation is near enough.
    pub fn admits(self, deviation: Deviation) -> bool {
        self.excess(deviation) <= 1.0
    }

    /// How much of the tolerance is used up; over 1 is too much.
    fn excess(self, deviation: Deviation) -> f64 {
        (deviation.percent.abs() / self.percent).min(deviation.millis.abs() / self.millis)
    }
}

impl fmt::Display for Tolerance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "≤ {} % or {} ms", self.percent, self.millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deviation_is_signed_and_relative_to_the_truth() {
        assert_eq!(Deviation::of(202.0, 200.0), Deviation { millis: 2.0, percent: 1.0 });
        assert_eq!(Deviation::of(100.0, 200.0), Deviation { millis: -100.0, percent: -50.0 });
    }

    #[test]
    fn a_percentage_of_next_to_nothing_is_not_shown() {
        assert_eq!(Deviation::of(202.0, 200.0).to_string(), "+1.0 % (+2.00 ms)");
        assert_eq!(Deviation::of(9.05, 0.05).to_string(), "+9.00 ms");
    }

    #[test]
    fn percent_or_milliseconds_are_enough() {
        let near = |measured, truth| Tolerance::MAIN.admits(Deviation::of(measured, truth));
        assert!(near(1019.0, 1000.0), "19 ms are 1.9 %");
        assert!(near(0.9, 0.1), "800 % are 0.8 ms");
        assert!(near(0.4, 0.0));
        assert!(!near(207.0, 200.0), "3.5 % and 7 ms");
        assert!(!near(193.0, 200.0), "too little is as wrong as too much");
    }

    #[test]
    fn the_worse_deviation_is_the_one_that_uses_up_more_of_the_tolerance() {
        let (small, large) = (Deviation::of(0.5, 0.1), Deviation::of(210.0, 200.0));
        assert_eq!(small.worse(large, Tolerance::GRID), large);
        assert_eq!(large.worse(small, Tolerance::GRID), large);
    }
}
