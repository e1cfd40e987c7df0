//! One page of a list, and where the next one starts.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A page of a list. `next_cursor` is opaque: pass it back unchanged as `?cursor=`; absent on the last page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// How many there are in all, where counting is cheap; at most 10,000 are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}
