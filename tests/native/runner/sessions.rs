//! Scenario files against the stub: what is sent, counted and judged is what the host counted, over real sockets.

use std::path::Path;

use oddiya_load::core::report::{Entry, Report};
use oddiya_load::stub::{self, Cache, Profile, RunningStub};
use serde_json::Value;

use crate::command::{Ended, command, report_in, run, wait};
use crate::stub_talk::{ask, counted_by_the_report, counted_by_the_stub};

async fn stub_of(profile: Profile) -> RunningStub {
    let options =
        stub::Options { profile, llm_latency: Some("0".parse().unwrap()), ..stub::Options::default() };
    stub::start(options).await.unwrap()
}

fn gateway_of(stub: &RunningStub) -> String {
    format!("http://127.0.0.1:{}", stub.gateway.port())
}

/// Runs a scenario's text; gives what the command said and the report.
async fn run_scenario(folder: &Path, text: &str, arguments: &[&str]) -> (Ended, Report) {
    let (file, json) = (folder.join("users.yaml"), folder.join("report.json"));
    std::fs::write(&file, text).unwrap();
    let [file, json_path] = [&file, &json].map(|path| path.to_str().unwrap().to_owned());
    let mut all = vec!["run", "--scenario", &file, "--json", &json_path, "--headless", "--seed", "7"];
    all.extend(arguments);
    let ended = run(&all).await;
    assert!(json.exists(), "{}{}", ended.stdout, ended.stderr);
    (ended, report_in(&json))
}

fn row<'a>(report: &'a Report, name: &str) -> &'a Entry {
    let all = report.requests.iter().chain(&report.groups);
    all.into_iter().find(|entry| entry.name == name).unwrap()
}

fn failures(report: &Report) -> Vec<String> {
    let failures = report.failures.iter();
    failures.map(|row| format!("{}: {:?} {} x{}", row.name, row.kind, row.detail, row.count)).collect()
}

fn stub_count(stats: &Value, method: &str, name: &str) -> u64 {
    let counts = counted_by_the_stub(stats);
    counts.iter().filter(|((m, n, _), _)| (m.as_str(), n.as_str()) == (method, name)).map(|(_, c)| c).sum()
}

const LIFE_OF_A_PLAN: &str = include_str!("../../fixtures/scenarios/lives/life-of-a-plan.yaml");

#[tokio::test]
async fn values_checks_groups_and_branches_count_what_the_host_counted() {
    let stub = stub_of(Profile::Direct).await;
    let folder = tempfile::tempdir().unwrap();
    let host = gateway_of(&stub);
    let arguments = ["-H", &host, "-u", "4", "-r", "100", "--iterations", "40"];
    let (ended, report) = run_scenario(folder.path(), LIFE_OF_A_PLAN, &arguments).await;
    assert_eq!(ended.code, Some(0), "{}{:?}", ended.stderr, failures(&report));
    let stats = ask(stub.gateway, "GET", "/__stub/stats", "").await;
    assert_eq!(counted_by_the_report(&report), counted_by_the_stub(&stats));
    assert_eq!((report.total.requests, report.total.failures), (240, 0));
    let gone = report.requests.iter().find(|e| e.method == "GET" && e.name == "/api/v1/plans/{id}").unwrap();
    assert_eq!(gone.statuses.as_ref().unwrap()[&404], 40, "each was an expected one");
    let group = row(&report, "the whole life");
    assert_eq!((group.method.as_str(), group.requests, group.failures), ("GROUP", 40, 0));
    assert!(ended.stdout.contains("the whole life"), "{}", ended.stdout);
}

/// All constructs that a host answers at once to; streams, refreshes and time-outs have tests of their own.
const CONSTRUCTS: &str = include_str!("../../fixtures/scenarios/lives/constructs.yaml");

#[tokio::test]
async fn every_construct_counts_what_the_host_counted() {
    let stub = stub_of(Profile::Direct).await;
    let folder = tempfile::tempdir().unwrap();
    let host = gateway_of(&stub);
    let arguments = ["-H", &host, "-u", "3", "-r", "100", "--iterations", "24"];
    let (ended, report) = run_scenario(folder.path(), CONSTRUCTS, &arguments).await;
    assert_eq!(failures(&report), [""; 0], "{}", ended.stderr);
    let stats = ask(stub.gateway, "GET", "/__stub/stats", "").await;
    let of_stub: u64 = counted_by_the_stub(&stats).values().sum();
    assert_eq!(of_stub, report.total.requests);
    // Each user does one task of either kind in a session.
    let [planned, filmed] =
        ["plans", "videos"].map(|of| stub_count(&stats, "POST", &format!("/api/v1/{of}")) / 2);
    assert!(planned + filmed == 24 && (filmed..=filmed + 3).contains(&planned), "{planned} {filmed}");
    assert_eq!(row(&report, "no plan").requests, planned, "what is expected is not sent again");
    assert_eq!(row(&report, "both away").requests, planned);
    assert_eq!(row(&report, "last look").requests, row(&report, "/actuator/health").requests);
}

