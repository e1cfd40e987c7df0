//! Base changes: the deterministic first changes of every kind, which create its containers.
//!
//! Two nodes that create containers of their own would create rivals, and one side's entries would
//! vanish behind the other's. So every container of a kind is made by one change that any program
//! computes to the same bytes: it is implied, never stored with a document and never sent. A schema
//! upgrade that needs a new container appends one more such change; documents written before it
//! simply have it too.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, AutomergeError, ObjId, ObjType, ROOT};
use posto_domain::Kind;
use posto_domain::kind::KINDS;
use serde_json::Value;

use crate::{ChangeHash, Error, Path};

/// The actor of every base change. No node's prefix is zero, so no node can collide with it.
pub(crate) const BASE_ACTOR: [u8; 16] = [0; 16];

/// One change that every document of a kind has without storing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseChange {
    pub hash: ChangeHash,
    pub bytes: Vec<u8>,
}

/// What one schema version of a kind adds. Order within a version does not matter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Version<'a> {
    /// Map containers, as dotted paths; a parent stands before or in an earlier version.
    pub(crate) maps: &'a [&'a str],
    /// Texts outside any entry, as dotted paths.
    pub(crate) texts: &'a [&'a str],
}

/// A kind's base: its changes, and the document that consists of exactly them.
#[derive(Debug)]
pub(crate) struct Base {
    pub(crate) changes: Vec<BaseChange>,
    pub(crate) document: Automerge,
    /// Patterns of the places that hold text which several people may edit.
    texts: Vec<String>,
    /// Base texts: absent from a record while they are empty.
    base_texts: Vec<Path>,
    /// Containers that an edit never removes.
    containers: Vec<Path>,
    /// The operation counter that made each container and base text.
    objects: BTreeMap<Path, u64>,
}

