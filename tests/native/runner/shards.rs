//! Tests of `--shards`: a run has as many threads as the user asks for, and counts the same.

use crate::command::start_stub;
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
