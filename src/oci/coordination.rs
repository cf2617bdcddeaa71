//! What copies that run at the same time, here or on other machines, tell each other. The engine names what it needs; the
//! product answers through PostgreSQL, tests through [`InProcess`].

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use async_trait::async_trait;

use crate::model::{Digest, Host, RepoName};

/// The shared memory did not answer.
#[derive(Debug, thiserror::Error)]
#[error("shared state: {0}")]
pub struct CoordinationError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Held as long as the lock is; dropping it lets the next one in.
pub struct LockGuard(#[expect(dead_code, reason = "held for its drop")] Box<dyn Any + Send>);

impl LockGuard {
    /// Whatever releases the lock when it is dropped.
    pub fn new(held: impl Any + Send) -> Self {
        Self(Box::new(held))
    }
}

impl fmt::Debug for LockGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LockGuard")
    }
}

/// Locks and the memory of where blobs are, shared by all workers.
#[async_trait]
pub trait Coordination: Send + Sync + fmt::Debug {
    /// Waits until nobody else holds this key. Never asked for while another lock is held.
    async fn lock(&self, key: &str) -> Result<LockGuard, CoordinationError>;

    /// A repository of this host that was last known to have the blob.
    async fn blob_home(&self, host: &Host, digest: &Digest) -> Result<Option<RepoName>, CoordinationError>;

    /// This repository has the blob now.
    async fn remember_blob(&self, host: &Host, repo: &RepoName, digest: &Digest) -> Result<(), CoordinationError>;
}

/// Coordination of copies inside one process.
#[derive(Debug, Default)]
pub struct InProcess {
    locks: Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>,
    homes: Mutex<HashMap<(Host, Digest), RepoName>>,
}

#[async_trait]
impl Coordination for InProcess {
    async fn lock(&self, key: &str) -> Result<LockGuard, CoordinationError> {
        let lock = {
            let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
            locks.retain(|_, lock| lock.strong_count() > 0);
            let known = locks.get(key).and_then(Weak::upgrade);
            known.unwrap_or_else(|| {
                let fresh = Arc::new(tokio::sync::Mutex::new(()));
                locks.insert(key.to_owned(), Arc::downgrade(&fresh));
                fresh
            })
        };
        Ok(LockGuard::new(lock.lock_owned().await))
    }

    async fn blob_home(&self, host: &Host, digest: &Digest) -> Result<Option<RepoName>, CoordinationError> {
        let homes = self.homes.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(homes.get(&(host.clone(), digest.clone())).cloned())
    }

    async fn remember_blob(&self, host: &Host, repo: &RepoName, digest: &Digest) -> Result<(), CoordinationError> {
        let mut homes = self.homes.lock().unwrap_or_else(PoisonError::into_inner);
        homes.insert((host.clone(), digest.clone()), repo.clone());
        Ok(())
    }
}