/// What schema versions after the first add to a kind. A container or text that is new in the kind
/// table gets a row here in the same commit; otherwise the genesis of every existing document would
/// change (the fixture test of the base hashes turns red).
static UPGRADES: &[(Kind, &[Version<'static>])] = &[];

static BASES: LazyLock<BTreeMap<u16, Arc<Base>>> = LazyLock::new(|| {
    let bases = KINDS.iter().filter_map(|spec| {
        let upgrades = UPGRADES.iter().filter(|(kind, _)| *kind == spec.kind);
        let upgrades: Vec<Version<'_>> = upgrades.flat_map(|(_, versions)| *versions).copied().collect();
        let base = Base::of(spec.name, spec.containers, spec.texts, &upgrades).ok()?;
        Some((spec.code, Arc::new(base)))
    });
    bases.collect()
});

/// The base changes of a kind, oldest schema first.
///
/// # Errors
/// [`Error::UnknownKind`] for a kind of a newer version.
pub fn base_changes(kind: Kind) -> Result<&'static [BaseChange], Error> {
    BASES.get(&kind.code()).map(|base| base.changes.as_slice()).ok_or(Error::UnknownKind(kind))
}

pub(crate) fn base(kind: Kind) -> Result<Arc<Base>, Error> {
    BASES.get(&kind.code()).cloned().ok_or(Error::UnknownKind(kind))
}

/// The same, to be looked at only.
pub(crate) fn static_base(kind: Kind) -> Option<&'static Base> {
    BASES.get(&kind.code()).map(Arc::as_ref)
}

impl Base {
    /// The base of a kind whose newest schema has these containers and texts, of which `upgrades`
    /// came after the first version.
    pub(crate) fn of(
        name: &str,
        containers: &[&str],
        texts: &[&str],
        upgrades: &[Version<'_>],
    ) -> Result<Self, AutomergeError> {
        let is_later = |place: &&&str| {
            upgrades.iter().any(|version| version.maps.contains(*place) || version.texts.contains(*place))
        };
        let outside_entries = |text: &&&str| !text.contains('*');
        let base_texts: Vec<&str> = texts.iter().filter(outside_entries).copied().collect();
        let first_maps: Vec<&str> = containers.iter().filter(|map| !is_later(map)).copied().collect();
        let first_texts: Vec<&str> = base_texts.iter().filter(|text| !is_later(text)).copied().collect();
        let mut versions = vec![Version { maps: &first_maps, texts: &first_texts }];
        versions.extend(upgrades);

        let mut document = Automerge::new().with_actor(ActorId::from(BASE_ACTOR));
        let mut changes = Vec::with_capacity(versions.len());
        let mut objects = BTreeMap::from([(Path::default(), ROOT)]);
        for (index, version) in versions.iter().enumerate() {
            write_version(&mut document, &mut objects, version, &format!("{name} {}", index + 1))?;
            if let Some(change) = document.get_last_local_change() {
                let hash = change.hash().into();
                let bytes = change.raw_bytes().to_vec();
                changes.push(BaseChange { hash, bytes });
            }
        }
        Ok(Self {
            changes,
            document,
            texts: texts.iter().map(|text| (*text).to_owned()).collect(),
            base_texts: base_texts.iter().map(|text| path(text)).collect(),
            containers: containers.iter().map(|map| path(map)).collect(),
            objects: objects
                .into_iter()
                .filter_map(|(place, object)| match object {
                    ObjId::Id(counter, ..) => Some((place, counter)),
                    ObjId::Root => None,
                })
                .collect(),
        })
    }

    pub(crate) fn is_base(&self, hash: &ChangeHash) -> bool {
        self.changes.iter().any(|change| change.hash == *hash)
    }

    /// The heads of the document that has only base changes.
    pub(crate) fn heads(&self) -> Vec<automerge::ChangeHash> {
        self.changes.last().map(|change| change.hash.into()).into_iter().collect()
    }

    /// How many operations the base changes have, which is also the last one's counter.
    pub(crate) fn operations(&self) -> u64 {
        self.objects.len() as u64
    }

    /// The operation counter that made the container or text at a place of the base.
    pub(crate) fn object(&self, path: &Path) -> Option<u64> {
        self.objects.get(path).copied()
    }

    /// Every container and text of the base with the operation counter that made it, parents first.
    pub(crate) fn objects(&self) -> impl Iterator<Item = (&Path, u64)> {
        self.objects.iter().map(|(path, counter)| (path, *counter))
    }

    /// [`Self::is_text`] for a key below a path, without building the longer path.
    pub(crate) fn is_text_at(&self, parent: &Path, key: &str) -> bool {
        self.texts.iter().any(|pattern| {
            let (above, last) = pattern.rsplit_once('.').unwrap_or(("", pattern));
            (last == "*" || last == key) && parent.matches(above)
        })
    }

    /// Whether `value` may stand at a place of the base: a map in a container, a text in a text.
    pub(crate) fn may_hold(&self, path: &Path, value: &Value) -> bool {
        match value {
            Value::Object(_) => !self.is_base_text(path),
            Value::String(_) => !self.is_container(path),
            _ => !self.objects.contains_key(path),
        }
    }

    pub(crate) fn is_text(&self, path: &Path) -> bool {
        self.texts.iter().any(|pattern| path.matches(pattern))
    }

    pub(crate) fn is_base_text(&self, path: &Path) -> bool {
        self.base_texts.contains(path)
    }

    /// [`Self::is_base_text`] for a path that nobody has built.
    pub(crate) fn has_base_text(&self, path: &[&str]) -> bool {
        self.base_texts.iter().any(|text| text.0 == path)
    }

    pub(crate) fn is_container(&self, path: &Path) -> bool {
        self.containers.contains(path)
    }
}

fn path(dotted: &str) -> Path {
    dotted.split('.').collect()
}

/// One version as one change at time 0. Every version makes a change, even an empty one, so that
/// its number stands in the chain.
fn write_version(
    document: &mut Automerge,
    objects: &mut BTreeMap<Path, ObjId>,
    version: &Version<'_>,
    message: &str,
) -> Result<(), AutomergeError> {
    let mut places: BTreeMap<Path, ObjType> = BTreeMap::new();
    places.extend(version.maps.iter().map(|m| (path(m), ObjType::Map)));
    places.extend(version.texts.iter().map(|t| (path(t), ObjType::Text)));
    let options = CommitOptions::default().with_message(message).with_time(0);
    if places.is_empty() {
        document.empty_commit(options);
        return Ok(());
    }
    let mut tx = document.transaction();
    for (place, kind) in places {
        let Some((key, parent)) = place.0.split_last() else { continue };
        let parent = objects
            .get(&Path(parent.to_vec()))
            .cloned()
            .ok_or_else(|| AutomergeError::InvalidObjId(place.to_string()))?;
        let object = tx.put_object(&parent, key.as_str(), kind)?;
        objects.insert(place, object);
    }
    tx.commit_with(options);
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::{Document, Hlc, NewChange, WriteContext};

    fn writer(node: u8) -> WriteContext {
        WriteContext {
            actor: [node; 16],
            author: posto_domain::UserId::SYSTEM,
            time_ms: 5,
            hlc: Hlc { ms: 5, counter: 0 },
        }
    }

    fn old() -> Arc<Base> {
        Arc::new(Base::of("thing", &["parts"], &[], &[]).unwrap())
    }

    /// The next schema: one more container and a text.
    fn new() -> Arc<Base> {
        let upgrade = Version { maps: &["extras"], texts: &["remark"] };
        Arc::new(Base::of("thing", &["parts", "extras"], &["remark"], &[upgrade]).unwrap())
    }

    fn write(base: &Arc<Base>, node: u8, known: &[&NewChange], after: &Value) -> NewChange {
        let mut document = Document::on(Kind::Setting, Arc::clone(base));
        document.apply_all(known.iter().map(|change| &change.bytes)).unwrap();
        document.edit_value(None, &writer(node), &json!({}), after).unwrap().unwrap()
    }

    fn read(base: &Arc<Base>, changes: &[&NewChange]) -> Result<Value, Error> {
        let mut document = Document::on(Kind::Setting, Arc::clone(base));
        document.apply_all(changes.iter().map(|change| &change.bytes))?;
        document.value()
    }

    #[test]
    fn an_upgrade_leaves_the_changes_before_it_as_they_were() {
        assert_eq!(new().changes[0], old().changes[0]);
        assert_eq!(new().changes.len(), 2);
    }

    #[test]
    fn documents_of_the_old_schema_gain_the_new_containers_without_rivals() {
        let first = write(&old(), 1, &[], &json!({"id": "x", "parts": {"a": {"n": 1}}}));
        let a = write(&new(), 2, &[&first], &json!({"extras": {"b": {"n": 2}}, "remark": "left"}));
        let b = write(&new(), 3, &[&first], &json!({"extras": {"c": {"n": 3}}}));
        let late = write(&old(), 4, &[&first], &json!({"parts": {"d": {"n": 4}}}));
        let merged = read(&new(), &[&late, &b, &a, &first]).unwrap();
        assert_eq!(
            merged,
            json!({
                "extras": {"b": {"n": 2}, "c": {"n": 3}},
                "id": "x",
                "parts": {"a": {"n": 1}, "d": {"n": 4}},
                "remark": "left",
            })
        );
    }

    #[test]
    fn an_old_program_says_that_it_needs_a_newer_one() {
        let first = write(&old(), 1, &[], &json!({"id": "x"}));
        let newer = write(&new(), 2, &[&first], &json!({"extras": {"b": {"n": 2}}}));
        let refused = read(&old(), &[&first, &newer]);
        let Err(Error::NeedsNewer { missing }) = refused else { panic!("{refused:?}") };
        assert_eq!(missing, vec![new().changes[1].hash]);
        assert!(read(&old(), &[&first]).is_ok());
    }

    proptest! {
        /// Any program, at any time, computes the same base.
        #[test]
        fn two_builds_are_byte_equal(maps in prop::collection::btree_set("[a-z]{1,8}", 0..12)) {
            let maps: Vec<&str> = maps.iter().map(String::as_str).collect();
            let build = || Base::of("thing", &maps, &["zz_text"], &[]).unwrap();
            let (one, other) = (build(), build());
            prop_assert_eq!(&one.changes, &other.changes);
            prop_assert_eq!(one.document.save(), other.document.save());
            let reversed: Vec<&str> = maps.iter().rev().copied().collect();
            let shuffled = Base::of("thing", &reversed, &["zz_text"], &[]).unwrap();
            prop_assert_eq!(&one.changes, &shuffled.changes);
        }
    }
}
