//! Public keys that an organization trusts beside Docker's own.

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;

use super::{StoreError, on_constraint};
use crate::model::{KeyId, KeyOrigin, OrgName, SigningKey};

/// The organization's keys, by name.
pub async fn list(db: impl PgExecutor<'_>, organization: &OrgName) -> Result<Vec<SigningKey>, StoreError> {
    let rows = sqlx::query!(
        r#"select id as "id: KeyId", name, pem, fingerprint, added_by, added_at
           from trusted_keys where organization = $1 order by lower(name)"#,
        organization.as_str()
    )
    .fetch_all(db)
    .await?;
    let keys = rows.into_iter().map(|row| SigningKey {
        name: row.name,
        fingerprint: row.fingerprint,
        pem: row.pem,
        origin: KeyOrigin::Organization { id: row.id, added_by: row.added_by, added_at: row.added_at },
    });
    Ok(keys.collect())
}

/// A key that somebody adds.
pub struct NewKey<'a> {
    pub id: KeyId,
    pub organization: &'a OrgName,
    pub name: &'a str,
    pub pem: &'a str,
    pub fingerprint: &'a str,
    pub added_by: &'a str,
    pub added_at: DateTime<Utc>,
}

/// Writes a new key.
pub async fn insert(db: impl PgExecutor<'_>, key: &NewKey<'_>) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into trusted_keys (id, organization, name, pem, fingerprint, added_by, added_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        key.id.0,
        key.organization.as_str(),
        key.name,
        key.pem,
        key.fingerprint,
        key.added_by,
        key.added_at
    )
    .execute(db)
    .await
    .map_err(|e| on_constraint(e, "trusted_keys_name_taken", StoreError::NameTaken))?;
    Ok(())
}

/// Removes a key and answers its name; none where there is no such key in the organization.
pub async fn delete(db: impl PgExecutor<'_>, organization: &OrgName, id: KeyId) -> Result<Option<String>, StoreError> {
    let removed = sqlx::query_scalar!(
        "delete from trusted_keys where organization = $1 and id = $2 returning name",
        organization.as_str(),
        id.0
    )
    .fetch_optional(db)
    .await?;
    Ok(removed)
}
