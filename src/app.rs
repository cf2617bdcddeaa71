//! Everything a service needs, in one cheaply cloned value.

use std::sync::Arc;

use chrono::TimeDelta;
use secrecy::ExposeSecret as _;
use sqlx::PgPool;
use tokio::sync::broadcast;

use crate::clock::Clock;
use crate::config::Config;
use crate::hub::{self, Hub};
use crate::kept::Kept;
use crate::model::{CatalogName, Digest, OrgName, Role, RunId, Tag};
use crate::oci::{NotAKey, TrustedKey, TrustedKeys};
use crate::queue::{Queue, QueueError};
use crate::registries::Registries;
use crate::rush::Rush;
use crate::seal::Sealer;
use crate::store::locks::Locks;
use crate::store::{self, StoreError};

/// Ferry, assembled.
#[derive(Clone)]
pub struct App {
    pub db: PgPool,
    pub queue: Queue,
    pub hub: Hub,
    pub clock: Clock,
    pub sealer: Sealer,
    pub locks: Locks,
    pub registries: Registries,
    pub config: Arc<Config>,
    /// Set while deliveries come faster than they are kept.
    pub rush: Rush,
    /// The keys that may sign attestations.
    pub trusted_keys: TrustedKeys,
    /// What tags of the catalog were seen to point at a moment ago.
    pub tag_details: Kept<(OrgName, CatalogName, Tag), hub::TagDetails>,
    /// What is in images of the catalog, by the platform manifest.
    pub image_packages: Kept<(OrgName, Digest), hub::ImagePackages>,
    /// Runs that changed, in any process; none: some may have been missed.
    pub changes: broadcast::Sender<Option<RunId>>,
}

/// Why Ferry cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("PostgreSQL at DATABASE_URL cannot be used")]
    Store(#[from] StoreError),
    #[error("the job queue cannot be used")]
    Queue(#[from] QueueError),
    #[error("FERRY_HUB_URL or FERRY_GRAPHQL_URL: {0}")]
    Endpoints(#[from] crate::model::Refused),
    #[error("the client for Docker Hub cannot be made")]
    Hub(#[from] hub::HubError),
    #[error("FERRY_TRUSTED_KEY cannot be read")]
    TrustedKey(#[source] std::io::Error),
    #[error("FERRY_TRUSTED_KEY holds no P-256 public key in PEM")]
    NotAKey(#[from] NotAKey),
}

impl App {
    /// Connects to the database and brings its schema up to date.
    pub async fn assemble(config: Config, clock: Clock) -> Result<Self, StartError> {
        // One connection each for locks, for listening, and some for pages and jobs.
        let connections = 12 + 2 * u32::from(config.concurrency);
        let db = store::connect(config.database_url.expose_secret(), connections).await?;
        Self::with_database(config, clock, db).await
    }

    /// The same on a pool that is already there.
    pub async fn with_database(config: Config, clock: Clock, db: PgPool) -> Result<Self, StartError> {
        let queue = Queue::new(db.clone());
        store::migrate(&db).await?;
        queue.migrate().await?;
        let trusted_keys = match &config.trusted_key {
            Some(path) => {
                let pem = tokio::fs::read_to_string(path).await.map_err(StartError::TrustedKey)?;
                TrustedKeys::docker_and([TrustedKey::of_file(path, &pem)?])
            }
            None => TrustedKeys::docker(),
        };
        Ok(Self {
            queue,
            hub: Hub::new(config.endpoints()?, clock.clone())?,
            sealer: Sealer::new(&config.sealing_key),
            locks: Locks::new(db.clone()),
            registries: Registries::new(clock.clone()),
            trusted_keys,
            rush: Rush::default(),
            tag_details: Kept::new(TimeDelta::seconds(20), 256),
            image_packages: Kept::new(TimeDelta::minutes(10), 32),
            changes: broadcast::channel(256).0,
            config: Arc::new(config),
            clock,
            db,
        })
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").finish_non_exhaustive()
    }
}

/// Somebody who belongs to the organization, and Docker Hub as they see it. Only `access` makes one.
#[derive(Clone)]
pub struct Visitor {
    pub app: App,
    pub organization: OrgName,
    /// Docker Hub username.
    pub username: String,
    pub role: Role,
    pub hub: hub::Session,
    /// Where the token is kept; a run that is started reads the source with it.
    pub session_id: Option<String>,
}

impl Visitor {
    /// Writes down what this person did to `subject`; `action` is a noun and a verb, for example `mirror.start`.
    pub async fn did(&self, tx: &mut store::Tx, action: &'static str, subject: &str) -> Result<(), StoreError> {
        let (organization, actor) = (&self.organization, self.username.as_str());
        let deed = store::audit::Deed { organization, actor, action, subject, at: self.app.clock.now() };
        store::audit::record(&mut **tx, deed).await
    }
}
