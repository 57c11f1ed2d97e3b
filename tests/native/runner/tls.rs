//! TLS and HTTP/2: who is trusted, what is said when nobody checks, and which HTTP is spoken.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use oddiya_load::core::exchange::{Connections, FailureKind};
use oddiya_load::core::report::Report;
use oddiya_load::core::report::connections::Certificates;
use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{ServerConfig, crypto::ring};

use crate::fake_host::FakeHost;
use crate::load::{load, load_trusting, only_failure};

const BODY: &str = "hello";

/// A host that answers every request, by HTTP/1.1 or HTTP/2; it ends with the test.
struct Host {
    port: u16,
    answered: Arc<AtomicU64>,
    /// Where its certificate is.
    folder: TempDir,
}

impl Host {
    /// By TLS, with a certificate for a name, offering these versions of HTTP.
    async fn with_certificate(params: CertificateParams, offered: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        std::fs::write(folder.path().join("certificate.pem"), certificate.pem()).unwrap();
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        config.alpn_protocols = offered.iter().map(|name| name.as_bytes().to_vec()).collect();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Self::start(folder, move |stream, answered| {
            let acceptor = acceptor.clone();
            async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
                    answer_http2(stream, &answered).await;
                } else {
                    answer_http1(stream, &answered).await;
                }
            }
        })
        .await
    }

    /// In the clear by HTTP/2.
    async fn http2_in_the_clear() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::start(folder, |stream, answered| async move { answer_http2(stream, &answered).await }).await
    }

    async fn start<F, Fut>(folder: TempDir, serve: F) -> Self
    where
        F: Fn(tokio::net::TcpStream, Arc<AtomicU64>) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let answered = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&answered);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&count)));
            }
        });
        Self { port, answered, folder }
    }

    fn certificate(&self) -> std::path::PathBuf {
        self.folder.path().join("certificate.pem")
    }

    fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }
}

async fn answer_http1(mut stream: impl AsyncRead + AsyncWrite + Unpin, answered: &AtomicU64) {
    let mut unread = Vec::new();
    while stream.read_buf(&mut unread).await.is_ok_and(|count| count > 0) {
        if unread.ends_with(b"\r\n\r\n") {
            unread.clear();
            answered.fetch_add(1, Ordering::Relaxed);
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{BODY}", BODY.len());
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    }
}

async fn answer_http2(stream: impl AsyncRead + AsyncWrite + Unpin, answered: &AtomicU64) {
    let Ok(mut connection) = h2::server::handshake(stream).await else { return };
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        answered.fetch_add(1, Ordering::Relaxed);
        assert_eq!(request.headers()["accept-encoding"], "gzip");
        if request.uri().path() == "/actuator/health" && request.uri().query().is_none() {
            // One of the two tasks is redirected, so that following is seen here too.
            let redirect = http::Response::builder().status(302).header("location", "/actuator/health?x");
            respond.send_response(redirect.body(()).unwrap(), true).unwrap();
            continue;
        }
        let mut body = respond.send_response(http::Response::new(()), false).unwrap();
        body.send_data(Bytes::from_static(BODY.as_bytes()), true).unwrap();
    }
}

fn named(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).unwrap()
}

async fn load_host(host: &Host, flags: &[&str], trusted: &Path) -> (Report, String) {
    load_trusting(&format!("https://localhost:{}", host.port), flags, Some(trusted)).await
}

fn counted(report: &Report) -> Connections {
    report.connections.as_ref().unwrap().counted
}

#[tokio::test]
async fn a_trusted_host_is_loaded_and_its_handshakes_are_timed() {
    let host = Host::with_certificate(named("localhost"), &[]).await;
    let (report, text) = load_host(&host, &["--users=2"], &host.certificate()).await;
    assert_eq!(report.total.failures, 0, "{:?}", report.failures);
    let connections = counted(&report);
    assert_eq!((connections.opened, connections.tls_1_3, connections.http2), (2, 2, 0));
    assert_eq!(report.total.tls_ms.as_ref().unwrap().figures.count, 2);
    assert_eq!(report.total.received_bytes, BODY.len() as u64 * report.total.requests);
    assert_eq!(host.answered(), report.total.sent);
    assert!(text.contains("(HTTP/1.1, TLS 1.3)") && text.contains("TLS handshake"), "{text}");
    assert_eq!(report.connections.as_ref().unwrap().certificates, Certificates::Checked);
}

