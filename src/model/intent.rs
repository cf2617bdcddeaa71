//! What a form asks for that can be looked at before it is saved: its button's `intent`.

use serde::{Deserialize, Serialize};

/// Which of the two buttons was pressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Intent {
    /// Show what would come of it and keep nothing.
    Preview,
    #[default]
    Save,
}
