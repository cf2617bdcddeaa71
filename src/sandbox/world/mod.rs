//! The world: the only truth of the sandbox. Facades are views of it and its methods are events; a clone is another handle.

mod busy;
pub mod catalog;
mod events;
mod mirroring;
pub mod people;
mod proofs;
pub mod state;
pub mod tokens;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use chrono::{DateTime, Utc};

pub use events::Refused;
pub(in crate::sandbox) use events::mirror_id;

use self::busy::{Busy, Task};
use self::people::Identity;
use self::state::State;
use self::tokens::Tokens;
use super::faults::Faults;
use super::ledger::Ledger;
use super::registry::Store;
use super::{Addresses, Facade, Options, seed};

/// A handle on the world.
#[derive(Clone)]
pub struct World {
    inner: Arc<Inner>,
}

struct Inner {
    options: Options,
    addresses: Addresses,
    state: Mutex<State>,
    stores: RwLock<Stores>,
    tokens: Tokens,
    ledger: Ledger,
    faults: Faults,
    busy: Busy,
    http: reqwest::Client,
}

#[derive(Clone)]
struct Stores {
    docker: Arc<Store>,
    scout: Arc<Store>,
    destination: Arc<Store>,
}

impl Stores {
    fn new() -> Self {
        Self { docker: Store::new(), scout: Store::new(), destination: Store::new() }
    }
}

/// The time, asked of the system.
#[expect(clippy::disallowed_methods, reason = "the sandbox imports nothing of ours, so it has no clock to ask")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

impl World {
    /// The seeded world, its first mirrors already filled.
    pub(super) async fn new(options: Options, addresses: Addresses) -> Result<Self, super::StartError> {
        let http = client()?;
        let state = seed::state(&options, 0)?;
        let inner = Inner {
            options,
            addresses,
            state: Mutex::new(state),
            stores: RwLock::new(Stores::new()),
            tokens: Tokens::default(),
            ledger: Ledger::default(),
            faults: Faults::default(),
            busy: Busy::default(),
            http,
        };
        let world = Self { inner: Arc::new(inner) };
        world.settle_in().await;
        Ok(world)
    }

    /// Starts over: a fresh world, no faults, an empty ledger; tokens issued so far end.
    pub async fn reset(&self) -> Result<(), super::StartError> {
        let generation = self.generation() + 1;
        // What is under way notices that its world is over and ends, so that none of it reaches the new one.
        self.state().generation = generation;
        self.settled().await;
        let state = seed::state(&self.inner.options, generation)?;
        *self.inner.stores.write().unwrap_or_else(PoisonError::into_inner) = Stores::new();
        *self.state() = state;
        self.inner.tokens.expire();
        self.inner.faults.clear();
        self.settle_in().await;
        self.inner.ledger.clear();
        Ok(())
    }

    /// Every request received.
    pub fn ledger(&self) -> &Ledger {
        &self.inner.ledger
    }

    /// The trouble that is scripted.
    pub fn faults(&self) -> &Faults {
        &self.inner.faults
    }

    /// How this world was started.
    pub fn options(&self) -> &Options {
        &self.inner.options
    }

    /// Where its facades listen.
    pub fn addresses(&self) -> &Addresses {
        &self.inner.addresses
    }

    /// Waits until no mirroring and no webhook call is under way.
    pub async fn settled(&self) {
        self.inner.busy.wait().await;
    }

    /// What a registry facade holds.
    pub fn store(&self, facade: Facade) -> Arc<Store> {
        let stores = self.inner.stores.read().unwrap_or_else(PoisonError::into_inner);
        match facade {
            Facade::Scout => Arc::clone(&stores.scout),
            Facade::Destination => Arc::clone(&stores.destination),
            _ => Arc::clone(&stores.docker),
        }
    }

    /// The state, locked. Never held across an await.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tokens.
    pub fn tokens(&self) -> &Tokens {
        &self.inner.tokens
    }

    /// Ends every token issued so far, Hub's and the registries'.
    pub fn expire_tokens(&self) {
        self.inner.tokens.expire();
    }

    /// Who a Hub bearer belongs to.
    pub fn who(&self, bearer: &str) -> Option<Identity> {
        self.inner.tokens.read_hub(bearer, &self.state().people.credentials)
    }

    pub(super) fn http(&self) -> &reqwest::Client {
        &self.inner.http
    }

    fn generation(&self) -> u64 {
        self.state().generation
    }

    /// Runs something in the background; [`Self::settled`] waits for it.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let task: Task = self.inner.busy.begin(self.clone());
        tokio::spawn(async move {
            work.await;
            drop(task);
        });
    }

    fn busy(&self) -> &Busy {
        &self.inner.busy
    }
}

fn client() -> Result<reqwest::Client, super::StartError> {
    // Whoever is second finds a provider installed, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().timeout(std::time::Duration::from_secs(5)).build();
    client.map_err(super::StartError::Client)
}
