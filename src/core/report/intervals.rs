//! What each stretch of time counted for each endpoint, so that any range of time can be summed up again exactly.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::health::sum_by_key;
use crate::core::base::buckets::{Buckets, Unpacker};
use crate::core::base::event_kind::EventKind;
use crate::core::base::failure::FailureKind;
use crate::core::base::histogram::{DecodeError, Encoded, Histogram};
use crate::core::base::units::Micros;

/// The stretches of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Intervals {
    /// How long a stretch is, in seconds: one, or more in long runs.
    pub period_s: u64,
    /// The stretches in which anything happened, in order.
    pub rows: Vec<IntervalRow>,
}

/// One stretch of one entry.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IntervalRow {
    /// Which stretch, from 0: it starts at `index * period_s` seconds.
    pub index: u64,
    /// Which entry: its place in the report's `requests`.
    pub entry: usize,
    /// Requests started in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<u64>,
    /// Requests that ended in it.
    pub requests: u64,
    /// How many of these failed.
    pub failures: u64,
    /// The failures by kind; absent where none failed, or only their number is known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "sum_by_key")]
    pub failures_by_kind: BTreeMap<FailureKind, u64>,
    /// Bytes of response bodies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_bytes: Option<u64>,
    /// Request sent → last byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<Recorded>,
    /// Scheduled start → last byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected: Option<Recorded>,
    /// Request sent → first byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttfb: Option<Recorded>,
    /// The milestones of its streams; absent where no answer was a stream. Boxed, as most rows have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub streams: Option<Box<IntervalStreams>>,
}

/// The milestones of the event streams of one stretch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IntervalStreams {
    /// Events of all streams together.
    pub events: u64,
    /// Request sent → first event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_event: Option<Recorded>,
    /// The longest time between two events of a stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub largest_gap: Option<Recorded>,
    /// Request sent → `complete` with a plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complete: Option<Recorded>,
    /// Request sent → `done`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<Recorded>,
    /// Request sent → the first event of each type.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_type: BTreeMap<EventKind, Recorded>,
}

/// A histogram in microseconds with what its encoded form lacks. Version 1 had only the histogram.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Recorded {
    #[serde(flatten)]
    pub exact: Option<ExactBounds>,
    pub histogram: Encoded,
}

/// As it stands in a file. `flatten` would keep every unknown field in memory until the histogram ends.
#[derive(Deserialize)]
struct Flat {
    min: Option<u64>,
    max: Option<u64>,
    sum: Option<u64>,
    histogram: Encoded,
}

impl<'de> Deserialize<'de> for Recorded {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Flat { min, max, sum, histogram } = Flat::deserialize(deserializer)?;
        let exact = min.zip(max).zip(sum).map(|((min, max), sum)| ExactBounds { min, max, sum });
        Ok(Self { exact, histogram })
    }
}

/// Exact figures of a histogram, in microseconds; its buckets are up to 0.1 % wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExactBounds {
    pub min: u64,
    pub max: u64,
    pub sum: u64,
}

impl IntervalRow {
    /// Every histogram in it.
    pub fn recorded(&self) -> impl Iterator<Item = &Recorded> {
        let of_streams = self.streams.iter().flat_map(|streams| {
            let named = [&streams.first_event, &streams.largest_gap, &streams.complete, &streams.done];
            named.into_iter().flatten().chain(streams.by_type.values())
        });
        [&self.latency, &self.corrected, &self.ttfb].into_iter().flatten().chain(of_streams)
    }
}

impl Recorded {
    /// `None` when nothing was recorded.
    pub fn of(histogram: &Histogram) -> Option<Self> {
        let (min, max) = (histogram.min()?.0, histogram.max()?.0);
        let exact = ExactBounds { min, max, sum: histogram.sum_micros() };
        Some(Self { exact: Some(exact), histogram: histogram.encode() })
    }

    /// The buckets in use, exact where their bounds are known. Whoever reads many keeps the unpacker.
    ///
    /// # Errors
    /// When the text is damaged, or not of our geometry.
    pub fn buckets(&self, unpacker: &mut Unpacker) -> Result<Buckets, DecodeError> {
        let buckets = unpacker.buckets(self.histogram.as_str())?;
        Ok(match self.exact {
            Some(ExactBounds { min, max, sum }) => buckets.with_exact(Micros(min), Micros(max), sum),
            None => buckets,
        })
    }

    /// The histogram again, exact where its bounds are known.
    ///
    /// # Errors
    /// When the text is damaged, or not of our geometry.
    pub fn decode(&self) -> Result<Histogram, DecodeError> {
        let histogram = self.histogram.decode()?;
        Ok(match self.exact {
            Some(ExactBounds { min, max, sum }) => histogram.with_exact(Micros(min), Micros(max), sum),
            None => histogram,
        })
    }
}
