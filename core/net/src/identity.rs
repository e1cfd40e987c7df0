//! The node's identity on disk: `identity/{node.pem,node.key,ca.pem,identity.json}`, replaced as a whole or not at all.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rcgen::{
    CertificateParams, DistinguishedName, KeyPair, PKCS_ED25519, PublicKeyData as _, SigningKey as _,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::{
    binding::PeerCertificate,
    ca::{self, CaFingerprint},
    error::{CertificateProblem, NetError},
    files,
};

const CERTIFICATE_FILE: &str = "node.pem";
const KEY_FILE: &str = "node.key";
const AUTHORITY_FILE: &str = "ca.pem";
const CARD_FILE: &str = "identity.json";

/// A place with its name, as people know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its id.
    pub id: Ulid,
    /// Its name.
    pub name: String,
}

/// The readable part of an identity (`identity.json`): what the certificate binds, with names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityCard {
    /// This node.
    pub node: Named,
    /// Its clinic.
    pub clinic: Named,
    /// Its locations.
    pub locations: Vec<Named>,
    /// The server, as `host:port`.
    pub server: String,
}

/// A key that has not been certified yet.
pub struct NodeKey(KeyPair);

impl NodeKey {
    /// Draws a new Ed25519 key.
    pub fn generate() -> Result<Self, NetError> {
        KeyPair::generate_for(&PKCS_ED25519).map(Self).map_err(NetError::Key)
    }

    /// A certificate signing request for it, DER. It carries no names: the server decides on those.
    pub fn request(&self) -> Result<Vec<u8>, NetError> {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        Ok(params.serialize_request(&self.0).map_err(NetError::Request)?.der().to_vec())
    }
}

/// A certified node: its key, its certificate, the authority it trusts.
pub struct NodeIdentity {
    key: KeyPair,
    certificate: CertificateDer<'static>,
    authority: CertificateDer<'static>,
    details: PeerCertificate,
    /// The readable part.
    pub card: IdentityCard,
}

impl NodeIdentity {
    /// Puts an identity together; refuses a certificate for another key, another node or another clinic.
    pub fn new(
        key: NodeKey,
        certificate_der: Vec<u8>,
        authority_der: Vec<u8>,
        card: IdentityCard,
    ) -> Result<Self, NetError> {
        Self::from_parts(key.0, certificate_der.into(), authority_der.into(), card)
    }

    fn from_parts(
        key: KeyPair,
        certificate: CertificateDer<'static>,
        authority: CertificateDer<'static>,
        card: IdentityCard,
    ) -> Result<Self, NetError> {
        ca::check_key(&certificate, &key)?;
        let details = PeerCertificate::parse(&certificate)?;
        if details.binding.node != card.node.id || details.binding.clinic != card.clinic.id {
            return Err(CertificateProblem::BadBinding.into());
        }
        Ok(Self { key, certificate, authority, details, card })
    }

    /// True when an enrolled identity is in this folder.
    pub fn exists(folder: &Path) -> bool {
        folder.join(CARD_FILE).exists() || next(folder).join(CARD_FILE).exists()
    }

    /// Reads an identity; completes a replacement that a crash interrupted.
    pub fn load(folder: &Path) -> Result<Self, NetError> {
        if !folder.exists() && next(folder).exists() {
            rename(&next(folder), folder)?;
        }
        let card_path = folder.join(CARD_FILE);
        let card: IdentityCard = serde_json::from_slice(&files::read(&card_path)?)
            .map_err(|_| NetError::DamagedFile { path: card_path })?;
        let certificate = files::read_certificate(&folder.join(CERTIFICATE_FILE))?;
        let authority = files::read_certificate(&folder.join(AUTHORITY_FILE))?;
        Self::from_parts(ca::read_key(&folder.join(KEY_FILE))?, certificate, authority, card)
    }

    /// Writes the identity in place of any earlier one. Key and certificate must change together, so the whole folder is
    /// written beside the old one, made durable, and swapped by renames that [`load`](Self::load) can complete.
    pub fn save(&self, folder: &Path) -> Result<(), NetError> {
        let (next, previous) = (next(folder), folder.with_extension("previous"));
        remove(&next)?;
        files::make_private_folder(&next)?;
        let card = serde_json::to_vec_pretty(&self.card)
            .map_err(|error| files::failed("encode", folder, error.into()))?;
        files::write_durably(&next.join(KEY_FILE), self.key.serialize_pem().as_bytes(), true)?;
        let certificate = files::certificate_pem(&self.certificate);
        files::write_durably(&next.join(CERTIFICATE_FILE), certificate.as_bytes(), false)?;
        let authority = files::certificate_pem(&self.authority);
        files::write_durably(&next.join(AUTHORITY_FILE), authority.as_bytes(), false)?;
        // The card goes last: a folder that has one is complete.
        files::write_durably(&next.join(CARD_FILE), &card, false)?;
        files::sync_folder(&next)?;
        remove(&previous)?;
        if folder.exists() {
            rename(folder, &previous)?;
        }
        rename(&next, folder)?;
        files::sync_folder(folder.parent().unwrap_or(Path::new("")))?;
        remove(&previous)
    }

    /// What the certificate says.
    pub fn details(&self) -> &PeerCertificate {
        &self.details
    }

    /// The certificate, DER.
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate
    }

    /// SHA-256 of the authority's certificate.
    pub fn authority_fingerprint(&self) -> CaFingerprint {
        CaFingerprint::of(&self.authority)
    }

    /// Signs a message with the node's key (Ed25519), for instance the head of the audit chain.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, NetError> {
        self.key.sign(message).map_err(NetError::Key)
    }

    /// The same node with a new key and certificate.
    pub fn renewed(&self, key: NodeKey, certificate_der: Vec<u8>) -> Result<Self, NetError> {
        Self::from_parts(key.0, certificate_der.into(), self.authority.clone(), self.card.clone())
    }

    pub(crate) fn certificate(&self) -> CertificateDer<'static> {
        self.certificate.clone()
    }

    pub(crate) fn authority(&self) -> CertificateDer<'static> {
        self.authority.clone()
    }

    pub(crate) fn private_key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.serialize_der()))
    }
}

impl std::fmt::Debug for NodeIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NodeIdentity")
            .field("binding", &self.details.binding)
            .field("key_bytes", &self.key.der_bytes().len())
            .finish_non_exhaustive()
    }
}

fn next(folder: &Path) -> PathBuf {
    folder.with_extension("next")
}

fn rename(from: &Path, to: &Path) -> Result<(), NetError> {
    fs::rename(from, to).map_err(|source| files::failed("replace", to, source))
}

fn remove(folder: &Path) -> Result<(), NetError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(files::failed("remove", folder, error))
        }
        _ => Ok(()),
    }
}
