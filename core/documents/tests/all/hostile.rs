//! Bytes from elsewhere: refused with an error, never a panic, and without claiming the machine.

use posto_documents::limits::{CHANGE_BYTES_MAX, OPERATIONS_MAX};
use posto_documents::{Corrupt, Document, Error, NewChange, base_changes, check_change, decode_change};
use posto_domain::Kind;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use crate::support::{created, edit, key, writer};

/// A document's changes: creation, an edit and a note edited.
fn changes() -> Vec<NewChange> {
    let (mut document, first) = created();
    let second = edit(&mut document, &writer(2, 2_000), |patient| patient.phones.clear());
    let third = edit(&mut document, &writer(3, 3_000), |patient| {
        patient.notes.get_mut(&key(3)).unwrap().text = "Prefers evenings.".into();
    });
    vec![first, second, third]
}

/// Gives tampered bytes the checksum that makes them a well-formed chunk again.
fn resealed(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.len() > 8 {
        let digest = Sha256::digest(&bytes[8..]);
        bytes[4..8].copy_from_slice(&digest[..4]);
    }
    bytes
}

fn unsigned(mut value: u64, to: &mut Vec<u8>) {
    loop {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        to.push(if value == 0 { byte } else { byte | 0x80 });
        if value == 0 {
            return;
        }
    }
}

/// A change chunk with one column whose run claims `rows` rows.
fn claiming(rows: i64, start: u64) -> Vec<u8> {
    let mut body = vec![0]; // no dependencies
    body.extend([16]);
    body.extend([5; 16]); // actor
    body.extend([1]); // sequence
    unsigned(start, &mut body);
    body.extend([0, 0, 0]); // time, message, other actors
    let mut column = Vec::new();
    let mut rest = rows;
    loop {
        let byte = (rest & 0x7f) as u8;
        rest >>= 7;
        if rest == 0 && byte & 0x40 == 0 {
            column.push(byte);
            break;
        }
        column.push(byte | 0x80);
    }
    column.push(1); // the repeated value
    body.extend([1, 0x42]); // one column: the actions
    unsigned(column.len() as u64, &mut body);
    body.extend(column);
    let mut chunk = vec![0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, 1];
    unsigned(body.len() as u64, &mut chunk);
    chunk.extend(body);
    resealed(chunk)
}

#[test]
fn a_few_bytes_cannot_claim_billions_of_operations() {
    let bomb = claiming(1 << 40, 1);
    assert!(bomb.len() < 64);
    let refused = Document::load(Kind::Patient, [bomb]);
    assert!(matches!(refused, Err(Error::OverLimit { max: OPERATIONS_MAX, .. })), "{refused:?}");
}

#[test]
fn counters_near_the_end_of_their_range_are_refused() {
    let refused = Document::load(Kind::Patient, [claiming(3, u64::MAX - 1)]);
    assert!(matches!(refused, Err(Error::OverLimit { .. })), "{refused:?}");
}

#[test]
fn a_change_above_the_limit_is_not_even_parsed() {
    let refused = Document::load(Kind::Patient, [vec![0; CHANGE_BYTES_MAX as usize + 1]]);
    assert!(matches!(refused, Err(Error::OverLimit { max: CHANGE_BYTES_MAX, .. })));
}

#[test]
fn missing_dependencies_are_named() {
    let changes = changes();
    let refused = Document::load(Kind::Patient, [&changes[0].bytes, &changes[2].bytes]);
    let Err(Error::NeedsNewer { missing }) = refused else { panic!("{refused:?}") };
    assert_eq!(missing, vec![changes[1].hash]);
}

#[test]
fn a_refused_change_leaves_the_document_as_it_was() {
    let changes = changes();
    let mut document = Document::load(Kind::Patient, [&changes[0].bytes]).unwrap();
    let before = document.canonical().unwrap();
    let batch = [changes[1].bytes.clone(), vec![1, 2, 3]];
    assert!(document.apply_all(batch).is_err());
    assert!(document.apply(&changes[2].bytes).is_err());
    assert_eq!(document.canonical().unwrap(), before);
    assert!(document.apply(&changes[1].bytes).unwrap());
    assert!(!document.apply(&changes[1].bytes).unwrap(), "the same change again is no news");
}

