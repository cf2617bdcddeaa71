//! How a job ends that could not be done: it is tried again, or it is over.

use graphile_worker::WorkerContext;

use crate::app::App;

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
    /// Tries again where the error says that this can help; otherwise the job is over, and the history says why.
    pub(super) fn of(answer: Result<(), crate::forward::ForwardError>) -> Result<(), Self> {
        match answer {
            Err(error) if error.retryable() => Err(Self::Retry(Box::new(error))),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a job is over: {error}");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }
}

/// The application, and whether the queue will not try this job again.
pub(super) fn surroundings(context: &WorkerContext) -> Result<(App, bool), JobError> {
    let app = context.get_ext::<App>().cloned().ok_or(JobError::NoApp)?;
    let job = context.job();
    Ok((app, job.attempts() >= job.max_attempts()))
}
