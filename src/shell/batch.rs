//! Many tags of one repository: each digest once, several at a time, the tags last.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use futures::stream::{self, StreamExt, TryStreamExt};
use globset::Glob;

use super::address::Address;
use super::memory::Memory;
use super::report::{Outcome, Report};
use super::{ShellError, Wanted};
use crate::model::{Coverage, Digest, Reference, Tag};
use crate::oci::{
    self, CopyContext, CopyError, Known, Progress, Published, RegistryError, Repository, Side, Step, TrustedKeys,
};

/// Tags resolved at once; a HEAD costs no pull.
const RESOLVED_AT_ONCE: usize = 32;
/// Tags of one digest moved at once.
const TAGGED_AT_ONCE: usize = 8;

/// One source, one destination, and everything in between.
pub(super) struct Batch {
    pub(super) source: Repository,
    /// Where attestations are listed; `None` leaves them behind.
    pub(super) attestations: Option<Repository>,
    pub(super) target: Repository,
    pub(super) keys: TrustedKeys,
    pub(super) at_once: usize,
    pub(super) check: bool,
    /// Tags move only where the whole proof holds.
    pub(super) require_proof: bool,
    pub(super) digest_tags: bool,
    pub(super) context: CopyContext,
    pub(super) memory: Memory,
    pub(super) report: Report,
}

/// Why the tags of one digest are not there.
#[derive(Debug, thiserror::Error)]
enum NotCopied {
    #[error("{}", .0.sentence())]
    Copy(#[from] CopyError),
    #[error("the destination shows {0} of the attestations, so the tag was not moved")]
    Incomplete(String),
    #[error("its proof is not in order, so the tag was not moved: {0}")]
    Unproven(String),
}

/// What came of one digest.
struct Carried {
    moved: bool,
    /// None where nothing was read back.
    coverage: Option<Coverage>,
}

impl Batch {
    /// The digests to copy, each with the tags that point at it.
    pub(super) async fn list(&self, source: &Address, to: &Address, only: &[Glob]) -> Result<Vec<Wanted>, ShellError> {
        let named = match &to.reference {
            None => None,
            Some(Reference::Tag(tag)) => Some(tag.clone()),
            Some(Reference::Digest(_)) => return Err(ShellError::DigestDestination),
        };
        match &source.reference {
            Some(Reference::Digest(digest)) => {
                let tag = named.ok_or(ShellError::Untagged)?;
                Ok(vec![Wanted { digest: digest.clone(), tags: vec![tag] }])
            }
            Some(Reference::Tag(tag)) => {
                let digest = self.source.resolve(tag).await.map_err(self.looking_up(Side::Source))?;
                let digest = digest.ok_or_else(|| ShellError::NoTag(tag.to_string()))?;
                Ok(vec![Wanted { digest, tags: vec![named.unwrap_or_else(|| tag.clone())] }])
            }
            None if named.is_some() => Err(ShellError::ManyToOne),
            None => self.list_all(only).await,
        }
    }

    async fn list_all(&self, only: &[Glob]) -> Result<Vec<Wanted>, ShellError> {
        let patterns: Vec<_> = only.iter().map(Glob::compile_matcher).collect();
        let tags = self.source.tags().await.map_err(self.looking_up(Side::Source))?;
        let fits = |tag: &Tag| only.is_empty() || patterns.iter().any(|pattern| pattern.is_match(tag.as_str()));
        let tags = tags.into_iter().filter(|tag| fits(tag) && !is_fallback(tag));
        let resolved = stream::iter(tags).map(|tag| async move {
            let digest = self.source.resolve(&tag).await?;
            Ok::<_, RegistryError>(digest.map(|digest| (digest, tag)))
        });
        let resolved = resolved.buffered(RESOLVED_AT_ONCE).try_collect::<Vec<_>>();
        let resolved = resolved.await.map_err(self.looking_up(Side::Source))?;
        let mut by_digest: BTreeMap<Digest, Vec<Tag>> = BTreeMap::new();
        // A tag that went away between the list and here is none.
        for (digest, tag) in resolved.into_iter().flatten() {
            by_digest.entry(digest).or_default().push(tag);
        }
        if by_digest.is_empty() {
            return Err(ShellError::Nothing);
        }
        Ok(by_digest.into_iter().map(|(digest, tags)| Wanted { digest, tags }).collect())
    }

