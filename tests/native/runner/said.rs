//! Tests of what is said to people: a terminal, a pipe or a disk that takes no more ends no load, and a result that is
//! lost is an error.

use std::fs::File;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use oddiya_load::core::report::{Report, StopReason};

use crate::command::{command, report_in, send, start_stub, wait, wait_until_saved};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/reports/v2/sim.json");

/// Accepts no byte, as a disk that is full.
fn full_disk() -> Stdio {
    File::options().write(true).open("/dev/full").unwrap().into()
}

fn whole(report: &Report) {
    assert_eq!(report.run.stopped_by, Some(StopReason::RunTime));
    assert!(report.timeline.len() >= 6, "{} seconds", report.timeline.len());
}

#[tokio::test]
async fn a_standard_error_that_goes_away_does_not_end_the_run() {
    let (_stub, host) = start_stub().await;
    let folder = tempfile::tempdir().unwrap();
    let (gone, full) = (folder.path().join("gone.json"), folder.path().join("full.json"));
    // The first line is written after five seconds.
    let start = |file: &Path, stderr: Stdio| {
        let json = file.to_str().unwrap();
        let mut run = command(&["run", "-H", &host, "-t6s", "--json", json, "StressTestUser"]);
        run.stderr(stderr).spawn().unwrap()
    };
    let mut without_reader = start(&gone, Stdio::piped());
    drop(without_reader.stderr.take());
    let (without_reader, onto_full_disk) =
        tokio::join!(wait(without_reader), wait(start(&full, full_disk())));
    assert_eq!((without_reader.code, onto_full_disk.code), (Some(0), Some(0)));
    whole(&report_in(&gone));
    whole(&report_in(&full));
}

#[tokio::test]
async fn a_hang_up_that_is_ignored_stays_ignored() {
    let (_stub, host) = start_stub().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    // As nohup does it.
    let mut shell = tokio::process::Command::new("sh");
    shell.args(["-c", "trap '' HUP; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_oddiya-load")]);
    shell.args(["run", "-H", &host, "-t4s", "StressTestUser", "--json"]).arg(&file);
    let child = shell.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    wait_until_saved(&file).await;
    send("-HUP", &child).await;
    let ended = wait(child).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let report = report_in(&file);
    assert_eq!((report.run.stopped_by, report.run.duration_s), (Some(StopReason::RunTime), 4.0));
}

#[tokio::test]
async fn results_that_cannot_be_written_are_an_error_and_the_files_are_written_all_the_same() {
    let (_stub, host) = start_stub().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let json = file.to_str().unwrap();
    let shown = command(&["report", GOLDEN, "--json", json]).stdout(full_disk()).spawn().unwrap();
    let shown = wait(shown).await;
    assert_eq!(shown.code, Some(2), "{}", shown.stderr);
    assert!(shown.stderr.contains("standard output: cannot write"), "{}", shown.stderr);
    assert_eq!(std::fs::read(&file).unwrap(), std::fs::read(GOLDEN).unwrap());

    let run = ["run", "-H", &host, "-t1s", "--json", json, "StressTestUser"];
    let ran = wait(command(&run).stdout(full_disk()).spawn().unwrap()).await;
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert_eq!(report_in(&file).run.stopped_by, Some(StopReason::RunTime));
}

#[tokio::test]
async fn a_reader_that_has_seen_enough_of_a_report_is_no_error() {
    let mut child = command(&["report", GOLDEN]).spawn().unwrap();
    drop(child.stdout.take());
    let ended = wait(child).await;
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
}

#[tokio::test]
async fn wrong_usage_is_an_exit_code_even_where_nothing_can_be_said() {
    for (arguments, code) in [(["run", "-u0"], 2), (["report", "/no/such.json"], 2)] {
        let child = command(&arguments).stderr(full_disk()).spawn().unwrap();
        assert_eq!(wait(child).await.code, Some(code), "{arguments:?}");
    }
}

#[tokio::test]
async fn servers_serve_even_when_their_output_goes_away() {
    for arguments in [vec!["stub"], vec!["serve", "--no-open"]] {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = command(&arguments);
        server.args(["--port", &port.to_string()]);
        if arguments[0] == "stub" {
            server.args(["--llm-port", "0"]);
        }
        let mut server = server.stdout(full_disk()).spawn().unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            assert!(Instant::now() < deadline && server.try_wait().unwrap().is_none(), "{arguments:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // The program listens, could not print that, and still answers.
        assert!(answers(port).await, "{arguments:?}");
        server.kill().await.unwrap();
    }
}

async fn answers(port: u16) -> bool {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut socket = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    socket.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.is_ok_and(|_| answer.starts_with(b"HTTP/1.1 "))
}
