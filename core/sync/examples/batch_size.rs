//! Prints what a first change and an edit of workload W cost on the wire and in CPU time.
//!
//! `cargo run --release -p posto-sync --example batch_size [patients]`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

use std::time::Instant;

pub(crate) use posto_sync::batch;
use posto_sync::batch::{DecodeLimits, DependencyResolver, EncodeOptions, HeldChange};
pub(crate) use posto_sync::types;
use posto_sync::types::ChangeRecord;

#[path = "../src/testing.rs"]
mod testing;

struct Index<'a>(std::collections::HashMap<[u8; 5], &'a ChangeRecord>);

impl DependencyResolver for Index<'_> {
    fn resolve(&mut self, prefix: &[u8]) -> Option<HeldChange> {
        let held = self.0.get(prefix)?;
        Some(HeldChange { doc: held.doc, kind: held.kind, hash: held.hash })
    }
}

fn report(name: &str, changes: &[ChangeRecord], held: &[ChangeRecord], raw_per_batch: usize) {
    let bases = testing::Bases::new();
    let mut index = Index(held.iter().map(|held| (held.hash.0[..5].try_into().unwrap(), held)).collect());
    let mut parts: Vec<&[ChangeRecord]> = Vec::new();
    let (mut start, mut raw) = (0, 0);
    for (i, change) in changes.iter().enumerate() {
        raw += change.bytes.len();
        if raw >= raw_per_batch || i + 1 == changes.len() {
            parts.push(&changes[start..=i]);
            (start, raw) = (i + 1, 0);
        }
    }
    let begun = Instant::now();
    let batches: Vec<_> =
        parts.iter().map(|part| batch::encode(part, &bases, EncodeOptions::default()).unwrap()).collect();
    let encoded = begun.elapsed();
    let begun = Instant::now();
    for batch in &batches {
        batch::decode(&batch.bytes, &bases, &mut index, DecodeLimits::default()).unwrap();
    }
    let decoded = begun.elapsed();
    let raw: u64 = batches.iter().map(|batch| batch.raw_bytes).sum();
    let wire: usize = batches.iter().map(|batch| batch.bytes.len()).sum();
    let count = changes.len();
    println!(
        "{name:>14}: {count} changes, {} batches, raw {:.0} B, wire {:.1} B each, encode {:.2} µs, decode {:.2} µs each",
        batches.len(),
        raw as f64 / count as f64,
        wire as f64 / count as f64,
        encoded.as_micros() as f64 / count as f64,
        decoded.as_micros() as f64 / count as f64,
    );
}

fn main() {
    let count = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(10_000);
    let log = testing::patients(count, count / 2);
    let (first, edits) = log.split_at(count);
    for mib in [1, 4] {
        println!("{mib} MiB raw per batch");
        report("first changes", first, &[], mib << 20);
        report("edits", edits, &log, mib << 20);
    }
}
