//! Conflicts: places in a record where values of concurrent changes compete.

use automerge::iter::DocItem;
use automerge::{Automerge, ObjType, ROOT, ReadDoc, Value as AmValue};
use posto_domain::UserId;
use serde_json::Value;

use crate::error::{Corrupt, guarded};
use crate::value::{Tree, stored_json};
use crate::write::Writer;
use crate::{ChangeHash, ChangeInfo, Document, Error, Hlc, NewChange, Path, WriteContext};

/// One place and the values that compete there. Everybody's values are kept until somebody decides.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    pub path: Path,
    /// At least two, not all equal; the last one is what the record shows now.
    pub values: Vec<CompetingValue>,
}

/// A value that competes for a place.
#[derive(Debug, Clone, PartialEq)]
pub struct CompetingValue {
    /// Objects and lists are shown whole.
    pub value: Value,
    /// The change that wrote it.
    pub hash: ChangeHash,
    pub author: Option<UserId>,
    /// Wall time of the writing machine, Unix milliseconds.
    pub time_ms: i64,
    pub hlc: Hlc,
}

/// A place of the walk where automerge saw more than one value.
struct Contested {
    object: automerge::ObjId,
    key: String,
    path: Path,
}

impl Document {
    /// Every place where concurrent changes left different values, in the order of their paths.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when hostile changes made the content unreadable.
    pub fn conflicts(&self) -> Result<Vec<Conflict>, Error> {
        if self.plain().is_some() {
            // Nothing competes in a plain history.
            return Ok(Vec::new());
        }
        let am = self.am()?;
        guarded(Corrupt::Unreadable, || {
            let mut contested = Vec::new();
            Tree::walk(ROOT, ObjType::Map, am.iter(), |tree, at, object, item| {
                if let DocItem::Map(entry) = item
                    && entry.conflict
                {
                    let path = tree.path(at).child(&entry.key);
                    contested.push(Contested { object: object.clone(), key: entry.key.to_string(), path });
                }
            })?;
            let mut conflicts = Vec::new();
            for place in contested {
                let values = self.competing(am, &place)?;
                if values.iter().any(|other| Some(&other.value) != values.first().map(|first| &first.value)) {
                    conflicts.push(Conflict { path: place.path, values });
                }
            }
            conflicts.sort_by(|a, b| a.path.cmp(&b.path));
            Ok(conflicts)
        })
    }

    /// The values at a place, the shown one last.
    fn competing(&self, am: &Automerge, place: &Contested) -> Result<Vec<CompetingValue>, Error> {
        let mut values = Vec::new();
        for (value, id) in am.get_all(&place.object, place.key.as_str())? {
            let Some(hash) = am.hash_for_opid(&id) else { continue };
            let Some(info) = self.change_info(&hash.into()) else { continue };
            let value = match value {
                AmValue::Scalar(scalar) => stored_json(&scalar),
                AmValue::Object(kind) => {
                    Tree::walk(id.clone(), kind, am.iter_at(&id, None), |_, _, _, _| {})?
                        .into_json(&self.base)
                }
            };
            let ChangeInfo { hash, author, time_ms, hlc, .. } = info;
            values.push(CompetingValue { value, hash, author, time_ms, hlc });
        }
        Ok(values)
    }

    /// Decides a conflict: writes `value` at `path` (or removes it, when absent) even where the
    /// record already shows it, so that nothing competes there any more.
    ///
    /// # Errors
    /// [`Error::NoSuchPlace`] when `path` does not lead into the record.
    pub fn resolve(
        &mut self,
        context: &WriteContext,
        path: &Path,
        value: Option<&Value>,
    ) -> Result<Option<NewChange>, Error> {
        self.transact(None, context, |tx, base| Writer::new(tx, base).replace(path, value))
    }
}
