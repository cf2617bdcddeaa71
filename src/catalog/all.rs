//! The whole catalog, for what no filter of an address asks for.

use std::collections::HashMap;

use super::{entry, mirror_name};
use crate::hub::{self, HubError};
use crate::model::{CatalogEntry, OrgName, RepoName};

/// Every repository that Docker publishes, with its mirrors in the organization.
pub async fn all(hub: &hub::Session, organization: &OrgName) -> Result<Vec<CatalogEntry>, HubError> {
    let organization = organization.as_str();
    let (catalog, mirrors) = tokio::try_join!(hub.catalog(organization), hub.mirrors(organization))?;
    let mut mirrored: HashMap<&str, Vec<RepoName>> = HashMap::new();
    for mirror in &mirrors.mirrors {
        mirrored.entry(&mirror.source.name).or_default().extend(mirror_name(mirror));
    }
    let with_mirrors =
        |found: &hub::CatalogRepository| entry(found, mirrored.remove(found.name.as_str()).unwrap_or_default());
    Ok(catalog.repositories.iter().filter_map(with_mirrors).collect())
}
