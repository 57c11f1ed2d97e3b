//! Tests of what the command cannot work with: a host that is down, a file that is no report, a port in use. Command lines
//! that are wrong in themselves are in `command_line.rs`.

use std::time::{Duration, Instant};

use crate::command::run;

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
