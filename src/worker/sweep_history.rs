//! Removes what is too old to be kept.

use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};

use super::error::{JobError, surroundings};
use crate::forward;
use crate::queue::{Job, SweepHistory};

impl TaskHandler for SweepHistory {
    const IDENTIFIER: &'static str = <Self as Job>::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let (app, _) = surroundings(&context)?;
        let answer = forward::sweep(&app).await;
        JobError::of(&app, &self, answer).await
    }
}
