//! How far an import is, told while it runs.

use std::io::Write as _;

/// One report on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step<'a> {
    /// The file that is being read.
    pub file: &'a str,
    pub files: u64,
    /// Entries read so far, taken in or not.
    pub entries: u64,
    pub left_out: u64,
}

/// Whom to tell.
pub struct Progress {
    tell: Box<dyn FnMut(&Step<'_>) + Send>,
    told: u64,
}

/// Entries between two reports: some tenths of a second.
const EVERY_ENTRIES: u64 = 2_000;

impl Progress {
    /// Tells `tell`, every few thousand entries and at the end.
    pub fn new(tell: impl FnMut(&Step<'_>) + Send + 'static) -> Self {
        Self { tell: Box::new(tell), told: 0 }
    }

    /// Tells nobody.
    pub fn silent() -> Self {
        Self::new(|_| {})
    }

    /// On standard error, in one line that is written over. File names stay out of it: they often
    /// carry patients' names.
    pub fn to_stderr() -> Self {
        Self::new(|step| {
            // Nobody waits for this line; a closed terminal does not stop an import.
            drop(write!(
                std::io::stderr(),
                "\r{} files, {} entries, {} left out ",
                step.files,
                step.entries,
                step.left_out
            ));
        })
    }

    pub(super) fn step(&mut self, step: &Step<'_>) {
        if step.entries >= self.told + EVERY_ENTRIES {
            self.told = step.entries;
            (self.tell)(step);
        }
    }

    pub(super) fn end(&mut self, step: &Step<'_>) {
        (self.tell)(step);
        if step.files > 0 {
            self.told = step.entries;
        }
    }
}

impl std::fmt::Debug for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Progress")
    }
}
