//! What a run need not do: digests that are known to be at the destination are looked at cheaply, to see that nothing has
//! changed. Knowledge may only say "nothing to do"; whatever would be written is first resolved at the source's registry.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use chrono::TimeDelta;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use uuid::Uuid;

use super::ForwardError;
use super::coordination::Shared;
use super::prove::Verified;
use super::source::Source;
use crate::app::App;
use crate::model::{DestinationId, Digest, RepoName, RepoRef, RunId, Tag};
use crate::oci::{CopyContext, Known, Registry, RegistryError, Repository, TrustedKeys};
use crate::store::arrived::{self, Place};
use crate::store::items::NewItem;
use crate::store::{StoreError, runs::Work};
use crate::{destinations, keys};

/// Tags resolved at once, and tags of one digest looked at; a HEAD costs no pull.
const TAGS_AT_ONCE: usize = 16;
/// Digests looked at once.
const DIGESTS_AT_ONCE: usize = 8;
/// What was seen longer ago is looked at in full: the slow audit of what nobody touches.
const BELIEVED: TimeDelta = TimeDelta::days(7);

/// Which settings of its rule decide what has to arrive, and whose keys prove it. The policy is no part of it: a full proof
/// satisfies each.
pub(super) fn terms(work: &Work, keys: &TrustedKeys) -> String {
    let what = if work.attestations { format!("proof {}", keys.fingerprint()) } else { "images".to_owned() };
    let extent = &work.extent;
    format!("{what} {} {}", extent.platform_lines(), extent.kind_lines())
}

/// Keeps what a copy has just confirmed, where the proof is full.
pub(super) async fn remember(
    app: &App,
    place: Place<'_>,
    digest: &Digest,
    verified: &Verified,
) -> Result<(), StoreError> {
    let coverage = verified.coverage.as_ref();
    if coverage.is_some_and(|coverage| !coverage.is_complete() || coverage.broken().next().is_some()) {
        return arrived::forget(&app.db, place.destination, place.target, digest).await;
    }
    let tagged = coverage.cloned().map(super::perform::tagged);
    arrived::confirm(&app.db, place, digest, &verified.known, tagged.as_ref(), app.clock.now()).await
}

/// A tag at the source.
struct Pointer {
    tag: Tag,
    digest: Digest,
    /// The registry said so, and not only Hub's list.
    exact: bool,
}

/// A digest that is known at the destination.
struct Fact {
    id: Uuid,
    known: Known,
}

/// The digests known at one repository, by the source's digest.
type Facts = HashMap<Digest, Fact>;

/// The eyes of one run.
pub(super) struct Look<'a> {
    app: &'a App,
    run: RunId,
    source: &'a Source,
    destination: DestinationId,
    /// None where nothing is believed: it cannot be opened, and the jobs say why; or the rule forwards cosign's older tags,
    /// which may be added at any time and are in no list of referrers.
    registry: Option<Registry>,
    terms: String,
    context: CopyContext,
}

impl<'a> Look<'a> {
    /// Gets ready, and forgets what is too old to be believed.
    pub(super) async fn begin(
        app: &'a App,
        work: &Work,
        source: &'a Source,
        destination: DestinationId,
    ) -> Result<Self, ForwardError> {
        arrived::forget_older(&app.db, destination, app.clock.now() - BELIEVED).await?;
        let registry = destinations::open(app, &work.organization, destination).await;
        let keys = keys::trusted(app, &work.organization).await?;
        Ok(Self {
            app,
            run: work.id,
            source,
            destination,
            registry: registry.ok().map(|(_, registry)| registry).filter(|_| !work.extent.digest_tags),
            terms: terms(work, &keys),
            context: CopyContext::new(Arc::new(Shared(app.clone()))),
        })
    }

    /// The items of one mirror, from the tags that Hub lists and the rule takes.
    pub(super) async fn items(
        &self,
        mirror: &RepoName,
        target: &RepoRef,
        listed: Vec<(Tag, Option<Digest>)>,
    ) -> Result<Vec<NewItem>, ForwardError> {
        let images = self.source.images(mirror);
        let facts = self.facts(target).await?;
        let pointers = self.pointers(&images, listed, &facts).await?;
        let settled = self.settled(mirror, target, &pointers, &facts).await;
        let item = |pointer: Pointer, arrived: Option<Uuid>| NewItem {
            mirror: mirror.clone(),
            tag: pointer.tag,
            target: target.clone(),
            digest: pointer.digest,
            arrived,
        };
        let (mut items, mut doubtful) = (Vec::new(), Vec::new());
        for pointer in pointers {
            match settled.get(&pointer.digest) {
                Some(id) => items.push(item(pointer, Some(*id))),
                None if pointer.exact => items.push(item(pointer, None)),
                None => doubtful.push(pointer.tag),
            }
        }
        items.extend(exact(&images, doubtful).await?.into_iter().map(|pointer| item(pointer, None)));
        Ok(items)
    }

