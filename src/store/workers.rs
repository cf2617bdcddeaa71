//! Processes that work on jobs, by their signs of life.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgExecutor;
use uuid::Uuid;

use super::StoreError;

/// Who was not seen for longer does not count; it is forgotten after ten times that.
const ALIVE: TimeDelta = TimeDelta::seconds(30);

/// A sign of life; answers how many processes are alive, this one included.
pub async fn beat(db: impl PgExecutor<'_>, id: Uuid, now: DateTime<Utc>) -> Result<u32, StoreError> {
    let others = sqlx::query_scalar!(
        r#"with beat as (
               insert into workers (id, seen_at) values ($1, $2)
               on conflict (id) do update set seen_at = excluded.seen_at
           ), old as (delete from workers where seen_at < $4)
           select count(*) as "number!" from workers where id <> $1 and seen_at >= $3"#,
        id,
        now,
        now - ALIVE,
        now - ALIVE * 10
    )
    .fetch_one(db)
    .await?;
    Ok(super::small(others) + 1)
}

/// This process ends.
pub async fn leave(db: impl PgExecutor<'_>, id: Uuid) -> Result<(), StoreError> {
    sqlx::query!("delete from workers where id = $1", id).execute(db).await?;
    Ok(())
}
