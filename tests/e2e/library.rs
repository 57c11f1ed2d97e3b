//! The library in the built page: kept over reloads, in other tabs, in other browsers, from a folder, and without room.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fantoccini::Locator;
use fantoccini::key::Key;
use oddiya_load::core::library::summary::Summary;
use oddiya_load::core::library::words;
use oddiya_load::core::report::read;
use serde_json::json;

use crate::chromium::{Chromium, SOON};
use crate::load::World;
use crate::looks::picture;

const RUN: &str = "?users=3&spawn_rate=10&run_time=2s&think_time=50ms&autostart=1";

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/reports/v2/sim.json")
}

/// The names in the list, from the top.
async fn names(browser: &Chromium) -> Vec<String> {
    const READ: &str = "return [...document.querySelectorAll('[data-testid=report-row] [data-field=name] > a')].map(a => a.textContent)";
    serde_json::from_value(browser.client().execute(READ, Vec::new()).await.unwrap()).unwrap()
}

async fn wait_for_names(browser: &Chromium, expected: &[&str]) {
    let deadline = Instant::now() + SOON;
    let mut seen = names(browser).await;
    while seen != expected {
        assert!(
            Instant::now() < deadline,
            "the list has {seen:?}, not {expected:?}; {:?}",
            browser.console().await
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
        seen = names(browser).await;
    }
}

async fn cell(browser: &Chromium, field: &str) -> String {
    browser.by_css(&format!("[data-testid=report-row] [data-field={field}]")).await.text().await.unwrap()
}

/// Opens the fixture under a name of its own, and waits until it is in the list.
async fn keep_file(browser: &Chromium, name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    std::fs::copy(fixture(), &file).unwrap();
    browser.choose_file("import-file", &file).await;
    browser.wait_for_text("opened-file", name, SOON).await;
    browser.click("nav-reports").await;
    browser.wait_until_text_contains("report-table", name, SOON).await;
    // Only what is kept can be deleted.
    let button = format!("//tr[.//a[text()='{name}']]//button[@data-testid='delete']");
    let wait = browser.client().wait().at_most(SOON);
    wait.for_element(Locator::XPath(&button)).await.unwrap();
}

#[tokio::test]
async fn a_run_keeps_itself_and_what_is_noted_about_it_survives_a_reload() {
    let world = World::start().await;
    let browser = &world.browser;
    browser.open(&world.url(&RUN.replace("run_time=2s", "run_time=60s"))).await;
    browser.wait_for_run_state("running", SOON).await;
    browser.click("nav-reports").await;
    browser.by_testid("run-under-way").await;
    browser.click("nav-run").await;
    world.wait_until_elapsed(2, SOON).await;
    browser.click("stop").await;
    browser.wait_for_run_state("done", SOON).await;
    let report = read::read(world.exported().await.as_bytes()).unwrap();
    browser.click("nav-reports").await;
    wait_for_names(browser, &["Run"]).await;
    assert_eq!(cell(browser, "host").await, format!("http://localhost:{}", world.stub.gateway.port()));
    assert_eq!(cell(browser, "load").await, "3 users at 10/s");
    assert_eq!(cell(browser, "failures").await, words::failures(&Summary::of(&report)));

    // By keyboard: Escape leaves the name, Enter changes it.
    browser.by_testid("edit").await.send_keys(&char::from(Key::Enter).to_string()).await.unwrap();
    browser.type_into("edit-name", "Nowhere").await;
    browser.by_testid("edit-name").await.send_keys(&char::from(Key::Escape).to_string()).await.unwrap();
    wait_for_names(browser, &["Run"]).await;
    browser.click("edit").await;
    browser.type_into("edit-tags", "db staging").await;
    browser.type_into("edit-name", &format!("Before{}", char::from(Key::Enter))).await;
    wait_for_names(browser, &["Before"]).await;
    browser.click("baseline").await;
    browser.by_testid("baseline-mark").await;

    browser.client().refresh().await.unwrap();
    wait_for_names(browser, &["Before"]).await;
    assert_eq!(browser.text_of("baseline-mark").await, "baseline");
    browser.type_into("search", "#staging before").await;
    wait_for_names(browser, &["Before"]).await;
    browser.type_into("search", "#stag").await;
    browser.by_testid("nothing-found").await;
    browser.client().refresh().await.unwrap();

    // The address of a kept report opens it in another tab too.
    let link = browser.by_css("[data-testid=report-row] [data-field=name] > a").await;
    let address = link.prop("href").await.unwrap().unwrap();
    let other = browser.client().new_window(true).await.unwrap();
    browser.client().switch_to_window(other.handle).await.unwrap();
    browser.open(&address).await;
    browser.wait_for_text("tile-users", "3", SOON).await;
}

#[tokio::test]
async fn deleted_reports_come_back_by_undo_and_stay_away_without() {
    let world = World::start().await;
    let browser = &world.browser;
    browser.open(&world.url("")).await;
    for name in ["a.json", "b.json"] {
        keep_file(browser, name).await;
    }
    browser.click("sort-name").await;
    wait_for_names(browser, &["a.json", "b.json"]).await;
    browser.click("delete").await;
    wait_for_names(browser, &["b.json"]).await;
    browser.click("undo-delete").await;
    wait_for_names(browser, &["a.json", "b.json"]).await;
    browser.click("choose-all").await;
    browser.click("delete-chosen").await;
    browser.wait_until_text_contains("library-news", "Deleted 2 reports", SOON).await;
    browser.client().refresh().await.unwrap();
    browser.by_testid("no-reports").await;
}

#[tokio::test]
async fn chosen_reports_are_compared_at_an_address_of_their_own() {
    let world = World::start().await;
    let browser = &world.browser;
    browser.open(&world.url("")).await;
    for name in ["a.json", "b.json"] {
        keep_file(browser, name).await;
    }
    assert!(!browser.by_testid("compare-chosen").await.is_enabled().await.unwrap());
    browser.click("choose-all").await;
    browser.wait_for_text("compare-chosen", "Compare 2", SOON).await;
    browser.click("compare-chosen").await;
    browser.by_testid("compare").await;
    let address = browser.client().current_url().await.unwrap().to_string();
    let (_, query) = address.split_once("#/compare?").unwrap();
    let (base, new) = query.split_once("&new=").unwrap();
    let base = base.strip_prefix("base=").unwrap();
    assert!(base.len() == 12 && new.len() == 12 && base != new, "{address}");
}

#[tokio::test]
async fn all_reports_go_to_another_browser_as_one_file() {
    let world = World::start().await;
    world.browser.open(&world.url("")).await;
    for name in ["a.json", "b.json"] {
        keep_file(&world.browser, name).await;
    }
    world.browser.click("edit").await;
    world.browser.type_into("edit-name", &format!("The latest{}", char::from(Key::Enter))).await;
    wait_for_names(&world.browser, &["The latest", "a.json"]).await;
    world.browser.click("export-library").await;
    let file = world.browser.wait_for_download(".json", SOON).await;

    let other = Chromium::start().await;
    other.open(&world.url("")).await;
    other.choose_file("import-file", &file).await;
    other.wait_for_text("library-news", "2 reports imported.", SOON).await;
    wait_for_names(&other, &["The latest", "a.json"]).await;
    other.choose_file("import-file", &file).await;
    other.wait_for_text("library-news", "0 reports imported; 2 were here already.", SOON).await;
    other.by_css("[data-testid=report-row] [data-field=name] > a").await.click().await.unwrap();
    other.wait_for_text("tile-users", "6", SOON).await;
    assert_eq!(crate::load::exported(&other).await, std::fs::read_to_string(fixture()).unwrap());
}

#[tokio::test]
async fn two_tabs_follow_each_other() {
    let world = World::start().await;
    let browser = &world.browser;
    browser.open(&world.url("#/reports")).await;
    browser.by_testid("no-reports").await;
    let client = browser.client();
    let first = client.window().await.unwrap();
    let second = client.new_window(true).await.unwrap().handle;
    client.switch_to_window(second.clone()).await.unwrap();
    browser.open(&world.url("")).await;
    keep_file(browser, "a.json").await;
    client.switch_to_window(first.clone()).await.unwrap();
    wait_for_names(browser, &["a.json"]).await;
    browser.click("baseline").await;
    browser.by_testid("baseline-mark").await;
    client.switch_to_window(second).await.unwrap();
    browser.by_testid("baseline-mark").await;
    browser.click("delete").await;
    browser.by_testid("no-reports").await;
    client.switch_to_window(first).await.unwrap();
    browser.by_testid("no-reports").await;
}

/// Lets the browser keep no more than so many bytes for the page.
async fn limit_storage(world: &World, bytes: Option<u64>) {
    let origin = world.url("");
    let origin = origin.trim_end_matches('/');
    let parameters = match bytes {
        Some(bytes) => json!({"origin": origin, "quotaSize": bytes}),
        None => json!({"origin": origin}),
    };
    world.browser.devtools("Storage.overrideQuotaForOrigin", parameters).await;
}

#[tokio::test]
async fn a_full_storage_is_said_and_the_run_goes_on_and_is_kept_once_there_is_room() {
    let world = World::start().await;
    let browser = &world.browser;
    browser.open(&world.url("")).await;
    browser.by_testid("start").await;
    limit_storage(&world, Some(1)).await;
    browser.open(&world.url(RUN)).await;
    browser.wait_for_run_state("done", SOON).await;
    browser.wait_for_text("tile-users", "3", SOON).await;
    browser.wait_until_text_contains("not-kept", "no more room", SOON).await;
    browser.click("nav-reports").await;
    wait_for_names(browser, &["Run"]).await;
    assert!(browser.text_of("report-table").await.contains("only in this tab"));
    limit_storage(&world, None).await;
    browser.click("keep-again").await;
    browser.by_testid("baseline").await;
    browser.client().refresh().await.unwrap();
    wait_for_names(browser, &["Run"]).await;
}

#[tokio::test]
async fn a_refused_storage_is_said_and_the_run_goes_on() {
    let world = World::start().await;
    let browser = &world.browser;
    let refuse = "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError') }";
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": refuse})).await;
    browser.open(&world.url(RUN)).await;
    browser.wait_for_run_state("done", SOON).await;
    browser.wait_for_text("tile-users", "3", SOON).await;
    browser.wait_until_text_contains("not-kept", "keeps nothing for this page", SOON).await;
    browser.click("nav-reports").await;
    wait_for_names(browser, &["Run"]).await;
    assert!(browser.text_of("room").await.contains("Not kept"));
}

#[tokio::test]
async fn reports_of_the_folder_appear_by_themselves_and_open_at_their_address() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::with_reports(folder.path()).await;
    let browser = &world.browser;
    browser.open(&world.url("#/reports")).await;
    browser.by_testid("no-reports").await;
    std::fs::copy(fixture(), folder.path().join("2026-11-23 a.json")).unwrap();
    wait_for_names(browser, &["2026-11-23 a.json"]).await;
    browser.by_css("[data-testid=report-row] [data-field=name] > a").await.click().await.unwrap();
    browser.wait_for_text("tile-users", "6", SOON).await;
    browser.client().refresh().await.unwrap();
    browser.wait_for_text("opened-file", "2026-11-23 a.json", SOON).await;
    browser.click("close-report").await;
    wait_for_names(browser, &["2026-11-23 a.json"]).await;
    std::fs::remove_file(folder.path().join("2026-11-23 a.json")).unwrap();
    browser.by_testid("no-reports").await;
}

