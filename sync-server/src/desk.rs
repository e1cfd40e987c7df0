//! The enrolment desk: exchanges one-time codes for certificates, renews them, knows which still hold.

use std::sync::Arc;

use posto_domain::id::UlidNewtype;
use posto_domain::{ClinicId, LocationId, NodeId};
use posto_net::binding::NodeBinding;
use posto_net::ca::IssuedCertificate;
use posto_net::enroll::desk::{EnrolmentDesk, EnrolmentRefusal, Grant, Redemption, Standing};
use posto_net::identity::Named;
use posto_net::{CaFingerprint, CertificateAuthority, EnrolmentCode, PeerCertificate, Ulid};
use posto_sync::{ActorPrefix, NodeKey};
use sha2::{Digest as _, Sha256};

use crate::clock::Clock;
use crate::directory::{Directory, DirectoryError};
use crate::storage::table::enrolment_code::{EnrolmentCodeRow, Use};
use crate::storage::table::node::NodeRow;
use crate::storage::table::{clinic, enrolment_code, location, node};
use crate::storage::{Db, DbError, Tx};

/// How long a code may be used: 15 minutes.
pub(crate) const CODE_LIFE_MS: i64 = 15 * 60 * 1_000;

/// A code as it is shown, once.
pub(crate) struct FreshCode {
    pub code: EnrolmentCode,
    pub authority: CaFingerprint,
    pub expires_at_ms: i64,
}

/// Enrols nodes for this installation.
pub(crate) struct Desk {
    pub db: Db,
    pub authority: CertificateAuthority,
    pub directory: Arc<Directory>,
    pub clock: Clock,
}

impl Desk {
    /// Draws a code with which one node can enrol at a clinic's location.
    pub(crate) fn draw_code(
        &self,
        clinic: ClinicId,
        location: Option<LocationId>,
        created_by: &str,
    ) -> Result<FreshCode, DirectoryError> {
        let authority = self.authority.fingerprint();
        let code = EnrolmentCode::generate(&authority).map_err(DirectoryError::Code)?;
        let now_ms = self.clock.now_ms();
        let row = EnrolmentCodeRow {
            hash: code.hash(),
            clinic,
            location,
            created_by: created_by.to_owned(),
            created_at_ms: now_ms,
            expires_at_ms: now_ms + CODE_LIFE_MS,
            used: None,
        };
        let expires_at_ms = row.expires_at_ms;
        self.db.write_blocking(move |tx| {
            clinic::get(tx, clinic)?.ok_or(DirectoryError::Missing("clinic"))?;
            if let Some(id) = location {
                let found = location::get(tx, id)?.filter(|found| found.clinic == clinic);
                found.ok_or(DirectoryError::Missing("location of this clinic"))?;
            }
            Ok::<_, DirectoryError>(enrolment_code::insert(tx, &row)?)
        })?;
        Ok(FreshCode { code, authority, expires_at_ms })
    }

    /// Issues the certificate of a node to be.
    fn issue(
        &self,
        code: &EnrolmentCodeRow,
        redemption: &Redemption,
    ) -> Result<(NodeRow, IssuedCertificate), EnrolmentRefusal> {
        let id: NodeId = self.directory.draw();
        let binding = NodeBinding {
            node: ulid(id.to_bytes()),
            clinic: ulid(code.clinic.to_bytes()),
            locations: code.location.map(|location| ulid(location.to_bytes())).into_iter().collect(),
        };
        let certificate = self
            .authority
            .sign_node(&redemption.request_der, &binding, self.clock.now_s())
            .map_err(|_| EnrolmentRefusal::BadRequest)?;
        let name = if redemption.label.trim().is_empty() { "node" } else { redemption.label.trim() };
        let row = NodeRow {
            id,
            clinic: code.clinic,
            location: code.location,
            name: name.to_owned(),
            actor_prefix: ActorPrefix::of_node(NodeKey(id.to_bytes())),
            serial: certificate.details.serial_hex(),
            previous_serial: None,
            certificate_until_ms: certificate.details.not_after_unix_s.saturating_mul(1_000),
            enrolled_at_ms: self.clock.now_ms(),
            revoked_at_ms: None,
            last_seen_at_ms: None,
            online: false,
            software: Some(redemption.software.clone()),
            clock_offset_ms: None,
        };
        Ok((row, certificate))
    }
}

