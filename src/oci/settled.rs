//! What this run has already settled at a destination: a blob that many manifests name, as `{}`, is asked for once.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest as _, Sha256};
use tokio::sync::OnceCell;

use super::failure::CopyError;
use super::registry::Repository;
use crate::model::Digest;

/// Objects remembered at most: the memory of a run must not grow with its tags.
const MOST: usize = 65_536;

type Key = [u8; 32];

/// Shared by all copies of one run.
#[derive(Debug, Default)]
pub(super) struct Settled(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    done: HashSet<Key>,
    /// One brings it, the others wait for what comes of that.
    under_way: HashMap<Key, Arc<OnceCell<()>>>,
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

    /// It is looked for again next time.
    pub(super) fn forget(&self, target: &Repository, digest: &Digest) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).done.remove(&key(target, digest));
    }
}

fn key(target: &Repository, digest: &Digest) -> Key {
    Sha256::new().chain_update(target.to_string()).chain_update("@").chain_update(digest.as_str()).finalize().into()
}
