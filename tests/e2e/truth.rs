//! Whether the page tells the truth: its figures against the host's own, and its own faults named.

use std::time::Duration;

use oddiya_load::core::base::histogram::Encoded;
use oddiya_load::core::base::timing_source::TimingSource;
use oddiya_load::core::base::units::Micros;
use oddiya_load::core::present::notes::sentences;
use oddiya_load::core::report::SuspectReason;
use oddiya_load::core::report::{Distribution, read};
use oddiya_load::stub::{self, Speed};

use crate::chromium::SOON;
use crate::fake_host::FakeHost;
use crate::load::World;

#[tokio::test]
async fn the_pages_quantiles_are_the_hosts_and_every_request_is_timed_by_the_companion() {
    let world = World::with(stub::Options { speed: Speed::T2Micro, ..stub::Options::default() }).await;
    let query = "?users=20&spawn_rate=10&run_time=20s&classes=OddiyaUser,DatabaseStressUser&autostart=1";
    let report = world.run(query, Duration::from_secs(40)).await;
    let stats = world.stats().await;
    assert_eq!(report.total.page_clock.unwrap_or_default(), 0);
    for entry in &report.requests {
        let route =
            stats["routes"].as_array().unwrap().iter().find(|route| {
                route["method"] == entry.method.as_str() && route["name"] == entry.name.as_str()
            });
        let Some(route) = route.filter(|_| entry.requests >= 20) else { continue };
        let theirs = Encoded::from_text(route["histogram"].as_str().unwrap().to_owned()).decode().unwrap();
        let ours = entry.latency_ms.as_ref().unwrap().histogram.as_ref().unwrap().decode().unwrap();
        let (ours, theirs) = (ours.quantile(0.5).unwrap(), theirs.quantile(0.5).unwrap());
        // Other tests share the machine: this bound is wide, the benchmark's is not.
        let off = ours.0.abs_diff(theirs.0);
        assert!(off <= (theirs.0 / 10).max(15_000), "{}: p50 {ours:?}, the host's {theirs:?}", entry.name);
    }
    assert_eq!(report.generator.timing, Some(TimingSource::Companion));
    assert_eq!((report.total.unrecorded, report.total.lost), (None, None));
    let page = report.total.page_ms.as_ref().expect("what the page saw is missing").figures;
    let latency = report.total.latency_ms.as_ref().unwrap().figures;
    assert!(
        page.mean >= latency.mean,
        "the page saw {:?} ms, the companion {:?} ms",
        page.mean,
        latency.mean
    );
    let counted = report.connections.unwrap().counted;
    assert!((20..=40).contains(&counted.opened), "{counted:?} for 20 users");
    assert_eq!(counted.opened + counted.reused, report.total.requests);
}

#[tokio::test]
async fn no_entry_is_lost_past_the_browsers_own_buffer_and_nothing_is_preflighted() {
    let world = World::start().await;
    let query = "?users=6&spawn_rate=6&run_time=10s&think_time=0&autostart=1";
    let report = world.run(query, Duration::from_secs(20)).await;
    // The buffer holds 250 entries (Resource Timing, "initial buffer size").
    assert!(report.total.requests > 300, "{} requests are too few to prove it", report.total.requests);
    assert_eq!(report.total.page_clock.unwrap_or_default(), 0);
    assert_eq!(world.stats().await["options"], 0);
    assert_eq!(world.companion.preflights(), 0);
}

