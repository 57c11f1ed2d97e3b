//! `compare`, `repeat` and `ab` as commands: their exit codes, what they say and what they write.

use std::path::{Path, PathBuf};

use oddiya_load::core::base::histogram::Histogram;
use oddiya_load::core::base::units::Micros;
use oddiya_load::core::present::comparison::file::ComparisonFile;
use oddiya_load::core::report::load::{Level, Load};
use oddiya_load::core::report::{Detail, Distribution, Report};

use crate::command::{report_in, run, start_stub};

const SIM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/reports/v2/sim.json");

/// A report whose endpoints all have latencies around this, in microseconds.
fn report(micros: u64) -> Report {
    let mut report = report_in(Path::new(SIM));
    for entry in report.requests.iter_mut().chain([&mut report.total]) {
        let mut histogram = Histogram::new();
        (0..entry.requests.max(200)).for_each(|n| histogram.record(Micros(micros + micros * (n % 20) / 100)));
        entry.latency_ms = Distribution::of(&histogram, Detail::Full);
        entry.corrected_ms.clone_from(&entry.latency_ms);
        entry.requests = entry.requests.max(200);
    }
    report
}

fn save(folder: &Path, name: &str, report: &Report) -> String {
    let path = folder.join(name);
    std::fs::write(&path, report.to_json()).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Three reports around a latency, one a little quicker and one a little slower.
fn three(folder: &Path, name: &str, micros: u64) -> Vec<String> {
    let of = |number: usize, micros| save(folder, &format!("{name}-{number}.json"), &report(micros));
    vec![of(1, micros), of(2, micros * 101 / 100), of(3, micros * 99 / 100)]
}

async fn compare(base: &[String], new: &[String], options: &[&str]) -> crate::command::Ended {
    let base = base.iter().map(String::as_str);
    let new = new.iter().map(String::as_str);
    let arguments = ["compare", "--base"].into_iter().chain(base).chain(["--new"]).chain(new);
    run(&arguments.chain(options.iter().copied()).collect::<Vec<_>>()).await
}

#[tokio::test]
async fn a_condition_fails_the_command_only_with_evidence() {
    let folder = tempfile::tempdir().unwrap();
    let base = three(folder.path(), "base", 10_000);
    let slower = three(folder.path(), "slower", 15_000);
    let (json, md) = (folder.path().join("c.json"), folder.path().join("c.md"));
    let files = ["--json", json.to_str().unwrap(), "--md", md.to_str().unwrap()];
    let ended = compare(&base, &slower, &[&["--fail-if", "p95 +10%"], &files[..]].concat()).await;
    assert_eq!(ended.code, Some(1), "{}", ended.stdout + &ended.stderr);
    assert!(
        ended.stdout.starts_with("Slower: everything that shares the common shift, +50 %"),
        "{}",
        ended.stdout
    );
    assert!(ended.stdout.contains("FAILED: p95 +10%: "), "{}", ended.stdout);
    let file: ComparisonFile = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    assert!((file.common.unwrap().shift.change - 0.5).abs() < 0.01 && file.failed.len() == 1);
    assert!(std::fs::read_to_string(&md).unwrap().starts_with("**Slower: "));
    for condition in ["p95 +60%", "p95 -10%", "rps -10%"] {
        let ended = compare(&base, &slower, &["--fail-if", condition]).await;
        assert_eq!(ended.code, Some(0), "{condition}: {}", ended.stdout + &ended.stderr);
    }
}

#[tokio::test]
async fn one_run_a_side_is_compared_and_says_what_it_is_worth() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) =
        (save(folder.path(), "a.json", &report(10_000)), save(folder.path(), "b.json", &report(12_500)));
    let ended = run(&["compare", &a, &b, "--fail-if", "p95 +10%"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.starts_with("No evidence of a difference."), "{}", ended.stdout);
    let said = ended.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("each may be 15 % off") && said.contains("runs a side would settle it"), "{said}");
    let like = [three(folder.path(), "like", 10_000), three(folder.path(), "more", 10_050)].concat();
    let like: Vec<&str> = like.iter().map(String::as_str).collect();
    let ended = run(&[&["compare", &a, &b, "--fail-if", "p95 +10%", "--like"], &like[..]].concat()).await;
    assert_eq!(ended.code, Some(1), "like runs differ by 1 %, so 25 % are evident: {}", ended.stdout);
}

