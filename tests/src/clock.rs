//! The machine's clock, for suites that run against real time.

use posto_store::Clock;

/// Wall time.
#[derive(Debug, Clone, Copy)]
pub struct TestClock;

impl Clock for TestClock {
    fn now_ms(&self) -> u64 {
        std::time::SystemTime::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_millis() as u64)
    }
}

/// Random bytes of the machine.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    posto_store::Entropy::fill(&posto_store::SystemEntropy, &mut bytes).expect("the machine has randomness");
    bytes
}
