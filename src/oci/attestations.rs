//! The attestations of an image and their signatures: found level by level at their own source, written subject first
//! (`contracts/attestations.md` section 9).

use std::collections::{BTreeSet, HashMap, HashSet};

use futures::stream::{self, StreamExt, TryStreamExt};

use super::carrier::{Carrier, Guess};
use super::copy::{CopiedImage, CopyContext, entry_of};
use super::error::{RegistryError, Unfit};
use super::failure::{CopyError, Side, Step};
use super::fallback::{Entry, ensure_listed};
use super::graph::{Descriptor, Parts};
use super::known::Listed;
use super::manifest::RawManifest;
use super::progress::Stage;
use super::registry::Repository;
use crate::model::Digest;

pub(super) const IN_TOTO: &str = "application/vnd.in-toto+json";
pub(super) const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
const COSIGN_SIGNATURE: &str = "application/vnd.dev.cosign.artifact.sig.v1+json";
const PREDICATE_TYPE: &str = "in-toto.io/predicate-type";

/// What a referrer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// An in-toto statement; the type is empty where its manifest gives none.
    Attestation { predicate_type: String },
    /// A simple-signing signature.
    Signature,
    /// Anything else: copied, counted, not judged.
    Other,
}

/// One manifest that refers to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referrer {
    pub digest: Digest,
    /// What it refers to, by its own word.
    pub subject: Digest,
    pub artifact_type: String,
    pub role: Role,
    /// 1 for referrers of the image, 2 for referrers of those.
    pub depth: usize,
}

/// All referrers of an image, in the order they were found: subjects before what refers to them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attestations {
    pub referrers: Vec<Referrer>,
    /// Listed by the source, and referring to something else by their own word: not copied.
    pub strangers: Vec<Digest>,
    /// What they are that the source lists and the caller did not want.
    pub left_out: BTreeSet<String>,
    /// Everything the source listed for the image's own manifests.
    pub(super) listed: Listed,
}

impl Attestations {
    /// What is known from elsewhere to have been there; no list was read.
    pub fn on_record(referrers: Vec<Referrer>) -> Self {
        Self { referrers, ..Self::default() }
    }

    /// What refers to this digest.
    pub fn of<'a>(&'a self, subject: &'a Digest) -> impl Iterator<Item = &'a Referrer> {
        self.referrers.iter().filter(move |referrer| &referrer.subject == subject)
    }
}

/// A referrer as it came out of one level.
enum Found {
    Referrer {
        referrer: Referrer,
        entry: Entry,
        /// The destination has confirmed that it lists it.
        listed: bool,
        /// This copy wrote it.
        is_new: bool,
    },
    Stranger(Digest),
    /// Of a kind that is not wanted; nothing was written.
    LeftOut(String),
}

/// Lists all referrers of the image at the attestation source and copies them, the signatures of attestations included.
/// `source` may be another registry than the image's own.
pub async fn copy_attestations(
    image: &CopiedImage,
    source: &Repository,
    target: &Repository,
    ctx: &CopyContext,
) -> Result<Attestations, CopyError> {
    ctx.unless_cancelled(format!("{source}@{}", image.digest), async {
        ctx.progress.enter(Stage::Attestations);
        walk(image, &Carrier::new(source, Side::AttestationSource, target, ctx), Mode::Copy).await
    })
    .await
}

/// Lists all referrers of the image at the attestation source and writes nothing: what a check of a copy expects.
pub async fn list_attestations(
    image: &CopiedImage,
    source: &Repository,
    ctx: &CopyContext,
) -> Result<Attestations, CopyError> {
    ctx.unless_cancelled(format!("{source}@{}", image.digest), async {
        walk(image, &Carrier::new(source, Side::AttestationSource, source, ctx), Mode::Look).await
    })
    .await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Copy,
    Look,
}

