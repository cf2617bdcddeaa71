//! What Docker says that is kept: its catalog, one repository of it, and the organization's mirrors. Remembered by the hash of
//! the content, so that a page decodes none of them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::search::Text;
use super::{CatalogError, entry, mirror_name, texts, variants};
use crate::hub::{self, CredentialKind};
use crate::model::{CatalogEntry, CatalogName, Choice, RepoName, RepositoryText, Variant};
use crate::store::listings::Subject;

/// Listings remembered of each kind; organizations mostly see the same catalog.
const MOST: usize = 32;

/// Something Docker says that is kept.
pub(super) trait Listing: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// What tells one of this kind from the others.
    type Key: Clone + Send + Sync + 'static;

    /// How old it may become before it is read again.
    const FRESH: TimeDelta;
    /// Whether a page waits for what is old to be read again, instead of showing it meanwhile.
    const WAITS: bool = false;

    /// What it is kept as.
    fn subject(key: &Self::Key) -> Subject;

    /// Asks Docker Hub.
    fn read(
        hub: &hub::Session,
        organization: &str,
        key: &Self::Key,
    ) -> impl Future<Output = Result<Self, CatalogError>> + Send;

    /// With what is worked out once and not kept.
    #[must_use]
    fn prepared(self) -> Self {
        self
    }

    /// Whether such a credential is shown all of it.
    fn is_whole_for(kind: CredentialKind) -> bool;

    /// Where it is remembered. The same content is the same wherever it is kept, so this is one for the whole process.
    fn remembered() -> &'static Remembered<Self>;
}

/// Docker's catalog, without what an organization has of it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct DockerCatalog {
    /// By name.
    entries: Vec<CatalogEntry>,
    pub categories: Vec<Choice>,
    #[serde(skip)]
    texts: Vec<Text>,
}

impl DockerCatalog {
    /// Of these entries, in whatever order they came.
    pub(super) fn new(mut entries: Vec<CatalogEntry>, mut categories: Vec<Choice>) -> Self {
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        categories.sort_by(|a, b| a.name.cmp(&b.name));
        Self { entries, categories, texts: Vec::new() }
    }

    /// Each with what it is searched by.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&CatalogEntry, &Text)> {
        self.entries.iter().zip(&self.texts)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}

impl Listing for DockerCatalog {
    type Key = ();

    const FRESH: TimeDelta = TimeDelta::minutes(10);

    fn subject((): &()) -> Subject {
        Subject::CATALOG
    }

    async fn read(hub: &hub::Session, organization: &str, (): &()) -> Result<Self, CatalogError> {
        let catalog = hub.catalog(organization).await?;
        let entries = catalog.repositories.iter().filter_map(|found| entry(found, Vec::new())).collect();
        let categories = catalog.categories.into_iter().map(|c| Choice { id: c.id, name: c.name }).collect();
        Ok(Self::new(entries, categories))
    }

    fn prepared(mut self) -> Self {
        self.texts = self.entries.iter().map(Text::of).collect();
        self
    }

    fn is_whole_for(_: CredentialKind) -> bool {
        true
    }

    fn remembered() -> &'static Remembered<Self> {
        static CATALOGS: Remembered<DockerCatalog> = Remembered::new();
        &CATALOGS
    }
}

/// The organization's mirrors by the name of their source.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct DockerMirrors(BTreeMap<String, Vec<RepoName>>);

impl DockerMirrors {
    /// Of sources with a mirror each.
    pub(super) fn of_pairs(pairs: impl IntoIterator<Item = (String, RepoName)>) -> Self {
        let mut mirrors = Self::default();
        for (source, mirror) in pairs {
            mirrors.0.entry(source).or_default().push(mirror);
        }
        mirrors.0.values_mut().for_each(|mirrors| mirrors.sort());
        mirrors
    }

    /// Those of one source.
    pub(super) fn of(&self, source: &CatalogName) -> &[RepoName] {
        self.0.get(source.as_str()).map(Vec::as_slice).unwrap_or_default()
    }
}

