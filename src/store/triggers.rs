//! What is due by itself: schedules, looks at everything, Docker's log. Whoever locks a row first has it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgExecutor;

use super::items::NewItem;
use super::{StoreError, Tx, parsed};
use crate::model::{OrgName, RepoName, RuleId, RunId};

/// A rule that is due.
pub struct Due {
    pub organization: OrgName,
    pub rule: RuleId,
}

/// A rule whose schedule is due, locked until the transaction ends; another worker sees the next one.
pub async fn due_schedule(tx: &mut Tx, now: DateTime<Utc>) -> Result<Option<Due>, StoreError> {
    let row = sqlx::query!(
        r#"select r.organization, r.id as "rule: RuleId" from rules r
           where r.enabled and r.next_run_at <= $1
             and not exists (select 1 from pauses p where p.organization = r.organization)
             and not exists (select 1 from destinations d where d.id = r.destination_id and d.exposed_at is not null)
           order by r.next_run_at limit 1 for update of r skip locked"#,
        now
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| due(&row.organization, row.rule)).transpose()
}

/// A rule of a connected organization whose tags were not looked at for too long, locked until the transaction ends.
pub async fn due_reconcile(tx: &mut Tx, now: DateTime<Utc>) -> Result<Option<Due>, StoreError> {
    let row = sqlx::query!(
        r#"select r.organization, r.id as "rule: RuleId" from rules r
           where r.enabled
             and coalesce(r.reconciled_at, r.created_at)
                 + make_interval(mins => coalesce((r.schedule ->> 'reconcile_minutes')::integer, 60)) <= $1
             and exists (select 1 from connections c where c.organization = r.organization)
             and not exists (select 1 from pauses p where p.organization = r.organization)
             and not exists (select 1 from destinations d where d.id = r.destination_id and d.exposed_at is not null)
           order by coalesce(r.reconciled_at, r.created_at) limit 1 for update of r skip locked"#,
        now
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| due(&row.organization, row.rule)).transpose()
}

fn due(organization: &str, rule: RuleId) -> Result<Due, StoreError> {
    Ok(Due { organization: parsed("rules.organization", organization)?, rule })
}

/// Notes when a rule's schedule is due next.
pub async fn set_next_run(db: impl PgExecutor<'_>, rule: RuleId, at: Option<DateTime<Utc>>) -> Result<(), StoreError> {
    sqlx::query!("update rules set next_run_at = $2 where id = $1", rule.0, at).execute(db).await?;
    Ok(())
}

/// Notes that a look at everything a rule takes begins.
pub async fn set_reconciled(db: impl PgExecutor<'_>, rule: RuleId, at: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!("update rules set reconciled_at = $2 where id = $1", rule.0, at).execute(db).await?;
    Ok(())
}

/// A connected organization whose mirrors and their log were not looked at for so long; they count as looked at from now on.
pub async fn due_log(tx: &mut Tx, every: Duration, now: DateTime<Utc>) -> Result<Option<OrgName>, StoreError> {
    let before = now - TimeDelta::from_std(every).unwrap_or_default();
    let found = sqlx::query_scalar!(
        r#"select c.organization from connections c
           where not exists (select 1 from followed_logs f where f.organization = c.organization and f.read_at > $1)
           order by c.organization limit 1 for update of c skip locked"#,
        before
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(organization) = found else { return Ok(None) };
    // What happened before the first look is for the rules' own looks at everything.
    sqlx::query!(
        "insert into followed_logs (organization, seen_until, read_at) values ($1, $2, $2)
         on conflict (organization) do update set read_at = excluded.read_at",
        organization,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(Some(parsed("connections.organization", &organization)?))
}

/// Until when the organization's mirroring log was followed.
pub async fn seen_until(db: impl PgExecutor<'_>, organization: &OrgName) -> Result<Option<DateTime<Utc>>, StoreError> {
    let seen =
        sqlx::query_scalar!("select seen_until from followed_logs where organization = $1", organization.as_str())
            .fetch_optional(db)
            .await?;
    Ok(seen)
}

/// The mirroring log was followed until that moment.
pub async fn set_seen_until(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    until: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "update followed_logs set seen_until = greatest(seen_until, $2) where organization = $1",
        organization.as_str(),
        until
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Of the items that a look at everything found changed: notes those of mirrors with a webhook that no delivery had
/// announced since the look before. A rule that looks for the first time, or was changed since, finds nothing missed.
/// Answers how many.
pub async fn note_missed(
    tx: &mut Tx,
    organization: &OrgName,
    run: RunId,
    items: &[&NewItem],
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let ids: Vec<uuid::Uuid> = items.iter().map(|_| uuid::Uuid::now_v7()).collect();
    let column = |value: fn(&NewItem) -> String| items.iter().map(|item| value(item)).collect::<Vec<_>>();
    let done = sqlx::query!(
        r#"with this as (select rule_id, created_at from runs where id = $2),
                before as (
                    select max(u.created_at) as at from runs u, this
                    where u.rule_id = this.rule_id and u.id < $2 and u.scope_mirror is null and u.planned_at is not null
                )
           insert into missed_hooks (id, organization, mirror, tag, digest, run_id, found_at)
           select new.id, $1, new.mirror, new.tag, new.digest, $2, $7
           from unnest($3::uuid[], $4::text[], $5::text[], $6::text[]) as new (id, mirror, tag, digest), before, this
                join rules r on r.id = this.rule_id
           where before.at is not null and coalesce(r.changed_at, r.created_at) <= before.at
             and exists (
                 select 1 from hooks h
                 where h.organization = $1 and h.mirror = new.mirror and h.ends_at is null and h.created_at <= before.at
             )
             and not exists (
                 select 1 from deliveries d
                 where d.organization = $1 and d.mirror = new.mirror and d.tag = new.tag and d.refusal is null
                   and d.received_at >= before.at
             )"#,
        organization.as_str(),
        run.0,
        &ids,
        &column(|item| item.mirror.to_string()),
        &column(|item| item.tag.to_string()),
        &column(|item| item.digest.to_string()),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// Changes of a mirror that came without a delivery since then.
pub async fn missed(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    mirror: &RepoName,
    since: DateTime<Utc>,
) -> Result<u32, StoreError> {
    let number = sqlx::query_scalar!(
        r#"select count(*) as "number!" from missed_hooks where organization = $1 and mirror = $2 and found_at >= $3"#,
        organization.as_str(),
        mirror.as_str(),
        since
    )
    .fetch_one(db)
    .await?;
    Ok(super::small(number))
}
