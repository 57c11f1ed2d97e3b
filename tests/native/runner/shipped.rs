//! The scenarios inside the program against the stub, in each Oddiya in which they can work: green there, with the host's own
//! counts, and failing in the right typed way where the host is told to.

use oddiya_load::core::base::failure::FailureKind;
use oddiya_load::core::report::Report;
use oddiya_load::stub::{self, Cache, Front, Profile, RunningStub, ServicePorts, Speed};
use serde_json::Value;

use crate::command::{Ended, report_in, run};
use crate::shipped_cases::{CASES, Case, both_counts, failures, word};
use crate::stub_talk::ask;

fn case(name: &str) -> &'static Case {
    CASES.iter().find(|case| case.name == name).unwrap()
}

/// An empty stub of a profile, whose services have ports of their own.
async fn start(options: stub::Options) -> RunningStub {
    stub::start(stub::Options { services: Some(ServicePorts::FREE), ..options }).await.unwrap()
}

async fn empty(profile: Profile) -> RunningStub {
    start(stub::Options { profile, ..stub::Options::default() }).await
}

/// Runs a scenario with so many tasks of four users.
async fn run_case(case: &Case, stub: &RunningStub, tasks: u32, further: &[&str]) -> (Ended, Report) {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("report.json");
    let url = |front: Front| format!("http://{}", stub.address(front).unwrap());
    let profile = stub.options().profile;
    let services = case.services().into_iter();
    let services: Vec<String> =
        services.map(|(name, front)| format!("--service={name}={}", url(front))).collect();
    let settings: Vec<String> = case.settings.iter().map(|setting| format!("--set={setting}")).collect();
    let (host, tasks) = (url(case.main(profile)), tasks.to_string());
    let mut words = vec!["run", "--scenario", case.name, "--profile", word(profile), "-H", &host];
    words.extend(["-u", "4", "-r", "100", "--think-time", "1ms", "--seed", "7", "--iterations", &tasks]);
    words.extend(["--json", json.to_str().unwrap()]);
    words.extend(services.iter().chain(&settings).map(String::as_str));
    words.extend(further);
    let ended = run(&words).await;
    assert!(json.exists(), "{} in {}: {}", case.name, word(profile), ended.stderr);
    (ended, report_in(&json))
}

/// The answers of a route of the stub, over all ports.
fn stub_count(stats: &Value, method: &str, name: &str) -> u64 {
    let routes = stats["routes"].as_array().unwrap().iter();
    let routes = routes.filter(|route| route["method"] == method && route["name"] == name);
    routes.map(|route| route["requests"].as_u64().unwrap()).sum()
}

/// The requests of a name, cached streams too.
fn count(report: &Report, method: &str, name: &str) -> u64 {
    let names = [name.to_owned(), format!("{name} (cached)")];
    let entries =
        report.requests.iter().filter(|entry| entry.method == method && names.contains(&entry.name));
    entries.map(|entry| entry.requests).sum()
}

async fn stats(stub: &RunningStub) -> Value {
    ask(stub.gateway, "GET", "/__stub/stats", "").await
}

#[tokio::test]
async fn every_shipped_scenario_is_green_in_each_oddiya_that_it_is_for_with_the_hosts_own_counts() {
    for case in &CASES {
        for profile in case.profiles {
            let options = stub::Options { profile: *profile, ..stub::Options::default() };
            // Videos are ready after 20 seconds there, and after two minutes in a stub without times.
            let speed = if case.name == "web-app" { Speed::Laptop } else { Speed::Instant };
            let stub = start(stub::Options { speed, ..options }).await;
            let (ended, report) = run_case(case, &stub, 40, &[]).await;
            let place = format!("{} in {}", case.name, word(*profile));
            assert_eq!(ended.code, Some(0), "{place}: {}{:?}", ended.stderr, failures(&report));
            assert!(report.total.requests >= 40, "{place}");
            let [of_report, of_stub] = both_counts(&report, &stats(&stub).await);
            // A first request that is given up has no answer in the report, and the stub may have answered it.
            if case.name != "idempotency" {
                assert_eq!(of_report, of_stub, "{place}");
            }
        }
    }
}

#[tokio::test]
async fn the_first_scenario_keeps_its_earlier_name() {
    let [now, earlier] = ["locust", "oddiya"].map(async |name| run(&["scenario", "show", name]).await.stdout);
    assert_eq!(now.await, earlier.await);
}

