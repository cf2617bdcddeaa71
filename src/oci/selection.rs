//! Some platforms of an image instead of all: a smaller index that keeps what it keeps byte for byte. Its digest is another
//! one, and signatures over the whole index do not speak of it.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::digests::digest_like;
use super::error::{RegistryError, Unfit};
use super::graph::{Descriptor, Parts, is_index};
use super::manifest::RawManifest;
use crate::model::Platform;

/// Annotation of BuildKit's attestation entries: which neighbour they speak of.
const REFERENCE: &str = "vnd.docker.reference.digest";

/// Which platforms go along; empty takes all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection(pub Vec<Platform>);

impl Selection {
    /// Everything goes along, and every digest stays what it is.
    pub fn is_everything(&self) -> bool {
        self.0.is_empty()
    }

    /// A platform without a variant takes all variants.
    fn takes(&self, platform: &Platform) -> bool {
        self.0.iter().any(|wanted| {
            wanted.os == platform.os
                && wanted.architecture == platform.architecture
                && (wanted.variant.is_none() || wanted.variant == platform.variant)
        })
    }

    /// What the destination gets of an index, read: [`Self::narrow`] with its parts.
    pub(super) fn narrowed(
        &self,
        index: &RawManifest,
        parts: &Parts,
    ) -> Result<Option<(RawManifest, Parts)>, RegistryError> {
        let Some(smaller) = self.narrow(index, parts)? else { return Ok(None) };
        let parts = Parts::of(&smaller)?;
        Ok(Some((smaller, parts)))
    }

    /// The index with the selected platforms alone, and BuildKit's entries about those. `None` where nothing is left out:
    /// the index stays as it is. An image without an index is taken as it is, too.
    fn narrow(&self, index: &RawManifest, parts: &Parts) -> Result<Option<RawManifest>, RegistryError> {
        if self.is_everything() || !is_index(&index.media_type) {
            return Ok(None);
        }
        let chosen = |child: &Descriptor| child.platform().is_some_and(|platform| self.takes(&platform));
        let about_chosen = |child: &Descriptor| {
            let about = child.annotations.get(REFERENCE);
            about.is_some_and(|about| parts.manifests.iter().any(|c| chosen(c) && c.digest.as_str() == about))
        };
        let kept: Vec<bool> = parts.manifests.iter().map(|child| chosen(child) || about_chosen(child)).collect();
        if !parts.manifests.iter().any(chosen) {
            return Err(RegistryError::Unfit { digest: index.digest.clone(), why: Unfit::NoSuchPlatform });
        }
        if kept.iter().all(|kept| *kept) {
            return Ok(None);
        }
        let bad = |source| RegistryError::BadManifest { digest: index.digest.clone(), source };
        let mut fields: Map<String, Value> = serde_json::from_slice(&index.bytes).map_err(bad)?;
        if let Some(Value::Array(children)) = fields.get_mut("manifests") {
            let mut kept = kept.iter();
            children.retain(|_| kept.next().copied().unwrap_or(false));
        }
        let bytes = Bytes::from(serde_json::to_vec(&fields).map_err(bad)?);
        let digest = digest_like(&index.digest, &bytes);
        Ok(Some(RawManifest { bytes, digest, media_type: index.media_type.clone() }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::oci::digests::sha256;

    const INDEX: &str = "application/vnd.oci.image.index.v1+json";

    fn index() -> RawManifest {
        let child = |seed: &str, os: &str, cpu: &str, about: Option<&str>| {
            json!({"mediaType": "m", "digest": sha256(seed.as_bytes()), "size": 1, "odd": true,
                   "platform": {"os": os, "architecture": cpu},
                   "annotations": about.map(|seed| json!({REFERENCE: sha256(seed.as_bytes())}))})
        };
        let text = json!({"schemaVersion": 2, "mediaType": INDEX, "future": [1], "manifests": [
            child("amd", "linux", "amd64", None), child("arm", "linux", "arm64", None),
            child("about amd", "unknown", "unknown", Some("amd")), child("about arm", "unknown", "unknown", Some("arm")),
        ]});
        let bytes = Bytes::from(text.to_string());
        RawManifest { digest: sha256(&bytes), bytes, media_type: INDEX.to_owned() }
    }

    fn narrowed(platform: &str) -> Result<Option<RawManifest>, RegistryError> {
        let (index, selection) = (index(), Selection(vec![platform.parse().expect("a platform")]));
        selection.narrow(&index, &Parts::of(&index)?)
    }

    #[test]
    fn a_selected_platform_keeps_its_entry_and_what_speaks_of_it() {
        let smaller = narrowed("linux/arm64").expect("an index").expect("a smaller one");
        let read: Value = serde_json::from_slice(&smaller.bytes).expect("json");
        let digests: Vec<_> = read["manifests"].as_array().expect("entries").iter().map(|c| &c["digest"]).collect();
        assert_eq!(digests, [sha256(b"arm").as_str(), sha256(b"about arm").as_str()]);
        assert_eq!(read["manifests"][0]["odd"], true);
        assert_eq!(read["future"][0], 1);
        assert_eq!(smaller.digest, sha256(&smaller.bytes));
        assert_ne!(smaller.digest, index().digest);
    }

    #[test]
    fn a_platform_that_is_not_there_is_an_error_and_all_platforms_change_nothing() {
        assert!(matches!(narrowed("linux/s390x"), Err(RegistryError::Unfit { why: Unfit::NoSuchPlatform, .. })));
        let index = index();
        let parts = Parts::of(&index).expect("an index");
        assert_eq!(Selection::default().narrow(&index, &parts).expect("an index"), None);
        let both = Selection(vec!["linux/amd64".parse().expect("one"), "linux/arm64".parse().expect("another")]);
        assert_eq!(both.narrow(&index, &parts).expect("an index"), None);
    }
}
