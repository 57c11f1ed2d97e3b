//! How long each server keeps a connection: a load test counts connections, so the stub closes them as the host does.

use std::net::SocketAddr;
use std::time::Duration;

use oddiya_load::stub::{Front, Options, Profile, RunningStub, ServicePorts, start};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;

async fn stub() -> RunningStub {
    let services = Some(ServicePorts::FREE);
    start(Options { profile: Profile::Gateway, services, users: Some(1), ..Options::default() })
        .await
        .unwrap()
}

/// Sends GET requests on one connection until the server closes it; returns how many were answered.
async fn answers_on_one_connection(to: SocketAddr, path: &str, most: usize) -> usize {
    let mut socket = TcpStream::connect(to).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {to}\r\nX-User-Id: 1\r\n\r\n");
    for answered in 0..most {
        if socket.write_all(request.as_bytes()).await.is_err() || !read_answer(&mut socket).await {
            return answered;
        }
    }
    most
}

/// Reads one answer whose body is a whole JSON object; `false` when the server closed the connection instead.
async fn read_answer(socket: &mut TcpStream) -> bool {
    let (mut text, mut buffer) = (String::new(), [0; 4096]);
    loop {
        match socket.read(&mut buffer).await {
            Ok(0) | Err(_) => return false,
            Ok(length) => text.push_str(std::str::from_utf8(&buffer[..length]).unwrap()),
        }
        let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        if body.ends_with("0\r\n\r\n") || body.ends_with('}') {
            return true;
        }
    }
}

#[tokio::test]
async fn a_service_asked_directly_closes_at_the_hundredth_request_and_the_gateway_never() {
    let stub = stub().await;
    let user = stub.address(Front::User).unwrap();
    assert_eq!(answers_on_one_connection(user, "/api/v1/users/me", 205).await, 100);
    assert_eq!(answers_on_one_connection(stub.gateway, "/actuator/health", 205).await, 205);
    assert_eq!(answers_on_one_connection(stub.llm, "/health", 205).await, 205);
}

#[tokio::test]
async fn a_service_asked_directly_closes_after_an_error_and_the_gateway_does_not() {
    let stub = stub().await;
    let (plan, user) = (stub.address(Front::Plan).unwrap(), stub.address(Front::User).unwrap());
    assert_eq!(answers_on_one_connection(plan, "/api/v1/plans/abc", 3).await, 1);
    // 404 and 403 leave it open.
    assert_eq!(answers_on_one_connection(plan, "/api/v1/plans/99", 3).await, 3);
    assert_eq!(answers_on_one_connection(user, "/api/v1/users/nobody", 3).await, 3);
    assert_eq!(answers_on_one_connection(stub.gateway, "/api/messages/ko/x", 3).await, 3);
}

/// How long a connection stays open after one answer; `None` is longer than two minutes.
async fn idle_time(to: SocketAddr, path: &str) -> Option<Duration> {
    let mut socket = TcpStream::connect(to).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {to}\r\nX-User-Id: 1\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    assert!(read_answer(&mut socket).await);
    let answered = Instant::now();
    let closed = tokio::time::timeout(Duration::from_secs(120), socket.read(&mut [0; 16])).await;
    closed.ok().map(|_| answered.elapsed())
}

#[tokio::test(start_paused = true)]
async fn idle_connections_end_after_60_s_at_a_service_and_5_s_at_the_agent() {
    let stub = stub().await;
    let seconds = async |to, path| idle_time(to, path).await.map(|time| time.as_secs());
    assert_eq!(seconds(stub.address(Front::User).unwrap(), "/api/v1/users/me").await, Some(60));
    assert_eq!(seconds(stub.llm, "/health").await, Some(5));
    assert_eq!(seconds(stub.gateway, "/actuator/health").await, None);
}

#[tokio::test]
async fn the_gateway_refuses_a_head_over_8_kb_and_closes() {
    let stub = stub().await;
    let mut socket = TcpStream::connect(stub.gateway).await.unwrap();
    let request = format!("GET /actuator/health HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "y".repeat(9000));
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}
