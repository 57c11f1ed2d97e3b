//! The latency histogram that every part of the program uses: it records, merges, gives quantiles and is encoded.
//!
//! Every histogram is an HdrHistogram with a resolution of 1 µs and three significant digits, so that any two can be
//! merged. The exact minimum, maximum and sum are kept beside the buckets, because a bucket is up to 0.1 % wide. This
//! file reads no clock and does not decide what is measured.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hdrhistogram::Histogram as Hdr;
use hdrhistogram::serialization::{Deserializer, Serializer as _, V2DeflateSerializer};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::buckets::DecodeError;
use super::buckets::{Buckets, HIGHEST, SIGNIFICANT_DIGITS, Unpacker, narrowed};
use super::units::Micros;

/// A distribution of latencies (or of any other span of time).
#[derive(Clone, Debug)]
pub struct Histogram {
    /// `None` until the first value is recorded. This saves memory: a run has several histograms for each second, and
    /// most of them stay empty.
    buckets: Option<Hdr<u64>>,
    min: Micros,
    max: Micros,
    sum: u64,
}

/// Empty buckets for values up to 2 µs. They grow when a larger value is recorded.
#[expect(clippy::expect_used, reason = "the bounds are constants that the crate accepts")]
fn empty_buckets() -> Hdr<u64> {
    let mut buckets = Hdr::new_with_bounds(1, 2, SIGNIFICANT_DIGITS).expect("constant bounds are valid");
    buckets.auto(true);
    buckets
}

impl Default for Histogram {
    fn default() -> Self {
        Self::new()
    }
}

impl Histogram {
    /// An empty histogram without buckets. Once it has values, its buckets take 16 KB to 190 KB; the largest value
    /// decides.
    pub const fn new() -> Self {
        Self { buckets: None, min: Micros(u64::MAX), max: Micros::ZERO, sum: 0 }
    }

    /// Counts one value. One of more than an hour counts in the last bucket; `max` and `sum` still hold it exactly.
    pub fn record(&mut self, value: Micros) {
        // Cannot fail: auto-resize is on and the value is capped.
        let _ = self.buckets.get_or_insert_with(empty_buckets).record(value.0.min(HIGHEST));
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.sum = self.sum.saturating_add(value.0);
    }

    /// Adds all values of `other`.
    pub fn merge(&mut self, other: &Self) {
        let Some(buckets) = other.buckets.as_ref().filter(|buckets| !buckets.is_empty()) else { return };
        // Cannot fail: auto-resize is on, so the range of `other` fits.
        let _ = self.buckets.get_or_insert_with(empty_buckets).add(buckets);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.sum = self.sum.saturating_add(other.sum);
    }

    /// Adds the values of an encoded histogram.
    pub fn add(&mut self, more: &Buckets) {
        if more.count() == 0 {
            return;
        }
        let (min, max, sum) = more.bounds();
        let buckets = self.buckets.get_or_insert_with(empty_buckets);
        for (value, count) in more.iter() {
            // Cannot fail: auto-resize is on and the value is capped.
            let _ = buckets.record_n(value.0.min(HIGHEST), count);
        }
        self.min = self.min.min(min);
        self.max = self.max.max(max);
        self.sum = self.sum.saturating_add(sum);
    }

    /// Narrows the exact minimum and maximum to bounds that are known from elsewhere. A decoded histogram needs this,
    /// because the encoded form does not contain the exact bounds.
    pub fn keep_within(&mut self, min: Micros, max: Micros) {
        (self.min, self.max) = narrowed((self.min, self.max), (min, max));
    }

    /// The exact sum of all values, in microseconds.
    pub const fn sum_micros(&self) -> u64 {
        self.sum
    }

    /// Gives a decoded histogram the minimum, maximum and sum that its encoded form lacks. Bounds that contradict each
    /// other are ignored.
    pub fn with_exact(mut self, min: Micros, max: Micros, sum: u64) -> Self {
        if min <= max {
            (self.min, self.max, self.sum) = (min, max, sum);
        }
        self
    }

    /// Removes all values and keeps the memory of the buckets.
    pub fn reset(&mut self) {
        if let Some(buckets) = self.buckets.as_mut().filter(|buckets| !buckets.is_empty()) {
            buckets.reset();
        }
        (self.min, self.max, self.sum) = (Micros(u64::MAX), Micros::ZERO, 0);
    }

    pub fn count(&self) -> u64 {
        self.buckets.as_ref().map_or(0, Hdr::len)
    }

    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// The exact smallest value; `None` when the histogram is empty.
    pub fn min(&self) -> Option<Micros> {
        (!self.is_empty()).then_some(self.min)
    }

    /// The exact largest value; `None` when the histogram is empty.
    pub fn max(&self) -> Option<Micros> {
        (!self.is_empty()).then_some(self.max)
    }

    /// The exact arithmetic mean, in microseconds; `None` when the histogram is empty.
    pub fn mean_micros(&self) -> Option<f64> {
        (!self.is_empty()).then(|| self.sum as f64 / self.count() as f64)
    }

