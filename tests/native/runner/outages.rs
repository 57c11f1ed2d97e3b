//! Runs against a host with one broken part: the command and the host count the same, and the right calls fail.

use oddiya_load::core::report::Report;
use serde_json::Value;

use crate::command::{report_in, run, start_stub};
use crate::stub_talk::{Counts, ask, counted_by_the_report, counted_by_the_stub};

/// A run of two seconds of the main user class with this fault from the start, and the host's own counts. Its last
/// answers are awaited for so many seconds.
async fn with_fault(fault: &str, stop_timeout: &str) -> (Report, Value) {
    let (stub, host) = start_stub().await;
    let started = ask(stub.gateway, "POST", "/__stub/faults", fault).await;
    assert!(started["active"].is_array(), "{started}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let path = file.to_str().unwrap();
    let load =
        ["run", "-H", &host, "-u", "10", "-r", "10", "-t", "2s", "--think-time", "0.02s", "--seed", "7"];
    let ended =
        run(&[load.as_slice(), &["--stop-timeout", stop_timeout, "--json", path, "OddiyaUser"]].concat())
            .await;
    assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
    (report_in(&file), ask(stub.gateway, "GET", "/__stub/stats", "").await)
}

/// The statuses of one call, with their counts.
fn of(counts: &Counts, method: &str, name: &str) -> Vec<(u16, u64)> {
    let of_call = counts.iter().filter(|((m, n, _), _)| m == method && n == name);
    of_call.map(|((_, _, status), count)| (*status, *count)).collect()
}

#[tokio::test]
async fn a_dead_user_service_fails_every_profile_and_no_plan_on_both_sides_alike() {
    let (report, stats) = with_fault(r#"{"kind":"user_dead"}"#, "10").await;
    let ours = counted_by_the_report(&report);
    assert_eq!(ours, counted_by_the_stub(&stats));
    let profiles = of(&ours, "GET", "/api/users/me");
    assert!(matches!(profiles[..], [(500, count)] if count > 10), "{profiles:?}");
    let plans = of(&ours, "GET", "/api/plans");
    assert!(matches!(plans[..], [(200, count)] if count > 10), "{plans:?}");
}

#[tokio::test]
async fn a_dead_queue_fails_every_new_video_and_nothing_that_is_read_on_both_sides_alike() {
    let (report, stats) = with_fault(r#"{"kind":"queue_dead"}"#, "10").await;
    let ours = counted_by_the_report(&report);
    assert_eq!(ours, counted_by_the_stub(&stats));
    let videos = of(&ours, "POST", "/api/videos");
    assert!(matches!(videos[..], [(500, count)] if count > 0), "{videos:?}");
    let profiles = of(&ours, "GET", "/api/users/me");
    assert!(matches!(profiles[..], [(200, count)] if count > 10), "{profiles:?}");
}

#[tokio::test]
async fn a_frozen_plan_service_leaves_requests_unanswered_on_both_sides_alike() {
    let (report, stats) = with_fault(r#"{"kind":"plan_frozen"}"#, "0").await;
    assert_eq!(counted_by_the_report(&report), counted_by_the_stub(&stats));
    let routes = stats["routes"].as_array().unwrap();
    let never: u64 = routes
        .iter()
        .map(|route| {
            let answered: u64 =
                route["statuses"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
            route["requests"].as_u64().unwrap() - answered
        })
        .sum();
    let total = &report.total;
    assert_eq!(total.sent.unwrap() - total.requests, never);
    // Each of ten users ends up waiting for a plan.
    assert_eq!(never, 10);
}
