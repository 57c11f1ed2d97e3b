//! Tests of connections (kept, reopened, shared), redirects, compressed and chunked bodies, and the phases of requests.

use std::io::Write as _;
use std::time::Duration;

use oddiya_load::core::base::connections::Connections;
use oddiya_load::core::base::failure::FailureKind;
use oddiya_load::core::report::Report;
use oddiya_load::core::report::connections::ConnectionReuse;

use crate::fake_host::FakeHost;
use crate::load::{load, only_failure};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn counted(report: &Report) -> Connections {
    report.connections.as_ref().unwrap().counted
}

#[tokio::test]
async fn a_user_keeps_its_connection() {
    let host = FakeHost::answering(OK).await;
    let (report, text) = load(&host.url(), &["--users=3"]).await;
    let connections = counted(&report);
    assert_eq!(report.total.failures, 0);
    assert_eq!((connections.opened, connections.reconnects, connections.resent), (3, 0, 0));
    assert_eq!(connections.opened + connections.reused, report.total.sent.unwrap());
    assert_eq!(host.seen().iter().map(|seen| seen.connection).max(), Some(2));
    assert_eq!(report.total.connect_ms.as_ref().unwrap().figures.count, 3);
    assert!(text.contains("Connections: 3 opened (HTTP/1.1), "), "{text}");
    assert!(report.total.dns_ms.is_none() && report.total.tls_ms.is_none());
}

#[tokio::test]
async fn a_user_sends_the_headers_of_the_apps_client() {
    let host = FakeHost::answering(OK).await;
    load(&host.url(), &[]).await;
    let seen = host.seen();
    assert_eq!(seen[0].header("accept-encoding"), Some("gzip"));
    assert_eq!((seen[0].header("connection"), seen[0].header("content-length")), (None, None));
    assert!(seen[0].header("user-agent").unwrap().starts_with("oddiya-load/"));
}

#[tokio::test]
async fn without_reuse_every_request_opens_a_connection_and_says_that_it_will_be_closed() {
    let host = FakeHost::answering(OK).await;
    let (report, _) = load(&host.url(), &["--connection-reuse=none"]).await;
    let connections = counted(&report);
    assert_eq!((connections.opened, connections.reused), (report.total.sent.unwrap(), 0));
    assert_eq!(report.connections.as_ref().unwrap().reuse, ConnectionReuse::None);
    assert!(host.seen().iter().all(|seen| seen.header("connection") == Some("close")));
    assert_eq!(report.total.connect_ms.as_ref().unwrap().figures.count, report.total.sent.unwrap());
}

#[tokio::test]
async fn users_that_share_need_fewer_connections() {
    let host = FakeHost::answering(OK).await;
    let (report, _) = load(&host.url(), &["--connection-reuse=shared", "--users=8", "--spawn-rate=20"]).await;
    let connections = counted(&report);
    assert_eq!(report.total.failures, 0);
    assert!(connections.opened < 8, "{connections:?}");
    assert_eq!(connections.opened + connections.reused, report.total.sent.unwrap());
}

#[tokio::test]
async fn a_host_that_closes_after_each_answer_causes_reconnects_and_no_failures() {
    let host = FakeHost::start(|mut connection| async move {
        if connection.request().await.is_some() {
            connection.write(OK).await;
        }
    })
    .await;
    let (report, text) = load(&host.url(), &[]).await;
    let connections = counted(&report);
    assert_eq!(report.total.failures, 0, "{:?}", report.failures);
    assert_eq!((connections.opened, connections.reused), (report.total.sent.unwrap(), 0));
    assert_eq!(connections.reconnects, report.total.sent.unwrap() - 1);
    assert_eq!(host.seen().len() as u64, report.total.sent.unwrap());
    assert!(text.contains(&format!("{} reconnects", connections.reconnects)), "{text}");
}

#[tokio::test]
async fn a_host_that_announces_the_close_causes_no_reconnects() {
    let host =
        FakeHost::answering("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok").await;
    let (report, _) = load(&host.url(), &[]).await;
    let connections = counted(&report);
    assert_eq!(
        (connections.opened, connections.reused, connections.reconnects),
        (report.total.sent.unwrap(), 0, 0)
    );
}