#[tokio::test]
async fn nothing_sticks_out_of_the_library_in_any_state() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::with_reports(folder.path()).await;
    let browser = &world.browser;
    browser.open(&world.url("#/reports")).await;
    browser.by_testid("no-reports").await;
    picture(&world, "library-empty").await;
    std::fs::copy(fixture(), folder.path().join("2026-11-23T14-05-00Z-localhost-8080-oddiya.json")).unwrap();
    std::fs::write(folder.path().join("half.json"), "{\"schema\":").unwrap();
    browser.open(&world.url("?users=20&spawn_rate=20&run_time=2s&autostart=1")).await;
    browser.wait_for_run_state("running", SOON).await;
    browser.wait_for_run_state("done", SOON).await;
    browser.click("nav-reports").await;
    for name in ["a.json", "a-report-with-quite-a-long-name-from-a-colleague-2026-11-23.json", "b.json"] {
        keep_file(browser, name).await;
    }
    browser.click("baseline").await;
    browser.by_testid("baseline-mark").await;
    browser.click("edit").await;
    browser.type_into("edit-tags", "db staging").await;
    browser.type_into("edit-note", "Warm machine, index there").await;
    browser.type_into("edit-name", &format!("Before the index{}", char::from(Key::Enter))).await;
    browser.wait_until_text_contains("report-table", "#staging", SOON).await;
    browser.click("choose").await;
    picture(&world, "library").await;
    browser.click("edit").await;
    browser.by_testid("edit-name").await;
    picture(&world, "library-edit").await;
    browser.click("edit-cancel").await;
    browser.click("delete-chosen").await;
    browser.by_testid("undo-delete").await;
    picture(&world, "library-deleted").await;
}

const FILL_LIBRARY: &str = include_str!("../support/fill_library.js");

#[tokio::test]
async fn five_hundred_reports_are_listed_window_by_window() {
    let world = World::start().await;
    let browser = &world.browser;
    browser.open(&world.url("")).await;
    browser.by_testid("start").await;
    browser.client().execute_async(FILL_LIBRARY, vec![json!(500)]).await.unwrap();
    browser.client().refresh().await.unwrap();
    browser.by_testid("start").await;
    browser.click("nav-reports").await;
    browser.wait_for_text("reports-rows", "Rows 1 to 50 of 500", SOON).await;
    browser.wait_for_text("library-count", "500 reports", SOON).await;
    assert_eq!(names(browser).await.len(), 50);
    browser.type_into("search", "499").await;
    browser.wait_for_text("library-count", "1 of 500 reports", SOON).await;
    assert_eq!(cell(browser, "rps").await, "599");
}
