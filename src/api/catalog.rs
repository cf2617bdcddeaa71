//! The catalog, for every member of the organization.

use leptos::prelude::*;
use server_fn::codec::GetUrl;

use crate::model::{
    ApiError, CatalogFilter, CatalogList, CatalogName, CatalogRepository, MirrorName, MirrorPlaces, OrgName, Tag,
};

/// The repositories that pass the filter, and what can be filtered by.
#[server(prefix = "/api", endpoint = "catalog/list", input = GetUrl)]
pub async fn list_catalog(organization: OrgName, filter: CatalogFilter) -> Result<CatalogList, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::catalog::list(&visitor, &filter).await?)
}

/// One repository with its texts, its tags and its mirrors.
#[server(prefix = "/api", endpoint = "catalog/get", input = GetUrl)]
pub async fn get_catalog_repository(organization: OrgName, name: CatalogName) -> Result<CatalogRepository, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    let repository = async { crate::catalog::get(&visitor, &name).await.map_err(ApiError::from) };
    let mirrors = async { crate::mirrors::of_source(&visitor, &name).await.map_err(ApiError::from) };
    let (repository, mirrors) = futures::try_join!(repository, mirrors)?;
    Ok(repository.with_mirrors(mirrors))
}

/// Where a tag of these mirrors is: at Docker Hub, and at each destination that a rule brings it to.
#[server(prefix = "/api", endpoint = "catalog/places", input = GetUrl)]
pub async fn find_tag_places(
    organization: OrgName,
    #[server(default)] mirrors: Vec<MirrorName>,
    tag: Tag,
) -> Result<Vec<MirrorPlaces>, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::history::tag_places(&visitor, &mirrors, &tag).await?)
}
