//! A mirror: a repository of the organization that Docker keeps in step with the catalog.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::catalog::{HubRefusal, RepositoryKind};
use super::image::{Digest, RepoName, Tag, is_path_component};
use super::mirroring::{HookHealth, Progress, Stopped, TagProgress};
use super::text::{Refused, checked_text};

checked_text! {
    /// Name of a mirror's repository without the organization: begins with `dhi-`, 5 to 255 characters.
    MirrorName, |text| {
        if !text.starts_with("dhi-") {
            return Err(Refused::because("Docker asks that a mirror's name begins with dhi-: put dhi- in front."));
        }
        if text.len() > 255 {
            return Err(Refused::because("A repository name has at most 255 characters: shorten it."));
        }
        if is_path_component(text) {
            Ok(())
        } else {
            Err(Refused::because(
                "After dhi- use lower-case letters and digits, with single . _ or - between them, for example dhi-node.",
            ))
        }
    }
}

/// How far Docker has come with a mirror, by its mirroring log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MirrorState {
    /// Nothing in the log yet.
    Requested,
    /// Some tags are on their way.
    Mirroring,
    /// Every tag Docker tried arrived.
    UpToDate,
    /// The newest try of some tag failed.
    Failed,
    /// The log cannot be read at the moment, or says nothing of it any more.
    Unknown,
    /// Docker updates it no more.
    Stopped,
}

impl MirrorState {
    /// All of them, as a filter lists them.
    pub const ALL: [Self; 6] =
        [Self::UpToDate, Self::Mirroring, Self::Requested, Self::Failed, Self::Stopped, Self::Unknown];

    /// The one spelling: JSON and attribute.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Mirroring => "mirroring",
            Self::UpToDate => "up-to-date",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Stopped => "stopped",
        }
    }

    /// The words the interface shows.
    pub fn label(self) -> &'static str {
        match self {
            Self::Requested => "Requested",
            Self::Mirroring => "Mirroring",
            Self::UpToDate => "Up to date",
            Self::Failed => "Failed",
            Self::Unknown => "Not known",
            Self::Stopped => "Stopped",
        }
    }

    /// Docker is about to change something about the mirror.
    pub fn is_busy(self) -> bool {
        matches!(self, Self::Requested | Self::Mirroring)
    }
}

/// One mirror in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mirror {
    /// Docker's id of it; empty where it was stopped.
    pub id: String,
    /// Catalog name of the source.
    pub source: String,
    pub source_namespace: String,
    pub source_display_name: String,
    /// `acme/dhi-node`.
    pub repository: RepoName,
    pub state: MirrorState,
    /// None where Hub does not say.
    pub is_private: Option<bool>,
    pub last_pushed: Option<DateTime<Utc>>,
    /// Names of the rules that forward it.
    pub rules: Vec<String>,
    /// None where the log says nothing of it or was not asked.
    pub progress: Option<Progress>,
    pub hook: HookHealth,
    /// Who started it; none where that was outside of Ferry.
    pub started_by: Option<String>,
    /// Set where it was.
    pub stopped: Option<Stopped>,
}

impl Mirror {
    /// What it holds.
    pub fn kind(&self) -> RepositoryKind {
        if self.source.ends_with("-chart") { RepositoryKind::HelmChart } else { RepositoryKind::Image }
    }
}

/// What the mirrors page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MirrorList {
    pub mirrors: Vec<Mirror>,
    /// Those that were mirrors once.
    pub stopped: Vec<Mirror>,
    /// Docker's entitlement still allows one more.
    pub can_mirror_more: bool,
    /// Why Docker Hub could not be asked: these are the mirrors it listed last, and how they are is not known.
    pub refusal: Option<HubRefusal>,
}

/// Where one tag is in the mirroring log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogState {
    Requested,
    Started,
    Failed,
    Succeeded,
    /// A word newer than Ferry.
    Other,
}

impl LogState {
    /// The one spelling: attribute.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Started => "started",
            Self::Failed => "failed",
            Self::Succeeded => "succeeded",
            Self::Other => "unknown",
        }
    }

    /// The words the interface shows.
    pub fn label(self) -> &'static str {
        match self {
            Self::Requested => "Requested",
            Self::Started => "Started",
            Self::Failed => "Failed",
            Self::Succeeded => "Arrived",
            Self::Other => "Not known",
        }
    }
}

/// One line of Docker's mirroring log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MirrorLogEntry {
    pub tag: String,
    /// As Docker logs it; of the index or of a platform.
    pub digest: String,
    pub state: LogState,
    /// `ONBOARDING` or `PUSH` in people's words.
    pub reason: String,
    pub triggered_at: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
}

/// One tag in the mirror, as Hub lists it, or on its way there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MirrorTag {
    pub tag: Tag,
    pub digest: Option<Digest>,
    /// In bytes, over all platforms, as Hub counts it.
    pub size: u64,
    /// For example `linux/amd64`.
    pub platforms: Vec<String>,
    /// None where it is not there yet.
    pub last_pushed: Option<DateTime<Utc>>,
    /// None where Docker's log says nothing of it.
    pub progress: Option<TagProgress>,
}

/// What the page of one mirror shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MirrorDetail {
    pub mirror: Mirror,
    /// Those that failed first, then those on their way, then the newest.
    pub tags: Vec<MirrorTag>,
    /// Newest first, at most a few hundred.
    pub log: Vec<MirrorLogEntry>,
}

#[cfg(test)]
impl Mirror {
    /// A mirror of acme in order, for tests.
    pub(crate) fn example(source: &str, rules: &[&str]) -> Self {
        Self {
            id: source.to_owned(),
            source: source.to_owned(),
            source_namespace: "dhi".to_owned(),
            source_display_name: source.to_owned(),
            repository: format!("acme/dhi-{source}").parse().expect("a name"),
            state: MirrorState::UpToDate,
            is_private: Some(true),
            last_pushed: None,
            rules: rules.iter().map(|rule| (*rule).to_owned()).collect(),
            progress: None,
            hook: HookHealth::Absent,
            started_by: None,
            stopped: None,
        }
    }
}
