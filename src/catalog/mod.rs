//! The catalog as the organization sees it: Docker's list as it was read last, narrowed, with what is mirrored already.

mod cache;
mod listing;
mod narrow;
mod repository;
mod search;
pub mod tag;
mod texts;
mod variants;

use crate::app::{App, Visitor};
use crate::connection::ConnectionError;
use crate::hub::{self, HubError};
use crate::model::{
    ApiError, CatalogEntry, CatalogFilter, CatalogList, CatalogName, HubRefusal, OrgName, RepoName, RepositoryKind,
};
use crate::queue::QueueError;
use crate::store::listings::{self, Subject};
use crate::store::{StoreError, rules};
use listing::DockerCatalog;
use narrow::Seen;

pub use repository::get;

/// Why the catalog cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    #[error(transparent)]
    Hub(#[from] HubError),
    #[error("the catalog has no repository {0}")]
    NotFound(CatalogName),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// Nobody has opened it yet, and the organization gave Ferry nothing to sign in with.
    #[error("the catalog was never read")]
    NeverRead,
}

impl From<CatalogError> for ApiError {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::Hub(error) => error.into(),
            CatalogError::NotFound(name) => {
                Self::NotFound(format!("The catalog has no repository called {name}. Look for it in the catalog."))
            }
            CatalogError::Store(error) => error.into(),
            CatalogError::Queue(error) => error.into(),
            CatalogError::Connection(error) => error.into(),
            CatalogError::NeverRead => {
                Self::Conflict("Docker's catalog was not read yet. Open the catalog, then try again.".to_owned())
            }
        }
    }
}

/// One page of the repositories that pass the filter, and how many each facet would leave. From what is kept: Docker Hub is
/// asked behind it, and waited for only where nothing was read yet.
pub async fn list(visitor: &Visitor, filter: &CatalogFilter) -> Result<CatalogList, CatalogError> {
    let kept = cache::for_page(visitor).await?;
    let rules = rules::by_mirror(&visitor.app.db, &visitor.organization).await?;
    let all = Seen::all(&kept.catalog, &kept.mirrors, &rules);
    let narrowed = narrow::narrow(&all, &kept.catalog.categories, filter);
    Ok(CatalogList {
        entries: narrowed.entries,
        found: small(narrowed.found),
        total: small(kept.catalog.len()),
        page: small(narrowed.page),
        pages: small(narrowed.pages),
        skipped: small((narrowed.page - 1) * narrow::PAGE),
        close: narrowed.is_mistyped,
        facets: narrowed.facets,
        read_at: kept.read_at,
        refusal: kept.refusal,
    })
}

/// Every entry of the catalog as the organization is shown it, by name, with its mirrors and the rules that forward them: for
/// what looks at the catalog with nobody waiting. What is old is read again first with the given token, or the
/// organization's own; where that fails, what was read before is the answer.
pub async fn entries(
    app: &App,
    organization: &OrgName,
    hub: Option<&hub::Session>,
) -> Result<Vec<CatalogEntry>, CatalogError> {
    let own = if hub.is_some() { None } else { cache::own_session(app, organization).await? };
    let kept = cache::by_itself(app, organization, hub.or(own.as_ref())).await?;
    let rules = rules::by_mirror(&app.db, organization).await?;
    Ok(Seen::all(&kept.catalog, &kept.mirrors, &rules).iter().map(Seen::complete).collect())
}

/// Reads the catalog again with the organization's own token. Where Docker refuses, pages say so and somebody's visit tries
/// again, so that this is no failure.
pub async fn refresh(app: &App, organization: &OrgName) -> Result<(), CatalogError> {
    let Some(hub) = cache::own_session(app, organization).await? else { return Ok(()) };
    match cache::refresh::<DockerCatalog>(app, organization, &(), &hub).await {
        Err(CatalogError::Hub(error)) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the catalog stays as it was read: {error}");
            if let HubError::BadCredential { .. } | HubError::WrongKindOfCredential { .. } = error {
                let sentence =
                    "Docker Hub does not accept the organization's token. Save another one under Connection.";
                let refusal = HubRefusal { at: app.clock.now(), sentence: sentence.to_owned() };
                listings::refuse(&app.db, organization, &Subject::CATALOG, &refusal).await?;
            }
            Ok(())
        }
        other => other.map(drop),
    }
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
        rules: Vec::new(),
        name,
    })
}

/// The mirror's repository as Ferry writes it.
fn mirror_name(mirror: &hub::Mirror) -> Option<RepoName> {
    format!("{}/{}", mirror.repository.namespace, mirror.repository.name).parse().ok()
}

fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
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
