//! What one registry holds. `ferro-oci-server` keeps bytes, manifests and uploads; this adds what it lacks: a blob belongs
//! to a repository (ferro's blobs are visible everywhere), and a manifest put twice refers to its subject once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use bytes::Bytes;
use ferro_blob_store::{BlobStore as _, Digest, InMemoryBlobStore, Result};
use ferro_oci_server::upload::UploadState;
use ferro_oci_server::{
    AppState, DEFAULT_UPLOAD_SESSION_TTL, InMemoryRegistryMeta, Reference, ReferrerDescriptor, RegistryMeta,
    SessionLimits, UploadAdmission,
};
use serde_json::Value;

use crate::sandbox::content::{Attestation, Image, Object, Signature};

/// The contents of one registry.
pub struct Store {
    blobs: InMemoryBlobStore,
    meta: Arc<Meta>,
    holdings: Mutex<HashMap<String, HashSet<String>>>,
    visited: tokio::sync::Mutex<HashSet<String>>,
    app: Router,
}

impl Store {
    /// An empty registry.
    pub fn new() -> Arc<Self> {
        let blobs = InMemoryBlobStore::new();
        let meta = Arc::new(Meta::default());
        let state = AppState::new(Arc::new(blobs.clone()), Arc::clone(&meta) as Arc<dyn RegistryMeta>);
        Arc::new(Self {
            blobs,
            meta,
            holdings: Mutex::default(),
            visited: tokio::sync::Mutex::default(),
            app: ferro_oci_server::router(state),
        })
    }

    /// The registry's own routes, without rights or bookkeeping.
    pub fn app(&self) -> Router {
        self.app.clone()
    }

    /// The repositories that were filled on their first visit; locked while one is being filled.
    pub fn visited(&self) -> &tokio::sync::Mutex<HashSet<String>> {
        &self.visited
    }

    /// Whether the repository holds the blob.
    pub fn holds(&self, repository: &str, digest: &str) -> bool {
        digest == EMPTY || self.held().get(repository).is_some_and(|blobs| blobs.contains(digest))
    }

    /// Notes that the repository holds the blob.
    pub fn hold(&self, repository: &str, digest: &str) {
        self.held().entry(repository.to_owned()).or_default().insert(digest.to_owned());
    }

    /// Notes that it no longer does.
    pub fn release(&self, repository: &str, digest: &str) {
        if let Some(blobs) = self.held().get_mut(repository) {
            blobs.remove(digest);
        }
    }

    /// Whether anything was ever put into the repository.
    pub async fn knows(&self, repository: &str) -> bool {
        self.held().contains_key(repository)
            || self
                .meta
                .inner
                .list_repositories(None, None)
                .await
                .is_ok_and(|all| all.iter().any(|name| name == repository))
    }

    /// A blob the repository holds.
    pub async fn blob(&self, repository: &str, digest: &str) -> Option<Bytes> {
        if digest == EMPTY {
            return Some(Bytes::from_static(b"{}"));
        }
        if !self.holds(repository, digest) {
            return None;
        }
        self.blobs.get(&digest.parse().ok()?).await.ok()
    }

    /// A manifest by tag or digest: digest, media type and bytes.
    pub async fn manifest(&self, repository: &str, reference: &str) -> Option<(String, String, Bytes)> {
        let reference = reference.parse().map_or_else(|_| Reference::Tag(reference.to_owned()), Reference::Digest);
        let (digest, media_type, bytes) = self.meta.get_manifest(repository, &reference).await.ok()??;
        Some((digest.to_string(), media_type, bytes))
    }

    /// Descriptors of what refers to a digest, in the order they were put.
    pub async fn referrers(
        &self,
        repository: &str,
        digest: &str,
        artifact_type: Option<&str>,
    ) -> Vec<ReferrerDescriptor> {
        let Ok(digest) = digest.parse::<Digest>() else { return Vec::new() };
        self.meta.list_referrers(repository, &digest, artifact_type).await.unwrap_or_default()
    }

