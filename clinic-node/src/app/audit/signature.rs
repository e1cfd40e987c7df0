//! The node's signatures over the trail: made at each sync, checked with every key the node has had.

use std::sync::atomic::Ordering;

use posto_store::{AuditReport, Error, WriteTx};
use rustls::pki_types::alg_id;

use super::super::{App, AppResult};

/// Public keys this node signed with, one after the other: renewals change the key, not the past.
const KEYS: &str = "audit_keys";

/// Bytes of an Ed25519 public key.
const KEY_BYTES: usize = 32;

/// The node's signature over a row of the trail.
#[derive(Debug)]
pub(crate) struct AuditSignature {
    seq: u64,
    hash: [u8; 32],
    signature: Vec<u8>,
    public_key: Vec<u8>,
}

impl AuditSignature {
    /// Keeps the signature and the key that it is checked with.
    pub(crate) fn write(&self, tx: &WriteTx<'_>) -> Result<(), Error> {
        let mut keys = tx.local_value(KEYS)?.unwrap_or_default();
        if keys.chunks(KEY_BYTES).all(|key| key != self.public_key) {
            keys.extend_from_slice(&self.public_key);
            tx.set_local_value(KEYS, &keys)?;
        }
        tx.sign_audit(self.seq, &self.hash, &self.signature)
    }
}

impl App {
    /// A signature over the newest row, so that what stands before it cannot be changed unseen. None where nothing was
    /// added since the last one.
    pub(crate) fn audit_signature(&self) -> Result<Option<AuditSignature>, Error> {
        let Some(identity) = self.certificate.load_full() else { return Ok(None) };
        let Some((seq, hash)) = self.store.read(|r| r.audit_head())? else { return Ok(None) };
        if self.signed_up_to.swap(seq, Ordering::Relaxed) == seq {
            return Ok(None);
        }
        let public_key = identity.details().public_key.clone();
        Ok(identity.sign(&hash).ok().map(|signature| AuditSignature { seq, hash, signature, public_key }))
    }

    /// Computes the chain again and checks this node's signatures.
    ///
    /// # Errors
    /// Of the store.
    pub fn verify_audit(&self) -> AppResult<AuditReport> {
        Ok(self.store.read(|r| {
            let keys = r.local_value(KEYS)?.unwrap_or_default();
            r.verify_audit(|hash, signature| {
                keys.chunks(KEY_BYTES).any(|key| is_signed_by(key, hash, signature))
            })
        })?)
    }
}

/// Whether the Ed25519 key made the signature.
fn is_signed_by(public_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let provider = rustls::crypto::ring::default_provider();
    let algorithms = provider.signature_verification_algorithms.all;
    let ed25519 = algorithms.iter().find(|algorithm| algorithm.public_key_alg_id() == alg_id::ED25519);
    ed25519.is_some_and(|algorithm| algorithm.verify_signature(public_key, message, signature).is_ok())
}

#[cfg(test)]
mod tests {
    use posto_net::identity::{IdentityCard, Named, NodeKey};
    use posto_net::{CertificateAuthority, NodeBinding, NodeIdentity, Ulid};

    use super::*;

    #[test]
    fn a_signature_is_known_by_its_key_and_by_no_other() {
        let authority = CertificateAuthority::create(1_000_000_000).unwrap();
        let named = || Named { id: Ulid::from_bytes([1; 16]), name: "x".into() };
        let card =
            IdentityCard { node: named(), clinic: named(), locations: Vec::new(), server: "x:1".into() };
        let binding = NodeBinding { node: card.node.id, clinic: card.clinic.id, locations: Vec::new() };
        let identity = || {
            let key = NodeKey::generate().unwrap();
            let der = authority.sign_node(&key.request().unwrap(), &binding, 1_000_000_000).unwrap().der;
            NodeIdentity::new(key, der, authority.certificate_der().to_vec(), card.clone()).unwrap()
        };
        let (before, renewed) = (identity(), identity());
        let signature = before.sign(b"a row").unwrap();
        assert!(is_signed_by(&before.details().public_key, b"a row", &signature));
        assert!(!is_signed_by(&before.details().public_key, b"another row", &signature));
        assert!(!is_signed_by(&renewed.details().public_key, b"a row", &signature));
        assert_eq!(before.details().public_key.len(), KEY_BYTES);
    }
}