    /// What is known of the target.
    async fn facts(&self, target: &RepoRef) -> Result<Facts, StoreError> {
        if self.registry.is_none() {
            return Ok(Facts::new());
        }
        let place = Place { destination: self.destination, target, terms: &self.terms };
        let rows = arrived::list(&self.app.db, place).await?;
        // What another release wrote in another shape is not known.
        let read = |row: arrived::Arrived| {
            Some((row.digest, Fact { id: row.id, known: serde_json::from_value(row.known).ok()? }))
        };
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// Where the tags point. Hub's list may lag behind the registry, so it is asked only about digests that are known,
    /// and one tag of each is looked at; where one differs, the whole list is distrusted.
    async fn pointers(
        &self,
        images: &Repository,
        listed: Vec<(Tag, Option<Digest>)>,
        facts: &Facts,
    ) -> Result<Vec<Pointer>, RegistryError> {
        let mut claimed: BTreeMap<Digest, Vec<Tag>> = BTreeMap::new();
        let mut unclear = Vec::new();
        for (tag, digest) in listed {
            match digest.filter(|digest| facts.contains_key(digest)) {
                Some(digest) => claimed.entry(digest).or_default().push(tag),
                None => unclear.push(tag),
            }
        }
        let sample = claimed.values().filter_map(|tags| tags.get(self.chance(tags.len()))).cloned().collect();
        let seen = resolved(images, sample).await?;
        let honest = claimed.keys().zip(&seen).all(|(digest, (_, seen))| seen.as_ref() == Some(digest));
        if !honest {
            tracing::info!(run.id = %self.run, "Hub's list of {images} is not what the registry says: every tag is asked");
            unclear.extend(std::mem::take(&mut claimed).into_values().flatten());
        }
        let mut pointers = exact(images, unclear).await?;
        for (digest, tags) in claimed {
            pointers.extend(tags.into_iter().map(|tag| Pointer { tag, digest: digest.clone(), exact: false }));
        }
        Ok(pointers)
    }

    /// Another one each run.
    fn chance(&self, among: usize) -> usize {
        let (_, random) = self.run.0.as_u64_pair();
        usize::try_from(random % u64::try_from(among.max(1)).unwrap_or(1)).unwrap_or_default()
    }

    /// The known digests of which nothing changed: all their tags point there at the destination, and the attestation
    /// source lists what it listed. A look that fails settles nothing: the job will meet the same trouble and say so.
    async fn settled(
        &self,
        mirror: &RepoName,
        target: &RepoRef,
        pointers: &[Pointer],
        facts: &Facts,
    ) -> HashMap<Digest, Uuid> {
        let Some(registry) = &self.registry else { return HashMap::new() };
        let (there, attestations) = (registry.reading(target.repository.clone()), self.source.attestations(mirror));
        let mut units: BTreeMap<&Digest, (&Fact, Vec<Tag>)> = BTreeMap::new();
        for pointer in pointers {
            if let Some(fact) = facts.get(&pointer.digest) {
                units.entry(&pointer.digest).or_insert_with(|| (fact, Vec::new())).1.push(pointer.tag.clone());
            }
        }
        let units: Vec<_> = units.into_iter().map(|(digest, (fact, tags))| (digest.clone(), fact, tags)).collect();
        let given_up = AtomicBool::new(false);
        let looks = stream::iter(units).map(|(digest, fact, tags)| {
            let (there, attestations, given_up) = (&there, &attestations, &given_up);
            async move {
                // A registry that does not answer would be waited for once for each digest.
                if given_up.load(Relaxed) {
                    return None;
                }
                match self.is_unchanged(there, attestations, &fact.known, tags).await {
                    Ok(unchanged) => unchanged.then_some((digest, fact.id)),
                    Err(error) => {
                        tracing::debug!("{there}@{digest} is not believed: {error}");
                        given_up.store(true, Relaxed);
                        None
                    }
                }
            }
        });
        looks.buffer_unordered(DIGESTS_AT_ONCE).filter_map(std::future::ready).boxed().collect().await
    }

    async fn is_unchanged(
        &self,
        there: &Repository,
        attestations: &Repository,
        known: &Known,
        tags: Vec<Tag>,
    ) -> Result<bool, ForwardError> {
        let looks = stream::iter(tags).map(|tag| async move { there.resolve(&tag).await });
        let mut looks = std::pin::pin!(looks.buffer_unordered(TAGS_AT_ONCE).boxed());
        while let Some(seen) = looks.next().await {
            if seen?.as_ref() != Some(&known.digest) {
                return Ok(false);
            }
        }
        Ok(known.is_current(attestations, &self.context).await?)
    }
}

/// Each tag as the registry has it. One that went away since it was listed is none.
async fn exact(images: &Repository, tags: Vec<Tag>) -> Result<Vec<Pointer>, RegistryError> {
    let resolved = resolved(images, tags).await?;
    let pointer = |(tag, digest): (Tag, Option<Digest>)| Some(Pointer { tag, digest: digest?, exact: true });
    Ok(resolved.into_iter().filter_map(pointer).collect())
}

/// What each tag points at, in the same order.
async fn resolved(images: &Repository, tags: Vec<Tag>) -> Result<Vec<(Tag, Option<Digest>)>, RegistryError> {
    let answers = stream::iter(tags).map(|tag| async move { images.resolve(&tag).await.map(|digest| (tag, digest)) });
    answers.buffered(TAGS_AT_ONCE).boxed().try_collect().await
}