    fn looking_up(&self, side: Side) -> impl FnOnce(RegistryError) -> ShellError {
        let place = if side == Side::Destination { &self.target } else { &self.source };
        let failed = CopyError::at(side, Step::ListTags, place);
        move |error| failed(error).into()
    }

    /// Says what would be done; asks the destination for its tags and reads no manifest.
    pub(super) async fn plan(&self, wanted: Vec<Wanted>) -> Result<(), ShellError> {
        self.report.begin(wanted.iter().map(|one| one.tags.len()).sum());
        if !self.context.selection.is_everything() {
            let names: Vec<_> = self.context.selection.0.iter().map(ToString::to_string).collect();
            self.report.note(&format!(
                "Only {}: where an index has more, the destination gets a smaller one with a digest of its own. The \
                 platforms keep their digests and attestations.",
                names.join(", ")
            ));
        }
        let all = wanted.iter().flat_map(|one| one.tags.iter().map(move |tag| (one, tag)));
        let all: Vec<_> = all.collect();
        let looked = stream::iter(all)
            .map(|(one, tag)| async move { self.target.resolve(tag).await.map(|now| (one, tag, now)) });
        let mut looked = std::pin::pin!(looked.buffered(RESOLVED_AT_ONCE));
        while let Some(looked) = looked.next().await {
            let (one, tag, now) = looked.map_err(self.looking_up(Side::Destination))?;
            let narrowed = !self.context.selection.is_everything();
            let what = match now {
                None => "new".to_owned(),
                Some(now) if now == one.digest => "there already; its attestations are compared".to_owned(),
                Some(now) if narrowed => format!("there with {}; its platforms are compared", now.short()),
                Some(now) => format!("moves from {}", now.short()),
            };
            self.report.planned(tag, &one.digest, &what);
        }
        Ok(())
    }

    /// Copies. What one digest meets does not keep the others.
    pub(super) async fn copy(self, wanted: Vec<Wanted>) -> Result<(), ShellError> {
        let tags: usize = wanted.iter().map(|one| one.tags.len()).sum();
        self.report.begin(tags);
        let failed = AtomicUsize::new(0);
        let unsettled = self.unsettled(wanted).await;
        let all = stream::iter(unsettled).for_each_concurrent(self.at_once, |one| {
            let (batch, failed) = (&self, &failed);
            async move {
                if !batch.one(&one).await {
                    failed.fetch_add(one.tags.len(), Relaxed);
                }
            }
        });
        tokio::select! {
            () = all => {}
            () = self.report.watch(&self.context.progress) => {}
        }
        let failed = failed.into_inner();
        self.report.end(&self.context.progress, tags, failed);
        self.memory.close()?;
        if failed == 0 { Ok(()) } else { Err(ShellError::Failed(failed, tags)) }
    }

    /// What is not known to be as it should be. The rest is reported here and costs a listing for each manifest, and one
    /// look at the destination for each digest.
    async fn unsettled(&self, wanted: Vec<Wanted>) -> Vec<Wanted> {
        let doubted = AtomicBool::new(false);
        let looked = stream::iter(wanted).map(|one| async {
            let current = self.is_current(&one, &doubted).await;
            (one, current)
        });
        let looked: Vec<(Wanted, bool)> = looked.buffer_unordered(RESOLVED_AT_ONCE).collect().await;
        if doubted.load(Relaxed) {
            self.report.note("The destination is not as remembered: everything is looked at again.");
            self.memory.forget();
        }
        let mut open = Vec::new();
        for (one, current) in looked {
            if current && !doubted.load(Relaxed) {
                self.report.done(&Outcome {
                    tags: &one.tags,
                    digest: &one.digest,
                    state: "unchanged",
                    bytes: 0,
                    coverage: None,
                    trouble: None,
                    failure: None,
                });
            } else {
                open.push(one);
            }
        }
        open
    }

