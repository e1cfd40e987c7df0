//! The tables, one file each: row type and queries.

pub(crate) mod actor;
pub(crate) mod admin_session;
pub(crate) mod admin_user;
pub(crate) mod audit;
pub(crate) mod blob;
pub(crate) mod change;
pub(crate) mod clinic;
pub(crate) mod document;
pub(crate) mod document_fault;
pub(crate) mod enrolment_code;
pub(crate) mod erasure;
pub(crate) mod installation;
pub(crate) mod kind_count;
pub(crate) mod location;
pub(crate) mod node;
pub(crate) mod number_range;
pub(crate) mod refusal;
pub(crate) mod scope;
pub(crate) mod signal;
