//! Forgiving one typing mistake: trigrams to find likely words, and a test that is exact.

/// The three-letter pieces of a word with its edges marked, as a trigram index stores them:
/// `ana` -> ` an`, `ana`, `na `.
pub fn trigrams(word: &str) -> Vec<String> {
    let padded: Vec<char> = std::iter::once(' ').chain(word.chars()).chain(std::iter::once(' ')).collect();
    padded.windows(3).map(|window| window.iter().collect()).collect()
}

/// Whether one mistake at most (a letter missing, added, wrong, or two swapped) lies between the words.
pub fn within_one_typo(a: &str, b: &str) -> bool {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let same_start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[same_start..], &b[same_start..]);
    let same_end = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - same_end], &b[..b.len() - same_end]);
    match (a, b) {
        ([], [] | [_]) | ([_], [] | [_]) => true,
        ([x1, x2], [y1, y2]) => x1 == y2 && x2 == y1,
        _ => false,
    }
}

/// Whether a typed word may mean the beginning of `word` with one mistake. Words under four letters
/// must be right: with one mistake they could be anything.
pub fn may_mean_prefix(typed: &str, word: &str) -> bool {
    if word.starts_with(typed) {
        return true;
    }
    let length = typed.chars().count();
    if length < 4 {
        return false;
    }
    (length - 1..=length + 1).any(|cut| {
        let prefix: String = word.chars().take(cut).collect();
        within_one_typo(typed, &prefix)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_mistake_passes_and_two_do_not() {
        for (typed, word) in [("sivla", "silva"), ("slva", "silva"), ("sillva", "silva"), ("silba", "silva")]
        {
            assert!(within_one_typo(typed, word), "{typed} {word}");
        }
        for (typed, word) in [("slav", "silva"), ("sabino", "silva"), ("vasil", "silva")] {
            assert!(!within_one_typo(typed, word), "{typed} {word}");
        }
    }

    #[test]
    fn a_prefix_with_one_mistake_is_found() {
        assert!(may_mean_prefix("rodirg", "rodrigues"));
        assert!(may_mean_prefix("rodri", "rodrigues"));
        assert!(!may_mean_prefix("rox", "rodrigues"));
    }

    #[test]
    fn trigrams_mark_the_edges() {
        assert_eq!(trigrams("ana"), [" an", "ana", "na "]);
    }

    proptest! {
        #[test]
        fn agrees_with_the_textbook_distance(a in "[abc]{0,6}", b in "[abc]{0,6}") {
            prop_assert_eq!(within_one_typo(&a, &b), strsim::osa_distance(&a, &b) <= 1);
        }
    }
}
