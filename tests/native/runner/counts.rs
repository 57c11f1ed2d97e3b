//! Tests that the command and the host count the same, with and without faults, and that an interrupted or killed run
//! leaves a report.

use std::time::Duration;

use oddiya_load::core::base::failure::FailureKind;
use oddiya_load::core::report::StopReason;
use oddiya_load::stub;

use crate::command::{
    command, report_in, run, send, start_stub, stopping_signals, wait, wait_until_saved,
    wait_until_saved_anew,
};
use crate::fake_host::FakeHost;
use crate::stub_talk::{ask, counted_by_the_report, counted_by_the_stub};

#[tokio::test]
async fn a_run_counts_what_the_host_counted() {
    let (stub, host) = start_stub().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let ended = run(&[
        "run",
        "-H",
        &host,
        "-u",
        "10",
        "-r",
        "10",
        "-t",
        "5s",
        "--headless",
        "--think-time",
        "0.05s",
        "--seed",
        "7",
        "--json",
        file.to_str().unwrap(),
        "--exit-code-on-error",
        "9",
    ])
    .await;
    // A new host has no videos 1 to 10, so requests for them fail, as with Locust.
    assert_eq!(ended.code, Some(9), "{}", ended.stderr);
    let report = report_in(&file);
    let stats = ask(stub.gateway, "GET", "/__stub/stats", "").await;
    assert_eq!(counted_by_the_report(&report), counted_by_the_stub(&stats));
    assert!(report.total.requests > 500, "{}", report.total.requests);
    assert_eq!(report.total.sent.unwrap(), report.total.requests);
    assert_eq!((report.run.stopped_by.unwrap(), report.run.seed.unwrap()), (StopReason::RunTime, 7));
    assert!(ended.stdout.contains("Aggregated"), "{}", ended.stdout);
    assert!(ended.stdout.contains("HTTP 500"), "{}", ended.stdout);
}

#[tokio::test]
async fn a_clean_run_ends_with_zero() {
    let (_stub, host) = start_stub().await;
    let ended = run(&["run", "-H", &host, "-u", "3", "-r", "3", "-t", "2s", "StressTestUser"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(!ended.stdout.contains("Failures\n"), "{}", ended.stdout);
}

#[tokio::test]
async fn the_first_run_of_every_class_against_a_new_stub_fails_nothing() {
    let options = stub::Options { videos: stub::Videos::Samples, ..stub::Options::default() };
    let stub = stub::start(options).await.unwrap();
    let host = format!("http://127.0.0.1:{}", stub.gateway.port());
    let flags = ["run", "-H", &host, "-u", "10", "-r", "10", "-t", "3s", "--think-time", "0.02s"];
    let ended = run(&flags).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stdout);
    assert!(ended.stdout.contains("/api/videos/{id}"), "{}", ended.stdout);
}

#[tokio::test]
async fn a_host_that_stops_and_comes_back_leaves_typed_failures_and_counts_that_reconcile() {
    let (stub, host) = start_stub().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let child = command(&[
        "run",
        "-H",
        &host,
        "-u",
        "20",
        "-r",
        "20",
        "-t",
        "10s",
        "--think-time",
        "0.05s",
        "--json",
        file.to_str().unwrap(),
    ])
    .spawn()
    .unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    ask(stub.gateway, "POST", "/__stub/faults", r#"{"kind":"refuse","seconds":3}"#).await;
    let ended = wait(child).await;
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);

    let report = report_in(&file);
    let kinds: Vec<FailureKind> = report.failures.iter().map(|row| row.kind).collect();
    assert!(kinds.contains(&FailureKind::Refused), "{kinds:?}");
    assert!(!kinds.contains(&FailureKind::Other), "{kinds:?}");
    let last = report.timeline.last().unwrap();
    assert!(last.requests > last.failures, "the run did not go on after the host was back");
    assert_eq!(report.total.sent.unwrap(), report.total.requests + report.total.in_flight_at_end.unwrap());

    let stats = ask(stub.gateway, "GET", "/__stub/stats", "").await;
    let (ours, theirs) = (counted_by_the_report(&report), counted_by_the_stub(&stats));
    let unanswered: u64 =
        stats["routes"].as_array().unwrap().iter().map(|r| r["unanswered"].as_u64().unwrap()).sum();
    for (key, count) in &ours {
        // The host counts an answer when it is written; the answer may still be lost with its connection.
        let written = theirs.get(key).copied().unwrap_or(0);
        assert!(*count <= written && written - count <= 20, "{key:?}: we {count}, the host {written}");
    }
    let lost = theirs.values().sum::<u64>() - ours.values().sum::<u64>();
    let cut = |kind| kind == FailureKind::Reset || kind == FailureKind::Truncated;
    let cut: u64 = report.failures.iter().filter(|row| cut(row.kind)).map(|row| row.count).sum();
    assert!(lost + unanswered <= cut, "the host lost {lost} + {unanswered} answers, we saw {cut} cut off");
}

#[tokio::test]
async fn a_run_that_is_stopped_by_any_of_three_signals_writes_its_report() {
    let (_stub, host) = start_stub().await;
    for signal in stopping_signals() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("report.json");
        let json = file.to_str().unwrap();
        let flags = ["run", "-H", &host, "-u", "5", "-r", "5", "--json", json, "StressTestUser"];
        let child = command(&flags).spawn().unwrap();
        wait_until_saved(&file).await;
        send(signal, &child).await;
        let ended = wait(child).await;
        assert_eq!(ended.code, Some(0), "{signal}: {}", ended.stderr);
        assert!(ended.stdout.contains("Aggregated"));
        assert_eq!(report_in(&file).run.stopped_by.unwrap(), StopReason::Stopped);
    }
}

