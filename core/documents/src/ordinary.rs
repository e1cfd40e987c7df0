//! The check of a change's operations without building them.
//!
//! Automerge decodes operations one by one into owned values, which costs 20 µs of a first change and was a
//! quarter of all that a server does for it. Almost every change consists of the same few columns in their
//! plain form; those are walked here in place. Whatever is unusual, however little, is not judged here but by
//! Automerge itself: this check may say "I don't know", never yes where Automerge says no.

use crate::chunk::Chunk;

/// Whether the operations of this chunk are ordinary and well-formed. The chunk's checksum is not looked at.
pub(crate) fn is_sound(bytes: &[u8]) -> bool {
    Chunk::open(bytes).and_then(|chunk| chunk.operations(|_| Some(()))).is_some()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use posto_domain::Kind;

    use super::is_sound;
    use crate::base_changes;

    #[test]
    fn what_automerge_writes_is_ordinary() {
        for kind in [Kind::Patient, Kind::Consent, Kind::Chart, Kind::Attachment] {
            assert!(base_changes(kind).unwrap().iter().all(|change| is_sound(&change.bytes)), "{kind:?}");
        }
    }

    #[test]
    fn a_byte_more_or_less_is_not() {
        let change = base_changes(Kind::Patient).unwrap().first().unwrap();
        assert!(!is_sound(&change.bytes[..change.bytes.len() - 1]));
        assert!(!is_sound(&[change.bytes.as_slice(), &[0]].concat()));
    }
}
