//! Runs: what was started, by what, and how far it came.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;
use sqlx::PgPool;

use super::{StoreError, Tx, from_json, items, parsed, proof_policy, to_json};
use crate::model::{
    DestinationId, Extent, Failure, ItemCounts, OrgName, Plan, ProofPolicy, RepoName, RuleId, RunId, RunState,
    RunSummary, Swept, Tag, Trigger,
};

/// What a run is limited to, where it is not all that its rule takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    pub mirror: RepoName,
    /// None: all its tags.
    pub tag: Option<Tag>,
}

/// A run that begins.
pub struct NewRun<'a> {
    pub id: RunId,
    pub organization: &'a OrgName,
    pub rule: RuleId,
    pub rule_name: &'a str,
    pub destination: DestinationId,
    pub destination_address: &'a str,
    pub attestations: bool,
    pub proof: ProofPolicy,
    pub extent: &'a Extent,
    pub trigger: Trigger,
    /// None: everything the rule takes.
    pub scope: Option<&'a Scope>,
    pub started_by: Option<&'a str>,
    pub session_id: Option<&'a str>,
    pub created_at: DateTime<Utc>,
    /// Later than now where its rule's hours have not begun.
    pub starts_at: Option<DateTime<Utc>>,
}

/// What a worker needs to know of a run.
pub struct Work {
    pub id: RunId,
    pub organization: OrgName,
    /// None once the rule is deleted.
    pub rule: Option<RuleId>,
    pub trigger: Trigger,
    /// None once the destination is deleted.
    pub destination: Option<DestinationId>,
    pub attestations: bool,
    /// What a missing or invalid proof does.
    pub proof: ProofPolicy,
    /// How much of each image goes along.
    pub extent: Extent,
    /// None: everything the rule takes.
    pub scope: Option<Scope>,
    /// None once the session has ended.
    pub session_id: Option<String>,
    /// Somebody started it.
    pub by_a_person: bool,
    pub created_at: DateTime<Utc>,
    /// Nothing is left to plan.
    pub planned: bool,
}

/// Writes a new run.
pub async fn insert(tx: &mut Tx, run: &NewRun<'_>) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into runs (id, organization, rule_id, rule_name, destination_id, destination_address, attestations,
                           proof, extent, trigger, started_by, session_id, created_at, scope_mirror, scope_tag,
                           starts_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        run.id.0,
        run.organization.as_str(),
        run.rule.0,
        run.rule_name,
        run.destination.0,
        run.destination_address,
        run.attestations,
        run.proof.as_str(),
        to_json("runs.extent", run.extent)?,
        run.trigger.as_str(),
        run.started_by,
        run.session_id,
        run.created_at,
        run.scope.map(|scope| scope.mirror.as_str()),
        run.scope.and_then(|scope| scope.tag.as_ref()).map(Tag::as_str),
        run.starts_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The run as its worker sees it.
pub async fn work(db: impl PgExecutor<'_>, id: RunId) -> Result<Option<Work>, StoreError> {
    let row = sqlx::query!(
        r#"select organization, rule_id as "rule: RuleId", destination_id as "destination: DestinationId",
                  trigger, attestations, proof, extent, scope_mirror, scope_tag, session_id, started_by, created_at,
                  planned_at is not null or plan_failure is not null or cancelled_at is not null as "planned!"
           from runs where id = $1"#,
        id.0
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        Ok(Work {
            id,
            scope: scope(row.scope_mirror.as_deref(), row.scope_tag.as_deref())?,
            organization: parsed("runs.organization", &row.organization)?,
            rule: row.rule,
            trigger: trigger(row.trigger)?,
            destination: row.destination,
            attestations: row.attestations,
            proof: proof_policy("runs.proof", &row.proof)?,
            extent: from_json("runs.extent", row.extent)?,
            session_id: row.session_id,
            by_a_person: row.started_by.is_some(),
            created_at: row.created_at,
            planned: row.planned,
        })
    })
    .transpose()
}

fn scope(mirror: Option<&str>, tag: Option<&str>) -> Result<Option<Scope>, StoreError> {
    let Some(mirror) = mirror else { return Ok(None) };
    let mirror = parsed("runs.scope_mirror", mirror)?;
    Ok(Some(Scope { mirror, tag: tag.map(|tag| parsed("runs.scope_tag", tag)).transpose()? }))
}