#[tokio::test]
async fn a_check_that_fails_on_a_200_is_named_in_the_report() {
    let stub = stub_of(Profile::Direct).await;
    let folder = tempfile::tempdir().unwrap();
    let text = "scenario: s\nusers:\n  U:\n    headers: { X-User-Id: '1' }\n    tasks:\n      - get: /api/v1/plans\n        checks:\n          has plans: $ count 1..\n";
    let host = gateway_of(&stub);
    let (ended, report) = run_scenario(folder.path(), text, &["-H", &host, "--iterations", "5"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert_eq!(failures(&report), ["/api/v1/plans: Check has plans x5"]);
    assert_eq!(report.total.statuses.as_ref().unwrap()[&200], 5);
}

/// Users who log in at one service, show a token that the gateway refuses, and refresh it.
const REFRESHING: &str = include_str!("../../fixtures/scenarios/lives/refreshing.yaml");

#[tokio::test]
async fn an_expired_token_is_refreshed_as_often_as_the_host_says() {
    let (gateway, auth) = (stub_of(Profile::Gateway).await, stub_of(Profile::Direct).await);
    let folder = tempfile::tempdir().unwrap();
    let (host, service) = (gateway_of(&gateway), format!("auth={}", gateway_of(&auth)));
    let arguments = ["-H", &host, "--service", &service, "-u", "3", "-r", "100", "--iterations", "12"];
    let (ended, report) = run_scenario(folder.path(), REFRESHING, &arguments).await;
    assert_eq!(ended.code, Some(0), "{}{:?}", ended.stderr, failures(&report));
    let [gateway_stats, auth_stats] = [
        ask(gateway.gateway, "GET", "/__stub/stats", "").await,
        ask(auth.gateway, "GET", "/__stub/stats", "").await,
    ];
    // Each task has one after its last step; the first of each of the three users has one for both requests at once too.
    let refreshes = row(&report, "/api/auth/refresh");
    assert_eq!((refreshes.requests, refreshes.failures), (15, 0));
    assert_eq!(stub_count(&auth_stats, "POST", "/api/auth/refresh"), 15);
    for name in ["/api/plans", "/api/videos"] {
        assert_eq!(row(&report, name).requests, stub_count(&gateway_stats, "GET", name), "{name}");
    }
    assert_eq!(row(&report, "/api/videos").statuses.as_ref().unwrap()[&401], 3);
}

#[tokio::test]
async fn a_refresh_that_is_refused_or_hangs_is_an_outcome_of_its_own() {
    for (fault, detail, kind) in [
        (r#"{"kind":"fail","share":1,"status":401,"route":"/api/auth/refresh"}"#, "was refused", "Status"),
        (
            r#"{"kind":"stall","seconds":60,"route":"/api/auth/refresh"}"#,
            "no answer in time",
            "RequestTimeout",
        ),
    ] {
        let (gateway, auth) = (stub_of(Profile::Gateway).await, stub_of(Profile::Direct).await);
        ask(auth.gateway, "POST", "/__stub/faults", fault).await;
        let folder = tempfile::tempdir().unwrap();
        let (host, service) = (gateway_of(&gateway), format!("auth={}", gateway_of(&auth)));
        let arguments = ["-H", &host, "--service", &service, "--iterations", "1"];
        let (_, report) = run_scenario(folder.path(), REFRESHING, &arguments).await;
        let found = failures(&report);
        let of = |name: &str| found.iter().find(|line| line.starts_with(name)).unwrap();
        assert!(of("/api/plans: Refresh").contains(detail), "{found:?}");
        assert!(of("/api/videos: Refresh").contains(detail), "{found:?}");
        assert!(of("/api/auth/refresh").contains(kind), "{found:?}");
    }
}

const SAME_KEY: &str = include_str!("../../fixtures/scenarios/lives/same-key.yaml");

#[tokio::test]
async fn one_key_makes_one_video_in_sequence_at_once_and_after_a_time_out() {
    let stub = stub_of(Profile::Direct).await;
    let folder = tempfile::tempdir().unwrap();
    let host = gateway_of(&stub);
    let (_, report) =
        run_scenario(folder.path(), SAME_KEY, &["-H", &host, "-u", "1", "--iterations", "4"]).await;
    assert_eq!(failures(&report), [""; 0]);
    let stats = ask(stub.gateway, "GET", "/__stub/stats", "").await;
    let counted = stub_count(&stats, "POST", "/api/v1/videos");
    let videos = report.requests.iter().find(|entry| entry.method == "POST").unwrap();
    assert_eq!(videos.requests, 3 + 4 + 2);
    // A host counts what it answers, so one that was given up may be missing.
    assert!((8..=9).contains(&counted), "{counted}");
}

const STREAMS: &str = include_str!("../../fixtures/scenarios/lives/streams.yaml");

#[tokio::test]
async fn cached_and_fresh_streams_are_two_rows_and_a_cached_plan_is_not_saved_again() {
    let options = stub::Options {
        profile: Profile::Direct,
        llm_latency: Some("300ms".parse().unwrap()),
        cache: Cache::On,
        ..stub::Options::default()
    };
    let stub = stub::start(options).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (host, llm) = (gateway_of(&stub), format!("llm=http://127.0.0.1:{}", stub.llm.port()));
    let arguments = ["-H", &host, "--service", &llm, "-u", "1", "--iterations", "20"];
    let (_, report) = run_scenario(folder.path(), STREAMS, &arguments).await;
    assert_eq!(failures(&report), [""; 0]);
    let fresh = row(&report, "/api/v1/plans/generate/stream");
    let cached = row(&report, "/api/v1/plans/generate/stream (cached)");
    assert_eq!((fresh.requests, cached.requests), (2, 18));
    assert_eq!(row(&report, "/api/v1/plans").requests, fresh.requests, "one save for each fresh plan");
    let p50 = |entry: &Entry| entry.latency_ms.as_ref().unwrap().figures.p50.unwrap();
    assert!(p50(fresh) >= 295.0 && p50(cached) < 200.0, "{} {}", p50(fresh), p50(cached));
    let first_event =
        |entry: &Entry| entry.stream_ms.as_ref().unwrap().complete.as_ref().unwrap().figures.count;
    assert_eq!((first_event(fresh), first_event(cached)), (2, 18));
}

#[tokio::test]
async fn one_user_is_run_once_with_every_request_shown_and_no_secret() {
    let stub = stub_of(Profile::Direct).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("users.yaml");
    std::fs::write(&file, LIFE_OF_A_PLAN).unwrap();
    let host = gateway_of(&stub);
    let ended =
        run(&["scenario", "run-once", file.to_str().unwrap(), "-H", &host, "--user", "Planner"]).await;
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    let requests = ended.stdout.lines().filter(|line| line.starts_with("> ") && line.contains(&host));
    assert_eq!(requests.count(), 6, "{}", ended.stdout);
    assert!(ended.stdout.contains("< 404 in "), "{}", ended.stdout);
    std::fs::write(&file, REFRESHING).unwrap();
    let auth = format!("auth={host}");
    let arguments = ["scenario", "run-once", file.to_str().unwrap(), "-H", &host, "--service", &auth];
    let shown = run(&arguments).await.stdout;
    assert!(shown.contains("> Authorization: Bearer ***"), "{shown}");
    assert!(!shown.contains("correct horse") && shown.contains(r#""password":"***""#), "{shown}");
    assert!(shown.contains(r#""accessToken":"***""#), "{shown}");
}

#[tokio::test]
async fn without_a_host_one_user_asks_the_main_service_of_its_file_and_a_failure_is_said_once() {
    let stub = stub_of(Profile::Direct).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("users.yaml");
    let host = gateway_of(&stub);
    let text = "scenario: s\nusers:\n  U:\n    tasks:\n      - get: /no/such/path\n";
    std::fs::write(&file, format!("{text}services: {{ gateway: \"{host}\" }}\n")).unwrap();
    let mut command = command(&["scenario", "run-once", file.to_str().unwrap()]);
    let ended = wait(command.env_remove("ODDIYA_LOAD_HOST").spawn().unwrap()).await;
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stdout.contains(&format!("> GET {host}/no/such/path\n")), "{}", ended.stdout);
    let said: Vec<_> = ended.stdout.lines().filter(|line| line.starts_with("! ")).collect();
    assert_eq!(said, ["! HTTP 404"]);
}

#[tokio::test]
async fn a_session_that_ends_before_its_first_task_is_said_to_have_done_so() {
    let stub = stub_of(Profile::Direct).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("users.yaml");
    let text = "scenario: s\nusers:\n  U:\n    on_start:\n      - get: /actuator/health\n        extract: { token: { from: \
                $.token, missing: skip } }\n    tasks:\n      - get: /api/v1/plans\n";
    std::fs::write(&file, text).unwrap();
    let host = gateway_of(&stub);
    let ended = run(&["scenario", "run-once", file.to_str().unwrap(), "-H", &host]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("before its first task"), "{}", ended.stderr);
    assert!(!ended.stdout.contains("/api/v1/plans"), "{}", ended.stdout);
}
