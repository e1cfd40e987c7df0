//! The server's own certificate authority: the only root that nodes and server trust.

use std::{fmt, path::Path};

use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, PKCS_ED25519, SanType, SerialNumber,
};
use rustls::pki_types::{CertificateDer, CertificateSigningRequestDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

use crate::{
    UnixSeconds,
    binding::{NodeBinding, PeerCertificate},
    error::{CertificateProblem, NetError},
    files, limits,
};

/// The name under which a server's certificate is checked; addresses of servers may change freely.
pub(crate) const SERVER_NAME: &str = "posto";

const CERTIFICATE_FILE: &str = "ca.pem";
const KEY_FILE: &str = "ca.key";

/// SHA-256 of an authority's certificate.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CaFingerprint(pub [u8; 32]);

impl CaFingerprint {
    /// The fingerprint of a certificate.
    pub fn of(der: &[u8]) -> Self {
        Self(Sha256::digest(der).into())
    }
}

impl fmt::Display for CaFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for CaFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CaFingerprint({self})")
    }
}

/// A certificate authority with its key.
pub struct CertificateAuthority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
}

/// A node's certificate, fresh from the authority.
#[derive(Debug, Clone)]
pub struct IssuedCertificate {
    /// The certificate, DER.
    pub der: Vec<u8>,
    /// What it says, for the server's table of certificates.
    pub details: PeerCertificate,
}

/// What a server shows to its peers: its certificate, its key and its authority.
pub struct ServerIdentity {
    pub(crate) certificate: CertificateDer<'static>,
    pub(crate) key: PrivateKeyDer<'static>,
    pub(crate) authority: CertificateDer<'static>,
    /// The same at each start: with it a restarted server tells nodes at once that their old connections are gone.
    pub(crate) reset_secret: [u8; 32],
}

impl CertificateAuthority {
    /// Makes a new authority with a fresh Ed25519 key (the smallest certificates and handshakes).
    pub fn create(now_unix_s: UnixSeconds) -> Result<Self, NetError> {
        let key = KeyPair::generate_for(&PKCS_ED25519).map_err(NetError::Key)?;
        let mut params = params(now_unix_s, limits::CA_VALIDITY_S)?;
        // Two authorities never share a name: a peer of another one is then "of an unknown issuer", not "badly signed".
        let name = format!("Posto CA {}", hex::encode(&Sha256::digest(key.public_key_raw())[..4]));
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key).map_err(NetError::Issue)?.der().clone();
        Self::from_parts(certificate, key)
    }

    /// Writes `ca.pem` and `ca.key` (mode 0600) into a folder.
    pub fn save(&self, folder: &Path) -> Result<(), NetError> {
        files::make_private_folder(folder)?;
        files::write_atomically(&folder.join(KEY_FILE), self.issuer.key().serialize_pem().as_bytes(), true)?;
        let pem = files::certificate_pem(&self.certificate);
        files::write_atomically(&folder.join(CERTIFICATE_FILE), pem.as_bytes(), false)
    }

    /// Reads what [`save`](Self::save) wrote and checks that key and certificate belong together.
    pub fn load(folder: &Path) -> Result<Self, NetError> {
        let certificate = files::read_certificate(&folder.join(CERTIFICATE_FILE))?;
        let key = read_key(&folder.join(KEY_FILE))?;
        Self::from_parts(certificate, key)
    }

    fn from_parts(certificate: CertificateDer<'static>, key: KeyPair) -> Result<Self, NetError> {
        check_key(&certificate, &key)?;
        let issuer = Issuer::from_ca_cert_der(&certificate, key).map_err(NetError::Issue)?;
        Ok(Self { issuer, certificate })
    }

    /// SHA-256 of the authority's certificate; shown beside every enrolment code.
    pub fn fingerprint(&self) -> CaFingerprint {
        CaFingerprint::of(&self.certificate)
    }

    /// The authority's certificate, DER.
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate
    }

    /// Issues a certificate for this server. Cheap, so a server asks for one at each start and never rotates it.
    pub fn issue_server(&self, now_unix_s: UnixSeconds) -> Result<ServerIdentity, NetError> {
        let key = KeyPair::generate_for(&PKCS_ED25519).map_err(NetError::Key)?;
        let mut params = params(now_unix_s, limits::SERVER_CERTIFICATE_VALIDITY_S)?;
        let name = SERVER_NAME.try_into().map_err(NetError::Issue)?;
        params.subject_alt_names = vec![SanType::DnsName(name)];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = params.signed_by(&key, &self.issuer).map_err(NetError::Issue)?.der().clone();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let reset_secret = Sha256::new()
            .chain_update(b"posto-stateless-reset-1")
            .chain_update(self.issuer.key().serialized_der())
            .finalize()
            .into();
        Ok(ServerIdentity { certificate, key, authority: self.certificate.clone(), reset_secret })
    }

    /// Signs a node's request, valid for [`limits::NODE_CERTIFICATE_VALIDITY_S`]. Only the key is taken from the request:
    /// names and rights come from `binding`, whatever the node asked for.
    pub fn sign_node(
        &self,
        request_der: &[u8],
        binding: &NodeBinding,
        now_unix_s: UnixSeconds,
    ) -> Result<IssuedCertificate, NetError> {
        self.sign_node_for(request_der, binding, now_unix_s, limits::NODE_CERTIFICATE_VALIDITY_S)
    }

    /// [`sign_node`](Self::sign_node) with a validity in seconds of the caller's choice.
    pub fn sign_node_for(
        &self,
        request_der: &[u8],
        binding: &NodeBinding,
        now_unix_s: UnixSeconds,
        validity_s: i64,
    ) -> Result<IssuedCertificate, NetError> {
        let request = CertificateSigningRequestDer::from(request_der);
        let mut request = CertificateSigningRequestParams::from_der(&request).map_err(NetError::Request)?;
        if request.public_key.algorithm() != &PKCS_ED25519 {
            return Err(NetError::Request(rcgen::Error::UnsupportedSignatureAlgorithm));
        }
        request.params = params(now_unix_s, validity_s)?;
        let uri = binding.to_string().as_str().try_into().map_err(NetError::Issue)?;
        request.params.subject_alt_names = vec![SanType::URI(uri)];
        request.params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let certificate = request.signed_by(&self.issuer).map_err(NetError::Issue)?;
        let details = PeerCertificate::parse(certificate.der())?;
        Ok(IssuedCertificate { der: certificate.der().to_vec(), details })
    }
}

