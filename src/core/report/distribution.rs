//! How long things took, as quantiles and as a whole histogram.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::core::base::buckets::Buckets;
use crate::core::base::histogram::{Encoded, Figures, Histogram};
use crate::core::base::units::Micros;

/// The figures of one latency family for people and scripts, in milliseconds, and the histogram they are from.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Distribution {
    #[serde(flatten)]
    pub figures: Figures,
    /// In microseconds; absent from live views, and where only figures are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub histogram: Option<Encoded>,
}

/// As it stands in a file. `flatten` would keep every unknown field in memory until the distribution ends.
#[derive(Deserialize)]
struct Flat {
    count: u64,
    min: Option<f64>,
    mean: Option<f64>,
    p50: Option<f64>,
    p75: Option<f64>,
    p90: Option<f64>,
    p95: Option<f64>,
    p99: Option<f64>,
    p999: Option<f64>,
    max: Option<f64>,
    histogram: Option<Encoded>,
}

impl<'de> Deserialize<'de> for Distribution {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Flat { count, min, mean, p50, p75, p90, p95, p99, p999, max, histogram } =
            Flat::deserialize(deserializer)?;
        let figures = Figures { count, min, mean, p50, p75, p90, p95, p99, p999, max };
        Ok(Self { figures, histogram })
    }
}

/// How much of a distribution to write down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Only the figures: cheap, for views that are redrawn every second.
    Figures,
    /// The histogram too: what a file holds.
    Full,
}

impl Distribution {
    /// `None` when nothing was measured.
    pub fn of(histogram: &Histogram, detail: Detail) -> Option<Self> {
        let encoded = (detail == Detail::Full).then(|| histogram.encode());
        Some(Self { figures: histogram.figures()?, histogram: encoded })
    }

    /// All of it, with its exact bounds; `None` where the report has only figures.
    pub fn recorded(&self) -> Option<Buckets> {
        let mut buckets = self.histogram.as_ref()?.buckets().ok()?;
        let (min, max) = self.bounds();
        buckets.keep_within(min, max);
        Some(buckets)
    }

    /// The values at quantiles in [0, 1], in milliseconds: from the histogram, or else from the figures, which have some
    /// of them.
    pub fn quantiles_ms<const N: usize>(&self, quantiles: [f64; N]) -> [Option<f64>; N] {
        match self.recorded() {
            Some(buckets) => quantiles.map(|quantile| buckets.quantile(quantile).map(Micros::as_millis_f64)),
            None => quantiles.map(|quantile| self.figures.quantile(quantile)),
        }
    }

    /// Gives a histogram of some of these values the exact bounds of all of them.
    pub fn bound(&self, histogram: &mut Histogram) {
        let (min, max) = self.bounds();
        histogram.keep_within(min, max);
    }

    fn bounds(&self) -> (Micros, Micros) {
        let bound = |millis: Option<f64>, otherwise| millis.map_or(otherwise, Micros::from_millis_f64);
        (bound(self.figures.min, Micros::ZERO), bound(self.figures.max, Micros(u64::MAX)))
    }
}

/// The three quantiles of a second, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Quantiles {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p50: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p95: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p99: Option<f64>,
}

impl Quantiles {
    /// `None` when nothing was measured.
    pub fn of(histogram: &Histogram) -> Option<Self> {
        let at = |quantile| histogram.quantile(quantile).map(Micros::as_millis_f64);
        (!histogram.is_empty()).then(|| Self { p50: at(0.5), p95: at(0.95), p99: at(0.99) })
    }
}

impl From<Figures> for Quantiles {
    fn from(figures: Figures) -> Self {
        Self { p50: figures.p50, p95: figures.p95, p99: figures.p99 }
    }
}
