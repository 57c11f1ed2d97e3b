//! Tests of a runner that is killed or told to stop at random moments: its report agrees with the host's own counts.

use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt as _};
use oddiya_load::core::report::Report;
use oddiya_load::core::run::example;

use crate::command::{Ended, command, report_in, send, stopping_signals, wait};
use crate::kill_support::{Counted, CountingHost, Death, Schedule, kills_of_each, reconcile};

/// Long enough for a start, some checkpoints, and what is between them.
const LATEST_KILL: Duration = Duration::from_millis(3_500);
/// Each has a process and a host; a machine has few processors.
const AT_A_TIME: usize = 4;

#[tokio::test]
async fn kills_at_random_moments_leave_reports_that_agree_with_the_host() {
    let mut schedule = Schedule::from_environment();
    // Nothing can listen to this signal; the others ask the run to stop.
    let of_each: Vec<&str> = std::iter::once("-KILL").chain(stopping_signals()).collect();
    let signals = (0..kills_of_each()).flat_map(|_| of_each.clone());
    let kills: Vec<_> = signals.map(|signal| (signal, schedule.moment(LATEST_KILL))).collect();
    let problems = stream::iter(&kills).map(|(signal, after)| async move {
        kill(signal, *after).await.err().map(|problem| format!("{signal} after {after:?}: {problem}"))
    });
    let problems: Vec<String> =
        problems.buffer_unordered(AT_A_TIME).filter_map(|p| async { p }).collect().await;
    assert!(problems.is_empty(), "{} of {} kills:\n{}", problems.len(), kills.len(), problems.join("\n"));
}

/// Runs the runner, sends it a signal, and compares what is left with the host's counts.
async fn kill(signal: &str, after: Duration) -> Result<(), String> {
    let host = CountingHost::start().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let json = file.to_str().unwrap();
    let run =
        ["run", "-H", &host.url(), "-u5", "-r50", "--think-time=10ms", "--json", json, "StressTestUser"];
    let child = command(&run).spawn().unwrap();
    tokio::time::sleep(after).await;
    send(signal, &child).await;
    let ended = wait(child).await;
    check_files(folder.path(), signal)?;
    let report = file.exists().then(|| report_in(&file));
    check(signal, &ended, report.as_ref(), &host.counted())
}

fn check(signal: &str, ended: &Ended, report: Option<&Report>, host: &Counted) -> Result<(), String> {
    if ended.stderr.contains("panicked") {
        return Err(ended.stderr.clone());
    }
    match (signal, ended.code, report) {
        ("-KILL", None, Some(report)) => reconcile(report, host, Death::Sudden),
        // Before the first checkpoint there is no report.
        ("-KILL", None, None) => Ok(()),
        (_, Some(0), Some(report)) => reconcile(report, host, Death::Orderly),
        // Before it listens to signals a process dies of them, and sends nothing.
        (_, None, None) if host.arrived.is_empty() => Ok(()),
        (_, code, report) => {
            let arrived = host.arrived.len();
            Err(format!("exit code {code:?}, report: {}, {arrived} requests", report.is_some()))
        }
    }
}

/// A killed run may leave the temporary file that it was writing, any other run leaves only its report.
fn check_files(folder: &Path, signal: &str) -> Result<(), String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let others: Vec<_> = names.filter(|name| name != "report.json").collect();
    let allowed = usize::from(signal == "-KILL");
    if others.len() <= allowed { Ok(()) } else { Err(format!("files are left: {others:?}")) }
}

#[test]
fn a_report_that_counts_too_many_or_too_few_does_not_reconcile() {
    let mut report = example::report().unwrap();
    report.total.failures = 0;
    let began = Instant::now();
    let host = |requests: u64| {
        // Evenly over the report's seconds, from the first on.
        let span = Duration::from_secs(report.timeline.len() as u64);
        let answered = (0..requests).map(|i| began + span.mul_f64(i as f64 / requests as f64)).collect();
        Counted { arrived: vec![began; requests as usize], answered }
    };
    let exact = host(report.total.requests);
    let (more, fewer) = (host(report.total.requests * 2), host(report.total.requests - 1));
    report.run.stopped_by = Some(oddiya_load::core::report::StopReason::Unfinished);
    assert_eq!(reconcile(&report, &exact, Death::Sudden), Ok(()));
    assert!(reconcile(&report, &fewer, Death::Sudden).unwrap_err().contains("the host answered only"));
    assert!(reconcile(&report, &more, Death::Sudden).unwrap_err().contains("the host answered"));
    assert!(reconcile(&report, &exact, Death::Orderly).unwrap_err().contains("it says"));
    assert!(reconcile(&report, &more, Death::Orderly).unwrap_err().contains("we sent"));
    report.timeline.update(0, |row| row.requests += 1);
    assert!(reconcile(&report, &exact, Death::Sudden).unwrap_err().contains("by second"));
}
