//! What the screens need to know about the clinic before anything else.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::session::Named;

/// `GET /api/settings`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Settings {
    pub clinic: Named,
    pub locations: Vec<Named>,
    /// `BR`, `US`, …
    pub jurisdiction: String,
    /// Document types that this jurisdiction knows, in the order to offer them.
    pub document_types: Vec<DocumentType>,
    /// IETF tag, `pt-BR`.
    pub default_language: String,
    /// Two-letter country whose phone numbers need no prefix.
    pub default_phone_region: String,
    pub time_zone: String,
    pub version: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DocumentType {
    /// As it stands in the record: `cpf`, `ssn`, `passport`, …
    pub code: String,
    pub label: String,
}