/// A host that answers the first request of a connection and closes the connection at the second request.
async fn host_that_closes_on_the_second_request() -> FakeHost {
    FakeHost::start(|mut connection| async move {
        if connection.request().await.is_some() {
            connection.write(OK).await;
            connection.request().await;
        }
    })
    .await
}

#[tokio::test]
async fn a_get_on_a_connection_that_was_idle_is_sent_again_once() {
    let host = host_that_closes_on_the_second_request().await;
    let (report, text) = load(&host.url(), &["--think-time=1100ms", "--run-time=2500ms"]).await;
    let connections = counted(&report);
    assert_eq!(report.total.failures, 0, "{:?}", report.failures);
    assert!(report.total.sent.unwrap() >= 2, "{}", report.total.sent.unwrap());
    assert_eq!(connections.resent, report.total.sent.unwrap() - 1);
    assert_eq!(connections.reconnects, connections.resent);
    assert_eq!(
        host.seen().len() as u64,
        report.total.sent.unwrap() + connections.resent,
        "the host's count is ours"
    );
    assert!(text.contains("requests sent again"), "{text}");
}

#[tokio::test]
async fn a_connection_lost_while_it_was_busy_is_a_failure_of_the_host() {
    let host = host_that_closes_on_the_second_request().await;
    let (report, _) = load(&host.url(), &[]).await;
    assert!(report.total.failures > 0);
    assert!(report.failures.iter().all(|row| row.kind == FailureKind::Reset), "{:?}", report.failures);
    assert_eq!(counted(&report).resent, 0);
    assert_eq!(host.seen().len() as u64, report.total.sent.unwrap());
}

#[tokio::test]
async fn redirects_are_followed_within_one_request_and_one_latency() {
    const PAUSE: Duration = Duration::from_millis(40);
    let host = FakeHost::start(|mut connection| async move {
        while let Some(seen) = connection.request().await {
            tokio::time::sleep(PAUSE).await;
            let redirect = "HTTP/1.1 307 X\r\nLocation: there?a=b\r\nContent-Length: 4\r\n\r\nmove";
            connection.write(if seen.target.contains("there") { OK } else { redirect }).await;
        }
    })
    .await;
    let (report, text) = load(&host.url(), &[]).await;
    assert_eq!(report.total.failures, 0, "{:?}", report.failures);
    assert_eq!(report.total.redirects.unwrap_or_default(), report.total.requests);
    assert_eq!(report.total.statuses.as_ref().unwrap().keys().copied().collect::<Vec<_>>(), [200]);
    assert_eq!(report.total.received_bytes.unwrap(), 6 * report.total.requests);
    let latency = report.total.latency_ms.as_ref().unwrap().figures;
    assert!(latency.min.unwrap() >= 2.0 * PAUSE.as_millis() as f64, "{}", latency.min.unwrap());
    assert_eq!(
        host.seen().len() as u64,
        report.total.sent.unwrap() + report.total.redirects.unwrap_or_default()
    );
    assert_eq!(counted(&report).opened, 1);
    assert!(
        text.contains(&format!("; {} redirects followed", report.total.redirects.unwrap_or_default())),
        "{text}"
    );
}

#[tokio::test]
async fn without_redirects_the_redirect_is_the_answer() {
    let host = FakeHost::answering("HTTP/1.1 302 X\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n").await;
    let (report, _) = load(&host.url(), &["--max-redirects=0"]).await;
    assert_eq!((report.total.failures, report.total.redirects.unwrap_or_default()), (0, 0));
    assert_eq!(report.total.statuses.as_ref().unwrap()[&302], report.total.requests);
}

#[tokio::test]
async fn a_body_past_the_limit_is_counted_whole() {
    const BODY: usize = 300_000;
    let host = FakeHost::start(|mut connection| async move {
        while connection.request().await.is_some() {
            connection.write(&format!("HTTP/1.1 200 OK\r\nContent-Length: {BODY}\r\n\r\n")).await;
            connection.write(&"x".repeat(BODY)).await;
        }
    })
    .await;
    let (report, _) = load(&host.url(), &["--max-body=1KB"]).await;
    assert_eq!(report.total.failures, 0, "{:?}", report.failures);
    assert_eq!(report.total.received_bytes.unwrap(), BODY as u64 * report.total.requests);
    assert_eq!(counted(&report).opened, 1);
}

