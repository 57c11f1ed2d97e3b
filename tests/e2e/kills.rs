//! What the page needs is killed at random moments: its host, its tab, its browser. Every request is accounted for.
//!
//! The companion's kills are in `companion_gone.rs`, the runner's among its own tests.

use std::path::PathBuf;
use std::time::Duration;

use fantoccini::Locator;
use oddiya_load::companion::{self, RunningCompanion};
use oddiya_load::core::base::failure::FailureKind;
use oddiya_load::core::report::read;
use serde_json::json;
use tokio::net::TcpSocket;

use crate::chromium::{Chromium, SOON};
use crate::fake_host::FakeHost;
use crate::kill_support::{CountingHost, Death, Schedule, kills_of_each, reconcile};
use crate::load::{exported, seconds_shown};

/// Long enough for a start, some seconds that were written down, and what is between them.
const LATEST_KILL: Duration = Duration::from_secs(4);
const QUERY: &str =
    "?users=5&spawn_rate=50&think_time=10ms&run_time=7200s&classes=StressTestUser&autostart=1";

async fn companion_for(host: &str) -> RunningCompanion {
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/dist");
    let options = companion::Options { page: page.into(), ..companion::Options::new(host.parse().unwrap()) };
    companion::start(options).await.unwrap()
}

/// Starts a run against a host of its own, and lets it run until a random moment.
async fn run_until(browser: &Chromium, moment: Duration) -> (CountingHost, RunningCompanion) {
    let host = CountingHost::start().await;
    let companion = companion_for(&host.url()).await;
    browser.open(&format!("http://localhost:{}/{QUERY}", companion.port)).await;
    browser.wait_for_run_state("running", SOON).await;
    tokio::time::sleep(moment).await;
    (host, companion)
}

/// Opens the page again, takes what it offers of the run, and compares that with the host's counts.
async fn check_what_is_left(browser: &Chromium, host: &CountingHost, companion: &RunningCompanion) {
    browser.open(&format!("http://localhost:{}/", companion.port)).await;
    browser.by_css("[data-testid=cutoff-offer][aria-busy=false]").await;
    // A run that was killed before its first second was over leaves nothing.
    if browser.client().find(Locator::Css("[data-testid=recovered]")).await.is_err() {
        return;
    }
    browser.click("recovered-open").await;
    browser.wait_until_text_contains("opened", "Recovered", SOON).await;
    let report = read::read(exported(browser).await.as_bytes()).unwrap();
    reconcile(&report, &host.counted(), Death::Sudden).unwrap();
}

#[tokio::test]
async fn a_tab_that_is_killed_leaves_a_report_that_agrees_with_the_host() {
    let mut schedule = Schedule::from_environment();
    let browser = Chromium::start().await;
    for _ in 0..kills_of_each() {
        let (host, companion) = run_until(&browser, schedule.moment(LATEST_KILL)).await;
        let other = browser.client().new_window(true).await.unwrap();
        let running = browser.devtools("Target.getTargetInfo", json!({})).await;
        browser.client().switch_to_window(other.handle).await.unwrap();
        let target = running["targetInfo"]["targetId"].clone();
        browser.devtools("Target.closeTarget", json!({"targetId": target})).await;
        check_what_is_left(&browser, &host, &companion).await;
    }
}

#[tokio::test]
async fn a_browser_that_is_killed_leaves_a_report_that_agrees_with_the_host() {
    let mut schedule = Schedule::from_environment();
    let mut browser = Chromium::start().await;
    for _ in 0..kills_of_each() {
        let (host, companion) = run_until(&browser, schedule.moment(LATEST_KILL)).await;
        browser = browser.killed_and_started_again().await;
        check_what_is_left(&browser, &host, &companion).await;
    }
}

/// A host that answers on this port; the counts of answers that it wrote go on in `answered`.
fn host_on(socket: TcpSocket) -> FakeHost {
    FakeHost::on(socket.listen(1_024).unwrap(), |mut connection| async move {
        while connection.request().await.is_some() {
            tokio::time::sleep(Duration::from_millis(5)).await;
            if !connection.try_write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await {
                break;
            }
        }
    })
}

fn bound(port: u16) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(([127, 0, 0, 1], port).into()).unwrap();
    socket
}

#[tokio::test]
async fn a_host_that_is_killed_fails_its_own_requests_and_no_other() {
    let mut schedule = Schedule::from_environment();
    let socket = bound(0);
    let port = socket.local_addr().unwrap().port();
    let mut host = host_on(socket);
    let companion = companion_for(&format!("http://127.0.0.1:{port}")).await;
    let browser = Chromium::start().await;
    browser.open(&format!("http://localhost:{}/{QUERY}", companion.port)).await;
    browser.wait_for_run_state("running", SOON).await;
    let mut arrived = 0;
    for _ in 0..kills_of_each() {
        tokio::time::sleep(schedule.moment(Duration::from_secs(2))).await;
        arrived += host.load().len() as u64;
        drop(host);
        // Nobody listens until this does.
        tokio::time::sleep(schedule.moment(Duration::from_secs(1))).await;
        host = host_on(bound(port));
    }
    let now = seconds_shown(&browser.text_of("elapsed").await);
    browser.wait_until("elapsed", "a later time", SOON, |clock| seconds_shown(clock) >= now + 2).await;
    browser.click("stop").await;
    browser.wait_for_run_state("done", SOON).await;
    arrived += host.load().len() as u64;

    let report = read::read(exported(&browser).await.as_bytes()).unwrap();
    let total = &report.total;
    assert_eq!((total.lost, total.in_flight_at_end), (None, Some(0)), "{:?}", report.generator.notes);
    assert_eq!(total.sent, Some(total.requests));
    let own = [FailureKind::Refused, FailureKind::Reset, FailureKind::Truncated];
    assert!(report.failures.iter().all(|row| own.contains(&row.kind)), "{:?}", report.failures);
    let refused: u64 =
        report.failures.iter().filter(|row| row.kind == FailureKind::Refused).map(|row| row.count).sum();
    let succeeded = total.requests - total.failures;
    assert!(succeeded <= arrived, "{succeeded} answers of a host that got {arrived} requests");
    // A request that the host got and did not answer failed; one that it never got was refused or reset.
    assert!(arrived <= total.requests - refused, "the host got {arrived}: {:?}", report.failures);
}
