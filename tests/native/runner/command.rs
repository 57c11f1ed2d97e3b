//! Runs the built command and reads its output, exit code and report. The tests are in the other files.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use oddiya_load::core::report::Report;
use oddiya_load::core::report::read::read;
use oddiya_load::stub::{self, RunningStub};
use tokio::process::{Child, Command};

/// The time limit of a command, longer than any run in these tests. A command that hangs fails its test.
const LIMIT: Duration = Duration::from_secs(90);

pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oddiya-load"));
    command
        .args(arguments)
        // The tests count requests, and their hosts answer as the load expects; `first_run.rs` asks.
        .env("ODDIYA_LOAD_NO_SETUP", "true")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

pub async fn wait(child: Child) -> Ended {
    wait_for(child, LIMIT).await
}

pub async fn wait_for(child: Child, limit: Duration) -> Ended {
    let output =
        tokio::time::timeout(limit, child.wait_with_output()).await.expect("the command hangs").unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

pub async fn run(arguments: &[&str]) -> Ended {
    wait(command(arguments).spawn().unwrap()).await
}

pub async fn start_stub() -> (RunningStub, String) {
    let stub = stub::start(stub::Options::default()).await.unwrap();
    let host = format!("http://127.0.0.1:{}", stub.gateway.port());
    (stub, host)
}

pub fn report_in(file: &Path) -> Report {
    read(&std::fs::read(file).unwrap()).unwrap()
}

/// The signals that stop a run: of Ctrl-C, of a service manager, of a closing terminal. One is left out where these tests
/// themselves ignore it, under `nohup` or in the background of a shell, since the runs then ignore it until they listen.
pub fn stopping_signals() -> Vec<&'static str> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.map_or(0, |mask| u64::from_str_radix(mask.trim(), 16).unwrap());
    let all = [("-INT", 2), ("-TERM", 15), ("-HUP", 1)];
    all.into_iter().filter(|(_, number)| ignored >> (number - 1) & 1 == 0).map(|(signal, _)| signal).collect()
}

pub async fn send(signal: &str, child: &Child) {
    let id = child.id().unwrap().to_string();
    let sent = Command::new("kill").args([signal, &id]).status().await.unwrap();
    assert!(sent.success());
}

/// Waits until the run has saved its first second.
pub async fn wait_until_saved(file: &Path) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !file.exists() {
        assert!(Instant::now() < deadline, "nothing is saved");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits until the run has saved one more second: each save is a new file in place of the last.
#[cfg(unix)]
pub async fn wait_until_saved_anew(file: &Path) {
    use std::os::unix::fs::MetadataExt as _;
    let saved = || std::fs::metadata(file).ok().map(|file| (file.ino(), file.mtime(), file.mtime_nsec()));
    let (before, deadline) = (saved(), Instant::now() + Duration::from_secs(20));
    while saved() == before {
        assert!(Instant::now() < deadline, "nothing more is saved");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