#[tokio::test]
async fn compressed_and_chunked_bodies_are_counted_as_received() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all("hello ".repeat(1_000).as_bytes()).unwrap();
    let packed = packer.finish().unwrap();
    let length = packed.len() as u64;
    let host = FakeHost::start(move |mut connection| {
        let packed = packed.clone();
        async move {
            let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n";
            while connection.request().await.is_some() {
                connection.write(head).await;
                connection.write(&format!("{:x}\r\n", packed.len())).await;
                connection.write_bytes(&packed).await;
                connection.write("\r\n0\r\n\r\n").await;
            }
        }
    })
    .await;
    let (report, _) = load(&host.url(), &[]).await;
    assert_eq!(report.total.failures, 0, "{:?}", report.failures);
    assert_eq!(report.total.received_bytes.unwrap(), length * report.total.requests);
}

#[tokio::test]
async fn the_phases_of_a_request_are_measured_separately() {
    const PAUSE: Duration = Duration::from_millis(30);
    let host = FakeHost::start(|mut connection| async move {
        while connection.request().await.is_some() {
            tokio::time::sleep(PAUSE).await;
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no").await;
            tokio::time::sleep(PAUSE).await;
            connection.write("k").await;
        }
    })
    .await;
    let (report, text) = load(&format!("http://localhost:{}", host.port), &["--users=2"]).await;
    assert_eq!(report.total.failures, 0, "{:?}", report.failures);
    let figures = |family: &Option<oddiya_load::core::report::Distribution>| family.as_ref().unwrap().figures;
    let pause = PAUSE.as_millis() as f64;
    assert!(figures(&report.total.ttfb_ms).min.unwrap() >= pause);
    // A busy machine may read the first byte late, which makes the measured download shorter by as much.
    assert!(figures(&report.total.download_ms).max.unwrap() >= pause);
    assert!(figures(&report.total.latency_ms).min.unwrap() >= 2.0 * pause);
    assert_eq!(figures(&report.total.download_ms).count, report.total.requests);
    let looked_up = figures(&report.total.dns_ms).count;
    assert!((1..=2).contains(&looked_up), "{looked_up}");
    assert_eq!(figures(&report.total.connect_ms).count, 2);
    for phase in ["name look-up", "TCP connection", "sent to first byte", "first to last byte"] {
        assert!(text.contains(phase), "{text}");
    }
    assert!(!text.contains("TLS handshake"), "{text}");
}

#[tokio::test]
async fn an_interim_answer_is_not_the_first_byte_of_the_answer() {
    let host = FakeHost::start(|mut connection| async move {
        while connection.request().await.is_some() {
            connection.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n").await;
            tokio::time::sleep(Duration::from_millis(50)).await;
            connection.write("HTTP/1.1 204 No Content\r\n\r\n").await;
        }
    })
    .await;
    let (report, _) = load(&format!("http://localhost:{}", host.port), &["--users=2"]).await;
    assert_eq!(report.total.failures, 0, "{:?}", report.failures);
    let ttfb = report.total.ttfb_ms.as_ref().unwrap().figures;
    assert!(ttfb.min.unwrap() >= 50.0, "{ttfb:?}");
}

#[tokio::test]
async fn http2_against_a_host_that_speaks_only_http_1_1_fails() {
    let host = FakeHost::start(|mut connection| async move {
        // The last line of the preface of HTTP/2 (RFC 9113, §3.4). A host that speaks only HTTP/1.1 does not know it.
        connection.read_until("SM\r\n\r\n").await;
        connection.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await;
        connection.closed().await;
    })
    .await;
    let (report, _) = load(&host.url(), &["--http2"]).await;
    assert_eq!(
        only_failure(&report),
        (FailureKind::Malformed, "not HTTP/2: a frame of a wrong size, or another protocol")
    );
}
