//! What was forwarded must not be for everybody: after a run has written to a repository, a stranger asks for it. Where they
//! get it, nothing more is written to that destination until a person has decided.

use std::time::Duration;

use super::pause::go_on;
use crate::app::{App, Visitor};
use crate::destinations::{self, DestinationError};
use crate::model::{ApiError, Destination, DestinationId, Digest, Exposed, FERRY, Pause, Reference, RepoName};
use crate::oci::{Registry, RegistryError};
use crate::queue::QueueError;
use crate::store::audit::Deed;
use crate::store::exposures::{self, Exposure};
use crate::store::runs::Work;
use crate::store::{self, StoreError, audit, visibility};

/// How long one look may take in all.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why it cannot be decided.
#[derive(Debug, thiserror::Error)]
pub enum ExposureError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error(transparent)]
    Destination(#[from] DestinationError),
    #[error("everybody can still pull {0:?}")]
    StillPublic(Vec<RepoName>),
    #[error("it is not known whether everybody can pull {repository}: {why}")]
    NotKnown { repository: RepoName, why: String },
}

impl From<ExposureError> for ApiError {
    fn from(error: ExposureError) -> Self {
        match error {
            ExposureError::Store(error) => error.into(),
            ExposureError::Queue(error) => error.into(),
            ExposureError::Destination(error) => error.into(),
            ExposureError::StillPublic(repositories) => {
                let names: Vec<_> = repositories.iter().map(ToString::to_string).collect();
                Self::Conflict(format!(
                    "Everybody can still pull {}. Make it private at the registry, then look again.",
                    names.join(", ")
                ))
            }
            ExposureError::NotKnown { repository, why } => Self::Upstream(format!(
                "Whether everybody can pull {repository} could not be found out, so nothing has changed. Try again in a \
                 moment. ({why})"
            )),
        }
    }
}

/// What a stranger was answered.
enum Answered {
    /// They may have it.
    Given,
    /// They must sign in, may not, or are told that there is no such thing.
    Refused,
    /// No answer, or none that says either.
    NotKnown(String),
}

/// Everything in the organization that is public and must not be.
pub async fn exposed(visitor: &Visitor) -> Result<Exposed, StoreError> {
    let (db, organization) = (&visitor.app.db, &visitor.organization);
    let mirrors = visibility::public(db, organization).await?;
    Ok(Exposed { mirrors, destinations: exposures::waiting(db, organization).await? })
}

/// A run has written this to the destination: once in a run, a stranger asks for it.
pub(super) async fn after_writing(
    app: &App,
    work: &Work,
    (destination, registry): (&Destination, &Registry),
    repository: &RepoName,
    digest: &Digest,
) -> Result<(), StoreError> {
    let id = destination.id;
    if destination.public_accepted.is_some()
        || exposures::is_looked_at(&app.db, id, repository, work.created_at).await?
    {
        return Ok(());
    }
    let exposure = Exposure { repository: repository.clone(), digest: digest.clone() };
    match ask(registry, &exposure).await {
        Answered::Refused => exposures::note_refused(&app.db, id, &exposure, app.clock.now()).await,
        Answered::NotKnown(why) => {
            tracing::warn!(
                run.id = %work.id, destination.id = %id,
                "whether everybody can pull {}/{repository} is not known: {why}", destination.host
            );
            Ok(())
        }
        Answered::Given => {
            let now = app.clock.now();
            let mut tx = store::begin(&app.db).await?;
            if let Some(name) = exposures::note_public(&mut tx, id, &exposure, now).await? {
                tracing::warn!(
                    run.id = %work.id, destination.id = %id,
                    "everybody can pull {}/{repository}; nothing more is forwarded to {name}", destination.host
                );
                let subject = format!("{name}: {repository}");
                let (organization, action) = (&work.organization, "destination.found-public");
                let deed = Deed { organization, actor: FERRY, action, subject: &subject, at: now };
                audit::record(&mut *tx, deed).await?;
            }
            store::commit(tx).await
        }
    }
}

/// Asks as somebody who was never there: nothing is signed in with, and only what the registry hands to everybody is used.
async fn ask(registry: &Registry, exposure: &Exposure) -> Answered {
    let stranger = match registry.stranger() {
        Ok(stranger) => stranger.reading(exposure.repository.clone()),
        Err(error) => return Answered::NotKnown(error.to_string()),
    };
    let reference = Reference::Digest(exposure.digest.clone());
    match tokio::time::timeout(PATIENCE, stranger.head_manifest(&reference)).await {
        Ok(Ok(Some(_))) => Answered::Given,
        Ok(Ok(None)) => Answered::Refused,
        Ok(Err(RegistryError::Refused(answer))) if matches!(answer.status.as_u16(), 401 | 403 | 404) => {
            Answered::Refused
        }
        Ok(Err(error)) => Answered::NotKnown(error.to_string()),
        Err(_) => Answered::NotKnown(format!("{} gave no answer within {} s", registry.host(), PATIENCE.as_secs())),
    }
}

/// It is meant to be public: what waits goes on, and nobody asks again.
pub async fn accept(visitor: &Visitor, id: DestinationId) -> Result<(), ExposureError> {
    let (app, organization) = (&visitor.app, &visitor.organization);
    let who = Pause { by: visitor.username.clone(), at: app.clock.now() };
    let mut tx = store::begin(&app.db).await?;
    let name = exposures::accept(&mut tx, organization, id, &who).await?.ok_or(DestinationError::NotFound(id))?;
    visitor.did(&mut tx, "destination.accept-public", &name).await?;
    go_on::<ExposureError>(app, &mut tx, organization, Some(id)).await?;
    Ok(store::commit(tx).await?)
}

/// It was made private, or is no longer meant to be public: a stranger asks again for all they could pull. What waits goes on
/// only where they are refused everywhere.
pub async fn look_again(visitor: &Visitor, id: DestinationId) -> Result<(), ExposureError> {
    let (app, organization) = (&visitor.app, &visitor.organization);
    let (destination, registry) = destinations::open(app, organization, id).await?;
    let (mut private, mut public) = (Vec::new(), Vec::new());
    for exposure in exposures::public_of(&app.db, id).await? {
        match ask(&registry, &exposure).await {
            Answered::Refused => private.push(exposure.repository),
            Answered::Given => public.push(exposure.repository),
            Answered::NotKnown(why) => {
                return Err(ExposureError::NotKnown { repository: exposure.repository, why });
            }
        }
    }
    let mut tx = store::begin(&app.db).await?;
    let is_private = exposures::look_again(&mut tx, id, &private, app.clock.now()).await?;
    if destination.public_accepted.is_some() {
        visitor.did(&mut tx, "destination.withdraw-public", destination.name.as_str()).await?;
    }
    if is_private && !private.is_empty() {
        visitor.did(&mut tx, "destination.made-private", destination.name.as_str()).await?;
    }
    if is_private {
        go_on::<ExposureError>(app, &mut tx, organization, Some(id)).await?;
    }
    store::commit(tx).await?;
    if is_private { Ok(()) } else { Err(ExposureError::StillPublic(public)) }
}
