//! How long things took, as quantiles and as a whole histogram.

use serde::{Deserialize, Serialize};

use crate::core::base::histogram::{Encoded, Figures, Histogram};
use crate::core::base::units::Micros;

/// The figures of one latency family, and all of it for us.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "ReadDistribution")]
pub struct Distribution {
    /// For people and scripts, in milliseconds.
    #[serde(flatten)]
    pub figures: Figures,
    /// In microseconds; absent from live views.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub histogram: Option<Encoded>,
}

/// The same as it is read. Spelled out, because reading by `flatten` puts every value aside first, and is kilobytes
/// of the page.
#[derive(Deserialize)]
struct ReadDistribution {
    count: u64,
    min: f64,
    mean: f64,
    p50: f64,
    p75: f64,
    p90: f64,
    p95: f64,
    p99: f64,
    p999: f64,
    max: f64,
    histogram: Option<Encoded>,
}

impl From<ReadDistribution> for Distribution {
    fn from(read: ReadDistribution) -> Self {
        let ReadDistribution { count, min, mean, p50, p75, p90, p95, p99, p999, max, histogram } = read;
        Self { figures: Figures { count, min, mean, p50, p75, p90, p95, p99, p999, max }, histogram }
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
    pub fn recorded(&self) -> Option<Histogram> {
        let mut histogram = self.histogram.as_ref()?.decode().ok()?;
        self.bound(&mut histogram);
        Some(histogram)
    }

    /// Gives a histogram of some of these values the exact bounds of all of them.
    pub fn bound(&self, histogram: &mut Histogram) {
        let [min, max] = [self.figures.min, self.figures.max].map(Micros::from_millis_f64);
        histogram.keep_within(min, max);
    }
}

/// The three quantiles of a second, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
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
