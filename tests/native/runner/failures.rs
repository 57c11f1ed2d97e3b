//! Tests of typed failures: one test for each kind, against a host that causes it.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use oddiya_load::core::base::failure::FailureKind;
use oddiya_load::core::report::Report;
use socket2::{Domain, Socket, Type};

use crate::fake_host::{Connection, FakeHost};
use crate::load::{load, only_failure};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A host that reads the request of each connection and then passes the connection to `this`.
async fn after_the_request<F, Fut>(this: F) -> FakeHost
where
    F: Fn(Connection) -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    FakeHost::start(move |mut connection| async move {
        if connection.request().await.is_some() {
            this(connection).await;
        }
    })
    .await
}

fn slowest(report: &Report) -> f64 {
    report.total.latency_ms.as_ref().unwrap().figures.max.unwrap()
}

#[tokio::test]
async fn nothing_listens() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (report, text) = load(&format!("http://127.0.0.1:{port}"), &[]).await;
    assert_eq!(only_failure(&report), (FailureKind::Refused, ""));
    assert!(text.contains("connection refused"), "{text}");
    assert!(report.total.statuses.as_ref().unwrap().is_empty() && report.total.connect_ms.is_none());
}

#[tokio::test]
async fn the_network_has_no_route_to_the_host() {
    // This is the broadcast address of the loopback network. The kernel opens no TCP connection to such an address.
    let (report, text) = load("http://127.255.255.255:9", &[]).await;
    assert_eq!(only_failure(&report), (FailureKind::Unreachable, ""));
    assert!(text.contains("host unreachable"), "{text}");
}

#[tokio::test]
async fn the_name_has_no_address() {
    // A name under `.invalid` never has an address (RFC 6761, §6.4).
    let (report, text) = load("http://oddiya.invalid", &[]).await;
    assert_eq!(only_failure(&report), (FailureKind::Dns, ""));
    assert!(text.contains("name not found"), "{text}");
    assert!(report.total.dns_ms.is_none(), "only look-ups that found something are timed");
}

/// A listener that accepts no connections and whose queue is full, so the kernel drops further attempts to connect.
fn full_listener() -> (Socket, SocketAddr, Vec<Socket>) {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    listener.bind(&any.into()).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap().as_socket().unwrap();
    let mut queue = Vec::new();
    loop {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        if socket.connect_timeout(&address.into(), Duration::from_millis(200)).is_err() {
            return (listener, address, queue);
        }
        queue.push(socket);
    }
}

#[tokio::test]
async fn the_connection_is_not_accepted_in_time() {
    let (_listener, address, _queue) = full_listener();
    let (report, text) = load(&format!("http://{address}"), &["--connect-timeout=150ms"]).await;
    assert_eq!(only_failure(&report), (FailureKind::ConnectTimeout, ""));
    assert!(text.contains("connect timeout"), "{text}");
    let figures = report.total.latency_ms.as_ref().unwrap().figures;
    assert!(figures.min.unwrap() >= 150.0, "{}", figures.min.unwrap());
}

#[tokio::test]
async fn no_answer_in_time() {
    let host = after_the_request(|mut connection| async move { connection.closed().await }).await;
    let (report, text) = load(&host.url(), &["--request-timeout=150ms"]).await;
    assert_eq!(only_failure(&report), (FailureKind::RequestTimeout, ""));
    assert!(text.contains("request timeout"), "{text}");
    assert!(report.total.latency_ms.as_ref().unwrap().figures.min.unwrap() >= 150.0);
    assert!(slowest(&report) < 1_000.0, "{}", slowest(&report));
    assert_eq!(host.seen().len() as u64, report.total.sent.unwrap());
}

#[tokio::test]
async fn no_complete_answer_in_time() {
    let host = after_the_request(|mut connection| async move {
        connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf").await;
        connection.closed().await;
    })
    .await;
    let (report, _) = load(&host.url(), &["--request-timeout=150ms"]).await;
    assert_eq!(only_failure(&report), (FailureKind::RequestTimeout, ""));
    assert!(report.total.ttfb_ms.as_ref().unwrap().figures.max.unwrap() < 150.0);
    assert_eq!(report.total.received_bytes.unwrap(), 4 * report.total.requests);
}

