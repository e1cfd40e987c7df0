//! `posto_tests::fuzz::fhir_resources` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| posto_tests::fuzz::fhir_resources(bytes));
