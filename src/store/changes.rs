//! Word between processes that a run changed, by PostgreSQL's own notifications.

use sqlx::postgres::PgListener;
use sqlx::{PgExecutor, PgPool};

use super::StoreError;
use crate::model::RunId;

const CHANNEL: &str = "ferry_runs";

/// Tells every process, when the caller's transaction commits, that the run or one of its items changed.
pub async fn announce(db: impl PgExecutor<'_>, run: RunId) -> Result<(), StoreError> {
    sqlx::query!("select pg_notify($1, $2)", CHANNEL, run.to_string()).execute(db).await?;
    Ok(())
}

/// Hears what [`announce`] tells.
pub struct Listener(PgListener);

impl Listener {
    /// Starts to listen; reconnects by itself.
    pub async fn open(db: &PgPool) -> Result<Self, StoreError> {
        let mut listener = PgListener::connect_with(db).await?;
        listener.listen(CHANNEL).await?;
        Ok(Self(listener))
    }

    /// Waits for the next change. None: the connection was lost, so any run may have changed.
    pub async fn next(&mut self) -> Result<Option<RunId>, StoreError> {
        Ok(self.0.try_recv().await?.and_then(|notification| notification.payload().parse().ok()))
    }
}
