//! One registry and one credential: the client every request of a copy goes through.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, Url};
use secrecy::SecretString;

use super::authority::believing;
use super::error::RegistryError;
use super::guard::Guard;
use super::pace::{Pace, Pause};
use super::profile::Profile;
use super::pulls::Pulls;
use super::referrers::Capabilities;
use super::send::{Call, Lanes};
use super::token::Tokens;
use crate::clock::Clock;
use crate::model::{Host, RepoName, RepoRef};

/// Username with password or token; the secret is never shown.
#[derive(Clone, Debug)]
pub struct Credential {
    pub username: String,
    pub secret: SecretString,
}

/// How long to wait and how often to try.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub connect: Duration,
    /// Until an answer begins, and between two pieces of one.
    pub answer: Duration,
    /// Until an upload that was sent whole is confirmed: some registries move it to other storage first.
    pub commit: Duration,
    /// Requests in all, the first included (rule 13).
    pub tries: usize,
    pub shortest_pause: Duration,
    /// A longer `Retry-After` is given to the caller instead of waited for.
    pub longest_pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_mins(1),
            commit: Duration::from_mins(10),
            tries: 5,
            shortest_pause: Duration::from_millis(100),
            longest_pause: Duration::from_secs(30),
        }
    }
}

/// How much one registry is asked, at once and by the second.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Small requests: manifests, listings, HEADs.
    pub requests: usize,
    pub downloads: usize,
    pub uploads: usize,
    /// Requests of every kind; as fast as it answers where there is none.
    pub requests_per_second: Option<NonZeroU32>,
    /// Bytes of what it answers and of what is sent to it, together.
    pub bytes_per_second: Option<NonZeroU32>,
}

impl Default for Budget {
    fn default() -> Self {
        Self { requests: 32, downloads: 8, uploads: 8, requests_per_second: None, bytes_per_second: None }
    }
}

/// Where a registry is and how to treat it.
#[derive(Clone, Debug)]
pub struct Endpoint {
    pub host: Host,
    pub plain_http: bool,
    pub clock: Clock,
    pub patience: Patience,
    pub budget: Budget,
    /// Sign-in hosts the credential may go to besides those that fit the registry's own name (rule 16).
    pub trusted_realms: Vec<Host>,
    /// Instead of the one the host's name gives away.
    pub profile: Option<Profile>,
    /// Certificates in PEM to believe here besides the system's.
    pub authority: Option<String>,
}

impl Endpoint {
    /// The usual treatment, over HTTPS.
    pub fn new(host: Host, clock: Clock) -> Self {
        Self {
            host,
            plain_http: false,
            clock,
            patience: Patience::default(),
            budget: Budget::default(),
            trusted_realms: Vec::new(),
            profile: None,
            authority: None,
        }
    }
}

/// A client for one registry with one credential; cloning shares tokens, budget and connections.
#[derive(Clone)]
pub struct Registry(Arc<Inner>);

/// What all clones of a client share; not to be named outside the engine.
pub struct Inner {
    pub(super) endpoint: Endpoint,
    pub(super) base: Url,
    pub(super) guard: Guard,
    pub(super) tokens: Tokens,
    /// For the registry itself.
    pub(super) own: Client,
    /// For hosts the registry sends us to; resolves names under the guard and never carries the credential.
    pub(super) elsewhere: Client,
    pub(super) lanes: Lanes,
    pub(super) pace: Arc<Pace>,
    pub(super) pause: Pause,
    pub(super) pulls: Pulls,
    pub(super) capabilities: Capabilities,
    profile: RwLock<Profile>,
}

impl std::ops::Deref for Registry {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Registry").field(&self.0.base.as_str()).finish()
    }
}

impl Registry {
    /// A client; asks nothing yet. Fails only where no HTTP client can be made.
    pub fn connect(endpoint: Endpoint, credential: Option<Credential>) -> Result<Self, RegistryError> {
        let pace = Arc::new(Pace::new(endpoint.budget));
        Self::at_pace(endpoint, credential, pace)
    }

    /// The client of somebody who was never there: no credential, and no token that was handed out before. It is soon out of
    /// patience, and keeps to the pace of this one.
    pub fn stranger(&self) -> Result<Self, RegistryError> {
        let patience = Patience { tries: 2, answer: Duration::from_secs(10), ..Patience::default() };
        Self::at_pace(Endpoint { patience, ..self.endpoint.clone() }, None, Arc::clone(&self.pace))
    }

