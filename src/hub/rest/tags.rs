//! Tags of a repository as Hub lists them (4.3): for showing and for planning; for exact digests ask the registry.

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::Deserialize;

use crate::hub::lenient;
use crate::hub::send::Call;
use crate::hub::{HubError, Listing, Page, Session};
use crate::model::{Digest, RepoName, Tag};

/// A tag and what it points at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct HubTag {
    pub name: String,
    /// Of the index where there are several platforms; may be absent.
    #[serde(deserialize_with = "lenient::digest")]
    pub digest: Option<Digest>,
    /// Bytes, as Hub counts them.
    #[serde(deserialize_with = "lenient::optional_count")]
    pub full_size: Option<u64>,
    /// One entry a platform; attestation manifests appear as `unknown`.
    #[serde(deserialize_with = "lenient::list")]
    pub images: Vec<HubImage>,
    #[serde(deserialize_with = "lenient::moment")]
    pub last_updated: Option<DateTime<Utc>>,
    #[serde(deserialize_with = "lenient::moment")]
    pub tag_last_pushed: Option<DateTime<Utc>>,
    #[serde(deserialize_with = "lenient::moment")]
    pub tag_last_pulled: Option<DateTime<Utc>>,
    /// `active` or `inactive`.
    pub tag_status: Option<String>,
    /// What the reference calls `tag_status`.
    pub status: Option<String>,
    pub media_type: Option<String>,
    pub content_type: Option<String>,
}

/// The image of one platform of a tag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct HubImage {
    pub os: String,
    pub architecture: String,
    pub variant: Option<String>,
    /// Of the platform manifest; may be absent.
    #[serde(deserialize_with = "lenient::digest")]
    pub digest: Option<Digest>,
    /// Bytes.
    #[serde(deserialize_with = "lenient::count")]
    pub size: u64,
    pub status: String,
    #[serde(deserialize_with = "lenient::moment")]
    pub last_pushed: Option<DateTime<Utc>>,
    #[serde(deserialize_with = "lenient::moment")]
    pub last_pulled: Option<DateTime<Utc>>,
}

impl HubTag {
    /// False where Docker marks the tag as inactive, by either name of the field.
    pub fn is_active(&self) -> bool {
        self.tag_status.as_ref().or(self.status.as_ref()).is_none_or(|status| !status.eq_ignore_ascii_case("inactive"))
    }
}

impl HubImage {
    /// Whether it is an image somebody can run, not an attestation manifest of the index.
    pub fn is_runnable(&self) -> bool {
        self.os != "unknown" && self.architecture != "unknown"
    }
}

impl Session {
    /// One page of a repository's tags, from 1, of a hundred.
    pub async fn tags(&self, repository: &RepoName, page: u32) -> Result<Page<HubTag>, HubError> {
        self.page(self.repository_url(repository, &["tags"])?, page).await
    }

    /// All tags of a repository, or the first `at_most`.
    pub async fn all_tags(&self, repository: &RepoName, at_most: usize) -> Result<Listing<HubTag>, HubError> {
        self.pages(self.repository_url(repository, &["tags"])?, at_most).await
    }

    /// One tag; [`HubError::NotFound`] where it is missing.
    pub async fn tag(&self, repository: &RepoName, tag: &Tag) -> Result<HubTag, HubError> {
        let url = self.repository_url(repository, &["tags", tag.as_str()])?;
        self.rest(&Call::rest(Method::GET, url)).await
    }
}
