//! Runs against a host that freezes: what the corrected latency shows, and how soon a user who watches sees it.

use oddiya_load::core::base::histogram::Figures;
use oddiya_load::core::base::units::Micros;
use oddiya_load::core::config::run_config::RunConfigText;
use oddiya_load::core::report::{Entry, LoadModel, TimelineRow};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::world::{frozen, run, steady};

const SERVICE: Micros = Micros::from_millis(10);

fn fifty_per_second() -> RunConfigText {
    RunConfigText { rate: "50".into(), run_time: "30s".into(), ..RunConfigText::default() }
}

fn corrected(entry: &Entry) -> Figures {
    entry.corrected_ms.as_ref().unwrap().figures
}

fn is_near(measured: f64, theory: f64) -> bool {
    (measured - theory).abs() <= theory * 0.05
}

/// The quantile in milliseconds of the time that users wait, when a host with a service time of `service_ms` freezes
/// for `frozen_s` of `whole_s` seconds and users arrive evenly. The share `(frozen_s - w) / whole_s` of all users waits
/// longer than `w` for the end of the freeze, and then for the service.
fn theory(quantile: f64, service_ms: f64, frozen_s: f64, whole_s: f64) -> f64 {
    (frozen_s - (1.0 - quantile) * whole_s).max(0.0) * 1e3 + service_ms
}

#[test]
fn a_freeze_of_10_s_in_30_s_has_the_corrected_quantiles_that_theory_computes() {
    let freeze = frozen(SERVICE, Micros::from_secs(10), Micros::from_secs(20));
    for (arrivals, shards) in [("constant", 1), ("constant", 2), ("poisson", 1)] {
        let text = RunConfigText { arrivals: arrivals.into(), ..fifty_per_second() };
        let (report, _) = run(&text, shards, freeze.clone());
        let figures = corrected(&report.total);
        assert_eq!(report.total.dropped, Some(0), "the default users are enough");
        for (quantile, measured) in [(0.5, figures.p50), (0.95, figures.p95), (0.99, figures.p99)] {
            let (measured, theory) = (measured.unwrap(), theory(quantile, 10.0, 10.0, 30.0));
            assert!(
                is_near(measured, theory),
                "{arrivals} p{quantile}: {measured} ms, in theory {theory} ms"
            );
        }
    }
}

#[test]
fn answers_that_come_long_after_the_end_are_timed_like_all_others() {
    // No request ends from 8 s to 14 s. The run ends at 10 s, so the last four seconds are after its end.
    let (from, to) = (Micros::from_secs(8), Micros::from_secs(14));
    let closed = RunConfigText {
        users: "20".into(),
        spawn_rate: "20".into(),
        run_time: "10s".into(),
        ..RunConfigText::default()
    };
    for text in [RunConfigText { run_time: "10s".into(), ..fifty_per_second() }, closed] {
        let (report, _) = run(&text, 2, frozen(SERVICE, from, to));
        let latency = report.total.latency_ms.as_ref().unwrap().figures;
        assert_eq!((latency.count, report.total.untimed), (report.total.requests, None));
        assert!((5_000.0..6_100.0).contains(&latency.max.unwrap()), "{latency:?}");
        assert_eq!(report.health.suspect_seconds, Some(0), "{:?}", report.health.reasons);
    }
}

#[test]
fn in_a_healthy_run_corrected_latency_and_latency_are_equal() {
    let closed = RunConfigText { users: "20".into(), run_time: "30s".into(), ..RunConfigText::default() };
    for text in [fifty_per_second(), closed] {
        let (report, _) = run(&text, 2, steady(SERVICE));
        assert_eq!(corrected(&report.total), report.total.latency_ms.as_ref().unwrap().figures);
    }
}

#[test]
fn a_watcher_sees_a_freeze_within_two_seconds_whatever_the_load_model() {
    let closed = RunConfigText {
        users: "20".into(),
        spawn_rate: "20".into(),
        think_time: "100ms..500ms".into(),
        run_time: "30s".into(),
        ..RunConfigText::default()
    };
    for start_ms in [10_010, 10_500, 10_990] {
        for text in [fifty_per_second(), closed.clone()] {
            let (from, to) = (Micros::from_millis(start_ms), Micros::from_secs(20));
            let (_, seen) = run(&text, 1, frozen(SERVICE, from, to));
            // Second n ends n + 1 seconds after the start. The second with this index ends within two seconds after the
            // start of the freeze.
            let within_two = (start_ms / 1_000 + 1) as usize;
            for second in within_two..19 {
                let headline = seen[second];
                assert_eq!(headline.rps, Some(0.0), "frozen at {start_ms} ms, second {second}");
                let age = (second as f64 + 1.0) * 1e3 - start_ms as f64;
                assert!(headline.oldest_ms.is_some_and(|oldest| oldest > age - 600.0), "{headline:?}");
                assert!(
                    headline.in_flight >= seen[second - 1].in_flight && headline.in_flight > Some(15),
                    "{headline:?}"
                );
                if headline.model == LoadModel::Open && second > within_two {
                    assert_eq!(headline.in_flight, seen[second - 1].in_flight.map(|before| before + 50));
                }
            }
            assert!(seen[within_two + 1].is_stalled());
            assert!(!seen[25].is_stalled() && seen[25].in_flight < Some(15), "it is over");
        }
    }
}

#[test]
fn a_freeze_of_a_closed_run_shows_in_the_age_of_requests_and_in_the_missing_counts() {
    let text = RunConfigText {
        users: "5".into(),
        spawn_rate: "5".into(),
        think_time: "1s".into(),
        run_time: "30s".into(),
        ..RunConfigText::default()
    };
    let (from, to) = (Micros::from_secs(10), Micros::from_secs(20));
    let (report, _) = run(&text, 1, frozen(SERVICE, from, to));
    // In a closed run only the five requests in flight measure the freeze of ten seconds, so p95 does not show it.
    assert!(corrected(&report.total).p95 < Some(20.0));
    assert!(corrected(&report.total).max > Some(9_000.0));
    let mut stalled = report.timeline.iter().take(19).skip(12);
    let is_stalled =
        |row: &TimelineRow| row.requests == 0 && row.in_flight == Some(5) && row.oldest_ms > Some(1_000.0);
    assert!(stalled.all(is_stalled));
}
