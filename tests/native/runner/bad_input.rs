//! Tests of wrong usage: a sentence names the flag and the right usage, the exit code is 2, and nothing is sent.

use std::time::{Duration, Instant};

use crate::command::{run, start_stub};
use crate::stub_talk::{ask, counted_by_the_stub};

#[tokio::test]
async fn every_wrong_flag_is_named_with_the_right_usage_and_nothing_is_sent() {
    let (stub, host) = start_stub().await;
    let cases: [(&[&str], &str); 17] = [
        (&["-u", "0"], "--users: `0` is no number of users; write a whole number from 1"),
        (&["-u", "-1"], "--users: `-1` is no number of users"),
        (&["-r", "0"], "--spawn-rate: `0` is no rate; write users per second, above 0"),
        (&["-t", "5x"], "--run-time: `5x` is not a duration; write seconds, or forms such as 20s"),
        (&["--think-time", "3s..1s"], "--think-time: `3s..1s` is no wait"),
        (&["--seed", "x"], "--seed: `x` is no seed"),
        (
            &["Nobody"],
            "user class: unknown user class `Nobody`; this scenario has OddiyaUser, StressTestUser",
        ),
        (&["-H", "localhost:8080"], "--host: `localhost:8080` has no http:// or https:// in front"),
        (&["--connect-timeout", "0"], "--connect-timeout: `0` is too short; write 1ms or more"),
        (&["--request-timeout", "soon"], "--request-timeout: `soon` is not a duration"),
        (
            &["--connection-reuse", "all"],
            "--connection-reuse: `all` is no policy; write per-user, none or shared",
        ),
        (&["--max-redirects", "-1"], "--max-redirects: `-1` is no number of redirects"),
        (&["--max-body", "big"], "--max-body: `big` is no size; write bytes, or forms such as 64KB, 16MB"),
        (&["--json", "/proc/no/such.json"], "--json: cannot write into /proc/no"),
        (&["--json", "/proc"], "--json: /proc is a folder; name a file in it"),
        (&["--csv", "/proc/no/run"], "--csv: cannot write into /proc/no"),
        (
            &["--csv", "/tmp/oddiya-load-a", "--json", "/tmp/./oddiya-load-a_failures.csv"],
            "--csv: /tmp/oddiya-load-a_failures.csv is the file of --json too; name another",
        ),
    ];
    for (arguments, message) in cases {
        let mut all = vec!["run", "-H", &host, "-t", "1s"];
        if arguments[0] == "-H" || arguments[0] == "-t" {
            all = vec!["run"];
        }
        all.extend(arguments);
        let ended = run(&all).await;
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(message), "{arguments:?}: {}", ended.stderr);
    }
    let stats = ask(stub.gateway, "GET", "/__stub/stats", "").await;
    assert!(counted_by_the_stub(&stats).is_empty(), "{stats}");
}

#[tokio::test]
async fn a_host_that_is_down_is_reported_within_three_seconds_with_a_hint() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let host = format!("http://127.0.0.1:{port}");
    let began = Instant::now();
    let ended = run(&["run", "-H", &host, "-t", "5s"]).await;
    assert!(began.elapsed() < Duration::from_secs(3));
    assert_eq!(ended.code, Some(3));
    assert!(ended.stderr.contains("cannot be reached: connection refused"), "{}", ended.stderr);
    assert!(ended.stderr.contains("Are the services running?"), "{}", ended.stderr);
    assert!(ended.stderr.contains("docker compose ps") && ended.stderr.contains("oddiya-load stub"));

    let insisted = run(&["run", "-H", &host, "-t", "1s", "--no-preflight"]).await;
    assert_eq!(insisted.code, Some(1));
    assert!(insisted.stdout.contains("connection refused"), "{}", insisted.stdout);
}

#[tokio::test]
async fn files_that_are_not_reports_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let large = folder.path().join("large.json");
    std::fs::File::create(&large).unwrap().set_len(200_000_000).unwrap();
    let text = folder.path().join("text.json");
    std::fs::write(&text, "hello").unwrap();
    for (file, message) in
        [(&large, "the file has 200 MB; reports have at most"), (&text, "the file is not JSON")]
    {
        let ended = run(&["report", file.to_str().unwrap()]).await;
        assert_eq!(ended.code, Some(2));
        assert!(
            ended.stderr.contains(message) && ended.stderr.contains(file.to_str().unwrap()),
            "{}",
            ended.stderr
        );
    }
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    for command in ["stub", "serve"] {
        let ended = run(&[command, "--port", &port]).await;
        assert_eq!(ended.code, Some(2), "{command}");
        assert!(
            ended.stderr.contains(&format!("--port {port} is already in use")),
            "{command}: {}",
            ended.stderr
        );
    }
}