#[tokio::test]
async fn more_users_than_the_browser_has_connections_wait_and_none_fails() {
    let host = FakeHost::start(|mut connection| async move {
        while connection.request().await.is_some() {
            tokio::time::sleep(Duration::from_millis(800)).await;
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
        }
    })
    .await;
    let world = World::of(stub::start(stub::Options::default()).await.unwrap(), &host.url()).await;
    let query = "?users=700&spawn_rate=700&run_time=6s&think_time=0&classes=StressTestUser&autostart=1";
    let report = world.run(query, Duration::from_secs(20)).await;
    assert_eq!(report.failures, []);
    assert_eq!(
        (report.total.requests, report.total.page_clock.unwrap_or_default()),
        (host.load().len() as u64, 0)
    );
    assert_eq!(
        report.timeline.iter().filter_map(|row| row.in_flight).max(),
        Some(700),
        "not all users were there"
    );
    // They wait for connections: the generator's fault, and in no latency.
    let p50 = |figures: &Option<Distribution>| figures.as_ref().unwrap().figures.p50.unwrap();
    let (latency, corrected) = (p50(&report.total.latency_ms), p50(&report.total.corrected_ms));
    assert!(
        latency + p50(&report.total.queue_ms) / 2.0 < corrected,
        "{latency} ms, {corrected} ms corrected"
    );
    assert!(report.timeline.iter().any(|row| row.held_back.contains(&SuspectReason::Queued)));
    assert!(p50(&report.total.latency_ms) < 1_000.0, "{latency} ms for a host that takes 800 ms");
}

#[tokio::test]
async fn the_calibration_is_recorded_and_a_page_at_its_ceiling_says_so() {
    let world = World::start().await;
    let query = "?users=30&spawn_rate=30&run_time=8s&think_time=0&autostart=1";
    let report = world.run(query, Duration::from_secs(20)).await;
    let calibration = report.generator.calibration.expect("no calibration");
    assert!(calibration.ceiling_rps > 20.0, "{calibration:?}");
    assert!(calibration.floor_p50_ms > 0.0 && calibration.floor_p50_ms <= calibration.floor_p99_ms);
    let notes = sentences(&report.generator).collect::<Vec<_>>().join("\n");
    // Beside other tests the browser may never come near its best; then what was seen is said instead.
    let said =
        ["ceiling reached", "the generator was held up"].into_iter().find(|words| notes.contains(words));
    let said = said.unwrap_or_else(|| panic!("nothing is said: {notes}"));
    assert!(world.browser.text_of("trust").await.contains(said));
}

#[tokio::test]
async fn a_hidden_page_keeps_its_schedule_and_marks_its_seconds() {
    let world = World::start().await;
    world.browser.open(&world.url("?users=5&spawn_rate=5&run_time=10s&think_time=0.1s&autostart=1")).await;
    world.browser.wait_for_run_state("running", SOON).await;
    // Headless pages are never covered by another window; the page is told so the way the browser would.
    let hide =
        "Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => arguments[0] });
        document.dispatchEvent(new Event('visibilitychange'))"
            .replace("arguments[0]", "'hidden'");
    world.browser.client().execute(&hide, vec![]).await.unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    world.browser.client().execute(&hide.replace("'hidden'", "'visible'"), vec![]).await.unwrap();
    world.browser.wait_for_run_state("done", SOON + SOON).await;
    let report = read::read(world.exported().await.as_bytes()).unwrap();
    let hidden: Vec<_> =
        report.timeline.iter().filter(|row| row.held_back.contains(&SuspectReason::Hidden)).collect();
    assert!((3..=6).contains(&hidden.len()), "{} hidden seconds", hidden.len());
    assert!(hidden.iter().all(|row| row.requests > 10), "a hidden page stopped sending: {hidden:?}");
    assert!(!report.health.reasons.contains_key(&SuspectReason::Hidden), "the companion's figures are true");
}

#[tokio::test]
async fn a_stopped_browser_leaves_a_gap_and_no_latency_as_long_as_the_gap() {
    let world = World::start().await;
    world.browser.open(&world.url("?users=10&spawn_rate=10&run_time=14s&think_time=0.05s&autostart=1")).await;
    world.browser.wait_for_run_state("running", SOON).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    world.browser.suspend(Duration::from_secs(4)).await;
    world.browser.wait_for_run_state("done", SOON + SOON).await;
    let report = read::read(world.exported().await.as_bytes()).unwrap();
    assert!(report.health.reasons.contains_key(&SuspectReason::Asleep), "{:?}", report.health.reasons);
    let slowest = Micros::from_millis_f64(report.total.latency_ms.as_ref().unwrap().figures.max.unwrap());
    assert!(slowest < Micros::from_secs(3), "the sleep was counted as a latency of {slowest}");
}
