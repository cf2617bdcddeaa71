//! What previews showed, kept for a while so that exactly this can be run.

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;

use super::{StoreError, from_json, to_json};
use crate::model::{OrgName, PlannedTag, PreviewId, RuleId};

/// What a preview showed.
pub struct Kept {
    pub rule: RuleId,
    pub made_at: DateTime<Utc>,
    pub tags: Vec<PlannedTag>,
}

/// Keeps what a preview showed.
pub async fn insert(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    id: PreviewId,
    kept: &Kept,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into previews (id, organization, rule_id, made_at, items) values ($1, $2, $3, $4, $5)",
        id.0,
        organization.as_str(),
        kept.rule.0,
        kept.made_at,
        to_json("previews.items", &kept.tags)?
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What a preview of the organization showed.
pub async fn find(db: impl PgExecutor<'_>, organization: &OrgName, id: PreviewId) -> Result<Option<Kept>, StoreError> {
    let row = sqlx::query!(
        r#"select rule_id as "rule: RuleId", made_at, items from previews where organization = $1 and id = $2"#,
        organization.as_str(),
        id.0
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| Ok(Kept { rule: row.rule, made_at: row.made_at, tags: from_json("previews.items", row.items)? }))
        .transpose()
}
