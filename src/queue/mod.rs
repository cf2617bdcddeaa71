//! What is to be done later: payloads, and enqueueing inside the caller's transaction. Handlers stand in `worker`.

use chrono::{DateTime, Utc};
use graphile_worker::worker_utils::types::CleanupTask;
use graphile_worker::{JobSpec, RawJobSpec, WorkerUtils};
use serde::{Deserialize, Serialize};
use sqlx::{PgPool, Postgres, Transaction};

use crate::model::{ApiError, Digest, HintId, OrgName, RepoName, RunId, SelectionId};

/// PostgreSQL schema of the queue's own tables.
pub const SCHEMA: &str = "ferry_queue";

/// How often a job is tried before its work counts as failed.
pub const MOST_TRIES: u32 = 5;
/// How often a job is begun at most. Far more than it is tried: a worker that died has not tried.
const MOST_ATTEMPTS: i16 = 100;

/// Digests of a run that are done in one round, before other runs have their next.
const FAIR_SHARE: usize = 16;

/// What can be queued.
pub trait Job: Serialize {
    /// Its name in the queue.
    const NAME: &'static str;

    /// What it is about: of two jobs with the same key only one waits.
    fn key(&self) -> String;
}

/// A job that can be tried once more after it failed.
pub trait Retried: Job + Sized {
    /// Tries that failed before this one.
    fn tries(&self) -> u32;

    /// The same, after one more try that failed.
    #[must_use]
    fn again(&self) -> Self;

    /// If this try fails, the work has failed.
    fn is_last(&self) -> bool {
        self.tries() + 1 >= MOST_TRIES
    }
}

macro_rules! retried {
    ($job:ident) => {
        impl Retried for $job {
            fn tries(&self) -> u32 {
                self.tries
            }

            fn again(&self) -> Self {
                Self { tries: self.tries + 1, ..self.clone() }
            }
        }
    };
}

/// Plan a run: list the tags of its rule and queue a [`CopyDigest`] for each digest.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunRule {
    run: RunId,
    #[serde(default)]
    tries: u32,
}

impl RunRule {
    /// For this run.
    pub fn new(run: RunId) -> Self {
        Self { run, tries: 0 }
    }

    /// The run.
    pub fn run_id(&self) -> RunId {
        self.run
    }
}

impl Job for RunRule {
    const NAME: &'static str = "run_rule";

    fn key(&self) -> String {
        format!("run:{}", self.run)
    }
}

retried!(RunRule);

/// Start the runs of a hint once no more deliveries come about its tag.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SettleHint {
    hint: HintId,
}

impl SettleHint {
    /// For this hint.
    pub fn new(hint: HintId) -> Self {
        Self { hint }
    }

    /// The hint.
    pub fn hint_id(&self) -> HintId {
        self.hint
    }
}

impl Job for SettleHint {
    const NAME: &'static str = "settle_hint";

    fn key(&self) -> String {
        format!("hint:{}", self.hint)
    }
}

/// Read the mirroring log of an organization's mirrors.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FollowLog {
    organization: OrgName,
}

impl FollowLog {
    /// Of this organization.
    pub fn new(organization: OrgName) -> Self {
        Self { organization }
    }

    /// The organization.
    pub fn organization(&self) -> &OrgName {
        &self.organization
    }
}

impl Job for FollowLog {
    const NAME: &'static str = "follow_log";

    fn key(&self) -> String {
        format!("log:{}", self.organization)
    }
}

/// Read Docker's catalog again as an organization is shown it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RefreshCatalog {
    organization: OrgName,
}

impl RefreshCatalog {
    /// Of this organization.
    pub fn new(organization: OrgName) -> Self {
        Self { organization }
    }

    /// The organization.
    pub fn organization(&self) -> &OrgName {
        &self.organization
    }
}

impl Job for RefreshCatalog {
    const NAME: &'static str = "refresh_catalog";

    fn key(&self) -> String {
        format!("catalog:{}", self.organization)
    }
}

/// Look through the catalog for what a selection proposes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LookThrough {
    organization: OrgName,
    selection: SelectionId,
}

impl LookThrough {
    /// For this selection.
    pub fn new(organization: OrgName, selection: SelectionId) -> Self {
        Self { organization, selection }
    }

    /// The organization.
    pub fn organization(&self) -> &OrgName {
        &self.organization
    }

    /// The selection.
    pub fn selection(&self) -> SelectionId {
        self.selection
    }
}

impl Job for LookThrough {
    const NAME: &'static str = "look_through";

