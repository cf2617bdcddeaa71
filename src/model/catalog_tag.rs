//! One tag of the catalog, looked at platform by platform: what it is, how it runs, how it differs from another.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::catalog::CatalogName;
use super::health::HealthScore;
use super::image::{Digest, ImageRef, RepoName, Tag};
use super::packages::Analysis;
use super::vulnerabilities::Severity;

/// The image of one platform behind a tag, as an address names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ImageAsked {
    pub name: CatalogName,
    pub tag: Tag,
    /// For example `linux/amd64`; empty for the first.
    #[serde(default)]
    pub platform: String,
}

/// What stands at the head of a tag's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogTag {
    pub name: CatalogName,
    pub tag: Tag,
    /// Of the index, which covers all platforms; a chart's only manifest.
    pub digest: Digest,
    /// All that point at this digest, this one included.
    pub tags: Vec<Tag>,
    pub last_pushed: Option<DateTime<Utc>>,
    pub platforms: Vec<TagPlatform>,
    /// The organization's mirrors of the repository.
    pub mirrors: Vec<RepoName>,
    /// How to pull exactly this image: from each mirror, or from Docker's own registry where there is none.
    pub pulls: Vec<ImageRef>,
}

impl CatalogTag {
    /// The platform of this name, or the first where none is named.
    pub fn platform(&self, named: &str) -> Option<&TagPlatform> {
        self.platforms.iter().find(|platform| named.is_empty() || platform.name == named)
    }
}

/// The image of one platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagPlatform {
    /// For example `linux/amd64`.
    pub name: String,
    /// Of the platform manifest.
    pub digest: Digest,
    /// Compressed, in bytes.
    pub size: u64,
    /// For example `Debian 13`.
    pub distribution: String,
    pub user: String,
    pub shell: Option<String>,
    pub package_manager: Option<String>,
    pub fips: bool,
    pub stig: bool,
    pub last_pushed: Option<DateTime<Utc>>,
    /// None where Docker has not scored the image.
    pub health: Option<HealthScore>,
}

/// Where a configuration was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadFrom {
    /// The bytes of the image itself.
    Mirror(RepoName),
    /// Docker's unsigned view of it.
    Docker,
}

/// How a container of an image begins; what is not set is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSettings {
    pub user: String,
    pub entrypoint: Vec<String>,
    pub cmd: Vec<String>,
    pub working_dir: String,
    pub env: Vec<String>,
    pub ports: Vec<String>,
    pub volumes: Vec<String>,
    /// `key=value`, by key.
    pub labels: Vec<String>,
    pub stop_signal: String,
}

/// Where an image's definition is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceLink {
    pub commit: String,
    /// Only https.
    pub commit_url: Option<String>,
    /// Only https.
    pub definition_url: Option<String>,
}

/// The configuration of an image and what it was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageConfiguration {
    /// None where neither a mirror nor Docker's view has it.
    pub settings: Option<(ReadFrom, RunSettings)>,
    pub source: Option<SourceLink>,
    /// Why the mirror was not read, where there is one.
    pub trouble: Option<String>,
}

/// One tag beside another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The other tags of the repository, in its own order.
    pub others: Vec<Tag>,
    /// None as long as no other tag is chosen.
    pub outcome: Option<Compared>,
}

/// What a comparison led to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compared {
    /// Both tags point at this digest.
    SameImage(Digest),
    /// The indexes differ, and the image of this platform is the same.
    SamePlatform(Digest),
    /// The repository has no such tag.
    NoTag,
    /// The other tag has no image of this platform, only of these.
    NoPlatform(Vec<String>),
    /// One of the two was not analysed, so nothing can be said.
    NotAnalysed {
        tag: Tag,
        analysis: Analysis,
    },
    Differs(Difference),
}

/// What leads from this tag to the other.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    pub added: Cut<PackageChange>,
    pub gone: Cut<PackageChange>,
    pub changed: Cut<PackageChange>,
    /// Packages that are the same in both.
    pub same: u32,
    /// Vulnerabilities that only the other tag has.
    pub new_vulnerabilities: Cut<VulnerabilityChange>,
    /// Vulnerabilities that only this tag has.
    pub gone_vulnerabilities: Cut<VulnerabilityChange>,
    /// Vulnerabilities that both have.
    pub same_vulnerabilities: u32,
}

/// The beginning of a list, and how long all of it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut<T> {
    pub rows: Vec<T>,
    pub total: u32,
}

impl<T> Default for Cut<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), total: 0 }
    }
}

impl<T> Cut<T> {
    /// So many of these at most.
    pub fn of(mut rows: Vec<T>, most: usize) -> Self {
        let total = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        rows.truncate(most);
        Self { rows, total }
    }
}

/// A package that is not the same in both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageChange {
    pub name: String,
    /// For example `deb`.
    pub kind: String,
    /// Versions in this tag; empty where it is added.
    pub from: String,
    /// Versions in the other tag; empty where it is gone.
    pub to: String,
}

/// A vulnerability that counts in one of the two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VulnerabilityChange {
    pub id: String,
    pub severity: Severity,
    /// The other image has it too, and there it is suppressed.
    pub is_suppressed: bool,
}
