//! The harness and the relay, proven in the browser with pages that are written here.
//!
//! What a page of ours depends on and only a browser can show: that lanes resolve, that nothing is preflighted,
//! that Resource Timing is not blanked, that the page is isolated.

use std::path::Path;

use oddiya_load::companion::{self, Options, RunningCompanion};
use oddiya_load::core::base::failure::{Failure, FailureKind};
use oddiya_load::core::http::relay::{Envelope, floor_url, lane_authority, relay_url};
use serde_json::Value;

use crate::chromium::{Chromium, ColourScheme, SOON};
use crate::fake_host::FakeHost;

const PAGE: &str = r#"<!doctype html><title>t</title>
<style>body { color: black } @media (prefers-color-scheme: dark) { body { color: white } }</style>
<p data-testid="run-state">idle</p>
<input data-testid="users" value="1">
<input data-testid="import-file" type="file">
<button data-testid="start">Start</button>
<a data-testid="export-json" download="report.json" href="data:application/json,{}">Export</a>
<table><tr data-method="GET" data-name="/api/plans"><td data-field="requests">12</td><td data-field="rps"> 3.4 </td></tr></table>
<script src="page.js"></script>"#;

/// A file of its own: the companion allows no script within a page.
const SCRIPT: &str = "document.querySelector('[data-testid=start]').onclick = () => {
    const state = document.querySelector('[data-testid=run-state]')
    state.textContent = 'running'
    setTimeout(() => { state.textContent = 'done' }, 200)
}";

async fn serve(folder: &Path, host: &str) -> (RunningCompanion, String) {
    let options = Options { page: folder.into(), ..Options::new(host.parse().unwrap()) };
    let companion = companion::start(options).await.unwrap();
    let url = format!("http://localhost:{}/", companion.port);
    (companion, url)
}

async fn evaluate(browser: &Chromium, script: &str, arguments: &[&str]) -> Value {
    let arguments = arguments.iter().map(|text| Value::from(*text)).collect();
    browser.client().execute_async(script, arguments).await.unwrap()
}

#[tokio::test]
async fn a_page_that_is_not_built_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (_companion, url) = serve(folder.path(), "http://localhost:8080").await;
    let browser = Chromium::start().await;
    browser.open(&url).await;
    assert_eq!(browser.text_of("not-built").await, "The page is not built yet");
    assert!(browser.by_css("code").await.text().await.unwrap().contains("make build"));
}

#[tokio::test]
async fn a_page_can_be_driven_and_read() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), PAGE).unwrap();
    std::fs::write(folder.path().join("page.js"), SCRIPT).unwrap();
    let (_companion, url) = serve(folder.path(), "http://localhost:8080").await;
    let browser = Chromium::start().await;
    browser.open(&url).await;

    browser.type_into("users", "50").await;
    assert_eq!(browser.value_of("users").await, "50");
    browser.wait_for_run_state("idle", SOON).await;
    browser.click("start").await;
    browser.wait_for_run_state("done", SOON).await;

    assert_eq!(browser.rows().await.len(), 1);
    assert_eq!(browser.cell("GET", "/api/plans", "rps").await.as_deref(), Some("3.4"));
    assert_eq!(browser.cell("GET", "/api/plans", "p95").await, None);

    browser.set_viewport(390, 844).await;
    assert_eq!(browser.client().execute("return innerWidth", vec![]).await.unwrap(), 390);
    for (scheme, colour) in
        [(ColourScheme::Dark, "rgb(255, 255, 255)"), (ColourScheme::Light, "rgb(0, 0, 0)")]
    {
        browser.set_colour_scheme(scheme).await;
        let seen = browser.client().execute("return getComputedStyle(document.body).color", vec![]).await;
        assert_eq!(seen.unwrap(), colour);
    }
    let picture = folder.path().join("picture.png");
    browser.screenshot(&picture).await;
    assert!(std::fs::read(&picture).unwrap().starts_with(b"\x89PNG"));

    browser.choose_file("import-file", &picture).await;
    assert!(browser.value_of("import-file").await.ends_with("picture.png"));
    browser.click("export-json").await;
    let download = browser.wait_for_download("report.json", SOON).await;
    assert_eq!(std::fs::read_to_string(download).unwrap(), "{}");
}

/// Fetches an address and gives back what the page may know of the answer and of its timing.
const FETCH: &str = r"
    const [url, body, done] = arguments
    const options = body ? { method: 'POST', body } : {}
    fetch(url, { ...options, cache: 'no-store', credentials: 'omit' }).then(async response => {
      const text = await response.text()
      await new Promise(resolve => setTimeout(resolve, 50))
      const entry = performance.getEntriesByName(url)[0]
      done({
        status: response.status, text,
        failure: response.headers.get('x-oddiya-load-failure'),
        realStatus: response.headers.get('x-oddiya-load-status'),
        timed: entry.requestStart > 0 && entry.responseStart >= entry.requestStart,
      })
    }, error => done(String(error)))";

#[tokio::test]
async fn a_page_relays_over_a_lane_without_a_preflight_and_with_its_timing() {
    let host =
        FakeHost::answering("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 5\r\n\r\nmoved").await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), PAGE).unwrap();
    let (companion, url) = serve(folder.path(), &host.url()).await;
    let browser = Chromium::start().await;
    browser.open(&url).await;
    assert_eq!(browser.client().execute("return crossOriginIsolated", vec![]).await.unwrap(), true);

    let headers = [("X-User-Id", "7"), ("Content-Type", "application/json")];
    let envelope = Envelope::new("PATCH", headers).unwrap().with_id(1);
    let lane = lane_authority(17, companion.port);
    let relayed = relay_url(&lane, &companion.token, &envelope.encode().unwrap(), "/api/plans/5");
    let answer = evaluate(&browser, FETCH, &[&relayed, "{\"day\":2}"]).await;
    assert_eq!(answer["status"], 203, "{answer} {:?}", browser.console().await);
    assert_eq!((&answer["realStatus"], &answer["text"]), (&"302".into(), &"moved".into()));
    assert_eq!(answer["timed"], true, "{answer}");

    let seen = host.seen();
    assert_eq!(seen.len(), 1, "no preflight and no following of redirects: {seen:?}");
    assert_eq!((seen[0].method.as_str(), seen[0].body.as_str()), ("PATCH", "{\"day\":2}"));
    assert_eq!(seen[0].header("x-user-id"), Some("7"));
}

#[tokio::test]
async fn a_page_reads_why_the_host_gave_no_answer_and_how_fast_the_companion_is() {
    let host = FakeHost::start(|mut connection| async move {
        connection.request().await.unwrap();
        connection.reset();
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), PAGE).unwrap();
    let (companion, url) = serve(folder.path(), &host.url()).await;
    let browser = Chromium::start().await;
    browser.open(&url).await;
    let lane = lane_authority(1, companion.port);

    let relayed = relay_url(&lane, &companion.token, "-", "/");
    let answer = evaluate(&browser, FETCH, &[&relayed, ""]).await;
    let failure: Failure = serde_json::from_str(answer["failure"].as_str().unwrap()).unwrap();
    assert_eq!((&answer["status"], failure.kind), (&502.into(), FailureKind::Reset), "{answer}");
    assert_eq!(host.seen().len(), 1, "the browser sent it again");

    let floor = evaluate(&browser, FETCH, &[&floor_url(&lane, &companion.token), ""]).await;
    assert_eq!((&floor["status"], &floor["timed"]), (&200.into(), &true.into()), "{floor}");
}
