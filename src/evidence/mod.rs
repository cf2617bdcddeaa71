//! What Docker's registries themselves hold of an image of the catalog, read with the visitor's own token: attestations with
//! their signatures, statements, the configuration. Where nothing is mirrored, Docker's unsigned views have to do.

mod configuration;
mod statement;

use std::sync::Arc;
use std::time::Duration;

use futures::future;

use crate::access;
use crate::app::Visitor;
use crate::catalog::tag::{self, Image, TagError};
use crate::hub;
use crate::keys;
use crate::model::{
    ApiError, AtRegistry, CatalogName, Digest, Evidence, Host, ImageAsked, ListedAttestation, Platform, Reference,
    RepoName, SignatureState,
};
use crate::oci::{self, CopiedImage, CopiedManifest, CopyContext, CopyError, InProcess, RegistryError, Repository};
use crate::store::StoreError;

pub use configuration::configuration;
pub use statement::{Statement, statement, statement_text};

/// A registry that fails is tried again for longer than a page may take.
const LONGEST: Duration = Duration::from_secs(20);

/// Why something cannot be read in a registry.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    #[error(transparent)]
    Tag(#[from] TagError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the session could not be read: {0}")]
    Session(ApiError),
    #[error("the session is gone")]
    SignedOut,
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error(transparent)]
    Read(#[from] CopyError),
    /// The registry takes longer than anybody looks at an empty page.
    #[error("the registry did not answer in time")]
    Slow,
    /// The organization mirrors no such repository.
    #[error("there is no mirror of {0}")]
    NoMirror(CatalogName),
    /// The registry has it not, or it is something else.
    #[error("there is no such attestation")]
    NoStatement,
}

impl From<EvidenceError> for ApiError {
    fn from(error: EvidenceError) -> Self {
        match error {
            EvidenceError::Tag(error) => error.into(),
            EvidenceError::Store(error) => error.into(),
            EvidenceError::Session(error) => error,
            EvidenceError::SignedOut => Self::SignedOut,
            EvidenceError::NoMirror(name) => Self::NotFound(format!(
                "Statements can be read once {name} is mirrored: the registry that holds them shows them to mirrors only."
            )),
            EvidenceError::NoStatement => Self::NotFound(
                "The registry has no such attestation. Docker may have renewed it; look at the list again.".to_owned(),
            ),
            EvidenceError::Registry(_) | EvidenceError::Read(_) | EvidenceError::Slow => {
                tracing::warn!(error = &error as &dyn std::error::Error, "evidence could not be read");
                Self::Upstream(error.sentence())
            }
        }
    }
}

impl EvidenceError {
    /// What happened, for whoever looks at the screen.
    fn sentence(&self) -> String {
        match self {
            Self::Read(error) => error.sentence(),
            Self::Registry(_) => "The registry could not be asked. Try again in a moment.".to_owned(),
            Self::Slow => "The registry did not answer in time. Try again in a moment.".to_owned(),
            other => other.to_string(),
        }
    }

    /// It says something of the registry alone, so the rest of the page can be shown all the same.
    fn is_of_the_registry(&self) -> bool {
        matches!(self, Self::Read(_) | Self::Registry(_) | Self::Slow)
    }
}

/// The attestations of one platform's image, verified where they can be read, and Docker's list of them.
pub async fn attestations(visitor: &Visitor, asked: &ImageAsked) -> Result<Evidence, EvidenceError> {
    let (image, mirrors) = tokio::try_join!(tag::image(visitor, asked), tag::mirrors(visitor, &asked.name))?;
    let listed = async { Ok(tag::listed_attestations(visitor, &image).await?) };
    let (at_registry, listed) = tokio::try_join!(at_registry(visitor, &asked.name, &image, mirrors), listed)?;
    Ok(Evidence { at_registry, listed: listed.map(|all| all.into_iter().filter_map(attestation).collect()) })
}

/// What the first of the mirrors that hold the image and let its attestations be read says; where none does, why the first
/// does not.
async fn at_registry(
    visitor: &Visitor,
    name: &CatalogName,
    image: &Image,
    mirrors: Vec<RepoName>,
) -> Result<AtRegistry, EvidenceError> {
    let holders = holders(visitor, &visitor.app.config.docker_registry, mirrors, &image.index).await?;
    let mut unreadable = None;
    for repository in &holders {
        match in_time(Box::pin(observed(visitor, repository, image))).await {
            Err(error) if error.is_of_the_registry() => {
                tracing::warn!(error = &error as &dyn std::error::Error, "attestations in {repository} cannot be read");
                let (repository, sentence) = (repository.clone(), error.sentence());
                unreadable.get_or_insert(AtRegistry::Unreadable { repository, sentence });
            }
            read => return read,
        }
    }
    if let Some(unreadable) = unreadable {
        return Ok(unreadable);
    }
    let repository = of_catalog(name)?;
    match in_time(Box::pin(observed(visitor, &repository, image))).await {
        Err(error) if error.is_of_the_registry() => {
            tracing::debug!(error = &error as &dyn std::error::Error, "{repository} is not shown");
            Ok(AtRegistry::NoMirror)
        }
        read => read,
    }
}

