//! An image from one repository to another: digest by digest, parts before wholes, nothing twice.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use futures::stream::{self, StreamExt, TryStreamExt};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::carrier::{Carrier, Guess};
use super::coordination::Coordination;
use super::error::{RegistryError, Unfit};
use super::failure::{CopyError, Side, Step};
use super::fallback::{Entry, ensure_listed};
use super::graph::{Descriptor, Parts, is_index};
use super::manifest::RawManifest;
use super::progress::{Progress, Stage};
use super::registry::Repository;
use super::selection::Selection;
use super::settled::Settled;
use crate::model::{Digest, Kinds, Platform};

/// How much of one copy happens at once, and how far it follows what it is told.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Blobs under way at once.
    pub blobs: usize,
    /// Manifests and listings under way at once.
    pub manifests: usize,
    /// Levels of indexes below each other, and of referrers of referrers.
    pub deepest: usize,
    /// Referrers of one image, all levels together.
    pub most_referrers: usize,
    /// Manifests of one image.
    pub most_manifests: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            blobs: 6,
            manifests: 12,
            deepest: 8,
            most_referrers: super::referrers::MOST_REFERRERS,
            most_manifests: 1_000,
        }
    }
}

/// What a copy works with besides its two repositories.
#[derive(Clone, Debug)]
pub struct CopyContext {
    pub coordination: Arc<dyn Coordination>,
    pub progress: Arc<Progress>,
    pub cancel: CancellationToken,
    pub limits: Limits,
    /// Which platforms go along.
    pub selection: Selection,
    /// Which attestations go along.
    pub kinds: Kinds,
    pub(super) settled: Arc<Settled>,
}

impl CopyContext {
    /// Fresh counters, nothing cancelled, usual limits, all platforms and attestations.
    pub fn new(coordination: Arc<dyn Coordination>) -> Self {
        Self {
            coordination,
            progress: Arc::default(),
            cancel: CancellationToken::new(),
            limits: Limits::default(),
            selection: Selection::default(),
            kinds: Kinds::default(),
            settled: Arc::default(),
        }
    }

    /// For another copy of the same run: it shares what is settled at the destination, and has counters of its own.
    #[must_use]
    pub fn counting(&self, progress: Arc<Progress>) -> Self {
        Self { progress, ..self.clone() }
    }

    /// Runs until done or cancelled. Dropping the work gives back its locks, budgets and uploads.
    pub(super) async fn unless_cancelled<T>(
        &self,
        object: impl std::fmt::Display,
        work: impl Future<Output = Result<T, CopyError>>,
    ) -> Result<T, CopyError> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(CopyError::cancelled(object)),
            done = work => done,
        }
    }
}

/// One manifest of a copied image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedManifest {
    pub digest: Digest,
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// None for indexes and for BuildKit's attestation entries.
    pub platform: Option<Platform>,
    /// This copy wrote it, so nothing could refer to it there before.
    pub is_new: bool,
}

/// An image the destination has now, whole, under its digest; no tag was touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedImage {
    /// Differs from the source's where only some platforms were selected.
    pub digest: Digest,
    pub media_type: String,
    /// All manifests, the image's own first.
    pub manifests: Vec<CopiedManifest>,
    /// Docker's marks of a hardened image are on the index (`contracts/attestations.md` section 1).
    pub is_hardened: bool,
}

impl CopiedImage {
    /// The manifests people run: attestations belong to these.
    pub fn platforms(&self) -> impl Iterator<Item = (&Platform, &Digest)> {
        self.manifests.iter().filter_map(|m| Some((m.platform.as_ref()?, &m.digest)))
    }
}

/// A manifest on its way.
struct Node {
    raw: RawManifest,
    parts: Parts,
    platform: Option<Platform>,
    /// The destination had it.
    present: bool,
}

impl Node {
    /// What is to be expected of what it names.
    fn guess(&self) -> Guess {
        Guess::by(self.present)
    }
}

/// Copies everything below one digest. Both repositories may be of one registry.
pub async fn copy_image(
    source: &Repository,
    target: &Repository,
    digest: &Digest,
    ctx: &CopyContext,
) -> Result<CopiedImage, CopyError> {
    let object = format!("{source}@{digest}");
    ctx.unless_cancelled(&object, async {
        let carrier = Carrier::new(source, Side::Source, target, ctx);
        ctx.progress.enter(Stage::Reading);
        let nodes = read_graph(&carrier, digest).await?;
        ctx.progress.enter(Stage::Blobs);
        copy_blobs(&carrier, &nodes).await?;
        ctx.progress.enter(Stage::Manifests);
        put_manifests(&carrier, &nodes).await?;
        if let Some(root) = nodes.first() {
            ctx.settled.keep_root(target, &root.raw);
        }
        describe(target, nodes).await
    })
    .await
}

