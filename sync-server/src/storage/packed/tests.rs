//! What is kept comes back as it was, smaller where that is possible, and damage is told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use posto_documents::{Document, WriteContext};
use posto_domain::hlc::Hlc;
use posto_domain::parts::PersonName;
use posto_domain::{IdGenerator, Patient, UserId};
use posto_sync::header::ChangeHeader;
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::*;

/// A frame that says of itself that it makes this much, and has nothing in it.
fn frame_claiming(size: u64) -> Vec<u8> {
    let mut kept = vec![CURRENT, 0b1110_0000];
    kept.extend_from_slice(&size.to_le_bytes());
    kept.extend_from_slice(&[1, 0, 0]);
    kept
}

fn first_change(name: &str, seed: [u8; 8]) -> Vec<u8> {
    let mut patient = Patient::new(IdGenerator::new(seed).draw(1_790_000_000_000));
    patient.name = PersonName::of(name);
    let hlc = Hlc::new(1_790_000_000_000, 0);
    let mut actor = [3; 16];
    actor[..8].copy_from_slice(&seed);
    let context = WriteContext { actor, author: UserId::SYSTEM, time_ms: 1_790_000_000_000, hlc };
    Document::first_change(&context, &patient).unwrap().bytes
}

fn round_trip(change: &[u8]) -> Result<(), TestCaseError> {
    let kept = Packed::of(change).unwrap();
    prop_assert!(kept.as_slice().len() <= change.len());
    let head = &kept.as_slice()[..kept.as_slice().len().min(HEAD_BYTES as usize)];
    prop_assert_eq!(raw_len(head, kept.as_slice().len() as u64), change.len() as u64);
    prop_assert_eq!(unpack(kept.0).unwrap(), change);
    Ok(())
}

proptest! {
    #[test]
    fn any_change_comes_back(name in ".{0,400}", seed: [u8; 8]) {
        round_trip(&first_change(&name, seed))?;
    }

    #[test]
    fn any_bytes_behind_the_magic_come_back(noise in proptest::collection::vec(any::<u8>(), 0..2_000), zeros in 0..100_000_usize) {
        let mut change = vec![AS_IT_CAME];
        change.extend_from_slice(&noise);
        round_trip(&change)?;
        change.resize(change.len() + zeros, 0);
        round_trip(&change)?;
    }

    #[test]
    fn damage_is_told_here_or_by_the_hash(at in any::<proptest::sample::Index>(), bit in 0..8_u8) {
        let change = first_change("Maria de Lourdes", [7; 8]);
        let mut kept = Packed::of(&change).unwrap().0;
        let at = at.index(kept.len());
        kept[at] ^= 1 << bit;
        if let Ok(other) = unpack(kept) {
            let hash = |change: &[u8]| ChangeHeader::parse(change).map(|header| header.hash);
            prop_assert!(other == change || hash(&other) != hash(&change));
        }
    }
}

/// Rows of released versions are read with it for ever.
#[test]
fn a_dictionary_never_changes() {
    let sums: Vec<String> = DICTIONARIES.iter().map(|bytes| hex::encode(Sha256::digest(bytes))).collect();
    assert_eq!(sums, ["71197c060ea514580f327458e28a805f40a8c0c7021002a05e0ce7f9d05e7315"]);
    assert!(DICTIONARIES.iter().all(|dictionary| dictionary.len() <= 16 << 10));
}

/// The form itself is pinned, not only that both directions agree.
#[test]
fn a_row_of_schema_3_is_read() {
    let change = unpack(hex::decode(ROW).unwrap()).unwrap();
    assert_eq!(hex::encode(Sha256::digest(&change)), CHANGE);
}

const ROW: &str = concat!(
    "0120bee5020073040f60880b235a7bbdc52dabadb5a8dd389fd7f21353520dc3a4244a15ac4a150cc554497f0070f213fe5c",
    "8bd22bfc80051b2234a9a75a99a84f28c0a5060afcad9c99c3e9880ae68d0d89ea02ea79395e30d7f678567601436a58",
);
const CHANGE: &str = "d1618fbfd232457d38d9f3031c0cb494c391d00b0e3ec783f289e9450965464f";

#[test]
fn a_short_first_change_comes_to_three_fifths() {
    let change = first_change("Maria de Lourdes", [7; 8]);
    let kept = Packed::of(&change).unwrap();
    assert_eq!(kept.as_slice()[0], CURRENT);
    assert!(kept.as_slice().len() * 5 < change.len() * 3, "{} of {}", kept.as_slice().len(), change.len());
}

#[test]
fn what_does_not_get_smaller_and_what_is_too_large_stays_as_it_came() {
    let noise: Vec<u8> = std::iter::once(AS_IT_CAME).chain(Sha256::digest(b"noise")).collect();
    let large = vec![AS_IT_CAME; CHANGE_MAX + 1];
    for change in [noise, large] {
        assert_eq!(Packed::of(&change).unwrap().as_slice(), change);
        assert_eq!(unpack(change.clone()).unwrap(), change);
    }
    let largest = vec![AS_IT_CAME; CHANGE_MAX];
    let kept = Packed::of(&largest).unwrap();
    assert!(kept.as_slice().len() < 1_000);
    assert_eq!(unpack(kept.0).unwrap(), largest);
}

#[test]
fn what_is_no_change_is_not_kept() {
    assert!(Packed::of(&[]).is_err());
    assert!(Packed::of(&[CURRENT, 2, 3]).is_err());
    let batch: [&[u8]; 2] = [&[AS_IT_CAME, 1], &[CURRENT]];
    assert!(Packed::all_of(batch.into_iter()).is_err());
}

#[test]
fn a_large_batch_keeps_its_order() {
    let changes: Vec<Vec<u8>> = (0..100).map(|i| first_change(&format!("P {i}"), [1; 8])).collect();
    let kept = Packed::all_of(changes.iter().map(Vec::as_slice)).unwrap();
    let back: Vec<Vec<u8>> = kept.into_iter().map(|kept| unpack(kept.0).unwrap()).collect();
    assert_eq!(back, changes);
}

#[test]
fn a_torn_row_is_told_and_handed_back() {
    let kept = Packed::of(&first_change("Ana", [1; 8])).unwrap().0;
    for length in 0..kept.len() {
        let Unreadable(back) = unpack(kept[..length].to_vec()).unwrap_err();
        assert_eq!(back, kept[..length]);
    }
}

#[test]
fn a_dictionary_of_a_newer_version_is_told() {
    let mut kept = Packed::of(&first_change("Ana", [1; 8])).unwrap().0;
    for number in [0, DICTIONARIES.len() as u8 + 1, u8::MAX] {
        kept[0] = number;
        assert!(unpack(kept.clone()).is_err(), "{number}");
    }
}

#[test]
fn a_frame_that_claims_to_be_huge_makes_nothing() {
    let kept = frame_claiming(1 << 50);
    assert_eq!(raw_len(&kept, 13), 13, "what is kept is what counts then");
    assert!(unpack(kept).is_err());
    let kept = frame_claiming(CHANGE_MAX as u64);
    assert_eq!(raw_len(&kept, 13), CHANGE_MAX as u64, "the claim is read");
    assert!(unpack(kept).is_err());
}
