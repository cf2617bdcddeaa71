//! How a job ends that could not be done: it is tried again, or it is over.

use std::time::Duration;

use graphile_worker::WorkerContext;

use crate::app::App;
use crate::forward::{self, ForwardError};
use crate::queue::Job;

/// How often it is tried to put a job off, and how long between.
const PUT_OFF: u32 = 10;
const PAUSE: Duration = Duration::from_secs(1);

/// The queue tries the job again, later each time.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The worker was built without what jobs need.
    #[error("the worker has no application")]
    NoApp,
    /// Trying again can help.
    #[error("try again: {0}")]
    Retry(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl JobError {
    /// Tries again where the error says that this can help; otherwise the job is over, and the history says why. What
    /// arrives here could not even be written into the history: the database was away, and is waited for a while. The
    /// queue's own pauses grow with every time that a worker died, so they are the last resort.
    pub(super) async fn of(app: &App, job: &impl Job, answer: Result<(), ForwardError>) -> Result<(), Self> {
        let error = match answer {
            Err(error) if error.retryable() => error,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a job is over: {error}");
                return Ok(());
            }
            Ok(()) => return Ok(()),
        };
        tracing::warn!(error = &error as &dyn std::error::Error, "a job is put off: {error}");
        for _ in 0..PUT_OFF {
            tokio::time::sleep(PAUSE).await;
            if forward::later(app, job, app.clock.now()).await.is_ok() {
                return Ok(());
            }
        }
        Err(Self::Retry(Box::new(error)))
    }
}

/// The application, and whether the queue will not try this job again.
pub(super) fn surroundings(context: &WorkerContext) -> Result<(App, bool), JobError> {
    let app = context.get_ext::<App>().cloned().ok_or(JobError::NoApp)?;
    let job = context.job();
    Ok((app, job.attempts() >= job.max_attempts()))
}
