//! What is on the page stays until somebody dismisses it: over a reload, and over a start that fails.

use std::path::Path;
use std::time::Duration;

use fantoccini::Locator;

use crate::chromium::SOON;
use crate::load::World;

const RUN: &str = "?users=3&spawn_rate=10&run_time=2s&think_time=50ms&autostart=1";

async fn reload(world: &World) {
    world.browser.client().refresh().await.unwrap();
}

async fn requests_shown(world: &World) -> String {
    world.browser.cell("", "Aggregated", "requests").await.unwrap()
}

/// Waits until the list of reports says this.
async fn listed(world: &World, text: &str) {
    world.browser.click("nav-reports").await;
    world.browser.wait_until_text_contains("reports", text, SOON).await;
}

/// Whether the database holds a report; the page writes it without anybody waiting.
pub async fn wait_until_kept(world: &World, count: u64) {
    const COUNT: &str = "
        const [done] = arguments
        const request = indexedDB.open('oddiya-load')
        request.onsuccess = () => {
          const counting = request.result.transaction('library').objectStore('library').getAll()
          counting.onsuccess = () => {
            request.result.close()
            done(counting.result.filter(record => !JSON.parse(record).deleted_ms).length)
          }
        }";
    let deadline = std::time::Instant::now() + SOON;
    while world.browser.client().execute_async(COUNT, Vec::new()).await.unwrap() != count {
        assert!(std::time::Instant::now() < deadline, "there are not {count} reports");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_finished_run_comes_back_on_reload_until_it_is_dismissed() {
    let world = World::start().await;
    world.browser.open(&world.url(RUN)).await;
    world.browser.wait_for_run_state("done", SOON).await;
    let requests = requests_shown(&world).await;
    wait_until_kept(&world, 1).await;

    reload(&world).await;
    world.browser.wait_for_text("tile-users", "3", SOON).await;
    assert_eq!(requests_shown(&world).await, requests);
    assert_eq!(world.browser.text_of("run-state").await, "idle", "no run was started");
    let text = world.exported().await;
    assert!(text.contains("\"histogram\""), "it came back as a whole");

    listed(&world, "3 users at 10/s").await;
    world.browser.click("nav-run").await;
    world.browser.click("dismiss-run").await;
    world.browser.by_testid("welcome").await;
    wait_until_kept(&world, 0).await;
    reload(&world).await;
    world.browser.by_testid("welcome").await;
    listed(&world, "No reports yet").await;
}

#[tokio::test]
async fn a_start_that_fails_leaves_the_last_report_on_screen() {
    let world = World::start().await;
    world.browser.set_viewport(1440, 1500).await;
    world.browser.open(&world.url(RUN)).await;
    world.browser.wait_for_run_state("done", SOON).await;
    let requests = requests_shown(&world).await;
    let world = World { stub: crate::load::stop(world.stub).await, ..world };
    world.browser.click("start").await;
    world.browser.wait_for_run_state("failed", SOON).await;
    world.browser.wait_until_text_contains("trouble", "cannot be reached", SOON).await;
    world.browser.wait_until_text_contains("trouble", "the run before", SOON).await;
    assert_eq!(requests_shown(&world).await, requests);
    assert_eq!(world.browser.text_of("tile-users").await, "3");
}

#[tokio::test]
async fn an_opened_file_comes_back_on_reload_at_its_address() {
    let world = World::start().await;
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/reports/v2/sim.json");
    world.browser.open(&world.url("")).await;
    world.browser.choose_file("import-file", &fixture).await;
    world.browser.wait_for_text("opened-file", "sim.json", SOON).await;
    wait_until_kept(&world, 1).await;
    reload(&world).await;
    world.browser.wait_for_text("opened-file", "sim.json", SOON).await;
    assert_eq!(world.browser.text_of("tile-users").await, "6");
    world.browser.click("close-report").await;
    world.browser.click("delete").await;
    wait_until_kept(&world, 0).await;
}

#[tokio::test]
async fn a_new_run_does_not_take_the_last_one_away() {
    let world = World::start().await;
    for users in ["3", "4"] {
        world.browser.open(&world.url(&RUN.replace("users=3", &format!("users={users}")))).await;
        world.browser.wait_for_run_state("running", SOON).await;
        world.browser.wait_for_run_state("done", SOON).await;
        world.browser.wait_for_text("tile-users", users, SOON).await;
    }
    wait_until_kept(&world, 2).await;
    reload(&world).await;
    world.browser.wait_for_text("tile-users", "4", SOON).await;
    world.browser.click("nav-reports").await;
    world.browser.by_css("[data-testid=report-row]:nth-child(2)").await;
    let found = world
        .browser
        .client()
        .find_all(Locator::Css("[data-testid=report-row] [data-field=name] > a"))
        .await
        .unwrap();
    assert_eq!(found.len(), 2);
    found[1].clone().click().await.unwrap();
    world.browser.wait_for_text("tile-users", "3", SOON).await;
}
