//! One repository of the catalog, with its texts and its variants.

use super::{CatalogError, distribution_name, entry, mirror_name, texts, variants};
use crate::app::Visitor;
use crate::model::{CatalogName, CatalogRepository};

/// One repository with its texts and variants; its mirrors are for `mirrors` to add.
pub async fn get(visitor: &Visitor, name: &CatalogName) -> Result<CatalogRepository, CatalogError> {
    let organization = visitor.organization.as_str();
    let (details, mirrors) = tokio::try_join!(
        visitor.hub.repository_details(organization, name.as_str()),
        visitor.hub.mirrors(organization)
    )?;
    let details = details.ok_or_else(|| CatalogError::NotFound(name.clone()))?;
    let own = mirrors.mirrors.iter().filter(|m| m.source.name == name.as_str()).filter_map(mirror_name).collect();
    let entry = entry(&details.summary, own).ok_or_else(|| CatalogError::NotFound(name.clone()))?;
    Ok(CatalogRepository {
        home_url: details.summary.home_url.filter(|url| url.starts_with("https://") || url.starts_with("http://")),
        category_names: details.summary.categories.into_iter().map(|c| c.name).collect(),
        distribution_names: entry.distributions.iter().map(|id| distribution_name(id)).collect(),
        overview: texts::clean(&details.overview),
        guides: texts::clean(&details.guides),
        variants: variants::of(&details.images),
        mirrors: Vec::new(),
        can_mirror_more: mirrors.can_mirror_more_repositories,
        entry,
    })
}
