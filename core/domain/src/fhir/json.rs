//! JSON as FHIR means it: typed access that says what is wrong, and text without spaces.

use serde_json::{Map, Value};

use super::problem::{Problem, ProblemCode};

/// JSON text without the spaces between its parts. Numbers keep every digit, strings every escape.
/// `json` must be valid JSON.
pub fn minified(json: &str) -> String {
    let mut out = Vec::with_capacity(json.len());
    let bytes = json.as_bytes();
    let mut rest = bytes.iter().enumerate();
    while let Some((at, byte)) = rest.next() {
        match byte {
            b' ' | b'\n' | b'\r' | b'\t' => {}
            b'"' => {
                let mut end = at + 1;
                while let Some((index, byte)) = rest.next() {
                    end = index + 1;
                    match byte {
                        b'\\' => drop(rest.next()),
                        b'"' => break,
                        _ => {}
                    }
                }
                out.extend(bytes.get(at..end).unwrap_or_default());
            }
            other => out.push(*other),
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| json.to_owned())
}

/// An element that must be a text when it is there. Empty texts count as absent.
pub(super) fn text<'a>(object: &'a Value, key: &'static str) -> Result<Option<&'a str>, Problem> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.trim().is_empty())),
        Some(_) => Err(ProblemCode::WrongType.at(key)),
    }
}

/// As [`text`], owned.
pub(super) fn owned(object: &Value, key: &'static str) -> Result<Option<String>, Problem> {
    Ok(text(object, key)?.map(str::to_owned))
}

pub(super) fn flag(object: &Value, key: &'static str) -> Result<Option<bool>, Problem> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(_) => Err(ProblemCode::WrongType.at(key)),
    }
}

pub(super) fn integer(object: &Value, key: &'static str) -> Result<Option<i64>, Problem> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_i64().map(Some).ok_or_else(|| ProblemCode::WrongType.at(key)),
    }
}

/// An element that must be an object when it is there.
pub(super) fn object<'a>(parent: &'a Value, key: &'static str) -> Result<Option<&'a Value>, Problem> {
    match parent.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value @ Value::Object(_)) => Ok(Some(value)),
        Some(_) => Err(ProblemCode::WrongType.at(key)),
    }
}

/// An element that must be a list of objects when it is there.
pub(super) fn objects<'a>(parent: &'a Value, key: &'static str) -> Result<&'a [Value], Problem> {
    match parent.get(key) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(items)) if items.iter().all(Value::is_object) => Ok(items),
        Some(_) => Err(ProblemCode::WrongType.at(key)),
    }
}

/// A list of texts, joined by spaces; FHIR allows null in it where only an extension stands.
pub(super) fn joined(parent: &Value, key: &'static str) -> Result<Option<String>, Problem> {
    let Some(value) = parent.get(key).filter(|value| !value.is_null()) else { return Ok(None) };
    let items = value.as_array().ok_or_else(|| ProblemCode::WrongType.at(key))?;
    let mut words = Vec::with_capacity(items.len());
    for item in items {
        match item {
            Value::String(word) => words.push(word.as_str()),
            Value::Null => {}
            _ => return Err(ProblemCode::WrongType.at(key)),
        }
    }
    Ok(Some(words.join(" ")).filter(|joined| !joined.is_empty()))
}

/// Writes a text, or removes the element when there is none.
pub(super) fn set(object: &mut Map<String, Value>, key: &str, value: Option<&str>) {
    match value {
        Some(text) => drop(object.insert(key.to_owned(), text.into())),
        None => drop(object.shift_remove(key)),
    }
}

/// The words of a CodeableConcept: its text, or the display or code of its first coding.
pub(super) fn concept_text(concept: &Value) -> Option<&str> {
    let first = concept.get("coding").and_then(|codings| codings.get(0));
    let text = concept.get("text").and_then(Value::as_str).filter(|text| !text.is_empty());
    text.or_else(|| first?.get("display")?.as_str()).or_else(|| first?.get("code")?.as_str())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn spaces_go_and_digits_stay() {
        let json = "{ \"a b\" : [ 1.00,\n\t-2e10 ], \"q\\\" \" : \"x  y\\\\\" }";
        let short = minified(json);
        assert_eq!(short, "{\"a b\":[1.00,-2e10],\"q\\\" \":\"x  y\\\\\"}");
        let (before, after): (Value, Value) =
            (serde_json::from_str(json).unwrap(), serde_json::from_str(&short).unwrap());
        assert_eq!(before, after);
    }
}
