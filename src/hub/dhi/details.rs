//! What is asked for where somebody looks at one tag: each platform with its health score, and where the rest of it is.

use serde::Deserialize;

use super::catalog::CatalogManifest;
use crate::hub::lenient::{self, open_enum};
use crate::model::Digest;

/// The image of one platform with what lists leave out.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TagManifest {
    #[serde(flatten)]
    pub manifest: CatalogManifest,
    pub scout_health_score: Option<HealthScore>,
}

impl TagManifest {
    /// Where Docker keeps what it knows of this image; none where it gives no digest. `name` is the catalog's.
    pub fn coordinates(&self, name: &str) -> Option<Coordinates> {
        // That catalog images are asked for as `dhi/<name>` is unconfirmed (6.5); signatures name them so (7.1).
        Some(Coordinates { digest: self.manifest.manifest_digest.clone()?, repository: format!("dhi/{name}") })
    }
}

/// One platform's image as Docker's analysis knows it. Only a platform manifest gives one, so that the digest of an index
/// never stands here (trap 14).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coordinates {
    digest: Digest,
    repository: String,
}

impl Coordinates {
    /// Of the platform manifest.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// `dhi/<name>`.
    pub fn repository(&self) -> &str {
        &self.repository
    }
}

/// Docker's mark for an image, `A` to `F`, and what it comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct HealthScore {
    #[serde(deserialize_with = "lenient::text")]
    pub score: String,
    pub policies: Vec<HealthPolicy>,
}

/// One policy of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct HealthPolicy {
    pub name: String,
    pub label: String,
    pub status: PolicyStatus,
    pub description: String,
    #[serde(deserialize_with = "lenient::count")]
    pub violation_count: u64,
}

open_enum! {
    /// Whether an image keeps a policy.
    PolicyStatus { Pass = "PASS", Fail = "FAIL", Unknown = "UNKNOWN" }
}
