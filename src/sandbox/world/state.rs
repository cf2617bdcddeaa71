//! The data of the world: repositories with their tags and hooks, mirrors, mirroring logs. No behaviour beyond reading it.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::Instant;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use super::catalog::CatalogRepository;
use super::people::People;
use crate::sandbox::registry::Store;

/// All that is true at a moment.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Which world this is; a reset starts another, and work for an older one is dropped.
    pub generation: u64,
    /// The catalogue, by name.
    pub catalog: BTreeMap<String, CatalogRepository>,
    /// Everybody.
    pub people: People,
    /// Hub's repositories, by namespace and name.
    pub repositories: BTreeMap<(String, String), Repository>,
    /// The mirrors.
    pub mirrors: Vec<Mirror>,
    /// Docker's record of mirroring, oldest first.
    pub logs: Vec<MirroringLog>,
    /// Tags whose next mirroring fails: the catalogue's name and the tag.
    pub failing: Vec<(String, String)>,
    /// The next answers to setting a mirror are null without an error (6.3): whether it was set all the same.
    pub silent_sets: VecDeque<bool>,
    /// Why the next removal of a mirror fails, in its answer's status and not in `errors`.
    pub refused_removal: Option<String>,
    /// Webhook calls made.
    pub deliveries: Vec<Delivery>,
    /// Manifest pulls counted against each identity: since when, and how many.
    pub pulls: HashMap<String, (Instant, u32)>,
    /// Repositories of the destination that everybody may pull from.
    pub open: BTreeSet<String>,
    /// Hub calls in the running minute, by identity.
    pub calls: HashMap<String, (i64, u32)>,
    /// The last number given out.
    pub serial: u64,
}

impl State {
    /// The next number nobody else has.
    pub fn number(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// A repository of Hub.
    pub fn repository(&self, namespace: &str, name: &str) -> Option<&Repository> {
        self.repositories.get(&(namespace.to_owned(), name.to_owned()))
    }

    /// The same, to change it.
    pub fn repository_mut(&mut self, namespace: &str, name: &str) -> Option<&mut Repository> {
        self.repositories.get_mut(&(namespace.to_owned(), name.to_owned()))
    }
}

/// A repository of Hub.
#[derive(Clone, Debug)]
pub struct Repository {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// Short description.
    pub description: String,
    /// Markdown.
    pub full_description: String,
    /// Whether outsiders cannot see it.
    pub is_private: bool,
    /// 1 = active.
    pub status: i64,
    /// When it was created.
    pub created: DateTime<Utc>,
    /// When a tag last moved.
    pub last_updated: Option<DateTime<Utc>>,
    /// Pulls so far.
    pub pull_count: u64,
    /// Its tags, by name.
    pub tags: BTreeMap<String, HubTag>,
    /// What the list of tags shows instead, where it lags behind the registry.
    pub lagging: Option<BTreeMap<String, HubTag>>,
    /// Its webhooks.
    pub webhooks: Vec<Webhook>,
}

impl Repository {
    /// A new, empty repository.
    pub fn new(namespace: &str, name: &str, description: &str, is_private: bool, created: DateTime<Utc>) -> Self {
        Self {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            description: description.to_owned(),
            full_description: String::new(),
            is_private,
            status: 1,
            created,
            last_updated: None,
            pull_count: 0,
            tags: BTreeMap::new(),
            lagging: None,
            webhooks: Vec::new(),
        }
    }

    /// `namespace/name`.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }
}

/// A tag as Hub shows it.
#[derive(Clone, Debug)]
pub struct HubTag {
    /// Hub's number for it.
    pub id: u64,
    /// What it points to.
    pub digest: String,
    /// The media type of that.
    pub media_type: String,
    /// Who moved it last.
    pub pusher: String,
    /// When.
    pub pushed_at: DateTime<Utc>,
    /// Its platforms.
    pub images: Vec<TagImage>,
}

/// One platform of a tag.
#[derive(Clone, Debug)]
pub struct TagImage {
    /// `amd64`, `arm64`, `unknown`.
    pub architecture: String,
    /// `linux`, `unknown`.
    pub os: String,
    /// The platform manifest.
    pub digest: String,
    /// Compressed size.
    pub size: u64,
}

impl HubTag {
    /// Reads what a manifest in the registry says about itself.
    pub async fn read(
        store: &Store,
        repository: &str,
        digest: &str,
        id: u64,
        pusher: &str,
        pushed_at: DateTime<Utc>,
    ) -> Option<Self> {
        let (digest, media_type, bytes) = store.manifest(repository, digest).await?;
        let manifest: Value = serde_json::from_slice(&bytes).ok()?;
        let mut images = Vec::new();
        if let Some(entries) = manifest["manifests"].as_array() {
            for entry in entries {
                let child = entry["digest"].as_str().unwrap_or_default();
                let Some((_, _, bytes)) = store.manifest(repository, child).await else { continue };
                let size = size(&serde_json::from_slice(&bytes).unwrap_or_default());
                let text = |name: &str| entry["platform"][name].as_str().unwrap_or("unknown").to_owned();
                images.push(TagImage {
                    architecture: text("architecture"),
                    os: text("os"),
                    digest: child.to_owned(),
                    size,
                });
            }
        } else {
            images.push(TagImage {
                architecture: "amd64".into(),
                os: "linux".into(),
                digest: digest.clone(),
                size: size(&manifest),
            });
        }
        Some(Self { id, digest, media_type, pusher: pusher.to_owned(), pushed_at, images })
    }
}

fn size(manifest: &Value) -> u64 {
    let layers = manifest["layers"].as_array().into_iter().flatten();
    layers.chain([&manifest["config"]]).filter_map(|blob| blob["size"].as_u64()).sum()
}

/// A repository webhook, as one pipeline with one hook.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// The name.
    pub name: String,
    /// Derived from the name; there is no id.
    pub slug: String,
    /// Where it calls.
    pub hook_url: String,
    /// When it was made.
    pub created: DateTime<Utc>,
}

/// A webhook call that was made.
#[derive(Clone, Debug, Serialize)]
pub struct Delivery {
    /// Where.
    pub url: String,
    /// `namespace/name`.
    pub repository: String,
    /// The tag that moved.
    pub tag: String,
    /// The answer's status; `None` when nobody answered.
    pub status: Option<u16>,
}

/// A mirror: Docker keeps this repository in step with the catalogue.
#[derive(Clone, Debug)]
pub struct Mirror {
    /// Docker's id of it.
    pub id: String,
    /// The organization.
    pub namespace: String,
    /// The repository, `dhi-<name>`.
    pub name: String,
    /// The catalogue's name of the source.
    pub source: String,
}

/// Why a tag is mirrored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The mirror is new.
    Onboarding,
    /// The source was rebuilt.
    Push,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Asked for.
    Requested,
    /// Under way.
    Started,
    /// Given up.
    Failed,
    /// There.
    Succeeded,
}

/// One tag's way into a mirror.
#[derive(Clone, Debug)]
pub struct MirroringLog {
    /// The id.
    pub id: String,
    /// Why.
    pub reason: Reason,
    /// How far.
    pub progress: Progress,
    /// The catalogue's name.
    pub source: String,
    /// The mirror's namespace.
    pub namespace: String,
    /// The mirror's name.
    pub name: String,
    /// The tag.
    pub tag: String,
    /// The index, or a chart's manifest.
    pub digest: String,
    /// When it was asked for.
    pub triggered: DateTime<Utc>,
    /// When it began.
    pub started: Option<DateTime<Utc>>,
    /// When it ended.
    pub completed: Option<DateTime<Utc>>,
}