    /// The same in milliseconds, to the microsecond.
    pub fn mean_millis(&self) -> Option<f64> {
        self.mean_micros().map(|mean| mean.round() / 1e3)
    }

    /// The values at rising quantiles, each as [`Histogram::quantile`] gives it, in one go through the buckets.
    pub fn quantiles<const N: usize>(&self, rising: [f64; N]) -> [Option<Micros>; N] {
        let buckets = self.buckets.as_ref().filter(|buckets| !buckets.is_empty());
        let mut values = buckets.into_iter().flat_map(|buckets| buckets.value_at_quantiles(rising));
        rising.map(|_| values.next().map(|value| Micros(value).max(self.min).min(self.max)))
    }

    /// The value at a quantile in [0, 1]: the smallest recorded value `v` such that at least this share of all values
    /// is `v` or less. It is precise to 0.1 % and never outside the exact minimum and maximum. `None` when the
    /// histogram is empty.
    pub fn quantile(&self, quantile: f64) -> Option<Micros> {
        let buckets = self.buckets.as_ref().filter(|buckets| !buckets.is_empty())?;
        Some(Micros(buckets.value_at_quantile(quantile)).max(self.min).min(self.max))
    }

    /// The non-empty buckets in ascending order: for each bucket the highest value that it holds, and its count.
    pub fn buckets(&self) -> impl Iterator<Item = (Micros, u64)> + '_ {
        let recorded = self.buckets.iter().flat_map(Hdr::iter_recorded);
        recorded.map(|step| (Micros(step.value_iterated_to()), step.count_at_value()))
    }

    /// The figures that reports and tables show; `None` when the histogram is empty.
    pub fn figures(&self) -> Option<Figures> {
        let at = |quantile| self.quantile(quantile).map(Micros::as_millis_f64);
        (!self.is_empty()).then(|| Figures {
            count: self.count(),
            min: self.min().map(Micros::as_millis_f64),
            mean: self.mean_millis(),
            p50: at(0.5),
            p75: at(0.75),
            p90: at(0.9),
            p95: at(0.95),
            p99: at(0.99),
            p999: at(0.999),
            max: self.max().map(Micros::as_millis_f64),
        })
    }

    /// Encodes the buckets in HdrHistogram's V2 format, deflated and in base64. Every HdrHistogram reader opens it.
    pub fn encode(&self) -> Encoded {
        let mut bytes = Vec::new();
        // Cannot fail: the sink is memory.
        let _ = match &self.buckets {
            Some(buckets) => V2DeflateSerializer::new().serialize(buckets, &mut bytes),
            None => V2DeflateSerializer::new().serialize(&empty_buckets(), &mut bytes),
        };
        Encoded(BASE64.encode(bytes))
    }
}

/// The form in which a shard sends a histogram: only the buckets in use, and the exact figures.
#[derive(Serialize, Deserialize)]
struct Sparse {
    min: Micros,
    max: Micros,
    sum: u64,
    buckets: Vec<(u64, u64)>,
}

impl Serialize for Histogram {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let buckets = self.buckets().map(|(value, count)| (value.0, count)).collect();
        Sparse { min: self.min, max: self.max, sum: self.sum, buckets }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Histogram {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let sparse = Sparse::deserialize(deserializer)?;
        let mut histogram = Self::new();
        for (value, count) in sparse.buckets {
            // Cannot fail: auto-resize is on and the value is capped.
            let _ = histogram.buckets.get_or_insert_with(empty_buckets).record_n(value.min(HIGHEST), count);
        }
        (histogram.min, histogram.max, histogram.sum) = (sparse.min, sparse.max, sparse.sum);
        Ok(histogram)
    }
}

/// The figures of one distribution, in milliseconds. Each is absent where it is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Figures {
    /// How many values the figures are of.
    pub count: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p50: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p75: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p90: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p95: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p99: Option<f64>,
    /// The quantile 0.999.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p999: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

impl Figures {
    /// The figure at a quantile in [0, 1]; `None` when [`Figures`] has no field for this quantile.
    pub fn quantile(&self, quantile: f64) -> Option<f64> {
        let known = [
            (0.0, self.min),
            (0.5, self.p50),
            (0.75, self.p75),
            (0.9, self.p90),
            (0.95, self.p95),
            (0.99, self.p99),
            (0.999, self.p999),
            (1.0, self.max),
        ];
        known.into_iter().find(|(known, _)| *known == quantile).and_then(|(_, figure)| figure)
    }
}

/// A histogram as text; see [`Histogram::encode`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Encoded(String);

