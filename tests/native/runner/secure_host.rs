//! Hosts that speak TLS or HTTP/2, and a run of the command against one. The tests are in the other files.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use oddiya_load::core::base::connections::Connections;
use oddiya_load::core::report::Report;
use rcgen::{CertificateParams, KeyPair};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{ServerConfig, crypto::ring};

use crate::load::load_trusting;

pub const BODY: &str = "hello";

/// A host that answers every request over HTTP/1.1 or HTTP/2 until the test ends.
pub struct Host {
    pub port: u16,
    answered: Arc<AtomicU64>,
    /// Contains `certificate.pem`, the host's certificate.
    folder: TempDir,
}

impl Host {
    /// A host that speaks TLS, with a certificate made of `params`. It offers the HTTP versions `offered`.
    pub async fn with_certificate(params: CertificateParams, offered: &[&str]) -> Self {
        Self::with_slow_handshakes(params, offered, Duration::ZERO).await
    }

    /// A host like [`Self::with_certificate`] whose handshakes each take the time `takes`.
    pub async fn with_slow_handshakes(params: CertificateParams, offered: &[&str], takes: Duration) -> Self {
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
                tokio::time::sleep(takes).await;
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

    /// A host that speaks HTTP/2 without TLS.
    pub async fn http2_in_the_clear() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::start(folder, |stream, answered| async move { answer_http2(stream, &answered).await }).await
    }

    pub async fn start<F, Fut>(folder: TempDir, serve: F) -> Self
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

    pub fn certificate(&self) -> std::path::PathBuf {
        self.folder.path().join("certificate.pem")
    }

    pub fn answered(&self) -> u64 {
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
            // One of the two tasks gets a redirect, so that these tests cover following it too.
            let redirect = http::Response::builder().status(302).header("location", "/actuator/health?x");
            respond.send_response(redirect.body(()).unwrap(), true).unwrap();
            continue;
        }
        let mut body = respond.send_response(http::Response::new(()), false).unwrap();
        body.send_data(Bytes::from_static(BODY.as_bytes()), true).unwrap();
    }
}

pub fn named(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).unwrap()
}

pub async fn load_host(host: &Host, flags: &[&str], trusted: &Path) -> (Report, String) {
    load_trusting(&format!("https://localhost:{}", host.port), flags, Some(trusted)).await
}

pub fn counted(report: &Report) -> Connections {
    report.connections.as_ref().unwrap().counted
}
