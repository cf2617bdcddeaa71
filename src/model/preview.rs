//! What a rule would forward, tag by tag.

use serde::{Deserialize, Serialize};

use super::ids::PreviewId;
use super::image::{Digest, RepoName, Tag};
use super::rule::TagPattern;

/// Why a tag goes along or stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// There is no include list, and no exclude matches.
    Everything,
    /// This include matches, and no exclude does.
    Included(TagPattern),
    /// This exclude matches.
    Excluded(TagPattern),
    /// No include matches.
    NotIncluded,
}

impl Verdict {
    /// The tag is forwarded.
    pub fn matches(&self) -> bool {
        matches!(self, Self::Everything | Self::Included(_))
    }

    /// Why, in a few words.
    pub fn sentence(&self) -> String {
        match self {
            Self::Everything => "the rule takes every tag".to_owned(),
            Self::Included(pattern) => format!("include {pattern} matches"),
            Self::Excluded(pattern) => format!("exclude {pattern} matches"),
            Self::NotIncluded => "no include matches".to_owned(),
        }
    }
}

/// One tag of a preview.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PreviewTag {
    pub tag: Tag,
    pub digest: Option<Digest>,
    pub verdict: Verdict,
}

/// What a rule would do with one mirror.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PreviewMirror {
    pub mirror: RepoName,
    /// `host/prefix/name`, or why there is none.
    pub target: Result<String, String>,
    /// All tags of the mirror, or why they cannot be listed.
    pub tags: Result<Vec<PreviewTag>, String>,
}

/// A tag as a preview showed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedTag {
    pub mirror: RepoName,
    pub tag: Tag,
    pub digest: Digest,
}

/// What a rule would do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    /// What the rule's choice of platforms means for the digests.
    #[serde(default)]
    pub warning: Option<String>,
    pub mirrors: Vec<PreviewMirror>,
    /// Under which exactly this can be run for an hour; none where that is not known of every tag, or for those who may
    /// not.
    #[serde(default)]
    pub kept_as: Option<PreviewId>,
}

impl Preview {
    /// The tags that go along; none where some mirror could not be listed or some digest is not known.
    pub fn planned(&self) -> Option<Vec<PlannedTag>> {
        let mut planned = Vec::new();
        for one in &self.mirrors {
            if one.target.is_err() {
                return None;
            }
            for tag in one.tags.as_ref().ok()?.iter().filter(|tag| tag.verdict.matches()) {
                let (mirror, digest) = (one.mirror.clone(), tag.digest.clone()?);
                planned.push(PlannedTag { mirror, tag: tag.tag.clone(), digest });
            }
        }
        Some(planned)
    }
}