impl EnrolmentDesk for Desk {
    fn redeem(&self, redemption: &Redemption) -> Result<Grant, EnrolmentRefusal> {
        let hash = redemption.code_hash;
        let request_hash: [u8; 32] = Sha256::digest(&redemption.request_der).into();
        let code = self
            .db
            .read_blocking::<_, DbError, _>(|tx| enrolment_code::get(tx, &hash))
            .map_err(unavailable)?
            .ok_or(EnrolmentRefusal::Unknown)?;
        if self.clock.now_ms() > code.expires_at_ms {
            return Err(EnrolmentRefusal::Expired);
        }
        if let Some(used) = &code.used {
            return self.answer_again(used, request_hash);
        }
        let (row, certificate) = self.issue(&code, redemption)?;
        let issued = Use {
            at_ms: row.enrolled_at_ms,
            node: row.id,
            request_hash,
            certificate: certificate.der.clone(),
        };
        let (directory, fingerprint, id) = (self.directory.clone(), certificate.details.fingerprint, row.id);
        self.db
            .write_blocking(move |tx| {
                // Looked at again: of two that show one code at once, one gets it.
                let unused = enrolment_code::get(tx, &hash)?.is_some_and(|code| code.used.is_none());
                if !unused {
                    return Err(Refused::Because(EnrolmentRefusal::Used));
                }
                directory.add_node(tx, &row, fingerprint)?;
                directory.grant_numbers(tx, row.clinic, row.id)?;
                enrolment_code::set_used(tx, &hash, &issued)?;
                Ok(())
            })
            .map_err(Refused::into_refusal)?;
        tracing::info!(node = %id, address = %redemption.address, "a node was enrolled");
        self.grant(id, certificate)
    }

    fn renew(
        &self,
        peer: &PeerCertificate,
        request_der: &[u8],
    ) -> Result<IssuedCertificate, EnrolmentRefusal> {
        let certificate = self
            .authority
            .sign_node(request_der, &peer.binding, self.clock.now_s())
            .map_err(|_| EnrolmentRefusal::BadRequest)?;
        let (id, shown) = (node_of(peer), peer.serial_hex());
        let (serial, fingerprint) = (certificate.details.serial_hex(), certificate.details.fingerprint);
        let until_ms = until_ms(&certificate.details);
        let (directory, renewing) = (self.directory.clone(), peer.clone());
        self.db
            .write_blocking(move |tx| {
                let row = node::get(tx, id)?.ok_or(Refused::Because(EnrolmentRefusal::Revoked))?;
                if standing_of(&row, &renewing) != Standing::Good {
                    return Err(Refused::Because(EnrolmentRefusal::Revoked));
                }
                node::set_certificate(tx, id, &shown, &serial, until_ms)?;
                directory.renew_node(tx, &row, fingerprint)?;
                Ok(())
            })
            .map_err(Refused::into_refusal)?;
        tracing::info!(node = %id, "a node's certificate was renewed");
        Ok(certificate)
    }

    fn standing(&self, peer: &PeerCertificate) -> Standing {
        let (id, shown) = (node_of(peer), peer.serial_hex());
        let row = match self.db.read_blocking::<_, DbError, _>(|tx| node::get(tx, id)) {
            Ok(Some(row)) => row,
            Ok(None) => return Standing::Unknown,
            Err(_) => return Standing::Unavailable,
        };
        let standing = standing_of(&row, peer);
        if standing == Standing::Good && is_newer(&row, peer) {
            self.adopt(row, peer);
        } else if standing == Standing::Good && row.serial == shown && row.previous_serial.is_some() {
            // Its answer has arrived; a failure to note that only keeps the old certificate alive a little longer.
            let _ = self.db.write_blocking::<_, DbError, _>(move |tx| node::forget_previous_serial(tx, id));
        }
        standing
    }
}

