//! Takes from a report what a comparison needs.

use super::buckets::Buckets;
use super::conditions::Conditions;
use super::sample::{Endpoint, EndpointSample, Latencies, RunSample};
use crate::core::report::{Distribution, Entry, LoadModel, Report};

/// A run to compare.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// What the user calls it: a file's name.
    pub label: String,
    pub sample: RunSample,
    pub conditions: Conditions,
}

impl Run {
    pub fn of(report: &Report, label: impl Into<String>) -> Self {
        let seconds = report.run.duration_s;
        let model = report.run.model();
        let endpoint = |entry: &Entry| Endpoint { method: entry.method.clone(), name: entry.name.clone() };
        let sample = |entry: &Entry| (endpoint(entry), EndpointSample::of(entry, model, seconds));
        let sample = RunSample {
            // A journey is compared as an endpoint is.
            endpoints: report.rows().map(sample).collect(),
            total: EndpointSample::of(&report.total, model, seconds),
        };
        Self { label: label.into(), sample, conditions: Conditions::of(report) }
    }
}

impl EndpointSample {
    fn of(entry: &Entry, model: LoadModel, seconds: f64) -> Self {
        // The headline of each model: arrivals do not wait for an answer, so theirs is from the scheduled start.
        let family = match model {
            LoadModel::Open => entry.corrected_ms.as_ref().or(entry.latency_ms.as_ref()),
            LoadModel::Closed => entry.latency_ms.as_ref(),
        };
        Self {
            requests: entry.requests,
            failures: entry.failures,
            seconds,
            latencies: family.map_or(Latencies::NotMeasured, Latencies::of),
        }
    }
}

impl Latencies {
    fn of(family: &Distribution) -> Self {
        let exact_mean = family.figures.mean;
        let counted = family.recorded().and_then(|recorded| {
            Buckets::from_steps(recorded.iter().map(|(value, n)| (value.as_millis_f64(), n)).collect())
        });
        counted.map_or(Self::Figures(family.figures), |buckets| Self::Counted(buckets.with_mean(exact_mean)))
    }
}
