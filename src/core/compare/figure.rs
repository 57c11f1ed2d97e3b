//! The figures that are compared, and the scale on which each is compared.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A figure of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// Requests per second.
    Rps,
    /// Failures by requests.
    FailureRatio,
    /// The mean latency.
    Mean,
    P50,
    P90,
    P95,
    P99,
}

/// Whether more of a figure is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    More,
    Less,
}

impl Figure {
    pub const ALL: [Self; 7] =
        [Self::Rps, Self::FailureRatio, Self::Mean, Self::P50, Self::P90, Self::P95, Self::P99];
    /// The figures that say how long requests took.
    pub const LATENCIES: [Self; 5] = [Self::Mean, Self::P50, Self::P90, Self::P95, Self::P99];

    /// Its name in files and conditions.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rps => "rps",
            Self::FailureRatio => "failure_ratio",
            Self::Mean => "mean",
            Self::P50 => "p50",
            Self::P90 => "p90",
            Self::P95 => "p95",
            Self::P99 => "p99",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|figure| figure.name() == name)
    }

    /// The quantile in [0, 1] that it is.
    pub const fn quantile(self) -> Option<f64> {
        match self {
            Self::P50 => Some(0.5),
            Self::P90 => Some(0.9),
            Self::P95 => Some(0.95),
            Self::P99 => Some(0.99),
            Self::Rps | Self::FailureRatio | Self::Mean => None,
        }
    }

    /// Whether it says how long requests took.
    pub const fn is_latency(self) -> bool {
        !matches!(self, Self::Rps | Self::FailureRatio)
    }

    pub const fn better(self) -> Better {
        match self {
            Self::Rps => Better::More,
            _ => Better::Less,
        }
    }
}
