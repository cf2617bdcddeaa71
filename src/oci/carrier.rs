//! Carries single objects from one repository to another: what a copy of an image and a copy of its attestations share.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::checked::{Checked, Verdict};
use super::copy::CopyContext;
use super::error::RegistryError;
use super::failure::{CopyError, Side, Step};
use super::graph::{Descriptor, Parts};
use super::manifest::{Accepted, RawManifest};
use super::pace::Pace;
use super::profile::Chunking;
use super::registry::Repository;
use super::send::Payload;
use super::upload::{Mount, Session};
use crate::model::{Digest, Reference, RepoName};

/// A blob up to this size is held whole while it crosses, and asked for and begun in one request; 256 KiB.
const SMALL: u64 = 256 * 1024;
/// An empty configuration, `{}`, which all attestations share: once it is known to be somewhere, nobody queues for it.
const EMPTY: u64 = 2;

/// One source and one target.
pub(super) struct Carrier<'a> {
    pub(super) source: &'a Repository,
    pub(super) side: Side,
    pub(super) target: &'a Repository,
    pub(super) ctx: &'a CopyContext,
}

/// What is known of the destination before it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guess {
    /// What names this is there.
    Present,
    /// What names this is not there.
    Absent,
}

impl Guess {
    /// By whether what names it is there.
    pub(super) fn by(present: bool) -> Self {
        if present { Self::Present } else { Self::Absent }
    }
}

/// In which form a blob is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    OnePut,
    Pieces(usize),
    OnePatch,
}

impl<'a> Carrier<'a> {
    pub(super) fn new(source: &'a Repository, side: Side, target: &'a Repository, ctx: &'a CopyContext) -> Self {
        Self { source, side, target, ctx }
    }

