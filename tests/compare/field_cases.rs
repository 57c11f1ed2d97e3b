//! What went wrong in other tools that compare results, from their public issues: an input, and the right result.

use oddiya_load::core::compare::assemble::{Options, compare};
use oddiya_load::core::compare::buckets::Buckets;
use oddiya_load::core::compare::figure::Figure;
use oddiya_load::core::compare::groups::Groups;
use oddiya_load::core::compare::outcome::{Comparison, FigureChange, Group, Verdict};
use oddiya_load::core::compare::sample::{Endpoint, EndpointSample, Latencies, RunSample};
use oddiya_load::core::present::comparison::file::ComparisonFile;

use crate::{compared, runs};

/// An endpoint with these latencies in milliseconds, so many times each.
fn timed(steps: &[(f64, u64)]) -> EndpointSample {
    let requests = steps.iter().map(|(_, count)| count).sum();
    let latencies = Latencies::Counted(Buckets::from_steps(steps.to_vec()).unwrap());
    EndpointSample { requests, failures: 0, seconds: 60.0, latencies }
}

fn one(name: &str, sample: EndpointSample) -> RunSample {
    let total = sample.clone();
    RunSample {
        endpoints: vec![(Endpoint { method: "GET".to_owned(), name: name.to_owned() }, sample)],
        total,
    }
}

fn figure(comparison: &Comparison, figure: Figure) -> &FigureChange {
    comparison.entries[0].get(figure).unwrap()
}

fn groups(base: Vec<RunSample>, new: Vec<RunSample>) -> Groups<RunSample> {
    Groups { base, new, like: Vec::new() }
}

/// golang/go#19565
#[test]
fn an_endpoint_in_one_group_only_is_listed_and_part_of_no_change() {
    let mut base = one("/a", timed(&[(10.0, 1_000)]));
    base.endpoints.extend(one("/old", timed(&[(5_000.0, 1_000)])).endpoints);
    let comparison = compared(&groups(vec![base; 3], vec![one("/a", timed(&[(10.0, 1_000)])); 3]));
    assert_eq!(comparison.entries.len(), 1);
    assert_eq!(
        (comparison.only_in[0].endpoint.name.as_str(), comparison.only_in[0].group),
        ("/old", Group::Base)
    );
    assert_eq!(comparison.verdict, Verdict::NoEvidence);
}

/// google/benchmark PR#2290: 2 and 8, and one that was skipped.
#[test]
fn an_endpoint_without_requests_is_no_part_of_the_common_shift() {
    let run = |factor: f64| {
        let mut run = one("/a", timed(&[(10.0 * factor, 1_000)]));
        for name in ["/b", "/c"] {
            run.endpoints.extend(one(name, timed(&[(20.0 * factor, 1_000)])).endpoints);
        }
        run.endpoints.push((
            Endpoint { method: "GET".to_owned(), name: "/skipped".to_owned() },
            EndpointSample::default(),
        ));
        run
    };
    let comparison =
        compared(&groups(vec![run(1.0), run(1.01), run(0.99)], vec![run(4.0), run(4.04), run(3.96)]));
    let common = comparison.common.unwrap();
    assert!((common.shift.change - 3.0).abs() < 0.01, "{}", common.shift.change);
    assert_eq!((common.verdict, comparison.verdict), (Verdict::Slower, Verdict::Slower));
    assert!(comparison.entries.iter().all(|entry| entry.verdict == Verdict::NoEvidence), "none of its own");
}

/// bencher#956 and github-action-benchmark#204
#[test]
fn failures_from_0_have_no_percentage_and_are_worse_and_everything_stays_finite() {
    let failing = |failures| one("/a", EndpointSample { failures, ..timed(&[(10.0, 1_000)]) });
    let change = |base: u64, new: u64| {
        let comparison = compared(&groups(vec![failing(base)], vec![failing(new)]));
        let json = serde_json::to_string(&ComparisonFile::of(&comparison, Vec::new())).unwrap();
        assert!(!json.contains("null") && !json.contains("NaN"), "{json}");
        let change = figure(&comparison, Figure::FailureRatio).clone();
        (change.change, change.verdict, comparison.verdict)
    };
    assert_eq!(change(0, 12), (None, Verdict::Slower, Verdict::Slower));
    assert_eq!(change(0, 0), (Some(0.0), Verdict::NoEvidence, Verdict::NoEvidence));
    assert_eq!(change(300, 0), (Some(-1.0), Verdict::Faster, Verdict::Faster));
}

/// github-action-benchmark#365
#[test]
fn more_requests_a_second_are_better_and_a_higher_latency_is_worse() {
    let run = |requests: u64, millis: f64| one("/a", timed(&[(millis, requests), (millis * 1.01, requests)]));
    let base = [3_000, 3_010, 2_990].map(|requests| run(requests, 100.0));
    let new = [4_500, 4_510, 4_490].map(|requests| run(requests, 150.0));
    let comparison = compared(&groups(base.to_vec(), new.to_vec()));
    assert_eq!(figure(&comparison, Figure::Rps).verdict, Verdict::Faster);
    assert_eq!(figure(&comparison, Figure::P95).verdict, Verdict::Slower);
    assert!((figure(&comparison, Figure::Rps).change.unwrap() - 0.5).abs() < 0.01);
    assert_eq!(comparison.verdict, Verdict::Slower);
}