#[tokio::test]
async fn the_time_limit_starts_anew_for_each_request() {
    let host = FakeHost::start(|mut connection| async move {
        while connection.request().await.is_some() {
            connection.write(OK).await;
        }
    })
    .await;
    let (report, _) = load(&host.url(), &["--request-timeout=150ms", "--think-time=20ms"]).await;
    assert_eq!(report.total.failures, 0, "{:?}", report.failures);
    assert!(report.total.requests > 10);
}

#[tokio::test]
async fn a_reset_before_the_answer() {
    let host = after_the_request(|connection| async move { connection.reset() }).await;
    let (report, text) = load(&host.url(), &[]).await;
    assert_eq!(only_failure(&report), (FailureKind::Reset, "reset by the host"));
    assert!(text.contains("connection reset before the response"), "{text}");
    assert_eq!(host.seen().len() as u64, report.total.sent.unwrap());
}

#[tokio::test]
async fn a_close_before_the_answer() {
    let host = after_the_request(|connection| async move { drop(connection) }).await;
    let (report, _) = load(&host.url(), &[]).await;
    assert_eq!(only_failure(&report), (FailureKind::Reset, "closed by the host"));
}

#[tokio::test]
async fn a_reset_within_the_body() {
    let host = after_the_request(|mut connection| async move {
        connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf").await;
        connection.reset();
    })
    .await;
    let (report, text) = load(&host.url(), &[]).await;
    assert_eq!(only_failure(&report), (FailureKind::Truncated, "reset by the host"));
    assert!(text.contains("connection lost within the response"), "{text}");
}

#[tokio::test]
async fn a_body_that_ends_too_early() {
    for half in [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nContent-Le",
    ] {
        let half: &'static str = half;
        let host = FakeHost::start(move |mut connection| async move {
            if connection.request().await.is_some() {
                connection.write(half).await;
            }
        })
        .await;
        let (report, _) = load(&host.url(), &[]).await;
        assert_eq!(only_failure(&report), (FailureKind::Truncated, "closed by the host"), "{half:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_not_http() {
    for (answer, detail) in [
        ("SSH-2.0-OpenSSH_9.2\r\n", "bad head: invalid HTTP version"),
        ("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "bad Content-Length"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "bad chunk"),
    ] {
        let host = FakeHost::answering(answer).await;
        let (report, text) = load(&host.url(), &[]).await;
        assert_eq!(only_failure(&report), (FailureKind::Malformed, detail));
        assert!(text.contains("response is not HTTP"), "{text}");
    }
}

#[tokio::test]
async fn a_status_of_400_or_more() {
    let host = FakeHost::answering("HTTP/1.1 503 X\r\nContent-Length: 2\r\n\r\nno").await;
    let (report, text) = load(&host.url(), &[]).await;
    assert_eq!(only_failure(&report), (FailureKind::Status, "HTTP 503"));
    assert_eq!(report.total.statuses.as_ref().unwrap()[&503], report.total.requests);
    assert!(text.contains("HTTP 503"), "{text}");
}

#[tokio::test]
async fn too_many_redirects() {
    let host = FakeHost::answering("HTTP/1.1 302 X\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n").await;
    let (report, text) = load(&host.url(), &["--max-redirects=5"]).await;
    assert_eq!(only_failure(&report), (FailureKind::TooManyRedirects, ""));
    assert!(text.contains("too many redirects"), "{text}");
    assert_eq!(report.total.redirects.unwrap_or_default(), 5 * report.total.requests);
    assert_eq!(
        host.seen().len() as u64,
        report.total.sent.unwrap() + report.total.redirects.unwrap_or_default()
    );
}

#[tokio::test]
async fn a_redirect_to_another_host_which_is_left_alone() {
    let other = FakeHost::answering(OK).await;
    let away = format!("HTTP/1.1 302 X\r\nLocation: {}/\r\nContent-Length: 0\r\n\r\n", other.url());
    let host = FakeHost::answering(Box::leak(away.into_boxed_str())).await;
    let (report, text) = load(&host.url(), &[]).await;
    assert_eq!(only_failure(&report), (FailureKind::RedirectedAway, &*format!("to {}", other.url())));
    assert!(text.contains("redirected to another host"), "{text}");
    assert!(other.seen().is_empty());
}
