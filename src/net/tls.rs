//! TLS as real clients speak it: the system's roots, the version of HTTP negotiated in the handshake, sessions that
//! belong to one user. Opens no socket. Failures are typed from rustls's errors, never from their texts.

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

/// Why TLS cannot be spoken with any host.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error(
        "this machine trusts no root certificate, so no host's certificate can be checked: install `ca-certificates`"
    )]
    NoRoots,
    #[error("rustls refuses its settings, which is a bug: {0}")]
    Settings(#[from] rustls::Error),
}

/// How TLS is spoken with one host.
pub struct Tls {
    config: ClientConfig,
    /// `None` where no certificate can be issued to the host's name.
    name: Option<ServerName<'static>>,
}

/// The TLS sessions of one user, who resumes them and no other user's, as a phone does.
pub type Sessions = Arc<ClientConfig>;

impl Tls {
    /// Reads the system's trusted roots where the host's certificate is to be checked.
    pub fn new(name: &str, certificates: Certificates, protocols: Protocols) -> Result<Self, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?;
        let mut config = match certificates {
            Certificates::Checked => {
                let mut roots = RootCertStore::empty();
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
                if roots.is_empty() {
                    return Err(TlsError::NoRoots);
                }
                builder.with_root_certificates(roots).with_no_client_auth()
            }
            Certificates::Unchecked => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(AcceptAny(provider)))
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

    /// For one user, who has no session to resume yet.
    pub fn sessions(&self) -> Sessions {
        let mut config = self.config.clone();
        config.resumption = Resumption::in_memory_sessions(1);
        Arc::new(config)
    }

    /// The name that the host's certificate must be for.
    pub fn server_name(&self) -> Result<ServerName<'static>, Failure> {
        let impossible = || Failure::new(FailureKind::Tls, "the host's name cannot have a certificate");
        self.name.clone().ok_or_else(impossible)
    }
}

/// Why a handshake failed.
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
        Some(rustls::Error::AlertReceived(rustls::AlertDescription::CertificateRequired)) => {
            "the host wants a client certificate"
        }
        Some(_) => "the handshake failed",
        None => "the connection was lost in the handshake",
    };
    Failure::new(FailureKind::Tls, detail)
}

/// Accepts any certificate, as `--insecure` asks. The handshake's own signatures are still checked.
#[derive(Debug)]
struct AcceptAny(Arc<CryptoProvider>);

impl ServerCertVerifier for AcceptAny {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_handshake_is_tls_whatever_its_text() {
        let inner = rustls::Error::General("connection refused".to_owned());
        let failure = handshake_failure(&io::Error::new(io::ErrorKind::InvalidData, inner));
        assert_eq!((failure.kind, failure.detail.as_str()), (FailureKind::Tls, "the handshake failed"));
    }
}
