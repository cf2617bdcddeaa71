//! Runs: the history, for every member of the organization.
//!
//! While a run goes on, `GET /orgs/{org}/runs/{id}/events` (server-sent events, same rights) sends a [`RunDetail`] as
//! JSON in events named `run` each time something changed, and ends after the final one.

use leptos::prelude::*;
use server_fn::codec::GetUrl;

use crate::model::{ApiError, ItemId, OrgName, Page, RuleId, RunDetail, RunId, RunSummary};

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

/// Moves held tags all the same: the one of `item`, or every one of the run. Form `release`; goes to the run's page.
#[server(prefix = "/api", endpoint = "runs/release")]
pub async fn release_held(organization: OrgName, id: RunId, item: Option<ItemId>) -> Result<(), ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = crate::forward::decide(&visitor, id, item, crate::forward::Decision::Release).await;
    crate::access::forms::keep("release", &id, answer.map_err(ApiError::from)).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/runs/{id}"));
    Ok(())
}

/// Leaves held tags where they are, for good: the one of `item`, or every one of the run. Form `discard`; goes to the
/// run's page.
#[server(prefix = "/api", endpoint = "runs/discard")]
pub async fn discard_held(organization: OrgName, id: RunId, item: Option<ItemId>) -> Result<(), ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = crate::forward::decide(&visitor, id, item, crate::forward::Decision::Discard).await;
    crate::access::forms::keep("discard", &id, answer.map_err(ApiError::from)).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/runs/{id}"));
    Ok(())
}

/// Looks again at every image a run forwarded: is all of it still there? Form `check-run`; goes to the run's page.
#[server(prefix = "/api", endpoint = "runs/check")]
pub async fn check_run(organization: OrgName, id: RunId) -> Result<(), ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = crate::forward::ask_check(&visitor, id).await;
    crate::access::forms::keep("check-run", &id, answer.map_err(ApiError::from)).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/runs/{id}"));
    Ok(())
}

/// Stops a run, or the one tag of `item`, before it is done. Form `cancel-run`; goes to the run's page.
#[server(prefix = "/api", endpoint = "runs/cancel")]
pub async fn cancel_run(organization: OrgName, id: RunId, item: Option<ItemId>) -> Result<(), ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = crate::forward::cancel(&visitor, id, item).await;
    crate::access::forms::keep("cancel-run", &id, answer.map_err(ApiError::from)).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/runs/{id}"));
    Ok(())
}

/// Tries again what failed in a run, and nothing else. Form `retry-run`; goes to the run's page.
#[server(prefix = "/api", endpoint = "runs/retry")]
pub async fn retry_run(organization: OrgName, id: RunId) -> Result<(), ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = crate::forward::retry(&visitor, id).await.map_err(ApiError::from);
    crate::access::forms::keep("retry-run", &id, answer).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/runs/{id}"));
    Ok(())
}
