//! An image described without copying it: for proofs that are verified before anything is written, and for copies that
//! are looked at again.

use std::collections::HashSet;

use futures::stream::{self, StreamExt, TryStreamExt};
use serde::Deserialize;

use super::copy::{CopiedImage, CopiedManifest, CopyContext};
use super::error::{RegistryError, Unfit};
use super::failure::{CopyError, Side, Step};
use super::graph::{Descriptor, Parts, is_index};
use super::manifest::{LARGEST_MANIFEST, RawManifest};
use super::registry::Repository;
use crate::model::{Digest, Platform, Reference};

/// Describes the image below a digest. Manifests that `near` has are read there, as they are the same bytes and cost the
/// source no pull.
pub async fn read_image(
    source: &Repository,
    near: &Repository,
    digest: &Digest,
    ctx: &CopyContext,
) -> Result<CopiedImage, CopyError> {
    ctx.unless_cancelled(format!("{source}@{digest}"), async {
        let read = Walk { places: &[(near, Side::Destination), (source, Side::Source)], ctx }.walk(digest).await?;
        match read.missing.into_iter().next() {
            Some(missing) => {
                let at = CopyError::at(Side::Source, Step::ReadManifest, format!("{source}@{missing}"));
                Err(at(RegistryError::Missing { digest: missing }))
            }
            None => Ok(read.image),
        }
    })
    .await
}

/// The parts of an image that the destination does not hold: manifests, configurations and layers.
pub async fn missing_parts(
    target: &Repository,
    digest: &Digest,
    ctx: &CopyContext,
) -> Result<(CopiedImage, Vec<Digest>), CopyError> {
    ctx.unless_cancelled(format!("{target}@{digest}"), async {
        let read = Walk { places: &[(target, Side::Destination)], ctx }.walk(digest).await?;
        let mut blobs: Vec<Descriptor> = read.blobs;
        blobs.sort_by(|one, other| one.digest.cmp(&other.digest));
        blobs.dedup_by(|one, other| one.digest == other.digest);
        let looks = stream::iter(blobs.into_iter().filter(|blob| !blob.is_foreign())).map(|blob| async move {
            let at = CopyError::at(Side::Destination, Step::CheckBlob, format!("{target}@{}", blob.digest));
            let there = target.has_blob(&blob.digest).await.map_err(at)?;
            Ok::<_, CopyError>((!there).then_some(blob.digest))
        });
        let gone: Vec<Option<Digest>> = looks.buffered(ctx.limits.manifests).boxed().try_collect().await?;
        Ok((read.image, read.missing.into_iter().chain(gone.into_iter().flatten()).collect()))
    })
    .await
}

struct Walk<'a> {
    places: &'a [(&'a Repository, Side)],
    ctx: &'a CopyContext,
}

struct Read {
    image: CopiedImage,
    missing: Vec<Digest>,
    blobs: Vec<Descriptor>,
}

impl Walk<'_> {
    async fn walk(&self, root: &Digest) -> Result<Read, CopyError> {
        let limits = self.ctx.limits;
        let nothing =
            CopiedImage { digest: root.clone(), media_type: String::new(), manifests: Vec::new(), is_hardened: false };
        let mut read = Read { image: nothing, missing: Vec::new(), blobs: Vec::new() };
        let mut met = HashSet::from([root.clone()]);
        let mut level: Vec<(Digest, Option<Descriptor>)> = vec![(root.clone(), None)];
        for _ in 0..=limits.deepest {
            let reads = stream::iter(level.drain(..))
                .map(|(digest, named)| async move { self.manifest(&digest).await.map(|raw| (digest, named, raw)) });
            let found: Vec<_> = reads.buffered(limits.manifests).boxed().try_collect().await?;
            for (digest, named, raw) in found {
                let Some(raw) = raw else {
                    read.missing.push(digest);
                    continue;
                };
                let parts = Parts::of(&raw).map_err(self.failed(&digest))?;
                let smaller = match named {
                    None => self.ctx.selection.narrowed(&raw, &parts).map_err(self.failed(&digest))?,
                    Some(_) => None,
                };
                let (raw, parts) = smaller.unwrap_or((raw, parts));
                let new = parts.manifests.iter().filter(|child| met.insert(child.digest.clone()));
                level.extend(new.map(|child| (child.digest.clone(), Some(child.clone()))));
                self.note(&mut read, &raw, &parts, named.as_ref()).await?;
                read.blobs.extend(parts.blobs().cloned());
            }
            if met.len() > limits.most_manifests {
                return Err(self.failed(root)(RegistryError::Unfit { digest: root.clone(), why: Unfit::TooManyParts }));
            }
            if level.is_empty() {
                return Ok(read);
            }
        }
        Err(self.failed(root)(RegistryError::Unfit { digest: root.clone(), why: Unfit::TooDeep }))
    }

    async fn note(
        &self,
        read: &mut Read,
        raw: &RawManifest,
        parts: &Parts,
        named: Option<&Descriptor>,
    ) -> Result<(), CopyError> {
        let index = is_index(&raw.media_type);
        let platform = match named {
            Some(named) => named.platform(),
            None if index => None,
            None => Some(self.own_platform(parts).await?),
        };
        if named.is_none() {
            read.image.media_type.clone_from(&raw.media_type);
            read.image.is_hardened = super::copy::is_hardened(parts);
            read.image.digest = raw.digest.clone();
        }
        read.image.manifests.push(CopiedManifest {
            digest: raw.digest.clone(),
            media_type: raw.media_type.clone(),
            size: raw.size(),
            platform: platform.filter(|_| !index),
            is_new: false,
        });
        Ok(())
    }

    /// A manifest without an index says its platform in its configuration; charts run nowhere in particular.
    async fn own_platform(&self, parts: &Parts) -> Result<Platform, CopyError> {
        let anywhere = || Platform { os: "any".into(), architecture: "any".into(), variant: None };
        let Some(config) = parts.config.as_ref().filter(|config| config.media_type.contains("image")) else {
            return Ok(anywhere());
        };
        for (place, side) in self.places {
            let at = || CopyError::at(*side, Step::ReadBlob, format!("{place}@{}", config.digest));
            if !place.has_blob(&config.digest).await.map_err(at())? {
                continue;
            }
            let bytes = place.read_blob(&config.digest, LARGEST_MANIFEST).await.map_err(at())?;
            return Ok(match serde_json::from_slice::<Config>(&bytes).ok() {
                Some(Config { os: Some(os), architecture: Some(architecture), variant }) if !os.is_empty() => {
                    Platform { os, architecture, variant }
                }
                _ => anywhere(),
            });
        }
        Ok(anywhere())
    }

    async fn manifest(&self, digest: &Digest) -> Result<Option<RawManifest>, CopyError> {
        for (place, side) in self.places {
            let at = CopyError::at(*side, Step::ReadManifest, format!("{place}@{digest}"));
            let found = place.get_manifest(&Reference::Digest(digest.clone())).await.map_err(at)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    fn failed(&self, digest: &Digest) -> impl FnOnce(RegistryError) -> CopyError + use<> {
        let (side, place) =
            self.places.last().map_or((Side::Source, String::new()), |(place, side)| (*side, place.to_string()));
        CopyError::at(side, Step::ReadManifest, format!("{place}@{digest}"))
    }
}

#[derive(Deserialize)]
struct Config {
    os: Option<String>,
    architecture: Option<String>,
    variant: Option<String>,
}
