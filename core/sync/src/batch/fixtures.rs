//! Batches of every released format, kept so that what a peer or a disk holds stays readable.
//!
//! `fixtures/batches-v<n>.txt` lists a base change, changes of made-up patients, and batches: a name, how many of the
//! changes the receiver holds, and the batch of the others. Lines are never changed, only added. `POSTO_BLESS=1` prints
//! today's.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use super::*;
use crate::testing::{Bases, Clinic, Held, PATIENT};

/// The base change as the fixture has it: a later build need not be able to make it.
struct OldBase(ChangeHash);

impl BaseHashes for OldBase {
    fn base(&self, kind: KindCode, index: u8) -> Option<ChangeHash> {
        (kind == PATIENT && index == 0).then_some(self.0)
    }

    fn index(&self, kind: KindCode, hash: &ChangeHash) -> Option<u8> {
        (kind == PATIENT && *hash == self.0).then_some(0)
    }
}

fn bytes<const N: usize>(text: &str) -> [u8; N] {
    hex::decode(text).unwrap().try_into().unwrap()
}

/// Two people, edits one after the other and at the same time.
fn changes() -> Vec<ChangeRecord> {
    let mut clinic = Clinic::new(2_026);
    clinic.register();
    clinic.register();
    (0..6).for_each(|_| clinic.edit());
    clinic.edit_concurrently(1);
    clinic.log
}

fn bless() {
    let (bases, log) = (Bases::new(), changes());
    println!("LINE base {}", hex::encode(bases.base(PATIENT, 0).unwrap().0));
    for change in &log {
        let (doc, hash) = (hex::encode(change.doc.0), hex::encode(change.hash.0));
        println!("LINE change {doc} {} {hash} {}", change.kind.0, hex::encode(&change.bytes));
    }
    let compact = EncodeOptions::default();
    let full = EncodeOptions { full_dependencies: true, ..compact };
    let verbatim = EncodeOptions { verbatim: true, ..compact };
    for (name, held, options) in [
        ("compact", 0, compact),
        ("compact_after_others", 2, compact),
        ("full_dependencies", 2, full),
        ("verbatim", 0, verbatim),
        ("verbatim_after_others", 2, verbatim),
    ] {
        let batch = encode(&log[held..], &bases, options).unwrap();
        println!("LINE batch {name} {held} {}", hex::encode(batch.bytes));
    }
}

#[test]
fn batches_of_version_1_come_out_as_the_same_changes() {
    if std::env::var_os("POSTO_BLESS").is_some() {
        bless();
        return;
    }
    let (mut base, mut changes, mut names) = (None, Vec::new(), Vec::new());
    for line in include_str!("../../fixtures/batches-v1.txt").lines() {
        match *line.split(' ').collect::<Vec<_>>() {
            ["base", hash] => base = Some(OldBase(ChangeHash(bytes(hash)))),
            ["change", doc, kind, hash, content] => changes.push(ChangeRecord {
                doc: DocId(bytes(doc)),
                kind: KindCode(kind.parse().unwrap()),
                hash: ChangeHash(bytes(hash)),
                bytes: hex::decode(content).unwrap(),
            }),
            ["batch", name, held, batch] => {
                let (held, rest) = changes.split_at(held.parse().unwrap());
                let batch = hex::decode(batch).unwrap();
                let base = base.as_ref().unwrap();
                let decoded = decode(&batch, base, &mut Held(held), DecodeLimits::default());
                assert_eq!(decoded.as_deref(), Ok(rest), "{name}");
                let format = if name.starts_with("verbatim") { FORMAT_VERBATIM } else { FORMAT_COMPACT };
                assert_eq!(batch[0], format, "{name}");
                names.push(name);
            }
            _ => assert_eq!(line, "", "a line of no known kind"),
        }
    }
    assert_eq!((changes.len(), names.len()), (10, 5), "lines are only ever added");
}
