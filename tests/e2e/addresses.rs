//! Views by address: links, Back, Forward and Reload, and the addresses of earlier versions.

use std::time::Duration;

use fantoccini::Locator;

use crate::chromium::SOON;
use crate::load::World;
use crate::stub_talk::counted_by_the_stub;

const RUN: &str = "?users=2&spawn_rate=10&run_time=2s&think_time=50ms&autostart=1";

async fn address(world: &World) -> String {
    world.browser.client().current_url().await.unwrap().to_string()
}

async fn has(world: &World, testid: &str) -> bool {
    let selector = format!("[data-testid=\"{testid}\"]");
    world.browser.client().find(Locator::Css(&selector)).await.is_ok()
}

/// Waits until the page has looked around, after which it would have started a run by itself.
async fn wait_until_settled(world: &World) {
    world.browser.wait_until_text_contains("route", "companion", SOON).await;
    world.browser.wait_until("route", "a route", SOON, |text| !text.contains("Looking")).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
}

#[tokio::test]
async fn reload_and_back_do_not_start_a_second_run() {
    let world = World::start().await;
    world.browser.open(&world.url(RUN)).await;
    world.browser.wait_for_run_state("running", SOON).await;
    world.browser.wait_for_run_state("done", SOON).await;
    let (client, counted) = (world.browser.client(), counted_by_the_stub(&world.stats().await));
    let here = address(&world).await;
    assert!(here.contains("users=2") && !here.contains("autostart"), "{here}");

    client.refresh().await.unwrap();
    wait_until_settled(&world).await;
    world.browser.wait_for_run_state("idle", SOON).await;
    assert_eq!(world.browser.value_of("users").await, "2", "the form keeps what the address says");

    world.browser.open("about:blank").await;
    client.back().await.unwrap();
    wait_until_settled(&world).await;
    assert_eq!(counted_by_the_stub(&world.stats().await), counted, "a second run was started");
}

#[tokio::test]
async fn links_change_the_view_and_back_and_forward_follow() {
    let world = World::start().await;
    world.browser.open(&world.url("")).await;
    world.browser.by_testid("start").await;
    for (link, view) in [
        ("nav-scenarios", "scenarios"),
        ("nav-reports", "reports"),
        ("nav-compare", "compare"),
        ("nav-run", "start"),
    ] {
        world.browser.click(link).await;
        world.browser.by_testid(view).await;
        let active = world.browser.by_css("a[aria-current=page]").await.attr("data-testid").await.unwrap();
        assert_eq!(active.as_deref(), Some(link));
    }
    let client = world.browser.client();
    client.back().await.unwrap();
    world.browser.by_testid("compare").await;
    client.back().await.unwrap();
    world.browser.by_testid("reports").await;
    client.forward().await.unwrap();
    world.browser.by_testid("compare").await;
    assert!(address(&world).await.ends_with("/#/compare"));
}

#[tokio::test]
async fn a_run_goes_on_while_another_view_is_on_screen() {
    let world = World::start().await;
    world.browser.open(&world.url(RUN)).await;
    world.browser.wait_for_run_state("running", SOON).await;
    world.browser.click("nav-reports").await;
    world.browser.wait_for_run_state("done", SOON).await;
    world.browser.wait_until_text_contains("report-table", "2 users at 10/s", SOON).await;
    world.browser.open(&format!("{}#/report/run", address(&world).await.split('#').next().unwrap())).await;
    world.browser.wait_for_text("tile-users", "2", SOON).await;
    assert!(!has(&world, "start").await, "a report has the page to itself");
}

#[tokio::test]
async fn addresses_of_earlier_versions_work_on() {
    let world = World::start().await;
    world.browser.open(&world.url("?demo=1")).await;
    assert!(world.browser.text_of("opened").await.contains("An example"));
    world.browser.wait_until("tile-users", "a number", SOON, |text| text != "–").await;
    assert!(address(&world).await.ends_with("#/report/example"), "{}", address(&world).await);
    world.browser.click("close-report").await;
    world.browser.by_testid("start").await;

    world.browser.open(&world.url(&RUN.replace("run_time=2s", "run_time=4s&views=off"))).await;
    world.browser.wait_for_run_state("running", SOON).await;
    assert!(!has(&world, "tile-rps").await, "something is drawn while the run is under way");
    world.browser.wait_for_run_state("done", SOON).await;
    world.browser.by_testid("tile-rps").await;
}

#[tokio::test]
async fn a_report_that_nobody_has_is_not_shown_as_an_empty_one() {
    let world = World::start().await;
    world.browser.open(&world.url("#/report/7")).await;
    assert!(world.browser.text_of("not-open").await.contains("not here"));
    world.browser.open(&world.url("#/report/nothing")).await;
    assert_eq!(world.browser.text_of("tile-rps").await, "–");
}
