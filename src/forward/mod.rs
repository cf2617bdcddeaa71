//! What a run does: plan -> copy -> verify -> publish tags -> history. The order is the correctness argument of
//! `ARCHITECTURE.md`: whoever pulls by tag never meets an image without its proof.

mod again;
mod audit;
mod cancel;
mod class;
mod clockwork;
mod coordination;
mod error;
mod exact;
mod exposure;
mod follow;
mod held;
mod hint;
pub mod history;
mod pause;
mod perform;
mod plan;
mod prove;
mod retry;
mod source;
mod sweep;
mod unchanged;
mod watch;

use chrono::{DateTime, Utc};

use crate::app::{App, Visitor};
use crate::model::{ApiError, OrgName, RepoName, Rule, RuleId, RunId, Tag, Trigger};
use crate::queue::{QueueError, RunRule};
use crate::rules::timing::Timing;
use crate::store::{self, StoreError, changes, rules, runs, triggers};

pub use again::later;
pub use audit::{AskCheckError, ask_check, check};
pub use cancel::{CancelError, cancel};
pub use clockwork::{clockwork, tick};
pub use error::ForwardError;
pub use exact::start_exactly;
pub use exposure::{ExposureError, accept, exposed, look_again};
pub use follow::follow;
pub use held::{DecideError, Decision, decide};
pub use hint::{settle, settling};
pub use pause::{PauseError, pause, paused, resume};
pub use perform::perform;
pub use plan::plan;
pub use retry::{RetryError, retry};
pub use sweep::sweep;

/// What whoever asks about a run of others, or of nobody, is told.
fn no_such_run() -> ApiError {
    ApiError::NotFound("There is no such run in this organization.".to_owned())
}

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
    #[error("there is no such preview")]
    NoPreview,
    #[error("the preview is too old")]
    OldPreview,
    #[error("the rule does not forward {0}")]
    NotOfTheRule(String),
}

impl From<StartRunError> for ApiError {
    fn from(error: StartRunError) -> Self {
        match error {
            StartRunError::Store(error) => error.into(),
            StartRunError::Queue(error) => error.into(),
            StartRunError::NotFound(_) => {
                Self::NotFound("There is no such rule; it may have been deleted meanwhile.".to_owned())
            }
            StartRunError::NoPreview => {
                Self::NotFound("There is no such preview any more: look at it again.".to_owned())
            }
            StartRunError::OldPreview => Self::Conflict(
                "This preview is too old, or the rule was changed since. Look at it again, then run it.".to_owned(),
            ),
            StartRunError::NotOfTheRule(mirror) => {
                Self::Conflict(format!("This rule does not forward {mirror}. Choose one of its mirrors."))
            }
            StartRunError::SwitchedOff => {
                Self::Conflict("This rule is switched off. Switch it on, then run it.".to_owned())
            }
        }
    }
}

/// Starts a run of a rule by hand, of all it takes or only of a mirror or one of its tags. The run and the job that plans it
/// become true together.
pub async fn start(
    visitor: &Visitor,
    id: RuleId,
    part: Option<(RepoName, Option<Tag>)>,
) -> Result<RunId, StartRunError> {
    let scope = part.map(|(mirror, tag)| runs::Scope { mirror, tag });
    let app = &visitor.app;
    let mut tx = store::begin(&app.db).await?;
    let rule = rules::find(&mut *tx, &visitor.organization, id).await?.ok_or(StartRunError::NotFound(id))?;
    if !rule.enabled {
        return Err(StartRunError::SwitchedOff);
    }
    if let Some(foreign) = scope.as_ref().filter(|scope| !rule.mirrors.contains(&scope.mirror)) {
        return Err(StartRunError::NotOfTheRule(foreign.mirror.to_string()));
    }
    let cause = Cause::of(visitor, scope.as_ref());
    let run = begin_run::<StartRunError>(app, &mut tx, &visitor.organization, &rule, &cause).await?;
    visitor.did(&mut tx, "rule.run", rule.name.as_str()).await?;
    store::commit(tx).await?;
    Ok(run)
}

/// What starts a run, and how much of its rule it is to follow.
struct Cause<'a> {
    trigger: Trigger,
    scope: Option<&'a runs::Scope>,
    started_by: Option<&'a str>,
    /// Whose Docker Hub token reads the source.
    session_id: Option<&'a str>,
}

impl<'a> Cause<'a> {
    /// A person, with whose token the source is read.
    fn of(visitor: &'a Visitor, scope: Option<&'a runs::Scope>) -> Self {
        Self {
            trigger: Trigger::Manual,
            scope,
            started_by: Some(&visitor.username),
            session_id: visitor.session_id.as_deref(),
        }
    }

    /// Nobody.
    fn by_itself(trigger: Trigger, scope: Option<&'a runs::Scope>) -> Self {
        Self { trigger, scope, started_by: None, session_id: None }
    }
}

/// Writes a run of a rule; `starts_at`: when its hours begin.
async fn write_run(
    app: &App,
    tx: &mut store::Tx,
    organization: &OrgName,
    rule: &Rule,
    cause: &Cause<'_>,
    starts_at: Option<DateTime<Utc>>,
) -> Result<RunId, StoreError> {
    let run = RunId(uuid::Uuid::now_v7());
    let new = runs::NewRun {
        id: run,
        organization,
        rule: rule.id,
        rule_name: rule.name.as_str(),
        destination: rule.destination,
        destination_address: &rule.destination_address,
        attestations: rule.attestations,
        proof: rule.proof,
        extent: &rule.extent,
        trigger: cause.trigger,
        scope: cause.scope,
        started_by: cause.started_by,
        session_id: cause.session_id,
        created_at: app.clock.now(),
        starts_at,
    };
    runs::insert(tx, &new).await?;
    Ok(run)
}

/// Writes a run of a rule and queues its planning.
async fn begin_run<E: From<StoreError> + From<QueueError>>(
    app: &App,
    tx: &mut store::Tx,
    organization: &OrgName,
    rule: &Rule,
    cause: &Cause<'_>,
) -> Result<RunId, E> {
    let now = app.clock.now();
    // A person who starts a run means now.
    let by_itself = Timing::new(&rule.schedule).ok().filter(|_| cause.started_by.is_none());
    let starts_at = by_itself.map(|timing| timing.opens(now)).filter(|begin| *begin > now);
    if cause.scope.is_none() {
        triggers::set_reconciled(&mut **tx, rule.id, now).await?;
    }
    let run = write_run(app, tx, organization, rule, cause, starts_at).await?;
    app.queue.add_at(tx, &RunRule::new(run), starts_at).await?;
    changes::announce(&mut **tx, run).await?;
    Ok(run)
}
