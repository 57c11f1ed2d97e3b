//! Tests of the files that a run writes, and of reading a report again.

use crate::command::{report_in, run, start_stub};

#[tokio::test]
async fn a_run_writes_all_of_locusts_csv_files() {
    let (_stub, host) = start_stub().await;
    let folder = tempfile::tempdir().unwrap();
    let prefix = folder.path().join("deep/run");
    let json = folder.path().join("report.json");
    let ended = run(&[
        "run",
        "-H",
        &host,
        "-u",
        "4",
        "-r",
        "4",
        "-t",
        "3s",
        "--csv",
        prefix.to_str().unwrap(),
        "--json",
        json.to_str().unwrap(),
        "StressTestUser",
    ])
    .await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let read =
        |ending: &str| std::fs::read_to_string(folder.path().join(format!("deep/run{ending}"))).unwrap();
    let stats = read("_stats.csv");
    let total: Vec<&str> = stats.lines().last().unwrap().split(',').collect();
    let report = report_in(&json);
    assert_eq!((total[1], total[2].parse::<u64>().unwrap()), ("Aggregated", report.total.requests));
    assert_eq!(read("_stats_history.csv").lines().count(), report.timeline.len() + 1);
    assert_eq!(read("_failures.csv").lines().count(), 1);
    for ending in ["_stats.csv", "_stats_history.csv", "_failures.csv", "_exceptions.csv"] {
        assert!(ended.stdout.contains(&format!("deep/run{ending}")), "{}", ended.stdout);
    }
}

#[tokio::test]
async fn reading_a_report_and_writing_it_again_gives_the_same_bytes() {
    let (_stub, host) = start_stub().await;
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("a.json"), folder.path().join("b.json"));
    run(&["run", "-H", &host, "-u", "4", "-r", "4", "-t", "3s", "--json", first.to_str().unwrap()]).await;
    let ended = run(&["report", first.to_str().unwrap(), "--json", second.to_str().unwrap()]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.contains("Latency percentiles"));
    assert_eq!(std::fs::read(first).unwrap(), std::fs::read(second).unwrap());
}

#[tokio::test]
async fn the_same_seed_sends_the_same_requests() {
    let (stub, host) = start_stub().await;
    let mut counts = Vec::new();
    for _ in 0..2 {
        let stats = || crate::stub_talk::ask(stub.gateway, "DELETE", "/__stub/stats", "");
        stats().await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("r.json");
        run(&[
            "run",
            "-H",
            &host,
            "-u",
            "1",
            "-t",
            "4s",
            "--think-time",
            "1s",
            "--seed",
            "11",
            "--json",
            file.to_str().unwrap(),
            "OddiyaUser",
        ])
        .await;
        let report = report_in(&file);
        counts.push(report.requests.iter().map(|entry| entry.sent.unwrap()).collect::<Vec<_>>());
    }
    assert_eq!(counts[0], counts[1]);
}

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/reports/v2/sim.json");

#[tokio::test]
async fn a_report_saved_to_a_link_replaces_the_linked_file() {
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("file.json"), folder.path().join("link.json"));
    std::fs::write(&file, "old").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let ended = run(&["report", GOLDEN, "--json", link.to_str().unwrap()]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(std::fs::read_link(&link).unwrap(), file);
    assert_eq!(std::fs::read(&file).unwrap(), std::fs::read(GOLDEN).unwrap());
}

#[tokio::test]
async fn a_pipe_gets_the_report_once_and_a_dash_is_refused_with_advice() {
    let ended = run(&["report", GOLDEN, "--json", "/dev/stdout"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let golden = std::fs::read_to_string(GOLDEN).unwrap();
    assert_eq!(ended.stdout.matches(golden.trim_end()).count(), 1, "{}", ended.stdout);
    let ended = run(&["report", GOLDEN, "--json", "-"]).await;
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
    assert!(ended.stderr.contains("/dev/stdout"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_run_drops_its_report_into_a_folder_under_a_name_that_sorts() {
    let (_stub, host) = start_stub().await;
    let folder = tempfile::tempdir().unwrap();
    let reports = folder.path().join("deep/reports");
    let arguments =
        ["run", "-H", &host, "-t", "1s", "--reports", reports.to_str().unwrap(), "StressTestUser"];
    let ended = run(&arguments).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let names: Vec<_> = std::fs::read_dir(&reports)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let [name] = names.as_slice() else { panic!("{names:?}") };
    assert!(ended.stdout.contains(name), "{}", ended.stdout);
    let report = report_in(&reports.join(name));
    let started_at = report.run.started_at.unwrap().replace(':', "-");
    let place = host.strip_prefix("http://").unwrap().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    assert!(name.starts_with(&format!("{started_at}-{place}-")) && name.ends_with(".json"), "{name}");

    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let ended = run(&["run", "-H", &host, "-t", "1s", "--reports", file.to_str().unwrap()]).await;
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("--reports:") && ended.stderr.contains("is no folder"), "{}", ended.stderr);
}
