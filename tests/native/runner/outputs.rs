//! Tests of outputs that are slow, stand still or are shared: none of them holds the run, and what was not written is
//! said.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use oddiya_load::core::base::failure::FailureKind;
use oddiya_load::core::report::read::read;

use crate::command::{command, report_in, run, send, start_stub, wait, wait_until_saved};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/reports/v2/sim.json");

/// A pipe in the file system. Who opens it waits for the other side.
fn fifo(folder: &Path) -> PathBuf {
    let path = folder.join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    path
}

#[tokio::test]
async fn a_pipe_that_nobody_reads_is_given_up_and_everything_else_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let (pipe, csv) = (fifo(folder.path()), folder.path().join("run"));
    let (pipe, csv) = (pipe.to_str().unwrap(), csv.to_str().unwrap());
    let ended = run(&["report", GOLDEN, "--json", pipe, "--csv", csv]).await;
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
    let said = format!(
        "oddiya-load: --json: cannot write {pipe}: it has taken nothing for 10 s; start its reader first\n"
    );
    assert_eq!(ended.stderr, said);
    assert!(ended.stdout.contains("Latency percentiles") && ended.stdout.contains("run_stats.csv"));
    assert!(folder.path().join("run_exceptions.csv").exists());
}

#[tokio::test]
async fn a_run_that_waits_for_the_reader_of_a_pipe_still_hears_signals() {
    let (_stub, host) = start_stub().await;
    for signal in ["-INT", "-TERM"] {
        let folder = tempfile::tempdir().unwrap();
        let (pipe, csv) = (fifo(folder.path()), folder.path().join("run"));
        let (pipe, csv) = (pipe.to_str().unwrap(), csv.to_str().unwrap());
        let arguments = ["run", "-H", &host, "-t", "1s", "--json", pipe, "--csv", csv, "StressTestUser"];
        let child = command(&arguments).spawn().unwrap();
        // The CSV files are written at the end, beside the pipe.
        wait_until_saved(&folder.path().join("run_exceptions.csv")).await;
        let signalled = Instant::now();
        send(signal, &child).await;
        let ended = wait(child).await;
        assert!(signalled.elapsed() < Duration::from_secs(5), "{signal}: {:?}", signalled.elapsed());
        assert_eq!(ended.code, Some(1), "{}", ended.stderr);
        let said = format!("--json: cannot write {pipe}: given up at the signal to stop\n");
        assert!(ended.stderr.ends_with(&said), "{signal}: {}", ended.stderr);
    }
}

#[tokio::test]
async fn a_pipe_with_a_reader_gets_the_report_of_a_run_once() {
    let (_stub, host) = start_stub().await;
    let folder = tempfile::tempdir().unwrap();
    let pipe = fifo(folder.path());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read(pipe).unwrap()
    });
    let arguments = ["run", "-H", &host, "-t", "2s", "--json", pipe.to_str().unwrap(), "StressTestUser"];
    let ended = run(&arguments).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(read(&reader.join().unwrap()).unwrap().run.duration_s, 2.0);
}

#[tokio::test]
async fn csv_files_go_into_a_folder_that_is_made_before_the_run() {
    let (_stub, host) = start_stub().await;
    let folder = tempfile::tempdir().unwrap();
    let results = format!("{}/results/", folder.path().display());
    let ended = run(&["run", "-H", &host, "-t", "1s", "--csv", &results, "StressTestUser"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    for ending in ["_stats.csv", "_stats_history.csv", "_failures.csv", "_exceptions.csv"] {
        assert!(Path::new(&format!("{results}{ending}")).exists(), "{ending}");
    }
}

#[tokio::test]
async fn two_runs_that_write_one_file_never_show_half_of_it() {
    let (_stub, host) = start_stub().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let start = || {
        let json = file.to_str().unwrap();
        command(&["run", "-H", &host, "-u8", "-r8", "-t4s", "--json", json, "StressTestUser"])
            .spawn()
            .unwrap()
    };
    let both = async { tokio::join!(wait(start()), wait(start())) };
    let reading = async {
        let mut complete = 0;
        loop {
            if let Ok(bytes) = std::fs::read(&file) {
                read(&bytes).unwrap_or_else(|error| panic!("after {complete} complete files: {error}"));
                complete += 1;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let (one, other) = tokio::select! {
        ended = both => ended,
        () = reading => unreachable!("it reads for ever"),
    };
    assert_eq!((one.code, other.code), (Some(0), Some(0)), "{}{}", one.stderr, other.stderr);
    assert_eq!(report_in(&file).run.duration_s, 4.0);
    let names: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["report.json"]);
}

#[tokio::test]
async fn a_run_that_uses_up_the_open_files_still_saves_its_report() {
    let (_stub, host) = start_stub().await;
    let folder = tempfile::tempdir().unwrap();
    let (json, csv) = (folder.path().join("report.json"), folder.path().join("run"));
    let mut limited = tokio::process::Command::new("sh");
    limited.args(["-c", "ulimit -n 80; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_oddiya-load")]);
    limited.args(["run", "-H", &host, "-u200", "-r200", "-t4s", "--think-time", "100ms", "StressTestUser"]);
    limited.arg("--json").arg(&json).arg("--csv").arg(&csv);
    limited.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).kill_on_drop(true);
    let ended = wait(limited.spawn().unwrap()).await;
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(!ended.stderr.contains("cannot write"), "no checkpoint fails: {}", ended.stderr);
    let report = report_in(&json);
    let kinds: Vec<FailureKind> = report.failures.iter().map(|row| row.kind).collect();
    assert!(!kinds.is_empty() && kinds.iter().all(|kind| *kind == FailureKind::Exhausted), "{kinds:?}");
    assert!(folder.path().join("run_stats.csv").exists());
}

#[tokio::test]
async fn a_run_that_sent_nothing_does_not_end_as_if_all_were_well() {
    let (_stub, host) = start_stub().await;
    let ended = run(&["run", "-H", &host, "--rate", "0.001", "-t", "1s", "--exit-code-on-error", "0"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains("no request was sent, so nothing was measured"), "{}", ended.stderr);
}
