//! The latencies of one endpoint in one run, or in a group of runs, as sorted values with their counts.
//!
//! A histogram is walked once; figures and their errors are then read from ranks. Values are in milliseconds.

use crate::core::base::histogram::Histogram;

/// Sorted values, each with how many requests had it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Buckets {
    /// Value in milliseconds, and how many values there are up to it.
    steps: Vec<(f64, u64)>,
    mean: f64,
}

impl Buckets {
    /// The buckets of a histogram, with its exact mean; `None` when it is empty.
    pub fn of(histogram: &Histogram) -> Option<Self> {
        let steps = histogram.buckets().map(|(value, count)| (value.as_millis_f64(), count));
        let buckets = Self::from_steps(steps.collect())?;
        Some(buckets.with_mean(histogram.mean_micros().map(|mean| mean / 1e3)))
    }

    /// From values in milliseconds and their counts, in any order; `None` without any.
    pub fn from_steps(mut steps: Vec<(f64, u64)>) -> Option<Self> {
        steps.retain(|(_, count)| *count > 0);
        steps.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let (mut ranked, mut sum) = (0, 0.0);
        for (value, count) in &mut steps {
            sum += *value * *count as f64;
            ranked += *count;
            *count = ranked;
        }
        (ranked > 0).then(|| Self { steps, mean: sum / ranked as f64 })
    }

    /// With the exact mean, where that is known better than from the buckets.
    pub fn with_mean(self, mean: Option<f64>) -> Self {
        Self { mean: mean.unwrap_or(self.mean), ..self }
    }

    /// All values of several; `None` without any.
    pub fn pooled<'a>(parts: impl Iterator<Item = &'a Self> + Clone) -> Option<Self> {
        let pooled = Self::from_steps(parts.clone().flat_map(Self::counts).collect())?;
        let mean = parts.map(|part| part.mean * part.count() as f64).sum::<f64>() / pooled.count() as f64;
        Some(Self { mean, ..pooled })
    }

    fn counts(&self) -> impl Iterator<Item = (f64, u64)> + '_ {
        let before = std::iter::once(0).chain(self.steps.iter().map(|(_, ranked)| *ranked));
        self.steps.iter().zip(before).map(|((value, ranked), before)| (*value, ranked - before))
    }

    pub fn count(&self) -> u64 {
        self.steps.last().map_or(0, |(_, ranked)| *ranked)
    }

    pub const fn mean(&self) -> f64 {
        self.mean
    }

    /// The standard deviation.
    pub fn deviation(&self) -> f64 {
        let squares = self.counts().map(|(value, count)| (value - self.mean).powi(2) * count as f64);
        (squares.sum::<f64>() / self.count() as f64).sqrt()
    }

    /// The value at a quantile in [0, 1]: the smallest that at least this share of all values does not exceed.
    pub fn quantile(&self, quantile: f64) -> f64 {
        self.at_rank(quantile * self.count() as f64)
    }

    /// The value at a rank from 0 to the count; a rank beyond these is the smallest or largest value.
    pub fn at_rank(&self, rank: f64) -> f64 {
        let rank = rank.ceil().max(1.0) as u64;
        let place = self.steps.partition_point(|(_, ranked)| *ranked < rank);
        self.steps.get(place).or(self.steps.last()).map_or(0.0, |(value, _)| *value)
    }
}
