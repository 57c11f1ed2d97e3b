//! The same scenario files in the page and in the runner: both send the same, and each counts what the hosts counted.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use oddiya_load::companion;
use oddiya_load::core::base::host::Host;
use oddiya_load::core::report::{Entry, Report, read};
use oddiya_load::stub::{self, Cache, Profile, RunningStub};
use serde_json::Value;

use crate::chromium::Chromium;
use crate::fake_host::FakeHost;
use crate::load::exported;
use crate::stub_talk::{ask, counted_by_the_report, counted_by_the_stub};

const SOON: Duration = Duration::from_secs(20);

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/scenarios/lives").join(format!("{name}.yaml"))
}

async fn stub_of(profile: Profile) -> RunningStub {
    let llm_latency = Some("300ms".parse().unwrap());
    let cache = Cache::On;
    stub::start(stub::Options { profile, llm_latency, cache, ..stub::Options::default() }).await.unwrap()
}

fn local(port: u16) -> Host {
    format!("http://localhost:{port}").parse().unwrap()
}

/// Opens a scenario file in a page that is served for these hosts, runs it there, and gives its report.
async fn run_in_page(name: &str, host: Host, services: &[(&str, Host)], query: &str) -> Report {
    // The page sends to the addresses of the file; those of the tests are known only now.
    let mut text = std::fs::read_to_string(fixture(name)).unwrap();
    for (service, host) in services {
        text = text.replace(&format!("{service}: http://localhost:1\n"), &format!("{service}: {host}\n"));
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("users.yaml");
    std::fs::write(&file, text).unwrap();
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/dist");
    let services = services.iter().map(|(name, host)| ((*name).to_owned(), host.clone())).collect();
    let options = companion::Options { page: page.into(), services, ..companion::Options::new(host) };
    let companion = companion::start(options).await.unwrap();
    let browser = Chromium::start().await;
    let origin = format!("http://localhost:{}/", companion.port);
    browser.open(&origin).await;
    browser.wait_for_run_state("idle", SOON).await;
    browser.choose_file("import-file", &file).await;
    browser.wait_until_text_contains("saved-state", "Saved 20", SOON).await;
    let address = browser.client().current_url().await.unwrap().to_string();
    let id = address.split("#/scenario/").nth(1).unwrap();
    browser.open(&format!("{origin}?scenario={id}&{query}&autostart=1")).await;
    browser.wait_for_run_state("running", SOON).await;
    browser.wait_for_run_state("done", SOON).await;
    read::read(exported(&browser).await.as_bytes()).unwrap()
}

async fn stats(stub: &RunningStub) -> Value {
    ask(stub.gateway, "GET", "/__stub/stats", "").await
}

fn row<'a>(report: &'a Report, name: &str) -> &'a Entry {
    report.requests.iter().chain(&report.groups).find(|entry| entry.name == name).unwrap()
}

/// How many requests of a route the stub counted, whatever it answered.
fn counted(stats: &Value, name: &str) -> u64 {
    let counts = counted_by_the_stub(stats);
    counts.iter().filter(|((_, known, _), _)| known == name).map(|(_, count)| count).sum()
}

fn failures(report: &Report) -> Vec<String> {
    report.failures.iter().map(|row| format!("{}: {:?} {}", row.name, row.kind, row.detail)).collect()
}

#[tokio::test]
async fn the_life_of_a_plan_in_the_page_counts_what_the_host_counted() {
    let stub = stub_of(Profile::Direct).await;
    let query = "users=3&spawn_rate=10&run_time=5s&think_time=50ms&seed=7";
    let report = run_in_page("life-of-a-plan", local(stub.gateway.port()), &[], query).await;
    assert_eq!(failures(&report), [""; 0]);
    assert_eq!(counted_by_the_report(&report), counted_by_the_stub(&stats(&stub).await));
    let lives = row(&report, "the whole life");
    // How many more than one for each user depends on the machine.
    assert!(lives.requests >= 3 && lives.failures == 0, "{}", lives.requests);
    // Who is in the middle of a plan when the run ends has no whole life.
    let created = report.requests.iter().find(|entry| entry.method == "POST").unwrap().requests;
    assert!((lives.requests..=lives.requests + 3).contains(&created), "{created} {}", lives.requests);
}

#[tokio::test]
async fn every_construct_in_the_page_counts_what_the_host_counted() {
    let stub = stub_of(Profile::Direct).await;
    let query = "users=3&spawn_rate=10&run_time=5s&think_time=20ms&seed=7";
    let report = run_in_page("constructs", local(stub.gateway.port()), &[], query).await;
    assert_eq!(failures(&report), [""; 0]);
    let of_stub: u64 = counted_by_the_stub(&stats(&stub).await).values().sum();
    assert_eq!(of_stub, report.total.requests);
    // Who is still starting when the run ends has no session that could end.
    let (started, ended) = (row(&report, "/actuator/health").requests, row(&report, "last look").requests);
    assert!((ended..=ended + 3).contains(&started), "{started} {ended}");
    assert!(row(&report, "both away").requests >= 3, "{}", row(&report, "both away").requests);
}

