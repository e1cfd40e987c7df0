//! `posto_tests::fuzz::changes` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| posto_tests::fuzz::changes(bytes));
