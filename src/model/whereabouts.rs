//! Where an image is: every mirror and destination that Ferry saw it at.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::coverage::Coverage;
use super::ids::RunId;
use super::image::{Digest, Tag};

/// What Ferry last saw of what was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whereabouts {
    /// Mirrors first, then destinations by their address.
    pub places: Vec<Holding>,
    /// There are more than are listed.
    pub is_cut: bool,
}

/// A tag of a repository that was seen to hold the image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    pub place: Place,
    /// `host/repository`.
    pub address: String,
    pub tag: Tag,
    /// As Docker Hub has it.
    pub digest: Digest,
    /// What its copy is called there, where a rule forwards only some platforms.
    pub target_digest: Option<Digest>,
    /// When Ferry first saw it there.
    pub since: DateTime<Utc>,
    /// When it last did.
    pub seen_at: DateTime<Utc>,
    /// The run that saw it last.
    pub run: RunId,
    /// None where nobody looked, and for mirrors.
    pub coverage: Vec<Held>,
    /// What the tag shows instead since then.
    pub moved_on: Option<MovedOn>,
}

/// Whose repository it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A mirror on Docker Hub, by its name there.
    Mirror(String),
    /// A destination by its name; none once it is deleted.
    Destination(Option<String>),
}

/// The attestations of one platform that a destination was seen to hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// `amd64`.
    pub platform: String,
    pub held: u32,
    pub expected: u32,
}

impl Held {
    /// Of each platform.
    pub fn of(coverage: &Coverage) -> Vec<Self> {
        let one = |platform: &super::PlatformCoverage| Self {
            platform: platform.platform.short(),
            held: platform.present(),
            expected: platform.expected(),
        };
        coverage.platforms.iter().map(one).collect()
    }
}

/// Another digest that stands at the tag now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedOn {
    pub digest: Digest,
    pub at: DateTime<Utc>,
    pub run: RunId,
}