#[tokio::test]
async fn what_cannot_be_compared_ends_with_4_and_wrong_usage_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let a = save(folder.path(), "a.json", &report(10_000));
    let mut other = report(10_000);
    other.run.load = Some(Load::Closed { users: Level::Held(7.0), spawn_rate: None });
    let b = save(folder.path(), "b.json", &other);
    let ended = run(&["compare", &a, &b]).await;
    assert_eq!(ended.code, Some(4), "{}", ended.stdout);
    assert!(ended.stdout.starts_with("Not comparable.\n- another load: "), "{}", ended.stdout);
    for (arguments, said) in [
        (vec!["compare", &a], "no baseline: name two reports"),
        (vec!["compare"], "name what to compare"),
        (vec!["compare", &a, "nowhere.json"], "cannot open nowhere.json"),
        (vec!["compare", &a, &a, "--fail-if", "p95 10"], "is no condition"),
        (vec!["compare", &a, &a, "--fail-if", "GET /nowhere p95 +10%"], "no endpoint of both sides is meant"),
        (vec!["compare", &a, &a, "--control", "/nowhere"], "no endpoint of both sides is called `/nowhere`"),
        (vec!["compare", &a, &a, "--matters", "some"], "`some` is no percentage"),
        (vec!["compare", &a, &a, "--like", &a], "name three or more runs"),
    ] {
        let ended = run(&arguments).await;
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(said), "{arguments:?}: {}", ended.stderr);
    }
}

fn seeds(files: &[PathBuf]) -> Vec<u64> {
    files.iter().map(|file| report_in(file).run.seed.unwrap()).collect()
}

#[tokio::test]
async fn repeated_runs_become_a_group_with_a_seed_of_their_own_or_one_for_all() {
    let (_stub, host) = start_stub().await;
    let folder = tempfile::tempdir().unwrap();
    for (seeds_are, is_same) in [("fresh", false), ("same", true)] {
        let out = folder.path().join(seeds_are);
        let out = out.to_str().unwrap();
        let series = ["repeat", "2", "--out", out, "--pause", "0s", "--warm-up", "--seeds", seeds_are];
        let load = ["--", "run", "-H", &host, "-u", "2", "-r", "2", "-t", "1s"];
        let ended = run(&[&series[..], &load].concat()).await;
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert!(
            ended.stderr.contains("Warm-up run, not counted") && ended.stderr.contains("Run 2 of 2: "),
            "{}",
            ended.stderr
        );
        let files = [1, 2].map(|number| folder.path().join(seeds_are).join(format!("{number}.json")));
        let seeds = seeds(&files);
        assert_eq!(seeds[0] == seeds[1], is_same, "{seeds:?}");
        let again = run(&[&series[..], &load].concat()).await;
        assert_eq!(again.code, Some(2), "a group is not mixed with another: {}", again.stderr);
    }
}

#[tokio::test]
async fn two_hosts_take_turns_and_are_compared() {
    let (_stub, host) = start_stub().await;
    let folder = tempfile::tempdir().unwrap();
    let (out, turns) = (folder.path().join("runs"), folder.path().join("turns"));
    let before = format!("echo $ODDIYA_LOAD_SIDE $ODDIYA_LOAD_HOST >> {}", turns.display());
    let json = folder.path().join("c.json");
    let ended = run(&[
        "ab",
        "-n",
        "2",
        "--base-host",
        &host,
        "--new-host",
        &host,
        "--before",
        &before,
        "--json",
        json.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
        "--pause",
        "0s",
        "-u",
        "4",
        "-r",
        "4",
        "-t",
        "1s",
    ])
    .await;
    assert!(
        [Some(0), Some(4)].contains(&ended.code),
        "4 on a busy machine: {}",
        ended.stdout + &ended.stderr
    );
    let turns = std::fs::read_to_string(turns).unwrap();
    let lines: Vec<String> = ["base", "new", "new", "base"].map(|side| format!("{side} {host}")).to_vec();
    assert_eq!(turns.lines().collect::<Vec<_>>(), lines);
    let file: ComparisonFile = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
    assert_eq!((file.base_runs, file.new_runs), (2, 2));
}

#[tokio::test]
async fn a_series_ends_where_the_command_before_a_run_fails_or_the_host_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("runs");
    let out = out.to_str().unwrap();
    let (_stub, host) = start_stub().await;
    let series = ["repeat", "2", "--out", out, "--pause", "0s"];
    let failed = run(&[&series[..], &["--before", "exit 7", "-H", &host, "-t", "1s"]].concat()).await;
    assert_eq!(failed.code, Some(7), "{}", failed.stderr);
    assert!(failed.stderr.contains("--before: the command ended with exit code 7"), "{}", failed.stderr);
    let gone = run(&[&series[..], &["-H", "http://127.0.0.1:9", "-t", "1s"]].concat()).await;
    assert_eq!(gone.code, Some(3), "{}", gone.stderr);
    let twice = run(&[&series[..], &["-H", &host, "--json", "x.json"]].concat()).await;
    assert_eq!(twice.code, Some(2), "{}", twice.stderr);
}
