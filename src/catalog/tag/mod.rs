//! One tag of the catalog, platform by platform: what Docker's analysis found in its image.

mod compare;
mod findings;
mod packages;
mod vex;

use std::sync::Arc;

use super::variants::health;
use super::{distribution_name, mirror_name};
use crate::app::Visitor;
use crate::hub::{self, CatalogManifest, Coordinates, HubError, ImagePackages, SbomState, TagDetails};
use crate::model::{
    Analysis, ApiError, CatalogName, CatalogTag, Compared, Comparison, Digest, ImageAsked, ImageRef, PackageList,
    PackageQuery, Reference, RepoName, RepoRef, Tag, TagPlatform, VulnerabilityList, VulnerabilityQuery,
};

/// Docker's own registry of the catalog's images.
const CATALOG_REGISTRY: &str = "dhi.io";

/// Why a tag of the catalog cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum TagError {
    #[error(transparent)]
    Hub(#[from] HubError),
    #[error("{0} has no tag {1}")]
    NoTag(CatalogName, Tag),
    #[error("{0}:{1} has no image for {2}")]
    NoPlatform(CatalogName, Tag, String),
}

impl From<TagError> for ApiError {
    fn from(error: TagError) -> Self {
        match error {
            TagError::Hub(error) => error.into(),
            TagError::NoTag(name, tag) => Self::NotFound(format!(
                "The catalog has no {name}:{tag}. It may have been withdrawn; look at the tags of the repository."
            )),
            TagError::NoPlatform(name, tag, platform) => {
                Self::NotFound(format!("{name}:{tag} has no image for {platform}. Choose one of its platforms."))
            }
        }
    }
}

/// The image of one platform that an address leads to.
#[derive(Clone, Debug)]
pub struct Image {
    /// Of the index.
    pub index: Digest,
    /// Of the platform manifest.
    pub digest: Digest,
    /// For example `linux/amd64`.
    pub platform: String,
    at: Coordinates,
}

/// What stands at the head of a tag's page.
pub async fn get(visitor: &Visitor, name: &CatalogName, tag: &Tag) -> Result<CatalogTag, TagError> {
    let (details, mirrors) = tokio::try_join!(details(visitor, name, tag), mirrors(visitor, name))?;
    let nothing = || TagError::NoTag(name.clone(), tag.clone());
    let digest = details.index_digest.clone().ok_or_else(nothing)?;
    let reference = |repo| ImageRef { repo, reference: Reference::Digest(digest.clone()) };
    let from_mirror = |repository: &RepoName| {
        let (host, repository) = (visitor.app.config.docker_registry.clone().for_tools(), repository.clone());
        reference(RepoRef { host, repository })
    };
    let mut pulls: Vec<ImageRef> = mirrors.iter().map(from_mirror).collect();
    if pulls.is_empty() {
        let from_docker = CATALOG_REGISTRY.parse().ok().zip(name.as_str().parse().ok());
        pulls.extend(from_docker.map(|(host, repository)| reference(RepoRef { host, repository })));
    }
    let mut tags: Vec<Tag> = details.all_tags.iter().filter_map(|found| found.name.parse().ok()).collect();
    if !tags.contains(tag) {
        tags.push(tag.clone());
    }
    let platforms: Vec<TagPlatform> = details.manifests.iter().filter_map(platform).collect();
    Ok(CatalogTag {
        name: name.clone(),
        tag: tag.clone(),
        last_pushed: platforms.iter().filter_map(|p| p.last_pushed).max().or(details.tag.last_updated),
        digest,
        tags,
        platforms,
        mirrors,
        pulls,
    })
}

/// The image an address leads to.
pub async fn image(visitor: &Visitor, asked: &ImageAsked) -> Result<Image, TagError> {
    let details = details(visitor, &asked.name, &asked.tag).await?;
    image_of(&details, asked).ok_or_else(|| no_platform(asked))
}

/// One page of an image's packages.
pub async fn packages(visitor: &Visitor, asked: &ImageAsked, query: &PackageQuery) -> Result<PackageList, TagError> {
    let found = content(visitor, &image(visitor, asked).await?).await?;
    Ok(packages::list(analysis(found.as_deref()), found.as_deref().map_or(&[], |found| &found.packages), query))
}

/// An image's vulnerabilities, each once, suppressed ones apart.
pub async fn vulnerabilities(
    visitor: &Visitor,
    asked: &ImageAsked,
    query: &VulnerabilityQuery,
) -> Result<VulnerabilityList, TagError> {
    let found = content(visitor, &image(visitor, asked).await?).await?;
    Ok(findings::list(analysis(found.as_deref()), found.as_deref().map_or(&[], |found| &found.packages), query))
}

/// A tag beside another of its repository: what leads from this one to the other.
pub async fn compare(visitor: &Visitor, asked: &ImageAsked, other: Option<&Tag>) -> Result<Comparison, TagError> {
    let repository = visitor.hub.repository_details(visitor.organization.as_str(), asked.name.as_str());
    let outcome = async {
        match other {
            Some(other) => beside(visitor, asked, other).await.map(Some),
            None => Ok(None),
        }
    };
    let (repository, outcome) = tokio::try_join!(async { Ok(repository.await?) }, outcome)?;
    let images = repository.map(|repository| repository.images).unwrap_or_default();
    let names = images.iter().flat_map(|image| &image.tags).filter_map(|tag| tag.name.parse::<Tag>().ok());
    Ok(Comparison { others: names.filter(|tag| *tag != asked.tag).collect(), outcome })
}

