//! One load by ours, by wrk or by oha, on the cores it may have; and what it says of it.
//!
//! What to make of it is the parts' business.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use oddiya_load::core::report::{Report, read};

use crate::figures::{self, Spent};

/// The program under test, as `cargo bench` builds it: for release.
pub const TOOL: &str = env!("CARGO_BIN_EXE_oddiya-load");
/// As many as the issue asks for.
pub const CONNECTIONS: u32 = 50;
/// Longer than any run; a hanging one ends here.
const LIMIT_SECS: &str = "300";

/// Where a process may run.
#[derive(Clone, Copy)]
pub enum Cores {
    /// The host's own.
    Host,
    /// The generator's own.
    Generator,
    /// Wherever the system puts it.
    All,
}

impl Cores {
    fn list(self) -> String {
        match self {
            Self::Host => "0".to_owned(),
            Self::Generator => "1".to_owned(),
            Self::All => format!("0-{}", count() - 1),
        }
    }
}

/// Of this machine.
pub fn count() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// A command on these cores, silent.
pub fn pinned(cores: Cores, program: &str) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", &cores.list(), program]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// The same with a limit on its time.
pub fn limited(cores: Cores, program: &str) -> Command {
    let mut command = pinned(cores, "timeout");
    command.args([LIMIT_SECS, program]);
    command
}

/// A run of ours.
pub struct Ran {
    pub report: Report,
    pub spent: Spent,
}

/// Whether requests of a run may fail.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Failures {
    /// A failed request ends the benchmark.
    None,
    /// The part that ran it says how many there were.
    Counted,
}

/// Exit code of a run in which requests failed.
const WITH_FAILURES: i32 = 1;

/// Runs ours with these arguments; a request that fails ends the benchmark.
pub fn run(host: &str, cores: Cores, arguments: &str) -> Ran {
    run_users(host, cores, &["StressTestUser".as_ref()], arguments, Failures::None)
}

/// The same where requests may fail.
pub fn run_with_failures(host: &str, cores: Cores, arguments: &str) -> Ran {
    run_users(host, cores, &["StressTestUser".as_ref()], arguments, Failures::Counted)
}

/// The same with the users of a scenario file.
pub fn run_scenario(host: &str, cores: Cores, file: &Path, arguments: &str) -> Ran {
    run_users(host, cores, &["--scenario".as_ref(), file.as_os_str()], arguments, Failures::None)
}

fn run_users(host: &str, cores: Cores, users: &[&OsStr], arguments: &str, failures: Failures) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let (file, spent) = (folder.path().join("report.json"), folder.path().join("spent"));
    let mut command = limited(cores, "time");
    command.args(["-f", Spent::FORMAT, "-o"]).arg(&spent).args([TOOL, "run", "-H", host]);
    command.args(["--no-preflight", "--seed=7"]).args(users).arg("--json").arg(&file);
    let status = command.args(arguments.split_whitespace()).status().unwrap();
    let is_right = match failures {
        Failures::None => status.success(),
        Failures::Counted => status.success() || status.code() == Some(WITH_FAILURES),
    };
    assert!(is_right, "`oddiya-load run {arguments}` ended with {status}");
    Ran {
        report: read::read(&fs::read(&file).unwrap()).unwrap(),
        spent: Spent::parse(&fs::read_to_string(&spent).unwrap()).unwrap(),
    }
}

/// Ours as fast as it can, in closed loop.
pub fn at_full_speed(host: &str, cores: Cores, secs: u64, more: &str) -> Ran {
    run(host, cores, &format!("-u {CONNECTIONS} -r 1000 -t {secs}s --think-time 0 {more}"))
}

/// wrk's rate.
pub fn wrk(url: &str, secs: u64) -> f64 {
    let mut command = limited(Cores::Generator, "wrk");
    command.args(["-t1", &format!("-c{CONNECTIONS}"), &format!("-d{secs}s"), url]);
    figures::wrk_rate(&output(&mut command)).expect("wrk gave no rate")
}

/// What wrk says of a closed loop with these headers, its quantiles included.
pub fn wrk_latency(url: &str, connections: u32, secs: u64, headers: &[String]) -> String {
    let mut command = limited(Cores::Generator, "wrk");
    command.args(["-t1", &format!("-c{connections}"), &format!("-d{secs}s"), "--latency"]);
    for header in headers {
        command.args(["-H", header]);
    }
    output(command.arg(url))
}

/// wrk's count and what it took, with so many connections.
pub fn wrk_spent(url: &str, connections: u32, secs: u64) -> (u64, Spent) {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut command = limited(Cores::Generator, "time");
    command.args(["-f", Spent::FORMAT, "-o"]).arg(file.path());
    command.args(["wrk", "-t1", &format!("-c{connections}"), &format!("-d{secs}s"), url]);
    let requests = figures::wrk_requests(&output(&mut command)).expect("wrk gave no count");
    (requests, Spent::parse(&fs::read_to_string(file.path()).unwrap()).unwrap())
}

/// oha's rate.
pub fn oha(url: &str, secs: u64) -> f64 {
    let mut command = limited(Cores::Generator, "oha");
    command.args(["--no-tui", "--output-format", "json", "-c", &CONNECTIONS.to_string()]);
    command.args(["-z", &format!("{secs}s"), url]);
    figures::oha_rate(&output(&mut command)).expect("oha gave no rate")
}

fn output(command: &mut Command) -> String {
    let output = command.stdout(Stdio::piped()).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}
