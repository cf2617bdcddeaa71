//! The history, looked through: everybody in the organization may.
//!
//! `GET /orgs/{org}/runs.csv` and `runs.json` (same rights, the fields of [`RunFilter`] as query) answer the runs that
//! [`find_runs`] finds as a file, one line a tag.

use leptos::prelude::*;
use server_fn::codec::GetUrl;

use crate::model::{
    ApiError, FilterNames, FoundRun, Freshness, MirrorName, OrgName, Overview, Page, RuleId, RunFilter, RunId, Tag,
    TagTimeline, Whereabouts,
};

/// Runs that the filter takes, newest first; `after` continues a page's `next`.
#[server(prefix = "/api", endpoint = "history/runs", input = GetUrl)]
pub async fn find_runs(
    organization: OrgName,
    #[server(default)] filter: RunFilter,
    after: Option<RunId>,
) -> Result<Page<FoundRun>, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::history::runs(&visitor, &filter, after).await?)
}

/// What the lists of the filter offer.
#[server(prefix = "/api", endpoint = "history/names", input = GetUrl)]
pub async fn list_filter_names(organization: OrgName) -> Result<FilterNames, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::history::names(&visitor).await?)
}

/// Every mirror and destination that was seen to hold what `q` names: a tag, a digest or a reference.
#[server(prefix = "/api", endpoint = "history/places", input = GetUrl)]
pub async fn find_places(organization: OrgName, q: String) -> Result<Whereabouts, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::history::places(&visitor, &q).await?)
}

/// How a tag of a mirror made its way, digest by digest.
#[server(prefix = "/api", endpoint = "history/timeline", input = GetUrl)]
pub async fn get_tag_timeline(organization: OrgName, mirror: MirrorName, tag: Tag) -> Result<TagTimeline, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::history::timeline(&visitor, &mirror, &tag).await?)
}

/// How long a rule took from a push to the destination, over the last 30 days.
#[server(prefix = "/api", endpoint = "history/freshness", input = GetUrl)]
pub async fn get_freshness(organization: OrgName, rule: RuleId) -> Result<Freshness, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::history::freshness(&visitor, rule).await?)
}

/// What needs attention, and the bytes that moved.
#[server(prefix = "/api", endpoint = "history/overview", input = GetUrl)]
pub async fn get_overview(organization: OrgName) -> Result<Overview, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::history::overview(&visitor).await?)
}
