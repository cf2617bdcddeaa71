//! Manifests as raw bytes: asked for, digest-checked, and put back exactly as they came (`contracts/registries.md` rule 1).

use std::time::Duration;

use bytes::Bytes;
use oci_client::manifest::{
    IMAGE_MANIFEST_LIST_MEDIA_TYPE, IMAGE_MANIFEST_MEDIA_TYPE, OCI_IMAGE_INDEX_MEDIA_TYPE, OCI_IMAGE_MEDIA_TYPE,
};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, StatusCode};
use serde::Deserialize;

use super::digests::{digest_like, sha256};
use super::error::{RegistryError, Unfit};
use super::registry::Repository;
use super::send::Payload;
use crate::model::{Digest, Reference, Tag};

/// The largest manifest taken or given.
pub const LARGEST_MANIFEST: usize = 4 * 1024 * 1024;

/// All four types in every request: ECR and old registries convert for clients that do not name the stored one (rule 12).
const ACCEPTED: [&str; 4] =
    [OCI_IMAGE_INDEX_MEDIA_TYPE, OCI_IMAGE_MEDIA_TYPE, IMAGE_MANIFEST_LIST_MEDIA_TYPE, IMAGE_MANIFEST_MEDIA_TYPE];

/// A manifest as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawManifest {
    pub bytes: Bytes,
    /// Computed from the bytes.
    pub digest: Digest,
    /// The bytes' own `mediaType`, else the answer's content type.
    pub media_type: String,
}

/// What a HEAD of a manifest tells; none of it is certain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestHead {
    pub digest: Option<Digest>,
    pub size: Option<u64>,
}

/// What a registry said when it took a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// `OCI-Subject`: the registry lists this manifest as a referrer of it from now on (rule 4).
    pub subject: Option<Digest>,
}

#[derive(Deserialize)]
struct TypeOnly {
    #[serde(rename = "mediaType")]
    media_type: Option<String>,
}

impl Repository {
    /// Asks without reading, which costs no pull on Docker Hub; `None` is a clean 404.
    pub async fn head_manifest(&self, reference: &Reference) -> Result<Option<ManifestHead>, RegistryError> {
        let call = self.call(Method::HEAD, &format!("manifests/{reference}"))?.header(ACCEPT, accepted());
        let reply = match self.registry.send(call).await {
            Err(error) if error.is_not_found() => return Ok(None),
            // Some proxies let no HEAD through: then the answer costs the bytes.
            Err(error) if error.refuses_the_method() => {
                let found = self.get_manifest(reference).await?;
                return Ok(found.map(|found| ManifestHead { size: Some(found.size()), digest: Some(found.digest) }));
            }
            other => other?,
        };
        // A page for people, with status 200, stands where somebody put a sign-in before the registry.
        if reply.content_type() == "text/html" {
            return Err(reply.not_a_registry());
        }
        let digest = reply.header("docker-content-digest").and_then(|text| text.parse().ok());
        Ok(Some(ManifestHead { digest, size: reply.content_length() }))
    }

    /// The digest a tag points to now; `None` where there is no such tag. A registry that does not say it in the header
    /// is asked for the bytes.
    pub async fn resolve(&self, tag: &Tag) -> Result<Option<Digest>, RegistryError> {
        let reference = Reference::Tag(tag.clone());
        match self.head_manifest(&reference).await? {
            None => Ok(None),
            Some(ManifestHead { digest: Some(digest), .. }) => Ok(Some(digest)),
            Some(_) => Ok(self.get_manifest(&reference).await?.map(|manifest| manifest.digest)),
        }
    }

