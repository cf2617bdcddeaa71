//! The history: what runs did, for everybody in the organization.

use crate::app::Visitor;
use crate::keys;
use crate::model::{ApiError, Page, RuleId, RunDetail, RunId, RunSummary};
use crate::store::{StoreError, items, runs};

/// Runs on one page.
const PAGE: usize = 50;

/// Why the history cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("there is no run {0}")]
    NotFound(RunId),
}

impl From<HistoryError> for ApiError {
    fn from(error: HistoryError) -> Self {
        match error {
            HistoryError::Store(error) => error.into(),
            HistoryError::NotFound(_) => super::no_such_run(),
        }
    }
}

/// Runs, newest first: all, or those of one rule.
pub async fn list(
    visitor: &Visitor,
    rule: Option<RuleId>,
    after: Option<RunId>,
) -> Result<Page<RunSummary>, HistoryError> {
    // One more than shown tells whether there is a next page.
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut rows = runs::page(&visitor.app.db, &visitor.organization, rule, after, limit).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|run| run.id.to_string());
    Ok(Page { rows, next })
}

/// One run with all its items.
pub async fn get(visitor: &Visitor, id: RunId) -> Result<RunDetail, HistoryError> {
    let db = &visitor.app.db;
    let found = runs::find(db, &visitor.organization, id).await?.ok_or(HistoryError::NotFound(id))?;
    let items = items::list(db, id).await?;
    let (plan_failure, check_asked_at) = (found.plan_failure, found.check_asked_at);
    let keys = keys::list(visitor).await?;
    Ok(RunDetail { run: found.run, plan_failure, check_asked_at, keys, items })
}
