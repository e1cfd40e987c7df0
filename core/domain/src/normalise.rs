//! Forms for comparing and searching: what is left when accents, case, punctuation and spacing are not meant.
//! Computed, never stored in a record.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A name for comparison: no accents, lower case, words separated by one space. Apostrophes inside a
/// word vanish (`D'Ávila` -> `davila`), other punctuation separates (`Ana-Maria` -> `ana maria`).
pub fn normalise_name(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for character in name.nfkd() {
        if is_combining_mark(character) || is_apostrophe(character) {
            continue;
        }
        if character.is_alphanumeric() {
            push_folded(&mut plain, character);
        } else if !plain.ends_with(' ') && !plain.is_empty() {
            plain.push(' ');
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

/// The words of a name for a search index: those of [`normalise_name`], and the parts around an
/// apostrophe as words of their own, so that both `davila` and `avila` find `D'Ávila`.
pub fn search_words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = normalise_name(name).split(' ').map(str::to_owned).collect();
    if name.chars().any(is_apostrophe) {
        let spaced: String = name.chars().map(|c| if is_apostrophe(c) { ' ' } else { c }).collect();
        for word in normalise_name(&spaced).split(' ') {
            if !words.iter().any(|known| known == word) {
                words.push(word.to_owned());
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Only the ASCII digits of a telephone number or document.
pub fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// A document for comparison: letters and digits only, upper case, no leading zeros removed.
pub fn normalise_document(value: &str) -> String {
    // Filtered after folding: an upper-case form may bring a combining mark of its own.
    value.chars().flat_map(char::to_uppercase).filter(|c| c.is_alphanumeric()).collect()
}

/// An e-mail address for comparison: trimmed and lower case.
pub fn normalise_email(address: &str) -> String {
    address.trim().to_lowercase()
}

/// Letters that Unicode does not decompose, spelled as people type them without the key.
fn push_folded(out: &mut String, character: char) {
    match character {
        'ß' | 'ẞ' => out.push_str("ss"),
        'æ' | 'Æ' => out.push_str("ae"),
        'œ' | 'Œ' => out.push_str("oe"),
        'ø' | 'Ø' => out.push('o'),
        'đ' | 'Đ' | 'ð' | 'Ð' => out.push('d'),
        'ł' | 'Ł' => out.push('l'),
        'ı' => out.push('i'),
        'þ' | 'Þ' => out.push_str("th"),
        other => out.extend(other.to_lowercase().filter(|c| !is_combining_mark(*c))),
    }
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '’' | '‘' | '`' | '´' | 'ʼ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn accents_case_punctuation_and_spaces_do_not_matter() {
        for name in
            ["João  D'Ávila-Souza", "JOAO D’AVILA SOUZA", " joão d'ávila, souza ", "Joa\u{303}o DÁvila Souza"]
        {
            assert_eq!(normalise_name(name), "joao davila souza");
        }
        assert_eq!(normalise_name("Łukasz Strauß Øster"), "lukasz strauss oster");
        assert_eq!(normalise_name("İbrahim"), "ibrahim");
        assert_eq!(normalise_name("—"), "");
    }

    #[test]
    fn both_sides_of_an_apostrophe_are_words() {
        assert_eq!(search_words("Ana D'Ávila"), ["ana", "davila", "d", "avila"]);
        assert_eq!(search_words("Ana Ávila"), ["ana", "avila"]);
        assert!(search_words(" ' ").is_empty());
    }

    #[test]
    fn documents_compare_without_their_mask() {
        assert_eq!(normalise_document("12.abc.345/01de-35"), "12ABC34501DE35");
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing(name in "\\PC{0,40}") {
            let once = normalise_name(&name);
            prop_assert_eq!(normalise_name(&once), once);
        }

        #[test]
        fn the_normal_form_has_single_inner_spaces_only(name in any::<String>()) {
            let plain = normalise_name(&name);
            prop_assert!(!plain.starts_with(' ') && !plain.ends_with(' ') && !plain.contains("  "));
        }
    }
}