    /// Puts an image, its platform manifests and blobs; not its referrers and no tag.
    pub async fn put_image(&self, repository: &str, image: &Image) {
        for platform in &image.platforms {
            for blob in &platform.blobs {
                self.put_blob(repository, blob).await;
            }
            self.put_manifest(repository, &platform.manifest, None).await;
        }
        self.put_manifest(repository, &image.root, None).await;
    }

    /// Somebody takes a manifest away; what is listed as referring to another goes from that list too.
    pub fn hide(&self, repository: &str, digest: &str) {
        self.meta.hidden().insert((repository.to_owned(), digest.to_owned()));
    }

    /// It is there again.
    pub fn show(&self, repository: &str, digest: &str) {
        self.meta.hidden().remove(&(repository.to_owned(), digest.to_owned()));
    }

    /// Points a tag at a manifest.
    pub async fn tag(&self, repository: &str, tag: &str, manifest: &Object) {
        self.put_manifest(repository, manifest, Some(tag)).await;
    }

    /// Puts what refers to an image: attestations and both kinds of signature. The image itself need not be there.
    pub async fn put_referrers(&self, repository: &str, image: &Image) {
        for attestation in image.platforms.iter().flat_map(|platform| &platform.attestations) {
            self.put_attestation(repository, attestation).await;
        }
        if let Some(signature) = &image.root_signature {
            self.put_signature(repository, signature).await;
        }
    }

    /// Puts one attestation with its signature.
    pub async fn put_attestation(&self, repository: &str, attestation: &Attestation) {
        self.put_blob(repository, &attestation.statement).await;
        self.put_manifest(repository, &attestation.manifest, None).await;
        self.put_signature(repository, &attestation.signature).await;
    }

    async fn put_signature(&self, repository: &str, signature: &Signature) {
        self.put_blob(repository, &signature.payload).await;
        self.put_blob(repository, &signature.config).await;
        self.put_manifest(repository, &signature.manifest, None).await;
    }

    async fn put_blob(&self, repository: &str, blob: &Object) {
        let Ok(digest) = blob.digest.parse::<Digest>() else { return };
        if !self.blobs.contains(&digest).await.unwrap_or(false) {
            self.blobs.put(&digest, blob.bytes.clone()).await.expect("content carries its own digest");
        }
        self.hold(repository, &blob.digest);
    }

    async fn put_manifest(&self, repository: &str, manifest: &Object, tag: Option<&str>) {
        let Ok(digest) = manifest.digest.parse::<Digest>() else { return };
        let reference = tag.map_or_else(|| Reference::Digest(digest.clone()), |tag| Reference::Tag(tag.to_owned()));
        let referrer = referrer(manifest, &digest);
        let put = self.meta.put_manifest_with_referrer(
            repository,
            &reference,
            &digest,
            &manifest.media_type,
            manifest.bytes.clone(),
            referrer,
        );
        put.await.expect("a registry in memory takes every manifest");
    }

    fn held(&self) -> std::sync::MutexGuard<'_, HashMap<String, HashSet<String>>> {
        self.holdings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The digest of `{}`, which every repository holds.
const EMPTY: &str = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

fn referrer(manifest: &Object, digest: &Digest) -> Option<(Digest, ReferrerDescriptor)> {
    let parsed: Value = serde_json::from_slice(&manifest.bytes).ok()?;
    let subject = parsed["subject"]["digest"].as_str()?.parse().ok()?;
    let annotations: Option<BTreeMap<String, String>> = serde_json::from_value(parsed["annotations"].clone()).ok();
    let descriptor = ReferrerDescriptor {
        media_type: manifest.media_type.clone(),
        digest: digest.clone(),
        size: manifest.bytes.len() as u64,
        artifact_type: parsed["artifactType"].as_str().map(str::to_owned),
        annotations,
    };
    Some((subject, descriptor))
}

/// ferro's metadata, except that putting a manifest again does not list it twice among the referrers of its subject.
struct Meta {
    inner: InMemoryRegistryMeta,
    one_writer: tokio::sync::Mutex<()>,
    hidden: Mutex<HashSet<(String, String)>>,
}

impl Default for Meta {
    fn default() -> Self {
        // ferro takes 1,024 uploads at once and no more for an hour; clients that are killed leave theirs open.
        let limits = SessionLimits { max_sessions: usize::MAX, idle_ttl: DEFAULT_UPLOAD_SESSION_TTL };
        Self {
            inner: InMemoryRegistryMeta::with_session_limits(limits),
            one_writer: tokio::sync::Mutex::default(),
            hidden: Mutex::default(),
        }
    }
}

impl Meta {
    fn hidden(&self) -> std::sync::MutexGuard<'_, HashSet<(String, String)>> {
        self.hidden.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_hidden(&self, name: &str, digest: &Digest) -> bool {
        self.hidden().contains(&(name.to_owned(), digest.to_string()))
    }
}

#[async_trait::async_trait]
impl RegistryMeta for Meta {
    async fn put_manifest(
        &self,
        name: &str,
        reference: &Reference,
        digest: &Digest,
        media_type: &str,
        body: Bytes,
    ) -> Result<()> {
        self.inner.put_manifest(name, reference, digest, media_type, body).await
    }

