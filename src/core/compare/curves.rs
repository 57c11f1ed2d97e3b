//! The curves of a run that a comparison lays over those of others: latency by quantile, and figures by second.

use std::sync::Arc;

use crate::core::analyse::chosen;
use crate::core::analyse::ramp::after_ramp;
use crate::core::analyse::stretches::Stretches;
use crate::core::report::{Distribution, Entry, LoadModel, Report, Timeline, TimelineRow};

use super::sample::Endpoint;

/// How many steps the axis of quantiles has: from 0 to 99.99 %, four nines, each in twenty.
pub const STEPS: usize = 80;

/// What is drawn by second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BySecond {
    #[default]
    P95,
    Requests,
    Failures,
}

/// The second of each run that stands at the start of the axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Aligned {
    #[default]
    AtStart,
    AtEndOfRamp,
}

/// The latencies at each step of the axis of quantiles, in milliseconds; of all requests where no endpoint is named.
pub fn spectrum(report: &Report, endpoint: Option<&Endpoint>) -> Vec<Option<f64>> {
    let entry = match endpoint {
        None => Some(&report.total),
        Some(named) => report.rows().find(|entry| is(entry, named)),
    };
    let family = entry.and_then(|entry| match report.run.model() {
        LoadModel::Open => entry.corrected_ms.as_ref().or(entry.latency_ms.as_ref()),
        LoadModel::Closed => entry.latency_ms.as_ref(),
    });
    let Some(recorded) = family.and_then(Distribution::recorded) else { return Vec::new() };
    let at = |step: usize| 1.0 - 10_f64.powf(-(step as f64) / (STEPS / 4) as f64);
    // Where fewer than one request is left, nothing was measured.
    let is_measured = |quantile: f64| (1.0 - quantile) * recorded.count() as f64 >= 1.0;
    let value = |quantile: f64| recorded.quantile(quantile).filter(|_| is_measured(quantile));
    (0..=STEPS).map(|step| value(at(step)).map(|value| value.as_millis_f64())).collect()
}

fn is(entry: &Entry, named: &Endpoint) -> bool {
    entry.method == named.method && entry.name == named.name
}

/// The timeline of an endpoint, or of all requests where none is named. Empty for an endpoint of a report that keeps no
/// intervals, and for a journey, which has none. Unpacks the intervals of the whole report, so ask once for each endpoint.
pub fn timeline(report: &Arc<Report>, endpoint: Option<&Endpoint>) -> Timeline {
    match endpoint {
        None => report.timeline.clone(),
        Some(named) => timeline_of(report, named).unwrap_or_default(),
    }
}

fn timeline_of(report: &Arc<Report>, named: &Endpoint) -> Option<Timeline> {
    let place = report.requests.iter().position(|entry| is(entry, named))?;
    let stretches = Stretches::of(Arc::clone(report))?;
    Some(chosen::timeline(report, &stretches, |entry| entry == place))
}

/// A figure of each second of a timeline, from the second that stands at the start of the axis.
pub fn seconds(report: &Report, timeline: &Timeline, what: BySecond, aligned: Aligned) -> Vec<Option<f64>> {
    let from = match aligned {
        Aligned::AtStart => 0,
        Aligned::AtEndOfRamp => after_ramp(report).map_or(0, |range| range.from()),
    };
    let Some(last) = timeline.last().map(|row| row.second) else { return Vec::new() };
    let model = report.run.model();
    (from..=last).map(|second| timeline.of_second(second).and_then(|row| of(row, what, model))).collect()
}

fn of(row: &TimelineRow, what: BySecond, model: LoadModel) -> Option<f64> {
    match (what, model) {
        (BySecond::P95, LoadModel::Open) => row.corrected_ms?.p95,
        (BySecond::P95, LoadModel::Closed) => row.latency_ms?.p95,
        (BySecond::Requests, _) => Some(row.requests as f64),
        (BySecond::Failures, _) => Some(row.failures as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::report::read;

    fn report() -> Report {
        read::read(include_bytes!("../../../tests/fixtures/reports/v2/sim.json")).unwrap()
    }

    #[test]
    fn a_spectrum_ends_where_no_request_is_left() {
        let report = report();
        let spectrum = spectrum(&report, None);
        let latency = report.total.latency_ms.as_ref().unwrap().figures;
        assert_eq!(spectrum.len(), STEPS + 1);
        assert_eq!(spectrum[STEPS / 4], latency.p90, "one nine is a quarter of the axis");
        assert_eq!(spectrum[STEPS], None, "{} requests have no 99.99 %", latency.count);
    }

    #[test]
    fn runs_are_laid_over_each_other_from_the_start_or_from_the_end_of_the_ramp() {
        let report = report();
        let (all, level) = (
            seconds(&report, &report.timeline, BySecond::Requests, Aligned::AtStart),
            seconds(&report, &report.timeline, BySecond::Requests, Aligned::AtEndOfRamp),
        );
        let ramp = after_ramp(&report).map_or(0, |range| range.from()) as usize;
        assert_eq!(all[ramp..], level[..]);
        let sum: f64 = all.iter().flatten().sum();
        assert_eq!(sum as u64, report.total.requests);
    }

    #[test]
    fn an_endpoint_has_seconds_of_its_own_and_those_of_all_endpoints_add_up() {
        let report = Arc::new(report());
        let requests = |endpoint: Option<&Endpoint>| {
            seconds(&report, &timeline(&report, endpoint), BySecond::Requests, Aligned::AtStart)
        };
        let mut sum = vec![0.0; requests(None).len()];
        for entry in &report.requests {
            let endpoint = Endpoint { method: entry.method.clone(), name: entry.name.clone() };
            let of_endpoint = requests(Some(&endpoint));
            assert_eq!(of_endpoint.iter().flatten().sum::<f64>() as u64, entry.requests);
            of_endpoint.iter().zip(&mut sum).for_each(|(one, sum)| *sum += one.unwrap_or_default());
        }
        assert_eq!(sum, requests(None).into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>());
    }
}
