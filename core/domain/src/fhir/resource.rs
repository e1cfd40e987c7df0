//! A resource as it came: its text, kept, and what it says.

use serde_json::Value;

use super::identity::{ResourceKey, content_name};
use super::json::minified;
use super::problem::{Problem, ProblemCode};
use super::{patient, practitioner, temporal};

/// Under which name a record keeps the full URL its resource came under.
pub const FULL_URL_KEY: &str = "fhir/fullUrl";

/// A resource that was checked: it can be taken in whole.
#[derive(Debug, Clone)]
pub struct Resource {
    pub key: ResourceKey,
    /// JSON without spaces; numbers and strings exactly as they came.
    pub text: String,
    pub value: Value,
    /// The URL it came under in a bundle.
    pub full_url: Option<String>,
}

impl Resource {
    /// Reads and checks one resource.
    ///
    /// # Errors
    /// The first thing that is wrong with it; then none of it should be taken in.
    pub fn parse(json: &str, full_url: Option<&str>) -> Result<Self, Problem> {
        let value: Value = serde_json::from_str(json).map_err(|_| ProblemCode::NotJson.at(""))?;
        let resource_type = value.get("resourceType").and_then(Value::as_str).unwrap_or_default();
        let is_type = resource_type.len() <= 64
            && resource_type.starts_with(|first: char| first.is_ascii_uppercase())
            && resource_type.bytes().all(|byte| byte.is_ascii_alphabetic());
        if !is_type {
            return Err(ProblemCode::NotAResource.at(""));
        }
        let text = minified(json);
        let id = match value.get("id") {
            None => None,
            Some(Value::String(id)) if is_id(id) => Some(id.as_str()),
            Some(_) => return Err(ProblemCode::InvalidId.at("id")),
        };
        let name = match (id, full_url) {
            (Some(id), _) => id.to_owned(),
            (None, Some(url)) => url.to_owned(),
            (None, None) => content_name(&text),
        };
        let key = ResourceKey::new(resource_type, name);
        temporal::check(&value)?;
        let resource = Self { key, text, value, full_url: full_url.map(str::to_owned) };
        resource.check_type()?;
        Ok(resource)
    }

    /// How an exporter or a report names it: the URL it came under, or type and id.
    pub fn source(&self) -> String {
        self.full_url.clone().unwrap_or_else(|| format!("{}/{}", self.key.resource_type, self.key.name))
    }

    /// Elements that Posto reads must have the types that FHIR says.
    fn check_type(&self) -> Result<(), Problem> {
        match self.key.resource_type.as_str() {
            "Patient" => patient::check(self),
            "Practitioner" => practitioner::check(self),
            _ => super::fact::check(&self.value),
        }
    }
}

fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}
