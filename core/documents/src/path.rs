//! Places in a record: the map keys from its root, as text `phones.<ulid>.number`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The keys that lead from a record's root to one of its values. As text the keys are joined by
/// dots; a dot inside a key is written `~1`, a tilde `~0`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(pub Vec<String>);

impl Path {
    /// Whether this place matches a pattern such as `notes.*.text`, `*` standing for one key.
    pub fn matches(&self, pattern: &str) -> bool {
        if pattern.is_empty() {
            return self.0.is_empty();
        }
        let mut wanted = pattern.split('.');
        self.0.iter().all(|key| wanted.next().is_some_and(|want| want == "*" || want == key))
            && wanted.next().is_none()
    }

    /// The key below this place.
    #[must_use]
    pub fn child(&self, key: &str) -> Self {
        let mut keys = self.0.clone();
        keys.push(key.to_owned());
        Self(keys)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, key) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            if key.contains(['.', '~']) {
                f.write_str(&key.replace('~', "~0").replace('.', "~1"))?;
            } else {
                f.write_str(key)?;
            }
        }
        Ok(())
    }
}

impl FromStr for Path {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let key = |key: &str| key.replace("~1", ".").replace("~0", "~");
        Ok(Self(text.split('.').map(key).collect()))
    }
}

impl<K: Into<String>> FromIterator<K> for Path {
    fn from_iter<I: IntoIterator<Item = K>>(keys: I) -> Self {
        Self(keys.into_iter().map(Into::into).collect())
    }
}

impl Serialize for Path {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Path {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(match text.parse() {
            Ok(path) => path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_survives_dots_and_tildes() {
        let path: Path = ["a", "b.c", "~d", "~1"].into_iter().collect();
        let text = path.to_string();
        assert_eq!(text, "a.b~1c.~0d.~01");
        assert_eq!(text.parse(), Ok(path));
    }

    #[test]
    fn patterns_match_whole_paths_only() {
        let path: Path = ["notes", "01X", "text"].into_iter().collect();
        assert!(path.matches("notes.*.text"));
        assert!(!path.matches("notes.*"));
        assert!(!path.matches("notes.*.text.more"));
        assert!(!path.matches("notes.text"));
        assert!(Path::default().matches(""));
        assert!(!path.matches(""));
    }
}