/// All manifests below the root, level by level, the root first.
async fn read_graph(carrier: &Carrier<'_>, root: &Digest) -> Result<Vec<Node>, CopyError> {
    let limits = carrier.ctx.limits;
    let unfit = |why| {
        let at = CopyError::at(carrier.side, Step::ReadManifest, format!("{}@{root}", carrier.source));
        at(RegistryError::Unfit { digest: root.clone(), why })
    };
    let mut nodes: Vec<Node> = Vec::new();
    let mut met = HashSet::from([root.clone()]);
    // `boxed`, here and wherever references are streamed: the compiler cannot see by itself that such a stream is `Send`.
    let mut level: Vec<(Digest, Option<Descriptor>, Guess)> = vec![(root.clone(), None, Guess::Present)];
    for _ in 0..=limits.deepest {
        if level.is_empty() {
            return Ok(nodes);
        }
        let read = stream::iter(level.drain(..)).map(|(digest, named, guess)| read_node(carrier, digest, named, guess));
        let read: Vec<Node> = read.buffered(limits.manifests).boxed().try_collect().await?;
        for (node, child) in read.iter().flat_map(|node| node.parts.manifests.iter().map(move |child| (node, child))) {
            if met.insert(child.digest.clone()) {
                level.push((child.digest.clone(), Some(child.clone()), node.guess()));
            }
        }
        nodes.extend(read);
        if met.len() > limits.most_manifests {
            return Err(unfit(Unfit::TooManyParts));
        }
    }
    if level.is_empty() { Ok(nodes) } else { Err(unfit(Unfit::TooDeep)) }
}

async fn read_node(
    carrier: &Carrier<'_>,
    digest: Digest,
    named: Option<Descriptor>,
    guess: Guess,
) -> Result<Node, CopyError> {
    let at = || CopyError::at(carrier.side, Step::ReadManifest, format!("{}@{digest}", carrier.source));
    let (mut raw, mut present) = carrier.manifest(&digest, guess).await?;
    let mut parts = Parts::of(&raw).map_err(at())?;
    if named.is_none()
        && let Some(smaller) = carrier.ctx.selection.narrowed(&raw, &parts).map_err(at())?
    {
        (raw, parts) = smaller;
        let reference = crate::model::Reference::Digest(raw.digest.clone());
        let there = carrier.target.head_manifest(&reference).await;
        present = there.map_err(CopyError::at(Side::Destination, Step::ReadManifest, &carrier.target))?.is_some();
    }
    if let Some(named) = named.as_ref().filter(|named| named.size != raw.size()) {
        return Err(at()(RegistryError::Size { expected: named.size, found: raw.size() }));
    }
    if present {
        carrier.ctx.progress.skipped_manifest();
    }
    Ok(Node { raw, parts, platform: named.and_then(|named| named.platform()), present })
}

/// Every blob of every manifest, also of those that are there: a cleaner may have taken one.
async fn copy_blobs(carrier: &Carrier<'_>, nodes: &[Node]) -> Result<(), CopyError> {
    let mut blobs: BTreeMap<&Digest, (&Descriptor, Guess)> = BTreeMap::new();
    for (node, blob) in nodes.iter().flat_map(|node| node.parts.blobs().map(move |blob| (node, blob))) {
        let (known, _) = blobs.entry(&blob.digest).or_insert((blob, node.guess()));
        if known.size != blob.size {
            let at = CopyError::at(carrier.side, Step::ReadManifest, format!("{}@{}", carrier.source, node.raw.digest));
            return Err(at(RegistryError::Unfit { digest: blob.digest.clone(), why: Unfit::TwoSizes }));
        }
    }
    // The largest first: the last one to start decides when all are done.
    let mut blobs: Vec<_> = blobs.into_values().collect();
    blobs.sort_by_key(|(blob, _)| std::cmp::Reverse(blob.size));
    let all = stream::iter(blobs).map(|(blob, guess)| Ok(carrier.blob(blob, guess)));
    all.try_buffer_unordered(carrier.ctx.limits.blobs).boxed().try_collect().await
}

