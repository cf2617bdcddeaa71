//! Where Docker keeps what it knows of one platform's image.

use super::catalog::CatalogManifest;
use crate::model::Digest;

impl CatalogManifest {
    /// Where Docker keeps what it knows of this image; none where it gives no digest. `name` is the catalog's.
    pub fn coordinates(&self, name: &str) -> Option<Coordinates> {
        // That catalog images are asked for as `dhi/<name>` is unconfirmed (6.5); signatures name them so (7.1).
        Some(Coordinates { digest: self.manifest_digest.clone()?, repository: format!("dhi/{name}") })
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
