//! The report of a part of a run has the figures that a run of only these seconds would have.

use std::sync::Arc;

use oddiya_load::core::analyse::chosen;
use oddiya_load::core::analyse::part::part;
use oddiya_load::core::analyse::stretches::{Family, Stretches};
use oddiya_load::core::analyse::time_range::TimeRange;
use oddiya_load::core::base::histogram::Figures;
use oddiya_load::core::present::plot::heat::heat;
use oddiya_load::core::present::plot::{Frame, TimeLabels};
use oddiya_load::core::report::{Entry, Report};
use oddiya_load::core::run::example;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn example() -> Arc<Report> {
    Arc::new(example::report().unwrap())
}

fn of(report: &Arc<Report>, range: &str) -> Report {
    part(report, &Stretches::of(Arc::clone(report)).unwrap(), range.parse().unwrap())
}

/// What a part and a whole have in common.
fn figures(entry: &Entry) -> impl PartialEq + std::fmt::Debug + use<> {
    let of = |family: &Option<oddiya_load::core::report::Distribution>| family.as_ref().map(|f| f.figures);
    let families = [of(&entry.latency_ms), of(&entry.corrected_ms), of(&entry.ttfb_ms)];
    let streams = entry.stream_ms.as_ref().map(|streams| of(&streams.first_event));
    let counts = (entry.sent, entry.requests, entry.failures, entry.received_bytes);
    (counts, entry.rps, entry.failure_ratio, families, streams)
}

#[test]
fn the_part_that_is_the_whole_run_has_the_figures_of_the_run() {
    let report = example();
    let whole = of(&report, "0-100000");
    assert_eq!(whole.run.duration_s, report.run.duration_s);
    assert_eq!(figures(&whole.total), figures(&report.total));
    for (part, whole) in whole.requests.iter().zip(&report.requests) {
        assert_eq!(figures(part), figures(whole));
    }
    assert_eq!(whole.failures, report.failures);
    assert_eq!(whole.timeline, report.timeline);
    assert_eq!(whole.health.suspect_seconds, report.health.suspect_seconds);
    assert_eq!(whole.health.reasons, report.health.reasons);
    assert_eq!(whole.total.in_flight_at_end, report.total.in_flight_at_end);
}

#[test]
fn parts_that_follow_each_other_add_up_to_the_whole() {
    let report = example();
    let parts = [of(&report, "0-60"), of(&report, "60-71"), of(&report, "71-100000")];
    let sum = |count: fn(&Report) -> u64| parts.iter().map(count).sum::<u64>();
    assert_eq!(sum(|part| part.total.requests), report.total.requests);
    assert_eq!(sum(|part| part.total.failures), report.total.failures);
    assert_eq!(sum(|part| part.total.sent.unwrap()), report.total.sent.unwrap());
    assert_eq!(sum(|part| part.failures.iter().map(|row| row.count).sum()), report.total.failures);
    let durations: f64 = parts.iter().map(|part| part.run.duration_s).sum();
    assert!((durations - report.run.duration_s).abs() < 1e-9, "{durations}");
}

#[test]
fn a_part_has_exactly_the_requests_that_ended_in_it() {
    let report = example();
    let range: TimeRange = "65-90".parse().unwrap();
    let part = of(&report, "65-90");
    let rows = || report.timeline.iter().filter(|row| range.contains(row.second));
    assert_eq!(part.total.requests, rows().map(|row| row.requests).sum::<u64>());
    assert_eq!(part.total.failures, rows().map(|row| row.failures).sum::<u64>());
    assert_eq!((part.timeline.len(), part.run.duration_s), (rows().count(), 25.0));
    assert_eq!(part.total.rps, part.total.requests as f64 / 25.0);
    let Figures { count, max, .. } = part.total.latency_ms.unwrap().figures;
    assert!(
        count <= part.total.requests && max > Some(8_000.0),
        "the stall of nine seconds is in it: {max:?}"
    );
}

#[test]
fn an_endpoint_over_a_part_is_the_sum_of_its_stretches() {
    let report = example();
    let stretches = Stretches::of(Arc::clone(&report)).unwrap();
    let range: TimeRange = "10-40".parse().unwrap();
    let of_first = stretches.histogram(range, Family::Latency, |entry| entry == 0);
    let part = part(&report, &stretches, range);
    assert_eq!(of_first.figures(), part.requests[0].latency_ms.as_ref().map(|family| family.figures));
    let all = stretches.histogram(range, Family::Latency, |_| true);
    assert_eq!(all.figures(), part.total.latency_ms.map(|family| family.figures));
}

#[test]
fn a_part_without_requests_has_no_figures_instead_of_zeros() {
    let report = example();
    let after = of(&report, "5000-5010");
    assert_eq!((after.total.requests, after.total.failure_ratio), (0, None));
    assert!(after.total.latency_ms.is_none() && after.timeline.is_empty());
    assert_eq!((after.run.duration_s, after.total.rps), (0.0, 0.0));
}

#[test]
fn the_timeline_of_chosen_endpoints_has_their_requests_alone() {
    let report = example();
    let stretches = Stretches::of(Arc::clone(&report)).unwrap();
    let all = chosen::timeline(&report, &stretches, |_| true);
    let quantities = |timeline: &oddiya_load::core::report::Timeline| {
        timeline
            .iter()
            .map(|row| (row.second, row.sent, row.requests, row.failures, row.latency_ms))
            .collect::<Vec<_>>()
    };
    assert_eq!(quantities(&all), quantities(&report.timeline));
    let first = chosen::timeline(&report, &stretches, |entry| entry == 0);
    assert_eq!(first.iter().map(|row| row.requests).sum::<u64>(), report.requests[0].requests);
    assert_eq!(first.len(), report.timeline.len());
}

#[test]
fn a_heat_map_counts_every_request_once() {
    let report = example();
    let stretches = Stretches::of(Arc::clone(&report)).unwrap();
    let frame = Frame { width: 666.0, height: 218.0 };
    let heat = heat(&stretches, 180, Family::Latency, |_| true, frame, TimeLabels::SinceStart);
    let cells =
        (0..heat.grid.columns()).flat_map(|column| (0..heat.grid.rows()).map(move |row| (column, row)));
    let counted: u64 = cells.map(|(column, row)| heat.grid.count(column, row)).sum();
    assert_eq!(counted, report.total.latency_ms.as_ref().unwrap().figures.count);
    assert_eq!((heat.grid.column_s, heat.grid.columns()), (2, 90), "four pixels a column at least");
    assert!(heat.most > 1 && heat.levels.last().is_some_and(|path| !path.is_empty()), "{}", heat.most);
}
