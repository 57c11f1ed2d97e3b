//! TLS as real clients speak it: the system's roots, HTTP chosen in the handshake, each user's own sessions.
//!
//! Sockets are `dial.rs`'s. Failures are typed from rustls's errors, never from their texts.

use std::io;
use std::sync::Arc;

use tokio_rustls::rustls::client::Resumption;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{
    self, CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};

use super::options::Protocols;
use crate::core::base::failure::{Failure, FailureKind};
use crate::core::config::connections::Certificates;

const NO_ROOTS: &str = "this machine trusts no root certificate, so no host's could be checked: install \
    `ca-certificates`, or load the host unchecked: --insecure";

/// How a host is spoken to by TLS.
pub struct Tls {
    config: ClientConfig,
    /// `None` where no certificate can be issued to the host's name.
    name: Option<ServerName<'static>>,
}

/// One user's TLS: it resumes its own sessions and nobody else's, as a phone does.
pub type Sessions = Arc<ClientConfig>;

impl Tls {
    /// For a host by that name; reads the system's trusted roots.
    ///
    /// # Errors
    /// When there are none, and the host's certificate is to be checked.
    pub fn new(name: &str, certificates: Certificates, protocols: Protocols) -> anyhow::Result<Self> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?;
        let mut config = match certificates {
            Certificates::Checked => {
                let mut roots = RootCertStore::empty();
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
                anyhow::ensure!(!roots.is_empty(), NO_ROOTS);
                builder.with_root_certificates(roots).with_no_client_auth()
            }
            Certificates::Unchecked => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Believe(provider)))
                .with_no_client_auth(),
        };
        let offered: &[&[u8]] = match protocols {
            Protocols::Negotiated => &[b"h2", b"http/1.1"],
            Protocols::Http1 => &[b"http/1.1"],
            Protocols::Http2 => &[b"h2"],
        };
        config.alpn_protocols = offered.iter().map(|name| name.to_vec()).collect();
        Ok(Self { config, name: ServerName::try_from(name.to_owned()).ok() })
    }

    /// For one user; its sessions start empty.
    pub fn sessions(&self) -> Sessions {
        let mut config = self.config.clone();
        config.resumption = Resumption::in_memory_sessions(1);
        Arc::new(config)
    }

    /// The name that the certificate must be for.
    pub fn server_name(&self) -> Result<ServerName<'static>, Failure> {
        let impossible = || Failure::new(FailureKind::Tls, "the host's name cannot have a certificate");
        self.name.clone().ok_or_else(impossible)
    }
}

/// What a failed handshake was.
pub fn handshake_failure(error: &io::Error) -> Failure {
    let detail = match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(problem)) => match problem {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "the certificate has expired"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "the certificate is for another name"
            }
            CertificateError::UnknownIssuer => "the certificate's issuer is not trusted",
            _ => "the certificate is not valid",
        },
        Some(rustls::Error::AlertReceived(rustls::AlertDescription::NoApplicationProtocol)) => {
            "the host does not speak that version of HTTP"
        }
        Some(_) => "the handshake failed",
        None => "the connection was lost in the handshake",
    };
    Failure::new(FailureKind::Tls, detail)
}

/// Takes any certificate: what `--insecure` asks for. The handshake's own signatures are still checked.
#[derive(Debug)]
struct Believe(Arc<CryptoProvider>);

impl ServerCertVerifier for Believe {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
