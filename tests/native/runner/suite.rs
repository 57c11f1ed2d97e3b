//! The command `oddiya-load suite` against the stub: stage after stage, also after one that failed, to the page that sums up.

use std::path::Path;

use crate::command::{Ended, command, report_in, run, start_stub, wait};
use crate::stub_talk::ask;

/// Two stages, of which the second finds no host; a third.
const SUITE: &str = "\
suite: three
about: Three stages, of which one finds no host.
pause: 0s
all: { run-time: 1s, think-time: 10ms, spawn-rate: 100 }
stages:
  - { name: first, users: 2 }
  - { name: nowhere, users: 3, host: 'http://127.0.0.1:1' }
  - { name: last, users: 4, may-fail: true }
";

/// Runs a suite's text, with its output in the folder `out`.
async fn suite(folder: &Path, text: &str, further: &[&str]) -> Ended {
    let (file, out) = (folder.join("suite.yaml"), folder.join("out"));
    std::fs::write(&file, text).unwrap();
    let words = ["suite", "--out", out.to_str().unwrap(), file.to_str().unwrap()];
    run(&[&words[..], further].concat()).await
}

#[tokio::test]
async fn a_suite_goes_on_after_a_stage_that_was_not_run_and_sums_all_of_them_up() {
    let (stub, host) = start_stub().await;
    let folder = tempfile::tempdir().unwrap();
    let text =
        SUITE.replace("{ name: first, users: 2 }", &format!("{{ name: first, users: 2, host: '{host}' }}"));
    let text = text.replace("may-fail: true", &format!("may-fail: true, host: '{host}'"));
    let ended = suite(folder.path(), &text, &["StressTestUser"]).await;
    assert_eq!(ended.code, Some(1), "{}{}", ended.stdout, ended.stderr);
    let out = folder.path().join("out");
    let (first, last) = (report_in(&out.join("01-first.json")), report_in(&out.join("03-last.json")));
    assert!(!out.join("02-nowhere.json").exists());
    let users =
        |report: &oddiya_load::core::report::Report| report.timeline.iter().filter_map(|row| row.users).max();
    assert_eq!((users(&first), users(&last)), (Some(2), Some(4)));
    let of_stub = ask(stub.gateway, "GET", "/__stub/stats", "").await;
    let of_stub: u64 =
        of_stub["routes"].as_array().unwrap().iter().map(|route| route["requests"].as_u64().unwrap()).sum();
    assert_eq!(first.total.requests + last.total.requests, of_stub);

    let page = std::fs::read_to_string(out.join("index.html")).unwrap();
    assert!(
        page.contains("<a href=\"01-first.json\">first</a></th><td class=\"passed\">passed</td>"),
        "{page}"
    );
    assert!(page.contains("<li>nowhere: the host cannot be reached</li>"), "{page}");
    assert!(page.contains("3 stages: 2 passed; 1 not run"), "{page}");
    assert!(ended.stdout.contains("Suite three, 3 stages: 2 passed; 1 not run"), "{}", ended.stdout);
    assert!(ended.stderr.contains("Stage 2 of 3: nowhere"), "{}", ended.stderr);
}

#[tokio::test]
async fn failed_requests_fail_the_suite_unless_their_stage_may_fail() {
    let (stub, host) = start_stub().await;
    ask(stub.gateway, "POST", "/__stub/faults", r#"{"kind":"fail","share":1,"status":503}"#).await;
    let text = |may_fail: bool| {
        format!(
            "suite: s\nall: {{ users: 2, run-time: 1s, think-time: 10ms }}\nstages:\n  - {{ name: only, may-fail: {may_fail} }}\n"
        )
    };
    for (may_fail, code, word) in [(false, 1, "1 failed"), (true, 0, "1 failed, which it may")] {
        let folder = tempfile::tempdir().unwrap();
        let ended = suite(folder.path(), &text(may_fail), &["-H", &host, "StressTestUser"]).await;
        assert_eq!(ended.code, Some(code), "{}{}", ended.stdout, ended.stderr);
        assert!(ended.stdout.contains(&format!("Suite s, 1 stage: {word}\n")), "{}", ended.stdout);
        let page = std::fs::read_to_string(folder.path().join("out/index.html")).unwrap();
        assert!(page.contains("HTTP 503"), "what failed most is named: {page}");
    }
}

#[tokio::test]
async fn the_suite_of_oddiyas_scripts_is_run_when_none_is_named_and_what_is_typed_goes_before_it() {
    let (_stub, host) = start_stub().await;
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let words =
        ["suite", "--out", out.to_str().unwrap(), "--pause", "0s", "-H", &host, "-t", "1s", "-r", "1000"];
    let ended = run(&[&words[..], &["--think-time", "200ms", "StressTestUser"]].concat()).await;
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    for (file, users) in [("01-baseline", 10), ("02-normal", 25), ("03-peak", 50), ("04-stress", 100)] {
        let report = report_in(&out.join(format!("{file}.json")));
        assert_eq!(report.timeline.iter().filter_map(|row| row.users).max(), Some(users), "{file}");
        assert_eq!(report.run.run_time_s, Some(1.0));
    }
}

#[tokio::test]
async fn wrong_usage_is_said_before_anything_is_run() {
    let folder = tempfile::tempdir().unwrap();
    let named = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    for (words, right) in [
        (named(&["suite", "odiya"]), "and is no suite inside the program; did you mean `oddiya`?"),
        (named(&["suite", "--pause", "soon"]), "--pause: `soon`"),
        (
            named(&["suite", "oddiya", "--users", "none"]),
            "stage baseline: --users: `none` is no number of users",
        ),
        (named(&["suite", "oddiya", "--json", "x.json"]), "the reports of the stages go to --out"),
        (
            named(&["suite", "oddiya", "--scenario", "no/such.yaml"]),
            "--scenario: no/such.yaml cannot be read",
        ),
    ] {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut command = command(&words);
        let ended = wait(command.current_dir(folder.path()).spawn().unwrap()).await;
        assert_eq!(ended.code, Some(2), "{words:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(right), "{words:?}: {}", ended.stderr);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is created");
    std::fs::write(folder.path().join("oddiya-load.yaml"), "port: 8089\nseed: one\n").unwrap();
    let mut of_project = command(&["suite"]);
    let ended = wait(of_project.current_dir(folder.path()).spawn().unwrap()).await;
    let right = "oddiya-load: stage baseline: oddiya-load.yaml: ";
    assert!(ended.code == Some(2) && ended.stderr.starts_with(right), "{}", ended.stderr);
    std::fs::remove_file(folder.path().join("oddiya-load.yaml")).unwrap();
    std::fs::create_dir(folder.path().join("suite")).unwrap();
    std::fs::write(folder.path().join("suite/index.html"), "precious").unwrap();
    let mut command = command(&["suite"]);
    let ended = wait(command.current_dir(folder.path()).spawn().unwrap()).await;
    assert!(
        ended.code == Some(2) && ended.stderr.contains("exists already; name another folder"),
        "{}",
        ended.stderr
    );
}
