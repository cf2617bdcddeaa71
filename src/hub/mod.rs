//! Docker Hub's REST API and DHI's GraphQL API, as one client. It speaks to no registry and keeps nothing but
//! short-lived tokens. Contract: `contracts/hub.md`; the numbers in comments are its sections.

mod credential;
mod dhi;
mod endpoints;
mod error;
mod graphql;
mod lenient;
mod limit;
mod operations;
mod page;
mod refusal;
mod rest;
mod send;
#[cfg(test)]
mod tests;
mod token;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::clock::Clock;

pub use credential::{Credential, CredentialKind};
pub use dhi::{
    Catalog, CatalogDetails, CatalogImage, CatalogManifest, CatalogRepository, CatalogTag, Category, Coordinates, Cvss,
    DhiEntitlement, Entitlements, Epss, Exception, ImageOrigin, ImagePackages, ListedAttestation, LogPage, LogQuery,
    LogReason, LogStatus, Mirror, MirrorEnd, MirroringLog, Mirrors, OciConfig, Package, Plan, RunConfig, SbomState,
    ScoutHealthScore, ScoutPolicy, ScoutPolicyStatus, SetMirror, Severity, SourceCommit, TagDetails, Vulnerabilities,
    Vulnerability,
};
pub use endpoints::Endpoints;
pub use error::HubError;
pub use page::{Listing, Page};
pub use rest::{
    DockerRole, HubImage, HubRepository, HubTag, HubUser, NewRepository, Organization, Permissions, SignedIn, Webhook,
    WebhookCall,
};

/// How long and how hard the client tries.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Longest time one call waits in all for Docker's rate limit before it answers [`HubError::RateLimited`].
    pub patience: Duration,
    /// Longest time one request may take, answer included.
    pub timeout: Duration,
    /// Longest time to reach the host.
    pub connect_timeout: Duration,
    /// Requests under way at once to each host.
    pub concurrent: usize,
    /// Further attempts after a passing failure of a request that may be repeated.
    pub retries: usize,
    /// First pause between such attempts; each further one is twice as long.
    pub retry_pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            patience: Duration::from_secs(20),
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(5),
            concurrent: 8,
            retries: 2,
            retry_pause: Duration::from_millis(250),
        }
    }
}

/// The client every session shares: connections, budgets and the tokens of all credentials. Cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Shared>);

struct Shared {
    endpoints: Endpoints,
    clock: Clock,
    limits: Limits,
    http: reqwest::Client,
    places: send::Places,
    tokens: token::Tokens,
}

impl Hub {
    /// A client of these endpoints with the usual [`Limits`]; fails where the machine offers no certificate store.
    pub fn new(endpoints: Endpoints, clock: Clock) -> Result<Self, HubError> {
        Self::with_limits(endpoints, clock, Limits::default())
    }

    /// A client of these endpoints that tries this hard.
    pub fn with_limits(endpoints: Endpoints, clock: Clock, limits: Limits) -> Result<Self, HubError> {
        let http = send::http_client(&limits)?;
        let places =
            send::Places { rest: Semaphore::new(limits.concurrent), graphql: Semaphore::new(limits.concurrent) };
        Ok(Self(Arc::new(Shared { endpoints, clock, limits, http, places, tokens: token::Tokens::default() })))
    }

    /// Docker Hub as the owner of this credential sees it; asks nothing yet.
    pub fn session(&self, credential: Credential) -> Session {
        let slot = self.0.tokens.slot(&credential.key());
        let patience = self.0.limits.patience;
        Session { hub: Arc::clone(&self.0), credential: Arc::new(credential), slot, patience }
    }
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub").field("endpoints", &self.0.endpoints).finish_non_exhaustive()
    }
}

/// Docker Hub as the owner of one credential sees it. Cheap to clone; all clones share one access token.
#[derive(Clone)]
pub struct Session {
    hub: Arc<Shared>,
    credential: Arc<Credential>,
    slot: Arc<token::Slot>,
    patience: Duration,
}

impl Session {
    /// The same session, waiting at most this long for Docker's rate limit: short for a page, long for a job.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Which kind of secret it signs in with, and so which doors are closed to it (1.4).
    pub fn kind(&self) -> CredentialKind {
        self.credential.kind()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("credential", &self.credential).finish_non_exhaustive()
    }
}
