//! What a comparison takes from a run: for each endpoint its counts and its latencies.

use super::buckets::Buckets;
use super::figure::Figure;
use crate::core::base::histogram::Figures;

/// An endpoint's name, the same in every run.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoint {
    pub method: String,
    pub name: String,
}

impl Endpoint {
    /// Whether a user means it, by `METHOD name` or by the name alone.
    pub fn is_called(&self, text: &str) -> bool {
        text == self.name
            || text.split_once(' ').is_some_and(|(method, name)| method == self.method && name == self.name)
    }
}

/// The figures of one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunSample {
    pub endpoints: Vec<(Endpoint, EndpointSample)>,
    /// All requests together.
    pub total: EndpointSample,
}

/// One endpoint in one run, or in a group of runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EndpointSample {
    pub requests: u64,
    pub failures: u64,
    /// For how long requests were started.
    pub seconds: f64,
    pub latencies: Latencies,
}

/// How much is known of latencies.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Latencies {
    /// All of them.
    Counted(Buckets),
    /// Some figures, in milliseconds.
    Figures(Figures),
    #[default]
    NotMeasured,
}

impl RunSample {
    pub fn get(&self, endpoint: &Endpoint) -> Option<&EndpointSample> {
        self.endpoints.iter().find(|(known, _)| known == endpoint).map(|(_, sample)| sample)
    }
}

impl EndpointSample {
    /// Requests and latencies of several runs as if they had been one. Figures without histograms cannot be pooled.
    pub fn pooled(parts: &[&Self]) -> Self {
        if let [only] = parts {
            return (*only).clone();
        }
        let counted = parts.iter().filter_map(|part| match &part.latencies {
            Latencies::Counted(buckets) => Some(buckets),
            _ => None,
        });
        Self {
            requests: parts.iter().map(|part| part.requests).sum(),
            failures: parts.iter().map(|part| part.failures).sum(),
            seconds: parts.iter().map(|part| part.seconds).sum(),
            latencies: Buckets::pooled(counted).map_or(Latencies::NotMeasured, Latencies::Counted),
        }
    }

    /// A figure as people read it; latencies in milliseconds.
    pub fn value(&self, figure: Figure) -> Option<f64> {
        let per = |count: u64, by: f64| (by > 0.0).then(|| count as f64 / by);
        match (figure, figure.quantile(), &self.latencies) {
            (Figure::Rps, ..) => per(self.requests, self.seconds),
            (Figure::FailureRatio, ..) => per(self.failures, self.requests as f64),
            (_, None, Latencies::Counted(buckets)) => Some(buckets.mean()),
            (_, Some(quantile), Latencies::Counted(buckets)) => Some(buckets.quantile(quantile)),
            (_, None, Latencies::Figures(figures)) => figures.mean,
            (_, Some(quantile), Latencies::Figures(figures)) => figures.quantile(quantile),
            (_, _, Latencies::NotMeasured) => None,
        }
    }
}
