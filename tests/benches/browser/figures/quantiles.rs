//! The three quantiles that the benchmark compares, all of them known.

use oddiya_load::core::base::histogram::Histogram;
use oddiya_load::core::base::units::Micros;

/// In milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantiles {
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
}

impl Quantiles {
    /// `None` when nothing was measured.
    pub fn of(histogram: &Histogram) -> Option<Self> {
        let at = |quantile| histogram.quantile(quantile).map(Micros::as_millis_f64);
        Some(Self { p50: at(0.5)?, p95: at(0.95)?, p99: at(0.99)? })
    }
}
