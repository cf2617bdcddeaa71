//! The tag that lists referrers where a registry has no API for it: read, add, write, read again
//! (`contracts/registries.md` rules 4 and 5).

use std::collections::HashSet;
use std::time::Duration;

use bytes::Bytes;
use oci_client::manifest::OCI_IMAGE_INDEX_MEDIA_TYPE;
use serde_json::{Map, Value, json};

use super::coordination::Coordination;
use super::digests::sha256;
use super::error::{RegistryError, Unfit};
use super::graph::is_index;
use super::manifest::RawManifest;
use super::referrers::fallback_tag;
use super::registry::Repository;
use crate::model::{Digest, DiscoveredBy, Reference};

/// Somebody who writes without our lock may undo an entry; after so many times it is he who has to stop.
const MOST_ROUNDS: u32 = 5;

/// One referrer as the list shows it.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) digest: Digest,
    pub(super) media_type: String,
    pub(super) size: u64,
    pub(super) artifact_type: String,
    pub(super) annotations: std::collections::BTreeMap<String, String>,
    /// Just written: no list can name it yet.
    pub(super) is_new: bool,
}

impl Entry {
    fn json(&self) -> Value {
        let mut entry = json!({ "mediaType": self.media_type, "digest": self.digest, "size": self.size });
        if let Value::Object(fields) = &mut entry {
            if !self.artifact_type.is_empty() {
                fields.insert("artifactType".into(), Value::from(self.artifact_type.as_str()));
            }
            if !self.annotations.is_empty() {
                fields.insert("annotations".into(), json!(self.annotations));
            }
        }
        entry
    }
}

/// Makes sure that the destination lists these referrers of the subject, in whichever way it lists at all. Says which.
pub(super) async fn ensure_listed(
    target: &Repository,
    subject: &Digest,
    entries: &[Entry],
    coordination: &dyn Coordination,
) -> Result<DiscoveredBy, RegistryError> {
    let by = target.discovered_by().await?;
    match by {
        DiscoveredBy::FallbackTag => add(target, subject, entries, coordination).await?,
        DiscoveredBy::ReferrersApi => wait_for_api(target, subject, entries).await?,
    }
    Ok(by)
}

/// A registry with the API lists by itself: soon, or after the manifest is put once more (it may be older than the API).
async fn wait_for_api(target: &Repository, subject: &Digest, entries: &[Entry]) -> Result<(), RegistryError> {
    for round in 0..MOST_ROUNDS {
        let listing = target.referrers(subject).await?;
        let listed: HashSet<&Digest> = listing.entries.iter().map(|entry| &entry.digest).collect();
        let missing: Vec<_> = entries.iter().filter(|entry| !listed.contains(&entry.digest)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100 << round)).await;
        if round == 1 {
            for entry in missing {
                let reference = Reference::Digest(entry.digest.clone());
                let manifest = target.get_manifest(&reference).await?;
                let manifest = manifest.ok_or_else(|| RegistryError::NotThere { digest: entry.digest.clone() })?;
                target.put_manifest(&reference, &manifest).await?;
            }
        }
    }
    Err(RegistryError::NotThere { digest: subject.clone() })
}

/// Adds what the tag does not list. One writer per repository and subject, and a look at what came of it.
async fn add(
    target: &Repository,
    subject: &Digest,
    entries: &[Entry],
    coordination: &dyn Coordination,
) -> Result<(), RegistryError> {
    let Some(tag) = fallback_tag(subject) else { return Ok(()) };
    let reference = Reference::Tag(tag);
    let unlisted = |now: &Option<RawManifest>| -> Result<Vec<Value>, RegistryError> {
        let listed = listed(now.as_ref())?;
        let named: HashSet<&str> = listed.iter().filter_map(|known| known["digest"].as_str()).collect();
        Ok(entries.iter().filter(|entry| !named.contains(entry.digest.as_str())).map(Entry::json).collect())
    };
    let is_new = entries.iter().any(|entry| entry.is_new);
    if !is_new && unlisted(&target.get_manifest(&reference).await?)?.is_empty() {
        return Ok(());
    }
    let _one = coordination.lock(&format!("referrers {target}@{subject}")).await?;
    for round in 0..MOST_ROUNDS {
        let now = target.get_manifest(&reference).await?;
        let new = unlisted(&now)?;
        if new.is_empty() {
            return Ok(());
        }
        target.put_manifest(&reference, &with(now.as_ref(), new)?).await?;
        if unlisted(&target.get_manifest(&reference).await?)?.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50 << round)).await;
    }
    Err(RegistryError::NotThere { digest: subject.clone() })
}

fn listed(list: Option<&RawManifest>) -> Result<Vec<Value>, RegistryError> {
    let Some(list) = list else { return Ok(Vec::new()) };
    // A tag of this name that is no list is somebody's image: it is not written over.
    if !is_index(&list.media_type) {
        return Err(RegistryError::Unfit { digest: list.digest.clone(), why: Unfit::MediaType });
    }
    Ok(match read(list)?.remove("manifests") {
        Some(Value::Array(entries)) => entries,
        _ => Vec::new(),
    })
}

/// The list with more in it. This index is our own to write; what others put there stays, unknown fields too.
fn with(list: Option<&RawManifest>, new: Vec<Value>) -> Result<RawManifest, RegistryError> {
    let mut index = list.map(read).transpose()?.unwrap_or_default();
    let mut entries = listed(list)?;
    entries.extend(new);
    index.insert("schemaVersion".into(), Value::from(2));
    index.insert("mediaType".into(), Value::from(OCI_IMAGE_INDEX_MEDIA_TYPE));
    index.insert("manifests".into(), Value::Array(entries));
    let bytes = Bytes::from(Value::Object(index).to_string());
    Ok(RawManifest { digest: sha256(&bytes), bytes, media_type: OCI_IMAGE_INDEX_MEDIA_TYPE.to_owned() })
}

fn read(list: &RawManifest) -> Result<Map<String, Value>, RegistryError> {
    serde_json::from_slice(&list.bytes)
        .map_err(|source| RegistryError::BadManifest { digest: list.digest.clone(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adding_to_a_list_keeps_what_others_wrote() {
        let bytes = Bytes::from_static(
            br#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"digest":"sha256:x","odd":1}],"annotations":{"a":"b"}}"#,
        );
        let old = RawManifest { digest: sha256(&bytes), bytes, media_type: OCI_IMAGE_INDEX_MEDIA_TYPE.into() };
        let new = Entry {
            digest: sha256(b"t"),
            media_type: "m".into(),
            size: 3,
            artifact_type: "application/vnd.in-toto+json".into(),
            annotations: [("k".to_owned(), "v".to_owned())].into(),
            is_new: true,
        };
        let index = with(Some(&old), vec![new.json()]).expect("a list");
        let read: Value = serde_json::from_slice(&index.bytes).expect("json");
        assert_eq!(read["annotations"]["a"], "b");
        assert_eq!(read["manifests"][0]["odd"], 1);
        assert_eq!(read["manifests"][1]["artifactType"], "application/vnd.in-toto+json");
        assert_eq!(read["manifests"][1]["annotations"]["k"], "v");
        assert_eq!(index.digest, sha256(&index.bytes));
    }
}
