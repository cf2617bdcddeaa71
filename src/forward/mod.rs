//! What a run does: plan -> copy -> verify -> publish tags -> history. The order is the correctness argument of
//! `ARCHITECTURE.md`: whoever pulls by tag never meets an image without its proof.

mod again;
mod audit;
mod cancel;
mod coordination;
mod error;
mod held;
pub mod history;
mod perform;
mod plan;
mod prove;
mod source;
mod unchanged;
mod watch;

use crate::app::Visitor;
use crate::model::{ApiError, RuleId, RunId, Trigger};
use crate::queue::{QueueError, RunRule};
use crate::store::{self, StoreError, changes, rules, runs};

pub use audit::{AskCheckError, ask_check, check};
pub use cancel::{CancelError, cancel};
pub use error::ForwardError;
pub use held::{DecideError, Decision, decide};
pub use perform::perform;
pub use plan::plan;

/// Why a run cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum StartRunError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error("there is no rule {0}")]
    NotFound(RuleId),
    #[error("the rule is switched off")]
    SwitchedOff,
}

impl From<StartRunError> for ApiError {
    fn from(error: StartRunError) -> Self {
        match error {
            StartRunError::Store(error) => error.into(),
            StartRunError::Queue(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a run could not be queued");
                Self::Internal
            }
            StartRunError::NotFound(_) => {
                Self::NotFound("There is no such rule; it may have been deleted meanwhile.".to_owned())
            }
            StartRunError::SwitchedOff => {
                Self::Conflict("This rule is switched off. Switch it on, then run it.".to_owned())
            }
        }
    }
}

/// Starts a run of a rule by hand. The run and the job that plans it become true together.
pub async fn start(visitor: &Visitor, id: RuleId) -> Result<RunId, StartRunError> {
    let app = &visitor.app;
    let mut tx = store::begin(&app.db).await?;
    let rule = rules::find(&mut *tx, &visitor.organization, id).await?.ok_or(StartRunError::NotFound(id))?;
    if !rule.enabled {
        return Err(StartRunError::SwitchedOff);
    }
    let run = RunId(uuid::Uuid::now_v7());
    let new = runs::NewRun {
        id: run,
        organization: &visitor.organization,
        rule: id,
        rule_name: rule.name.as_str(),
        destination: rule.destination,
        destination_address: &rule.destination_address,
        attestations: rule.attestations,
        proof: rule.proof,
        extent: &rule.extent,
        trigger: Trigger::Manual,
        started_by: Some(&visitor.username),
        session_id: visitor.session_id.as_deref(),
        created_at: app.clock.now(),
    };
    runs::insert(&mut tx, &new).await?;
    app.queue.add(&mut tx, &RunRule::new(run)).await?;
    visitor.did(&mut tx, "rule.run", rule.name.as_str()).await?;
    changes::announce(&mut *tx, run).await?;
    store::commit(tx).await?;
    Ok(run)
}