/// github-action-benchmark PR#318: 990 ns against 1.1 us.
#[test]
fn one_unit_holds_for_both_sides() {
    let comparison =
        compared(&groups(vec![one("/a", timed(&[(0.990, 100)]))], vec![one("/a", timed(&[(1.1, 100)]))]));
    assert!((figure(&comparison, Figure::Mean).change.unwrap() - 0.111).abs() < 0.001);
}

/// sitespeed.io PR#4881
#[test]
fn a_small_change_without_any_spread_is_clear_and_no_change_is_none() {
    let seven = |millis: f64| vec![one("/a", timed(&[(millis, 500)])); 7];
    let options = Options { matters: 0.01, controls: Vec::new() };
    let verdict = |new: f64| compare(&runs(&groups(seven(303.0), seven(new))), &options).verdict;
    assert_eq!((verdict(310.0), verdict(303.0)), (Verdict::Slower, Verdict::NoEvidence));
    assert_eq!(
        compared(&groups(seven(303.0), seven(310.0))).verdict,
        Verdict::NoEvidence,
        "2.3 % do not matter"
    );
}

/// sitespeed.io PR#4341: five runs against seven, and one of the seven lacks the value.
#[test]
fn groups_of_different_sizes_compare_and_a_missing_value_is_dropped() {
    let with = |millis: f64| one("/a", timed(&[(millis, 500)]));
    let mut new = vec![with(10.0); 6];
    new.push(RunSample::default());
    let comparison = compared(&groups(vec![with(10.0); 5], new));
    assert_eq!(figure(&comparison, Figure::Mean).new, Some(10.0), "never taken for 0");
    assert_eq!(figure(&comparison, Figure::Mean).change, Some(0.0));
    assert_eq!(comparison.verdict, Verdict::NoEvidence);
}

/// PostgREST PR#4902: the same distribution, its maximum 40 against 230 ms.
#[test]
fn a_maximum_alone_is_no_regression() {
    let with = |max: f64| one("/a", timed(&[(10.0, 200), (12.0, 150), (14.0, 49), (max, 1)]));
    let comparison = compared(&groups(vec![with(40.0); 5], vec![with(230.0); 5]));
    assert_eq!(comparison.verdict, Verdict::NoEvidence);
    assert_eq!(figure(&comparison, Figure::P99).low, None, "four requests above p99 say nothing of it");
}

/// hyperfine#319, scylla-monitoring#1886
#[test]
fn there_is_no_ratio_from_0_and_quantiles_are_pooled() {
    let comparison =
        compared(&groups(vec![one("/a", timed(&[(0.0, 100)]))], vec![one("/a", timed(&[(1.8, 100)]))]));
    let mean = figure(&comparison, Figure::Mean);
    assert_eq!(
        (mean.base, mean.new, mean.change, mean.verdict),
        (Some(0.0), Some(1.8), None, Verdict::NoEvidence)
    );
    let parts = vec![one("/a", timed(&[(10.0, 1_000)])), one("/a", timed(&[(1_000.0, 10)]))];
    let comparison = compared(&groups(parts.clone(), parts));
    assert_eq!(figure(&comparison, Figure::P99).base, Some(10.0), "and not the mean of 10 and 1000");
}

/// A control tells the machine's part, and is not judged itself.
#[test]
fn a_named_control_is_taken_off_and_not_blamed() {
    let run = |machine: f64, changed: f64| {
        let mut run = one("/health", timed(&[(2.0 * machine, 1_000)]));
        run.endpoints.extend(one("/a", timed(&[(50.0 * machine * changed, 1_000)])).endpoints);
        run
    };
    let base = [1.0, 1.08, 0.93, 1.03, 0.97].map(|machine| run(machine, 1.0));
    let new = [1.31, 1.42, 1.23, 1.35, 1.27].map(|machine| run(machine, 1.1));
    let options = Options { controls: vec!["GET /health".to_owned()], ..Options::default() };
    let comparison = compare(&runs(&groups(base.to_vec(), new.to_vec())), &options);
    let of = |name: &str| comparison.entries.iter().find(|entry| entry.endpoint.name == name).unwrap();
    assert_eq!((of("/health").verdict, of("/a").verdict), (Verdict::NoEvidence, Verdict::Slower));
    let own = of("/a").get(Figure::Mean).unwrap().own.unwrap();
    assert!((own.change - 0.1).abs() < 0.001, "{own:?}");
    let common = comparison.common.unwrap();
    assert!((common.shift.change - 0.31).abs() < 0.01 && common.verdict == Verdict::Slower, "{common:?}");
}
