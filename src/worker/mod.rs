//! The jobs of the queue, one file each, and the worker that does them.

mod check_digest;
mod copy_digest;
mod error;
mod follow_log;
mod look_through;
mod refresh_catalog;
mod run_rule;
mod settle_hint;
mod sweep_history;

use std::time::Duration;

use graphile_worker::{LocalQueueConfig, Worker, WorkerOptions, WorkerRecoveryConfig};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::{forward, queue};

pub use error::JobError;

/// How long a job may go on after the process was asked to stop; then it is handed back to the queue.
const GRACE: Duration = Duration::from_secs(15);

/// Jobs a worker takes before it has a hand free for them. Without any, a free hand waits for the next second, and no worker
/// does more jobs a second than it has hands; with many, jobs would wait here while other processes have nothing to do.
const AHEAD: usize = 1;
/// How long such a job may wait before another process may have it.
const AHEAD_FOR: Duration = Duration::from_secs(2);

/// Pause before a worker that ended begins again.
const AGAIN: Duration = Duration::from_secs(1);

/// Why the worker ended before it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    #[error("the worker could not start: {0}")]
    Start(String),
    #[error("the worker ended: {0}")]
    End(String),
}

/// Works on jobs until `stop`; a job whose worker dies goes on in another one after the configured time. When the database
/// goes away, it is waited for.
pub async fn run(app: App, stop: CancellationToken) -> Result<(), WorkerError> {
    let mut worker = build(app.clone(), stop.clone()).await?;
    // Beside the jobs, and over when they are.
    let clockwork = tokio::spawn(forward::clockwork(app.clone(), stop.clone()));
    loop {
        let ended = worker.run().await;
        if stop.is_cancelled() {
            clockwork.abort();
            return ended.map_err(|error| WorkerError::End(error.to_string()));
        }
        tracing::warn!("the worker ended and begins again: {ended:?}");
        worker = loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(AGAIN) => {}
            }
            match build(app.clone(), stop.clone()).await {
                Ok(worker) => break worker,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "no worker can begin yet: {error}");
                }
            }
        };
    }
}

async fn build(app: App, stop: CancellationToken) -> Result<Worker, WorkerError> {
    let timeout = app.config.worker_timeout;
    let recovery = WorkerRecoveryConfig::default()
        .heartbeat_interval(timeout / 4)
        .sweep_interval(timeout / 2)
        .sweep_threshold(timeout)
        .recovery_delay(Duration::ZERO);
    WorkerOptions::default()
        .schema(queue::SCHEMA)
        .pg_pool(app.db.clone())
        .concurrency(usize::from(app.config.concurrency.max(1)))
        .poll_interval(Duration::from_secs(1))
        .local_queue(LocalQueueConfig::default().with_size(AHEAD).with_ttl(AHEAD_FOR))
        .worker_recovery(recovery)
        .listen_os_shutdown_signals(false)
        .shutdown_signal(async move { stop.cancelled().await })
        .shutdown_grace_period(GRACE)
        .shutdown_interrupted_job_retry_delay(Duration::ZERO)
        .add_extension(app)
        .define_job::<queue::RunRule>()
        .define_job::<queue::CopyDigest>()
        .define_job::<queue::CheckDigest>()
        .define_job::<queue::FollowLog>()
        .define_job::<queue::RefreshCatalog>()
        .define_job::<queue::LookThrough>()
        .define_job::<queue::SweepHistory>()
        .define_job::<queue::SettleHint>()
        .init()
        .await
        .map_err(|error| WorkerError::Start(error.to_string()))
}
