//! The words that occur in patients' names, held in memory: what a fragment or a typing mistake may
//! mean is found here, so that no trigram index has to be written with every patient.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::RwLock;
use posto_domain::fuzzy::may_mean_prefix;

/// Words of all patients' names. It may hold words that are gone: they find nothing.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    words: RwLock<HashSet<Box<str>>>,
    complete: AtomicBool,
    /// Counts how often it was cleared.
    generation: AtomicU64,
}

/// Most words one typed word is taken to mean.
const MEANINGS_MAX: usize = 48;

/// Shorter pieces occur in nearly every word.
const FRAGMENT_LETTERS_MIN: usize = 3;

impl Vocabulary {
    /// Adds the words of a patient that was written, whether or not all others were loaded yet.
    pub(crate) fn add<'w>(&self, words: impl Iterator<Item = &'w str> + Clone) {
        let known = {
            let held = self.words.read();
            words.clone().all(|word| held.contains(word))
        };
        if known {
            return;
        }
        let mut held = self.words.write();
        held.extend(words.map(Box::from));
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.complete.load(Ordering::Acquire)
    }

    /// What [`Self::complete`] must be given: taken before the index is read.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Adds what the index held at `generation`. Words that were added since and then cleared would
    /// be missing, so after a clear it does not count as complete.
    pub(crate) fn complete(&self, generation: u64, words: impl Iterator<Item = String>) {
        let mut held = self.words.write();
        held.extend(words.map(String::into_boxed_str));
        if self.generation() == generation {
            self.complete.store(true, Ordering::Release);
        }
    }

    /// Forgets everything; the next search loads it again.
    pub(crate) fn clear(&self) {
        let mut held = self.words.write();
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.complete.store(false, Ordering::Release);
        held.clear();
    }

    /// Words that begin so, in alphabetical order; `None` when they are too many to ask for one by
    /// one, or when not all words are known.
    pub(crate) fn beginning_with(&self, typed: &str) -> Option<Vec<String>> {
        if !self.is_complete() {
            return None;
        }
        let held = self.words.read();
        let found = held.iter().filter(|word| word.starts_with(typed)).take(MEANINGS_MAX + 1);
        let mut found: Vec<String> = found.map(|word| word.to_string()).collect();
        found.sort_unstable();
        (found.len() <= MEANINGS_MAX).then_some(found)
    }

    /// Words that `typed` may mean: as a fragment, or as a beginning with one mistake. Best first,
    /// then in alphabetical order, so that the same question has the same answer.
    pub(crate) fn meanings(&self, typed: &str) -> Vec<String> {
        let held = self.words.read();
        let mut found: Vec<(usize, &str)> = held
            .iter()
            .filter_map(|word| distance(typed, word).map(|distance| (distance, &**word)))
            .collect();
        found.sort_unstable();
        found.truncate(MEANINGS_MAX);
        found.into_iter().map(|(_, word)| word.to_owned()).collect()
    }
}

/// How far a word is from what was typed; `None` when it cannot be meant.
fn distance(typed: &str, word: &str) -> Option<usize> {
    let difference = word.len().abs_diff(typed.len());
    if typed.len() >= FRAGMENT_LETTERS_MIN && word.contains(typed) {
        return Some(difference);
    }
    (may_share_half(typed, word) && may_mean_prefix(typed, word)).then_some(difference + 2)
}

/// One mistake leaves the first or the second half as it was: a cheap test that spares most words
/// the exact one.
fn may_share_half(typed: &str, word: &str) -> bool {
    let middle = (0..=typed.len() / 2).rev().find(|at| typed.is_char_boundary(*at)).unwrap_or(0);
    let (head, tail) = typed.split_at(middle);
    word.starts_with(head) || word.contains(tail) || tail.len() < 2 || swapped_across(typed, word, middle)
}

/// Two swapped letters may stand on both sides of the middle.
fn swapped_across(typed: &str, word: &str, middle: usize) -> bool {
    let (typed, word) = (typed.as_bytes(), word.as_bytes());
    let start = middle.saturating_sub(2);
    word.len() >= start && typed[..start] == word[..start]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary(words: &[&str]) -> Vocabulary {
        let vocabulary = Vocabulary::default();
        vocabulary.complete(0, words.iter().map(|word| (*word).to_owned()));
        vocabulary
    }

    #[test]
    fn fragments_and_single_mistakes_are_found_and_other_words_not() {
        let vocabulary = vocabulary(&["silva", "rodrigues", "pereira", "joao", "teixeira"]);
        assert_eq!(vocabulary.meanings("ilva"), ["silva"]);
        assert_eq!(vocabulary.meanings("sivla"), ["silva"]);
        assert_eq!(vocabulary.meanings("eira"), ["pereira", "teixeira"]);
        assert_eq!(vocabulary.meanings("rodirgues"), ["rodrigues"]);
        assert_eq!(vocabulary.meanings("jaoo"), ["joao"]);
        assert!(vocabulary.meanings("xyz").is_empty());
    }

    #[test]
    fn beginnings_are_listed_unless_they_are_too_many() {
        let vocabulary = vocabulary(&["silva", "silveira", "souza"]);
        assert_eq!(vocabulary.beginning_with("sil"), Some(vec!["silva".to_owned(), "silveira".to_owned()]));
        assert_eq!(vocabulary.beginning_with("x"), Some(Vec::new()));
        let words: Vec<String> = (0..100).map(|n| format!("a{n}")).collect();
        vocabulary.add(words.iter().map(String::as_str));
        assert_eq!(vocabulary.beginning_with("a"), None);
        vocabulary.clear();
        assert_eq!(vocabulary.beginning_with("s"), None);
        vocabulary.complete(0, std::iter::empty());
        assert!(!vocabulary.is_complete(), "read before the clear");
    }

    #[test]
    fn the_cheap_test_never_hides_a_meaning() {
        let words = ["silva", "santos", "oliveira", "d", "ana", "jose", "conceicao", "quixada"];
        for word in words {
            for at in 0..=word.len() {
                for letter in ['a', 'q', 'z'] {
                    let mut typed = word.to_owned();
                    typed.insert(at, letter);
                    assert!(!may_mean_prefix(&typed, word) || may_share_half(&typed, word), "{typed} {word}");
                }
            }
            for at in 1..word.len() {
                let mut bytes = word.as_bytes().to_vec();
                bytes.swap(at - 1, at);
                let typed = String::from_utf8(bytes).unwrap_or_default();
                assert!(!may_mean_prefix(&typed, word) || may_share_half(&typed, word), "{typed} {word}");
            }
        }
    }
}