async fn walk(image: &CopiedImage, carrier: &Carrier<'_>, mode: Mode) -> Result<Attestations, CopyError> {
    let limits = carrier.ctx.limits;
    let mut all = Attestations::default();
    let mut met: HashSet<Digest> = image.manifests.iter().map(|manifest| manifest.digest.clone()).collect();
    let mut subjects: HashMap<Digest, Guess> =
        image.manifests.iter().map(|manifest| (manifest.digest.clone(), Guess::by(!manifest.is_new))).collect();
    for depth in 1..=limits.deepest {
        let listed = list(carrier, subjects.keys()).await?;
        if depth == 1 {
            all.listed = Listed::of(listed.iter().map(|(subject, entry)| (subject, &entry.digest)));
        }
        let new = listed.into_iter().filter(|(_, entry)| !met.contains(&entry.digest));
        let new: Vec<_> = new.map(|(subject, entry)| (subjects[&subject], subject, entry)).collect();
        if all.referrers.len() + all.strangers.len() + new.len() > limits.most_referrers {
            let at = CopyError::at(carrier.side, Step::ListReferrers, format!("{}@{}", carrier.source, image.digest));
            return Err(at(RegistryError::Unfit { digest: image.digest.clone(), why: Unfit::TooManyReferrers }));
        }
        // Written level by level, each whole before the next begins: Quay and GitLab refuse a referrer without its subject.
        let copies =
            stream::iter(new).map(|(guess, subject, entry)| bring_one(carrier, subject, entry, depth, mode, guess));
        let found: Vec<Found> = copies.buffered(limits.manifests).boxed().try_collect().await?;
        let mut unlisted: HashMap<Digest, Vec<Entry>> = HashMap::new();
        subjects.clear();
        for one in found {
            match one {
                Found::Stranger(digest) => all.strangers.push(digest),
                Found::LeftOut(kind) => drop(all.left_out.insert(kind)),
                Found::Referrer { referrer, entry, listed, is_new } => {
                    if !listed {
                        unlisted.entry(referrer.subject.clone()).or_default().push(entry);
                    }
                    if met.insert(referrer.digest.clone()) {
                        subjects.insert(referrer.digest.clone(), Guess::by(!is_new));
                        all.referrers.push(referrer);
                    }
                }
            }
        }
        let lists = stream::iter(unlisted).map(|(subject, entries)| Ok(write_list(carrier, subject, entries)));
        lists.try_buffer_unordered(limits.manifests).boxed().try_collect::<()>().await?;
        if subjects.is_empty() {
            break;
        }
    }
    let has_some = all.referrers.iter().any(|referrer| matches!(referrer.role, Role::Attestation { .. }));
    if image.is_hardened && !has_some && all.left_out.is_empty() {
        // The wrong list, or one the credential may not see: never "it has none".
        let at = CopyError::at(carrier.side, Step::ListReferrers, format!("{}@{}", carrier.source, image.digest));
        return Err(at(RegistryError::NoAttestations { digest: image.digest.clone() }));
    }
    Ok(all)
}

/// What the source lists for each subject; a listing that failed is an error, never "none" (rule 6).
pub(super) async fn list<'a>(
    carrier: &Carrier<'_>,
    subjects: impl Iterator<Item = &'a Digest>,
) -> Result<Vec<(Digest, Descriptor)>, CopyError> {
    let subjects: Vec<&Digest> = subjects.collect();
    let lists = stream::iter(subjects).map(|subject| async move {
        let at = CopyError::at(carrier.side, Step::ListReferrers, format!("{}@{subject}", carrier.source));
        let listing = carrier.source.referrers(subject).await.map_err(at)?;
        let mut seen = HashSet::new();
        let entries = listing.entries.into_iter().filter(|entry| seen.insert(entry.digest.clone()));
        Ok::<_, CopyError>(entries.map(|entry| (subject.clone(), entry)).collect::<Vec<_>>())
    });
    let lists: Vec<_> = lists.buffered(carrier.ctx.limits.manifests).boxed().try_collect().await?;
    Ok(lists.into_iter().flatten().collect())
}

