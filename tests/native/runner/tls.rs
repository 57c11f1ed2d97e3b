//! Tests of TLS: which certificates are trusted, and what the command prints when it does not check them.

use oddiya_load::core::base::failure::FailureKind;
use oddiya_load::core::present::notes::sentences;
use oddiya_load::core::report::connections::Certificates;
use rcgen::{DnType, date_time_ymd};

use crate::command::{command, wait};
use crate::fake_host::FakeHost;
use crate::load::{load, only_failure};
use crate::secure_host::{BODY, Host, counted, load_host, named};

#[tokio::test]
async fn a_trusted_host_is_loaded_and_its_handshakes_are_timed() {
    let host = Host::with_certificate(named("localhost"), &[]).await;
    let (report, text) = load_host(&host, &["--users=2"], &host.certificate()).await;
    assert_eq!(report.total.failures, 0, "{:?}", report.failures);
    let connections = counted(&report);
    assert_eq!((connections.opened, connections.tls_1_3, connections.http2), (2, 2, 0));
    assert_eq!(report.total.tls_ms.as_ref().unwrap().figures.count, 2);
    assert_eq!(report.total.received_bytes.unwrap(), BODY.len() as u64 * report.total.requests);
    assert_eq!(host.answered(), report.total.sent.unwrap());
    assert!(text.contains("(HTTP/1.1, TLS 1.3)") && text.contains("TLS handshake"), "{text}");
    assert_eq!(report.connections.as_ref().unwrap().certificates, Certificates::Checked);
}

#[tokio::test]
async fn each_kind_of_wrong_certificate_has_its_own_failure_detail() {
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
async fn a_machine_without_trusted_certificates_is_named_as_the_cause() {
    let mut command = command(&["run", "-H", "https://localhost:1", "-t", "1s"]);
    command.env("SSL_CERT_FILE", "/dev/null").env_remove("SSL_CERT_DIR");
    let ended = wait(command.spawn().unwrap()).await;
    assert_ne!(ended.code, Some(0));
    assert!(ended.stderr.contains("trusts no root certificate"), "{}", ended.stderr);
}

#[tokio::test]
async fn insecure_accepts_any_certificate_and_the_report_says_so() {
    let host = Host::with_certificate(named("example.com"), &[]).await;
    let (report, text) = load(&format!("https://localhost:{}", host.port), &["--insecure"]).await;
    assert_eq!(report.total.failures, 0, "{:?}", report.failures);
    assert_eq!(report.connections.as_ref().unwrap().certificates, Certificates::Unchecked);
    assert!(
        sentences(&report.generator)
            .next()
            .unwrap()
            .starts_with("CERTIFICATES WERE NOT CHECKED (--insecure)")
    );
    assert!(text.contains("CERTIFICATES WERE NOT CHECKED"), "{text}");
}
