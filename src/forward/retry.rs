//! Trying again what failed in a run, and nothing else of it.

use super::plan::queue;
use crate::app::Visitor;
use crate::model::{ApiError, RunId, Trigger};
use crate::queue::{QueueError, RunRule};
use crate::store::{self, StoreError, changes, control, runs};

/// Why nothing is tried again.
#[derive(Debug, thiserror::Error)]
pub enum RetryError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error("there is no run {0}")]
    NotFound(RunId),
    #[error("nothing failed")]
    Nothing,
}

impl From<RetryError> for ApiError {
    fn from(error: RetryError) -> Self {
        match error {
            RetryError::Store(error) => error.into(),
            RetryError::Queue(error) => error.into(),
            RetryError::NotFound(_) => super::no_such_run(),
            RetryError::Nothing => Self::Conflict(
                "Nothing of this run has failed any more: somebody else may have tried again.".to_owned(),
            ),
        }
    }
}

/// Queues the failed tags of a run again; where no tag could even be listed, the listing. The source is read with the token of
/// whoever asks.
pub async fn retry(visitor: &Visitor, run: RunId) -> Result<(), RetryError> {
    let (app, now) = (&visitor.app, visitor.app.clock.now());
    runs::work_in(&app.db, &visitor.organization, run).await?.ok_or(RetryError::NotFound(run))?;
    let mut tx = store::begin(&app.db).await?;
    control::read_as(&mut tx, run, visitor.session_id.as_deref()).await?;
    let replanned = control::replan(&mut tx, run).await?;
    if replanned {
        app.queue.add(&mut tx, &RunRule::new(run)).await?;
    }
    let units = control::requeue_failed(&mut tx, run, now).await?;
    if units.is_empty() && !replanned {
        return Err(RetryError::Nothing);
    }
    queue(app, &mut tx, run, units, Trigger::Manual).await?;
    visitor.did(&mut tx, "run.retry", &run.to_string()).await?;
    changes::announce(&mut *tx, run).await?;
    Ok(store::commit(tx).await?)
}
