//! Two tabs with one database: neither waits for the other, whatever version of it they know.

use oddiya_load::core::present::notes::sentences;
use oddiya_load::core::report::read;
use serde_json::Value;

use crate::chromium::SOON;
use crate::load::World;

const RUN: &str = "?users=2&spawn_rate=10&run_time=3s&think_time=50ms&autostart=1";

/// Goes to a second tab with a page of the same origin that is not ours; the first one stays as it is.
async fn second_tab(world: &World) {
    let client = world.browser.client();
    let other = client.new_window(true).await.unwrap();
    client.switch_to_window(other.handle).await.unwrap();
}

async fn script(world: &World, text: &str) -> Value {
    world.browser.client().execute_async(text, Vec::new()).await.unwrap()
}

#[tokio::test]
async fn a_tab_with_a_run_lets_a_newer_version_of_the_database_in() {
    let world = World::start().await;
    world.browser.open(&world.url(&RUN.replace("run_time=3s", "run_time=20s"))).await;
    world.browser.wait_for_run_state("running", SOON).await;
    world.wait_until_elapsed(2, SOON).await;
    second_tab(&world).await;
    world.browser.open(&world.url("companion.json")).await;
    const OPEN_NEWER: &str = "
        const [done] = arguments
        const request = indexedDB.open('oddiya-load', 99)
        request.onsuccess = () => done('open')
        request.onerror = () => done(String(request.error))
        setTimeout(() => done('it waits'), 5000)";
    assert_eq!(script(&world, OPEN_NEWER).await, "open");
}

#[tokio::test]
async fn a_tab_that_keeps_the_database_busy_does_not_keep_the_page_from_running() {
    let world = World::start().await;
    world.browser.open(&world.url("companion.json")).await;
    // An old tab that closes nothing, and somebody who wants to delete the database: everybody else has to wait.
    const KEEP_BUSY: &str = "
        const [done] = arguments
        const request = indexedDB.open('oddiya-load', 1)
        request.onupgradeneeded = () => ['runs', 'records'].forEach(name => request.result.createObjectStore(name))
        request.onsuccess = () => {
          window.held = request.result
          indexedDB.deleteDatabase('oddiya-load').onblocked = () => done('busy')
        }";
    assert_eq!(script(&world, KEEP_BUSY).await, "busy");
    second_tab(&world).await;
    world.browser.open(&world.url(RUN)).await;
    let notice = world.browser.text_of("storage-blocked").await;
    assert!(notice.contains("Close the other tab"), "{notice}");
    world.browser.wait_for_run_state("done", SOON).await;
    let report = read::read(world.exported().await.as_bytes()).unwrap();
    let notes = sentences(&report.generator).collect::<Vec<_>>().join("\n");
    assert!(notes.contains("kept the browser's database busy"), "{notes}");
}
