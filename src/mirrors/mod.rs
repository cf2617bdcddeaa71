//! Mirrors: started, watched and stopped through Docker Hub, which does the mirroring. Ferry copies nothing here.

mod begin;
mod describe;
pub mod entitlement;
pub mod known;
mod log;
mod progress;
mod several;
pub mod visibility;

use std::collections::{BTreeSet, HashMap};

use crate::app::Visitor;
use crate::hub::{self, HubError};
use crate::model::{
    ApiError, CatalogName, FieldErrors, Mirror, MirrorDetail, MirrorList, MirrorName, MirrorTag, Refused, RepoName,
};
use crate::store::listings::{self, Subject};
use crate::store::{self, StoreError, Tx, known_mirrors};
use known::Found;

pub use begin::start;
pub use several::{propose, start_several, wanted};

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
    #[error("Docker did not start {repository}")]
    NotStarted {
        repository: RepoName,
        #[source]
        error: HubError,
    },
}

impl From<MirrorError> for ApiError {
    fn from(error: MirrorError) -> Self {
        match error {
            MirrorError::Hub(HubError::Refused { message, .. }) => {
                Self::Invalid(FieldErrors::one("name", format!("Docker Hub refuses this name: {message}")))
            }
            MirrorError::Hub(error) | MirrorError::Privacy(error) => error.into(),
            MirrorError::StillPublic(repository) => Self::Upstream(format!(
                "Docker Hub took the request and still shows {repository} to everybody. Look at its settings there."
            )),
            MirrorError::NotStarted { repository, error } => {
                tracing::warn!(error = &error as &dyn std::error::Error, "Docker did not start {repository}");
                Self::Upstream(format!(
                    "Docker did not start {repository} and gave no reason. Try again; if it goes on, ask Docker's support."
                ))
            }
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

/// All mirrors of the organization, by name, and those that were stopped.
pub async fn list(visitor: &Visitor) -> Result<MirrorList, MirrorError> {
    listed(visitor, known::shown(visitor).await?).await
}

/// The mirrors there are of one catalog repository, by name.
pub async fn of_source(visitor: &Visitor, source: &CatalogName) -> Result<MirrorList, MirrorError> {
    let mut seen = known::shown(visitor).await?;
    seen.mirrors.retain(|one| one.stopped.is_none() && one.listed.source == source.as_str());
    listed(visitor, seen).await
}

async fn listed(visitor: &Visitor, seen: known::Seen) -> Result<MirrorList, MirrorError> {
    let known::Seen { mirrors, can_mirror_more, refusal } = seen;
    let mirrors = match &refusal {
        None => describe::described(visitor, mirrors).await?,
        // Docker would refuse the rest, too.
        Some(refusal) => describe::assembled(visitor, mirrors, None, (&HashMap::new(), refusal.at)).await?,
    };
    let (stopped, mirrors) = mirrors.into_iter().partition(|mirror| mirror.stopped.is_some());
    Ok(MirrorList { mirrors, stopped, can_mirror_more, refusal })
}

/// One mirror with its tags and Docker's log, also one that was stopped.
pub async fn get(visitor: &Visitor, name: &MirrorName) -> Result<MirrorDetail, MirrorError> {
    let found = [find(visitor, name).await?];
    let repository = found[0].listed.repository.clone();
    let asked_at = visitor.app.clock.now();
    let (log, repositories, tags) = tokio::join!(
        describe::read_log(visitor, &found),
        describe::repositories(visitor, &found),
        visitor.hub.all_tags(&repository, MOST_TAGS),
    );
    let mut mirrors = describe::assembled(visitor, found.into(), log.as_ref(), (&repositories, asked_at)).await?;
    let mut mirror = mirrors.pop().ok_or_else(|| MirrorError::NotFound(name.clone()))?;
    // A mirror that was just started has no repository yet, and one that was stopped may have none any more.
    let tags: Vec<MirrorTag> = match tags {
        Ok(tags) => tags.items.iter().filter_map(mirror_tag).collect(),
        Err(HubError::NotFound) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    if mirror.state.is_busy() {
        expect_all(visitor, &mut mirror).await;
    }
    let lines = log.map(|log| log.items).unwrap_or_default();
    let tags = if mirror.stopped.is_some() { tags } else { progress::tags(tags, &log::newest(&repository, &lines)) };
    Ok(MirrorDetail { mirror, tags, log: log::entries(lines) })
}

/// Docker logs tags as it comes to them: how many there will be, the catalog knows.
async fn expect_all(visitor: &Visitor, mirror: &mut Mirror) {
    let Some(progress) = &mut mirror.progress else { return };
    match visitor.hub.repository_details(visitor.organization.as_str(), &mirror.source).await {
        Ok(Some(details)) => {
            let tags: BTreeSet<&str> =
                details.images.iter().flat_map(|image| &image.tags).map(|tag| tag.name.as_str()).collect();
            progress.total = progress.total.max(u32::try_from(tags.len()).unwrap_or(u32::MAX));
        }
        Ok(None) => {}
        Err(error) => tracing::warn!(%error, "how many tags {} has could not be read", mirror.source),
    }
}

/// Asks Docker to stop updating a mirror; the repository and its tags stay.
pub async fn stop(visitor: &Visitor, name: &MirrorName) -> Result<(), MirrorError> {
    let found = find(visitor, name).await?;
    if found.stopped.is_some() {
        return Err(MirrorError::NotFound(name.clone()));
    }
    match visitor.hub.remove_mirror(visitor.organization.as_str(), &found.id).await {
        Err(HubError::NotFound) => return Err(MirrorError::NotFound(name.clone())),
        other => other.map_err(denied)?,
    }
    let (organization, repository) = (&visitor.organization, &found.listed.repository);
    let mut tx = store::begin(&visitor.app.db).await?;
    known_mirrors::stopped(&mut *tx, organization, repository, &visitor.username, visitor.app.clock.now()).await?;
    did(visitor, tx, "mirror.stop", repository.as_str()).await
}

fn denied(error: HubError) -> MirrorError {
    match error {
        HubError::Forbidden { message } => MirrorError::Denied(message),
        error => error.into(),
    }
}

/// Writes down what was done; what is mirrored is another list from now on.
async fn did(visitor: &Visitor, mut tx: Tx, action: &'static str, subject: &str) -> Result<(), MirrorError> {
    visitor.did(&mut tx, action, subject).await?;
    listings::outdate(&mut *tx, &visitor.organization, &Subject::MIRRORS, visitor.app.clock.now()).await?;
    Ok(store::commit(tx).await?)
}

async fn find(visitor: &Visitor, name: &MirrorName) -> Result<Found, MirrorError> {
    let (found, _) = known::all(visitor).await?;
    found
        .into_iter()
        .find(|one| one.listed.repository.name() == name.as_str())
        .ok_or_else(|| MirrorError::NotFound(name.clone()))
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
        progress: None,
    })
}
