//! The audit log: everybody in the organization may look, and nobody changes it.
//!
//! `GET /orgs/{org}/audit.csv` and `audit.json` (same rights, the fields of [`AuditFilter`] as query) answer what
//! [`find_deeds`] finds as a file.

use leptos::prelude::*;
use server_fn::codec::GetUrl;

use crate::model::{ApiError, AuditEntry, AuditFilter, AuditId, OrgName, Page};

/// Lines that the filter takes, newest first; `after` continues a page's `next`.
#[server(prefix = "/api", endpoint = "audit/list", input = GetUrl)]
pub async fn find_deeds(
    organization: OrgName,
    #[server(default)] filter: AuditFilter,
    after: Option<AuditId>,
) -> Result<Page<AuditEntry>, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::history::audit(&visitor, &filter, after).await?)
}

/// Everybody who is named in the log, by name.
#[server(prefix = "/api", endpoint = "audit/actors", input = GetUrl)]
pub async fn list_actors(organization: OrgName) -> Result<Vec<String>, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::history::actors(&visitor).await?)
}
