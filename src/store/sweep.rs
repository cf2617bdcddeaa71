//! What is too old to be kept.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use super::runs::plan;
use super::{StoreError, begin, commit, items, to_json};
use crate::model::{ItemCounts, RunId, RunState, Swept};

/// Runs swept in one transaction.
const AT_ONCE: i64 = 200;

/// Removes the items of runs that began before that moment and are over, and leaves their numbers. Answers how many runs.
pub async fn items_before(db: &PgPool, moment: DateTime<Utc>) -> Result<usize, StoreError> {
    let mut swept = 0;
    loop {
        let mut tx = begin(db).await?;
        let rows = sqlx::query!(
            r#"select id as "id: RunId", plan_failure is not null as "has_failed!", planned_at is not null as "planned!",
                      cancelled_at is not null as "cancelled!"
               from runs r
               where created_at < $1 and swept is null
                 and not exists (
                     select 1 from items i where i.run_id = r.id
                       and i.state not in ('succeeded', 'unchanged', 'failed', 'cancelled')
                 )
               order by id limit $2 for update skip locked"#,
            moment,
            AT_ONCE
        )
        .fetch_all(&mut *tx)
        .await?;
        if rows.is_empty() {
            return Ok(swept);
        }
        let runs: Vec<RunId> = rows.iter().map(|row| row.id).collect();
        let mut totals = items::totals(&mut *tx, &runs).await?;
        for row in rows {
            let totals = totals.remove(&row.id).unwrap_or_default();
            let counts = ItemCounts(totals.counts);
            let numbers = Swept {
                state: Some(RunState::from_items(plan(row.has_failed, row.planned, row.cancelled), &counts)),
                counts,
                bytes: totals.bytes,
                last_finished: totals.last_finished,
            };
            sqlx::query!("update runs set swept = $2 where id = $1", row.id.0, to_json("runs.swept", &numbers)?)
                .execute(&mut *tx)
                .await?;
        }
        let ids: Vec<uuid::Uuid> = runs.iter().map(|run| run.0).collect();
        sqlx::query!("delete from items where run_id = any($1)", &ids).execute(&mut *tx).await?;
        commit(tx).await?;
        swept += runs.len();
    }
}

/// Removes deliveries, hints and what was missed before that moment.
pub async fn deliveries_before(db: &PgPool, moment: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!("delete from deliveries where received_at < $1", moment).execute(db).await?;
    sqlx::query!("delete from hints where taken_at < $1", moment).execute(db).await?;
    sqlx::query!("delete from missed_hooks where found_at < $1", moment).execute(db).await?;
    sqlx::query!("delete from previews where made_at < now() - interval '1 day'").execute(db).await?;
    Ok(())
}
