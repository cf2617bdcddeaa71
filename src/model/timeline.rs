//! What happened to one tag, from Docker's push to each destination; and how fast a rule is.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::catalog::CatalogName;
use super::ids::RunId;
use super::image::{Digest, RepoName, Tag};
use super::run::ItemState;

/// The story of one tag of a mirror.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagTimeline {
    pub mirror: RepoName,
    pub tag: Tag,
    /// What it mirrors; none where Docker Hub does not say.
    pub source: Option<CatalogName>,
    /// Why Docker Hub's part of it is missing.
    pub hub_trouble: Option<String>,
    /// The newest first.
    pub digests: Vec<DigestTimeline>,
    /// Older ones are left out.
    pub is_cut: bool,
}

/// How one digest made its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestTimeline {
    pub digest: Digest,
    /// Docker Hub shows it at the tag now.
    pub is_current: bool,
    /// In their order.
    pub steps: Vec<Step>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub kind: StepKind,
    pub at: DateTime<Utc>,
    /// The destination's repository, for what happened there.
    pub place: Option<String>,
    /// More of it in words.
    pub words: Option<String>,
    pub run: Option<RunId>,
}

/// What happened, in the order in which it usually does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// Docker was asked to mirror the build, which is when it had been published.
    Requested,
    /// Docker pushed the tag, as the repository says.
    Pushed,
    /// Docker's log says that it is in Docker Hub.
    Arrived,
    /// The mirroring log says that it could not be done.
    NotMirrored,
    /// Docker Hub told Ferry.
    Delivered,
    /// A run began that found it.
    Found,
    /// A copy began.
    Begun,
    /// Everything was read back at the destination.
    Verified,
    /// The tag shows it at the destination.
    Published,
    /// It was looked at again later.
    Checked,
    /// It was there already.
    Unchanged,
    /// It ended or stands otherwise.
    Stands(ItemState),
}

impl StepKind {
    /// The icon's word.
    pub fn status(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Found | Self::Delivered => "accepted",
            Self::Begun => "started",
            Self::Pushed | Self::Arrived | Self::Verified | Self::Published | Self::Checked => "succeeded",
            Self::Unchanged => "unchanged",
            Self::NotMirrored => "failed",
            Self::Stands(state) => state.as_str(),
        }
    }

    /// The words of the interface.
    pub fn label(self) -> &'static str {
        match self {
            Self::Requested => "Published by Docker",
            Self::Pushed => "Pushed to the mirror",
            Self::Arrived => "In Docker Hub",
            Self::NotMirrored => "Docker's copy failed",
            Self::Delivered => "Docker Hub told Ferry",
            Self::Found => "A run found it",
            Self::Begun => "The copy began",
            Self::Verified => "Copied and verified",
            Self::Published => "The tag was moved",
            Self::Checked => "Checked again",
            Self::Unchanged => "Was there already",
            Self::Stands(state) => state.label(),
        }
    }
}

/// How long a rule took from Docker's push to the destination, over the last days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freshness {
    /// Tags that were copied.
    pub tags: u64,
    /// Of those within a quarter of an hour.
    pub within_quarter: u64,
    /// Half of them took no longer.
    pub median_seconds: u64,
    /// Of a hundred, ninety-five took no longer.
    pub p95_seconds: u64,
    /// Days on which some were copied, oldest first.
    pub days: Vec<FreshDay>,
}

/// The tags that arrived on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreshDay {
    pub day: NaiveDate,
    pub tags: u64,
    pub p95_seconds: u64,
}