    fn reading<'e>(&self, step: Step, digest: &'e Digest) -> impl FnOnce(RegistryError) -> CopyError + use<'e> {
        CopyError::at(self.side, step, format!("{}@{digest}", self.source))
    }

    fn writing<'e>(&self, step: Step, digest: &'e Digest) -> impl FnOnce(RegistryError) -> CopyError + use<'e> {
        CopyError::at(Side::Destination, step, format!("{}@{digest}", self.target))
    }

    /// The manifest, and whether the destination has it already. Asked there first, unless it is not to be expected: what
    /// is there costs the source no pull, which Docker Hub counts.
    pub(super) async fn manifest(&self, digest: &Digest, guess: Guess) -> Result<(RawManifest, bool), CopyError> {
        if guess == Guess::Absent {
            return Ok((self.original(digest).await?, false));
        }
        let reference = Reference::Digest(digest.clone());
        let here = self.target.get_manifest(&reference).await;
        if let Some(found) = here.map_err(self.writing(Step::ReadManifest, digest))? {
            return Ok((found, true));
        }
        Ok((self.original(digest).await?, false))
    }

    /// The manifest as the source has it.
    pub(super) async fn original(&self, digest: &Digest) -> Result<RawManifest, CopyError> {
        let there = self.source.get_manifest(&Reference::Digest(digest.clone())).await;
        let there = there.and_then(|found| found.ok_or_else(|| RegistryError::Missing { digest: digest.clone() }));
        there.map_err(self.reading(Step::ReadManifest, digest))
    }

    /// Puts a manifest whose parts are there. Where the registry misses one all the same, they are looked at and the
    /// manifest is put once more (`contracts/registries.md` section 6).
    pub(super) async fn put(&self, manifest: &RawManifest, parts: &Parts) -> Result<Accepted, CopyError> {
        let digest = &manifest.digest;
        let reference = Reference::Digest(digest.clone());
        let accepted = match self.target.put_manifest(&reference, manifest).await {
            Err(error) if error.meaning() == super::error::Meaning::ChildMissing => {
                tracing::warn!("{} misses a part of {digest}: looking again", self.target);
                for blob in parts.blobs() {
                    self.ctx.settled.forget(self.target, &blob.digest);
                    self.blob(blob, Guess::Present).await?;
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
                self.target.put_manifest(&reference, manifest).await
            }
            other => other,
        };
        let accepted = accepted.map_err(self.writing(Step::WriteManifest, digest))?;
        self.ctx.progress.wrote_manifest();
        Ok(accepted)
    }

    /// Makes sure that the destination has the blob. Foreign layers stay with whoever may give them out.
    pub(super) async fn blob(&self, blob: &Descriptor, guess: Guess) -> Result<(), CopyError> {
        if blob.is_foreign() {
            return Ok(());
        }
        self.ctx.settled.once(self.target, &blob.digest, Box::pin(self.bring(blob, guess))).await
    }

    async fn bring(&self, blob: &Descriptor, guess: Guess) -> Result<(), CopyError> {
        let digest = &blob.digest;
        let progress = &self.ctx.progress;
        progress.met_blob(blob.size);
        if guess == Guess::Present && self.is_there(digest).await? {
            progress.skipped_blob();
            return Ok(());
        }
        let host = self.target.registry().host();
        let mounts = self.target.registry().profile().mounts;
        // Where blobs can be mounted, whoever wants it in another repository waits for the first and mounts it.
        let key = if mounts { format!("blob {host}@{digest}") } else { format!("blob {}@{digest}", self.target) };
        let shared =
            |error| CopyError::at(Side::Destination, Step::Coordinate, &key)(RegistryError::Coordination(error));
        let coordination = &self.ctx.coordination;
        let mut session = None;
        if mounts
            && blob.size <= EMPTY
            && let Some(home) = coordination.blob_home(host, digest).await.map_err(&shared)?
        {
            match self.mount(&home, digest).await? {
                Mount::Done => return Ok(()),
                Mount::Upload(begun) => session = Some(begun),
                Mount::No => {}
            }
        }
        let _one = coordination.lock(&key).await.map_err(&shared)?;
        // Whoever held the lock before may have brought it. Of a small blob the request that begins its upload asks for it
        // as well: a mount from its own repository.
        let asks_by_mount = mounts && blob.size <= SMALL;
        if !asks_by_mount && self.is_there(digest).await? {
            progress.skipped_blob();
            return Ok(());
        }
        if mounts && session.is_none() {
            let own = self.target.name();
            let home = coordination.blob_home(host, digest).await.map_err(&shared)?;
            let home = home.filter(|home| home != own);
            if let Some(from) = home.as_ref().or(asks_by_mount.then_some(own)) {
                match self.mount(from, digest).await? {
                    Mount::Done => return Ok(()),
                    Mount::Upload(begun) => session = Some(begun),
                    Mount::No => {}
                }
            }
        }
        self.transfer(blob, session).await?;
        progress.copied_blob();
        coordination.remember_blob(host, self.target.name(), digest).await.map_err(&shared)
    }

    /// Asks for a mount and counts one that is done: from its own repository, it says that the blob was there.
    async fn mount(&self, from: &RepoName, digest: &Digest) -> Result<Mount, CopyError> {
        let mount = self.target.mount(from, digest).await.map_err(self.writing(Step::WriteBlob, digest))?;
        match mount {
            Mount::Done if from == self.target.name() => self.ctx.progress.skipped_blob(),
            Mount::Done => self.ctx.progress.mounted_blob(),
            Mount::Upload(_) | Mount::No => {}
        }
        Ok(mount)
    }

    async fn is_there(&self, digest: &Digest) -> Result<bool, CopyError> {
        self.target.has_blob(digest).await.map_err(self.writing(Step::CheckBlob, digest))
    }

    /// Streams the blob, again from its beginning where a connection broke at either end.
    async fn transfer(&self, blob: &Descriptor, mut session: Option<Session>) -> Result<(), CopyError> {
        let registry = self.target.registry();
        let patience = registry.endpoint.patience;
        let (mut how, mut pause, mut attempt) = (How::OnePut, patience.shortest_pause, 1);
        loop {
            let Err(error) = self.attempt(blob, session.take(), how).await else { return Ok(()) };
            if error.side == Side::Destination && error.source.status() == Some(413) && how == How::OnePut {
                how = match registry.profile().on_too_large {
                    Chunking::Pieces(piece) => How::Pieces(piece),
                    Chunking::OnePatch => How::OnePatch,
                    Chunking::Never => return Err(error),
                };
                continue;
            }
            if attempt >= patience.tries || !starts_over(&error, attempt) {
                return Err(error);
            }
            tracing::debug!("a transfer starts over: {error}");
            tokio::time::sleep(pause).await;
            (pause, attempt) = ((pause * 2).min(patience.longest_pause), attempt + 1);
            // The upload may have arrived although its answer did not.
            if self.is_there(&blob.digest).await? {
                return Ok(());
            }
        }
    }

    async fn attempt(&self, blob: &Descriptor, session: Option<Session>, how: How) -> Result<(), CopyError> {
        let digest = &blob.digest;
        let content = self.content(blob).await?;
        let verdict = match &content {
            Content::Here(bytes) => {
                self.ctx.progress.moved(bytes.len() as u64);
                Verdict::default()
            }
            Content::There(checked) => checked.verdict(),
        };
        let write = async {
            let session = match session {
                Some(session) => session,
                None => self.target.begin_upload().await?,
            };
            match (how, content) {
                (How::Pieces(piece), Content::There(mut checked)) => {
                    session.put_in_pieces(digest, &mut checked, piece).await
                }
                (How::OnePatch, content) => {
                    session.put_in_one_patch(digest, content.into_payload(blob.size, self.pace())).await
                }
                (_, content) => session.put(digest, content.into_payload(blob.size, self.pace())).await,
            }
        };
        write.await.map_err(|error| match verdict.take() {
            Some(cause) => self.reading(Step::ReadBlob, digest)(cause),
            None => self.writing(Step::WriteBlob, digest)(error),
        })
    }

    async fn content(&self, blob: &Descriptor) -> Result<Content, CopyError> {
        if let Some(bytes) = blob.inline() {
            return Ok(Content::Here(bytes));
        }
        let reading = || self.reading(Step::ReadBlob, &blob.digest);
        if blob.size <= SMALL {
            let most = usize::try_from(blob.size).unwrap_or(usize::MAX);
            let bytes = self.source.read_blob(&blob.digest, most).await.map_err(reading())?;
            if bytes.len() as u64 != blob.size {
                return Err(reading()(RegistryError::Size { expected: blob.size, found: bytes.len() as u64 }));
            }
            return Ok(Content::Here(bytes));
        }
        let opened = self.source.open_blob(&blob.digest).await.map_err(reading())?;
        if let Some(found) = opened.size.filter(|size| *size != blob.size) {
            return Err(reading()(RegistryError::Size { expected: blob.size, found }));
        }
        Ok(Content::There(Box::new(Checked::new(
            opened.stream,
            &blob.digest,
            blob.size,
            Arc::clone(&self.ctx.progress),
        ))))
    }

    /// How fast the destination may be written to.
    fn pace(&self) -> Arc<Pace> {
        Arc::clone(&self.target.registry().pace)
    }
}

/// Where the bytes of a blob come from.
enum Content {
    Here(Bytes),
    There(Box<Checked>),
}

impl Content {
    fn into_payload(self, length: u64, pace: Arc<Pace>) -> Payload {
        match self {
            Self::Here(bytes) => Payload::Bytes(bytes),
            Self::There(checked) => {
                let heartbeat = checked.heartbeat();
                Payload::Stream { body: Some(checked.into_body(pace)), length, heartbeat }
            }
        }
    }
}

/// A transfer starts over where a connection broke, a session was lost, or a token ran out in the middle (rule 18).
fn starts_over(error: &CopyError, attempt: usize) -> bool {
    match error.source.status() {
        Some(401) => attempt == 1,
        Some(404 | 416) => error.side == Side::Destination && attempt == 1,
        _ => error.retryable(),
    }
}
