//! Items under a person's or the other side's control: cancelled, paused, about to be published.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;

use super::items::Unit;
use super::{StoreError, Tx, parsed, to_json};
use crate::model::{Digest, Failure, ItemId, RepoName, RunId};

/// Cancels one item of a run, or all, where they are neither over nor held nor being tagged at this moment. Answers how
/// many.
pub async fn cancel(
    tx: &mut Tx,
    run: RunId,
    item: Option<ItemId>,
    person: &str,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let done = sqlx::query!(
        "update items set state = 'cancelled', cancelled_by = $3, next_try_at = null, finished_at = $4, updated_at = $4
         where run_id = $1 and ($2::uuid is null or id = $2) and publishing_at is null
           and state in ('queued', 'running', 'waiting', 'retrying')",
        run.0,
        item.map(|item| item.0),
        person,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// Notes that a run was cancelled: if it is not planned yet, it never will be. Answers false where it was before.
pub async fn cancel_run(tx: &mut Tx, run: RunId, person: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "update runs set cancelled_at = $2, cancelled_by = $3 where id = $1 and cancelled_at is null",
        run.0,
        now,
        person
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether a run was cancelled; until the transaction ends nobody else can.
pub async fn is_cancelled(tx: &mut Tx, run: RunId) -> Result<bool, StoreError> {
    let cancelled =
        sqlx::query_scalar!(r#"select cancelled_at is not null as "is!" from runs where id = $1 for update"#, run.0)
            .fetch_optional(&mut **tx)
            .await?;
    Ok(cancelled.unwrap_or(true))
}

/// Some item of the unit still wants to be forwarded.
pub async fn is_wanted(db: impl PgExecutor<'_>, unit: Unit<'_>) -> Result<bool, StoreError> {
    let wanted = sqlx::query_scalar!(
        r#"select exists (
               select 1 from items where run_id = $1 and mirror = $2 and digest = $3
                 and state in ('queued', 'running', 'waiting', 'retrying')
           ) as "wanted!""#,
        unit.run.0,
        unit.mirror.as_str(),
        unit.digest.as_str()
    )
    .fetch_one(db)
    .await?;
    Ok(wanted)
}

/// The tag of the item is going to be moved now. Answers false where it was cancelled: then it must not.
pub async fn claim_tag(db: impl PgExecutor<'_>, item: ItemId, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "update items set publishing_at = $2, state = 'running', next_try_at = null
         where id = $1 and state in ('queued', 'running', 'waiting', 'retrying')",
        item.0,
        now
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The unit's items wait in the middle of their copy until that moment, or go on.
pub async fn pause(
    db: impl PgExecutor<'_>,
    unit: Unit<'_>,
    until: Option<(DateTime<Utc>, &Failure)>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let failure = until.map(|(_, failure)| to_json("items.failure", failure)).transpose()?;
    sqlx::query!(
        "update items set state = case when $4::timestamptz is null then 'running' else 'waiting' end,
                          next_try_at = $4, failure = $5, updated_at = $6
         where run_id = $1 and mirror = $2 and digest = $3 and state in ('running', 'waiting')
           and publishing_at is null",
        unit.run.0,
        unit.mirror.as_str(),
        unit.digest.as_str(),
        until.map(|(until, _)| until),
        failure,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The source is read with this session from now on.
pub async fn read_as(tx: &mut Tx, run: RunId, session: Option<&str>) -> Result<(), StoreError> {
    sqlx::query!("update runs set session_id = $2 where id = $1", run.0, session).execute(&mut **tx).await?;
    Ok(())
}

/// A run whose tags could not be listed at all may be planned again; answers whether it is one.
pub async fn replan(tx: &mut Tx, run: RunId) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "update runs set plan_failure = null
         where id = $1 and plan_failure is not null and planned_at is null and cancelled_at is null",
        run.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The failed items of a run are queued again; answers their digests.
pub async fn requeue_failed(
    tx: &mut Tx,
    run: RunId,
    now: DateTime<Utc>,
) -> Result<BTreeSet<(RepoName, Digest)>, StoreError> {
    let rows = sqlx::query!(
        "update items set state = 'queued', failure = null, finished_at = null, started_at = null, next_try_at = null,
                          updated_at = $2
         where run_id = $1 and state = 'failed' returning mirror, digest",
        run.0,
        now
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| Ok((parsed("items.mirror", &row.mirror)?, parsed("items.digest", &row.digest)?)))
        .collect()
}

/// A later run moved the tag of the item to another image, so this one must not.
pub async fn overtaken(
    db: impl PgExecutor<'_>,
    item: ItemId,
    failure: &Failure,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "update items set state = 'cancelled', failure = $2, next_try_at = null, finished_at = $3, updated_at = $3
         where id = $1 and state in ('queued', 'running', 'waiting', 'retrying')",
        item.0,
        to_json("items.failure", failure)?,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The unit's open items wait until somebody resumes.
pub async fn wait_for_resume(
    tx: &mut Tx,
    unit: Unit<'_>,
    failure: &Failure,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "update items set state = 'waiting', next_try_at = null, failure = $4, updated_at = $5
         where run_id = $1 and mirror = $2 and digest = $3 and state in ('queued', 'running', 'waiting', 'retrying')",
        unit.run.0,
        unit.mirror.as_str(),
        unit.digest.as_str(),
        to_json("items.failure", failure)?,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
