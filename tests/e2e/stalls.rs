//! A host that stalls while the page watches: seen while it lasts, whatever the load model.

use std::time::{Duration, Instant};

use oddiya_load::stub::RunningStub;

use crate::chromium::SOON;
use crate::load::World;
use crate::stub_talk::ask;

/// Two seconds until the figures must show it, and as long again twice for a loaded machine to draw them.
const SEEN_WITHIN: Duration = Duration::from_secs(6);

/// Nothing is answered for that long.
pub async fn stall(stub: &RunningStub, seconds: u32) {
    let fault = format!(r#"{{"kind":"stall","seconds":{seconds}}}"#);
    ask(stub.gateway, "POST", "/__stub/faults", &fault).await;
}

/// Whether the tile's note tells of a request that has waited for over a second.
pub fn is_old(note: &str) -> bool {
    note.starts_with("oldest ") && !note.contains("under")
}

/// Starts a run, stalls its host for eight seconds, and waits until the page shows that and then its end.
async fn watch(query: &str) -> World {
    let world = World::start().await;
    world.browser.open(&world.url(query)).await;
    world.browser.wait_for_run_state("running", SOON).await;
    world.wait_until_elapsed(3, SOON).await;
    stall(&world.stub, 8).await;
    let began = Instant::now();
    world.browser.wait_for_text("tile-rps", "0.0", SEEN_WITHIN).await;
    world.browser.wait_until("tile-in-flight-note", "an age of over a second", SEEN_WITHIN, is_old).await;
    assert!(began.elapsed() < Duration::from_secs(8), "it was shown when it was over");
    world.browser.wait_until("tile-in-flight-note", "no old request", SOON, |note| !is_old(note)).await;
    world
}

#[tokio::test]
async fn users_who_wait_are_seen_by_how_many_and_how_long() {
    let world = watch("?users=6&spawn_rate=6&think_time=0.2s&run_time=30s&autostart=1").await;
    let users = world.browser.text_of("tile-users").await;
    assert_eq!(users, "6");
}

#[tokio::test]
async fn arrivals_go_on_while_the_host_stands_still() {
    let world = watch("?rate=10&run_time=30s&classes=StressTestUser&autostart=1").await;
    world.browser.wait_for_run_state("done", Duration::from_secs(40)).await;
    let report = oddiya_load::core::report::read::read(world.exported().await.as_bytes()).unwrap();
    assert_eq!(
        (report.total.sent.unwrap(), report.total.dropped.unwrap(), report.total.in_flight_at_end.unwrap()),
        (300, 0, 0)
    );
    let waiting = report.timeline.iter().filter_map(|row| row.in_flight).max().unwrap();
    assert!(waiting >= 60, "{waiting} in flight at most");
    // Eight of thirty seconds stood still; by theory p95 of what people waited is 8 s - 5 % of 30 s.
    let p95 = report.total.corrected_ms.as_ref().unwrap().figures.p95.unwrap();
    assert!((6_000.0..7_000.0).contains(&p95), "{p95} ms");
}
