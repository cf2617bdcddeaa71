//! Items that wait for a person, and items whose copies are looked at again.

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;

use super::items::Unit;
use super::{StoreError, Tx, to_json};
use crate::model::{Coverage, Failure, Item, ItemId, ItemState};

/// One tag must not move without a person; what was seen of its image goes with the reason.
pub async fn hold(
    db: impl PgExecutor<'_>,
    item: ItemId,
    failure: &Failure,
    coverage: Option<&Coverage>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let coverage = coverage.map(|coverage| to_json("items.coverage", coverage)).transpose()?;
    sqlx::query!(
        "update items set state = 'held', failure = $2, coverage = coalesce($3, coverage), publishing_at = null,
                          updated_at = $4
         where id = $1",
        item.0,
        to_json("items.failure", failure)?,
        coverage,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A person decided: the item is `succeeded` or `cancelled`, and keeps the reason for which it was held. Answers false
/// where somebody else was faster.
pub async fn decide(
    tx: &mut Tx,
    item: ItemId,
    state: ItemState,
    coverage: Option<&Coverage>,
    person: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let coverage = coverage.map(|coverage| to_json("items.coverage", coverage)).transpose()?;
    let done = sqlx::query!(
        "update items set state = $2, decided_by = $3, coverage = coalesce($4, coverage), finished_at = $5,
                          updated_at = $5
         where id = $1 and state = 'held'",
        item.0,
        state.as_str(),
        person,
        coverage,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A later run brought another digest to this item's tag: to release it now would turn the tag back.
pub async fn is_overtaken(db: impl PgExecutor<'_>, item: &Item) -> Result<bool, StoreError> {
    let later = sqlx::query_scalar!(
        r#"select exists (
               select 1 from items
               where target_host = $1 and target_repository = $2 and tag = $3 and id > $4 and digest <> $5
                 and state in ('succeeded', 'unchanged')
           ) as "later!""#,
        item.target.host.as_str(),
        item.target.repository.as_str(),
        item.tag.as_str(),
        item.id.0,
        item.digest.as_str()
    )
    .fetch_one(db)
    .await?;
    Ok(later)
}

/// The copy was looked at again; its state stays.
pub async fn set_checked(
    db: impl PgExecutor<'_>,
    item: ItemId,
    coverage: &Coverage,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "update items set coverage = $2, checked_at = $3, check_failure = null, updated_at = $3 where id = $1",
        item.0,
        to_json("items.coverage", coverage)?,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The unit's copy could not be looked at again.
pub async fn set_check_failure(
    db: impl PgExecutor<'_>,
    unit: Unit<'_>,
    failure: &Failure,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "update items set checked_at = $4, check_failure = $5, updated_at = $4
         where run_id = $1 and mirror = $2 and digest = $3",
        unit.run.0,
        unit.mirror.as_str(),
        unit.digest.as_str(),
        now,
        to_json("items.check_failure", failure)?
    )
    .execute(db)
    .await?;
    Ok(())
}
