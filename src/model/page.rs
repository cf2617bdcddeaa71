//! A part of a long list.

use serde::{Deserialize, Serialize};

/// Some rows and where the next ones begin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Goes into the address as `after`; none on the last page.
    pub next: Option<String>,
}
