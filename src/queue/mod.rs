//! What is to be done later: payloads, and enqueueing inside the caller's transaction. Handlers stand in `worker`.

use chrono::{DateTime, Utc};
use graphile_worker::{JobSpec, RawJobSpec, WorkerUtils};
use serde::{Deserialize, Serialize};
use sqlx::{PgPool, Postgres, Transaction};

use crate::model::{Digest, HintId, RepoName, RunId};

/// PostgreSQL schema of the queue's own tables.
pub const SCHEMA: &str = "ferry_queue";

/// How often a job is begun before it is given up.
pub const MOST_ATTEMPTS: i16 = 5;

/// Plan a run: list the tags of its rule and queue a [`CopyDigest`] for each digest.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunRule {
    run: RunId,
}

impl RunRule {
    /// Its name in the queue.
    pub const NAME: &str = "run_rule";

    /// For this run.
    pub fn new(run: RunId) -> Self {
        Self { run }
    }

    /// The run.
    pub fn run_id(&self) -> RunId {
        self.run
    }
}

/// Start the runs of a hint once no more deliveries come about its tag.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SettleHint {
    hint: HintId,
}

impl SettleHint {
    /// Its name in the queue.
    pub const NAME: &str = "settle_hint";

    /// For this hint.
    pub fn new(hint: HintId) -> Self {
        Self { hint }
    }

    /// The hint.
    pub fn hint_id(&self) -> HintId {
        self.hint
    }

    fn key(&self) -> String {
        format!("hint:{}", self.hint)
    }
}

/// A job about the items of a run that share mirror and digest.
macro_rules! digest_job {
    ($(#[$doc:meta])* $job:ident = $name:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Serialize, Deserialize)]
        pub struct $job {
            run: RunId,
            mirror: RepoName,
            digest: Digest,
        }

        impl $job {
            /// Its name in the queue.
            pub const NAME: &str = $name;

            /// For the items of this run that share mirror and digest.
            pub fn new(run: RunId, mirror: RepoName, digest: Digest) -> Self {
                Self { run, mirror, digest }
            }

            /// The run.
            pub fn run_id(&self) -> RunId {
                self.run
            }

            /// Where the digest comes from.
            pub fn mirror(&self) -> &RepoName {
                &self.mirror
            }

            /// The digest of the image index or manifest.
            pub fn digest(&self) -> &Digest {
                &self.digest
            }
        }
    };
}

digest_job! {
    /// Bring one digest of a mirror, with its proofs, to where a run wants it, and move the run's tags of it.
    CopyDigest = "copy_digest"
}

digest_job! {
    /// Look again at what a run forwarded of one digest.
    CheckDigest = "check_digest"
}

/// The queue cannot take a job.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The job could not be written.
    #[error("a job could not be queued")]
    Add(#[from] graphile_worker::errors::GraphileWorkerError),
    /// The queue's own tables could not be brought up to date.
    #[error("the queue's tables could not be brought up to date: {0}")]
    Migrate(String),
    /// A payload could not be written as JSON.
    #[error("a job's payload could not be written")]
    Payload(#[from] serde_json::Error),
}

/// The queue of this database.
#[derive(Clone)]
pub struct Queue(WorkerUtils);

impl Queue {
    /// In this database.
    pub fn new(db: PgPool) -> Self {
        Self(WorkerUtils::new(db, SCHEMA))
    }

    /// Brings the queue's tables up to date.
    pub async fn migrate(&self) -> Result<(), QueueError> {
        self.0.migrate().await.map_err(|error| QueueError::Migrate(error.to_string()))
    }

    /// Queues the planning of a run; it begins once the transaction is committed.
    pub async fn run_rule(&self, tx: &mut Transaction<'_, Postgres>, job: &RunRule) -> Result<(), QueueError> {
        self.add(tx, RunRule::NAME, job, spec(format!("run:{}", job.run))).await
    }

    /// Queues the copy of a digest; it begins once the transaction is committed.
    pub async fn copy_digest(&self, tx: &mut Transaction<'_, Postgres>, job: &CopyDigest) -> Result<(), QueueError> {
        self.add(tx, CopyDigest::NAME, job, spec(format!("copy:{}:{}:{}", job.run, job.mirror, job.digest))).await
    }

    /// Queues another look at a digest; it begins once the transaction is committed.
    pub async fn check_digest(&self, tx: &mut Transaction<'_, Postgres>, job: &CheckDigest) -> Result<(), QueueError> {
        self.add(tx, CheckDigest::NAME, job, spec(format!("check:{}:{}:{}", job.run, job.mirror, job.digest))).await
    }

    /// Queues the start of a hint's runs for this moment; a job that waits for it already is moved there.
    pub async fn settle_hint(
        &self,
        tx: &mut Transaction<'_, Postgres>,
        job: &SettleHint,
        at: DateTime<Utc>,
    ) -> Result<(), QueueError> {
        self.add(tx, SettleHint::NAME, job, JobSpec { run_at: Some(at), ..spec(job.key()) }).await
    }

    /// The same for many hints at once.
    pub async fn settle_hints(
        &self,
        tx: &mut Transaction<'_, Postgres>,
        jobs: &[(SettleHint, DateTime<Utc>)],
    ) -> Result<(), QueueError> {
        if jobs.is_empty() {
            return Ok(());
        }
        let jobs = jobs.iter().map(|(job, at)| {
            Ok(RawJobSpec {
                identifier: SettleHint::NAME.to_owned(),
                payload: serde_json::to_value(job)?,
                spec: JobSpec { run_at: Some(*at), ..spec(job.key()) },
            })
        });
        let jobs = jobs.collect::<Result<Vec<_>, QueueError>>()?;
        self.0.clone().with_executor(&mut *tx).add_raw_jobs(&jobs).await?;
        Ok(())
    }

    async fn add(
        &self,
        tx: &mut Transaction<'_, Postgres>,
        name: &str,
        payload: &impl Serialize,
        spec: JobSpec,
    ) -> Result<(), QueueError> {
        self.0.clone().with_executor(&mut *tx).add_raw_job(name, serde_json::to_value(payload)?, spec).await?;
        Ok(())
    }
}

/// How every job is done; a second one of the same key takes the place of the first.
fn spec(key: String) -> JobSpec {
    JobSpec::builder().job_key(key).max_attempts(MOST_ATTEMPTS).build()
}
