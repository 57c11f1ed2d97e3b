//! The first run on an Oddiya that nobody prepared: without a flag, a token, or a user made by hand.

use std::path::Path;
use std::time::{Duration, Instant};

use oddiya_load::core::report::{Note, Report};
use oddiya_load::stub::{self, Model, Options, Profile, RunningStub, ServicePorts, Videos};

use crate::command::{Ended, command, report_in, wait};
use crate::fake_host::FakeHost;
use crate::stub_talk::ask;

/// A run as a person types it, shorter and with less thinking.
async fn first_run(host: &str, further: &[&str]) -> (Ended, Report) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let ended = first_run_into(&file, host, further).await;
    let report = report_in(&file);
    (ended, report)
}

async fn first_run_into(file: &Path, host: &str, further: &[&str]) -> Ended {
    let typed = ["run", "-H", host, "-u", "10", "-r", "10", "-t", "3s", "--think-time", "50ms"];
    let mut command = command(&[&typed, further].concat());
    command.arg("--json").arg(file).env_remove("ODDIYA_LOAD_NO_SETUP");
    wait(command.spawn().unwrap()).await
}

async fn start(profile: Profile) -> (RunningStub, String) {
    let options = Options { profile, videos: Videos::Samples, ..Options::default() };
    let stub = stub::start(options).await.unwrap();
    let host = format!("http://127.0.0.1:{}", stub.gateway.port());
    (stub, host)
}

/// Whether at least 99 of a hundred requests succeeded.
fn is_green(report: &Report) -> bool {
    let total = &report.total;
    total.requests > 50 && total.failures * 100 <= total.requests
}

#[tokio::test]
async fn the_first_run_on_an_empty_host_is_green_in_each_profile_and_says_what_it_found() {
    for (profile, said) in [
        (Profile::Gateway, "is today's Oddiya gateway"),
        (Profile::Locust, "is the earlier Oddiya gateway"),
        (Profile::Direct, "is Oddiya's services without the gateway"),
    ] {
        let (_stub, host) = start(profile).await;
        let (ended, report) = first_run(&host, &[]).await;
        assert!(is_green(&report), "{profile:?}: {:?}\n{}", report.failures, ended.stderr);
        assert!(ended.stderr.contains(said), "{}", ended.stderr);
        assert!(ended.stderr.contains("Users: 10 found or made"), "{}", ended.stderr);
        for name in ["/api/users/me", "/api/plans", "/api/videos", "/actuator/health"] {
            assert!(report.requests.iter().any(|entry| entry.name == name), "{profile:?}: {name}");
        }
    }
}

#[tokio::test]
async fn the_llm_agent_is_recognised_and_its_plans_are_streamed() {
    let stub = stub::start(Options { llm_latency: Some("0".parse().unwrap()), ..Options::default() }).await;
    let stub = stub.unwrap();
    let (ended, report) = first_run(&format!("http://127.0.0.1:{}", stub.llm.port()), &[]).await;
    assert!(is_green(&report), "{:?}\n{}", report.failures, ended.stderr);
    assert!(ended.stderr.contains("is Oddiya's llm-agent"), "{}", ended.stderr);
    assert_eq!(report.run.classes, ["PlanStreamUser"]);
}

#[tokio::test]
async fn services_with_ports_of_their_own_are_loaded_each_at_its_port() {
    let options =
        Options { profile: Profile::Direct, services: Some(ServicePorts::FREE), ..Options::default() };
    let stub = stub::start(options).await.unwrap();
    let port = |front| stub.address(front).unwrap().port();
    let at = |name: &str, port: u16| format!("{name}=http://127.0.0.1:{port}");
    let services = [
        at("user", port(stub::Front::User)),
        at("plan", port(stub::Front::Plan)),
        at("video", port(stub::Front::Video)),
    ];
    let flags = services.iter().flat_map(|service| ["--service", service]);
    let flags: Vec<&str> = ["--profile", "direct"].into_iter().chain(flags).collect();
    let host = format!("http://127.0.0.1:{}", port(stub::Front::User));
    let (ended, report) = first_run(&host, &flags).await;
    assert!(is_green(&report), "{:?}\n{}", report.failures, ended.stderr);
}

#[tokio::test]
async fn the_second_run_finds_the_users_of_the_first_and_no_request_of_the_preparation_is_load() {
    let (stub, host) = start(Profile::Gateway).await;
    first_run(&host, &[]).await;
    let (_, report) = first_run(&host, &[]).await;
    let stats = ask(stub.gateway, "GET", "/__stub/stats", "").await;
    let routes = stats["routes"].as_array().unwrap();
    assert!(routes.iter().all(|route| !route["name"].as_str().unwrap().contains("internal")), "{routes:?}");
    // Two questions and ten users, twice.
    assert_eq!(stats["preparing"], 24);
    assert!(is_green(&report), "{:?}", report.failures);
}

