//! What needs attention: what failed, what waits, what is stale; and the bytes that moved.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgExecutor;

use super::{StoreError, parsed, unsigned};
use crate::model::{Begun, FailureGroup, ItemState, OrgName, RuleId, RunId, SilentMirror, StaleRule, WaitingGroup};

/// Rows of each part.
const MOST: i64 = 20;

/// How far the organization has come to its first run.
pub async fn begun(db: impl PgExecutor<'_>, organization: &OrgName) -> Result<Begun, StoreError> {
    let row = sqlx::query!(
        r#"select exists (select 1 from destinations where organization = $1) as "destination!",
                  exists (select 1 from rules where organization = $1) as "rule!",
                  exists (select 1 from runs where organization = $1) as "run!""#,
        organization.as_str()
    )
    .fetch_one(db)
    .await?;
    Ok(Begun { destination: row.destination, rule: row.rule, run: row.run })
}

/// What failed in runs since then, by its reason, the newest first.
pub async fn failures(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    since: DateTime<Utc>,
) -> Result<Vec<FailureGroup>, StoreError> {
    let rows = sqlx::query!(
        r#"select sentence as "sentence!", sum(tags)::bigint as "tags!", count(distinct run) as "runs!",
                  (array_agg(run order by run desc))[1] as "newest!: RunId", max(at) as "newest_at!"
           from (select i.failure ->> 'sentence' as sentence, 1 as tags, r.id as run, r.created_at as at
                 from runs r join items i on i.run_id = r.id and i.state = 'failed'
                 where r.organization = $1 and r.created_at >= $2 and i.failure is not null
                 union all
                 select r.plan_failure ->> 'sentence', 0, r.id, r.created_at
                 from runs r where r.organization = $1 and r.created_at >= $2 and r.plan_failure is not null) failed
           group by sentence order by 5 desc, 1 limit $3"#,
        organization.as_str(),
        since,
        MOST
    )
    .fetch_all(db)
    .await?;
    let group = |sentence, tags, runs, newest, newest_at| FailureGroup {
        sentence,
        tags: unsigned(tags),
        runs: unsigned(runs),
        newest,
        newest_at,
    };
    Ok(rows.into_iter().map(|row| group(row.sentence, row.tags, row.runs, row.newest, row.newest_at)).collect())
}

/// What waits, by run and reason: what goes on soonest first, then what a person must decide.
pub async fn waiting(db: impl PgExecutor<'_>, organization: &OrgName) -> Result<Vec<WaitingGroup>, StoreError> {
    let rows = sqlx::query!(
        r#"select r.id as "run: RunId", r.rule_name, i.state, count(*) as "tags!", min(i.next_try_at) as until,
                  i.failure ->> 'sentence' as why
           from items i join runs r on r.id = i.run_id
           where i.state in ('waiting', 'retrying', 'held') and r.organization = $1
           group by r.id, r.rule_name, i.state, i.failure ->> 'sentence'
           order by min(i.next_try_at) nulls last, r.id desc limit $2"#,
        organization.as_str(),
        MOST
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let state = ItemState::parse(&row.state).ok_or_else(|| StoreError::Inconsistent {
                column: "items.state",
                value: row.state.clone(),
                reason: "no item state has this name".to_owned(),
            })?;
            let tags = unsigned(row.tags);
            Ok(WaitingGroup { run: row.run, rule_name: row.rule_name, state, tags, until: row.until, why: row.why })
        })
        .collect()
}

/// Rules that are on and had no run since then in which all went well, by name.
pub async fn stale_rules(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    since: DateTime<Utc>,
) -> Result<Vec<StaleRule>, StoreError> {
    let rows = sqlx::query!(
        r#"select rules.id as "id: RuleId", rules.name, last.created_at as "last_run?"
           from rules left join lateral (
               select created_at from runs r where r.rule_id = rules.id order by r.id desc limit 1) last on true
           where rules.organization = $1 and rules.enabled and not exists (
               select 1 from runs r
               where r.rule_id = rules.id and r.created_at >= $2 and r.planned_at is not null and r.plan_failure is null
                 and not exists (
                     select 1 from items i where i.run_id = r.id and i.state in
                         ('queued', 'running', 'waiting', 'retrying', 'held', 'failed', 'cancelled')))
           order by lower(rules.name) limit $3"#,
        organization.as_str(),
        since,
        MOST
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| StaleRule { id: row.id, name: row.name, last_run: row.last_run }).collect())
}

/// Mirrors that have a webhook for longer than that, and no delivery since then.
pub async fn silent_mirrors(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    since: DateTime<Utc>,
) -> Result<Vec<SilentMirror>, StoreError> {
    let rows = sqlx::query!(
        r#"select hooks.mirror, last.received_at as "last?"
           from hooks left join lateral (
               select received_at from deliveries d
               where d.organization = $1 and d.mirror = hooks.mirror and d.refusal is null
               order by d.id desc limit 1) last on true
           where hooks.organization = $1 and hooks.ends_at is null and hooks.created_at < $2
             and (last.received_at is null or last.received_at < $2)
           order by hooks.mirror limit $3"#,
        organization.as_str(),
        since,
        MOST
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| Ok(SilentMirror { mirror: parsed("hooks.mirror", &row.mirror)?, last_delivery: row.last }))
        .collect()
}

/// Bytes that crossed on one day to one destination.
pub struct Moved {
    pub day: NaiveDate,
    pub destination: String,
    pub bytes: u64,
}

/// Bytes that crossed since then, by day and destination.
pub async fn moved(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    since: DateTime<Utc>,
) -> Result<Vec<Moved>, StoreError> {
    let rows = sqlx::query!(
        r#"select (i.finished_at at time zone 'UTC')::date as "day!", r.destination_address, sum(i.bytes)::bigint as "bytes!"
           from items i join runs r on r.id = i.run_id
           where i.finished_at >= $2 and i.bytes > 0 and r.organization = $1
           group by 1, 2 order by 1, 2"#,
        organization.as_str(),
        since
    )
    .fetch_all(db)
    .await?;
    let moved = |day, destination, bytes| Moved { day, destination, bytes: unsigned(bytes) };
    Ok(rows.into_iter().map(|row| moved(row.day, row.destination_address, row.bytes)).collect())
}