/// The same, of this organization; somebody else's is none.
pub async fn work_in(db: impl PgExecutor<'_>, organization: &OrgName, id: RunId) -> Result<Option<Work>, StoreError> {
    Ok(work(db, id).await?.filter(|work| &work.organization == organization))
}

/// Notes that the list of items is complete.
pub async fn set_planned(tx: &mut Tx, id: RunId, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!("update runs set planned_at = $2 where id = $1", id.0, now).execute(&mut **tx).await?;
    Ok(())
}

/// Notes that a person asked to check its copies again.
pub async fn ask_check(tx: &mut Tx, id: RunId, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!("update runs set check_asked_at = $2 where id = $1", id.0, now).execute(&mut **tx).await?;
    Ok(())
}

/// Notes why there will be no items.
pub async fn set_plan_failure(db: impl PgExecutor<'_>, id: RunId, failure: &Failure) -> Result<(), StoreError> {
    sqlx::query!("update runs set plan_failure = $2 where id = $1", id.0, to_json("runs.plan_failure", failure)?)
        .execute(db)
        .await?;
    Ok(())
}

struct Row {
    id: RunId,
    rule_id: Option<RuleId>,
    rule_name: String,
    destination_id: Option<DestinationId>,
    destination_address: String,
    scope_mirror: Option<String>,
    scope_tag: Option<String>,
    starts_at: Option<DateTime<Utc>>,
    swept: Option<serde_json::Value>,
    trigger: String,
    started_by: Option<String>,
    created_at: DateTime<Utc>,
    planned_at: Option<DateTime<Utc>>,
    plan_failure: Option<serde_json::Value>,
    check_asked_at: Option<DateTime<Utc>>,
    cancelled_at: Option<DateTime<Utc>>,
    cancelled_by: Option<String>,
}

/// Why a run could not be planned, beside what it amounts to.
pub struct Found {
    pub run: RunSummary,
    pub plan_failure: Option<Failure>,
    pub check_asked_at: Option<DateTime<Utc>>,
}

/// One run of the organization; somebody else's is none.
pub async fn find(db: &PgPool, organization: &OrgName, id: RunId) -> Result<Option<Found>, StoreError> {
    let row = sqlx::query_as!(
        Row,
        r#"select id as "id: RunId", rule_id as "rule_id: RuleId", rule_name,
                  destination_id as "destination_id: DestinationId", destination_address, scope_mirror, scope_tag,
                  starts_at, swept, trigger, started_by, created_at, planned_at, plan_failure, check_asked_at,
                  cancelled_at, cancelled_by
           from runs where organization = $1 and id = $2"#,
        organization.as_str(),
        id.0
    )
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let plan_failure = row.plan_failure.clone().map(|json| from_json("runs.plan_failure", json)).transpose()?;
    let check_asked_at = row.check_asked_at;
    let totals = items::totals(db, &[id]).await?.remove(&id).unwrap_or_default();
    Ok(Some(Found { run: summary(row, totals)?, plan_failure, check_asked_at }))
}

/// Up to `limit` runs older than `after`, newest first, of one rule or of all.
pub async fn page(
    db: &PgPool,
    organization: &OrgName,
    rule: Option<RuleId>,
    after: Option<RunId>,
    limit: i64,
) -> Result<Vec<RunSummary>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id as "id: RunId", rule_id as "rule_id: RuleId", rule_name,
                  destination_id as "destination_id: DestinationId", destination_address, scope_mirror, scope_tag,
                  starts_at, swept, trigger, started_by, created_at, planned_at, plan_failure, check_asked_at,
                  cancelled_at, cancelled_by
           from runs
           where organization = $1 and ($2::uuid is null or rule_id = $2) and ($3::uuid is null or id < $3)
           order by id desc limit $4"#,
        organization.as_str(),
        rule.map(|rule| rule.0),
        after.map(|after| after.0),
        limit
    )
    .fetch_all(db)
    .await?;
    summaries(db, rows).await
}