/// Lists both levels in the registry that holds attestations and verifies every signature with the organization's keys.
async fn observed(visitor: &Visitor, repository: &RepoName, image: &Image) -> Result<AtRegistry, EvidenceError> {
    let place = open(visitor, &visitor.app.config.scout_registry, repository).await?;
    let keys = keys::trusted(&visitor.app, &visitor.organization).await?;
    let context = CopyContext::new(Arc::new(InProcess::default()));
    let read = of_one_platform(image);
    let expected = oci::list_attestations(&read, &place, &context).await?;
    let observed = oci::observe_source(&read, &expected, &place, &keys, &context).await?;
    let platform = observed.coverage.platforms.into_iter().next().ok_or(EvidenceError::NoStatement)?;
    // A signature that is there and does not verify is no reason to say that there is none.
    let index_signature = match observed.index_signature {
        SignatureState::Missing if observed.coverage.index_signatures_present > 0 => SignatureState::Invalid,
        state => state,
    };
    Ok(AtRegistry::Read { repository: repository.clone(), platform, index_signature })
}

/// The index and the one platform that is looked at; the others are not asked for.
fn of_one_platform(image: &Image) -> CopiedImage {
    let manifest = |digest: &Digest, platform| CopiedManifest {
        digest: digest.clone(),
        media_type: String::new(),
        size: 0,
        platform,
        is_new: false,
    };
    let anywhere = Platform { os: "any".into(), architecture: "any".into(), variant: None };
    let mut manifests = vec![manifest(&image.digest, Some(image.platform.parse().unwrap_or(anywhere)))];
    // A chart has one manifest and no index.
    if image.index != image.digest {
        manifests.push(manifest(&image.index, None));
    }
    // Every hardened image has attestations: an empty list is a missing right or the wrong place, and is said so.
    CopiedImage { digest: image.index.clone(), media_type: String::new(), manifests, is_hardened: true }
}

/// Those of the mirrors that hold the manifest at the registry: another may lack the tag, or have just begun. Where there is
/// only one, or none says that it has it, all of them may.
async fn holders(
    visitor: &Visitor,
    host: &Host,
    mirrors: Vec<RepoName>,
    manifest: &Digest,
) -> Result<Vec<RepoName>, EvidenceError> {
    if mirrors.len() < 2 {
        return Ok(mirrors);
    }
    let reference = Reference::Digest(manifest.clone());
    let holds = async |mirror: &RepoName| {
        let place = open(visitor, host, mirror).await?;
        match in_time(async { Ok(place.head_manifest(&reference).await?) }).await {
            Ok(found) => Ok(found.is_some()),
            Err(error) if error.is_of_the_registry() => Ok(false),
            Err(error) => Err(error),
        }
    };
    let held: Vec<bool> = future::try_join_all(mirrors.iter().map(holds)).await?;
    if !held.contains(&true) {
        return Ok(mirrors);
    }
    Ok(mirrors.into_iter().zip(held).filter_map(|(mirror, held)| held.then_some(mirror)).collect())
}

async fn in_time<T>(work: impl Future<Output = Result<T, EvidenceError>>) -> Result<T, EvidenceError> {
    tokio::time::timeout(LONGEST, work).await.unwrap_or(Err(EvidenceError::Slow))
}

/// The repository that holds the attestations where nothing is mirrored. Whether everybody may read it is unconfirmed
/// (contract 7.1), so it is tried.
fn of_catalog(name: &CatalogName) -> Result<RepoName, EvidenceError> {
    format!("dhi/{name}").parse().map_err(|_| EvidenceError::NoMirror(name.clone()))
}

/// A repository of one of Docker's registries, as the visitor may see it.
async fn open(visitor: &Visitor, host: &Host, repository: &RepoName) -> Result<Repository, EvidenceError> {
    let session = visitor.session_id.as_deref().ok_or(EvidenceError::SignedOut)?;
    let credential = access::credential(&visitor.app, session).await.map_err(EvidenceError::Session)?;
    let credential = credential.ok_or(EvidenceError::SignedOut)?;
    let credential = oci::Credential { username: credential.identifier, secret: credential.secret };
    let registry = visitor.app.registries.connect(host, host.is_loopback(), Some(credential))?;
    Ok(registry.reading(repository.clone()))
}

fn attestation(found: hub::ListedAttestation) -> Option<ListedAttestation> {
    Some(ListedAttestation { predicate_type: found.predicate_type, digest: found.digest? })
}
