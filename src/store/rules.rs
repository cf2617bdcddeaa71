//! Rules and the mirrors they forward.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;

use super::{StoreError, Tx, from_json, on_constraint, parsed, proof_policy, to_json};
use crate::model::{DestinationId, OrgName, RepoName, Rule, RuleDraft, RuleId};

struct Row {
    id: RuleId,
    name: String,
    destination_id: DestinationId,
    destination_name: String,
    destination_address: String,
    filter: serde_json::Value,
    template: String,
    attestations: bool,
    proof: String,
    extent: serde_json::Value,
    schedule: serde_json::Value,
    reconciled_at: Option<DateTime<Utc>>,
    enabled: bool,
    created_by: String,
    created_at: DateTime<Utc>,
    mirrors: Vec<String>,
}

impl TryFrom<Row> for Rule {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            name: parsed("rules.name", &row.name)?,
            mirrors: row
                .mirrors
                .iter()
                .map(|text| parsed("rule_mirrors.repository", text))
                .collect::<Result<_, _>>()?,
            destination: row.destination_id,
            destination_name: parsed("destinations.name", &row.destination_name)?,
            destination_address: row.destination_address,
            filter: from_json("rules.filter", row.filter)?,
            template: parsed("rules.template", &row.template)?,
            attestations: row.attestations,
            proof: proof_policy("rules.proof", &row.proof)?,
            extent: from_json("rules.extent", row.extent)?,
            schedule: from_json("rules.schedule", row.schedule)?,
            schedule_words: None,
            upcoming: Vec::new(),
            reconciled_at: row.reconciled_at,
            enabled: row.enabled,
            created_by: row.created_by,
            created_at: row.created_at,
            last_run: None,
        })
    }
}

/// The organization's rules, by name, without their last runs.
pub async fn list(db: impl PgExecutor<'_>, organization: &OrgName) -> Result<Vec<Rule>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select r.id as "id: RuleId", r.name, r.destination_id as "destination_id: DestinationId",
                  d.name as destination_name, concat_ws('/', d.host, d.prefix) as "destination_address!",
                  r.filter, r.template, r.attestations, r.proof, r.extent, r.schedule, r.reconciled_at, r.enabled,
                  r.created_by, r.created_at,
                  array(select m.repository from rule_mirrors m where m.rule_id = r.id order by 1) as "mirrors!"
           from rules r join destinations d on d.id = r.destination_id
           where r.organization = $1 order by lower(r.name)"#,
        organization.as_str()
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(Rule::try_from).collect()
}

/// One rule of the organization, without its last run; somebody else's is none.
pub async fn find(db: impl PgExecutor<'_>, organization: &OrgName, id: RuleId) -> Result<Option<Rule>, StoreError> {
    let row = sqlx::query_as!(
        Row,
        r#"select r.id as "id: RuleId", r.name, r.destination_id as "destination_id: DestinationId",
                  d.name as destination_name, concat_ws('/', d.host, d.prefix) as "destination_address!",
                  r.filter, r.template, r.attestations, r.proof, r.extent, r.schedule, r.reconciled_at, r.enabled,
                  r.created_by, r.created_at,
                  array(select m.repository from rule_mirrors m where m.rule_id = r.id order by 1) as "mirrors!"
           from rules r join destinations d on d.id = r.destination_id
           where r.organization = $1 and r.id = $2"#,
        organization.as_str(),
        id.0
    )
    .fetch_optional(db)
    .await?;
    row.map(Rule::try_from).transpose()
}

/// Names of the rules that forward each mirror of the organization.
pub async fn by_mirror(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
) -> Result<HashMap<String, Vec<String>>, StoreError> {
    let rows = sqlx::query!(
        "select m.repository, r.name from rule_mirrors m join rules r on r.id = m.rule_id
         where r.organization = $1 order by lower(r.name)",
        organization.as_str()
    )
    .fetch_all(db)
    .await?;
    let mut names: HashMap<String, Vec<String>> = HashMap::new();
    for row in rows {
        names.entry(row.repository).or_default().push(row.name);
    }
    Ok(names)
}

/// Writes a new rule; `next_run_at`: when its schedule is due.
pub async fn insert(
    tx: &mut Tx,
    organization: &OrgName,
    id: RuleId,
    (draft, next_run_at): (&RuleDraft, Option<DateTime<Utc>>),
    created_by: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into rules
             (id, organization, name, destination_id, filter, template, attestations, proof, extent, schedule,
              next_run_at, enabled, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        id.0,
        organization.as_str(),
        draft.name.as_str(),
        draft.destination.0,
        to_json("rules.filter", &draft.filter)?,
        draft.template.as_str(),
        draft.attestations,
        draft.proof.as_str(),
        to_json("rules.extent", &draft.extent)?,
        to_json("rules.schedule", &draft.schedule)?,
        next_run_at,
        draft.enabled,
        created_by,
        now
    )
    .execute(&mut **tx)
    .await
    .map_err(|e| on_constraint(e, "rules_name_taken", StoreError::NameTaken))?;
    set_mirrors(tx, id, &draft.mirrors).await
}

/// Changes a rule; answers false where there is none of this id in the organization.
pub async fn update(
    tx: &mut Tx,
    organization: &OrgName,
    id: RuleId,
    (draft, next_run_at): (&RuleDraft, Option<DateTime<Utc>>),
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "update rules set name = $3, destination_id = $4, filter = $5, template = $6, attestations = $7, proof = $8,
                          extent = $9, enabled = $10, schedule = $11, next_run_at = $12, changed_at = $13
         where organization = $1 and id = $2",
        organization.as_str(),
        id.0,
        draft.name.as_str(),
        draft.destination.0,
        to_json("rules.filter", &draft.filter)?,
        draft.template.as_str(),
        draft.attestations,
        draft.proof.as_str(),
        to_json("rules.extent", &draft.extent)?,
        draft.enabled,
        to_json("rules.schedule", &draft.schedule)?,
        next_run_at,
        now
    )
    .execute(&mut **tx)
    .await
    .map_err(|e| on_constraint(e, "rules_name_taken", StoreError::NameTaken))?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!("delete from rule_mirrors where rule_id = $1", id.0).execute(&mut **tx).await?;
    set_mirrors(tx, id, &draft.mirrors).await?;
    Ok(true)
}

async fn set_mirrors(tx: &mut Tx, id: RuleId, mirrors: &[RepoName]) -> Result<(), StoreError> {
    let repositories: Vec<String> = mirrors.iter().map(ToString::to_string).collect();
    sqlx::query!("insert into rule_mirrors (rule_id, repository) select $1, unnest($2::text[])", id.0, &repositories)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// When a rule's settings were changed last.
pub async fn changed_at(db: impl PgExecutor<'_>, rule: RuleId) -> Result<Option<DateTime<Utc>>, StoreError> {
    let changed = sqlx::query_scalar!("select changed_at from rules where id = $1", rule.0).fetch_optional(db).await?;
    Ok(changed.flatten())
}

/// Switches a rule on or off, with the moment its schedule is due next; answers false where there is none of this id in the organization.
pub async fn enable(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    id: RuleId,
    enabled: bool,
    next_run_at: Option<DateTime<Utc>>,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "update rules set enabled = $3, next_run_at = $4 where organization = $1 and id = $2",
        organization.as_str(),
        id.0,
        enabled,
        next_run_at
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes a rule; answers false where there is none of this id in the organization.
pub async fn delete(db: impl PgExecutor<'_>, organization: &OrgName, id: RuleId) -> Result<bool, StoreError> {
    let done = sqlx::query!("delete from rules where organization = $1 and id = $2", organization.as_str(), id.0)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}