/// Parameters common to all our certificates: no subject (the names say it all), a random serial, whole seconds.
fn params(now_unix_s: UnixSeconds, validity_s: i64) -> Result<CertificateParams, NetError> {
    let mut serial = [0_u8; 12];
    getrandom::fill(&mut serial).map_err(NetError::Entropy)?;
    serial[0] = serial[0] & 0x7f | 0x40; // positive and of constant length in DER
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    params.not_before = date(now_unix_s.saturating_sub(limits::CERTIFICATE_BACKDATE_S));
    params.not_after = date(now_unix_s.saturating_add(validity_s));
    Ok(params)
}

/// A clock far off the calendar of certificates gives its nearest date.
fn date(unix_s: UnixSeconds) -> OffsetDateTime {
    const YEAR_2000: i64 = 946_684_800;
    const YEAR_9000: i64 = 221_845_392_000;
    OffsetDateTime::from_unix_timestamp(unix_s.clamp(YEAR_2000, YEAR_9000))
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

pub(crate) fn read_key(path: &Path) -> Result<KeyPair, NetError> {
    let key = files::read_key(path)?;
    KeyPair::from_pkcs8_der_and_sign_algo(&key, &PKCS_ED25519)
        .map_err(|_| NetError::DamagedFile { path: path.to_owned() })
}

/// Fails unless the certificate is for this key.
pub(crate) fn check_key(certificate: &CertificateDer<'_>, key: &KeyPair) -> Result<(), CertificateProblem> {
    use x509_parser::prelude::FromDer as _;
    let (_, parsed) = x509_parser::certificate::X509Certificate::from_der(certificate)
        .map_err(|_| CertificateProblem::Unreadable)?;
    if parsed.public_key().subject_public_key.data.as_ref() == key.public_key_raw() {
        Ok(())
    } else {
        Err(CertificateProblem::KeyMismatch)
    }
}
