//! Plans a run.

use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};

use super::error::{JobError, surroundings};
use crate::forward;
use crate::queue::RunRule;

impl TaskHandler for RunRule {
    const IDENTIFIER: &'static str = Self::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let (app, last) = surroundings(&context)?;
        JobError::of(forward::plan(&app, self.run_id(), last).await)
    }
}
