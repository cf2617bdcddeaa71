//! Starts the runs of a hint.

use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};

use super::error::{JobError, surroundings};
use crate::forward;
use crate::queue::{Job, SettleHint};

impl TaskHandler for SettleHint {
    const IDENTIFIER: &'static str = <Self as Job>::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let (app, _) = surroundings(&context)?;
        let answer = forward::settle(&app, self.hint_id()).await;
        JobError::of(&app, &self, answer).await
    }
}
