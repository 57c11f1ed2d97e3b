//! The page in Firefox: a run, its export and its import work, and the browser is not blamed for what the companion sees
//! to be right.

use std::path::PathBuf;

use oddiya_load::companion;
use oddiya_load::core::base::timing_source::TimingSource;
use oddiya_load::core::report::{Note, SuspectReason, read};
use oddiya_load::stub;

use crate::chromium::SOON;
use crate::firefox::Firefox;
use crate::stub_talk::{ask, counted_by_the_report, counted_by_the_stub};

#[tokio::test]
async fn a_run_an_export_and_an_import_work_in_firefox() {
    let stub = stub::start(stub::Options::default()).await.unwrap();
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/dist");
    let host = format!("http://localhost:{}", stub.gateway.port());
    let options = companion::Options { page: page.into(), ..companion::Options::new(host.parse().unwrap()) };
    let companion = companion::start(options).await.unwrap();
    let mut browser = Firefox::start().await;
    let query = "?users=6&spawn_rate=6&think_time=0.2s&run_time=8s&autostart=1";
    browser.open(&format!("http://localhost:{}/{query}", companion.port)).await;
    browser.wait_for_text("run-state", "done", SOON + SOON).await;
    browser.click("export-json").await;
    let file = browser.wait_for_download(".json", SOON).await;
    let report = read::read(&std::fs::read(&file).unwrap()).unwrap();

    let stats = ask(stub.gateway, "GET", "/__stub/stats", "").await;
    assert_eq!(counted_by_the_report(&report), counted_by_the_stub(&stats));
    assert!(report.total.requests > 50, "{} requests", report.total.requests);
    assert_eq!(report.generator.timing, Some(TimingSource::Companion));
    assert_eq!((report.total.lost, report.total.unrecorded, report.total.page_clock), (None, None, None));
    let blamed = [SuspectReason::Late, SuspectReason::Queued, SuspectReason::Blocked];
    assert!(blamed.iter().all(|reason| !report.health.reasons.contains_key(reason)), "{:?}", report.health);
    let notes = &report.generator.notes;
    assert!(!notes.iter().any(|note| matches!(note, Note::CeilingReached { .. })), "{notes:?}");

    browser.open(&format!("http://localhost:{}/", companion.port)).await;
    browser.wait_for_text("run-state", "idle", SOON).await;
    browser.choose_file("import-file", &file).await;
    browser.wait_for_text("tile-users", "6", SOON).await;
}
