//! A run whose tab dies: what it had measured is offered at the page's next opening, and only then.

use std::time::{Duration, Instant};

use fantoccini::Locator;
use oddiya_load::core::report::{Report, StopReason, read};
use serde_json::json;

use crate::chromium::SOON;
use crate::kept::wait_until_kept;
use crate::load::{World, seconds_shown};
use crate::stub_talk::{counted_by_the_report, counted_by_the_stub};

const QUERY: &str = "?users=5&spawn_rate=10&run_time=60s&think_time=50ms&autostart=1";

/// What the running page last showed: requests and seconds.
async fn shown(world: &World) -> (u64, u64) {
    let total = world.browser.cell("", "Aggregated", "requests").await.unwrap_or_default();
    let requests = total.replace(|c: char| !c.is_ascii_digit(), "").parse().unwrap_or(0);
    (requests, seconds_shown(&world.browser.text_of("elapsed").await))
}

/// Runs until the page shows six seconds, then goes to another tab; the run's tab is left behind at work.
async fn run_behind_another_tab(world: &World) -> (u64, u64) {
    world.browser.open(&world.url(QUERY)).await;
    world.browser.wait_for_run_state("running", SOON).await;
    world.wait_until_elapsed(6, Duration::from_secs(30)).await;
    let seen = shown(world).await;
    let client = world.browser.client();
    let other = client.new_window(true).await.unwrap();
    client.switch_to_window(other.handle).await.unwrap();
    seen
}

/// Kills every tab but the one in front: no handler of theirs runs.
async fn kill_the_others(world: &World) {
    let front =
        world.browser.devtools("Target.getTargetInfo", json!({})).await["targetInfo"]["targetId"].clone();
    let targets = world.browser.devtools("Target.getTargets", json!({})).await;
    let pages = targets["targetInfos"].as_array().unwrap().iter().filter(|target| target["type"] == "page");
    for page in pages.filter(|target| target["targetId"] != front) {
        world.browser.devtools("Target.closeTarget", json!({"targetId": page["targetId"]})).await;
    }
    let client = world.browser.client();
    let deadline = Instant::now() + SOON;
    while client.windows().await.unwrap().len() > 1 {
        assert!(Instant::now() < deadline, "the tab does not die");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Whether the page, once it has looked, offers a run that was cut off.
async fn is_offered(world: &World) -> bool {
    world.browser.by_css("[data-testid=cutoff-offer][aria-busy=false]").await;
    world.browser.client().find(Locator::Css("[data-testid=recovered]")).await.is_ok()
}

async fn wait_until_nothing_is_offered(world: &World) {
    let deadline = Instant::now() + SOON;
    while is_offered(world).await {
        assert!(Instant::now() < deadline, "the run is still offered");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_tab_that_dies_in_mid_run_loses_at_most_its_last_second() {
    let world = World::start().await;
    let (requests, seconds) = run_behind_another_tab(&world).await;
    kill_the_others(&world).await;
    world.browser.open(&world.url("")).await;
    let offer = world.browser.text_of("recovered").await;
    assert!(offer.contains("was cut off at 0:"), "{offer}");
    world.browser.click("recovered-open").await;
    world.browser.wait_for_text("tile-users", "5", SOON).await;
    assert!(!is_offered(&world).await, "an open report is not offered again");
    let report = read::read(world.exported().await.as_bytes()).unwrap();

    check_what_was_recovered(&world, &report, requests, seconds).await;

    // Exported, it need not be kept any longer.
    world.browser.click("close-report").await;
    wait_until_nothing_is_offered(&world).await;
    world.browser.open(&world.url("")).await;
    assert!(!is_offered(&world).await);
}

async fn check_what_was_recovered(world: &World, report: &Report, requests: u64, seconds: u64) {
    assert_eq!(report.run.stopped_by.unwrap(), StopReason::Unfinished);
    assert_eq!(
        report.run.host.as_deref().unwrap(),
        format!("http://localhost:{}", world.stub.gateway.port())
    );
    let kept = report.timeline.len() as u64;
    assert!(kept + 1 >= seconds, "the page showed {seconds} seconds, {kept} were kept");
    assert!(report.timeline.iter().map(|row| row.second).eq(0..kept), "a second is missing");
    let last_second = report.timeline.last().unwrap().requests;
    assert!(
        report.total.requests + last_second >= requests,
        "the page showed {requests} requests, {} were kept",
        report.total.requests
    );
    let counted = counted_by_the_stub(&world.stats().await);
    for (key, count) in counted_by_the_report(report) {
        assert!(count <= counted.get(&key).copied().unwrap_or(0), "{key:?}: {count} of {counted:?}");
    }
}

#[tokio::test]
async fn a_run_under_way_in_another_tab_is_not_offered_and_one_that_is_discarded_never_again() {
    let world = World::start().await;
    run_behind_another_tab(&world).await;
    let front = world.url("");
    world.browser.open(&front).await;
    assert!(!is_offered(&world).await, "a run that is under way is offered");

    kill_the_others(&world).await;
    world.browser.open(&front).await;
    world.browser.click("recovered-discard").await;
    wait_until_nothing_is_offered(&world).await;
    world.browser.open(&front).await;
    assert!(!is_offered(&world).await);
}

#[tokio::test]
async fn a_run_that_ended_is_kept_and_not_offered() {
    let world = World::start().await;
    world.browser.open(&world.url("?users=2&spawn_rate=10&run_time=2s&think_time=50ms&autostart=1")).await;
    world.browser.wait_for_run_state("done", Duration::from_secs(20)).await;
    wait_until_kept(&world, 1).await;
    world.browser.open(&world.url("")).await;
    assert!(!is_offered(&world).await);
}
