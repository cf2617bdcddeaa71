//! Brings one digest of a run, with its proofs, to where it should be.

use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};

use super::error::{JobError, surroundings};
use crate::forward;
use crate::queue::{CopyDigest, Job};

impl TaskHandler for CopyDigest {
    const IDENTIFIER: &'static str = <Self as Job>::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let (app, last) = surroundings(&context)?;
        app.rush.over().await;
        let answer = forward::perform(&app, &self, last).await;
        JobError::of(&app, &self, answer).await
    }
}
