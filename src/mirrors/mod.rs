//! Mirrors: started, watched and stopped through Docker Hub, which does the mirroring. Ferry copies nothing here.

mod log;
pub mod visibility;

use std::collections::HashMap;

use futures::stream::{self, StreamExt as _};

use crate::app::Visitor;
use crate::hub::{self, HubError, LogQuery};
use crate::model::{
    ApiError, CatalogName, FieldErrors, Mirror, MirrorDetail, MirrorList, MirrorName, MirrorState, MirrorTag, Refused,
    RepoName,
};
use crate::store::listings::{self, Subject};
use crate::store::{self, StoreError, rules};

/// Most lines of the mirroring log that are read for one page.
const MOST_LOG: usize = 1_000;
/// Most tags of a mirror that are shown.
const MOST_TAGS: usize = 2_000;
/// Repositories asked for at once.
const AT_ONCE: usize = 8;

/// Why mirrors cannot be shown, started or stopped.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    #[error(transparent)]
    Hub(#[from] HubError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Name(Refused),
    #[error("the catalog has no repository {0}")]
    NoSource(CatalogName),
    #[error("there is no mirror {0}")]
    NotFound(MirrorName),
    #[error("{repository} mirrors {source_name} already")]
    Taken { repository: RepoName, source_name: String },
    #[error("the visibility could not be changed: {0}")]
    Privacy(HubError),
    #[error("{0} is still public")]
    StillPublic(RepoName),
    #[error("Docker Hub does not let this person or token do it: {0}")]
    Denied(String),
}

impl From<MirrorError> for ApiError {
    fn from(error: MirrorError) -> Self {
        match error {
            MirrorError::Hub(HubError::Refused { message, .. }) => {
                Self::Invalid(FieldErrors::one("name", format!("Docker Hub refuses this name: {message}")))
            }
            MirrorError::Hub(error) => error.into(),
            MirrorError::Privacy(error) => error.into(),
            MirrorError::StillPublic(repository) => Self::Upstream(format!(
                "Docker Hub took the request and still shows {repository} to everybody. Look at its settings there."
            )),
            MirrorError::Store(error) => error.into(),
            MirrorError::Name(Refused(sentence)) => Self::Invalid(FieldErrors::one("name", sentence)),
            MirrorError::NoSource(name) => Self::NotFound(format!("The catalog has no repository called {name}.")),
            MirrorError::NotFound(name) => {
                Self::NotFound(format!("There is no mirror called {name}; it may have been stopped meanwhile."))
            }
            // Docker's own words: who may is for Docker to say, and changes.
            MirrorError::Denied(message) => Self::Forbidden(format!(
                "Docker Hub refuses: “{message}” Sign in with a token that may read and write, or ask an owner to do it."
            )),
            MirrorError::Taken { repository, source_name } => Self::Invalid(FieldErrors::one(
                "name",
                format!("{repository} is the mirror of {source_name} already: choose another name."),
            )),
        }
    }
}

/// All mirrors of the organization, by name.
pub async fn list(visitor: &Visitor) -> Result<MirrorList, MirrorError> {
    let found = visitor.hub.mirrors(visitor.organization.as_str()).await?;
    let can_mirror_more = found.can_mirror_more_repositories;
    Ok(MirrorList { mirrors: described(visitor, found.mirrors).await?, can_mirror_more })
}

/// The mirrors of one catalog repository, by name.
pub async fn of_source(visitor: &Visitor, source: &CatalogName) -> Result<Vec<Mirror>, MirrorError> {
    let mut found = visitor.hub.mirrors(visitor.organization.as_str()).await?.mirrors;
    found.retain(|mirror| mirror.source.name == source.as_str());
    described(visitor, found).await
}

