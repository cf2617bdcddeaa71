//! Follows Docker's mirroring log.

use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};

use super::error::{JobError, surroundings};
use crate::forward;
use crate::queue::{FollowLog, Job};

impl TaskHandler for FollowLog {
    const IDENTIFIER: &'static str = <Self as Job>::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let (app, _) = surroundings(&context)?;
        let answer = forward::follow(&app, self.organization()).await;
        JobError::of(&app, &self, answer).await
    }
}
