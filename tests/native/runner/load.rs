//! A short run of the command against a host of the test, and checks that hold for every report. The tests are in the
//! other files.

use std::path::Path;

use oddiya_load::core::base::failure::FailureKind;
use oddiya_load::core::report::Report;

use crate::command::{command, report_in, wait};

/// Runs one user with two `GET` tasks for one second, at most ten requests per second. `flags` override these defaults.
/// Returns the report and the standard output.
pub async fn load(host: &str, flags: &[&str]) -> (Report, String) {
    load_trusting(host, flags, None).await
}

/// Runs the command like [`load`], and trusts only the certificates in the file `trusted`, if given.
pub async fn load_trusting(host: &str, flags: &[&str], trusted: Option<&Path>) -> (Report, String) {
    let (report, text) = load_unchecked(host, flags, trusted).await;
    reconciles(&report);
    (report, text)
}

/// Runs the command like [`load`], and does not check what does not hold when the statistics were set back.
pub async fn load_unchecked(host: &str, flags: &[&str], trusted: Option<&Path>) -> (Report, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let mut all = vec!["run", "StressTestUser", "-H", host, "--no-preflight", "--exit-code-on-error=0"];
    let defaults = ["--users=1", "--spawn-rate=100", "--run-time=1s", "--think-time=100ms"];
    let is_given = |flag: &str| flags.iter().any(|given| given.split('=').next() == flag.split('=').next());
    all.extend(defaults.iter().filter(|flag| !is_given(flag)));
    all.extend(flags);
    all.extend(["--json", file.to_str().unwrap()]);
    let mut command = command(&all);
    if let Some(trusted) = trusted {
        command.env("SSL_CERT_FILE", trusted).env_remove("SSL_CERT_DIR");
    }
    let ended = wait(command.spawn().unwrap()).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    (report_in(&file), ended.stdout)
}

/// Checks that every request is counted in the total, by name and by failure.
fn reconciles(report: &Report) {
    for entry in report.entries() {
        assert_eq!(entry.sent.unwrap(), entry.requests + entry.in_flight_at_end.unwrap(), "{}", entry.name);
        let timed = entry.latency_ms.as_ref().map_or(0, |latency| latency.figures.count);
        assert_eq!(timed, entry.requests, "{}", entry.name);
    }
    let failed: u64 = report.failures.iter().map(|row| row.count).sum();
    assert_eq!(failed, report.total.failures);
}

/// The kind and detail of the failure, for a run in which every request failed in the same way.
pub fn only_failure(report: &Report) -> (FailureKind, &str) {
    assert!(report.total.requests > 0, "nothing was sent");
    assert_eq!(report.total.failures, report.total.requests, "{:?}", report.total.statuses.as_ref().unwrap());
    let first = &report.failures[0];
    let same =
        |row: &&oddiya_load::core::report::FailureRow| (row.kind, &row.detail) == (first.kind, &first.detail);
    assert!(report.failures.iter().all(|row| same(&row)), "{:?}", report.failures);
    (first.kind, &first.detail)
}