#[tokio::test]
async fn the_page_refreshes_a_token_as_often_as_the_host_of_the_service_says() {
    let (gateway, auth) = (stub_of(Profile::Gateway).await, stub_of(Profile::Direct).await);
    let services = [("auth", local(auth.gateway.port()))];
    let query = "users=3&spawn_rate=10&run_time=5s&think_time=100ms&seed=7";
    let report = run_in_page("refreshing", local(gateway.gateway.port()), &services, query).await;
    let (at_gateway, at_auth) = (stats(&gateway).await, stats(&auth).await);
    let refreshes = row(&report, "/api/auth/refresh");
    assert!(refreshes.requests >= 3 && refreshes.failures == 0, "{:?}", failures(&report));
    assert_eq!(refreshes.requests, counted(&at_auth, "/api/auth/refresh"));
    for name in ["/api/plans", "/api/videos"] {
        assert_eq!(row(&report, name).requests, counted(&at_gateway, name), "{name}");
    }
    assert_eq!(
        row(&report, "/api/videos").statuses.as_ref().unwrap()[&401],
        3,
        "the first burst of each user"
    );
}

#[tokio::test]
async fn one_key_has_one_effect_from_the_page_too() {
    let stub = stub_of(Profile::Direct).await;
    let query = "users=1&spawn_rate=10&run_time=4s&think_time=100ms&seed=7";
    let report = run_in_page("same-key", local(stub.gateway.port()), &[], query).await;
    assert_eq!(failures(&report), [""; 0]);
    let sent: u64 = report.requests.iter().map(|entry| entry.requests).sum();
    assert_eq!(sent, 3 + 4 + 2 + 1);
    // A host counts what it answers, so one that was given up may be missing.
    let at_host = counted(&stats(&stub).await, "/api/v1/videos");
    assert!((9..=10).contains(&at_host), "{at_host}");
}

#[tokio::test]
async fn the_page_counts_cached_and_fresh_streams_in_two_rows() {
    let stub = stub_of(Profile::Direct).await;
    let services = [("llm", local(stub.llm.port()))];
    let query = "users=1&spawn_rate=10&run_time=5s&think_time=50ms&seed=7";
    let report = run_in_page("streams", local(stub.gateway.port()), &services, query).await;
    assert_eq!(failures(&report), [""; 0]);
    let fresh = row(&report, "/api/v1/plans/generate/stream");
    let cached = row(&report, "/api/v1/plans/generate/stream (cached)");
    let at_host = counted(&stats(&stub).await, "/api/v1/plans/generate/stream");
    assert_eq!((fresh.requests, fresh.requests + cached.requests), (2, at_host));
    assert_eq!(row(&report, "/api/v1/plans").requests, 2, "a cached plan is not saved again");
    let p50 = |entry: &Entry| entry.latency_ms.as_ref().unwrap().figures.p50.unwrap();
    assert!(p50(fresh) >= 295.0 && p50(cached) < 200.0, "{} {}", p50(fresh), p50(cached));
}

/// What each user sent, in its order: method, target, its own name, body.
type Sent = BTreeMap<u32, Vec<(String, String, Option<String>, String)>>;

fn sent_to(host: &FakeHost) -> Sent {
    let mut sent = Sent::new();
    for seen in host.seen() {
        // Other requests are the preflight's.
        let Some(user) = seen.header("x-user") else { continue };
        let (user, name) = (user.parse().unwrap(), seen.header("x-name").map(str::to_owned));
        sent.entry(user).or_default().push((seen.method, seen.target, name, seen.body));
    }
    sent
}

async fn answering_host() -> FakeHost {
    FakeHost::answering("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
        .await
}

#[tokio::test]
async fn the_same_seed_sends_the_same_requests_from_the_page_and_from_the_runner() {
    let (for_page, for_runner) = (answering_host().await, answering_host().await);
    let query = "users=3&spawn_rate=100&run_time=4s&think_time=10ms&seed=7";
    let report = run_in_page("many-draws", local(for_page.port), &[], query).await;
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_oddiya-load"));
    command.args(["run", "--headless", "--scenario"]).arg(fixture("many-draws"));
    command.args([
        "-H",
        &for_runner.url(),
        "-u",
        "3",
        "-r",
        "100",
        "-t",
        "4s",
        "--think-time",
        "10ms",
        "--seed",
        "7",
    ]);
    let ended = command.output().await.unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let (by_page, by_runner) = (sent_to(&for_page), sent_to(&for_runner));
    let all: usize = by_page.values().map(Vec::len).sum();
    assert_eq!((by_page.len(), report.total.requests), (3, all as u64));
    assert!(all >= 30, "{all}");
    for (user, requests) in &by_page {
        assert_eq!(requests, &by_runner[user], "user {user}");
    }
}
