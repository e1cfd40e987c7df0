//! TLS 1.3 between nodes and server: ring, our own authority, no session tickets, no early data.

use std::sync::Arc;

use quinn::crypto::rustls::{QuicClientConfig, QuicServerConfig};
use rustls::{
    CertificateError, ClientConfig, ConfigBuilder, DigitallySignedStruct, DistinguishedName, RootCertStore,
    SignatureScheme,
    client::{
        WantsClientCert, WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, WebPkiSupportedAlgorithms},
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::{
        ClientHello, ResolvesServerCert, WebPkiClientVerifier,
        danger::{ClientCertVerified, ClientCertVerifier},
    },
    sign::CertifiedKey,
};

use crate::{
    binding,
    ca::{CaFingerprint, ServerIdentity},
    enroll::{EnrolmentCode, wire::ENROL_ALPN},
    error::NetError,
    identity::NodeIdentity,
};

/// The protocol of replication.
pub(crate) const SYNC_ALPN: &[u8] = b"posto-sync/1";

/// Chosen for each configuration; the process-wide default is left to whoever owns the process.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn algorithms() -> WebPkiSupportedAlgorithms {
    provider().signature_verification_algorithms
}

/// Checks an Ed25519 signature.
pub(crate) fn verify_ed25519(public_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let ed25519 = algorithms().mapping.iter().find(|(scheme, _)| *scheme == SignatureScheme::ED25519);
    let mut candidates = ed25519.into_iter().flat_map(|(_, candidates)| candidates.iter());
    candidates.any(|algorithm| algorithm.verify_signature(public_key, message, signature).is_ok())
}

/// The server's side: replication for nodes with a certificate, enrolment for strangers.
pub(crate) fn server(identity: &ServerIdentity) -> Result<QuicServerConfig, NetError> {
    let provider = provider();
    let key = provider.key_provider.load_private_key(identity.key.clone_key())?;
    let certificates = Certificates {
        leaf: Arc::new(CertifiedKey::new(vec![identity.certificate.clone()], key.clone())),
        chain: Arc::new(CertifiedKey::new(
            vec![identity.certificate.clone(), identity.authority.clone()],
            key,
        )),
    };
    let nodes = WebPkiClientVerifier::builder_with_provider(roots(&identity.authority)?, provider.clone())
        .clear_root_hint_subjects()
        .allow_unauthenticated()
        .build()?;
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(Arc::new(AnyTimeClients(nodes)))
        .with_cert_resolver(Arc::new(certificates));
    config.alpn_protocols = vec![SYNC_ALPN.to_vec(), ENROL_ALPN.to_vec()];
    // A resumed session would spare 1 kB but skip the certificate; a ticket costs more than it spares a node that stays.
    config.send_tls13_tickets = 0;
    Ok(QuicServerConfig::try_from(config)?)
}

/// An enrolled node's side.
pub(crate) fn node(identity: &NodeIdentity) -> Result<QuicClientConfig, NetError> {
    let config = trusting(AnyTimeServer::of(&identity.authority())?)?
        .with_client_auth_cert(vec![identity.certificate()], identity.private_key())?;
    client(config, SYNC_ALPN)
}

/// The side of a node that has nothing yet but a code.
pub(crate) fn stranger(code: &EnrolmentCode) -> Result<QuicClientConfig, NetError> {
    client(trusting(CodeHolder(code.clone()))?.with_no_client_auth(), ENROL_ALPN)
}

/// A peer that trusts the server but shows no certificate, for tests that misbehave.
#[cfg(feature = "testing")]
pub(crate) fn anonymous(authority: &CertificateDer<'static>) -> Result<QuicClientConfig, NetError> {
    client(trusting(AnyTimeServer::of(authority)?)?.with_no_client_auth(), SYNC_ALPN)
}

/// A client that trusts whom its verifier trusts, and has not yet said who it is itself.
fn trusting(
    verifier: impl ServerCertVerifier + 'static,
) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, NetError> {
    Ok(ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier)))
}

fn client(mut config: ClientConfig, alpn: &[u8]) -> Result<QuicClientConfig, NetError> {
    config.alpn_protocols = vec![alpn.to_vec()];
    config.resumption = rustls::client::Resumption::disabled();
    config.enable_early_data = false;
    Ok(QuicClientConfig::try_from(config)?)
}

