//! Plans a run.

use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};

use super::error::{JobError, surroundings};
use crate::forward;
use crate::queue::{Job, RunRule};

impl TaskHandler for RunRule {
    const IDENTIFIER: &'static str = <Self as Job>::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let (app, last) = surroundings(&context)?;
        app.rush.over().await;
        let answer = forward::plan(&app, &self, last).await;
        JobError::of(&app, &self, answer).await
    }
}