/// A manifest is pushed only after everything it names: a reader must never follow it into a hole. Nor before its
/// subject, which Quay and GitLab insist on.
async fn put_manifests(carrier: &Carrier<'_>, nodes: &[Node]) -> Result<(), CopyError> {
    let ours: HashSet<&Digest> = nodes.iter().map(|node| &node.raw.digest).collect();
    let mut done: HashSet<&Digest> = HashSet::new();
    let mut waiting: Vec<&Node> = nodes.iter().collect();
    while !waiting.is_empty() {
        let needs = |node: &Node| {
            let named = node.parts.manifests.iter().chain(&node.parts.subject);
            named.filter(|named| ours.contains(&named.digest)).all(|named| done.contains(&named.digest))
        };
        let (ready, later): (Vec<&Node>, Vec<&Node>) = waiting.into_iter().partition(|node| needs(node));
        if ready.is_empty() {
            // Only a broken hash could name itself; still, no loop without end.
            let root = &nodes.first().map(|node| node.raw.digest.to_string()).unwrap_or_default();
            let at = CopyError::at(carrier.side, Step::ReadManifest, format!("{}@{root}", carrier.source));
            let digest = later.first().map(|node| node.raw.digest.clone());
            return digest.map_or(Ok(()), |digest| Err(at(RegistryError::Unfit { digest, why: Unfit::TooDeep })));
        }
        let puts = stream::iter(ready.iter().copied()).map(|node| Ok(put_node(carrier, node)));
        puts.try_buffer_unordered(carrier.ctx.limits.manifests).boxed().try_collect::<()>().await?;
        done.extend(ready.iter().map(|node| &node.raw.digest));
        waiting = later;
    }
    Ok(())
}

async fn put_node(carrier: &Carrier<'_>, node: &Node) -> Result<(), CopyError> {
    let accepted = if node.present { None } else { Some(carrier.put(&node.raw, &node.parts).await?) };
    // BuildKit's newer attestation entries are referrers of their neighbour.
    let Some(subject) = &node.parts.subject else { return Ok(()) };
    if accepted.is_some_and(|accepted| accepted.subject.as_ref() == Some(&subject.digest)) {
        return Ok(());
    }
    let entry = entry_of(&node.raw, &node.parts, !node.present);
    ensure_listed(carrier.target, &subject.digest, &[entry], carrier.ctx.coordination.as_ref()).await.map(drop).map_err(
        CopyError::at(Side::Destination, Step::WriteFallbackTag, format!("{}@{}", carrier.target, subject.digest)),
    )
}

pub(super) fn entry_of(raw: &RawManifest, parts: &Parts, is_new: bool) -> Entry {
    Entry {
        digest: raw.digest.clone(),
        media_type: raw.media_type.clone(),
        size: raw.size(),
        artifact_type: parts.kind().to_owned(),
        annotations: parts.annotations.clone(),
        is_new,
    }
}

async fn describe(target: &Repository, nodes: Vec<Node>) -> Result<CopiedImage, CopyError> {
    let mut manifests = Vec::with_capacity(nodes.len());
    let mut image = None;
    for mut node in nodes {
        if image.is_none() {
            if !is_index(&node.raw.media_type) {
                node.platform = Some(own_platform(target, &node).await?);
            }
            let is_hardened = is_hardened(&node.parts);
            image = Some((node.raw.digest.clone(), node.raw.media_type.clone(), is_hardened));
        }
        let platform = node.platform.filter(|_| !is_index(&node.raw.media_type));
        let (size, is_new) = (node.raw.size(), !node.present);
        let RawManifest { digest, media_type, .. } = node.raw;
        manifests.push(CopiedManifest { digest, media_type, size, platform, is_new });
    }
    let (digest, media_type, is_hardened) = image.ok_or_else(|| CopyError::cancelled(target))?;
    Ok(CopiedImage { digest, media_type, manifests, is_hardened })
}

#[derive(Deserialize)]
struct ImageConfig {
    os: Option<String>,
    architecture: Option<String>,
    variant: Option<String>,
}

/// A manifest without an index says its platform in its configuration; what runs nowhere in particular, as a Helm chart,
/// is `any/any`.
async fn own_platform(target: &Repository, node: &Node) -> Result<Platform, CopyError> {
    let anywhere = || Platform { os: "any".into(), architecture: "any".into(), variant: None };
    let Some(config) = node.parts.config.as_ref().filter(|config| config.media_type.contains("image")) else {
        return Ok(anywhere());
    };
    let at = CopyError::at(Side::Destination, Step::ReadBlob, format!("{target}@{}", config.digest));
    let bytes = target.read_blob(&config.digest, super::manifest::LARGEST_MANIFEST).await.map_err(at)?;
    let read = serde_json::from_slice::<ImageConfig>(&bytes).ok();
    Ok(match read {
        Some(ImageConfig { os: Some(os), architecture: Some(architecture), variant }) if !os.is_empty() => {
            Platform { os, architecture, variant }
        }
        _ => anywhere(),
    })
}

pub(super) fn is_hardened(index: &Parts) -> bool {
    let built = |child: &Descriptor| child.annotations.get("com.docker.dhi.build.id").is_some_and(|id| !id.is_empty());
    let title = index.annotations.get("org.opencontainers.image.title");
    !index.manifests.is_empty() && index.manifests.iter().all(built) && title.is_some_and(|t| t.starts_with("dhi/"))
}
