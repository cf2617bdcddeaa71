//! Looks again at one digest that a run forwarded.

use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};

use super::error::{JobError, surroundings};
use crate::forward;
use crate::queue::{CheckDigest, Job};

impl TaskHandler for CheckDigest {
    const IDENTIFIER: &'static str = <Self as Job>::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let (app, last) = surroundings(&context)?;
        let answer = forward::check(&app, &self, last).await;
        JobError::of(&app, &self, answer).await
    }
}
