//! The data files in this crate's folders, embedded by `build.rs`.

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The schema that every policy file must fit.
pub(crate) const POLICY_SCHEMA: &str = include_str!("../policies/schema.cedarschema");