async fn beside(visitor: &Visitor, asked: &ImageAsked, other: &Tag) -> Result<Compared, TagError> {
    let one = image(visitor, asked).await?;
    let details = match details(visitor, &asked.name, other).await {
        Err(TagError::NoTag(..)) => return Ok(Compared::NoTag),
        found => found?,
    };
    if details.index_digest.as_ref() == Some(&one.index) {
        return Ok(Compared::SameImage(one.index));
    }
    // The same platform, also where the address names none.
    let same = ImageAsked { tag: other.clone(), platform: one.platform.clone(), ..asked.clone() };
    let Some(two) = image_of(&details, &same) else {
        let has = details.manifests.iter().map(|found| found.platform.clone());
        return Ok(Compared::NoPlatform(has.collect()));
    };
    if one.digest == two.digest {
        return Ok(Compared::SamePlatform(one.digest));
    }
    let (before, after) = tokio::try_join!(content(visitor, &one), content(visitor, &two))?;
    let unknown = |tag: &Tag, found: Option<&ImagePackages>| Compared::NotAnalysed {
        tag: tag.clone(),
        analysis: analysis(found),
    };
    let is_known = |found: &&Arc<ImagePackages>| analysis(Some(found)).is_known();
    let Some(from) = before.as_ref().filter(is_known) else { return Ok(unknown(&asked.tag, before.as_deref())) };
    let Some(to) = after.as_ref().filter(is_known) else { return Ok(unknown(other, after.as_deref())) };
    Ok(Compared::Differs(compare::difference(&from.packages, &to.packages)))
}

/// Docker's unsigned list of an image's attestations.
pub async fn listed_attestations(
    visitor: &Visitor,
    image: &Image,
) -> Result<Option<Vec<hub::ListedAttestation>>, TagError> {
    Ok(visitor.hub.attestations(visitor.organization.as_str(), &image.at).await?)
}

/// Docker's unsigned view of an image's configuration, and what it was made from.
pub async fn origin(visitor: &Visitor, image: &Image) -> Result<Option<hub::ImageOrigin>, TagError> {
    Ok(visitor.hub.image_origin(visitor.organization.as_str(), &image.at).await?)
}

/// The organization's mirrors of a repository, by name.
pub async fn mirrors(visitor: &Visitor, name: &CatalogName) -> Result<Vec<RepoName>, TagError> {
    let found = visitor.hub.mirrors(visitor.organization.as_str()).await?.mirrors;
    let mut own: Vec<RepoName> =
        found.iter().filter(|mirror| mirror.source.name == name.as_str()).filter_map(mirror_name).collect();
    own.sort();
    Ok(own)
}

async fn details(visitor: &Visitor, name: &CatalogName, tag: &Tag) -> Result<Arc<TagDetails>, TagError> {
    let (app, now) = (&visitor.app, visitor.app.clock.now());
    let key = (visitor.organization.clone(), name.clone(), tag.clone());
    if let Some(kept) = app.tag_details.get(&key, now) {
        return Ok(kept);
    }
    let found = visitor.hub.tag_details(visitor.organization.as_str(), name.as_str(), tag).await?;
    let found = found.ok_or_else(|| TagError::NoTag(name.clone(), tag.clone()))?;
    Ok(app.tag_details.keep(key, found, now))
}

/// What is in an image; kept once it is known, since a digest never changes.
async fn content(visitor: &Visitor, image: &Image) -> Result<Option<Arc<ImagePackages>>, TagError> {
    let (app, now) = (&visitor.app, visitor.app.clock.now());
    let key = (visitor.organization.clone(), image.digest.clone());
    if let Some(kept) = app.image_packages.get(&key, now) {
        return Ok(Some(kept));
    }
    let found = visitor.hub.packages(visitor.organization.as_str(), &image.at).await?;
    let keep = |found| {
        if analysis(Some(&found)).is_known() { app.image_packages.keep(key, found, now) } else { Arc::new(found) }
    };
    Ok(found.map(keep))
}

fn image_of(details: &TagDetails, asked: &ImageAsked) -> Option<Image> {
    let is_asked = |found: &&CatalogManifest| {
        found.manifest_digest.is_some() && (asked.platform.is_empty() || found.platform == asked.platform)
    };
    let found = details.manifests.iter().find(is_asked)?;
    let at = found.coordinates(asked.name.as_str())?;
    let platform = found.platform.clone();
    Some(Image { index: details.index_digest.clone()?, digest: at.digest().clone(), platform, at })
}

fn no_platform(asked: &ImageAsked) -> TagError {
    let platform = if asked.platform.is_empty() { "any platform" } else { &asked.platform };
    TagError::NoPlatform(asked.name.clone(), asked.tag.clone(), platform.to_owned())
}

/// No answer at all is no analysis, and never "nothing found" (trap 16).
fn analysis(found: Option<&ImagePackages>) -> Analysis {
    match found.map(|found| &found.state) {
        None => Analysis::NoAnswer,
        Some(SbomState::Indexed) => Analysis::Indexed,
        Some(SbomState::Indexing) => Analysis::Indexing,
        Some(SbomState::IndexingFailed) => Analysis::Failed,
        Some(SbomState::IndexingUnavailable) => Analysis::Unavailable,
        Some(SbomState::None) => Analysis::None,
        Some(SbomState::Other(_)) => Analysis::Unknown,
    }
}

fn platform(manifest: &CatalogManifest) -> Option<TagPlatform> {
    Some(TagPlatform {
        name: manifest.platform.clone(),
        digest: manifest.manifest_digest.clone()?,
        size: manifest.compressed_size,
        distribution: distribution_name(&manifest.distribution),
        user: manifest.user.clone(),
        shell: manifest.shell.clone(),
        package_manager: manifest.package_manager.clone(),
        fips: manifest.fips_compliant,
        stig: manifest.stig_certified,
        last_pushed: manifest.last_pushed,
        health: health(manifest),
    })
}
