//! Time and randomness as the store takes them: from outside, so that a test decides both.

use crate::error::{Error, Result};

/// Wall time. The store writes it down and never orders anything by it alone.
pub trait Clock: Send + Sync + 'static {
    /// Unix time in milliseconds.
    fn now_ms(&self) -> u64;
}

/// Randomness fit for keys.
pub trait Entropy: Send + Sync + 'static {
    /// Fills `bytes`.
    ///
    /// # Errors
    /// [`Error::NoEntropy`] when the machine has none to give.
    fn fill(&self, bytes: &mut [u8]) -> Result<()>;
}

impl dyn Entropy {
    /// `N` random bytes.
    pub(crate) fn draw<const N: usize>(&self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<()> {
        getrandom::fill(bytes).map_err(|_| Error::NoEntropy)
    }
}
