//! Why something could not be done, and what mends it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The kinds of failure that people tell apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureClass {
    SignIn,
    Permission,
    NotFound,
    RateLimit,
    Network,
    Tls,
    Digest,
    ImmutableTag,
    Quota,
    /// The registry's own storage, or Ferry's database.
    Storage,
    /// A proof is missing or invalid.
    Proof,
    Paused,
    Cancelled,
    /// The rule's settings cannot work.
    Settings,
    /// What the registry does not take.
    Unsupported,
    Bug,
    /// From records of older releases.
    #[default]
    #[serde(other)]
    Unknown,
}

impl FailureClass {
    /// The words the interface shows; none where nothing is known.
    pub fn label(self) -> Option<&'static str> {
        Some(match self {
            Self::SignIn => "Sign-in",
            Self::Permission => "Permission",
            Self::NotFound => "Not found",
            Self::RateLimit => "Rate limit",
            Self::Network => "Network",
            Self::Tls => "TLS",
            Self::Digest => "Digest",
            Self::ImmutableTag => "Immutable tag",
            Self::Quota => "Quota",
            Self::Storage => "Storage",
            Self::Proof => "Proof",
            Self::Paused => "Paused",
            Self::Cancelled => "Cancelled",
            Self::Settings => "Settings",
            Self::Unsupported => "Not supported",
            Self::Bug => "Bug in Ferry",
            Self::Unknown => return None,
        })
    }
}

/// What a person can do about it in Ferry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mend {
    /// Try again once the other side is well.
    Retry,
    /// Change the destination's settings.
    Destination,
    /// Change what the organization signs in with.
    Connection,
    /// Change the rule.
    Rule,
    /// End the pause.
    Resume,
    /// Nothing, or nothing in Ferry.
    #[default]
    #[serde(other)]
    Nothing,
}

/// Why an item or a plan could not be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Names the side, the step and what a person can do.
    pub sentence: String,
    /// Technical text, shown on demand.
    pub detail: String,
    #[serde(default)]
    pub class: FailureClass,
    #[serde(default)]
    pub mend: Mend,
}

/// Who paused forwarding, and since when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    pub by: String,
    pub at: DateTime<Utc>,
}
