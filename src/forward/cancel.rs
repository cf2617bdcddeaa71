//! Stopping a run, or one tag of it, before it is done.

use crate::app::Visitor;
use crate::model::{ApiError, ItemId, RunId};
use crate::store::{self, StoreError, changes, control, runs};

/// Why a run goes on.
#[derive(Debug, thiserror::Error)]
pub enum CancelError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("there is no run {0}")]
    NotFound(RunId),
    #[error("nothing is left to cancel")]
    Over,
}

impl From<CancelError> for ApiError {
    fn from(error: CancelError) -> Self {
        match error {
            CancelError::Store(error) => error.into(),
            CancelError::NotFound(_) => super::no_such_run(),
            CancelError::Over => Self::Conflict(
                "Nothing is left to cancel: it is over, or its tag is being moved at this moment.".to_owned(),
            ),
        }
    }
}

/// Cancels one tag of a run, or the whole run. It is cancelled at once: what is under way stops within a second, and no tag
/// moves any more. What was copied stays where it is, without a tag.
pub async fn cancel(visitor: &Visitor, run: RunId, item: Option<ItemId>) -> Result<(), CancelError> {
    let app = &visitor.app;
    let work = runs::work_in(&app.db, &visitor.organization, run).await?;
    let work = work.ok_or(CancelError::NotFound(run))?;
    let now = app.clock.now();
    let mut tx = store::begin(&app.db).await?;
    // The run before its items, as planning does.
    let stopped = item.is_none() && control::cancel_run(&mut tx, run, &visitor.username, now).await? && !work.planned;
    let items = control::cancel(&mut tx, run, item, &visitor.username, now).await?;
    if items == 0 && !stopped {
        return Err(CancelError::Over);
    }
    let what = item.map_or_else(|| run.to_string(), |item| format!("{run} {item}"));
    visitor.did(&mut tx, if item.is_some() { "item.cancel" } else { "run.cancel" }, &what).await?;
    changes::announce(&mut *tx, run).await?;
    Ok(store::commit(tx).await?)
}
