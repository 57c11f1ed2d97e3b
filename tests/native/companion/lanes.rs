//! Which upstream connection carries which request.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use oddiya_load::companion::{self, Options};
use tokio::sync::{Barrier, Notify};

use crate::browser::{Browser, companion_for};
use crate::fake_host::FakeHost;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
const EMPTY: &str = "HTTP/1.1 204 No Content\r\n\r\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_lane_that_asks_one_thing_at_a_time_keeps_to_one_connection() {
    for response in [OK, CHUNKED, EMPTY] {
        let host = FakeHost::answering(response).await;
        let companion = companion_for(&host).await;
        let mut browser = Browser::new(&companion, "u1.localhost").await;
        for _ in 0..200 {
            assert!(browser.relay_get("/").await.status.is_success());
        }
        let connections: HashSet<_> = host.seen().iter().map(|seen| seen.connection).collect();
        assert_eq!(connections.len(), 1, "for {response}");
    }
}

#[tokio::test]
async fn the_lane_is_the_name_and_not_the_browsers_connection() {
    let host = FakeHost::answering(OK).await;
    let companion = companion_for(&host).await;
    Browser::new(&companion, "u1.localhost").await.relay_get("/").await;
    Browser::new(&companion, "U1.localhost").await.relay_get("/").await;
    Browser::new(&companion, "u2.localhost").await.relay_get("/").await;
    assert_eq!(host.seen().iter().map(|seen| seen.connection).collect::<Vec<_>>(), [0, 0, 1]);
}

#[tokio::test]
async fn lanes_at_work_together_have_connections_of_their_own() {
    const LANES: usize = 20;
    let all_are_there = Arc::new(Barrier::new(LANES));
    let host = FakeHost::start(move |mut connection| {
        let all_are_there = Arc::clone(&all_are_there);
        async move {
            while connection.request().await.is_some() {
                all_are_there.wait().await;
                connection.write(OK).await;
            }
        }
    })
    .await;
    let companion = companion_for(&host).await;
    for _round in 0..2 {
        let lanes = (0..LANES).map(|lane| {
            let companion = &companion;
            async move { Browser::new(companion, &format!("u{lane}.localhost")).await.relay_get("/").await }
        });
        let answers = futures_util::future::join_all(lanes).await;
        assert!(answers.iter().all(|answer| answer.status == 200));
    }
    let connections: HashSet<_> = host.seen().iter().map(|seen| seen.connection).collect();
    assert_eq!((host.seen().len(), connections.len()), (2 * LANES, LANES));
}

#[tokio::test]
async fn a_lane_that_asks_two_things_at_once_gets_a_second_connection() {
    let both_are_there = Arc::new(Barrier::new(2));
    let host = FakeHost::start(move |mut connection| {
        let both_are_there = Arc::clone(&both_are_there);
        async move {
            connection.request().await.unwrap();
            both_are_there.wait().await;
            connection.write(OK).await;
            connection.closed().await;
        }
    })
    .await;
    let companion = companion_for(&host).await;
    let mut one = Browser::new(&companion, "u1.localhost").await;
    let mut two = Browser::new(&companion, "u1.localhost").await;
    let (one, two) = tokio::join!(one.relay_get("/"), two.relay_get("/"));
    assert_eq!((one.status.as_u16(), two.status.as_u16()), (200, 200));
}

#[tokio::test]
async fn a_connection_that_the_host_closed_meanwhile_costs_no_request() {
    let host = FakeHost::start(|mut connection| async move {
        connection.request().await.unwrap();
        connection.write(OK).await;
    })
    .await;
    let companion = companion_for(&host).await;
    let mut browser = Browser::new(&companion, "u1.localhost").await;
    for expected in 0..50 {
        let answer = browser.relay_get("/").await;
        assert_eq!(answer.status, 200, "request {expected}: {answer:?}");
    }
    assert_eq!(host.seen().len(), 50);
}

#[tokio::test]
async fn a_host_that_announces_its_close_gets_a_fresh_connection() {
    let host = FakeHost::start(|mut connection| async move {
        connection.request().await.unwrap();
        connection.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok").await;
        connection.closed().await;
    })
    .await;
    let companion = companion_for(&host).await;
    let mut browser = Browser::new(&companion, "u1.localhost").await;
    for _ in 0..10 {
        assert_eq!(browser.relay_get("/").await.status, 200);
    }
    assert_eq!(
        host.seen().iter().map(|seen| seen.connection).collect::<Vec<_>>(),
        (0..10).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn an_idle_lane_gives_its_connection_up() {
    let closed = Arc::new(Notify::new());
    let tell = Arc::clone(&closed);
    let host = FakeHost::start(move |mut connection| {
        let tell = Arc::clone(&tell);
        async move {
            connection.request().await.unwrap();
            connection.write(OK).await;
            connection.closed().await;
            tell.notify_one();
        }
    })
    .await;
    let options = Options::new(host.url().parse().unwrap());
    let companion =
        companion::start(Options { lane_idle: Duration::from_millis(50), ..options }).await.unwrap();
    Browser::new(&companion, "u1.localhost").await.relay_get("/").await;
    closed.notified().await;
}

#[tokio::test]
async fn a_stopped_companion_closes_its_lanes() {
    let closed = Arc::new(Notify::new());
    let tell = Arc::clone(&closed);
    let host = FakeHost::start(move |mut connection| {
        let tell = Arc::clone(&tell);
        async move {
            connection.request().await.unwrap();
            connection.write(OK).await;
            connection.closed().await;
            tell.notify_one();
        }
    })
    .await;
    let companion = companion_for(&host).await;
    Browser::new(&companion, "u1.localhost").await.relay_get("/").await;
    drop(companion);
    closed.notified().await;
}

#[tokio::test]
async fn the_lane_that_was_idle_longest_is_forgotten_when_there_are_too_many() {
    const REMEMBERED: usize = 1_024;
    // Both ends of each connection are in this process.
    rlimit::increase_nofile_limit(4 * REMEMBERED as u64).unwrap();
    let closed = Arc::new(Notify::new());
    let tell = Arc::clone(&closed);
    let host = FakeHost::start(move |mut connection| {
        let tell = Arc::clone(&tell);
        async move {
            while connection.request().await.is_some() {
                connection.write(OK).await;
            }
            assert_eq!(connection.number, 0, "another lane than the first was forgotten");
            tell.notify_one();
        }
    })
    .await;
    let companion = companion_for(&host).await;
    for lane in 0..=REMEMBERED {
        Browser::new(&companion, &format!("u{lane}.localhost")).await.relay_get("/").await;
    }
    closed.notified().await;
    assert_eq!(host.seen().len(), REMEMBERED + 1);
}