#[tokio::test]
async fn each_wrong_certificate_is_a_failure_of_its_own() {
    let mut expired = named("localhost");
    (expired.not_before, expired.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    let mut other_issuer = named("localhost");
    other_issuer.distinguished_name.push(DnType::CommonName, "another issuer");
    let stranger = Host::with_certificate(other_issuer, &[]).await;
    for (params, trusted, detail) in [
        (expired, None, "the certificate has expired"),
        (named("example.com"), None, "the certificate is for another name"),
        (named("localhost"), Some(stranger.certificate()), "the certificate's issuer is not trusted"),
    ] {
        let host = Host::with_certificate(params, &[]).await;
        let trusted = trusted.unwrap_or_else(|| host.certificate());
        let (report, text) = load_host(&host, &[], &trusted).await;
        assert_eq!(only_failure(&report), (FailureKind::Tls, detail));
        assert!(text.contains(&format!("TLS failure ({detail})")), "{text}");
        assert_eq!((host.answered(), counted(&report).opened), (0, 0));
        assert!(report.total.connect_ms.is_some(), "the TCP connection was opened and timed");
    }
}

#[tokio::test]
async fn a_host_without_tls_fails_the_handshake() {
    let host = FakeHost::start(|mut connection| async move {
        connection.read_until("localhost").await;
        connection.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await;
    })
    .await;
    let (report, _) = load(&format!("https://localhost:{}", host.port), &[]).await;
    assert_eq!(only_failure(&report), (FailureKind::Tls, "the handshake failed"));
}

#[tokio::test]
async fn insecure_believes_anybody_and_says_so_loudly() {
    let host = Host::with_certificate(named("example.com"), &[]).await;
    let (report, text) = load(&format!("https://localhost:{}", host.port), &["--insecure"]).await;
    assert_eq!(report.total.failures, 0, "{:?}", report.failures);
    assert_eq!(report.connections.as_ref().unwrap().certificates, Certificates::Unchecked);
    assert!(report.generator.notes[0].starts_with("CERTIFICATES WERE NOT CHECKED (--insecure)"));
    assert!(text.contains("CERTIFICATES WERE NOT CHECKED"), "{text}");
}

#[tokio::test]
async fn a_host_that_offers_http_2_is_spoken_to_by_http_2_on_one_connection_per_user() {
    let host = Host::with_certificate(named("localhost"), &["h2", "http/1.1"]).await;
    let (report, text) = load_host(&host, &["--users=2"], &host.certificate()).await;
    assert_eq!(report.total.failures, 0, "{:?}", report.failures);
    let connections = counted(&report);
    assert_eq!((connections.opened, connections.http2, connections.reconnects), (2, 2, 0));
    assert_eq!(connections.opened + connections.reused, report.total.sent + report.total.redirects);
    assert_eq!(host.answered(), report.total.sent + report.total.redirects);
    assert!(report.total.redirects > 0);
    assert_eq!(report.total.received_bytes, BODY.len() as u64 * report.total.requests);
    assert_eq!(report.total.ttfb_ms.as_ref().unwrap().figures.count, report.total.requests);
    assert!(text.contains("(HTTP/2, TLS 1.3)"), "{text}");
}

#[tokio::test]
async fn http1_refuses_what_the_host_would_prefer() {
    let host = Host::with_certificate(named("localhost"), &["h2", "http/1.1"]).await;
    let (report, _) = load_host(&host, &["--http1"], &host.certificate()).await;
    assert_eq!((report.total.failures, counted(&report).http2), (0, 0), "{:?}", report.failures);
}

#[tokio::test]
async fn http2_insists_on_it() {
    let host = Host::with_certificate(named("localhost"), &["http/1.1"]).await;
    let (report, _) = load_host(&host, &["--http2"], &host.certificate()).await;
    assert_eq!(only_failure(&report), (FailureKind::Tls, "the host does not speak that version of HTTP"));
}

#[tokio::test]
async fn http_2_in_the_clear_is_shared_by_all_users_of_a_shard() {
    let host = Host::http2_in_the_clear().await;
    let url = format!("http://127.0.0.1:{}", host.port);
    let (report, _) = load(&url, &["--http2", "--connection-reuse=shared", "--users=20"]).await;
    assert_eq!(report.total.failures, 0, "{:?}", report.failures);
    let connections = counted(&report);
    assert_eq!((connections.opened, connections.http2), (1, 1));
    assert_eq!(host.answered(), report.total.sent + report.total.redirects);
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
    assert_eq!(host.answered(), report.total.sent);
}
