//! Who did what.

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;

use super::StoreError;
use crate::model::OrgName;

/// One thing a person did.
pub struct Deed<'a> {
    pub organization: &'a OrgName,
    /// Docker Hub username.
    pub actor: &'a str,
    /// A verb, for example `mirror.start`.
    pub action: &'static str,
    /// What it was done to.
    pub subject: &'a str,
    pub at: DateTime<Utc>,
}

/// Writes it down.
pub async fn record(db: impl PgExecutor<'_>, deed: Deed<'_>) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into audit (id, organization, actor, action, subject, happened_at) values ($1, $2, $3, $4, $5, $6)",
        uuid::Uuid::now_v7(),
        deed.organization.as_str(),
        deed.actor,
        deed.action,
        deed.subject,
        deed.at,
    )
    .execute(db)
    .await?;
    Ok(())
}