#[tokio::test]
async fn an_interrupt_while_the_last_answers_are_awaited_drops_no_answer() {
    let host = FakeHost::start(|mut connection| async move {
        while connection.request().await.is_some() {
            tokio::time::sleep(Duration::from_secs(2)).await;
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let arguments =
        ["run", "-H", &host.url(), "-u5", "-r50", "-t1s", "--json", file.to_str().unwrap(), "StressTestUser"];
    let child = command(&arguments).spawn().unwrap();
    tokio::time::sleep(Duration::from_millis(1_600)).await;
    send("-INT", &child).await;
    let ended = wait(child).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let report = report_in(&file);
    assert_eq!((report.total.requests, report.total.in_flight_at_end.unwrap()), (5, 0));
    assert_eq!(report.run.stopped_by.unwrap(), StopReason::RunTime);
}

#[tokio::test]
async fn a_run_with_unanswered_requests_at_its_end_exits_with_1() {
    let host =
        FakeHost::start(|mut connection| async move { while connection.request().await.is_some() {} }).await;
    let ended =
        run(&["run", "-H", &host.url(), "-u2", "-r50", "-t1s", "--stop-timeout=0", "StressTestUser"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stdout.contains("UNANSWERED: 2 requests"), "{}", ended.stdout);
}

#[tokio::test]
async fn a_closed_standard_output_does_not_prevent_the_report() {
    let (_stub, host) = start_stub().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let mut child =
        command(&["run", "-H", &host, "-t1s", "--json", file.to_str().unwrap(), "StressTestUser"])
            .spawn()
            .unwrap();
    drop(child.stdout.take());
    let ended = wait(child).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(report_in(&file).run.stopped_by.unwrap(), StopReason::RunTime);
}

/// Each has at most one request that the host has counted and the run has not.
const USERS_UNDER_WAY: u64 = 5;

#[tokio::test]
async fn a_killed_run_leaves_a_report_that_lacks_at_most_its_last_second() {
    let (stub, host) = start_stub().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let mut child = command(&[
        "run",
        "-H",
        &host,
        "-u",
        &USERS_UNDER_WAY.to_string(),
        "-r",
        "5",
        "--think-time",
        "0.1s",
        "--json",
        file.to_str().unwrap(),
    ])
    .spawn()
    .unwrap();
    wait_until_saved_anew(&file).await;
    let stats = ask(stub.gateway, "GET", "/__stub/stats", "").await;
    let theirs = counted_by_the_stub(&stats).values().sum::<u64>();
    // The first of these may have begun before, and a save lacks the second that has not ended.
    for _ in 0..3 {
        wait_until_saved_anew(&file).await;
    }
    child.kill().await.unwrap();
    let report = report_in(&file);
    assert_eq!(report.run.stopped_by.unwrap(), StopReason::Unfinished);
    let requests = report.total.requests;
    assert!(requests + USERS_UNDER_WAY >= theirs, "we {requests}, the host {theirs} two seconds before");
    assert!(report.timeline.len() >= 3, "{} seconds", report.timeline.len());
}
