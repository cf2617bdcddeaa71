//! One repository of the catalog, with its texts and its variants.

use super::{CatalogError, cache, distribution_name};
use crate::app::Visitor;
use crate::model::{CatalogName, CatalogRepository};

/// One repository with its texts and variants, as it is kept; its mirrors are for `mirrors` to add.
pub async fn get(visitor: &Visitor, name: &CatalogName) -> Result<CatalogRepository, CatalogError> {
    let kept = cache::repository(visitor, name).await?;
    let docker = kept.listing;
    Ok(CatalogRepository {
        home_url: docker.home_url.clone().filter(|url| url.starts_with("https://") || url.starts_with("http://")),
        category_names: docker.category_names.clone(),
        distribution_names: docker.entry.distributions.iter().map(|id| distribution_name(id)).collect(),
        overview: docker.texts.overview.clone(),
        guides: docker.texts.guides.clone(),
        variants: docker.variants.clone(),
        mirrors: Vec::new(),
        can_mirror_more: true,
        entry: docker.entry.clone(),
        read_at: kept.read_at,
        refusal: kept.refusal,
    })
}
