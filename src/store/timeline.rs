//! What runs and deliveries say of one tag, and how long a rule's copies took.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgExecutor;

use super::{StoreError, parsed, unsigned};
use crate::model::{Digest, ItemState, OrgName, RepoName, RuleId, RunId, Tag};

/// Items of a tag that are ever looked at.
const MOST: i64 = 1_000;
/// Copies whose length counts, the newest.
const MOST_COPIES: i64 = 20_000;

/// What one run did with the tag.
pub struct Passage {
    pub run: RunId,
    pub rule_name: String,
    pub run_at: DateTime<Utc>,
    pub digest: Digest,
    /// `host/repository`.
    pub place: String,
    pub state: ItemState,
    pub failure: Option<String>,
    pub started_at: Option<DateTime<Utc>>,
    /// When everything was read back.
    pub verified_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    pub updated_at: DateTime<Utc>,
}

/// What runs did with a tag of a mirror, newest first.
pub async fn passages(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    mirror: &RepoName,
    tag: &Tag,
) -> Result<Vec<Passage>, StoreError> {
    let rows = sqlx::query!(
        r#"select i.run_id as "run: RunId", r.rule_name, r.created_at, i.digest,
                  i.target_host || '/' || i.target_repository as "place!", i.state, i.failure ->> 'sentence' as failure,
                  i.started_at, i.finished_at, i.updated_at,
                  case when i.state = 'succeeded' then (i.coverage ->> 'checked_at')::timestamptz end as verified_at
           from items i join runs r on r.id = i.run_id
           where i.tag = $3 and i.mirror = $2 and r.organization = $1
           order by i.run_id desc limit $4"#,
        organization.as_str(),
        mirror.as_str(),
        tag.as_str(),
        MOST
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Passage {
                run: row.run,
                rule_name: row.rule_name,
                run_at: row.created_at,
                digest: parsed("items.digest", &row.digest)?,
                place: row.place,
                state: ItemState::parse(&row.state).ok_or_else(|| StoreError::Inconsistent {
                    column: "items.state",
                    value: row.state.clone(),
                    reason: "no item state has this name".to_owned(),
                })?,
                failure: row.failure,
                started_at: row.started_at,
                verified_at: row.verified_at,
                finished_at: row.finished_at,
                updated_at: row.updated_at,
            })
        })
        .collect()
}

/// When Docker Hub first told of the push that led to each of these runs.
pub async fn told(db: impl PgExecutor<'_>, runs: &[RunId]) -> Result<HashMap<RunId, DateTime<Utc>>, StoreError> {
    let ids: Vec<uuid::Uuid> = runs.iter().map(|run| run.0).collect();
    let rows = sqlx::query!(
        r#"select hint_runs.run_id as "run: RunId", min(d.received_at) as "at!"
           from hint_runs join deliveries d on d.hint_id = hint_runs.hint_id
           where hint_runs.run_id = any($1) group by hint_runs.run_id"#,
        &ids
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.run, row.at)).collect())
}

/// How long copies of one day took, or of all days.
pub struct Lengths {
    /// None for all.
    pub day: Option<NaiveDate>,
    pub tags: u64,
    pub within: u64,
    pub median_seconds: u64,
    pub p95_seconds: u64,
}

/// How long a rule's copies took since then: all of them first, then day by day. A copy's time begins with the push that
/// led to it, as the first delivery says, or else with its run; `within` counts those of at most so many seconds.
pub async fn lengths(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    rule: RuleId,
    since: DateTime<Utc>,
    within: i32,
) -> Result<Vec<Lengths>, StoreError> {
    let rows = sqlx::query!(
        r#"with copies as (
               select (i.finished_at at time zone 'UTC')::date as day,
                      greatest(0, extract(epoch from i.finished_at - least(r.created_at, pushed.at))) as seconds
               from runs r join items i on i.run_id = r.id and i.state = 'succeeded'
               left join lateral (
                   select min(d.pushed_at) as at from hint_runs join deliveries d on d.hint_id = hint_runs.hint_id
                   where hint_runs.run_id = r.id and r.trigger = 'webhook') pushed on true
               where r.organization = $1 and r.rule_id = $2 and r.created_at >= $3 and i.finished_at is not null
               order by r.id desc limit $5
           )
           select day, count(*) as "tags!", count(*) filter (where seconds <= $4::integer) as "within!",
                  (percentile_cont(0.5) within group (order by seconds))::bigint as "median!",
                  (percentile_cont(0.95) within group (order by seconds))::bigint as "p95!"
           from copies group by grouping sets ((), (day)) having count(*) > 0
           order by day nulls first"#,
        organization.as_str(),
        rule.0,
        since,
        within,
        MOST_COPIES
    )
    .fetch_all(db)
    .await?;
    let lengths = rows.into_iter().map(|row| Lengths {
        day: row.day,
        tags: unsigned(row.tags),
        within: unsigned(row.within),
        median_seconds: unsigned(row.median),
        p95_seconds: unsigned(row.p95),
    });
    Ok(lengths.collect())
}
