//! Reads Docker's catalog again.

use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};

use super::error::{JobError, surroundings};
use crate::catalog;
use crate::queue::{Job, RefreshCatalog};

impl TaskHandler for RefreshCatalog {
    const IDENTIFIER: &'static str = <Self as Job>::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let (app, _) = surroundings(&context)?;
        catalog::refresh(&app, self.organization()).await.map_err(|error| JobError::Retry(Box::new(error)))
    }
}
