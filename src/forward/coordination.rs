//! What copies in all processes tell each other, through PostgreSQL.

use async_trait::async_trait;

use crate::app::App;
use crate::model::{Digest, Host, RepoName};
use crate::oci::{Coordination, CoordinationError, LockGuard};
use crate::store::{StoreError, blobs};

/// Locks and blob homes of the product.
#[derive(Debug)]
pub(super) struct Shared(pub App);

#[async_trait]
impl Coordination for Shared {
    async fn lock(&self, key: &str) -> Result<LockGuard, CoordinationError> {
        self.0.locks.lock(key).await.map(LockGuard::new).map_err(failed)
    }

    async fn blob_home(&self, host: &Host, digest: &Digest) -> Result<Option<RepoName>, CoordinationError> {
        blobs::home(&self.0.db, host, digest).await.map_err(failed)
    }

    async fn remember_blob(&self, host: &Host, repo: &RepoName, digest: &Digest) -> Result<(), CoordinationError> {
        blobs::remember(&self.0.db, host, digest, repo, self.0.clock.now()).await.map_err(failed)
    }
}

fn failed(error: StoreError) -> CoordinationError {
    CoordinationError(Box::new(error))
}
