//! Pausing all forwarding of an organization, or that to one destination: copies under way end, nothing new begins, and
//! tags wait until somebody resumes.

use super::ForwardError;
use crate::app::{App, Visitor};
use crate::model::{ApiError, DestinationId, Failure, FailureClass, Mend, OrgName, Pause};
use crate::queue::{CopyDigest, QueueError};
use crate::store::items::Unit;
use crate::store::pauses::Hold;
use crate::store::runs::Work;
use crate::store::{self, StoreError, changes, control, pauses};

/// Why nothing is paused or resumed.
#[derive(Debug, thiserror::Error)]
pub enum PauseError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error("there is no destination {0}")]
    NotFound(DestinationId),
}

impl From<PauseError> for ApiError {
    fn from(error: PauseError) -> Self {
        match error {
            PauseError::Store(error) => error.into(),
            PauseError::Queue(error) => error.into(),
            PauseError::NotFound(_) => {
                Self::NotFound("There is no such destination; it may have been deleted meanwhile.".to_owned())
            }
        }
    }
}

/// What is paused in the organization.
pub async fn paused(visitor: &Visitor) -> Result<Option<Pause>, StoreError> {
    pauses::of_organization(&visitor.app.db, &visitor.organization).await
}

/// Pauses everything, or one destination.
pub async fn pause(visitor: &Visitor, destination: Option<DestinationId>) -> Result<(), PauseError> {
    let (app, organization) = (&visitor.app, &visitor.organization);
    let pause = Pause { by: visitor.username.clone(), at: app.clock.now() };
    let mut tx = store::begin(&app.db).await?;
    match destination {
        None => {
            pauses::pause(&mut *tx, organization, &pause).await?;
            visitor.did(&mut tx, "forwarding.pause", organization.as_str()).await?;
        }
        Some(id) => {
            let name = pauses::pause_destination(&mut *tx, organization, id, Some(&pause)).await?;
            visitor.did(&mut tx, "destination.pause", &name.ok_or(PauseError::NotFound(id))?).await?;
        }
    }
    Ok(store::commit(tx).await?)
}

/// Resumes everything, or one destination: what waits for it goes on at once.
pub async fn resume(visitor: &Visitor, destination: Option<DestinationId>) -> Result<(), PauseError> {
    let (app, organization) = (&visitor.app, &visitor.organization);
    let mut tx = store::begin(&app.db).await?;
    match destination {
        None => {
            pauses::resume(&mut *tx, organization).await?;
            visitor.did(&mut tx, "forwarding.resume", organization.as_str()).await?;
        }
        Some(id) => {
            let name = pauses::pause_destination(&mut *tx, organization, id, None).await?;
            visitor.did(&mut tx, "destination.resume", &name.ok_or(PauseError::NotFound(id))?).await?;
        }
    }
    go_on::<PauseError>(app, &mut tx, organization, destination).await?;
    Ok(store::commit(tx).await?)
}

/// What waits begins again: all of it, or what waits for one destination. Where something else keeps it, it waits on.
pub(super) async fn go_on<E: From<StoreError> + From<QueueError>>(
    app: &App,
    tx: &mut store::Tx,
    organization: &OrgName,
    destination: Option<DestinationId>,
) -> Result<(), E> {
    for (run, mirror, digest) in pauses::waiting(tx, organization, destination).await? {
        app.queue.add(tx, &CopyDigest::new(run, mirror, digest)).await?;
    }
    Ok(())
}

/// Where a pause is on, the unit waits for its end; answers whether it does.
pub(super) async fn waits(app: &App, work: &Work, unit: Unit<'_>) -> Result<bool, ForwardError> {
    let mut tx = store::begin(&app.db).await?;
    // Locked: whoever resumes at this moment comes after us, and finds what waits.
    let Some(hold) = pauses::hold(&mut tx, &work.organization, work.destination).await? else {
        return Ok(false);
    };
    let (sentence, mend) = match hold {
        Hold::Everything(pause) => {
            let by = pause.by;
            (format!("All forwarding was paused by {by}. It goes on when somebody resumes it."), Mend::Resume)
        }
        Hold::Destination(name, pause) => {
            let by = pause.by;
            (format!("Forwarding to {name} was paused by {by}. It goes on when somebody resumes it."), Mend::Resume)
        }
        Hold::Exposed(name) => (
            format!(
                "Everybody can pull what is at {name}, so nothing more is forwarded there. It goes on when an admin has \
                 decided about that on the destination's page."
            ),
            Mend::Destination,
        ),
    };
    let failure = Failure { sentence, detail: String::new(), class: FailureClass::Paused, mend };
    control::wait_for_resume(&mut tx, unit, &failure, app.clock.now()).await?;
    changes::announce(&mut *tx, unit.run).await?;
    store::commit(tx).await?;
    Ok(true)
}
