//! What a manifest names: read from its bytes, never written back. Unknown fields are left alone.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use oci_client::manifest::{IMAGE_MANIFEST_LIST_MEDIA_TYPE, OCI_IMAGE_INDEX_MEDIA_TYPE};
use serde::Deserialize;

use super::digests::digest_like;
use super::error::{RegistryError, Unfit};
use super::manifest::RawManifest;
use crate::model::{Digest, Platform};

/// Parts one manifest may name; more is no honest manifest.
const MOST_PARTS: usize = 1_000;
/// Docker's first manifest form is signed over a text that is not what is stored: it cannot be copied as bytes.
const SCHEMA_ONE: &str = "application/vnd.docker.distribution.manifest.v1";

/// One part that a manifest names.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    #[serde(default)]
    pub media_type: String,
    pub digest: Digest,
    pub size: u64,
    #[serde(default)]
    pub artifact_type: Option<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub annotations: BTreeMap<String, String>,
    #[serde(default)]
    pub platform: Option<PlatformField>,
    /// The content itself, in base64, where it is small.
    #[serde(default)]
    data: Option<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    urls: Vec<String>,
}

/// `platform` of a descriptor.
#[derive(Clone, Debug, Deserialize)]
pub struct PlatformField {
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
    #[serde(default)]
    variant: Option<String>,
}

/// The parts of a manifest or index, whichever it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Parts {
    #[serde(default)]
    pub artifact_type: Option<String>,
    #[serde(default)]
    pub config: Option<Descriptor>,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub layers: Vec<Descriptor>,
    /// Of the artifact manifest that OCI 1.1 had in its drafts.
    #[serde(default, deserialize_with = "null_is_empty")]
    blobs: Vec<Descriptor>,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub manifests: Vec<Descriptor>,
    #[serde(default)]
    pub subject: Option<Descriptor>,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub annotations: BTreeMap<String, String>,
}

/// Go writes an empty list or map as `null`.
fn null_is_empty<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

impl Descriptor {
    /// A layer that its maker forbids to redistribute: it stays where its `urls` say, and those are never fetched (rule 16).
    pub fn is_foreign(&self) -> bool {
        !self.urls.is_empty() || self.media_type.contains("nondistributable") || self.media_type.contains(".foreign.")
    }

    /// `os/architecture`, unless this is BuildKit's `unknown/unknown` or there is none.
    pub fn platform(&self) -> Option<Platform> {
        let field = self.platform.as_ref()?;
        let known = |text: &str| !text.is_empty() && text != "unknown";
        let variant = field.variant.clone().filter(|variant| known(variant));
        (known(&field.os) && known(&field.architecture)).then(|| Platform {
            os: field.os.clone(),
            architecture: field.architecture.clone(),
            variant,
        })
    }

    /// The content, where it needs no request: given inline, or empty.
    pub(super) fn inline(&self) -> Option<Bytes> {
        let bytes = match &self.data {
            Some(data) => Bytes::from(STANDARD.decode(data).ok()?),
            None if self.size == 0 => Bytes::new(),
            None if self.size == 2 => Bytes::from_static(b"{}"),
            None => return None,
        };
        let right = bytes.len() as u64 == self.size && digest_like(&self.digest, &bytes) == self.digest;
        right.then_some(bytes)
    }
}

impl Parts {
    /// Reads the parts and refuses what cannot be copied without changing it.
    pub fn of(manifest: &RawManifest) -> Result<Self, RegistryError> {
        let unfit = |why| RegistryError::Unfit { digest: manifest.digest.clone(), why };
        if manifest.media_type.starts_with(SCHEMA_ONE) {
            return Err(unfit(Unfit::MediaType));
        }
        let parts: Self = serde_json::from_slice(&manifest.bytes)
            .map_err(|source| RegistryError::BadManifest { digest: manifest.digest.clone(), source })?;
        if parts.blobs().count() + parts.manifests.len() > MOST_PARTS {
            return Err(unfit(Unfit::TooManyParts));
        }
        Ok(parts)
    }

