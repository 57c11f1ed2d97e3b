//! Defaults that nobody types: the file `oddiya-load.yaml` in the working folder, and presets.

use std::path::Path;

use oddiya_load::core::report::Report;

use crate::command::{Ended, command, report_in, start_stub, wait};

async fn run_in(folder: &Path, words: &[&str]) -> Ended {
    let mut command = command(words);
    wait(command.current_dir(folder).spawn().unwrap()).await
}

fn most_users(report: &Report) -> Option<u32> {
    report.timeline.iter().filter_map(|row| row.users).max()
}

#[tokio::test]
async fn the_file_says_what_nobody_typed_and_the_command_says_so() {
    let (_stub, host) = start_stub().await;
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "host: {host}\nLOCUST_USERS: 3\nspawn_rate: 100\nrun-time: 1s\nuser-classes: [StressTestUser]\njson: report.json\n"
    );
    std::fs::write(folder.path().join("oddiya-load.yaml"), text).unwrap();
    let ended = run_in(folder.path(), &["run"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let report = report_in(&folder.path().join("report.json"));
    assert_eq!((most_users(&report), report.run.run_time_s), (Some(3), Some(1.0)));
    assert_eq!(report.run.classes, ["StressTestUser"]);
    assert!(ended.stderr.contains("Not typed: oddiya-load.yaml says "), "{}", ended.stderr);

    let ended = run_in(folder.path(), &["run", "-u", "5"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(
        most_users(&report_in(&folder.path().join("report.json"))),
        Some(5),
        "what is typed goes first"
    );

    // An arrival rate takes the place of the file's users, instead of contradicting them.
    let ended = run_in(folder.path(), &["run", "--rate", "20"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}

#[tokio::test]
async fn a_preset_is_a_load_with_a_name() {
    let (_stub, host) = start_stub().await;
    let folder = tempfile::tempdir().unwrap();
    let words = ["run", "--preset", "peak", "-H", &host, "-t", "1s", "-r", "1000", "--json", "report.json"];
    let ended =
        run_in(folder.path(), &[&words[..], &["--think-time", "100ms", "StressTestUser"]].concat()).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(most_users(&report_in(&folder.path().join("report.json"))), Some(50));
    assert!(ended.stderr.contains("Not typed: preset peak says users"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_mistake_in_the_file_or_a_preset_is_named_where_it_stands_and_nothing_is_run() {
    let folder = tempfile::tempdir().unwrap();
    for (text, words, right) in [
        ("user: 5\n", &["run"][..], "oddiya-load.yaml:1:1: there is no option `user`; did you mean `users`?"),
        ("users: none\n", &["run"], "oddiya-load.yaml: users: `none` is no number of users"),
        ("shards: 99\n", &["run"], "oddiya-load.yaml: --shards: `99` is no number of shards"),
        ("users: 5\nrate: 5\n", &["run"], "oddiya-load.yaml: users: cannot go with an arrival rate"),
        ("cleanup: later\n", &["run"], "oddiya-load.yaml: cleanup: it is a switch; write true or false"),
        ("preset: noon\n", &["run"], "oddiya-load.yaml: preset: there is no preset `noon`"),
        (
            "",
            &["run", "--preset", "noon"],
            "--preset: there is no preset `noon`; there are normal, peak, stress, day",
        ),
        ("user: 5\n", &["scenario", "check", "locust"], "there is no option `user`"),
    ] {
        std::fs::write(folder.path().join("oddiya-load.yaml"), text).unwrap();
        let ended = run_in(folder.path(), words).await;
        assert_eq!(ended.code, Some(2), "{text}: {}", ended.stderr);
        assert!(ended.stderr.contains(right), "{text}: {}", ended.stderr);
    }
}

#[tokio::test]
async fn commands_whose_options_mean_something_else_do_not_read_the_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("oddiya-load.yaml"), "no such option: 5\n").unwrap();
    let ended = run_in(folder.path(), &["scenario", "list"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(run_in(folder.path(), &["run", "--help"]).await.code == Some(0), "help is help");
}

#[tokio::test]
async fn help_shows_no_value_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("oddiya-load.yaml"), "bearer: s3cret-token\n").unwrap();
    let ended = run_in(folder.path(), &["run", "--help"]).await;
    assert!(!ended.stdout.contains("s3cret-token") && !ended.stderr.contains("s3cret-token"));
}
