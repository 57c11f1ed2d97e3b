//! The built page without a companion: from a folder of a plain file server, with files missing, and as a file.

use std::path::{Path, PathBuf};

use crate::chromium::{Chromium, SOON};
use crate::fake_host::FakeHost;
use crate::file_server::serve;
use crate::ways::OPEN_AND_TIMED;

fn built_page() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/dist");
    assert!(folder.join("index.html").exists(), "the page is not built: run `make e2e`");
    folder
}

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/reports/v1/sim.json")
}

#[tokio::test]
async fn from_a_folder_of_a_file_server_the_page_loads_runs_and_opens_reports() {
    let host = FakeHost::answering(OPEN_AND_TIMED).await;
    let server = serve(built_page(), "tools/load", "").await;
    let browser = Chromium::start().await;
    let query = "users=2&spawn_rate=2&run_time=3s&think_time=0.2s&classes=StressTestUser&autostart=1";
    let page = format!("http://localhost:{}/tools/load/", server.port);
    browser.open(&format!("{page}?host=http://localhost:{}&{query}", host.port)).await;
    browser.wait_for_run_state("running", SOON).await;
    browser.wait_for_run_state("done", SOON).await;
    browser.choose_file("import-file", &fixture()).await;
    browser.wait_for_text("tile-users", "6", SOON).await;
    let outside: Vec<_> =
        server.seen().into_iter().filter(|seen| !seen.target.starts_with("/tools/load/")).collect();
    assert!(outside.is_empty(), "the page asked for files outside its folder: {outside:?}");
}

#[tokio::test]
async fn the_viewer_shows_a_report_and_loads_no_engine() {
    let server = serve(built_page(), "reports", "").await;
    let browser = Chromium::start().await;
    browser.open(&format!("http://localhost:{}/reports/viewer.html", server.port)).await;
    browser.by_testid("viewer-empty").await;
    browser.choose_file("import-file", &fixture()).await;
    browser.wait_for_text("tile-users", "6", SOON).await;
    browser.click("close-report").await;
    browser.by_testid("viewer-empty").await;
    let asked = server.seen().into_iter().map(|seen| seen.target).collect::<Vec<_>>();
    assert!(asked.iter().any(|target| target.contains("viewer-")), "{asked:?}");
    assert!(!asked.iter().any(|target| target.contains("worker") || target.contains("/app-")), "{asked:?}");
}

#[tokio::test]
async fn a_page_whose_program_is_missing_says_so_and_names_the_file() {
    for missing in ["_bg.wasm", ".js"] {
        let missing = if missing == ".js" { script_of_the_app() } else { missing.to_owned() };
        let server = serve(built_page(), "page", &missing).await;
        let browser = Chromium::start().await;
        browser.open(&format!("http://localhost:{}/page/", server.port)).await;
        let problem = browser.text_of("boot-problem").await;
        assert!(
            problem.contains("could not be loaded") && problem.contains("./app-"),
            "{missing}: {problem}"
        );
    }
}

fn script_of_the_app() -> String {
    let names = std::fs::read_dir(built_page()).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names = names.map(|name| name.to_string_lossy().into_owned());
    names.find(|name| name.starts_with("app-") && name.ends_with(".js")).unwrap()
}

#[tokio::test]
async fn a_run_whose_load_worker_is_missing_fails_and_says_so() {
    let host = FakeHost::answering(OPEN_AND_TIMED).await;
    let server = serve(built_page(), "page", "worker_loader.js").await;
    let browser = Chromium::start().await;
    let query = format!("?host=http://localhost:{}&users=1&run_time=2s&autostart=1", host.port);
    browser.open(&format!("http://localhost:{}/page/{query}", server.port)).await;
    browser.wait_for_run_state("failed", SOON).await;
    let trouble = browser.text_of("trouble").await;
    assert!(trouble.contains("worker_loader.js"), "{trouble}");
}

#[tokio::test]
async fn a_page_that_is_opened_as_a_file_says_what_to_do() {
    let browser = Chromium::start().await;
    browser.open(&format!("file://{}", built_page().join("index.html").display())).await;
    let problem = browser.text_of("boot-problem").await;
    assert!(problem.contains("opened as a file") && problem.contains("oddiya-load serve"), "{problem}");
}