/// Brings one referrer over, unless it says that it refers to something else.
async fn bring_one(
    carrier: &Carrier<'_>,
    subject: Digest,
    named: Descriptor,
    depth: usize,
    mode: Mode,
    guess: Guess,
) -> Result<Found, CopyError> {
    let (raw, present) = match mode {
        Mode::Copy => carrier.manifest(&named.digest, guess).await?,
        Mode::Look => (carrier.original(&named.digest).await?, true),
    };
    let at = CopyError::at(carrier.side, Step::ReadReferrer, format!("{}@{}", carrier.source, named.digest));
    let parts = Parts::of(&raw).map_err(at)?;
    if parts.subject.as_ref().map(|own| &own.digest) != Some(&subject) {
        tracing::warn!(
            "{} is listed for {subject} by {} and does not refer to it: left out",
            raw.digest,
            carrier.source
        );
        return Ok(Found::Stranger(raw.digest));
    }
    let role = role_of(&parts);
    if let Some(kind) = unwanted(carrier, &role, parts.kind()).filter(|_| depth == 1) {
        return Ok(Found::LeftOut(kind));
    }
    carrier.ctx.progress.met_referrer();
    let listed = mode == Mode::Look || write_one(carrier, &raw, &parts, present).await?;
    let referrer =
        Referrer { digest: raw.digest.clone(), subject, artifact_type: parts.kind().to_owned(), role, depth };
    Ok(Found::Referrer { referrer, entry: entry_of(&raw, &parts, !present), listed, is_new: !present })
}

/// What it is, where the caller does not want it. Signatures go with what they sign.
fn unwanted(carrier: &Carrier<'_>, role: &Role, artifact_type: &str) -> Option<String> {
    let kind = match role {
        Role::Signature => return None,
        Role::Attestation { predicate_type } => predicate_type.as_str(),
        Role::Other => artifact_type,
    };
    (!carrier.ctx.kinds.take(kind)).then(|| kind.to_owned())
}

/// Parts, then the manifest. Says whether the destination has confirmed that it lists it.
async fn write_one(carrier: &Carrier<'_>, raw: &RawManifest, parts: &Parts, present: bool) -> Result<bool, CopyError> {
    let guess = Guess::by(present);
    for blob in parts.blobs() {
        carrier.blob(blob, guess).await?;
    }
    for child in &parts.manifests {
        // An index may refer, too; its children have no referrers of their own that anybody looks for.
        copy_child(carrier, child, guess).await?;
    }
    if present {
        carrier.ctx.progress.skipped_manifest();
        return Ok(false);
    }
    let confirmed = carrier.put(raw, parts).await?.subject;
    Ok(confirmed.is_some() && confirmed == parts.subject.as_ref().map(|subject| subject.digest.clone()))
}

async fn copy_child(carrier: &Carrier<'_>, child: &Descriptor, guess: Guess) -> Result<(), CopyError> {
    let (raw, present) = carrier.manifest(&child.digest, guess).await?;
    let at = || CopyError::at(carrier.side, Step::ReadReferrer, format!("{}@{}", carrier.source, child.digest));
    let parts = Parts::of(&raw).map_err(at())?;
    if !parts.manifests.is_empty() {
        return Err(at()(RegistryError::Unfit { digest: child.digest.clone(), why: Unfit::TooDeep }));
    }
    for blob in parts.blobs() {
        carrier.blob(blob, guess).await?;
    }
    if present {
        return Ok(());
    }
    carrier.put(&raw, &parts).await.map(drop)
}

async fn write_list(carrier: &Carrier<'_>, subject: Digest, entries: Vec<Entry>) -> Result<(), CopyError> {
    let at = CopyError::at(Side::Destination, Step::WriteFallbackTag, format!("{}@{subject}", carrier.target));
    let coordination = carrier.ctx.coordination.as_ref();
    ensure_listed(carrier.target, &subject, &entries, coordination).await.map(drop).map_err(at)
}

/// From the manifest itself: lists of some registries give every artifact the empty type.
pub(super) fn role_of(parts: &Parts) -> Role {
    let has_layer = |media_type: &str| parts.layers.iter().any(|layer| layer.media_type == media_type);
    if parts.kind() == COSIGN_SIGNATURE || has_layer(SIMPLE_SIGNING) {
        Role::Signature
    } else if parts.kind() == IN_TOTO || has_layer(IN_TOTO) {
        let on_layer = || parts.layers.first().and_then(|layer| layer.annotations.get(PREDICATE_TYPE));
        let predicate_type = parts.annotations.get(PREDICATE_TYPE).or_else(on_layer).cloned().unwrap_or_default();
        Role::Attestation { predicate_type }
    } else {
        Role::Other
    }
}
