//! What a person decides about held tags: they move now, or never.

use std::sync::Arc;

use super::coordination::Shared;
use super::exposure;
use super::perform::tagged;
use crate::app::Visitor;
use crate::destinations::{self, DestinationError};
use crate::model::{ApiError, Item, ItemId, ItemState, RunId};
use crate::oci::{self, CopyContext, CopyError};
use crate::store::runs::{self, Work};
use crate::store::{self, StoreError, changes, held, items};

/// What happens to a held tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It moves, whatever was found.
    Release,
    /// It stays where it is.
    Discard,
}

/// Why held tags stay held.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Destination(#[from] DestinationError),
    #[error(transparent)]
    Copy(#[from] CopyError),
    #[error("there is no run {0}")]
    NotFound(RunId),
    #[error("nothing is held")]
    NothingHeld,
    #[error("a later run moved {0}")]
    Overtaken(String),
    #[error("the destination is gone")]
    DestinationGone,
    #[error("everybody can pull what is at {0}")]
    Exposed(String),
}

impl From<DecideError> for ApiError {
    fn from(error: DecideError) -> Self {
        match error {
            DecideError::Store(error) => error.into(),
            DecideError::Destination(error) => error.into(),
            DecideError::Copy(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a held tag could not be moved");
                Self::Upstream(format!("{} The tag is still held.", error.sentence()))
            }
            DecideError::NotFound(_) => super::no_such_run(),
            DecideError::NothingHeld => {
                Self::Conflict("Nothing is held here any more: somebody else may have decided.".to_owned())
            }
            DecideError::Overtaken(tag) => Self::Conflict(format!(
                "A later run has moved {tag} to another image, and releasing this one would turn it back. Discard it."
            )),
            DecideError::DestinationGone => {
                Self::Conflict("The destination was deleted, so nothing can be released there. Discard it.".to_owned())
            }
            DecideError::Exposed(name) => Self::Conflict(format!(
                "Everybody can pull what is at {name}, so nothing is released there. Decide about that on the destination's \
                 page, then release."
            )),
        }
    }
}

/// Decides about one held tag of a run, or about all of them. Those before a trouble stay decided.
pub async fn decide(
    visitor: &Visitor,
    run: RunId,
    item: Option<ItemId>,
    decision: Decision,
) -> Result<(), DecideError> {
    let db = &visitor.app.db;
    let work = runs::work_in(db, &visitor.organization, run).await?;
    let work = work.ok_or(DecideError::NotFound(run))?;
    let mut waiting = items::list(db, run).await?;
    waiting.retain(|one| one.state == ItemState::Held && item.is_none_or(|item| item == one.id));
    if waiting.is_empty() {
        return Err(DecideError::NothingHeld);
    }
    for item in &waiting {
        match decision {
            Decision::Release => release(visitor, &work, item).await?,
            Decision::Discard => note(visitor, item, ItemState::Cancelled).await?,
        }
        changes::announce(db, run).await?;
    }
    Ok(())
}

/// The tag moves to the digest that was held, which the destination must still have; it is read back.
async fn release(visitor: &Visitor, work: &Work, item: &Item) -> Result<(), DecideError> {
    let app = &visitor.app;
    if held::is_overtaken(&app.db, item).await? {
        return Err(DecideError::Overtaken(item.tag.to_string()));
    }
    let id = work.destination.ok_or(DecideError::DestinationGone)?;
    let (destination, registry) = destinations::open(app, &work.organization, id).await?;
    // A run asks as a stranger once its tags have moved, so for what is held it may not have asked.
    let (repository, digest) = (&item.target.repository, item.at_destination());
    exposure::after_writing(app, work, (&destination, &registry), repository, digest).await?;
    if destinations::get(visitor, id).await?.exposed_at.is_some() {
        return Err(DecideError::Exposed(destination.name.to_string()));
    }
    let target = registry.writing(repository.clone());
    let context = CopyContext::new(Arc::new(Shared(app.clone())));
    oci::publish_tag(&target, digest, &item.tag, &context).await?;
    note(visitor, item, ItemState::Succeeded).await
}

/// The decision and who made it become true together.
async fn note(visitor: &Visitor, item: &Item, state: ItemState) -> Result<(), DecideError> {
    let app = &visitor.app;
    let released = state == ItemState::Succeeded;
    let coverage = item.coverage.clone().filter(|_| released).map(tagged);
    let mut tx = store::begin(&app.db).await?;
    if held::decide(&mut tx, item.id, state, coverage.as_ref(), &visitor.username, app.clock.now()).await? {
        let action = if released { "item.release" } else { "item.discard" };
        visitor.did(&mut tx, action, &format!("{}:{}@{}", item.target, item.tag, item.digest)).await?;
    }
    Ok(store::commit(tx).await?)
}