    fn key(&self) -> String {
        format!("selection:{}", self.selection)
    }
}

/// Remove what is too old to be kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SweepHistory {}

impl SweepHistory {
    /// Of all organizations.
    pub fn new() -> Self {
        Self {}
    }
}

impl Job for SweepHistory {
    const NAME: &'static str = "sweep_history";

    fn key(&self) -> String {
        Self::NAME.to_owned()
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
            #[serde(default)]
            tries: u32,
        }

        impl $job {
            /// For the items of this run that share mirror and digest.
            pub fn new(run: RunId, mirror: RepoName, digest: Digest) -> Self {
                Self { run, mirror, digest, tries: 0 }
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

        impl Job for $job {
            const NAME: &'static str = $name;

            fn key(&self) -> String {
                format!("{}:{}:{}:{}", Self::NAME, self.run, self.mirror, self.digest)
            }
        }

        retried!($job);
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
    /// A job could not be written or removed.
    #[error("the job queue cannot be written")]
    Change(#[from] graphile_worker::errors::GraphileWorkerError),
    /// The queue's own tables could not be brought up to date.
    #[error("the queue's tables could not be brought up to date: {0}")]
    Migrate(String),
    /// A payload could not be written as JSON.
    #[error("a job's payload could not be written")]
    Payload(#[from] serde_json::Error),
}

impl From<QueueError> for ApiError {
    fn from(error: QueueError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "a job could not be queued");
        Self::Internal
    }
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

    /// Removes jobs that will never begin: those replaced by another of their key while their worker was dying, and those
    /// that were begun as often as a job may be.
    pub async fn clean(&self) -> Result<(), QueueError> {
        Ok(self.0.cleanup(&[CleanupTask::DeletePermanentlyFailedJobs]).await?)
    }

    /// Queues a job; it begins once the transaction is committed. One with the same key that waits is replaced; one that
    /// is being done goes on, but is not begun again.
    pub async fn add(&self, tx: &mut Transaction<'_, Postgres>, job: &impl Job) -> Result<(), QueueError> {
        self.add_at(tx, job, None).await
    }

    /// Queues a job that begins at that moment, or once the transaction is committed.
    pub async fn add_at<J: Job>(
        &self,
        tx: &mut Transaction<'_, Postgres>,
        job: &J,
        at: Option<DateTime<Utc>>,
    ) -> Result<(), QueueError> {
        let raw = raw(job, at)?;
        self.0.clone().with_executor(&mut *tx).add_raw_job(&raw.identifier, raw.payload, raw.spec).await?;
        Ok(())
    }

    /// Queues the copies of a run at once. Of all runs that wait, each has its first digests done before others have all of
    /// theirs; `rank` 0 goes before 1 among equals.
    pub async fn add_fairly(
        &self,
        tx: &mut Transaction<'_, Postgres>,
        jobs: &[CopyDigest],
        rank: i16,
    ) -> Result<(), QueueError> {
        if jobs.is_empty() {
            return Ok(());
        }
        let ranked = jobs.iter().enumerate().map(|(at, job)| {
            let round = i16::try_from(at / FAIR_SHARE).unwrap_or(i16::MAX / 2).min(i16::MAX / 2);
            let raw = raw(job, None)?;
            Ok(RawJobSpec { spec: JobSpec { priority: Some(rank.saturating_add(round)), ..raw.spec }, ..raw })
        });
        let ranked = ranked.collect::<Result<Vec<_>, QueueError>>()?;
        self.0.clone().with_executor(&mut *tx).add_raw_jobs(&ranked).await?;
        Ok(())
    }

    /// Queues many jobs of a kind at once, each for its moment.
    pub async fn add_all<J: Job>(
        &self,
        tx: &mut Transaction<'_, Postgres>,
        jobs: &[(J, DateTime<Utc>)],
    ) -> Result<(), QueueError> {
        if jobs.is_empty() {
            return Ok(());
        }
        let jobs = jobs.iter().map(|(job, at)| raw(job, Some(*at))).collect::<Result<Vec<_>, _>>()?;
        self.0.clone().with_executor(&mut *tx).add_raw_jobs(&jobs).await?;
        Ok(())
    }
}

fn raw<J: Job>(job: &J, at: Option<DateTime<Utc>>) -> Result<RawJobSpec, QueueError> {
    Ok(RawJobSpec {
        identifier: J::NAME.to_owned(),
        payload: serde_json::to_value(job)?,
        spec: JobSpec { run_at: at, ..JobSpec::builder().job_key(job.key()).max_attempts(MOST_ATTEMPTS).build() },
    })
}