/// One mirror with its tags and Docker's log.
pub async fn get(visitor: &Visitor, name: &MirrorName) -> Result<MirrorDetail, MirrorError> {
    let found = find(visitor, name).await?;
    let query = LogQuery { mirrors: vec![found.repository.clone()], ..LogQuery::default() };
    let repository = repository_of(&found).ok_or_else(|| MirrorError::NotFound(name.clone()))?;
    let (mirrors, tags, log) = tokio::join!(
        described(visitor, vec![found]),
        visitor.hub.all_tags(&repository, MOST_TAGS),
        visitor.hub.whole_mirroring_log(visitor.organization.as_str(), &query, MOST_LOG),
    );
    let mirror = mirrors?.pop().ok_or_else(|| MirrorError::NotFound(name.clone()))?;
    // A mirror that was just started has no repository yet.
    let tags = match tags {
        Ok(tags) => tags.items.iter().filter_map(mirror_tag).collect(),
        Err(HubError::NotFound) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    Ok(MirrorDetail { mirror, tags, log: log::entries(log?.items) })
}

/// Asks Docker to mirror a catalog repository to a name of choice; answers the mirror's name.
pub async fn start(visitor: &Visitor, source: &CatalogName, name: &str) -> Result<MirrorName, MirrorError> {
    let name: MirrorName = name.trim().parse().map_err(MirrorError::Name)?;
    let organization = visitor.organization.as_str();
    let details = visitor.hub.repository_details(organization, source.as_str()).await?;
    let summary = details.ok_or_else(|| MirrorError::NoSource(source.clone()))?.summary;
    // The namespace is copied from Docker's answer instead of being assumed.
    let from: RepoName =
        format!("{}/{}", summary.namespace, summary.name).parse().map_err(|_| MirrorError::NoSource(source.clone()))?;
    let to: RepoName = format!("{organization}/{name}").parse().map_err(MirrorError::Name)?;
    let taken = visitor.hub.mirrors(organization).await?.mirrors.into_iter().find(|mirror| mirror.repository.is(&to));
    if let Some(other) = taken.filter(|other| other.source.name != source.as_str()) {
        return Err(MirrorError::Taken { repository: to, source_name: other.source.name });
    }
    visitor.hub.set_mirror(organization, &from, &to).await.map_err(denied)?;
    record(visitor, "mirror.start", &format!("{from} to {to}")).await?;
    Ok(name)
}

/// Asks Docker to stop updating a mirror; the repository and its tags stay.
pub async fn stop(visitor: &Visitor, name: &MirrorName) -> Result<(), MirrorError> {
    let mirror = find(visitor, name).await?;
    match visitor.hub.remove_mirror(visitor.organization.as_str(), &mirror.id).await {
        Err(HubError::NotFound) => return Err(MirrorError::NotFound(name.clone())),
        other => other.map_err(denied)?,
    }
    record(visitor, "mirror.stop", &format!("{}/{name}", visitor.organization)).await
}

fn denied(error: HubError) -> MirrorError {
    match error {
        HubError::Forbidden { message } => MirrorError::Denied(message),
        error => error.into(),
    }
}

async fn record(visitor: &Visitor, action: &'static str, subject: &str) -> Result<(), MirrorError> {
    let mut tx = store::begin(&visitor.app.db).await?;
    visitor.did(&mut tx, action, subject).await?;
    // What is mirrored is another list from now on.
    listings::outdate(&mut *tx, &visitor.organization, Subject::Mirrors, visitor.app.clock.now()).await?;
    Ok(store::commit(tx).await?)
}

async fn find(visitor: &Visitor, name: &MirrorName) -> Result<hub::Mirror, MirrorError> {
    let mirrors = visitor.hub.mirrors(visitor.organization.as_str()).await?.mirrors;
    mirrors
        .into_iter()
        .find(|mirror| mirror.repository.name == name.as_str())
        .ok_or_else(|| MirrorError::NotFound(name.clone()))
}

/// Adds to Docker's list what its log, the repositories and our rules say. What cannot be read at the moment is
/// shown as not known instead of hiding the rest.
async fn described(visitor: &Visitor, found: Vec<hub::Mirror>) -> Result<Vec<Mirror>, MirrorError> {
    let mut rules = rules::by_mirror(&visitor.app.db, &visitor.organization).await?;
    let query = LogQuery { mirrors: found.iter().map(|m| m.repository.clone()).collect(), ..LogQuery::default() };
    let log = if found.is_empty() {
        Ok(Vec::new())
    } else {
        visitor.hub.whole_mirroring_log(visitor.organization.as_str(), &query, MOST_LOG).await.map(|log| log.items)
    };
    let log = log.inspect_err(|error| tracing::warn!(%error, "the mirroring log could not be read")).ok();
    let names: Vec<RepoName> = found.iter().filter_map(repository_of).collect();
    let asked_at = visitor.app.clock.now();
    let repositories: HashMap<RepoName, hub::HubRepository> = stream::iter(names)
        .map(|name| async move { (visitor.hub.repository(&name).await, name) })
        .buffer_unordered(AT_ONCE)
        .filter_map(|(answer, name)| async move { Some((name, answer.ok()?)) })
        .collect()
        .await;
    let seen: Vec<_> =
        repositories.iter().filter_map(|(name, entry)| Some((name.clone(), entry.is_private?))).collect();
    visibility::note(&visitor.app, &visitor.organization, &seen, asked_at).await?;
    let mut mirrors: Vec<Mirror> = found
        .into_iter()
        .filter_map(|mirror| {
            let repository = repository_of(&mirror)?;
            let seen = repositories.get(&repository);
            Some(Mirror {
                state: log.as_ref().map_or(MirrorState::Unknown, |log| log::state(&repository, log)),
                is_private: seen.and_then(|seen| seen.is_private),
                last_pushed: seen.and_then(|seen| seen.last_updated),
                rules: rules.remove(repository.as_str()).unwrap_or_default(),
                source_display_name: if mirror.source.display_name.is_empty() {
                    mirror.source.name.clone()
                } else {
                    mirror.source.display_name
                },
                id: mirror.id,
                source: mirror.source.name,
                source_namespace: mirror.source.namespace,
                repository,
            })
        })
        .collect();
    mirrors.sort_by(|a, b| a.repository.cmp(&b.repository));
    Ok(mirrors)
}

fn repository_of(mirror: &hub::Mirror) -> Option<RepoName> {
    format!("{}/{}", mirror.repository.namespace, mirror.repository.name).parse().ok()
}

fn mirror_tag(tag: &hub::HubTag) -> Option<MirrorTag> {
    let runnable: Vec<&hub::HubImage> = tag.images.iter().filter(|image| image.is_runnable()).collect();
    Some(MirrorTag {
        tag: tag.name.parse().ok()?,
        digest: tag.digest.clone(),
        size: tag.full_size.unwrap_or_else(|| runnable.iter().map(|image| image.size).sum()),
        platforms: runnable.iter().map(|image| format!("{}/{}", image.os, image.architecture)).collect(),
        last_pushed: tag.tag_last_pushed.or(tag.last_updated),
    })
}