fn roots(authority: &CertificateDer<'static>) -> Result<Arc<RootCertStore>, NetError> {
    let mut roots = RootCertStore::empty();
    roots.add(authority.clone())?;
    Ok(Arc::new(roots))
}

/// The authority travels only to strangers, who need it; nodes have it on file.
#[derive(Debug)]
struct Certificates {
    leaf: Arc<CertifiedKey>,
    chain: Arc<CertifiedKey>,
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let stranger = hello.alpn()?.any(|protocol| protocol == ENROL_ALPN);
        Some(if stranger { self.chain.clone() } else { self.leaf.clone() })
    }
}

/// `now`, moved into the certificate's validity.
fn within_validity(certificate: &CertificateDer<'_>, now: UnixTime) -> Result<UnixTime, rustls::Error> {
    let (not_before, not_after) =
        binding::validity(certificate).map_err(|_| CertificateError::BadEncoding)?;
    let bound = |unix_s: i64| {
        UnixTime::since_unix_epoch(std::time::Duration::from_secs(unix_s.max(0).cast_unsigned()))
    };
    Ok(now.clamp(bound(not_before), bound(not_after)))
}

/// The verifiers below differ in whom they trust. How a peer proves that the key is its own is the same for all.
macro_rules! signatures_as_ever {
    () => {
        fn verify_tls12_signature(
            &self,
            message: &[u8],
            certificate: &CertificateDer<'_>,
            signature: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, rustls::Error> {
            rustls::crypto::verify_tls12_signature(message, certificate, signature, &algorithms())
        }

        fn verify_tls13_signature(
            &self,
            message: &[u8],
            certificate: &CertificateDer<'_>,
            signature: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, rustls::Error> {
            rustls::crypto::verify_tls13_signature(message, certificate, signature, &algorithms())
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            algorithms().supported_schemes()
        }
    };
}

/// Verifies the server by its chain, purpose and name but not by this node's clock: clinic clocks are off by years, and a
/// clinic that cannot sync cannot be told so. The server's key is as safe as the authority's, they share a disk.
#[derive(Debug)]
struct AnyTimeServer(Arc<WebPkiServerVerifier>);

impl AnyTimeServer {
    fn of(authority: &CertificateDer<'static>) -> Result<Self, NetError> {
        let verifier = WebPkiServerVerifier::builder_with_provider(roots(authority)?, provider());
        Ok(Self(verifier.build()?))
    }
}

impl ServerCertVerifier for AnyTimeServer {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.0.verify_server_cert(leaf, chain, name, ocsp, within_validity(leaf, now)?)
    }

    signatures_as_ever!();
}

/// Verifies nodes by their chain and purpose. Their validity in time is judged after the handshake, with revocation, so
/// that an expired node is told why in words and may renew.
#[derive(Debug)]
struct AnyTimeClients(Arc<dyn ClientCertVerifier>);

impl ClientCertVerifier for AnyTimeClients {
    fn client_auth_mandatory(&self) -> bool {
        self.0.client_auth_mandatory()
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.0.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        leaf: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        self.0.verify_client_cert(leaf, chain, within_validity(leaf, now)?)
    }

    signatures_as_ever!();
}

/// Trusts the one authority in the server's chain whose fingerprint the code names, and nothing else.
#[derive(Debug)]
struct CodeHolder(EnrolmentCode);

impl ServerCertVerifier for CodeHolder {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let authority = named_authority(&self.0, chain).ok_or(CertificateError::UnknownIssuer)?;
        let verifier = AnyTimeServer::of(&authority.clone().into_owned());
        verifier.map_err(|_| CertificateError::UnknownIssuer)?.verify_server_cert(leaf, &[], name, ocsp, now)
    }

    signatures_as_ever!();
}

/// The certificate in a chain that the code names.
pub(crate) fn named_authority<'a>(
    code: &EnrolmentCode,
    chain: &'a [CertificateDer<'a>],
) -> Option<&'a CertificateDer<'a>> {
    chain.iter().find(|certificate| code.names(&CaFingerprint::of(certificate)))
}
