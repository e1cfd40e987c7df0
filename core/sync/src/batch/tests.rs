//! Batches against real Automerge changes, and against hostile bytes.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use proptest::prelude::*;

use super::*;
use crate::testing::{Bases, Clinic, Held, patients};

fn round_trip(changes: &[ChangeRecord], held: &[ChangeRecord], options: EncodeOptions) -> EncodedBatch {
    let bases = Bases::new();
    let batch = encode(changes, &bases, options).unwrap();
    let decoded = decode(&batch.bytes, &bases, &mut Held(held), DecodeLimits::default()).unwrap();
    assert_eq!(decoded, changes);
    batch
}

fn clinic(seed: u64, people: usize, edits: usize) -> Vec<ChangeRecord> {
    let mut clinic = Clinic::new(seed);
    for _ in 0..people {
        clinic.register();
    }
    for index in 0..edits {
        clinic.edit();
        if index % 5 == 0 {
            clinic.edit_concurrently(index % people);
        }
    }
    clinic.log
}

#[test]
fn an_empty_batch_is_a_batch() {
    round_trip(&[], &[], EncodeOptions::default());
}

#[test]
fn first_changes_and_edits_come_back_the_same() {
    let log = clinic(7, 30, 40);
    round_trip(&log, &[], EncodeOptions::default());
    let (first, edits) = log.split_at(30);
    round_trip(edits, first, EncodeOptions::default());
    round_trip(edits, &[], EncodeOptions { full_dependencies: true, ..EncodeOptions::default() });
    round_trip(edits, &[], EncodeOptions { verbatim: true, ..EncodeOptions::default() });
}

#[test]
fn nothing_travels_opaque() {
    let log = clinic(3, 100, 0);
    let batch = round_trip(&log, &[], EncodeOptions::default());
    assert!(batch.bytes.len() < 100 * 260, "{} bytes", batch.bytes.len());
}

#[test]
fn an_unknown_dependency_is_said_so() {
    let log = clinic(5, 4, 4);
    let bases = Bases::new();
    let batch = encode(&log[4..], &bases, EncodeOptions::default()).unwrap();
    let refused = decode(&batch.bytes, &bases, &mut Held(&[]), DecodeLimits::default());
    assert_eq!(refused, Err(BatchError::UnknownDependency));
}

#[test]
fn limits_hold() {
    let log = clinic(5, 4, 0);
    let bases = Bases::new();
    for verbatim in [false, true] {
        let batch = encode(&log, &bases, EncodeOptions { verbatim, ..EncodeOptions::default() }).unwrap();
        for limits in [
            DecodeLimits { changes_max: 3, ..DecodeLimits::default() },
            DecodeLimits { raw_bytes_max: 1000, ..DecodeLimits::default() },
            DecodeLimits { change_bytes_max: 500, ..DecodeLimits::default() },
        ] {
            let refused = decode(&batch.bytes, &bases, &mut Held(&[]), limits);
            assert!(matches!(refused, Err(BatchError::TooLarge | BatchError::Malformed)), "{refused:?}");
        }
    }
}

#[test]
fn every_flipped_byte_is_refused() {
    let log = clinic(11, 3, 3);
    let (held, changes) = log.split_at(2);
    let bases = Bases::new();
    for options in [EncodeOptions::default(), EncodeOptions { verbatim: true, ..EncodeOptions::default() }] {
        let batch = encode(changes, &bases, options).unwrap().bytes;
        for index in 0..batch.len() {
            for flip in [0x01, 0x80, 0xff] {
                let mut bytes = batch.clone();
                bytes[index] ^= flip;
                let decoded = decode(&bytes, &bases, &mut Held(held), DecodeLimits::default());
                assert!(decoded.is_err() || decoded.as_deref() == Ok(changes), "byte {index} ^ {flip}");
            }
            assert!(decode(&batch[..index], &bases, &mut Held(held), DecodeLimits::default()).is_err());
        }
    }
}

/// Flips behind the compression, where a checksum of zstd would not catch them.
#[test]
fn every_flipped_payload_byte_is_refused() {
    let log = clinic(13, 4, 6);
    let (held, changes) = log.split_at(3);
    let bases = Bases::new();
    let batch = encode(changes, &bases, EncodeOptions::default()).unwrap().bytes;
    let head = 2 + SEAL_BYTES;
    let payload = streams::decompress(Reader::new(&batch[head..]), 1 << 20).unwrap();
    for index in 0..payload.len() {
        for flip in [0x01, 0x02, 0x40, 0x80, 0xff] {
            let mut flipped = payload.clone();
            flipped[index] ^= flip;
            let mut bytes = batch[..head].to_vec();
            streams::compress(&flipped, &mut bytes).unwrap();
            let decoded = decode(&bytes, &bases, &mut Held(held), DecodeLimits::default());
            assert!(decoded.is_err() || decoded.as_deref() == Ok(changes), "byte {index} ^ {flip}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_log_cut_anywhere_round_trips(seed: u64, people in 1_usize..8, edits in 0_usize..16, cut in 0_usize..40) {
        let log = clinic(seed, people, edits);
        let (held, changes) = log.split_at(cut.min(log.len()));
        round_trip(changes, held, EncodeOptions::default());
        round_trip(changes, &[], EncodeOptions { full_dependencies: true, ..EncodeOptions::default() });
    }

    #[test]
    fn strange_but_well_formed_changes_round_trip(
        rest in proptest::collection::vec(any::<u8>(), 0..80),
        seq in 1_u64..9,
        start_op in 1_u64..70_000,
        time_ms: i64,
        message in ".{0,12}",
        doc: [u8; 16],
    ) {
        let mut body = vec![0, 2, 1, 2];
        leb::write_u64(&mut body, seq);
        leb::write_u64(&mut body, start_op);
        leb::write_i64(&mut body, time_ms);
        leb::write_u64(&mut body, message.len() as u64);
        body.extend_from_slice(message.as_bytes());
        body.extend_from_slice(&rest);
        let (hash, bytes) = crate::header::wrap_body(&body);
        let record = ChangeRecord { doc: DocId(doc), kind: KindCode(16), hash, bytes };
        round_trip(&[record.clone(), record], &[], EncodeOptions::default());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn random_payloads_never_panic(payload in proptest::collection::vec(prop_oneof![Just(0_u8), Just(1), Just(2), any::<u8>()], 0..200)) {
        let mut bytes = vec![FORMAT_COMPACT, 2];
        bytes.extend_from_slice(&[0; SEAL_BYTES]);
        let mut framed = Vec::new();
        leb::write_u64(&mut framed, streams::FIXED as u64 + 4);
        framed.extend_from_slice(&payload);
        streams::compress(&framed, &mut bytes).unwrap();
        let _ = decode(&bytes, &Bases::new(), &mut Held(&[]), DecodeLimits::default());
    }
}

#[test]
fn more_first_changes_cost_less_each() {
    let few = round_trip(&patients(10, 0), &[], EncodeOptions::default()).bytes.len() / 10;
    let many = round_trip(&patients(400, 0), &[], EncodeOptions::default()).bytes.len() / 400;
    assert!(many < 210 && many < few, "{few} then {many} bytes a change");
}
