//! `/__stub/faults`: each kind of fault affects the routes that it names until it ends.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use oddiya_load::stub::{Profile, RunningStub};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::client::{Answer, ask, get, route, stub, until};

async fn fault(stub: &RunningStub, body: &str) -> Answer {
    ask("POST", "/__stub/faults").json(body).send(stub.gateway).await
}

async fn end(stub: &RunningStub) {
    assert_eq!(ask("DELETE", "/__stub/faults").send(stub.llm).await.status.as_u16(), 204);
}

#[tokio::test]
async fn a_stall_answers_nothing_until_it_is_ended_but_leaves_the_stub_itself_alone() {
    let stub = stub(Profile::Locust).await;
    assert_eq!(fault(&stub, r#"{"kind":"stall","seconds":600}"#).await.status.as_u16(), 200);
    let stalled = tokio::spawn(get("/api/users/me").user(1).send(stub.gateway));
    until(&stub, |stats| stats["routes"][0]["requests"] == 1).await;
    assert!(!stalled.is_finished());
    let listed = get("/__stub/faults").send(stub.gateway).await.json();
    assert_eq!(listed["active"][0]["kind"], "stall");
    end(&stub).await;
    assert_eq!(stalled.await.unwrap().status.as_u16(), 200);
}

#[tokio::test]
async fn a_stall_ends_by_itself() {
    let stub = stub(Profile::Locust).await;
    let started = Instant::now();
    fault(&stub, r#"{"kind":"stall","seconds":0.2}"#).await;
    assert_eq!(get("/api/plans").user(1).send(stub.gateway).await.status.as_u16(), 200);
    assert!(started.elapsed() >= Duration::from_millis(200));
    assert_eq!(get("/__stub/faults").send(stub.gateway).await.text(), r#"{"active":[]}"#);
}

#[tokio::test]
async fn a_fault_with_a_route_spares_the_others() {
    let stub = stub(Profile::Locust).await;
    fault(&stub, r#"{"kind":"fail","share":1,"status":503,"route":"/api/videos/{id}"}"#).await;
    assert_eq!(get("/api/videos/1").user(1).send(stub.gateway).await.status.as_u16(), 503);
    assert_eq!(get("/api/videos").user(1).send(stub.gateway).await.status.as_u16(), 200);
    end(&stub).await;
    assert_eq!(get("/api/videos/1").user(1).send(stub.gateway).await.status.as_u16(), 500);
}

#[tokio::test]
async fn a_share_of_requests_fails() {
    let stub = stub(Profile::Locust).await;
    fault(&stub, r#"{"kind":"fail","share":0.5,"status":503}"#).await;
    let answers = join_all((0..100).map(|_| get("/actuator/health").send(stub.gateway))).await;
    let failed = answers.iter().filter(|answer| answer.status == 503).count();
    assert!((25..75).contains(&failed), "{failed} of 100");
    let seen = route(&stub, "GET", "/actuator/health").await;
    assert_eq!(seen["statuses"]["503"].as_u64(), Some(failed as u64));
}

#[tokio::test]
async fn a_cut_answer_has_its_head_half_its_body_and_a_reset() {
    let stub = stub(Profile::Locust).await;
    let whole = get("/api/users/me").user(1).send(stub.gateway).await.text();
    fault(&stub, r#"{"kind":"reset_mid_body","share":1}"#).await;
    let (text, error) = read_until_error(stub.gateway).await;
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    assert!(text.starts_with("HTTP/1.1 200 OK"), "{text}");
    assert!(text.contains(&whole[..whole.len() / 2 - 1]) && !text.contains(&whole), "{text}");
    let stats = until(&stub, |stats| stats["routes"][0]["unanswered"] == 1).await;
    assert_eq!(stats["routes"][0]["statuses"]["200"], 1);
}

async fn read_until_error(to: SocketAddr) -> (String, std::io::Error) {
    let mut socket = TcpStream::connect(to).await.unwrap();
    socket.write_all(b"GET /api/users/me HTTP/1.1\r\nHost: stub\r\nX-User-Id: 1\r\n\r\n").await.unwrap();
    let (mut text, mut buffer) = (String::new(), [0; 4096]);
    loop {
        match socket.read(&mut buffer).await {
            Ok(0) => panic!("closed in order after {text}"),
            Ok(length) => text.push_str(&String::from_utf8_lossy(&buffer[..length])),
            Err(error) => return (text, error),
        }
    }
}

#[tokio::test]
async fn refusing_resets_open_connections_and_comes_back() {
    let stub = stub(Profile::Locust).await;
    let mut open = TcpStream::connect(stub.llm).await.unwrap();
    until(&stub, |stats| stats["connections"].as_u64() >= Some(1)).await;
    let answer = fault(&stub, r#"{"kind":"refuse","seconds":1}"#).await;
    assert_eq!(answer.json()["active"][0]["kind"], "refuse");
    let error = open.read(&mut [0; 16]).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    let refused = loop {
        match get("/actuator/health").try_send(stub.gateway).await {
            Ok(_) => tokio::task::yield_now().await,
            Err(error) => break error,
        }
    };
    assert!(refused.downcast_ref::<std::io::Error>().is_some(), "{refused}");
    let back = Instant::now();
    while get("/__stub/faults").try_send(stub.gateway).await.is_err() {
        assert!(back.elapsed() < Duration::from_secs(20), "it never came back");
        tokio::task::yield_now().await;
    }
    assert_eq!(get("/actuator/health").send(stub.gateway).await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_bad_fault_is_400_and_names_the_field() {
    let stub = stub(Profile::Locust).await;
    let answer = fault(&stub, r#"{"kind":"fail","share":7,"status":503}"#).await;
    assert_eq!(answer.status.as_u16(), 400);
    assert!(answer.json()["error"].as_str().unwrap().contains("`share`"));
}
