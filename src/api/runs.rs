//! Runs: the history, for every member of the organization.
//!
//! While a run goes on, `GET /orgs/{org}/runs/{id}/events` (server-sent events, same rights) sends a [`RunDetail`] as
//! JSON in events named `run` each time something changed, and ends after the final one.

use leptos::prelude::*;
use server_fn::codec::GetUrl;

use crate::model::{ApiError, OrgName, Page, RuleId, RunDetail, RunId, RunSummary};

/// Runs, newest first: all, or those of one rule; `after` continues a page's `next`.
#[server(prefix = "/api", endpoint = "runs/list", input = GetUrl)]
pub async fn list_runs(
    organization: OrgName,
    rule: Option<RuleId>,
    after: Option<RunId>,
) -> Result<Page<RunSummary>, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::forward::history::list(&visitor, rule, after).await?)
}

/// One run with all its items.
#[server(prefix = "/api", endpoint = "runs/get", input = GetUrl)]
pub async fn get_run(organization: OrgName, id: RunId) -> Result<RunDetail, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::forward::history::get(&visitor, id).await?)
}
