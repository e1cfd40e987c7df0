//! The fuzz targets in corpus mode: real input, mutated from a seed for a bounded time, must never panic.
//!
//! `POSTO_FUZZ_SECONDS` is the time of each target (default 5; CI gives a minute).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod corpus;
mod mutate;

use std::time::{Duration, Instant};

use posto_tests::fuzz;

#[test]
fn frames() {
    run(fuzz::frames, &corpus::frames());
}

#[test]
fn batches() {
    run(fuzz::batches, &corpus::batches());
}

#[test]
fn changes() {
    run(fuzz::changes, &corpus::changes());
}

#[test]
fn fhir() {
    run(fuzz::fhir_resources, &corpus::fhir());
}

/// Each input as it is, then mutations until the time is up. A failure prints the seed and leaves the input.
fn run(target: fn(&[u8]), corpus: &[Vec<u8>]) {
    assert!(!corpus.is_empty(), "an empty corpus tests nothing");
    corpus.iter().for_each(|input| target(input));
    let seconds = std::env::var("POSTO_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let seed = std::env::var("POSTO_FUZZ_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let until = Instant::now() + Duration::from_secs(seconds);
    let mut mutator = mutate::Mutator::new(seed);
    let mut inputs = 0_u64;
    while Instant::now() < until {
        let input = mutator.mutate(corpus);
        let outcome = std::panic::catch_unwind(|| target(&input));
        assert!(
            outcome.is_ok(),
            "seed {seed}, input {inputs}: {}",
            hex::encode(&input[..input.len().min(4096)])
        );
        inputs += 1;
    }
    println!("{inputs} mutated inputs, seed {seed}");
}
