//! Clients of registries, one for each host and credential, so that jobs share tokens, connections and the host's budget.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};

use crate::clock::Clock;
use crate::model::{Host, Rates};
use crate::oci::{Budget, Credential, Endpoint, Registry, RegistryError};

/// Clients kept at most; a rotated credential leaves its old one behind until then.
const MOST: usize = 256;

/// What a destination's settings say besides its address.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// Certificates in PEM believed besides the well-known ones.
    pub authority: Option<String>,
    pub rates: Rates,
}

/// The clients of this process.
#[derive(Clone)]
pub struct Registries {
    clock: Clock,
    /// Processes that share the limits of a destination, this one included.
    among: Arc<AtomicU32>,
    known: Arc<Mutex<HashMap<[u8; 32], Registry>>>,
}

impl Registries {
    /// None yet.
    pub fn new(clock: Clock) -> Self {
        Self { clock, among: Arc::new(AtomicU32::new(1)), known: Arc::default() }
    }

    /// From now on each limit is one among so many processes.
    pub fn share_among(&self, processes: u32) {
        self.among.store(processes.max(1), Relaxed);
    }

    /// The client for this host and credential.
    pub fn connect(
        &self,
        host: &Host,
        plain_http: bool,
        credential: Option<Credential>,
    ) -> Result<Registry, RegistryError> {
        self.connect_on(host, plain_http, credential, Terms::default())
    }

    /// The client for this host and credential on these terms; other terms are another client.
    pub fn connect_on(
        &self,
        host: &Host,
        plain_http: bool,
        credential: Option<Credential>,
        terms: Terms,
    ) -> Result<Registry, RegistryError> {
        let among = self.among.load(Relaxed);
        let share = |rate: Option<u32>, unit: u32| NonZeroU32::new((rate? * unit / among).max(1));
        let rates = (share(terms.rates.requests_per_second, 1), share(terms.rates.megabytes_per_second, 1_000_000));
        let key = key(host, plain_http, credential.as_ref(), terms.authority.as_deref(), rates);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(registry) = known.get(&key) {
            return Ok(registry.clone());
        }
        let budget = Budget { requests_per_second: rates.0, bytes_per_second: rates.1, ..Budget::default() };
        let authority = terms.authority;
        let endpoint = Endpoint { plain_http, budget, authority, ..Endpoint::new(host.clone(), self.clock.clone()) };
        let registry = Registry::connect(endpoint, credential)?;
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key, registry.clone());
        Ok(registry)
    }
}

/// A hash, so that no second copy of the secret is kept.
fn key(
    host: &Host,
    plain_http: bool,
    credential: Option<&Credential>,
    authority: Option<&str>,
    rates: (Option<NonZeroU32>, Option<NonZeroU32>),
) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut part = |text: &str| {
        // The length keeps `ab`+`c` apart from `a`+`bc`.
        hash.update(text.len().to_be_bytes());
        hash.update(text);
    };
    part(host.as_str());
    part(if plain_http { "http" } else { "https" });
    part(authority.unwrap_or_default());
    part(&format!("{rates:?}"));
    if let Some(credential) = credential {
        part(&credential.username);
        part(credential.secret.expose_secret());
    }
    hash.finalize().into()
}
