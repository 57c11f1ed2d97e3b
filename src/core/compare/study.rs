//! The runs of a comparison laid out by endpoint, with each figure of each run.

use super::figure::Figure;
use super::groups::{Cells, Groups, variance_within};
use super::input::Run;
use super::measured::measured;
use super::sample::{Endpoint, EndpointSample};

/// An endpoint in all runs that have it.
#[derive(Clone, Debug)]
pub struct Studied {
    pub endpoint: Endpoint,
    /// In the order of [`Figure::ALL`].
    cells: Vec<Cells>,
    /// All base runs that have it, and all new ones, as if each had been one run.
    pub base: EndpointSample,
    pub new: EndpointSample,
}

impl Studied {
    /// `None` where base or new lacks the endpoint.
    pub fn of(endpoint: &Endpoint, runs: &Groups<Run>) -> Option<Self> {
        let samples = runs.map(|run| run.sample.get(endpoint).filter(|sample| sample.requests > 0));
        Self::from_samples(endpoint.clone(), &samples)
    }

    pub fn total(runs: &Groups<Run>) -> Option<Self> {
        Self::from_samples(Endpoint::default(), &runs.map(|run| Some(&run.sample.total)))
    }

    fn from_samples(endpoint: Endpoint, samples: &Groups<Option<&EndpointSample>>) -> Option<Self> {
        let pooled = |runs: &[Option<&EndpointSample>]| {
            let parts: Vec<&EndpointSample> = runs.iter().copied().flatten().collect();
            (!parts.is_empty()).then(|| EndpointSample::pooled(&parts))
        };
        let of_figure = |figure: &Figure| samples.map(|sample| measured((*sample)?, *figure));
        Some(Self {
            endpoint,
            cells: Figure::ALL.iter().map(of_figure).collect(),
            base: pooled(&samples.base)?,
            new: pooled(&samples.new)?,
        })
    }

    pub fn cells(&self, figure: Figure) -> Option<&Cells> {
        Figure::ALL.iter().zip(&self.cells).find(|(known, _)| **known == figure).map(|(_, cells)| cells)
    }

    /// The latency whose own requests leave it the smallest error, of those that every run has: the mean of a log-normal
    /// distribution, but a quantile where there are two modes.
    pub fn steadiest(&self) -> Option<Figure> {
        let complete = |figure: &Figure| self.cells(*figure).filter(|cells| cells.all().all(Option::is_some));
        let errors = Figure::LATENCIES
            .into_iter()
            .filter_map(|figure| Some((figure, variance_within(complete(&figure)?))));
        errors.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(figure, _)| figure)
    }

    pub fn has_failures(&self) -> bool {
        self.base.failures + self.new.failures > 0
    }
}

/// The endpoints of all runs, in the order in which they first appear.
pub fn endpoints(runs: &Groups<Run>) -> Vec<Endpoint> {
    let mut found: Vec<Endpoint> = Vec::new();
    for (endpoint, sample) in runs.base.iter().chain(&runs.new).flat_map(|run| &run.sample.endpoints) {
        if sample.requests > 0 && !found.contains(endpoint) {
            found.push(endpoint.clone());
        }
    }
    found
}
