//! What Docker publishes: repositories, their images, tags and platform manifests (6.2).

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::hub::lenient::{self, open_enum};
use crate::hub::{HubError, Session, operations};
use crate::model::{Digest, Tag};

/// Every repository Docker publishes, without long texts.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Catalog {
    #[serde(rename = "items")]
    pub repositories: Vec<CatalogRepository>,
    pub categories: Vec<Category>,
}

/// One repository of the catalog, as a list shows it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CatalogRepository {
    /// The catalog's own name, `node`; the mirror's is `dhi-node` (trap 22).
    pub name: String,
    /// Copied from the answer wherever a mirror is started (6.2).
    pub namespace: String,
    pub display_name: String,
    pub short_description: String,
    pub featured: bool,
    pub fips_compliant: bool,
    pub stig_certified: bool,
    pub home_url: Option<String>,
    pub categories: Vec<Category>,
    pub distributions: Vec<String>,
    pub platforms: Vec<String>,
}

/// A shelf of the catalog.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Category {
    pub id: String,
    pub name: String,
}

/// One repository of the catalog with its texts and images.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct CatalogDetails {
    #[serde(flatten)]
    pub summary: CatalogRepository,
    /// Markdown, not to be trusted: clean it before it is shown.
    #[serde(deserialize_with = "lenient::text")]
    pub overview: String,
    /// Markdown, not to be trusted.
    #[serde(deserialize_with = "lenient::text")]
    pub guides: String,
    pub images: Vec<CatalogImage>,
}

/// An index with all tags that point at it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CatalogImage {
    /// Of the index, never to be used where a platform manifest is wanted (trap 14).
    #[serde(deserialize_with = "lenient::digest")]
    pub index_digest: Option<Digest>,
    pub tags: Vec<CatalogTag>,
    #[serde(rename = "imageManifests")]
    pub manifests: Vec<CatalogManifest>,
}

/// A tag and when it last moved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CatalogTag {
    pub name: String,
    #[serde(deserialize_with = "lenient::moment")]
    pub last_updated: Option<DateTime<Utc>>,
}

/// The image of one platform.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CatalogManifest {
    /// Of the platform manifest.
    #[serde(deserialize_with = "lenient::digest")]
    pub manifest_digest: Option<Digest>,
    /// As Docker writes it, `linux/amd64`.
    pub platform: String,
    pub distribution: String,
    /// Bytes.
    #[serde(deserialize_with = "lenient::count")]
    pub compressed_size: u64,
    pub package_manager: Option<String>,
    pub shell: Option<String>,
    pub user: String,
    pub working_directory: String,
    pub fips_compliant: bool,
    pub stig_certified: bool,
    #[serde(deserialize_with = "lenient::moment")]
    pub last_pushed: Option<DateTime<Utc>>,
    /// None means not analysed, never no findings (trap 16).
    pub vulnerabilities: Option<Vulnerabilities>,
    /// None means not scored.
    pub scout_health_score: Option<ScoutHealthScore>,
}

/// Findings by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Vulnerabilities {
    #[serde(deserialize_with = "lenient::count")]
    pub critical: u64,
    #[serde(deserialize_with = "lenient::count")]
    pub high: u64,
    #[serde(deserialize_with = "lenient::count")]
    pub medium: u64,
    #[serde(deserialize_with = "lenient::count")]
    pub low: u64,
    #[serde(deserialize_with = "lenient::count")]
    pub unspecified: u64,
    #[serde(deserialize_with = "lenient::count")]
    pub total: u64,
}

/// Docker Scout's judgement of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ScoutHealthScore {
    /// A letter, `A` at best.
    #[serde(deserialize_with = "lenient::text")]
    pub score: String,
    pub policies: Vec<ScoutPolicy>,
}

/// One of the policies a score is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ScoutPolicy {
    pub name: String,
    pub label: String,
    pub status: ScoutPolicyStatus,
    pub description: String,
    #[serde(deserialize_with = "lenient::count")]
    pub violation_count: u64,
}

open_enum! {
    /// How an image stands to a policy.
    ScoutPolicyStatus { Pass = "PASS", Fail = "FAIL", Unknown = "UNKNOWN" }
}

/// One tag of the catalog, with the others that point at the same index.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TagDetails {
    #[serde(deserialize_with = "lenient::digest")]
    pub index_digest: Option<Digest>,
    pub repo: String,
    pub tag: CatalogTag,
    pub all_tags: Vec<CatalogTag>,
    #[serde(rename = "imageManifests")]
    pub manifests: Vec<CatalogManifest>,
}

impl Session {
    /// The whole catalog; the interface has no pages.
    pub async fn catalog(&self, organization: &str) -> Result<Catalog, HubError> {
        self.ask(&operations::catalog(organization)).await
    }

    /// One repository by its catalog name (`node`, not `dhi-node`); none where the catalog has no such.
    pub async fn repository_details(&self, organization: &str, name: &str) -> Result<Option<CatalogDetails>, HubError> {
        absent(self.ask_for(&operations::repository_details(organization, name)).await)
    }

    /// One tag of a repository of the catalog; none where either is missing.
    pub async fn tag_details(&self, organization: &str, name: &str, tag: &Tag) -> Result<Option<TagDetails>, HubError> {
        absent(self.ask_for(&operations::tag_details(organization, name, tag.as_str())).await)
    }
}

/// A nullable field whose absence may be said by `null` or by a 404 beside it.
pub(super) fn absent<T>(asked: Result<Option<T>, HubError>) -> Result<Option<T>, HubError> {
    match asked {
        Err(HubError::NotFound) => Ok(None),
        other => other,
    }
}