/// These runs, newest first.
pub async fn by_id(db: &PgPool, ids: &[RunId]) -> Result<Vec<RunSummary>, StoreError> {
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"select id as "id: RunId", rule_id as "rule_id: RuleId", rule_name,
                  destination_id as "destination_id: DestinationId", destination_address, scope_mirror, scope_tag,
                  starts_at, swept, trigger, started_by, created_at, planned_at, plan_failure, check_asked_at,
                  cancelled_at, cancelled_by
           from runs where id = any($1) order by id desc"#,
        &ids
    )
    .fetch_all(db)
    .await?;
    summaries(db, rows).await
}

/// The newest run of each rule of the organization.
pub async fn latest(db: &PgPool, organization: &OrgName) -> Result<HashMap<RuleId, RunSummary>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select distinct on (rule_id) id as "id: RunId", rule_id as "rule_id: RuleId", rule_name,
                  destination_id as "destination_id: DestinationId", destination_address, scope_mirror, scope_tag,
                  starts_at, swept, trigger, started_by, created_at, planned_at, plan_failure, check_asked_at,
                  cancelled_at, cancelled_by
           from runs where organization = $1 and rule_id is not null
           order by rule_id, id desc"#,
        organization.as_str()
    )
    .fetch_all(db)
    .await?;
    let runs = summaries(db, rows).await?;
    Ok(runs.into_iter().filter_map(|run| Some((run.rule?, run))).collect())
}

async fn summaries(db: &PgPool, rows: Vec<Row>) -> Result<Vec<RunSummary>, StoreError> {
    let ids: Vec<RunId> = rows.iter().map(|row| row.id).collect();
    let mut totals = items::totals(db, &ids).await?;
    rows.into_iter()
        .map(|row| {
            let totals = totals.remove(&row.id).unwrap_or_default();
            summary(row, totals)
        })
        .collect()
}

fn summary(row: Row, totals: items::Totals) -> Result<RunSummary, StoreError> {
    let swept = row.swept.map(|json| from_json::<Swept>("runs.swept", json)).transpose()?;
    let is_swept = swept.is_some();
    let totals = match swept {
        Some(Swept { counts: ItemCounts(counts), bytes, last_finished, .. }) => {
            items::Totals { counts, bytes, last_finished }
        }
        None => totals,
    };
    let counts = ItemCounts(totals.counts);
    let plan = plan(row.plan_failure.is_some(), row.planned_at.is_some(), row.cancelled_at.is_some());
    let state = RunState::from_items(plan, &counts);
    Ok(RunSummary {
        id: row.id,
        rule: row.rule_id,
        rule_name: row.rule_name,
        destination: row.destination_address,
        destination_id: row.destination_id,
        scope: row.scope_mirror.map(|mirror| match row.scope_tag {
            Some(tag) => format!("{mirror}:{tag}"),
            None => mirror,
        }),
        starts_at: row.starts_at.filter(|_| plan == Plan::Open),
        is_swept,
        trigger: trigger(row.trigger)?,
        started_by: row.started_by,
        cancelled_by: row.cancelled_by,
        created_at: row.created_at,
        finished_at: if state.is_final() { totals.last_finished.or(row.planned_at).or(row.cancelled_at) } else { None },
        state,
        counts,
        bytes: totals.bytes,
    })
}

/// How far the list of items is, from what was noted.
pub(super) fn plan(has_failed: bool, is_planned: bool, is_cancelled: bool) -> Plan {
    match (has_failed, is_planned, is_cancelled) {
        (true, ..) => Plan::Failed,
        (_, true, _) => Plan::Done,
        (.., true) => Plan::Cancelled,
        _ => Plan::Open,
    }
}

fn trigger(text: String) -> Result<Trigger, StoreError> {
    Trigger::parse(&text).ok_or_else(|| StoreError::Inconsistent {
        column: "runs.trigger",
        value: text,
        reason: "no trigger has this name".to_owned(),
    })
}

/// Removes a run that found nothing to do and that nobody asked for.
pub async fn delete(tx: &mut Tx, id: RunId) -> Result<(), StoreError> {
    sqlx::query!("delete from runs where id = $1", id.0).execute(&mut **tx).await?;
    Ok(())
}
