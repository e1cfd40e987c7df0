//! What hostile bytes are thrown at: each target takes any bytes and must neither panic nor take them for good.

use posto_documents::{Document, check_change, decode_change, plain_value};
use posto_domain::{Kind, Patient, PatientId, fhir};
use posto_store::KindBases;
use posto_sync::batch::{self, DecodeLimits, DependencyResolver, HeldChange};
use posto_sync::frame::FrameReader;
use posto_sync::header::ChangeHeader;
use sha2::{Digest as _, Sha256};

/// A receiver that holds nothing.
struct HoldsNothing;

impl DependencyResolver for HoldsNothing {
    fn resolve(&mut self, _prefix: &[u8]) -> Option<HeldChange> {
        None
    }
}

/// Bytes of a stream: cut into frames within the limits, or refused.
pub fn frames(bytes: &[u8]) {
    let mut reader = FrameReader::default();
    for piece in bytes.chunks(7) {
        reader.push(piece);
        while let Ok(Some(frame)) = reader.next_frame() {
            assert!(frame.len() <= posto_sync::limits::FRAME_BYTES_MAX);
        }
    }
}

/// A batch: what decodes has the hashes it claims.
pub fn batches(bytes: &[u8]) {
    let limits = DecodeLimits { raw_bytes_max: 1 << 20, ..DecodeLimits::default() };
    let Ok(changes) = batch::decode(bytes, &KindBases, &mut HoldsNothing, limits) else { return };
    for change in changes {
        let header = ChangeHeader::read(&change).expect("a decoded change has a header");
        assert_eq!(header.hash, change.hash);
    }
}

/// A change: checked, and applied to a document of its kind.
pub fn changes(bytes: &[u8]) {
    let checked = check_change(bytes).is_ok();
    if let Ok(document) = Document::load(Kind::Patient, [bytes]) {
        assert!(checked, "a change was applied that the check refuses");
        let _ = document.record::<Patient>();
        let _ = document.value();
        let _ = document.history();
    }
    if let Some(sealed) = resealed(bytes) {
        assert_eq!(check_change(&sealed).is_ok(), decode_change(&sealed).is_ok(), "the quick check errs");
        short_way(&sealed);
    }
}

/// What is read out of a change without opening the document is what the document says.
fn short_way(change: &[u8]) {
    let hash = posto_documents::ChangeHash(Sha256::digest(&change[8..]).into());
    if let Some(read) = plain_value(Kind::Patient, [(&hash, change)]) {
        let document = Document::load(Kind::Patient, [change]).expect("what was read can be opened");
        assert_eq!(read.to_string(), document.value().expect("a value").to_string());
    }
}

/// The same bytes with the checksum that makes them a chunk again: most mutations break nothing else.
fn resealed(bytes: &[u8]) -> Option<Vec<u8>> {
    let (head, covered) = bytes.split_at_checked(8)?;
    let digest = Sha256::digest(covered);
    Some([&head[..4], &digest[..4], covered].concat())
}

/// A FHIR resource: mapped or refused.
pub fn fhir_resources(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(resource) = fhir::Resource::parse(text, None) else { return };
    if let Ok(patient) = fhir::patient_from(PatientId::NIL, &resource) {
        let written = fhir::patient_to(&patient);
        assert!(serde_json::from_str::<serde_json::Value>(&written).is_ok(), "an export that is not JSON");
    }
}
