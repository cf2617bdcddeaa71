//! What this run has already settled at a destination: a blob that many manifests name, as `{}`, is asked for once, and
//! the manifest that a tag is about to name is not read back.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest as _, Sha256};
use tokio::sync::OnceCell;

use super::failure::CopyError;
use super::manifest::RawManifest;
use super::registry::Repository;
use crate::model::Digest;

/// Objects remembered at most: the memory of a run must not grow with its tags.
const MOST: usize = 65_536;

/// Of the manifests that wait for their tags.
const MOST_BYTES: u64 = 1024 * 1024;

type Key = [u8; 32];

/// Shared by all copies of one run.
#[derive(Debug, Default)]
pub(super) struct Settled(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    done: HashSet<Key>,
    /// One brings it, the others wait for what comes of that.
    under_way: HashMap<Key, Arc<OnceCell<()>>>,
    roots: HashMap<Key, RawManifest>,
}

impl Settled {
    /// Does the work unless it was done; whoever comes while it is under way waits for it. A failure settles nothing.
    pub(super) async fn once(
        &self,
        target: &Repository,
        digest: &Digest,
        work: impl Future<Output = Result<(), CopyError>>,
    ) -> Result<(), CopyError> {
        let key = key(target, digest);
        let cell = {
            let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if state.done.contains(&key) {
                return Ok(());
            }
            Arc::clone(state.under_way.entry(key).or_default())
        };
        let done = cell.get_or_try_init(|| work).await.map(drop);
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.under_way.remove(&key);
        if done.is_ok() {
            if state.done.len() >= MOST {
                state.done.clear();
            }
            state.done.insert(key);
        }
        done
    }

    /// The destination has this image whole; its tags will name this manifest. Forgotten when there are too many.
    pub(super) fn keep_root(&self, target: &Repository, root: &RawManifest) {
        let roots = &mut self.0.lock().unwrap_or_else(PoisonError::into_inner).roots;
        if roots.values().map(RawManifest::size).sum::<u64>() + root.size() > MOST_BYTES {
            roots.clear();
        }
        roots.insert(key(target, &root.digest), root.clone());
    }

    /// The manifest, where this run has seen it at the destination.
    pub(super) fn root(&self, target: &Repository, digest: &Digest) -> Option<RawManifest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).roots.get(&key(target, digest)).cloned()
    }

    /// It is looked for again next time.
    pub(super) fn forget(&self, target: &Repository, digest: &Digest) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).done.remove(&key(target, digest));
    }
}

fn key(target: &Repository, digest: &Digest) -> Key {
    Sha256::new().chain_update(target.to_string()).chain_update("@").chain_update(digest.as_str()).finalize().into()
}
