//! A run second by second.
//!
//! A live view takes a copy of the whole timeline each second. So the rows are kept in chunks that copies share: a copy
//! of an hour costs little more than one of a minute.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::distribution::Quantiles;
use super::health::SuspectReason;

/// Rows in a chunk. A copy shares all chunks; what is appended after it copies one.
const CHUNK: usize = 64;

/// One second. Everything but what ended in it is absent where it was not measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TimelineRow {
    /// Which one, from 0.
    pub second: u64,
    /// Users running at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<u32>,
    /// Users who should have been; absent in the open model and once the run ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_users: Option<u32>,
    /// Arrivals per second that there should have been; absent in the closed model and once the run ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_rate: Option<f64>,
    /// Requests unanswered at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_flight: Option<u32>,
    /// How long the oldest of these had been waiting, in milliseconds; absent when none was in flight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_ms: Option<f64>,
    /// Requests started in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<u64>,
    /// Requests that ended in it.
    pub requests: u64,
    /// How many of these failed.
    pub failures: u64,
    /// Requests that the generator lost in it; absent when it lost none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<u64>,
    /// Arrivals that started no request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropped: Option<u64>,
    /// Latencies of the requests that ended in it; absent when none did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<Quantiles>,
    /// The same, from the scheduled start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_ms: Option<Quantiles>,
    /// p99 of users' lateness in milliseconds; absent when none was due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lateness_p99_ms: Option<f64>,
    /// p99 of requests' queueing in the generator in milliseconds; absent where not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_p99_ms: Option<f64>,
    /// Why its figures should not be trusted; empty when nothing was noticed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspect: Vec<SuspectReason>,
    /// What held the generator's rate back while its latencies stayed true; empty when nothing was noticed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held_back: Vec<SuspectReason>,
}

/// The rows of a run, their seconds rising.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    /// Each full but the last.
    chunks: Vec<Arc<Vec<TimelineRow>>>,
}

impl Timeline {
    pub fn len(&self) -> usize {
        let last = self.chunks.last().map_or(0, |chunk| chunk.len());
        self.chunks.len().saturating_sub(1) * CHUNK + last
    }

    pub const fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &TimelineRow> + Clone {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }

    pub fn get(&self, place: usize) -> Option<&TimelineRow> {
        self.chunks.get(place / CHUNK)?.get(place % CHUNK)
    }

    pub fn last(&self) -> Option<&TimelineRow> {
        self.chunks.last()?.last()
    }

    /// The row of a second; `None` when nothing was kept of it.
    pub fn of_second(&self, second: u64) -> Option<&TimelineRow> {
        self.place_of(second).ok().and_then(|place| self.get(place))
    }

    /// Where the row of a second is, or where it would be.
    ///
    /// # Errors
    /// The place to insert it at.
    pub fn place_of(&self, second: u64) -> Result<usize, usize> {
        let ends_before = |chunk: &Arc<Vec<TimelineRow>>| chunk.last().is_some_and(|row| row.second < second);
        let chunk = self.chunks.partition_point(ends_before);
        let base = chunk * CHUNK;
        let Some(rows) = self.chunks.get(chunk) else { return Err(self.len()) };
        let found = rows.binary_search_by_key(&second, |row| row.second);
        found.map(|place| base + place).map_err(|place| base + place)
    }

    /// Appends a row; its second is after all others.
    pub fn push(&mut self, row: TimelineRow) {
        match self.chunks.last_mut().filter(|chunk| chunk.len() < CHUNK) {
            Some(chunk) => Arc::make_mut(chunk).push(row),
            None => self.chunks.push(Arc::new(vec![row])),
        }
    }

    /// Puts a row at a place that [`Timeline::place_of`] gave. Costs as much as all rows: for the rare one that is late.
    pub fn insert(&mut self, place: usize, row: TimelineRow) {
        let mut rows: Vec<TimelineRow> = self.iter().cloned().collect();
        rows.insert(place.min(rows.len()), row);
        *self = rows.into_iter().collect();
    }

    /// Changes one row.
    pub fn update(&mut self, place: usize, change: impl FnOnce(&mut TimelineRow)) {
        let chunk = self.chunks.get_mut(place / CHUNK).map(Arc::make_mut);
        if let Some(row) = chunk.and_then(|chunk| chunk.get_mut(place % CHUNK)) {
            change(row);
        }
    }

    /// Leaves only the first rows.
    pub fn truncate(&mut self, len: usize) {
        *self = self.iter().take(len).cloned().collect();
    }
}

impl FromIterator<TimelineRow> for Timeline {
    fn from_iter<I: IntoIterator<Item = TimelineRow>>(rows: I) -> Self {
        let mut timeline = Self::default();
        rows.into_iter().for_each(|row| timeline.push(row));
        timeline
    }
}

/// Whoever holds the same chunks has the same rows, which makes comparing two copies cheap.
impl PartialEq for Timeline {
    fn eq(&self, other: &Self) -> bool {
        let same = |(a, b): (&Arc<_>, &Arc<_>)| Arc::ptr_eq(a, b) || a == b;
        self.chunks.len() == other.chunks.len() && self.chunks.iter().zip(&other.chunks).all(same)
    }
}

impl Serialize for Timeline {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Timeline {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Row by row: a list of all rows first would take as much memory again.
        struct Rows;
        impl<'de> serde::de::Visitor<'de> for Rows {
            type Value = Timeline;
            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a list of seconds")
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut rows: A) -> Result<Timeline, A::Error> {
                let mut timeline = Timeline::default();
                while let Some(row) = rows.next_element()? {
                    timeline.push(row);
                }
                Ok(timeline)
            }
        }
        deserializer.deserialize_seq(Rows)
    }
}

impl JsonSchema for Timeline {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timeline".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Vec::<TimelineRow>::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_seconds(seconds: impl IntoIterator<Item = u64>) -> Timeline {
        seconds.into_iter().map(|second| TimelineRow { second, ..TimelineRow::default() }).collect()
    }

    #[test]
    fn rows_are_found_by_place_and_by_second_across_chunks() {
        let timeline = of_seconds((0..200).map(|i| i * 2));
        assert_eq!(timeline.len(), 200);
        assert_eq!(timeline.get(130).map(|row| row.second), Some(260));
        assert_eq!((timeline.place_of(260), timeline.place_of(261)), (Ok(130), Err(131)));
        assert_eq!(timeline.of_second(261), None);
        assert_eq!((timeline.place_of(999), Timeline::default().place_of(3)), (Err(200), Err(0)));
        assert_eq!(timeline.iter().next_back(), timeline.last());
    }

    #[test]
    fn a_late_row_is_put_in_its_place_and_a_copy_keeps_what_it_had() {
        let mut timeline = of_seconds((0..150).filter(|second| *second != 70));
        let copy = timeline.clone();
        timeline.insert(70, TimelineRow { second: 70, requests: 9, ..TimelineRow::default() });
        timeline.update(149, |row| row.requests = 5);
        timeline.push(TimelineRow { second: 150, ..TimelineRow::default() });
        assert_eq!(timeline.iter().map(|row| row.second).collect::<Vec<_>>(), (0..=150).collect::<Vec<_>>());
        assert_eq!((copy.len(), copy.last().map(|row| row.requests)), (149, Some(0)));
    }
}
