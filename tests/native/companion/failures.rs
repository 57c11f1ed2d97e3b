//! A host that gives no answer: each way has its kind, and a request is never sent twice.

use http::StatusCode;
use oddiya_load::core::base::failure::{Failure, FailureKind};
use oddiya_load::core::http::relay::{HostCheck, host_check_path, parse_failure_header};
use tokio::net::TcpSocket;

use crate::browser::{Answer, Browser, companion_at, companion_for};
use crate::fake_host::FakeHost;

fn failure(answer: &Answer) -> Option<Failure> {
    assert_eq!(answer.status, StatusCode::BAD_GATEWAY, "{answer:?}");
    assert!(answer.header("access-control-allow-origin").is_some(), "the page may not read it");
    assert!(!answer.body.is_empty());
    parse_failure_header(answer.header("x-oddiya-load-failure")?)
}

/// A port where nothing listens, and that nobody else is given while this is held.
fn silent_port() -> (TcpSocket, u16) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = socket.local_addr().unwrap().port();
    (socket, port)
}

fn kind(answer: &Answer) -> Option<FailureKind> {
    failure(answer).map(|failure| failure.kind)
}

async fn kind_of(url: &str) -> Option<FailureKind> {
    failure_of(url).await.map(|failure| failure.kind)
}

async fn failure_of(url: &str) -> Option<Failure> {
    let companion = companion_at(url).await;
    failure(&Browser::new(&companion, "u1.localhost").await.relay_get("/").await)
}

async fn host_check(url: &str) -> HostCheck {
    let companion = companion_at(url).await;
    let path = host_check_path(&companion.token);
    let answer = Browser::new(&companion, "localhost").await.get(&path).await;
    serde_json::from_str(&answer.body).unwrap()
}

#[tokio::test]
async fn nobody_listens() {
    let (_silent, port) = silent_port();
    let url = format!("http://127.0.0.1:{port}");
    assert_eq!(kind_of(&url).await, Some(FailureKind::Refused));
    let check = host_check(&url).await;
    assert_eq!((check.reachable, check.kind), (false, Some(FailureKind::Refused)));
}

#[tokio::test]
async fn the_name_has_no_address() {
    let url = "http://no-such-host.invalid:8080";
    assert_eq!(kind_of(url).await, Some(FailureKind::Dns));
    assert_eq!(host_check(url).await.kind, Some(FailureKind::Dns));
}

#[tokio::test]
async fn the_host_resets_instead_of_answering() {
    let host = FakeHost::start(|mut connection| async move {
        connection.request().await.unwrap();
        connection.reset();
    })
    .await;
    let reset = Failure::new(FailureKind::Reset, "reset by the host");
    assert_eq!(failure_of(&host.url()).await, Some(reset));
    assert_eq!(host.seen().len(), 1, "sent again although the host may have acted on it");
}

#[tokio::test]
async fn the_host_closes_instead_of_answering() {
    let host = FakeHost::start(|mut connection| async move {
        connection.request().await.unwrap();
    })
    .await;
    let closed = Failure::new(FailureKind::Reset, "closed by the host");
    assert_eq!(failure_of(&host.url()).await, Some(closed));
    assert_eq!(host.seen().len(), 1);
}

#[tokio::test]
async fn the_host_speaks_something_else() {
    let host = FakeHost::start(|mut connection| async move {
        connection.request().await.unwrap();
        connection.write("SSH-2.0-OpenSSH_9.2\r\n\r\n").await;
        connection.closed().await;
    })
    .await;
    assert_eq!(kind_of(&host.url()).await, Some(FailureKind::Malformed));
}

#[tokio::test]
async fn the_host_wants_to_switch_protocols() {
    let host = FakeHost::answering(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    )
    .await;
    assert_eq!(kind_of(&host.url()).await, Some(FailureKind::Malformed));
}

#[tokio::test]
async fn there_is_no_tls_where_https_is_asked_for() {
    let host = FakeHost::start(|mut connection| async move {
        connection.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await;
        connection.closed().await;
    })
    .await;
    let url = format!("https://localhost:{}", host.port);
    assert_eq!(kind_of(&url).await, Some(FailureKind::Tls));
    assert_eq!(host_check(&url).await.kind, Some(FailureKind::Tls));
}

#[tokio::test]
async fn a_reachable_host_is_found_without_a_request() {
    let host = FakeHost::answering("HTTP/1.1 204 No Content\r\n\r\n").await;
    let check = host_check(&host.url()).await;
    assert_eq!(check, HostCheck { reachable: true, kind: None, detail: None });
    assert!(host.seen().is_empty());
}

#[tokio::test]
async fn a_host_that_comes_back_is_used_again() {
    let (silent, port) = silent_port();
    let companion = companion_at(&format!("http://127.0.0.1:{port}")).await;
    let mut browser = Browser::new(&companion, "u1.localhost").await;
    assert_eq!(kind(&browser.relay_get("/").await), Some(FailureKind::Refused));
    let host = FakeHost::on(silent.listen(64).unwrap(), |mut connection| async move {
        connection.request().await.unwrap();
        connection.write("HTTP/1.1 204 No Content\r\n\r\n").await;
        connection.closed().await;
    });
    assert_eq!(browser.relay_get("/").await.status, StatusCode::NO_CONTENT);
    assert_eq!(host.seen().len(), 1);
}

#[tokio::test]
async fn a_failure_on_one_lane_leaves_the_others_alone() {
    let host = FakeHost::start(|mut connection| async move {
        while let Some(seen) = connection.request().await {
            if seen.target == "/bad" {
                return connection.reset();
            }
            connection.write("HTTP/1.1 204 No Content\r\n\r\n").await;
        }
    })
    .await;
    let companion = companion_for(&host).await;
    let mut good = Browser::new(&companion, "u1.localhost").await;
    let mut bad = Browser::new(&companion, "u2.localhost").await;
    good.relay_get("/good").await;
    assert_eq!(kind(&bad.relay_get("/bad").await), Some(FailureKind::Reset));
    assert_eq!(good.relay_get("/good").await.status, StatusCode::NO_CONTENT);
    assert_eq!(host.seen().iter().map(|seen| seen.connection).collect::<Vec<_>>(), [0, 1, 0]);
}
