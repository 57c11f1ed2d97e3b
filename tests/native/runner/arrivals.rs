//! Tests of the open model against a real host: every arrival is counted, and the corrected latency measures a freeze
//! as users feel it.

use std::time::Duration;

use oddiya_load::core::report::{LoadModel, Report};
use oddiya_load::stub::{self, RunningStub, Speed};

use crate::command::{Ended, command, report_in, run, start_stub, wait};
use crate::stub_talk::{ask, counted_by_the_report, counted_by_the_stub};

/// Starts a stub that answers without delay.
async fn start_instant_stub() -> (RunningStub, String) {
    let options = stub::Options { speed: Speed::Instant, ..stub::Options::default() };
    let stub = stub::start(options).await.unwrap();
    let host = format!("http://127.0.0.1:{}", stub.gateway.port());
    (stub, host)
}

/// Runs the command with `arguments`, and awaits `meanwhile` during the run.
async fn load(host: &str, arguments: &[&str], meanwhile: impl Future<Output = ()>) -> (Report, Ended) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let mut all = vec!["run", "-H", host, "--seed", "7", "--json", file.to_str().unwrap(), "StressTestUser"];
    all.extend(arguments);
    let child = command(&all).spawn().unwrap();
    meanwhile.await;
    let ended = wait(child).await;
    (report_in(&file), ended)
}

#[tokio::test]
async fn stages_of_arrivals_send_exactly_their_integral_and_the_host_counts_the_same() {
    let (stub, host) = start_instant_stub().await;
    let (report, ended) = load(&host, &["--stages", "100/s,1s; 100..1000/s,2s"], async {}).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(
        (report.total.sent.unwrap(), report.total.requests, report.total.dropped.unwrap()),
        (1_200, 1_200, 0)
    );
    assert_eq!((report.run.model(), report.run.duration_s), (LoadModel::Open, 3.0));
    let stats = ask(stub.gateway, "GET", "/__stub/stats", "").await;
    assert_eq!(counted_by_the_report(&report), counted_by_the_stub(&stats));
    assert!(ended.stdout.contains("arrivals in stages: 100/s,1s; 100..1000/s,2s, evenly spaced"));
    assert!(ended.stdout.contains("Corrected latency percentiles"), "{}", ended.stdout);
}

#[tokio::test]
async fn a_freeze_of_2_s_in_5_s_has_the_corrected_quantiles_that_theory_computes() {
    let (stub, host) = start_instant_stub().await;
    let freeze = async {
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        ask(stub.gateway, "POST", "/__stub/faults", r#"{"kind":"stall","seconds":2}"#).await;
    };
    let (report, ended) = load(&host, &["--rate", "100", "-t", "5s"], freeze).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!((report.total.requests, report.total.dropped.unwrap()), (500, 0), "as many as in good times");
    let figures = report.total.corrected_ms.as_ref().unwrap().figures;
    // The share (2 s - w) / 5 s of all arrivals waits longer than w; tests/core/stalls.rs has it exactly, in virtual time.
    // Uncorrected, p75 and p95 would be a few milliseconds. A busy machine only adds to what was waited.
    for (measured, theory) in
        [(figures.p75.unwrap(), 750.0), (figures.p95.unwrap(), 1_750.0), (figures.p99.unwrap(), 1_950.0)]
    {
        assert!(
            (theory - 250.0..theory + 2_000.0).contains(&measured),
            "{measured} ms, in theory {theory} ms"
        );
    }
    let stalled =
        |row: &&oddiya_load::core::report::TimelineRow| row.requests == 0 && row.in_flight > Some(50);
    assert!(report.timeline.iter().any(|row| stalled(&row)), "{:#?}", report.timeline);
    let stats = ask(stub.gateway, "GET", "/__stub/stats", "").await;
    assert_eq!(counted_by_the_report(&report), counted_by_the_stub(&stats));
    assert!(ended.stderr.contains("· 0.0 req/s ·"), "the stall is on the terminal: {}", ended.stderr);
}

#[tokio::test]
async fn arrivals_without_a_free_user_are_dropped_and_printed() {
    let (stub, host) = start_instant_stub().await;
    ask(stub.gateway, "POST", "/__stub/faults", r#"{"kind":"stall","seconds":2}"#).await;
    let (report, ended) = load(&host, &["--rate", "50", "-t", "3s", "--max-users", "10"], async {}).await;
    assert!(report.total.dropped.unwrap() > 50, "{}", report.total.dropped.unwrap());
    assert_eq!(report.total.sent.unwrap() + report.total.dropped.unwrap(), 150);
    let stats = ask(stub.gateway, "GET", "/__stub/stats", "").await;
    assert_eq!(counted_by_the_report(&report), counted_by_the_stub(&stats));
    let words = format!("DROPPED: {} arrivals started no request", report.total.dropped.unwrap());
    assert!(ended.stdout.contains(&words), "{}", ended.stdout);
}

#[tokio::test]
async fn flags_of_both_models_together_are_refused_with_advice() {
    let (_stub, host) = start_stub().await;
    for (arguments, words) in [
        (["--rate", "50", "-u", "5"], "--users: cannot go with an arrival rate (--rate), which takes users"),
        (["--rate", "50", "--stages", "1,1m"], "--rate: cannot go with stages (--stages)"),
        (["--stages", "5,1m;x", "-t", "1s"], "--stages: `x` is no stage; write LEVEL,DURATION, such as"),
        (["--max-users", "5", "-t", "1s"], "--max-users: is only for runs by arrival rate; add --rate"),
    ] {
        let mut all = vec!["run", "-H", &host];
        all.extend(arguments);
        let ended = run(&all).await;
        assert_eq!(ended.code, Some(2), "{arguments:?}");
        assert!(ended.stderr.contains(words), "{arguments:?}: {}", ended.stderr);
    }
}
