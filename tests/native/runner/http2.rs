//! Tests of HTTP/2: when it is used, and that waiting for a free stream counts as queue and not as latency.

use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use oddiya_load::core::base::failure::FailureKind;
use oddiya_load::core::report::SuspectReason;

use crate::load::{load, only_failure};
use crate::secure_host::{BODY, Host, counted, load_host, named};

#[tokio::test]
async fn http_2_is_used_when_the_host_offers_it_with_one_connection_per_user() {
    let host = Host::with_certificate(named("localhost"), &["h2", "http/1.1"]).await;
    let (report, text) = load_host(&host, &["--users=2"], &host.certificate()).await;
    assert_eq!(report.total.failures, 0, "{:?}", report.failures);
    let connections = counted(&report);
    assert_eq!((connections.opened, connections.http2, connections.reconnects), (2, 2, 0));
    assert_eq!(
        connections.opened + connections.reused,
        report.total.sent.unwrap() + report.total.redirects.unwrap_or_default()
    );
    assert_eq!(host.answered(), report.total.sent.unwrap() + report.total.redirects.unwrap_or_default());
    assert!(report.total.redirects.unwrap_or_default() > 0);
    assert_eq!(report.total.received_bytes.unwrap(), BODY.len() as u64 * report.total.requests);
    assert_eq!(report.total.ttfb_ms.as_ref().unwrap().figures.count, report.total.requests);
    assert!(text.contains("(HTTP/2, TLS 1.3)"), "{text}");
}

#[tokio::test]
async fn the_flag_http1_overrides_the_preference_of_the_host() {
    let host = Host::with_certificate(named("localhost"), &["h2", "http/1.1"]).await;
    let (report, _) = load_host(&host, &["--http1"], &host.certificate()).await;
    assert_eq!((report.total.failures, counted(&report).http2), (0, 0), "{:?}", report.failures);
}

#[tokio::test]
async fn the_flag_http2_fails_when_the_host_does_not_offer_http_2() {
    let host = Host::with_certificate(named("localhost"), &["http/1.1"]).await;
    let (report, _) = load_host(&host, &["--http2"], &host.certificate()).await;
    assert_eq!(only_failure(&report), (FailureKind::Tls, "the host does not speak that version of HTTP"));
}

#[tokio::test]
async fn one_http_2_connection_without_tls_is_shared_by_all_users_of_a_shard() {
    let host = Host::http2_in_the_clear().await;
    let url = format!("http://127.0.0.1:{}", host.port);
    let (report, _) = load(&url, &["--http2", "--connection-reuse=shared", "--users=20"]).await;
    assert_eq!(report.total.failures, 0, "{:?}", report.failures);
    let connections = counted(&report);
    assert_eq!((connections.opened, connections.http2), (1, 1));
    assert_eq!(host.answered(), report.total.sent.unwrap() + report.total.redirects.unwrap_or_default());
}

#[tokio::test]
async fn a_stream_that_the_host_resets_is_a_typed_failure() {
    let folder = tempfile::tempdir().unwrap();
    let host = Host::start(folder, |stream, answered| async move {
        let Ok(mut connection) = h2::server::handshake(stream).await else { return };
        while let Some(Ok((_, mut respond))) = connection.accept().await {
            answered.fetch_add(1, Ordering::Relaxed);
            let mut body = respond.send_response(http::Response::new(()), false).unwrap();
            body.send_reset(h2::Reason::INTERNAL_ERROR);
        }
    })
    .await;
    let (report, _) = load(&format!("http://127.0.0.1:{}", host.port), &["--http2"]).await;
    let (kind, detail) = only_failure(&report);
    assert!(matches!(kind, FailureKind::Reset | FailureKind::Truncated), "{kind:?}");
    assert_eq!(detail, "by the host: INTERNAL_ERROR");
    assert_eq!(host.answered(), report.total.sent.unwrap());
}

#[tokio::test]
async fn waiting_for_a_stream_that_the_host_does_not_allow_yet_is_queue_and_not_latency() {
    const TAKES: Duration = Duration::from_millis(50);
    let folder = tempfile::tempdir().unwrap();
    let host = Host::start(folder, |stream, answered| async move {
        let settings = h2::server::Builder::new().max_concurrent_streams(2).handshake::<_, Bytes>(stream);
        let Ok(mut connection) = settings.await else { return };
        while let Some(Ok((_, mut respond))) = connection.accept().await {
            answered.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(async move {
                tokio::time::sleep(TAKES).await;
                let _ = respond.send_response(http::Response::new(()), true);
            });
        }
    })
    .await;
    let flags = ["--http2", "--connection-reuse=shared", "--users=20", "--think-time=0s", "--run-time=3s"];
    let (report, _) = load(&format!("http://127.0.0.1:{}", host.port), &flags).await;
    assert_eq!((report.total.failures, counted(&report).opened), (0, 1), "{:?}", report.failures);
    // Twenty users share two streams, so each user waits for nine others. Nothing is on the wire during that wait.
    let latency = report.total.latency_ms.as_ref().unwrap().figures;
    let queue = report.total.queue_ms.as_ref().unwrap().figures;
    assert!((50.0..100.0).contains(&latency.p50.unwrap()), "{} ms", latency.p50.unwrap());
    assert!((300.0..600.0).contains(&queue.p50.unwrap()), "{} ms", queue.p50.unwrap());
    assert!(report.health.reasons.contains_key(&SuspectReason::Queued), "{:?}", report.health.reasons);
    assert_eq!(host.answered(), report.total.sent.unwrap());
}

#[tokio::test]
async fn users_who_share_wait_for_no_handshake_but_their_own_and_the_first() {
    let takes = Duration::from_millis(150);
    let host = Host::with_slow_handshakes(named("localhost"), &["http/1.1"], takes).await;
    let flags = ["--connection-reuse=shared", "--users=20", "--spawn-rate=1000"];
    let (report, _) = load_host(&host, &flags, &host.certificate()).await;
    assert_eq!(report.total.failures, 0, "{:?}", report.failures);
    // Twenty handshakes one after the other would take three seconds.
    let waited = report.total.corrected_ms.as_ref().unwrap().figures.max.unwrap();
    assert!((300.0..1_500.0).contains(&waited), "{waited} ms");
}
