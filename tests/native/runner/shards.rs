//! Tests of `--shards`: a run has as many threads as the user asks for, and counts the same.

use crate::command::{run, start_stub};
use crate::load::load;
use crate::stub_talk::{ask, counted_by_the_report, counted_by_the_stub};

#[tokio::test]
async fn a_run_of_more_shards_than_cores_counts_what_the_host_counted() {
    let (stub, host) = start_stub().await;
    let (report, _) = load(&host, &["--shards=5", "--users=10"]).await;
    assert_eq!(report.generator.shards, Some(5));
    let stats = ask(stub.gateway, "GET", "/__stub/stats", "").await;
    assert_eq!(counted_by_the_report(&report), counted_by_the_stub(&stats));
}

#[tokio::test]
async fn a_shard_without_a_user_is_not_started() {
    let (_stub, host) = start_stub().await;
    let (report, _) = load(&host, &["--shards=64", "--users=3"]).await;
    assert_eq!(report.generator.shards, Some(3));
}

#[tokio::test]
async fn a_wrong_number_of_shards_is_refused_with_the_range() {
    for (flag, problem) in [
        ("--shards=0", "0 is not in 1..=64"),
        ("--shards=65", "65 is not in 1..=64"),
        ("--shards=-1", "-1 is not in 1..=64"),
        ("--shards=two", "invalid digit found in string"),
    ] {
        let ended = run(&["run", flag]).await;
        assert_eq!(ended.code, Some(2), "{flag}");
        assert!(ended.stderr.contains("for '--shards <N>': "), "{flag}: {}", ended.stderr);
        assert!(ended.stderr.contains(problem), "{flag}: {}", ended.stderr);
    }
}
