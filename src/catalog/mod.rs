//! The catalog as the organization sees it: Docker's list, filtered, with what is mirrored already.

mod filter;
mod repository;
mod texts;
mod variants;

use std::collections::{BTreeSet, HashMap};

use crate::app::Visitor;
use crate::hub::{self, HubError};
use crate::model::{ApiError, CatalogEntry, CatalogFilter, CatalogList, CatalogName, Choice, RepoName, RepositoryKind};

pub use repository::get;

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
