//! Scenarios on the command line: listed, shown, checked and run, and what their flags change in what the host sees.

use std::path::{Path, PathBuf};

use oddiya_load::stub::{self, Profile, RunningStub};

use crate::command::{Ended, report_in, run, start_stub};
use crate::stub_talk::{Counts, ask, counted_by_the_report, counted_by_the_stub};

const READER: &str = "
scenario: reader
users:
  Reader:
    variables: { page: \"${int 1..9}\" }
    headers: { X-User-Id: \"1\" }
    sequence:
      - get: /api/plans?page=${page}
        name: plans
        tags: [plans]
      - get: /actuator/health
        tags: [health]
";

fn file_in(folder: &Path, text: &str) -> PathBuf {
    let file = folder.join("users.yaml");
    std::fs::write(&file, text.trim_start()).unwrap();
    file
}

async fn stats(stub: &RunningStub) -> Counts {
    counted_by_the_stub(&ask(stub.gateway, "GET", "/__stub/stats", "").await)
}

#[tokio::test]
async fn a_scenario_inside_the_program_is_listed_shown_and_right() {
    let listed = run(&["scenario", "list"]).await;
    assert!(listed.stdout.starts_with("locust: The classes of Oddiya's locustfile"), "{}", listed.stdout);
    let shown = run(&["scenario", "show", "locust"]).await;
    let folder = tempfile::tempdir().unwrap();
    let file = file_in(folder.path(), &shown.stdout);
    let checked = run(&["scenario", "check", file.to_str().unwrap()]).await;
    assert_eq!((listed.code, shown.code, checked.code), (Some(0), Some(0), Some(0)), "{}", checked.stderr);
    let class = "  OddiyaUser: weight 1, 5 tasks by weight, think time 1s..3s\n";
    assert!(checked.stdout.contains(class), "{}", checked.stdout);
    assert!(checked.stdout.starts_with(&format!("{} is right:\n", file.display())), "{}", checked.stdout);
}

#[tokio::test]
async fn a_broken_scenario_is_refused_at_its_place_and_nothing_is_sent() {
    let (stub, host) = start_stub().await;
    let folder = tempfile::tempdir().unwrap();
    let file = file_in(folder.path(), &READER.replace("variables", "variabels"));
    let file = file.to_str().unwrap();
    let said = |ended: &Ended| {
        let line = format!(
            "{file}:4:5: users.Reader.variabels: unknown field `variabels`; did you mean `variables`?\n"
        );
        ended.code == Some(2) && ended.stdout.is_empty() && ended.stderr.starts_with(&line)
    };
    let checked = run(&["scenario", "check", file]).await;
    assert!(said(&checked), "{}", checked.stderr);
    let ran = run(&["run", "--scenario", file, "-H", &host, "-t", "1s"]).await;
    assert!(said(&ran), "{}", ran.stderr);
    assert!(stats(&stub).await.is_empty());
}

#[tokio::test]
async fn a_file_is_run_and_counted_by_its_names() {
    let (stub, host) = start_stub().await;
    let folder = tempfile::tempdir().unwrap();
    let (file, json) = (file_in(folder.path(), READER), folder.path().join("report.json"));
    let arguments =
        ["run", "--scenario", file.to_str().unwrap(), "-H", &host, "--json", json.to_str().unwrap()];
    let ended = run(&[&arguments[..], &["--iterations", "20"]].concat()).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let report = report_in(&json);
    assert_eq!((report.run.scenario.as_deref(), report.total.requests), (Some("reader"), 20));
    let by_name: Vec<_> = counted_by_the_report(&report).into_values().collect();
    assert_eq!(by_name, [10, 10], "a sequence alternates");
    assert_eq!(stats(&stub).await.into_values().sum::<u64>(), 20);
}

#[tokio::test]
async fn tags_choose_the_tasks() {
    let (stub, host) = start_stub().await;
    let folder = tempfile::tempdir().unwrap();
    let file = file_in(folder.path(), READER);
    let arguments = ["run", "--scenario", file.to_str().unwrap(), "-H", &host, "--iterations", "5"];
    let ended = run(&[&arguments[..], &["--exclude-tags", "plans"]].concat()).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let paths: Vec<_> = stats(&stub).await.into_keys().map(|(_, name, _)| name).collect();
    assert_eq!(paths, ["/actuator/health"]);
}

#[tokio::test]
async fn a_minted_token_passes_the_gateway_that_refuses_requests_without() {
    let options = stub::Options { profile: Profile::Gateway, ..stub::Options::default() };
    let stub = stub::start(options).await.unwrap();
    let host = format!("http://127.0.0.1:{}", stub.gateway.port());
    let statuses = async |flags: &[&str]| {
        ask(stub.gateway, "DELETE", "/__stub/stats", "").await;
        // Three tasks of four read the plans.
        let arguments = [
            "run",
            "-H",
            &host,
            "--iterations",
            "10",
            "--seed",
            "7",
            "--think-time",
            "1ms",
            "DatabaseStressUser",
        ];
        run(&[&arguments[..], flags].concat()).await;
        let plans = stats(&stub).await.into_keys().filter(|(method, ..)| method == "GET");
        plans.map(|(.., status)| status).collect::<Vec<_>>()
    };
    assert_eq!(statuses(&[]).await, [401]);
    assert_eq!(statuses(&["--mint-user-token"]).await, [200]);
    assert_eq!(statuses(&["--bearer", "e30.eyJ1c2VySWQiOjd9.x"]).await, [200]);
    assert_eq!(statuses(&["--header", "Authorization: Bearer e30.eyJ1c2VySWQiOjd9.x"]).await, [200]);
}
