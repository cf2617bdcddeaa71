//! How far a copy is: counters cheap enough to touch for every chunk, read by whoever shows them.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};

use serde::{Deserialize, Serialize};

/// What a copy is busy with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    #[default]
    Reading,
    Blobs,
    Manifests,
    Attestations,
    Checking,
    Tagging,
}

const STAGES: [Stage; 6] =
    [Stage::Reading, Stage::Blobs, Stage::Manifests, Stage::Attestations, Stage::Checking, Stage::Tagging];

/// One reading of all counters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    pub stage: Stage,
    /// Bytes of all blobs met so far.
    pub bytes_total: u64,
    /// Bytes sent to the destination; those of a transfer that was repeated count again.
    pub bytes_moved: u64,
    pub blobs_copied: u64,
    pub blobs_mounted: u64,
    /// The destination had them.
    pub blobs_skipped: u64,
    pub manifests_written: u64,
    /// The destination had them.
    pub manifests_skipped: u64,
    /// Attestations, signatures and other referrers met so far.
    pub referrers: u64,
}

type Listener = Box<dyn Fn(Snapshot) + Send + Sync>;

/// The counters of one copy. Poll [`Progress::snapshot`], or be called after every object.
#[derive(Default)]
pub struct Progress {
    stage: AtomicU8,
    bytes_total: AtomicU64,
    bytes_moved: AtomicU64,
    blobs_copied: AtomicU64,
    blobs_mounted: AtomicU64,
    blobs_skipped: AtomicU64,
    manifests_written: AtomicU64,
    manifests_skipped: AtomicU64,
    referrers: AtomicU64,
    listener: Option<Listener>,
    /// The counters of the whole run, which count along.
    all: Option<Arc<Progress>>,
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.snapshot().fmt(f)
    }
}

impl Progress {
    /// Calls back at every stage and after every object, not for every chunk; the callback must not block.
    pub fn calling(listener: impl Fn(Snapshot) + Send + Sync + 'static) -> Self {
        Self { listener: Some(Box::new(listener)), ..Self::default() }
    }

    /// The counters of one copy among others; everything counts for the run as well.
    pub fn within(run: &Arc<Self>) -> Self {
        Self { all: Some(Arc::clone(run)), ..Self::default() }
    }

    /// All counters now.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            stage: STAGES.get(usize::from(self.stage.load(Relaxed))).copied().unwrap_or_default(),
            bytes_total: self.bytes_total.load(Relaxed),
            bytes_moved: self.bytes_moved.load(Relaxed),
            blobs_copied: self.blobs_copied.load(Relaxed),
            blobs_mounted: self.blobs_mounted.load(Relaxed),
            blobs_skipped: self.blobs_skipped.load(Relaxed),
            manifests_written: self.manifests_written.load(Relaxed),
            manifests_skipped: self.manifests_skipped.load(Relaxed),
            referrers: self.referrers.load(Relaxed),
        }
    }

    pub(super) fn enter(&self, stage: Stage) {
        let at = STAGES.iter().position(|s| *s == stage).unwrap_or_default();
        self.stage.store(u8::try_from(at).unwrap_or_default(), Relaxed);
        self.tell();
    }

    pub(super) fn moved(&self, bytes: u64) {
        self.add(bytes, |progress| &progress.bytes_moved);
    }

    pub(super) fn met_blob(&self, bytes: u64) {
        self.add(bytes, |progress| &progress.bytes_total);
    }

    pub(super) fn copied_blob(&self) {
        self.count(|progress| &progress.blobs_copied);
    }

    pub(super) fn mounted_blob(&self) {
        self.count(|progress| &progress.blobs_mounted);
    }

    pub(super) fn skipped_blob(&self) {
        self.count(|progress| &progress.blobs_skipped);
    }

    pub(super) fn wrote_manifest(&self) {
        self.count(|progress| &progress.manifests_written);
    }

    pub(super) fn skipped_manifest(&self) {
        self.count(|progress| &progress.manifests_skipped);
    }

    pub(super) fn met_referrer(&self) {
        self.count(|progress| &progress.referrers);
    }

    fn count(&self, counter: fn(&Self) -> &AtomicU64) {
        self.add(1, counter);
        self.tell();
    }

    fn add(&self, amount: u64, counter: fn(&Self) -> &AtomicU64) {
        counter(self).fetch_add(amount, Relaxed);
        if let Some(all) = &self.all {
            all.add(amount, counter);
        }
    }

    fn tell(&self) {
        if let Some(listener) = &self.listener {
            listener(self.snapshot());
        }
    }
}
