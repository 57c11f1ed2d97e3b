//! The page against a host with one broken part: page and host count the same, and the right calls fail.

use std::time::Duration;

use oddiya_load::core::report::Report;
use serde_json::Value;

use crate::load::World;
use crate::stub_talk::{ask, counted_by_the_report, counted_by_the_stub};

const LASTS: Duration = Duration::from_secs(20);

/// A run of ten users with this fault from the start, and the host's own counts.
async fn with_fault(fault: &str) -> (Report, Value) {
    let world = World::start().await;
    let started = ask(world.stub.gateway, "POST", "/__stub/faults", fault).await;
    assert!(started["active"].is_array(), "{started}");
    let query = "?users=10&spawn_rate=10&run_time=3s&classes=OddiyaUser&think_time=0.1&autostart=1";
    let report = world.run(query, LASTS).await;
    (report, world.stats().await)
}

fn statuses(report: &Report, method: &str, name: &str) -> Vec<u16> {
    let counts = counted_by_the_report(report);
    counts.keys().filter(|(m, n, _)| m == method && n == name).map(|(_, _, status)| *status).collect()
}

#[tokio::test]
async fn a_dead_user_service_fails_every_profile_and_the_page_counts_what_the_host_counted() {
    let (report, stats) = with_fault(r#"{"kind":"user_dead"}"#).await;
    assert_eq!(counted_by_the_report(&report), counted_by_the_stub(&stats));
    assert_eq!(statuses(&report, "GET", "/api/users/me"), [500]);
    assert_eq!(statuses(&report, "GET", "/api/plans"), [200]);
}

#[tokio::test]
async fn a_dead_queue_fails_every_new_video_and_the_page_counts_what_the_host_counted() {
    let (report, stats) = with_fault(r#"{"kind":"queue_dead"}"#).await;
    assert_eq!(counted_by_the_report(&report), counted_by_the_stub(&stats));
    assert_eq!(statuses(&report, "POST", "/api/videos"), [500]);
    assert_eq!(statuses(&report, "GET", "/api/users/me"), [200]);
}

#[tokio::test]
async fn a_dead_agent_is_hidden_by_the_locust_era_and_the_page_counts_what_the_host_counted() {
    let (report, stats) = with_fault(r#"{"kind":"agent_dead"}"#).await;
    assert_eq!(counted_by_the_report(&report), counted_by_the_stub(&stats));
    // That Oddiya stores a placeholder when its agent is gone.
    assert_eq!(statuses(&report, "POST", "/api/plans"), [200]);
}