impl Listing for DockerMirrors {
    type Key = ();

    // Somebody may start one in Docker's own console.
    const FRESH: TimeDelta = TimeDelta::minutes(1);

    fn subject((): &()) -> Subject {
        Subject::MIRRORS
    }

    async fn read(hub: &hub::Session, organization: &str, (): &()) -> Result<Self, CatalogError> {
        let mirrors = hub.mirrors(organization).await?.mirrors;
        let pair = |mirror: hub::Mirror| mirror_name(&mirror).map(|name| (mirror.source.name, name));
        Ok(Self::of_pairs(mirrors.into_iter().filter_map(pair)))
    }

    /// An organization's token is shown those it may pull (contract 3.5).
    fn is_whole_for(kind: CredentialKind) -> bool {
        kind != CredentialKind::Oat
    }

    fn remembered() -> &'static Remembered<Self> {
        static MIRRORS: Remembered<DockerMirrors> = Remembered::new();
        &MIRRORS
    }
}

/// One repository of the catalog, without what an organization has of it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct DockerRepository {
    pub entry: CatalogEntry,
    /// As Docker has it, whatever it leads to.
    pub home_url: Option<String>,
    pub category_names: Vec<String>,
    /// Markdown, as Docker has it: what is shown is cleaned by the Ferry that shows it.
    overview: String,
    guides: String,
    /// Last pushed first.
    pub variants: Vec<Variant>,
    #[serde(skip)]
    pub texts: Texts,
}

/// The texts of a repository, made harmless.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    pub overview: RepositoryText,
    pub guides: RepositoryText,
}

impl Listing for DockerRepository {
    type Key = CatalogName;

    // A tag moves when Docker builds it anew, and what is at a destination is compared with it.
    const FRESH: TimeDelta = TimeDelta::minutes(1);
    const WAITS: bool = true;

    fn subject(name: &CatalogName) -> Subject {
        Subject::repository(name)
    }

    async fn read(hub: &hub::Session, organization: &str, name: &CatalogName) -> Result<Self, CatalogError> {
        let nothing = || CatalogError::NotFound(name.clone());
        let details = hub.repository_details(organization, name.as_str()).await?.ok_or_else(nothing)?;
        Ok(Self {
            entry: entry(&details.summary, Vec::new()).ok_or_else(nothing)?,
            home_url: details.summary.home_url,
            category_names: details.summary.categories.into_iter().map(|category| category.name).collect(),
            overview: details.overview,
            guides: details.guides,
            variants: variants::of(&details.images),
            texts: Texts::default(),
        })
    }

    fn prepared(mut self) -> Self {
        self.texts = Texts { overview: texts::clean(&self.overview), guides: texts::clean(&self.guides) };
        self
    }

    fn is_whole_for(_: CredentialKind) -> bool {
        true
    }

    fn remembered() -> &'static Remembered<Self> {
        static REPOSITORIES: Remembered<DockerRepository> = Remembered::new();
        &REPOSITORIES
    }
}

/// The last listings of a kind, by the hash of their content.
pub(super) struct Remembered<L>(Mutex<VecDeque<(String, Arc<L>)>>);

impl<L: Listing> Remembered<L> {
    const fn new() -> Self {
        Self(Mutex::new(VecDeque::new()))
    }

    /// The one of this hash.
    pub(super) fn get(&self, hash: &str) -> Option<Arc<L>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(known, _)| known == hash).map(|(_, listing)| Arc::clone(listing))
    }

    /// Prepares and remembers it; answers the one that was known already, if any.
    pub(super) fn keep(&self, hash: String, listing: L) -> Arc<L> {
        if let Some(known) = self.get(&hash) {
            return known;
        }
        let listing = Arc::new(listing.prepared());
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_front((hash, Arc::clone(&listing)));
        kept.truncate(MOST);
        listing
    }
}
