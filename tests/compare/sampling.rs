//! Made-up runs: latencies of a known distribution, drawn bucket by bucket, which costs the same for 200 requests and for
//! 20,000.

use oddiya_load::core::base::rng::Rng;
use oddiya_load::core::compare::buckets::Buckets;
use oddiya_load::core::compare::sample::{Endpoint, EndpointSample, Latencies, RunSample};

/// Random numbers of the distributions that are needed.
pub struct Draws(pub Rng);

impl Draws {
    pub fn normal(&mut self) -> f64 {
        let (radius, angle) = (1.0 - self.0.unit(), self.0.unit());
        (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
    }

    /// How many of `count` happen, each with this probability.
    fn binomial(&mut self, count: u64, probability: f64) -> u64 {
        let mean = count as f64 * probability;
        if probability >= 1.0 || mean <= 0.0 {
            return if mean > 0.0 { count } else { 0 };
        }
        if probability > 0.5 {
            return count - self.binomial(count, 1.0 - probability);
        }
        let deviation = (mean * (1.0 - probability)).sqrt();
        if deviation > 4.0 {
            return (mean + self.normal() * deviation).round().clamp(0.0, count as f64) as u64;
        }
        // By the gaps between those that happen.
        let (per_miss, mut at, mut happened) = ((-probability).ln_1p(), 0, 0);
        loop {
            at += 1 + ((1.0 - self.0.unit()).ln() / per_miss) as u64;
            if at > count {
                return happened;
            }
            happened += 1;
        }
    }

    /// A whole number between two, evenly on the logarithmic scale.
    pub fn between(&mut self, low: f64, high: f64) -> u64 {
        (low * (high / low).powf(self.0.unit())) as u64
    }
}

/// A distribution of latencies: values in milliseconds with their probabilities.
#[derive(Clone)]
pub struct Shape(Vec<(f64, f64)>);

/// Buckets of a twelfth of a standard deviation.
const STEPS_PER_DEVIATION: f64 = 12.0;

impl Shape {
    pub fn log_normal(median_ms: f64, deviation: f64) -> Self {
        let steps = (-42..=42).map(|step| f64::from(step) / STEPS_PER_DEVIATION);
        let weighted: Vec<_> =
            steps.map(|z| (median_ms * (deviation * z).exp(), (-z * z / 2.0).exp())).collect();
        let sum: f64 = weighted.iter().map(|(_, weight)| weight).sum();
        Self(weighted.into_iter().map(|(value, weight)| (value, weight / sum)).collect())
    }

    /// A quick mode and a slow one, as of a cache that hits and misses.
    pub fn bimodal(median_ms: f64, slow_share: f64) -> Self {
        let part = |median: f64, share: f64| {
            Self::log_normal(median, 0.2).0.into_iter().map(move |(value, p)| (value, p * share))
        };
        Self(part(median_ms, 1.0 - slow_share).chain(part(8.0 * median_ms, slow_share)).collect())
    }

    /// So many requests, each slower by a factor.
    pub fn sample(&self, draws: &mut Draws, requests: u64, factor: f64) -> EndpointSample {
        // Buckets of another run lie a little differently, or quantiles would move in steps.
        let factor = factor * (0.04 * (draws.0.unit() - 0.5)).exp();
        let (mut left, mut mass, mut steps) = (requests, 1.0, Vec::new());
        for (value, probability) in &self.0 {
            let count = draws.binomial(left, (probability / mass).min(1.0));
            steps.push((value * factor, count));
            left -= count;
            mass -= probability;
        }
        if let Some((_, last)) = steps.last_mut() {
            *last += left;
        }
        let latencies = Latencies::Counted(Buckets::from_steps(steps).unwrap());
        EndpointSample { requests, failures: 0, seconds: 60.0, latencies }
    }
}

pub fn run(endpoints: impl Iterator<Item = EndpointSample>) -> RunSample {
    let named = |(number, sample): (usize, EndpointSample)| {
        (Endpoint { method: "GET".to_owned(), name: format!("/{number}") }, sample)
    };
    RunSample { endpoints: endpoints.enumerate().map(named).collect(), total: EndpointSample::default() }
}