impl Desk {
    /// Enters a certificate that was issued after the backup that was put back here; the ones before are worth nothing
    /// from now on. A failure only leaves that to the node's next session.
    fn adopt(&self, row: NodeRow, peer: &PeerCertificate) {
        let (id, serial, until_ms) = (row.id, peer.serial_hex(), until_ms(peer));
        let (directory, fingerprint) = (self.directory.clone(), peer.fingerprint);
        let adopted = self.db.write_blocking::<_, DirectoryError, _>(move |tx| {
            node::set_certificate(tx, id, &serial, &serial, until_ms)?;
            node::forget_previous_serial(tx, id)?;
            directory.renew_node(tx, &row, fingerprint)
        });
        match adopted {
            Ok(()) => tracing::info!(node = %id, "a certificate of after the backup was taken over"),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a certificate was not taken over");
            }
        }
    }

    fn answer_again(&self, used: &Use, request_hash: [u8; 32]) -> Result<Grant, EnrolmentRefusal> {
        if used.request_hash != request_hash {
            return Err(EnrolmentRefusal::Used);
        }
        let der = used.certificate.clone();
        let details =
            PeerCertificate::parse(&der.as_slice().into()).map_err(|_| EnrolmentRefusal::Unavailable)?;
        self.grant(used.node, IssuedCertificate { der, details })
    }

    fn grant(&self, id: NodeId, certificate: IssuedCertificate) -> Result<Grant, EnrolmentRefusal> {
        let (node, clinic, locations) =
            self.db.read_blocking::<_, DbError, _>(|tx| names(tx, id)).map_err(unavailable)?;
        Ok(Grant { certificate, node, clinic, locations })
    }
}

fn names(tx: &Tx<'_>, id: NodeId) -> Result<(Named, Named, Vec<Named>), DbError> {
    let row = node::get(tx, id)?.ok_or(DbError::NoRow { what: "node" })?;
    let clinic = clinic::get(tx, row.clinic)?.ok_or(DbError::NoRow { what: "clinic" })?;
    let location = match row.location {
        Some(id) => location::get(tx, id)?,
        None => None,
    };
    let locations = location.into_iter().map(|row| Named { id: ulid(row.id.to_bytes()), name: row.name });
    Ok((
        Named { id: ulid(id.to_bytes()), name: row.name },
        Named { id: ulid(clinic.id.to_bytes()), name: clinic.name },
        locations.collect(),
    ))
}

fn standing_of(row: &NodeRow, peer: &PeerCertificate) -> Standing {
    let shown = peer.serial_hex();
    let known = row.serial == shown || row.previous_serial.as_deref() == Some(&shown);
    let good = row.revoked_at_ms.is_none() && (known || is_newer(row, peer));
    if good { Standing::Good } else { Standing::Revoked }
}

/// Whether a certificate, which TLS has found to be of our own authority, is valid longer than the newest that this database
/// knows of the node: it was issued after the backup that was put back.
fn is_newer(row: &NodeRow, peer: &PeerCertificate) -> bool {
    until_ms(peer) > row.certificate_until_ms
}

fn until_ms(certificate: &PeerCertificate) -> i64 {
    certificate.not_after_unix_s.saturating_mul(1_000)
}

/// The node that a certificate is of.
pub(crate) fn node_of(peer: &PeerCertificate) -> NodeId {
    NodeId::of(peer.binding.node.to_bytes())
}

fn ulid(bytes: [u8; 16]) -> Ulid {
    Ulid::from_bytes(bytes)
}

fn unavailable(error: DbError) -> EnrolmentRefusal {
    tracing::error!(error = &error as &dyn std::error::Error, "the enrolment desk cannot read the database");
    EnrolmentRefusal::Unavailable
}

/// A refusal inside a transaction, which it undoes.
enum Refused {
    Because(EnrolmentRefusal),
    Failed(DirectoryError),
}

impl Refused {
    fn into_refusal(self) -> EnrolmentRefusal {
        match self {
            Self::Because(refusal) => refusal,
            Self::Failed(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "an enrolment failed");
                EnrolmentRefusal::Unavailable
            }
        }
    }
}

impl From<DbError> for Refused {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<DirectoryError> for Refused {
    fn from(error: DirectoryError) -> Self {
        Self::Failed(error)
    }
}