    /// A look that fails settles nothing: the copy will meet the same trouble and say so.
    async fn is_current(&self, one: &Wanted, doubted: &AtomicBool) -> bool {
        let Some(known) = self.memory.known(&one.digest, &one.tags) else { return false };
        let seen = match self.memory.sample(&one.tags) {
            Some(tag) => self.target.resolve(tag).await,
            None => return false,
        };
        match seen {
            Ok(Some(seen)) if seen == known.digest => {}
            Ok(_) => {
                doubted.store(true, Relaxed);
                return false;
            }
            Err(_) => return false,
        }
        match (&self.attestations, &known.listed) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(source), Some(_)) => known.is_current(source, &self.context).await.unwrap_or(false),
        }
    }

    async fn one(&self, one: &Wanted) -> bool {
        // Its own counters: others are under way at the same time.
        let progress = Arc::new(Progress::within(&self.context.progress));
        let context = self.context.counting(Arc::clone(&progress));
        let done = Box::pin(self.carry(one, &context)).await;
        let bytes = progress.snapshot().bytes_moved;
        let failed = done.is_err();
        let (state, coverage, failure) = match done {
            Ok(Carried { moved, coverage }) => (if moved { "succeeded" } else { "unchanged" }, coverage, None),
            Err(error) => {
                tracing::debug!("{}@{} was not copied: {error:?}", self.source, one.digest);
                let detail = match &error {
                    NotCopied::Copy(error) => error.detail(),
                    NotCopied::Incomplete(_) | NotCopied::Unproven(_) => String::new(),
                };
                ("failed", None, Some((error.to_string(), detail)))
            }
        };
        let trouble = coverage.as_ref().map(Coverage::trouble).filter(|words| !words.is_empty());
        let coverage = coverage.map(|coverage| coverage.summary());
        self.report.done(&Outcome { tags: &one.tags, digest: &one.digest, state, bytes, coverage, trouble, failure });
        !failed
    }

    /// The image, its proofs, a look at what is there, and only then the tags.
    async fn carry(&self, one: &Wanted, context: &CopyContext) -> Result<Carried, NotCopied> {
        let image = oci::copy_image(&self.source, &self.target, &one.digest, context).await?;
        let mut found = None;
        if let Some(from) = &self.attestations {
            found = Some(oci::copy_attestations(&image, from, &self.target, context).await?);
        }
        let mut coverage = None;
        if let (true, Some(found)) = (self.check, &found) {
            let seen = oci::observe_coverage(&image, found, &self.target, &self.keys, context).await?;
            if !seen.is_complete() {
                return Err(NotCopied::Incomplete(seen.coverage.summary()));
            }
            if self.require_proof && seen.coverage.broken().next().is_some() {
                return Err(NotCopied::Unproven(seen.coverage.trouble()));
            }
            coverage = Some(seen.coverage);
        }
        if self.digest_tags {
            oci::copy_digest_tags(&image, &self.source, &self.target, context).await?;
        }
        let written = context.progress.snapshot();
        let mut moved = written.blobs_copied + written.blobs_mounted + written.manifests_written > 0;
        let tags = stream::iter(&one.tags).map(|tag| oci::publish_tag(&self.target, &image.digest, tag, context));
        let published: Vec<_> = tags.buffer_unordered(TAGGED_AT_ONCE).try_collect().await?;
        moved |= published.iter().any(|published| *published != Published::Unchanged);
        self.memory.remember(&one.digest, Known::of(&image, found.as_ref()), &one.tags);
        Ok(Carried { moved, coverage })
    }
}

/// A tag that lists referrers where there is no API for them: the copy keeps its own.
fn is_fallback(tag: &Tag) -> bool {
    let hex = |text: &str| text.len() == 64 && text.chars().all(|c| c.is_ascii_hexdigit());
    tag.as_str().split_once('-').is_some_and(|(algorithm, rest)| matches!(algorithm, "sha256" | "sha512") && hex(rest))
}
