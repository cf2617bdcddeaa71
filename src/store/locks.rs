//! Locks between processes: PostgreSQL advisory locks, all held by one connection of this process, so that the death
//! of the process frees them. Tasks of one process wait for each other in memory first, because a second advisory
//! lock of the same session would be granted.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as StdMutex, PoisonError, Weak};
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{PgPool, Postgres};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::StoreError;

/// How long a lock that another process holds is left alone before it is tried again.
const PATIENCE: Duration = Duration::from_millis(50);

/// The locks of this process.
#[derive(Clone)]
pub struct Locks(Arc<Inner>);

struct Inner {
    db: PgPool,
    connection: Mutex<Option<PoolConnection<Postgres>>>,
    waiting: StdMutex<HashMap<String, Weak<Mutex<()>>>>,
}

/// Holding one means that nobody else works under this key; dropping it lets the next one in.
pub struct Held {
    locks: Arc<Inner>,
    key: String,
    turn: Option<OwnedMutexGuard<()>>,
}

impl Locks {
    /// Locks in this database.
    pub fn new(db: PgPool) -> Self {
        Self(Arc::new(Inner { db, connection: Mutex::new(None), waiting: StdMutex::default() }))
    }

    /// Waits until nobody holds the key, here or in another process.
    pub async fn lock(&self, key: &str) -> Result<Held, StoreError> {
        let turn = self.turn(key).lock_owned().await;
        while !self.0.try_advisory(key).await? {
            tokio::time::sleep(PATIENCE).await;
        }
        Ok(Held { locks: Arc::clone(&self.0), key: key.to_owned(), turn: Some(turn) })
    }

    fn turn(&self, key: &str) -> Arc<Mutex<()>> {
        let mut waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, turn| turn.strong_count() > 0);
        if let Some(turn) = waiting.get(key).and_then(Weak::upgrade) {
            return turn;
        }
        let turn = Arc::new(Mutex::new(()));
        waiting.insert(key.to_owned(), Arc::downgrade(&turn));
        turn
    }
}

impl Inner {
    async fn try_advisory(&self, key: &str) -> Result<bool, StoreError> {
        let mut slot = self.connection.lock().await;
        if slot.is_none() {
            *slot = Some(self.db.acquire().await?);
        }
        let Some(connection) = slot.as_mut() else { return Ok(false) };
        let granted = sqlx::query_scalar!(r#"select pg_try_advisory_lock(hashtextextended($1, 0)) as "granted!""#, key)
            .fetch_one(&mut **connection)
            .await;
        if granted.is_err() {
            // A broken connection holds no locks any more; the next call opens a new one.
            if let Some(broken) = slot.take() {
                drop(broken.detach());
            }
        }
        Ok(granted?)
    }

    async fn release(&self, key: &str) {
        let mut slot = self.connection.lock().await;
        if let Some(connection) = slot.as_mut() {
            let released =
                sqlx::query_scalar!(r#"select pg_advisory_unlock(hashtextextended($1, 0)) as "released!""#, key)
                    .fetch_one(&mut **connection)
                    .await;
            if let Err(error) = released {
                tracing::warn!(%error, lock.key = key, "the connection that held a lock is gone, and the lock with it");
                if let Some(broken) = slot.take() {
                    drop(broken.detach());
                }
            }
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let (locks, key, turn) = (Arc::clone(&self.locks), std::mem::take(&mut self.key), self.turn.take());
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                locks.release(&key).await;
                drop(turn);
            });
        }
    }
}