    /// Configuration, layers and blobs.
    pub fn blobs(&self) -> impl Iterator<Item = &Descriptor> {
        self.config.iter().chain(&self.layers).chain(&self.blobs)
    }

    /// The type an artifact is known by: its own, else the one of its configuration.
    pub fn kind(&self) -> &str {
        let own = self.artifact_type.as_deref().filter(|text| !text.is_empty());
        own.or_else(|| self.config.as_ref().map(|config| config.media_type.as_str())).unwrap_or_default()
    }
}

/// Whether this media type names an index (or Docker's manifest list).
pub fn is_index(media_type: &str) -> bool {
    media_type == OCI_IMAGE_INDEX_MEDIA_TYPE || media_type == IMAGE_MANIFEST_LIST_MEDIA_TYPE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::digests::sha256;

    fn parts(json: &str) -> Parts {
        let bytes = Bytes::from(json.to_owned());
        let digest = sha256(&bytes);
        Parts::of(&RawManifest { bytes, digest, media_type: "application/vnd.oci.image.manifest.v1+json".into() })
            .expect("a manifest")
    }

    #[test]
    fn unknown_fields_and_nulls_are_no_hindrance() {
        let read = parts(r#"{"schemaVersion":2,"layers":null,"annotations":null,"future":{"a":[1]}}"#);
        assert_eq!(read.blobs().count(), 0);
        assert!(read.annotations.is_empty());
    }

    #[test]
    fn content_that_needs_no_request_is_known() {
        let with = |size: u64, digest: &str, data: &str| {
            let json = format!(r#"{{"mediaType":"x","digest":"{digest}","size":{size}{data}}}"#);
            serde_json::from_str::<Descriptor>(&json).expect("a descriptor").inline()
        };
        let empty_json = sha256(b"{}").to_string();
        assert_eq!(with(2, &empty_json, ""), Some(Bytes::from_static(b"{}")));
        assert_eq!(with(2, &empty_json, r#","data":"e30=""#), Some(Bytes::from_static(b"{}")));
        assert_eq!(with(0, sha256(b"").as_str(), ""), Some(Bytes::new()));
        // A lie is not believed, only not used.
        assert_eq!(with(2, &empty_json, r#","data":"e31=""#), None);
        assert_eq!(with(2, sha256(b"ab").as_str(), ""), None);
        assert_eq!(with(5, sha256(b"hello").as_str(), ""), None);
    }

    #[test]
    fn a_buildkit_attestation_is_no_platform_and_a_foreign_layer_stays_away() {
        let digest = sha256(b"");
        let json = |rest: &str| format!(r#"{{"mediaType":"m","digest":"{digest}","size":1,{rest}}}"#);
        let read = |rest: &str| serde_json::from_str::<Descriptor>(&json(rest)).expect("a descriptor");
        assert!(read(r#""platform":{"os":"unknown","architecture":"unknown"}"#).platform().is_none());
        let arm = read(r#""platform":{"os":"linux","architecture":"arm","variant":"v7","os.version":"1"}"#).platform();
        assert_eq!(arm.map(|p| p.short()), Some("arm/v7".into()));
        assert!(read(r#""urls":["https://example.com/x"]"#).is_foreign());
        assert!(!read(r#""urls":[]"#).is_foreign());
    }

    #[test]
    fn a_manifest_that_names_too_much_is_refused() {
        let digest = sha256(b"");
        let layer = format!(r#"{{"mediaType":"m","digest":"{digest}","size":0}}"#);
        let bytes = Bytes::from(format!(r#"{{"layers":[{}]}}"#, vec![layer; 1_001].join(",")));
        let raw = RawManifest { digest: sha256(&bytes), bytes, media_type: "m".into() };
        assert!(matches!(Parts::of(&raw), Err(RegistryError::Unfit { why: Unfit::TooManyParts, .. })));
    }
}
