//! Items: one tag of a run each. Those that share a digest are worked on together, so most changes are by digest.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;

use super::{StoreError, Tx, from_json, parsed, signed, small, to_json, unsigned};
use crate::model::{Coverage, Digest, Failure, Item, ItemId, ItemState, RepoName, RepoRef, RunId, Tag};

/// An item of a plan.
pub struct NewItem {
    pub mirror: RepoName,
    pub tag: Tag,
    pub target: RepoRef,
    pub digest: Digest,
    /// Where it is known to be there, unchanged: the record of that.
    pub arrived: Option<uuid::Uuid>,
}

/// The items of a run that share a mirror and a digest.
#[derive(Clone, Copy)]
pub struct Unit<'a> {
    pub run: RunId,
    pub mirror: &'a RepoName,
    pub digest: &'a Digest,
}

/// How a run's items stand together.
#[derive(Default)]
pub struct Totals {
    pub counts: Vec<(ItemState, u32)>,
    pub bytes: u64,
    /// When the last of them ended.
    pub last_finished: Option<DateTime<Utc>>,
}

/// Writes the items of a plan: queued, or unchanged with the coverage that was seen when they arrived.
pub async fn insert_all(tx: &mut Tx, run: RunId, items: &[NewItem], now: DateTime<Utc>) -> Result<(), StoreError> {
    let ids: Vec<uuid::Uuid> = items.iter().map(|_| uuid::Uuid::now_v7()).collect();
    let known: Vec<Option<uuid::Uuid>> = items.iter().map(|item| item.arrived).collect();
    let column = |value: fn(&NewItem) -> String| items.iter().map(value).collect::<Vec<_>>();
    sqlx::query!(
        r#"insert into items (id, run_id, mirror, tag, target_host, target_repository, digest, target_digest, state,
                              coverage, finished_at, updated_at)
           select new.id, $2, mirror, tag, host, repository, new.digest, nullif(arrived.known ->> 'digest', new.digest),
                  case when new.arrived is null then 'queued' else 'unchanged' end, arrived.coverage,
                  case when new.arrived is not null then $9::timestamptz end, $9
           from unnest($1::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[])
                as new (id, mirror, tag, host, repository, digest, arrived)
                left join arrived on arrived.id = new.arrived"#,
        &ids,
        run.0,
        &column(|i| i.mirror.to_string()),
        &column(|i| i.tag.to_string()),
        &column(|i| i.target.host.to_string()),
        &column(|i| i.target.repository.to_string()),
        &column(|i| i.digest.to_string()),
        &known as &[Option<uuid::Uuid>],
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

struct Row {
    id: ItemId,
    mirror: String,
    tag: String,
    target_host: String,
    target_repository: String,
    digest: String,
    target_digest: Option<String>,
    state: String,
    bytes: i64,
    attempts: i32,
    coverage: Option<serde_json::Value>,
    failure: Option<serde_json::Value>,
    decided_by: Option<String>,
    checked_at: Option<DateTime<Utc>>,
    check_failure: Option<serde_json::Value>,
    next_try_at: Option<DateTime<Utc>>,
    cancelled_by: Option<String>,
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Item {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            mirror: parsed("items.mirror", &row.mirror)?,
            tag: parsed("items.tag", &row.tag)?,
            target: RepoRef {
                host: parsed("items.target_host", &row.target_host)?,
                repository: parsed("items.target_repository", &row.target_repository)?,
            },
            digest: parsed("items.digest", &row.digest)?,
            target_digest: row.target_digest.map(|text| parsed("items.target_digest", &text)).transpose()?,
            state: state(&row.state)?,
            bytes: unsigned(row.bytes),
            attempts: u32::try_from(row.attempts).unwrap_or_default(),
            coverage: row.coverage.map(|json| from_json("items.coverage", json)).transpose()?,
            failure: row.failure.map(|json| from_json("items.failure", json)).transpose()?,
            decided_by: row.decided_by,
            checked_at: row.checked_at,
            check_failure: row.check_failure.map(|json| from_json("items.check_failure", json)).transpose()?,
            next_try_at: row.next_try_at,
            cancelled_by: row.cancelled_by,
            started_at: row.started_at,
            finished_at: row.finished_at,
        })
    }
}

fn state(text: &str) -> Result<ItemState, StoreError> {
    ItemState::parse(text).ok_or_else(|| StoreError::Inconsistent {
        column: "items.state",
        value: text.to_owned(),
        reason: "no item state has this name".to_owned(),
    })
}

/// The destination knows the unit's image under another digest.
pub async fn set_target_digest(db: impl PgExecutor<'_>, unit: Unit<'_>, target: &Digest) -> Result<(), StoreError> {
    sqlx::query!(
        "update items set target_digest = $4 where run_id = $1 and mirror = $2 and digest = $3",
        unit.run.0,
        unit.mirror.as_str(),
        unit.digest.as_str(),
        target.as_str()
    )
    .execute(db)
    .await?;
    Ok(())
}