    fn at_pace(endpoint: Endpoint, credential: Option<Credential>, pace: Arc<Pace>) -> Result<Self, RegistryError> {
        choose_crypto();
        let base = base_url(&endpoint)?;
        let guard = Guard::new(base.clone());
        let client = || {
            let builder = Client::builder()
                .user_agent(concat!("ferry/", env!("CARGO_PKG_VERSION")))
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(endpoint.patience.connect)
                .pool_idle_timeout(Duration::from_mins(1))
                .http2_adaptive_window(true)
                // A decoded body has another digest.
                .no_gzip()
                .no_brotli()
                .no_zstd()
                .no_deflate();
            let builder = if endpoint.host.is_loopback() { builder.no_proxy() } else { builder };
            believing(builder, endpoint.authority.as_deref())
        };
        let own = client()?.build().map_err(RegistryError::Client)?;
        let elsewhere = client()?.dns_resolver(guard.clone()).build().map_err(RegistryError::Client)?;
        let profile = endpoint.profile.unwrap_or_else(|| Profile::of_host(&endpoint.host));
        Ok(Self(Arc::new(Inner {
            lanes: Lanes::new(endpoint.budget),
            pace,
            endpoint,
            base,
            guard,
            tokens: Tokens::new(credential),
            own,
            elsewhere,
            pause: Pause::default(),
            pulls: Pulls::default(),
            capabilities: Capabilities::default(),
            profile: RwLock::new(profile),
        })))
    }

    /// The host as it was given.
    pub fn host(&self) -> &Host {
        &self.endpoint.host
    }

    /// One repository to read from.
    pub fn reading(&self, name: RepoName) -> Repository {
        Repository { registry: self.clone(), name, access: Access::Pull }
    }

    /// One repository to read from and write to.
    pub fn writing(&self, name: RepoName) -> Repository {
        Repository { registry: self.clone(), name, access: Access::PullPush }
    }

    /// Asks for the API's root as the credential: `Ok` means reached and signed in.
    pub async fn ping(&self) -> Result<(), RegistryError> {
        self.send(Call::new(Method::GET, self.at("v2/")?, Vec::new())).await.map(drop)
    }

    /// How this registry wants to be treated, as far as is known by now.
    pub fn profile(&self) -> Profile {
        *self.profile.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Better knowledge than the host's name, unless the caller has decided.
    pub(super) fn learn_profile(&self, learnt: Option<Profile>) {
        if let (Some(profile), None) = (learnt, self.endpoint.profile) {
            *self.profile.write().unwrap_or_else(PoisonError::into_inner) = profile;
        }
    }

    pub(super) fn at(&self, path: &str) -> Result<Url, RegistryError> {
        self.base.join(path).map_err(|_| RegistryError::NoAddress { host: self.endpoint.host.clone() })
    }

    pub(super) fn is_own(&self, url: &Url) -> bool {
        url.origin() == self.base.origin()
    }

    /// Until when the registry asked to be left alone; every request waits for that.
    pub fn paused_until(&self) -> Option<DateTime<Utc>> {
        self.pause.until(self.endpoint.clock.now())
    }

    pub(super) fn note_headers(&self, headers: &HeaderMap) {
        self.pulls.note(headers, self.endpoint.clock.now());
        self.learn_profile(Profile::of_headers(headers));
    }
}

/// What the credential is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Pull,
    PullPush,
}

/// One repository of one registry.
#[derive(Clone, Debug)]
pub struct Repository {
    pub(super) registry: Registry,
    pub(super) name: RepoName,
    pub(super) access: Access,
}

impl Repository {
    /// The registry it is in.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Its path there.
    pub fn name(&self) -> &RepoName {
        &self.name
    }

    /// Host and path.
    pub fn reference(&self) -> RepoRef {
        RepoRef { host: self.registry.host().clone(), repository: self.name.clone() }
    }

    pub(super) fn scopes(&self) -> Vec<String> {
        let actions = match self.access {
            Access::Pull => "pull",
            Access::PullPush => "pull,push",
        };
        vec![format!("repository:{}:{actions}", self.name)]
    }

    pub(super) fn at(&self, path: &str) -> Result<Url, RegistryError> {
        self.registry.at(&format!("v2/{}/{path}", self.name))
    }

    pub(super) fn call(&self, method: Method, path: &str) -> Result<Call, RegistryError> {
        Ok(Call::new(method, self.at(path)?, self.scopes()))
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry.host(), self.name)
    }
}

/// Somebody else in the process may have chosen a provider first: theirs does as well.
pub(super) fn choose_crypto() {
    drop(rustls::crypto::ring::default_provider().install_default());
}

/// The API's address; Docker Hub answers under another name than the one images carry.
fn base_url(endpoint: &Endpoint) -> Result<Url, RegistryError> {
    let host = match endpoint.host.as_str() {
        "docker.io" | "index.docker.io" => "registry-1.docker.io",
        other => other,
    };
    let scheme = if endpoint.plain_http { "http" } else { "https" };
    Url::parse(&format!("{scheme}://{host}/")).map_err(|_| RegistryError::NoAddress { host: endpoint.host.clone() })
}
