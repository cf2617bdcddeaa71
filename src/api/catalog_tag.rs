//! One tag of the catalog, platform by platform, for every member of the organization. Statements are read with the
//! visitor's own token; `GET /orgs/{org}/catalog/{name}/statements/{digest}` gives one as a file.

use leptos::prelude::*;
use server_fn::codec::GetUrl;

use crate::model::{
    ApiError, CatalogName, CatalogTag, Comparison, Digest, Evidence, ImageAsked, ImageConfiguration, OrgName,
    PackageList, PackageQuery, StatementText, Tag, VulnerabilityList, VulnerabilityQuery,
};

/// What stands at the head of a tag's page.
#[server(prefix = "/api", endpoint = "tags/get", input = GetUrl)]
pub async fn get_catalog_tag(organization: OrgName, name: CatalogName, tag: Tag) -> Result<CatalogTag, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::catalog::tag::get(&visitor, &name, &tag).await?)
}

/// One page of an image's packages.
#[server(prefix = "/api", endpoint = "tags/packages", input = GetUrl)]
pub async fn list_packages(
    organization: OrgName,
    image: ImageAsked,
    query: PackageQuery,
) -> Result<PackageList, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::catalog::tag::packages(&visitor, &image, &query).await?)
}

/// An image's vulnerabilities, each once, suppressed ones apart.
#[server(prefix = "/api", endpoint = "tags/vulnerabilities", input = GetUrl)]
pub async fn list_vulnerabilities(
    organization: OrgName,
    image: ImageAsked,
    query: VulnerabilityQuery,
) -> Result<VulnerabilityList, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::catalog::tag::vulnerabilities(&visitor, &image, &query).await?)
}

/// How a container of an image begins, and what it was made from.
#[server(prefix = "/api", endpoint = "tags/configuration", input = GetUrl)]
pub async fn get_configuration(organization: OrgName, image: ImageAsked) -> Result<ImageConfiguration, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::evidence::configuration(&visitor, &image).await?)
}

/// A tag beside another of its repository.
#[server(prefix = "/api", endpoint = "tags/compare", input = GetUrl)]
pub async fn compare_tags(
    organization: OrgName,
    image: ImageAsked,
    other: Option<Tag>,
) -> Result<Comparison, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::catalog::tag::compare(&visitor, &image, other.as_ref()).await?)
}

/// An image's attestations with their signatures.
#[server(prefix = "/api", endpoint = "tags/attestations", input = GetUrl)]
pub async fn list_attestations(organization: OrgName, image: ImageAsked) -> Result<Evidence, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::evidence::attestations(&visitor, &image).await?)
}

/// The statement of one attestation, to be read on the screen.
#[server(prefix = "/api", endpoint = "tags/statement", input = GetUrl)]
pub async fn get_statement(
    organization: OrgName,
    name: CatalogName,
    digest: Digest,
) -> Result<StatementText, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::evidence::statement_text(&visitor, &name, &digest).await?)
}
