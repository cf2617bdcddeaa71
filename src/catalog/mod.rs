//! The catalog as the organization sees it: Docker's list, filtered, with what is mirrored already.

mod filter;
pub mod tag;
mod texts;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::app::Visitor;
use crate::hub::{self, HubError};
use crate::model::{
    ApiError, CatalogEntry, CatalogFilter, CatalogList, CatalogName, CatalogRepository, Choice, PlatformImage,
    RepoName, RepositoryKind, TagGroup,
};

/// Why the catalog cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    #[error(transparent)]
    Hub(#[from] HubError),
    #[error("the catalog has no repository {0}")]
    NotFound(CatalogName),
}

impl From<CatalogError> for ApiError {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::Hub(error) => error.into(),
            CatalogError::NotFound(name) => {
                Self::NotFound(format!("The catalog has no repository called {name}. Look for it in the catalog."))
            }
        }
    }
}

/// The repositories that pass the filter, and what can be filtered by.
pub async fn list(visitor: &Visitor, filter: &CatalogFilter) -> Result<CatalogList, CatalogError> {
    let organization = visitor.organization.as_str();
    let (catalog, mirrors) = tokio::try_join!(visitor.hub.catalog(organization), visitor.hub.mirrors(organization))?;
    let mut mirrored: HashMap<String, Vec<RepoName>> = HashMap::new();
    for mirror in &mirrors.mirrors {
        if let Some(repository) = mirror_name(mirror) {
            mirrored.entry(mirror.source.name.clone()).or_default().push(repository);
        }
    }
    let mut entries: Vec<CatalogEntry> = catalog
        .repositories
        .iter()
        .filter_map(|found| entry(found, mirrored.remove(&found.name).unwrap_or_default()))
        .collect();
    let total = u32::try_from(entries.len()).unwrap_or(u32::MAX);
    let distributions: BTreeSet<String> = entries.iter().flat_map(|e| e.distributions.iter().cloned()).collect();
    entries.retain(|entry| filter::passes(filter, entry));
    entries.sort_by(|a, b| (!a.featured, &a.name).cmp(&(!b.featured, &b.name)));
    let mut categories: Vec<Choice> =
        catalog.categories.into_iter().map(|c| Choice { id: c.id, name: c.name }).collect();
    categories.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(CatalogList {
        entries,
        total,
        categories,
        distributions: distributions.into_iter().map(|id| Choice { name: distribution_name(&id), id }).collect(),
    })
}

/// One repository with its texts and tags; its mirrors are for `mirrors` to add.
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
        overview: texts::html(&details.overview),
        guides: texts::html(&details.guides),
        tags: tag_groups(&details.images),
        mirrors: Vec::new(),
        can_mirror_more: mirrors.can_mirror_more_repositories,
        entry,
    })
}

/// A summary as the list shows it; none where Docker's name for it is no name.
fn entry(found: &hub::CatalogRepository, mirrors: Vec<RepoName>) -> Option<CatalogEntry> {
    let name: CatalogName = found.name.parse().ok()?;
    let kind = if found.name.ends_with("-chart") { RepositoryKind::HelmChart } else { RepositoryKind::Image };
    Some(CatalogEntry {
        namespace: found.namespace.clone(),
        display_name: if found.display_name.is_empty() { found.name.clone() } else { found.display_name.clone() },
        short_description: found.short_description.clone(),
        kind,
        featured: found.featured,
        fips: found.fips_compliant,
        stig: found.stig_certified,
        categories: found.categories.iter().map(|c| c.id.clone()).collect(),
        distributions: found.distributions.clone(),
        platforms: found.platforms.clone(),
        mirrors,
        name,
    })
}

/// The mirror's repository as Ferry writes it.
fn mirror_name(mirror: &hub::Mirror) -> Option<RepoName> {
    format!("{}/{}", mirror.repository.namespace, mirror.repository.name).parse().ok()
}

/// Images with their tags, newest first; two entries of one digest become one.
fn tag_groups(images: &[hub::CatalogImage]) -> Vec<TagGroup> {
    let mut groups: BTreeMap<_, TagGroup> = BTreeMap::new();
    for image in images {
        let Some(digest) = image.index_digest.clone() else { continue };
        let group = groups.entry(digest.clone()).or_insert_with(|| TagGroup {
            digest,
            tags: Vec::new(),
            images: image.manifests.iter().filter_map(platform_image).collect(),
            last_pushed: image.manifests.iter().filter_map(|m| m.last_pushed).max(),
        });
        group.tags.extend(image.tags.iter().filter_map(|tag| tag.name.parse().ok()));
        group.last_pushed = group.last_pushed.max(image.tags.iter().filter_map(|tag| tag.last_updated).max());
    }
    let mut groups: Vec<TagGroup> = groups.into_values().collect();
    groups.sort_by(|a, b| (b.last_pushed, &a.digest).cmp(&(a.last_pushed, &b.digest)));
    groups
}

fn platform_image(manifest: &hub::CatalogManifest) -> Option<PlatformImage> {
    Some(PlatformImage {
        platform: manifest.platform.clone(),
        digest: manifest.manifest_digest.clone()?,
        size: manifest.compressed_size,
        distribution: distribution_name(&manifest.distribution),
        fips: manifest.fips_compliant,
        stig: manifest.stig_certified,
    })
}

/// `debian-13` as people write it: `Debian 13`.
fn distribution_name(id: &str) -> String {
    let mut words = id.split('-').map(|word| {
        let mut chars = word.chars();
        chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
    });
    let first: String = words.next().unwrap_or_default();
    words.fold(first, |name, word| name + " " + &word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions_read_as_people_write_them() {
        assert_eq!(distribution_name("debian-13"), "Debian 13");
        assert_eq!(distribution_name("alpine-3.22"), "Alpine 3.22");
        assert_eq!(distribution_name(""), "");
    }
}
