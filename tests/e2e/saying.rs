//! What the page says and asks: of another host than the companion's, of a host that refuses everything, and as CSV.

use oddiya_load::core::report::{Route, read};
use oddiya_load::stub;

use crate::chromium::SOON;
use crate::fake_host::FakeHost;
use crate::load::World;
use crate::ways::OPEN_AND_TIMED;

#[tokio::test]
async fn another_host_than_the_companions_is_asked_about_before_anything_is_sent_to_it() {
    let host = FakeHost::answering(OPEN_AND_TIMED).await;
    let world = World::start().await;
    world.browser.open(&world.url("?users=2&spawn_rate=10&run_time=2s&think_time=0.1s")).await;
    world.browser.wait_until_text_contains("route", "Through the companion", SOON).await;
    let address = format!("http://localhost:{}", host.port);
    world.browser.type_into("host", &address).await;
    let command = format!("oddiya-load serve -H {address} --port {}", world.companion.port);
    world.browser.wait_until_text_contains("route", &command, SOON).await;

    world.browser.click("start").await;
    let question = world.browser.text_of("direct-question").await;
    assert!(question.contains(&command) && question.contains("six connections"), "{question}");
    assert_eq!((host.seen().len(), world.browser.text_of("run-state").await), (0, "idle".to_owned()));

    world.browser.click("go-direct").await;
    world.browser.wait_for_run_state("running", SOON).await;
    world.browser.wait_for_run_state("done", SOON).await;
    let report = read::read(world.exported().await.as_bytes()).unwrap();
    assert_eq!((report.generator.route, report.total.failures), (Some(Route::Direct), 0));
}

#[tokio::test]
async fn a_gateway_that_wants_a_token_is_named_with_what_to_do_next() {
    let refuses = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
    let host = FakeHost::answering(refuses).await;
    let world = World::of(stub::start(stub::Options::default()).await.unwrap(), &host.url()).await;
    let query = "?users=3&spawn_rate=10&run_time=3s&think_time=50ms&classes=OddiyaUser&autostart=1";
    world.browser.open(&world.url(query)).await;
    world.browser.wait_for_run_state("running", SOON).await;
    world.browser.wait_until_text_contains("finding", "the host wants a token", SOON).await;
    world.browser.wait_for_run_state("done", SOON).await;
    let trust = world.browser.text_of("trust").await;
    assert!(trust.contains("Every answer was HTTP 401") && !trust.contains("Yes:"), "{trust}");
}

#[tokio::test]
async fn the_tables_can_be_saved_as_csv_while_the_run_goes_on() {
    let world = World::start().await;
    world.browser.open(&world.url("?users=3&spawn_rate=10&run_time=30s&think_time=50ms&autostart=1")).await;
    world.browser.wait_for_run_state("running", SOON).await;
    world.wait_until_elapsed(4, SOON).await;
    for (item, ending, heading) in [
        ("csv-stats", "_stats.csv", "Type,Name,Request Count"),
        ("csv-stats-history", "_stats_history.csv", "Timestamp,User Count"),
        ("csv-failures", "_failures.csv", "Method,Name,Error"),
    ] {
        world.browser.click("csv").await;
        world.browser.click(item).await;
        let file = world.browser.wait_for_download(ending, SOON).await;
        let text = std::fs::read_to_string(file).unwrap();
        assert!(text.starts_with(heading), "{text}");
        if item != "csv-failures" {
            let last = text.lines().last().unwrap();
            assert!(last.contains("Aggregated") && !last.contains("N/A"), "all quantiles are known: {last}");
        }
    }
    assert_eq!(world.browser.text_of("run-state").await, "running");
    world.browser.click("stop").await;
    world.browser.wait_for_run_state("done", SOON).await;
}