#[tokio::test]
async fn a_profile_that_a_scenario_has_not_is_refused_with_those_that_it_has() {
    let ended = run(&["scenario", "check", "app-token-expiry", "--profile", "direct"]).await;
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("no profile `direct`; there is only `gateway`"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_new_plan_is_two_generations_and_its_saves_are_the_hosts() {
    let stub = empty(Profile::Gateway).await;
    let (_, report) = run_case(case("app-create"), &stub, 40, &[]).await;
    let stats = stats(&stub).await;
    let streams = count(&report, "POST", "/api/v1/plans/generate/stream");
    let saves = count(&report, "POST", "/api/plans");
    assert_eq!((streams, saves), (streams, streams), "each stream is saved");
    assert!(saves > 0);
    assert_eq!(stub_count(&stats, "POST", "/api/v1/plans/generate/stream"), streams);
    assert_eq!(stub_count(&stats, "POST", "/api/plans"), saves);
}

#[tokio::test]
async fn the_popular_plan_comes_from_the_cache_and_the_share_of_it_is_a_setting() {
    let options = stub::Options { profile: Profile::Gateway, cache: Cache::On, ..stub::Options::default() };
    for (share, fresh_at_most) in [("popular=100 %", 4), ("popular=0 %", u64::MAX)] {
        let stub = start(options.clone()).await;
        let (ended, report) = run_case(case("app-create"), &stub, 40, &["--set", share]).await;
        assert_eq!(ended.code, Some(0), "{:?}", failures(&report));
        let named = |name: &str| report.requests.iter().find(|entry| entry.name == name).unwrap().requests;
        let (fresh, cached) =
            (named("/api/v1/plans/generate/stream"), named("/api/v1/plans/generate/stream (cached)"));
        // The four users may ask for the first plan at once, and then none of them has it from the cache.
        assert!(fresh <= fresh_at_most, "{share}: {fresh}");
        let is_popular = share.contains("100");
        assert!(if is_popular { cached > fresh } else { fresh > cached }, "{share}: {fresh} and {cached}");
    }
}

#[tokio::test]
async fn a_model_that_fails_is_a_failed_stream_inside_a_200_and_nothing_is_saved() {
    let stub = empty(Profile::Gateway).await;
    ask(stub.gateway, "POST", "/__stub/faults", r#"{"kind":"model_failing","share":1}"#).await;
    let (ended, report) = run_case(case("app-create"), &stub, 20, &["--set", "alert=0s"]).await;
    assert_eq!(ended.code, Some(1));
    let streams = count(&report, "POST", "/api/v1/plans/generate/stream");
    assert!(
        report.failures.iter().all(|row| row.kind == FailureKind::StreamError),
        "{:?}",
        failures(&report)
    );
    assert_eq!((report.total.failures, count(&report, "POST", "/api/plans")), (streams, 0));
    assert_eq!(stub_count(&stats(&stub).await, "POST", "/api/v1/plans/generate/stream"), streams);
}

#[tokio::test]
async fn a_model_that_fails_for_some_calls_costs_only_those() {
    let stub = empty(Profile::Gateway).await;
    ask(stub.gateway, "POST", "/__stub/faults", r#"{"kind":"model_failing","share":0.3}"#).await;
    let (_, report) = run_case(case("app-create"), &stub, 60, &["--set", "alert=0s"]).await;
    let (streams, saves) =
        (count(&report, "POST", "/api/v1/plans/generate/stream"), count(&report, "POST", "/api/plans"));
    assert_eq!(saves, streams - report.total.failures, "{:?}", failures(&report));
    assert!(report.total.failures > 0 && saves > 0);
    assert_eq!(stub_count(&stats(&stub).await, "POST", "/api/plans"), saves);
}

#[tokio::test]
async fn an_expired_token_costs_one_refresh_for_both_requests_of_a_session() {
    let stub = empty(Profile::Gateway).await;
    let (ended, report) = run_case(case("app-token-expiry"), &stub, 40, &[]).await;
    assert_eq!(ended.code, Some(0), "{:?}", failures(&report));
    let stats = stats(&stub).await;
    let status = |name: &str, status: u16| {
        let entries = report.requests.iter().filter(|entry| entry.name == name);
        entries.filter_map(|entry| entry.statuses.as_ref()?.get(&status)).sum::<u64>()
    };
    let refreshes = count(&report, "POST", "/api/auth/refresh");
    assert_eq!(stub_count(&stats, "POST", "/api/auth/refresh"), refreshes);
    assert_eq!((status("/api/plans", 401), status("/api/videos", 401)), (refreshes, refreshes));
    assert_eq!(count(&report, "POST", "/api/auth/login"), refreshes, "one for each session");
}

#[tokio::test]
async fn a_refresh_that_is_refused_or_hangs_is_an_outcome_of_its_own_and_ends_the_session() {
    for (fault, detail) in [
        (r#"{"kind":"fail","share":1,"status":401,"route":"/api/auth/refresh"}"#, "the refresh was refused"),
        (r#"{"kind":"stall","seconds":60,"route":"/api/auth/refresh"}"#, "the refresh got no answer in time"),
    ] {
        let stub = empty(Profile::Gateway).await;
        ask(stub.gateway, "POST", "/__stub/faults", fault).await;
        let (ended, report) = run_case(case("app-token-expiry"), &stub, 4, &["--set", "within=1s"]).await;
        assert_eq!(ended.code, Some(1));
        for name in ["/api/plans", "/api/videos"] {
            let row = report.failures.iter().find(|row| row.name == name).unwrap();
            assert_eq!(
                (row.kind, row.detail.as_str(), row.count),
                (FailureKind::Refresh, detail, 4),
                "{name}"
            );
        }
        assert_eq!(count(&report, "GET", "/api/plans"), 4, "nothing is sent again, and nothing follows");
    }
}

#[tokio::test]
async fn of_requests_with_one_key_at_once_one_makes_a_video_and_the_losers_are_no_failures_unless_asked() {
    let at_once = |report: &Report| {
        let entry = report.requests.iter().find(|entry| entry.name.ends_with("(at once)")).unwrap();
        let of = |status: u16| {
            entry.statuses.as_ref().and_then(|all| all.get(&status).copied()).unwrap_or_default()
        };
        (entry.requests, of(202), of(500), entry.failures)
    };
    // With long times, so that the requests meet in the host.
    let options =
        stub::Options { profile: Profile::Gateway, speed: Speed::T2Micro, ..stub::Options::default() };
    let stub = start(options.clone()).await;
    let (ended, report) = run_case(case("idempotency"), &stub, 24, &[]).await;
    assert_eq!(ended.code, Some(0), "{:?}", failures(&report));
    let (sent, made, lost, failed) = at_once(&report);
    assert!(made >= sent / 4 && made + lost == sent && failed == 0, "{sent} {made} {lost} {failed}");
    assert!(lost > 0, "the losers of the race fail on the unique key");

    let stub = start(options).await;
    let (ended, report) = run_case(case("idempotency"), &stub, 24, &["--set", "tolerate=503"]).await;
    let (_, _, lost, failed) = at_once(&report);
    assert_eq!((ended.code, failed), (Some(1), lost));
    let row = &report.failures[0];
    assert_eq!((row.kind, row.detail.as_str()), (FailureKind::Status, "HTTP 500"));
}

#[tokio::test]
async fn a_video_is_asked_for_until_it_is_ready() {
    let options =
        stub::Options { profile: Profile::Gateway, speed: Speed::Laptop, ..stub::Options::default() };
    let stub = start(options).await;
    let settings = ["--set", "wait_for=poll", "--set", "every=1s", "--set", "replays=0 %"];
    let (ended, report) = run_case(case("video"), &stub, 4, &settings).await;
    assert_eq!(ended.code, Some(0), "{:?}", failures(&report));
    let asked = count(&report, "GET", "/api/videos/{id}");
    assert_eq!(stub_count(&stats(&stub).await, "GET", "/api/videos/{id}"), asked);
    assert!(asked >= 4 * 2 && count(&report, "GET", "/api/videos") == 4, "{asked}");
}

#[tokio::test]
async fn a_dead_queue_or_user_service_is_a_failure_where_it_is_felt() {
    for (name, fault, felt) in [
        ("video", r#"{"kind":"queue_dead"}"#, "POST /api/videos: Status HTTP 500 x4"),
        ("app-login", r#"{"kind":"user_dead"}"#, "POST make an account: Status HTTP 500 x4"),
    ] {
        let stub = empty(Profile::Gateway).await;
        ask(stub.gateway, "POST", "/__stub/faults", fault).await;
        let (ended, report) = run_case(case(name), &stub, 4, &[]).await;
        assert_eq!((ended.code, failures(&report)), (Some(1), vec![felt.to_owned()]));
    }
}
