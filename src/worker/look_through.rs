//! Looks through the catalog for what a selection proposes.

use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};

use super::error::{JobError, surroundings};
use crate::queue::{Job, LookThrough};
use crate::requests::selections;

impl TaskHandler for LookThrough {
    const IDENTIFIER: &'static str = <Self as Job>::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let (app, _) = surroundings(&context)?;
        // What Docker Hub refuses is kept beside the selection; only the database can be in the way here.
        selections::look_by_itself(&app, self.organization(), self.selection())
            .await
            .map_err(|error| JobError::Retry(Box::new(error)))
    }
}
