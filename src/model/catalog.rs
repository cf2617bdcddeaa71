//! The catalog: what Docker publishes, as Ferry shows it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::image::{RepoName, is_path_component};
use super::text::{Refused, checked_text};

checked_text! {
    /// A repository's name in the catalog, without a namespace: `node`, `traefik-chart`.
    CatalogName, |text| {
        if text.len() <= 255 && is_path_component(text) {
            Ok(())
        } else {
            Err(Refused::because("The catalog has no repository of that name."))
        }
    }
}

/// What a catalog repository holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RepositoryKind {
    Image,
    /// Its name ends in `-chart`.
    HelmChart,
}

impl RepositoryKind {
    /// The one spelling: address and attribute.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::HelmChart => "helm-chart",
        }
    }

    /// The words the interface shows.
    pub fn label(self) -> &'static str {
        match self {
            Self::Image => "Image",
            Self::HelmChart => "Helm chart",
        }
    }
}

/// A reading of Docker Hub's that failed, so that what is shown is what it said before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HubRefusal {
    pub at: DateTime<Utc>,
    /// For people: why, and what to do.
    pub sentence: String,
}

/// A category or any other value of a filter: what goes into the address and what people read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Choice {
    pub id: String,
    pub name: String,
}

/// One repository in the catalog's list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CatalogEntry {
    pub name: CatalogName,
    /// Docker's namespace of the source, as Hub answers it.
    pub namespace: String,
    pub display_name: String,
    pub short_description: String,
    pub kind: RepositoryKind,
    pub featured: bool,
    pub fips: bool,
    pub stig: bool,
    /// Ids of categories.
    pub categories: Vec<String>,
    /// For example `debian-13`.
    pub distributions: Vec<String>,
    /// For example `linux/amd64`.
    pub platforms: Vec<String>,
    /// Mirrors of it in the organization.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mirrors: Vec<RepoName>,
    /// Names of the rules that forward one of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
}