    /// The bytes; by digest they are checked against it. `None` is a clean 404.
    pub async fn get_manifest(&self, reference: &Reference) -> Result<Option<RawManifest>, RegistryError> {
        let pull = self.pull(reference).await?;
        let call = self.call(Method::GET, &format!("manifests/{reference}"))?.header(ACCEPT, accepted());
        let reply = match self.registry.send(call).await {
            Err(error) if error.is_not_found() => return Ok(None),
            other => other?,
        };
        drop(pull);
        let content_type = reply.content_type();
        if reply.status != StatusCode::OK || content_type == "text/html" {
            return Err(reply.not_a_registry());
        }
        let announced = reply.header("docker-content-digest").and_then(|text| text.parse::<Digest>().ok());
        let length = reply.content_length();
        let bytes = reply.bytes(LARGEST_MANIFEST).await?;
        let expected = match reference {
            Reference::Digest(digest) => Some(digest),
            Reference::Tag(_) => announced.as_ref(),
        };
        let Some(bytes) = bytes else {
            let digest = expected.cloned().unwrap_or_else(|| sha256(&[]));
            return Err(RegistryError::Unfit { digest, why: Unfit::TooLarge });
        };
        let found = expected.map_or_else(|| sha256(&bytes), |expected| digest_like(expected, &bytes));
        if let Some(expected) = expected.filter(|expected| **expected != found) {
            let size = bytes.len() as u64;
            return Err(match length.filter(|length| *length != size) {
                Some(expected) => RegistryError::Size { expected, found: size },
                None => RegistryError::Digest { expected: expected.clone(), found },
            });
        }
        RawManifest::new(bytes, found, &content_type).map(Some)
    }

    /// Puts the bytes under a tag or under their own digest.
    pub async fn put_manifest(&self, reference: &Reference, manifest: &RawManifest) -> Result<Accepted, RegistryError> {
        let digest = &manifest.digest;
        if manifest.bytes.len() > LARGEST_MANIFEST {
            return Err(RegistryError::Unfit { digest: digest.clone(), why: Unfit::TooLarge });
        }
        let media_type = HeaderValue::from_str(&manifest.media_type)
            .map_err(|_| RegistryError::Unfit { digest: digest.clone(), why: Unfit::MediaType })?;
        let mut rounds = 0;
        let reply = loop {
            let call = self
                .call(Method::PUT, &format!("manifests/{reference}"))?
                .header(CONTENT_TYPE, media_type.clone())
                .carrying(Payload::Bytes(manifest.bytes.clone()));
            match self.registry.send(call).await {
                // The digest is computed from these bytes, so it is right. Distribution on a file system says this when
                // two put the same manifest at once and one reads what the other has half written.
                Err(error) if error.code() == Some("DIGEST_INVALID") && rounds < 3 => {
                    rounds += 1;
                    tokio::time::sleep(Duration::from_millis(50 << rounds)).await;
                }
                other => break other?,
            }
        };
        // The front end of one registry once answered 200 to a push into nowhere.
        if !matches!(reply.status, StatusCode::CREATED | StatusCode::ACCEPTED) {
            return Err(reply.not_a_registry());
        }
        // ECR answers without Location; nothing here needs one.
        let kept = reply.header("docker-content-digest").and_then(|text| text.parse::<Digest>().ok());
        if let Some(found) = kept.filter(|kept| kept.algorithm() == digest.algorithm() && kept != digest) {
            return Err(RegistryError::Digest { expected: digest.clone(), found });
        }
        Ok(Accepted { subject: reply.header("oci-subject").and_then(|text| text.parse().ok()) })
    }
}

impl RawManifest {
    /// The type is part of what is stored, so the bytes' own word goes before the answer's.
    pub(super) fn new(bytes: Bytes, digest: Digest, content_type: &str) -> Result<Self, RegistryError> {
        let own: TypeOnly = serde_json::from_slice(&bytes)
            .map_err(|source| RegistryError::BadManifest { digest: digest.clone(), source })?;
        let announced = Some(content_type).filter(|text| text.contains("manifest") || text.contains("index"));
        match own.media_type.or_else(|| announced.map(str::to_owned)) {
            Some(media_type) => Ok(Self { bytes, digest, media_type }),
            None => Err(RegistryError::Unfit { digest, why: Unfit::NoMediaType }),
        }
    }

    /// Bytes of the manifest.
    pub fn size(&self) -> u64 {
        self.bytes.len() as u64
    }
}

pub(super) fn accepted() -> HeaderValue {
    HeaderValue::from_str(&ACCEPTED.join(", ")).unwrap_or(HeaderValue::from_static("*/*"))
}