#[test]
fn two_changes_with_one_sequence_number_do_not_both_count() {
    let (document, _) = created();
    let (mut a, mut b) = (document.clone(), document);
    let one = edit(&mut a, &writer(2, 2_000), |patient| patient.deceased = true);
    let other = edit(&mut b, &writer(2, 2_500), |patient| patient.inactive = true);
    a.apply(&one.bytes).unwrap();
    let refused = a.apply(&other.bytes);
    assert!(matches!(refused, Err(Error::Corrupt(Corrupt::DuplicateSequence))), "{refused:?}");
}

#[test]
fn nobody_writes_under_the_actor_of_base_changes() {
    let foreign = &base_changes(Kind::Consent).unwrap()[0];
    let refused = Document::load(Kind::Patient, [&foreign.bytes]);
    assert!(matches!(refused, Err(Error::Corrupt(Corrupt::ReservedActor))), "{refused:?}");
    let own = &base_changes(Kind::Patient).unwrap()[0];
    let (mut document, _) = created();
    assert!(!document.apply(&own.bytes).unwrap());
}

#[test]
fn content_deeper_than_any_record_is_an_error() {
    let deep = (0..200).fold(serde_json::json!(1), |inner, _| serde_json::json!({ "a": inner }));
    let refused = Document::create_value(Kind::Patient, &writer(1, 1), &deep);
    assert!(matches!(refused, Err(Error::Corrupt(Corrupt::TooDeep))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Tampered changes with a valid checksum: accepted or refused, but never a panic, and what is
    /// accepted can be read or says that it cannot.
    #[test]
    fn tampered_changes_do_not_panic(
        which in 0..3_usize,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut changes: Vec<Vec<u8>> = changes().into_iter().map(|change| change.bytes).collect();
        let target = &mut changes[which];
        for (index, value) in edits {
            let at = 9 + index.index(target.len() - 9);
            target[at] = value;
        }
        if let Some(cut) = cut {
            target.truncate(9 + cut.index(target.len() - 9));
        }
        changes[which] = resealed(changes[which].clone());
        if let Ok(document) = Document::load(Kind::Patient, &changes) {
            let _ = document.value();
            let _ = document.conflicts();
            let _ = document.history();
            let _ = document.canonical();
        }
        if let Ok(mut document) = Document::load(Kind::Patient, [&changes[which]]) {
            let _ = document.value();
            let _ = document.edit_value(None, &writer(4, 9), &serde_json::json!({}), &serde_json::json!({"sex": "male"}));
        }
    }

    #[test]
    fn random_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let none: [&[u8]; 0] = [];
        prop_assert!(Document::load(Kind::Patient, [&bytes]).is_err());
        if !bytes.is_empty() {
            prop_assert!(Document::load_snapshot(Kind::Patient, &bytes, none).is_err());
        }
    }

    #[test]
    fn tampered_snapshots_do_not_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let (document, _) = created();
        let mut snapshot = document.snapshot().unwrap();
        for (index, value) in edits {
            let at = 9 + index.index(snapshot.len() - 9);
            snapshot[at] = value;
        }
        let none: [&[u8]; 0] = [];
        if let Ok(document) = Document::load_snapshot(Kind::Patient, &resealed(snapshot), none) {
            let _ = document.value();
            let _ = document.history();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    /// The check in place may leave a change to Automerge, never accept what Automerge refuses.
    #[test]
    fn the_quick_check_agrees_with_a_whole_decoding(
        which in 0..3_usize,
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..4),
    ) {
        let mut bytes = changes().swap_remove(which).bytes;
        for (place, byte, how) in places {
            let at = 9 + place.index(bytes.len() - 9);
            match how {
                0 => bytes[at] = byte,
                1 => bytes[at] = bytes[at].wrapping_add(1),
                2 => bytes[at] = bytes[at].wrapping_sub(1),
                _ => bytes[at] ^= 1 << (byte % 8),
            }
        }
        let bytes = resealed(bytes);
        prop_assert_eq!(check_change(&bytes).is_ok(), decode_change(&bytes).is_ok());
    }
}
