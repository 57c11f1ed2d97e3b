//! Using the page: by keyboard, changing a run while it goes on, stopping it, and everything that can go wrong.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use oddiya_load::core::report::{Note, StopReason, read};

use crate::chromium::SOON;
use crate::load::World;
use crate::stub_talk::counted_by_the_stub;

#[tokio::test]
async fn the_keyboard_alone_starts_a_run() {
    let world = World::start().await;
    world.browser.open(&world.url("")).await;
    world.browser.wait_for_run_state("idle", SOON).await;
    world.browser.type_into("users", "3").await;
    world.browser.type_into("spawn-rate", "3").await;
    world.browser.type_into("run-time", "3s\u{e007}").await; // Enter
    world.browser.wait_for_run_state("running", SOON).await;
    world.browser.wait_for_run_state("done", SOON).await;
}

#[tokio::test]
async fn changing_users_keeps_the_time_limit() {
    let world = World::start().await;
    world.browser.open(&world.url("?users=2&spawn_rate=2&run_time=12s&think_time=0.1s&autostart=1")).await;
    world.browser.wait_for_run_state("running", SOON).await;
    world.browser.wait_for_text("tile-users", "2", SOON).await;
    world.browser.type_into("users", "8").await;
    world.browser.type_into("spawn-rate", "100").await;
    world.browser.click("apply").await;
    world.browser.wait_for_text("tile-users", "8", SOON).await;
    world.browser.wait_for_run_state("done", SOON).await;
    let report = read::read(world.exported().await.as_bytes()).unwrap();
    assert_eq!((report.run.duration_s, report.run.stopped_by.unwrap()), (12.0, StopReason::RunTime));
    let changes: Vec<_> = report.run.changes.iter().map(|change| (change.users, change.spawn_rate)).collect();
    assert_eq!(changes, [(Some(8), Some(100.0))]);
}

#[tokio::test]
async fn resetting_starts_the_statistics_anew_and_the_run_goes_on() {
    let world = World::start().await;
    world.browser.open(&world.url("?users=5&spawn_rate=5&think_time=50ms&run_time=10s&autostart=1")).await;
    world.browser.wait_for_run_state("running", SOON).await;
    world.wait_until_elapsed(4, SOON).await;
    world.browser.click("reset").await;
    world.browser.wait_for_run_state("done", SOON).await;
    let report = read::read(world.exported().await.as_bytes()).unwrap();
    let reset = report.generator.notes.iter().find_map(|note| match note {
        Note::StatisticsReset { at_s, requests_before, .. } => Some((*at_s, *requests_before)),
        _ => None,
    });
    let (at_s, before) = reset.expect("the report does not say that its statistics were reset");
    assert!((4.0..9.0).contains(&at_s) && before > 50, "{at_s} s, {before} requests");
    assert_eq!(report.run.duration_s, 10.0 - at_s);
    let counted: u64 = counted_by_the_stub(&world.stats().await).values().sum();
    assert_eq!(report.total.requests + before, counted);
}

#[tokio::test]
async fn stopping_awaits_what_is_in_flight_and_reports() {
    let world = World::start().await;
    world.browser.open(&world.url("?users=5&spawn_rate=5&think_time=0.2s&autostart=1")).await;
    world.browser.wait_for_run_state("running", SOON).await;
    world.browser.wait_for_text("tile-users", "5", SOON).await;
    world.browser.click("stop").await;
    world.browser.wait_for_run_state("done", SOON).await;
    let report = read::read(world.exported().await.as_bytes()).unwrap();
    assert_eq!(
        (report.run.stopped_by.unwrap(), report.total.in_flight_at_end.unwrap()),
        (StopReason::Stopped, 0)
    );
}

#[tokio::test]
async fn a_host_that_is_down_is_said_within_three_seconds_and_run_only_when_told_to() {
    let world = World::start().await;
    let gateway = world.stub.gateway;
    world.browser.open(&world.url("?users=2&spawn_rate=2&run_time=2s&think_time=0.2s")).await;
    world.browser.wait_for_run_state("idle", SOON).await;
    let world = World { stub: crate::load::stop(world.stub).await, ..world };
    let began = Instant::now();
    world.browser.click("start").await;
    world.browser.wait_for_run_state("failed", SOON).await;
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    let page = world.browser.by_css("main").await.text().await.unwrap();
    assert!(page.contains(&format!("localhost:{} cannot be reached", gateway.port())), "{page}");
    assert!(page.contains("Are the services running?"), "{page}");

    world.browser.click("insist").await;
    world.browser.wait_for_run_state("done", SOON).await;
    let report = read::read(world.exported().await.as_bytes()).unwrap();
    assert_eq!(report.total.failures, report.total.requests);
    assert_eq!(report.failures[0].kind.label(), "connection refused");
}

#[tokio::test]
async fn a_file_that_is_no_report_is_refused_and_nothing_is_lost() {
    let world = World::start().await;
    let folder = tempfile::tempdir().unwrap();
    let fixture = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/reports/v1/sim.json");
    let report = std::fs::read_to_string(&fixture).unwrap();
    world.browser.open(&world.url("")).await;
    world.browser.wait_for_run_state("idle", SOON).await;
    world.browser.choose_file("import-file", &fixture).await;
    world.browser.wait_for_text("tile-users", "6", SOON).await;

    let large = folder.path().join("large.json");
    std::fs::File::create(&large).unwrap().set_len(200_000_000).unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let cases = [
        (write("text.json", "hello"), "is not JSON"),
        (write("half.json", &report[..report.len() / 2]), "ends in the middle"),
        (write("k6.json", r#"{"metrics":{}}"#), "no Oddiya Load report"),
        (write("newer.json", &report.replace("\"version\": 1,", "\"version\": 9,")), "has version 9"),
        (large, "200 MB"),
    ];
    for (file, message) in cases {
        world.browser.choose_file("import-file", &file).await;
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        world.browser.wait_until_text_contains("import-error", &name, SOON).await;
        let said = world.browser.text_of("import-error").await;
        assert!(said.contains(message), "{name}: {said}");
        assert_eq!(world.browser.text_of("tile-users").await, "6", "the report on screen was lost");
    }
}