    async fn put_manifest_with_referrer(
        &self,
        name: &str,
        reference: &Reference,
        digest: &Digest,
        media_type: &str,
        body: Bytes,
        referrer: Option<(Digest, ReferrerDescriptor)>,
    ) -> Result<()> {
        let _writing = self.one_writer.lock().await;
        self.hidden().remove(&(name.to_owned(), digest.to_string()));
        let known = match &referrer {
            Some((subject, descriptor)) => {
                self.inner.list_referrers(name, subject, None).await?.iter().any(|one| one.digest == descriptor.digest)
            }
            None => false,
        };
        let referrer = referrer.filter(|_| !known);
        self.inner.put_manifest_with_referrer(name, reference, digest, media_type, body, referrer).await
    }

    async fn get_manifest(&self, name: &str, reference: &Reference) -> Result<Option<(Digest, String, Bytes)>> {
        let found = self.inner.get_manifest(name, reference).await?;
        Ok(found.filter(|(digest, ..)| !self.is_hidden(name, digest)))
    }

    async fn delete_manifest(&self, name: &str, reference: &Reference) -> Result<bool> {
        self.inner.delete_manifest(name, reference).await
    }

    async fn list_tags(&self, name: &str, last: Option<&str>, n: Option<usize>) -> Result<Vec<String>> {
        self.inner.list_tags(name, last, n).await
    }

    async fn list_repositories(&self, last: Option<&str>, n: Option<usize>) -> Result<Vec<String>> {
        self.inner.list_repositories(last, n).await
    }

    async fn start_upload(&self, name: &str) -> Result<UploadAdmission> {
        self.inner.start_upload(name).await
    }

    async fn append_upload(&self, name: &str, uuid: &str, offset: u64, chunk: Bytes) -> Result<u64> {
        self.inner.append_upload(name, uuid, offset, chunk).await
    }

    async fn complete_upload(&self, name: &str, uuid: &str, digest: &Digest) -> Result<()> {
        self.inner.complete_upload(name, uuid, digest).await
    }

    async fn get_upload_state(&self, name: &str, uuid: &str) -> Result<Option<UploadState>> {
        self.inner.get_upload_state(name, uuid).await
    }

    async fn cancel_upload(&self, name: &str, uuid: &str) -> Result<bool> {
        self.inner.cancel_upload(name, uuid).await
    }

    async fn list_referrers(
        &self,
        name: &str,
        digest: &Digest,
        artifact_type: Option<&str>,
    ) -> Result<Vec<ReferrerDescriptor>> {
        let mut listed = self.inner.list_referrers(name, digest, artifact_type).await?;
        listed.retain(|one| !self.is_hidden(name, &one.digest));
        Ok(listed)
    }

    async fn take_upload_bytes(&self, name: &str, uuid: &str) -> Result<Option<Bytes>> {
        self.inner.take_upload_bytes(name, uuid).await
    }

    async fn register_referrer(&self, name: &str, subject: &Digest, descriptor: ReferrerDescriptor) -> Result<()> {
        self.inner.register_referrer(name, subject, descriptor).await
    }
}
