//! Versions of one resource: which text counts, and which came before it.
//!
//! Many sources give no version numbers, and files of different days hold the same resource in
//! different states. A text that was never here is news; one that was replaced is old, however
//! often its file is imported again.

use std::collections::BTreeSet;

use super::identity::content_name;

/// Under which name a record keeps the marks of replaced versions.
pub const REPLACED_KEY: &str = "fhir/replaced";

/// What a text is to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// There was none before.
    First,
    /// It replaces another.
    Newer,
    /// It is the one that counts, or one that was replaced.
    Known,
}

/// The versions of one resource that a record has seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Versions {
    current: Option<String>,
    replaced: BTreeSet<String>,
}

impl Versions {
    /// As a record keeps them: the text that counts and the marks of those before.
    pub fn new(current: Option<&String>, replaced: Option<&String>) -> Self {
        let marks = replaced.map(|marks| marks.split(' ').map(str::to_owned).collect());
        Self { current: current.cloned(), replaced: marks.unwrap_or_default() }
    }

    /// Takes a text in.
    pub fn take(&mut self, text: &str) -> News {
        let Some(current) = &self.current else {
            self.current = Some(text.to_owned());
            return News::First;
        };
        if current == text || self.replaced.contains(&mark(text)) {
            return News::Known;
        }
        self.replaced.insert(mark(current));
        self.current = Some(text.to_owned());
        News::Newer
    }

    /// The marks of the replaced versions, as a record keeps them.
    pub fn replaced(&self) -> Option<String> {
        let marks: Vec<&str> = self.replaced.iter().map(String::as_str).collect();
        (!marks.is_empty()).then(|| marks.join(" "))
    }
}

/// 64 bits of a hash: enough among the versions of one resource.
fn mark(text: &str) -> String {
    let mut name = content_name(text);
    name.truncate(16);
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replaced_version_is_no_news() {
        let mut versions = Versions::default();
        assert_eq!(versions.take("one"), News::First);
        assert_eq!(versions.take("two"), News::Newer);
        assert_eq!(versions.take("one"), News::Known);
        let (current, replaced) = ("two".to_owned(), versions.replaced());
        let mut again = Versions::new(Some(&current), replaced.as_ref());
        assert_eq!(again.take("one"), News::Known);
        assert_eq!(again.take("two"), News::Known);
        assert_eq!(again.take("three"), News::Newer);
    }
}