/// All items of a run, by mirror and tag.
pub async fn list(db: impl PgExecutor<'_>, run: RunId) -> Result<Vec<Item>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id as "id: ItemId", mirror, tag, target_host, target_repository, digest, target_digest, state, bytes, attempts,
                  coverage, failure, decided_by, checked_at, check_failure, next_try_at, cancelled_by, started_at,
                  finished_at
           from items where run_id = $1 order by mirror, tag"#,
        run.0
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(Item::try_from).collect()
}

/// The items of a unit, by tag.
pub async fn of_unit(db: impl PgExecutor<'_>, unit: Unit<'_>) -> Result<Vec<Item>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id as "id: ItemId", mirror, tag, target_host, target_repository, digest, target_digest, state, bytes, attempts,
                  coverage, failure, decided_by, checked_at, check_failure, next_try_at, cancelled_by, started_at,
                  finished_at
           from items where run_id = $1 and mirror = $2 and digest = $3 order by tag"#,
        unit.run.0,
        unit.mirror.as_str(),
        unit.digest.as_str()
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(Item::try_from).collect()
}

/// How the items of these runs stand.
pub async fn totals(db: impl PgExecutor<'_>, runs: &[RunId]) -> Result<HashMap<RunId, Totals>, StoreError> {
    let ids: Vec<uuid::Uuid> = runs.iter().map(|run| run.0).collect();
    let rows = sqlx::query!(
        r#"select run_id as "run_id: RunId", state, count(*) as "count!", sum(bytes)::bigint as "bytes!",
                  max(finished_at) as last_finished
           from items where run_id = any($1) group by run_id, state"#,
        &ids
    )
    .fetch_all(db)
    .await?;
    let mut totals: HashMap<RunId, Totals> = HashMap::new();
    for row in rows {
        let entry = totals.entry(row.run_id).or_default();
        entry.counts.push((state(&row.state)?, small(row.count)));
        entry.bytes += unsigned(row.bytes);
        entry.last_finished = entry.last_finished.max(row.last_finished);
    }
    Ok(totals)
}

/// A try begins: the unit's unfinished items run.
pub async fn begin(db: impl PgExecutor<'_>, unit: Unit<'_>, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!(
        "update items set state = 'running', attempts = attempts + 1, started_at = coalesce(started_at, $4),
                          next_try_at = null, publishing_at = null, updated_at = $4
         where run_id = $1 and mirror = $2 and digest = $3
           and state not in ('held', 'succeeded', 'unchanged', 'failed', 'cancelled')",
        unit.run.0,
        unit.mirror.as_str(),
        unit.digest.as_str(),
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Adds bytes that crossed to the unit's first tag.
pub async fn add_bytes(
    db: impl PgExecutor<'_>,
    unit: Unit<'_>,
    bytes: u64,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "update items set bytes = bytes + $4, updated_at = $5
         where id = (select id from items where run_id = $1 and mirror = $2 and digest = $3 order by tag limit 1)",
        unit.run.0,
        unit.mirror.as_str(),
        unit.digest.as_str(),
        signed(bytes),
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// One tag is where it should be: `succeeded` or `unchanged`, with what was seen at the destination.
pub async fn finish(
    db: impl PgExecutor<'_>,
    item: ItemId,
    state: ItemState,
    coverage: Option<&Coverage>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let coverage = coverage.map(|coverage| to_json("items.coverage", coverage)).transpose()?;
    sqlx::query!(
        "update items set state = $2, coverage = $3, failure = null, next_try_at = null, publishing_at = null,
                          finished_at = $4, updated_at = $4
         where id = $1",
        item.0,
        state.as_str(),
        coverage,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// How a try failed.
pub struct SetBack<'a> {
    /// `waiting`, `retrying`, `held` or `failed`.
    pub state: ItemState,
    pub failure: &'a Failure,
    /// What was seen before.
    pub coverage: Option<&'a Coverage>,
    /// Not before that moment.
    pub next_try_at: Option<DateTime<Utc>>,
}

/// A try failed: so it is with the unit's open items. False where none is open any more.
pub async fn set_back(tx: &mut Tx, unit: Unit<'_>, how: SetBack<'_>, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let coverage = how.coverage.map(|coverage| to_json("items.coverage", coverage)).transpose()?;
    let done = sqlx::query!(
        "update items set state = $4, failure = $5, updated_at = $6, coverage = coalesce($7, coverage),
                          next_try_at = $8, publishing_at = null,
                          finished_at = case when $4 = 'failed' then $6::timestamptz end
         where run_id = $1 and mirror = $2 and digest = $3
           and state not in ('held', 'succeeded', 'unchanged', 'failed', 'cancelled')",
        unit.run.0,
        unit.mirror.as_str(),
        unit.digest.as_str(),
        how.state.as_str(),
        to_json("items.failure", how.failure)?,
        now,
        coverage,
        how.next_try_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}