impl Encoded {
    /// Wraps a text without checking it; [`Encoded::decode`] checks it.
    pub fn from_text(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The buckets in use, without room for the others.
    ///
    /// # Errors
    /// When the text is damaged, too large, or not of our geometry.
    pub fn buckets(&self) -> Result<Buckets, DecodeError> {
        Unpacker::default().buckets(&self.0)
    }

    /// Decodes the text. The format does not contain the exact minimum, maximum and sum; they are estimated from the
    /// buckets.
    pub fn decode(&self) -> Result<Histogram, DecodeError> {
        // What the crate's decoder would believe is checked before it reads anything.
        self.buckets()?;
        let damaged = |why: &dyn std::fmt::Display| DecodeError::Damaged(why.to_string());
        let bytes = BASE64.decode(&self.0).map_err(|e| damaged(&e))?;
        let mut buckets: Hdr<u64> =
            Deserializer::new().deserialize(&mut bytes.as_slice()).map_err(|e| damaged(&e))?;
        buckets.auto(true);
        let sum = buckets.iter_recorded().fold(0u64, |sum, step| {
            let middle = buckets.median_equivalent(step.value_iterated_to());
            sum.saturating_add(middle.saturating_mul(step.count_at_value()))
        });
        let (min, max) = if buckets.is_empty() { (u64::MAX, 0) } else { (buckets.min(), buckets.max()) };
        Ok(Histogram { buckets: Some(buckets), min: Micros(min), max: Micros(max), sum })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[u64]) -> Histogram {
        let mut histogram = Histogram::new();
        values.iter().for_each(|v| histogram.record(Micros(*v)));
        histogram
    }

    #[test]
    fn an_empty_histogram_has_no_figures() {
        assert_eq!(Histogram::new().figures(), None);
        assert_eq!(Histogram::new().quantile(0.5), None);
    }

    #[test]
    fn quantiles_are_within_a_thousandth_of_the_sorted_values() {
        let values: Vec<u64> = (1..=10_000).map(|i| i * 37).collect();
        let histogram = of(&values);
        for quantile in [0.0, 0.5, 0.9, 0.99, 0.999, 1.0] {
            let rank = ((quantile * values.len() as f64).ceil() as usize).clamp(1, values.len());
            let exact = values[rank - 1] as f64;
            let got = histogram.quantile(quantile).unwrap().0 as f64;
            assert!(
                (got - exact).abs() <= exact / 1000.0 + 1.0,
                "quantile {quantile}: {got}, exactly {exact}"
            );
        }
    }

    #[test]
    fn merging_parts_equals_recording_the_whole() {
        let (a, b) = (of(&[10, 2_000_000, 5]), of(&[70_000, 9]));
        let mut merged = a.clone();
        merged.merge(&b);
        let whole = of(&[10, 2_000_000, 5, 70_000, 9]);
        assert_eq!(merged.figures(), whole.figures());
        assert_eq!(merged.encode(), whole.encode());
    }

    #[test]
    fn values_past_an_hour_keep_their_exact_maximum() {
        let histogram = of(&[1, 9_000_000_000]);
        assert_eq!(histogram.max(), Some(Micros(9_000_000_000)));
        assert_eq!(histogram.count(), 2);
    }

    #[test]
    fn decoding_gives_back_the_counts() {
        let histogram = of(&[0, 1, 15, 200_000, 59_000_000, 3_600_000_000]);
        let decoded = histogram.encode().decode().unwrap();
        assert_eq!(decoded.encode(), histogram.encode());
        assert_eq!(decoded.count(), 6);
        assert_eq!(decoded.buckets().collect::<Vec<_>>(), histogram.buckets().collect::<Vec<_>>());
    }

    #[test]
    fn serialising_keeps_every_figure_and_bucket() {
        let histogram = of(&[0, 3, 3, 15, 200_000, 59_000_000]);
        let text = serde_json::to_string(&histogram).unwrap();
        let back: Histogram = serde_json::from_str(&text).unwrap();
        assert_eq!((back.figures(), back.encode()), (histogram.figures(), histogram.encode()));
    }

    #[test]
    fn an_empty_histogram_survives_encoding() {
        let decoded = Histogram::new().encode().decode().unwrap();
        assert!(decoded.is_empty());
        assert_eq!(decoded.figures(), None);
    }

    #[test]
    fn reads_a_histogram_that_another_implementation_wrote() {
        // The published test vector: Histogram(1, 60 000 000, 3) holding one value 1000, V2 without deflate.
        // `decode` reads only deflated histograms, so the vector is deflated here as other writers do it.
        use std::io::Write as _;
        let plain = BASE64.decode("HISTEwAAAAMAAAAAAAAAAwAAAAAAAAABAAAAAAOThwA/8AAAAAAAAM8PAg==").unwrap();
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        zlib.write_all(&plain).unwrap();
        let zlib = zlib.finish().unwrap();
        let mut blob = 0x1c84_9314_u32.to_be_bytes().to_vec();
        blob.extend((zlib.len() as u32).to_be_bytes());
        blob.extend(zlib);
        let histogram = Encoded::from_text(BASE64.encode(blob)).decode().unwrap();
        assert_eq!((histogram.count(), histogram.quantile(1.0)), (1, Some(Micros(1000))));
    }

    #[test]
    fn damaged_and_hostile_texts_are_refused() {
        for text in ["", "x", "HISTFAAA", &"A".repeat(crate::core::base::buckets::MAX_ENCODED_BYTES + 4)] {
            assert!(Encoded::from_text(text.to_owned()).decode().is_err());
        }
        let mut blob = BASE64.decode(of(&[5]).encode().as_str()).unwrap();
        blob.truncate(blob.len() - 4);
        assert!(Encoded::from_text(BASE64.encode(blob)).decode().is_err());
    }
}