#[tokio::test]
async fn cleanup_deletes_every_plan_that_the_run_made() {
    let (stub, host) = start(Profile::Gateway).await;
    let (ended, report) = first_run(&host, &["--cleanup"]).await;
    let made = report
        .requests
        .iter()
        .find(|entry| (entry.method.as_str(), entry.name.as_str()) == ("POST", "/api/plans"));
    let made = made.unwrap().requests;
    assert!(made > 0);
    let said = format!("Cleanup: the {made} plans that the run made are deleted.");
    assert!(ended.stderr.contains(&said), "{}", ended.stderr);
    let stats = ask(stub.gateway, "GET", "/__stub/stats", "").await;
    assert_eq!(stats["preparing"], 12 + made);
}

#[tokio::test]
async fn a_mocked_model_is_one_notice_and_placeholders_beside_real_plans_are_failures() {
    let (stub, host) = start(Profile::Gateway).await;
    let (ended, report) = first_run(&host, &[]).await;
    let notices = |report: &Report| {
        report.generator.notes.iter().filter(|note| matches!(note, Note::PlaceholderPlans { .. })).count()
    };
    assert_eq!((notices(&report), report.total.failures), (1, 0));
    assert!(ended.stdout.contains("All plans are placeholders: the model is mocked"), "{}", ended.stdout);
    let (_, report) = first_run(&host, &["--set", "model=real"]).await;
    assert!(report.total.failures > 0);
    assert_eq!(Some(report.total.failures), report.total.placeholder_plans, "each is one when it is said so");
    drop(stub);

    let options = Options {
        profile: Profile::Gateway,
        model: Model::Real,
        llm_latency: Some("0".parse().unwrap()),
        ..Options::default()
    };
    let stub = stub::start(options).await.unwrap();
    ask(stub.gateway, "POST", "/__stub/faults", r#"{"kind":"model_failing","share":0.5}"#).await;
    let (_, report) = first_run(&format!("http://127.0.0.1:{}", stub.gateway.port()), &[]).await;
    let placeholders = report.total.placeholder_plans.unwrap();
    let failed: u64 =
        report.failures.iter().filter(|row| row.detail == "placeholder plan").map(|row| row.count).sum();
    assert!(placeholders > 0);
    assert_eq!((failed, report.total.failures), (placeholders, placeholders));
    let by_second: u64 = report.timeline.iter().map(|row| row.failures).sum();
    assert_eq!(by_second, placeholders);
}

#[tokio::test]
async fn a_host_that_is_no_oddiya_gets_a_clear_word_and_still_its_load() {
    let host = FakeHost::answering("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>").await;
    let (ended, report) = first_run(&host.url(), &[]).await;
    assert!(ended.stderr.contains("is none of Oddiya's: it answers 200 to a path"), "{}", ended.stderr);
    assert!(report.total.requests > 50);
    assert!(!host.seen().iter().any(|seen| seen.target.contains("internal")), "no user is asked for");
}

#[tokio::test]
async fn a_silent_host_keeps_the_run_from_its_load_for_two_seconds_at_most() {
    let host =
        FakeHost::start(|mut connection| async move { while connection.request().await.is_some() {} }).await;
    let began = Instant::now();
    let (ended, report) = first_run(&host.url(), &["--stop-timeout", "0s"]).await;
    assert!(ended.stderr.contains("answers too slowly to find out"), "{}", ended.stderr);
    assert!(report.total.sent.unwrap() > 0);
    // Two seconds of asking and three of load; the rest is room for a busy machine.
    assert!(began.elapsed() < Duration::from_secs(30));
    let asked = host.seen().iter().filter(|seen| seen.header("x-oddiya-load").is_some()).count();
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn what_most_answers_mean_is_said_while_the_run_goes_on() {
    let (_stub, host) = start(Profile::Gateway).await;
    let (ended, _) = first_run(&host, &["--profile", "locust"]).await;
    let advice = "Today's gateway wants a token";
    let (live, _) = ended.stderr.split_once(advice).expect("it is said");
    assert!(!live.contains("Aggregated"), "{}", ended.stderr);
    assert_eq!(ended.stderr.matches(advice).count(), 1, "{}", ended.stderr);
}

#[tokio::test]
async fn a_gateway_whose_user_service_is_down_is_said_as_what_it_is() {
    let (stub, host) = start(Profile::Gateway).await;
    ask(stub.gateway, "POST", "/__stub/faults", r#"{"kind":"user_dead"}"#).await;
    let (ended, _) = first_run(&host, &[]).await;
    assert!(ended.stderr.contains("is today's Oddiya gateway"), "{}", ended.stderr);
    assert!(ended.stderr.contains("the user-service is down"), "{}", ended.stderr);
}
